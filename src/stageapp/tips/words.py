"""Tips in words: values for their placeholders, and why somebody sees one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from stageapp.core.bilingual import in_reader_language
from stageapp.facts import Dimension
from stageapp.insights.statistics import LIBRARY, Statistic, Unit, label_of
from stageapp.tips import rules
from stageapp.tips.made_up import Names
from stageapp.tips.models import TipVersion
from stageapp.tips.queries import ActiveTip
from stageapp.tips.rules import Condition, Finding, Operator, Problem, Rule, Value

OPERATORS = {
    Operator.MORE: gettext_lazy("more than"),
    Operator.AT_LEAST: gettext_lazy("at least"),
    Operator.LESS: gettext_lazy("less than"),
    Operator.AT_MOST: gettext_lazy("at most"),
}

#: The choice for what no statistic of the library says.
RATIO = "ratio"
#: What a value is counted in: how the group is called, and one of them.
UNITS = {
    Unit.PERCENT: (gettext_lazy("Shares, from 0 to 100%"), gettext_lazy("percent")),
    Unit.COUNT: (gettext_lazy("Numbers"), gettext_lazy("number")),
    Unit.HOURS: (gettext_lazy("In hours"), gettext_lazy("hours")),
    Unit.DAYS: (gettext_lazy("In days"), gettext_lazy("days")),
    Unit.LEVEL: (gettext_lazy("Difficulty, 1 is easiest"), gettext_lazy("level of difficulty")),
}

PROBLEMS = {
    Problem.NO_CONDITION: gettext_lazy(
        "Nothing says when this tip appears. Add a condition or a moment, or tick “always”."
    ),
    Problem.ALWAYS_AND_CONDITIONS: gettext_lazy(
        "“Always” and conditions or moments exclude each other. Keep one of the two."
    ),
    Problem.NEVER: gettext_lazy("This can never hold: what is measured never gets there."),
    Problem.CONTRADICTION: gettext_lazy(
        "This can never hold together with another condition on the same numbers."
    ),
    Problem.MOMENT_ORDER: gettext_lazy(
        "A moment lies between 0 and 100% and ends after it begins."
    ),
    Problem.NAME_TWICE: gettext_lazy("Two conditions have this name. Give each its own."),
    Problem.UNKNOWN_PLACEHOLDER: gettext_lazy(
        "Nothing gives %(about)s a value: no condition has that name."
    ),
    Problem.NOTHING_NAMED: gettext_lazy(
        "%(about)s stays empty: what is measured there is not about one thing."
    ),
    Problem.NO_PARTS: gettext_lazy(
        "%(about)s stays empty: what is measured there is not a part of a whole."
    ),
}


@dataclass(frozen=True)
class Explained:
    """What can be measured, for whoever writes a rule; `names` is more than one where the same
    is measured of a row of each list."""

    names: Sequence[tuple[str, str]]
    unit: Any
    means: Any
    example: Any


@dataclass(frozen=True)
class Verdict:
    """Why a tip is there or not: one condition or moment in words, and whether it holds."""

    text: str
    holds: bool


def statistic_groups() -> list[tuple[str, list[Explained]]]:
    """Return what can be measured, in groups; goals are personal, so none can be chosen."""
    whole = [row for row in LIBRARY.values() if row.of is None]
    of_one = [row for row in LIBRARY.values() if row.of not in (None, Dimension.GOAL)]
    return [
        *(
            (str(heading), [_explained(row) for row in whole if row.unit == unit])
            for unit, (heading, _one) in UNITS.items()
        ),
        (
            _("About one row of a list"),
            [_explained(*rows) for _label, rows in groupby(of_one, lambda row: str(row.label))],
        ),
        (_("Your own"), [_ratio()]),
    ]


def explained(statistic: str) -> Explained | None:
    """Return what a statistic means, or nothing for what is none."""
    if statistic == RATIO:
        return _ratio()
    return _explained(LIBRARY[statistic]) if statistic in LIBRARY else None


def _explained(*rows: Statistic) -> Explained:
    names = [(row.key, capfirst(label_of(row))) for row in rows]
    return Explained(names, UNITS[rows[0].unit][1], rows[0].means, rows[0].example)


def _ratio() -> Explained:
    return Explained(
        [(RATIO, _("A ratio of two sums that you put together"))],
        UNITS[Unit.PERCENT][1],
        _("The first sum as a percentage of the second. Each can be of only some activities."),
        _("3 hours of meetings, of 10 hours in all: 30%."),
    )


def problem_in_words(finding: Finding) -> str:
    """Return why a rule is refused."""
    return str(PROBLEMS[finding.problem]) % {"about": finding.about}


def verdicts(rule: Rule, values: Mapping[str, Value], progress: int) -> list[Verdict]:
    """Return for each condition, and for the moments, whether it holds and why."""
    found = [_verdict(condition, values.get(condition.name)) for condition in rule.conditions]
    timing = Rule(moments=rule.moments, always=rule.always)
    in_time = rules.applies(timing, {}, progress)
    return [*found, *(Verdict(text, in_time) for text in reasons(timing, {}, progress))]


def _verdict(condition: Condition, value: Value | None) -> Verdict:
    if value is None:
        text = _("%(condition)s. There is nothing to measure.")
        return Verdict(text % {"condition": condition_in_words(condition)}, holds=False)
    if value.activities < condition.minimum:
        text = ngettext(
            "%(condition)s. It says nothing below %(n)d activity; there are %(count)d.",
            "%(condition)s. It says nothing below %(n)d activities; there are %(count)d.",
            condition.minimum,
        ) % {
            "condition": condition_in_words(condition),
            "n": condition.minimum,
            "count": value.activities,
        }
        return Verdict(text, holds=False)
    return Verdict(_reason(condition, value), rules.holds(condition, value))


def unit_of(condition: Condition) -> Unit:
    """Return what the value of a condition is counted in."""
    return Unit.PERCENT if condition.ratio else LIBRARY[condition.statistic].unit


def amount(value: float, unit: Unit) -> str:
    """Return a value as people read it: "60%", "2,5", "3"."""
    if unit == Unit.PERCENT:
        return f"{round(value)}%"
    decimals = 0 if value == int(value) or unit in (Unit.COUNT, Unit.DAYS) else 1
    return number_format(value, decimals)


def shown(rule: Rule, values: Mapping[str, Value], progress: int) -> dict[tuple[str, str], str]:
    """Return what the placeholders of a tip say, in the reader's language."""
    texts = {(rules.PROGRESS, ""): f"{progress}%"}
    for condition in rule.conditions:
        value = values.get(condition.name)
        if value is None:
            continue
        name, unit = condition.name, unit_of(condition)
        texts[name, ""] = ", ".join(amount(one, unit) for one in value.each or (value.value,))
        texts[name, "part"] = amount(value.part, Unit.LEVEL)
        texts[name, "whole"] = amount(value.whole, Unit.LEVEL)
        texts[name, "what"] = in_reader_language(*value.what)
    return texts


def reasons(rule: Rule, values: Mapping[str, Value], progress: int) -> list[str]:
    """Return why a tip is there: what was measured and when it appears, a sentence each."""
    found = [
        _reason(condition, values[condition.name])
        for condition in rule.conditions
        if condition.name in values
    ]
    if rule.moments:
        spans = ", ".join(f"{moment.first}–{moment.last}%" for moment in rule.moments)
        found.append(
            _("Your placement is at %(progress)s%%; this tip belongs to %(spans)s of it.")
            % {"progress": progress, "spans": spans}
        )
    if rule.always:
        found.append(_("This tip is there for everybody, always."))
    return found


def snapshot_of(active: ActiveTip) -> dict[str, Any]:
    """Return a tip as it looks now, in both languages: what is shown, saved and shared."""
    snapshot: dict[str, Any] = {"kind": "tip"}
    for language in ("nl", "en"):
        with override(language):
            known = shown(active.rule, active.values, active.progress)
            for name in TipVersion.TEXTS:
                text = getattr(active.version, f"{name}_{language}")
                snapshot[f"{name}_{language}"] = rules.filled_in(text, known)
            snapshot[f"why_{language}"] = reasons(active.rule, active.values, active.progress)
    return snapshot


def condition_in_words(condition: Condition, what: str = "") -> str:
    """Return the rule of one condition: "share of activities done alone, more than 50%"."""
    return _("%(what)s %(window)s: %(operator)s %(threshold)s") % {
        "what": _subject(condition, what),
        "window": window_in_words(condition.window),
        "operator": OPERATORS[condition.operator],
        "threshold": amount(condition.threshold, unit_of(condition)),
    }


def rule_in_words(rule: Rule, names: Names) -> list[str]:
    """Return when a tip appears, a line for each condition and one for its moments."""
    found = [condition_in_words(row, _row_name(row, names)) for row in rule.conditions]
    if rule.moments:
        spans = ", ".join(f"{moment.first}–{moment.last}%" for moment in rule.moments)
        found.append(_("From %(spans)s of the placement.") % {"spans": spans})
    if rule.always:
        found.append(_("This tip is there for everybody, always."))
    return found


def _row_name(condition: Condition, names: Names) -> str:
    dimension = None if condition.ratio else LIBRARY[condition.statistic].of
    if dimension is None:
        return ""
    both = names.get(dimension, {}).get(condition.of, (condition.of, condition.of))
    return in_reader_language(*both)


def window_in_words(window: str) -> str:
    """Return the days that are looked at."""
    if window == rules.WHOLE_PERIOD:
        return _("over the whole period")
    if window == rules.THIS_MONTH:
        return _("this month")
    days = int(window)
    return ngettext("in the last day", "in the last %(n)d days", days) % {"n": days}


def _reason(condition: Condition, value: Value) -> str:
    unit = unit_of(condition)
    numbers = ""
    if value.whole:
        numbers = _(" (%(part)s of %(whole)s)") % {
            "part": amount(value.part, Unit.LEVEL),
            "whole": amount(value.whole, Unit.LEVEL),
        }
    return _(
        "%(what)s %(window)s: %(value)s%(numbers)s. This tip is there at %(operator)s"
        " %(threshold)s."
    ) % {
        "what": _subject(condition, in_reader_language(*value.what)),
        "window": window_in_words(condition.window),
        "value": ", ".join(amount(one, unit) for one in value.each or (value.value,)),
        "numbers": numbers,
        "operator": OPERATORS[condition.operator],
        "threshold": amount(condition.threshold, unit),
    }


def _subject(condition: Condition, what: str) -> str:
    text = _("your own ratio") if condition.ratio else label_of(LIBRARY[condition.statistic])
    text = text[:1].upper() + text[1:]
    return f"{text} ({what})" if what else text

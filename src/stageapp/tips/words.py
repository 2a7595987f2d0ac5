"""Tips in words: values for their placeholders, and why somebody sees one."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from stageapp.core.bilingual import in_reader_language
from stageapp.facts import Dimension, Facts, Need, Sum, Traits
from stageapp.insights.statistics import LIBRARY, Unit, label_of, measure
from stageapp.tips import rules
from stageapp.tips.models import TipVersion
from stageapp.tips.queries import ActiveTip
from stageapp.tips.rules import Condition, Operator, Reach, Rule, Value

OPERATORS = {
    Operator.MORE: gettext_lazy("more than"),
    Operator.AT_LEAST: gettext_lazy("at least"),
    Operator.LESS: gettext_lazy("less than"),
    Operator.AT_MOST: gettext_lazy("at most"),
}
#: What the values of a unit lie between; the others begin at zero.
_LIMITS = {Unit.PERCENT: (0.0, 100.0), Unit.LEVEL: (1.0, float("inf"))}


def unit_of(condition: Condition) -> Unit:
    """Return what the value of a condition is counted in."""
    return Unit.PERCENT if condition.ratio else LIBRARY[condition.statistic].unit


def reach_of(condition: Condition) -> Reach:
    """Return which values a condition can measure, and whether it is about something."""
    unit = unit_of(condition)
    least, most = _LIMITS.get(unit, (0, float("inf")))
    names = condition.ratio is None and _names_something(condition.statistic)
    return Reach(least, most, names)


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


@cache
def _names_something(statistic: str) -> bool:
    """Ask an example with something of everything, so that no list can get out of step."""
    one = Sum(1, 60, 1, 1, 1, 1, 1)
    example = Facts(
        date(2026, 3, 2),
        days={date(2026, 3, 2): one},
        by={dimension: {"used": one} for dimension in Dimension},
        together={need: {("used", "used"): 1} for need in Need},
        traits=Traits(1, 1, 1, 1, 1, 1, 60, 60),
        names={d: {"used": ("", ""), "unused": ("", "")} for d in Dimension},
    )
    found = measure(statistic, example, "used")
    return found is not None and bool(found.named)

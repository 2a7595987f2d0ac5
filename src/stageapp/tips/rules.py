"""When a tip applies, and what its placeholders say. Plain Python, without a database."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Any

from stageapp.facts import (
    ALWAYS,
    Amount,
    Dimension,
    FilteredSum,
    Ratio,
    Trait,
    Window,
    last_days,
    month_of,
)

#: Activities that a condition needs before it says anything (design, Tips).
MINIMUM = 5
WHOLE_PERIOD = "all"
THIS_MONTH = "month"
#: Percents of a period.
WHOLE = 100
MOST_DAYS = 366


class Operator(StrEnum):
    """How a value is compared with a threshold."""

    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


_COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}


@dataclass(frozen=True)
class Value:
    """What was measured for a condition; a collection has a value `each`, all have to pass.

    `part` of `whole` is what it was made of, `what` names what it is about, in both languages;
    `activities` is how many there were to measure.
    """

    value: float
    part: float = 0
    whole: float = 0
    what: tuple[str, str] = ("", "")
    each: tuple[float, ...] = ()
    activities: int = 0


@dataclass(frozen=True)
class Condition:
    """A statistic, or a ratio, within a window, compared with a threshold.

    `name` is what placeholders call it.
    """

    name: str
    statistic: str = ""
    of: str = ""
    ratio: Ratio | None = None
    window: str = WHOLE_PERIOD
    operator: Operator = Operator.MORE
    threshold: float = 0
    minimum: int = MINIMUM


@dataclass(frozen=True)
class Moment:
    """A part of the period, from a percent up to and including another."""

    first: int
    last: int


@dataclass(frozen=True)
class Rule:
    """When a tip is active: all conditions, and any of the moments if there are some."""

    conditions: tuple[Condition, ...] = ()
    moments: tuple[Moment, ...] = ()
    always: bool = False


def applies(rule: Rule, values: Mapping[str, Value | None], progress: int) -> bool:
    """Return whether a tip is active: `values` by the names of the conditions.

    A rule without conditions and moments is active only when it says "always". What cannot be
    measured, or rests on too few activities, does not hold.
    """
    if not rule.conditions and not rule.moments:
        return rule.always
    return in_time(rule, progress) and all(
        holds(row, values.get(row.name)) for row in rule.conditions
    )


def in_time(rule: Rule, progress: int) -> bool:
    """Return whether it is the time for a tip, whatever its conditions say."""
    return not rule.moments or any(m.first <= progress <= m.last for m in rule.moments)


def holds(condition: Condition, value: Value | None) -> bool:
    """Return whether what was measured passes the threshold, every value of a collection."""
    if value is None or value.activities < condition.minimum:
        return False
    compare = _COMPARE[condition.operator]
    return all(compare(one, condition.threshold) for one in value.each or (value.value,))


def window_of(name: str, today: date) -> Window:
    """Return the days that a condition looks at: the whole period, this month, the last n days."""
    if name == WHOLE_PERIOD:
        return ALWAYS
    if name == THIS_MONTH:
        return month_of(today)
    return last_days(int(name), today)


def is_window(name: str) -> bool:
    """Return whether a window can be read."""
    days = name.isascii() and name.isdecimal() and len(name) < 4  # noqa: PLR2004 -- three digits
    return name in (WHOLE_PERIOD, THIS_MONTH) or (days and 1 <= int(name) <= MOST_DAYS)


# Texts --------------------------------------------------------------------------------------------

#: `{name}` is the value, `{name.part}`, `{name.whole}` and `{name.what}` what it was made of.
_PLACEHOLDER = re.compile(r"\{([a-z0-9_-]+)(?:\.(part|whole|what))?\}")
_BRACES = re.compile(r"\{[^{}]*\}")
PROGRESS = "progress"


def placeholders(text: str) -> list[tuple[str, str]]:
    """Return the names in a text with what is asked of them: "" for the value."""
    return [(found[1], found[2] or "") for found in _PLACEHOLDER.finditer(text)]


def filled_in(text: str, shown: Mapping[tuple[str, str], str]) -> str:
    """Return a text with what is known; each placeholder is read once, as a whole."""
    return _PLACEHOLDER.sub(lambda found: shown.get((found[1], found[2] or ""), found[0]), text)


# What can never be --------------------------------------------------------------------------------


class Problem(StrEnum):
    """Why a rule is refused."""

    NO_CONDITION = "no_condition"
    ALWAYS_AND_CONDITIONS = "always_and_conditions"
    NEVER = "never"
    CONTRADICTION = "contradiction"
    MOMENT_ORDER = "moment_order"
    NAME_TWICE = "name_twice"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    NOTHING_NAMED = "nothing_named"
    NO_PARTS = "no_parts"


@dataclass(frozen=True)
class Finding:
    """A problem, and what it is about: the name of a condition, a placeholder."""

    problem: Problem
    about: str = ""


@dataclass(frozen=True)
class Reach:
    """The values that a statistic can have.

    `names` says whether it is about something, `parts` whether it is a part of a whole.
    """

    least: float = 0
    most: float = float("inf")
    names: bool = False
    parts: bool = True


def problems(rule: Rule, reach: Mapping[str, Reach], texts: Iterable[str]) -> list[Finding]:
    """Return why a rule can never hold, or says what nobody can fill in; `reach` by name."""
    found = []
    if not rule.conditions and not rule.moments and not rule.always:
        found.append(Finding(Problem.NO_CONDITION))
    if rule.always and (rule.conditions or rule.moments):
        found.append(Finding(Problem.ALWAYS_AND_CONDITIONS))
    found += [
        Finding(Problem.MOMENT_ORDER) for m in rule.moments if not 0 <= m.first <= m.last <= WHOLE
    ]
    found += _impossible(rule, reach)
    found += _unknown_placeholders(rule, reach, texts)
    return found


def _impossible(rule: Rule, reach: Mapping[str, Reach]) -> list[Finding]:
    names = [condition.name for condition in rule.conditions]
    twice = sorted({name for name in names if names.count(name) > 1})
    found = [Finding(Problem.NAME_TWICE, name) for name in twice]
    spans: dict[tuple[object, ...], _Span] = {}
    for condition in rule.conditions:
        limits = reach.get(condition.name, Reach())
        if not _Span(limits.least, limits.most).cut(condition).is_possible:
            found.append(Finding(Problem.NEVER, condition.name))
            continue
        same = (condition.statistic, condition.of, condition.ratio, condition.window)
        span = spans.get(same, _Span(limits.least, limits.most)).cut(condition)
        if not span.is_possible:
            found.append(Finding(Problem.CONTRADICTION, condition.name))
        spans[same] = span
    return found


@dataclass(frozen=True)
class _Span:
    """Values between two limits, which count themselves unless they are open."""

    least: float
    most: float
    least_open: bool = False
    most_open: bool = False

    @property
    def is_possible(self) -> bool:
        is_open = self.least_open or self.most_open
        return self.least < self.most or (self.least == self.most and not is_open)

    def cut(self, condition: Condition) -> "_Span":
        at, is_open = condition.threshold, condition.operator in (Operator.MORE, Operator.LESS)
        if condition.operator in (Operator.MORE, Operator.AT_LEAST):
            least, closed = max((self.least, self.least_open), (at, is_open))
            return _Span(least, self.most, closed, self.most_open)
        most, closed = min((self.most, not self.most_open), (at, not is_open))
        return _Span(self.least, most, self.least_open, not closed)


def _unknown_placeholders(
    rule: Rule, reach: Mapping[str, Reach], texts: Iterable[str]
) -> list[Finding]:
    known = {condition.name for condition in rule.conditions}
    found: dict[Finding, None] = {}
    for text in texts:
        for name, asked in placeholders(text):
            written = f"{{{name}.{asked}}}" if asked else f"{{{name}}}"
            if name == PROGRESS and not asked:
                continue
            if name not in known:
                found[Finding(Problem.UNKNOWN_PLACEHOLDER, written)] = None
            elif asked == "what" and not reach.get(name, Reach()).names:
                found[Finding(Problem.NOTHING_NAMED, written)] = None
            elif asked in ("part", "whole") and not reach.get(name, Reach()).parts:
                found[Finding(Problem.NO_PARTS, written)] = None
        for written in _BRACES.findall(text):
            if not _PLACEHOLDER.fullmatch(written):
                found[Finding(Problem.UNKNOWN_PLACEHOLDER, written)] = None
    return list(found)


def is_part_of(top: FilteredSum, bottom: FilteredSum) -> bool:
    """Return whether all of one sum is in another, so that its share is never above 100%."""
    wider = dict(bottom.where)
    narrower = dict(top.where)
    return (
        top.amount == bottom.amount
        and set(bottom.traits) <= set(top.traits)
        and all(
            dimension in narrower and set(narrower[dimension]) <= set(keys)
            for dimension, keys in wider.items()
        )
    )


#: Traits that no activity has both of.
OPPOSITES = (
    (Trait.WITH_SOURCE, Trait.WITHOUT_SOURCE),
    (Trait.WITH_REFLECTION, Trait.WITHOUT_REFLECTION),
    (Trait.WITH_EVIDENCE, Trait.WITHOUT_EVIDENCE),
    (Trait.WITH_GOAL, Trait.WITHOUT_GOAL),
)


def excludes_all(one: FilteredSum) -> bool:
    """Return whether no activity at all can fit the traits of a sum."""
    return any(set(pair) <= set(one.traits) for pair in OPPOSITES)


# What may be told ---------------------------------------------------------------------------------

#: Numbers of people below this are not told.
SMALLEST_GROUP = 5


def is_tellable(count: int, whole: int) -> bool:
    """Return whether a number of people of a whole may be told: it, and what it leaves over."""
    rest = whole - count
    return count >= SMALLEST_GROUP and (rest == 0 or rest >= SMALLEST_GROUP)


def told_together(parts: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the sum of (count, whole) of several groups, or None where it may not be told.

    Each group has to be tellable by itself: the difference of two sums is told as well.
    """
    known = [(count, whole) for count, whole in parts if whole]
    if not known or not all(is_tellable(count, whole) for count, whole in known):
        return None
    return sum(count for count, _ in known), sum(whole for _, whole in known)


def told_each(parts: Iterable[tuple[int, int]]) -> list[int | None]:
    """Return the counts of (count, whole) that may be told, None for those that may not."""
    return [count if is_tellable(count, whole) else None for count, whole in parts]


def told_total(told: Iterable[int | None]) -> int | None:
    """Return the sum of what was told, and of nothing else, so that nothing follows from it."""
    known = [count for count in told if count is not None]
    return sum(known) if known else None


def told_of_two(one: int, two: int, whole: int) -> tuple[int | None, int | None]:
    """Return two counts that exclude each other, such as helpful and not helpful.

    Where what both leave over is too few, the smaller one is not told either.
    """
    first, second = told_each([(one, whole), (two, whole)])
    rest = whole - one - two
    if first is None or second is None or rest == 0 or rest >= SMALLEST_GROUP:
        return first, second
    return (None, second) if one < two else (first, None)


# As data ------------------------------------------------------------------------------------------


def rule_to_data(rule: Rule) -> dict[str, Any]:
    """Return a rule as it is kept and exported: plain JSON."""
    return {
        "always": rule.always,
        "moments": [[moment.first, moment.last] for moment in rule.moments],
        "conditions": [
            {
                "name": row.name,
                "statistic": row.statistic,
                "of": row.of,
                "ratio": _ratio_to_data(row.ratio) if row.ratio else None,
                "window": row.window,
                "operator": row.operator.value,
                "threshold": row.threshold,
                "minimum": row.minimum,
            }
            for row in rule.conditions
        ],
    }


def rule_from_data(data: Mapping[str, Any]) -> Rule:
    """Return the rule that was kept. Raises KeyError, TypeError or ValueError for anything else."""
    return Rule(
        conditions=tuple(_condition_from_data(row) for row in data.get("conditions", [])),
        moments=tuple(Moment(int(first), int(last)) for first, last in data.get("moments", [])),
        always=bool(data.get("always", False)),
    )


def _condition_from_data(row: Mapping[str, Any]) -> Condition:
    window = str(row.get("window", WHOLE_PERIOD))
    if not is_window(window):
        raise ValueError(window)
    return Condition(
        name=str(row["name"]),
        statistic=str(row.get("statistic") or ""),
        of=str(row.get("of") or ""),
        ratio=_ratio_from_data(row["ratio"]) if row.get("ratio") else None,
        window=window,
        operator=Operator(row["operator"]),
        threshold=float(row["threshold"]),
        minimum=int(row.get("minimum", MINIMUM)),
    )


def _ratio_to_data(ratio: Ratio) -> dict[str, Any]:
    return {name: _sum_to_data(getattr(ratio, name)) for name in ("top", "bottom")}


def _sum_to_data(one: FilteredSum) -> dict[str, Any]:
    return {
        "amount": one.amount.value,
        "where": {dimension.value: list(keys) for dimension, keys in one.where},
        "traits": [trait.value for trait in one.traits],
    }


def _ratio_from_data(data: Mapping[str, Any]) -> Ratio:
    return Ratio(_sum_from_data(data["top"]), _sum_from_data(data["bottom"]))


def _sum_from_data(data: Mapping[str, Any]) -> FilteredSum:
    return FilteredSum(
        Amount(data.get("amount", Amount.COUNT)),
        tuple(
            (Dimension(name), tuple(map(str, keys)))
            for name, keys in dict(data.get("where", {})).items()
        ),
        tuple(Trait(name) for name in data.get("traits", [])),
    )

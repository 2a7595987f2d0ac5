"""The library of statistics: what charts show and what the conditions of tips compare.

Each is a named definition that reads facts, so that it says the same for one placement and for
thousands. Its docstring gives the meaning and a worked example.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from stageapp.facts import Dimension, Facts, Need, Sum
from stageapp.programmes.models import VocabularyEntry


class Unit(StrEnum):
    """What a value is counted in."""

    COUNT = "count"
    HOURS = "hours"
    #: From 0 to 100.
    PERCENT = "percent"
    #: From 1, easiest, on.
    LEVEL = "level"
    DAYS = "days"


@dataclass(frozen=True)
class Measured:
    """A value with the numbers it was made of, and what it is about.

    `part` of `whole` where it is a share or an average; `named` gives the rows it is about, as
    (dimension, key). A collection has a value for each of them, and is as large as its smallest.
    """

    value: float
    part: float = 0
    whole: float = 0
    named: tuple[tuple[Dimension, str], ...] = ()
    each: tuple[float, ...] = ()


Measure = Callable[[Facts, str], Measured | None]


@dataclass(frozen=True)
class Statistic:
    """A named definition; `of` says which rows have to be chosen before it can be measured."""

    key: str
    label: Any
    unit: Unit
    needs: frozenset[Need]
    of: Dimension | None
    explanation: str
    measure: Measure


#: All statistics by their key.
LIBRARY: dict[str, Statistic] = {}


def statistic(
    unit: Unit,
    label: Any,
    *needs: Need,
) -> Callable[[Callable[[Facts], Measured | None]], Callable[[Facts], Measured | None]]:
    """Add a function of the facts to the library, under its own name."""

    def add(measure: Callable[[Facts], Measured | None]) -> Callable[[Facts], Measured | None]:
        LIBRARY[measure.__name__] = Statistic(
            measure.__name__,
            label,
            unit,
            frozenset(needs),
            None,
            (measure.__doc__ or "").strip(),
            lambda facts, _of: measure(facts),
        )
        return measure

    return add


def share(part: float, whole: float, *named: tuple[Dimension, str]) -> Measured | None:
    """Return a part of a whole in percents; nothing of nothing is no share."""
    return Measured(part * 100 / whole, part, whole, named) if whole else None


# Everything ---------------------------------------------------------------------------------------


@statistic(Unit.COUNT, _("number of activities"))
def activities(facts: Facts) -> Measured:
    """How many activities were logged. Example: three activities on two days are 3."""
    return Measured(facts.total.count)


@statistic(Unit.HOURS, _("hours logged"))
def hours(facts: Facts) -> Measured:
    """All durations together. Example: 30, 60 and 60 minutes are 2.5 hours."""
    return Measured(facts.total.hours)


@statistic(Unit.DAYS, _("days with something logged"))
def days_logged(facts: Facts) -> Measured:
    """Dates that have an activity. Example: three activities on two dates are 2 days."""
    return Measured(len(facts.days))


@statistic(Unit.COUNT, _("activities a week"))
def activities_per_week(facts: Facts) -> Measured | None:
    """Activities for each week that has one. Example: 6 activities in 2 weeks are 3 a week."""
    weeks = len(facts.weeks)
    return _average(facts.total.count, weeks)


@statistic(Unit.HOURS, _("hours a week"))
def hours_per_week(facts: Facts) -> Measured | None:
    """Hours for each week that has an activity. Example: 45 hours in 2 weeks are 22.5 a week."""
    return _average(facts.total.hours, len(facts.weeks))


@statistic(Unit.DAYS, _("longest time without an activity"))
def longest_gap(facts: Facts) -> Measured | None:
    """Most days between two dates with an activity. Example: on 2, 3 and 9 March: 6 days."""
    dates = sorted(facts.days)
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    return Measured(max(gaps)) if gaps else None


@statistic(Unit.DAYS, _("days since the last activity"))
def days_since_last(facts: Facts) -> Measured | None:
    """From the newest activity until today. Example: newest on 9 March, today the 12th: 3 days."""
    return Measured((facts.today - max(facts.days)).days) if facts.days else None


@statistic(Unit.LEVEL, _("average difficulty"))
def average_difficulty(facts: Facts) -> Measured | None:
    """Average level of what has one, 1 is easiest. Example: levels 1, 2 and 3 average 2."""
    return _average(facts.total.levels, facts.total.rated)


@statistic(Unit.PERCENT, _("share of activities that were hard"))
def share_hard(facts: Facts) -> Measured | None:
    """Those with the hardest level, of what has a level. Example: levels 1, 2, 3: 33.3%."""
    return share(facts.total.hard, facts.total.rated)


# Traits -------------------------------------------------------------------------------------------


@statistic(Unit.PERCENT, _("share of activities done alone"), Need.TRAITS)
def share_alone(facts: Facts) -> Measured | None:
    """Done alone, of what says with whom. Example: 2 alone, 3 with a colleague: 40%."""
    return share(facts.traits.alone, facts.traits.with_people)


@statistic(Unit.PERCENT, _("share of hours worked alone"), Need.TRAITS)
def share_hours_alone(facts: Facts) -> Measured | None:
    """Hours alone, of hours that say with whom. Example: 3 of 10 hours: 30%."""
    return share(facts.traits.minutes_alone, facts.traits.minutes_with_people)


@statistic(Unit.PERCENT, _("share of activities with a source or theory"), Need.TRAITS)
def share_with_source(facts: Facts) -> Measured | None:
    """With at least one source, of all. Example: 1 of 4: 25%."""
    return share(facts.traits.with_source, facts.total.count)


@statistic(Unit.PERCENT, _("share of activities without a source or theory"), Need.TRAITS)
def share_without_source(facts: Facts) -> Measured | None:
    """Without any source, of all. Example: 3 of 4: 75%."""
    return share(facts.total.count - facts.traits.with_source, facts.total.count)


@statistic(Unit.PERCENT, _("share of activities with a reflection"), Need.TRAITS)
def share_with_reflection(facts: Facts) -> Measured | None:
    """With at least one finished reflection, of all. Example: 1 of 8: 12.5%."""
    return share(facts.traits.with_reflection, facts.total.count)


@statistic(Unit.PERCENT, _("share of activities with evidence"), Need.TRAITS)
def share_with_evidence(facts: Facts) -> Measured | None:
    """With at least one piece of evidence, of all. Example: 2 of 5: 40%."""
    return share(facts.traits.with_evidence, facts.total.count)


@statistic(Unit.PERCENT, _("share of activities with a learning goal"), Need.TRAITS)
def share_with_goal(facts: Facts) -> Measured | None:
    """With a learning goal, of all. Example: 3 of 4: 75%."""
    return share(facts.traits.with_goal, facts.total.count)


# Most and least -----------------------------------------------------------------------------------


@statistic(Unit.PERCENT, _("share of the category used most"), Need.CATEGORY)
def most_used_category(facts: Facts) -> Measured | None:
    """Example: 3 times testing, once design: testing, 75%."""
    return _most(facts, Dimension.CATEGORY)


@statistic(Unit.PERCENT, _("share of the category used least"), Need.CATEGORY)
def least_used_category(facts: Facts) -> Measured | None:
    """Of the categories used. Example: 3 times testing, once design: design, 25%."""
    return _least(facts, Dimension.CATEGORY)


@statistic(Unit.PERCENT, _("share of the person named most"), Need.PERSON)
def most_used_person(facts: Facts) -> Measured | None:
    """Of all times that somebody is named, alone left out. Example: 3 Jan, 1 Piet: Jan, 75%."""
    return _most(facts, Dimension.PERSON)


@statistic(Unit.PERCENT, _("share of the person named least"), Need.PERSON)
def least_used_person(facts: Facts) -> Measured | None:
    """Of those named, alone left out. Example: 3 times Jan, once Piet: Piet, 25%."""
    return _least(facts, Dimension.PERSON)


@statistic(Unit.PERCENT, _("share of the source used most"), Need.SOURCE)
def most_used_source(facts: Facts) -> Measured | None:
    """Of all times that a source is named. Example: 4 times internet, once a book: 80%."""
    return _most(facts, Dimension.SOURCE)


@statistic(Unit.PERCENT, _("share of the source used least"), Need.SOURCE)
def least_used_source(facts: Facts) -> Measured | None:
    """Of the sources used. Example: 4 times internet, once a book: a book, 20%."""
    return _least(facts, Dimension.SOURCE)


@statistic(Unit.PERCENT, _("share of the learning goal worked on most"), Need.GOAL)
def most_used_goal(facts: Facts) -> Measured | None:
    """Of the activities with a goal. Example: 3 for goal A, 1 for goal B: A, 75%."""
    return _most(facts, Dimension.GOAL)


@statistic(Unit.PERCENT, _("share of the learning goal worked on least"), Need.GOAL)
def least_used_goal(facts: Facts) -> Measured | None:
    """Of the activities with a goal; goals never worked on count too. Example: A 3, B 0: B, 0%."""
    return _least(facts, Dimension.GOAL, also_unused=True)


@statistic(Unit.COUNT, _("learning goals not worked on"), Need.GOAL)
def goals_untouched(facts: Facts) -> Measured:
    """Goals without any activity. Example: four goals, activities for two of them: 2."""
    return _unused(facts, Dimension.GOAL)


@statistic(Unit.COUNT, _("competences not worked on"), Need.COMPETENCE)
def competences_uncovered(facts: Facts) -> Measured:
    """Competences of the programme without an activity. Example: seven, of which five used: 2."""
    return _unused(facts, Dimension.COMPETENCE)


@statistic(Unit.PERCENT, _("share of the competences worked on"), Need.COMPETENCE)
def competences_covered(facts: Facts) -> Measured | None:
    """Competences with an activity, of all of the programme. Example: 5 of 7: 71.4%."""
    known = facts.names.get(Dimension.COMPETENCE, {})
    used = sum(key in known for key in facts.of(Dimension.COMPETENCE))
    return share(used, len(known))


@statistic(Unit.COUNT, _("different categories"), Need.CATEGORY)
def categories_used(facts: Facts) -> Measured:
    """How many categories have an activity. Example: testing and design: 2."""
    return Measured(len(facts.of(Dimension.CATEGORY)))


@statistic(Unit.COUNT, _("different people"), Need.PERSON)
def people_met(facts: Facts) -> Measured:
    """With how many was worked, alone left out. Example: alone, Jan and Piet: 2."""
    return Measured(len(_others(facts)))


@statistic(Unit.LEVEL, _("difficulty of the hardest category"), Need.CATEGORY)
def hardest_category(facts: Facts) -> Measured | None:
    """The highest average level of a category. Example: design 1 and 2, testing 3: testing, 3."""
    return _extreme(facts.of(Dimension.CATEGORY), Dimension.CATEGORY, max)


@statistic(Unit.LEVEL, _("difficulty with the person with whom work is easiest"), Need.PERSON)
def easiest_person(facts: Facts) -> Measured | None:
    """The lowest average level with somebody, alone left out. Example: Jan 1 and 2: Jan, 1.5."""
    return _extreme(_others(facts), Dimension.PERSON, min)


@statistic(Unit.PERCENT, _("share hard in the category that is hard most often"), Need.CATEGORY)
def hard_category(facts: Facts) -> Measured | None:
    """Hard ones of what has a level there. Example: testing 2 of 4 hard: testing, 50%."""
    rows = facts.of(Dimension.CATEGORY)
    shares = {key: (row.hard, row.rated) for key, row in rows.items() if row.rated}
    return _highest(shares, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT, _("share alone in the category done alone most"), Need.CATEGORY, Need.TRAITS
)
def category_alone(facts: Facts) -> Measured | None:
    """Done alone, of all in that category. Example: 3 of 4 times testing: testing, 75%."""
    rows = facts.of(Dimension.CATEGORY)
    return _highest({k: (row.alone, row.count) for k, row in rows.items()}, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share without a source in the category that has least"),
    Need.CATEGORY,
    Need.TRAITS,
)
def category_without_source(facts: Facts) -> Measured | None:
    """Without a source, of all in that category. Example: 3 of 4 times testing: testing, 75%."""
    rows = facts.of(Dimension.CATEGORY)
    parts = {key: (row.without_source, row.count) for key, row in rows.items()}
    return _highest(parts, Dimension.CATEGORY)


@statistic(Unit.PERCENT, _("share without a source of each learning goal"), Need.GOAL, Need.TRAITS)
def goals_without_source(facts: Facts) -> Measured | None:
    """For each goal, its activities without a source. Example: A 2 of 2, B 1 of 10: 100%, 10%."""
    rows = sorted(facts.of(Dimension.GOAL).items())
    if not rows:
        return None
    shares = tuple(row.without_source * 100 / row.count for _, row in rows)
    part, whole = sum(row.without_source for _, row in rows), sum(row.count for _, row in rows)
    named = tuple((Dimension.GOAL, key) for key, _ in rows)
    return Measured(min(shares), part, whole, named, shares)


@statistic(
    Unit.PERCENT, _("share without a source of the goal that has least"), Need.GOAL, Need.TRAITS
)
def goal_without_source(facts: Facts) -> Measured | None:
    """Without a source, of the activities for that goal. Example: 2 of 2 for goal A: A, 100%."""
    rows = facts.of(Dimension.GOAL)
    return _highest({k: (row.without_source, row.count) for k, row in rows.items()}, Dimension.GOAL)


@statistic(
    Unit.PERCENT,
    _("share with one person in the category done mostly with one"),
    Need.CATEGORY,
    Need.CATEGORY_PERSON,
)
def category_one_person(facts: Facts) -> Measured | None:
    """With that person, of all in that category. Example: testing 3 of 4 with Jan: 75%."""
    return _mostly(facts, Need.CATEGORY_PERSON, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share with one person for the goal worked on mostly with one"),
    Need.GOAL,
    Need.GOAL_PERSON,
)
def goal_one_person(facts: Facts) -> Measured | None:
    """With that person, of all for that goal. Example: goal A 3 of 4 with Jan: 75%."""
    return _mostly(facts, Need.GOAL_PERSON, Dimension.GOAL)


@statistic(Unit.PERCENT, _("most frequent moment with goal"), Need.MOMENT_GOAL)
def moment_with_goal(facts: Facts) -> Measured | None:
    """The pair that occurs most, of all pairs. Example: 1st lesson with A 3, others 1: 75%."""
    return _pair(facts, Need.MOMENT_GOAL, Dimension.MOMENT, Dimension.GOAL)


@statistic(Unit.PERCENT, _("most frequent moment with competence"), Need.MOMENT_COMPETENCE)
def moment_with_competence(facts: Facts) -> Measured | None:
    """The pair that occurs most, of all pairs. Example: 1st lesson with VD 2 of 4 pairs: 50%."""
    return _pair(facts, Need.MOMENT_COMPETENCE, Dimension.MOMENT, Dimension.COMPETENCE)


@statistic(Unit.PERCENT, _("most frequent goal with competence"), Need.GOAL_COMPETENCE)
def goal_with_competence(facts: Facts) -> Measured | None:
    """The pair that occurs most, of all pairs. Example: goal A with VD 2 of 4 pairs: 50%."""
    return _pair(facts, Need.GOAL_COMPETENCE, Dimension.GOAL, Dimension.COMPETENCE)


# Beside the activities ----------------------------------------------------------------------------


@statistic(Unit.COUNT, _("reflections"), Need.REFLECTIONS)
def reflections(facts: Facts) -> Measured:
    """How many reflections are finished. Example: two on one day and one on another: 3."""
    return Measured(sum(facts.reflections.values()))


@statistic(Unit.DAYS, _("days since the last reflection"), Need.REFLECTIONS)
def days_since_reflection(facts: Facts) -> Measured | None:
    """From the newest reflection until today. Example: 9 March, today the 12th: 3 days."""
    return Measured((facts.today - max(facts.reflections)).days) if facts.reflections else None


@statistic(Unit.COUNT, _("open chains"), Need.CHAINS)
def chains_open(facts: Facts) -> Measured:
    """Chains that are not finished. Example: three chains, one finished: 2."""
    return Measured(facts.chains_open)


@statistic(Unit.PERCENT, _("how far the placement is"))
def period_progress(facts: Facts) -> Measured:
    """Days since the start of the days of the period. Example: day 10 of 40: 25%."""
    return Measured(facts.progress)


@statistic(Unit.DAYS, _("days on placement"))
def running_days(facts: Facts) -> Measured:
    """Days since the start, pauses left out. Example: started 10 days ago, 2 days ill: 8."""
    return Measured(facts.running_days)


@statistic(Unit.COUNT, _("questions shared"), Need.GUIDANCE)
def questions_shared(facts: Facts) -> Measured:
    """Guidance questions that were ever shared. Example: two shared, one draft: 2."""
    return Measured(facts.guidance.shared)


@statistic(Unit.DAYS, _("days since a question was shared"), Need.GUIDANCE)
def days_since_shared(facts: Facts) -> Measured | None:
    """From the last sharing until today. Example: on 2 March, today the 12th: 10 days."""
    days = facts.guidance.days_since_shared
    return None if days is None else Measured(days)


@statistic(Unit.COUNT, _("saved items"), Need.GUIDANCE)
def saved_items(facts: Facts) -> Measured:
    """What was put aside. Example: two activities and a reflection: 3."""
    return Measured(facts.guidance.saved)


# Of one row of a dimension ------------------------------------------------------------------------

_OF = {
    Dimension.CATEGORY: _("category"),
    Dimension.PERSON: _("person"),
    Dimension.SOURCE: _("source"),
    Dimension.MOMENT: _("moment"),
    Dimension.COMPETENCE: _("competence"),
    Dimension.GOAL: _("learning goal"),
    Dimension.STATUS: _("status"),
    Dimension.DIFFICULTY: _("difficulty"),
}


def _number(dimension: Dimension, facts: Facts, of: str) -> Measured:
    """Activities with that one. Example: 3 of 4 activities are testing: 3."""
    row = facts.of(dimension).get(of, Sum())
    return Measured(row.count, named=((dimension, of),))


def _hours(dimension: Dimension, facts: Facts, of: str) -> Measured:
    """Hours of the activities with that one. Example: testing took 30 and 60 minutes: 1.5."""
    row = facts.of(dimension).get(of, Sum())
    return Measured(row.hours, named=((dimension, of),))


def _share(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    """Activities with that one, of all activities. Example: 3 of 4 are testing: 75%."""
    row = facts.of(dimension).get(of, Sum())
    return share(row.count, facts.total.count, (dimension, of))


def _share_of_hours(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    """Hours with that one, of all hours. Example: 3 of 10 hours are meetings: 30%."""
    row = facts.of(dimension).get(of, Sum())
    return share(row.hours, facts.total.hours, (dimension, of))


def _level(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    """Average level of the activities with that one. Example: levels 1 and 2: 1.5."""
    row = facts.of(dimension).get(of, Sum())
    return _average(row.levels, row.rated, (dimension, of))


def _share_hard(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    """Hard ones, of what has a level with that one. Example: 1 of 4: 25%."""
    row = facts.of(dimension).get(of, Sum())
    return share(row.hard, row.rated, (dimension, of))


_OF_ONE: dict[str, tuple[Any, Unit, Callable[[Dimension, Facts, str], Measured | None]]] = {
    "number_of": (_("number of activities with one %(dimension)s"), Unit.COUNT, _number),
    "hours_of": (_("hours with one %(dimension)s"), Unit.HOURS, _hours),
    "share_of": (_("share of activities with one %(dimension)s"), Unit.PERCENT, _share),
    "share_of_hours_of": (
        _("share of hours with one %(dimension)s"),
        Unit.PERCENT,
        _share_of_hours,
    ),
    "difficulty_of": (_("average difficulty with one %(dimension)s"), Unit.LEVEL, _level),
    "share_hard_of": (_("share hard with one %(dimension)s"), Unit.PERCENT, _share_hard),
}


def label_of(definition: Statistic) -> str:
    """Return what a statistic is called, with what has to be chosen for it."""
    if definition.of is None:
        return str(definition.label)
    return str(definition.label) % {"dimension": _OF[definition.of]}


def measure(key: str, facts: Facts, of: str = "") -> Measured | None:
    """Return the value of a statistic, or None where there is nothing to measure."""
    return LIBRARY[key].measure(facts, of)


def _average(part: float, whole: float, *named: tuple[Dimension, str]) -> Measured | None:
    return Measured(part / whole, part, whole, named) if whole else None


def _others(facts: Facts) -> dict[str, Sum]:
    """The people with whom was worked; alone is nobody."""
    return {
        key: row for key, row in facts.of(Dimension.PERSON).items() if key != VocabularyEntry.ALONE
    }


def _most(facts: Facts, dimension: Dimension) -> Measured | None:
    counts = _counts(facts, dimension)
    if not any(counts.values()):
        return None
    key = min(counts, key=lambda row: (-counts[row], row))
    return share(counts[key], sum(counts.values()), (dimension, key))


def _least(facts: Facts, dimension: Dimension, *, also_unused: bool = False) -> Measured | None:
    counts = _counts(facts, dimension)
    if also_unused:
        counts = dict.fromkeys(facts.names.get(dimension, {}), 0) | counts
    if not any(counts.values()):
        return None
    key = min(counts, key=lambda row: (counts[row], row))
    return share(counts[key], sum(counts.values()), (dimension, key))


def _unused(facts: Facts, dimension: Dimension) -> Measured:
    used = facts.of(dimension)
    unused = [key for key in facts.names.get(dimension, {}) if key not in used]
    return Measured(len(unused), named=tuple((dimension, key) for key in unused))


def _counts(facts: Facts, dimension: Dimension) -> dict[str, int]:
    rows = _others(facts) if dimension == Dimension.PERSON else facts.of(dimension)
    return {key: row.count for key, row in rows.items()}


def _extreme(
    rows: Mapping[str, Sum], dimension: Dimension, choose: Callable[..., tuple[float, str]]
) -> Measured | None:
    levels = [(row.levels / row.rated, key) for key, row in rows.items() if row.rated]
    if not levels:
        return None
    level, key = choose(levels)
    return Measured(level, rows[key].levels, rows[key].rated, ((dimension, key),))


def _highest(parts: Mapping[str, tuple[int, int]], dimension: Dimension) -> Measured | None:
    if not parts:
        return None
    key = min(parts, key=lambda row: (-parts[row][0] / parts[row][1], row))
    part, whole = parts[key]
    return share(part, whole, (dimension, key))


def _mostly(facts: Facts, need: Need, dimension: Dimension) -> Measured | None:
    """Return the row that has the same person most often, and how often."""
    counts = _counts(facts, dimension)
    together = {
        (row, person): count
        for (row, person), count in facts.together.get(need, {}).items()
        if person != VocabularyEntry.ALONE and counts.get(row)
    }
    if not together:
        return None
    row, person = min(together, key=lambda pair: (-together[pair] / counts[pair[0]], pair))
    return share(together[row, person], counts[row], (dimension, row), (Dimension.PERSON, person))


def _pair(facts: Facts, need: Need, one: Dimension, two: Dimension) -> Measured | None:
    together = facts.together.get(need, {})
    if not together:
        return None
    first, second = min(together, key=lambda pair: (-together[pair], pair))
    return share(together[first, second], sum(together.values()), (one, first), (two, second))


def _add_those_of_one_row(dimensions: Iterable[Dimension]) -> None:
    for name, (label, unit, function) in _OF_ONE.items():
        for dimension in dimensions:
            key = f"{name}_{dimension.value}"
            LIBRARY[key] = Statistic(
                key,
                label,
                unit,
                frozenset({Need(dimension.value)}),
                dimension,
                (function.__doc__ or "").strip(),
                partial(function, dimension),
            )


_add_those_of_one_row(Dimension)

"""The library of statistics: what charts show and what the conditions of tips compare.

Each is a named definition that reads facts, so that it says the same for one placement and for
thousands. What it means and a worked example stand with its name, for the people who use it in a
rule.
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
    means: Any
    example: Any
    measure: Measure


#: All statistics by their key.
LIBRARY: dict[str, Statistic] = {}


def statistic(
    unit: Unit,
    label: Any,
    *needs: Need,
    means: Any,
    example: Any,
) -> Callable[[Callable[[Facts], Measured | None]], Callable[[Facts], Measured | None]]:
    """Add a function of the facts to the library, under its own name."""

    def add(measure: Callable[[Facts], Measured | None]) -> Callable[[Facts], Measured | None]:
        LIBRARY[measure.__name__] = Statistic(
            measure.__name__,
            label,
            unit,
            frozenset(needs),
            None,
            means,
            example,
            lambda facts, _of: measure(facts),
        )
        return measure

    return add


def share(part: float, whole: float, *named: tuple[Dimension, str]) -> Measured | None:
    """Return a part of a whole in percents; nothing of nothing is no share."""
    return Measured(part * 100 / whole, part, whole, named) if whole else None


# Everything ---------------------------------------------------------------------------------------


@statistic(
    Unit.COUNT,
    _("number of activities"),
    means=_("How many activities were logged."),
    example=_("three activities on two days: 3."),
)
def activities(facts: Facts) -> Measured:
    return Measured(facts.total.count)


@statistic(
    Unit.HOURS,
    _("hours logged"),
    means=_("All durations added up."),
    example=_("30, 60 and 60 minutes: 2.5 hours."),
)
def hours(facts: Facts) -> Measured:
    return Measured(facts.total.hours)


@statistic(
    Unit.DAYS,
    _("days with something logged"),
    means=_("How many dates have an activity."),
    example=_("three activities on two dates: 2 days."),
)
def days_logged(facts: Facts) -> Measured:
    return Measured(len(facts.days))


@statistic(
    Unit.COUNT,
    _("activities a week"),
    means=_("The average of the weeks that have an activity."),
    example=_("6 activities in 2 weeks: 3 a week."),
)
def activities_per_week(facts: Facts) -> Measured | None:
    weeks = len(facts.weeks)
    return _average(facts.total.count, weeks)


@statistic(
    Unit.HOURS,
    _("hours a week"),
    means=_("The average of the weeks that have an activity."),
    example=_("45 hours in 2 weeks: 22.5 a week."),
)
def hours_per_week(facts: Facts) -> Measured | None:
    return _average(facts.total.hours, len(facts.weeks))


@statistic(
    Unit.DAYS,
    _("longest time without an activity"),
    means=_("The most days between two dates with an activity."),
    example=_("activities on 2, 3 and 9 March: 6 days."),
)
def longest_gap(facts: Facts) -> Measured | None:
    dates = sorted(facts.days)
    gaps = [(later - earlier).days for earlier, later in pairwise(dates)]
    return Measured(max(gaps)) if gaps else None


@statistic(
    Unit.DAYS,
    _("days since the last activity"),
    means=_("From the newest activity until today."),
    example=_("the newest on 9 March, today the 12th: 3 days."),
)
def days_since_last(facts: Facts) -> Measured | None:
    return Measured((facts.today - max(facts.days)).days) if facts.days else None


@statistic(
    Unit.LEVEL,
    _("average difficulty"),
    means=_("The average level of the activities that have one; 1 is the easiest."),
    example=_("levels 1, 2 and 3: 2."),
)
def average_difficulty(facts: Facts) -> Measured | None:
    return _average(facts.total.levels, facts.total.rated)


@statistic(
    Unit.PERCENT,
    _("share of activities that were hard"),
    means=_("The activities with the hardest level, of all that have a level."),
    example=_("three activities with levels 1, 2 and 3: 33.3%."),
)
def share_hard(facts: Facts) -> Measured | None:
    return share(facts.total.hard, facts.total.rated)


# Traits -------------------------------------------------------------------------------------------


@statistic(
    Unit.PERCENT,
    _("share of activities done alone"),
    Need.TRAITS,
    means=_("The activities done alone, of all that say with whom."),
    example=_("2 alone, 3 with a colleague: 40%."),
)
def share_alone(facts: Facts) -> Measured | None:
    return share(facts.traits.alone, facts.traits.with_people)


@statistic(
    Unit.PERCENT,
    _("share of hours worked alone"),
    Need.TRAITS,
    means=_("The hours worked alone, of all hours that say with whom."),
    example=_("3 of 10 hours: 30%."),
)
def share_hours_alone(facts: Facts) -> Measured | None:
    return share(facts.traits.minutes_alone, facts.traits.minutes_with_people)


@statistic(
    Unit.PERCENT,
    _("share of activities with a source or theory"),
    Need.TRAITS,
    means=_("The activities with at least one source, of all activities."),
    example=_("1 of 4 activities: 25%."),
)
def share_with_source(facts: Facts) -> Measured | None:
    return share(facts.traits.with_source, facts.total.count)


@statistic(
    Unit.PERCENT,
    _("share of activities without a source or theory"),
    Need.TRAITS,
    means=_("The activities without any source, of all activities."),
    example=_("3 of 4 activities: 75%."),
)
def share_without_source(facts: Facts) -> Measured | None:
    return share(facts.total.count - facts.traits.with_source, facts.total.count)


@statistic(
    Unit.PERCENT,
    _("share of activities with a reflection"),
    Need.TRAITS,
    means=_("The activities with at least one finished reflection, of all activities."),
    example=_("1 of 8 activities: 12.5%."),
)
def share_with_reflection(facts: Facts) -> Measured | None:
    return share(facts.traits.with_reflection, facts.total.count)


@statistic(
    Unit.PERCENT,
    _("share of activities with evidence"),
    Need.TRAITS,
    means=_("The activities with at least one piece of evidence, of all activities."),
    example=_("2 of 5 activities: 40%."),
)
def share_with_evidence(facts: Facts) -> Measured | None:
    return share(facts.traits.with_evidence, facts.total.count)


@statistic(
    Unit.PERCENT,
    _("share of activities with a learning goal"),
    Need.TRAITS,
    means=_("The activities with a learning goal, of all activities."),
    example=_("3 of 4 activities: 75%."),
)
def share_with_goal(facts: Facts) -> Measured | None:
    return share(facts.traits.with_goal, facts.total.count)


# Most and least -----------------------------------------------------------------------------------


@statistic(
    Unit.PERCENT,
    _("share of the category used most"),
    Need.CATEGORY,
    means=_("The activities in the category used most, of all that have a category."),
    example=_("3 times testing, once design: testing, 75%."),
)
def most_used_category(facts: Facts) -> Measured | None:
    return _most(facts, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share of the category used least"),
    Need.CATEGORY,
    means=_(
        "The activities in the category used least, of all that have a category. What was never "
        "used does not count."
    ),
    example=_("3 times testing, once design: design, 25%."),
)
def least_used_category(facts: Facts) -> Measured | None:
    return _least(facts, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share of the person named most"),
    Need.PERSON,
    means=_(
        "How often the person named most is named, of all times that somebody is named. Alone "
        "does not count."
    ),
    example=_("3 times Jan, once Piet: Jan, 75%."),
)
def most_used_person(facts: Facts) -> Measured | None:
    return _most(facts, Dimension.PERSON)


@statistic(
    Unit.PERCENT,
    _("share of the person named least"),
    Need.PERSON,
    means=_(
        "How often the person named least is named, of all times that somebody is named. Alone "
        "does not count."
    ),
    example=_("3 times Jan, once Piet: Piet, 25%."),
)
def least_used_person(facts: Facts) -> Measured | None:
    return _least(facts, Dimension.PERSON)


@statistic(
    Unit.PERCENT,
    _("share of the source used most"),
    Need.SOURCE,
    means=_("How often the source used most is named, of all times that a source is named."),
    example=_("4 times internet, once a book: internet, 80%."),
)
def most_used_source(facts: Facts) -> Measured | None:
    return _most(facts, Dimension.SOURCE)


@statistic(
    Unit.PERCENT,
    _("share of the source used least"),
    Need.SOURCE,
    means=_(
        "How often the source used least is named, of all times that a source is named. What "
        "was never used does not count."
    ),
    example=_("4 times internet, once a book: a book, 20%."),
)
def least_used_source(facts: Facts) -> Measured | None:
    return _least(facts, Dimension.SOURCE)


@statistic(
    Unit.PERCENT,
    _("share of the learning goal worked on most"),
    Need.GOAL,
    means=_("The activities for the goal worked on most, of all that have a goal."),
    example=_("3 for goal A, 1 for goal B: A, 75%."),
)
def most_used_goal(facts: Facts) -> Measured | None:
    return _most(facts, Dimension.GOAL)


@statistic(
    Unit.PERCENT,
    _("share of the learning goal worked on least"),
    Need.GOAL,
    means=_(
        "The activities for the goal worked on least, of all that have a goal. A goal never "
        "worked on counts too."
    ),
    example=_("3 for goal A, none for goal B: B, 0%."),
)
def least_used_goal(facts: Facts) -> Measured | None:
    return _least(facts, Dimension.GOAL, also_unused=True)


@statistic(
    Unit.COUNT,
    _("learning goals not worked on"),
    Need.GOAL,
    means=_("How many learning goals have no activity."),
    example=_("four goals, activities for two of them: 2."),
)
def goals_untouched(facts: Facts) -> Measured:
    return _unused(facts, Dimension.GOAL)


@statistic(
    Unit.COUNT,
    _("competences not worked on"),
    Need.COMPETENCE,
    means=_("How many competences of the programme have no activity."),
    example=_("seven competences, activities for five of them: 2."),
)
def competences_uncovered(facts: Facts) -> Measured:
    return _unused(facts, Dimension.COMPETENCE)


@statistic(
    Unit.PERCENT,
    _("share of the competences worked on"),
    Need.COMPETENCE,
    means=_("The competences that have an activity, of all competences of the programme."),
    example=_("5 of 7 competences: 71.4%."),
)
def competences_covered(facts: Facts) -> Measured | None:
    known = facts.names.get(Dimension.COMPETENCE, {})
    used = sum(key in known for key in facts.of(Dimension.COMPETENCE))
    return share(used, len(known))


@statistic(
    Unit.COUNT,
    _("different categories"),
    Need.CATEGORY,
    means=_("How many categories have an activity."),
    example=_("only testing and design were used: 2."),
)
def categories_used(facts: Facts) -> Measured:
    return Measured(len(facts.of(Dimension.CATEGORY)))


@statistic(
    Unit.COUNT,
    _("different people"),
    Need.PERSON,
    means=_("How many different people are named. Alone does not count."),
    example=_("alone, Jan and Piet: 2."),
)
def people_met(facts: Facts) -> Measured:
    return Measured(len(_others(facts)))


@statistic(
    Unit.LEVEL,
    _("difficulty of the hardest category"),
    Need.CATEGORY,
    means=_("The average level of each category; the highest of these counts."),
    example=_("design 1 and 2, testing 3: testing, 3."),
)
def hardest_category(facts: Facts) -> Measured | None:
    return _extreme(facts.of(Dimension.CATEGORY), Dimension.CATEGORY, max)


@statistic(
    Unit.LEVEL,
    _("difficulty with the person with whom work is easiest"),
    Need.PERSON,
    means=_(
        "The average level with each person; the lowest of these counts. Alone does not count."
    ),
    example=_("with Jan 1 and 2, with Piet 3: Jan, 1.5."),
)
def easiest_person(facts: Facts) -> Measured | None:
    return _extreme(_others(facts), Dimension.PERSON, min)


@statistic(
    Unit.PERCENT,
    _("share hard in the category that is hard most often"),
    Need.CATEGORY,
    means=_(
        "In each category the activities with the hardest level, of all there that have a "
        "level; the highest share counts."
    ),
    example=_("testing 2 of 4, design 1 of 4: testing, 50%."),
)
def hard_category(facts: Facts) -> Measured | None:
    rows = facts.of(Dimension.CATEGORY)
    shares = {key: (row.hard, row.rated) for key, row in rows.items() if row.rated}
    return _highest(shares, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share alone in the category done alone most"),
    Need.CATEGORY,
    Need.TRAITS,
    means=_("In each category the activities done alone, of all there; the highest share counts."),
    example=_("testing 3 of 4, design 1 of 4: testing, 75%."),
)
def category_alone(facts: Facts) -> Measured | None:
    rows = facts.of(Dimension.CATEGORY)
    return _highest({k: (row.alone, row.count) for k, row in rows.items()}, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share without a source in the category that has least"),
    Need.CATEGORY,
    Need.TRAITS,
    means=_(
        "In each category the activities without a source, of all there; the highest share counts."
    ),
    example=_("testing 3 of 4, design 1 of 4: testing, 75%."),
)
def category_without_source(facts: Facts) -> Measured | None:
    rows = facts.of(Dimension.CATEGORY)
    parts = {key: (row.without_source, row.count) for key, row in rows.items()}
    return _highest(parts, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share without a source of each learning goal"),
    Need.GOAL,
    Need.TRAITS,
    means=_(
        "For each learning goal that was worked on the activities without a source, of all for "
        "that goal. The condition has to hold for every one of them."
    ),
    example=_("goal A 2 of 2, goal B 1 of 10: 100% and 10%."),
)
def goals_without_source(facts: Facts) -> Measured | None:
    rows = sorted(facts.of(Dimension.GOAL).items())
    if not rows:
        return None
    shares = tuple(row.without_source * 100 / row.count for _, row in rows)
    part, whole = sum(row.without_source for _, row in rows), sum(row.count for _, row in rows)
    named = tuple((Dimension.GOAL, key) for key, _ in rows)
    return Measured(min(shares), part, whole, named, shares)


@statistic(
    Unit.PERCENT,
    _("share without a source of the goal that has least"),
    Need.GOAL,
    Need.TRAITS,
    means=_(
        "For each learning goal the activities without a source, of all for that goal; the "
        "highest share counts."
    ),
    example=_("goal A 2 of 2, goal B 1 of 10: A, 100%."),
)
def goal_without_source(facts: Facts) -> Measured | None:
    rows = facts.of(Dimension.GOAL)
    return _highest({k: (row.without_source, row.count) for k, row in rows.items()}, Dimension.GOAL)


@statistic(
    Unit.PERCENT,
    _("share with one person in the category done mostly with one"),
    Need.CATEGORY,
    Need.CATEGORY_PERSON,
    means=_(
        "In each category the activities with one person, of all there; the highest share "
        "counts. Alone does not count."
    ),
    example=_("testing 3 of 4 with Jan: testing with Jan, 75%."),
)
def category_one_person(facts: Facts) -> Measured | None:
    return _mostly(facts, Need.CATEGORY_PERSON, Dimension.CATEGORY)


@statistic(
    Unit.PERCENT,
    _("share with one person for the goal worked on mostly with one"),
    Need.GOAL,
    Need.GOAL_PERSON,
    means=_(
        "For each learning goal the activities with one person, of all for that goal; the "
        "highest share counts. Alone does not count."
    ),
    example=_("goal A 3 of 4 with Jan: A with Jan, 75%."),
)
def goal_one_person(facts: Facts) -> Measured | None:
    return _mostly(facts, Need.GOAL_PERSON, Dimension.GOAL)


@statistic(
    Unit.PERCENT,
    _("most frequent moment with goal"),
    Need.MOMENT_GOAL,
    means=_("How often the most frequent pair occurs, of all pairs of a moment and a goal."),
    example=_("3 times the first lesson with goal A, once another pair: 75%."),
)
def moment_with_goal(facts: Facts) -> Measured | None:
    return _pair(facts, Need.MOMENT_GOAL, Dimension.MOMENT, Dimension.GOAL)


@statistic(
    Unit.PERCENT,
    _("most frequent moment with competence"),
    Need.MOMENT_COMPETENCE,
    means=_("How often the most frequent pair occurs, of all pairs of a moment and a competence."),
    example=_("twice the first lesson with pedagogy, 2 other pairs: 50%."),
)
def moment_with_competence(facts: Facts) -> Measured | None:
    return _pair(facts, Need.MOMENT_COMPETENCE, Dimension.MOMENT, Dimension.COMPETENCE)


@statistic(
    Unit.PERCENT,
    _("most frequent goal with competence"),
    Need.GOAL_COMPETENCE,
    means=_("How often the most frequent pair occurs, of all pairs of a goal and a competence."),
    example=_("twice goal A with pedagogy, 2 other pairs: 50%."),
)
def goal_with_competence(facts: Facts) -> Measured | None:
    return _pair(facts, Need.GOAL_COMPETENCE, Dimension.GOAL, Dimension.COMPETENCE)


# Beside the activities ----------------------------------------------------------------------------


@statistic(
    Unit.COUNT,
    _("reflections"),
    Need.REFLECTIONS,
    means=_("How many reflections are finished."),
    example=_("two on one day and one on another: 3."),
)
def reflections(facts: Facts) -> Measured:
    return Measured(sum(facts.reflections.values()))


@statistic(
    Unit.DAYS,
    _("days since the last reflection"),
    Need.REFLECTIONS,
    means=_("From the newest reflection until today."),
    example=_("the newest on 9 March, today the 12th: 3 days."),
)
def days_since_reflection(facts: Facts) -> Measured | None:
    return Measured((facts.today - max(facts.reflections)).days) if facts.reflections else None


@statistic(
    Unit.COUNT,
    _("open chains"),
    Need.CHAINS,
    means=_("How many chains are not finished."),
    example=_("three chains, one of them finished: 2."),
)
def chains_open(facts: Facts) -> Measured:
    return Measured(facts.chains_open)


@statistic(
    Unit.PERCENT,
    _("how far the placement is"),
    means=_("Which part of the days of the placement has passed. Days of absence do not count."),
    example=_("10 of 40 days: 25%."),
)
def period_progress(facts: Facts) -> Measured:
    return Measured(facts.progress)


@statistic(
    Unit.DAYS,
    _("days on placement"),
    means=_("The days since the start of the placement. Days of absence do not count."),
    example=_("started 10 days ago, 2 days ill: 8 days."),
)
def running_days(facts: Facts) -> Measured:
    return Measured(facts.running_days)


@statistic(
    Unit.COUNT,
    _("questions shared"),
    Need.GUIDANCE,
    means=_("How many guidance questions were ever shared."),
    example=_("two shared, one draft: 2."),
)
def questions_shared(facts: Facts) -> Measured:
    return Measured(facts.guidance.shared)


@statistic(
    Unit.DAYS,
    _("days since a question was shared"),
    Need.GUIDANCE,
    means=_("From the last time that a guidance question was shared until today."),
    example=_("on 2 March, today the 12th: 10 days."),
)
def days_since_shared(facts: Facts) -> Measured | None:
    days = facts.guidance.days_since_shared
    return None if days is None else Measured(days)


@statistic(
    Unit.COUNT,
    _("saved items"),
    Need.GUIDANCE,
    means=_("How many things were put on the list of saved items."),
    example=_("two activities and a reflection: 3."),
)
def saved_items(facts: Facts) -> Measured:
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
    row = facts.of(dimension).get(of, Sum())
    return Measured(row.count, named=((dimension, of),))


def _hours(dimension: Dimension, facts: Facts, of: str) -> Measured:
    row = facts.of(dimension).get(of, Sum())
    return Measured(row.hours, named=((dimension, of),))


def _share(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    row = facts.of(dimension).get(of, Sum())
    return share(row.count, facts.total.count, (dimension, of))


def _share_of_hours(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    row = facts.of(dimension).get(of, Sum())
    return share(row.hours, facts.total.hours, (dimension, of))


def _level(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    row = facts.of(dimension).get(of, Sum())
    return _average(row.levels, row.rated, (dimension, of))


def _share_hard(dimension: Dimension, facts: Facts, of: str) -> Measured | None:
    row = facts.of(dimension).get(of, Sum())
    return share(row.hard, row.rated, (dimension, of))


@dataclass(frozen=True)
class Family:
    """The same definition for each dimension: of the row that is chosen."""

    unit: Unit
    label: Any
    means: Any
    example: Any
    measure: Callable[[Dimension, Facts, str], Measured | None]


_OF_ONE = {
    "number_of": Family(
        Unit.COUNT,
        _("number of activities with one %(dimension)s"),
        means=_("How many activities have what you choose from the list."),
        example=_("you choose testing, 3 of 4 activities are testing: 3."),
        measure=_number,
    ),
    "hours_of": Family(
        Unit.HOURS,
        _("hours with one %(dimension)s"),
        means=_("The hours of the activities that have what you choose from the list."),
        example=_("you choose testing, which took 30 and 60 minutes: 1.5 hours."),
        measure=_hours,
    ),
    "share_of": Family(
        Unit.PERCENT,
        _("share of activities with one %(dimension)s"),
        means=_("The activities that have what you choose from the list, of all activities."),
        example=_("you choose testing, 3 of 4 activities are testing: 75%."),
        measure=_share,
    ),
    "share_of_hours_of": Family(
        Unit.PERCENT,
        _("share of hours with one %(dimension)s"),
        means=_(
            "The hours of the activities that have what you choose from the list, of all hours."
        ),
        example=_("you choose meetings, 3 of 10 hours are meetings: 30%."),
        measure=_share_of_hours,
    ),
    "difficulty_of": Family(
        Unit.LEVEL,
        _("average difficulty with one %(dimension)s"),
        means=_("The average level of the activities that have what you choose from the list."),
        example=_("you choose testing, with levels 1 and 2: 1.5."),
        measure=_level,
    ),
    "share_hard_of": Family(
        Unit.PERCENT,
        _("share hard with one %(dimension)s"),
        means=_(
            "Of the activities that have what you choose from the list and a level: those with "
            "the hardest level."
        ),
        example=_("you choose testing, 1 of 4 is hard: 25%."),
        measure=_share_hard,
    ),
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
    for name, family in _OF_ONE.items():
        for dimension in dimensions:
            key = f"{name}_{dimension.value}"
            LIBRARY[key] = Statistic(
                key,
                family.label,
                family.unit,
                frozenset({Need(dimension.value)}),
                dimension,
                family.means,
                family.example,
                partial(family.measure, dimension),
            )


_add_those_of_one_row(Dimension)

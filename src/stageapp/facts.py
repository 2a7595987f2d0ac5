"""What charts and tips may know of a logbook: how often and how long, never a text. Plain Python.

`insights/queries.py` fills it from the database, `insights/statistics.py` reads it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

MINUTES_AN_HOUR = 60


class Dimension(StrEnum):
    """By what activities are told apart."""

    CATEGORY = "category"
    PERSON = "person"
    SOURCE = "source"
    MOMENT = "moment"
    COMPETENCE = "competence"
    GOAL = "goal"
    STATUS = "status"
    DIFFICULTY = "difficulty"


class Need(StrEnum):
    """What is counted only where somebody asks for it: each costs a query or two."""

    CATEGORY = "category"
    PERSON = "person"
    SOURCE = "source"
    MOMENT = "moment"
    COMPETENCE = "competence"
    GOAL = "goal"
    STATUS = "status"
    DIFFICULTY = "difficulty"
    #: People, sources, reflections and evidence: of all activities, and for each category and goal
    #: that is counted too how much was done alone and without a source.
    TRAITS = "traits"
    CATEGORY_PERSON = "category_person"
    GOAL_PERSON = "goal_person"
    MOMENT_GOAL = "moment_goal"
    MOMENT_COMPETENCE = "moment_competence"
    GOAL_COMPETENCE = "goal_competence"
    CHAINS = "chains"
    REFLECTIONS = "reflections"
    GUIDANCE = "guidance"


@dataclass(slots=True)
class Sum:
    """Sums over some activities; `levels` adds the difficulty of the `rated` ones, 1 is easiest.

    Grows in place by `+=`: a large logbook has very many activities to add up.
    """

    count: int = 0
    minutes: int = 0
    rated: int = 0
    levels: int = 0
    hard: int = 0
    without_source: int = 0
    alone: int = 0

    @property
    def hours(self) -> float:
        """The minutes in hours."""
        return self.minutes / MINUTES_AN_HOUR

    @property
    def difficulty(self) -> float | None:
        """Average level, from 1 on, or None where nothing has one."""
        return self.levels / self.rated if self.rated else None

    def __iadd__(self, other: "Sum") -> "Sum":
        self.count += other.count
        self.minutes += other.minutes
        self.rated += other.rated
        self.levels += other.levels
        self.hard += other.hard
        self.without_source += other.without_source
        self.alone += other.alone
        return self


@dataclass(slots=True)
class Traits:
    """How many of all activities have something, and the minutes of those done alone.

    Grows in place by `+=`, as `Sum` does.
    """

    with_people: int = 0
    alone: int = 0
    with_source: int = 0
    with_reflection: int = 0
    with_evidence: int = 0
    with_goal: int = 0
    minutes_with_people: int = 0
    minutes_alone: int = 0

    def __iadd__(self, other: "Traits") -> "Traits":
        self.with_people += other.with_people
        self.alone += other.alone
        self.with_source += other.with_source
        self.with_reflection += other.with_reflection
        self.with_evidence += other.with_evidence
        self.with_goal += other.with_goal
        self.minutes_with_people += other.minutes_with_people
        self.minutes_alone += other.minutes_alone
        return self


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the student asked and put aside, as far as it is a number."""

    shared: int = 0
    days_since_shared: int | None = None
    saved: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """Days that are looked at, both ends included; None is no limit."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether a day is looked at."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


#: Nothing is left out.
ALWAYS = Window()


def last_days(days: int, today: date) -> Window:
    """Return the last so many days, today included."""
    return Window(today - timedelta(days=days - 1), today)


def month_of(day: date) -> Window:
    """Return the whole month of a day."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Window(first, after - timedelta(days=1))


@dataclass(frozen=True)
class Parts:
    """Time cut wherever a window begins or ends: each part lies within a window, or outside it.

    Counting once for each part serves all windows. Part 0 is before the first cut, each next one
    begins with a cut.
    """

    cuts: tuple[date, ...]

    def of(self, day: date) -> int:
        """Return the number of the part that a day is in."""
        return bisect_right(self.cuts, day)

    def within(self, window: Window) -> range:
        """Return the numbers of the parts that a window is made of."""
        first = self.of(window.first) if window.first else 0
        last = self.of(window.last) if window.last else len(self.cuts)
        return range(first, last + 1)


def parts_of(windows: Iterable[Window]) -> Parts:
    """Return the parts that some windows are made of."""
    known = list(windows)
    begins = {window.first for window in known if window.first}
    ends = {window.last for window in known if window.last and window.last < date.max}
    after = {day + timedelta(days=1) for day in ends}
    return Parts(tuple(sorted(begins | after)))


@dataclass
class Facts:
    """What is known of one placement within a window.

    Rows of a dimension are told apart by a key: that of the configuration, or `#` and the number
    of what the student added. What was not asked for (see `Need`) is empty.
    """

    today: date
    #: How far the period is, in whole percents; the same whatever the window.
    progress: int = 0
    running_days: int = 0
    days: dict[date, Sum] = field(default_factory=lambda: defaultdict(Sum))
    by: dict[Dimension, dict[str, Sum]] = field(default_factory=dict)
    together: dict[Need, dict[tuple[str, str], int]] = field(default_factory=dict)
    traits: Traits = field(default_factory=Traits)
    guidance: Guidance = field(default_factory=Guidance)
    reflections: dict[date, int] = field(default_factory=dict)
    chains_open: int = 0
    #: What can be chosen, also where it never was, and what was: key -> names (nl, en).
    names: Mapping[Dimension, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    #: How difficult each difficulty is, 1 is easiest.
    levels: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def total(self) -> Sum:
        """The sum over all activities; many rules ask for it."""
        return added(self.days.values())

    @cached_property
    def weeks(self) -> dict[date, Sum]:
        """The activities by the Monday of their week, weeks without any left out."""
        weeks: dict[date, Sum] = defaultdict(Sum)
        for day, amount in self.days.items():
            monday = day - timedelta(days=day.weekday())
            weeks[monday] += amount
        return weeks

    def of(self, dimension: Dimension) -> dict[str, Sum]:
        """Return the sums of a dimension, by key."""
        return self.by.get(dimension, {})


def added(sums: Iterable[Sum]) -> Sum:
    """Return all of them as one."""
    total = Sum()
    for one in sums:
        total += one
    return total


class Amount(StrEnum):
    """What a filtered sum adds up."""

    COUNT = "count"
    HOURS = "hours"


class Trait(StrEnum):
    """What an activity has, or not."""

    ALONE = "alone"
    WITH_SOURCE = "with_source"
    WITHOUT_SOURCE = "without_source"
    WITH_REFLECTION = "with_reflection"
    WITHOUT_REFLECTION = "without_reflection"
    WITH_EVIDENCE = "with_evidence"
    WITHOUT_EVIDENCE = "without_evidence"
    WITH_GOAL = "with_goal"
    WITHOUT_GOAL = "without_goal"


@dataclass(frozen=True)
class FilteredSum:
    """Activities, or their hours, that fit all filters: one of the keys of each dimension named."""

    amount: Amount = Amount.COUNT
    where: tuple[tuple[Dimension, tuple[str, ...]], ...] = ()
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True)
class Ratio:
    """One filtered sum as a share of another."""

    top: FilteredSum
    bottom: FilteredSum

"""Three made-up students, to see what a tip would say before any real one sees it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from stageapp.facts import (
    Amount,
    Dimension,
    Facts,
    FilteredSum,
    Guidance,
    Need,
    Sum,
    Trait,
    Traits,
    Window,
    added,
)

Key = TypeVar("Key")
Names = Mapping[Dimension, Mapping[str, tuple[str, str]]]
ALONE = "alone"
NOTHING_ASKED = Guidance()
#: What two made-up students want to learn: goals belong to students, so no cohort has any.
GOALS = {
    "#1": ("Leren samenwerken", "Learning to work together"),
    "#2": ("Leren plannen", "Learning to plan"),
    "#3": ("Leren presenteren", "Learning to present"),
}
PAIRS = {
    Need.CATEGORY_PERSON: (Dimension.CATEGORY, Dimension.PERSON),
    Need.GOAL_PERSON: (Dimension.GOAL, Dimension.PERSON),
    Need.MOMENT_GOAL: (Dimension.MOMENT, Dimension.GOAL),
    Need.MOMENT_COMPETENCE: (Dimension.MOMENT, Dimension.COMPETENCE),
    Need.GOAL_COMPETENCE: (Dimension.GOAL, Dimension.COMPETENCE),
}


@dataclass(frozen=True)
class MadeUpActivity:
    """What a made-up student did, with the keys of what it names."""

    day: date
    minutes: int
    named: Mapping[Dimension, tuple[str, ...]]
    level: int | None = None
    is_hard: bool = False
    has_reflection: bool = False
    has_evidence: bool = False

    def names(self, dimension: Dimension) -> tuple[str, ...]:
        """Return the keys of a dimension."""
        return self.named.get(dimension, ())

    def has(self, trait: Trait) -> bool:
        """Return whether it has a trait."""
        return {
            Trait.ALONE: self.is_alone,
            Trait.WITH_SOURCE: bool(self.names(Dimension.SOURCE)),
            Trait.WITHOUT_SOURCE: not self.names(Dimension.SOURCE),
            Trait.WITH_REFLECTION: self.has_reflection,
            Trait.WITHOUT_REFLECTION: not self.has_reflection,
            Trait.WITH_EVIDENCE: self.has_evidence,
            Trait.WITHOUT_EVIDENCE: not self.has_evidence,
            Trait.WITH_GOAL: bool(self.names(Dimension.GOAL)),
            Trait.WITHOUT_GOAL: not self.names(Dimension.GOAL),
        }[trait]

    @property
    def is_alone(self) -> bool:
        """Whether nobody else was there."""
        return ALONE in self.names(Dimension.PERSON)

    @property
    def sum(self) -> Sum:
        """It alone, as sums are kept."""
        return Sum(
            count=1,
            minutes=self.minutes,
            rated=self.level is not None,
            levels=self.level or 0,
            hard=self.is_hard,
            without_source=not self.names(Dimension.SOURCE),
            alone=self.is_alone,
        )


@dataclass(frozen=True)
class MadeUpStudent:
    """Somebody who does not exist, on placement in a cohort that does."""

    label: Any
    today: date
    progress: int
    running_days: int
    activities: Sequence[MadeUpActivity]
    names: Names
    guidance: Guidance = NOTHING_ASKED
    chains_open: int = 0

    def facts(self, window: Window) -> Facts:
        """Return what is known of them within a window."""
        found = self.within(window)
        return Facts(
            today=self.today,
            progress=self.progress,
            running_days=self.running_days,
            days=_summed((row.day, row.sum) for row in found),
            by={
                dimension: _summed((key, row.sum) for row in found for key in row.names(dimension))
                for dimension in Dimension
            },
            together={need: _together(found, *pair) for need, pair in PAIRS.items()},
            traits=_traits(found),
            guidance=self.guidance,
            reflections=_counted(row.day for row in found if row.has_reflection),
            chains_open=self.chains_open,
            names=self.names,
        )

    def amount(self, one: FilteredSum, window: Window) -> float:
        """Return a filtered sum over what they did."""
        fitting = [
            row
            for row in self.within(window)
            if all(set(keys) & set(row.names(dimension)) for dimension, keys in one.where)
            and all(row.has(trait) for trait in one.traits)
        ]
        total = added(row.sum for row in fitting)
        return total.hours if one.amount == Amount.HOURS else total.count

    def within(self, window: Window) -> list[MadeUpActivity]:
        """Return what they did in a window."""
        return [row for row in self.activities if window.holds(row.day)]


def made_up_students(names: Names, levels: Mapping[str, int], today: date) -> list[MadeUpStudent]:
    """Return three students who differ; `names` and `levels` are what their cohort can choose."""
    known = {**names, Dimension.GOAL: GOALS}
    keys = {dimension: sorted(known.get(dimension, {})) for dimension in Dimension}
    others = [key for key in keys[Dimension.PERSON] if key != ALONE]
    alone = [key for key in keys[Dimension.PERSON] if key == ALONE]
    once = {dimension: rows[:1] for dimension, rows in keys.items()}
    return [
        MadeUpStudent(
            label=_("works alone a lot"),
            today=today,
            progress=45,
            running_days=63,
            activities=_activities(
                18,
                today,
                {**once, Dimension.PERSON: [*alone * 4, *others[:1]], Dimension.SOURCE: []},
                levels,
                hardest=True,
            ),
            names=known,
            chains_open=2,
        ),
        MadeUpStudent(
            label=_("does something else every time"),
            today=today,
            progress=70,
            running_days=98,
            activities=_activities(
                36,
                today,
                {
                    **keys,
                    Dimension.PERSON: others,
                    # One of each is left, so that there is something not worked on.
                    Dimension.COMPETENCE: keys[Dimension.COMPETENCE][:-1]
                    or keys[Dimension.COMPETENCE],
                    Dimension.GOAL: keys[Dimension.GOAL][:-1],
                },
                levels,
                reflects=True,
            ),
            names=known,
            guidance=Guidance(shared=3, days_since_shared=9, saved=4),
            chains_open=1,
        ),
        MadeUpStudent(
            label=_("has just started"),
            today=today,
            progress=5,
            running_days=7,
            activities=_activities(
                3,
                today,
                {**once, Dimension.PERSON: others[:1], Dimension.GOAL: []},
                levels,
                every=2,
            ),
            names=known,
        ),
    ]


def _activities(
    count: int,
    today: date,
    rows: Mapping[Dimension, Sequence[str]],
    levels: Mapping[str, int],
    *,
    every: int = 3,
    hardest: bool = False,
    reflects: bool = False,
) -> list[MadeUpActivity]:
    """Make so many activities, one each few days, that name the rows in turn."""
    ranked = sorted(levels, key=lambda key: levels[key])
    top = max(levels.values(), default=0)
    made = []
    for number in range(count):
        named = {dimension: (keys[number % len(keys)],) for dimension, keys in rows.items() if keys}
        difficulty = (ranked[-1] if hardest else ranked[number % len(ranked)]) if ranked else ""
        if difficulty:
            named[Dimension.DIFFICULTY] = (difficulty,)
        level = levels.get(difficulty)
        made.append(
            MadeUpActivity(
                day=today - timedelta(days=1 + number * every),
                minutes=60 + 30 * (number % 5),
                named=named,
                level=level,
                is_hard=level is not None and level == top,
                has_reflection=reflects and number % 4 == 0,
                has_evidence=reflects and number % 3 == 0,
            )
        )
    return made


def _summed(rows: Iterable[tuple[Key, Sum]]) -> dict[Key, Sum]:
    sums: dict[Key, Sum] = defaultdict(Sum)
    for key, one in rows:
        sums[key] += one
    return sums


def _counted(rows: Iterable[Key]) -> dict[Key, int]:
    counts: dict[Key, int] = {}
    for key in rows:
        counts[key] = counts.get(key, 0) + 1
    return counts


def _together(
    rows: Sequence[MadeUpActivity], one: Dimension, two: Dimension
) -> dict[tuple[str, str], int]:
    return _counted(
        (first, second) for row in rows for first in row.names(one) for second in row.names(two)
    )


def _traits(rows: Sequence[MadeUpActivity]) -> Traits:
    with_people = [row for row in rows if row.names(Dimension.PERSON)]
    alone = [row for row in rows if row.is_alone]
    return Traits(
        with_people=len(with_people),
        alone=len(alone),
        with_source=sum(row.has(Trait.WITH_SOURCE) for row in rows),
        with_reflection=sum(row.has_reflection for row in rows),
        with_evidence=sum(row.has_evidence for row in rows),
        with_goal=sum(row.has(Trait.WITH_GOAL) for row in rows),
        minutes_with_people=sum(row.minutes for row in with_people),
        minutes_alone=sum(row.minutes for row in alone),
    )

"""Activities counted into facts: grouped by the database, for all windows at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models import Sum as SumOf

from stageapp.facts import (
    Dimension,
    Facts,
    FilteredSum,
    Need,
    Parts,
    Sum,
    Trait,
    Traits,
    Window,
    parts_of,
)
from stageapp.insights.keys import Keys
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.programmes.models import VocabularyEntry

#: Where an activity says it.
COLUMNS = {
    Dimension.CATEGORY: "category",
    Dimension.PERSON: "people",
    Dimension.SOURCE: "sources",
    Dimension.MOMENT: "moment",
    Dimension.COMPETENCE: "competences",
    Dimension.GOAL: "goal",
    Dimension.STATUS: "status",
    Dimension.DIFFICULTY: "difficulty",
}
#: Which two columns are counted together.
PAIRS = {
    Need.CATEGORY_PERSON: (Dimension.CATEGORY, Dimension.PERSON),
    Need.GOAL_PERSON: (Dimension.GOAL, Dimension.PERSON),
    Need.MOMENT_GOAL: (Dimension.MOMENT, Dimension.GOAL),
    Need.MOMENT_COMPETENCE: (Dimension.MOMENT, Dimension.COMPETENCE),
    Need.GOAL_COMPETENCE: (Dimension.GOAL, Dimension.COMPETENCE),
}
#: Dimensions of which an activity can name several: the table between, and what it leads to.
THROUGH: dict[Dimension, tuple[Any, str]] = {
    Dimension.PERSON: (Activity.people.through, "vocabularyentry"),
    Dimension.SOURCE: (Activity.sources.through, "vocabularyentry"),
    Dimension.COMPETENCE: (Activity.competences.through, "competence"),
}
_ALONE = Exists(
    Activity.people.through.objects.filter(
        activity=OuterRef("pk"), vocabularyentry__key=VocabularyEntry.ALONE
    )
)
_SOURCE = Exists(Activity.sources.through.objects.filter(activity=OuterRef("pk")))
_REFLECTION = Exists(
    Reflection.objects.filter(activity=OuterRef("pk"), deleted_at=None, is_draft=False)
)
_EVIDENCE = Exists(Evidence.objects.filter(activity=OuterRef("pk"), deleted_at=None))
_GOAL = ExpressionWrapper(Q(goal__isnull=False), output_field=BooleanField())
_NO_GOAL = ExpressionWrapper(Q(goal__isnull=True), output_field=BooleanField())
#: What an activity has, or not, as the database sees it.
TRAITS: dict[Trait, Any] = {
    Trait.ALONE: _ALONE,
    Trait.WITH_SOURCE: _SOURCE,
    Trait.WITHOUT_SOURCE: ~_SOURCE,
    Trait.WITH_REFLECTION: _REFLECTION,
    Trait.WITHOUT_REFLECTION: ~_REFLECTION,
    Trait.WITH_EVIDENCE: _EVIDENCE,
    Trait.WITHOUT_EVIDENCE: ~_EVIDENCE,
    Trait.WITH_GOAL: _GOAL,
    Trait.WITHOUT_GOAL: _NO_GOAL,
}
#: What `Traits` counts, in the order in which `_traits` reads it.
_MARKS = {
    "has_people": Exists(Activity.people.through.objects.filter(activity=OuterRef("pk"))),
    "is_alone": _ALONE,
    "has_source": _SOURCE,
    "has_reflection": _REFLECTION,
    "has_evidence": _EVIDENCE,
    "has_goal": _GOAL,
}
#: Rows that are not alike, kept until others come.
MOST_ALIKE = 10_000
_AMOUNTS: dict[str, Any] = {
    "how_many": Count("pk"),
    "how_long": SumOf("minutes", default=0),
}

#: The facts of one window, by placement.
Found = dict[int, Facts]


class Counting:
    """Counts activities into the facts of all windows at once.

    The database groups them by everything that is asked of them, in each part of the time that
    the windows are made of; here only the groups are added up.
    """

    def __init__(self, wanted: set[Need], found: Mapping[Window, Found], keys: Keys) -> None:
        self.wanted = wanted
        self.keys = keys
        self.parts = parts_of(found)
        #: By part: the facts of the windows that it is in.
        self.within: list[list[Found]] = [[] for _ in range(len(self.parts.cuts) + 1)]
        for window, facts in found.items():
            for part in self.parts.within(window):
                self.within[part].append(facts)
        self.rows = in_any_window(
            Activity.objects.filter(placement__in=next(iter(found.values())), deleted_at=None),
            found,
        )

    def count_days(self) -> None:
        """Count by date."""
        counted = self.rows.values_list("placement_id", "date", "difficulty_id").annotate(
            **_AMOUNTS
        )
        for placement, day, difficulty, count, minutes in counted:
            amount = self._sum(difficulty, count, minutes)
            for found in self.within[self.parts.of(day)]:
                found[placement].days[day] += amount

    def count_what_is_named_once(self) -> None:
        """Count by what an activity names at most one of, and by what it has or has not."""
        dimensions = [dimension for dimension in Dimension if dimension not in THROUGH]
        pairs = [need for need, pair in PAIRS.items() if not set(pair) & set(THROUGH)]
        marks = _MARKS if Need.TRAITS in self.wanted else {}
        self._count(self.rows, dimensions, pairs, marks)

    def count_what_is_named_often(self, dimension: Dimension) -> None:
        """Count by what an activity can name several of, alone and together with the rest."""
        rows = self.rows.filter(**{f"{COLUMNS[dimension]}__isnull": False})
        self._count(rows, [dimension], [need for need, pair in PAIRS.items() if dimension in pair])

    def _count(
        self,
        rows: QuerySet[Activity],
        dimensions: Iterable[Dimension],
        pairs: Iterable[Need],
        marks: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        asked = [dimension for dimension in dimensions if Need(dimension.value) in self.wanted]
        wanted = [need for need in pairs if need in self.wanted]
        named = list(dict.fromkeys([*asked, *(one for need in wanted for one in PAIRS[need])]))
        together = [
            (need, named.index(one), named.index(two))
            for need in wanted
            for one, two in [PAIRS[need]]
        ]
        if not named and not marks:
            return
        for placement, part, amount, keys, traits in self._groups(rows, named, marks):
            for found in self.within[part]:
                facts = found[placement]
                for dimension, key in zip(asked, keys, strict=False):
                    if key is not None:
                        facts.by[dimension][key] += amount
                for need, one, two in together:
                    first, second = keys[one], keys[two]
                    if first is not None and second is not None:
                        facts.together[need][first, second] += amount.count
                if traits:
                    facts.traits += traits

    def _groups(
        self, rows: QuerySet[Activity], named: Sequence[Dimension], marks: Mapping[str, Any]
    ) -> Iterator[tuple[int, int, Sum, list[str | None], Traits | None]]:
        """Give each group: placement, part, what it adds up to, the keys that it names, traits."""
        columns = [COLUMNS[dimension] for dimension in named]
        key_of = [self.keys.keys[dimension].get for dimension in named]
        counted = (
            rows.annotate(part=part_number(self.parts), **marks)
            .values_list("placement_id", "part", "difficulty_id", *marks, *columns)
            .annotate(**_AMOUNTS)
        )
        for placement, part, difficulty, *said, count, minutes in counted:
            has = tuple(said[: len(marks)])
            amount = self._sum(difficulty, count, minutes, has)
            keys = [key(row) for key, row in zip(key_of, said[len(marks) :], strict=True)]
            yield placement, part, amount, keys, _traits(count, minutes, has) if has else None

    def _sum(
        self, difficulty: int | None, count: int, minutes: int, has: tuple[bool, ...] = ()
    ) -> Sum:
        level, is_hardest = self.keys.difficulty.get(difficulty or 0, (0, False))
        return _sum(count, minutes, level, is_hardest, has)


# Activities are much alike: what one row adds is made once for all that add the same.


@lru_cache(maxsize=MOST_ALIKE)
def _sum(count: int, minutes: int, level: int, is_hardest: bool, has: tuple[bool, ...]) -> Sum:
    is_alone, has_source = has[1:3] if has else (False, True)
    rated = count if level else 0
    return Sum(
        count,
        minutes,
        rated=rated,
        levels=count * level,
        hard=rated if is_hardest else 0,
        without_source=0 if has_source else count,
        alone=count if is_alone else 0,
    )


@lru_cache(maxsize=MOST_ALIKE)
def _traits(count: int, minutes: int, has: tuple[bool, ...]) -> Traits:
    has_people, is_alone, *_ = has
    traits = Traits(*(count if it_has else 0 for it_has in has))
    traits.minutes_with_people = minutes if has_people else 0
    traits.minutes_alone = minutes if is_alone else 0
    return traits


def part_number(parts: Parts) -> Case:
    """Return the number of the part that the date of a row is in."""
    before = (When(date__lt=cut, then=Value(part)) for part, cut in enumerate(parts.cuts))
    return Case(*before, default=Value(len(parts.cuts)), output_field=IntegerField())


Condition = tuple[Dimension, tuple[str, ...]] | Trait


def conditions_of(one: FilteredSum) -> tuple[Condition, ...]:
    """Return what activities have to meet to count in a sum, each by itself."""
    return (*one.where, *one.traits)


def is_met(condition: Condition) -> Any:
    """Return whether an activity meets a condition, as an expression."""
    if isinstance(condition, Trait):
        return TRAITS[condition]
    dimension, keys = condition
    if dimension in THROUGH:
        through, target = THROUGH[dimension]
        named = {"activity": OuterRef("pk"), f"{target}__key__in": keys}
        return Exists(through._default_manager.filter(**named))
    column = COLUMNS[dimension]
    field = column if dimension == Dimension.STATUS else f"{column}__key"
    return ExpressionWrapper(Q(**{f"{field}__in": keys}), output_field=BooleanField())


def in_any_window(rows: QuerySet[Any], windows: Iterable[Window]) -> QuerySet[Any]:
    """Leave out what is before the first or after the last day of all windows."""
    known = list(windows)
    firsts = [window.first for window in known if window.first]
    lasts = [window.last for window in known if window.last]
    rows = rows.order_by()
    if len(firsts) == len(known):
        rows = rows.filter(date__gte=min(firsts))
    if len(lasts) == len(known):
        rows = rows.filter(date__lte=max(lasts))
    return rows

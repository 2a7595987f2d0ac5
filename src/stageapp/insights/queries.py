"""From logbooks to facts: sums by the database, for one placement or for thousands at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models import Sum as SumOf
from django.utils import timezone
from django.utils.translation import override

from stageapp.facts import (
    ALWAYS,
    MINUTES_AN_HOUR,
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
)
from stageapp.guidance.models import GuidanceQuestion
from stageapp.logbook.models import Activity, Chain, Evidence, Reflection, SavedItem
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Competence, VocabularyEntry, VocabularyKind

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
_REFLECTION = Exists(Reflection.objects.filter(activity=OuterRef("pk"), deleted_at=None))
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
#: A sum that is not asked for.
NOTHING = Value(0)
#: Dimensions that also tell how much of each was done alone and without a source.
WITH_TRAITS = (Dimension.CATEGORY, Dimension.GOAL)
_KINDS = {
    VocabularyKind.CATEGORY: Dimension.CATEGORY,
    VocabularyKind.PERSON: Dimension.PERSON,
    VocabularyKind.SOURCE: Dimension.SOURCE,
    VocabularyKind.MOMENT: Dimension.MOMENT,
    VocabularyKind.DIFFICULTY: Dimension.DIFFICULTY,
}


@dataclass
class Keys:
    """What rows are called in facts: the key of the configuration, or `#` and a number."""

    keys: dict[Dimension, dict[Any, str]]
    #: By cohort: what could have been chosen there.
    of_cohort: dict[int, dict[Dimension, dict[str, tuple[str, str]]]]
    #: By student: what they added to the lists.
    of_student: dict[int, dict[Dimension, dict[str, tuple[str, str]]]]
    #: By placement: its learning goals.
    goals: dict[int, dict[str, tuple[str, str]]]
    hardest: list[int] = field(default_factory=list)
    #: By cohort: what cannot be chosen any more.
    retired: dict[int, set[tuple[Dimension, str]]] = field(default_factory=dict)
    #: By cohort: how difficult each difficulty is.
    levels: dict[int, dict[str, int]] = field(default_factory=dict)

    def names(self, placement: Placement) -> dict[Dimension, dict[str, tuple[str, str]]]:
        """Return everything that activities of a placement can name."""
        own = self.of_student.get(placement.student_id, {})
        shared = self.of_cohort.get(placement.cohort_id, {})
        names = {
            dimension: shared.get(dimension, {}) | own.get(dimension, {}) for dimension in Dimension
        }
        goals = self.goals.get(placement.pk, {})
        return names | {Dimension.GOAL: goals, Dimension.STATUS: status_names()}


@cache
def status_names() -> dict[str, tuple[str, str]]:
    """Return what the states of an activity are called, in both languages."""
    names: dict[str, list[str]] = {value: [] for value in Activity.Status.values}
    for language in ("nl", "en"):
        with override(language):
            for value, label in Activity.Status.choices:
                names[value].append(str(label))
    return {value: (nl, en) for value, (nl, en) in names.items()}


def facts_of(
    placements: Sequence[Placement],
    needs: Iterable[Need],
    *,
    at: datetime,
    window: Window = ALWAYS,
    keys: Keys | None = None,
    is_plain: bool = False,
) -> dict[int, Facts]:
    """Return the facts of placements of one institution by their keys.

    Takes the same number of queries for one placement as for thousands: two, and one or two for
    each need. Plain facts are quicker: their rows know no average difficulty, nor how much was
    done alone or without a source. Fetch `cohort__programme__institution` and `interruptions`
    with the placements, and give the `keys_of` them when several windows are asked for.
    """
    if not placements:
        return {}
    wanted = set(needs)
    keys = keys or keys_of(placements)
    today = placements[0].cohort.programme.institution.day_of(at)
    found = {
        placement.pk: Facts(
            today=today,
            progress=placement.period.progress(today),
            running_days=placement.period.running_days(today),
            names=keys.names(placement),
            levels=keys.levels.get(placement.cohort_id, {}),
        )
        for placement in placements
    }
    rows = _within(Activity.objects.filter(placement__in=found, deleted_at=None), window)
    for placement, day, *amounts in _sums(rows, "date", keys):
        found[placement].days[day] = Sum(*amounts)
    for dimension, column in COLUMNS.items():
        if Need(dimension.value) in wanted:
            _count_by(dimension, column, rows, keys, found, is_plain=is_plain)
    for need, pair in PAIRS.items():
        if need in wanted:
            _count_together(need, pair, rows, keys, found)
    if Need.TRAITS in wanted:
        _count_traits(rows, found)
    _count_beside(wanted, window, found)
    for placement in placements:
        _forget_retired(found[placement.pk], keys.retired.get(placement.cohort_id, set()))
    return found


def _forget_retired(facts: Facts, retired: set[tuple[Dimension, str]]) -> None:
    """Leave out what was never used and cannot be chosen any more: nobody can still do it."""
    gone = {one for one in retired if one[0] in facts.by and one[1] not in facts.by[one[0]]}
    if gone:
        facts.names = {
            dimension: {key: text for key, text in names.items() if (dimension, key) not in gone}
            for dimension, names in facts.names.items()
        }


def _count_beside(wanted: set[Need], window: Window, found: dict[int, Facts]) -> None:
    """Count what is no activity."""
    if Need.CHAINS in wanted:
        _count_chains(found)
    if Need.REFLECTIONS in wanted:
        _count_reflections(window, found)
    if Need.GUIDANCE in wanted:
        _count_guidance(found)


def sums_of(
    placements: Sequence[Placement],
    sums: Sequence[FilteredSum],
    *,
    window: Window = ALWAYS,
) -> dict[int, dict[FilteredSum, float]]:
    """Return filtered sums of placements of one institution, in one query for all of them."""
    found = {placement.pk: dict.fromkeys(sums, 0.0) for placement in placements}
    if not placements or not sums:
        return found
    rows = _within(Activity.objects.filter(placement__in=found, deleted_at=None), window)
    traits = {trait for one in sums for trait in one.traits}
    marked = rows.annotate(**{f"is_{trait}": TRAITS[trait] for trait in traits})
    columns = {f"sum{number}": _filtered(one) for number, one in enumerate(sums)}
    for placement, *amounts in marked.values_list("placement_id").annotate(**columns):
        for one, amount in zip(sums, amounts, strict=True):
            in_hours = one.amount == Amount.HOURS
            found[placement][one] = amount / MINUTES_AN_HOUR if in_hours else amount
    return found


def _filtered(one: FilteredSum) -> Any:
    condition = Q()
    for dimension, keys in one.where:
        condition &= _names_one_of(dimension, keys)
    for trait in one.traits:
        condition &= Q(**{f"is_{trait}": True})
    only = condition or None
    if one.amount == Amount.HOURS:
        return SumOf("minutes", default=0, filter=only)
    return Count("pk", filter=only)


def _names_one_of(dimension: Dimension, keys: Sequence[str]) -> Q:
    """Hold for activities that name one of the rows: through a subquery where it can be several."""
    column = COLUMNS[dimension]
    if dimension == Dimension.STATUS:
        return Q(status__in=keys)
    if dimension in THROUGH:
        through, target = THROUGH[dimension]
        return Q(
            Exists(
                through._default_manager.filter(
                    activity=OuterRef("pk"), **{f"{target}__key__in": keys}
                )
            )
        )
    return Q(**{f"{column}__key__in": keys})


def _within(rows: QuerySet[Any], window: Window) -> QuerySet[Any]:
    rows = rows.order_by()
    if window.first:
        rows = rows.filter(date__gte=window.first)
    if window.last:
        rows = rows.filter(date__lte=window.last)
    return rows


def _sums(
    rows: QuerySet[Activity], column: str, keys: Keys, **traits: Any
) -> Iterable[tuple[Any, ...]]:
    """Count and add up, by placement and column: one row for each with the fields of `Sum`."""
    return rows.values_list("placement_id", column).annotate(
        **{
            "how_many": Count("pk"),
            "how_long": SumOf("minutes", default=0),
            "rated": Count("difficulty__level"),
            "levels": SumOf("difficulty__level", default=0),
            "hard": Count("pk", filter=Q(difficulty__in=keys.hardest)),
        }
        | traits
    )


def _count_by(
    dimension: Dimension,
    column: str,
    rows: QuerySet[Activity],
    keys: Keys,
    found: dict[int, Facts],
    *,
    is_plain: bool,
) -> None:
    traits: dict[str, Any] = {}
    if dimension in WITH_TRAITS and not is_plain:
        rows = rows.annotate(has_source=TRAITS[Trait.WITH_SOURCE], is_alone=TRAITS[Trait.ALONE])
        traits = {
            "without": Count("pk", filter=Q(has_source=False)),
            "done_alone": Count("pk", filter=Q(is_alone=True)),
        }
    if dimension == Dimension.STATUS:
        rows = rows.exclude(status="")
    for facts in found.values():
        facts.by[dimension] = {}
    said = rows.filter(**{f"{column}__isnull": False})
    if is_plain:
        traits |= {"rated": NOTHING, "levels": NOTHING}
    for placement, row, *amounts in _sums(said, column, keys, **traits):
        by = found[placement].by[dimension]
        key = keys.keys[dimension].get(row)
        if key is not None:
            by[key] = by.get(key, Sum()) + Sum(*amounts)


def _count_together(
    need: Need,
    pair: tuple[Dimension, Dimension],
    rows: QuerySet[Activity],
    keys: Keys,
    found: dict[int, Facts],
) -> None:
    one, two = COLUMNS[pair[0]], COLUMNS[pair[1]]
    said = rows.filter(**{f"{one}__isnull": False, f"{two}__isnull": False})
    counted = said.values_list("placement_id", one, two).annotate(Count("pk"))
    for facts in found.values():
        facts.together[need] = {}
    for placement, first, second, count in counted:
        a, b = keys.keys[pair[0]].get(first), keys.keys[pair[1]].get(second)
        if a is not None and b is not None:
            both = found[placement].together[need]
            both[a, b] = both.get((a, b), 0) + count


def _count_traits(rows: QuerySet[Activity], found: dict[int, Facts]) -> None:
    marked = rows.annotate(
        has_people=Exists(Activity.people.through.objects.filter(activity=OuterRef("pk"))),
        is_alone=TRAITS[Trait.ALONE],
        has_source=TRAITS[Trait.WITH_SOURCE],
        has_reflection=TRAITS[Trait.WITH_REFLECTION],
        has_evidence=TRAITS[Trait.WITH_EVIDENCE],
    )
    counted = marked.values_list("placement_id").annotate(
        with_people=Count("pk", filter=Q(has_people=True)),
        alone=Count("pk", filter=Q(is_alone=True)),
        with_source=Count("pk", filter=Q(has_source=True)),
        with_reflection=Count("pk", filter=Q(has_reflection=True)),
        with_evidence=Count("pk", filter=Q(has_evidence=True)),
        with_goal=Count("goal"),
        minutes_with_people=SumOf("minutes", filter=Q(has_people=True), default=0),
        minutes_alone=SumOf("minutes", filter=Q(is_alone=True), default=0),
    )
    for placement, *amounts in counted:
        found[placement].traits = Traits(*amounts)


def _count_chains(found: dict[int, Facts]) -> None:
    opened = Chain.objects.filter(placement__in=found, finished_at=None).order_by()
    for placement, count in opened.values_list("placement_id").annotate(Count("pk")):
        found[placement].chains_open = count


def _count_reflections(window: Window, found: dict[int, Facts]) -> None:
    written = Reflection.objects.filter(
        placement__in=found, deleted_at=None, activity__deleted_at=None
    )
    rows = _within(written, window).values_list("placement_id", "date").annotate(Count("pk"))
    for placement, day, count in rows:
        found[placement].reflections[day] = count


def _count_guidance(found: dict[int, Facts]) -> None:
    shared = (
        GuidanceQuestion.objects.filter(placement__in=found, shared_at__isnull=False)
        .order_by()
        .values_list("placement_id")
        .annotate(Count("pk"), Max("shared_at"))
    )
    saved = dict(
        SavedItem.objects.filter(placement__in=found, activity__deleted_at=None)
        .order_by()
        .values_list("placement_id")
        .annotate(Count("pk"))
    )
    last = {placement: (count, newest) for placement, count, newest in shared}
    for placement, facts in found.items():
        count, newest = last.get(placement, (0, None))
        days = (facts.today - timezone.localdate(newest)).days if newest else None
        facts.guidance = Guidance(count, days, saved.get(placement, 0))


def keys_of(placements: Sequence[Placement]) -> Keys:
    """Return what the rows that activities of these placements name are called in facts."""
    cohorts = {placement.cohort_id for placement in placements}
    keys = Keys({dimension: {} for dimension in Dimension}, {}, {}, {})
    _name_entries(keys, cohorts, {placement.student_id for placement in placements})
    for row in Competence.objects.filter(cohort__in=cohorts).order_by("position", "id"):
        keys.keys[Dimension.COMPETENCE][row.pk] = row.key
        if row.retired_at:
            keys.retired.setdefault(row.cohort_id, set()).add((Dimension.COMPETENCE, row.key))
        names = (f"{row.code} {row.name_nl}".strip(), f"{row.code} {row.name_en}".strip())
        keys.of_cohort.setdefault(row.cohort_id, {}).setdefault(Dimension.COMPETENCE, {})[
            row.key
        ] = names
    goals = LearningGoal.objects.filter(placement__in=placements, deleted_at=None)
    for pk, placement, title in goals.values_list("pk", "placement_id", "title"):
        keys.keys[Dimension.GOAL][pk] = f"#{pk}"
        keys.goals.setdefault(placement, {})[f"#{pk}"] = (title, title)
    keys.keys[Dimension.STATUS] = {value: value for value in Activity.Status.values}
    return keys


def _name_entries(keys: Keys, cohorts: set[int], students: set[int]) -> None:
    levels: dict[int, list[tuple[int, int]]] = {}
    for entry in VocabularyEntry.objects.filter(
        Q(owner=None) | Q(owner__in=students), cohort__in=cohorts
    ):
        dimension = _KINDS[VocabularyKind(entry.kind)]
        key = entry.key or f"#{entry.pk}"
        keys.keys[dimension][entry.pk] = key
        if entry.owner_id is None:
            names = keys.of_cohort.setdefault(entry.cohort_id, {})
        else:
            names = keys.of_student.setdefault(entry.owner_id, {})
        names.setdefault(dimension, {})[key] = (entry.name_nl, entry.name_en or entry.name_nl)
        if entry.retired_at:
            keys.retired.setdefault(entry.cohort_id, set()).add((dimension, key))
        if entry.level is not None:
            keys.levels.setdefault(entry.cohort_id, {})[key] = entry.level
            levels.setdefault(entry.cohort_id, []).append((entry.level, entry.pk))
    for rated in levels.values():
        hardest = max(level for level, _ in rated)
        keys.hardest += [pk for level, pk in rated if level == hardest]

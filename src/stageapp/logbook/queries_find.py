"""Finding activities back: which ones fit a selection, and what can be selected on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, Model, OuterRef, QuerySet

from stageapp.accounts.models import User
from stageapp.logbook import access
from stageapp.logbook.models import Activity, Chain, Evidence, Reflection
from stageapp.logbook.search import matching_words
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Competence, Part, VocabularyEntry

#: Groups of which an activity has one row, by the name of the column.
ONE = (Part.MOMENT, Part.CATEGORY, Part.DIFFICULTY, Part.CHAIN, Part.GOAL)
#: Groups of which it has several, with their tables and the column of the row.
SEVERAL = {
    Part.PEOPLE: (Activity.people.through, "vocabularyentry"),
    Part.SOURCES: (Activity.sources.through, "vocabularyentry"),
    Part.COMPETENCES: (Activity.competences.through, "competence"),
}
MODELS: dict[Part, type[Model]] = {
    Part.CHAIN: Chain,
    Part.GOAL: LearningGoal,
    Part.COMPETENCES: Competence,
}


@dataclass(frozen=True)
class Selection:
    """Which activities are wanted: any choice within a group, all groups together."""

    words: str = ""
    first: date | None = None
    last: date | None = None
    #: Part -> keys of rows, of which an activity has at least one.
    chosen: dict[str, set[int]] = field(default_factory=dict)
    statuses: frozenset[str] = frozenset()
    has_reflection: bool | None = None
    has_evidence: bool | None = None

    def __bool__(self) -> bool:
        return self != Selection()


def selected(activities: QuerySet[Activity], selection: Selection) -> QuerySet[Activity]:
    """Return the activities that fit a selection."""
    found = matching_words(activities, selection.words)
    if selection.first:
        found = found.filter(date__gte=selection.first)
    if selection.last:
        found = found.filter(date__lte=selection.last)
    if selection.statuses:
        found = found.filter(status__in=selection.statuses)
    for part, keys in selection.chosen.items():
        found = _with_any(found, part, keys)
    for model, wanted in (
        (Reflection, selection.has_reflection),
        (Evidence, selection.has_evidence),
    ):
        if wanted is not None:
            there = Exists(model.objects.filter(activity=OuterRef("pk"), deleted_at=None))
            found = found.filter(there if wanted else ~there)
    return found


def selected_of(placement: Placement, selection: Selection) -> QuerySet[Activity]:
    """Return the activities of a placement that fit a selection."""
    own = access.activities_of(placement.student).filter(placement=placement)
    return selected(own, selection)


def groups_of(placement: Placement) -> dict[str, list[tuple[str, str]]]:
    """Return what occurs in a logbook and so can be selected on: part -> choices."""
    # Distinct, so that PostgreSQL looks the placement up once and not each choice in all logbooks.
    own = placement.activities.filter(deleted_at=None).order_by()
    groups: dict[str, list[tuple[str, str]]] = {}
    for part in ONE:
        model = MODELS.get(part, VocabularyEntry)
        groups[part] = _choices(model._default_manager.filter(pk__in=own.values(part).distinct()))
    for part, (table, column) in SEVERAL.items():
        used = table._default_manager.filter(activity__in=own).values(column).distinct()
        model = MODELS.get(part, VocabularyEntry)
        groups[part] = _choices(model._default_manager.filter(pk__in=used))
    return groups


def templates_of(student: User, placement: Placement) -> list[tuple[int, str]]:
    """Return the templates that a new activity can start with: key and name."""
    rows = access.templates_of(student).filter(placement=placement)
    return list(rows.values_list("pk", "name"))


def _with_any(activities: QuerySet[Activity], part: str, keys: set[int]) -> QuerySet[Activity]:
    if Part(part) in SEVERAL:
        table, column = SEVERAL[Part(part)]
        rows = table._default_manager.filter(activity=OuterRef("pk"), **{f"{column}__in": keys})
        return activities.filter(Exists(rows))
    return activities.filter(**{f"{part}__in": keys})


def _choices(rows: Iterable[Model]) -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in rows]

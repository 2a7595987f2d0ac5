"""What an administrator asks about programmes: never what students wrote, at most how often."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import PROTECT, Count, F, ForeignKey, ManyToOneRel, Model, Prefetch, QuerySet
from django.utils.text import capfirst
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.programmes.access import programmes_administered
from stageapp.programmes.models import (
    Cohort,
    Competence,
    FormPart,
    Part,
    Programme,
    ReflectionField,
    ReflectionModel,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.programmes.queries import models_of

#: Nothing is told of fewer: it would tell something about one of them.
SMALLEST_GROUP = 5
#: Without these an activity is none: they are on every form, and have to be filled in.
ALWAYS_ASKED = (Part.DATE, Part.DESCRIPTION)
#: Parts with several choices, of which a cohort can ask a number.
COUNTED = (Part.PEOPLE, Part.SOURCES, Part.COMPETENCES)
#: Where students cannot add a choice of their own.
CLOSED = (Part.DIFFICULTY, Part.COMPETENCES)
#: Never has to be filled in: it is written after the activity is saved.
NEVER_REQUIRED = (Part.REFLECTION,)
#: The list that stands behind a part.
LIST_OF = {
    Part.MOMENT: VocabularyKind.MOMENT,
    Part.CATEGORY: VocabularyKind.CATEGORY,
    Part.DIFFICULTY: VocabularyKind.DIFFICULTY,
    Part.PEOPLE: VocabularyKind.PERSON,
    Part.SOURCES: VocabularyKind.SOURCE,
}

Choice = VocabularyEntry | Competence


# Programmes ---------------------------------------------------------------------------------------


def programmes_of(person: User) -> QuerySet[Programme]:
    """Return the programmes of an administrator with their cohorts, newest first."""
    return programmes_administered(person).prefetch_related("cohorts")


def models_offered(programme: Programme) -> QuerySet[ReflectionModel]:
    """Return the reflection models that a cohort of a programme can offer."""
    return models_of(programme.pk).filter(retired_at=None)


@dataclass(frozen=True)
class ListSize:
    """How many choices a list of a cohort offers."""

    kind: str
    label: str
    offered: int


def sizes_of_lists(cohort: Cohort) -> list[ListSize]:
    """Return every list of a cohort with how many choices it offers, in one query."""
    rows = cohort.vocabulary.filter(owner=None, retired_at=None).order_by()
    counts = dict(rows.values_list("kind").annotate(n=Count("pk")))
    return [ListSize(kind.value, str(kind.label), counts.get(kind, 0)) for kind in VocabularyKind]


def is_used(cohort: Cohort) -> bool:
    """Return whether somebody has a placement in a cohort."""
    # Those stand above programmes: known by the relation alone.
    found: bool = cohort.placements.exists()
    return found


def is_programme_used(programme: Programme) -> bool:
    """Return whether a programme has a cohort, or somebody a role in it."""
    return programme.cohorts.exists() or programme.memberships.exists()


# The form -----------------------------------------------------------------------------------------


def parts_of(cohort: Cohort) -> list[FormPart]:
    """Return all parts that an activity can have, in the order of the cohort.

    Those that the cohort never had have no row: they come last, as they would begin.
    """
    rows = list(cohort.parts.all())
    known = {row.part for row in rows}
    return rows + [
        fresh_part(cohort, part, position=len(rows) + number)
        for number, part in enumerate(Part)
        if part not in known
    ]


def part_of(cohort: Cohort, part: Part) -> FormPart:
    """Return one part of the form of a cohort, as it is or as it would begin."""
    return next(row for row in parts_of(cohort) if row.part == part)


def fresh_part(cohort: Cohort, part: Part, *, position: int) -> FormPart:
    """Return a part as a new cohort begins with it."""
    labels = {}
    for language in ("nl", "en"):
        with override(language):
            labels[f"label_{language}"] = capfirst(str(part.label))
    asked = part in ALWAYS_ASKED
    return FormPart(
        cohort=cohort, part=part, position=position, is_shown=asked, is_required=asked, **labels
    )


def touches_writers(before: FormPart, after: FormPart) -> bool:
    """Return whether a change takes a part off the form, or asks more of who logged already."""
    is_asked, was_asked = (row.is_shown and row.is_required for row in (after, before))
    hides = before.is_shown and not after.is_shown
    return (hides or (is_asked and not was_asked)) and is_used(after.cohort)


def choices_of(cohort: Cohort, part: Part) -> QuerySet[Any]:
    """Return what the cohort itself offers in a part that is chosen from a list."""
    if part == Part.COMPETENCES:
        return cohort.competences.filter(retired_at=None)
    return cohort.vocabulary.filter(owner=None, retired_at=None, kind=LIST_OF[part])


def fewest_choices(row: FormPart) -> int:
    """Return how many choices there have to be, so that a student can fill in a part."""
    if Part(row.part) not in CLOSED or not row.is_shown:
        return 0
    least = row.minimum or 0 if Part(row.part) in COUNTED else 0
    return max(int(row.is_required), least)


# Lists --------------------------------------------------------------------------------------------


def siblings_of(choice: Choice) -> QuerySet[Any]:
    """Return all choices of the list that one belongs to, in their order."""
    if isinstance(choice, Competence):
        return Competence.objects.filter(cohort=choice.cohort_id)
    return VocabularyEntry.objects.filter(cohort=choice.cohort_id, kind=choice.kind, owner=None)


def offered_first(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return a list in its order, what is retired after all that is offered."""
    return rows.order_by(F("retired_at").asc(nulls_first=True), *rows.model._meta.ordering)


def part_of_list(choice: Choice) -> Part:
    """Return the part of the form that a choice is offered in."""
    if isinstance(choice, Competence):
        return Part.COMPETENCES
    return next(part for part, kind in LIST_OF.items() if kind == choice.kind)


@dataclass(frozen=True)
class Use:
    """A column in which rows of a higher feature name a choice."""

    model: type[Model]
    column: str
    #: Whether what it names cannot be deleted.
    protects: bool = False

    def rows(self, choice: Model) -> QuerySet[Any]:
        """Return the rows that name a choice."""
        return self.model._default_manager.filter(**{self.column: choice})


def uses_of_model(model: type[Model]) -> Iterable[Use]:
    """Return every column that points at a kind of choice, whichever feature has it.

    Programmes stand below what students write, so they know those tables by the relations only.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and isinstance(relation.field, ForeignKey):
            protects = relation.on_delete is PROTECT
            yield Use(relation.related_model, relation.field.name, protects)


# Reflection models --------------------------------------------------------------------------------


def written_with(row: ReflectionModel | ReflectionField) -> int:
    """Return how many rows of students keep a reflection model, or a field of one, in place.

    Of a field that is one for each reflection in which it was asked. Only for deciding: what is
    told goes through `told`.
    """
    uses = uses_of_model(type(row))
    return sum(use.rows(row).count() for use in uses if use.protects)


def models_listed(programme: Programme) -> list[ReflectionModel]:
    """Return the models that there are for a programme with their fields, the retired ones last."""
    rows = models_of(programme.pk).order_by(
        F("retired_at").asc(nulls_first=True), "position", "key"
    )
    asked = Prefetch("fields", ReflectionField.objects.filter(retired_at=None), to_attr="asked")
    chosen = Prefetch("cohorts", programme.cohorts.all(), to_attr="chosen_by")
    return list(rows.prefetch_related(asked, chosen))


def told(number: int) -> int | None:
    """Return a number that can be told, or None where it says too much of somebody."""
    return number if number >= SMALLEST_GROUP else None


def times_used(choice: Choice) -> int | None:
    """Return in how many activities a choice was made, or None where that are too few to tell."""
    return told(sum(use.rows(choice).count() for use in uses_of_model(type(choice))))

"""Questions about who guides whom, for administrators: names, workplaces and dates only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When

from stageapp.accounts.models import User
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.placements.rules import Load, Suggested, suggested
from stageapp.programmes.models import Cohort, Institution, Programme
from stageapp.programmes.queries import teachers_of_programme

MAIN = Q(part=PlacementTeacher.Part.MAIN, ended_at=None)


@dataclass(frozen=True)
class Teacher:
    """A teacher who can be chosen, with how many students they guide now."""

    person: User
    load: Load


@dataclass(frozen=True)
class Suggestion:
    """Which teacher is suggested, and on which grounds."""

    teacher: User
    grounds: Suggested


def cohorts_to_link(cohorts: QuerySet[Cohort]) -> QuerySet[Any]:
    """Return cohorts with how many current placements they have, and how many without teacher."""
    current = Q(placements__is_current=True)
    guided = PlacementTeacher.objects.filter(MAIN, placement=OuterRef("placements"))
    rows: QuerySet[Any] = cohorts.annotate(
        students=Count("placements", filter=current, distinct=True),
        without_teacher=Count("placements", filter=Q(~Exists(guided), current), distinct=True),
    ).order_by("programme__name_nl", "programme", "-slug")
    return rows


def to_link(cohort: Cohort, today: date) -> QuerySet[Any]:
    """Return the current placements of a cohort: without a teacher first, then by name.

    What is over comes after what is not. With `guides`: who guides each, as a list of links.
    """
    rows: QuerySet[Any] = with_guides(Placement.objects.filter(cohort=cohort, is_current=True))
    found: QuerySet[Any] = rows.annotate(
        is_guided=Exists(PlacementTeacher.objects.filter(MAIN, placement=OuterRef("pk"))),
        is_over=Case(When(ends_on__lt=today, then=Value(1)), default=Value(0)),
    ).order_by("is_guided", "is_over", "student__name", "pk")
    return found


def with_guides(placements: QuerySet[Placement]) -> QuerySet[Placement]:
    """Add `guides`: the links of who guides each placement now, who guides along last."""
    links = (
        PlacementTeacher.objects.filter(ended_at=None)
        .select_related("teacher")
        .order_by(F("part").desc(), "linked_at", "pk")
    )
    return placements.select_related(
        "student", "workplace", "cohort__programme__institution"
    ).prefetch_related(Prefetch("teacher_links", links, to_attr="guides"))


def without_teacher(cohort: Cohort, keys: Iterable[int]) -> QuerySet[Placement]:
    """Return which of these current placements of a cohort have no teacher."""
    return (
        Placement.objects.filter(cohort=cohort, is_current=True, pk__in=keys)
        .exclude(Exists(PlacementTeacher.objects.filter(MAIN, placement=OuterRef("pk"))))
        .select_related("student", "cohort__programme__institution")
    )


def main_links(placements: Iterable[Placement] | QuerySet[Placement]) -> QuerySet[PlacementTeacher]:
    """Return who guides these placements now."""
    return PlacementTeacher.objects.filter(MAIN, placement__in=placements).select_related(
        "teacher",
        "placement__student",
        "placement__workplace",
        "placement__cohort__programme__institution",
    )


def teachers_with_load(
    programme: Programme, today: date, *, cohort: Cohort | None = None
) -> list[Teacher]:
    """Return the teachers of a programme by name, with their students of now; two queries."""
    people = list(teachers_of_programme(programme))
    loads = loads_of(people, programme.institution, today, cohort=cohort)
    return [Teacher(person, loads.get(person.pk, Load())) for person in people]


def loads_of(
    people: Iterable[User], institution: Institution, today: date, *, cohort: Cohort | None = None
) -> dict[int, Load]:
    """Return how many students these teachers guide now at an institution, in one query."""
    rows = (
        PlacementTeacher.objects.filter(
            MAIN,
            teacher__in=people,
            placement__is_current=True,
            placement__ends_on__gte=today,
            placement__cohort__programme__institution=institution,
        )
        .order_by()
        .values_list("teacher")
        .annotate(in_cohort=Count("pk", filter=Q(placement__cohort=cohort)), in_all=Count("pk"))
    )
    return {teacher: Load(in_cohort, in_all) for teacher, in_cohort, in_all in rows}


def suggestions_for(
    placements: Sequence[Placement], teachers: Sequence[Teacher]
) -> dict[int, Suggestion]:
    """Return which teacher to suggest for each of these placements of a cohort, by its key."""
    people = {teacher.person.pk: teacher.person for teacher in teachers}
    loads = {teacher.person.pk: teacher.load for teacher in teachers}
    found = suggested([one.pk for one in placements], _had_before(placements, people), loads)
    return {key: Suggestion(people[grounds.teacher], grounds) for key, grounds in found.items()}


def _had_before(placements: Sequence[Placement], people: Iterable[int]) -> dict[int, int]:
    """Return which of these teachers guided the same student last, in another placement there."""
    of_student = {placement.student_id: placement.pk for placement in placements}
    institutions = {one.cohort.programme.institution_id for one in placements}
    links = (
        PlacementTeacher.objects.filter(
            part=PlacementTeacher.Part.MAIN,
            teacher__in=people,
            placement__student__in=of_student,
            placement__cohort__programme__institution__in=institutions,
        )
        .exclude(placement__in=placements)
        .order_by("placement__starts_on", "linked_at", "pk")
    )
    # The last one stays.
    return {
        of_student[student]: teacher
        for student, teacher in links.values_list("placement__student", "teacher")
    }

"""Questions about what is configured."""

from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.programmes.models import (
    Announcement,
    Cohort,
    Competence,
    Institution,
    Part,
    PreferredReflectionModel,
    PrivacyStatement,
    Programme,
    ProgrammeMembership,
    ReflectionModel,
    Role,
    VocabularyEntry,
)


def institution_at(host: str) -> Institution | None:
    """Return the institution served under a host name; else the first one without a host."""
    return (
        Institution.objects.annotate(
            host_name=Lower("host"),
            # So that a page asks for its messages of the day only when there are any.
            has_announcements=Exists(current_announcements(OuterRef("pk"), at=timezone.now())),
        )
        .filter(Q(host_name=host.lower()) | Q(host=""))
        .order_by(
            Case(When(host="", then=Value(1)), default=Value(0), output_field=IntegerField()), "pk"
        )
        .first()
    )


def current_announcements(institution: Any, *, at: datetime) -> QuerySet[Announcement]:
    """Return the messages of the day of an institution, warnings first."""
    return Announcement.objects.filter(
        institution=institution, starts_at__lte=at, ends_at__gt=at
    ).order_by("-kind", "-starts_at", "-pk")


def institution_for(request: HttpRequest) -> Institution | None:
    """Return the institution that a request is for, which the middleware looked up."""
    return getattr(request, "institution", None)


def current_statement(institution: Institution | None) -> PrivacyStatement | None:
    """Return what an institution says about privacy now; None where it is the app's own text."""
    if institution is None:
        return None
    return institution.statements.first()


def current_number(institution: Institution) -> int:
    """Return which version people agree with now; 0 is the text that comes with the app."""
    statement = current_statement(institution)
    return statement.number if statement else 0


def open_programmes(institution: Institution | None) -> QuerySet[Programme]:
    """Return the programmes that a new student of the institution can register for."""
    return Programme.objects.filter(institution=institution, is_open=True)


def cohorts_for(student: User) -> QuerySet[Cohort]:
    """Return the open cohorts of the programmes that somebody is a student of."""
    return Cohort.objects.filter(
        is_open=True,
        programme__memberships__person=student,
        programme__memberships__role=Role.STUDENT,
    ).select_related("programme__institution")


def teachers_for(cohorts: QuerySet[Cohort]) -> QuerySet[User]:
    """Return the teachers of the programmes of these cohorts, by name."""
    members = ProgrammeMembership.objects.filter(
        role=Role.TEACHER, programme__cohorts__in=cohorts.order_by()
    )
    return User.objects.filter(is_active=True, pk__in=members.values("person")).order_by("name")


def teachers_of_programme(programme: Programme) -> QuerySet[User]:
    """Return the teachers of a programme who can sign in, by name."""
    members = ProgrammeMembership.objects.filter(role=Role.TEACHER, programme=programme)
    return User.objects.filter(is_active=True, pk__in=members.values("person")).order_by(
        "name", "pk"
    )


def logs_hours(cohort: Cohort) -> bool:
    """Return whether students of a cohort say how long an activity took."""
    return Part.DURATION in cohort.part_names


def vocabulary_of(cohort: Cohort, student: User) -> QuerySet[VocabularyEntry]:
    """Return what a student can choose from: the cohort's entries and the student's own."""
    return VocabularyEntry.objects.filter(
        Q(owner=None) | Q(owner=student), cohort=cohort, retired_at=None
    )


def reflection_models_for(student: User, cohort: Cohort) -> list[ReflectionModel]:
    """Return the reflection models of a cohort, those that the student prefers first."""
    preferred = PreferredReflectionModel.objects.filter(person=student, model=OuterRef("pk"))
    rows = cohort.reflection_models.annotate(is_preferred=Exists(preferred))
    return list(rows.order_by("-is_preferred", "position", "key"))


def competences_of(cohort: Cohort) -> QuerySet[Competence]:
    """Return the competences that can be chosen."""
    return Competence.objects.filter(cohort=cohort, retired_at=None)


def is_student(person: User) -> bool:
    """Return whether somebody studies in a programme."""
    return person.programme_memberships.filter(role=Role.STUDENT).exists()


def is_teacher(person: User) -> bool:
    """Return whether somebody teaches in a programme or guides a placement."""
    return (
        person.programme_memberships.filter(role=Role.TEACHER).exists()
        or person.teacher_links.filter(ended_at=None).exists()
    )


def is_administrator(person: User) -> bool:
    """Return whether somebody administers a programme or an institution."""
    return (
        person.institutions_administered.exists()
        or person.programme_memberships.filter(role=Role.ADMINISTRATOR).exists()
    )

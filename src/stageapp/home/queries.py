"""Questions of the start page; it composes what the features know."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.queries import question_counts
from stageapp.home.rules import Situation
from stageapp.logbook.access import saved_items_of
from stageapp.logbook.queries import reflection_drafts_of
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.access import cohorts_administered
from stageapp.programmes.models import Cohort, Institution, ProgrammeMembership, Role

#: Numbers of people below this are not shown to administrators.
SMALLEST_GROUP = 5


@dataclass(frozen=True)
class Roles:
    """What somebody is; a person can be several."""

    is_student: bool
    is_teacher: bool
    is_administrator: bool
    #: Whether somebody is functional administrator of an institution.
    runs_institution: bool = False


def roles_of(person: User) -> Roles:
    """Return somebody's roles, from their relations, in one query."""
    member = ProgrammeMembership.objects.filter(person=OuterRef("pk"))
    found = (
        User.objects.filter(pk=person.pk)
        .annotate(
            studies=Exists(member.filter(role=Role.STUDENT)),
            placed=Exists(Placement.objects.filter(student=OuterRef("pk"))),
            teaches=Exists(member.filter(role=Role.TEACHER)),
            guides=Exists(PlacementTeacher.objects.filter(teacher=OuterRef("pk"), ended_at=None)),
            manages=Exists(member.filter(role=Role.ADMINISTRATOR)),
            runs=Exists(Institution.objects.filter(administrators__person=OuterRef("pk"))),
        )
        .values_list("studies", "placed", "teaches", "guides", "manages", "runs")
        .get()
    )
    studies, placed, teaches, guides, manages, runs = found
    return Roles(studies or placed, teaches or guides, manages or runs, runs)


def situation_of(
    placement: Placement, student: User, at: datetime, *, has_talk_to_report: bool = False
) -> Situation:
    """Return what the next step of a student is decided by."""
    today = placement.cohort.programme.institution.day_of(at)
    logged = placement.activities.filter(deleted_at=None).aggregate(
        all=Count("pk"), today=Count("pk", filter=Q(date=today))
    )
    counts = question_counts(placement, student)
    return Situation(
        has_started=placement.period.has_started(today),
        running_days=placement.period.running_days(today),
        activities=logged["all"],
        logged_today=bool(logged["today"]),
        saved=saved_items_of(student).filter(placement=placement).count(),
        drafts=counts.drafts,
        has_reflection_draft=reflection_drafts_of(placement).exists(),
        shared_ever=counts.shared_ever,
        waiting_for_teacher=counts.waiting,
        unread_answers=counts.unread,
        talk_to_report=has_talk_to_report,
    )


def cohort_totals(person: User) -> QuerySet[Cohort]:
    """Return the cohorts an administrator answers for, with totals of placements that run now."""
    today = timezone.localdate()
    current = Q(
        placements__is_current=True,
        placements__starts_on__lte=today,
        placements__ends_on__gte=today,
    )
    linked = PlacementTeacher.objects.filter(
        placement=OuterRef("placements"), ended_at=None, part=PlacementTeacher.Part.MAIN
    )
    return (
        cohorts_administered(person)
        .annotate(
            students=Count("placements", filter=current, distinct=True),
            without_teacher=Count("placements", filter=Q(~Exists(linked), current), distinct=True),
        )
        .order_by("programme__name_nl", "-slug")
    )

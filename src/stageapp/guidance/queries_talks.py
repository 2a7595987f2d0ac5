"""Questions about talks and their reports. Nothing here writes."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from stageapp.accounts.audience import in_one_line
from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.models import (
    ActionPoint,
    GuidanceQuestion,
    MeetingReport,
    ProposedMoment,
    TalkProposal,
)
from stageapp.placements.models import Placement, PlacementTeacher, WorkingAgreement
from stageapp.placements.queries_agreements import agreement_in_force
from stageapp.planning.access import appointments_of, appointments_with, talks_readable_by
from stageapp.planning.models import Appointment

#: So long after a talk the start page invites to write its report.
INVITES_FOR = timedelta(days=7)


def with_moments(proposals: QuerySet[TalkProposal]) -> QuerySet[TalkProposal]:
    """Fetch the moments of proposals along with them, and what was agreed on."""
    return proposals.select_related("proposed_by", "appointment__teacher").prefetch_related(
        Prefetch("moments", ProposedMoment.objects.order_by("starts_at"))
    )


#: What the pages about a question show of its talks.
WITH_TALKS = (
    Prefetch("talk_proposals", with_moments(TalkProposal.objects.all())),
    Prefetch("meeting_reports", MeetingReport.objects.select_related("confirmed_by")),
)


@dataclass(frozen=True)
class Talks:
    """What a question's page shows of talking about it."""

    #: Whether the reader is one of the two who talk, and not somebody who reads the question along.
    is_party: bool
    #: What one of the two has still to answer.
    proposal: TalkProposal | None
    #: Whether the reader proposed it, and waits for the other.
    is_mine: bool
    #: What was agreed on, the first first.
    agreed: list[Appointment]
    #: When it was last put in a planned meeting, without a day.
    in_meeting: TalkProposal | None
    #: The reports that the reader sees.
    reports: list[MeetingReport]
    #: What the form of one click is known by.
    key: uuid.UUID


def talks_to_come(link: PlacementTeacher, at: datetime) -> QuerySet[Appointment]:
    """Return what a teacher and a student agreed on that has not begun."""
    return Appointment.objects.filter(
        placement=link.placement_id, teacher=link.teacher_id, cancelled_at=None, starts_at__gt=at
    )


def talks_of(question: GuidanceQuestion, viewer: User) -> Talks:
    """Return the talks about a question, for one of the two who talk.

    Who reads the question along, because they guide along or stand in, learns that there is a talk.
    """
    is_own = question.placement.student_id == viewer.pk
    is_party = is_own or question.teacher_id == viewer.pk
    proposals = list(question.talk_proposals.all())
    waiting = open_proposal(question)
    put = [
        row
        for row in proposals
        if row.form == TalkProposal.Form.MEETING and row.outcome and row.appointment is None
    ]
    agreed = [row.appointment for row in proposals if row.appointment]
    return Talks(
        is_party=is_party,
        proposal=waiting,
        is_mine=bool(waiting and waiting.is_from_student == is_own),
        agreed=sorted(agreed, key=lambda talk: talk.starts_at),
        in_meeting=put[-1] if put else None,
        reports=[
            row for row in question.meeting_reports.all() if is_own or (is_party and row.is_shared)
        ],
        key=uuid.uuid4(),
    )


def open_proposal(question: GuidanceQuestion) -> TalkProposal | None:
    """Return the proposal that one of the two has still to answer."""
    return next((row for row in question.talk_proposals.all() if row.is_open), None)


def report_of(talk: Appointment) -> MeetingReport | None:
    """Return the report of a talk, whoever may read it."""
    found: MeetingReport | None = getattr(talk, "report", None)
    return found


def points_of_report(report: MeetingReport) -> list[ActionPoint]:
    """Return what has to be done after a talk."""
    return list(report.action_points.select_related("owner", "placement__student"))


def others_who_see_points(question: GuidanceQuestion) -> str:
    """Name who reads a question along: they see the points of a shared report, not its text."""
    return in_one_line(row.person.name for row in access.reading_along().filter(question=question))


def agreement_of(question: GuidanceQuestion) -> WorkingAgreement | None:
    """Return what student and teacher agreed on, with their fixed moments to meet."""
    link = question.placement.teacher_links.filter(teacher=question.teacher_id, ended_at=None)
    found = link.first()
    return agreement_in_force(found) if found else None


def last_place_of(person: User, form: str) -> str:
    """Return where somebody proposed to meet last in this form: a link is no place to meet."""
    made = TalkProposal.objects.filter(proposed_by=person, form=form).exclude(place="")
    return made.order_by("-proposed_at").values_list("place", flat=True).first() or ""


def coming_talks_of(student: User, *, at: datetime, limit: int) -> list[Appointment]:
    """Return the student's next talks with teachers."""
    return list(appointments_of(student).filter(teacher__isnull=False, ends_at__gte=at)[:limit])


def coming_talks_with(teacher: User, *, at: datetime, limit: int) -> list[Appointment]:
    """Return the teacher's next talks with students."""
    return list(appointments_with(teacher).filter(ends_at__gte=at)[:limit])


def talk_to_report(placement: Placement, *, at: datetime) -> Appointment | None:
    """Return the last talk whose report the student has not shared, nor said is not needed."""
    unreported = Q(report=None) | Q(report__shared_at=None)
    talks = appointments_of(placement.student).filter(
        unreported,
        placement=placement,
        teacher__isnull=False,
        proposal__no_report_at=None,
        proposal__question__in=access.questions_of(placement.student),
        starts_at__lte=at,
        starts_at__gt=at - INVITES_FOR,
    )
    return talks.order_by("-starts_at").first()


def talks_of_pair(placement: Placement, teacher: User, *, until: datetime) -> list[Appointment]:
    """Return the talks of a placement with this teacher that were."""
    talks = talks_readable_by(teacher).filter(
        placement=placement, teacher=teacher, cancelled_at=None, starts_at__lte=until
    )
    return list(talks.order_by("-starts_at")[:40])


def subjects_of(question: GuidanceQuestion) -> list[str]:
    """Return what news about the talks and reports of a question is filed under."""
    proposals = list(question.talk_proposals.all())
    talks = [talk_subject(row.appointment_id) for row in proposals if row.appointment_id]
    return [*talks, *subjects_that_close(question)]


def subjects_that_close(question: GuidanceQuestion) -> list[str]:
    """Return those of which no mail goes once the question is withdrawn; a talk itself stays."""
    proposals = [proposal_subject(row.pk) for row in question.talk_proposals.all()]
    return proposals + [report_subject(row.pk) for row in question.meeting_reports.all()]


def proposal_subject(key: int) -> str:
    """Return what news about proposed moments is filed under."""
    return f"talk-proposal:{key}"


def talk_subject(key: int) -> str:
    """Return what news about a talk is filed under."""
    return f"talk:{key}"


def report_subject(key: int) -> str:
    """Return what news about a report is filed under."""
    return f"report:{key}"

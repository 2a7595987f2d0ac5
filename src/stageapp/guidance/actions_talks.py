"""What happens to talks: proposing moments, picking one, moving and cancelling. Only here."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.guidance.locking import locked
from stageapp.guidance.models import (
    AppointmentMail,
    GuidanceQuestion,
    ProposedMoment,
    TalkProposal,
)
from stageapp.guidance.queries import is_open_to_teacher
from stageapp.guidance.queries_talks import proposal_subject, talk_subject
from stageapp.notifications.actions import Fact, cancel_unsent, mark_seen, notify
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.queries import news_about, preference_of
from stageapp.planning.access import readers_of_talk
from stageapp.planning.actions import (
    agree_on_appointment,
    cancel_appointment,
    move_appointment,
)
from stageapp.planning.models import Appointment

Outcome = TalkProposal.Outcome


@transaction.atomic
def propose_talk(
    proposal: TalkProposal, moments: Sequence[datetime], *, by: User, at: datetime
) -> TalkProposal:
    """Propose moments to the other, or return what the same form proposed before.

    It takes the place of what was still open: of the other that none of it fits, of oneself that
    it is taken back. A planned meeting asks for no answer; where its day is given, it stands in
    both calendars. Raises ValidationError when the question is not open any more.
    """
    question = locked(proposal.question)
    sent_before = question.talk_proposals.filter(client_id=proposal.client_id).first()
    if sent_before:
        return sent_before
    _check_open(question)
    proposal.question = question
    _replace_open(question, by=by, at=at)
    proposal.proposed_by, proposal.proposed_at = by, at
    proposal.is_from_student = by == question.placement.student
    if proposal.form == TalkProposal.Form.MEETING:
        proposal.outcome, proposal.settled_at = Outcome.PICKED, at
        if moments:
            proposal.appointment = _agree(proposal, moments[0], at=at)
    proposal.save()
    ProposedMoment.objects.bulk_create(
        [
            ProposedMoment(proposal=proposal, position=position, starts_at=moment)
            for position, moment in enumerate(moments, start=1)
        ]
    )
    if proposal.appointment:
        _tell(proposal.appointment, Kind.TALK_AGREED, by=by, at=at)
    else:
        _notify_other(proposal, Kind.TALK_PROPOSED, by=by, at=at)
    return proposal


@transaction.atomic
def pick_moment(moment: ProposedMoment, *, by: User, at: datetime) -> Appointment:
    """Agree on one of the moments: an appointment of both, and a mail for the calendar of each.

    A second click leads to the same appointment. Raises ValidationError when the moment has
    passed, or the proposal is not open any more.
    """
    question = locked(moment.proposal.question)
    proposal = TalkProposal.objects.select_related("appointment").get(pk=moment.proposal_id)
    if proposal.appointment and proposal.appointment.starts_at == moment.starts_at:
        return proposal.appointment
    _check_open(question)
    if not proposal.is_open:
        raise ValidationError(_("These moments are not open any more."))
    if moment.starts_at <= at:
        raise ValidationError(_("This moment has passed. Pick another one, or propose others."))
    proposal.question = question
    proposal.appointment = _agree(proposal, moment.starts_at, at=at)
    _settle(proposal, Outcome.PICKED, at=at)
    _tell(proposal.appointment, Kind.TALK_AGREED, by=by, at=at)
    return proposal.appointment


@transaction.atomic
def refuse_moments(proposal: TalkProposal, *, by: User, at: datetime) -> None:
    """Say that none of the moments fits, without others to propose."""
    question = locked(proposal.question)
    kept = TalkProposal.objects.get(pk=proposal.pk)
    if kept.is_open:
        kept.question = question
        _settle(kept, Outcome.NONE_FITS, at=at)
        _notify_other(kept, Kind.TALK_DECLINED, by=by, at=at)


@transaction.atomic
def take_back_moments(proposal: TalkProposal, *, at: datetime) -> None:
    """Take a proposal back that nobody answered yet; no mail goes about it any more."""
    locked(proposal.question)
    kept = TalkProposal.objects.get(pk=proposal.pk)
    if kept.is_open:
        _settle(kept, Outcome.TAKEN_BACK, at=at)


@transaction.atomic
def move_talk(
    talk: Appointment,
    *,
    starts_at: datetime,
    minutes: int,
    place: str,
    read_sequence: int,
    by: User,
    at: datetime,
) -> None:
    """Let a talk begin at another moment or be elsewhere; both get it for their calendar.

    Raises ValidationError when it changed or was cancelled since `read_sequence`.
    """
    kept = move_appointment(
        talk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        location=place,
        read_sequence=read_sequence,
        at=at,
    )
    _tell(kept, Kind.TALK_MOVED, by=by, at=at)


@transaction.atomic
def cancel_talk(talk: Appointment, *, by: User, at: datetime) -> None:
    """Let a talk not go on; it leaves the calendars of both."""
    kept = cancel_appointment(talk, at=at)
    if kept:
        _tell(kept, Kind.TALK_CANCELLED, by=by, at=at)


def skip_report(talk: Appointment, *, at: datetime) -> None:
    """Remember that a talk needs no report: the start page does not invite to it any more."""
    TalkProposal.objects.filter(appointment=talk).update(no_report_at=at)


def mark_proposal_seen(proposal: TalkProposal, *, by: User, at: datetime) -> None:
    """Remember that somebody saw the news of proposed moments."""
    mark_seen(news_about(by, [proposal_subject(proposal.pk)]), at=at)


def mark_talk_seen(talk: Appointment, *, by: User, at: datetime) -> None:
    """Remember that somebody saw the news of a talk."""
    mark_seen(news_about(by, [talk_subject(talk.pk)]), at=at)


def _agree(proposal: TalkProposal, starts_at: datetime, *, at: datetime) -> Appointment:
    question = proposal.question
    assert question.teacher
    talk = Appointment(
        placement=question.placement,
        teacher=question.teacher,
        title=question.title,
        with_whom=question.teacher.name,
        location=proposal.place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=proposal.minutes),
    )
    agree_on_appointment(talk, at=at)
    return talk


def _replace_open(question: GuidanceQuestion, *, by: User, at: datetime) -> None:
    for other in question.talk_proposals.filter(outcome=""):
        is_own = other.is_from_student == (by == question.placement.student)
        _settle(other, Outcome.TAKEN_BACK if is_own else Outcome.NONE_FITS, at=at)


def _settle(proposal: TalkProposal, outcome: str, *, at: datetime) -> None:
    proposal.outcome, proposal.settled_at = outcome, at
    proposal.save(update_fields=["outcome", "settled_at", "appointment"])
    if outcome == Outcome.TAKEN_BACK:
        cancel_unsent(proposal_subject(proposal.pk), at=at)


def _tell(talk: Appointment, kind: Kind, *, by: User, at: datetime) -> None:
    """Put the mails for both calendars on their way; the other hears of it in the app too.

    What was not sent yet of an earlier change goes nowhere: see `calendar_mails.mail_of`.
    """
    student, teacher = talk.placement.student, talk.teacher
    assert teacher
    is_cancelled = kind == Kind.TALK_CANCELLED
    Method = AppointmentMail.Method  # noqa: N806 -- a class
    for person in (student, teacher):
        if preference_of(person, kind) != Frequency.NEVER:
            AppointmentMail.objects.get_or_create(
                appointment=talk,
                person=person,
                sequence=talk.sequence,
                defaults={
                    "actor": by,
                    "method": Method.CANCEL if is_cancelled else Method.REQUEST,
                    "caused_at": at,
                    "mail_due_at": at,
                },
            )
    other = teacher if by == student else student
    if other not in readers_of_talk(talk):
        return  # who does not guide the student any more hears nothing of it
    notify(
        other,
        kind,
        Fact(
            actor=by,
            title=talk.title,
            path=reverse("guidance:talk", args=[talk.pk]),
            subject=talk_subject(talk.pk),
            cause=f"talk:{talk.pk}:{talk.sequence}",
        ),
        place=talk.placement.cohort.programme.institution,
        at=at,
    )


def _notify_other(proposal: TalkProposal, kind: Kind, *, by: User, at: datetime) -> None:
    question = proposal.question
    student, teacher = question.placement.student, question.teacher
    other = teacher if by == student else student
    assert other
    notify(
        other,
        kind,
        Fact(
            actor=by,
            title=question.title,
            path=reverse("guidance:question", args=[question.pk]),
            subject=proposal_subject(proposal.pk),
            cause=proposal_subject(proposal.pk),
        ),
        place=question.placement.cohort.programme.institution,
        at=at,
    )


def _check_open(question: GuidanceQuestion) -> None:
    if question.closed_at is not None or not is_open_to_teacher(question):
        raise ValidationError(_("This question is not open any more, so no talk can be planned."))

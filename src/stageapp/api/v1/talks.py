"""Talks about a question: moments to talk, proposed by one of the two and picked by the other."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.sending import allowed, as_form, checked
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    KeyInAddress,
    Page,
    Ref,
    Sent,
    SentMoment,
    Shape,
    Text,
    moment,
    moment_of,
    ref,
)
from stageapp.guidance import access, actions_talks
from stageapp.guidance.forms_talks import MoveForm, ProposalForm
from stageapp.guidance.models import TalkProposal as ProposalRow
from stageapp.guidance.queries_talks import with_moments
from stageapp.guidance.views_talks import calendar_response
from stageapp.planning.access import appointments_of, talks_readable_by
from stageapp.planning.models import PLACE_LENGTH, Appointment

router = Router(tags=["talks"])
PROPOSAL_ORDER = ("-proposed_at", "-pk")
ORDER = ("-starts_at", "-pk")
#: How people talk, and where; as in the form.
HowToTalk = Literal["face_to_face", "phone", "video", "meeting"]
HowLong = Literal[15, 30, 45, 60, 90]
Minutes = Annotated[int, Field(ge=5, le=480, strict=True)]
Place = Annotated[str, Field(max_length=PLACE_LENGTH)]
#: What the form calls the parts of a moment.
MOVED = {"day": "starts_at", "at": "starts_at"}
PROPOSED = {
    f"{part}_{number}": f"moments.{number - 1}"
    for part in ("day", "at")
    for number in range(1, ProposalRow.MOST + 1)
}


class MomentToTalk(Shape):
    """One of the moments to choose from."""

    id: int
    starts_at: datetime
    ends_at: datetime


class TalkProposal(Shape):
    """Moments for a talk about a question, or that it is talked over in a planned meeting."""

    id: int
    client_id: uuid.UUID
    question: int
    is_from_student: bool
    is_mine: bool = Field(description="Who asks proposed it, and can take it back while it waits.")
    waits_for_me: bool = Field(description="Who asks can pick one of its moments now.")
    form: str = Field(description="face_to_face, phone, video or meeting.")
    place: str
    minutes: int
    note: str
    moments: list[MomentToTalk]
    proposed_at: datetime
    outcome: str | None = Field(description="picked, none_fits or taken_back; null while it waits.")
    settled_at: datetime | None
    talk: int | None = Field(description="What was agreed on.")


class TalkProposalPage(Page[TalkProposal]):
    """Some proposals, the newest first."""


class TalkProposalIn(Sent):
    """One to five moments; for a planned meeting none, or its own one."""

    client_id: ClientId = None
    form: HowToTalk | None = Field(None, description="Left out: as the question asks for it.")
    place: Place = Field("", description="A place, a phone number, the link to a video call.")
    minutes: HowLong = 30
    moments: Annotated[list[SentMoment], Field(max_length=ProposalRow.MOST)] = []
    note: Text = ""


class TalkProposalFilter(Paged):
    """Which proposals."""

    question: KeyInAddress | None = None
    waits_for_me: bool | None = None


class Talk(Shape):
    """A talk that a student and a teacher agreed on; it stands in both calendars."""

    id: int
    placement: int
    student: Ref
    teacher: Ref | None = Field(description="null for an account that is gone.")
    question: int | None = Field(description="While who asks can read it.")
    title: str = Field(description="Of the question; empty while only its student may know it.")
    place: str
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None
    report: int | None = Field(description="Of the report of it, once who asks can read that.")
    file: str = Field(description="Where it is as a file for a calendar program.")


class TalkPage(Page[Talk]):
    """Some talks, the latest first."""


class TalkChange(Sent):
    """Another moment or place; both get it for their calendar."""

    model_config = PARTIAL

    starts_at: SentMoment = None  # type: ignore[assignment]
    minutes: Minutes = 30
    place: Place = ""


class TalkFilter(Paged):
    """Which talks."""

    placement: KeyInAddress | None = None
    question: KeyInAddress | None = None
    state: Literal["coming", "past", "cancelled"] | None = None


def proposals(request: ApiRequest) -> QuerySet[Any]:
    """Return the proposals that who asks can see, with all that goes out."""
    waiting = access.proposals_settled_by(request.user).filter(pk=OuterRef("pk"))
    return with_moments(access.proposals_seen_by(request.user)).annotate(
        waits_for_me=Exists(waiting)
    )


def proposal_shape(row: Any, reader: Any) -> TalkProposal:
    """Return a proposal as this reader sees it."""
    return TalkProposal(
        id=row.pk,
        client_id=row.client_id,
        question=row.question_id,
        is_from_student=row.is_from_student,
        is_mine=row.proposed_by_id == reader.pk,
        waits_for_me=row.waits_for_me,
        form=row.form,
        place=row.place,
        minutes=row.minutes,
        note=row.note,
        moments=[
            MomentToTalk(
                id=one.pk, starts_at=moment_of(one.starts_at), ends_at=moment_of(one.ends_at)
            )
            for one in row.moments.all()
        ],
        proposed_at=moment_of(row.proposed_at),
        outcome=row.outcome or None,
        settled_at=moment(row.settled_at),
        talk=row.appointment_id,
    )


def talks(request: ApiRequest) -> QuerySet[Any]:
    """Return the talks of who asks, with what they can read about each."""
    questions = access.readable_by(request.user).filter(talk_proposals__appointment=OuterRef("pk"))
    reports = access.reports_readable_by(request.user).filter(appointment=OuterRef("pk"))
    return talks_readable_by(request.user).annotate(
        readable_question=Subquery(questions.order_by().values("pk")[:1]),
        readable_report=Subquery(reports.order_by().values("pk")[:1]),
    )


def shape(row: Any) -> Talk:
    """Return a talk as it goes out."""
    student = row.placement.student
    return Talk(
        id=row.pk,
        placement=row.placement_id,
        student=Ref(id=student.pk, name=student.name),
        teacher=ref(row.teacher),
        question=row.readable_question,
        title=row.title,
        place=row.location,
        starts_at=moment_of(row.starts_at),
        ends_at=moment_of(row.ends_at),
        cancelled_at=moment(row.cancelled_at),
        report=row.readable_report,
        file=f"/api/v1/talks/{row.pk}/file",
    )


@operation(router, "GET", "/talk-proposals", scope=Scope.GUIDANCE_READ, gives=TalkProposalPage)
def list_talk_proposals(request: ApiRequest, asked: Query[TalkProposalFilter]) -> Any:
    """List moments to talk that one proposed or was proposed, with what became of them."""
    rows = proposals(request)
    if asked.question:
        rows = rows.filter(question=asked.question)
    if asked.waits_for_me is not None:
        rows = rows.filter(waits_for_me=asked.waits_for_me)
    found = cut(rows, PROPOSAL_ORDER, asked)
    return page_of(request, TalkProposalPage, found, lambda row: proposal_shape(row, request.user))


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/talk-proposals",
    scope=Scope.GUIDANCE_WRITE,
    gives=TalkProposal,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def propose_talk(request: ApiRequest, pk: KeyInAddress, sent: TalkProposalIn) -> Answer:
    """Propose moments to talk about a question, in place of what was still open.

    A planned meeting asks for no answer; where its moment is given, it stands in both calendars.
    """
    asked = get_object_or_404(access.talkable_by(request.user), pk=pk)
    told = sent.model_dump(exclude={"moments", "form"})
    told["form"] = sent.form or _wanted(asked.form)
    for number, at in enumerate(sent.moments, start=1):
        told |= {f"day_{number}": _local(at).date(), f"at_{number}": _local(at).time()}
    form = checked(ProposalForm(as_form(told), instance=ProposalRow(question=asked)), PROPOSED)
    kept = allowed(
        lambda: actions_talks.propose_talk(
            form.instance, form.moments, by=request.user, at=timezone.now()
        )
    )
    return made(
        proposal_shape(get_object_or_404(proposals(request), pk=kept.pk), request.user),
        is_new=kept is form.instance,
        location=f"/api/v1/talk-proposals/{kept.pk}",
    )


@operation(router, "GET", "/talk-proposals/{int:pk}", scope=Scope.GUIDANCE_READ, gives=TalkProposal)
def get_talk_proposal(request: ApiRequest, pk: KeyInAddress) -> TalkProposal:
    """Read one proposal; it is no news any more."""
    row = get_object_or_404(proposals(request), pk=pk)
    actions_talks.mark_proposal_seen(row, by=request.user, at=timezone.now())
    return proposal_shape(row, request.user)


@operation(
    router,
    "POST",
    "/talk-proposals/moments/{int:pk}/pick",
    scope=Scope.GUIDANCE_WRITE,
    gives=Talk,
    conflicts=True,
)
def pick_moment(request: ApiRequest, pk: KeyInAddress) -> Talk:
    """Agree on one of the moments that the other proposed; sent again it gives the same talk."""
    picked = get_object_or_404(access.moments_picked_by(request.user), pk=pk)
    talk = allowed(lambda: actions_talks.pick_moment(picked, by=request.user, at=timezone.now()))
    return shape(get_object_or_404(talks(request), pk=talk.pk))


@operation(
    router,
    "POST",
    "/talk-proposals/{int:pk}/refuse",
    scope=Scope.GUIDANCE_WRITE,
    gives=TalkProposal,
)
def refuse_moments(request: ApiRequest, pk: KeyInAddress) -> TalkProposal:
    """Say that none of the moments that the other proposed fits."""
    if not _became(request, pk, ProposalRow.Outcome.NONE_FITS):
        waiting = get_object_or_404(access.proposals_settled_by(request.user), pk=pk)
        actions_talks.refuse_moments(waiting, by=request.user, at=timezone.now())
    return proposal_shape(get_object_or_404(proposals(request), pk=pk), request.user)


@operation(
    router,
    "POST",
    "/talk-proposals/{int:pk}/take-back",
    scope=Scope.GUIDANCE_WRITE,
    gives=TalkProposal,
)
def take_back_moments(request: ApiRequest, pk: KeyInAddress) -> TalkProposal:
    """Take moments back that one proposed oneself and that nobody answered yet."""
    if not _became(request, pk, ProposalRow.Outcome.TAKEN_BACK):
        own = get_object_or_404(access.proposals_made_by(request.user), pk=pk)
        actions_talks.take_back_moments(own, at=timezone.now())
    return proposal_shape(get_object_or_404(proposals(request), pk=pk), request.user)


@operation(router, "GET", "/talks", scope=Scope.GUIDANCE_READ, gives=TalkPage)
def list_talks(request: ApiRequest, asked: Query[TalkFilter]) -> Any:
    """List what one agreed on with a teacher, or with the students that one guides."""
    rows = talks(request)
    if asked.placement:
        rows = rows.filter(placement=asked.placement)
    if asked.question:
        rows = rows.filter(readable_question=asked.question)
    if asked.state:
        rows = _in_state(rows, asked.state)
    return page_of(request, TalkPage, cut(rows, ORDER, asked), shape)


@operation(router, "GET", "/talks/{int:pk}", scope=Scope.GUIDANCE_READ, gives=Talk)
def get_talk(request: ApiRequest, pk: KeyInAddress) -> Talk:
    """Read when and where a talk is; it is no news any more."""
    row = get_object_or_404(talks(request), pk=pk)
    actions_talks.mark_talk_seen(row, by=request.user, at=timezone.now())
    return shape(row)


@operation(
    router,
    "PATCH",
    "/talks/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=Talk,
    takes=JSON,
    match="needed",
    conflicts=True,
)
@transaction.atomic
def move_talk(request: ApiRequest, pk: KeyInAddress, sent: TalkChange) -> Talk:
    """Let a talk begin at another moment to come, or be elsewhere."""
    get_object_or_404(talks(request), pk=pk)
    Appointment.objects.select_for_update().get(pk=pk)
    row = get_object_or_404(talks(request), pk=pk)
    check_match(request, lambda: shape(row), needed=True)
    told = {"starts_at": row.starts_at, "minutes": _minutes(row), "place": row.location}
    told |= sent.told()
    begin = _local(told.pop("starts_at"))
    data = as_form(told | {"day": begin.date(), "at": begin.time(), "sequence": row.sequence})
    form = checked(MoveForm(data, talk=row), MOVED)
    allowed(
        lambda: actions_talks.move_talk(
            row,
            starts_at=form.cleaned_data["starts_at"],
            minutes=form.cleaned_data["minutes"],
            place=form.cleaned_data["place"],
            read_sequence=form.cleaned_data["sequence"],
            by=request.user,
            at=timezone.now(),
        )
    )
    return shape(get_object_or_404(talks(request), pk=pk))


@operation(
    router, "POST", "/talks/{int:pk}/cancel", scope=Scope.GUIDANCE_WRITE, gives=Talk, match="asked"
)
@transaction.atomic
def cancel_talk(request: ApiRequest, pk: KeyInAddress) -> Talk:
    """Let a talk not go on; it leaves the calendars of both."""
    row = get_object_or_404(talks(request), pk=pk)
    check_match(request, lambda: shape(row), needed=False)
    actions_talks.cancel_talk(row, by=request.user, at=timezone.now())
    return shape(get_object_or_404(talks(request), pk=pk))


@operation(
    router,
    "GET",
    "/talks/{int:pk}/file",
    scope=Scope.GUIDANCE_READ,
    gives=bytes,
    costs=("taking files",),
    is_file=True,
)
def get_talk_file(request: ApiRequest, pk: KeyInAddress) -> HttpResponseBase:
    """Take a talk as a file that any calendar program reads."""
    return calendar_response(get_object_or_404(talks_readable_by(request.user), pk=pk))


@operation(router, "POST", "/talks/{int:pk}/no-report", scope=Scope.GUIDANCE_WRITE, gives=Talk)
def skip_report(request: ApiRequest, pk: KeyInAddress) -> Talk:
    """Say, as its student, that a talk needs no report: the app invites to none any more."""
    own = appointments_of(request.user).filter(teacher__isnull=False)
    actions_talks.skip_report(get_object_or_404(own, pk=pk), at=timezone.now())
    return shape(get_object_or_404(talks(request), pk=pk))


def _became(request: ApiRequest, pk: int, outcome: ProposalRow.Outcome) -> bool:
    """Return whether this became of a proposal already: who got no answer sends it again."""
    return access.proposals_seen_by(request.user).filter(pk=pk, outcome=outcome).exists()


def _wanted(form: str) -> str:
    return form if form in ProposalRow.Form.values else ProposalRow.Form.FACE_TO_FACE


def _local(at: datetime) -> datetime:
    """Return a moment by the clock of the institution, as the form takes it."""
    return timezone.localtime(at)


def _minutes(row: Appointment) -> int:
    return int((row.ends_at - row.starts_at).total_seconds() // 60)


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    now = timezone.now()
    if state == "cancelled":
        return rows.filter(cancelled_at__isnull=False)
    rows = rows.filter(cancelled_at=None)
    return rows.filter(ends_at__gte=now) if state == "coming" else rows.filter(ends_at__lt=now)

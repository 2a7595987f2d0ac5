"""Working agreements of a student and a teacher; and what a teacher proposes to everybody."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from stageapp.accounts.models import User
from stageapp.api.actions import once
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Cut, Paged, cut
from stageapp.api.v1.problems import not_found
from stageapp.api.v1.sending import allowed, as_form, checked, locked
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Key,
    KeyInAddress,
    Page,
    Ref,
    Sent,
    SentDay,
    Shape,
    Text,
    moment,
    moment_of,
)
from stageapp.placements import access
from stageapp.placements import actions_agreements as actions
from stageapp.placements import queries_agreements as queries
from stageapp.placements.forms_agreements import FIELDS, AgreementForm, LeaveForm, TermsForm
from stageapp.placements.models import PlacementTeacher, TeacherLeave, WorkingAgreement
from stageapp.placements.models import Terms as TermsRow
from stageapp.placements.queries_agreements import Agreed
from stageapp.programmes.queries import is_teacher

router = Router(tags=["agreements"])
LINK_ORDER = ("pk",)
LEAVE_ORDER = ("starts_on", "pk")
ResponseDays = Annotated[int, Field(ge=1, le=30, strict=True)]


class Terms(Shape):
    """When and how a teacher responds."""

    response_days: int | None = Field(
        description="Working days within which the teacher answers, without leave and holidays."
    )
    moments: str = Field(description="Fixed moments to meet.")
    channels: str = Field(description="How to reach each other, for what.")


class AgreedTerms(Terms):
    """Terms that one proposed; once the other confirmed them, they hold."""

    id: int
    is_mine: bool = Field(description="Who asks proposed them.")
    proposed_at: datetime
    confirmed_at: datetime | None


class Leave(Shape):
    """Days on which a teacher does not answer; both ends count."""

    id: int
    starts_on: date
    ends_on: date


class Agreement(Shape):
    """Where a student and a teacher stand."""

    id: int = Field(description="Of their link: it stays when terms change.")
    placement: int
    student: Ref
    teacher: Ref
    holds: AgreedTerms | None = Field(description="What was agreed on.")
    proposal: AgreedTerms | None = Field(description="What lies before one of the two.")
    leave: Leave | None = Field(description="Of the teacher: now, or the next one.")


class AgreementPage(Page[Agreement]):
    """Some agreements."""


class TermsIn(Sent):
    """Terms; at least one of them is there."""

    response_days: ResponseDays | None = None
    moments: Text = ""
    channels: Text = ""


class TermsChange(TermsIn):
    """What changes of terms; what is left out stays as it is."""

    model_config = PARTIAL


class AgreeingWithTerms(Sent):
    """Which proposal was read."""

    proposal: Key


class OwnTerms(Terms):
    """What a teacher proposes to each new student."""

    is_kept: bool = Field(description="The teacher wrote them down.")
    without: int = Field(description="How many students there are without any agreement.")


class ProposedToAll(Shape):
    """To how many students terms were proposed."""

    students: int


class LeavePage(Page[Leave]):
    """Some leave, the earliest first."""


class LeaveIn(Sent):
    """New days of leave."""

    client_id: ClientId = None
    starts_on: SentDay
    ends_on: SentDay


def shape(agreed: Agreed, reader: User) -> Agreement:
    """Return where two people stand, as one of them sees it."""
    link = agreed.link
    student = link.placement.student
    return Agreement(
        id=link.pk,
        placement=link.placement_id,
        student=Ref(id=student.pk, name=student.name),
        teacher=Ref(id=link.teacher_id, name=link.teacher.name),
        holds=_agreed_terms(agreed.holds, reader),
        proposal=_agreed_terms(agreed.proposal, reader),
        leave=leave_shape(agreed.leave) if agreed.leave else None,
    )


def leave_shape(row: TeacherLeave) -> Leave:
    """Return days of leave as they go out."""
    return Leave(id=row.pk, starts_on=row.starts_on, ends_on=row.ends_on)


def own_terms(teacher: User) -> OwnTerms:
    """Return what a teacher proposes to everybody as it goes out."""
    terms = queries.terms_of(teacher)
    return OwnTerms(
        **_parts(terms),
        is_kept=terms.pk is not None,
        without=queries.links_without_agreement(teacher).count(),
    )


@operation(router, "GET", "/agreements", scope=Scope.GUIDANCE_READ, gives=AgreementPage)
def list_agreements(request: ApiRequest, asked: Query[Paged]) -> Any:
    """List where one stands with one's teachers, and with the students that one guides."""
    found = cut(access.links_of_either(request.user), LINK_ORDER, asked)
    rows = _agreed(found.rows)
    return page_of(
        request, AgreementPage, Cut(rows, found.next), lambda row: shape(row, request.user)
    )


@operation(router, "GET", "/agreements/{int:pk}", scope=Scope.GUIDANCE_READ, gives=Agreement)
def get_agreement(request: ApiRequest, pk: KeyInAddress) -> Agreement:
    """Read where a student and a teacher stand."""
    return _shown(request, pk)


@operation(
    router,
    "POST",
    "/agreements/{int:pk}/propose",
    scope=Scope.GUIDANCE_WRITE,
    gives=Agreement,
    takes=JSON,
    match="asked",
)
@transaction.atomic
def propose_agreement(request: ApiRequest, pk: KeyInAddress, sent: TermsIn) -> Agreement:
    """Lay terms before the other, in place of a proposal that was not confirmed yet."""
    link = _link(request, pk)
    locked(link.placement)
    check_match(request, lambda: _shown(request, pk), needed=False)
    form = checked(AgreementForm(as_form(sent.model_dump()), start=queries.terms_of(link.teacher)))
    actions.propose(link, form.instance, by=request.user, at=timezone.now())
    return _shown(request, pk)


@operation(
    router,
    "POST",
    "/agreements/{int:pk}/confirm",
    scope=Scope.GUIDANCE_WRITE,
    gives=Agreement,
    takes=JSON,
    conflicts=True,
)
def confirm_agreement(request: ApiRequest, pk: KeyInAddress, sent: AgreeingWithTerms) -> Agreement:
    """Agree with what the other proposed, as it was read."""
    link = _link(request, pk)
    allowed(lambda: actions.confirm(link, sent.proposal, by=request.user, at=timezone.now()))
    return _shown(request, pk)


@operation(
    router,
    "POST",
    "/agreements/{int:pk}/take-back",
    scope=Scope.GUIDANCE_WRITE,
    gives=Agreement,
)
def take_back_agreement(request: ApiRequest, pk: KeyInAddress) -> Agreement:
    """Take a proposal of one's own back that was not confirmed yet."""
    actions.take_back(_link(request, pk), by=request.user, at=timezone.now())
    return _shown(request, pk)


@operation(router, "GET", "/terms", scope=Scope.GUIDANCE_READ, gives=OwnTerms)
def get_terms(request: ApiRequest) -> OwnTerms:
    """Read, as a teacher, what one proposes to each new student."""
    return own_terms(_teacher(request))


@operation(
    router,
    "PATCH",
    "/terms",
    scope=Scope.GUIDANCE_WRITE,
    gives=OwnTerms,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_terms(request: ApiRequest, sent: TermsChange) -> OwnTerms:
    """Change, as a teacher, what one proposes to each new student."""
    teacher = _teacher(request)
    User.objects.select_for_update(no_key=True).get(pk=teacher.pk)
    check_match(request, lambda: own_terms(teacher), needed=True)
    terms = queries.terms_of(teacher)
    form = checked(TermsForm(as_form(_parts(terms) | sent.told()), instance=terms))
    actions.keep_terms(form.instance)
    return own_terms(teacher)


@operation(router, "POST", "/terms/propose", scope=Scope.GUIDANCE_WRITE, gives=ProposedToAll)
def propose_terms_to_all(request: ApiRequest) -> ProposedToAll:
    """Propose one's terms, as a teacher, to all students with whom nothing was agreed."""
    return ProposedToAll(students=actions.propose_to_all(_teacher(request), at=timezone.now()))


@operation(router, "GET", "/leaves", scope=Scope.GUIDANCE_READ, gives=LeavePage)
def list_leaves(request: ApiRequest, asked: Query[Paged]) -> Any:
    """List the days on which one does not answer, as a teacher."""
    rows = access.leaves_of(_teacher(request))
    return page_of(request, LeavePage, cut(rows, LEAVE_ORDER, asked), leave_shape)


@operation(
    router,
    "POST",
    "/leaves",
    scope=Scope.GUIDANCE_WRITE,
    gives=Leave,
    takes=JSON,
    creates=True,
)
def add_leave(request: ApiRequest, sent: LeaveIn) -> Answer:
    """Say, as a teacher, when one does not answer: one's students see until when."""
    teacher = _teacher(request)
    form = checked(LeaveForm(as_form(sent.model_dump()), instance=TeacherLeave(teacher=teacher)))

    def make() -> int:
        actions.keep_leave(form.instance)
        return int(form.instance.pk)

    key, is_new = once(teacher, sent.client_id, "leave", make, at=timezone.now())
    kept = get_object_or_404(access.leaves_of(teacher), pk=key)
    return made(leave_shape(kept), is_new=is_new, location=f"/api/v1/leaves/{key}")


@operation(router, "GET", "/leaves/{int:pk}", scope=Scope.GUIDANCE_READ, gives=Leave)
def get_leave(request: ApiRequest, pk: KeyInAddress) -> Leave:
    """Read days of one's own leave."""
    return leave_shape(get_object_or_404(access.leaves_of(request.user), pk=pk))


@operation(
    router, "DELETE", "/leaves/{int:pk}", scope=Scope.GUIDANCE_WRITE, gives=None, match="asked"
)
def delete_leave(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take days of one's own leave away."""
    row = get_object_or_404(access.leaves_of(request.user), pk=pk)
    check_match(request, lambda: leave_shape(row), needed=False)
    actions.delete_leave(row)
    return NOTHING


def _teacher(request: ApiRequest) -> User:
    if not is_teacher(request.user):
        raise not_found()
    return request.user


def _link(request: ApiRequest, pk: int) -> PlacementTeacher:
    return get_object_or_404(access.links_of_either(request.user), pk=pk)


def _shown(request: ApiRequest, pk: int) -> Agreement:
    (agreed,) = _agreed([_link(request, pk)])
    return shape(agreed, request.user)


def _agreed(links: Sequence[PlacementTeacher]) -> list[Agreed]:
    return queries.agreed_on(links, today=timezone.localdate())


def _agreed_terms(row: WorkingAgreement | None, reader: User) -> AgreedTerms | None:
    if row is None:
        return None
    return AgreedTerms(
        **_parts(row),
        id=row.pk,
        is_mine=row.proposed_by_id == reader.pk,
        proposed_at=moment_of(row.proposed_at),
        confirmed_at=moment(row.confirmed_at),
    )


def _parts(terms: TermsRow) -> dict[str, Any]:
    return {name: getattr(terms, name) for name in FIELDS}

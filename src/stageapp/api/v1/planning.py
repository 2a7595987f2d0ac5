"""What a student plans: deadlines, appointments, absences; and the calendar feed of anybody.

Talks with a teacher are guidance, and stand there: who reads a calendar does not read questions.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from stageapp.api.actions import once
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON, need
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import ApiError, not_found, wrong
from stageapp.api.v1.sending import (
    as_form,
    checked,
    locked_row,
    placement_for,
    unknown_parts,
)
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Flag,
    Key,
    KeyInAddress,
    Name,
    Page,
    Sent,
    SentDay,
    SentMoment,
    SentTime,
    Shape,
    Text,
    moment,
    moment_of,
)
from stageapp.placements import actions as placement_actions
from stageapp.placements.access import absences_of
from stageapp.placements.forms import AbsenceForm
from stageapp.placements.models import Interruption
from stageapp.planning import access, actions, queries
from stageapp.planning.forms import AppointmentForm, DeadlineForm, FeedForm
from stageapp.planning.models import PLACE_LENGTH, CalendarFeed
from stageapp.planning.models import Appointment as AppointmentRow
from stageapp.planning.models import Deadline as DeadlineRow
from stageapp.programmes.models import CohortDeadline
from stageapp.programmes.queries import is_student, is_teacher

router = Router(tags=["calendar"])
DUE_ORDER = ("due_on", "pk")
APPOINTMENT_ORDER = ("starts_at", "pk")
ABSENCE_ORDER = ("starts_on", "pk")
Title = Annotated[Name, Field(min_length=1)]
Place = Annotated[str, Field(max_length=PLACE_LENGTH)]
WhyAbsent = Literal["pause", "sickness", "holiday"]
#: What the form of an appointment calls its parts.
NAMES = {"day": "starts_at", "begin": "starts_at", "end": "ends_at", "location": "place"}


class PlannedFilter(Paged):
    """Of which placement, and of which days."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")
    first: SentDay | None = Field(None, description="From this day on.")
    last: SentDay | None = Field(None, description="Up to and including this day.")


class DeadlineFilter(PlannedFilter):
    """Which deadlines."""

    is_done: bool | None = None


class ProgrammeDeadline(Shape):
    """A deadline of the programme, for everybody in the cohort."""

    id: int
    title: str
    due_on: date
    due_time: str | None = Field(description="HH:MM, by the clock of the institution.")


class ProgrammeDeadlinePage(Page[ProgrammeDeadline]):
    """Some deadlines of the programme, the earliest first."""


class Deadline(ProgrammeDeadline):
    """A deadline that a student sets; nobody else sees it."""

    placement: int
    done_at: datetime | None
    created_at: datetime


class DeadlinePage(Page[Deadline]):
    """Some deadlines, the earliest first."""


class DeadlineIn(Sent):
    """A new deadline."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: the current placement.")
    title: Title
    due_on: SentDay
    due_time: SentTime | None = None


class DeadlineChange(Sent):
    """What changes of a deadline; what is left out stays as it is."""

    model_config = PARTIAL

    title: Title = ""
    due_on: SentDay = None  # type: ignore[assignment]
    due_time: SentTime | None = None
    is_done: Flag = False


class Appointment(Shape):
    """An appointment that a student noted; nobody else sees it."""

    id: int
    placement: int
    title: str
    with_whom: str
    place: str
    starts_at: datetime
    ends_at: datetime
    note: str
    created_at: datetime


class AppointmentPage(Page[Appointment]):
    """Some appointments, the earliest first."""


class AppointmentIn(Sent):
    """A new appointment, on one day."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: the current placement.")
    title: Title
    starts_at: SentMoment
    ends_at: SentMoment
    with_whom: Name = ""
    place: Place = ""
    note: Text = ""


class AppointmentChange(Sent):
    """What changes of an appointment; what is left out stays as it is."""

    model_config = PARTIAL

    title: Title = ""
    starts_at: SentMoment = None  # type: ignore[assignment]
    ends_at: SentMoment = None  # type: ignore[assignment]
    with_whom: Name = ""
    place: Place = ""
    note: Text = ""


class Absence(Shape):
    """Days on which a student was not at work; the reason is for nobody else."""

    id: int
    placement: int
    kind: str = Field(description="pause, sickness or holiday.")
    starts_on: date
    ends_on: date
    reason: str


class AbsencePage(Page[Absence]):
    """Some absences, the earliest first."""


class AbsenceIn(Sent):
    """New days of absence."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: the current placement.")
    kind: WhyAbsent = "sickness"
    starts_on: SentDay
    ends_on: SentDay | None = Field(None, description="Left out: one day.")
    reason: Text = ""


class AbsenceChange(Sent):
    """What changes of an absence; what is left out stays as it is."""

    model_config = PARTIAL

    kind: WhyAbsent = "sickness"
    starts_on: SentDay = None  # type: ignore[assignment]
    ends_on: SentDay = None  # type: ignore[assignment]
    reason: Text = ""


class Feed(Shape):
    """Whether a calendar program can read somebody's dates; its address is shown once, in the app.

    Who has that address needs no token.
    """

    is_on: bool
    with_activities: bool = Field(description="The first words of what was logged stand in it too.")
    made_at: datetime | None


class FeedChange(Sent):
    """What stands in the feed."""

    with_activities: Flag


# Deadlines ----------------------------------------------------------------------------------------


def deadline_shape(row: DeadlineRow) -> Deadline:
    """Return a deadline as it goes out."""
    return Deadline(
        id=row.pk,
        placement=row.placement_id,
        title=row.title,
        due_on=row.due_on,
        due_time=_clock(row.due_time),
        done_at=moment(row.done_at),
        created_at=moment_of(row.created_at),
    )


def programme_shape(row: CohortDeadline) -> ProgrammeDeadline:
    """Return a deadline of the programme as it goes out."""
    return ProgrammeDeadline(
        id=row.pk, title=row.title, due_on=row.due_on, due_time=_clock(row.due_time)
    )


@operation(router, "GET", "/deadlines", scope=Scope.CALENDAR_READ, gives=DeadlinePage)
def list_deadlines(request: ApiRequest, asked: Query[DeadlineFilter]) -> Any:
    """List the deadlines that a student set."""
    placement = placement_for(request.user, asked.placement)
    rows = access.deadlines_of(request.user).filter(placement=placement)
    if asked.is_done is not None:
        rows = rows.filter(done_at__isnull=not asked.is_done)
    found = cut(_due_between(rows, asked), DUE_ORDER, asked)
    return page_of(request, DeadlinePage, found, deadline_shape)


@operation(
    router,
    "GET",
    "/programme-deadlines",
    scope=Scope.CALENDAR_READ,
    gives=ProgrammeDeadlinePage,
)
def list_programme_deadlines(request: ApiRequest, asked: Query[PlannedFilter]) -> Any:
    """List the deadlines that the programme set for the cohort of a placement."""
    placement = placement_for(request.user, asked.placement)
    rows = queries.programme_deadlines_of(placement)
    found = cut(_due_between(rows, asked), DUE_ORDER, asked)
    return page_of(request, ProgrammeDeadlinePage, found, programme_shape)


@operation(
    router,
    "POST",
    "/deadlines",
    scope=Scope.CALENDAR_WRITE,
    gives=Deadline,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def add_deadline(request: ApiRequest, sent: DeadlineIn) -> Answer:
    """Set a deadline."""
    placement = placement_for(request.user, sent.placement)
    form = checked(
        DeadlineForm(as_form(sent.model_dump()), instance=DeadlineRow(placement=placement))
    )

    def make() -> int:
        actions.keep_deadline(form.instance)
        return int(form.instance.pk)

    key, is_new = once(request.user, sent.client_id, "deadline", make, at=timezone.now())
    kept = get_object_or_404(access.deadlines_of(request.user), pk=key)
    return made(deadline_shape(kept), is_new=is_new, location=f"/api/v1/deadlines/{key}")


@operation(router, "GET", "/deadlines/{int:pk}", scope=Scope.CALENDAR_READ, gives=Deadline)
def get_deadline(request: ApiRequest, pk: KeyInAddress) -> Deadline:
    """Read one deadline."""
    return deadline_shape(get_object_or_404(access.deadlines_of(request.user), pk=pk))


@operation(
    router,
    "PATCH",
    "/deadlines/{int:pk}",
    scope=Scope.CALENDAR_WRITE,
    gives=Deadline,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_deadline(request: ApiRequest, pk: KeyInAddress, sent: DeadlineChange) -> Deadline:
    """Change a deadline, or tick it off."""
    row = locked_row(access.deadlines_of(request.user), pk)
    check_match(request, lambda: deadline_shape(row), needed=True)
    told = {"title": row.title, "due_on": row.due_on, "due_time": row.due_time} | sent.told()
    is_done = told.pop("is_done", row.done_at is not None)
    form = checked(DeadlineForm(as_form(told), instance=row))
    actions.keep_deadline(form.instance)
    if is_done != (row.done_at is not None):
        actions.set_done(row, is_done=is_done, at=timezone.now())
    return deadline_shape(get_object_or_404(access.deadlines_of(request.user), pk=pk))


@operation(
    router,
    "DELETE",
    "/deadlines/{int:pk}",
    scope=Scope.CALENDAR_WRITE,
    gives=None,
    match="asked",
)
@transaction.atomic
def delete_deadline(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take a deadline away."""
    row = locked_row(access.deadlines_of(request.user), pk)
    check_match(request, lambda: deadline_shape(row), needed=False)
    actions.delete_deadline(row)
    return NOTHING


# Appointments -------------------------------------------------------------------------------------


def appointment_shape(row: AppointmentRow) -> Appointment:
    """Return an appointment as it goes out."""
    return Appointment(
        id=row.pk,
        placement=row.placement_id,
        title=row.title,
        with_whom=row.with_whom,
        place=row.location,
        starts_at=moment_of(row.starts_at),
        ends_at=moment_of(row.ends_at),
        note=row.note,
        created_at=moment_of(row.created_at),
    )


@operation(router, "GET", "/appointments", scope=Scope.CALENDAR_READ, gives=AppointmentPage)
def list_appointments(request: ApiRequest, asked: Query[PlannedFilter]) -> Any:
    """List what a student noted; talks with a teacher are at `talks`."""
    placement = placement_for(request.user, asked.placement)
    rows = access.notes_of(request.user).filter(placement=placement)
    if asked.first:
        rows = rows.filter(starts_at__date__gte=asked.first)
    if asked.last:
        rows = rows.filter(starts_at__date__lte=asked.last)
    found = cut(rows, APPOINTMENT_ORDER, asked)
    return page_of(request, AppointmentPage, found, appointment_shape)


@operation(
    router,
    "POST",
    "/appointments",
    scope=Scope.CALENDAR_WRITE,
    gives=Appointment,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def add_appointment(request: ApiRequest, sent: AppointmentIn) -> Answer:
    """Note an appointment."""
    placement = placement_for(request.user, sent.placement)
    form = _appointment_form(sent.model_dump(), AppointmentRow(placement=placement))

    def make() -> int:
        actions.keep_appointment(form.instance)
        return int(form.instance.pk)

    key, is_new = once(request.user, sent.client_id, "appointment", make, at=timezone.now())
    kept = get_object_or_404(access.notes_of(request.user), pk=key)
    return made(appointment_shape(kept), is_new=is_new, location=f"/api/v1/appointments/{key}")


@operation(router, "GET", "/appointments/{int:pk}", scope=Scope.CALENDAR_READ, gives=Appointment)
def get_appointment(request: ApiRequest, pk: KeyInAddress) -> Appointment:
    """Read one appointment."""
    return appointment_shape(get_object_or_404(access.notes_of(request.user), pk=pk))


@operation(
    router,
    "PATCH",
    "/appointments/{int:pk}",
    scope=Scope.CALENDAR_WRITE,
    gives=Appointment,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_appointment(
    request: ApiRequest, pk: KeyInAddress, sent: AppointmentChange
) -> Appointment:
    """Change an appointment."""
    row = locked_row(access.notes_of(request.user), pk)
    check_match(request, lambda: appointment_shape(row), needed=True)
    now = {name: getattr(row, name) for name in ("title", "with_whom", "note")}
    now |= {"place": row.location, "starts_at": row.starts_at, "ends_at": row.ends_at}
    actions.keep_appointment(_appointment_form(now | sent.told(), row).instance)
    return appointment_shape(get_object_or_404(access.notes_of(request.user), pk=pk))


@operation(
    router,
    "DELETE",
    "/appointments/{int:pk}",
    scope=Scope.CALENDAR_WRITE,
    gives=None,
    match="asked",
)
@transaction.atomic
def delete_appointment(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take an appointment away."""
    row = locked_row(access.notes_of(request.user), pk)
    check_match(request, lambda: appointment_shape(row), needed=False)
    actions.delete_appointment(row)
    return NOTHING


# Absences -----------------------------------------------------------------------------------------


def absence_shape(row: Interruption) -> Absence:
    """Return an absence as it goes out."""
    return Absence(
        id=row.pk,
        placement=row.placement_id,
        kind=row.kind,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        reason=row.reason,
    )


@operation(router, "GET", "/absences", scope=Scope.CALENDAR_READ, gives=AbsencePage)
def list_absences(request: ApiRequest, asked: Query[PlannedFilter]) -> Any:
    """List the days on which a student was not at work; `first` and `last` give what touches."""
    placement = placement_for(request.user, asked.placement)
    rows = absences_of(request.user).filter(placement=placement)
    if asked.first:
        rows = rows.filter(ends_on__gte=asked.first)
    if asked.last:
        rows = rows.filter(starts_on__lte=asked.last)
    return page_of(request, AbsencePage, cut(rows, ABSENCE_ORDER, asked), absence_shape)


@operation(
    router,
    "POST",
    "/absences",
    scope=Scope.CALENDAR_WRITE,
    gives=Absence,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def add_absence(request: ApiRequest, sent: AbsenceIn) -> Answer:
    """Say that a student is not at work for some days: the placement stands still on them."""
    placement = placement_for(request.user, sent.placement)
    form = checked(
        AbsenceForm(as_form(sent.model_dump()), instance=Interruption(placement=placement))
    )

    def make() -> int:
        placement_actions.keep_absence(form.instance)
        return int(form.instance.pk)

    key, is_new = once(request.user, sent.client_id, "absence", make, at=timezone.now())
    kept = get_object_or_404(absences_of(request.user), pk=key)
    return made(absence_shape(kept), is_new=is_new, location=f"/api/v1/absences/{key}")


@operation(router, "GET", "/absences/{int:pk}", scope=Scope.CALENDAR_READ, gives=Absence)
def get_absence(request: ApiRequest, pk: KeyInAddress) -> Absence:
    """Read one absence."""
    return absence_shape(get_object_or_404(absences_of(request.user), pk=pk))


@operation(
    router,
    "PATCH",
    "/absences/{int:pk}",
    scope=Scope.CALENDAR_WRITE,
    gives=Absence,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_absence(request: ApiRequest, pk: KeyInAddress, sent: AbsenceChange) -> Absence:
    """Change an absence."""
    row = locked_row(absences_of(request.user), pk)
    check_match(request, lambda: absence_shape(row), needed=True)
    now = {name: getattr(row, name) for name in ("kind", "starts_on", "ends_on", "reason")}
    form = checked(AbsenceForm(as_form(now | sent.told()), instance=row))
    placement_actions.keep_absence(form.instance)
    return absence_shape(get_object_or_404(absences_of(request.user), pk=pk))


@operation(
    router,
    "DELETE",
    "/absences/{int:pk}",
    scope=Scope.CALENDAR_WRITE,
    gives=None,
    match="asked",
)
@transaction.atomic
def delete_absence(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take an absence away."""
    row = locked_row(absences_of(request.user), pk)
    check_match(request, lambda: absence_shape(row), needed=False)
    placement_actions.delete_absence(row)
    return NOTHING


# The feed -----------------------------------------------------------------------------------------


def feed_shape(row: CalendarFeed | None) -> Feed:
    """Return how a feed stands; nothing of its address is kept."""
    return Feed(
        is_on=row is not None,
        with_activities=bool(row and row.with_activities),
        made_at=moment(row.created_at) if row else None,
    )


@operation(router, "GET", "/calendar-feed", scope=Scope.CALENDAR_READ, gives=Feed)
def get_calendar_feed(request: ApiRequest) -> Feed:
    """Read whether there is a calendar feed, and what stands in it."""
    return feed_shape(_feed(request))


@operation(
    router,
    "PATCH",
    "/calendar-feed",
    scope=Scope.CALENDAR_WRITE,
    gives=Feed,
    takes=JSON,
    match="needed",
    conflicts=True,
)
@transaction.atomic
def change_calendar_feed(request: ApiRequest, sent: FeedChange) -> Feed:
    """Change what stands in the feed; activities need `logbook:read` too."""
    if sent.with_activities:
        need(request, Scope.LOGBOOK_READ)
    row = _feed(request)
    if row is None:
        raise ApiError("conflict", detail=_("Make the address of your calendar in the app first."))
    check_match(request, lambda: feed_shape(row), needed=True)
    form = FeedForm(as_form(sent.model_dump()), instance=row)
    if not request.user.placements.exists():
        del form.fields["with_activities"]
    unknown_parts(sent.told(), form, {})
    actions.change_feed(row, with_activities=checked(form).instance.with_activities)
    return feed_shape(_feed(request))


@operation(router, "DELETE", "/calendar-feed", scope=Scope.CALENDAR_WRITE, gives=None)
def revoke_calendar_feed(request: ApiRequest) -> Answer:
    """Let the address of the feed show nothing any more."""
    _feed(request)
    actions.revoke_feed(request.user)
    return NOTHING


def _feed(request: ApiRequest) -> CalendarFeed | None:
    """Return the feed of who asks; only who studies or teaches has a page for it."""
    person = request.user
    if not (is_teacher(person) or is_student(person) or person.placements.exists()):
        raise not_found()
    return CalendarFeed.objects.filter(person=person).first()


def _appointment_form(told: dict[str, Any], row: AppointmentRow) -> AppointmentForm:
    begin, end = (timezone.localtime(told[name]) for name in ("starts_at", "ends_at"))
    if end.date() != begin.date():
        raise wrong("ends_at", _("An appointment ends on the day on which it begins."))
    values = {name: told[name] for name in ("title", "with_whom", "note")}
    values |= {"location": told["place"], "day": begin.date()}
    values |= {"begin": begin.time(), "end": end.time()}
    return checked(AppointmentForm(as_form(values), instance=row), NAMES)


def _due_between(rows: QuerySet[Any], asked: PlannedFilter) -> QuerySet[Any]:
    if asked.first:
        rows = rows.filter(due_on__gte=asked.first)
    return rows.filter(due_on__lte=asked.last) if asked.last else rows


def _clock(at: Any) -> str | None:
    """Return a time as people write it."""
    return at.strftime("%H:%M") if at else None

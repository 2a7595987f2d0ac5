"""Placements, for their student."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from stageapp.api.actions import once
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import not_found
from stageapp.api.v1.sending import as_form, checked, locked
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Flag,
    Key,
    KeyInAddress,
    Name,
    Page,
    Ref,
    Sent,
    SentDay,
    Shape,
    Text,
)
from stageapp.placements import access, actions
from stageapp.placements.forms import PlacementForm, WorkplaceForm
from stageapp.placements.models import Placement as Row
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.queries import is_student

router = Router(tags=["placements"])
ORDER = ("-is_current", "-starts_on", "-pk")
PREFIX = "workplace"
WORKPLACE = ("name", "street", "postal_code", "town", "country")
OWN = (
    "starts_on",
    "ends_on",
    "days_per_week",
    "hours_per_day",
    "supervisor_name",
    "supervisor_email",
    "supervisor_phone",
    "assignment",
    "is_current",
    "shows_effort",
)
NAMES = {f"{PREFIX}-{name}": f"{PREFIX}.{name}" for name in WORKPLACE}


class Workplace(Shape):
    """Where the student learns."""

    name: str
    street: str
    postal_code: str
    town: str
    country: str


class Placement(Shape):
    """One period of learning at a workplace."""

    id: int
    cohort: Ref
    programme: Ref
    workplace: Workplace
    starts_on: date
    ends_on: date
    days_per_week: int
    weekdays: list[int] = Field(description="ISO numbers of the working days; 1 is Monday.")
    hours_per_day: float
    supervisor_name: str
    supervisor_email: str
    supervisor_phone: str
    assignment: str
    is_current: bool
    shows_effort: bool = Field(description="The teacher sees how many days and hours were logged.")
    progress: int = Field(description="Percents of the period that are over.")
    teachers: list[Ref]


class PlacementPage(Page[Placement]):
    """Some placements, the current one first."""


class WorkplaceIn(Sent):
    """Where the student learns."""

    name: Annotated[Name, Field(min_length=1)]
    street: Name = ""
    postal_code: Annotated[str, Field(max_length=12)] = ""
    town: Name = ""
    country: Annotated[str, Field(min_length=2, max_length=2)] = "NL"


class WorkplaceChange(Sent):
    """What changes of the workplace."""

    model_config = PARTIAL

    name: Annotated[Name, Field(min_length=1)] = ""
    street: Name = ""
    postal_code: Annotated[str, Field(max_length=12)] = ""
    town: Name = ""
    country: Annotated[str, Field(min_length=2, max_length=2)] = "NL"


Weekdays = Annotated[list[Annotated[int, Field(ge=1, le=7, strict=True)]], Field(max_length=7)]
Days = Annotated[int, Field(ge=1, le=7, strict=True)]
Hours = Annotated[float, Field(ge=0.5, le=24)]


class PlacementIn(Sent):
    """A new placement."""

    client_id: ClientId = None
    cohort: Key
    teacher: Key | None = None
    starts_on: SentDay
    ends_on: SentDay
    days_per_week: Days = 5
    weekdays: Weekdays = []
    hours_per_day: Hours = 8
    supervisor_name: Name = ""
    supervisor_email: Annotated[str, Field(max_length=254)] = ""
    supervisor_phone: Annotated[str, Field(max_length=30)] = ""
    assignment: Text = ""
    is_current: Flag = True
    shows_effort: Flag = False
    workplace: WorkplaceIn


class PlacementChange(Sent):
    """What changes of a placement; what is left out stays as it is."""

    model_config = PARTIAL

    teacher: Key | None = None
    starts_on: SentDay = None  # type: ignore[assignment]
    ends_on: SentDay = None  # type: ignore[assignment]
    days_per_week: Days = 5
    weekdays: Weekdays = []
    hours_per_day: Hours = 8
    supervisor_name: Name = ""
    supervisor_email: Annotated[str, Field(max_length=254)] = ""
    supervisor_phone: Annotated[str, Field(max_length=30)] = ""
    assignment: Text = ""
    is_current: Flag = True
    shows_effort: Flag = False
    workplace: WorkplaceChange = Field(default_factory=WorkplaceChange)


def whole(rows: QuerySet[Row]) -> QuerySet[Any]:
    """Fetch who guides each placement along with it."""
    links = PlacementTeacher.objects.filter(ended_at=None).select_related("teacher")
    return rows.prefetch_related(Prefetch("teacher_links", links, "guides"))


def shape(row: Any) -> Placement:
    """Return a placement with the rows of `whole` as it goes out."""
    programme = row.cohort.programme
    return Placement(
        id=row.pk,
        cohort=Ref(id=row.cohort_id, name=row.cohort.name),
        programme=Ref(id=programme.pk, name=programme.name),
        workplace=Workplace(**{name: getattr(row.workplace, name) for name in WORKPLACE}),
        weekdays=sorted(row.working_weekdays),
        progress=row.period.progress(row.today()),
        teachers=[Ref(id=one.teacher_id, name=one.teacher.name) for one in row.guides],
        **{name: getattr(row, name) for name in OWN if name != "hours_per_day"},
        hours_per_day=float(row.hours_per_day),
    )


def fetch(request: ApiRequest, pk: int) -> Any:
    """Return an own placement."""
    return get_object_or_404(whole(access.placements_of(request.user)), pk=pk)


@operation(router, "GET", "/placements", scope=Scope.PLACEMENTS_READ, gives=PlacementPage)
def list_placements(request: ApiRequest, asked: Query[Paged]) -> Any:
    """List the student's own placements, the current one first."""
    rows = whole(access.placements_of(request.user))
    return page_of(request, PlacementPage, cut(rows, ORDER, asked), shape)


@operation(
    router,
    "POST",
    "/placements",
    scope=Scope.PLACEMENTS_WRITE,
    gives=Placement,
    takes=JSON,
    creates=True,
)
def start_placement(request: ApiRequest, sent: PlacementIn) -> Answer:
    """Start a placement: what everything else of a student hangs on."""
    if not is_student(request.user):
        raise not_found()
    now = timezone.now()
    form, workplace = _forms(request, sent.model_dump(exclude={"client_id"}), Row())

    def make() -> int:
        kept = actions.start_placement(
            form.instance,
            workplace.save(commit=False),
            by=request.user,
            teacher=form.cleaned_data.get("teacher"),
            at=now,
        )
        return int(kept.pk)

    key, is_new = once(request.user, sent.client_id, "placement", make, at=now)
    return made(shape(fetch(request, key)), is_new=is_new, location=f"/api/v1/placements/{key}")


@operation(router, "GET", "/placements/{int:pk}", scope=Scope.PLACEMENTS_READ, gives=Placement)
def get_placement(request: ApiRequest, pk: KeyInAddress) -> Placement:
    """Read one placement."""
    return shape(fetch(request, pk))


@operation(
    router,
    "PATCH",
    "/placements/{int:pk}",
    scope=Scope.PLACEMENTS_WRITE,
    gives=Placement,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_placement(request: ApiRequest, pk: KeyInAddress, sent: PlacementChange) -> Placement:
    """Change a placement; what is left out stays as it is. A teacher is added, never taken away."""
    locked(fetch(request, pk))
    row: Any = fetch(request, pk)
    check_match(request, lambda: shape(row), needed=True)
    now = {name: getattr(row, name) for name in OWN} | {"weekdays": list(row.weekdays)}
    now["workplace"] = {name: getattr(row.workplace, name) for name in WORKPLACE}
    told = sent.told()
    if "workplace" in told:
        told["workplace"] = now["workplace"] | told["workplace"].told()
    form, workplace = _forms(request, now | told, row)
    actions.change_placement(
        form.instance,
        workplace.save(commit=False),
        teacher=form.cleaned_data.get("teacher"),
        at=timezone.now(),
    )
    return shape(fetch(request, pk))


@operation(
    router,
    "POST",
    "/placements/{int:pk}/make-current",
    scope=Scope.PLACEMENTS_WRITE,
    gives=Placement,
)
def make_placement_current(request: ApiRequest, pk: KeyInAddress) -> Placement:
    """Work in this placement from now on."""
    actions.make_current(fetch(request, pk))
    return shape(fetch(request, pk))


def _forms(
    request: ApiRequest, told: dict[str, Any], row: Any
) -> tuple[PlacementForm, WorkplaceForm]:
    """Return both forms of a placement, once they are right."""
    values = {name: value for name, value in told.items() if name != PREFIX}
    hours = values.get("hours_per_day")
    values["hours_per_day"] = None if hours is None else Decimal(str(hours))
    values |= {f"{PREFIX}-{name}": text for name, text in told[PREFIX].items()}
    data = as_form(values)
    form = PlacementForm(
        data, instance=row, student=request.user, has_teacher=bool(getattr(row, "guides", ()))
    )
    workplace = row.workplace if row.pk else None
    place = WorkplaceForm(data, instance=workplace, prefix=PREFIX)
    return checked(form, NAMES), checked(place, {name: f"{PREFIX}.{name}" for name in WORKPLACE})

"""Reflections, after the models that a programme offers."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import ApiError, FieldProblem, wrong
from stageapp.api.v1.sending import as_form, checked, locked, placement_for
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Day,
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
    moment_of,
    ref,
)
from stageapp.logbook import access, actions_reflections
from stageapp.logbook.forms_reflection import ReflectionForm
from stageapp.logbook.models import Reflection as Row
from stageapp.logbook.models import ReflectionAnswer
from stageapp.placements.models import Placement
from stageapp.programmes.models import ReflectionModel
from stageapp.programmes.queries import reflection_models_for

router = Router(tags=["reflections"])
ORDER = ("-date", "-pk")
#: How a form calls the text of a field of the model.
TEXT = "text-"


class Written(Shape):
    """What was written in one field of a reflection."""

    field: str
    label: str
    text: str


class Reflection(Shape):
    """A reflection after a model, on an activity or on its own."""

    id: int
    client_id: uuid.UUID
    placement: int
    activity: int | None
    model: Ref
    title: str
    date: Day
    is_draft: bool
    texts: list[Written]
    created_at: datetime
    updated_at: datetime


class ReflectionPage(Page[Reflection]):
    """Some reflections, newest first."""


#: The fields of a model by their keys; a model has a handful.
Texts = Annotated[
    dict[Annotated[str, Field(max_length=50)], Text],
    Field(max_length=50, description="Texts by the key of the field: see vocabularies."),
]


class ReflectionIn(Sent):
    """A new reflection. On an activity it is of the day of that activity."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: that of the activity, or now's.")
    activity: Key | None = None
    model: Key
    title: Name = ""
    date: SentDay | None = Field(None, description="Left out: today. An activity has its own day.")
    texts: Texts = {}
    is_draft: Flag = Field(False, description="Kept while typing: nothing has to be filled in.")


class ReflectionChange(Sent):
    """What changes of a reflection; what is left out stays as it is."""

    model_config = PARTIAL

    title: Name = ""
    date: SentDay = None  # type: ignore[assignment]
    texts: Texts = {}
    is_draft: Flag = Field(False, description="False: it is done. One that is done stays so.")


class ReflectionFilter(Paged):
    """Which reflections."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")
    model: KeyInAddress | None = None
    activity: KeyInAddress | None = None


def whole(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Fetch all that goes out of a reflection."""
    answers = ReflectionAnswer.objects.select_related("field")
    return rows.select_related("model", "activity", "placement").prefetch_related(
        Prefetch("answers", answers)
    )


def shape(row: Row) -> Reflection:
    """Return a reflection with the rows of `whole` as it goes out."""
    model = ref(row.model)
    assert model
    return Reflection(
        id=row.pk,
        client_id=row.client_id,
        placement=row.placement_id,
        activity=row.activity_id,
        model=model,
        title=row.title,
        date=row.date,
        is_draft=row.is_draft,
        texts=[
            Written(field=one.field.key, label=one.field.label, text=one.text)
            for one in row.answers.all()
        ],
        created_at=moment_of(row.created_at),
        updated_at=moment_of(row.updated_at),
    )


def fetch(request: ApiRequest, pk: int) -> Row:
    """Return an own reflection."""
    return get_object_or_404(whole(access.reflections_of(request.user)), pk=pk)


@operation(router, "GET", "/reflections", scope=Scope.LOGBOOK_READ, gives=ReflectionPage)
def list_reflections(request: ApiRequest, asked: Query[ReflectionFilter]) -> Any:
    """List the reflections of a placement, newest first."""
    placement = placement_for(request.user, asked.placement)
    rows = access.reflections_of(request.user).filter(placement=placement)
    if asked.model:
        rows = rows.filter(model=asked.model)
    if asked.activity:
        rows = rows.filter(activity=asked.activity)
    return page_of(request, ReflectionPage, cut(whole(rows), ORDER, asked), shape)


@operation(
    router,
    "POST",
    "/reflections",
    scope=Scope.LOGBOOK_WRITE,
    gives=Reflection,
    takes=JSON,
    creates=True,
    conflicts=True,
)
@transaction.atomic
def write_reflection(request: ApiRequest, sent: ReflectionIn) -> Answer:
    """Write a reflection."""
    placement, activity = _place(request, sent)
    locked(placement)
    client_id = sent.client_id or uuid.uuid4()
    before = Row.objects.filter(placement=placement, client_id=client_id).first()
    if before:
        row = get_object_or_404(whole(Row.objects.all()), pk=before.pk)
        return made(shape(row), is_new=False, location=f"/api/v1/reflections/{row.pk}")
    model = _model(request, placement, sent.model)
    day = activity.date if activity else sent.date or min(placement.today(), placement.ends_on)
    fresh = Row(placement=placement, activity=activity, model=model, date=day, client_id=client_id)
    form = _form(fresh, sent.texts, title=sent.title, day=day, while_typing=sent.is_draft)
    kept = actions_reflections.write_reflection(
        form.reflection, form.answers, at=timezone.now(), while_typing=sent.is_draft
    )
    location = f"/api/v1/reflections/{kept.pk}"
    return made(shape(fetch(request, kept.pk)), is_new=True, location=location)


@operation(router, "GET", "/reflections/{int:pk}", scope=Scope.LOGBOOK_READ, gives=Reflection)
def get_reflection(request: ApiRequest, pk: KeyInAddress) -> Reflection:
    """Read one reflection."""
    return shape(fetch(request, pk))


@operation(
    router,
    "PATCH",
    "/reflections/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=Reflection,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_reflection(request: ApiRequest, pk: KeyInAddress, sent: ReflectionChange) -> Reflection:
    """Go on with a reflection; what is left out stays as it is."""
    locked(fetch(request, pk).placement)
    row = fetch(request, pk)
    check_match(request, lambda: shape(row), needed=True)
    told = sent.told()
    if row.activity_id and told.get("date") not in (None, row.date):
        raise wrong("date", _("The activity gives the day."))
    texts = {one.field.key: one.text for one in row.answers.all()} | sent.texts
    while_typing = told.get("is_draft", row.is_draft) and row.is_draft
    form = _form(
        row,
        texts,
        title=told.get("title", row.title),
        day=told.get("date", row.date),
        while_typing=while_typing,
    )
    actions_reflections.write_reflection(
        form.reflection, form.answers, at=timezone.now(), while_typing=while_typing
    )
    return shape(fetch(request, pk))


@operation(
    router,
    "DELETE",
    "/reflections/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=None,
    match="asked",
)
@transaction.atomic
def delete_reflection(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take a reflection away; it can be brought back for some weeks."""
    locked(fetch(request, pk).placement)
    row = fetch(request, pk)
    check_match(request, lambda: shape(row), needed=False)
    actions_reflections.delete_reflection(row, at=timezone.now())
    return NOTHING


@operation(
    router,
    "POST",
    "/reflections/{int:pk}/restore",
    scope=Scope.LOGBOOK_WRITE,
    gives=Reflection,
)
def restore_reflection(request: ApiRequest, pk: KeyInAddress) -> Reflection:
    """Bring a reflection back that was taken away."""
    row = get_object_or_404(access.deleted_reflections_of(request.user), pk=pk)
    actions_reflections.restore_reflection(row)
    return shape(fetch(request, pk))


def _place(request: ApiRequest, sent: ReflectionIn) -> tuple[Placement, Any]:
    """Return the placement and the activity of a new reflection."""
    if sent.activity is None:
        return placement_for(request.user, sent.placement), None
    own = access.activities_of(request.user).select_related("placement")
    activity = own.filter(pk=sent.activity).first()
    if activity is None or sent.placement not in (None, activity.placement_id):
        raise wrong("activity", _("Choose an activity of yours in this placement."))
    return placement_for(request.user, activity.placement_id), activity


def _model(request: ApiRequest, placement: Placement, key: int) -> ReflectionModel:
    models = reflection_models_for(request.user, placement.cohort)
    found = next((model for model in models if model.pk == key), None)
    if found is None:
        raise wrong("model", _("Choose a reflection model that your programme offers."))
    return found


def _form(
    row: Row, texts: dict[str, str], *, title: str, day: date, while_typing: bool
) -> ReflectionForm:
    values: dict[str, Any] = {f"{TEXT}{name}": text for name, text in texts.items()}
    values |= {"client_id": row.client_id, "title": title, "date": day}
    form = ReflectionForm(as_form(values), reflection=row, while_typing=while_typing)
    known = {field.key for field in form.asked}
    unknown = [
        FieldProblem(
            field=f"texts.{name}", message=_("This model has no such field."), code="not_asked"
        )
        for name, text in texts.items()
        if text and name not in known
    ]
    if unknown:
        raise ApiError("invalid", errors=unknown)
    return checked(form, {f"{TEXT}{name}": f"texts.{name}" for name in known})

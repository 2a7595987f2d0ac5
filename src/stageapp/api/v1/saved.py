"""What the student put aside, with an own note."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON, need
from stageapp.api.v1.insights import saved_chart
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import not_found, wrong
from stageapp.api.v1.sending import as_form, checked, placement_for
from stageapp.api.v1.shapes import Key, KeyInAddress, Page, Sent, Shape, Text, moment_of
from stageapp.api.v1.tips import saved_tip
from stageapp.logbook import access, actions
from stageapp.logbook.forms import SavedNoteForm
from stageapp.logbook.models import SavedItem as Row
from stageapp.programmes.queries import is_student

router = Router(tags=["saved"])
ORDER = ("-saved_at", "-pk")
#: What can be put aside.
What = Literal["activity", "reflection", "evidence", "tip", "chart"]

#: What of it is no part of the logbook: who saves it reads it.
OF_INSIGHTS = ("tip", "chart")


class Saved(Shape):
    """Something that the student put aside."""

    id: int
    placement: int
    kind: str = Field(description="activity, reflection, evidence, tip or chart.")
    about: int | None = Field(description="The key of the activity, reflection or evidence.")
    key: str = Field(description="Of a tip or a chart: which one, as it was.")
    snapshot: dict[str, Any] | None = Field(description="A tip or a chart as it looked.")
    note: str
    saved_at: datetime


class SavedPage(Page[Saved]):
    """Some saved items, last saved first."""


class SavedIn(Sent):
    """What to put aside: something of the logbook or a tip by `about`, or a chart by `chart`."""

    kind: What
    about: Key | None = None
    chart: Annotated[str, Field(max_length=50)] | None = None
    period: Annotated[str, Field(max_length=10)] = "all"


class SavedChange(Sent):
    """The note with it."""

    note: Text


class SavedFilter(Paged):
    """Which saved items."""

    placement: KeyInAddress | None = None
    kind: list[What] = []


def shape(row: Row) -> Saved:
    """Return a saved item as it goes out."""
    return Saved(
        id=row.pk,
        placement=row.placement_id,
        kind=row.kind,
        about=row.activity_id or row.reflection_id or row.evidence_id,
        key=row.key,
        snapshot=row.snapshot,
        note=row.note,
        saved_at=moment_of(row.saved_at),
    )


def own(request: ApiRequest) -> QuerySet[Row]:
    """Return what who asks put aside."""
    return access.saved_items_of(request.user)


@operation(router, "GET", "/saved", scope=Scope.LOGBOOK_READ, gives=SavedPage)
def list_saved(request: ApiRequest, asked: Query[SavedFilter]) -> Any:
    """List what the student put aside, last saved first."""
    if not (request.user.placements.exists() or is_student(request.user)):
        raise not_found()
    rows = own(request)
    if asked.placement:
        rows = rows.filter(placement=placement_for(request.user, asked.placement))
    if asked.kind:
        rows = rows.filter(kind__in=asked.kind)
    return page_of(request, SavedPage, cut(rows, ORDER, asked), shape)


@operation(
    router,
    "POST",
    "/saved",
    scope=Scope.LOGBOOK_WRITE,
    gives=Saved,
    takes=JSON,
    costs=("charts and statistics",),
    creates=True,
    conflicts=True,
)
def save(request: ApiRequest, sent: SavedIn) -> Answer:
    """Put something aside; what is saved already is returned as it is.

    A tip or a chart is kept as it looks now; it needs `insights:read` too.
    """
    if sent.kind in OF_INSIGHTS:
        need(request, Scope.INSIGHTS_READ)
    begun = timezone.now()
    row = _saved(request, sent)
    is_new = row.saved_at >= begun
    return made(shape(row), is_new=is_new, location=f"/api/v1/saved/{row.pk}")


@operation(router, "GET", "/saved/{int:pk}", scope=Scope.LOGBOOK_READ, gives=Saved)
def get_saved(request: ApiRequest, pk: KeyInAddress) -> Saved:
    """Read one saved item."""
    return shape(get_object_or_404(own(request), pk=pk))


@operation(
    router,
    "PATCH",
    "/saved/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=Saved,
    takes=JSON,
    match="needed",
)
def change_saved(request: ApiRequest, pk: KeyInAddress, sent: SavedChange) -> Saved:
    """Write the note with a saved item."""
    row = get_object_or_404(own(request), pk=pk)
    check_match(request, lambda: shape(row), needed=True)
    form = checked(SavedNoteForm(as_form({"note": sent.note}), instance=row))
    actions.write_note(form.instance)
    return shape(get_object_or_404(own(request), pk=pk))


@operation(
    router, "DELETE", "/saved/{int:pk}", scope=Scope.LOGBOOK_WRITE, gives=None, match="asked"
)
def unsave(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take an item off the timeline, with its note; what it is about stays."""
    row = get_object_or_404(own(request), pk=pk)
    check_match(request, lambda: shape(row), needed=False)
    actions.unsave(row)
    return NOTHING


def _saved(request: ApiRequest, sent: SavedIn) -> Row:
    now = timezone.now()
    if sent.kind == "chart":
        return saved_chart(placement_for(request.user, None), sent.chart or "", sent.period)
    if sent.kind == "tip":
        return saved_tip(placement_for(request.user, None), sent.about or 0)
    rows: dict[str, QuerySet[Any]] = {
        "activity": access.activities_of(request.user),
        "reflection": access.reflections_of(request.user),
        "evidence": access.evidence_of(request.user),
    }
    source = rows[sent.kind].select_related("placement").filter(pk=sent.about or 0).first()
    if source is None:
        raise wrong("about", _("Choose something of your own logbook."))
    return actions.save_item(source, by=request.user, at=now)

"""Activities: what a student did or learned."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

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
from stageapp.api.v1.problems import wrong
from stageapp.api.v1.sending import as_form, checked, done, locked, placement_for, unknown_parts
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
    SentMoment,
    Shape,
    Text,
    moment_of,
    ref,
    refs,
)
from stageapp.core.formfields import OTHER
from stageapp.logbook import access, actions, actions_reflections
from stageapp.logbook.forms import ActivityForm
from stageapp.logbook.forms_reflection import FeedbackForm
from stageapp.logbook.models import Activity as Row
from stageapp.logbook.models import ActivityFeedback, Evidence, Reflection
from stageapp.logbook.queries import JOINED
from stageapp.logbook.queries_find import Selection, selected_of
from stageapp.placements.models import Placement
from stageapp.programmes.models import Part

router = Router(tags=["activities"])
ORDER = ("-date", "-pk")
#: What the form calls otherwise.
FIELDS = {"minutes": Part.DURATION.value}
NAMES = {
    **{field: name for name, field in FIELDS.items()},
    "duration_minutes": "minutes",
}
ONE = ("moment", "category", "difficulty", "chain", "goal")
SEVERAL = ("people", "sources")
TEXTS = (
    "description",
    "learned",
    "next_steps",
    "support_workplace",
    "support_programme",
)


#: How an activity stands.
Status = Literal["finished", "busy", "transferred"]


class NewName(Sent):
    """Something that is in no list yet; the list gets it, as an own entry of the student."""

    new: Annotated[Name, Field(min_length=1)]


Choice = Key | NewName


class Feedback(Shape):
    """The student's own look back and ahead on an activity."""

    hard_because: str
    what_made_it_hard: str
    help_received: str
    is_satisfied: bool | None
    own_initiative: str
    next_step: str
    whom_to_ask: str
    support_workplace: str
    support_programme: str


class FeedbackIn(Sent):
    """A look back and ahead; what is left out becomes empty."""

    hard_because: ActivityFeedback.Reason | None = None
    what_made_it_hard: Text = ""
    help_received: ActivityFeedback.Help | None = None
    is_satisfied: Flag | None = None
    own_initiative: Text = ""
    next_step: Text = ""
    whom_to_ask: Text = ""
    support_workplace: Text = ""
    support_programme: Text = ""


class Activity(Shape):
    """Something a student did or learned on a day; which parts are used, the cohort decides."""

    id: int
    client_id: uuid.UUID
    placement: int
    date: Day
    moment: Ref | None
    description: str
    minutes: int | None
    category: Ref | None
    people: list[Ref]
    sources: list[Ref]
    status: str = Field(description="finished, busy, transferred, or empty.")
    difficulty: Ref | None
    chain: Ref | None
    goal: Ref | None
    competences: list[Ref]
    learned: str
    next_steps: str
    support_workplace: str
    support_programme: str
    wants_feedback: bool
    feedback: Feedback | None
    evidence: list[int]
    reflections: list[int]
    created_at: datetime
    updated_at: datetime


class ActivityPage(Page[Activity]):
    """Some activities, newest day first."""


class Parts(Sent):
    """The parts of an activity that can be left out."""

    moment: Choice | None = None
    minutes: Annotated[int, Field(ge=1, le=1440, strict=True)] | None = None
    category: Choice | None = None
    people: Annotated[list[Choice], Field(max_length=50)] = []
    sources: Annotated[list[Choice], Field(max_length=50)] = []
    status: Status | None = None
    difficulty: Key | None = None
    chain: Choice | None = None
    goal: Choice | None = None
    competences: Annotated[list[Key], Field(max_length=50)] = []
    learned: Text = ""
    next_steps: Text = ""
    support_workplace: Text = ""
    support_programme: Text = ""
    wants_feedback: Flag = False
    evidence: Annotated[
        list[Key],
        Field(max_length=50, description="Evidence that it has, all of it; the rest becomes loose"),
    ] = []


class ActivityIn(Parts):
    """A new activity. Which parts there are and which are required: see vocabularies."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: the current placement.")
    date: SentDay
    description: Annotated[Text, Field(min_length=1)]


class ActivityChange(Parts):
    """What changes of an activity; what is left out stays as it is."""

    model_config = PARTIAL

    date: SentDay = None  # type: ignore[assignment]
    description: Annotated[Text, Field(min_length=1)] = None  # type: ignore[assignment]


class ActivityFilter(Paged):
    """Which activities: any choice within one filter, all filters together."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")
    q: Name = Field("", description="Words in what the student wrote.")
    first: SentDay | None = Field(None, description="From this day on.")
    last: SentDay | None = Field(None, description="Up to and including this day.")
    changed_since: SentMoment | None = Field(None, description="Changed after this moment.")
    status: list[Status] = []
    category: list[KeyInAddress] = []
    moment: list[KeyInAddress] = []
    people: list[KeyInAddress] = []
    sources: list[KeyInAddress] = []
    difficulty: list[KeyInAddress] = []
    goal: list[KeyInAddress] = []
    competences: list[KeyInAddress] = []
    chain: list[KeyInAddress] = []
    has_reflection: bool | None = None
    has_evidence: bool | None = None

    @property
    def selection(self) -> Selection:
        """What is asked, as the logbook reads it."""
        parts = (Part(name) for name in (*ONE, *SEVERAL, "competences"))
        return Selection(
            words=self.q,
            first=self.first,
            last=self.last,
            chosen={part.value: set(keys) for part in parts if (keys := getattr(self, part.value))},
            statuses=frozenset(self.status),
            has_reflection=self.has_reflection,
            has_evidence=self.has_evidence,
        )


def whole(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Fetch all that goes out of an activity, in a fixed number of queries."""
    return rows.select_related("feedback", *JOINED).prefetch_related(
        "people",
        "sources",
        "competences",
        Prefetch("evidence", Evidence.objects.filter(deleted_at=None), "there"),
        Prefetch("reflections", Reflection.objects.filter(deleted_at=None), "written"),
    )


def shape(row: Any) -> Activity:
    """Return an activity with the rows of `whole` as it goes out."""
    feedback = getattr(row, "feedback", None)
    return Activity(
        id=row.pk,
        client_id=row.client_id,
        placement=row.placement_id,
        date=row.date,
        minutes=row.minutes,
        status=row.status,
        wants_feedback=row.wants_feedback,
        moment=ref(row.moment),
        category=ref(row.category),
        difficulty=ref(row.difficulty),
        chain=ref(row.chain),
        goal=ref(row.goal),
        people=refs(row.people.all()),
        sources=refs(row.sources.all()),
        competences=refs(row.competences.all()),
        **{name: getattr(row, name) for name in TEXTS},
        feedback=feedback_shape(feedback) if feedback else None,
        evidence=[one.pk for one in row.there],
        reflections=[one.pk for one in row.written],
        created_at=moment_of(row.created_at),
        updated_at=moment_of(row.updated_at),
    )


def feedback_shape(row: ActivityFeedback) -> Feedback:
    """Return a look back as it goes out."""
    return Feedback(**{name: getattr(row, name) for name in Feedback.model_fields})


def fetch(request: ApiRequest, pk: int) -> Row:
    """Return an own activity, with all that goes out of it."""
    return get_object_or_404(whole(access.activities_of(request.user)), pk=pk)


@operation(router, "GET", "/activities", scope=Scope.LOGBOOK_READ, gives=ActivityPage)
def list_activities(request: ApiRequest, asked: Query[ActivityFilter]) -> Any:
    """List the activities of a placement, newest day first."""
    placement = placement_for(request.user, asked.placement)
    rows = selected_of(placement, asked.selection)
    if asked.changed_since:
        rows = rows.filter(updated_at__gt=asked.changed_since)
    return page_of(request, ActivityPage, cut(whole(rows), ORDER, asked), shape)


@operation(
    router,
    "POST",
    "/activities",
    scope=Scope.LOGBOOK_WRITE,
    gives=Activity,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def log_activity(request: ApiRequest, sent: ActivityIn) -> Answer:
    """Log an activity."""
    placement = placement_for(request.user, sent.placement)
    told = sent.told()
    form = _form(told, placement, None, sent.client_id)
    fresh = form.activity
    kept = done(lambda: actions.log_activity(form.activity, form.choices, at=timezone.now()), NAMES)
    row = fetch(request, kept.pk) if kept.deleted_at is None else _removed(request, kept)
    return made(shape(row), is_new=kept is fresh, location=f"/api/v1/activities/{kept.pk}")


@operation(router, "GET", "/activities/{int:pk}", scope=Scope.LOGBOOK_READ, gives=Activity)
def get_activity(request: ApiRequest, pk: KeyInAddress) -> Activity:
    """Read one activity."""
    return shape(fetch(request, pk))


@operation(
    router,
    "PATCH",
    "/activities/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=Activity,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_activity(request: ApiRequest, pk: KeyInAddress, sent: ActivityChange) -> Activity:
    """Change an activity; what is left out stays as it is."""
    row = fetch(request, pk)
    locked(row.placement)
    row = fetch(request, pk)
    check_match(request, lambda: shape(row), needed=True)
    placement = placement_for(request.user, row.placement_id)
    form = _form({**_now(row), **sent.told()}, placement, row, None, only=sent.told())
    done(lambda: actions.change_activity(form.activity, form.choices, at=timezone.now()), NAMES)
    return shape(fetch(request, pk))


@operation(
    router,
    "DELETE",
    "/activities/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=None,
    match="asked",
)
@transaction.atomic
def delete_activity(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take an activity out of the logbook; it can be brought back for some weeks."""
    row = fetch(request, pk)
    locked(row.placement)
    check_match(request, lambda: shape(fetch(request, pk)), needed=False)
    actions.delete_activity(row, at=timezone.now())
    return NOTHING


@operation(
    router,
    "POST",
    "/activities/{int:pk}/restore",
    scope=Scope.LOGBOOK_WRITE,
    gives=Activity,
)
def restore_activity(request: ApiRequest, pk: KeyInAddress) -> Activity:
    """Bring an activity back that was taken out."""
    row = get_object_or_404(access.deleted_activities_of(request.user), pk=pk)
    done(lambda: actions.restore_activity(row), NAMES)
    return shape(fetch(request, pk))


@operation(
    router,
    "PUT",
    "/activities/{int:pk}/feedback",
    scope=Scope.LOGBOOK_WRITE,
    gives=Activity,
    takes=JSON,
    match="asked",
)
@transaction.atomic
def write_feedback(request: ApiRequest, pk: KeyInAddress, sent: FeedbackIn) -> Activity:
    """Look back and ahead on an activity, where the programme has that."""
    with_feedback = access.activities_of(request.user).filter(placement__cohort__has_feedback=True)
    row = get_object_or_404(whole(with_feedback), pk=pk)
    locked(row.placement)
    row = fetch(request, pk)
    check_match(request, lambda: shape(row), needed=False)
    kept = getattr(row, "feedback", None) or ActivityFeedback(activity=row)
    satisfied = {True: "yes", False: "no", None: ""}[sent.is_satisfied]
    form = checked(
        FeedbackForm(as_form(sent.model_dump() | {"is_satisfied": satisfied}), instance=kept)
    )
    actions_reflections.write_feedback(form.instance)
    return shape(fetch(request, pk))


def _removed(request: ApiRequest, kept: Row) -> Row:
    """Return what was sent before and taken out since: as it was, so that a retry ends."""
    own = whole(access.deleted_activities_of(request.user))
    return get_object_or_404(own, pk=kept.pk)


def _now(row: Any) -> dict[str, Any]:
    """Return an activity as a program would send it."""
    return {
        "date": row.date,
        "minutes": row.minutes,
        "status": row.status or None,
        "wants_feedback": row.wants_feedback,
        "evidence": [one.pk for one in row.there],
        **{name: getattr(row, f"{name}_id") for name in ONE},
        **{
            name: [one.pk for one in getattr(row, name).all()] for name in (*SEVERAL, "competences")
        },
        **{name: getattr(row, name) for name in TEXTS},
    }


def _form(
    told: dict[str, Any],
    placement: Placement,
    row: Row | None,
    client_id: uuid.UUID | None,
    *,
    only: dict[str, Any] | None = None,
) -> ActivityForm:
    """Return the form of the placement with what was sent, once it is right."""
    values = {name: told.get(name) for name in ("date", "status", "wants_feedback", *TEXTS)}
    values["client_id"] = client_id or (row.client_id if row else uuid.uuid4())
    values["duration_minutes"] = told.get("minutes")
    values["evidence"] = told.get("evidence") or []
    for name in ONE:
        values |= _chosen(name, told.get(name))
    for name in (*SEVERAL, "competences"):
        values |= _chosen(name, told.get(name) or [])
    form = ActivityForm(as_form(values), placement=placement, activity=row)
    asked = only if only is not None else told
    unknown_parts({name: asked[name] for name in asked if name in Parts.model_fields}, form, FIELDS)
    _check_evidence(asked, form)
    return checked(form, NAMES)


def _chosen(name: str, value: Any) -> dict[str, Any]:
    """Return a choice as the form has it: keys, and the name of what is in no list yet."""
    several = value if isinstance(value, list) else [value]
    new = [one.new for one in several if isinstance(one, NewName)]
    if len(new) > 1:
        raise wrong(name, _("Give one new name at a time."), "several_new")
    keys = [str(one) for one in several if isinstance(one, int)]
    if new:
        keys.append(OTHER)
    chosen: Any = keys if isinstance(value, list) else "".join(keys[:1])
    return {name: chosen, f"{name}_own": new[0] if new else ""}


def _check_evidence(told: dict[str, Any], form: ActivityForm) -> None:
    """Refuse evidence that cannot be chosen, where the form would leave it out in silence."""
    offered = {one.pk for one in form.options.evidence}
    if not set(told.get("evidence") or []) <= offered:
        raise wrong("evidence", _("Choose evidence of yours that belongs to nothing else."))

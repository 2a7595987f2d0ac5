"""Guidance questions with their conversation, for the student and for who reads them."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, UploadedFile
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON, MULTIPART, need
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Cut, Paged, cut
from stageapp.api.v1.points import NewPoint, as_rows, check_who, names_of_rows
from stageapp.api.v1.problems import ApiError, wrong
from stageapp.api.v1.sending import allowed, as_form, checked, done, placement_for
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
    Shape,
    Text,
    moment,
    moment_of,
)
from stageapp.guidance import access, actions, queries
from stageapp.guidance.actions_along import Readers
from stageapp.guidance.forms import (
    CloseForm,
    EditMessageForm,
    MessageForm,
    QuestionForm,
    key_of,
)
from stageapp.guidance.locking import locked
from stageapp.guidance.models import Attachment, GuidanceQuestion, SharedItem
from stageapp.guidance.models import Message as MessageRow
from stageapp.guidance.queries import ShownItem
from stageapp.guidance.queries_talks import talks_of
from stageapp.guidance.views import keep_supervisor_of
from stageapp.logbook.access import activities_of, evidence_of, reflections_of, saved_items_of
from stageapp.logbook.downloads import file_response
from stageapp.placements.models import Placement

router = Router(tags=["guidance-questions"])
ORDER = ("-created_at", "-pk")
MESSAGE_ORDER = ("sent_at", "pk")
#: How the form calls who is asked, by the addressee.
GUEST = {
    "supervisor": ("supervisor_name", "supervisor_email"),
    "other": ("other_name", "other_email"),
}
NAMES = {
    "supervisor_name": "guest_name",
    "supervisor_email": "guest_email",
    "other_name": "guest_name",
    "other_email": "guest_email",
    "attachments": "files",
}
MOST_ITEMS = 3
#: What a token needs beside guidance:write to let something go with a question: the answer shows
#: all of it.
READS = {
    "activity": Scope.LOGBOOK_READ,
    "reflection": Scope.LOGBOOK_READ,
    "evidence": Scope.LOGBOOK_READ,
    "saved": Scope.INSIGHTS_READ,
}
#: The wanted form of an answer, and who is asked.
HowToAnswer = Literal["written", "face_to_face", "phone", "video", "meeting"]
WhoAnswers = Literal["teacher", "supervisor", "other"]


class SharedThing(Shape):
    """Something that goes with a question: a snapshot of the moment that it was shared."""

    id: int
    kind: str = Field(description="activity, reflection, evidence, tip or chart.")
    snapshot: dict[str, Any] | None = Field(description="As its reader sees it, in both languages.")
    has_open_file: bool
    file: str | None = Field(description="Where its reader can take the file.")
    opened_on: date | None = Field(description="The day on which it was first opened.")
    withdrawn_at: datetime | None


class Asked(Shape):
    """To whom a question goes."""

    kind: str = Field(description="teacher, supervisor or other.")
    id: int | None = Field(description="Of a teacher.")
    name: str


class Attached(Shape):
    """A file with a message."""

    id: int
    name: str
    content_type: str
    size: int
    file: str


class Message(Shape):
    """One message in the conversation about a question."""

    id: int
    client_id: uuid.UUID
    writer: str
    is_mine: bool
    is_from_student: bool
    text: str
    sent_at: datetime
    edited_at: datetime | None
    files: list[Attached]


class MessagePage(Page[Message]):
    """Some messages, the oldest first."""


class QuestionSummary(Shape):
    """A question in a list."""

    id: int
    client_id: uuid.UUID
    placement: int
    student: Ref
    title: str
    state: str = Field(
        description="draft, waiting_for_teacher, answered, withdrawn or closed; follows from its "
        "dates and messages."
    )
    asked: Asked
    form: str
    created_at: datetime
    shared_at: datetime | None
    withdrawn_at: datetime | None
    closed_at: datetime | None


class Question(QuestionSummary):
    """A question with all that its reader sees of it; the conversation is at `messages`."""

    core: str
    goal: dict[str, Any] | None = Field(description="The learning goal that it is about.")
    is_agreed: bool = Field(description="The teacher agreed with that goal as it is shared now.")
    version: str = Field(description="Which sharing this is; agreeing says which one was read.")
    items: list[SharedThing]
    proposal: int | None = Field(
        description="For the two who talk: moments to talk that wait for one of them."
    )
    talks: list[int] = Field(description="For the two who talk: what they agreed on.")
    reports: list[int] = Field(description="Those that who asks can read.")
    action_points: list[int] = Field(description="What has to be done, for all its readers.")
    readers: list[str] = Field(description="Everybody who can read it now.")
    could_read_along: list[Ref] = Field(
        description="For its student: whom it can be shared with beside the teacher asked."
    )
    conclusion_goal: str
    conclusion_learned: str
    conclusion_next: str


class QuestionPage(Page[QuestionSummary]):
    """Some questions, newest first."""


class ItemIn(Sent):
    """Something of the own logbook that goes with a question."""

    kind: Literal["activity", "reflection", "evidence", "saved"]
    id: Key


Items = Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)]


class QuestionIn(Sent):
    """A new question: a draft until it is shared."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: the current placement.")
    title: Annotated[Name, Field(min_length=1)]
    core: Annotated[Text, Field(min_length=1)]
    form: HowToAnswer = "written"
    addressee: WhoAnswers = "teacher"
    teacher: Key | None = Field(None, description="Needed where several teachers guide.")
    guest_name: Name = Field("", description="Of a supervisor or somebody else.")
    guest_email: Annotated[str, Field(max_length=254)] = ""
    guest_language: Literal["nl", "en"] | None = None
    goal: Key | None = None
    items: Items = []


class QuestionChange(Sent):
    """What changes of a draft; what is left out stays as it is."""

    model_config = PARTIAL

    title: Annotated[Name, Field(min_length=1)] = ""
    core: Annotated[Text, Field(min_length=1)] = ""
    form: HowToAnswer = "written"
    addressee: WhoAnswers = "teacher"
    teacher: Key | None = None
    guest_name: Name = ""
    guest_email: Annotated[str, Field(max_length=254)] = ""
    guest_language: Literal["nl", "en"] | None = None
    goal: Key | None = None
    items: Items = []


class Sharing(Sent):
    """With whom a question is shared beside the teacher asked."""

    along: Annotated[list[Key], Field(max_length=50)] = Field(
        default=[], description="Of `could_read_along`; nobody when left out."
    )


class Closing(Sent):
    """The student closes a question in own words; every part may stay empty."""

    conclusion_goal: Text = Field("", description="Where I want to go.")
    conclusion_learned: Text = Field("", description="What I take from this.")
    conclusion_next: Text = Field("", description="What I do next.")
    makes_goal: Flag = Field(False, description="Make a learning goal of where I want to go.")
    client_id: uuid.UUID | None = Field(
        None, description="A UUID that you make: sent again, it makes the same points once."
    )
    points: Annotated[list[NewPoint], Field(max_length=CloseForm.ROWS)] = []


class Agreeing(Sent):
    """Which sharing the teacher read."""

    version: Annotated[str, Field(max_length=50)]


class MessageIn(Sent):
    """A message; formatting as in the app: **bold**, *italic*, __underlined__, lists, > quotes."""

    client_id: ClientId = None
    text: Annotated[Text, Field(min_length=1)]


class MessageWithFiles(Sent):
    """A message that files go with."""

    client_id: uuid.UUID | None = Field(None, description="A UUID that you make.")
    text: Annotated[Text, Field(min_length=1)]


class MessageChange(Sent):
    """The text, changed in its first minutes."""

    text: Annotated[Text, Field(min_length=1)]


class QuestionFilter(Paged):
    """Which questions: one's own, and those that others shared."""

    placement: KeyInAddress | None = None
    role: Literal["student", "reader"] | None = Field(
        None, description="student: the own ones; reader: those of others."
    )
    state: Literal["draft", "open", "withdrawn", "closed"] | None = None


def whole(rows: QuerySet[GuidanceQuestion]) -> QuerySet[GuidanceQuestion]:
    """Fetch all that goes out of a question, in a fixed number of queries."""
    return queries.with_conversation(rows)


def summary(row: Any) -> dict[str, Any]:
    """Return what a list shows of a question."""
    student = row.placement.student
    return {
        "id": row.pk,
        "client_id": row.client_id,
        "placement": row.placement_id,
        "student": Ref(id=student.pk, name=student.name),
        "title": row.title,
        "state": queries.state_of(row, list(row.messages.all())).value,
        "asked": Asked(
            kind=row.addressee,
            id=None if row.is_for_guest else row.teacher_id,
            name=row.addressee_name,
        ),
        "form": row.form,
        "created_at": moment_of(row.created_at),
        "shared_at": moment(row.shared_at),
        "withdrawn_at": moment(row.withdrawn_at),
        "closed_at": moment(row.closed_at),
    }


def listed(row: Any) -> QuestionSummary:
    """Return a question in a list."""
    return QuestionSummary(**summary(row))


def shape(row: Any, reader: Any) -> Question:
    """Return a question as this reader sees it."""
    is_own = row.placement.student_id == reader.pk
    items = queries.own_items(row) if is_own and not row.is_draft else queries.visible_items(row)
    along = access.who_could_read_along(row, timezone.now()) if is_own else []
    talks = talks_of(row, reader)
    return Question(
        **summary(row),
        core=row.core,
        goal=queries.visible_goal(row),
        is_agreed=row.is_agreed,
        version=row.version,
        items=[_thing(one, is_own=is_own) for one in items],
        proposal=talks.proposal.pk if talks.is_party and talks.proposal else None,
        talks=[one.pk for one in talks.agreed if talks.is_party],
        reports=[one.pk for one in talks.reports],
        action_points=[one.pk for one in row.action_points.all()],
        readers=[one.name for one in access.readers_known(row)],
        could_read_along=[Ref(id=one.person_id, name=one.person.name) for one in along],
        conclusion_goal=row.conclusion_goal,
        conclusion_learned=row.conclusion_learned,
        conclusion_next=row.conclusion_next,
    )


def _thing(item: ShownItem, *, is_own: bool) -> SharedThing:
    address = None
    if is_own and item.evidence and item.snapshot and item.snapshot.get("content_type"):
        address = f"/api/v1/evidence/{item.evidence}/file"
    elif item.has_open_file and not is_own:
        address = f"/api/v1/guidance-questions/items/{item.key}/file"
    return SharedThing(
        id=item.key,
        kind=item.kind,
        snapshot=item.snapshot,
        has_open_file=item.has_open_file,
        file=address,
        opened_on=timezone.localdate(item.opened_at) if item.opened_at else None,
        withdrawn_at=moment(item.withdrawn_at),
    )


def message_shape(row: MessageRow, reader: Any) -> Message:
    """Return a message as this reader sees it."""
    return Message(
        id=row.pk,
        client_id=row.client_id,
        writer=row.writer_name,
        is_mine=row.author_id == reader.pk,
        is_from_student=row.is_from_student,
        text=row.text,
        sent_at=moment_of(row.sent_at),
        edited_at=moment(row.edited_at),
        files=[
            Attached(
                id=one.pk,
                name=one.name,
                content_type=one.content_type,
                size=one.size,
                file=f"/api/v1/guidance-questions/attachments/{one.pk}/file",
            )
            for one in row.attachments.all()
        ],
    )


def fetch(request: ApiRequest, pk: int) -> Any:
    """Return a question that who asks can read."""
    return get_object_or_404(whole(access.readable_by(request.user)), pk=pk)


def own(request: ApiRequest, pk: int) -> Any:
    """Return a question of the student who asks."""
    return get_object_or_404(whole(access.questions_of(request.user)), pk=pk)


@operation(
    router,
    "GET",
    "/guidance-questions",
    scope=Scope.GUIDANCE_READ,
    gives=QuestionPage,
)
def list_guidance_questions(request: ApiRequest, asked: Query[QuestionFilter]) -> Any:
    """List the questions that one can read: the own ones, and those that were shared with one."""
    rows = access.readable_by(request.user)
    if asked.placement:
        rows = rows.filter(placement=asked.placement)
    if asked.role == "student":
        rows = rows.filter(placement__student=request.user)
    elif asked.role == "reader":
        rows = rows.exclude(placement__student=request.user)
    rows = _in_state(rows, asked.state)
    return page_of(request, QuestionPage, cut(whole(rows), ORDER, asked), listed)


@operation(
    router,
    "POST",
    "/guidance-questions",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def ask_guidance(request: ApiRequest, sent: QuestionIn) -> Answer:
    """Write a question; it is a draft, which nobody else sees, until it is shared.

    A goal and items of the logbook need `logbook:read` too, saved tips and charts `insights:read`.
    """
    _need_for(request, sent)
    placement = placement_for(request.user, sent.placement)
    chosen = _chosen(request, placement, sent.items)
    fresh = GuidanceQuestion()
    told = sent.model_dump(exclude={"items", "client_id", "placement"})
    form = _form(told, placement, fresh, chosen, sent.client_id or uuid.uuid4())
    kept = done(
        lambda: actions.draft_question(
            form.instance, form.chosen, by=request.user, at=timezone.now()
        ),
        NAMES,
    )
    keep_supervisor_of(form)
    return made(
        shape(own(request, kept.pk), request.user),
        is_new=kept is fresh,
        location=f"/api/v1/guidance-questions/{kept.pk}",
    )


@operation(router, "GET", "/guidance-questions/{int:pk}", scope=Scope.GUIDANCE_READ, gives=Question)
def get_guidance_question(request: ApiRequest, pk: KeyInAddress) -> Question:
    """Read one question with what was shared; its student sees the day on which it was read."""
    row = fetch(request, pk)
    if not row.is_draft:
        actions.mark_read([row], by=request.user, at=timezone.now())
    return shape(row, request.user)


@operation(
    router,
    "PATCH",
    "/guidance-questions/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
    takes=JSON,
    match="needed",
    conflicts=True,
)
@transaction.atomic
def change_guidance_question(
    request: ApiRequest, pk: KeyInAddress, sent: QuestionChange
) -> Question:
    """Change a draft; what was shared is not changed any more.

    A goal and items need the same scopes as in a new question.
    """
    _need_for(request, sent)
    locked(own(request, pk))
    row = own(request, pk)
    if not row.is_draft:
        raise ApiError("conflict", detail=_("This question was shared in the meantime."))
    check_match(request, lambda: shape(row, request.user), needed=True)
    told = _now(row) | {name: value for name, value in sent.told().items() if name != "items"}
    chosen = (
        _chosen(request, row.placement, sent.items)
        if "items" in sent.model_fields_set
        else queries.chosen_items(row)
    )
    form = _form(told, row.placement, row, chosen, row.client_id)
    done(lambda: actions.change_draft(form.instance, form.chosen), NAMES)
    keep_supervisor_of(form)
    return shape(own(request, pk), request.user)


@operation(
    router,
    "DELETE",
    "/guidance-questions/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=None,
    match="asked",
    conflicts=True,
)
@transaction.atomic
def delete_guidance_question(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Throw a draft away; what was shared can be withdrawn."""
    locked(own(request, pk))
    row = own(request, pk)
    if not row.is_draft:
        raise ApiError("conflict", detail=_("This question was shared in the meantime."))
    check_match(request, lambda: shape(row, request.user), needed=False)
    actions.delete_draft(row)
    return NOTHING


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/share",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
    takes=JSON,
    costs=("links of guests",),
    match="asked",
    conflicts=True,
)
@transaction.atomic
def share_guidance_question(request: ApiRequest, pk: KeyInAddress, sent: Sharing) -> Question:
    """Open a draft, or what was withdrawn, to who was asked, with its items as they are now."""
    locked(own(request, pk))
    row = own(request, pk)
    check_match(request, lambda: shape(row, request.user), needed=False)
    now = timezone.now()
    offered = frozenset(one.person_id for one in access.who_could_read_along(row, now))
    if not set(sent.along) <= offered:
        raise wrong("along", _("Choose who guides along or stands in now."))
    readers = Readers(offered, frozenset(sent.along)) if sent.along else None
    allowed(lambda: actions.share_question(row, at=now, readers=readers))
    return shape(own(request, pk), request.user)


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/withdraw",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
)
def withdraw_guidance_question(request: ApiRequest, pk: KeyInAddress) -> Question:
    """Close a question and its items to the addressee at once."""
    actions.withdraw_question(own(request, pk), at=timezone.now())
    return shape(own(request, pk), request.user)


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/close",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
    takes=JSON,
    match="asked",
    conflicts=True,
)
@transaction.atomic
def close_guidance_question(request: ApiRequest, pk: KeyInAddress, sent: Closing) -> Question:
    """Close a question in own words; making a goal needs `logbook:write` too."""
    if sent.makes_goal:
        need(request, Scope.LOGBOOK_WRITE)
    locked(own(request, pk))
    row = own(request, pk)
    if row.is_draft:
        raise ApiError("conflict", detail=_("A draft is shared or thrown away, not closed."))
    check_match(request, lambda: shape(row, request.user), needed=False)
    numbers = range(1, len(sent.points) + 1)
    told = sent.model_dump(exclude={"points"}) | as_rows(sent.points, numbers)
    teacher = row.teacher if row.is_open else None
    for place, point in enumerate(sent.points):
        check_who(point.who, teacher, f"points.{place}.who")
    form = checked(CloseForm(as_form(told), instance=row, teacher=teacher), names_of_rows(numbers))
    actions.close_question(
        row,
        goal=form.cleaned_data["conclusion_goal"],
        learned=form.cleaned_data["conclusion_learned"],
        next_step=form.cleaned_data["conclusion_next"],
        points=form.points(),
        makes_goal=form.cleaned_data["makes_goal"],
        at=timezone.now(),
    )
    return shape(own(request, pk), request.user)


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/reopen",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
)
def reopen_guidance_question(request: ApiRequest, pk: KeyInAddress) -> Question:
    """Go on with a closed question; its conclusion stays."""
    actions.reopen_question(own(request, pk))
    return shape(own(request, pk), request.user)


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/agree",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
    takes=JSON,
    conflicts=True,
)
def agree_with_goal(request: ApiRequest, pk: KeyInAddress, sent: Agreeing) -> Question:
    """Agree, as the teacher asked, with the learning goal of a question as it was shared."""
    asked = get_object_or_404(access.asked_to(request.user), pk=pk, goal__isnull=False)
    now = timezone.now()
    allowed(
        lambda: actions.agree_on_goal(asked, read_version=sent.version, by=request.user, at=now)
    )
    row = fetch(request, pk)
    # The answer shows the items as `get_guidance_question` does.
    actions.mark_read([row], by=request.user, at=now)
    return shape(row, request.user)


@operation(
    router,
    "POST",
    "/guidance-questions/items/{int:pk}/withdraw",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
)
def withdraw_item(request: ApiRequest, pk: KeyInAddress) -> Question:
    """Close one shared item to the addressee at once; the question stays as it is."""
    item = _item(request, pk)
    actions.withdraw_item(item, at=timezone.now())
    return shape(own(request, item.question_id), request.user)


@operation(
    router,
    "POST",
    "/guidance-questions/items/{int:pk}/share",
    scope=Scope.GUIDANCE_WRITE,
    gives=Question,
    conflicts=True,
)
def share_item(request: ApiRequest, pk: KeyInAddress) -> Question:
    """Share one item anew, as it is now; also one that was withdrawn."""
    item = _item(request, pk)
    allowed(lambda: actions.share_item(item, at=timezone.now()))
    return shape(own(request, item.question_id), request.user)


@operation(
    router,
    "GET",
    "/guidance-questions/items/{int:pk}/file",
    scope=Scope.GUIDANCE_READ,
    gives=bytes,
    costs=("taking files",),
    is_file=True,
)
def get_shared_file(request: ApiRequest, pk: KeyInAddress) -> HttpResponseBase:
    """Take the file of a shared item; its student sees the day on which it was opened."""
    item = get_object_or_404(access.files_open_to(request.user), pk=pk)
    assert item.snapshot
    response = file_response(item.file, item.snapshot["name"], item.snapshot["content_type"])
    actions.mark_file_opened(item, by=request.user, at=timezone.now())
    return response


@operation(
    router,
    "GET",
    "/guidance-questions/{int:pk}/messages",
    scope=Scope.GUIDANCE_READ,
    gives=MessagePage,
)
def list_messages(request: ApiRequest, pk: KeyInAddress, asked: Query[Paged]) -> Any:
    """Read the conversation about a question, the oldest message first.

    It counts as read, as on the pages.
    """
    row = fetch(request, pk)
    if not row.is_draft:
        actions.mark_read([row], by=request.user, at=timezone.now(), shows_items=False)
    rows = queries.with_attachments(row.messages.all())
    found: Cut = cut(rows, MESSAGE_ORDER, asked)
    return page_of(request, MessagePage, found, lambda one: message_shape(one, request.user))


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/messages",
    scope=Scope.GUIDANCE_WRITE,
    gives=Message,
    takes=JSON,
    costs=("messages",),
    creates=True,
)
def send_message(request: ApiRequest, pk: KeyInAddress, sent: MessageIn) -> Answer:
    """Send a message in the conversation about a question."""
    return _send(request, pk, sent.text, sent.client_id, [])


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/messages/files",
    scope=Scope.GUIDANCE_WRITE,
    gives=Message,
    takes=MULTIPART,
    costs=("messages", "uploading"),
    creates=True,
)
def send_message_with_files(
    request: ApiRequest,
    pk: KeyInAddress,
    files: Annotated[list[UploadedFile], File(min_length=1, max_length=Attachment.MOST)],
    sent: Form[MessageWithFiles],
) -> Answer:
    """Send a message with one to three files."""
    return _send(request, pk, sent.text, sent.client_id, files)


@operation(
    router,
    "PATCH",
    "/guidance-questions/messages/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=Message,
    takes=JSON,
    match="asked",
    conflicts=True,
)
def change_message(request: ApiRequest, pk: KeyInAddress, sent: MessageChange) -> Message:
    """Change a message of one's own, in its first minutes."""
    readable = MessageRow.objects.filter(
        author=request.user, question__in=access.readable_by(request.user)
    )
    row = get_object_or_404(queries.with_attachments(readable), pk=pk)
    check_match(request, lambda: message_shape(row, request.user), needed=False)
    form = checked(EditMessageForm(as_form({"text": sent.text})))
    text = form.cleaned_data["text"]
    allowed(lambda: actions.edit_message(row, text, by=request.user, at=timezone.now()))
    return message_shape(get_object_or_404(queries.with_attachments(readable), pk=pk), request.user)


@operation(
    router,
    "GET",
    "/guidance-questions/attachments/{int:pk}/file",
    scope=Scope.GUIDANCE_READ,
    gives=bytes,
    costs=("taking files",),
    is_file=True,
)
def get_attachment(request: ApiRequest, pk: KeyInAddress) -> HttpResponseBase:
    """Take a file that goes with a message."""
    kept = get_object_or_404(access.attachments_open_to(request.user), pk=pk)
    return file_response(kept.file.name, kept.name, kept.content_type)


def _send(
    request: ApiRequest,
    pk: int,
    text: str,
    client_id: uuid.UUID | None,
    files: Sequence[UploadedFile],
) -> Answer:
    asked = get_object_or_404(access.readable_by(request.user), pk=pk)
    values = as_form({"text": text, "client_id": client_id or uuid.uuid4()})
    sent_files: MultiValueDict[str, Any] = MultiValueDict({"attachments": list(files)})
    form = checked(MessageForm(values, sent_files), NAMES)
    begun = timezone.now()
    kept = done(
        lambda: actions.send_message(
            asked,
            form.cleaned_data["text"],
            by=request.user,
            at=begun,
            client_id=form.cleaned_data["client_id"],
            files=form.cleaned_data["attachments"],
        ),
        NAMES,
    )
    row = get_object_or_404(queries.with_attachments(MessageRow.objects.all()), pk=kept.pk)
    return made(
        message_shape(row, request.user),
        is_new=kept.sent_at == begun,
        location=f"/api/v1/guidance-questions/{pk}/messages",
    )


def _in_state(rows: QuerySet[GuidanceQuestion], state: str | None) -> QuerySet[GuidanceQuestion]:
    match state:
        case "draft":
            return rows.filter(shared_at=None)
        case "open":
            return rows.filter(shared_at__isnull=False, withdrawn_at=None, closed_at=None)
        case "withdrawn":
            return rows.filter(withdrawn_at__isnull=False, closed_at=None)
        case "closed":
            return rows.filter(closed_at__isnull=False)
    return rows


def _item(request: ApiRequest, pk: int) -> SharedItem:
    return get_object_or_404(access.items_shared_by(request.user), pk=pk)


def _need_for(request: ApiRequest, sent: QuestionIn | QuestionChange) -> None:
    """Raise a problem where a token may not read what is sent along."""
    if sent.goal:
        need(request, Scope.LOGBOOK_READ)
    for item in sent.items:
        need(request, READS[item.kind])


def _chosen(request: ApiRequest, placement: Placement, items: Sequence[ItemIn]) -> list[Any]:
    """Return what goes with a question, of the own logbook of this placement."""
    rows: dict[str, QuerySet[Any]] = {
        "activity": activities_of(request.user),
        "reflection": reflections_of(request.user).select_related("model"),
        "evidence": evidence_of(request.user).select_related("activity"),
        "saved": saved_items_of(request.user).filter(kind__in=["tip", "chart"]),
    }
    found = []
    for number, item in enumerate(items):
        row = rows[item.kind].filter(pk=item.id, placement=placement).first()
        if row is None:
            text = _("Choose something of your own logbook in this placement.")
            raise wrong(f"items.{number}", text)
        found.append(row)
    return list(dict.fromkeys(found))


def _now(row: GuidanceQuestion) -> dict[str, Any]:
    """Return a draft as a program would send it."""
    return {
        "title": row.title,
        "core": row.core,
        "form": row.form,
        "addressee": row.addressee,
        "teacher": row.teacher_id,
        "guest_name": row.guest_name,
        "guest_email": row.guest_email,
        "guest_language": row.guest_language or None,
        "goal": row.goal_id,
    }


def _form(
    told: dict[str, Any],
    placement: Placement,
    row: GuidanceQuestion,
    chosen: Sequence[Any],
    client_id: uuid.UUID,
) -> QuestionForm:
    values = dict(told)
    name, email = values.pop("guest_name", ""), values.pop("guest_email", "")
    if values["addressee"] in GUEST:
        values |= dict(zip(GUEST[values["addressee"]], (name, email), strict=True))
    values |= {"client_id": client_id, "items": [key_of(one) for one in chosen]}
    form = QuestionForm(as_form(values), instance=row, placement=placement, chosen=chosen)
    if told.get("teacher") and "teacher" not in form.fields:
        known = {one.pk for one in form.teachers}
        if values["addressee"] == "teacher" and told["teacher"] not in known:
            raise wrong("teacher", _("Choose a teacher who guides you now."))
    return checked(form, NAMES)

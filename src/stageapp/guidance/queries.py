"""Questions about guidance. Nothing here writes."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import takewhile
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from stageapp.accounts.audience import Reader
from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.models import (
    ActionPoint,
    Attachment,
    GuidanceQuestion,
    ItemOpening,
    Message,
    QuestionReader,
    QuestionReading,
    Shareable,
    SharedItem,
    TalkProposal,
)
from stageapp.guidance.queries_talks import WITH_TALKS, talks_of_pair
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.logbook.snapshots import (
    evidence_snapshot,
    reflection_snapshots_of,
    snapshots_of,
)
from stageapp.placements.models import GoalAgreement, LearningGoal, Placement
from stageapp.programmes.models import Institution

#: Before and after all that happens here: SQLite finds nothing where a moment is missing.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)

QUESTIONS_A_PAGE = 10
MOMENTS_SHOWN = 40
POINTS_A_PAGE = 20
#: What a row of an action point needs.
POINT_SHOWS = ("owner", "goal", "placement__student", "question__teacher")


class State(StrEnum):
    """Where a question is; follows from its dates and messages."""

    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    WAITING_FOR_TEACHER = "waiting_for_teacher"
    ANSWERED = "answered"


@dataclass(frozen=True)
class QuestionEntry:
    """A question in a list."""

    question: GuidanceQuestion
    state: State
    last_at: datetime
    #: Everybody who can read the question.
    readers: list[Reader]
    #: How those beside the teacher asked come to read it.
    along: list[QuestionReader]


@dataclass(frozen=True)
class QuestionCounts:
    """How a student's questions in a placement stand."""

    drafts: int
    shared_ever: bool
    waiting: int
    unread: int


@dataclass(frozen=True)
class ShownItem:
    """An item as its reader sees it; without a snapshot the source of a draft is gone."""

    kind: str
    #: What this kind is called.
    label: str
    snapshot: dict[str, Any] | None
    key: int
    #: Of a file: the evidence that its student has it from.
    evidence: int | None = None
    #: Whether who reads the question can open the file; of a draft, whether they will.
    has_open_file: bool = False
    #: When a teacher first opened it: a file by fetching it, the rest by reading the question.
    opened_at: datetime | None = None
    opened_by: str | None = None
    #: When the student shared this item anew, after the question was shared.
    shared_anew_at: datetime | None = None
    withdrawn_at: datetime | None = None
    #: How it would be shared now, where that is another than the copy; for its student only.
    changed: "ShownItem | None" = None
    #: Whether it left the logbook; for its student only.
    is_gone: bool = False

    @property
    def day(self) -> date | None:
        """The day the item is about; a tip or a chart is about several."""
        day = self.snapshot.get("date") if self.snapshot else None
        return date.fromisoformat(day) if day else None

    @property
    def opened_an_earlier_copy(self) -> bool:
        """Whether what was opened is not the copy of now."""
        return bool(self.opened_at and self.shared_anew_at and self.opened_at < self.shared_anew_at)


@dataclass(frozen=True)
class Moment:
    """A moment of contact between a student and a teacher."""

    at: datetime
    text: str


# One question -----------------------------------------------------------------------------------


def with_conversation(questions: QuerySet[GuidanceQuestion]) -> QuerySet[GuidanceQuestion]:
    """Fetch all that a page shows of a question along with it, in a fixed number of queries."""
    return (
        access.with_openness(questions)
        .select_related(
            "placement__student",
            "placement__cohort__programme__institution",
            "teacher",
            "goal",
            "invitation__invited_by",
        )
        .prefetch_related(
            Prefetch("goal__agreements", GoalAgreement.objects.select_related("teacher")),
            Prefetch("messages", with_attachments(Message.objects.all())),
            Prefetch("items", _with_files(with_sources(SharedItem.objects.all()))),
            Prefetch("readings", QuestionReading.objects.select_related("person", "invitation")),
            Prefetch("action_points", ActionPoint.objects.select_related("owner")),
            *WITH_TALKS,
        )
    )


def state_of(question: GuidanceQuestion, messages: Sequence[Message]) -> State:
    """Return where a question is, given its messages in order."""
    if state := _settled_state(question):
        return state
    return State.WAITING_FOR_TEACHER if waits(question, messages) else State.ANSWERED


def _settled_state(question: GuidanceQuestion) -> State | None:
    """Return where a question is when nobody has the next word."""
    if question.shared_at is None:
        return State.DRAFT
    if question.closed_at is not None:
        return State.CLOSED
    return State.WITHDRAWN if question.withdrawn_at is not None else None


def waits(question: GuidanceQuestion, messages: Sequence[Message]) -> bool:
    """Return whether the teacher has the next word; the same rule as `with_waiting` in SQL.

    Agreeing with the goal and all that the teacher does about a talk are answers. Moments that the
    student proposes wait until the teacher picks one, whatever is written meanwhile.
    """
    talks = list(question.talk_proposals.all())
    if any(talk.is_open and talk.is_from_student for talk in talks):
        return True
    written = [message.sent_at for message in messages if not message.is_from_student]
    done = [*filter(None, [question.agreed_at, *(talk.answers_at for talk in talks)])]
    answered_at = max([*written, *done], default=None)
    if answered_at is None or (question.shared_at and question.shared_at > answered_at):
        return True
    if any(talk.asks_since and talk.asks_since > answered_at for talk in talks):
        return True
    unanswered = takewhile(lambda message: message.is_from_student, reversed(messages))
    return any(not done or message.sent_at > max(done) for message in unanswered)


def files_sent_by(person: User) -> QuerySet[Attachment]:
    """Return all files that somebody sent with messages."""
    return Attachment.objects.filter(message__author=person)


def with_attachments(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Fetch what is shown of messages along with them."""
    return messages.select_related("author", "invitation").prefetch_related("attachments")


def messages_after(question: GuidanceQuestion, key: int) -> QuerySet[Message]:
    """Return what was written after a message, whoever wrote it."""
    return with_attachments(question.messages.filter(pk__gt=key))


def visible_items(question: GuidanceQuestion) -> list[ShownItem]:
    """Return the items as their reader sees them: of a draft, as they would be shared now."""
    items = list(question.items.all())
    if question.is_draft:
        fresh = fresh_snapshots(items)
        return [
            replace(_shown(item), snapshot=fresh.get(item.pk), has_open_file=item.pk in fresh)
            for item in items
        ]
    return [_shown(item) for item in items if item.snapshot and item.withdrawn_at is None]


def own_items(question: GuidanceQuestion) -> list[ShownItem]:
    """Return the items of a shared question as their student sees them.

    Also what was withdrawn, and what looks otherwise in the logbook by now.
    """
    items = [item for item in question.items.all() if item.snapshot]
    fresh = fresh_snapshots(items)
    found = []
    for item in items:
        shown, now = _shown(item), fresh.get(item.pk)
        changed = None
        if now and differs(item, now):
            changed = replace(shown, snapshot=now, has_open_file=bool(file_now(item)))
        found.append(replace(shown, changed=changed, is_gone=now is None))
    return found


def withdrawn_count(question: GuidanceQuestion) -> int:
    """Return how many items the student withdrew, which is all that the addressee learns of it."""
    return sum(1 for item in question.items.all() if item.snapshot and item.withdrawn_at)


def differs(item: SharedItem, fresh: dict[str, Any]) -> bool:
    """Return whether an item looks otherwise now than in the copy that was shared.

    A part that is empty is the same as one that an older copy does not have.
    """
    kept = item.snapshot or {}
    # As the database gives it back.
    now = json.loads(json.dumps(fresh))
    return item.file != file_now(item) or any(
        (kept.get(name) or None) != (now.get(name) or None) for name in kept.keys() | now.keys()
    )


def file_now(item: SharedItem) -> str:
    """Return which file in the store an item is about now; a link or a text has none."""
    return (item.evidence.file.name or "") if item.evidence else ""


def with_sources(items: QuerySet[SharedItem]) -> QuerySet[SharedItem]:
    """Fetch what items are a copy of along with them."""
    return items.select_related(
        "activity", "reflection__activity", "reflection__model", "evidence__activity", "saved"
    )


def fresh_snapshots(items: Iterable[SharedItem]) -> dict[int, dict[str, Any]]:
    """Return what items look like now, by their key; without those that left the logbook."""
    sources = {item.pk: item.source for item in items}
    activities = [row for row in sources.values() if isinstance(row, Activity)]
    reflections = [row for row in sources.values() if isinstance(row, Reflection)]
    of_activity = snapshots_of(activities) if activities else {}
    of_reflection = reflection_snapshots_of(reflections) if reflections else {}
    found: dict[int, dict[str, Any]] = {}
    for key, source in sources.items():
        if isinstance(source, Activity):
            found[key] = of_activity[source.pk]
        elif isinstance(source, Reflection):
            found[key] = of_reflection[source.pk]
        elif isinstance(source, Evidence):
            found[key] = evidence_snapshot(source)
        elif source and source.snapshot:
            found[key] = source.snapshot
    return found


def visible_goal(question: GuidanceQuestion) -> dict[str, Any] | None:
    """Return the learning goal as its reader sees it: of a draft, as it would be shared now."""
    if not question.is_draft:
        return question.goal_snapshot
    return goal_snapshot(question.goal) if question.goal else None


def goal_snapshot(goal: LearningGoal) -> dict[str, Any] | None:
    """Return a goal in its words of now; nothing of one that was removed."""
    if goal.deleted_at is not None:
        return None
    return {"title": goal.title, "description": goal.description}


def agreement_on(question: GuidanceQuestion) -> GoalAgreement | None:
    """Return the agreement with the goal of a question as it was shared, if there is one."""
    shared, goal = question.goal_snapshot, question.goal
    if not shared or not goal:
        return None
    for agreement in goal.agreements.all():
        words = {"title": agreement.title, "description": agreement.description}
        is_answer = question.shared_at and agreement.agreed_at >= question.shared_at
        if words == shared and (is_answer or agreement.teacher_id == question.teacher_id):
            return agreement
    return None


def chosen_items(question: GuidanceQuestion) -> list[Shareable]:
    """Return what goes with a draft, without what left the logbook meanwhile."""
    items = with_sources(question.items.all())
    return [source for item in items if (source := item.source) is not None]


def read_on(question: GuidanceQuestion, viewer: User) -> QuestionReading | None:
    """Return when the other person read what the viewer wrote last, or None."""
    own = [message.sent_at for message in question.messages.all() if message.author == viewer]
    is_own = question.placement.student == viewer
    if at := question.shared_at if is_own else question.agreed_at:
        own.append(at)
    if is_own:
        # Who has not been there since an item was shared anew has not read that.
        items = (item for item in question.items.all() if item.withdrawn_at is None)
        own.extend(item.snapshot_at for item in items if item.snapshot_at)
    student = question.placement.student
    others = (
        reading
        for reading in question.readings.all()
        if (reading.person != student if is_own else reading.person == student)
    )
    return next((reading for reading in others if own and reading.read_at >= max(own)), None)


def is_linked(question: GuidanceQuestion) -> bool:
    """Return whether the teacher asked guides this placement now."""
    return question.placement.teacher_links.filter(
        teacher=question.teacher_id, ended_at=None
    ).exists()


def is_open_to_teacher(question: GuidanceQuestion) -> bool:
    """Return whether the teacher asked can read this question now."""
    return question.is_shared and question.left_at is None and is_linked(question)


def can_be_shared(question: GuidanceQuestion) -> bool:
    """Return whether there is somebody to share a question with."""
    if question.is_for_guest:
        return bool(question.guest_name and question.guest_email)
    return is_linked(question)


def is_read_by_others(readers: Sequence[Reader]) -> bool:
    """Return whether somebody is among the readers of a question beside its student."""
    return len(readers) > 1


# The student's questions ------------------------------------------------------------------------


def question_list(student: User, number: str | None) -> Page[QuestionEntry]:
    """Return a page of the student's questions, the last touched first."""
    rows = _with_entry(access.questions_of(student))
    page = Paginator(rows.order_by("-last_at", "-pk"), QUESTIONS_A_PAGE).get_page(number)
    page.object_list = [_entry(question) for question in page.object_list]
    return page


def open_questions(placement: Placement) -> list[QuestionEntry]:
    """Return the questions of a placement that are shared and not closed."""
    rows = placement.questions.filter(shared_at__isnull=False, withdrawn_at=None, closed_at=None)
    ordered = _with_entry(rows).order_by("-last_at", "-pk")
    return [_entry(question) for question in ordered[:QUESTIONS_A_PAGE]]


def question_counts(placement: Placement, student: User) -> QuestionCounts:
    """Return how the questions of a placement stand, in one query."""
    rows = _with_unread(with_waiting(placement.questions.all()), student)
    counted = rows.aggregate(
        drafts=Count("pk", filter=Q(shared_at=None)),
        shared=Count("pk", filter=Q(shared_at__isnull=False)),
        waiting=Count("pk", filter=Q(waiting_since__isnull=False)),
        unread=Count("pk", filter=Q(unread_at__isnull=False)),
    )
    return QuestionCounts(
        counted["drafts"], bool(counted["shared"]), counted["waiting"], counted["unread"]
    )


def unread_count(student: User) -> int:
    """Return in how many of the student's questions a teacher wrote something unread."""
    rows = _with_unread(access.questions_of(student), student)
    return rows.filter(unread_at__isnull=False).count()


def unread_question(student: User) -> GuidanceQuestion | None:
    """Return the student's question with the newest unread message, or None."""
    rows = _with_unread(access.questions_of(student), student)
    return rows.filter(unread_at__isnull=False).order_by("-unread_at").first()


# The teacher's questions ----------------------------------------------------------------------


def next_waiting(teacher: User) -> GuidanceQuestion | None:
    """Return the question that waits longest for this teacher, or None when nobody waits."""
    rows = waiting_for(teacher, access.asked_to(teacher)).filter(waiting_since__isnull=False)
    return rows.select_related("placement__student").order_by("waiting_since", "pk").first()


def waiting_count(teacher: User) -> int:
    """Return how many questions wait for this teacher."""
    return (
        waiting_for(teacher, access.asked_to(teacher)).filter(waiting_since__isnull=False).count()
    )


def questions_for_teacher(
    placement: Placement, teacher: User, number: str | None
) -> Page[GuidanceQuestion]:
    """Return a page of the questions open to this teacher: those that wait first, then newest."""
    rows = waiting_for(teacher, access.asked_to(teacher).filter(placement=placement))
    ordered = with_conversation(rows).order_by(
        F("waiting_since").asc(nulls_last=True), "-shared_at", "-pk"
    )
    return Paginator(ordered, QUESTIONS_A_PAGE).get_page(number)


def contact_moments(placement: Placement, teacher: User) -> list[Moment]:
    """Return the moments of contact with a teacher, newest first.

    Of what was withdrawn only the fact remains, not what it was about.
    """
    questions = access.ever_asked_to(teacher).filter(placement=placement).order_by("-shared_at")
    moments = [
        moment
        for question in questions[:MOMENTS_SHOWN]
        for moment in _moments_of(question, is_closed=_stayed_closed(question, teacher))
    ]
    messages = (
        Message.objects.filter(question__in=access.asked_to(teacher).filter(placement=placement))
        .select_related("question", "author")
        .order_by("-sent_at")
    )
    for message in messages[:MOMENTS_SHOWN]:
        name = message.author.name if message.author else _("Former account")
        text = _("%(name)s wrote in “%(title)s”") % {
            "name": name,
            "title": message.question.title,
        }
        moments.append(Moment(message.sent_at, text))
    moments += [
        Moment(talk.starts_at, _("Talked about “%(title)s”") % {"title": talk.name})
        for talk in talks_of_pair(placement, teacher, until=timezone.now())
    ]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:MOMENTS_SHOWN]


# Pieces -----------------------------------------------------------------------------------------


def _with_files(items: QuerySet[SharedItem]) -> Any:
    """Add what `_shown` reads: whether the file can be opened, and who first opened the item."""
    openings = ItemOpening.objects.filter(item=OuterRef("pk")).order_by("opened_at", "pk")
    return access.with_openness_of_files(items).annotate(
        opened_at=Subquery(openings.values("opened_at")[:1]),
        opened_by=Subquery(
            openings.annotate(
                reader=Coalesce("person__name", "invitation__name"),
            ).values("reader")[:1]
        ),
    )


def _shown(item: Any) -> ShownItem:
    """Return an item with the columns of `_with_files` as it was shared."""
    shared_at = item.question.shared_at
    is_anew = item.snapshot_at and shared_at and item.snapshot_at > shared_at
    return ShownItem(
        kind=item.kind,
        label=item.get_kind_display(),
        snapshot=item.snapshot,
        key=item.pk,
        evidence=item.evidence_id,
        has_open_file=bool(item.has_open_file),
        opened_at=item.opened_at,
        opened_by=item.opened_by,
        shared_anew_at=item.snapshot_at if is_anew else None,
        withdrawn_at=item.withdrawn_at,
    )


def with_waiting(questions: QuerySet[GuidanceQuestion]) -> QuerySet[Any]:
    """Add `waiting_since`: since when the teacher has the next word, or None.

    That is the first thing the student sent after the teacher's last answer: the sharing itself,
    a message, sharing it again, moments to pick from, or that none of the teacher's fits. Agreeing
    with the goal of the question is an answer, and so is what the teacher does about a talk.
    """
    return _with_waits(questions, TalkProposal.objects.filter(question=OuterRef("pk")))


def waiting_for(reader: User, questions: QuerySet[GuidanceQuestion]) -> QuerySet[Any]:
    """Add `waiting_since` as `with_waiting` does, for one teacher who reads these questions.

    A talk is between the student and the teacher asked: who reads along or stands in cannot pick
    its moments. And to them a question waits from when the student let them read it.
    """
    talks = TalkProposal.objects.filter(question=OuterRef("pk"), question__teacher=reader)
    along = QuestionReader.objects.filter(question=OuterRef("pk"), person=reader)
    rows = _with_waits(questions, talks, "asked_since")
    found: QuerySet[Any] = rows.annotate(
        reads_since=Subquery(along.values("shared_at")[:1]),
        waiting_since=Case(
            When(asked_since__lt=F("reads_since"), then=F("reads_since")),
            default=F("asked_since"),
        ),
    )
    return found


def _with_waits(
    questions: QuerySet[GuidanceQuestion],
    talks: QuerySet[TalkProposal],
    name: str = "waiting_since",
) -> QuerySet[Any]:
    """Add by a name since when the teacher has the next word, as far as these talks go."""
    answers = Message.objects.filter(question=OuterRef("pk"), is_from_student=False).order_by("-pk")
    unanswered = Message.objects.filter(
        sent_at__gt=OuterRef("done_at"),
        question=OuterRef("pk"),
        is_from_student=True,
        pk__gt=OuterRef("last_answer"),
    ).order_by("pk")
    unpicked = talks.filter(is_from_student=True, outcome="").values("proposed_at")
    refused = talks.filter(
        is_from_student=False,
        outcome=TalkProposal.Outcome.NONE_FITS,
        settled_at__gt=OuterRef("answered_at"),
    ).order_by("settled_at")
    waiting_since = Case(
        When(
            Q(shared_at=None) | Q(withdrawn_at__isnull=False) | Q(closed_at__isnull=False),
            then=Value(None),
        ),
        When(answered_at=None, then=F("shared_at")),
        When(first_asked__isnull=False, then=F("first_asked")),
        When(shared_at__gt=F("answered_at"), then=F("shared_at")),
        default=Value(None),
        output_field=DateTimeField(),
    )
    return _with_answered(questions).annotate(
        last_answer=Coalesce(
            Subquery(answers.values("pk")[:1]), Value(0), output_field=IntegerField()
        ),
        first_unanswered=Subquery(unanswered.values("sent_at")[:1]),
        unpicked_since=Subquery(unpicked[:1]),
        refused_at=Subquery(refused.values("settled_at")[:1]),
        first_asked=_earliest("first_unanswered", "unpicked_since", "refused_at"),
        **{name: waiting_since},
    )


def _with_entry(questions: QuerySet[GuidanceQuestion]) -> QuerySet[Any]:
    """Add what `_entry` reads: how a question stands, when it was touched last, who reads it."""
    last = Message.objects.filter(question=OuterRef("pk")).order_by("-sent_at").values("sent_at")
    rows = access.with_openness(with_waiting(questions))
    return rows.select_related("teacher", "invitation", "placement__student").annotate(
        last_at=Greatest(
            F("created_at"),
            Coalesce(F("shared_at"), F("created_at")),
            Coalesce(Subquery(last[:1]), F("created_at")),
            F("done_at"),
        )
    )


def _with_unread(questions: QuerySet[GuidanceQuestion], student: User) -> QuerySet[Any]:
    """Add `unread_at`: when the teacher answered what the student has not read yet, or None."""
    reading = QuestionReading.objects.filter(question=OuterRef("pk"), person=student)
    return _with_answered(questions).annotate(
        seen_at=Subquery(reading.values("read_at")[:1]),
        unread_at=Case(
            When(Q(seen_at=None) | Q(answered_at__gt=F("seen_at")), then=F("answered_at")),
            default=Value(None),
            output_field=DateTimeField(),
        ),
    )


def _with_answered(questions: QuerySet[GuidanceQuestion]) -> QuerySet[GuidanceQuestion]:
    """Add `answered_at`: when the teacher last wrote, agreed or did a thing about a talk, or None.

    With `done_at`: the same without what was written, long ago where there is nothing.
    """
    answers = Message.objects.filter(question=OuterRef("pk"), is_from_student=False)
    return questions.annotate(
        done_at=_latest(F("agreed_at"), Subquery(_answered_talks().values("answer_at")[:1])),
        answered_at=NullIf(
            _latest(F("done_at"), Subquery(answers.order_by("-pk").values("sent_at")[:1])),
            Value(LONG_AGO, DateTimeField()),
        ),
    )


def _answered_talks() -> QuerySet[Any]:
    """Return the talks of a question that answer it, the last first: see `answers_at` of a row."""
    settled = Q(is_from_student=True) & ~Q(form=TalkProposal.Form.MEETING)
    talks = TalkProposal.objects.filter(question=OuterRef("pk"))
    return (
        talks.exclude(outcome=TalkProposal.Outcome.TAKEN_BACK)
        .annotate(answer_at=Case(When(settled, then=F("settled_at")), default=F("proposed_at")))
        .filter(answer_at__isnull=False)
        .order_by("-answer_at")
    )


def _latest(*moments: Any) -> Any:
    """Return the last of some moments; of one moment and nothing SQLite says nothing."""
    ago = Value(LONG_AGO, DateTimeField())
    return Greatest(*(Coalesce(moment, ago) for moment in moments))


def _earliest(*names: str) -> Any:
    """Return the first of some moments, or None where there is none."""
    far = Value(FAR_AHEAD, DateTimeField())
    return NullIf(Least(*(Coalesce(F(name), far) for name in names)), far)


def _entry(row: Any) -> QuestionEntry:
    """Return the entry of a question with the columns of `_with_entry`."""
    state = _settled_state(row)
    if state is None:
        state = State.WAITING_FOR_TEACHER if row.waiting_since else State.ANSWERED
    return QuestionEntry(row, state, row.last_at, access.readers_known(row), row.rows_along)


def _stayed_closed(question: GuidanceQuestion, teacher: User) -> bool:
    """Return whether somebody guides again, and cannot read what was asked to them before."""
    return question.left_at is not None and question.teacher_id == teacher.pk


def _moments_of(question: GuidanceQuestion, *, is_closed: bool) -> list[Moment]:
    assert question.shared_at
    if is_closed:
        return [Moment(question.shared_at, _("A question was shared"))]
    if question.withdrawn_at:
        return [
            Moment(question.shared_at, _("A question was shared")),
            Moment(question.withdrawn_at, _("The question was withdrawn")),
        ]
    title = {"title": question.title}
    moments = [Moment(question.shared_at, _("“%(title)s” was shared") % title)]
    if question.agreed_at:
        text = _("Agreed with the goal in “%(title)s”") % title
        moments.append(Moment(question.agreed_at, text))
    if question.closed_at:
        moments.append(Moment(question.closed_at, _("“%(title)s” was closed") % title))
    return moments


# Action points ----------------------------------------------------------------------------------


def point_page(student: User, number: str | None) -> Page[ActionPoint]:
    """Return a page of the student's points: open ones first, by date; then done ones."""
    rows = access.with_openness_of_points(access.points_of(student))
    ordered = rows.select_related(*POINT_SHOWS).order_by(
        F("done_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk"
    )
    return Paginator(ordered, POINTS_A_PAGE).get_page(number)


def readers_of_points(page: Iterable[Any]) -> dict[int, list[User]]:
    """Return who can see each point that has the columns of `with_openness_of_points`."""
    return {
        point.pk: [
            point.placement.student,
            *([point.question.teacher] if point.is_open else []),
            *((row.person for row in point.question.rows_along) if point.question else ()),
        ]
        for point in page
    }


def open_points(points: QuerySet[ActionPoint], limit: int) -> list[ActionPoint]:
    """Return the first points that are not done."""
    return list(points.filter(done_at=None).select_related(*POINT_SHOWS)[:limit])


def points_due(institution: Institution, day: date) -> list[ActionPoint]:
    """Return the open points that are due on a day, of those who can see them now."""
    due = ActionPoint.objects.filter(
        placement__cohort__programme__institution=institution,
        due_on=day,
        done_at=None,
        owner__is_active=True,
    )
    of_students = Q(owner=F("placement__student"))
    of_teachers = Q(owner=F("question__teacher"), is_open=True)
    return list(
        access.with_openness_of_points(due)
        .filter(of_students | of_teachers)
        .select_related(*POINT_SHOWS)
    )

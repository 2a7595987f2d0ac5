"""Questions about guidance. Nothing here writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.models import GuidanceQuestion, Message, QuestionReading, SharedItem
from stageapp.guidance.rules import (
    Attention,
    Colour,
    Facts,
    attention,
    order,
    working_days_between,
)
from stageapp.logbook.models import Activity
from stageapp.logbook.snapshots import snapshots_of
from stageapp.placements.access import guided_by
from stageapp.placements.models import Placement, TeacherLeave, WorkingAgreement
from stageapp.programmes.models import Holiday

QUESTIONS_A_PAGE = 10
STUDENTS_A_PAGE = 50
MOMENTS_SHOWN = 40


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
    snapshot: dict[str, Any] | None

    @property
    def day(self) -> date | None:
        """The day the item is about."""
        return date.fromisoformat(self.snapshot["date"]) if self.snapshot else None


@dataclass(frozen=True)
class AttentionRow:
    """A placement in the teacher's list, with the reason for its place in words."""

    placement: Placement
    attention: Attention
    reason: str
    question_count: int
    last_heard_at: datetime | None
    facts: Facts

    @property
    def colour(self) -> str:
        """The group it stands in."""
        return self.attention.colour.value

    @property
    def asks_for_action(self) -> bool:
        """Whether the teacher is asked to do something."""
        return self.attention.colour in (Colour.RED, Colour.ORANGE) or bool(
            self.facts.waiting_since
        )


@dataclass(frozen=True)
class Moment:
    """A moment of contact between a student and a teacher."""

    at: datetime
    text: str


# One question -----------------------------------------------------------------------------------


def with_conversation(questions: QuerySet[GuidanceQuestion]) -> QuerySet[GuidanceQuestion]:
    """Fetch all that a page shows of a question along with it, in a fixed number of queries."""
    return questions.select_related(
        "placement__student", "placement__cohort__programme__institution", "teacher"
    ).prefetch_related(
        Prefetch("messages", Message.objects.select_related("author")),
        Prefetch("items", SharedItem.objects.select_related("activity")),
        Prefetch("readings", QuestionReading.objects.select_related("person")),
    )


def state_of(question: GuidanceQuestion, messages: Sequence[Message]) -> State:
    """Return where a question is, given its messages in order."""
    if question.shared_at is None:
        return State.DRAFT
    if question.closed_at is not None:
        return State.CLOSED
    if question.withdrawn_at is not None:
        return State.WITHDRAWN
    return State.WAITING_FOR_TEACHER if waits(question, messages) else State.ANSWERED


def waits(question: GuidanceQuestion, messages: Sequence[Message]) -> bool:
    """Return whether the teacher has the next word; the same rule as `with_waiting` in SQL."""
    if not messages or messages[-1].is_from_student:
        return True
    return question.shared_at is not None and question.shared_at > messages[-1].sent_at


def visible_items(question: GuidanceQuestion) -> list[ShownItem]:
    """Return the items as their reader sees them: of a draft, as they would be shared now."""
    items = list(question.items.all())
    if not question.is_draft:
        return [
            ShownItem(item.get_kind_display(), item.snapshot)
            for item in items
            if item.snapshot and item.withdrawn_at is None
        ]
    activities = chosen_activities(question)
    fresh = snapshots_of(activities) if activities else {}
    return [ShownItem(item.get_kind_display(), fresh.get(item.activity_id or 0)) for item in items]


def chosen_activities(question: GuidanceQuestion) -> list[Activity]:
    """Return the activities chosen for a question that are still in the logbook."""
    return [
        item.activity
        for item in question.items.all()
        if item.activity and item.activity.deleted_at is None
    ]


def read_on(question: GuidanceQuestion, viewer: User) -> QuestionReading | None:
    """Return when the other person read what the viewer wrote last, or None."""
    own = [message.sent_at for message in question.messages.all() if message.author == viewer]
    if question.placement.student == viewer and question.shared_at:
        own.append(question.shared_at)
    others = (reading for reading in question.readings.all() if reading.person != viewer)
    return next((reading for reading in others if own and reading.read_at >= max(own)), None)


def is_linked(question: GuidanceQuestion) -> bool:
    """Return whether the teacher asked guides this placement now."""
    return question.placement.teacher_links.filter(
        teacher=question.teacher_id, ended_at=None
    ).exists()


# The student's questions ------------------------------------------------------------------------


def question_list(student: User, number: str | None) -> Page[QuestionEntry]:
    """Return a page of the student's questions, the last touched first."""
    rows = _with_last(with_waiting(access.questions_of(student))).select_related("teacher")
    page = Paginator(rows.order_by("-last_at", "-pk"), QUESTIONS_A_PAGE).get_page(number)
    page.object_list = [_entry(question) for question in page.object_list]
    return page


def open_questions(placement: Placement) -> list[QuestionEntry]:
    """Return the questions of a placement that are shared and not closed."""
    rows = placement.questions.filter(
        shared_at__isnull=False, withdrawn_at=None, closed_at=None
    ).select_related("teacher")
    ordered = _with_last(with_waiting(rows)).order_by("-last_at", "-pk")
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


# The teacher's list -----------------------------------------------------------------------------


def waiting_count(teacher: User) -> int:
    """Return how many questions wait for this teacher."""
    return with_waiting(access.asked_to(teacher)).filter(waiting_since__isnull=False).count()


def attention_list(teacher: User, at: datetime, search: str = "") -> list[AttentionRow]:
    """Return all placements guided by a teacher, who asks for attention first.

    Takes the same number of queries for one placement as for hundreds.
    """
    placements = guided_by(teacher)
    if search:
        placements = placements.filter(student__name__icontains=search)
    return _rows(list(placements), teacher, at)


def attention_page(
    teacher: User, *, at: datetime, search: str, number: str | None
) -> Page[AttentionRow]:
    """Return a page of the attention list."""
    return Paginator(attention_list(teacher, at, search), STUDENTS_A_PAGE).get_page(number)


def attention_of(placement: Placement, teacher: User, at: datetime) -> AttentionRow:
    """Return the row of one placement."""
    return _rows([placement], teacher, at)[0]


def questions_for_teacher(
    placement: Placement, teacher: User, number: str | None
) -> Page[GuidanceQuestion]:
    """Return a page of the questions open to this teacher: those that wait first, then newest."""
    rows = with_waiting(access.asked_to(teacher).filter(placement=placement))
    ordered = with_conversation(rows).order_by(
        F("waiting_since").asc(nulls_last=True), "-shared_at", "-pk"
    )
    return Paginator(ordered, QUESTIONS_A_PAGE).get_page(number)


def contact_moments(placement: Placement, teacher: User) -> list[Moment]:
    """Return the moments of contact with a teacher, newest first.

    Of what was withdrawn only the fact remains, not what it was about.
    """
    questions = access.ever_asked_to(teacher).filter(placement=placement).order_by("-shared_at")
    moments = [moment for question in questions[:MOMENTS_SHOWN] for moment in _moments_of(question)]
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
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:MOMENTS_SHOWN]


# Pieces -----------------------------------------------------------------------------------------


def with_waiting(questions: QuerySet[GuidanceQuestion]) -> QuerySet[Any]:
    """Add `waiting_since`: since when the teacher has the next word, or None.

    That is the first thing the student sent after the teacher's last message: the sharing itself,
    a message, or sharing it again.
    """
    answers = Message.objects.filter(question=OuterRef("pk"), is_from_student=False).order_by("-pk")
    unanswered = Message.objects.filter(
        question=OuterRef("pk"), is_from_student=True, pk__gt=OuterRef("last_answer")
    ).order_by("pk")
    return questions.annotate(
        last_answer=Coalesce(
            Subquery(answers.values("pk")[:1]), Value(0), output_field=IntegerField()
        ),
        last_answer_at=Subquery(answers.values("sent_at")[:1]),
        first_unanswered=Subquery(unanswered.values("sent_at")[:1]),
        waiting_since=Case(
            When(
                Q(shared_at=None) | Q(withdrawn_at__isnull=False) | Q(closed_at__isnull=False),
                then=Value(None),
            ),
            When(last_answer=0, then=F("shared_at")),
            When(first_unanswered__isnull=False, then=F("first_unanswered")),
            When(shared_at__gt=F("last_answer_at"), then=F("shared_at")),
            default=Value(None),
            output_field=DateTimeField(),
        ),
    )


def _with_last(questions: QuerySet[GuidanceQuestion]) -> QuerySet[Any]:
    last = Message.objects.filter(question=OuterRef("pk")).order_by("-sent_at").values("sent_at")
    return questions.annotate(
        last_at=Greatest(
            F("created_at"),
            Coalesce(F("shared_at"), F("created_at")),
            Coalesce(Subquery(last[:1]), F("created_at")),
        )
    )


def _with_unread(questions: QuerySet[GuidanceQuestion], student: User) -> QuerySet[Any]:
    reading = QuestionReading.objects.filter(question=OuterRef("question"), person=student)
    unread = (
        Message.objects.filter(question=OuterRef("pk"), is_from_student=False)
        .annotate(seen_at=Subquery(reading.values("read_at")[:1]))
        .filter(Q(seen_at=None) | Q(sent_at__gt=F("seen_at")))
        .order_by("sent_at")
    )
    return questions.annotate(unread_at=Subquery(unread.values("sent_at")[:1]))


def _entry(row: Any) -> QuestionEntry:
    """Return the entry of a question with the columns of `with_waiting` and `_with_last`."""
    state = state_of(row, [])
    if state == State.WAITING_FOR_TEACHER and row.waiting_since is None:
        state = State.ANSWERED
    return QuestionEntry(row, state, row.last_at)


def _rows(placements: list[Placement], teacher: User, at: datetime) -> list[AttentionRow]:
    keys = [placement.pk for placement in placements]
    asked = with_waiting(access.ever_asked_to(teacher).filter(placement__in=keys))
    written = Message.objects.filter(question=OuterRef("pk"), is_from_student=True)
    figures: dict[int, Mapping[str, Any]] = {
        row["placement"]: row
        for row in asked.annotate(
            written_at=Subquery(written.order_by("-pk").values("sent_at")[:1])
        )
        .order_by()
        .values("placement")
        .annotate(
            open=Count("pk", filter=Q(withdrawn_at=None)),
            waiting=Min("waiting_since"),
            shared=Max("shared_at"),
            written=Max("written_at"),
        )
    }
    clock = _Clock(placements, teacher, at)
    rows = [_row(placement, figures.get(placement.pk, {}), clock) for placement in placements]
    return sorted(rows, key=lambda row: order(row.facts, row.attention.colour))


def _row(placement: Placement, figures: Mapping[str, Any], clock: "_Clock") -> AttentionRow:
    today = clock.today(placement)
    waiting = figures.get("waiting")
    facts = Facts(
        name=placement.student.name,
        starts_on=placement.starts_on,
        ends_on=placement.ends_on,
        is_current=placement.is_current,
        running_days=placement.period.running_days(today),
        first_share_days=placement.cohort.first_share_days,
        ever_shared=bool(figures),
        waiting_since=waiting,
        working_days_waiting=clock.working_days(placement, waiting) if waiting else 0,
        response_days=clock.response_days.get(placement.pk),
    )
    found = attention(facts, today)
    heard = [moment for moment in (figures.get("shared"), figures.get("written")) if moment]
    return AttentionRow(
        placement=placement,
        attention=found,
        reason=_reason(found, facts, today),
        question_count=figures.get("open", 0),
        last_heard_at=max(heard, default=None),
        facts=facts,
    )


class _Clock:
    """Days of the institutions and of the teacher, fetched once for a whole list."""

    def __init__(self, placements: list[Placement], teacher: User, at: datetime) -> None:
        self.at = at
        institutions = {placement.cohort.programme.institution_id for placement in placements}
        leaves = TeacherLeave.objects.filter(teacher=teacher, ends_on__gte=at - timedelta(days=90))
        self.leave = _days(leaves.values_list("starts_on", "ends_on"))
        holidays = Holiday.objects.filter(institution__in=institutions)
        self.holidays: dict[int, set[date]] = {}
        for institution, first, last in holidays.values_list("institution", "starts_on", "ends_on"):
            self.holidays.setdefault(institution, set()).update(_days([(first, last)]))
        agreements = WorkingAgreement.objects.filter(
            teacher=teacher, placement__in=placements, confirmed_at__isnull=False
        ).order_by("confirmed_at")
        self.response_days = dict(agreements.values_list("placement", "response_days"))

    def today(self, placement: Placement) -> date:
        return placement.cohort.programme.institution.day_of(self.at)

    def working_days(self, placement: Placement, since: datetime) -> int:
        institution = placement.cohort.programme.institution
        free = self.leave | self.holidays.get(institution.pk, set())
        return working_days_between(institution.day_of(since), self.today(placement), free)


def _days(spans: Any) -> set[date]:
    return {
        first + timedelta(days=number)
        for first, last in spans
        for number in range((last - first).days + 1)
    }


def _reason(found: Attention, facts: Facts, today: date) -> str:
    match found.colour:
        case Colour.RED:
            return ngettext(
                "%(n)d day on placement and never shared anything with you.",
                "%(n)d days on placement and never shared anything with you.",
                facts.running_days,
            ) % {"n": facts.running_days}
        case Colour.ORANGE:
            return _waiting_reason(found, facts, today)
        case Colour.NOT_STARTED:
            return _("Starts on %(day)s.") % {"day": date_format(facts.starts_on, "j F Y")}
        case Colour.ENDED:
            return _ended_reason(facts, today)
    if facts.ever_shared:
        return _("Nothing waits for you.")
    return _("Nothing shared yet, which is normal in the first weeks.")


def _waiting_reason(found: Attention, facts: Facts, today: date) -> str:
    assert facts.waiting_since
    days = (today - timezone.localdate(facts.waiting_since)).days
    if days <= 0:
        text = _("Waits for your answer since today.")
    else:
        text = ngettext(
            "Waits for your answer for %(n)d day.", "Waits for your answer for %(n)d days.", days
        ) % {"n": days}
    if found.over_agreed:
        return " ".join([text, _("That is over the agreed response time.")])
    return text


def _ended_reason(facts: Facts, today: date) -> str:
    if facts.ends_on < today:
        text = _("Ended on %(day)s.") % {"day": date_format(facts.ends_on, "j F Y")}
    else:
        text = _("The student works in another placement now.")
    if facts.waiting_since:
        return " ".join([text, _("A question still waits for your answer.")])
    return text


def _moments_of(question: GuidanceQuestion) -> list[Moment]:
    assert question.shared_at
    if question.withdrawn_at:
        return [
            Moment(question.shared_at, _("A question was shared")),
            Moment(question.withdrawn_at, _("The question was withdrawn")),
        ]
    title = {"title": question.title}
    moments = [Moment(question.shared_at, _("“%(title)s” was shared") % title)]
    if question.closed_at:
        moments.append(Moment(question.closed_at, _("“%(title)s” was closed") % title))
    return moments

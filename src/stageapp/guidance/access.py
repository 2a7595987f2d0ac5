"""Who may see a guidance question: its student, and whom it was asked to, while it is shared.

That is a teacher, as long as they guide the placement, or a guest, as long as their link works.

So may those with whom the student shared it beside the teacher, as long as they guide along or
stand in (`reading_along`). And, with it, a file of the student: nothing else opens one to
somebody else.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
)
from django.utils import timezone

from stageapp.accounts.audience import Reader
from stageapp.accounts.models import User
from stageapp.guidance.models import (
    ActionPoint,
    Attachment,
    GuidanceQuestion,
    MeetingReport,
    Message,
    OwnWords,
    ProposedMoment,
    QuestionReader,
    Shareable,
    SharedItem,
    TalkProposal,
)
from stageapp.guidance.rules import EDITABLE_FOR
from stageapp.invitations.access import living
from stageapp.invitations.models import Invitation
from stageapp.logbook.models import Activity, Evidence, Reflection, SavedItem
from stageapp.placements.access import in_force
from stageapp.placements.models import LearningGoal, Placement, PlacementTeacher

#: What the readers of a question are known by.
READ_BY = ("teacher", "placement__student", "invitation")

#: Where a shared item names what it is a copy of.
_COLUMN: dict[type[Model], str] = {
    Activity: "activity",
    Reflection: "reflection",
    Evidence: "evidence",
}


def questions_of(student: User) -> QuerySet[GuidanceQuestion]:
    """Return the student's own questions."""
    return GuidanceQuestion.objects.filter(placement__student=student)


def older_questions_of(placement: Placement) -> QuerySet[GuidanceQuestion]:
    """Return the student's open questions to who does not guide the placement any more.

    As far as there is somebody who guides it now and cannot read them yet; that can be who was
    asked, and guides it again.
    """
    reads = QuestionReader.objects.filter(question=OuterRef(OuterRef("pk")), link=OuterRef("pk"))
    unread_by = PlacementTeacher.objects.filter(
        ~Exists(reads),
        placement=OuterRef("placement"),
        ended_at=None,
        part=PlacementTeacher.Part.MAIN,
    )
    return (
        GuidanceQuestion.objects.filter(
            ~Q(_linked()) | Q(left_at__isnull=False),
            Exists(unread_by),
            placement=placement,
            teacher__isnull=False,
            shared_at__isnull=False,
            withdrawn_at=None,
            closed_at=None,
        )
        .select_related("teacher")
        .order_by("-shared_at", "-pk")
    )


def guest_questions_of(student: User) -> QuerySet[GuidanceQuestion]:
    """Return the student's questions that were shared with a guest."""
    return questions_of(student).filter(invitation__isnull=False)


def editable_by(student: User) -> QuerySet[GuidanceQuestion]:
    """Return the drafts that the student can still change or throw away."""
    return questions_of(student).filter(shared_at=None)


def shareable_by(student: User) -> QuerySet[GuidanceQuestion]:
    """Return what the student can share: drafts and what was withdrawn."""
    return questions_of(student).filter(
        Q(shared_at=None) | Q(withdrawn_at__isnull=False), closed_at=None
    )


def asked_to(teacher: User) -> QuerySet[GuidanceQuestion]:
    """Return the questions open to a teacher: shared with them, and still their student."""
    return GuidanceQuestion.objects.filter(_opens_to(teacher))


def asked_to_guest(invitation: Invitation) -> QuerySet[GuidanceQuestion]:
    """Return the question open to a guest: the one of their link, while that works."""
    return GuidanceQuestion.objects.filter(_is_open_to_guest(), invitation=invitation)


def ever_asked_to(teacher: User) -> QuerySet[GuidanceQuestion]:
    """Return what was ever shared with a teacher; for counting and dates, not for reading."""
    asked = Q(_linked(), teacher=teacher, shared_at__isnull=False)
    return GuidanceQuestion.objects.filter(asked | _read_along_by(teacher))


def readable_by(user: User) -> QuerySet[GuidanceQuestion]:
    """Return the questions that somebody can open, as student or as teacher."""
    return GuidanceQuestion.objects.filter(Q(placement__student=user) | _opens_to(user))


def cores_received_by(reader: User) -> QuerySet[GuidanceQuestion]:
    """Return the questions that somebody can read and did not write."""
    return readable_by(reader).exclude(placement__student=reader)


def messages_received_by(reader: User) -> QuerySet[Message]:
    """Return the messages that somebody can read and did not write."""
    return Message.objects.filter(question__in=readable_by(reader)).exclude(author=reader)


def attachments_open_to(reader: User) -> QuerySet[Attachment]:
    """Return the files of the messages that somebody can read."""
    return Attachment.objects.filter(message__question__in=readable_by(reader))


def attachments_open_to_guest(invitation: Invitation) -> QuerySet[Attachment]:
    """Return the files of the messages that a guest can read now."""
    return Attachment.objects.filter(message__question__in=asked_to_guest(invitation))


def own_words_of(writer: User) -> QuerySet[OwnWords]:
    """Return the texts that somebody keeps to write with: nobody else's eyes."""
    return OwnWords.objects.filter(owner=writer)


def messages_of(student: User) -> QuerySet[Message]:
    """Return what was written about the student's own questions, by either: to make points of."""
    return Message.objects.filter(question__placement__student=student)


def messages_editable_by(writer: User, at: datetime) -> QuerySet[Message]:
    """Return the own messages of the last minutes in conversations that are open."""
    return Message.objects.filter(
        question__in=readable_by(writer).filter(
            shared_at__isnull=False, withdrawn_at=None, closed_at=None
        ),
        author=writer,
        sent_at__gt=at - EDITABLE_FOR,
    )


def with_openness(questions: QuerySet[GuidanceQuestion]) -> QuerySet[GuidanceQuestion]:
    """Add what `readers_known` reads.

    That is `is_open`: whether who was asked, teacher or guest, can read a question now; and who
    reads it along.
    """
    is_open = _is_open() | _is_open_to_guest()
    return questions.annotate(
        is_open=ExpressionWrapper(is_open, output_field=BooleanField())
    ).prefetch_related(Prefetch("along", reading_along(), to_attr="rows_along"))


def with_openness_of_files(items: QuerySet[SharedItem]) -> QuerySet[Any]:
    """Add `has_open_file`: whether who can read the question of an item can open its file now.

    The file that was shared is kept with the evidence, not with the item: it closes when the
    student removes the evidence or its activity, and opens again when that comes back. A file that
    takes its place was not shared, so it stays closed until the student shares anew.
    """
    is_open = Q(
        ~Q(file=""),
        snapshot__isnull=False,
        withdrawn_at=None,
        evidence__file=F("file"),
        evidence__deleted_at=None,
        evidence__activity__deleted_at=None,
    )
    return items.annotate(has_open_file=ExpressionWrapper(is_open, output_field=BooleanField()))


def files_open_to(teacher: User) -> QuerySet[SharedItem]:
    """Return the shared items whose file somebody else than the student can open now."""
    asked = SharedItem.objects.filter(question__in=asked_to(teacher))
    return with_openness_of_files(asked).filter(has_open_file=True)


def files_open_to_guest(invitation: Invitation) -> QuerySet[SharedItem]:
    """Return the shared items whose file a guest can open now."""
    asked = SharedItem.objects.filter(question__in=asked_to_guest(invitation))
    return with_openness_of_files(asked).filter(has_open_file=True)


def items_shared_by(student: User) -> QuerySet[SharedItem]:
    """Return what ever went with a question of the student: to withdraw, or to share anew."""
    asked = questions_of(student).filter(shared_at__isnull=False)
    return SharedItem.objects.filter(question__in=asked, snapshot__isnull=False).select_related(
        "question__teacher"
    )


def open_copies_of(source: Shareable | LearningGoal) -> QuerySet[Any]:
    """Return the questions with which others can read a copy of this now, last shared first.

    With `copied_at`: of which moment that copy is.
    """
    copied_at = "shared_at"
    if isinstance(source, LearningGoal):
        carries = Q(goal=source, goal_snapshot__isnull=False)
    else:
        name = _COLUMN.get(type(source), "saved")
        carries = Q(items__snapshot__isnull=False, items__withdrawn_at=None)
        carries &= Q((f"items__{name}", source))
        copied_at = "items__snapshot_at"
    found = GuidanceQuestion.objects.filter(_is_read(), carries).order_by("-shared_at", "-pk")
    return with_openness(found).annotate(copied_at=F(copied_at)).select_related(*READ_BY)


def open_copies_among(items: Sequence[SavedItem]) -> dict[int, list[Any]]:
    """Return what `open_copies_of` says of what each of these saved items is about, by its key.

    Takes three queries, however many items there are.
    """
    columns = ("activity", "reflection", "evidence")
    copies = Q(saved__in=items)
    for name in columns:
        keys = [key for item in items if (key := getattr(item, f"{name}_id"))]
        copies |= Q((f"{name}__in", keys))
    read = GuidanceQuestion.objects.filter(_is_read())
    shared = (
        SharedItem.objects.filter(copies, snapshot__isnull=False, withdrawn_at=None)
        .filter(question__in=read)
        .prefetch_related(Prefetch("question", with_openness(read).select_related(*READ_BY)))
        .order_by("-question__shared_at", "-question__pk")
    )
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for copy in shared:
        question: Any = copy.question
        question.copied_at = copy.snapshot_at
        for name in (*columns, "saved"):
            found[name, getattr(copy, f"{name}_id")].append(question)
    return {
        item.pk: next(
            (found[name, key] for name in columns if (key := getattr(item, f"{name}_id"))),
            found["saved", item.pk],
        )
        for item in items
    }


def reading_along() -> QuerySet[QuestionReader]:
    """Return whom a question is open to now beside the teacher asked: the student shared it so.

    They guide the placement along, or stand in for the teacher asked, who guides it still.
    """
    now = timezone.now()
    is_guided = PlacementTeacher.objects.filter(
        placement=OuterRef("question__placement"),
        teacher=OuterRef("question__teacher"),
        ended_at=None,
    )
    guides_along = Q(link__isnull=False, link__ended_at=None)
    stands_in = Q(
        Exists(is_guided),
        question__left_at=None,
        substitution__ended_at=None,
        substitution__opens_at__lte=now,
        substitution__closes_at__gt=now,
    )
    return (
        QuestionReader.objects.filter(
            guides_along | stands_in,
            question__shared_at__isnull=False,
            question__withdrawn_at=None,
        )
        .select_related("person", "substitution__teacher")
        .order_by("person__name", "pk")
    )


def who_could_read_along(question: GuidanceQuestion, at: datetime) -> list[QuestionReader]:
    """Return whom the student could share a question with at a moment, beside the teacher asked.

    Not kept: a row is what sharing makes of it. Takes two queries.
    """
    if question.is_for_guest:
        return []
    placement = question.placement
    links = placement.teacher_links.filter(ended_at=None).select_related("teacher")
    standing_in = in_force(at).filter(
        teacher=question.teacher_id, institution=placement.cohort.programme.institution_id
    )
    rows = [QuestionReader(question=question, person=row.teacher, link=row) for row in links]
    rows += [
        QuestionReader(question=question, person=row.substitute, substitution=row)
        for row in standing_in.select_related("teacher", "substitute").order_by("-closes_at")
    ]
    known = {question.teacher_id, placement.student_id}
    found: dict[int, QuestionReader] = {}
    for row in rows:
        if row.person_id not in known:
            found.setdefault(row.person_id, row)
    return sorted(found.values(), key=lambda row: row.person.name)


def readers_of(question: GuidanceQuestion) -> list[Reader]:
    """Return everybody for whom `readable_by` or `asked_to_guest` holds this question.

    It is what the mark of audience says.
    """
    return readers_known(known(question))


def people_reading(question: GuidanceQuestion) -> list[User]:
    """Return everybody with an account for whom `readable_by` holds this question."""
    return [reader for reader in readers_of(question) if isinstance(reader, User)]


def known(question: GuidanceQuestion) -> GuidanceQuestion:
    """Fetch a question anew, with the columns of `with_openness`."""
    rows = GuidanceQuestion.objects.filter(pk=question.pk)
    return with_openness(rows).select_related(*READ_BY).get()


def readers_known(question: Any) -> list[Reader]:
    """Return the same of a question that came with the columns of `with_openness`."""
    readers: list[Reader] = [question.placement.student]
    if question.is_open:
        readers.append(question.invitation if question.is_for_guest else question.teacher)
    return readers + [row.person for row in question.rows_along]


# Talks: both propose and pick, while the question is open. A talk that was agreed on stands in the
# calendar of both: see planning/access.


def talkable_by(person: User) -> QuerySet[GuidanceQuestion]:
    """Return the questions about which somebody can propose to talk now, as one of the two."""
    return (
        GuidanceQuestion.objects.filter(_is_open(), closed_at=None)
        .filter(Q(placement__student=person) | Q(teacher=person))
        .select_related(
            "placement__student", "placement__cohort__programme__institution", "teacher"
        )
    )


def proposals_readable_by(person: User) -> QuerySet[TalkProposal]:
    """Return the open proposals of questions that somebody can talk about."""
    return TalkProposal.objects.filter(question__in=talkable_by(person), outcome="")


def proposals_seen_by(person: User) -> QuerySet[TalkProposal]:
    """Return what the two proposed, settled or not, for either of them; see `reports_readable_by`.

    The student keeps it; the teacher asked sees it as long as the question is open to them.
    """
    return TalkProposal.objects.filter(
        Q(question__placement__student=person)
        | Q(question__in=asked_to(person), question__teacher=person)
    )


def proposals_settled_by(person: User) -> QuerySet[TalkProposal]:
    """Return the proposals that wait for this person."""
    of_student = Q(is_from_student=True)
    theirs = ~of_student & Q(question__placement__student=person)
    return proposals_readable_by(person).filter(theirs | Q(of_student, question__teacher=person))


def proposals_made_by(person: User) -> QuerySet[TalkProposal]:
    """Return the open proposals of this person: to take back."""
    return proposals_readable_by(person).filter(proposed_by=person)


def moments_picked_by(person: User) -> QuerySet[ProposedMoment]:
    """Return the moments that somebody can pick, or picked: a second click leads to the talk."""
    of_student = Q(proposal__is_from_student=True)
    theirs = ~of_student & Q(proposal__question__placement__student=person)
    return ProposedMoment.objects.filter(
        theirs | Q(of_student, proposal__question__teacher=person),
        proposal__question__in=talkable_by(person),
    ).select_related("proposal__question")


# Meeting reports: of the student; a shared one also of the teacher, while its question is open.


def reports_of(student: User) -> QuerySet[MeetingReport]:
    """Return the reports that a student wrote."""
    return MeetingReport.objects.filter(question__placement__student=student)


def reports_readable_by(person: User) -> QuerySet[MeetingReport]:
    """Return the reports that somebody can read, as their student or as the teacher."""
    return MeetingReport.objects.filter(
        Q(question__placement__student=person)
        | Q(
            question__in=asked_to(person),
            question__teacher=person,
            shared_at__isnull=False,
            withdrawn_at=None,
        )
    )


def reports_shared_with(teacher: User) -> QuerySet[MeetingReport]:
    """Return the reports that a teacher reads and did not write: to confirm, or to add to."""
    return reports_readable_by(teacher).exclude(question__placement__student=teacher)


def readers_of_report(report: MeetingReport) -> list[User]:
    """Return everybody for whom `reports_readable_by` holds this report; the mark of audience.

    It is about what two people talked over: who guides along reads the question, not the report.
    """
    readers, teacher = [report.question.placement.student], report.question.teacher
    if teacher and reports_readable_by(teacher).filter(pk=report.pk).exists():
        readers.append(teacher)
    return readers


# Action points: of the student; one of a question also of its teacher, as long as it is open.


def points_of(student: User) -> QuerySet[ActionPoint]:
    """Return the action points of a student, whoever does them: to change and to remove."""
    return ActionPoint.objects.filter(placement__student=student)


def points_readable_by(user: User) -> QuerySet[ActionPoint]:
    """Return the action points that somebody can see, as student or as teacher of the question."""
    return ActionPoint.objects.filter(Q(placement__student=user) | Q(question__in=asked_to(user)))


def points_to_do_by(teacher: User) -> QuerySet[ActionPoint]:
    """Return the action points that a teacher does, of questions open to them."""
    return ActionPoint.objects.filter(owner=teacher, question__in=asked_to(teacher))


def points_ticked_by(user: User) -> QuerySet[ActionPoint]:
    """Return what somebody can tick off: the student everything, a teacher what they do."""
    return ActionPoint.objects.filter(
        Q(placement__student=user) | Q(owner=user, question__in=asked_to(user))
    )


def points_to_learn_from(student: User) -> QuerySet[ActionPoint]:
    """Return the points that can become a learning goal: open, and done by the student."""
    return points_of(student).filter(owner=student, done_at=None)


def with_openness_of_points(points: QuerySet[ActionPoint]) -> QuerySet[Any]:
    """Add `is_open`: whether the teacher of its question can see a point now; and who can along."""
    questions = GuidanceQuestion.objects.filter(_is_open(), pk=OuterRef("question"))
    return points.annotate(is_open=Exists(questions)).prefetch_related(
        Prefetch("question__along", reading_along(), to_attr="rows_along")
    )


def readers_of_point(point: ActionPoint) -> list[User]:
    """Return everybody for whom `points_readable_by` holds this point; the mark of audience."""
    return people_reading(point.question) if point.question else [point.placement.student]


def _opens_to(teacher: User) -> Q:
    return Q(_is_open(), teacher=teacher) | _read_along_by(teacher)


def _read_along_by(person: User) -> Q:
    return Q(pk__in=reading_along().filter(person=person).order_by().values("question"))


def _is_read() -> Q:
    return (
        _is_open()
        | _is_open_to_guest()
        | Q(Exists(reading_along().filter(question=OuterRef("pk"))))
    )


def _is_open() -> Q:
    return Q(_linked(), shared_at__isnull=False, withdrawn_at=None, left_at=None)


def _is_open_to_guest() -> Q:
    guests = living(timezone.now()).filter(pk=OuterRef("invitation"))
    return Q(Exists(guests), shared_at__isnull=False, withdrawn_at=None)


def _linked() -> Exists:
    return Exists(
        PlacementTeacher.objects.filter(
            placement=OuterRef("placement"), teacher=OuterRef("teacher"), ended_at=None
        )
    )

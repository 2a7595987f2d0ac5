"""What happens to guidance questions. Nothing else writes them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.core.fields import NAME_LENGTH
from stageapp.guidance import access, queries
from stageapp.guidance.actions_along import (
    Readers,
    chosen_along,
    keep_along,
    tell_of_question,
)
from stageapp.guidance.actions_points import add_point, subject_of
from stageapp.guidance.locking import locked
from stageapp.guidance.models import (
    ActionPoint,
    AskingPreference,
    Attachment,
    GuidanceQuestion,
    Message,
    QuestionReader,
    QuestionReading,
    Shareable,
    SharedItem,
)
from stageapp.guidance.news import subject_of_question, tell
from stageapp.guidance.openings import keep_openings
from stageapp.guidance.queries_talks import subjects_of, subjects_that_close
from stageapp.guidance.rules import goal_words
from stageapp.invitations import actions as invitations
from stageapp.invitations.models import Invitation
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.logbook.room import check_room
from stageapp.logbook.uploads import CheckedFile
from stageapp.notifications.actions import cancel_unsent, forget_titles, mark_seen
from stageapp.notifications.kinds import Kind
from stageapp.notifications.queries import news_about
from stageapp.placements.actions_goals import add_goal, agree_with_goal
from stageapp.placements.models import LearningGoal, Placement
from stageapp.planning.actions import name_appointments
from stageapp.planning.models import Appointment


@transaction.atomic
def draft_question(
    question: GuidanceQuestion, items: Sequence[Shareable], *, by: User, at: datetime
) -> GuidanceQuestion:
    """Keep a new draft with its items, or return the one that the same form made before."""
    Placement.objects.select_for_update().get(pk=question.placement_id, student=by)
    sent_before = GuidanceQuestion.objects.filter(
        placement=question.placement, client_id=question.client_id
    ).first()
    if sent_before:
        return sent_before
    question.created_at = at
    question.save()
    _choose_items(question, items)
    return question


@transaction.atomic
def change_draft(question: GuidanceQuestion, items: Sequence[Shareable]) -> None:
    """Keep what the student changed. Raises ValidationError once the question was shared."""
    kept = locked(question)
    if not kept.is_draft:
        raise ValidationError(_("This question was shared in the meantime."))
    question.save()
    question.items.all().delete()
    _choose_items(question, items)


def add_item(question: GuidanceQuestion, source: Shareable, *, position: int) -> SharedItem:
    """Add one item; the database knows three positions, each once.

    Raises ValidationError when the position is taken or there is none.
    """
    item = SharedItem(question=question, position=position)
    if isinstance(source, Activity):
        item.kind, item.activity = SharedItem.Kind.ACTIVITY, source
    elif isinstance(source, Reflection):
        item.kind, item.reflection = SharedItem.Kind.REFLECTION, source
    elif isinstance(source, Evidence):
        item.kind, item.evidence = SharedItem.Kind.EVIDENCE, source
    else:
        item.kind, item.saved = source.kind, source
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as full:
        raise ValidationError(_("At most three items go with a question.")) from full
    return item


@transaction.atomic
def share_question(
    question: GuidanceQuestion, *, at: datetime, readers: Readers | None = None
) -> None:
    """Open a question to its teacher or its guest, with its items as they are now.

    Also to those who guide along or stand in whom the student chose: see `readers`. Raises
    ValidationError when it goes to nobody who guides this placement now, when the guest cannot be
    invited, or when others could read along by now than the student saw.
    """
    kept = locked(question)
    if kept.is_shared:
        return
    if kept.closed_at is not None:
        raise ValidationError(_("This question is closed. Open it again first."))
    if not queries.can_be_shared(kept):
        raise _nobody_reads(kept)
    along = chosen_along(kept, readers, at=at)
    _take_snapshots(kept, at=at)
    kept.shared_at, kept.withdrawn_at, kept.left_at = at, None, None
    kept.goal_snapshot = queries.goal_snapshot(kept.goal) if kept.goal else None
    kept.save(update_fields=["shared_at", "withdrawn_at", "left_at", "goal_snapshot"])
    question.shared_at, question.withdrawn_at = at, None
    _name_talks(kept, kept.title)
    if kept.is_for_guest:
        invite_guest(kept, at=at)
    else:
        _open_to_teachers(kept, along, at)


def invite_guest(question: GuidanceQuestion, *, at: datetime) -> None:
    """Give the guest of a shared question a new link by mail; one before is dead.

    Call it with the question locked. Raises ValidationError as `invitations.actions.invite`.
    """
    if question.invitation:
        invitations.renew(question.invitation, at=at)
        return
    placement, institution = question.placement, question.placement.cohort.programme.institution
    question.invitation = invitations.invite(
        Invitation(
            use=Invitation.Use.GUIDANCE_QUESTION,
            invited_by=placement.student,
            institution=institution.name,
            host=institution.host,
            name=question.guest_name,
            email=question.guest_email,
            language=question.guest_language or placement.student.language,
            title=question.title,
        ),
        at=at,
    )
    question.save(update_fields=["invitation"])


def _open_to_teachers(
    question: GuidanceQuestion, along: Sequence[QuestionReader], at: datetime
) -> None:
    assert question.teacher
    keep_along(question, along, at=at)
    for person in (question.teacher, *(row.person for row in along)):
        tell_of_question(question, person, at=at)


@transaction.atomic
def agree_on_goal(question: GuidanceQuestion, *, read_version: str, by: User, at: datetime) -> None:
    """The teacher asked agrees with the goal as it was shared; the student hears of it once.

    It answers the question: nothing waits for the teacher until the student writes again. A second
    click is no second answer.

    `read_version` says which sharing the teacher read. Raises ValidationError when it was
    withdrawn or shared anew since, or when the goal was removed.
    """
    kept = locked(question)
    if (
        not kept.is_shared
        or not kept.goal
        or not kept.goal_snapshot
        or kept.goal.deleted_at is not None
        or kept.version != read_version
    ):
        raise ValidationError(_("The student changed this meanwhile. Read it again first."))
    if kept.is_agreed:
        return
    agreement = agree_with_goal(
        kept.goal,
        title=kept.goal_snapshot["title"],
        description=kept.goal_snapshot["description"],
        by=by,
        at=at,
    )
    kept.agreed_at = at
    kept.save(update_fields=["agreed_at"])
    tell(
        kept.placement.student,
        Kind.GOAL_AGREED,
        kept,
        by=by,
        cause=f"agreement:{agreement.pk}",
        at=at,
        title=agreement.title,
    )


@transaction.atomic
def withdraw_question(question: GuidanceQuestion, *, at: datetime) -> None:
    """Close the question and its items to the addressee at once; unsent mails never go."""
    kept = locked(question)
    if not kept.is_shared:
        return
    kept.withdrawn_at = at
    kept.save(update_fields=["withdrawn_at"])
    kept.along.all().delete()
    cancel_unsent(subject_of_question(kept), at=at)
    if kept.invitation:
        invitations.end(kept.invitation, at=at)
    for subject in subjects_that_close(kept):
        cancel_unsent(subject, at=at)
    _name_talks(kept, "")
    points = kept.action_points.all()
    for point in points.filter(owner=kept.teacher, done_at=None):
        cancel_unsent(subject_of(point), at=at)
    told_of = [subject_of_question(kept), *subjects_of(kept), *map(subject_of, points)]
    forget_titles(told_of, but=kept.placement.student)


@transaction.atomic
def withdraw_item(item: SharedItem, *, at: datetime) -> None:
    """Close one item, with its file, to the addressee at once; the question stays as it is.

    It stays withdrawn, also when the question is shared again, until `share_item`.
    """
    kept = locked(item.question)
    kept.items.filter(pk=item.pk, snapshot__isnull=False, withdrawn_at=None).update(withdrawn_at=at)


@transaction.atomic
def share_item(item: SharedItem, *, at: datetime) -> bool:
    """Let the addressee see one item as it is now; return whether that changes anything.

    Messages stay, and nothing waits for the teacher because of it. Raises ValidationError when the
    question is closed, when nobody could see it, or when the item left the logbook.
    """
    kept = locked(item.question)
    if kept.closed_at is not None:
        raise ValidationError(_("This question is closed. Open it again first."))
    if kept.is_draft or not _has_readers(kept):
        raise _nobody_reads(kept)
    row = queries.with_sources(kept.items.filter(pk=item.pk)).first()
    snapshot = queries.fresh_snapshots([row]).get(row.pk) if row else None
    if row is None or snapshot is None:
        raise ValidationError(_("This was removed from your logbook, so it cannot be shared."))
    if row.withdrawn_at is None and not queries.differs(row, snapshot):
        return False
    _keep_snapshot(row, snapshot, at=at)
    return True


def prefer_steps(person: User, *, in_steps: bool) -> None:
    """Keep how somebody likes to write a question."""
    AskingPreference.objects.update_or_create(person=person, defaults={"in_steps": in_steps})


@transaction.atomic
def close_question(
    question: GuidanceQuestion,
    *,
    goal: str,
    learned: str,
    next_step: str,
    at: datetime,
    points: Sequence[ActionPoint] = (),
    makes_goal: bool = False,
) -> None:
    """The student closes a question, in own words; points and a learning goal may come of it.

    A second copy of the same form keeps nothing twice.
    """
    student = locked(question).placement.student
    for point in points:
        add_point(point, by=student, at=at)
    if makes_goal:
        _aim_for(question, goal, at=at)
    question.conclusion_goal, question.conclusion_learned = goal, learned
    question.conclusion_next, question.closed_at = next_step, at
    question.save(
        update_fields=["conclusion_goal", "conclusion_learned", "conclusion_next", "closed_at"]
    )


def reopen_question(question: GuidanceQuestion) -> None:
    """Go on with a closed question; its conclusion stays."""
    question.closed_at = None
    question.save(update_fields=["closed_at"])


@transaction.atomic
def delete_draft(question: GuidanceQuestion) -> None:
    """Throw a draft away; what was shared meanwhile stays."""
    if locked(question).is_draft:
        question.delete()


@transaction.atomic
def send_message(
    question: GuidanceQuestion,
    text: str,
    *,
    by: User,
    at: datetime,
    client_id: uuid.UUID,
    files: Sequence[CheckedFile] = (),
) -> Message:
    """Keep a message with its files and tell who is to read it, once for each `client_id`.

    A student tells everybody else who can read it, a teacher the student. Raises ValidationError
    when there are too many files, or no room for them, when the question was withdrawn or closed
    meanwhile, when nobody else can read it any more, or when its writer cannot.
    """
    kept = locked(question)
    sent_before = kept.messages.filter(client_id=client_id, author=by).first()
    if sent_before:
        return sent_before
    readers = access.readers_of(kept)
    if kept.closed_at or by not in readers or not queries.is_read_by_others(readers):
        raise ValidationError(_("This conversation is closed, so your message was not sent."))
    student = kept.placement.student
    message = Message.objects.create(
        question=kept,
        client_id=client_id,
        author=by,
        is_from_student=by == student,
        text=text,
        sent_at=at,
    )
    _attach(message, files)
    if kept.invitation:
        invitations.tell_of_message(kept.invitation, cause=f"message:{message.pk}", at=at)
    people = [one for one in readers if isinstance(one, User) and one != by]
    for other in people if by == student else [student]:
        tell(other, Kind.MESSAGE_RECEIVED, kept, by=by, cause=f"message:{message.pk}", at=at)
    return message


@transaction.atomic
def edit_message(message: Message, text: str, *, by: User, at: datetime) -> None:
    """Change a message that was just sent; whoever reads it sees that it was changed.

    Raises ValidationError when its minutes are over, or the conversation is not open any more.
    """
    locked(message.question)
    kept = access.messages_editable_by(by, at).filter(pk=message.pk).first()
    if kept is None:
        raise ValidationError(_("This message cannot be changed any more. Write another one."))
    if kept.text == text:
        return
    kept.text, kept.edited_at = text, at
    kept.save(update_fields=["text", "edited_at"])


@transaction.atomic
def mark_read(
    questions: Sequence[GuidanceQuestion], *, by: User, at: datetime, shows_items: bool = True
) -> None:
    """Remember that somebody read these conversations, and first opened their items.

    A file is opened by itself: see `mark_file_opened`. Where only messages were shown, no item was
    opened: one may have been shared since the page was.
    """
    about = [subject_of_question(question) for question in questions]
    about += [subject for question in questions for subject in subjects_of(question)]
    if shows_items:
        about += [subject_of(point) for one in questions for point in one.action_points.all()]
    mark_seen(news_about(by, about), at=at)
    QuestionReading.objects.bulk_create(
        [QuestionReading(question=question, person=by, read_at=at) for question in questions],
        update_conflicts=True,
        unique_fields=["question", "person"],
        update_fields=["read_at"],
    )
    opened = [
        item
        for question in questions
        if shows_items and question.placement.student_id != by.pk
        for item in question.items.all()
        if item.withdrawn_at is None and not item.file
    ]
    keep_openings(opened, person=by, at=at)


@transaction.atomic
def mark_file_opened(item: SharedItem, *, by: User, at: datetime) -> None:
    """Remember that somebody first opened the file of an item."""
    keep_openings([item], person=by, at=at)


def _attach(message: Message, files: Sequence[CheckedFile]) -> None:
    """Keep the files of a message; the database knows three positions, each once."""
    if len(files) > Attachment.MOST:
        raise ValidationError(_("At most three files go with a message."))
    if message.author:
        check_room(
            message.author,
            queries.files_sent_by(message.author),
            [file.size for file in files],
            most=settings.MESSAGES_MOST_BYTES_IN_ALL,
            field="attachments",
        )
    for position, file in enumerate(files, start=1):
        Attachment.objects.create(
            message=message,
            position=position,
            name=file.name,
            file=file.file,
            content_type=file.content_type,
            size=file.size,
        )


def _aim_for(question: GuidanceQuestion, text: str, *, at: datetime) -> None:
    """Make a learning goal of where the student wants to go, unless it is there already."""
    title, description = goal_words(text, NAME_LENGTH)
    goals = LearningGoal.objects.filter(placement=question.placement_id, deleted_at=None)
    if title and not goals.filter(title=title, description=description).exists():
        add_goal(
            LearningGoal(placement=question.placement, title=title, description=description), at=at
        )


def _choose_items(question: GuidanceQuestion, items: Sequence[Shareable]) -> None:
    for position, source in enumerate(items, start=1):
        add_item(question, source, position=position)


def _take_snapshots(question: GuidanceQuestion, *, at: datetime) -> None:
    """Keep the items as they are now.

    What left the logbook meanwhile does not go along, nor what the student withdrew by itself.
    """
    chosen = question.items.filter(withdrawn_at=None)
    items = list(queries.with_sources(chosen))
    snapshots = queries.fresh_snapshots(items)
    chosen.exclude(pk__in=snapshots).delete()
    for item in items:
        if item.pk in snapshots:
            _keep_snapshot(item, snapshots[item.pk], at=at)


def _keep_snapshot(item: SharedItem, snapshot: dict[str, Any], *, at: datetime) -> None:
    item.snapshot, item.snapshot_at, item.withdrawn_at = snapshot, at, None
    item.file = queries.file_now(item)
    item.save(update_fields=["snapshot", "snapshot_at", "withdrawn_at", "file"])


def _has_readers(question: GuidanceQuestion) -> bool:
    """Somebody beside the student reads what is shared now, or would if it were shared again."""
    if question.is_shared:
        return queries.is_read_by_others(access.readers_of(question))
    return queries.can_be_shared(question)


def _nobody_reads(question: GuidanceQuestion) -> ValidationError:
    if question.is_for_guest:
        return ValidationError(
            _("The link of %(name)s does not work any more. Renew it first."),
            params={"name": question.guest_name},
        )
    return ValidationError(_("You can only share this with a teacher who guides you now."))


def _name_talks(question: GuidanceQuestion, title: str) -> None:
    """Let the calendar of the teacher say what is talked about, or no more than that they talk."""
    name_appointments(Appointment.objects.filter(proposal__question=question), title)

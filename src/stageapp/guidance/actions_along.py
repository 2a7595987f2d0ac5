"""Reading along with the teacher asked: who guides along, and who stands in for a while."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.actions_points import subject_of
from stageapp.guidance.actions_talks import cancel_talk
from stageapp.guidance.locking import locked
from stageapp.guidance.models import ActionPoint, GuidanceQuestion, QuestionReader
from stageapp.guidance.news import subject_of_question, tell
from stageapp.guidance.queries import is_linked
from stageapp.guidance.queries_talks import subjects_of, talks_to_come
from stageapp.notifications.actions import cancel_unsent_to
from stageapp.notifications.kinds import Kind
from stageapp.placements.actions_teachers import end_link, end_substitution
from stageapp.placements.models import PlacementTeacher, Substitution
from stageapp.planning.actions import name_appointments
from stageapp.planning.models import Appointment


@dataclass(frozen=True)
class Readers:
    """With whom a student shares beside the teacher asked, by their keys."""

    #: Who could read along when the student looked.
    offered: frozenset[int]
    #: Whom of them the student chose.
    chosen: frozenset[int]


def chosen_along(
    question: GuidanceQuestion, readers: Readers | None, *, at: datetime
) -> list[QuestionReader]:
    """Return with whom a question is shared as well, which is nobody unless the student said so.

    Raises ValidationError when others could read along by now than the student saw.
    """
    if readers is None:
        return []
    rows = access.who_could_read_along(question, at)
    if readers.offered != {row.person_id for row in rows}:
        raise ValidationError(
            _("Who guides you changed meanwhile. Look who can read it now, and share it then.")
        )
    return [row for row in rows if row.person_id in readers.chosen]


def keep_along(question: GuidanceQuestion, rows: Sequence[QuestionReader], *, at: datetime) -> None:
    """Keep with whom a question is shared beside the teacher asked, and nobody else."""
    question.along.all().delete()
    for row in rows:
        row.shared_at = at
    QuestionReader.objects.bulk_create(rows)


@transaction.atomic
def share_along(question: GuidanceQuestion, person: int, *, at: datetime) -> User:
    """Open a question that is shared already to one more person; return who it is.

    Or again to who was asked, and guides again. Raises ValidationError when that person does not
    guide, guide along or stand in now, or when the question is not shared or closed.
    """
    kept = locked(question)
    if person == kept.teacher_id:
        return _open_again(kept, at=at)
    rows = {row.person_id: row for row in access.who_could_read_along(kept, at)}
    if person not in rows or not kept.is_shared or kept.closed_at is not None:
        raise _guides_not()
    row = rows[person]
    if kept.along.filter(person=row.person, link=row.link, substitution=row.substitution).exists():
        return row.person
    kept.along.filter(person=row.person).delete()
    row.shared_at = at
    row.save()
    tell_of_question(kept, row.person, at=at)
    return row.person


def _open_again(question: GuidanceQuestion, *, at: datetime) -> User:
    assert question.teacher
    if not question.is_shared or question.closed_at is not None or not is_linked(question):
        raise _guides_not()
    if question.left_at is not None:
        question.left_at = None
        question.save(update_fields=["left_at"])
        _name_talks([question], question.title, until=at)
        tell_of_question(question, question.teacher, at=at)
    return question.teacher


def _guides_not() -> ValidationError:
    return ValidationError(_("You can only share this with a teacher who guides you now."))


@transaction.atomic
def stop_along(question: GuidanceQuestion, person: int, *, at: datetime) -> None:
    """Close a question to somebody who reads it along; the teacher asked can still read it."""
    kept = locked(question)
    _cancel_to(kept.along.filter(person=person), at)
    kept.along.filter(person=person).delete()


@transaction.atomic
def end_guiding(link: PlacementTeacher, *, at: datetime, by: User | None = None) -> None:
    """Let a teacher guide a placement no longer: nothing of it is open to them, no mail goes.

    Their talks to come are called off: both get that for their calendar, the student as news too.
    What was asked to them stays closed when they guide again, until the student decides.
    """
    end_link(link, at=at, by=by)
    for talk in talks_to_come(link, at):
        cancel_talk(talk, by=by or link.teacher, at=at)
    left = link.placement.questions.filter(
        teacher=link.teacher, shared_at__isnull=False, left_at=None
    )
    # Of those that are over only that they talked; what is called off now says itself about what.
    _name_talks(left, "", until=at)
    left.update(left_at=at)
    asked = link.placement.questions.filter(Q(teacher=link.teacher) | Q(along__link=link))
    _cancel_subjects(link.teacher, asked, at)
    standing_in = QuestionReader.objects.filter(
        question__placement=link.placement_id, substitution__teacher=link.teacher_id
    )
    _cancel_to(standing_in, at)


@transaction.atomic
def forget_along(link: PlacementTeacher) -> None:
    """Forget what was shared along by a link that ended, before it begins again.

    Nothing of before opens by itself: the student decides once more.
    """
    QuestionReader.objects.filter(link=link).delete()


@transaction.atomic
def end_replacing(substitution: Substitution, *, at: datetime) -> None:
    """Let nobody stand in any more: what was shared with the substitute closes, no mail goes."""
    end_substitution(substitution, at=at)
    _cancel_to(QuestionReader.objects.filter(substitution=substitution), at)


def end_what_is_over(*, at: datetime) -> int:
    """End the substitutions whose days are over, so that no mail goes after them; return how many.

    What was shared closes by the clock itself; this is about news that waits for a digest.
    """
    over = list(Substitution.objects.filter(ended_at=None, closes_at__lte=at))
    for substitution in over:
        end_replacing(substitution, at=substitution.closes_at)
    return len(over)


def tell_of_question(question: GuidanceQuestion, person: User, *, at: datetime) -> None:
    """Tell a teacher that a question is open to them."""
    tell(
        person,
        Kind.QUESTION_SHARED,
        question,
        by=question.placement.student,
        cause=f"share:{question.pk}:{at.isoformat()}",
        at=at,
    )


def _name_talks(questions: Iterable[GuidanceQuestion], title: str, *, until: datetime) -> None:
    """Let the calendar of a teacher say what was talked about, or no more than that they talked."""
    talks = Appointment.objects.filter(proposal__question__in=questions, ends_at__lte=until)
    name_appointments(talks, title)


def _cancel_to(rows: QuerySet[QuestionReader], at: datetime) -> None:
    by_person: dict[User, list[int]] = {}
    for row in rows.select_related("person"):
        by_person.setdefault(row.person, []).append(row.question_id)
    for person, keys in by_person.items():
        _cancel_subjects(person, GuidanceQuestion.objects.filter(pk__in=keys), at)


def _cancel_subjects(person: User, questions: QuerySet[GuidanceQuestion], at: datetime) -> None:
    rows = questions.distinct().prefetch_related("talk_proposals", "meeting_reports")
    about: list[str] = []
    for question in rows:
        about += [subject_of_question(question), *subjects_of(question)]
    points = ActionPoint.objects.filter(question__in=questions)
    cancel_unsent_to(person, [*about, *map(subject_of, points)], at=at)

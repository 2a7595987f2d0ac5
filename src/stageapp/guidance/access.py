"""Who may see a guidance question: its student, and the teacher asked, while it is shared."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.guidance.models import GuidanceQuestion
from stageapp.placements.models import PlacementTeacher


def questions_of(student: User) -> QuerySet[GuidanceQuestion]:
    """Return the student's own questions."""
    return GuidanceQuestion.objects.filter(placement__student=student)


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
    return GuidanceQuestion.objects.filter(
        _linked(teacher), teacher=teacher, shared_at__isnull=False, withdrawn_at=None
    )


def ever_asked_to(teacher: User) -> QuerySet[GuidanceQuestion]:
    """Return what was ever shared with a teacher; for counting and dates, not for reading."""
    return GuidanceQuestion.objects.filter(
        _linked(teacher), teacher=teacher, shared_at__isnull=False
    )


def readable_by(user: User) -> QuerySet[GuidanceQuestion]:
    """Return the questions that somebody can open, as student or as teacher."""
    asked = Q(_linked(user), teacher=user, shared_at__isnull=False, withdrawn_at=None)
    return GuidanceQuestion.objects.filter(Q(placement__student=user) | asked)


def readers_of(question: GuidanceQuestion) -> list[User]:
    """Return everybody for whom `readable_by` holds this question; the mark of audience."""
    readers = [question.placement.student]
    teacher = question.teacher
    if teacher and asked_to(teacher).filter(pk=question.pk).exists():
        readers.append(teacher)
    return readers


def _linked(teacher: User) -> Exists:
    return Exists(
        PlacementTeacher.objects.filter(
            placement=OuterRef("placement"), teacher=teacher, ended_at=None
        )
    )

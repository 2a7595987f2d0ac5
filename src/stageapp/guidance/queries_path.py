"""How somebody likes to write a question. Nothing here writes."""

from stageapp.accounts.models import User
from stageapp.guidance import access
from stageapp.guidance.models import AskingPreference


def asks_in_steps(student: User) -> bool:
    """Return whether a question is written step by step: as chosen, else until one was shared."""
    chosen = AskingPreference.objects.filter(person=student).first()
    return chosen.in_steps if chosen else not _has_shared(student)


def offers_choice(student: User) -> bool:
    """Return whether to ask how the next question is written: after the first one, once."""
    return not AskingPreference.objects.filter(person=student).exists()


def _has_shared(student: User) -> bool:
    return access.questions_of(student).filter(shared_at__isnull=False).exists()

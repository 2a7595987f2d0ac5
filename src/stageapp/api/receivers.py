"""What follows for programs when somebody's access ends."""

from typing import Any

from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.accounts.signals import access_ended
from stageapp.api.actions_access import end_access


def connect() -> None:
    """Listen to it, once."""
    access_ended.connect(close)


def close(person: User, by: User, **_rest: Any) -> None:
    """Let no program in any more that was let in before."""
    end_access(person, by=by, at=timezone.now())

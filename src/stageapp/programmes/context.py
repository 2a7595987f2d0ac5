"""What every page shows of its institution: messages of the day."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from stageapp.programmes.models import Announcement
from stageapp.programmes.queries import current_announcements, institution_for

#: Where the session remembers what was sent away.
DISMISSED = "dismissed_announcements"
#: More would push the page itself out of sight.
MOST_SHOWN = 3


def announcements(request: HttpRequest) -> dict[str, Callable[[], list[Announcement]]]:
    """Give templates `announcements`; asked for only where there are any."""
    return {"announcements": lambda: shown_on(request)}


def shown_on(request: HttpRequest) -> list[Announcement]:
    """Return the messages of the day that this reader did not send away."""
    # With `has_announcements`, which was looked up along with it.
    institution: Any = institution_for(request)
    if institution is None or not institution.has_announcements:
        return []
    dismissed = set(request.session.get(DISMISSED, ()))
    rows = current_announcements(institution, at=timezone.now())
    return [row for row in rows if row.mark not in dismissed][:MOST_SHOWN]

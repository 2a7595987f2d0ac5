"""Beginnings of good questions: what to tell, what one thinks oneself, and what one asks."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Starter:
    """A question to fill in; `key` stands in the address."""

    key: str
    #: When it fits.
    when: Any
    title: Any
    core: Any


STARTERS = (
    Starter(
        "stuck",
        _("I am stuck"),
        _("How do I get further with …?"),
        _(
            "I am working on: …\nThis I have tried: …\nWhat I do not understand yet: …\n"
            "What would be a good next step?"
        ),
    ),
    Starter(
        "choice",
        _("I have to choose"),
        _("Do I choose … or …?"),
        _(
            "I can choose between: …\nFor the one speaks: …\nFor the other speaks: …\n"
            "I lean towards …, because …\nWhat do I overlook?"
        ),
    ),
    Starter(
        "feedback",
        _("I want feedback on what I made or did"),
        _("Will you look at … with me?"),
        _(
            "This I made or did: …\nI am satisfied with: …\nI doubt about: …\n"
            "Will you look at … in particular?"
        ),
    ),
    Starter(
        "others",
        _("Something is difficult between me and others"),
        _("How do I bring up …?"),
        _(
            "This happened: …\nWhat it did to me: …\nWhat I think the other needs: …\n"
            "What I would like: …\nHow can I bring this up?"
        ),
    ),
    Starter(
        "level",
        _("My work is too easy or too hard"),
        _("How do I get work that I learn more from?"),
        _(
            "My tasks now: …\nI notice that it is too easy or too hard by: …\n"
            "I would like to learn: …\nHow do I talk about this at my workplace?"
        ),
    ),
    Starter(
        "standing",
        _("I want to know where I stand"),
        _("How far am I with …?"),
        _(
            "My learning goal: …\nThis shows how far I am: …\nI think that I still need: …\n"
            "What do you see, and what would you do next?"
        ),
    ),
)


def starter(key: str) -> Starter | None:
    """Return the beginning that an address names, or None."""
    return next((row for row in STARTERS if row.key == key), None)

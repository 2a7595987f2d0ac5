"""Who can see something, in words, made from the list of readers that access gives."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from stageapp.accounts.models import User


class Reader(Protocol):
    """Somebody who can read something: a person with an account, or a guest until some day."""

    @property
    def in_audience(self) -> str:
        """How the mark of audience calls them."""


def audience_text(
    readers: Iterable[Reader], viewer: User, notes: Mapping[int, str] | None = None
) -> str:
    """Return the mark of audience for one of the readers: "only you", "you and Mira de Vries".

    `notes` are what is to be said of some people with an account, by their keys.
    """
    others = [reader for reader in readers if reader != viewer]
    if not others:
        return _("only you")
    names = {"names": named(others, notes)}
    return _("you, %(names)s") % names if len(others) > 1 else _("you and %(names)s") % names


def named(people: Iterable[Reader], notes: Mapping[int, str] | None = None) -> str:
    """Return people in one line, by name, each with what is said of them."""
    names = sorted(_with_note(one, notes or {}) for one in people)
    if not names:
        return ""
    *rest, last = names
    return _("%(names)s and %(last)s") % {"names": ", ".join(rest), "last": last} if rest else last


def _with_note(reader: Reader, notes: Mapping[int, str]) -> str:
    # A guest has a key of another kind.
    note = notes.get(reader.pk) if isinstance(reader, User) else None
    return f"{reader.in_audience} ({note})" if note else reader.in_audience

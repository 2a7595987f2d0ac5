"""Who can see something, in words, made from the list of readers that access gives."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext as _

from stageapp.accounts.models import User


class Reader(Protocol):
    """Somebody who can read something: a person with an account, or a guest until some day."""

    @property
    def pk(self) -> Any:
        """Who it is."""

    @property
    def name(self) -> str:
        """How they are called in a sentence."""

    @property
    def in_audience(self) -> str:
        """How the mark of audience calls them."""


def audience_text(
    readers: Iterable[Reader], viewer: User, notes: Mapping[int, str] | None = None
) -> str:
    """Return the mark of audience for one of the readers: "only you", "you and Mira de Vries".

    `notes` are what is to be said of some of them, by their keys.
    """
    said = notes or {}
    names = [
        f"{reader.in_audience} ({said[reader.pk]})" if reader.pk in said else reader.in_audience
        for reader in readers
        if reader != viewer
    ]
    if not names:
        return _("only you")
    line = {"names": in_one_line(names)}
    return _("you, %(names)s") % line if len(names) > 1 else _("you and %(names)s") % line


def in_one_line(names: Iterable[str]) -> str:
    """Return names in their order with "and" before the last one."""
    sorted_names = sorted(names)
    if not sorted_names:
        return ""
    *rest, last = sorted_names
    return _("%(names)s and %(last)s") % {"names": ", ".join(rest), "last": last} if rest else last

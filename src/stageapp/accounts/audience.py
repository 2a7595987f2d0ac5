"""Who can see something, in words, made from the list of readers that access gives."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _

from stageapp.accounts.models import User


class Reader(Protocol):
    """Somebody who can read something: a person with an account, or a guest until some day."""

    @property
    def in_audience(self) -> str:
        """How the mark of audience calls them."""


def audience_text(readers: Iterable[Reader], viewer: User) -> str:
    """Return the mark of audience for one of the readers: "only you", "you and Mira de Vries"."""
    others = sorted(reader.in_audience for reader in readers if reader != viewer)
    if not others:
        return _("only you")
    *rest, last = others
    names = _("%(names)s and %(last)s") % {"names": ", ".join(rest), "last": last} if rest else last
    return _("you and %(names)s") % {"names": names}

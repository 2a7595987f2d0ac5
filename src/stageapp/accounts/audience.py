"""Who can see something, in words, made from the list of readers that access gives."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from stageapp.accounts.models import User


def audience_text(
    readers: Iterable[User], viewer: User, notes: Mapping[int, str] | None = None
) -> str:
    """Return the mark of audience for one of the readers: "only you", "you and Mira de Vries".

    `notes` are what is to be said of some of them, by their keys.
    """
    others = [reader for reader in readers if reader != viewer]
    if not others:
        return _("only you")
    names = {"names": named(others, notes)}
    return _("you, %(names)s") % names if len(others) > 1 else _("you and %(names)s") % names


def named(people: Iterable[User], notes: Mapping[int, str] | None = None) -> str:
    """Return people in one line, by name, each with what is said of them."""
    said = notes or {}
    names = sorted(f"{one.name} ({said[one.pk]})" if one.pk in said else one.name for one in people)
    if not names:
        return ""
    *rest, last = names
    return _("%(names)s and %(last)s") % {"names": ", ".join(rest), "last": last} if rest else last

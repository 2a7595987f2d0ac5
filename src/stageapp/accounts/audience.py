"""Who can see something, in words, made from the list of readers that access gives."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from stageapp.accounts.models import User


def audience_text(readers: Iterable[User], viewer: User) -> str:
    """Return the mark of audience for one of the readers: "only you", "you and Mira de Vries"."""
    others = sorted(reader.name for reader in readers if reader != viewer)
    if not others:
        return _("only you")
    *rest, last = others
    names = _("%(names)s and %(last)s") % {"names": ", ".join(rest), "last": last} if rest else last
    return _("you and %(names)s") % {"names": names}

"""Who reads what is about several programmes, in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.programmes.access import administrators_of_each
from stageapp.programmes.models import Programme


def audience_of_programmes(programmes: Sequence[Programme], viewer: User) -> str:
    """Return the mark of audience of a page about all programmes that its viewer administers.

    Who administers others sees those of their own at the same address.
    """
    readers = set().union(*administrators_of_each(programmes).values())
    audience = audience_text(readers, viewer)
    if len(programmes) == 1 or readers <= {viewer}:
        return audience
    return _("%(audience)s, each for their own programmes") % {"audience": audience}

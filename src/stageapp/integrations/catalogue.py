"""What an institution can be connected with, in the order in which most set it up."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Connection:
    """One kind of connection: where it is set up, and what it is for."""

    #: The name of the address of its page.
    page: str
    icon: str
    name: StrPromise
    what_for: StrPromise


CONNECTIONS: tuple[Connection, ...] = (
    Connection(
        "manage_lti:list",
        "graduation-cap",
        _("Learning environments (LTI)"),
        _(
            "Students and teachers come in from their course in Canvas, Moodle, Brightspace or "
            "others."
        ),
    ),
    Connection(
        "manage_campus:list",
        "school",
        _("Campus sign-in"),
        _("People come in with their account at the institution: SURFconext, Entra ID and others."),
    ),
    Connection(
        "manage_roster:list",
        "list-checks",
        _("Lists of people"),
        _("Who is in which group, from a sheet, OneRoster or the Open Education API"),
    ),
    Connection(
        "manage_records:list",
        "send",
        _("Learning records"),
        _("Record stores (xAPI) that students can let chosen activities go to."),
    ),
    Connection(
        "manage_badges:list",
        "award",
        _("Portfolio and badges"),
        _("The keys that sign what students take out, so that others can check it."),
    ),
)

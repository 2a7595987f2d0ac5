"""How a duration is written."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

MINUTES_AN_HOUR = 60


def duration_text(minutes: int) -> str:
    """Return hours and minutes in the reader's language: `45 min`, `2 h`, `1 h 40 min`."""
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def clock_text(minutes: int) -> str:
    """Return hours and minutes as short as can be: `7:30`."""
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    return f"{hours}:{rest:02}"


def hours_text(minutes: int) -> str:
    """Return the same in hours with two decimals: `1.67`."""
    # Rounded here: the formatting of numbers cuts decimals off.
    return number_format(round(Decimal(minutes) / MINUTES_AN_HOUR, 2), 2)

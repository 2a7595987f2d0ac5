"""Days as people write them: Dutch has no capital in the name of a month or a weekday."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def day_name(day: date) -> str:
    """Write a date with its weekday: `Monday 5 October`."""
    return date_format(day, _("l j F"))


def short_day(day: date) -> str:
    """Write a date without its year: `5 Oct`."""
    return date_format(day, _("j M"))


def short_date(day: date) -> str:
    """Write a date: `5 Oct 2026`."""
    return date_format(day, _("j M Y"))


def weekday_and_day(day: date) -> str:
    """Write a date as it fits in a narrow column: `Mon 5 Oct`."""
    return date_format(day, _("D j M"))


def weekday_name(day: date) -> str:
    """Write only the day of the week, short: `Mon`."""
    return date_format(day, "D")


def short_month(day: date) -> str:
    """Write only the month, short: `Mar`."""
    return date_format(day, _("M"))

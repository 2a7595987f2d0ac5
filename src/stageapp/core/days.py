"""Days as people write them: Dutch has no capital in the name of a month or a weekday."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def day_name(day: date) -> str:
    """Write a date with its weekday: `Monday 5 October`."""
    return _written(day.toordinal(), _("l j F"), get_language())


def short_day(day: date) -> str:
    """Write a date without its year: `5 Oct`."""
    return _written(day.toordinal(), _("j M"), get_language())


def short_date(day: date) -> str:
    """Write a date: `5 Oct 2026`."""
    return _written(day.toordinal(), _("j M Y"), get_language())


def weekday_and_day(day: date) -> str:
    """Write a date as it fits in a narrow column: `Mon 5 Oct`."""
    return _written(day.toordinal(), _("D j M"), get_language())


def weekday_name(day: date) -> str:
    """Write only the day of the week, short: `Mon`."""
    return _written(day.toordinal(), "D", get_language())


def short_month(day: date) -> str:
    """Write only the month, short: `Mar`."""
    return _written(day.toordinal(), _("M"), get_language())


@lru_cache(maxsize=4096)
def _written(ordinal: int, form: str, _language: str | None) -> str:
    """Format a day, once for each language: a page of charts writes hundreds."""
    return date_format(date.fromordinal(ordinal), form)

"""Small things that every template may use."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from stageapp.core.days import day_name, short_date, short_day
from stageapp.core.durations import clock_text, duration_text
from stageapp.core.markup import formatted

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> SafeString:
    """Draw an icon; the words stand beside it, so screen readers skip it."""
    return SafeString(lucide(name, size=size, aria_hidden="true", focusable="false"))


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and last word of a name."""
    words = name.split()
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0].upper() for word in ends)


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """Look up a key that a template cannot write, such as one with a hyphen."""
    return mapping.get(key)


@register.filter
def duration(minutes: int | None) -> str:
    """Write minutes as people say them: `1 h 40 min`."""
    return "" if minutes is None else duration_text(minutes)


@register.filter
def clock(minutes: int | None) -> str:
    """Write minutes as short as can be: `1:40`."""
    return clock_text(minutes or 0)


register.filter(formatted)

for write_day in (day_name, short_day, short_date):
    register.filter(write_day)

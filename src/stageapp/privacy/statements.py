"""The privacy statement: what an institution published, or the text that comes with the app."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stageapp.privacy.queries import DEFAULT_MONTHS
from stageapp.programmes.models import Institution, PrivacyStatement
from stageapp.programmes.queries import current_statement

TEXTS = Path(__file__).parent / "texts"
#: Where nobody knows which institution somebody is at.
NAMELESS = _("Your school")


@dataclass(frozen=True)
class Statement:
    """A version as a page shows it; 0 is the text that comes with the app."""

    number: int
    text: str
    published_at: datetime | None


def shown_statement(institution: Institution | None, number: int | None = None) -> Statement | None:
    """Return a version in the language of now, or the current one; None where there is none."""
    found: PrivacyStatement | None
    if number is None or institution is None:
        found = current_statement(institution)
    elif number == 0:
        found = None
    else:
        found = institution.statements.filter(number=number).first()
        if found is None:
            return None
    if found:
        return Statement(found.number, filled_in(found.text, institution), found.published_at)
    language = get_language() or settings.LANGUAGE_CODE
    return Statement(0, filled_in(own_text(language), institution), None)


def filled_in(text: str, institution: Institution | None) -> str:
    """Return a text with the name and the months of an institution: they follow what it chooses."""
    name = institution.name if institution else str(NAMELESS)
    months = institution.retention_months if institution else DEFAULT_MONTHS
    return text.replace("{institution}", name).replace("{months}", str(months))


@cache
def own_text(language: str) -> str:
    """Return the text that comes with the app, not filled in."""
    return (TEXTS / f"{language}.txt").read_text(encoding="utf-8")

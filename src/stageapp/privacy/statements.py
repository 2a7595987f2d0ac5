"""The privacy statement: what an institution published, or the text that comes with the app."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from stageapp.privacy.queries import DEFAULT_MONTHS
from stageapp.programmes.models import Institution, PrivacyStatement
from stageapp.programmes.queries import current_statement

TEXTS = Path(__file__).parent / "texts"
#: Where nobody knows which institution somebody is at.
NAMELESS = {"nl": "Je opleiding", "en": "Your school"}


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
        return Statement(found.number, found.text, found.published_at)
    return Statement(0, own_text(institution, get_language() or settings.LANGUAGE_CODE), None)


def own_text(institution: Institution | None, language: str) -> str:
    """Return the text that comes with the app, filled in for an institution."""
    return _text(language).format(
        institution=institution.name if institution else NAMELESS[language],
        months=institution.retention_months if institution else DEFAULT_MONTHS,
    )


@cache
def _text(language: str) -> str:
    return (TEXTS / f"{language}.txt").read_text(encoding="utf-8")

"""What a password has to be, after NIST SP 800-63B-4, section 3.1.1.2.

At least fifteen characters where it is all there is to sign in with, eight beside a second factor;
none of the common ones, and nothing that is easily thought of with this person and this app. No
rules about figures or capitals: they make passwords worse. Beside them stands Django's list of
common passwords.
"""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stageapp.accounts import queries
from stageapp.accounts.models import User

ALONE = 15
WITH_SECOND_FACTOR = 8
#: Shorter words are in many others.
SHORTEST_WORD = 4
NAME_OF_APP = "stageapp"


class LengthValidator:
    """Asks for length, less of it from who has a second factor."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse what is too short."""
        least = least_length(user)
        if len(password) < least:
            raise ValidationError(
                _("Use at least %(least)d characters, such as a few words after each other.")
                % {"least": least},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        """Say it before somebody types."""
        return _("At least %(least)d characters; a few words after each other are fine.") % {
            "least": ALONE
        }


class ContextValidator:
    """Refuses what others try first: the person's name or address, and the name of the app."""

    def validate(self, password: str, user: Any = None) -> None:
        """Look for each of these words in it, whatever stands between the letters."""
        plain = _letters(password)
        if any(word in plain for word in _words_about(user)):
            raise ValidationError(
                _("Leave out your name, your e-mail address and the name of this app."),
                code="password_in_context",
            )

    def get_help_text(self) -> str:
        """Say it before somebody types."""
        return _("Not your name, your e-mail address or the name of this app.")


def least_length(person: Any) -> int:
    """Return how long a password of this person has to be; nobody yet has a second factor."""
    has_key = isinstance(person, User) and person.pk
    return WITH_SECOND_FACTOR if has_key and queries.has_second_factor(person) else ALONE


def _words_about(person: Any) -> set[str]:
    words = {NAME_OF_APP}
    if isinstance(person, User):
        before_the_at = person.email.partition("@")[0]
        told = [person.email, before_the_at, *re.split(r"[\W_]+", before_the_at)]
        told += [person.name, *person.name.split()]
        words |= {_letters(one) for one in told}
    return {word for word in words if len(word) >= SHORTEST_WORD}


def _letters(text: str) -> str:
    """Return only letters and figures, without capitals and accents: "Stage-App" → "stageapp"."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())

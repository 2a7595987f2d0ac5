"""How long things of a guest hold, and how often they may be asked for. Plain Python."""

from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_DIGITS = 6
#: So long a code can be entered.
CODE_HOLDS = timedelta(minutes=10)
#: So many times a code can be guessed wrong; then it is none any more.
MOST_GUESSES = 5
#: So long a guest stays in after entering a code.
STAYS_IN = timedelta(hours=12)


@dataclass(frozen=True)
class Limit:
    """So many at most within a time that ends now."""

    most: int
    within: timedelta

    def since(self, at: datetime) -> datetime:
        """Return from when on it counts."""
        return at - self.within


#: Guessing: with five guesses a code, even weeks of asking leave no chance worth having.
CODES_FOR_A_LINK = (Limit(5, timedelta(hours=1)), Limit(15, timedelta(days=1)))
#: Pestering: several students may invite the same person.
CODES_TO_AN_ADDRESS = Limit(10, timedelta(hours=1))
#: Mails that the student wrote: what comes beyond waits until there is room.
MESSAGES_TO_A_GUEST = Limit(6, timedelta(hours=1))
#: Mails with a link that one student can cause, to whomever.
LINKS_OF_A_STUDENT = Limit(10, timedelta(days=1))


def masked(address: str) -> str:
    """Return an address as its owner knows it, and nobody else learns it: p…@example.org."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


def digits_of(typed: str) -> str:
    """Return the digits of what somebody typed or pasted as a code."""
    return "".join(sign for sign in typed if sign.isascii() and sign.isdigit())

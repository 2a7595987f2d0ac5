"""The lines of the table of limits (`config/limits.py`); `core/counting.py` counts. No models."""

from dataclasses import dataclass
from enum import Enum, auto

MINUTE = 60
HOUR = 60 * MINUTE


class By(Enum):
    """Whose count it is."""

    #: The person who is signed in; else their network, which may be a whole school.
    PERSON = auto()
    #: The network, whoever it is.
    NETWORK = auto()
    #: The link in the address, in the network that it is used from.
    LINK = auto()


class When(Enum):
    """Which requests cost something."""

    #: Reading and writing alike.
    ALWAYS = auto()
    #: Not what shows the empty form.
    SENT = auto()
    #: Not the page that all see, but what is asked behind the question mark, and what is sent.
    ASKED = auto()


@dataclass(frozen=True)
class Limit:
    """What may be done so often; a line of the table."""

    name: str
    times: int
    seconds: int
    #: Names of addresses; a view that goes on when it is too much counts itself and stands in none.
    routes: tuple[str, ...] = ()
    when: When = When.ALWAYS
    by: By = By.PERSON
    #: So many times as much for a network, where nobody is signed in.
    network: int = 10

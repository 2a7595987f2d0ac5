"""The attention of a placement for its teacher, in plain Python (design, Rules)."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from stageapp.core.texts import plain

SATURDAY = 5


#: So long the writer of a message can change it.
EDITABLE_FOR = timedelta(minutes=5)


class Colour(StrEnum):
    """The groups of the attention list, in its order; icon and words say the same."""

    RED = "red"
    ORANGE = "orange"
    GREEN = "green"
    NOT_STARTED = "not_started"
    ENDED = "ended"


@dataclass(frozen=True)
class Facts:
    """What attention is decided by: shared facts only, never how much was logged."""

    name: str
    starts_on: date
    ends_on: date
    is_current: bool
    running_days: int
    first_share_days: int
    ever_shared: bool
    waiting_since: datetime | None
    working_days_waiting: int = 0
    response_days: int | None = None
    #: Not who guides along or stands in: what was never shared was not theirs to get.
    is_main: bool = True


@dataclass(frozen=True)
class Attention:
    """The colour of a placement and whether a promise about answering was passed."""

    colour: Colour
    over_agreed: bool = False


def attention(facts: Facts, today: date) -> Attention:
    """Return what asks for the teacher's attention.

    Red: running at least `first_share_days` and nothing was ever shared with this teacher, who is
    the one that guides it. Orange:
    a question or message waits for this teacher. Green: nothing asks for action now. Placements
    that have not begun or are over stand apart and are never red.
    """
    over_agreed = (
        facts.waiting_since is not None
        and facts.response_days is not None
        and facts.working_days_waiting > facts.response_days
    )
    if not facts.is_current or facts.ends_on < today:
        return Attention(Colour.ENDED, over_agreed)
    if facts.waiting_since is not None:
        return Attention(Colour.ORANGE, over_agreed)
    if facts.starts_on > today:
        return Attention(Colour.NOT_STARTED)
    if facts.is_main and not facts.ever_shared and facts.running_days >= facts.first_share_days:
        return Attention(Colour.RED)
    return Attention(Colour.GREEN)


def order(facts: Facts, colour: Colour) -> tuple[float, float, str]:
    """Return where a placement stands in the list: smaller is higher.

    Red: longest-running first; orange: longest-waiting first; not started: first to start; ended:
    last ended first; and by name.
    """
    rank = {
        Colour.RED: -facts.running_days,
        Colour.ORANGE: facts.waiting_since.timestamp() if facts.waiting_since else 0,
        Colour.GREEN: 0,
        Colour.NOT_STARTED: facts.starts_on.toordinal(),
        Colour.ENDED: -facts.ends_on.toordinal(),
    }[colour]
    return list(Colour).index(colour), rank, plain(facts.name)


def working_days_between(first: date, last: date, free: Container[date] = ()) -> int:
    """Return the working days after `first`, up to and including `last`.

    Saturdays, Sundays and the days in `free` (holidays, leave) do not count.
    """
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(1 for day in days if day.weekday() < SATURDAY and day not in free)


def goal_words(text: str, most: int) -> tuple[str, str]:
    """Make the title of a goal of what somebody wrote, and an explanation where more is said.

    The title is the first line, or as many whole words of it as fit in `most` characters.
    """
    whole = text.strip()
    first, _end, _rest = whole.partition("\n")
    title = first.strip()
    if len(title) > most:
        cut = title[: most - 1]
        title = (cut.rpartition(" ")[0] or cut) + "…"
    return title, "" if title == whole else whole


#: What marks bold, italic and underlined, and begins a line of a list.
#: No line ends in it, or every empty line of many is begun at anew.
_MARKS = re.compile(r"\*\*|__|(?<!\w)\*|\*(?!\w)|^[^\S\n]*(?:[-*>]|\d+\.)[^\S\n]+", re.MULTILINE)


def plain_words(text: str) -> str:
    """Return a message without the marks of its formatting."""
    return _MARKS.sub("", text).strip()

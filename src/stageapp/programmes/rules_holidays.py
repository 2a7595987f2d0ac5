"""Reading a pasted list of holidays. Plain Python."""

import re
from dataclasses import dataclass
from datetime import date

#: No holiday is longer; one that is, is a mistyped year.
MOST_DAYS = 100
#: So many lines are read at once.
MOST_LINES = 200
FIRST_YEAR, LAST_YEAR = 1990, 2199
#: First day, last day, and a name in two languages.
MOST_COLUMNS = 4
_SEPARATOR = re.compile(r"[;\t]")
_DUTCH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Days:
    """A holiday as it is written: both days count, and it has a name in each language."""

    first: date
    last: date
    nl: str
    en: str


@dataclass(frozen=True)
class WrongLine:
    """A line that is no holiday: its number, counted from 1, and what is wrong with it."""

    line: int
    problem: str


def read_holidays(text: str, *, name_length: int) -> tuple[list[Days], list[WrongLine]]:
    """Return the holidays of a pasted text, each once, and the lines that cannot be read.

    A line is `first ; last ; Dutch ; English`. The last day may be left out, and so may the
    English name, which then is the Dutch one. Days are written 2026-12-25 or 25-12-2026.
    """
    found: dict[Days, None] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        columns = [" ".join(part.split()) for part in _SEPARATOR.split(line)]
        while columns and not columns[-1]:
            columns.pop()
        if not columns:
            continue
        read = _read(columns, name_length)
        if isinstance(read, Days):
            found[read] = None
        else:
            wrong.append(WrongLine(number, read))
    return list(found), wrong


def problem_of(first: date, last: date) -> str:
    """Return what is wrong with the days of a holiday, or nothing."""
    if last < first:
        return "order"
    return "long" if (last - first).days >= MOST_DAYS else ""


def _read(columns: list[str], name_length: int) -> Days | str:
    first = _day(columns[0])
    if first is None:
        return "day"
    last = _day(columns[1]) if len(columns) > 1 else None
    names = columns[2:] if last else columns[1:]
    last = last or first
    if names and not names[0] and not columns[1]:  # an empty last day
        names = names[1:]
    if not names or not names[0]:
        return "name"
    if len(columns) > MOST_COLUMNS or len(names) > 2:  # noqa: PLR2004 -- two languages
        return "columns"
    if max(map(len, names)) > name_length:
        return "name_length"
    return problem_of(first, last) or Days(first, last, names[0], names[-1] or names[0])


def _day(text: str) -> date | None:
    dutch, iso = _DUTCH.fullmatch(text), _ISO.fullmatch(text)
    if dutch:
        day, month, year = map(int, dutch.groups())
    elif iso:
        year, month, day = map(int, iso.groups())
    else:
        return None
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if FIRST_YEAR <= year <= LAST_YEAR else None

"""What the cells of somebody else's sheet mean, in plain Python."""

import re
from collections.abc import Container, Iterable, Sequence
from datetime import date
from decimal import Decimal

#: Orders in which people write a date.
ORDERS = ("ymd", "dmy", "mdy")
MINUTES_AN_HOUR = 60
#: Years with two digits are of this century.
CENTURY = 2000
TWO_DIGITS = 100

_NUMBERS = re.compile(r"\D*(\d{1,4})\D+(\d{1,2})\D+(\d{1,4})(?!\d)", re.ASCII)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan",),
            ("feb",),
            ("mar", "mrt", "maa"),
            ("apr",),
            ("may", "mei"),
            ("jun",),
            ("jul",),
            ("aug",),
            ("sep",),
            ("oct", "okt"),
            ("nov",),
            ("dec",),
        ),
        1,
    )
    for name in names
}
_MONTH_NAME = re.compile("[^\\W\\d_]{3,}")
_CLOCK = re.compile(r"(\d{1,2})\s*[:hu]\s*(\d{2})\s*(?:min|m)?\.?", re.IGNORECASE | re.ASCII)
#: Hours as a number; more digits are no duration, and slow to calculate with.
_AMOUNT = r"\d{1,4}(?:[.,]\d{1,20})?"
_HOURS = re.compile(_AMOUNT, re.ASCII)
_PARTS = re.compile(
    rf"(?:(?P<hours>{_AMOUNT})\s*(?:h|u|uur|uren|hours?|hrs?)\b\.?)?\s*"
    r"(?:(?P<minutes>\d{1,5})\s*(?:m|min|minuten|minutes?|mins)\b\.?)?",
    re.IGNORECASE | re.ASCII,
)
#: What the first version of the app wrote before a name in its column with people and sources.
_PERSON = re.compile(r"^\s*(?:persoon|person)\s*[-–—:]\s*", re.IGNORECASE)
_SOURCES = {"internetbron", "boek", "internet source", "book"}


def day_of(text: str, order: str) -> date | None:
    """Return the day that a cell means in an order such as `dmy`, or None when it means none.

    A year of four digits in front always stands first, whatever the order; names of months are
    read in Dutch and English; a time behind the date is left out.
    """
    text = text.strip().partition("T")[0] if re.match(r"\d{4}-\d\d-\d\dT", text.strip()) else text
    text = _with_month_numbers(text)
    found = _NUMBERS.match(text)
    if not found:
        return None
    first, second, third = (int(number) for number in found.groups())
    if len(found[1]) == len("2026"):
        year, month, day = first, second, third
    elif order == "mdy":
        month, day, year = first, second, third
    elif order == "dmy":
        day, month, year = first, second, third
    else:
        year, month, day = first, second, third
    if year < TWO_DIGITS:
        year += CENTURY
    try:
        return date(year, month, day)
    except ValueError:
        return None


def order_of(cells: Iterable[str], first: date, last: date) -> str:
    """Return the order of dates that puts most of these cells in a period; `dmy` when in doubt."""
    written = [cell for cell in cells if cell.strip()]

    def score(order: str) -> tuple[int, int]:
        days = [day for cell in written if (day := day_of(cell, order))]
        return (sum(first <= day <= last for day in days), len(days))

    return max(("dmy", "mdy", "ymd"), key=score)


def minutes_of(text: str) -> int | None:
    """Return the minutes of `1:30`, `1,5`, `1.5 uur`, `1u30`, `90 min`; None for anything else.

    A bare number means hours. What comes out may be no possible duration: the caller checks.
    """
    text = text.strip()
    if found := _CLOCK.fullmatch(text):
        return int(found[1]) * MINUTES_AN_HOUR + int(found[2])
    if _HOURS.fullmatch(text):
        return round(Decimal(text.replace(",", ".")) * MINUTES_AN_HOUR)
    found = _PARTS.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    hours = Decimal((found["hours"] or "0").replace(",", "."))
    return round(hours * MINUTES_AN_HOUR) + int(found["minutes"] or 0)


def names_in(text: str, known: Container[str] = ()) -> list[str]:
    """Return the names in a cell: on lines of their own, else parted by semicolons.

    A whole cell that is a known name, folded, is not parted.
    """
    if "\n" in text:
        parts = text.split("\n")
    elif text.strip().casefold() in known:
        parts = [text]
    else:
        parts = text.split(";")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def is_old_source(name: str) -> bool:
    """Return whether the first version of the app meant a source, in its column of people."""
    return name.strip().casefold() in _SOURCES


def without_person(name: str) -> str:
    """Return a name without the word that the first version of the app wrote before it."""
    return _PERSON.sub("", name)


def spans(numbers: Iterable[int]) -> str:
    """Write whole numbers as short as can be: `3, 7–12`."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in found)


def header_row(rows: Sequence[Sequence[str]], known: Iterable[str]) -> int | None:
    """Return which of the first rows has the most known column names, at least two."""
    names = {name.casefold().strip(" :?*") for name in known}
    scores = [sum(cell.casefold().strip(" :?*\n") in names for cell in row) for row in rows[:10]]
    best = max(scores, default=0)
    return scores.index(best) if best > 1 else None


def first_data_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the first row that begins with a date, where no row has names."""
    for number, row in enumerate(rows[:20]):
        if row and any(day_of(row[0], order) for order in ORDERS):
            return number
    return None


def _with_month_numbers(text: str) -> str:
    def number(found: re.Match[str]) -> str:
        month = _MONTHS.get(found[0][:3].casefold())
        return str(month) if month else " "

    return _MONTH_NAME.sub(number, text)

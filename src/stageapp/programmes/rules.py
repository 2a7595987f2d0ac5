"""Reading a pasted list, and which parts of the form go without saying. Plain Python."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stageapp.core.texts import plain

#: So many lines are read at once, and so many entries does a list have.
MOST_LINES = 500
#: A code, a name in Dutch and one in English.
MOST_COLUMNS = 3
#: What stands before an item in a list that somebody copies.
_MARK = re.compile(r"^(?:[•▪◦‣·*–-]\s+|[•▪◦‣])")
_SEPARATOR = re.compile(r"[;\t]")
#: Figures of a number in a name that is sorted: more than a name is long.
_MOST_FIGURES = 200
_YEAR = re.compile(r"\b20[0-9]{2}\b")
#: Nobody sees these; a text that is copied from a document carries them along.
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))


@dataclass(frozen=True)
class Pasted:
    """One line of a pasted list."""

    nl: str
    en: str = ""
    code: str = ""


@dataclass(frozen=True)
class Unreadable:
    """A line that is no entry: its number, counted from 1, and what is wrong with it."""

    line: int
    problem: str


def read_list(
    text: str, *, with_code: bool, name_length: int, code_length: int
) -> tuple[list[Pasted], list[Unreadable]]:
    """Return the entries of a pasted text, each name once, and the lines that cannot be read.

    A line is `Dutch` or `Dutch ; English`; with codes it is `Dutch`, `code ; Dutch` or
    `code ; Dutch ; English`. A tab separates too, as in what is copied from a spreadsheet.
    """
    found: dict[str, Pasted] = {}
    wrong: list[Unreadable] = []
    for number, line in enumerate(text.splitlines(), start=1):
        columns = _columns(line)
        if not any(columns):
            continue
        problem = _problem(columns, with_code, name_length, code_length)
        if problem:
            wrong.append(Unreadable(number, problem))
            continue
        one = _entry(columns, with_code=with_code)
        found.setdefault(one.nl.casefold(), one)
    return list(found.values()), wrong


def moved(order: Sequence[int], key: int, *, up: bool) -> list[int]:
    """Return keys in their order, with one of them a place up or down, if there is room."""
    now = order.index(key) + 1
    return placed(order, key, max(now - 1, 1) if up else now + 1)


def placed(order: Sequence[int], key: int, place: int) -> list[int]:
    """Return keys in their order, with one of them at a place; that counts from one.

    Beyond the end is the end.
    """
    rows = [one for one in order if one != key]
    rows.insert(min(place - 1, len(rows)), key)
    return rows


def by_alphabet(names: Mapping[int, str]) -> list[int]:
    """Return keys in the order of their names: no accents, no capitals, 2 before 10."""

    def padded(name: str) -> str:
        return re.sub(r"[0-9]+", lambda figure: figure[0].zfill(_MOST_FIGURES), plain(name))

    return sorted(names, key=lambda key: (padded(names[key]), names[key], key))


def free_name(wanted: str, taken: Iterable[str], *, length: int, otherwise: str) -> str:
    """Return a short name for addresses and files that nothing else has yet."""
    used = set(taken)
    # There is room for a figure at the end.
    base = wanted[: length - 6].strip("-") or otherwise
    candidates = (base, *(f"{base}-{number}" for number in range(2, len(used) + 3)))
    return next(one for one in candidates if one not in used)


def a_year_later(name: str) -> str:
    """Return the name of a cohort for the next year, or nothing where no year stands in it."""
    later = _YEAR.sub(lambda year: str(int(year[0]) + 1), name)
    return later if later != name else ""


def _columns(line: str) -> list[str]:
    columns = [" ".join(part.translate(_UNSEEN).split()) for part in _SEPARATOR.split(line)]
    columns[0] = _MARK.sub("", columns[0]).strip()
    while len(columns) > 1 and not columns[-1]:
        columns.pop()
    return columns


def _problem(columns: list[str], with_code: bool, name_length: int, code_length: int) -> str:
    if len(columns) > (MOST_COLUMNS if with_code else MOST_COLUMNS - 1):
        return "columns"
    entry = _entry(columns, with_code=with_code)
    if not entry.nl:
        return "name"
    if max(len(entry.nl), len(entry.en)) > name_length:
        return "long"
    return "code" if len(entry.code) > code_length else ""


def _entry(columns: list[str], *, with_code: bool) -> Pasted:
    code = columns[0] if with_code and len(columns) > 1 else ""
    names = columns[1:] if with_code and len(columns) > 1 else columns
    return Pasted(nl=names[0], en=names[1] if len(names) > 1 else "", code=code)

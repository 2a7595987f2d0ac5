"""Competences in a file: a table as CSV, or a framework as a CASE package. Plain Python.

CASE is the exchange format of 1EdTech: a CFDocument, its CFItems, and CFAssociations that say
which item stands below which one, and which one says the same in another language. Versions 1.0
and 1.1 are read: the later one has the same parts, with more in them.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from stageapp.programmes.rules import MOST_LINES

#: A framework of so many items fits with all that CASE says of each.
MOST_BYTES = 1_500_000
MOST_ITEMS = 5_000
#: Deeper is no framework that somebody reads.
MOST_DEPTH = 10
#: The name of each text in the first line of a table, in the words people use.
COLUMNS = {
    "name_nl": ("name_nl", "title_nl", "naam_nl", "titel_nl", "naam", "titel", "competentie"),
    "name_en": ("name_en", "title_en", "naam_en", "titel_en", "name", "title"),
    "code": ("code",),
    "description_nl": (
        "description_nl",
        "omschrijving_nl",
        "toelichting_nl",
        "omschrijving",
        "toelichting",
        "beschrijving",
        "uitleg_nl",
        "uitleg",
    ),
    "description_en": (
        "description_en",
        "omschrijving_en",
        "toelichting_en",
        "uitleg_en",
        "description",
    ),
}
_KEY = re.compile(r"[-a-zA-Z0-9_]{1,50}")
#: Control signs, halves of signs, and what nobody sees: no database or reader wants them.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u2060\ud800-\udfff]")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
#: The place of what has none, after all others.
_LAST = 10**9
_SAME_WORDS = ("istranslationof", "exactmatchof")


class UnreadableFramework(Exception):  # noqa: N818 -- what it says of a file
    """The file as a whole cannot be used; says why in one word."""


@dataclass(frozen=True)
class Limits:
    """How long a name, a code and an explanation can be."""

    name: int
    code: int
    text: int


@dataclass(frozen=True)
class Found:
    """A competence as a file has it, and how deep it stands: 1 is the top."""

    place: int
    name_nl: str
    name_en: str = ""
    code: str = ""
    description_nl: str = ""
    description_en: str = ""
    key: str = ""
    depth: int = 1
    #: There was no Dutch: the English words stand in both languages.
    is_english: bool = False
    #: What is wrong with it, in one word; then it stays out.
    problem: str = ""


@dataclass(frozen=True)
class Framework:
    """What a file holds, in its order."""

    rows: list[Found]
    #: The first word of a place: a line of a table, or an item of a framework.
    is_table: bool
    title: str = ""
    #: The columns of a table whose names say nothing to us.
    unread: tuple[str, ...] = ()

    @property
    def depths(self) -> list[int]:
        """The levels that there are."""
        return sorted({row.depth for row in self.rows})


def text_of(data: bytes) -> str:
    """Return the text of a file. Raises UnreadableFramework for what is no text."""
    if len(data) > MOST_BYTES:
        raise UnreadableFramework("large")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFramework("unknown")


def read_framework(text: str, limits: Limits) -> Framework:
    """Return the competences in a file. Raises UnreadableFramework when there are none to read."""
    if len(text.encode("utf-8", "ignore")) > MOST_BYTES:
        raise UnreadableFramework("large")
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise UnreadableFramework("empty")
    read = _read_case(start, limits) if start[0] in "{[" else _read_table(start, limits)
    if not read.rows:
        raise UnreadableFramework("empty")
    return read


# A table ------------------------------------------------------------------------------------------


def _read_table(text: str, limits: Limits) -> Framework:
    first = text.splitlines()[0]
    separator = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        names = [_line(cell) for cell in next(reader, [])]
        places = _places([name.casefold() for name in names])
        rows = list(_rows_of(reader, places, limits))
    except csv.Error as problem:
        raise UnreadableFramework("unknown") from problem
    known = places.values()
    unread = tuple(name for at, name in enumerate(names) if name and at not in known)
    return Framework(rows, is_table=True, unread=unread)


def _places(header: list[str]) -> dict[str, int]:
    """Return in which column each text stands."""
    found = {}
    for name, words in COLUMNS.items():
        word = next((word for word in words if word in header), None)
        if word is not None:
            found[name] = header.index(word)
    if "name_nl" not in found and "name_en" not in found:
        raise UnreadableFramework("columns")
    return found


def _rows_of(
    reader: Iterable[list[str]], places: Mapping[str, int], limits: Limits
) -> Iterator[Found]:
    for number, cells in enumerate(reader, start=1):
        if number > MOST_LINES:
            raise UnreadableFramework("lines")
        texts = {name: cells[at] if at < len(cells) else "" for name, at in places.items()}
        if any(map(_line, texts.values())):
            # The first line is that of the names.
            yield _checked(_from_cells(number + 1, texts), limits)


def _from_cells(place: int, texts: Mapping[str, str]) -> Found:
    nl, en = _line(texts.get("name_nl", "")), _line(texts.get("name_en", ""))
    return Found(
        place,
        name_nl=nl or en,
        name_en=en,
        is_english=not nl,
        code=_line(texts.get("code", "")),
        description_nl=_paragraphs(texts.get("description_nl", "")),
        description_en=_paragraphs(texts.get("description_en", "")),
    )


# A CASE package -----------------------------------------------------------------------------------


def _read_case(text: str, limits: Limits) -> Framework:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise UnreadableFramework("unknown") from problem
    items = data.get("CFItems") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise UnreadableFramework("case")
    if len(items) > MOST_ITEMS:
        raise UnreadableFramework("lines")
    document = _dict(data.get("CFDocument"))
    links = data.get("CFAssociations")
    links = [_dict(link) for link in links] if isinstance(links, list) else []
    if len(links) > 4 * MOST_ITEMS:
        raise UnreadableFramework("lines")
    tree = _Tree(items, _text(document.get("language")), links)
    rows = [_checked(row, limits) for row in tree.rows(limits)]
    return Framework(rows, is_table=False, title=_line(_text(document.get("title"))))


class _Tree:
    """The items of a package below each other, each with what it says in other languages."""

    def __init__(self, items: list[Any], language: str, links: list[dict[str, Any]]) -> None:
        self.language = language
        self.items: dict[str, dict[str, Any]] = {}
        self.places: dict[str, int] = {}
        self.nameless: list[int] = []
        for place, one in enumerate(items, start=1):
            key = _text(_dict(one).get("identifier")).lower()
            if not key:
                self.nameless.append(place)
            elif key not in self.items:
                self.items[key], self.places[key] = one, place
        self.other_words = dict(self._translations(links))
        hidden = set(self.other_words.values())
        self.shown = [key for key in self.items if key not in hidden]
        self.parents = self._parents(links)

    def rows(self, limits: Limits) -> Iterator[Found]:
        """Give the items from top to bottom, and last what stands nowhere."""
        below: dict[str, list[str]] = defaultdict(list)
        for key in self.shown:
            below[self.parents.get(key, ("", 0))[0]].append(key)
        for keys in below.values():
            keys.sort(key=lambda key: self.parents.get(key, ("", 0))[1])
        waiting = [(key, 1) for key in reversed(below[""])]
        seen = set()
        while waiting:
            key, depth = waiting.pop()
            seen.add(key)
            yield self._row(key, limits, depth, "deep" if depth > MOST_DEPTH else "")
            waiting += [(child, depth + 1) for child in reversed(below[key])]
        for key in self.shown:
            # It stands below itself, by however many others.
            if key not in seen:
                yield self._row(key, limits, 1, "circle")
        for place in self.nameless:
            yield Found(place, "", problem="identifier")

    def _row(self, key: str, limits: Limits, depth: int, problem: str) -> Found:
        own = _Statement(self.items[key], limits)
        other = self.other_words.get(key)
        also = _Statement(self.items[other], limits) if other else None
        is_english = self._language(key) == "en"
        nl = also if is_english and also else own
        en = own if is_english else also
        return Found(
            self.places[key],
            name_nl=nl.name,
            name_en=en.name if en else "",
            code=own.code or (also.code if also else ""),
            description_nl=nl.description,
            description_en=en.description if en else "",
            key=key if _KEY.fullmatch(key) else "",
            depth=min(depth, MOST_DEPTH + 1),
            is_english=is_english and not also,
            problem=problem,
        )

    def _language(self, key: str) -> str:
        return (_text(self.items[key].get("language")) or self.language)[:2].casefold()

    def _translations(self, links: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
        """Give an item and the one that says the same in English; each stands in one pair."""
        paired: set[str] = set()
        for link in links:
            pair = _node(link, "originNodeURI"), _node(link, "destinationNodeURI")
            if _kind(link) not in _SAME_WORDS or not all(
                key in self.items and key not in paired for key in pair
            ):
                continue
            languages = [self._language(key) for key in pair]
            if languages.count("en") == 1:
                paired |= set(pair)
                yield pair if languages[1] == "en" else pair[::-1]

    def _parents(self, links: list[dict[str, Any]]) -> dict[str, tuple[str, float]]:
        """Return what each item stands below, the first that is said of it, and in which place."""
        found: dict[str, tuple[str, float]] = {}
        ours = {english: own for own, english in self.other_words.items()}
        for link in links:
            child, parent = _node(link, "originNodeURI"), _node(link, "destinationNodeURI")
            parent = ours.get(parent, parent)
            if _kind(link) != "ischildof" or child in found or child not in self.items:
                continue
            # The document itself is the top, and so is what another document holds.
            found[child] = (parent if parent in self.items else "", _order(link))
        return found


class _Statement:
    """What one item says, in the lengths that there are for it."""

    def __init__(self, item: dict[str, Any], limits: Limits) -> None:
        whole = _line(_text(item.get("fullStatement")))
        short = _line(_text(item.get("abbreviatedStatement")))
        code = _line(_text(item.get("humanCodingScheme")))
        self.code = code if len(code) <= limits.code else ""
        self.name = next((one for one in (short, whole) if 0 < len(one) <= limits.name), "")
        if not self.name:
            self.name = _cut(whole or short, limits.name)
        more = [
            "" if self.code else code,
            "" if whole == self.name else whole,
            _paragraphs(_text(item.get("notes"))),
        ]
        self.description = "\n\n".join(filter(None, more))


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _node(link: dict[str, Any], name: str) -> str:
    return _text(_dict(link.get(name)).get("identifier")).lower()


def _kind(link: dict[str, Any]) -> str:
    return _text(link.get("associationType")).casefold()


def _order(link: dict[str, Any]) -> float:
    number = link.get("sequenceNumber")
    # An integer to the standard; older servers, OpenSALT among them, write it as a text.
    if isinstance(number, str) and _WHOLE.fullmatch(number):
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        return _LAST
    return float(max(-_LAST, min(number, _LAST)))


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0] + "…"


# Both ---------------------------------------------------------------------------------------------


def _checked(row: Found, limits: Limits) -> Found:
    if row.problem:
        return row
    problems = {
        "name": not row.name_nl,
        "long": max(len(row.name_nl), len(row.name_en)) > limits.name,
        "code": len(row.code) > limits.code,
        "text": max(len(row.description_nl), len(row.description_en)) > limits.text,
    }
    return replace(row, problem=next((name for name, wrong in problems.items() if wrong), ""))


def _line(text: str) -> str:
    return " ".join(_UNWANTED.sub("", text).split())


def _paragraphs(text: str) -> str:
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()

"""A programme as a file: what is configured, never people or anything that students wrote.

The file is JSON and says which version of this format it has (docs/programme-file.md). What a row
is called in it is what its columns are called, so that writing and reading cannot differ.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, plausible_day
from stageapp.programmes.models import Part, VocabularyKind

FORMAT = "stage-app-programme"
VERSION = 1
MOST_BYTES = 1_500_000
MOST_COHORTS = 20
#: Rows of all cohorts together: while they are looked at and written, others wait.
MOST_ALL = 5000
MOST_MODELS = 100
MOST_FIELDS = 30
MOST_ROWS = 500
MOST_TIPS = 300
MOST_CHARTS = 50
#: So many problems of a file are named.
MOST_NAMED = 8

_KEY = re.compile(r"[-a-zA-Z0-9_]{1,50}")
#: Control signs, and halves of signs: no database takes them.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Problem:
    """Where in a file something is wrong, and what, in one word."""

    place: str
    reason: str


class UnusableProgrammeError(ValueError):
    """The file is something else, of a version that this one does not know, or not right."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        super().__init__()
        self.problems = list(problems)[:MOST_NAMED]


class _WrongError(ValueError):
    """A value is not what it has to be; says why in one word."""


Check = Callable[[Any], Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class FiledProgramme:
    """What stands in a file, checked."""

    programme: dict[str, Any]
    models: Rows
    cohorts: Rows
    #: As the tips have them in their own files.
    tips: list[Any]


# What a value has to be ---------------------------------------------------------------------------


def _text(length: int, *, blank: bool = False, lines: bool = False) -> Check:
    def check(value: Any) -> str:
        if value is None and blank:
            return ""
        if not isinstance(value, str):
            raise _WrongError("text")
        text = _UNWANTED.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        text = text if lines else " ".join(text.split())
        if not text and not blank:
            raise _WrongError("missing")
        if len(text) > length:
            raise _WrongError("long")
        return text

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("flag")
    return value


def _number(least: int, most: int, *, nullable: bool = False) -> Check:
    def check(value: Any) -> int | None:
        if value is None and nullable:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _WrongError("number")
        return value

    return check


def _one_of(values: Iterable[str]) -> Check:
    known = set(values)

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            raise _WrongError("unknown")
        return value

    return check


def _key(value: Any) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise _WrongError("key")
    return value


def _day(value: Any) -> date:
    try:
        day = date.fromisoformat(value)
        plausible_day(day)
    except (TypeError, ValueError, ValidationError):
        raise _WrongError("day") from None
    return day


def _time(value: Any) -> time | None:
    if value is None:
        return None
    try:
        found = time.fromisoformat(value)
    except (TypeError, ValueError):
        raise _WrongError("time") from None
    if found.tzinfo:
        raise _WrongError("time")
    return found


def _keys(most: int, *, nullable: bool = False) -> Check:
    def check(value: Any) -> list[str] | None:
        if value is None and nullable:
            return None
        if not isinstance(value, list):
            raise _WrongError("list")
        if len(value) > most:
            raise _WrongError("many")
        return list(dict.fromkeys(map(_key, value)))

    return check


def _both(name: str, check: Check, other: Check | None = None) -> dict[str, Check]:
    return {f"{name}_nl": check, f"{name}_en": other or check}


_NAME = _text(NAME_LENGTH)
_MAYBE_NAME = _text(NAME_LENGTH, blank=True)
_MAYBE_TEXT = _text(TEXT_LENGTH, blank=True, lines=True)

PROGRAMME: dict[str, Check] = _both("name", _NAME)
SETTINGS: dict[str, Check] = {
    **_both("name", _NAME),
    "first_share_days": _number(1, 366),
    "has_feedback": _flag,
    "offers_feedback": _flag,
    "charts": _keys(MOST_CHARTS, nullable=True),
}
MODEL: dict[str, Check] = {"key": _key, **_both("name", _NAME)}
FIELD: dict[str, Check] = {
    "key": _key,
    **_both("label", _NAME),
    **_both("guidance", _MAYBE_TEXT),
    "is_required": _flag,
}
PART: dict[str, Check] = {
    "part": _one_of(Part.values),
    "is_shown": _flag,
    "is_required": _flag,
    "is_folded": _flag,
    **_both("label", _NAME),
    **_both("help", _MAYBE_TEXT),
    "minimum": _number(1, 50, nullable=True),
    "maximum": _number(1, 50, nullable=True),
}
ENTRY: dict[str, Check] = {
    "kind": _one_of(VocabularyKind.values),
    "key": _key,
    **_both("name", _NAME, _MAYBE_NAME),
    "level": _number(1, 20, nullable=True),
}
COMPETENCE: dict[str, Check] = {
    "key": _key,
    "code": _text(20, blank=True),
    **_both("name", _NAME, _MAYBE_NAME),
    **_both("description", _MAYBE_TEXT),
}
GOAL: dict[str, Check] = {
    "key": _key,
    **_both("title", _NAME, _MAYBE_NAME),
    **_both("description", _MAYBE_TEXT),
}
DEADLINE: dict[str, Check] = {
    **_both("title", _NAME, _MAYBE_NAME),
    "due_on": _day,
    "due_time": _time,
}


@dataclass(frozen=True)
class _Table:
    """A list of rows: what each is, how many there can be, and what each is alone in having."""

    columns: Mapping[str, Check]
    most: int
    unique: tuple[tuple[str, ...], ...] = ()


#: The lists of a cohort.
TABLES = {
    "parts": _Table(PART, len(Part), (("part",),)),
    "vocabulary": _Table(ENTRY, MOST_ROWS * 5, (("kind", "key"), ("kind", "name_nl"))),
    "competences": _Table(COMPETENCE, MOST_ROWS, (("key",), ("name_nl",))),
    "starting_goals": _Table(GOAL, MOST_ROWS, (("key",),)),
    "deadlines": _Table(DEADLINE, MOST_ROWS),
}
#: What a cohort names: models that everybody has, models of the programme, and tips, by their key.
NAMED = {
    "shared_reflection_models": MOST_MODELS,
    "own_reflection_models": MOST_MODELS,
    "tips": MOST_TIPS,
}


def plain(row: Any, columns: Iterable[str]) -> dict[str, Any]:
    """Return columns of a row as a file has them."""
    values = {name: getattr(row, name) for name in columns}
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in values.items()
    }


def write_programme(data: Mapping[str, Any]) -> str:
    """Return a programme as the text of a file."""
    whole = {"format": FORMAT, "version": VERSION} | dict(data)
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def read_programme(text: str) -> FiledProgramme:
    """Return what stands in a file. Raises UnusableProgrammeError, which says where it is wrong."""
    try:
        data = json.loads(text) if len(text) <= MOST_BYTES else None
    except (ValueError, RecursionError) as problem:
        raise UnusableProgrammeError from problem
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("version") != VERSION:
        raise UnusableProgrammeError
    reader = _Reader()
    filed = FiledProgramme(
        programme=reader.row(data.get("programme"), PROGRAMME, "programme"),
        models=reader.models(data.get("reflection_models")),
        cohorts=[
            reader.cohort(row, place)
            for row, place in reader.each(data.get("cohorts"), MOST_COHORTS, "cohorts")
        ],
        tips=[row for row, _place in reader.each(data.get("tips"), MOST_TIPS, "tips")],
    )
    if not filed.cohorts:
        reader.problems.append(Problem("cohorts", "missing"))
    rows = (value for one in filed.cohorts for value in one.values() if isinstance(value, list))
    if sum(map(len, rows)) > MOST_ALL:
        reader.problems.append(Problem("cohorts", "many"))
    if reader.problems:
        raise UnusableProgrammeError(reader.problems)
    return filed


class _Reader:
    """Reads the parts of a file and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def each(self, value: Any, most: int, place: str) -> list[tuple[Any, str]]:
        """Return the rows of a list, each with its place in the file."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.problems.append(Problem(place, "list"))
            return []
        if len(value) > most:
            self.problems.append(Problem(place, "many"))
            return []
        return [(row, f"{place}[{number}]") for number, row in enumerate(value)]

    def row(self, value: Any, columns: Mapping[str, Check], place: str) -> dict[str, Any]:
        """Return the columns of a row, as far as they are right."""
        if not isinstance(value, dict):
            self.problems.append(Problem(place, "object"))
            return {}
        found = {}
        for name, check in columns.items():
            try:
                found[name] = check(value.get(name))
            except _WrongError as problem:
                self.problems.append(Problem(f"{place}.{name}", str(problem)))
        return found

    def table(self, value: Any, table: _Table, place: str) -> Rows:
        """Return the rows of a list, each checked, and none twice."""
        found = []
        seen: set[tuple[str, ...]] = set()
        for row, where in self.each(value, table.most, place):
            one = self.row(row, table.columns, where)
            found.append(one)
            for columns in table.unique:
                if any(name not in one for name in columns):
                    continue
                said = (*columns, *(str(one[name]).casefold() for name in columns))
                if said in seen:
                    self.problems.append(Problem(f"{where}.{columns[-1]}", "twice"))
                seen.add(said)
        return found

    def models(self, value: Any) -> Rows:
        """Return the reflection models with their fields."""
        rows = self.table(value, _Table(MODEL, MOST_MODELS, (("key",), ("name_nl",))), _MODELS)
        fields = _Table(FIELD, MOST_FIELDS, (("key",), ("label_nl",)))
        for number, row in enumerate(rows):
            given = value[number].get("fields") if isinstance(value[number], dict) else None
            place = f"{_MODELS}[{number}].fields"
            row["fields"] = self.table(given, fields, place)
            if not row["fields"]:
                self.problems.append(Problem(place, "missing"))
        return rows

    def cohort(self, value: Any, place: str) -> dict[str, Any]:
        """Return a cohort with its lists and what it names."""
        found = self.row(value, SETTINGS, place)
        given = value if isinstance(value, dict) else {}
        for name, table in TABLES.items():
            found[name] = self.table(given.get(name), table, f"{place}.{name}")
        named = {name: _keys(most) for name, most in NAMED.items()}
        lists = {name: given.get(name, []) for name in NAMED}
        found |= self.row(lists, named, place)
        self._check_form(found, place)
        return found

    def _check_form(self, cohort: dict[str, Any], place: str) -> None:
        """Check that students can fill in the form."""
        rows = {row.get("part"): (number, row) for number, row in enumerate(cohort["parts"])}
        for part in (Part.DATE, Part.DESCRIPTION):
            _number_of, row = rows.get(part.value, (0, {}))
            if not (row.get("is_shown") and row.get("is_required")):
                self.problems.append(Problem(f"{place}.parts", part.value))
        entries = [entry for entry in cohort["vocabulary"] if entry.get("kind") == "difficulty"]
        choices = {"difficulty": len(entries), "competences": len(cohort["competences"])}
        for name, (number, row) in rows.items():
            where = f"{place}.parts[{number}]"
            least, most = row.get("minimum") or 0, row.get("maximum") or MOST_ROWS
            if row.get("is_folded") and row.get("is_required"):
                self.problems.append(Problem(f"{where}.is_folded", "folded"))
            if name == Part.REFLECTION and row.get("is_required"):
                self.problems.append(Problem(f"{where}.is_required", "never"))
            if least > most:
                self.problems.append(Problem(f"{where}.maximum", "number"))
            needed = max(least, int(row.get("is_required") or False))
            if row.get("is_shown") and needed > choices.get(str(name), needed):
                self.problems.append(Problem(f"{where}.is_required", "few"))


_MODELS = "reflection_models"

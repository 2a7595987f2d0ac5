"""What an archive would bring back: all of it counted and checked, nothing written."""

import json
import uuid
import zipfile
import zlib
from collections import Counter
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, cast

from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stageapp.exports.archive import JSON_NAME, VERSION
from stageapp.exports.queries_imports import ONE, SEVERAL, Lists, day_problem
from stageapp.logbook import access
from stageapp.logbook.models import Evidence, SavedItem
from stageapp.logbook.rules import MINUTES_A_DAY
from stageapp.logbook.snapshots import is_tip
from stageapp.placements.models import Placement
from stageapp.placements.queries import goals_of

#: How a file fails that was damaged, or changed by hand.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, TypeError, ValueError, AttributeError,
    RecursionError, NotImplementedError, IntegrityError, DataError, ArithmeticError,
    SuspiciousOperation,
)  # fmt: skip
#: How the app packs; a locked file or another way of packing is not its own.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
MOST_JSON = 30 * 1024 * 1024
MOST_FILES = 2_000
#: Bytes that all files together may be, unpacked.
MOST_UNPACKED = 2 * 1024 * 1024 * 1024
#: Characters of a tip or a chart as it looked, and of the key that it is saved under.
MOST_SNAPSHOT = 200_000
MOST_KEY = 100
#: Things in an archive that have a key of their own.
_KEYED = ("activities", "reflections", "evidence")


@dataclass(frozen=True)
class Amount:
    """How much of one kind an archive holds."""

    label: str
    new: int
    there: int


@dataclass(frozen=True)
class ArchivePlan:
    """What bringing an archive back would do."""

    amounts: list[Amount]
    #: Names that come into the student's own lists.
    new_names: list[str]
    #: Why nothing of it can go in.
    problems: list[str]
    #: What stays behind, and why.
    left_out: list[str]
    #: Questions with their conversations, which are only kept in the file.
    conversations: int
    #: What the student has removed here since, which stays so.
    removed: int

    @property
    def is_applicable(self) -> bool:
        """Whether something can come back."""
        return not self.problems and any(amount.new for amount in self.amounts)


@contextmanager
def told_when_broken() -> Iterator[None]:
    """Turn the ways in which a damaged or changed file fails into one ValidationError."""
    try:
        yield
    except _BROKEN as problem:
        raise ValidationError(
            _("This file was not made by Stage-App, or it was changed. Nothing went in.")
        ) from problem


def content_of(archive: zipfile.ZipFile) -> dict[str, Any]:
    """Read what an archive tells. Raises ValidationError when it is too large, or too new."""
    parts = archive.infolist()
    if any(part.flag_bits & _ENCRYPTED or part.compress_type not in _PACKED for part in parts):
        raise ValueError(JSON_NAME)
    if (
        len(parts) > MOST_FILES
        or sum(part.file_size for part in parts) > MOST_UNPACKED
        or archive.getinfo(JSON_NAME).file_size > MOST_JSON
    ):
        raise ValidationError(_("This file is too large to bring in."))
    content = json.loads(archive.read(JSON_NAME))
    if content["format"] != "stage-app" or content["version"] > VERSION:
        raise ValidationError(_("This file was made by a newer Stage-App. Nothing went in."))
    return cast("dict[str, Any]", content)


def plan_of_file(placement: Placement, file: BinaryIO) -> ArchivePlan:
    """Return what a file would bring back. Raises ValidationError when it cannot be read."""
    with told_when_broken(), zipfile.ZipFile(file) as archive:
        return plan_of(placement, content_of(archive), set(archive.namelist()))


def plan_of(placement: Placement, content: Mapping[str, Any], paths: Container[str]) -> ArchivePlan:
    """Return what the content of an archive would bring back, in a fixed number of queries.

    Paths are those of the files that the archive really has.
    """
    lists = Lists(placement)
    there = {
        name: {
            str(key): deleted_at
            for key, deleted_at in getattr(placement, name).values_list("client_id", "deleted_at")
        }
        for name in _KEYED
    }
    new = {name: [row for row in content[name] if _key(row) not in there[name]] for name in _KEYED}
    return ArchivePlan(
        amounts=_amounts(placement, content, there),
        new_names=_new_names(lists, new["activities"]),
        problems=_problems(placement, new["activities"]),
        left_out=list(dict.fromkeys(_left_out(placement, lists, new, paths))),
        conversations=len(content.get("guidance", [])),
        removed=sum(
            there[name].get(_key(row)) is not None for name in _KEYED for row in content[name]
        ),
    )


def minutes_of(row: Mapping[str, Any]) -> int | None:
    """Return the minutes of an activity in an archive; raises ValueError for no duration."""
    minutes = row["minutes"]
    if minutes is not None and not 0 < int(minutes) <= MINUTES_A_DAY:
        raise ValueError(minutes)
    return cast("int | None", minutes)


def snapshot_key(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return by what a tip or a chart in an archive is recognised.

    Raises ValueError for anything that is none, and for one that a page could not show.
    """
    kind, key, snapshot = SavedItem.Kind(row["kind"]), row["key"], row["snapshot"]
    is_whole = isinstance(key, str) and 0 < len(key) <= MOST_KEY and isinstance(snapshot, dict)
    if not is_whole or kind not in (SavedItem.Kind.TIP, SavedItem.Kind.CHART):
        raise ValueError(kind)
    if kind == SavedItem.Kind.TIP and not is_tip(snapshot):
        raise ValueError(key)
    if len(json.dumps(snapshot)) > MOST_SNAPSHOT:
        raise ValueError(key)
    return kind.value, key


def saved_key(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return by what a saved reflection or piece of evidence in an archive is recognised.

    Raises ValueError for anything that is none.
    """
    kind = SavedItem.Kind(row["kind"])
    if kind not in (SavedItem.Kind.REFLECTION, SavedItem.Kind.EVIDENCE):
        raise ValueError(kind)
    return kind.value, _key(row)


def _key(row: Mapping[str, Any]) -> str:
    return str(uuid.UUID(row["id"]))


def _amounts(
    placement: Placement, content: Mapping[str, Any], there: Mapping[str, Iterable[str]]
) -> list[Amount]:
    saved = access.saved_items_of(placement.student).filter(placement=placement)
    amounts = [
        _amount(_("Activities"), map(_key, content["activities"]), there["activities"]),
        _amount(_("Reflections"), map(_key, content["reflections"]), there["reflections"]),
        _amount(_("Evidence"), map(_key, content["evidence"]), there["evidence"]),
        _amount(
            _("Learning goals"),
            (row["title"].casefold() for row in content["goals"]),
            (goal.title.casefold() for goal in goals_of(placement)),
        ),
        _amount(
            _("Chains"),
            (row["name"] for row in content["chains"]),
            placement.chains.values_list("name", flat=True),
        ),
        _amount(
            _("Saved items"),
            [
                *(row["activity"] for row in content["saved"]),
                *map(saved_key, content.get("saved_others", [])),
                *map(snapshot_key, content.get("saved_snapshots", [])),
            ],
            [
                *map(str, saved.values_list("activity__client_id", flat=True)),
                *(
                    (kind, str(key))
                    for kind in (SavedItem.Kind.REFLECTION.value, SavedItem.Kind.EVIDENCE.value)
                    for key in saved.values_list(f"{kind}__client_id", flat=True)
                ),
                *placement.student.saved_items.exclude(key="").values_list("kind", "key"),
            ],
        ),
        _amount(
            _("Deadlines"),
            ((row["title"], row["on"], row["at"]) for row in content["deadlines"]),
            (
                (row.title, row.due_on.isoformat(), row.due_time and row.due_time.isoformat())
                for row in placement.deadlines.all()
            ),
        ),
        _amount(
            _("Appointments"),
            (
                (row["title"], datetime.fromisoformat(row["starts_at"]))
                for row in content["appointments"]
            ),
            placement.appointments.values_list("title", "starts_at"),
        ),
    ]
    return [amount for amount in amounts if amount.new or amount.there]


def _amount(label: str, held: Iterable[Hashable], there: Iterable[Hashable]) -> Amount:
    """Count what is held; two of a kind are two, here and there."""
    all_held = Counter(held)
    new = (all_held - Counter(iter(there))).total()
    return Amount(label, new, all_held.total() - new)


def _new_names(lists: Lists, activities: Iterable[Mapping[str, Any]]) -> list[str]:
    found: dict[tuple[str, str], str] = {}
    for row in activities:
        one = [(part, row[part]) for part in ONE if row[part]]
        several = [(part, entry) for part in SEVERAL for entry in row[part]]
        for part, entry in (*one, *several):
            kind, names = (ONE | SEVERAL)[part], (entry["nl"].casefold(), entry["en"].casefold())
            if not any(name and name in lists.entries[kind] for name in names):
                found.setdefault((kind, names[0]), entry["nl"])
    return list(found.values())


def _problems(placement: Placement, activities: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say which days keep the whole archive out, by the rules of the form."""
    totals: Counter[date] = Counter()
    problems: dict[str, None] = {}
    for row in activities:
        day = date.fromisoformat(row["date"])
        totals[day] += minutes_of(row) or 0
        if problem := day_problem(placement, day):
            problems[problem] = None
    logged = placement.activities.filter(deleted_at=None, minutes__isnull=False)
    for day, minutes in logged.values_list("date", "minutes"):
        if day in totals:
            totals[day] += minutes or 0
    for day, total in sorted(totals.items()):
        if total > MINUTES_A_DAY:
            text = _("%(day)s would get more than 24 hours.") % {"day": date_format(day)}
            problems[text] = None
    return list(problems)


def _left_out(
    placement: Placement,
    lists: Lists,
    new: Mapping[str, list[Mapping[str, Any]]],
    paths: Container[str],
) -> Iterator[str]:
    """Say what has no place here; the rest of the archive comes back."""
    for row in new["activities"]:
        for key in row["competences"]:
            if key.casefold() not in lists.competences:
                yield _("%(name)s: your programme does not have this competence.") % {"name": key}
    models = {
        model.key: {field.key for field in model.fields.all()}
        for model in placement.cohort.reflection_models.prefetch_related("fields")
    }
    for row in new["reflections"]:
        name = row["title"] or row["model"]
        if row["model"] not in models:
            yield (
                _("%(name)s: your programme does not have this reflection model.") % {"name": name}
            )
            continue
        for key in row["answers"].keys() - models[row["model"]]:
            yield (
                _("%(name)s: the model has no field “%(field)s” any more; its text stayed out.")
                % {"name": name, "field": key}
            )
    for row in new["evidence"]:
        if row["kind"] == Evidence.Kind.FILE and row["path"] not in paths:
            yield _("%(name)s is not in the file.") % {"name": row["name"]}

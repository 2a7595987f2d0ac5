"""Bringing back what the app itself took out: the ZIP with everything.

What the logbook has already stays as it is; reading the same file twice changes nothing.
"""

import uuid
import zipfile
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO, Generic, TypeVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, plausible_day
from stageapp.exports.archive import JSON_NAME
from stageapp.exports.models import ArchiveImport
from stageapp.exports.queries_archive import (
    MOST_FILES,
    content_of,
    minutes_of,
    plan_of,
    plan_of_file,
    saved_key,
    snapshot_key,
    told_when_broken,
)
from stageapp.exports.queries_imports import ONE, SEVERAL, Lists
from stageapp.logbook.actions import own_entry, save_item, save_snapshot
from stageapp.logbook.actions_evidence import keep_loose
from stageapp.logbook.actions_reflections import FEEDBACK_FIELDS, write_feedback, write_reflection
from stageapp.logbook.forms_evidence import evidence_of
from stageapp.logbook.models import (
    KIND_OF,
    Activity,
    ActivityFeedback,
    Chain,
    Evidence,
    Reflection,
    Saveable,
    SavedItem,
)
from stageapp.logbook.search import refresh_search
from stageapp.placements.models import GoalChange, LearningGoal, Placement
from stageapp.placements.queries import goals_of
from stageapp.planning.models import Appointment, Deadline
from stageapp.programmes.models import Part, VocabularyEntry

#: Archives of one placement that wait to be brought back, and how long they are kept.
MOST_WAITING = 3
KEPT_FOR = timedelta(days=2)


@dataclass
class Brought:
    """How much came back."""

    activities: int = 0
    reflections: int = 0
    evidence: int = 0
    #: What stayed behind, and why.
    refused: list[str] = field(default_factory=list)


def is_archive(file: BinaryIO) -> bool:
    """Return whether a file is a ZIP that the app made."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return JSON_NAME in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        # The second: it says that it needs a later program than this to be read.
        return False
    finally:
        file.seek(0)


def keep_archive(placement: Placement, file: BinaryIO, name: str, *, at: datetime) -> ArchiveImport:
    """Keep an archive until its student looked at it; nothing goes in the logbook yet.

    Raises ValidationError when it cannot be read, or when several wait already.
    """
    plan_of_file(placement, file)
    kept = ArchiveImport(placement=placement, name=name[:NAME_LENGTH], created_at=at)
    file.seek(0)
    with transaction.atomic():
        Placement.objects.select_for_update().get(pk=placement.pk)
        if placement.archive_imports.count() >= MOST_WAITING:
            raise ValidationError(_("You have several files waiting here. Remove one first."))
        kept.file.save(kept.name, File(file))
    return kept


def apply_archive(kept: ArchiveImport, *, at: datetime) -> Brought:
    """Bring an archive back as a whole, and throw its file away."""
    with kept.file.open("rb") as file:
        brought = bring_back(kept.placement, cast("BinaryIO", file), at=at)
    delete_archive(kept)
    return brought


@transaction.atomic
def delete_archive(kept: ArchiveImport) -> None:
    """Throw an archive away, with its file; what it brought back stays."""
    file = kept.file
    kept.delete()
    transaction.on_commit(lambda: file.delete(save=False))


def remove_old_archives(*, at: datetime) -> int:
    """Throw away archives that nobody brought back in time."""
    old = list(ArchiveImport.objects.filter(created_at__lt=at - KEPT_FOR)[:100])
    for kept in old:
        delete_archive(kept)
    return len(old)


def bring_back(placement: Placement, file: BinaryIO, *, at: datetime) -> Brought:
    """Bring everything of an archive into a placement; all of it, or nothing.

    The files are checked and stored first, so that nobody waits for them behind a lock of the
    database. Raises ValidationError when it is no archive that can be read.
    """
    files = _Files(placement)
    try:
        with told_when_broken():
            with zipfile.ZipFile(file) as archive:
                content, paths = content_of(archive), set(archive.namelist())
                files.store(archive, content["evidence"])
            with transaction.atomic():
                Placement.objects.select_for_update().get(pk=placement.pk)
                plan = plan_of(placement, content, paths)
                if plan.problems:
                    raise ValidationError(plan.problems)
                brought = _Bringer(placement, content, files, at).bring()
    finally:
        files.remove_unused()
    brought.refused = [*plan.left_out, *files.refused]
    return brought


class _Files:
    """The files of an archive, on their way to the store."""

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self.stored: dict[uuid.UUID, Evidence] = {}
        self.refused: list[str] = []

    def store(self, archive: zipfile.ZipFile, rows: list[Mapping[str, Any]]) -> None:
        """Check the files that the logbook does not have yet, and put them in the store."""
        known = set(self.placement.evidence.values_list("client_id", flat=True))
        paths = [row["path"] for row in rows if row["kind"] == Evidence.Kind.FILE]
        if len(rows) > MOST_FILES or len(paths) != len(set(paths)):
            raise ValueError(JSON_NAME)
        there = set(archive.namelist())
        for row in rows:
            key = uuid.UUID(row["id"])
            if row["kind"] != Evidence.Kind.FILE or key in known:
                continue
            if row["path"] in there:
                self._store(archive, key, row)

    def remove_unused(self) -> None:
        """Take out of the store what did not end up in the logbook."""
        keys = list(self.stored)
        kept = set(
            self.placement.evidence.filter(client_id__in=keys).values_list("file", flat=True)
        )
        for evidence in self.stored.values():
            if evidence.file.name not in kept:
                evidence.file.delete(save=False)
                if evidence.thumbnail:
                    evidence.thumbnail.delete(save=False)

    def _store(self, archive: zipfile.ZipFile, key: uuid.UUID, row: Mapping[str, Any]) -> None:
        """Read a file by the same rules as one that somebody sends."""
        with archive.open(row["path"]) as packed:
            content = packed.read(settings.EVIDENCE_MOST_BYTES + 1)
        try:
            evidence = evidence_of(SimpleUploadedFile(_name(row["name"]), content))
        except ValidationError as problem:
            self.refused += problem.messages
            return
        evidence.placement = self.placement
        self.stored[key] = evidence
        for stored in filter(None, (evidence.file, evidence.thumbnail)):
            stored.save(evidence.name, stored.file, save=False)


Row = TypeVar("Row", bound=Model)


class _There(Generic[Row]):
    """What the logbook has already, by what it is recognised by; each row is found once.

    So two goals of the same title, or two deadlines on one day, stay two.
    """

    def __init__(self, rows: Iterable[Row], key: Callable[[Row], Hashable]) -> None:
        self.rows: dict[Hashable, list[Row]] = {}
        for row in rows:
            self.rows.setdefault(key(row), []).append(row)

    def take(self, key: Hashable) -> Row | None:
        """Return a row that was not taken before, if there is one."""
        rows = self.rows.get(key)
        return rows.pop(0) if rows else None


class _Bringer:
    """Brings one archive in; what is there by its key is left alone."""

    def __init__(
        self,
        placement: Placement,
        content: dict[str, Any],
        files: _Files,
        at: datetime,
    ) -> None:
        self.placement, self.content, self.files, self.at = placement, content, files, at
        self.lists = Lists(placement)
        self.brought = Brought()
        self.goals: dict[int, LearningGoal] = {}
        self.chains: dict[int, Chain] = {}
        self.goals_there = _There(goals_of(placement), lambda goal: goal.title.casefold())
        self.chains_there = _There(
            placement.chains.order_by("id"), lambda chain: (chain.name, bool(chain.finished_at))
        )
        self.activities: dict[str, Activity] = {
            str(row.client_id): row for row in placement.activities.all()
        }

    def bring(self) -> Brought:
        """Bring it in, in the order in which things refer to each other.

        Of chains, reflections and saved items the latest stands first in the file: they are made
        from the end, so that they stand in that order again.
        """
        for row in self.content["goals"]:
            self._goal(row)
        for row in reversed(self.content["chains"]):
            self._chain(row)
        for row in self.content["activities"]:
            if row["id"] not in self.activities:
                self._activity(row)
        for row in reversed(self.content["reflections"]):
            self._reflection(row)
        for row in self.content["evidence"]:
            self._evidence(row)
        for row in reversed(self.content["saved"]):
            self._save(self.activities[row["activity"]], row)
        self._saved_others()
        for row in reversed(self.content.get("saved_snapshots", [])):
            self._saved_snapshot(row)
        self._planned()
        return self.brought

    def _saved_snapshot(self, row: Mapping[str, Any]) -> None:
        kind, key = snapshot_key(row)
        item = save_snapshot(self.placement, SavedItem.Kind(kind), key, row["snapshot"], at=self.at)
        _note(item, row)

    def _saved_others(self) -> None:
        """Save reflections and evidence; one that did not come back itself cannot be saved."""
        rows: list[Saveable] = [*self.placement.reflections.all(), *self.placement.evidence.all()]
        there = {(KIND_OF[type(row)].value, str(row.client_id)): row for row in rows}
        for row in reversed(self.content.get("saved_others", [])):
            source = there.get(saved_key(row))
            if source is not None:
                self._save(source, row)

    def _save(self, source: Saveable, row: Mapping[str, Any]) -> None:
        _note(save_item(source, by=self.student, at=self.at), row)

    @property
    def student(self) -> Any:
        """Whose placement it is."""
        return self.placement.student

    def _goal(self, row: Mapping[str, Any]) -> None:
        goal = self.goals_there.take(_name(row["title"]).casefold())
        if goal is None:
            goal = self._new_goal(row)
            self.lists.goals.setdefault(goal.title.casefold(), goal)
        # Older files know a goal by its title only.
        if "id" in row:
            self.goals[row["id"]] = goal

    def _new_goal(self, row: Mapping[str, Any]) -> LearningGoal:
        goal = LearningGoal.objects.create(
            placement=self.placement,
            title=_name(row["title"]),
            description=_text(row["description"]),
            status=LearningGoal.Status(row["status"]),
            position=self.placement.goals.count(),
            created_at=self.at,
        )
        GoalChange.objects.bulk_create(
            GoalChange(
                goal=goal,
                title=_name(change["title"]),
                description=_text(change["description"]),
                status=LearningGoal.Status(change["status"]),
                changed_at=_moment(change["at"]),
            )
            for change in row["history"]
        )
        return goal

    def _goal_of(self, row: Mapping[str, Any]) -> LearningGoal | None:
        if row.get("goal_id") in self.goals:
            return self.goals[row["goal_id"]]
        return self.lists.goals.get((row["goal"] or "").casefold())

    def _chain(self, row: Mapping[str, Any]) -> None:
        name = _name(row["name"])
        is_finished = bool(row["finished"])
        there = self.chains_there
        # One that was finished, or opened again, after the file was made is still the same.
        self.chains[row["id"]] = (
            there.take((name, is_finished))
            or there.take((name, not is_finished))
            or Chain.objects.create(
                placement=self.placement,
                name=name,
                finished_at=self.at if is_finished else None,
                created_at=self.at,
            )
        )

    def _activity(self, row: Mapping[str, Any]) -> None:
        activity = Activity(
            placement=self.placement,
            client_id=uuid.UUID(row["id"]),
            date=date.fromisoformat(row["date"]),
            minutes=minutes_of(row),
            status=Activity.Status(row["status"]) if row["status"] else "",
            goal=self._goal_of(row),
            chain=self.chains.get(row["chain"]),
            wants_feedback=bool(row["wants_feedback"]),
            created_at=self.at,
        )
        for name in _TEXTS:
            setattr(activity, name, _text(row[name]))
        for part in ONE:
            if row[part]:
                setattr(activity, part, self._entry(part, row[part]))
        activity.save()
        for part in SEVERAL:
            getattr(activity, part).set([self._entry(part, one) for one in row[part]])
        known = self.lists.competences
        activity.competences.set(
            [known[key.casefold()] for key in row["competences"] if key.casefold() in known]
        )
        if row["feedback"]:
            self._feedback(activity, row["feedback"])
        refresh_search(activity)
        self.activities[row["id"]] = activity
        self.brought.activities += 1

    def _feedback(self, activity: Activity, row: Mapping[str, Any]) -> None:
        feedback = ActivityFeedback(activity=activity)
        for name in FEEDBACK_FIELDS:
            setattr(feedback, name, row[name])
        feedback.clean_fields()
        write_feedback(feedback)

    def _entry(self, part: Part, row: Mapping[str, str]) -> VocabularyEntry:
        known = self.lists.entries[(ONE | SEVERAL)[part]]
        for name in (row["nl"], row["en"]):
            if name and name.casefold() in known:
                return known[name.casefold()]
        made = own_entry(self.placement, (ONE | SEVERAL)[part], _name(row["nl"]))
        known[row["nl"].casefold()] = made
        return made

    def _reflection(self, row: Mapping[str, Any]) -> None:
        key = uuid.UUID(row["id"])
        if self.placement.reflections.filter(client_id=key).exists():
            return
        models = {model.key: model for model in self.placement.cohort.reflection_models.all()}
        model = models.get(row["model"])
        if model is None:
            return
        fields = {field.key: field for field in model.fields.all()}
        reflection = Reflection(
            placement=self.placement,
            client_id=key,
            model=model,
            activity=self.activities[row["activity"]] if row["activity"] else None,
            title=_name(row["title"]),
            date=_day(row["date"]),
        )
        answers = {
            fields[name]: _text(text) for name, text in row["answers"].items() if name in fields
        }
        # Older files do not know drafts.
        is_draft = bool(row.get("draft", False))
        write_reflection(reflection, answers, at=self.at, while_typing=is_draft)
        self.brought.reflections += 1

    def _evidence(self, row: Mapping[str, Any]) -> None:
        key = uuid.UUID(row["id"])
        if self.placement.evidence.filter(client_id=key).exists():
            return
        evidence = self.files.stored.get(key) if row["kind"] == Evidence.Kind.FILE else _plain(row)
        if evidence is None:
            return
        evidence.client_id = key
        if row["activity"]:
            evidence.activity = self.activities[row["activity"]]
        keep_loose(self.placement, [evidence], at=self.at)
        if evidence.activity:
            refresh_search(evidence.activity)
        self.brought.evidence += 1

    def _planned(self) -> None:
        deadlines = _There(
            self.placement.deadlines.all(), lambda row: (row.title, row.due_on, row.due_time)
        )
        for row in self.content["deadlines"]:
            due = Deadline(
                placement=self.placement,
                title=_name(row["title"]),
                due_on=_day(row["on"]),
                due_time=time.fromisoformat(row["at"]) if row["at"] else None,
                done_at=self.at if row["done"] else None,
            )
            if not deadlines.take((due.title, due.due_on, due.due_time)):
                due.save()
        appointments = _There(
            self.placement.appointments.all(), lambda row: (row.title, row.starts_at)
        )
        for row in self.content["appointments"]:
            meeting = Appointment(
                placement=self.placement,
                title=_name(row["title"]),
                starts_at=_moment(row["starts_at"]),
                ends_at=_moment(row["ends_at"]),
                with_whom=_name(row["with"]),
                location=_name(row["location"]),
                note=_text(row["note"]),
            )
            if not appointments.take((meeting.title, meeting.starts_at)):
                meeting.save()


_TEXTS = ("description", "learned", "next_steps", "support_workplace", "support_programme")


def _plain(row: Mapping[str, Any]) -> Evidence:
    evidence = Evidence(
        kind=Evidence.Kind(row["kind"]),
        name=_name(row["name"]),
        url=str(row["url"]),
        text=_text(row["text"]),
    )
    evidence.clean_fields(exclude=["placement", "activity", "file", "thumbnail"])
    return evidence


def _note(item: SavedItem, row: Mapping[str, Any]) -> None:
    """Keep the note of an archive, where there is none here."""
    if not item.note:
        item.note = _text(row["note"])
        item.save(update_fields=["note"])


def _text(value: Any) -> str:
    """Return a text that fits; a longer one was not written by the app."""
    if len(value) > TEXT_LENGTH:
        raise ValueError(value)
    return str(value).replace("\x00", "")


def _name(value: Any) -> str:
    if len(value) > NAME_LENGTH:
        raise ValueError(value)
    return str(value).replace("\x00", "")


def _day(value: str) -> date:
    day = date.fromisoformat(value)
    plausible_day(day)
    return day


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    plausible_day(moment.date())
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

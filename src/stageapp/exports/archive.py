"""Everything at once: a ZIP with JSON that can be brought in again, a document, and the files."""

import json
import zipfile
from datetime import datetime
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.text import get_valid_filename, slugify
from django.utils.translation import gettext as _

from stageapp.exports.content import full, logbook_document, reflections_document
from stageapp.exports.documents import Progress
from stageapp.exports.word import write_word
from stageapp.guidance.access import points_of, questions_of
from stageapp.guidance.models import Attachment, MeetingReport
from stageapp.logbook import access
from stageapp.logbook.actions_reflections import FEEDBACK_FIELDS
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.placements.models import Placement
from stageapp.placements.queries import goals_of
from stageapp.planning.access import deadlines_of, notes_of, talks_readable_by
from stageapp.programmes.models import VocabularyEntry

#: Rises when an older reader could not understand it any more.
VERSION = 1
JSON_NAME = "stage-app.json"


def write_archive(
    placement: Placement, file: BinaryIO, *, language: str, at: datetime, progress: Progress
) -> None:
    """Write all of a placement into a ZIP file."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        add_placement(placement, archive, language=language, at=at, progress=progress)


def add_placement(
    placement: Placement,
    archive: zipfile.ZipFile,
    *,
    language: str,
    at: datetime,
    progress: Progress,
    folder: str = "",
) -> None:
    """Write all of a placement into a folder (with a slash at its end) of a ZIP file."""
    student = placement.student
    activities = access.activities_of(student).filter(placement=placement)
    reflections = access.reflections_of(student).filter(placement=placement)
    evidence = access.evidence_of(student).filter(placement=placement)
    paths = {
        row.pk: f"evidence/{row.pk}-{get_valid_filename(row.name)}" for row in evidence if row.file
    }
    own = questions_of(student).filter(placement=placement)
    sent = list(Attachment.objects.filter(message__question__in=own))
    content = _everything(placement, activities, reflections, evidence, paths, at)
    archive.writestr(folder + JSON_NAME, json.dumps(content, ensure_ascii=False, indent=1))
    progress(20)
    document = logbook_document(placement, activities, language=language)
    with archive.open(f"{folder}{slugify(_('Logbook'))}.docx", "w", force_zip64=True) as into:
        write_word(document, into, lambda done: progress(20 + done * 3 // 10))
    written = reflections_document(placement, reflections, language=language)
    with archive.open(f"{folder}{slugify(_('Reflections'))}.docx", "w", force_zip64=True) as into:
        write_word(written, into, lambda _done: None)
    for number, row in enumerate(evidence):
        if row.file:
            _copy(row.file, archive, folder + paths[row.pk])
        progress(50 + number * 45 // max(len(evidence), 1))
    for attachment in sent:
        _copy(attachment.file, archive, folder + _path_of(attachment))


def _copy(file: FieldFile, archive: zipfile.ZipFile, path: str) -> None:
    try:
        with file.open("rb") as source, archive.open(path, "w", force_zip64=True) as into:
            while portion := source.read(1024 * 1024):
                into.write(portion)
    except FileNotFoundError:
        # Lost from the storage; the rest of somebody's work is not held back for it.
        archive.writestr(f"{path}.missing.txt", _("This file is not in the storage any more."))


def _everything(
    placement: Placement,
    activities: QuerySet[Activity],
    reflections: QuerySet[Reflection],
    evidence: QuerySet[Evidence],
    paths: dict[int, str],
    at: datetime,
) -> dict[str, Any]:
    student = placement.student
    return {
        "format": "stage-app",
        "version": VERSION,
        "made_at": at.isoformat(),
        "student": {"name": student.name, "number": student.student_number},
        "placement": _placement(placement),
        "goals": [
            {
                "id": goal.pk,
                "title": goal.title,
                "description": goal.description,
                "status": goal.status,
                "history": [
                    {
                        "title": change.title,
                        "description": change.description,
                        "status": change.status,
                        "at": change.changed_at.isoformat(),
                    }
                    for change in goal.changes.all()
                ],
            }
            for goal in goals_of(placement).prefetch_related("changes")
        ],
        "chains": [
            {"id": chain.pk, "name": chain.name, "finished": chain.finished_at is not None}
            for chain in placement.chains.all()
        ],
        "activities": [_activity(activity) for activity in full(activities)],
        "reflections": [
            _reflection(row)
            for row in reflections.select_related("model", "activity").prefetch_related(
                "answers__field"
            )
        ],
        "evidence": [_evidence(row, paths) for row in evidence.select_related("activity")],
        "saved": [
            {"activity": str(item.activity.client_id), "note": item.note}
            for item in access.saved_items_of(student)
            .filter(placement=placement)
            .select_related("activity")
            if item.activity
        ],
        # Apart, so that an older reader of the same version still understands the rest.
        "saved_others": [
            {"kind": item.kind, "id": str(source.client_id), "note": item.note}
            for item in access.saved_items_of(student)
            .filter(placement=placement)
            .select_related("reflection", "evidence")
            if (source := item.reflection or item.evidence)
        ],
        "saved_snapshots": [
            {"kind": item.kind, "key": item.key, "snapshot": item.snapshot, "note": item.note}
            for item in access.saved_items_of(student).filter(placement=placement)
            if item.snapshot
        ],
        "deadlines": [
            {
                "title": row.title,
                "on": row.due_on.isoformat(),
                "at": row.due_time.isoformat() if row.due_time else None,
                "done": row.done_at is not None,
            }
            for row in deadlines_of(student).filter(placement=placement)
        ],
        "appointments": [
            {
                "title": row.title,
                "with": row.with_whom,
                "location": row.location,
                "starts_at": row.starts_at.isoformat(),
                "ends_at": row.ends_at.isoformat(),
                "note": row.note,
            }
            for row in notes_of(student).filter(placement=placement)
        ],
        # Apart: what two people agreed on is kept, not brought in again.
        "talks": _talks(placement),
        "guidance": _guidance(placement),
        "points": [
            {
                "what": point.what,
                "by": point.owner.name if point.owner else None,
                "due_on": point.due_on.isoformat() if point.due_on else None,
                "done_at": point.done_at.isoformat() if point.done_at else None,
                "created_at": point.created_at.isoformat(),
                "question": point.question.title if point.question else None,
                "goal_id": point.goal_id,
            }
            for point in points_of(student)
            .filter(placement=placement)
            .select_related("owner", "question")
        ],
    }


def _placement(placement: Placement) -> dict[str, Any]:
    return {
        "programme": str(placement.cohort),
        "workplace": placement.workplace.name,
        "town": placement.workplace.town,
        "supervisor": placement.supervisor_name,
        "first": placement.starts_on.isoformat(),
        "last": placement.ends_on.isoformat(),
        "hours_per_day": str(placement.hours_per_day),
        "assignment": placement.assignment,
        "absences": [
            {
                "kind": row.kind,
                "first": row.starts_on.isoformat(),
                "last": row.ends_on.isoformat(),
                "reason": row.reason,
            }
            for row in placement.interruptions.all()
        ],
    }


def _activity(activity: Activity) -> dict[str, Any]:
    feedback = getattr(activity, "feedback", None)
    return {
        "id": str(activity.client_id),
        "date": activity.date.isoformat(),
        "description": activity.description,
        "minutes": activity.minutes,
        "moment": _entry(activity.moment),
        "category": _entry(activity.category),
        "difficulty": _entry(activity.difficulty),
        "people": [_entry(row) for row in activity.people.all()],
        "sources": [_entry(row) for row in activity.sources.all()],
        "competences": [row.key for row in activity.competences.all()],
        "status": activity.status,
        "goal": activity.goal.title if activity.goal else None,
        "goal_id": activity.goal_id,
        "chain": activity.chain_id,
        "learned": activity.learned,
        "next_steps": activity.next_steps,
        "support_workplace": activity.support_workplace,
        "support_programme": activity.support_programme,
        "wants_feedback": activity.wants_feedback,
        "feedback": {name: getattr(feedback, name) for name in FEEDBACK_FIELDS}
        if feedback
        else None,
    }


def _entry(entry: VocabularyEntry | None) -> dict[str, str] | None:
    if entry is None:
        return None
    return {"key": entry.key, "nl": entry.name_nl, "en": entry.name_en}


def _reflection(reflection: Reflection) -> dict[str, Any]:
    return {
        "id": str(reflection.client_id),
        "activity": str(reflection.activity.client_id) if reflection.activity else None,
        "model": reflection.model.key,
        "title": reflection.title,
        "draft": reflection.is_draft,
        "date": reflection.date.isoformat(),
        "answers": {answer.field.key: answer.text for answer in reflection.answers.all()},
    }


def _evidence(row: Evidence, paths: dict[int, str]) -> dict[str, Any]:
    return {
        "id": str(row.client_id),
        "activity": str(row.activity.client_id) if row.activity else None,
        "kind": row.kind,
        "name": row.name,
        "path": paths.get(row.pk),
        "url": row.url,
        "text": row.text,
    }


def _guidance(placement: Placement) -> list[dict[str, Any]]:
    """Return the student's questions with their conversations: to keep, not to bring in again."""
    own = questions_of(placement.student).filter(placement=placement)
    return [
        {
            "title": question.title,
            "core": question.core,
            "asked_to": question.addressee_name or None,
            "shared_at": question.shared_at.isoformat() if question.shared_at else None,
            "closed_at": question.closed_at.isoformat() if question.closed_at else None,
            "items": [item.snapshot for item in question.items.all() if item.snapshot],
            "messages": [
                {
                    "by": message.writer_name if message.author or message.invitation else None,
                    "at": message.sent_at.isoformat(),
                    "text": message.text,
                    "files": [
                        {"name": file.name, "path": _path_of(file)}
                        for file in message.attachments.all()
                    ],
                }
                for message in question.messages.all()
            ],
            "reports": [_report(report) for report in question.meeting_reports.all()],
        }
        for question in own.select_related("teacher").prefetch_related(
            "items",
            "messages__author",
            "messages__invitation",
            "messages__attachments",
            "meeting_reports__confirmed_by",
        )
    ]


def _path_of(attachment: Attachment) -> str:
    """Return where in the archive a file is that goes with a message, whoever wrote it."""
    return f"messages/{attachment.pk}-{get_valid_filename(attachment.name)}"


def _report(report: MeetingReport) -> dict[str, Any]:
    return {
        "agreed": report.agreed,
        "discussed": report.discussed,
        "created_at": report.created_at.isoformat(),
        "shared_at": report.shared_at.isoformat() if report.shared_at else None,
        "confirmed_at": report.confirmed_at.isoformat() if report.confirmed_at else None,
        "confirmed_by": report.confirmed_by.name if report.confirmed_by else None,
        "addition": report.addition,
    }


def _talks(placement: Placement) -> list[dict[str, Any]]:
    """Return what the student and a teacher agreed on, cancelled or not."""
    return [
        {
            "about": row.proposal.question.title,
            "with": row.with_whom,
            "location": row.location,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "cancelled_at": row.cancelled_at.isoformat() if row.cancelled_at else None,
        }
        for row in talks_readable_by(placement.student)
        .filter(placement=placement, proposal__isnull=False)
        .select_related("proposal__question")
    ]

"""An activity as it is now, in both languages: for its own page, and for sharing.

A snapshot is plain JSON, so that what was shared stays as it was, whatever happens to its source.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.core.bilingual import in_reader_language
from stageapp.core.durations import MINUTES_AN_HOUR, duration_text, hours_text
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.logbook.queries import JOINED, SHOWN
from stageapp.programmes.models import FormPart, Part

LANGUAGES = ("nl", "en")
#: What a tip says: where am I going, how am I doing, what next.
TIP_PARTS = ("feedup", "feedback", "feedforward")


@dataclass(frozen=True)
class Row:
    """A part of an activity as its reader sees it."""

    part: str
    label: str
    value: str


@dataclass(frozen=True)
class ActivitySnapshot:
    """A snapshot as a template shows it, in the reader's language."""

    date: date
    description: str
    rows: list[Row]


@dataclass(frozen=True)
class TipSnapshot:
    """A tip as it looked, in the reader's language; `why` says why it was there."""

    feedup: str
    feedback: str
    feedforward: str
    why: list[str]


@dataclass(frozen=True)
class ReflectionSnapshot:
    """A reflection as it was, in the words of the student and the labels of the reader."""

    date: date
    title: str
    model: str
    rows: list[Row]


@dataclass(frozen=True)
class EvidenceSnapshot:
    """A piece of evidence as it was: what a file is called and is, not what is in it."""

    name: str
    kind: str
    #: Of a file: the ending that says what it is, and its bytes.
    ending: str
    size: int | None
    url: str
    text: str


def snapshots_of(activities: Sequence[Activity]) -> dict[int, dict[str, Any]]:
    """Return the snapshot of each activity by its key, in a fixed number of queries."""
    rows = list(activities)
    prefetch_related_objects(rows, "placement", *JOINED, *SHOWN)
    parts = _parts_of({activity.placement.cohort_id for activity in rows})
    return {
        activity.pk: _snapshot(activity, parts.get(activity.placement.cohort_id, []))
        for activity in rows
    }


def read_snapshot(snapshot: dict[str, Any]) -> ActivitySnapshot:
    """Return a kept snapshot for its reader."""
    return ActivitySnapshot(
        date=date.fromisoformat(snapshot["date"]),
        description=snapshot["description"],
        rows=[
            Row(
                row["part"],
                in_reader_language(row["label_nl"], row["label_en"]),
                in_reader_language(row["value_nl"], row["value_en"]),
            )
            for row in snapshot["rows"]
        ],
    )


def reflection_snapshots_of(reflections: Sequence[Reflection]) -> dict[int, dict[str, Any]]:
    """Return the snapshot of each reflection by its key, in a fixed number of queries."""
    rows = list(reflections)
    prefetch_related_objects(rows, "model", "answers__field")
    return {
        row.pk: {
            "kind": "reflection",
            "date": row.date.isoformat(),
            "title": row.title,
            "model_nl": row.model.name_nl,
            "model_en": row.model.name_en,
            "rows": [
                {
                    "part": answer.field.key,
                    "label_nl": answer.field.label_nl,
                    "label_en": answer.field.label_en,
                    "value": answer.text,
                }
                for answer in row.answers.all()
                if answer.text
            ],
        }
        for row in rows
    }


def read_reflection(snapshot: dict[str, Any]) -> ReflectionSnapshot:
    """Return a kept reflection for its reader."""
    return ReflectionSnapshot(
        date=date.fromisoformat(snapshot["date"]),
        title=snapshot["title"],
        model=in_reader_language(snapshot["model_nl"], snapshot["model_en"]),
        rows=[
            Row(row["part"], in_reader_language(row["label_nl"], row["label_en"]), row["value"])
            for row in snapshot["rows"]
        ],
    )


def evidence_snapshot(evidence: Evidence) -> dict[str, Any]:
    """Return what is told of a piece of evidence; not where its file is kept."""
    return {
        "kind": "evidence",
        "date": timezone.localdate(evidence.created_at).isoformat(),
        "evidence": evidence.kind,
        "name": evidence.name,
        "content_type": evidence.content_type,
        "size": evidence.size,
        "url": evidence.url,
        "text": evidence.text,
    }


def read_evidence(snapshot: dict[str, Any]) -> EvidenceSnapshot:
    """Return a kept piece of evidence for its reader."""
    is_file = snapshot["evidence"] == Evidence.Kind.FILE
    return EvidenceSnapshot(
        name=snapshot["name"],
        kind=snapshot["evidence"],
        ending=PurePath(snapshot["name"]).suffix.removeprefix(".").upper() if is_file else "",
        size=snapshot["size"],
        url=snapshot["url"],
        text=snapshot["text"],
    )


def is_tip(snapshot: dict[str, Any]) -> bool:
    """Return whether somebody else's data can be shown as a tip."""
    texts = [snapshot.get(f"{name}_{language}", "") for name in TIP_PARTS for language in LANGUAGES]
    why = [snapshot.get(f"why_{language}", []) for language in LANGUAGES]
    return (
        snapshot.get("kind") == "tip"
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(row, list) and all(isinstance(one, str) for one in row) for row in why)
    )


def read_tip(snapshot: dict[str, Any]) -> TipSnapshot:
    """Return a kept tip for its reader."""
    texts = {
        name: in_reader_language(snapshot.get(f"{name}_nl", ""), snapshot.get(f"{name}_en", ""))
        for name in TIP_PARTS
    }
    is_english = in_reader_language("nl", "en") == "en"
    why = snapshot.get("why_en" if is_english else "why_nl", [])
    return TipSnapshot(**texts, why=list(why))


def _parts_of(cohorts: Iterable[int]) -> dict[int, list[FormPart]]:
    parts: dict[int, list[FormPart]] = {}
    for part in FormPart.objects.filter(cohort__in=cohorts):
        parts.setdefault(part.cohort_id, []).append(part)
    return parts


def _snapshot(activity: Activity, parts: list[FormPart]) -> dict[str, Any]:
    return {
        "kind": "activity",
        "date": activity.date.isoformat(),
        "description": activity.description,
        "rows": [
            {
                "part": part.part,
                "label_nl": part.label_nl,
                "label_en": part.label_en,
                "value_nl": value["nl"],
                "value_en": value["en"],
            }
            for part in parts
            if part.part in PART_VALUES and (value := _in_both(activity, Part(part.part)))["nl"]
        ],
    }


def _in_both(activity: Activity, part: Part) -> dict[str, str]:
    value = {}
    for language in LANGUAGES:
        with override(language):
            value[language] = PART_VALUES[part](activity)
    return value


def _duration(activity: Activity) -> str:
    if activity.minutes is None:
        return ""
    text = duration_text(activity.minutes)
    if activity.minutes % MINUTES_AN_HOUR == 0:
        return text
    return _("%(duration)s (%(hours)s hours)") % {
        "duration": text,
        "hours": hours_text(activity.minutes),
    }


def _names(rows: Iterable[object]) -> str:
    return ", ".join(str(row) for row in rows)


#: What each part of an activity says, in the reader's language.
PART_VALUES: dict[Part, Callable[[Activity], str]] = {
    Part.MOMENT: lambda activity: str(activity.moment or ""),
    Part.DURATION: _duration,
    Part.CATEGORY: lambda activity: str(activity.category or ""),
    Part.PEOPLE: lambda activity: _names(activity.people.all()),
    Part.SOURCES: lambda activity: _names(activity.sources.all()),
    Part.STATUS: lambda activity: activity.get_status_display(),
    Part.DIFFICULTY: lambda activity: str(activity.difficulty or ""),
    Part.CHAIN: lambda activity: str(activity.chain or ""),
    Part.GOAL: lambda activity: str(activity.goal or ""),
    Part.COMPETENCES: lambda activity: _names(activity.competences.all()),
    Part.LEARNED: lambda activity: activity.learned,
    Part.NEXT_STEPS: lambda activity: activity.next_steps,
    Part.SUPPORT_WORKPLACE: lambda activity: activity.support_workplace,
    Part.SUPPORT_PROGRAMME: lambda activity: activity.support_programme,
}

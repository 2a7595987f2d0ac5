"""Everything that is kept about a person, for that person: one ZIP.

What belongs to a placement stands in a folder of its own, as the archive that the student can bring
in again; the rest as rows. Messages of a teacher go as far as the teacher can read them now: what
a student withdrew is in no copy either.
"""

import json
import zipfile
from datetime import datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils.translation import get_language

from stageapp.accounts.models import User
from stageapp.exports.archive import add_placement
from stageapp.exports.documents import Progress
from stageapp.guidance.access import readable_by
from stageapp.guidance.models import Message
from stageapp.placements.models import Placement
from stageapp.privacy.queries import retention_months_of
from stageapp.privacy.register import REGISTER, Table

JSON_NAME = "my-data.json"
#: Rises when somebody who reads the file by a program has to know.
VERSION = 1


def write_copy(person: User, file: BinaryIO, *, at: datetime, progress: Progress) -> None:
    """Write all that is kept about somebody into a ZIP file, in the language of now."""
    placements = list(person.placements.select_related("cohort__programme__institution"))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        content = json.dumps(
            _rows_about(person, at), ensure_ascii=False, indent=1, cls=DjangoJSONEncoder
        )
        archive.writestr(JSON_NAME, content)
        months = retention_months_of(person)
        words = {"person": person, "register": in_words(months), "placements": placements}
        archive.writestr("README.txt", render_to_string("privacy/copy.txt", words))
        for number, placement in enumerate(placements):
            _add(placement, archive, at, number, len(placements), progress)


def _add(
    placement: Placement,
    archive: zipfile.ZipFile,
    at: datetime,
    number: int,
    total: int,
    progress: Progress,
) -> None:
    add_placement(
        placement,
        archive,
        language=get_language() or settings.LANGUAGE_CODE,
        at=at,
        progress=lambda done: progress((number * 100 + done) // total),
        folder=f"placement-{placement.pk}/",
    )


def in_words(months: int) -> list[dict[str, str]]:
    """Return what is kept, why, who sees it and until when, for who is kept so many months."""
    figures = {"months": months, "audit_days": settings.AUDIT_DAYS}
    return [
        {
            "key": kept.key,
            "what": str(kept.what),
            "why": str(kept.why),
            "who": str(kept.who),
            "until": str(kept.until) % figures,
        }
        for kept in REGISTER
    ]


def _rows_about(person: User, at: datetime) -> dict[str, Any]:
    tables = [table for kept in REGISTER for table in kept.tables if table.in_copy]
    rows = {table.model._meta.label_lower: _rows_of(table, person) for table in tables}
    rows["messages to students"] = [
        dict(row)
        for row in Message.objects.filter(
            author=person, question__in=readable_by(person).exclude(placement__student=person)
        ).values("question", "text", "sent_at", "edited_at")
    ]
    return {"format": "stage-app-person", "version": VERSION, "made_at": at, "tables": rows}


def _rows_of(table: Table, person: User) -> list[dict[str, Any]]:
    columns = [
        field.attname
        for field in table.model._meta.concrete_fields
        if field.name not in table.secret
    ]
    rows = table.model._default_manager.filter(**{table.person: person.pk})
    return list(rows.order_by("pk").values(*columns))

"""Fills the text to search in, and lets PostgreSQL search it in Dutch and English."""

import unicodedata
from typing import Any

from django.db import migrations

BATCH = 1000
TEXTS = ("description", "learned", "next_steps", "support_workplace", "support_programme")

ON_POSTGRESQL = [
    """
    ALTER TABLE logbook_activity ADD COLUMN IF NOT EXISTS search tsvector
    GENERATED ALWAYS AS (
        to_tsvector('dutch'::regconfig, search_text)
        || to_tsvector('english'::regconfig, search_text)
    ) STORED
    """,
    "CREATE INDEX IF NOT EXISTS activity_search ON logbook_activity USING gin (search)",
]


def folded(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def fill(apps: Any, _schema_editor: Any) -> None:
    """Fold the texts of every activity that has none yet; may run twice."""
    Activity = apps.get_model("logbook", "Activity")
    empty = Activity.objects.filter(search_text="").only("pk", *TEXTS)
    last = 0
    while rows := list(empty.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for row in rows:
            row.search_text = folded("\n".join(filter(None, (getattr(row, n) for n in TEXTS))))
        Activity.objects.bulk_update(rows, ["search_text"])
        last = rows[-1].pk


def add_search(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in ON_POSTGRESQL:
            schema_editor.execute(statement)


def remove_search(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE logbook_activity DROP COLUMN IF EXISTS search")


class Migration(migrations.Migration):
    dependencies = [("logbook", "0002_search_templates_thumbnails")]
    # Filling goes in batches, so that nobody waits for it.
    atomic = False
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(add_search, remove_search),
    ]

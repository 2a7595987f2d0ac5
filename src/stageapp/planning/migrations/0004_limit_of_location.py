"""The check in PostgreSQL follows the limit of the column, which was raised before."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE, NAME = "planning_appointment", "planning_appointment_location_check"


def raise_limit(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the limit of 1,000 signs in the place of that of 200; SQLite has it already."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {NAME}")
    schema_editor.execute(
        f"ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} CHECK (length(location) <= 1000)"
    )


class Migration(migrations.Migration):
    dependencies = [("planning", "0003_talks")]

    operations = [migrations.RunPython(raise_limit, migrations.RunPython.noop, elidable=True)]

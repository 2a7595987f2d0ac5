"""The limit of a text is the same in the database as in the model, whatever migrations did."""

import re

import pytest
from django.apps import apps
from django.db import connection

from stageapp.core.fields import LengthCheckMixin

pytestmark = pytest.mark.django_db

LIMITED = [
    (model._meta.db_table, field.column, field.max_length)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, LengthCheckMixin)
]
TABLES = sorted({table for table, _column, _limit in LIMITED})


def limits_of(table: str) -> dict[str, set[int]]:
    """Return the limits of each column that the database itself keeps."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
                " AND conrelid = %s::regclass",
                [table],
            )
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        text = " ".join(row[0] for row in cursor.fetchall())
    found: dict[str, set[int]] = {}
    for column, limit in re.findall(r'length\(\(?"?(\w+)"?\)?(?:::text)?\)\)? <= (\d+)', text):
        found.setdefault(column, set()).add(int(limit))
    return found


@pytest.mark.parametrize("table", TABLES)
def test_database_keeps_the_limit_of_the_model(table: str) -> None:
    found = limits_of(table)

    for _table, column, limit in (one for one in LIMITED if one[0] == table):
        assert found.get(str(column)) == {limit}, column

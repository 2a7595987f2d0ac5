"""The register knows every table."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from stageapp.privacy.register import ABOUT_NOBODY, FIGURES, REGISTER, REMOVED
from tests import factories
from tests.privacy.traces import rows_about, tables

pytestmark = pytest.mark.django_db

ALL = [table for kept in REGISTER for table in kept.tables]


def test_every_table_stands_in_it_once() -> None:
    named = [table.model for table in ALL] + list(ABOUT_NOBODY)

    assert len(named) == len(set(named))
    assert set(named) == set(apps.get_models())


def test_every_way_to_a_person_is_one() -> None:
    somebody = factories.person()
    for table in tables():
        list(rows_about(table, somebody)[:1])


def test_nothing_that_lets_somebody_in_is_given_out() -> None:
    names = {"password", "token_hash", "session_key", "session_data", "code_key", "data"}
    for table in ALL:
        if table.in_copy:
            columns = {field.name for field in table.model._meta.concrete_fields}
            assert columns & names <= set(table.secret), table.model


def test_what_stays_of_a_placement_does_not_go_as_well() -> None:
    assert not set(FIGURES) & {model for model, _path in REMOVED}


def test_the_document_names_every_table_about_people() -> None:
    document = Path(settings.PACKAGE.parent.parent / "docs" / "privacy.md").read_text()
    missing = [table.model._meta.label for table in ALL if table.model._meta.label not in document]
    assert missing == []

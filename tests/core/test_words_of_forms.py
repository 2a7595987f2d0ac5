"""What stands in a form is said in the language of its reader."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.utils.functional import Promise

import stageapp


def known_forms(base: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for one in base.__subclasses__():
        yield one
        yield from known_forms(one)


@pytest.fixture(scope="module", autouse=True)
def _all_forms() -> None:
    for found in pkgutil.walk_packages(stageapp.__path__, "stageapp."):
        if found.name.rpartition(".")[2].startswith("forms"):
            importlib.import_module(found.name)


def test_help_of_a_field_is_never_the_note_of_its_table() -> None:
    """The note says to who reads the code what a column holds, in English."""
    untranslated = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in known_forms(forms.BaseForm)
        if form.__module__.startswith("stageapp.")
        for name, field in getattr(form, "base_fields", {}).items()
        if field.help_text and not isinstance(field.help_text, Promise)
    }

    assert untranslated == set()

"""Secrets in the database: not readable there, readable here, also after the key was renewed."""

import pytest
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection
from django.test import override_settings

from stageapp.core.sealed import SealedTextField

field = SealedTextField()


def kept(text: str) -> str:
    return str(field.get_prep_value(text))


def read(text: str) -> str | None:
    return field.from_db_value(text, None, connection)


def test_a_secret_is_read_again_and_is_not_what_is_kept() -> None:
    assert "geheim" not in kept("geheim")
    assert read(kept("geheim")) == "geheim"
    assert kept("geheim") != kept("geheim")


def test_no_secret_is_kept_as_nothing() -> None:
    assert (kept(""), read("")) == ("", "")


def test_what_a_former_key_made_is_read_and_what_another_made_is_not() -> None:
    before = kept("geheim")

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert read(before) == "geheim"
    with (
        override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]),
        pytest.raises(InvalidToken),
    ):
        read(before)

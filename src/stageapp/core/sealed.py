"""Secrets that the application must be able to read again, kept encrypted.

The database alone, or a backup of it, does not give them away: the key comes from the settings.
"""

import base64
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac


def box(salt: str) -> MultiFernet:
    """Return what encrypts for one purpose, and opens what the keys before the present one made."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    keys = [salted_hmac(salt, "", secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


class SealedTextField(models.TextField[str, str]):
    """A secret in words: encrypted in the database, plain in Python. It cannot be searched.

    An empty text stays empty, so that a query can ask which rows have none.
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return _box().encrypt(text.encode()).decode() if text else text

    def from_db_value(
        self,
        value: str | None,
        expression: Any,  # noqa: ARG002
        connection: BaseDatabaseWrapper,  # noqa: ARG002
    ) -> str | None:
        """Read the secret. Raises InvalidToken when no present or former key made it."""
        return _box().decrypt(value.encode()).decode() if value else value


def _box() -> MultiFernet:
    return box("stageapp.core.sealed")

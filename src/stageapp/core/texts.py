"""Texts: names to sort and search by, and what comes from other systems.

JSON can hold what no database keeps.
"""

import unicodedata
from collections.abc import Mapping
from typing import Any


def plain(name: str) -> str:
    """Return a name without accents and capitals, to sort and to search by.

    SQLite knows capitals of English letters only, so this is not left to the database.
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def text_in(told: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a text of what another system told; empty where there is none that we can keep."""
    value = told.get(name)
    if not isinstance(value, str) or len(value) > longest or not is_writable(value):
        return ""
    return value


def is_writable(text: str) -> bool:
    """Return whether a database can keep a text: no NUL, and no halves of characters."""
    return all(map(_is_writable, text))


def writable(text: str) -> str:
    """Return a text without the signs that no database keeps."""
    return "".join(filter(_is_writable, text))


def _is_writable(sign: str) -> bool:
    return sign != "\0" and not "\ud800" <= sign <= "\udfff"

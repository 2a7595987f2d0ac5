"""What the readers of sources share: picking texts out of whatever another system says."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

#: Deeper than any of these is meant to be.
MOST_DEPTH = 50


class UnreadableError(Exception):
    """A source cannot be read, or not as a whole; the text says why, for who set it up."""


class NotThereError(UnreadableError):
    """There is nothing where we asked."""


def json_of(body: bytes) -> Any:
    """Return what JSON says. Raises ValueError for anything that is none, however deep or long."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (RecursionError, UnicodeDecodeError) as problem:
        raise ValueError from problem


def text(item: Any, *path: str) -> str:
    """Return the text, or whole number, at a place in what JSON says; else nothing."""
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, int):
        return str(item) if abs(item) < 10**18 else ""
    return item.strip() if isinstance(item, str) else ""


def items(item: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    """Return the objects of a list at a place in what JSON says; whatever else is in it is left."""
    for name in path:
        item = item.get(name) if isinstance(item, Mapping) else None
    for one in item if isinstance(item, list) else ():
        if isinstance(one, Mapping):
            yield one


def day(written: str) -> date | None:
    """Return the day of a date or moment in ISO 8601, or None where there is none."""
    try:
        return date.fromisoformat(written.strip()[:10])
    except ValueError:
        return None

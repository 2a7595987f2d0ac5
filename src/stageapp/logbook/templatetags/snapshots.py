"""Shows a kept snapshot."""

from typing import Any

from django import template

from stageapp.logbook.snapshots import ActivitySnapshot, read_snapshot

register = template.Library()


@register.filter
def as_snapshot(kept: dict[str, Any]) -> ActivitySnapshot:
    """Read a kept snapshot in the reader's language."""
    return read_snapshot(kept)

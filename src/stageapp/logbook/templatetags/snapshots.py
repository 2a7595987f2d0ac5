"""Shows what was kept as it looked."""

from typing import Any

from django import template

from stageapp.logbook.snapshots import ActivitySnapshot, TipSnapshot, read_snapshot, read_tip

register = template.Library()


@register.filter
def as_snapshot(kept: dict[str, Any]) -> ActivitySnapshot:
    """Read a kept activity in the reader's language."""
    return read_snapshot(kept)


@register.filter
def as_tip(kept: dict[str, Any]) -> TipSnapshot:
    """Read a kept tip in the reader's language."""
    return read_tip(kept)

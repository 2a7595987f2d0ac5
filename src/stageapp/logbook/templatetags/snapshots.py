"""Shows what was kept as it looked."""

from typing import Any

from django import template

from stageapp.logbook.snapshots import (
    ActivitySnapshot,
    EvidenceSnapshot,
    ReflectionSnapshot,
    TipSnapshot,
    read_evidence,
    read_reflection,
    read_snapshot,
    read_tip,
)

register = template.Library()


@register.filter
def as_snapshot(kept: dict[str, Any]) -> ActivitySnapshot:
    """Read a kept activity in the reader's language."""
    return read_snapshot(kept)


@register.filter
def as_tip(kept: dict[str, Any]) -> TipSnapshot:
    """Read a kept tip in the reader's language."""
    return read_tip(kept)


@register.filter
def as_reflection(kept: dict[str, Any]) -> ReflectionSnapshot:
    """Read a kept reflection in the reader's language."""
    return read_reflection(kept)


@register.filter
def as_evidence(kept: dict[str, Any]) -> EvidenceSnapshot:
    """Read a kept piece of evidence."""
    return read_evidence(kept)

"""Reads the tips of the presets: data files, loaded as often as you like."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction

from stageapp.programmes.models import Cohort, Programme
from stageapp.tips.actions import write_version
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.rules import Rule, rule_from_data

FOLDER = files("stageapp.tips") / "presets"
LANGUAGES = ("nl", "en")


@transaction.atomic
def load_tips(cohorts: Sequence[Cohort], *, at: datetime) -> None:
    """Make or bring up to date the tips of the presets for these cohorts.

    Tips are found again by their keys. What somebody changed since stays as they made it, and so
    does whether a tip is on and for which cohorts, once a cohort has tips.
    """
    for cohort in cohorts:
        has_tips = cohort.tips.exists()
        for row in preset_tips(cohort.programme.slug):
            tip, is_new = _tip_of(cohort.programme, row, at)
            if is_new or not has_tips:
                tip.cohorts.add(cohort)


def preset_tips(programme: str) -> Iterator[dict[str, Any]]:
    """Give the tips of a programme, by its short name."""
    return (row for row in all_presets() if programme in row["programmes"])


@cache
def all_presets() -> tuple[dict[str, Any], ...]:
    """Return the tips of all files, as they are written there."""
    found = sorted(
        (file for file in FOLDER.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return tuple(
        row for file in found for row in tomllib.loads(file.read_text(encoding="utf-8"))["tips"]
    )


def rule_of(row: dict[str, Any]) -> Rule:
    """Return when a tip of a preset applies."""
    return rule_from_data(row)


def texts_of(row: dict[str, Any]) -> dict[str, str]:
    """Return what a tip of a preset says."""
    names = [f"{text}_{language}" for text in TipVersion.TEXTS for language in LANGUAGES]
    return {name: row[name] for name in names}


def _tip_of(programme: Programme, row: dict[str, Any], at: datetime) -> tuple[Tip, bool]:
    tip, is_new = Tip.objects.get_or_create(
        programme=programme,
        key=row["key"],
        defaults={
            "name": row["name"],
            "is_on": True,
            "priority": row["priority"],
            "rest_days": row.get("rest_days", 14),
            "created_at": at,
        },
    )
    if is_new or not tip.versions.filter(made_by__isnull=False).exists():
        write_version(
            tip, rule_of(row), texts_of(row), goes_to=row.get("goes_to", ""), by=None, at=at
        )
    return tip, is_new

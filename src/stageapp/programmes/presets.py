"""Reads the presets: programmes as data files, loaded as often as you like."""

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from django.db import transaction
from django.db.models import Model

from stageapp.programmes.models import (
    Cohort,
    Competence,
    FormPart,
    Institution,
    Programme,
    ReflectionField,
    ReflectionModel,
    StartingGoal,
    VocabularyEntry,
)

FOLDER = files("stageapp.programmes") / "presets"
REFLECTION_MODELS = "reflection-models.toml"


def load_presets(institution: Institution, year: int) -> list[Cohort]:
    """Make every preset programme, with a cohort for a year, as far as it is not there yet.

    A cohort that is there belongs to its institution: what it changed stays as it is. Reflection
    models that everybody has are brought up to date.
    """
    with transaction.atomic():
        load_reflection_models(_read(FOLDER / REFLECTION_MODELS))
        return [
            load_programme(_read(file), institution, year)
            for file in sorted(FOLDER.iterdir(), key=lambda file: file.name)
            if file.name.endswith(".toml") and file.name != REFLECTION_MODELS
        ]


def load_reflection_models(data: dict[str, Any]) -> None:
    """Make or bring up to date the reflection models that everybody has."""
    for position, model in enumerate(data["models"]):
        kept, _ = ReflectionModel.objects.update_or_create(
            programme=None,
            key=model["key"],
            defaults=_texts(model, "name") | {"position": position},
        )
        for number, field in enumerate(model["fields"]):
            ReflectionField.objects.update_or_create(
                model=kept,
                key=field["key"],
                defaults=_texts(field, "label", "guidance") | {"position": number},
            )


def load_programme(data: dict[str, Any], institution: Institution, year: int) -> Cohort:
    """Make one programme and its cohort for a year, unless they are there."""
    programme, _ = Programme.objects.get_or_create(
        institution=institution,
        slug=data["programme"]["slug"],
        defaults=_texts(data["programme"], "name"),
    )
    settings = data["cohort"]
    cohort, is_new = Cohort.objects.get_or_create(
        programme=programme,
        slug=f"{programme.slug}-{year}",
        defaults={
            "name_nl": f"{settings['name_nl']} {year}",
            "name_en": f"{settings['name_en']} {year}",
            "first_share_days": settings["first_share_days"],
            "has_feedback": settings["feedback"],
            "offers_feedback": settings["feedback_offer"],
            "charts": settings.get("charts"),
        },
    )
    if not is_new:
        return cohort
    cohort.reflection_models.set(
        ReflectionModel.objects.filter(programme=None, key__in=settings["reflection_models"])
    )
    _load_form(cohort, data)
    _load_lists(cohort, data)
    return cohort


def _load_form(cohort: Cohort, data: dict[str, Any]) -> None:
    for position, part in enumerate(data["parts"]):
        FormPart.objects.create(
            cohort=cohort,
            part=part["part"],
            position=position,
            is_required=part.get("required", False),
            is_folded=part.get("folded", False),
            minimum=part.get("minimum"),
            maximum=part.get("maximum"),
            **_texts(part, "label", "help"),
        )


def _load_lists(cohort: Cohort, data: dict[str, Any]) -> None:
    for kind, entries in data.get("vocabulary", {}).items():
        for position, entry in enumerate(entries):
            VocabularyEntry.objects.create(
                cohort=cohort,
                kind=kind,
                key=entry["key"],
                level=entry.get("level"),
                position=position,
                **_texts(entry, "name"),
            )
    _load_keyed(Competence, cohort, data.get("competences", []), "name", "description")
    _load_keyed(StartingGoal, cohort, data.get("starting_goals", []), "title", "description")


def _load_keyed(
    model: type[Model], cohort: Cohort, rows: list[dict[str, Any]], *texts: str
) -> None:
    for position, row in enumerate(rows):
        extra = {"code": row["code"]} if "code" in row else {}
        model._default_manager.create(
            cohort=cohort, key=row["key"], position=position, **_texts(row, *texts), **extra
        )


def _texts(row: dict[str, Any], *names: str) -> dict[str, str]:
    keys = [f"{name}_{language}" for name in names for language in ("nl", "en")]
    return {key: row.get(key, "").strip() for key in keys}


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))

"""What a file makes: a programme, or a cohort of one that is there. New rows only."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.core.fields import NAME_LENGTH
from stageapp.programmes.actions_manage import SLUG_LENGTH, save_programme
from stageapp.programmes.actions_reflections import KEY_LENGTH, MOST_MODELS
from stageapp.programmes.models import (
    Cohort,
    Institution,
    Programme,
    ReflectionField,
    ReflectionModel,
)
from stageapp.programmes.programmefile import FIELD, MODEL, SETTINGS, TABLES, plain
from stageapp.programmes.queries import models_of
from stageapp.programmes.rules import free_name

Row = Mapping[str, Any]


@transaction.atomic
def make_programme(filed: Row, institution: Institution, *, by: User, at: datetime) -> Programme:
    """Make a programme under its own name, or a numbered one; closed until somebody opens it."""
    Institution.objects.select_for_update().get(pk=institution.pk)
    taken = institution.programmes.values_list("name_nl", flat=True)
    made = Programme(institution=institution, is_open=False, **_free_names(filed, taken))
    return save_programme(made, by=by, at=at)


@transaction.atomic
def make_cohort(
    filed: Row, programme: Programme, models: Iterable[ReflectionModel], *, by: User, at: datetime
) -> Cohort:
    """Make a cohort of a programme as a file has it; closed until somebody opens it."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    others = list(programme.cohorts.all())
    settings = {name: filed[name] for name in SETTINGS}
    settings |= _free_names(filed, [one.name_nl for one in others])
    slug = free_name(
        slugify(settings["name_nl"]),
        [one.slug for one in others],
        length=SLUG_LENGTH,
        otherwise="cohort",
    )
    made = Cohort.objects.create(programme=programme, slug=slug, is_open=False, **settings)
    made.reflection_models.set(models)
    for name in TABLES:
        _make_rows(made, name, filed[name])
    record(
        Kind.CONFIGURED,
        at=at,
        actor=by.pk,
        institution=programme.institution_id,
        subject=f"cohort:{made.pk}",
        change="imported",
    )
    return made


@transaction.atomic
def make_models(filed: Iterable[Row], programme: Programme) -> dict[str, ReflectionModel]:
    """Make the reflection models of a file, by the key that they have there.

    One that the programme has already, with the same words, is taken. Raises ValidationError when
    there is no room.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    there = list(models_of(programme.pk).prefetch_related("fields"))
    return {row["key"]: _same_model(row, there) or _made_model(row, programme) for row in filed}


def _same_model(filed: Row, there: Iterable[ReflectionModel]) -> ReflectionModel | None:
    for model in there:
        fields = [plain(field, FIELD) for field in model.fields.all() if field.retired_at is None]
        data = plain(model, MODEL) | {"fields": fields}
        if model.programme_id and model.retired_at is None and data == filed:
            return model
    return None


def _made_model(filed: Row, programme: Programme) -> ReflectionModel:
    there = list(models_of(programme.pk))
    if sum(one.programme_id is not None for one in there) >= MOST_MODELS:
        text = _("A programme has at most %(most)d reflection models, with those that are retired.")
        raise ValidationError(text % {"most": MOST_MODELS})
    taken = [one.key for one in there]
    key = filed["key"]
    if key in taken:
        key = free_name(key, taken, length=KEY_LENGTH, otherwise="model")
    made = ReflectionModel.objects.create(
        programme=programme,
        key=key,
        position=max((one.position for one in there), default=-1) + 1,
        **_free_names(filed, [one.name_nl for one in there]),
    )
    ReflectionField.objects.bulk_create(
        ReflectionField(model=made, position=position, **row)
        for position, row in enumerate(filed["fields"])
    )
    return made


def _make_rows(cohort: Cohort, name: str, rows: Iterable[Row]) -> None:
    relation = getattr(cohort, name)
    has_place = any(field.name == "position" for field in relation.model._meta.fields)
    relation.model._default_manager.bulk_create(
        relation.model(cohort=cohort, **row, **({"position": place} if has_place else {}))
        for place, row in enumerate(rows)
    )


def _free_names(filed: Row, taken: Iterable[str]) -> dict[str, str]:
    """Return the names of a row, with a number behind them when the Dutch one is taken."""
    used = {name.casefold() for name in taken}
    names = [filed["name_nl"], filed["name_en"]]
    for number in range(2, len(used) + 3):
        if names[0].casefold() not in used:
            break
        names = [f"{filed[name][: NAME_LENGTH - 10]} ({number})" for name in ("name_nl", "name_en")]
    return {"name_nl": names[0], "name_en": names[1]}

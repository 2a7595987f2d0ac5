"""What administrators do with the reflection models of a programme: each is one transaction.

Who changes a model or its fields holds the lock of its programme, so that names, places and
numbers fit. What students wrote keeps its model and its fields: those are retired then.
"""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.models import Programme, ReflectionField, ReflectionModel
from stageapp.programmes.queries import models_of
from stageapp.programmes.queries_manage import written_with
from stageapp.programmes.rules import Pasted, free_name, moved

KEY_LENGTH = 50
#: More fields than anybody fills in, and more models than anybody chooses from; with those that
#: are retired.
MOST_FIELDS = 30
MOST_MODELS = 100


@transaction.atomic
def save_model(
    model: ReflectionModel, fields: Collection[Pasted], *, by: User, at: datetime
) -> ReflectionModel:
    """Keep a new reflection model with its fields, or the new names of one.

    Raises ValidationError when the name is taken or there is no room.
    """
    programme = _lock(model)
    _check_name(model, programme)
    is_new = model.pk is None
    if is_new:
        _place(model, programme)
    model.save()
    _add(model, fields)
    _note(model, "model_made" if is_new else "model_renamed", by=by, at=at)
    return model


@transaction.atomic
def copy_model(
    source: ReflectionModel, programme: Programme, *, by: User, at: datetime
) -> ReflectionModel:
    """Give a programme a model of its own that begins as another one, under a name that is free.

    Raises ValidationError when there is no room.
    """
    made = ReflectionModel(programme=programme)
    _lock(made)
    taken = {one.name_nl.casefold() for one in models_of(programme.pk)}
    numbers = range(2, len(taken) + 3)
    number = next(n for n in numbers if _numbered(source.name_nl, n).casefold() not in taken)
    made.name_nl, made.name_en = (
        _numbered(source.name_nl, number),
        _numbered(source.name_en, number),
    )
    _place(made, programme)
    made.save()
    fields = list(source.offered_fields)
    for field in fields:
        field.pk, field.model = None, made
    ReflectionField.objects.bulk_create(fields)
    _note(made, "model_copied", by=by, at=at, source=source.pk)
    return made


@transaction.atomic
def add_fields(
    model: ReflectionModel, fields: Collection[Pasted], *, by: User, at: datetime
) -> None:
    """Put fields at the end of a model. Raises ValidationError when there is no room."""
    _lock(model)
    _add(model, fields)
    _note(model, "fields_added", by=by, at=at, number=len(fields))


@transaction.atomic
def save_field(field: ReflectionField, *, by: User, at: datetime) -> None:
    """Keep how a field is called, what guides its writer, and whether it has to be filled in.

    Raises ValidationError when another field has that name.
    """
    _lock(field.model)
    others = field.model.fields.exclude(pk=field.pk)
    if any(other.label_nl.casefold() == field.label_nl.casefold() for other in others):
        raise ValidationError({"label_nl": _("There is a field with this name already.")})
    field.save(update_fields=["label_nl", "label_en", "guidance_nl", "guidance_en", "is_required"])
    _note_field(field, "field_changed", by=by, at=at)


@transaction.atomic
def move_field(field: ReflectionField, *, up: bool, by: User, at: datetime) -> None:
    """Change places with the field above or below, of those that are asked."""
    _lock(field.model)
    rows = {row.pk: row for row in field.model.offered_fields}
    if field.pk not in rows:
        return
    order = moved(list(rows), field.pk, up=up)
    retired = list(field.model.fields.exclude(retired_at=None))
    for position, row in enumerate([*(rows[key] for key in order), *retired]):
        row.position = position
        row.save(update_fields=["position"])
    _note_field(field, "field_moved", by=by, at=at)


@transaction.atomic
def drop_field(field: ReflectionField, *, by: User, at: datetime) -> bool:
    """Ask for a field no more; return whether it stays, since it can have been written in.

    Raises ValidationError for the last one: a model without fields is none.
    """
    _lock(field.model)
    if not field.model.offered_fields.exclude(pk=field.pk).exists():
        raise ValidationError(_("A reflection model has at least one field."))
    stays = field.model.cohorts.exists() or written_with(field.model) > 0
    if stays:
        ReflectionField.objects.filter(pk=field.pk, retired_at=None).update(retired_at=at)
    else:
        ReflectionField.objects.filter(pk=field.pk).delete()
    _note_field(field, "field_retired" if stays else "field_deleted", by=by, at=at)
    return stays


@transaction.atomic
def restore_field(field: ReflectionField, *, by: User, at: datetime) -> None:
    """Ask for a retired field again."""
    _lock(field.model)
    ReflectionField.objects.filter(pk=field.pk).update(retired_at=None)
    _note_field(field, "field_restored", by=by, at=at)


@transaction.atomic
def drop_model(model: ReflectionModel, *, by: User, at: datetime) -> bool:
    """Offer a model no more; return whether it stays, since it can have been written with."""
    _lock(model)
    stays = model.cohorts.exists() or written_with(model) > 0
    _note(model, "model_retired" if stays else "model_deleted", by=by, at=at)
    if stays:
        ReflectionModel.objects.filter(pk=model.pk, retired_at=None).update(retired_at=at)
    else:
        ReflectionModel.objects.filter(pk=model.pk).delete()
    return stays


@transaction.atomic
def restore_model(model: ReflectionModel, *, by: User, at: datetime) -> None:
    """Offer a retired model again, in the cohorts that had it."""
    _lock(model)
    ReflectionModel.objects.filter(pk=model.pk).update(retired_at=None)
    _note(model, "model_restored", by=by, at=at)


def _lock(model: ReflectionModel) -> Programme:
    assert model.programme_id
    return Programme.objects.select_for_update().get(pk=model.programme_id)


def _place(model: ReflectionModel, programme: Programme) -> None:
    """Give a new model its key and its place, after all others."""
    there = list(models_of(programme.pk))
    if sum(one.programme_id is not None for one in there) >= MOST_MODELS:
        text = _("A programme has at most %(most)d reflection models, with those that are retired.")
        raise ValidationError(text % {"most": MOST_MODELS})
    taken = [one.key for one in there]
    model.key = free_name(slugify(model.name_nl), taken, length=KEY_LENGTH, otherwise="model")
    model.position = max((one.position for one in there), default=-1) + 1


def _check_name(model: ReflectionModel, programme: Programme) -> None:
    others = models_of(programme.pk).exclude(pk=model.pk)
    if any(other.name_nl.casefold() == model.name_nl.casefold() for other in others):
        raise ValidationError({"name_nl": _("There is one with this name already.")})


def _add(model: ReflectionModel, pasted: Collection[Pasted]) -> None:
    there = list(model.fields.all())
    known = {one.label_nl.casefold() for one in there}
    fresh = [one for one in pasted if one.nl.casefold() not in known]
    if len(there) + len(fresh) > MOST_FIELDS:
        text = _("A reflection model has at most %(most)d fields, with those that are retired.")
        raise ValidationError({"lines": text % {"most": MOST_FIELDS}})
    taken = {one.key for one in there}
    position = max((one.position for one in there), default=-1)
    for number, one in enumerate(fresh, start=1):
        key = free_name(slugify(one.nl), taken, length=KEY_LENGTH, otherwise="field")
        taken.add(key)
        ReflectionField.objects.create(
            model=model,
            key=key,
            position=position + number,
            label_nl=one.nl,
            label_en=one.en,
        )


def _numbered(name: str, number: int) -> str:
    # There is room for the number at the end.
    return f"{name[:190]} ({number})"


def _note_field(field: ReflectionField, change: str, *, by: User, at: datetime) -> None:
    _note(field.model, change, by=by, at=at, field=field.pk)


def _note(model: ReflectionModel, change: str, *, by: User, at: datetime, **details: int) -> None:
    assert model.programme
    record(
        Kind.CONFIGURED,
        at=at,
        actor=by.pk,
        institution=model.programme.institution_id,
        subject=f"programme:{model.programme_id}",
        change=change,
        model=model.pk,
        **details,
    )

"""What administrators do with programmes, cohorts and their forms: each is one transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.actions_lists import lock_cohort, note_cohort
from stageapp.programmes.models import (
    Cohort,
    FormPart,
    Institution,
    Part,
    Programme,
    ReflectionModel,
)
from stageapp.programmes.queries_manage import (
    ALWAYS_ASKED,
    CLOSED,
    NEVER_REQUIRED,
    choices_of,
    fewest_choices,
    fresh_part,
    is_programme_used,
    parts_of,
)
from stageapp.programmes.rules import free_name, moved

SLUG_LENGTH = 50


@transaction.atomic
def save_programme(programme: Programme, *, by: User, at: datetime) -> Programme:
    """Keep a new programme or a changed one. Raises ValidationError when its name is taken."""
    Institution.objects.select_for_update().get(pk=programme.institution_id)
    others = Programme.objects.filter(institution=programme.institution_id)
    is_new = _prepare(programme, others, otherwise="programme")
    programme.save()
    _note(programme, f"programme:{programme.pk}", "made" if is_new else "settings", by=by, at=at)
    return programme


@transaction.atomic
def save_cohort(
    cohort: Cohort, models: Collection[ReflectionModel], *, by: User, at: datetime
) -> Cohort:
    """Keep a new cohort or a changed one; a new one begins with a date and a description.

    Raises ValidationError when its name is taken.
    """
    Programme.objects.select_for_update().get(pk=cohort.programme_id)
    is_new = _prepare(cohort, cohort.programme.cohorts.all(), otherwise="cohort")
    cohort.save()
    # What is retired cannot be chosen: it stays where it was, for when it is offered again.
    retired = [] if is_new else list(cohort.reflection_models.exclude(retired_at=None))
    cohort.reflection_models.set([*models, *retired])
    if is_new:
        FormPart.objects.bulk_create(
            fresh_part(cohort, part, position=position) for position, part in enumerate(Part)
        )
    note_cohort(cohort, "made" if is_new else "settings", by=by, at=at)
    return cohort


@transaction.atomic
def delete_cohort(cohort: Cohort, *, by: User, at: datetime) -> None:
    """Delete a cohort that nobody has a placement in, with what was configured of it.

    Raises ValidationError for another one: that can only be closed.
    """
    lock_cohort(cohort)
    note_cohort(cohort, "deleted", by=by, at=at)
    try:
        # Placements protect their cohort: one that begins at this moment counts too.
        Cohort.objects.get(pk=cohort.pk).delete()
    except (ProtectedError, IntegrityError) as problem:
        text = _("Students have placements in this cohort, so it stays. You can close it.")
        raise ValidationError(text) from problem


@transaction.atomic
def delete_programme(programme: Programme, *, by: User, at: datetime) -> None:
    """Delete a programme that has no cohort and nobody in it, with its models and tips.

    Raises ValidationError for another one: that can only be closed.
    """
    kept = Programme.objects.select_for_update().get(pk=programme.pk)
    if is_programme_used(kept):
        raise ValidationError(
            _("It has cohorts, or people with a role in it, so it stays. You can close it.")
        )
    _note(kept, f"programme:{kept.pk}", "deleted", by=by, at=at)
    kept.delete()


@transaction.atomic
def save_part(part: FormPart, *, by: User, at: datetime) -> FormPart:
    """Keep how students see one part of their form; what they wrote in it stays as it is.

    Raises ValidationError when students then could not fill in their form.
    """
    lock_cohort(part.cohort)
    if part.part in ALWAYS_ASKED:
        part.is_shown = part.is_required = True
    if part.part in NEVER_REQUIRED:
        part.is_required = False
    if part.is_required:
        part.is_folded = False
    check_choices(part)
    known = FormPart.objects.filter(cohort=part.cohort, part=part.part).first()
    part.pk = known.pk if known else None
    part.position = known.position if known else part.cohort.parts.count()
    part.save()
    note_cohort(part.cohort, "part", by=by, at=at, part=part.part, shown=part.is_shown)
    return part


@transaction.atomic
def choose_charts(cohort: Cohort, keys: Collection[str] | None, *, by: User, at: datetime) -> None:
    """Keep which charts students of a cohort get, in which order; None offers all that fit."""
    kept = lock_cohort(cohort)
    kept.charts = None if keys is None else list(keys)
    kept.save(update_fields=["charts"])
    note_cohort(kept, "charts", by=by, at=at, number=-1 if keys is None else len(keys))


@transaction.atomic
def move_part(cohort: Cohort, part: Part, *, up: bool, by: User, at: datetime) -> None:
    """Change places with the part above or below, of those that are shown."""
    lock_cohort(cohort)
    rows = {row.pk: row for row in parts_of(cohort) if row.pk and row.is_shown}
    key = next((row.pk for row in rows.values() if row.part == part), None)
    if key is None:
        return
    order = moved(list(rows), key, up=up)
    for position, one in enumerate(order):
        rows[one].position = position
    FormPart.objects.bulk_update(rows.values(), ["position"])
    hidden = cohort.parts.filter(is_shown=False)
    for position, row in enumerate(hidden, start=len(order)):
        row.position = position
        row.save(update_fields=["position"])
    note_cohort(cohort, "part_moved", by=by, at=at, part=part.value)


@transaction.atomic
def clone_cohort(
    source: Cohort,
    made: Cohort,
    *,
    close: bool,
    with_tips: bool = True,
    by: User,
    at: datetime,
) -> Cohort:
    """Make a cohort like another one, under its own names: all but deadlines and people.

    What was retired stays behind, and so does what students added themselves. Raises
    ValidationError when the name is taken.
    """
    Programme.objects.select_for_update().get(pk=source.programme_id)
    made.programme = source.programme
    for name in ("first_share_days", "has_feedback", "offers_feedback", "charts"):
        setattr(made, name, getattr(source, name))
    _prepare(made, source.programme.cohorts.all(), otherwise="cohort")
    made.save()
    made.reflection_models.set(source.reflection_models.filter(retired_at=None))
    if with_tips:
        made.tips.set(source.tips.all())
    _copy_to(made, source.parts.all())
    _copy_to(made, source.vocabulary.filter(owner=None, retired_at=None))
    _copy_to(made, source.competences.filter(retired_at=None))
    _copy_to(made, source.starting_goals.all())
    if close:
        Cohort.objects.filter(pk=source.pk).update(is_open=False)
    note_cohort(made, "cloned", by=by, at=at, source=source.pk, closed=close)
    return made


def _copy_to(cohort: Cohort, rows: Iterable[Model]) -> None:
    copies: list[Any] = list(rows)
    for row in copies:
        row.pk, row.cohort = None, cohort
    if copies:
        type(copies[0])._default_manager.bulk_create(copies)


def check_choices(part: FormPart) -> None:
    """Raise ValidationError when students could not choose as many as a part asks for."""
    if part.part not in CLOSED:
        return
    fewest = fewest_choices(part)
    there = choices_of(part.cohort, Part(part.part)).count()
    if fewest <= there:
        return
    if not there:
        text = _("The list of this part is empty: fill it first, then ask for a choice.")
        raise ValidationError({"is_required" if part.is_required else "minimum": text})
    text = _("The list of this part has %(n)d entries: students could not choose so many.")
    raise ValidationError({"minimum": text % {"n": there}})


def _prepare(row: Programme | Cohort, others: Any, *, otherwise: str) -> bool:
    """Check the name of a row, and give a new one its slug; return whether it is new."""
    rest = list(others.exclude(pk=row.pk))
    if any(other.name_nl.casefold() == row.name_nl.casefold() for other in rest):
        raise ValidationError({"name_nl": _("There is one with this name already.")})
    if row.pk:
        return False
    taken = [other.slug for other in rest]
    row.slug = free_name(slugify(row.name_nl), taken, length=SLUG_LENGTH, otherwise=otherwise)
    return True


def _note(
    programme: Programme,
    subject: str,
    change: str,
    *,
    by: User,
    at: datetime,
    **details: str | int | bool,
) -> None:
    record(
        Kind.CONFIGURED,
        at=at,
        actor=by.pk,
        institution=programme.institution_id,
        subject=subject,
        change=change,
        **details,
    )

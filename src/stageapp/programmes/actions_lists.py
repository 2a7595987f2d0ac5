"""What administrators do with the lists of a cohort: each is one transaction.

Who changes a list holds the lock of its cohort, so that names and places in it fit.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.frameworks import Found
from stageapp.programmes.models import (
    Cohort,
    Competence,
    Part,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.programmes.queries_frameworks import TEXTS, FrameworkPlan, framework_plan
from stageapp.programmes.queries_manage import (
    Choice,
    Use,
    choices_of,
    fewest_choices,
    part_of,
    part_of_list,
    siblings_of,
    uses_of_model,
)
from stageapp.programmes.rules import MOST_LINES, Pasted, by_alphabet, free_name, moved, placed

KEY_LENGTH = 50


@dataclass(frozen=True)
class Added:
    """What came of adding to a list."""

    new: int
    #: Those that were retired, and are offered again.
    again: int
    #: Those that were there already.
    known: int


@transaction.atomic
def add_choices(
    cohort: Cohort,
    kind: VocabularyKind | None,
    pasted: Collection[Pasted],
    *,
    by: User,
    at: datetime,
) -> Added:
    """Add to the end of a list what it does not have; without a kind to the competences.

    What was retired is offered again. Raises ValidationError when the list becomes too long.
    """
    lock_cohort(cohort)
    rows: list[Choice] = list(_list_of(cohort, kind))
    names = {row.name_nl.casefold(): row for row in rows}
    codes = {row.code.casefold(): row for row in rows if isinstance(row, Competence) and row.code}
    taken = {row.key for row in rows}
    fresh: list[Any] = []
    again: list[Any] = []
    position = max((row.position for row in rows), default=-1)
    for one in pasted:
        known = names.get(one.nl.casefold()) or codes.get(one.code.casefold())
        if known is None:
            key = free_name(
                slugify(one.code or one.nl), taken, length=KEY_LENGTH, otherwise="entry"
            )
            taken.add(key)
            fresh.append(_made(cohort, kind, one, key, position + len(fresh) + 1))
        elif known.retired_at is not None:
            known.retired_at = None
            again.append(known)
    if len(rows) + len(fresh) > MOST_LINES:
        text = _("A list has at most %(most)d entries, with those that are retired.")
        raise ValidationError(text % {"most": MOST_LINES})
    model: Any = VocabularyEntry if kind else Competence
    model._default_manager.bulk_create(fresh)
    model._default_manager.bulk_update(again, ["retired_at"])
    added = Added(len(fresh), len(again), len(pasted) - len(fresh) - len(again))
    note_cohort(
        cohort, "added", by=by, at=at, list=kind or Part.COMPETENCES.value, number=added.new
    )
    return added


@transaction.atomic
def apply_framework(
    cohort: Cohort, found: Collection[Found], *, by: User, at: datetime
) -> FrameworkPlan:
    """Bring competences of a file into a cohort: new ones at the end, known ones changed.

    What the file does not have stays as it is. Raises ValidationError when there is no room.
    """
    lock_cohort(cohort)
    plan = framework_plan(cohort, found)
    rows = list(cohort.competences.all())
    if len(rows) + plan.count("new") > MOST_LINES:
        text = _("A list has at most %(most)d entries, with those that are retired.")
        raise ValidationError(text % {"most": MOST_LINES})
    taken = {row.key for row in rows}
    position = max((row.position for row in rows), default=-1)
    fresh = [row.found for row in plan.rows if row.outcome == "new"]
    for number, one in enumerate(fresh, start=1):
        wanted = one.key or slugify(one.code or one.name_nl)
        key = free_name(wanted, taken, length=KEY_LENGTH, otherwise="entry")
        taken.add(key)
        texts = {name: getattr(one, name) for name in TEXTS}
        Competence.objects.create(cohort=cohort, key=key, position=position + number, **texts)
    for row in plan.rows:
        if row.known and row.outcome in ("changed", "again"):
            for name in row.changes:
                setattr(row.known, name, getattr(row.found, name))
            row.known.retired_at = None
            row.known.save(update_fields=[*row.changes, "retired_at"])
    details = {name: plan.count(name) for name in ("new", "changed", "again")}
    note_cohort(cohort, "framework", by=by, at=at, **details)
    return plan


@transaction.atomic
def rename_choice(choice: Choice, *, by: User, at: datetime) -> None:
    """Keep the new names of a choice, everywhere. Raises ValidationError when one is taken."""
    lock_cohort(choice.cohort)
    others = siblings_of(choice).exclude(pk=choice.pk)
    same = choice.name_nl.casefold()
    if any(row.name_nl.casefold() == same for row in others):
        raise ValidationError({"name_nl": _("There is an entry with this name already.")})
    columns = ["name_nl", "name_en"]
    if isinstance(choice, Competence):
        code = choice.code.casefold()
        if code and any(row.code.casefold() == code for row in others):
            raise ValidationError({"code": _("There is a competence with this code already.")})
        columns += ["code", "description_nl", "description_en"]
    else:
        columns.append("level")
    choice.save(update_fields=columns)
    _note_choice(choice, "renamed", by=by, at=at)


@transaction.atomic
def retire_choice(choice: Choice, *, by: User, at: datetime) -> None:
    """Offer a choice no more; what has it keeps it.

    Raises ValidationError when students then could not fill in their form.
    """
    lock_cohort(choice.cohort)
    _check_enough_without(choice)
    choice.retired_at = choice.retired_at or at
    choice.save(update_fields=["retired_at"])
    _note_choice(choice, "retired", by=by, at=at)


@transaction.atomic
def restore_choice(choice: Choice, *, by: User, at: datetime) -> None:
    """Offer a retired choice again."""
    lock_cohort(choice.cohort)
    choice.retired_at = None
    choice.save(update_fields=["retired_at"])
    _note_choice(choice, "restored", by=by, at=at)


@transaction.atomic
def move_choice(choice: Choice, *, up: bool, by: User, at: datetime) -> None:
    """Change places with the choice above or below, of those that are offered."""
    lock_cohort(choice.cohort)
    offered = siblings_of(choice).filter(retired_at=None)
    keys = [row.pk for row in offered]
    if choice.pk in keys:
        _put_in_order(offered, moved(keys, choice.pk, up=up))
        _note_choice(choice, "moved", by=by, at=at)


@transaction.atomic
def place_choice(choice: Choice, place: int, *, by: User, at: datetime) -> None:
    """Put a choice at a place of those that are offered, which count from one."""
    lock_cohort(choice.cohort)
    offered = siblings_of(choice).filter(retired_at=None)
    keys = [row.pk for row in offered]
    if choice.pk in keys:
        _put_in_order(offered, placed(keys, choice.pk, place))
        _note_choice(choice, "moved", by=by, at=at)


@transaction.atomic
def sort_choices(cohort: Cohort, kind: VocabularyKind | None, *, by: User, at: datetime) -> None:
    """Put the choices of a list that are offered in the order of their Dutch names."""
    lock_cohort(cohort)
    offered = _list_of(cohort, kind).filter(retired_at=None)
    names = {
        row.pk: f"{row.code} {row.name_nl}".strip() if isinstance(row, Competence) else row.name_nl
        for row in offered
    }
    _put_in_order(offered, by_alphabet(names))
    note_cohort(cohort, "sorted", by=by, at=at, list=kind or Part.COMPETENCES.value)


def _put_in_order(offered: QuerySet[Any], order: Iterable[int]) -> None:
    places = {key: place for place, key in enumerate(order)}
    for row in offered:
        row.position = places[row.pk]
    offered.bulk_update(offered, ["position"])


@transaction.atomic
def merge_choice(choice: Choice, into: Choice, *, by: User, at: datetime) -> None:
    """Let everything that has a choice have another one of its list; retire the first.

    It stays as a row: who is just logging with it loses nothing. Raises ValidationError when
    students then could not fill in their form.
    """
    lock_cohort(choice.cohort)
    if into.pk == choice.pk or not siblings_of(choice).filter(pk=into.pk).exists():
        raise ValidationError({"into": _("Choose another entry of the same list.")})
    _check_enough_without(choice)
    for use in uses_of_model(type(choice)):
        _hand_over(use, choice, into)
    choice.retired_at = choice.retired_at or at
    choice.save(update_fields=["retired_at"])
    _note_choice(choice, "merged", by=by, at=at, into=into.pk)


@transaction.atomic
def join_own_entries(person: User, into: User) -> None:
    """Let somebody's own entries belong to another account; what both have becomes one entry."""
    known = {_told_by(entry): entry for entry in VocabularyEntry.objects.filter(owner=into)}
    for entry in VocabularyEntry.objects.select_for_update().filter(owner=person):
        same = known.get(_told_by(entry))
        if same is None:
            entry.owner = into
            entry.save(update_fields=["owner"])
            continue
        for use in uses_of_model(VocabularyEntry):
            _hand_over(use, entry, same)
        if entry.retired_at is None and same.retired_at is not None:
            same.retired_at = None
            same.save(update_fields=["retired_at"])
        entry.delete()


def _told_by(entry: VocabularyEntry) -> tuple[int, str, str]:
    """Return what no two own entries of one person have in common."""
    return entry.cohort_id, entry.kind, entry.name_nl.lower()


def lock_cohort(cohort: Cohort) -> Cohort:
    """Let one administrator at a time change a cohort."""
    return Cohort.objects.select_for_update().get(pk=cohort.pk)


def _hand_over(use: Use, choice: Choice, into: Choice) -> None:
    rows = use.rows(choice)
    if not use.model._meta.auto_created:
        rows.update(**{use.column: into})
        return
    # The table between two: what has both keeps the one that stays.
    owner = next(
        field.attname
        for field in use.model._meta.fields
        if field.is_relation and field.name != use.column
    )
    keys = list(rows.select_for_update().values_list(owner, flat=True))
    fresh: list[Any] = [use.model(**{owner: key, use.column: into}) for key in keys]
    use.model._default_manager.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
    rows.delete()


def _check_enough_without(choice: Choice) -> None:
    if choice.retired_at is not None:
        return
    part = part_of_list(choice)
    fewest = fewest_choices(part_of(choice.cohort, part))
    if fewest and choices_of(choice.cohort, part).count() <= fewest:
        text = _("The form asks for at least %(n)d of this list, so this one has to stay.")
        raise ValidationError(text % {"n": fewest})


def _list_of(cohort: Cohort, kind: VocabularyKind | None) -> Any:
    if kind is None:
        return cohort.competences.all()
    return cohort.vocabulary.filter(kind=kind, owner=None)


def _made(
    cohort: Cohort, kind: VocabularyKind | None, one: Pasted, key: str, position: int
) -> Choice:
    told: dict[str, Any] = {"cohort": cohort, "key": key, "position": position}
    told |= {"name_nl": one.nl, "name_en": one.en}
    if kind is None:
        return Competence(code=one.code, **told)
    # A new difficulty is as hard as its place says; its level can be changed.
    level = position + 1 if kind == VocabularyKind.DIFFICULTY else None
    return VocabularyEntry(kind=kind, level=level, **told)


def _note_choice(choice: Choice, change: str, *, by: User, at: datetime, **more: int) -> None:
    part = part_of_list(choice).value
    note_cohort(choice.cohort, change, by=by, at=at, list=part, entry=choice.pk, **more)


def note_cohort(
    cohort: Cohort, change: str, *, by: User, at: datetime, **details: str | int
) -> None:
    """Keep in the record what an administrator changed in a cohort."""
    record(
        Kind.CONFIGURED,
        at=at,
        actor=by.pk,
        institution=cohort.programme.institution_id,
        subject=f"cohort:{cohort.pk}",
        change=change,
        **details,
    )

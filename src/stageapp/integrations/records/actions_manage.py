"""What functional administrators do with the record stores of their institution."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.core.addresses import server_of
from stageapp.integrations.records import queries
from stageapp.integrations.records.client import Finding, Line
from stageapp.integrations.records.models import RecordStore
from stageapp.programmes.models import Institution

#: Students choose from a list that they can oversee.
MOST_STORES = 10


@transaction.atomic
def keep_store(store: RecordStore, *, by: User, at: datetime) -> None:
    """Keep a store, new or changed.

    Raises ValidationError when there are many already, or when it would be on another host while
    there is something in it, or on its way: students chose where that goes, and take it back there.
    """
    Institution.objects.select_for_update().get(pk=store.institution_id)
    is_new = store.pk is None
    if is_new and store.institution.record_stores.count() >= MOST_STORES:
        text = _("An institution offers at most %(most)d stores.")
        raise ValidationError(text % {"most": MOST_STORES})
    others = store.institution.record_stores.exclude(pk=store.pk)
    if others.filter(name__iexact=store.name).exists():
        raise ValidationError({"name": _("There is a store with this name already.")})
    if not is_new:
        _check_host(store)
    store.save()
    _record(store, "added" if is_new else "changed", by=by, at=at)


def _check_host(store: RecordStore) -> None:
    # Locked, so that nothing is sent to it meanwhile.
    before = RecordStore.objects.select_for_update().get(pk=store.pk)
    if server_of(before.endpoint)[1:] == server_of(store.endpoint)[1:]:
        return
    if queries.has_or_gets_something(before):
        text = _(
            "Students sent something to the store at %(host)s. For another address make a new "
            "store, and stop offering this one."
        )
        raise ValidationError({"endpoint": text % {"host": server_of(before.endpoint)[1]}})


@transaction.atomic
def remove_store(store: RecordStore, *, by: User, at: datetime) -> None:
    """Remove a store that nothing was sent to.

    Raises ValidationError for another one: what was sent can only be taken back while its key is
    here.
    """
    _record(store, "removed", by=by, at=at)
    try:
        store.delete()
    except ProtectedError:
        raise ValidationError(
            _(
                "Students sent something to this store, and can only take it back while it is "
                "here. Stop offering it instead."
            )
        ) from None


def check_store(store: RecordStore) -> list[Finding]:
    """Try whether a store can be used; nothing of anybody is read or written there."""
    return list(Line(store).check())


def _record(store: RecordStore, what: str, *, by: User, at: datetime) -> None:
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=store.institution_id,
        subject=f"institution:{store.institution_id}",
        record_store=store.pk,
        change=what,
    )

"""What functional administrators do with the keys that sign portfolios and badges."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.integrations.portfolio import signing
from stageapp.integrations.portfolio.models import SigningKey
from stageapp.programmes.models import Institution


@transaction.atomic
def take_new_key(institution: Institution, *, by: User, at: datetime) -> SigningKey:
    """Let another key sign from now on. What the old one signed, still holds."""
    key = signing.make_key(institution, at=at)
    _record(institution, key, "added", by=by, at=at)
    return key


@transaction.atomic
def withdraw_key(key: SigningKey, *, by: User, at: datetime) -> None:
    """Publish a key no more: nothing that it signed holds. For one that others may have."""
    own = SigningKey.objects.filter(pk=key.pk, withdrawn_at=None)
    if own.update(withdrawn_at=at, retired_at=Coalesce(F("retired_at"), at)):
        _record(key.institution, key, "withdrawn", by=by, at=at)


def _record(
    institution: Institution, key: SigningKey, what: str, *, by: User, at: datetime
) -> None:
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        signing_key=key.pk,
        change=what,
    )

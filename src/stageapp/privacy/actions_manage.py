"""What functional administrators decide about keeping data, and say about it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.actions import agree_with_statement
from stageapp.programmes.models import Institution, PrivacyStatement
from stageapp.programmes.queries import current_number


@transaction.atomic
def set_retention(institution: Institution, *, by: User, at: datetime) -> None:
    """Keep how long an institution keeps things, and when it tells."""
    institution.save(update_fields=["retention_months", "notice_days"])
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        retention_months=institution.retention_months,
        notice_days=institution.notice_days,
    )


@transaction.atomic
def publish(statement: PrivacyStatement, *, after: int, by: User, at: datetime) -> PrivacyStatement:
    """Publish a version of the privacy statement; an earlier one is never changed.

    Who publishes it has read it.

    Raises ValidationError when somebody published another one since this was begun.
    """
    institution = Institution.objects.select_for_update().get(pk=statement.institution_id)
    if current_number(institution) != after:
        raise ValidationError(_("Somebody else published a version meanwhile. Look at it first."))
    statement.number = after + 1
    statement.published_at, statement.published_by = at, by
    statement.save()
    agree_with_statement(by, institution, at=at)
    if statement.asks_everybody:
        institution.agreement_number = statement.number
        institution.save(update_fields=["agreement_number"])
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        privacy_statement=statement.number,
        asks_everybody=statement.asks_everybody,
    )
    return statement

"""Ending what lets programs in for somebody."""

from datetime import datetime

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.api import access
from stageapp.api.actions import revoke_token
from stageapp.api.actions_webhooks import switch_webhook


@transaction.atomic
def end_access(person: User, *, by: User, at: datetime) -> None:
    """Revoke all tokens of somebody, and send nothing to their webhooks any more.

    Who was in with a stolen password may have made them; their owner cannot tell.
    """
    # A token that is being made at this moment is there first, or comes too late.
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    for token in access.tokens_of(person).select_related("person"):
        revoke_token(token, by=by)
    for webhook in access.webhooks_of(person):
        switch_webhook(webhook, is_on=False, at=at, by=by)

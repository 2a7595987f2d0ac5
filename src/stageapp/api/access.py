"""Whose tokens and webhooks are whose: each their own, nobody else's."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.api.models import AccessToken, Webhook, WebhookEvent


def tokens_of(person: User) -> QuerySet[AccessToken]:
    """Return the tokens of somebody, also those that expired, the newest first."""
    return AccessToken.objects.filter(person=person)


def webhooks_of(person: User) -> QuerySet[Webhook]:
    """Return the webhooks of somebody."""
    return Webhook.objects.filter(person=person)


def events_of(person: User) -> QuerySet[WebhookEvent]:
    """Return what was sent to the webhooks of somebody, or waits to be sent."""
    return WebhookEvent.objects.filter(webhook__person=person).select_related("webhook")

"""Webhooks: making them, and telling them what happened.

A row for each thing that a webhook hears of is written by the worker, which looks for news that has
none; so nothing else has to know of webhooks. It is claimed, sent, and tried again with growing
pauses under the same identifier: whoever receives it twice knows it again.
"""

import json
import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from stageapp.accounts.actions import note
from stageapp.accounts.models import User
from stageapp.api import queries_webhooks as queries
from stageapp.api.models import Webhook, WebhookEvent
from stageapp.api.rules import OVERLAP, PATIENCE, new_secret, pause_after, signatures
from stageapp.audit.models import Kind
from stageapp.core.outgoing import OutgoingError, call
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind as News

log = logging.getLogger(__name__)

#: A claim older than this was left by a worker that died.
LEASE = timedelta(minutes=10)
#: So many are claimed at a time, and so many seconds a round takes at most: mails wait meanwhile.
CLAIM, ROUND = 10, 20.0
#: Seconds that one of them may take: whoever makes a webhook chose who answers it.
LONGEST = 10.0
#: Nobody reads what an address answers; only its status counts.
MOST_ANSWER = 64 * 1024
#: So long what was sent stays in the list.
KEPT = timedelta(days=30)
ERROR_LENGTH = 200
TEST = "test"


@transaction.atomic
def make_webhook(webhook: Webhook, *, at: datetime) -> str:
    """Keep a new webhook; return its secret, which is shown this once.

    Raises ValidationError when there are very many already. The same form again makes nothing, and
    gives no secret.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=webhook.person_id)
    own = Webhook.objects.filter(person=person)
    if own.filter(client_id=webhook.client_id).exists():
        return ""
    if own.count() >= Webhook.MOST:
        text = _("You have %(most)d webhooks already. Remove one first.")
        raise ValidationError(text % {"most": Webhook.MOST})
    webhook.secret = new_secret()
    webhook.created_at = webhook.since = at
    webhook.save()
    note(Kind.ACCOUNT_CHANGED, person, change="webhook_made", what=str(webhook.pk))
    return webhook.secret


@transaction.atomic
def renew_secret(webhook: Webhook, *, at: datetime) -> str:
    """Give a webhook another secret; the one before signs beside it for a day."""
    kept = Webhook.objects.select_for_update().get(pk=webhook.pk)
    kept.secret_before, kept.secret, kept.renewed_at = kept.secret, new_secret(), at
    kept.save(update_fields=["secret", "secret_before", "renewed_at"])
    note(Kind.ACCOUNT_CHANGED, kept.person, change="webhook_renewed", what=str(kept.pk))
    return kept.secret


@transaction.atomic
def switch_webhook(webhook: Webhook, *, is_on: bool, at: datetime, by: User | None = None) -> None:
    """Switch a webhook off, or on again: what happened meanwhile is not sent.

    `by` is who else than its person did so.
    """
    kept = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if kept.is_on == is_on:
        return
    kept.off_at, kept.failing_since = (None, None) if is_on else (at, kept.failing_since)
    if is_on:
        kept.since = at
    kept.save(update_fields=["off_at", "failing_since", "since"])
    kept.events.filter(due_at__isnull=False).update(
        due_at=None, outcome=WebhookEvent.Outcome.GIVEN_UP
    )
    change = "webhook_on" if is_on else "webhook_off"
    note(Kind.ACCOUNT_CHANGED, kept.person, by=by, change=change, what=str(kept.pk))


@transaction.atomic
def delete_webhook(webhook: Webhook) -> None:
    """Remove a webhook with the list of what was sent."""
    key = webhook.pk
    webhook.delete()
    note(Kind.ACCOUNT_CHANGED, webhook.person, change="webhook_removed", what=str(key))


def send_test(webhook: Webhook, *, at: datetime) -> WebhookEvent:
    """Put an event in the outbox that tells nothing, to see whether it arrives."""
    return WebhookEvent.objects.create(
        webhook=webhook, kind=TEST, cause=f"test:{uuid.uuid4()}", happened_at=at, due_at=at
    )


def send_again(event: WebhookEvent, *, at: datetime) -> None:
    """Put an event in the outbox once more, under the same identifier."""
    WebhookEvent.objects.filter(pk=event.pk).update(
        due_at=at, claimed_at=None, attempts=0, outcome=""
    )


# The worker ---------------------------------------------------------------------------------------


def tell_webhooks(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Note what webhooks have to hear, send what is due; return how many arrived."""
    for webhook in queries.listening():
        events = queries.unheard_news(webhook, at) + queries.unheard_changes(webhook, at)
        WebhookEvent.objects.bulk_create(events, ignore_conflicts=True)
    begun, arrived, failed = monotonic(), 0, set[int]()
    while not is_stopping() and monotonic() - begun < ROUND:
        claimed = _claim(at, failed)
        if not claimed:
            break
        for event in claimed:
            if event.webhook_id in failed or is_stopping():
                _own(event).update(claimed_at=None)
            elif deliver(event, at=at + timedelta(seconds=monotonic() - begun)):
                arrived += 1
            else:
                failed.add(event.webhook_id)
    WebhookEvent.objects.filter(due_at=None, happened_at__lt=at - KEPT).delete()
    return arrived


@transaction.atomic
def _claim(at: datetime, failed: set[int]) -> list[WebhookEvent]:
    """Take some events that no other worker has; who failed in this round waits for the next."""
    free = (
        WebhookEvent.objects.filter(
            Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE),
            due_at__lte=at,
            webhook__off_at=None,
            webhook__person__is_active=True,
        )
        .exclude(webhook__in=failed)
        .order_by("due_at")
    )
    keys = list(
        free.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:CLAIM]
    )
    WebhookEvent.objects.filter(pk__in=keys).update(claimed_at=at)
    rows = WebhookEvent.objects.filter(pk__in=keys).select_related("webhook__person")
    return list(rows.order_by("due_at"))


def _own(event: WebhookEvent) -> Any:
    return WebhookEvent.objects.filter(pk=event.pk, claimed_at=event.claimed_at)


def deliver(event: WebhookEvent, *, at: datetime) -> bool:
    """Send an event, unless it is not open to its person any more; return whether that went well.

    What is not open any more went well: nothing is left to do.
    """
    body = queries.body_of(event)
    if body is None:
        dropped = WebhookEvent.Outcome.DROPPED
        _own(event).update(due_at=None, claimed_at=None, outcome=dropped, tried_at=at)
        return True
    status, error = _post(event, json.dumps(body).encode(), at)
    arrived = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    _note_attempt(event, status, error, arrived=arrived, at=at)
    if arrived:
        Webhook.objects.filter(pk=event.webhook_id).update(failing_since=None)
    else:
        _note_failure(event.webhook, at=at, is_gone=status == HTTPStatus.GONE)
    return arrived


def _post(event: WebhookEvent, body: bytes, at: datetime) -> tuple[int, str]:
    """Send a body, signed; return the status, 0 where there was no answer, and what went wrong."""
    identifier = f"msg_{event.pk.hex}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Stage-App webhooks/1",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signatures(_secrets(event.webhook, at), identifier, at, body),
    }
    try:
        answer = call(
            "POST",
            event.webhook.url,
            most_bytes=MOST_ANSWER,
            seconds=LONGEST,
            trusted=settings.WEBHOOK_HOSTS,
            data=body,
            headers=headers,
        )
    except OutgoingError as problem:
        log.info("webhook %s: no answer", event.webhook_id)
        return 0, type(problem).__name__
    return answer.status_code, ""


def _secrets(webhook: Webhook, at: datetime) -> list[str]:
    before = webhook.renewed_at and at - webhook.renewed_at < OVERLAP
    return [webhook.secret, webhook.secret_before] if before else [webhook.secret]


def _note_attempt(
    event: WebhookEvent, status: int, error: str, *, arrived: bool, at: datetime
) -> None:
    attempts = event.attempts + 1
    pause = pause_after(attempts)
    outcome, due_at = "", None
    if arrived:
        outcome = WebhookEvent.Outcome.DELIVERED
    elif pause is None:
        outcome = WebhookEvent.Outcome.GIVEN_UP
    else:
        due_at = at + pause
    _own(event).update(
        claimed_at=None,
        attempts=F("attempts") + 1,
        tried_at=at,
        status=status or None,
        error=error[:ERROR_LENGTH],
        outcome=outcome,
        due_at=due_at,
    )


@transaction.atomic
def _note_failure(webhook: Webhook, *, at: datetime, is_gone: bool) -> None:
    """Remember since when nothing arrives; after long, or for one that is gone, end it."""
    kept = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if kept.off_at is not None:
        return
    kept.failing_since = kept.failing_since or at
    if is_gone or at - kept.failing_since >= PATIENCE:
        kept.off_at = at
        _tell_owner(kept, at)
    kept.save(update_fields=["failing_since", "off_at"])


def _tell_owner(webhook: Webhook, at: datetime) -> None:
    place = queries.place_of(webhook.person)
    if place is None:
        return
    fact = Fact(
        actor=None,
        title=webhook.name,
        path=reverse("webhooks:webhook", args=[webhook.pk]),
        subject=f"webhook:{webhook.pk}",
        cause=f"webhook:{webhook.pk}:{at:%Y%m%d%H%M%S}",
    )
    notify(webhook.person, News.WEBHOOK_OFF, fact, place=place, at=at)

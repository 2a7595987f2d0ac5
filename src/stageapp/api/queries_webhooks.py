"""What webhooks have to hear. Nothing here writes."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from stageapp.accounts.models import User
from stageapp.administration.access import people_administered
from stageapp.api.models import Webhook, WebhookEvent
from stageapp.api.queries import lacks_second_factor
from stageapp.audit.models import AuditEntry, Kind
from stageapp.core.requests import key_in
from stageapp.guidance.access import (
    points_readable_by,
    proposals_seen_by,
    readable_by,
    reports_readable_by,
)
from stageapp.notifications.kinds import Kind as News
from stageapp.notifications.models import Notification
from stageapp.placements.access import guided_by, placements_of
from stageapp.placements.access_linking import placements_administered
from stageapp.placements.queries import institutions_of
from stageapp.planning.access import talks_readable_by
from stageapp.programmes.access import institutions_administered, programmes_administered
from stageapp.programmes.models import Institution

#: What happened longer ago is not told any more, whatever was in the way.
LATEST = timedelta(days=3)
#: So much at a time for one webhook: the rest in the next round.
MOST = 200
#: What of the record an administrator can hear of: links, and roles and accounts of people.
CHANGES = (
    Kind.LINKED,
    Kind.UNLINKED,
    Kind.INVITED,
    Kind.ROLE_GIVEN,
    Kind.ROLE_TAKEN,
    Kind.SWITCHED_OFF,
    Kind.SWITCHED_ON,
    Kind.MERGED,
)
#: What of a change goes along, by the name in the record: keys of things.
DETAILS = ("placement", "teacher", "programme")
#: What is at which address of the API, and who can read it: (kind in the API, address, rows).
Rows = Callable[[User], QuerySet[Any]]
READABLE: dict[str, list[tuple[str, str, Rows]]] = {
    "question": [("guidance-question", "/api/v1/guidance-questions/{}", readable_by)],
    "talk-proposal": [("talk-proposal", "/api/v1/talk-proposals/{}", proposals_seen_by)],
    "talk": [("talk", "/api/v1/talks/{}", talks_readable_by)],
    "report": [("report", "/api/v1/reports/{}", reports_readable_by)],
    "point": [("action-point", "/api/v1/action-points/{}", points_readable_by)],
    "placement": [
        ("placement", "/api/v1/placements/{}", placements_of),
        ("student", "/api/v1/students/{}", guided_by),
    ],
    "person": [("person", "/api/v1/administration/people/{}", people_administered)],
}


def listening() -> QuerySet[Webhook]:
    """Return the webhooks that are on, of people who can sign in."""
    return Webhook.objects.filter(off_at=None, person__is_active=True).select_related("person")


def unheard_news(webhook: Webhook, at: datetime) -> list[WebhookEvent]:
    """Return events, not saved yet, for what was news for its person and is not told yet."""
    rows = Notification.objects.filter(
        person=webhook.person, caused_at__gte=_from(webhook, at), cancelled_at=None
    ).exclude(kind=News.WEBHOOK_OFF)
    found = {f"news:{row.pk}": row for row in rows.order_by("-caused_at")[:MOST]}
    told = _told(webhook, found)
    return [
        _event(webhook, row.kind, row.subject, cause, row.caused_at, at)
        for cause, row in found.items()
        if cause not in told
    ]


def unheard_changes(webhook: Webhook, at: datetime) -> list[WebhookEvent]:
    """Return events for what others changed in links and roles that its person administers."""
    if not webhook.with_changes or lacks_second_factor(webhook.person):
        return []
    rows = _changes_for(webhook.person).filter(happened_at__gte=_from(webhook, at))
    found = {f"record:{row.pk}": row for row in rows.order_by("-pk")[:MOST]}
    told = _told(webhook, found)
    return [
        _event(webhook, row.kind, row.subject, cause, row.happened_at, at)
        for cause, row in found.items()
        if cause not in told
    ]


def _changes_for(person: User) -> QuerySet[AuditEntry]:
    """Return what of the record is about people or placements that somebody administers."""
    programmes = programmes_administered(person).order_by().values_list("pk", flat=True)
    placements = placements_administered(person).order_by().values_list("pk", flat=True)
    return AuditEntry.objects.filter(
        Q(institution_key__in=institutions_administered(person).values("pk"))
        | Q(details__programme__in=list(programmes))
        | Q(details__placement__in=list(placements), kind__in=(Kind.LINKED, Kind.UNLINKED)),
        kind__in=CHANGES,
    ).exclude(actor_key=person.pk)


def _told(webhook: Webhook, causes: Iterable[str]) -> set[str]:
    """Return which of these it heard of, or will."""
    rows = WebhookEvent.objects.filter(webhook=webhook, cause__in=list(causes))
    return set(rows.values_list("cause", flat=True))


def body_of(event: WebhookEvent) -> dict[str, Any] | None:
    """Return what an event tells now: identifiers, and nothing that its person may not read.

    None where what it is about is not open to the person any more.
    """
    data: dict[str, Any] = {}
    if _is_closed(event):
        return None
    if event.subject:
        about = _about(event)
        if about is None:
            return None
        data["subject"] = about
    if event.cause.startswith("record:"):
        data |= _details(event)
    return {"type": event.kind, "timestamp": event.happened_at.isoformat(), "data": data}


def _is_closed(event: WebhookEvent) -> bool:
    """Return whether what it tells was taken back, or is not for its person as they are now."""
    source, _colon, key = event.cause.partition(":")
    if source == "record":
        return lacks_second_factor(event.webhook.person)
    if source == "news":
        return Notification.objects.filter(pk=key, cancelled_at__isnull=False).exists()
    return False


def place_of(person: User) -> Institution | None:
    """Return an institution of somebody, by whose clock a notice goes."""
    return institutions_of(person).first()


def _about(event: WebhookEvent) -> dict[str, Any] | None:
    kind, _colon, rest = event.subject.partition(":")
    key = key_in(rest)
    known = READABLE.get(kind)
    if known is None or key is None:
        return {"type": kind, "id": None, "url": None}
    for name, address, rows in known:
        if rows(event.webhook.person).filter(pk=key).exists():
            return {"type": name, "id": key, "url": address.format(key)}
    return None


def _details(event: WebhookEvent) -> dict[str, Any]:
    key = key_in(event.cause.partition(":")[2])
    entry = AuditEntry.objects.filter(pk=key or 0).first()
    return {name: entry.details[name] for name in DETAILS if entry and name in entry.details}


def _from(webhook: Webhook, at: datetime) -> datetime:
    return max(webhook.since, at - LATEST)


def _event(
    webhook: Webhook, kind: str, subject: str, cause: str, happened_at: datetime, at: datetime
) -> WebhookEvent:
    return WebhookEvent(
        webhook=webhook,
        kind=kind,
        subject=subject,
        cause=cause,
        happened_at=happened_at,
        due_at=at,
    )

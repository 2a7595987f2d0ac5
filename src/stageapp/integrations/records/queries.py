"""What the pages about learning records ask. Nothing here writes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, override

from stageapp.accounts.models import User
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.integrations.records.rules import (
    Learned,
    Sender,
    Source,
    Topic,
    first_words,
)
from stageapp.logbook import access
from stageapp.logbook.models import Activity, Reflection
from stageapp.placements.models import Placement

LANGUAGES = ("nl", "en")


def stores_offered(placement: Placement) -> QuerySet[RecordStore]:
    """Return the stores that the institution of a placement offers."""
    institution = placement.cohort.programme.institution
    return RecordStore.objects.filter(institution=institution, is_offered=True)


def has_or_gets_something(store: RecordStore) -> bool:
    """Return whether something waits for a store, or is or may be there."""
    waits = Q(due_at__isnull=False) | Q(claimed_at__isnull=False)
    is_there = Q(delivered_at__isnull=False) | Q(may_be_there=True)
    return store.statements.filter(waits | is_there).exists()


def actor_in(store: RecordStore, student: int) -> UUID:
    """Return how a store knows a student: another number in each, and the same one again.

    It follows from the key of the application, and stays when that key changes.
    """
    earlier = Statement.objects.filter(store=store, placement__student=student)
    known = earlier.order_by("asked_at").values_list("actor", flat=True).first()
    if known:
        return known
    sealed = salted_hmac("stageapp.records", f"{store.pk}/{student}", algorithm="sha256")
    return UUID(bytes=sealed.digest()[:16], version=4)


def sender_of(placement: Placement, actor: UUID, *, language: str, at: datetime) -> Sender:
    """Return who sends, as the store gets to know them."""
    institution = placement.cohort.programme.institution
    return Sender(
        actor=actor,
        home=institution.address,
        placement=placement.pk,
        language=language,
        zone=institution.zone,
        at=at,
    )


def learned_from(
    activities: Iterable[Activity], reflections: Iterable[Reflection], *, with_words: bool
) -> list[Learned]:
    """Return what goes along of each, in the order of the lists.

    Whom the student worked with stays out; so do own entries in a list, which may be anything.
    """
    rows = list(activities)
    topics = _topics_of(rows)
    return [_of_activity(row, topics[row.pk], with_words=with_words) for row in rows] + [
        _of_reflection(row, with_words=with_words) for row in reflections
    ]


@dataclass(frozen=True)
class Known:
    """How often something was sent to a store, and whether it is there now."""

    number: int = 0
    is_there: bool = False


def known_in(
    store: RecordStore, actor: UUID, learned: Sequence[Learned]
) -> dict[tuple[str, UUID], Known]:
    """Return what was sent before of these, by kind and client id."""
    rows = Statement.objects.filter(
        store=store, actor=actor, withdraws=None, client_id__in=[one.client_id for one in learned]
    )
    found: dict[tuple[str, UUID], Known] = {}
    for row in rows:
        before = found.get((row.kind, row.client_id), Known())
        found[row.kind, row.client_id] = Known(
            max(before.number, row.number), before.is_there or row.withdrawn_at is None
        )
    return found


def reminders_of(student: User, things: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], str]:
    """Return by what a student knows things, by kind and client id: for the own page alone."""
    ids = [client_id for _kind, client_id in things]
    activities = access.activities_of(student).filter(client_id__in=ids)
    reflections = access.reflections_of(student).filter(client_id__in=ids)
    found = {
        (str(Source.ACTIVITY), row.client_id): first_words(row.description)
        for row in activities.only("client_id", "description")
    }
    return found | {
        (str(Source.REFLECTION), row.client_id): first_words(row.title)
        for row in reflections.only("client_id", "title")
    }


def _topics_of(activities: Sequence[Activity]) -> dict[int, list[Topic]]:
    found: dict[int, list[Topic]] = {row.pk: [] for row in activities}
    through: Any = Activity.competences.through.objects
    for link in through.filter(activity__in=found).select_related("competence").order_by("pk"):
        own = link.competence
        key = f"{own.cohort_id}/{own.key}"
        names = {"nl": own.name_nl, "en": own.name_en or own.name_nl}
        found[link.activity_id].append(Topic(key, names))
    return found


def _of_activity(row: Activity, topics: Sequence[Topic], *, with_words: bool) -> Learned:
    category = row.category if row.category and row.category.owner_id is None else None
    return Learned(
        source=Source.ACTIVITY,
        client_id=row.client_id,
        day=row.date,
        names={
            language: _called(language, "learning activity", category) for language in LANGUAGES
        },
        words=first_words(row.description) if with_words else "",
        minutes=row.minutes,
        status=row.status,
        topics=topics,
    )


def _of_reflection(row: Reflection, *, with_words: bool) -> Learned:
    return Learned(
        source=Source.REFLECTION,
        client_id=row.client_id,
        day=row.date,
        names={language: _called(language, "reflection", row.model) for language in LANGUAGES},
        words=first_words(row.title) if with_words else "",
    )


def _called(language: str, what: str, kind: Any) -> str:
    with override(language):
        word = {
            "learning activity": gettext("learning activity"),
            "reflection": gettext("reflection"),
        }[what]
        return f"{word}: {kind.name}" if kind else word

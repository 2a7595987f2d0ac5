"""What happens to learning records: asked for, sent by the worker, taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit import models as audit
from stageapp.audit.actions import record
from stageapp.integrations.records import queries
from stageapp.integrations.records.client import Line, Outcome, State
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.integrations.records.queries import Known
from stageapp.integrations.records.rules import Learned, statement_of, voiding_of
from stageapp.placements.models import Placement

#: A claim older than this was left by a worker that died.
LEASE = timedelta(minutes=10)
#: So long the worker waits before the next try; after the last one it gives up.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(days=1),
    timedelta(days=2),
)
#: Statements in one round of the worker, and seconds: mails wait for the same worker.
MOST_A_ROUND = 25
MOST_SECONDS = 30
#: What one student lets go in a day; far more than anybody chooses by hand.
MOST_A_DAY = 100


@transaction.atomic
def let_go(
    placement: Placement,
    store: RecordStore,
    learned: Sequence[Learned],
    *,
    language: str,
    at: datetime,
) -> int:
    """Let these go to a store, by the worker; return how many that are.

    What is there already stays as it is. Raises ValidationError when it is very much for one day,
    or when the store is not offered any more.
    """
    User.objects.select_for_update().get(pk=placement.student_id)
    if not queries.stores_offered(placement).filter(pk=store.pk).exists():
        raise ValidationError(_("This store is not offered any more. Choose another one."))
    actor = queries.actor_in(store, placement.student_id)
    fresh = _fresh(placement, store, learned, actor, language, at)
    today = Statement.objects.filter(
        placement__student=placement.student_id, withdraws=None, asked_at__gt=at - timedelta(days=1)
    ).count()
    if today + len(fresh) > MOST_A_DAY:
        text = _("You can send at most %(most)d things a day.")
        raise ValidationError(text % {"most": MOST_A_DAY})
    Statement.objects.bulk_create(fresh)
    if fresh:
        _record(placement, store, at, sent=len(fresh))
    return len(fresh)


def _fresh(
    placement: Placement,
    store: RecordStore,
    learned: Sequence[Learned],
    actor: UUID,
    language: str,
    at: datetime,
) -> list[Statement]:
    sender = queries.sender_of(placement, actor, language=language, at=at)
    known = queries.known_in(store, actor, learned)
    rows = []
    for one in learned:
        before = known.get((one.source, one.client_id), Known())
        if before.is_there:
            continue
        content = statement_of(one, sender, before.number + 1)
        rows.append(
            Statement(
                id=UUID(content["id"]),
                placement=placement,
                store=store,
                kind=one.source,
                client_id=one.client_id,
                actor=actor,
                number=before.number + 1,
                content=content,
                asked_at=at,
                due_at=at,
            )
        )
    return rows


@transaction.atomic
def withdraw(statement: Statement, *, at: datetime) -> None:
    """Take a record back: it goes no more, and where the store can have it, that is told there."""
    kept = _locked(statement)
    if kept is None or kept.withdrawn_at:
        return
    kept.withdrawn_at, kept.due_at = at, None
    kept.save(update_fields=["withdrawn_at", "due_at"])
    if kept.may_have_arrived:
        content = voiding_of(kept.content, at=at)
        Statement.objects.create(
            id=UUID(content["id"]),
            placement_id=kept.placement_id,
            store_id=kept.store_id,
            kind=Statement.Kind.WITHDRAWAL,
            client_id=kept.client_id,
            actor=kept.actor,
            number=kept.number,
            content=content,
            withdraws=kept,
            asked_at=at,
            due_at=at,
        )
    _record(kept.placement, kept.store, at, withdrawn=1)


@transaction.atomic
def try_again(statement: Statement, *, at: datetime) -> bool:
    """Let what the worker gave up be tried once more, or its withdrawal; return whether it will."""
    kept = _locked(statement)
    if kept is None:
        return False
    gone = Statement.objects.filter(Q(pk=kept.pk, withdrawn_at=None) | Q(withdraws=kept))
    again = gone.filter(failed_at__isnull=False)
    return bool(again.update(failed_at=None, due_at=at, attempts=0))


def _locked(statement: Statement) -> Statement | None:
    rows = Statement.objects.select_for_update(of=("self",)).select_related(
        "store", "placement__cohort__programme"
    )
    return rows.filter(pk=statement.pk).first()


def _record(placement: Placement, store: RecordStore, at: datetime, **number: int) -> None:
    record(
        audit.Kind.EXPORTED,
        at=at,
        actor=placement.student_id,
        institution=placement.cohort.programme.institution_id,
        subject=f"placement:{placement.pk}",
        record_store=store.pk,
        **number,
    )


# The worker --------------------------------------------------------------------------------------


def send_due_records(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due; return how many arrived. A store that does not answer holds up no other."""
    begun, arrived = monotonic(), 0
    lines: dict[int, Line] = {}
    for key in list(_waiting(at).order_by("due_at").values_list("pk", flat=True)[:MOST_A_ROUND]):
        spent = monotonic() - begun
        if is_stopping() or spent > MOST_SECONDS:
            break
        now = at + timedelta(seconds=spent)
        statement = _claimed(key, now)
        if statement is None:
            continue
        line = lines.setdefault(statement.store_id, Line(statement.store))
        outcome = line.put(statement.content)
        arrived += _settle(statement, outcome, now)
        if outcome.state == State.LATER:
            _let_wait(statement.store_id, now)
    return arrived


def _waiting(at: datetime) -> QuerySet[Statement]:
    """Return what is due and in nobody's hands; a withdrawal waits for what it takes back."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE)
    settled = Q(withdraws=None) | Q(withdraws__claimed_at=None)
    settled |= Q(withdraws__claimed_at__lt=at - LEASE)
    return Statement.objects.filter(free, settled, due_at__lte=at)


def _claimed(key: UUID, at: datetime) -> Statement | None:
    """Take one row, unless another worker has it: a single conditional UPDATE decides.

    Nobody knows how far a worker came that died with it.
    """
    due = _waiting(at).filter(pk=key)
    was_left = Case(When(claimed_at__isnull=False, then=True), default=F("may_be_there"))
    if not due.update(claimed_at=at, attempts=F("attempts") + 1, may_be_there=was_left):
        return None
    return Statement.objects.select_related("store").filter(pk=key).first()


def _settle(statement: Statement, outcome: Outcome, at: datetime) -> bool:
    """Keep how it went; return whether it arrived."""
    has_arrived = outcome.state == State.ARRIVED
    how: dict[str, Any] = {"claimed_at": None, "problem": outcome.problem or ""}
    if has_arrived:
        how["delivered_at"] = at
    if not outcome.is_surely_not_there:  # and it stays so, whatever the next try says
        how["may_be_there"] = True
    own = Statement.objects.filter(pk=statement.pk, claimed_at=statement.claimed_at)
    # What was taken back meanwhile is tried no more.
    if not own.filter(withdrawn_at=None).update(**how, **_what_next(statement, outcome, at)):
        own.update(**how)
    return has_arrived


def _what_next(statement: Statement, outcome: Outcome, at: datetime) -> dict[str, datetime | None]:
    if outcome.state == State.ARRIVED:
        return {"due_at": None}
    if outcome.state == State.LATER and statement.attempts <= len(PAUSES):
        return {"due_at": at + PAUSES[statement.attempts - 1]}
    return {"failed_at": at, "due_at": None}


def _let_wait(store: int, at: datetime) -> None:
    """Let what else is due to a store that does not answer wait too, as no try of it."""
    due = Statement.objects.filter(store=store, due_at__lte=at, claimed_at=None)
    due.update(due_at=at + PAUSES[0])

"""Reading sources: a file at once, a service by the worker, at night by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from stageapp.accounts.models import User
from stageapp.integrations.roster import actions, oneroster, openeducation, sheets
from stageapp.integrations.roster.models import Run, Source
from stageapp.integrations.roster.reading import UnreadableError
from stageapp.integrations.roster.rules import Does, Roster
from stageapp.integrations.roster.service import Access, Service
from stageapp.notifications.actions import Fact, notify, once_a_day
from stageapp.notifications.kinds import Kind
from stageapp.programmes.access import functional_administrators_of, institutions_administered

#: A look that a worker began so long ago was left by one that died.
LEASE = timedelta(minutes=30)
#: In these hours, by the clock of its institution, a source is read at night.
NIGHT = range(2, 6)

State = Run.State


def roster_in(file: BinaryIO, source: Source, name: str) -> Roster:
    """Return what an uploaded file says: a sheet, or a OneRoster ZIP.

    Raises UnreadableError, with the reason.
    """
    if name.lower().endswith(".zip"):
        return oneroster.read_bundle(file, source.institution.day_of())
    return sheets.read_people(file)


@transaction.atomic
def begin(source: Source, *, by: User, at: datetime, client_id: object = None) -> Run:
    """Let the worker read a service; one that is being read already is enough."""
    locked = Source.objects.select_for_update().get(pk=source.pk)
    again = Q(state=State.READING) | (Q(client_id=client_id) if client_id else Q())
    busy = locked.runs.filter(again).first()
    if busy:
        return busy
    run = Run(source=locked, begun_by=by, begun_at=at)
    if client_id:
        run.client_id = client_id  # type: ignore[assignment]
    run.save()
    return run


def begin_nightly(*, at: datetime) -> int:
    """Let every source that is due be read, once a night; return how many that were."""
    begun = 0
    rows = Source.objects.filter(schedule=Source.Schedule.NIGHTLY).select_related("institution")
    for source in rows:
        local = at.astimezone(source.institution.zone)
        if not source.is_service or local.hour not in NIGHT:
            continue
        with once_a_day(f"roster:{source.pk}", local.date()) as is_first:
            if is_first:
                Run.objects.create(
                    source=source, begun_by=source.run_by, begun_at=at, is_scheduled=True
                )
                begun += 1
    return begun


def read_waiting(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Read what waits for the worker; return how many looks that were."""
    done = 0
    while not is_stopping() and (run := _claimed(at)):
        read(run, at=at)
        done += 1
    return done


@transaction.atomic
def _claimed(at: datetime) -> Run | None:
    free = Q(claimed_at=None) | Q(claimed_at__lt=at - LEASE)
    rows = Run.objects.select_for_update(skip_locked=True, of=("self",))
    run = rows.filter(free, state=State.READING).select_related("source__institution").first()
    if run:
        run.claimed_at = at
        run.save(update_fields=["claimed_at"])
    return run


def read(run: Run, *, at: datetime) -> None:
    """Read a source and keep what it would change; one that is read at night does it, too.

    Whatever is wrong is kept in words. Nobody else waits: what is asked elsewhere is asked outside
    of any transaction.
    """
    language = run.begun_by.language if run.begun_by else "nl"
    with override(language):
        try:
            _check_who(run)
            roster = roster_of(run.source)
            looked = actions.look(run.source, roster, by=run.begun_by, at=at, run=run)
        except (UnreadableError, ValidationError) as problem:
            messages = problem.messages if isinstance(problem, ValidationError) else [str(problem)]
            _fail(run, " ".join(messages), at)
            return
    if looked.is_scheduled:
        _go_on(looked, at)


def roster_of(source: Source) -> Roster:
    """Return what a service says now. Raises UnreadableError, with the reason."""
    service = Service(access_of(source))
    if source.kind == Source.Kind.ONEROSTER:
        return oneroster.read_service(service, source.only, source.institution.day_of())
    version = 5 if source.kind == Source.Kind.OOAPI else 6
    return openeducation.read_service(service, version, consumer=source.consumer, only=source.only)


def test(source: Source) -> None:
    """Ask a service for one page. Raises UnreadableError, with what is wrong in words."""
    service = Service(access_of(source))
    if source.kind == Source.Kind.ONEROSTER:
        service.get("classes", {"limit": "1"})
        return
    service.get("persons", {"pageSize": "10", "pageNumber": "1"})


def access_of(source: Source) -> Access:
    """Return where a service is, and what lets us in."""
    address = source.address
    headers: tuple[tuple[str, str], ...] = ()
    if source.kind == Source.Kind.ONEROSTER and "/v1p" not in address:
        address = f"{address.rstrip('/')}/ims/oneroster/rostering/v1p2"
    if source.kind == Source.Kind.OEAPI:
        headers = (("Accept", openeducation.ACCEPT_6),)
    return Access(
        address=address,
        token_address=source.token_address,
        client=source.client,
        secret=source.secret,
        scope=source.scope,
        headers=headers,
    )


def _check_who(run: Run) -> None:
    by, institution = run.begun_by, run.source.institution
    if by is None or not by.is_active or institution not in institutions_administered(by):
        raise UnreadableError(
            _(
                "Whoever set this up is no functional administrator here any more. Open the "
                "settings of the source and save them, then it is read in your name."
            )
        )


def _fail(run: Run, problem: str, at: datetime) -> None:
    with transaction.atomic():
        run.state, run.problem, run.claimed_at = State.FAILED, problem[:10_000], None
        run.save(update_fields=["state", "problem", "claimed_at"])
        if run.is_scheduled:
            tell(run, gettext_noop("“%(name)s” could not be read"), at=at)


@transaction.atomic
def _go_on(run: Run, at: datetime) -> None:
    """Do what a look at night found, unless much would end; tell who runs the institution."""
    to_do = run.changes.exclude(does=Does.REFUSE)
    if not to_do.exists():
        run.delete()  # the page says when it was read last
        return
    if run.asks:
        tell(run, gettext_noop("“%(name)s” would end much, and waits for you"), at=at)
        return
    assert run.begun_by
    actions.apply(run, by=run.begun_by, at=at)
    tell(run, gettext_noop("“%(name)s” changed something"), at=at)


def tell(run: Run, title: str, *, at: datetime) -> None:
    """Tell everybody who runs the institution, each in their own language."""
    source = run.source
    for person in functional_administrators_of(source.institution).filter(is_active=True):
        with override(person.language):
            said = _(title) % {"name": source.name}
        fact = Fact(
            actor=None,
            actor_name="Stage-App",
            title=said[:200],
            path=reverse("manage_roster:run", args=[run.pk]),
            subject=f"roster:{run.pk}",
            cause=f"roster:{run.pk}:{title[:40]}",
        )
        notify(person, Kind.CONNECTION_REPORT, fact, place=source.institution, at=at)

"""Looking at a source, doing what it asks for, and undoing that.

Who reads a source makes a `rules.Roster` of it and calls `look`, which keeps the differences and
changes nothing. `apply` does them, `undo` takes back what it did. Up to `AT_ONCE` differences are
done at once, more by the worker, some in each transaction. All that is done locks the source, so
that one thing happens to it at a time, and looks again at what there is before it changes it.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind as Done
from stageapp.integrations.roster import queries, rules
from stageapp.integrations.roster.actions_changes import DO, UNDO, Doing, Verb, settle
from stageapp.integrations.roster.models import Change, Line, Run, Source, Upload
from stageapp.placements.actions_linking import tell_teachers_of_ended, tell_teachers_of_new
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.models import Cohort, Institution

#: More differences than this wait for the worker, which does so many in one transaction.
AT_ONCE = 50
AT_A_TIME = 25
MOST_SOURCES = 20
#: A look that nobody applied goes after a week, as do names of people who have no account.
LOOK_KEPT = timedelta(days=7)
#: What was changed is kept as long as news.
RUNS_KEPT = timedelta(days=365)

State = Run.State


def source_of_course(institution: Institution, key: str, name: str, *, by: User) -> Source:
    """Return the source that stands for a course elsewhere, made when it is first asked for.

    `key` is unique in the institution, such as "lti:3:course-17".
    """
    source, is_new = Source.objects.get_or_create(
        institution=institution,
        kind=Source.Kind.COURSE,
        key=key,
        defaults={"name": rules.one_line(name)[: rules.MOST_NAME], "run_by": by},
    )
    if is_new:
        record_source(source, "added", by=by, at=source.created_at)
    return source


def record_source(source: Source, what: str, *, by: User, at: datetime, **details: int) -> None:
    """Keep in the record what was done with a source."""
    record(
        Done.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=source.institution_id,
        subject=f"source:{source.pk}",
        what=what,
        **details,
    )


@transaction.atomic
def add_source(source: Source, *, by: User, at: datetime) -> Source:
    """Keep a new source, or return what the same form made before. Raises ValidationError."""
    institution = Institution.objects.select_for_update().get(pk=source.institution_id)
    sources = Source.objects.filter(institution=institution)
    sent_before = sources.filter(client_id=source.client_id).first()
    if sent_before:
        return sent_before
    if sources.exclude(kind=Source.Kind.COURSE).count() >= MOST_SOURCES:
        text = _("An institution has at most %(most)d sources. Remove one first.")
        raise ValidationError(text % {"most": MOST_SOURCES})
    source.run_by, source.created_at = by, at
    source.save()
    record_source(source, "added", by=by, at=at)
    return source


@transaction.atomic
def change_source(source: Source, *, by: User, at: datetime) -> None:
    """Keep changed settings; from now on the source is read in this name."""
    source.run_by = by
    source.save()
    record_source(source, "changed", by=by, at=at)


@transaction.atomic
def remove_source(source: Source, *, by: User, at: datetime) -> None:
    """Forget a source with all that it remembers; whom it brought, and their links, stay."""
    locked = Source.objects.select_for_update().filter(pk=source.pk).first()
    if locked:
        record_source(locked, "removed", by=by, at=at)
        locked.delete()


@transaction.atomic
def map_line(
    source: Source, key: str, *, title: str, cohort: Cohort | None, by: User, at: datetime
) -> Line:
    """Let the groups of a line be of a cohort of the same institution, or of none: left out.

    Raises ValidationError for a cohort of another institution.
    """
    if cohort and cohort.programme.institution_id != source.institution_id:
        raise ValidationError(_("This cohort is not of your institution."))
    wanted = {"cohort": cohort, "is_left_out": cohort is None}
    line, _is_new = Line.objects.update_or_create(
        source=source,
        key=rules.short(key),
        defaults=wanted,
        create_defaults=wanted | {"title": rules.one_line(title)[: rules.MOST_NAME], "seen_at": at},
    )
    record_source(source, "mapped", by=by, at=at, cohort=cohort.pk if cohort else 0)
    return line


@transaction.atomic
def look(
    source: Source,
    roster: rules.Roster,
    *,
    by: User | None,
    at: datetime,
    run: Run | None = None,
    name: str = "",
    client_id: uuid.UUID | None = None,
) -> Run:
    """Keep what a source would change now; it changes nothing but the list of its lines.

    Arguments: `run` is a look that was begun before, `client_id` that of the form, which makes one
    look however often it is sent. Raises ValidationError while an earlier one is being applied.
    """
    locked = _locked(source)
    sent_before = client_id and locked.runs.filter(client_id=client_id).first()
    if sent_before:
        return sent_before
    if locked.runs.filter(state__in=BUSY).exists():
        raise ValidationError(_("The last look is still being applied. Wait until that is done."))
    roster = rules.tidy(roster)
    _keep_lines(locked, roster, at)
    Source.objects.filter(pk=locked.pk).update(read_at=at)
    there = queries.there_for(locked, roster)
    differences = rules.compare(
        roster, queries.cohorts_of(locked), there, takes_away=locked.takes_away
    )
    loss = rules.loss_of(differences, there)
    locked.runs.filter(state=State.LOOKED).delete()
    kept = run or Run(source=locked, begun_by=by, begun_at=at, name=name[: rules.MOST_NAME])
    if client_id:
        kept.client_id = client_id
    kept.state, kept.claimed_at, kept.problem = State.LOOKED, None, ""
    kept.remarks = list(roster.remarks)
    kept.asks = loss.exceeds(locked.most_percent)
    kept.links_lost, kept.links_of = loss.links, loss.of_links
    kept.people_lost, kept.people_of = loss.people, loss.of_people
    kept.save()
    Change.objects.bulk_create(
        [_change(kept, place, one) for place, one in enumerate(differences)], batch_size=500
    )
    return kept


#: While these last nothing else happens to a source.
BUSY = (State.APPLYING, State.UNDOING)


def _keep_lines(source: Source, roster: rules.Roster, at: datetime) -> None:
    titles = {group.line: group.line_title or group.line for group in roster.groups}
    known = {line.key: line for line in source.lines.all()}
    for key, line in known.items():
        if key in titles:
            line.title, line.seen_at = titles[key], at
    Line.objects.bulk_update(known.values(), ["title", "seen_at"], batch_size=500)
    Line.objects.bulk_create(
        [
            Line(source=source, key=key, title=title, seen_at=at)
            for key, title in titles.items()
            if key not in known
        ]
    )


def _change(run: Run, place: int, one: rules.Difference) -> Change:
    facts = asdict(one)
    return Change(
        run=run,
        position=place,
        person_id=facts.pop("account"),
        programme_id=facts.pop("programme"),
        cohort_id=facts.pop("cohort"),
        teacher_id=facts.pop("teacher"),
        wish_id=facts.pop("held"),
        **facts | {"name": one.name[: rules.MOST_NAME], "email": one.email[: rules.MOST_EMAIL]},
    )


@transaction.atomic
def apply(run: Run, *, by: User, at: datetime, even_if_much_ends: bool = False) -> Run:
    """Do what a look found, at once or, where it is much, by the worker.

    A second time changes nothing. Raises ValidationError when more would end than may without
    asking, and nobody said so.
    """
    source = _locked(run.source)
    kept = source.runs.select_for_update().get(pk=run.pk)
    if kept.state != State.LOOKED:
        return kept
    if kept.asks and not even_if_much_ends:
        raise ValidationError(_("More would end than you allow without asking. Look at it first."))
    kept.state, kept.begun_by, kept.applied_at = State.APPLYING, by, at
    kept.save(update_fields=["state", "begun_by", "applied_at"])
    if source.kind == Source.Kind.COURSE:  # whoever did so last, for what still waits
        Source.objects.filter(pk=source.pk).update(run_by=by)
    record_source(source, "applied", by=by, at=at, number=kept.changes.count())
    if not queries.undecided_of(source).exists():  # else the rest of it is compared later
        Upload.objects.filter(source=source).delete()
    if kept.changes.count() <= AT_ONCE:
        _go_on(kept, source, at, AT_ONCE)
    return kept


@transaction.atomic
def undo(run: Run, *, by: User, at: datetime) -> Run:
    """Take back what applying a look did, and read the source at night no more.

    What somebody changed since stays as it is; its changes say so. A second time changes nothing.
    Raises ValidationError while something else happens to the source.
    """
    source = _locked(run.source)
    kept = source.runs.select_for_update().get(pk=run.pk)
    if kept.state != State.DONE:
        return kept
    if source.runs.filter(state__in=BUSY).exists():
        raise ValidationError(_("The last look is still being applied. Wait until that is done."))
    kept.state, kept.undone_by, kept.undone_at = State.UNDOING, by, at
    kept.save(update_fields=["state", "undone_by", "undone_at"])
    source.runs.filter(state=State.LOOKED).delete()
    Source.objects.filter(pk=source.pk).update(schedule=Source.Schedule.NEVER)
    record_source(source, "undone", by=by, at=at)
    if kept.changes.filter(outcome=Change.Outcome.DONE).count() <= AT_ONCE:
        _go_on(kept, source, at, AT_ONCE)
    return kept


def go_on_with_runs(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Do some more of what waits for the worker; return how many differences were done."""
    done = 0
    rows = Run.objects.filter(state__in=BUSY).order_by("pk").values_list("pk", "source")
    for key, source in rows:
        while not is_stopping() and (number := _go_on_by_key(key, source, at)):
            done += number
    return done


@transaction.atomic
def _go_on_by_key(key: int, source: int, at: datetime) -> int:
    free = Source.objects.select_for_update(skip_locked=True, of=("self",))
    locked = free.select_related("institution").filter(pk=source).first()
    run = locked and locked.runs.select_for_update().filter(pk=key, state__in=BUSY).first()
    if not locked or not run:
        return 0
    return _go_on(run, locked, at, AT_A_TIME)


def _go_on(run: Run, source: Source, at: datetime, most: int) -> int:
    """Do or undo the next differences; return how many those were."""
    is_undoing = run.state == State.UNDOING
    by = run.undone_by if is_undoing else run.begun_by
    if by is None:  # whoever wanted it has no account any more: it stays as it is now
        run.state = State.DONE
        run.save(update_fields=["state"])
        return 0
    doing = Doing(source, by, at)
    wanted = Change.Outcome.DONE if is_undoing else Change.Outcome.WAITING
    order = "-position" if is_undoing else "position"
    keys = list(
        run.changes.filter(outcome=wanted).order_by(order).values_list("pk", flat=True)[: most + 1]
    )
    for key in keys[:most]:
        _do(key, UNDO if is_undoing else DO, doing)
    if len(keys) <= most:
        _finish(run, doing)
    return len(keys[:most])


def _do(key: int, verbs: Mapping[rules.Does, Verb], doing: Doing) -> None:
    """Do one difference, as it is by now: one before it may have removed an account."""
    rows = Change.objects.select_related(
        "run", "person", "teacher", "programme__institution", "cohort"
    )
    change = rows.filter(pk=key).first()
    if change:
        change.outcome = verbs[rules.Does(change.does)](change, doing)
        change.save()


def _finish(run: Run, doing: Doing) -> None:
    is_undone = run.state == State.UNDOING
    run.state = State.UNDONE if is_undone else State.DONE
    run.save(update_fields=["state"])
    outcome = Change.Outcome.UNDONE if is_undone else Change.Outcome.DONE
    rows = run.changes.filter(outcome=outcome)
    begun, ended = _links(rows, rules.Does.LINK, rules.Does.WAIT), _links(rows, rules.Does.END)
    if is_undone:
        begun, ended = ended, begun
    tell_teachers_of_new(begun, by=doing.by, at=doing.at)
    tell_teachers_of_ended(ended, by=doing.by, at=doing.at)


def _links(rows: Any, *does: rules.Does) -> Sequence[PlacementTeacher]:
    wishes = rows.filter(does__in=does, wish__link__isnull=False).values("wish__link")
    return list(
        PlacementTeacher.objects.filter(pk__in=wishes).select_related(
            "teacher", "placement__student", "placement__cohort__programme__institution"
        )
    )


def link_waiting(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Link those who began a placement to the teacher whom a source wants; return how many."""
    done = 0
    today = (at - timedelta(days=1)).date()  # it is not the same day everywhere
    for key, source in queries.wishes_to_settle(today).values_list("pk", "source")[:AT_ONCE]:
        if is_stopping():
            break
        done += _link_one(key, source, at)
    return done


@transaction.atomic
def _link_one(key: int, source: int, at: datetime) -> int:
    free = Source.objects.select_for_update(skip_locked=True, of=("self",))
    locked = free.select_related("institution", "run_by").filter(pk=source).first()
    if locked is None or locked.run_by is None:
        return 0
    # Looked at again under the lock: a role or who runs the institution can have changed.
    today = locked.institution.day_of(at)
    rows = queries.wishes_to_settle(today).select_related(
        "student", "teacher", "source__institution"
    )
    made = rows.filter(pk=key).first()
    if made is None or not settle(made, Doing(locked, locked.run_by, at)) or made.link is None:
        return 0
    tell_teachers_of_new([made.link], by=locked.run_by, at=at)
    return 1


def forget_old(*, at: datetime) -> None:
    """Remove looks that nobody applied, names of people without an account, and old reports."""
    Run.objects.filter(state=State.LOOKED, begun_at__lt=at - LOOK_KEPT).delete()
    Run.objects.filter(begun_at__lt=at - RUNS_KEPT).delete()
    nameless = {"name": "", "email": "", "number": "", "key": "", "teacher_name": ""}
    old = Change.objects.filter(run__begun_at__lt=at - LOOK_KEPT, person=None).exclude(**nameless)
    old.filter(run__state__in=OVER).update(**nameless | {"teacher_key": ""})


#: Nothing happens to these any more.
OVER = (State.DONE, State.FAILED, State.UNDONE)


def _locked(source: Source) -> Source:
    rows = Source.objects.select_for_update(of=("self",)).select_related("institution")
    return rows.get(pk=source.pk)

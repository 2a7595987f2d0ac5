"""A life in the app with a mark in everything that was written, and a search for that mark.

The mark goes into every column that holds words, of every table of the register, without naming
them: a column that somebody adds later is marked and searched like the others.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.api.actions import make_token, once
from stageapp.api.actions_webhooks import make_webhook, send_test
from stageapp.api.models import Webhook
from stageapp.exports.actions import ask_export, mail_export
from stageapp.exports.actions_imports import keep_sheet
from stageapp.exports.models import ArchiveImport, Export, ExportMail
from stageapp.guidance.actions import invite_guest, mark_read, share_question
from stageapp.guidance.models import (
    AppointmentMail,
    ItemOpening,
    ProposedMoment,
    QuestionReader,
    SharedItem,
    TalkProposal,
)
from stageapp.integrations.portfolio.actions import ask_portfolio, make_badge
from stageapp.integrations.portfolio.models import Badge, Portfolio
from stageapp.integrations.records.actions import let_go
from stageapp.integrations.records.models import RecordStore
from stageapp.integrations.records.queries import learned_from
from stageapp.logbook.actions import save_item
from stageapp.logbook.actions_lists import keep_template
from stageapp.logbook.models import ActivityFeedback, ReflectionAnswer
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.placements.models import (
    FixedMoment,
    GoalAgreement,
    GoalChange,
    Placement,
    PlacementTeacher,
    WorkingAgreement,
)
from stageapp.privacy.register import REGISTER, Table
from stageapp.programmes.models import ProgrammeMembership, Role
from stageapp.tips.models import TipReaction, TipShowing
from tests import factories

MARK = "KENMERK"
#: Columns in words that the app writes itself, and reads again.
BY_THE_APP = {"cause", "subject", "path", "host", "content_type", "key", "slug", "time_zone"}
BY_THE_APP |= {
    "token_hash",
    "session_key",
    "number",
    "password",
    "weekdays",
    "mail_error",
    "format",
}
BY_THE_APP |= {"format", "language", "country", "selection", "columns", "date_order", "left_out"}
#: Keys and settings, never words: see the record of who did what.
BY_THE_APP |= {"details", "digest"}
#: What lets programs in, and how what they hear is called.
BY_THE_APP |= {"secret", "secret_before", "shown", "scopes", "what", "outcome", "error"}


@dataclass
class Life:
    """What somebody did: the placement that is over, who guided it, and the names of its files."""

    placement: Placement
    teacher: User
    files: set[str]


def live(ended_on: date) -> Life:
    """Return a placement in which everything happened that can happen, over on a day."""
    before = set(files_in_store())
    cohort = factories.cohort("category", "people")
    student, teacher, colleague = (
        factories.person(name) for name in ("Sanne Bakker", "Mira de Vries", "Joost Kok")
    )
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=student, role=Role.STUDENT
    )
    placement = factories.placement(
        student,
        teacher=teacher,
        cohort=cohort,
        starts_on=ended_on - timedelta(weeks=20),
        ends_on=ended_on,
        supervisor_name="Piet",
        supervisor_email="piet@werkplek.example",
        assignment="Bouwen",
    )
    _log(placement)
    _ask(placement, teacher, colleague)
    _arrange(placement, teacher)
    _take_out(placement)
    _let_programs_in(student)
    life = Life(placement, teacher, set(files_in_store()) - before)
    for table in tables():
        _mark(table, student)
    Notification.objects.filter(actor=student).update(title=MARK)
    placement.refresh_from_db()
    return life


def _let_programs_in(person: User) -> None:
    now = NOW()
    options: dict[str, Any] = {"client_id": uuid.uuid4(), "at": now}
    make_token(person, "Telefoon", ["logbook:read"], expires_at=now + timedelta(days=1), **options)
    webhook = Webhook(person=person, name="Telefoon", url="https://hier.example/hoor")
    make_webhook(webhook, at=now)
    send_test(webhook, at=now)
    once(person, options["client_id"], "goal", lambda: 1, at=now)


def _log(placement: Placement) -> None:
    day = placement.starts_on + timedelta(days=3)
    own = factories.entry(placement.cohort, "category", "Eigen soort", owner=placement.student)
    person = factories.entry(placement.cohort, "person", "Tante Truus", owner=placement.student)
    goal = factories.goal(placement)
    GoalChange.objects.create(goal=goal, title="Eerst", description="Was", changed_at=NOW())
    activity = factories.activity(
        placement,
        date=day,
        minutes=90,
        category=own,
        goal=goal,
        chain=factories.chain(placement),
        learned="Veel",
    )
    activity.people.add(person)
    ActivityFeedback.objects.create(activity=activity, next_step="Vragen", is_satisfied=True)
    evidence = factories.evidence(placement, activity=activity)
    reflection = factories.reflection(placement, date=day)
    for field in reflection.model.fields.all():
        ReflectionAnswer.objects.create(reflection=reflection, field=field, text="Ik deed")
    factories.activity(placement, date=day, minutes=30, deleted_at=NOW())
    for item in (activity, evidence, reflection):
        save_item(item, by=placement.student, at=NOW())
    keep_template(activity, "Elke dag", at=NOW())
    tip = factories.tip(placement.cohort)
    version = tip.versions.get()
    TipShowing.objects.create(
        placement=placement, tip=tip, version=version, first_on=day, last_on=day, values={"a": 1}
    )
    TipReaction.objects.create(placement=placement, tip=tip, is_helpful=True, reacted_at=NOW())


def NOW() -> Any:  # noqa: N802 -- reads as the moment of it all
    """Return the moment at which it happened: now is as good as any."""
    return timezone.now()


def _ask(placement: Placement, teacher: User, colleague: User) -> None:
    along = PlacementTeacher.objects.create(
        placement=placement, teacher=colleague, part=PlacementTeacher.Part.ALONG
    )
    question = factories.question(placement, teacher=teacher)
    for position, (kind, row) in enumerate(
        (
            ("activity", placement.activities.get(deleted_at=None)),
            ("evidence", placement.evidence.get()),
            ("reflection", placement.reflections.get()),
        ),
        start=1,
    ):
        SharedItem.objects.create(question=question, position=position, kind=kind, **{kind: row})
    share_question(question, at=NOW())
    QuestionReader.objects.create(question=question, person=colleague, link=along)
    mark_read([question], by=teacher, at=NOW())
    ItemOpening.objects.get_or_create(item=question.items.get(position=1), person=teacher)
    answer = factories.message(question, teacher)
    factories.attachment(answer)
    factories.message(question, placement.student, "Dank je")
    talk = factories.talk(question)
    AppointmentMail.objects.create(
        appointment=talk, person=teacher, method="REQUEST", sequence=0, caused_at=NOW()
    )
    proposal = TalkProposal.objects.create(
        question=question, proposed_by=teacher, is_from_student=False
    )
    ProposedMoment.objects.create(proposal=proposal, position=1, starts_at=NOW())
    report = factories.report(question, appointment=talk)
    factories.point(placement, question=question, report=report, owner=teacher)
    guest = factories.guest_question(placement)
    invite_guest_of(guest)
    factories.question(placement, "Nog een kladje", teacher=teacher)
    # As the teacher hears of silence: with the name of the student.
    fact = Fact(
        actor=placement.student,
        title=placement.student.name,
        path="/students/",
        subject=f"placement:{placement.pk}",
        cause=f"silence:{placement.pk}",
    )
    notify(
        teacher, Kind.NOTHING_SHARED, fact, place=placement.cohort.programme.institution, at=NOW()
    )


def invite_guest_of(question: Any) -> None:
    """Send somebody without an account a link."""
    share_question(question, at=NOW())
    question.refresh_from_db()
    if question.invitation is None:
        invite_guest(question, at=NOW())


def _arrange(placement: Placement, teacher: User) -> None:
    factories.absence(placement, reason="Griep")
    factories.deadline(placement)
    factories.appointment(placement, note="Neem taart mee")
    WorkingAgreement.objects.create(
        placement=placement, teacher=teacher, response_days=3, moments="Maandag"
    )
    goal = placement.goals.get()
    GoalAgreement.objects.create(goal=goal, teacher=teacher, title="Samen", agreed_at=NOW())
    moment = FixedMoment.objects.create(teacher=teacher, weekday=1, starts="10:00", ends="11:00")
    moment.placements.add(placement)


def _take_out(placement: Placement) -> None:
    export = ask_export(
        Export(placement=placement, kind="activities", format="docx", language="nl"), at=NOW()
    )
    mail_export(
        ExportMail(export=export, to="oma@thuis.example", note="Kijk oma"),
        by=placement.student,
        at=NOW(),
    )
    keep_sheet(placement, BytesIO(b"datum;wat\n1-9-2026;Overleg\n"), "uren.csv", at=NOW())
    store = RecordStore.objects.create(
        institution=placement.cohort.programme.institution,
        name="Leerrecords",
        about_nl="Jij",
        about_en="You",
        endpoint="https://lrs.example/",
        key="school",
        secret="geheim",
    )
    learned = learned_from(placement.activities.filter(deleted_at=None), [], with_words=True)
    let_go(placement, store, learned, language="nl", at=NOW())
    chosen = {"activities": list(placement.activities.values_list("pk", flat=True))}
    portfolio = Portfolio(placement=placement, title="Ik", chosen=chosen, language="nl")
    ask_portfolio(portfolio, at=NOW())
    make_badge(
        Badge(placement=placement, title="Goed", narrative="Zo", language="nl"),
        competence=None,
        evidence=[],
        with_mail=True,
        at=NOW(),
    )
    archive = ArchiveImport(placement=placement, name="oud.zip")
    archive.file.name = default_storage.save(f"imports/{placement.pk}/zip", ContentFile(b"PK"))
    archive.save()


def tables() -> list[Table]:
    """Return every table of the register whose rows lead to a person."""
    return [table for kept in REGISTER for table in kept.tables if table.person]


def rows_about(table: Table, person: User) -> models.QuerySet[Any]:
    """Return the rows of a table about somebody."""
    return table.model._default_manager.filter(**{table.person: person.pk})


def _mark(table: Table, student: User) -> None:
    for row in rows_about(table, student):
        marked = {
            field.attname: _marked(field, row, student)
            for field in table.model._meta.concrete_fields
            if _holds_words(field)
        }
        if marked:
            table.model._default_manager.filter(pk=row.pk).update(**marked)


def _holds_words(field: models.Field[Any, Any]) -> bool:
    if field.name in BY_THE_APP or field.choices or isinstance(field, models.FileField):
        return False
    kinds = (models.CharField, models.TextField, models.JSONField)
    return isinstance(field, kinds) and not field.primary_key


def _marked(field: models.Field[Any, Any], row: models.Model, student: User) -> Any:
    if isinstance(field, models.JSONField):
        return {"text": MARK}
    if isinstance(field, models.EmailField):
        # The same everywhere: what an account signs in with has to be what was confirmed.
        return f"{MARK}{student.pk}@example.org".lower()
    if isinstance(field, models.URLField):
        return f"https://{MARK}.example"
    return f"{MARK} {row.pk}"[: field.max_length or 100]


def traces() -> dict[str, int]:
    """Return in which tables of the database the mark still stands, and in how many rows."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            rows = [row for row in cursor.fetchall() if MARK.lower() in str(row).lower()]
            if rows:
                found[name] = len(rows)
    return found


def files_in_store(folder: str = "") -> Iterator[str]:
    """Return the names of all files in the store."""
    if folder and not default_storage.exists(folder):
        return
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{folder}{name}"
    for inner in folders:
        yield from files_in_store(f"{folder}{inner}/")

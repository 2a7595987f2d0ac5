"""Taking, bringing back and removing, by whose data it is."""

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.guidance.actions import share_question
from stageapp.guidance.models import AppointmentMail, GuidanceQuestion, Message
from stageapp.logbook.actions import delete_activity, restore_activity
from stageapp.logbook.actions_evidence import delete_evidence
from stageapp.logbook.actions_lists import keep_template
from stageapp.logbook.models import Activity, Evidence
from stageapp.notifications.actions import send_due
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.privacy.actions import (
    ask_account_removal,
    ask_copy,
    ask_placement_removal,
    delete_copy,
    make_due_copies,
    purge_what_was_deleted,
    remove_old_copies,
    remove_what_was_asked,
)
from stageapp.privacy.files import remove_discarded
from stageapp.privacy.models import DataCopy, DiscardedFile, Removal
from stageapp.programmes.models import InstitutionAdministrator
from tests import factories
from tests.privacy.traces import live, rows_about, tables

pytestmark = pytest.mark.django_db

NOW = timezone.now


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(factories.person("Sanne Bakker"), teacher=teacher)


def is_in_store(file: FieldFile) -> bool:
    """Return whether a file is there still."""
    assert file.name
    return default_storage.exists(file.name)


# Taking ------------------------------------------------------------------------------------------
def opened(copy: DataCopy) -> zipfile.ZipFile:
    copy.refresh_from_db()
    with copy.file.open("rb") as file:
        return zipfile.ZipFile(BytesIO(file.read()))


def copy_of(person: User) -> zipfile.ZipFile:
    copy = ask_copy(person, at=NOW())
    assert make_due_copies(at=NOW()) == 1
    return opened(copy)


def test_a_copy_holds_the_account_and_every_placement_with_its_files(placement: Placement) -> None:
    factories.activity(placement, "Overleg voorbereid")
    evidence = factories.evidence(placement, "foto.jpg")
    other = factories.placement(placement.student, workplace="Vroeger BV", is_current=False)

    archive = copy_of(placement.student)

    names = set(archive.namelist())
    assert {"my-data.json", "README.txt"} <= names
    assert f"placement-{placement.pk}/stage-app.json" in names
    assert f"placement-{other.pk}/stage-app.json" in names
    assert f"placement-{placement.pk}/evidence/{evidence.pk}-foto.jpg" in names
    content = json.loads(archive.read(f"placement-{placement.pk}/stage-app.json"))
    assert content["activities"][0]["description"] == "Overleg voorbereid"
    rows = json.loads(archive.read("my-data.json"))["tables"]
    assert rows["accounts.user"][0]["email"] == placement.student.email
    assert "Vroeger BV" in archive.read("README.txt").decode()


def test_a_copy_holds_the_rows_of_every_table_about_somebody() -> None:
    student = live(timezone.localdate()).placement.student

    rows = json.loads(copy_of(student).read("my-data.json"))["tables"]

    missing = {
        table.model._meta.label_lower
        for table in tables()
        if table.in_copy
        and len(rows[table.model._meta.label_lower]) != rows_about(table, student).count()
    }
    # What the making of the copy itself changes.
    assert missing <= {"notifications.notification", "privacy.datacopy"}
    assert rows["placements.workingagreement"][0]["response_days"] == 3


def test_a_copy_holds_no_secret(placement: Placement) -> None:
    factories.session(placement.student)

    archive = copy_of(placement.student)

    text = archive.read("my-data.json").decode()
    assert placement.student.password not in text
    assert "session_key" not in text
    assert "Firefox" in text


def test_a_teacher_takes_what_they_wrote_as_far_as_they_can_read_it(
    placement: Placement, teacher: User
) -> None:
    texts = {"Open vraag": "Goed bezig", "Teruggenomen": "Dat raad ik af"}
    for title, text in texts.items():
        question = factories.question(placement, title, teacher=teacher, shared_at=NOW())
        factories.message(question, teacher, text)
    GuidanceQuestion.objects.filter(title="Teruggenomen").update(withdrawn_at=NOW())

    text = copy_of(teacher).read("my-data.json").decode()

    assert "Goed bezig" in text
    assert "Dat raad ik af" not in text
    assert "Teruggenomen" not in text


def test_asking_twice_makes_one(placement: Placement) -> None:
    first = ask_copy(placement.student, at=NOW())

    assert ask_copy(placement.student, at=NOW()) == first
    assert AuditEntry.objects.filter(kind=Kind.EXPORTED).count() == 1


def test_a_fourth_copy_waits_until_one_is_removed(placement: Placement) -> None:
    for days in (3, 2, 1):
        copy = ask_copy(placement.student, at=NOW() - timedelta(days=days))
        make_due_copies(at=NOW())

    with pytest.raises(ValidationError, match="een paar kopieën"):
        ask_copy(placement.student, at=NOW())

    delete_copy(copy, at=NOW())
    assert ask_copy(placement.student, at=NOW()).ready_at is None


def test_a_copy_goes_after_a_week_with_its_file(placement: Placement) -> None:
    copy = ask_copy(placement.student, at=NOW())
    make_due_copies(at=NOW())
    copy.refresh_from_db()

    remove_old_copies(at=NOW() + timedelta(days=7, minutes=1))
    remove_discarded()

    assert not DataCopy.objects.exists()
    assert not is_in_store(copy.file)


def test_who_asked_hears_when_it_is_ready(placement: Placement) -> None:
    copy_of(placement.student)

    assert Notification.objects.get(person=placement.student).kind == "data_ready"


def test_removing_copies_makes_no_room_for_more_of_them_on_a_day(placement: Placement) -> None:
    for _number in range(3):
        copy = ask_copy(placement.student, at=NOW())
        make_due_copies(at=NOW())
        delete_copy(copy, at=NOW())

    with pytest.raises(ValidationError, match="morgen"):
        ask_copy(placement.student, at=NOW())


# Bringing back -----------------------------------------------------------------------------------
def test_what_was_deleted_is_there_for_thirty_days(placement: Placement) -> None:
    activity = factories.activity(placement)
    evidence = factories.evidence(placement, activity=activity)
    names = [evidence.file.name, evidence.thumbnail.name]
    deleted_at = NOW()
    delete_activity(activity, at=deleted_at)

    assert purge_what_was_deleted(at=deleted_at + timedelta(days=30)) == 0
    assert purge_what_was_deleted(at=deleted_at + timedelta(days=30, seconds=1)) == 1
    remove_discarded()

    assert not Activity.objects.exists()
    assert not Evidence.objects.exists()
    assert not any(default_storage.exists(name) for name in names if name)


def test_a_file_stays_while_something_else_was_deleted(placement: Placement) -> None:
    kept, deleted = (factories.evidence(placement, name) for name in ("a.jpg", "b.jpg"))
    delete_evidence(deleted, at=NOW() - timedelta(days=40))

    purge_what_was_deleted(at=NOW())
    remove_discarded()

    assert is_in_store(kept.file)
    assert not is_in_store(deleted.file)


def test_what_was_shared_stays_with_the_question_as_it_was(
    placement: Placement, teacher: User
) -> None:
    activity = factories.activity(placement, "Overleg")
    question = factories.question(placement, teacher=teacher)
    question.items.create(position=1, kind="activity", activity=activity)
    share_question(question, at=NOW())
    delete_activity(activity, at=NOW() - timedelta(days=31))

    purge_what_was_deleted(at=NOW())

    item = question.items.get()
    assert item.activity is None
    assert "Overleg" in str(item.snapshot)


def test_a_file_that_is_gone_already_is_no_problem(placement: Placement) -> None:
    DiscardedFile.objects.create(name="evidence/1/nergens")

    assert remove_discarded() == 1
    assert remove_discarded() == 0


# Removing ----------------------------------------------------------------------------------------
def shared(placement: Placement, teacher: User) -> GuidanceQuestion:
    question = factories.question(placement, teacher=teacher)
    share_question(question, at=NOW())
    return question


def test_a_placement_closes_at_once_and_is_removed_by_the_worker(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)

    ask_placement_removal(placement, at=NOW())

    question.refresh_from_db()
    assert question.withdrawn_at is not None
    assert not PlacementTeacher.objects.filter(ended_at=None).exists()
    assert Placement.objects.exists()

    assert remove_what_was_asked(at=NOW()) == 1
    assert not Placement.objects.exists()
    assert not GuidanceQuestion.objects.exists()
    assert User.objects.filter(pk=placement.student.pk).exists()


def test_the_teacher_hears_that_a_talk_is_off_before_it_is_removed(
    placement: Placement, teacher: User
) -> None:
    factories.talk(shared(placement, teacher))
    ask_placement_removal(placement, at=NOW())
    assert AppointmentMail.objects.filter(person=teacher, method="CANCEL").exists()

    assert remove_what_was_asked(at=NOW()) == 0
    send_due(AppointmentMail, at=NOW())

    assert any(teacher.email in one.to for one in mail.outbox)
    assert remove_what_was_asked(at=NOW()) == 1


def test_a_mail_server_that_is_away_holds_it_up_for_a_day_at_most(
    placement: Placement, teacher: User
) -> None:
    factories.talk(shared(placement, teacher))
    ask_placement_removal(placement, at=NOW())

    assert remove_what_was_asked(at=NOW() + timedelta(days=1, minutes=1)) == 1


def test_asking_twice_removes_once(placement: Placement) -> None:
    ask_placement_removal(placement, at=NOW())
    ask_placement_removal(placement, at=NOW())

    assert Removal.objects.count() == 1
    assert AuditEntry.objects.filter(kind=Kind.DELETED).count() == 1


def test_an_account_is_closed_at_once(placement: Placement, teacher: User) -> None:
    question = shared(placement, teacher)
    factories.session(placement.student)

    ask_account_removal(placement.student, at=NOW())

    student = User.objects.get(pk=placement.student.pk)
    question.refresh_from_db()
    assert not student.is_active
    assert not UserSession.objects.filter(user=student).exists()
    assert question.withdrawn_at is not None


def test_who_is_gone_gets_a_last_mail(
    placement: Placement, django_capture_on_commit_callbacks: object
) -> None:
    email = placement.student.email
    ask_account_removal(placement.student, at=NOW())

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        remove_what_was_asked(at=NOW())

    assert mail.outbox[-1].to == [email]
    assert not User.objects.filter(email=email).exists()


def test_a_teacher_who_goes_takes_nothing_of_a_student_along(
    placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    factories.message(question, teacher, "Vraag het je begeleider")

    ask_account_removal(teacher, at=NOW())
    remove_what_was_asked(at=NOW())

    assert Placement.objects.filter(pk=placement.pk).exists()
    message = Message.objects.get()
    assert (message.author, message.text) == (None, "Vraag het je begeleider")
    assert GuidanceQuestion.objects.filter(pk=question.pk).exists()


def test_students_hear_that_their_teacher_goes(placement: Placement, teacher: User) -> None:
    ask_account_removal(teacher, at=NOW())

    assert Notification.objects.filter(person=placement.student, kind="teacher_changed").exists()


def test_the_last_administrator_of_an_institution_stays(placement: Placement) -> None:
    school = placement.cohort.programme.institution
    boss = factories.person("Baas")
    InstitutionAdministrator.objects.create(person=boss, institution=school)

    with pytest.raises(ValidationError, match="enige beheerder"):
        ask_account_removal(boss, at=NOW())

    InstitutionAdministrator.objects.create(person=factories.person(), institution=school)
    assert ask_account_removal(boss, at=NOW()).placement is None


def test_news_about_somebody_elses_work_stays(placement: Placement, teacher: User) -> None:
    """A student who teaches by now loses nothing of that with an old placement."""
    past = factories.placement(teacher, is_current=False)
    shared(placement, teacher)
    other = factories.placement(placement.student, is_current=False)
    before = Notification.objects.count()
    assert before

    for one in (past, other):
        ask_placement_removal(one, at=NOW())
    remove_what_was_asked(at=NOW())

    assert Notification.objects.count() == before


def test_a_placement_that_waits_to_be_removed_is_nobodys(placement: Placement) -> None:
    student = placement.student

    ask_placement_removal(placement, at=NOW())

    assert not student.placements.exists()
    kept = Placement.objects.get()
    assert (kept.student.is_nobody, kept.is_current) == (True, False)

    remove_what_was_asked(at=NOW())
    assert not User.objects.filter(is_nobody=True).exists()


def test_own_entries_go_with_the_placement_of_who_made_them(placement: Placement) -> None:
    own = factories.entry(placement.cohort, "category", "Tuinieren", owner=placement.student)
    factories.activity(placement, category=own)

    ask_placement_removal(placement, at=NOW())
    remove_what_was_asked(at=NOW())

    assert not type(own).objects.filter(pk=own.pk).exists()


def test_what_a_template_starts_from_stays_as_long_as_the_template(placement: Placement) -> None:
    activity = factories.activity(placement)
    keep_template(activity, "Elke dag", at=NOW())
    delete_activity(activity, at=NOW() - timedelta(days=40))

    assert purge_what_was_deleted(at=NOW()) == 0
    assert placement.templates.count() == 1


def test_bringing_back_what_is_gone_is_no_error(placement: Placement) -> None:
    activity = factories.activity(placement)
    delete_activity(activity, at=NOW() - timedelta(days=40))
    purge_what_was_deleted(at=NOW())

    restore_activity(activity)

    assert not Activity.objects.exists()

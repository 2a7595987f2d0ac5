"""How documents are made in the background, kept for a while, and sent."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from stageapp.exports import actions
from stageapp.exports.actions import ask_export, mail_export, make_due_exports, remove_old_exports
from stageapp.exports.models import Export, ExportMail
from stageapp.notifications import rules as notifications
from stageapp.notifications.actions import send_due
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def asked(placement: Placement, kind: str = "everything", file: str = "zip") -> Export:
    export = Export(placement=placement, kind=kind, format=file, language="nl")
    return ask_export(export, at=NOW)


@pytest.fixture
def ready(placement: Placement) -> Export:
    factories.activity(placement)
    return asked(placement, "activities", "txt")


def test_short_document_is_there_at_once(browser: Client, placement: Placement) -> None:
    factories.activity(placement)

    page = browser.post(
        "/export/", {"kind": "activities", "format": "docx"}, follow=True
    ).content.decode()

    assert "Je document is klaar" in page
    assert not Notification.objects.exists()


def test_long_document_is_made_by_the_worker_with_a_message(
    browser: Client, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 2)
    for number in range(3):
        factories.activity(placement, f"Activiteit {number}")
    response = browser.post("/export/", {"kind": "activities", "format": "docx"})
    address = response["Location"]
    waiting = browser.get(address).content.decode()
    polled = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Je document wordt gemaakt" in waiting
    assert 'hx-trigger="every 2s"' in polled
    assert browser.get(f"{address}file/").status_code == 404

    assert make_due_exports(at=NOW + timedelta(minutes=1)) == 1

    assert "Je document is klaar" in browser.get(address).content.decode()
    assert browser.get(f"{address}file/").status_code == 200
    news = Notification.objects.get()
    assert (news.kind, news.path, news.person) == (Kind.EXPORT_READY, address, placement.student)
    send_due(Notification, at=NOW + timedelta(minutes=2))
    assert mail.outbox[0].subject.startswith("Je document is klaar: activiteiten-")


def test_document_in_hand_belongs_to_one_worker(placement: Placement) -> None:
    export = asked(placement)
    Export.objects.filter(pk=export.pk).update(claimed_at=NOW)

    assert make_due_exports(at=NOW + timedelta(minutes=9)) == 0
    # The other worker died: its lease is over.
    assert make_due_exports(at=NOW + timedelta(minutes=11)) == 1


def test_one_that_fails_stops_no_other_and_is_given_up_in_the_end(
    browser: Client, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = asked(placement), asked(placement)
    write = actions._write

    def sometimes(export: Export, *args: Any) -> None:
        if export.pk == bad.pk:
            raise RuntimeError
        write(export, *args)

    monkeypatch.setattr(actions, "_write", sometimes)

    made = [make_due_exports(at=NOW + timedelta(hours=n)) for n in range(1, 5)]

    for export in (bad, good):
        export.refresh_from_db()
    assert made == [1, 0, 0, 0]
    assert (bad.attempts, bad.failed_at is not None, good.ready_at is not None) == (3, True, True)
    assert "kon niet worden gemaakt" in browser.get(f"/export/{bad.pk}/").content.decode()


def test_worker_that_was_silent_too_long_does_not_overwrite(
    placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = asked(placement)
    write = actions._write

    def slow(one: Export, *args: Any) -> None:
        # Meanwhile another worker took over.
        Export.objects.filter(pk=one.pk).update(claimed_at=NOW + timedelta(hours=5))
        write(one, *args)

    monkeypatch.setattr(actions, "_write", slow)

    assert make_due_exports(at=NOW + timedelta(minutes=1)) == 0
    export.refresh_from_db()
    assert (export.ready_at, bool(export.file)) == (None, False)


def test_stopping_leaves_the_rest_for_later(placement: Placement) -> None:
    asked(placement)

    assert make_due_exports(at=NOW + timedelta(minutes=1), is_stopping=lambda: True) == 0
    assert make_due_exports(at=NOW + timedelta(minutes=1)) == 1


def test_documents_are_thrown_away_after_a_week_with_their_files(
    ready: Export, django_capture_on_commit_callbacks: Any
) -> None:
    path = str(ready.file.name)
    assert default_storage.exists(path)

    assert remove_old_exports(at=NOW + timedelta(days=6, hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_old_exports(at=NOW + timedelta(days=7, minutes=1)) == 1

    assert not default_storage.exists(path)
    assert not Export.objects.exists()


def test_student_can_throw_a_document_away(
    browser: Client, ready: Export, django_capture_on_commit_callbacks: Any
) -> None:
    path = str(ready.file.name)

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/export/{ready.pk}/delete/")

    assert not default_storage.exists(path)
    assert browser.get(f"/export/{ready.pk}/").status_code == 404


def test_address_of_a_document_cannot_be_guessed(ready: Export) -> None:
    assert len(str(ready.file.name).rpartition("/")[2]) == 32
    assert Client().get(f"/{ready.file.name}").status_code == 404


# By mail -----------------------------------------------------------------------------------------


def test_document_goes_by_mail_with_a_note(browser: Client, ready: Export) -> None:
    form = {"to": "ruben@werkplek.example", "note": "Zoals beloofd & met dank"}

    page = browser.post(f"/export/{ready.pk}/mail/", form, follow=True).content.decode()
    assert send_due(ExportMail, at=timezone.now()) == 1

    assert "onderweg naar ruben@werkplek.example" in page
    sent = mail.outbox[0]
    assert sent.to == ["ruben@werkplek.example"]
    assert sent.reply_to == [ready.placement.student.email]
    assert sent.subject.endswith("van Sanne Bakker")
    assert "Zoals beloofd & met dank" in sent.body
    name, content, kind = sent.attachments[0]
    assert (name, kind) == (ready.name, "text/plain")
    assert "Overleg voorbereid" in str(content)


@pytest.mark.parametrize(
    "to", ["", "geen adres", "a@b.example, c@d.example", "x@y.example\nBcc: z"]
)
def test_address_that_is_none_is_refused(browser: Client, ready: Export, to: str) -> None:
    response = browser.post(f"/export/{ready.pk}/mail/", {"to": to, "note": "Mijn bericht"})

    assert response.status_code == 422
    assert "Mijn bericht" in response.content.decode()
    assert not ExportMail.objects.exists()


def test_mails_are_limited_by_hour_and_by_day(ready: Export) -> None:
    student = ready.placement.student

    def send(at: Any) -> bool:
        try:
            mail_export(ExportMail(export=ready, to="a@b.example"), by=student, at=at)
        except ValidationError:
            return False
        return True

    first = [send(NOW) for _ in range(6)]
    later = [send(NOW + timedelta(minutes=61 * hour)) for hour in range(1, 6) for _ in range(5)]

    assert first == [True] * 5 + [False]
    assert sum(later) == 15
    assert send(NOW + timedelta(days=1, hours=6))


def test_throwing_the_document_away_neither_stops_its_mail_nor_starts_the_count_anew(
    browser: Client, ready: Export
) -> None:
    student = ready.placement.student
    for _ in range(5):
        mail_export(ExportMail(export=ready, to="a@b.example"), by=student, at=timezone.now())

    page = browser.post(f"/export/{ready.pk}/delete/", follow=True).content.decode()
    assert "Een mail met dit document is onderweg" in page
    assert send_due(ExportMail, at=timezone.now()) == 5
    browser.post(f"/export/{ready.pk}/delete/")

    assert not Export.objects.exists()
    assert set(ExportMail.objects.values_list("to", "note")) == {("", "")}
    another = asked(ready.placement, "activities", "txt")
    with pytest.raises(ValidationError):
        mail_export(ExportMail(export=another, to="a@b.example"), by=student, at=timezone.now())
    remove_old_exports(at=timezone.now() + timedelta(days=1, minutes=1))
    assert not ExportMail.objects.exists()


def test_mail_that_was_given_up_holds_no_document(
    ready: Export, django_capture_on_commit_callbacks: Any
) -> None:
    path, student = str(ready.file.name), ready.placement.student
    mail_export(ExportMail(export=ready, to="a@b.example"), by=student, at=NOW)
    late = NOW + timedelta(days=8)
    assert remove_old_exports(at=late) == 0

    ExportMail.objects.update(attempts=notifications.MOST_ATTEMPTS)

    with django_capture_on_commit_callbacks(execute=True):
        assert remove_old_exports(at=late) == 1
    assert not default_storage.exists(path)


def test_at_most_three_documents_of_a_student_wait(browser: Client, placement: Placement) -> None:
    for _ in range(3):
        asked(placement)

    response = browser.post("/export/", {"kind": "everything", "format": "zip"})

    assert response.status_code == 422
    assert "Wacht tot er een klaar is" in response.content.decode()
    assert Export.objects.count() == 3


def test_week_sheet_is_about_days_of_the_placement(browser: Client) -> None:
    response = browser.post(
        "/export/",
        {
            "kind": "week_sheet",
            "format": "pdf",
            "content": "work",
            "first": "0001-01-01",
            "last": "9998-12-31",
        },
    )

    assert response.status_code == 422
    assert set(response.context["forms"]["week_sheet"].errors) == {"first", "last"}


def test_limit_is_said_on_the_page(browser: Client, ready: Export) -> None:
    for _ in range(5):
        browser.post(f"/export/{ready.pk}/mail/", {"to": "a@b.example"})

    response = browser.post(f"/export/{ready.pk}/mail/", {"to": "a@b.example", "note": "Bericht"})

    assert response.status_code == 422
    assert "in korte tijd veel mails" in response.content.decode()
    assert "Bericht" in response.content.decode()


def test_large_file_goes_by_no_mail(browser: Client, ready: Export) -> None:
    Export.objects.filter(pk=ready.pk).update(size=16 * 1024 * 1024)

    page = browser.get(f"/export/{ready.pk}/").content.decode()
    response = browser.post(f"/export/{ready.pk}/mail/", {"to": "a@b.example"})

    assert "te groot voor een mail" in page
    assert response.status_code == 422


def test_document_that_is_not_ready_cannot_be_mailed(browser: Client, placement: Placement) -> None:
    export = asked(placement)

    assert browser.post(f"/export/{export.pk}/mail/", {"to": "a@b.example"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_limit_holds_for_mails_at_the_same_moment(ready: Export) -> None:
    student = ready.placement.student
    results: list[bool] = []

    def send() -> None:
        try:
            mail_export(ExportMail(export=ready, to="a@b.example"), by=student, at=NOW)
            results.append(True)
        except ValidationError:
            results.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False] * 3 + [True] * 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_a_document_once(placement: Placement) -> None:
    for _ in range(3):
        asked(placement)
    made: list[int] = []

    def work() -> None:
        made.append(make_due_exports(at=NOW + timedelta(minutes=1)))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(made) == 3
    assert set(Export.objects.values_list("attempts", flat=True)) == {1}


@pytest.fixture(autouse=True)
def _empty_outbox() -> None:
    mail.outbox = []

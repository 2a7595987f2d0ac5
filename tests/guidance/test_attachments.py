"""Files with a message: by the rules of evidence, for who can read the message, and no one else."""

import io
import json
import threading
import uuid
import zipfile
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from stageapp.accounts.models import User
from stageapp.exports.archive import write_archive
from stageapp.guidance import actions
from stageapp.guidance.models import Attachment, GuidanceQuestion, Message
from stageapp.logbook.uploads import checked_file
from tests import factories
from tests.invitations.guest import come_in, page_of, share

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def question() -> GuidanceQuestion:
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    asked = factories.question(placement, teacher=teacher)
    actions.share_question(asked, at=NOW)
    return asked


def browser_of(person: User | None) -> Client:
    assert person
    client = Client()
    client.force_login(person)
    return client


def photo(name: str = "schets.jpg", **options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.picture(**options))


def form(
    question: GuidanceQuestion, *files: SimpleUploadedFile, text: str = "Zie de schets."
) -> Any:
    prefix = f"question-{question.pk}"
    return {
        f"{prefix}-text": text,
        f"{prefix}-client_id": str(uuid.uuid4()),
        f"{prefix}-attachments": list(files),
    }


def send(client: Client, question: GuidanceQuestion, data: Any) -> Any:
    return client.post(f"/guidance/{question.pk}/message/", data)


def test_picture_goes_along_and_loses_where_it_was_taken(question: GuidanceQuestion) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 5.0, 0.0)}
    desk, phone = browser_of(question.teacher), browser_of(question.placement.student)

    answer = send(desk, question, form(question, photo("Schets\u202e.JPG", exif=exif)))

    assert answer.status_code == 302
    kept = Attachment.objects.get()
    assert (kept.name, kept.content_type, kept.position) == ("Schets.jpg", "image/jpeg", 1)
    page = phone.get(f"/guidance/{question.pk}/").content.decode()
    assert f"/guidance/attachments/{kept.pk}/" in page
    assert "Schets.jpg" in page
    live = phone.get(f"/guidance/{question.pk}/messages/?after=0").content.decode()
    assert f"/guidance/attachments/{kept.pk}/" in live
    file = phone.get(f"/guidance/attachments/{kept.pk}/")
    assert file["Content-Disposition"].startswith("attachment;")
    assert file["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    content = file.getvalue()
    assert len(content) == kept.size
    assert not Image.open(io.BytesIO(content)).getexif()


def test_refused_file_is_named_with_the_reason_and_the_text_stays(
    question: GuidanceQuestion,
) -> None:
    program = SimpleUploadedFile("leuk.jpg", b"MZ\x90\x00" + b"\x00" * 200)

    answer = send(browser_of(question.teacher), question, form(question, photo(), program))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "leuk.jpg is niet bewaard" in page
    assert "Zie de schets.</textarea>" in page
    assert "Kies je bestanden opnieuw: schets.jpg, leuk.jpg" in page
    assert (Message.objects.count(), Attachment.objects.count()) == (0, 0)


def test_file_that_is_too_large_or_empty_is_refused(
    question: GuidanceQuestion, settings: Any
) -> None:
    settings.EVIDENCE_MOST_BYTES = 100
    empty = SimpleUploadedFile("leeg.txt", b"")

    answer = send(browser_of(question.teacher), question, form(question, photo(), empty))

    page = answer.content.decode()
    assert "schets.jpg is niet bewaard" in page
    assert "leeg.txt is niet bewaard" in page
    assert Message.objects.count() == 0


def test_fourth_file_is_refused_by_form_action_and_database(question: GuidanceQuestion) -> None:
    files = [photo(f"{number}.jpg") for number in range(4)]

    answer = send(browser_of(question.teacher), question, form(question, *files))

    assert answer.status_code == 422
    assert "hoogstens drie bestanden" in answer.content.decode()
    teacher = question.teacher
    assert teacher
    with pytest.raises(ValidationError):
        actions.send_message(
            question,
            "Vier",
            by=teacher,
            at=NOW,
            client_id=uuid.uuid4(),
            files=[checked_file(photo()) for _ in range(4)],
        )
    assert Message.objects.count() == 0
    message = factories.message(question, teacher)
    for position in (0, 4):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.attachment(message, position=position)


def test_form_without_text_keeps_no_file(question: GuidanceQuestion) -> None:
    answer = send(browser_of(question.teacher), question, form(question, photo(), text=" "))

    assert answer.status_code == 422
    assert Attachment.objects.count() == 0


def test_form_that_is_sent_twice_sends_message_and_file_once(question: GuidanceQuestion) -> None:
    desk = browser_of(question.teacher)
    data = form(question, photo())
    send(desk, question, data)
    folder = f"messages/{question.pk}"
    stored = default_storage.listdir(folder)[1]
    data[f"question-{question.pk}-attachments"] = [photo()]
    send(desk, question, data)

    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)
    assert default_storage.listdir(folder)[1] == stored


@pytest.mark.django_db(transaction=True)
def test_two_copies_of_a_form_at_the_same_moment_send_one() -> None:
    teacher = factories.person()
    asked = factories.question(factories.placement(teacher=teacher), teacher=teacher)
    actions.share_question(asked, at=NOW)
    key, together = uuid.uuid4(), threading.Barrier(2)

    def send_one() -> None:
        together.wait(60)
        actions.send_message(
            asked, "Eén", by=teacher, at=NOW, client_id=key, files=[checked_file(photo())]
        )
        connection.close()

    threads = [threading.Thread(target=send_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)


def test_withdrawn_file_is_gone_for_the_teacher_at_once(question: GuidanceQuestion) -> None:
    kept = factories.attachment(factories.message(question, question.placement.student))
    address = f"/guidance/attachments/{kept.pk}/"
    desk, phone = browser_of(question.teacher), browser_of(question.placement.student)
    assert desk.get(address).status_code == 200

    actions.withdraw_question(question, at=NOW)

    assert desk.get(address).status_code == 404
    assert phone.get(address).status_code == 200


def test_changing_the_text_keeps_the_files(question: GuidanceQuestion) -> None:
    teacher = question.teacher
    assert teacher
    message = factories.message(question, teacher)
    kept = factories.attachment(message)

    browser_of(teacher).post(f"/guidance/messages/{message.pk}/edit/", {"text": "Anders"})

    message.refresh_from_db()
    assert message.text == "Anders"
    assert list(message.attachments.all()) == [kept]


def test_archive_of_the_student_has_the_files_of_the_conversation(
    question: GuidanceQuestion,
) -> None:
    teacher = question.teacher
    assert teacher
    kept = factories.attachment(factories.message(question, teacher))
    other = factories.question(factories.placement())
    factories.attachment(factories.message(other, other.placement.student), "van-een-ander.jpg")
    into = io.BytesIO()

    write_archive(question.placement, into, language="nl", at=NOW, progress=lambda _done: None)

    with zipfile.ZipFile(into) as archive:
        content = json.loads(archive.read("stage-app.json"))
        (row,) = content["guidance"][0]["messages"][0]["files"]
        assert row == {"name": "schets.jpg", "path": f"messages/{kept.pk}-schets.jpg"}
        assert len(archive.read(row["path"])) == kept.size
        assert not [name for name in archive.namelist() if "ander" in name]


def test_file_that_is_lost_from_the_store_is_not_found(question: GuidanceQuestion) -> None:
    kept = factories.attachment(factories.message(question, question.placement.student))
    default_storage.delete(str(kept.file.name))

    answer = browser_of(question.teacher).get(f"/guidance/attachments/{kept.pk}/")

    assert answer.status_code == 404


def test_guest_fetches_a_file_of_the_own_question_while_the_link_works() -> None:
    placement = factories.placement()
    asked = factories.guest_question(placement)
    share(asked)
    asked.refresh_from_db()
    assert asked.invitation
    kept = factories.attachment(factories.message(asked, placement.student))
    other = factories.question(placement, teacher=factories.person(), shared_at=NOW)
    hidden = factories.attachment(factories.message(other, placement.student))
    guest = come_in(asked.invitation)
    address = page_of(asked.invitation, f"attachments/{kept.pk}/")

    assert address in guest.get(page_of(asked.invitation)).content.decode()
    assert address in guest.get(page_of(asked.invitation, "messages/?after=0")).content.decode()
    assert guest.get(address).status_code == 200
    elsewhere = page_of(asked.invitation, f"attachments/{hidden.pk}/")
    assert guest.get(elsewhere).status_code == 404

    actions.withdraw_question(asked, at=NOW)

    assert guest.get(address).status_code == 404


# How much in all ---------------------------------------------------------------------------------


def text_of(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("stuk.txt", b"a" * size)


def test_files_that_somebody_sends_have_a_limit_in_all(
    question: GuidanceQuestion, settings: Any
) -> None:
    settings.MESSAGES_MOST_BYTES_IN_ALL = 2000
    desk, phone = browser_of(question.teacher), browser_of(question.placement.student)
    assert send(desk, question, form(question, text_of(1500))).status_code == 302

    answer = send(desk, question, form(question, text_of(501)))

    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 422
    assert "Hier is geen ruimte voor: het is 501 bytes, en van je 2,0 KB is nog 500 bytes" in page
    assert "Zie de schets.</textarea>" in page
    assert "Je hebt nog ruimte voor 500 bytes, van in totaal 2,0 KB." in page
    assert (Message.objects.count(), Attachment.objects.count()) == (1, 1)
    # That of the other is their own, and words need no room.
    assert send(phone, question, form(question, text_of(2000))).status_code == 302
    assert send(desk, question, form(question)).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_files_sent_at_the_same_moment_do_not_pass_the_limit(settings: Any) -> None:
    settings.MESSAGES_MOST_BYTES_IN_ALL = 2000
    teacher = factories.person("Mira de Vries")
    questions = []
    for name in ("Sanne Bakker", "Bram Smit"):
        placement = factories.placement(factories.person(name), teacher=teacher)
        questions.append(factories.question(placement, teacher=teacher))
        actions.share_question(questions[-1], at=NOW)
    sent: list[bool] = []

    def write(asked: GuidanceQuestion) -> None:
        try:
            actions.send_message(
                asked,
                "Zie dit.",
                by=teacher,
                at=NOW,
                client_id=uuid.uuid4(),
                files=[checked_file(text_of(900))],
            )
            sent.append(True)
        except ValidationError:
            sent.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[asked]) for asked in questions * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sent) == [False] * 4 + [True] * 2
    assert Message.objects.count() == 2

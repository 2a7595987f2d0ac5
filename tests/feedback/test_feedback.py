"""Saying something about the app: what goes along, what does not, and to whom."""

from io import BytesIO
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stageapp.accounts.models import User
from stageapp.feedback.forms import own_path
from stageapp.programmes.models import InstitutionAdministrator
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> User:
    placement = factories.placement(factories.person("Sanne Bakker", "sanne@school.example"))
    InstitutionAdministrator.objects.create(
        institution=placement.cohort.programme.institution,
        person=factories.person("Bea Heer", "beheer@school.example"),
    )
    return placement.student


@pytest.fixture
def client(writer: User) -> Client:
    made = Client()
    made.force_login(writer)
    return made


def photo(name: str = "scherm.jpg") -> SimpleUploadedFile:
    """A picture that tells where and with what it was made."""
    content, hidden = BytesIO(), Image.Exif()
    hidden[0x010F] = "Geheime Camera"
    Image.new("RGB", (40, 30), "navy").save(content, "JPEG", exif=hidden)
    assert b"Geheime" in content.getvalue()
    return SimpleUploadedFile(name, content.getvalue())


def send(client: Client, **changes: Any) -> Any:
    return client.post("/feedback/", {"text": "De knop doet niets.", "path": "/tips/"} | changes)


def test_text_and_page_go_to_the_functional_administrators(client: Client) -> None:
    answer = send(client)

    assert answer.headers["Location"] == "/tips/"
    (sent,) = mail.outbox
    assert sent.to == ["beheer@school.example"]
    assert sent.reply_to == ["sanne@school.example"]
    assert sent.subject == "Melding over Stage-App"
    assert "De knop doet niets." in sent.body
    assert "http://127.0.0.1:8000/tips/" in sent.body
    assert sent.attachments == []


def test_addresses_of_the_settings_come_first(client: Client, settings: Any) -> None:
    settings.FEEDBACK_TO = ["help@school.example"]

    send(client)

    assert mail.outbox[0].to == ["help@school.example"]


def test_footer_leads_there_with_the_path_and_nothing_that_was_searched(client: Client) -> None:
    page = client.get("/activities/?q=geheim").content.decode()

    assert 'href="/feedback/?from=/activities/"' in page
    form = client.get("/feedback/?from=/activities/?q=geheim").content.decode()
    assert "/activities/" in form
    assert "geheim" not in form.split("language-choice")[0]


def test_picture_goes_along_without_what_a_camera_hid_in_it(client: Client) -> None:
    answer = send(client, picture=photo(), consent="on")

    assert answer.status_code == 302
    ((name, content, content_type),) = mail.outbox[0].attachments
    assert (name, content_type) == ("scherm.jpg", "image/jpeg")
    assert b"Geheime" not in content
    assert Image.open(BytesIO(content)).size == (40, 30)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"picture": "photo"}, "consent"),
        ({"picture": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x"), "consent": "on"}, "picture"),
        ({"picture": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff"), "consent": "on"}, "picture"),
        ({"picture": SimpleUploadedFile("a.exe", b"MZ\0\0"), "consent": "on"}, "picture"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(
    client: Client, changes: dict[str, Any], field: str
) -> None:
    if changes.get("picture") == "photo":
        changes = {"picture": photo()}

    answer = send(client, **changes)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert mail.outbox == []


def test_sixth_in_an_hour_waits_and_keeps_what_was_typed(client: Client) -> None:
    for _ in range(5):
        assert send(client).status_code == 302

    answer = send(client, text="Nog iets")

    assert answer.status_code == 429
    assert "Nog iets" in answer.content.decode()
    assert len(mail.outbox) == 5


def test_mail_that_fails_is_said_and_keeps_what_was_typed(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise SMTPException

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)

    answer = send(client)

    assert answer.status_code == 503
    assert "De knop doet niets." in answer.content.decode()
    assert "kon niet worden verstuurd" in answer.content.decode()


def test_without_anybody_to_read_it_nothing_is_asked(client: Client) -> None:
    InstitutionAdministrator.objects.all().delete()

    page = client.get("/feedback/").content.decode()

    assert "nog niemand die het zou lezen" in page
    assert "<textarea" not in page
    assert send(client).status_code == 422


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/tips/?q=geheim#x", "/tips/"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/a\nBcc: x@y.example", ""),
        ("/" + "x" * 300, ""),
        ("", ""),
    ],
)
def test_only_a_path_of_ours_goes_along(text: str, path: str) -> None:
    assert own_path(text) == path


@given(text=st.text(max_size=60), path=st.text(max_size=40))
def test_any_text_is_one_whole_mail(text: str, path: str) -> None:
    placement = factories.placement()
    InstitutionAdministrator.objects.create(
        institution=placement.cohort.programme.institution, person=factories.person()
    )
    made = Client()
    made.force_login(placement.student)

    answer = send(made, text=text, path=f"/{path}")

    assert answer.status_code in (302, 422, 429)
    for sent in mail.outbox:
        told: Any = sent.message()
        assert told["Subject"] == "Melding over Stage-App"
        assert told["Bcc"] is None

"""How much a student can keep in all: said where files are chosen, and never exceeded."""

import threading
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from stageapp.exports.actions_archive import bring_back
from stageapp.exports.archive import write_archive
from stageapp.logbook.actions_evidence import keep_loose
from stageapp.logbook.forms_evidence import evidence_of
from stageapp.logbook.models import Activity, Evidence
from stageapp.placements.models import Placement
from tests import factories
from tests.logbook.test_evidence import NEW, filled_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def placement() -> Placement:
    return factories.placement(cohort=factories.cohort("evidence"))


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


@pytest.fixture(autouse=True)
def _room_for_2000_bytes(settings: Settings) -> None:
    settings.EVIDENCE_MOST_BYTES_IN_ALL = 2000


def text_of(size: int, name: str = "stuk.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"a" * size)


def keep(placement: Placement, *sizes: int) -> list[Evidence]:
    return keep_loose(placement, [evidence_of(text_of(size)) for size in sizes], at=NOW)


def said(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_what_just_fits_is_kept_and_one_byte_more_is_not(placement: Placement) -> None:
    keep(placement, 1500, 500)

    with pytest.raises(ValidationError) as problem:
        keep(placement, 1)
    assert "evidence" in problem.value.message_dict
    assert Evidence.objects.count() == 2


def test_files_that_come_together_are_kept_together_or_not(placement: Placement) -> None:
    with pytest.raises(ValidationError):
        keep(placement, 1500, 501)

    assert not Evidence.objects.exists()


def test_links_and_texts_take_no_room(placement: Placement) -> None:
    keep(placement, 2000)

    keep_loose(placement, [Evidence(kind=Evidence.Kind.TEXT, name="x", text="x" * 900)], at=NOW)


def test_all_placements_and_what_can_be_brought_back_count(placement: Placement) -> None:
    (kept,) = keep(placement, 1200)
    kept.deleted_at = NOW
    kept.save()
    other = factories.placement(placement.student, cohort=placement.cohort, is_current=False)

    with pytest.raises(ValidationError):
        keep(other, 900)
    keep(factories.placement(factories.person()), 2000)


def test_refusal_stands_at_the_field_with_what_is_left(
    placement: Placement, browser: Client
) -> None:
    keep(placement, 500)
    sent = {"evidence_files": text_of(1600), "evidence_text": "Blijft staan"}

    page = said(browser.post("/evidence/", sent))

    told = "Hier is geen ruimte voor: het is 1,6 KB, en van je 2,0 KB is nog 1,5 KB over."
    assert told in page
    assert "Blijft staan</textarea>" in page
    upload = browser.post("/evidence/upload/", {"evidence_files": text_of(1600)})
    assert (upload.status_code, told in said(upload)) == (422, True)
    assert Evidence.objects.count() == 1


def test_activity_is_not_kept_without_its_file_and_keeps_what_was_typed(
    placement: Placement, browser: Client
) -> None:
    answer = browser.post(NEW, filled_in(evidence_files=text_of(2001)))

    assert answer.status_code == 422
    # At the field, and where the page lists what is wrong.
    assert 1 <= said(answer).count("Hier is geen ruimte voor") <= 2
    assert "Bordplan gemaakt" in said(answer)
    assert not Activity.objects.exists()


def test_other_mistake_and_no_room_are_both_said(placement: Placement, browser: Client) -> None:
    answer = browser.post(NEW, filled_in(date="", evidence_files=text_of(2001)))

    assert answer.status_code == 422
    assert "Hier is geen ruimte voor" in said(answer)


def test_adding_to_an_activity_is_refused_the_same_way(
    placement: Placement, browser: Client
) -> None:
    activity = factories.activity(placement)

    answer = browser.post(f"/activities/{activity.pk}/evidence/", {"evidence_files": text_of(2001)})

    assert answer.status_code == 422
    assert "Hier is geen ruimte voor" in said(answer)


@pytest.mark.parametrize("path", [NEW, "/evidence/"])
def test_room_is_said_where_files_are_chosen(
    placement: Placement, browser: Client, path: str
) -> None:
    keep(placement, 1000)

    assert "Je hebt nog ruimte voor 1000 bytes, van in totaal 2,0 KB." in said(browser.get(path))


def test_archive_that_does_not_fit_is_refused_as_a_whole(
    placement: Placement, settings: Settings
) -> None:
    keep(placement, 1500)
    factories.activity(placement, "Eerder")
    archive = BytesIO()
    write_archive(placement, archive, language="nl", at=NOW, progress=lambda _done: None)
    settings.EVIDENCE_MOST_BYTES_IN_ALL = 1000
    other = factories.placement(factories.person(), cohort=placement.cohort)

    with pytest.raises(ValidationError):
        bring_back(other, archive, at=NOW)

    assert not other.activities.exists()
    assert not other.evidence.exists()


@pytest.mark.django_db(transaction=True)
def test_uploads_at_the_same_moment_do_not_pass_the_limit(placement: Placement) -> None:
    other = factories.placement(placement.student, cohort=placement.cohort, is_current=False)
    kept: list[bool] = []

    def send(into: Placement) -> None:
        try:
            keep(into, 900)
            kept.append(True)
        except ValidationError:
            kept.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[into]) for into in (placement, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(kept) == [False] * 4 + [True] * 2

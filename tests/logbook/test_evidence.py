"""Evidence: what may be kept, what is taken out of it, and who gets it back."""

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer
from PIL import Image
from pytest_django import Settings
from storages.backends.s3 import S3Storage

from stageapp.logbook import kinds
from stageapp.logbook.models import Activity, Evidence
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/activities/new/"
FILES = Path(__file__).parent / "files"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
MEGABYTE = 1024 * 1024


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "date": timezone.localdate().isoformat(),
        "description": "Bordplan gemaakt",
    } | changes


def office(*names: str, mimetype: str = "") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name in names:
            archive.writestr(name, mimetype if name == "mimetype" else "<xml/>")
    return into.getvalue()


def photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Geheim Merk"
    exif[0x0112] = 6  # taken with the phone on its side
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 5.0, 7.0)
    return factories.picture(60, 20, exif=exif, comment=b"Geheime opmerking")


# What may be kept --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "extension"),
    [
        ("foto.jpg", factories.picture(), "jpg"),
        ("toch-een-foto.txt", factories.picture(), "jpg"),
        ("verslag.pdf", PDF, "pdf"),
        ("brief.docx", office("[Content_Types].xml", "word/document.xml"), "docx"),
        ("uren.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("dia.pptx", office("ppt/presentation.xml"), "pptx"),
        (
            "tekst.odt",
            office("mimetype", mimetype="application/vnd.oasis.opendocument.text"),
            "odt",
        ),
        ("notitie.txt", "Héél gewoon 🙂".encode(), "txt"),
        ("lijst.csv", b"a;b\n1;2\n", "csv"),
        ("zonder-ending", b"Tekst", "txt"),
    ],
)
def test_kind_of_a_file_follows_from_its_content(name: str, content: bytes, extension: str) -> None:
    assert kinds.kind_of(io.BytesIO(content), name).extension == extension


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.jpg", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("tekening.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("programma.txt", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00"),
        ("script.txt", b"#!/bin/sh\nrm -rf /"),
        ("macro.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("los.zip", office("iets.txt")),
        ("kapot.docx", b"PK\x03\x04 kapot"),
        ("kapot.jpg", b"\xff\xd8\xff\xe0 kapot"),
        ("leeg.txt", b"   "),
        ("besturing.txt", b"a\x07b"),
    ],
)
def test_what_is_not_on_the_list_is_refused_whatever_its_name(name: str, content: bytes) -> None:
    with pytest.raises(kinds.NotAllowed):
        kinds.kind_of(io.BytesIO(content), name)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_get_a_kind_or_a_refusal(content: bytes, name: str) -> None:
    try:
        kind = kinds.kind_of(io.BytesIO(content), name)
    except kinds.NotAllowed:
        return
    assert kinds.safe_name(name, kind).endswith(f".{kind.extension}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bordplan.JPG", "bordplan.jpg"),
        ("foto.jpeg", "foto.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\ik\\foto.png", "foto.jpg"),
        ("räkna ut 数学.jpg", "räkna ut 数学.jpg"),
        ('"><script>.html', "script.jpg"),
        ("", "file.jpg"),
    ],
)
def test_name_is_kept_with_an_ending_that_is_true(name: str, expected: str) -> None:
    assert kinds.safe_name(name, kinds.FileKind("jpg", "image/jpeg")) == expected


def test_picture_is_drawn_anew_upright_and_tells_no_place() -> None:
    clean = kinds.clean_image(io.BytesIO(photo_with_place()))

    with Image.open(io.BytesIO(clean.image)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (20, 60)
    for content in (clean.image, clean.thumbnail):
        assert b"Geheim" not in content
        assert b"Exif" not in content
    with Image.open(io.BytesIO(clean.thumbnail)) as thumbnail:
        assert max(thumbnail.size) <= kinds.THUMBNAIL_SIDE


def test_picture_of_an_iphone_becomes_one_that_every_browser_shows() -> None:
    photo = (FILES / "photo-with-place.heic").read_bytes()
    assert b"Geheim" in photo

    kind = kinds.kind_of(io.BytesIO(photo), "IMG_1234.HEIC")
    clean = kinds.clean_image(io.BytesIO(photo))

    assert (kind.content_type, kinds.safe_name("IMG_1234.HEIC", kind)) == (
        "image/jpeg",
        "IMG_1234.jpg",
    )
    assert b"Geheim" not in clean.image
    with Image.open(io.BytesIO(clean.image)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (120, 40), {})
        left, right = image.getpixel((5, 20)), image.getpixel((100, 20))
    assert min(left) > 200  # type: ignore[arg-type]
    assert right[2] > right[0]  # type: ignore[index]


@pytest.mark.parametrize("kept_format", ["PNG", "WEBP", "GIF"])
def test_clear_pictures_stay_clear(kept_format: str) -> None:
    into = io.BytesIO()
    Image.new("RGBA", (8, 8), (255, 0, 0, 0)).save(into, kept_format)

    with Image.open(io.BytesIO(kinds.clean_image(into).image)) as image:
        assert image.convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


# With an activity --------------------------------------------------------------------------------


def test_files_link_and_text_go_along_with_an_activity(browser: Client) -> None:
    browser.post(
        NEW,
        filled_in(
            evidence_files=[
                SimpleUploadedFile("bord.jpg", photo_with_place()),
                SimpleUploadedFile("plan.pdf", PDF),
            ],
            evidence_url="https://example.org/les",
            evidence_text="Zo ging het\nen zo eindigde het",
        ),
    )

    kept = Activity.objects.get().evidence.all()
    assert {(row.kind, row.name) for row in kept} == {
        ("file", "bord.jpg"),
        ("file", "plan.pdf"),
        ("link", "https://example.org/les"),
        ("text", "Zo ging het"),
    }
    picture = kept.get(name="bord.jpg")
    with picture.file.open("rb") as file:
        assert b"Geheim" not in file.read()
    assert picture.thumbnail
    assert not kept.get(name="plan.pdf").thumbnail


def test_file_of_exactly_the_limit_is_kept_and_one_byte_more_is_not(browser: Client) -> None:
    exact = b"x" * (20 * MEGABYTE)

    browser.post("/evidence/", {"evidence_files": SimpleUploadedFile("a.txt", exact)})
    refused = browser.post(
        "/evidence/", {"evidence_files": SimpleUploadedFile("b.txt", exact + b"x")}
    )

    assert list(Evidence.objects.values_list("name", "size")) == [("a.txt", 20 * MEGABYTE)]
    assert refused.status_code == 422
    assert "b.txt is niet bewaard: het is 20,0" in refused.content.decode()


def test_limit_is_a_setting(browser: Client, settings: Settings) -> None:
    settings.EVIDENCE_MOST_BYTES = 3

    response = browser.post("/evidence/", {"evidence_files": SimpleUploadedFile("a.txt", b"abcd")})

    assert response.status_code == 422
    assert Evidence.objects.count() == 0


def test_refused_file_says_why_and_loses_nothing_else(browser: Client) -> None:
    bad = SimpleUploadedFile("virus.jpg", b"MZ\x90\x00\x03\x00\x00\x00")
    good = SimpleUploadedFile("foto.jpg", factories.picture())
    form = filled_in(evidence_files=[bad, good], learned="Veel", evidence_text="Een notitie")

    refused = browser.post(NEW, form)
    page = refused.content.decode()

    assert refused.status_code == 422
    assert "virus.jpg is niet bewaard: dit soort bestand kan niet" in page
    assert "Bordplan gemaakt" in page
    assert "Een notitie" in page
    # What was all right is in, ticked: a browser cannot fill in a file again.
    kept = Evidence.objects.get(name="foto.jpg")
    assert f'value="{kept.pk}" checked' in page

    again = form | {"evidence_files": [], "evidence": [kept.pk]}
    assert browser.post(NEW, again).status_code == 302
    assert set(Activity.objects.get().evidence.values_list("name", flat=True)) == {
        "foto.jpg",
        "Een notitie",
    }


def test_error_elsewhere_keeps_the_file(browser: Client) -> None:
    photo = SimpleUploadedFile("foto.jpg", factories.picture())

    page = browser.post(NEW, filled_in(description="", evidence_files=photo)).content.decode()

    assert f'value="{Evidence.objects.get().pk}" checked' in page


def test_unticked_evidence_stays_with_the_student_but_loose(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement)
    evidence = factories.evidence(placement, activity=activity)

    browser.post(f"/activities/{activity.pk}/edit/", filled_in(evidence=[]))

    evidence.refresh_from_db()
    assert (evidence.activity, evidence.deleted_at) == (None, None)


def test_evidence_of_somebody_else_cannot_be_attached(browser: Client) -> None:
    theirs = factories.evidence(factories.placement(), "van-een-ander.jpg")

    browser.post(NEW, filled_in(evidence=[theirs.pk]))

    theirs.refresh_from_db()
    assert theirs.activity is None


def test_file_can_be_sent_while_the_form_is_filled_in(browser: Client) -> None:
    photo = SimpleUploadedFile("foto.jpg", factories.picture())
    row = browser.post("/evidence/upload/", {"evidence_files": photo})
    refused = browser.post(
        "/evidence/upload/", {"evidence_files": SimpleUploadedFile("x.exe", b"MZ\x90\x00")}
    )

    kept = Evidence.objects.get()
    assert (row.status_code, refused.status_code) == (200, 422)
    assert f'name="evidence" value="{kept.pk}" checked' in row.content.decode()
    assert "x.exe is niet bewaard" in refused.content.decode()


def test_too_many_files_at_a_time_is_said(browser: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.txt", b"tekst") for n in range(11)]

    response = browser.post("/evidence/", {"evidence_files": files})

    assert response.status_code == 422
    assert "hoogstens 10 bestanden" in response.content.decode()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "geen link", "ftp://example.org/"])
def test_link_that_is_none_is_refused(browser: Client, url: str) -> None:
    assert browser.post("/evidence/", {"evidence_url": url}).status_code == 422
    assert Evidence.objects.count() == 0


# Getting it back ---------------------------------------------------------------------------------


def test_file_comes_back_as_a_download_that_runs_nothing(
    browser: Client, placement: Placement
) -> None:
    evidence = factories.evidence(placement, "räk.jpg")

    response = browser.get(reverse("logbook:evidence_file", args=[evidence.pk]))

    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "no-store"
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert len(content) == evidence.size
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (40, 30)


def test_address_of_a_file_cannot_be_guessed(placement: Placement) -> None:
    one, other = factories.evidence(placement), factories.evidence(placement)

    assert one.file.name != other.file.name
    assert "foto" not in str(one.file.name)
    assert len(str(one.file.name).rpartition("/")[2]) == 32
    assert Client().get(f"/{one.file.name}").status_code == 404


def test_file_that_is_gone_from_the_storage_is_not_found(
    browser: Client, placement: Placement
) -> None:
    evidence = factories.evidence(placement)
    default_storage.delete(str(evidence.file.name))

    assert browser.get(f"/evidence/{evidence.pk}/file/").status_code == 404


def test_removed_evidence_is_gone_and_can_come_back(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    evidence = factories.evidence(placement, activity=activity)
    file = f"/evidence/{evidence.pk}/file/"

    page = browser.post(f"/evidence/{evidence.pk}/delete/", follow=True).content.decode()
    gone = browser.get(file).status_code
    browser.post(f"/evidence/{evidence.pk}/restore/")

    assert f"/evidence/{evidence.pk}/restore/" in page
    assert (gone, browser.get(file).status_code) == (404, 200)


def test_overview_tells_where_evidence_belongs(browser: Client, placement: Placement) -> None:
    factories.evidence(placement, "bij.jpg", activity=factories.activity(placement, "De les"))
    factories.evidence(placement, "los.jpg")

    page = browser.get("/evidence/").content.decode()

    assert "bij.jpg" in page
    assert "De les" in page
    assert "hoort nog bij geen activiteit" in page


def test_evidence_can_be_kept_in_a_store_that_speaks_s3(
    browser: Client, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"region_name": "us-east-1", "endpoint_url": f"http://{host}:{port}"}
    client = boto3.client("s3", aws_access_key_id="a", aws_secret_access_key="b", **keys)
    client.create_bucket(Bucket="bewijs")
    store = S3Storage(
        bucket_name="bewijs", access_key="a", secret_key="b", signature_version="s3v4", **keys
    )
    for field in ("file", "thumbnail"):
        monkeypatch.setattr(Evidence._meta.get_field(field), "storage", store)
    monkeypatch.setattr("stageapp.logbook.downloads.default_storage", store)
    try:
        evidence = factories.evidence(placement)
        response = browser.get(f"/evidence/{evidence.pk}/file/")

        kept = client.list_objects_v2(Bucket="bewijs")["Contents"]
        assert {row["Key"] for row in kept} == {evidence.file.name, evidence.thumbnail.name}
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
    finally:
        server.stop()

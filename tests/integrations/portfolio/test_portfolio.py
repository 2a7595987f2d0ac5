"""A portfolio holds what was chosen and nothing else, opens without the web, and can be checked."""

import hashlib
import io
import zipfile
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from lxml import html
from pytest_django import DjangoAssertNumQueries

from stageapp.exports.actions import MOST_KEPT
from stageapp.home.management.commands.worker import work
from stageapp.integrations.portfolio import actions
from stageapp.integrations.portfolio.models import Portfolio
from stageapp.logbook.models import Evidence
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from tests import factories
from tests.integrations.portfolio.conftest import Verify, activity, answer, competence, note

pytestmark = pytest.mark.django_db

NEW = "/portfolio/new/"


def sent(do: str = "make", **changed: Any) -> dict[str, Any]:
    return {"title": "Wat ik kan", "client_id": str(uuid4()), "do": do} | changed


def made(client: Client, **changed: Any) -> Portfolio:
    came = client.post(NEW, sent(**changed))
    assert came.status_code == 302, came.context["form"].errors
    return Portfolio.objects.latest("asked_at")


def files_in(client: Client, portfolio: Portfolio) -> dict[str, bytes]:
    """Take the file as the student does, and unpack it."""
    came = client.get(f"/portfolio/{portfolio.pk}/file/")
    with zipfile.ZipFile(io.BytesIO(b"".join(came.streaming_content))) as archive:  # type: ignore[attr-defined]
        return {name: archive.read(name) for name in archive.namelist()}


def all_text(files: dict[str, bytes]) -> str:
    pages = (content for name, content in files.items() if name.endswith(".html"))
    return " ".join(html.fromstring(page).text_content() for page in pages)


def test_it_holds_what_was_chosen_by_competence(client: Client, placement: Placement) -> None:
    talk = competence(placement, "c1", "Communiceren", code="A", position=1)
    plan = competence(placement, "c2", "Plannen", position=2)
    one = activity(placement, "Overleg geleid", talk, plan, learned="Vragen stellen", minutes=90)
    activity(placement, "Niet gekozen", talk)
    about = answer(placement, "Terugkijken", "Ik was zenuwachtig", one)
    loose = note(placement, "Brief", text="Beste lezer")
    goal = factories.goal(placement, "Leren luisteren", description="Echt")

    files = files_in(
        client,
        made(
            client,
            introduction="Welkom.\n\nDit ben ik.",
            activities=[one.pk],
            reflections=[about.pk],
            evidence=[loose.pk],
            goals=[goal.pk],
        ),
    )

    names = {name for name in files if name.endswith(".html")}
    assert names == {
        "index.html",
        "competence-1-communiceren.html",
        "competence-2-plannen.html",
        "other.html",
        "check.html",
    }
    index = html.fromstring(files["index.html"]).text_content()
    assert "Dit ben ik." in index
    assert "Leren luisteren" in index
    assert "Sanne Bakker" in index
    for name in ("competence-1-communiceren.html", "competence-2-plannen.html"):
        text = html.fromstring(files[name]).text_content()
        assert "Overleg geleid" in text
        assert "Vragen stellen" in text
        assert "Ik was zenuwachtig" in text
    assert "Beste lezer" in html.fromstring(files["other.html"]).text_content()
    assert "Niet gekozen" not in all_text(files)


def test_nobody_else_is_named_by_the_app(client: Client, placement: Placement) -> None:
    one = activity(placement, "Overleg geleid")

    text = all_text(files_in(client, made(client, activities=[one.pk])))

    for word in ("Ahmed", "Piet", "Ziekenhuis", "sanne@school.example"):
        assert word not in text
    with_it = made(client, activities=[one.pk], with_workplace="on")
    assert "Ziekenhuis Oost" in all_text(files_in(client, with_it))


def test_nothing_runs_and_nothing_comes_from_elsewhere(
    client: Client, placement: Placement
) -> None:
    evil = '<script src="https://x.example/a.js"></script><img src=x onerror=alert(1)>'
    one = activity(placement, evil, learned=evil)
    link = note(placement, evil[:190], kind=Evidence.Kind.LINK, url="https://app.example/?a=1&b=2")
    strange = note(placement, "Link", kind=Evidence.Kind.LINK, url="javascript:alert(1)")
    photo = factories.evidence(placement, "../../etc/passwd <x>.jpg")

    files = files_in(
        client,
        made(
            client,
            title=evil[:190],
            introduction=evil,
            activities=[one.pk],
            evidence=[link.pk, strange.pk, photo.pk],
        ),
    )

    followed = set()
    for name, content in files.items():
        if not name.endswith(".html"):
            continue
        page = html.fromstring(content)
        assert not page.xpath("//script | //iframe | //object | //style | //form")
        assert not page.xpath("//@*[starts-with(name(), 'on')] | //@style")
        for address in page.xpath("//@src | //link/@href"):
            assert address in files
        followed |= set(page.xpath("//a/@href")) - {"#content"}
    assert followed - set(files) == {"https://app.example/?a=1&b=2"}
    assert b"http" not in files["style.css"].replace(b'a[href^="http"]', b"")
    assert all(".." not in name and not name.startswith("/") for name in files)


def test_files_go_along_under_safe_names(client: Client, placement: Placement) -> None:
    photo = factories.evidence(placement, "Mijn foto (1).jpg")

    files = files_in(client, made(client, evidence=[photo.pk]))

    assert files["files/01-Mijn-foto-1.jpg"] == photo.file.open("rb").read()
    image = html.fromstring(files["other.html"]).xpath("//img")[0]
    assert image.get("alt") == "Mijn foto (1).jpg"


def test_a_file_that_is_lost_holds_up_nothing(client: Client, placement: Placement) -> None:
    photo = factories.evidence(placement, "foto.jpg")
    default_storage.delete(str(photo.file.name))

    files = files_in(client, made(client, evidence=[photo.pk]))

    assert "files/01-foto.jpg" not in files
    assert "niet meer in de opslag" in all_text(files)


def test_the_sums_are_right_and_the_signature_holds_for_jose(
    client: Client, placement: Placement, verify: Verify
) -> None:
    photo = factories.evidence(placement, "foto.jpg")
    files = files_in(client, made(client, evidence=[photo.pk]))
    jwks = Client().get("/.well-known/jwks.json").json()

    listed = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert listed == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if not name.startswith("SHA256SUMS")
    }
    found = verify(files["SHA256SUMS.jws"].decode(), jwks)
    assert found["payload"].encode() == files["SHA256SUMS"]
    assert found["header"] == {"alg": "RS256", "kid": jwks["keys"][0]["kid"]}
    assert "/.well-known/jwks.json" in files["check.html"].decode()


def test_it_is_in_the_language_of_the_student(client: Client, placement: Placement) -> None:
    one = activity(placement, "Overleg", date=date(2026, 3, 2))
    dutch = files_in(client, made(client, activities=[one.pk]))
    client.post("/language/", {"language": "en"})
    placement.student.language = "en"
    placement.student.save()
    other = Client(headers={"accept-language": "en"})
    other.force_login(placement.student)

    english = files_in(other, made(other, activities=[one.pk]))

    assert b'lang="nl"' in dutch["index.html"]
    assert "Maandag 2 maart 2026" in all_text(dutch)
    assert b'lang="en"' in english["index.html"]
    assert "Monday 2 March 2026" in all_text(english)


def test_a_large_one_is_made_by_the_worker_which_tells_the_student(
    client: Client, placement: Placement
) -> None:
    photo = factories.evidence(placement, "foto.jpg")
    Evidence.objects.update(size=actions.MOST_AT_ONCE + 1)

    portfolio = made(client, evidence=[photo.pk])
    assert "wordt gemaakt" in client.get(f"/portfolio/{portfolio.pk}/").content.decode()
    assert client.get(f"/portfolio/{portfolio.pk}/file/").status_code == 404
    work(lambda: False)

    portfolio.refresh_from_db()
    assert portfolio.ready_at
    assert files_in(client, portfolio)
    news = Notification.objects.get(person=placement.student)
    assert news.path == f"/portfolio/{portfolio.pk}/"


def test_too_large_is_said_and_nothing_is_kept(client: Client, placement: Placement) -> None:
    photo = factories.evidence(placement, "foto.jpg")
    Evidence.objects.update(size=actions.MOST_BYTES + 1)

    came = client.post(NEW, sent(evidence=[photo.pk]))

    assert came.status_code == 422
    assert not Portfolio.objects.exists()


def test_it_is_kept_for_a_week_with_its_file(client: Client, placement: Placement) -> None:
    portfolio = made(client, activities=[activity(placement, "Overleg").pk])
    name = portfolio.file.name
    assert default_storage.exists(str(name))

    actions.remove_old_portfolios(at=timezone.now() + timedelta(days=6))
    assert Portfolio.objects.exists()
    actions.remove_old_portfolios(at=timezone.now() + timedelta(days=8))

    assert not Portfolio.objects.exists()


def test_the_file_goes_with_it(
    client: Client, placement: Placement, django_capture_on_commit_callbacks: Any
) -> None:
    portfolio = made(client, activities=[activity(placement, "Overleg").pk])

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/portfolio/{portfolio.pk}/delete/")

    assert not default_storage.exists(str(portfolio.file.name))


def test_looking_first_shows_it_and_makes_nothing(client: Client, placement: Placement) -> None:
    one = activity(placement, "Overleg geleid")

    page = client.post(NEW, sent(do="look", activities=[one.pk])).content.decode()

    assert "Overleg geleid" in page
    assert "ogen van een vreemde" in page
    assert not Portfolio.objects.exists()


def test_something_must_be_chosen_and_it_needs_a_title(
    client: Client, placement: Placement
) -> None:
    one = activity(placement, "Overleg")

    assert client.post(NEW, sent()).status_code == 422
    assert client.post(NEW, sent(title="", activities=[one.pk])).status_code == 422
    assert client.post(NEW, sent(introduction="x" * 10_001, activities=[1])).status_code == 422


def test_the_same_form_twice_is_one_portfolio(client: Client, placement: Placement) -> None:
    form = sent(activities=[activity(placement, "Overleg").pk])

    first, again = client.post(NEW, form), client.post(NEW, form)

    assert first["Location"] == again["Location"]
    assert Portfolio.objects.count() == 1


def test_many_are_too_many(client: Client, placement: Placement) -> None:
    one = activity(placement, "Overleg")
    now = timezone.now()
    Portfolio.objects.bulk_create(
        Portfolio(placement=placement, language="nl", chosen={}, ready_at=now)
        for _number in range(MOST_KEPT)
    )

    assert client.post(NEW, sent(activities=[one.pk])).status_code == 422


def test_of_another_student_nothing_goes_and_nothing_is_seen(
    client: Client, placement: Placement
) -> None:
    portfolio = made(client, activities=[activity(placement, "Overleg").pk])
    other = factories.placement(cohort=placement.cohort)
    strange = factories.activity(other)
    stranger = Client()
    stranger.force_login(other.student)

    assert client.post(NEW, sent(activities=[strange.pk])).status_code == 422
    for address in ("", "file/"):
        assert stranger.get(f"/portfolio/{portfolio.pk}/{address}").status_code == 404
    assert stranger.post(f"/portfolio/{portfolio.pk}/delete/").status_code == 404


def test_what_was_deleted_meanwhile_does_not_go(client: Client, placement: Placement) -> None:
    one, other = activity(placement, "Overleg"), activity(placement, "Weg")
    Evidence.objects.all().delete()
    photo = factories.evidence(placement, "foto.jpg")
    Evidence.objects.update(size=actions.MOST_AT_ONCE + 1)
    portfolio = made(client, activities=[one.pk, other.pk], evidence=[photo.pk])
    other.deleted_at = timezone.now()
    other.save()

    work(lambda: False)

    portfolio.refresh_from_db()
    assert "Weg" not in all_text(files_in(client, portfolio))


def test_the_pages_take_a_constant_number_of_queries(
    client: Client, placement: Placement, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    about = [competence(placement, f"c{n}", f"Competentie {n}") for n in range(4)]
    rows = [activity(placement, f"Nummer {n}", *about) for n in range(12)]
    reflections = [answer(placement, f"Over {row.pk}", "x", row) for row in rows]
    form = sent(
        do="look",
        activities=[row.pk for row in rows],
        reflections=[row.pk for row in reflections],
    )

    with django_assert_max_num_queries(30):
        client.post(NEW, form)
    with django_assert_max_num_queries(16):
        client.get("/portfolio/")

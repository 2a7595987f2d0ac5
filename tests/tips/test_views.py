"""What a student sees of tips and does with them."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.logbook.models import Activity, SavedItem
from stageapp.placements.models import Placement
from stageapp.tips.models import Tip, TipReaction, TipShowing
from stageapp.tips.rules import Condition, Rule
from tests import factories

pytestmark = pytest.mark.django_db
ALONE = Rule((Condition("alone", "share_alone", threshold=40, minimum=1),))


@pytest.fixture
def placement() -> Placement:
    """Three of four activities were done alone."""
    made = factories.placement(cohort=factories.cohort("people", "category"))
    nobody = factories.entry(made.cohort, "person", "Alleen", key="alone")
    somebody = factories.entry(made.cohort, "person", "Jan", key="jan")
    for person in (nobody, nobody, nobody, somebody):
        factories.activity(made).people.add(person)
    return made


@pytest.fixture
def alone(placement: Placement) -> Tip:
    return factories.tip(
        placement.cohort,
        ALONE,
        feedup="Samen leer je meer.",
        feedback="Je deed {alone} alleen.",
        feedforward="Vraag iemand.",
        goes_to="ask",
    )


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


def page(browser: Client, address: str = "/tips/") -> str:
    return browser.get(address).content.decode()


def test_tip_says_its_three_parts_and_why_it_is_there(alone: Tip, browser: Client) -> None:
    content = page(browser)

    for text in ("Samen leer je meer.", "Je deed 75% alleen.", "Vraag iemand."):
        assert text in content
    assert "Waarom zie ik dit?" in content
    assert "75% (3 van 4). Deze tip verschijnt bij meer dan 40%." in content
    assert "alleen jij" in content


def test_page_without_tips_explains(browser: Client) -> None:
    assert "Nu geen tips" in page(browser)


def test_opening_pages_again_logs_a_showing_once_a_day(alone: Tip, browser: Client) -> None:
    for address in ("/tips/", "/", "/tips/"):
        page(browser, address)

    showing = TipShowing.objects.get()
    assert (showing.tip, showing.first_on) == (alone, showing.last_on)
    assert showing.values["alone"]["part"] == 3


def test_only_what_a_page_shows_counts_as_shown(placement: Placement, browser: Client) -> None:
    tips = [factories.tip(placement.cohort, priority=90 - number) for number in range(7)]

    page(browser, "/")
    assert [showing.tip for showing in TipShowing.objects.all()] == tips[:1]
    page(browser)
    assert TipShowing.objects.count() == 5


def test_tip_that_is_not_helpful_is_nowhere_until_that_is_undone(
    alone: Tip, browser: Client, placement: Placement
) -> None:
    page(browser)
    address = f"/tips/{alone.pk}/react/"
    logged = f"/activities/?logged={placement.activities.all()[0].pk}"

    response = browser.post(address, {"helpful": "no"}, follow=True)
    assert "Deze tip blijft voortaan weg." in response.content.decode()
    assert [text for at in ("/", "/tips/", logged) if (text := "75%") in page(browser, at)] == []

    browser.post(address, {"helpful": "undo"})
    assert ["75%" in page(browser, at) for at in ("/", "/tips/", logged)] == [True] * 3


def test_htmx_swaps_the_card(alone: Tip, browser: Client) -> None:
    page(browser)
    htmx = {"HX-Request": "true"}

    helpful = browser.post(f"/tips/{alone.pk}/react/", {"helpful": "yes"}, headers=htmx)
    saved = browser.post(f"/tips/{alone.pk}/save/", {"saved": "yes"}, headers=htmx)
    away = browser.post(f"/tips/{alone.pk}/react/", {"helpful": "no"}, headers=htmx)

    assert "Je vindt dit nuttig." in helpful.content.decode()
    assert 'aria-pressed="true"' in saved.content.decode()
    assert "autofocus" in away.content.decode()
    assert TipReaction.objects.get().is_helpful is False


def test_saved_tip_stays_as_it_was(alone: Tip, browser: Client, placement: Placement) -> None:
    page(browser)
    browser.post(f"/tips/{alone.pk}/save/", {"saved": "yes", "next": "/"})
    browser.post(f"/tips/{alone.pk}/save/", {"saved": "yes"})
    factories.activity(placement).people.set(placement.cohort.vocabulary.filter(key="jan"))
    alone.versions.update(feedup_nl="Iets anders")

    content = page(browser, "/saved/")

    item = SavedItem.objects.get()
    assert item.snapshot
    assert item.snapshot["kind"] == "tip"
    assert item.snapshot["feedback_en"] == "Je deed 75% alleen."
    assert item.snapshot["why_en"][0].startswith("Share of activities done alone")
    assert "Samen leer je meer." in content
    assert "Je deed 75% alleen." in content
    browser.post(f"/tips/{alone.pk}/save/", {"saved": "no"})
    assert not SavedItem.objects.exists()


def test_sharing_a_tip_saves_it_and_begins_a_question(alone: Tip, browser: Client) -> None:
    page(browser)

    response = browser.post(f"/tips/{alone.pk}/share/")

    item = SavedItem.objects.get()
    assert response["Location"] == f"/guidance/new/?saved={item.pk}"


@pytest.mark.parametrize(
    ("goes_to", "address"),
    [
        ("log", "/activities/new/"),
        ("reflect", "/reflections/new/"),
        ("ask", "/guidance/new/"),
        ("goals", "/goals/"),
        ("", "/tips/"),
    ],
)
def test_what_next_is_remembered_and_leads_on(
    placement: Placement, browser: Client, goes_to: str, address: str
) -> None:
    tip = factories.tip(placement.cohort, feedup="Ga", goes_to=goes_to)
    page(browser)

    response = browser.post(f"/tips/{tip.pk}/act/")

    assert response["Location"] == address
    assert TipReaction.objects.get().acted_at


def test_tip_that_no_longer_applies_is_saved_as_it_was_shown(
    alone: Tip, browser: Client, placement: Placement
) -> None:
    page(browser)
    Activity.objects.all().delete()

    browser.post(f"/tips/{alone.pk}/save/", {"saved": "yes"})

    item = SavedItem.objects.get()
    assert item.snapshot
    assert item.snapshot["feedback_nl"] == "Je deed 75% alleen."


def test_tip_that_was_never_shown_does_not_exist(alone: Tip, browser: Client) -> None:
    for verb in ("react", "save", "share", "act"):
        assert browser.post(f"/tips/{alone.pk}/{verb}/").status_code == 404


def test_logging_shows_one_tip_beside_what_was_logged(alone: Tip, browser: Client) -> None:
    today = timezone.localdate()
    sent = {"date": today.isoformat(), "description": "Iets", "client_id": str(uuid.uuid4())}

    response = browser.post("/activities/new/", sent, follow=True)

    assert "Een tip voor je" in response.content.decode()
    assert "Een tip voor je" not in page(browser, "/activities/")


@pytest.mark.parametrize("size", [1, 5])
def test_page_takes_the_same_queries_for_any_number_of_tips(
    placement: Placement,
    browser: Client,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(size):
        factories.tip(placement.cohort, ALONE, feedback="{alone}")
        factories.activity(placement, date=timezone.localdate() - timedelta(days=1))
    page(browser)

    with django_assert_num_queries(21):
        page(browser)

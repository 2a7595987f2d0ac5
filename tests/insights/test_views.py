"""The page of charts, and keeping and asking about one of them."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.audience import audience_text
from stageapp.logbook.models import Activity, SavedItem
from stageapp.placements.models import Placement
from stageapp.programmes.models import Part
from tests import factories
from tests.insights.conftest import NOW

pytestmark = pytest.mark.django_db
#: Fetching the placement and its form, what can be chosen, the plan, and one for each list.
QUERIES = 20


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def placement(placement: Placement) -> Placement:
    """The logbook by hand, of a cohort whose form has everything."""
    for part in set(Part.values) - placement.cohort.part_names:
        factories.form_part(placement.cohort, part)
    return placement


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


def page_of(browser: Client, address: str) -> str:
    """Return the words of a page as they are read."""
    content = browser.get(address).content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())


def test_page_says_every_chart_in_words(browser: Client) -> None:
    page = page_of(browser, "/insights/")

    assert "De meeste tijd ging naar “testing”: 5 u van de 6 u met een categorie (83%)." in page
    assert "Je werkte aan 2 van de 3 competenties. Nog niet: “c”." in page
    assert "Je werkte het meest met “jan”: bij 3 van je 6 activiteiten. 2 deed je alleen." in page
    assert "De hele periode tot nu toe: 2 feb 2026 – 12 mrt 2026" in page


def test_page_says_who_can_see_it(browser: Client, placement: Placement) -> None:
    with override("nl"):
        assert browser.get("/insights/").context["audience"] == audience_text(
            [placement.student], placement.student
        )


@pytest.mark.parametrize(
    ("period", "words", "activities"),
    [
        ("7", "De laatste 7 dagen: 6 mrt 2026 – 12 mrt 2026", 3),
        ("28", "De laatste 28 dagen: 13 feb 2026 – 12 mrt 2026", 6),
        ("2026-03", "Maart 2026", 6),
        ("nonsense", "De hele periode tot nu toe", 6),
    ],
)
def test_address_chooses_the_period(
    browser: Client, period: str, words: str, activities: int
) -> None:
    page = page_of(browser, f"/insights/?period={period}")

    assert words in page
    assert f"van je {activities} activiteiten" in page


def test_month_without_anything_says_so_and_shows_no_axis(browser: Client) -> None:
    response = browser.get("/insights/?period=2026-02")

    assert "In deze periode heb je niets vastgelegd" in response.content.decode()
    assert "chart-drawing" not in response.content.decode()


def test_empty_logbook_gets_an_example_in_the_words_of_its_lists(
    browser: Client, placement: Placement
) -> None:
    Activity.objects.all().delete()
    placement.reflections.all().delete()

    page = browser.get("/insights/").content.decode()

    assert "Dit is een voorbeeld" in page
    assert "zijn verzonnen" in page
    assert page.count('<svg class="chart-drawing') == 10
    # Made-up figures cannot be kept or shared.
    assert "/save/" not in page


def test_logbook_of_another_student_counts_nowhere(browser: Client, placement: Placement) -> None:
    before = page_of(browser, "/insights/")
    other = factories.placement(cohort=placement.cohort)
    factories.activity(other, minutes=300)

    assert page_of(browser, "/insights/") == before


def test_chart_is_saved_once_while_it_stays_the_same(browser: Client, placement: Placement) -> None:
    for _number in range(2):
        response = browser.post("/insights/categories/save/", {"period": "28"})
        assert response["Location"] == "/insights/?period=28#categories"

    item = SavedItem.objects.get(kind=SavedItem.Kind.CHART)
    assert item.placement == placement
    assert item.key.startswith("categories:28:2026-03-12:")
    assert item.snapshot
    assert item.snapshot["kind"] == "chart"
    assert item.snapshot["title_nl"] == "Tijd per categorie"
    assert item.snapshot["title_en"] == "Time per category"
    assert item.snapshot["table"]["en"]["rows"][0] == ["testing", "5 h", "83%", "4"]

    factories.activity(placement, minutes=60, category=Activity.objects.first().category)  # type: ignore[union-attr]
    browser.post("/insights/categories/save/", {"period": "28"})

    assert SavedItem.objects.filter(kind=SavedItem.Kind.CHART).count() == 2


def test_asking_about_a_chart_saves_it_and_goes_on_with_a_question(browser: Client) -> None:
    response = browser.post("/insights/weeks/save/", {"period": "all", "share": "yes"})

    item = SavedItem.objects.get(kind=SavedItem.Kind.CHART)
    assert response["Location"] == f"/guidance/new/?saved={item.pk}"


def test_chart_that_is_not_offered_or_has_nothing_is_not_saved(
    browser: Client, placement: Placement
) -> None:
    assert browser.post("/insights/unknown/save/").status_code == 404
    assert browser.post("/insights/weeks/save/", {"period": "2026-02"}).status_code == 302
    placement.cohort.parts.filter(part="duration").delete()
    assert browser.post("/insights/weeks/save/").status_code == 404

    assert not SavedItem.objects.filter(kind=SavedItem.Kind.CHART).exists()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("nl", "De meeste tijd ging naar “testing”"), ("en", "Most time went to “testing”")],
)
def test_kept_chart_is_drawn_again_in_the_language_of_its_reader(
    browser: Client, language: str, sentence: str
) -> None:
    browser.post("/insights/categories/save/", {"period": "all"})
    Activity.objects.all().delete()
    template = Template("{% load insights %}{% shared_chart snapshot %}{% shared_chart snapshot %}")
    snapshot = SavedItem.objects.get(kind=SavedItem.Kind.CHART).snapshot

    with override(language):
        shown = template.render(Context({"snapshot": snapshot}))

    assert sentence in shown
    assert shown.count("<table>") == 2
    names = re.findall(r'id="([^"]+)"', shown)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("size", [1, 60])
def test_page_takes_the_same_queries_for_any_size(
    browser: Client,
    placement: Placement,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    entries = [factories.entry(placement.cohort, "person", f"Persoon {n}") for n in range(size)]
    for number in range(size):
        made = factories.activity(
            placement, date=NOW.date() - timedelta(days=number % 30), minutes=30
        )
        made.people.set(entries)
        factories.reflection(placement)
    browser.get("/insights/")

    with django_assert_num_queries(QUERIES):
        browser.get("/insights/")
    with django_assert_num_queries(QUERIES):
        browser.get("/insights/?period=7")

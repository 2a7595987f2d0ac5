"""The charts in a real browser: both themes, a phone, the keyboard, without script."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Placement
from stageapp.programmes.models import VocabularyEntry
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placement() -> Placement:
    """Some weeks of a student, with a name that is too long for any row."""
    sanne = World().student("Sanne Bakker", "sanne@demo.example", weeks=5)
    placement = sanne.placements.get()
    lists = {
        kind: list(VocabularyEntry.objects.filter(cohort=placement.cohort, kind=kind)[:4])
        for kind in ("category", "person", "source", "difficulty")
    }
    long = "Langewoordenzonderspatiesdienergensopmogen" * 2
    lists["category"].append(factories.entry(placement.cohort, "category", long, owner=sanne))
    for number in range(30):
        made = factories.activity(
            placement,
            date=timezone.localdate() - timedelta(days=number),
            minutes=60 + 15 * (number % 5),
            category=lists["category"][number % 5],
            difficulty=lists["difficulty"][number % len(lists["difficulty"])],
        )
        made.people.set(lists["person"][: number % 4])
        made.sources.set(lists["source"][: number % 3])
    return placement


@pytest.mark.parametrize("phone", [False, True])
def test_charts_are_accessible_and_fit(
    open_page: OpenPage,
    placement: Placement,
    accessible: Callable[[Page], None],
    *,
    phone: bool,
) -> None:
    page = open_page(phone=phone)
    sign_in(page, placement.student)

    for address in ("/insights/", "/insights/?period=7", "/insights/?period=2020-01"):
        page.goto(address)
        for numbers in page.locator(".chart-numbers > summary").all():
            numbers.click()
        accessible(page)
        assert too_wide(page, address) == []


def test_example_of_an_empty_logbook_is_accessible(
    open_page: OpenPage, accessible: Callable[[Page], None]
) -> None:
    page = open_page(phone=True)
    sign_in(page, World().noor)
    page.goto("/insights/")

    expect(page.get_by_role("heading", name="Dit is een voorbeeld")).to_be_visible()
    accessible(page)
    assert too_wide(page, "/insights/") == []


def test_keyboard_reads_a_chart_part_by_part(open_page: OpenPage, placement: Placement) -> None:
    page = open_page()
    sign_in(page, placement.student)
    page.goto("/insights/")
    reader = page.get_by_role("slider", name="Per week, naast de planning")
    words = page.locator("#weeks .chart-words")
    expect(words).to_contain_text("pijltjestoetsen")

    reader.focus()
    page.keyboard.press("End")
    last = words.text_content() or ""
    page.keyboard.press("ArrowLeft")

    assert last.startswith("Week van")
    expect(words).not_to_have_text(last)
    expect(reader).to_have_attribute("aria-valuetext", words.text_content() or "")
    page.keyboard.press("Tab")
    expect(page.locator("#weeks .chart-numbers > summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#weeks table")).to_be_visible()


def test_months_open_within_the_screen(open_page: OpenPage, placement: Placement) -> None:
    page = open_page(phone=True)
    sign_in(page, placement.student)
    page.goto("/insights/")

    page.locator(".periods summary").click()

    month = page.locator(".sections-more li a").first
    expect(month).to_be_in_viewport(ratio=1)
    month.click()
    expect(page.locator(".sections-more[data-holds-current]")).to_be_attached()


def test_touch_reads_the_part_that_is_touched(open_page: OpenPage, placement: Placement) -> None:
    page = open_page(phone=True)
    sign_in(page, placement.student)
    page.goto("/insights/")
    mark = page.locator("#days .chart-mark").last

    mark.locator("rect").last.click()

    said = mark.locator("title").text_content() or ""
    expect(page.locator("#days .chart-words")).to_have_text(said)


def test_everything_works_without_script(open_page: OpenPage, placement: Placement) -> None:
    page = open_page(phone=True, script=False)
    sign_in(page, placement.student)
    page.goto("/insights/")

    page.get_by_role("link", name="28 dagen").click()
    page.locator("#weeks .chart-numbers > summary").click()
    expect(page.locator("#weeks table")).to_be_visible()
    page.get_by_role("button", name=re.compile("Opslaan.*Per week")).click()

    expect(page.get_by_text("De grafiek is opgeslagen")).to_be_visible()
    item = SavedItem.objects.get(kind=SavedItem.Kind.CHART)
    assert item.key.startswith("weeks:28:")

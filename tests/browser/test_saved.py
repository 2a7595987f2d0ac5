"""What is put aside and what goes along, as people do it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from stageapp.accounts.models import User
from stageapp.guidance.models import ItemOpening
from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Placement
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sanne(world: World) -> User:
    return world.student("Sanne Bakker", "sanne@demo.example", weeks=3)


def things_of(student: User) -> Placement:
    placement = student.placements.get()
    activity = factories.activity(placement, "De les")
    factories.reflection(placement, "Het gesprek", activity=activity)
    factories.evidence(placement, "bord.jpg", activity=activity)
    return placement


def bookmark(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"“{name}” opslaan")


def test_reflection_and_evidence_are_saved_by_keyboard_without_leaving_the_page(
    open_page: OpenPage, sanne: User
) -> None:
    things_of(sanne)
    page = open_page()
    sign_in(page, sanne)

    for path, name in (("/reflections/", "Het gesprek"), ("/evidence/", "bord.jpg")):
        page.goto(path)
        page.evaluate("window.stayed = true")
        bookmark(page, name).focus()
        page.keyboard.press("Enter")
        expect(bookmark(page, name)).to_have_attribute("aria-pressed", "true")
        expect(bookmark(page, name)).to_be_focused()
        assert page.evaluate("window.stayed")

    page.goto("/saved/")
    expect(page.get_by_role("link", name="Het gesprek")).to_be_visible()
    expect(page.get_by_role("link", name="bord.jpg")).to_be_visible()


def test_bookmark_works_without_script_and_comes_back_to_the_same_page(
    open_page: OpenPage, sanne: User
) -> None:
    things_of(sanne)
    page = open_page(phone=True, script=False)
    sign_in(page, sanne)

    page.goto("/activities/")
    page.get_by_role("link", name="De les").click()
    for name in ("Het gesprek", "bord.jpg"):
        bookmark(page, name).click()
        expect(bookmark(page, name)).to_have_attribute("aria-pressed", "true")
        expect(page).to_have_url(re.compile(r"/activities/\d+/$"))

    assert SavedItem.objects.count() == 2


def test_photo_goes_along_with_a_question_and_the_teacher_opens_it(
    open_page: OpenPage, world: World, sanne: User
) -> None:
    things_of(sanne)
    page = open_page(phone=True)
    sign_in(page, sanne)
    page.goto("/evidence/")
    page.get_by_role("link", name="“bord.jpg” wijzigen").click()
    page.get_by_role("link", name="Hiermee begeleiding vragen").click()
    page.get_by_role("link", name="Alles op één pagina").click()
    expect(page.get_by_role("checkbox", name="bord.jpg")).to_be_checked()
    page.locator("input[name=title]").fill("Klopt dit bordplan?")
    page.locator("textarea[name=core]").fill("Wat zou jij anders doen?")
    page.locator(".form-end .button").click()
    preview = page.locator(".preview-frame")
    with page.expect_download() as own:
        preview.get_by_role("link", name="bord.jpg").click()
    assert own.value.suggested_filename == "bord.jpg"
    page.get_by_role("button", name="Delen met Mira de Vries").click()
    page.wait_for_url("**/guidance/*/")

    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(page.url)
    with desk.expect_download() as opened:
        desk.get_by_role("link", name="bord.jpg").click()
    assert opened.value.suggested_filename == "bord.jpg"
    assert ItemOpening.objects.get().person == world.teacher

    page.reload()
    expect(page.get_by_text("Geopend door Mira de Vries")).to_be_visible()
    page.goto("/evidence/")
    page.get_by_role("button", name="“bord.jpg” verwijderen").click()
    desk.reload()
    expect(desk.get_by_text("De student heeft dit bestand verwijderd")).to_be_visible()
    expect(desk.get_by_role("link", name="bord.jpg")).to_have_count(0)

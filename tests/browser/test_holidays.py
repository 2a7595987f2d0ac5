"""A functional administrator keeps the holidays with the keyboard only."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from stageapp.programmes.models import Holiday
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import fill, follow, press, push
from tests.browser.test_merging import runs_school
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("script", [True, False])
def test_holidays_are_brought_in_and_removed_by_keyboard(open_page: OpenPage, script: bool) -> None:
    world = World()
    Holiday.objects.all().delete()
    page = open_page(script=script)
    sign_in(page, runs_school(world))
    follow(page, "Beheer")
    page.wait_for_url("**/manage/")
    follow(page, "Vakanties en vrije dagen")
    fill(page, "Een lijst met data, elke vakantie op een eigen regel", "27-4-2099 ; Koningsdag")
    page.keyboard.press("Enter")
    page.keyboard.type("Kerst")
    press(page, "Lees deze lijst in")
    expect(page.get_by_role("alert")).to_contain_text("Regel 2")
    # What was typed is still there: only the second line has to be put right.
    fill(page, "Een lijst met data, elke vakantie op een eigen regel", "27-4-2099 ; Koningsdag")
    press(page, "Lees deze lijst in")
    expect(page.get_by_role("strong").or_(page.get_by_text("Koningsdag")).first).to_be_visible()
    push(page, re.compile("Verwijderen.*Koningsdag"))
    expect(page.get_by_text("Nog geen vakanties of vrije dagen.")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_page_of_holidays_is_accessible_and_fits(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    world = World()
    factories.holiday(world.cohorts["hbo-ict"].programme.institution, "Een vakantie " * 10)
    page = open_page(phone=phone)
    sign_in(page, runs_school(world))
    page.goto("/manage/holidays/")
    assert violations(page) == []
    assert too_wide(page, "holidays") == []

"""An administrator looks at what others see with the keyboard only."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.keyboard import follow
from tests.browser.test_pages import too_wide
from tests.browser.test_rule_editor import administrator
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("script", [True, False])
def test_roles_are_looked_at_by_keyboard(open_page: OpenPage, script: bool) -> None:
    page = open_page(script=script)
    sign_in(page, administrator(World()))
    follow(page, "Beheer")
    page.wait_for_url("**/manage/")
    follow(page, "Wat anderen zien")
    expect(page.get_by_role("heading", name="De startpagina van een student")).to_be_visible()
    follow(page, "Docent")
    expect(page.get_by_role("heading", name="De studenten van een docent")).to_be_visible()
    follow(page, "Gast")
    expect(page.get_by_text("Een gast heeft geen account")).to_be_visible()
    # Nothing in it can be reached with the Tab key.
    inside = page.get_by_role("region", name="Voorbeeld, verzonnen")
    assert inside.locator("a[href], button, input, textarea, [tabindex='0']").count() == 0


@pytest.mark.parametrize("phone", [False, True])
def test_previews_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, administrator(World()))
    for role in ("student", "teacher", "guest"):
        page.goto(f"/manage/preview/{role}/")
        assert violations(page) == []
        assert too_wide(page, role) == []

"""Going through pages as somebody without a mouse does."""

import re

import pytest
from playwright.sync_api import Locator, Page

from tests import factories

#: More than there are stops on the longest page.
MOST_STOPS = 150


def tab_to(page: Page, target: Locator) -> None:
    """Go to something with the Tab key."""
    wanted = target.element_handle()
    for _ in range(MOST_STOPS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{target} cannot be reached with the keyboard")


def enter(page: Page, target: Locator) -> None:
    """Go to something, press Enter on it, and wait for the page that comes, if one does.

    Pressed on the element: a key of the keyboard alone does not wait for the page it leads to.
    """
    tab_to(page, target)
    target.press("Enter")
    page.wait_for_load_state()


def fill(page: Page, label: str, text: str, *, group: str = "") -> None:
    """Type in a field instead of what is in it."""
    inside = page.get_by_role("group", name=group, exact=True) if group else page
    tab_to(page, inside.get_by_label(label))
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def choose(page: Page, label: str, letters: str) -> None:
    """Choose in a list what begins with some letters."""
    tab_to(page, page.get_by_label(label))
    page.keyboard.type(letters)


def press(page: Page, name: str) -> None:
    """Press the button of this name."""
    enter(page, page.get_by_role("button", name=name, exact=True))


def push(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the first button of the page itself whose name goes on with what it is about."""
    enter(page, page.locator("main").get_by_role("button", name=name).first)


def follow(page: Page, name: str, *, exact: bool = False) -> None:
    """Go where a link leads."""
    enter(page, page.get_by_role("link", name=name, exact=exact).first)


def give_password_again(page: Page) -> None:
    """Answer the question for the password before something that asks for it."""
    field = page.locator("input[name=password]")
    tab_to(page, field)
    page.keyboard.type(factories.PASSWORD)
    field.press("Enter")
    page.wait_for_load_state()

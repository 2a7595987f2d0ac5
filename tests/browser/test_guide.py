"""The guide as people come to it: from the page where they are stuck, on a phone, by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_student_reads_an_article_from_the_form_and_goes_back_to_what_was_typed(
    open_page: OpenPage,
) -> None:
    world = World()
    page = open_page(phone=True)
    sign_in(page, world.noor)
    page.goto("/guidance/new/")
    page.locator("textarea[name=core]").fill("Ik weet niet goed wat ik vraag.")

    page.get_by_role("link", name="Een scherpe vraag").click()
    expect(page.locator("h1")).to_have_text("Een scherpe vraag")
    page.locator("main").get_by_role("link", name="Stel een vraag").click()

    expect(page.locator("textarea[name=core]")).to_have_value("Ik weet niet goed wat ik vraag.")


def test_guide_is_searched_by_keyboard_and_read_without_an_account(open_page: OpenPage) -> None:
    page = open_page(script=False)
    page.goto("/login/")
    page.get_by_role("link", name="Gids").click()

    page.get_by_label("Zoek in de gids").focus()
    page.keyboard.type("antwoorden helder")
    page.keyboard.press("Enter")
    page.locator("mark").first.wait_for()
    page.get_by_role("link", name="Antwoorden: relevant, genoeg, waar en helder").click()

    expect(page.locator("h1")).to_have_text("Antwoorden: relevant, genoeg, waar en helder")
    expect(page.get_by_text("Logic and conversation")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Answering: relevant, enough, true and clear")


def test_lines_of_an_article_are_read_with_ease(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/guide/social-anonymity/")

    signs = page.evaluate(
        """() => {
            const text = document.querySelector('.prose p').firstChild;
            const lines = new Map();
            for (let at = 0; at < text.length; at++) {
                const range = document.createRange();
                range.setStart(text, at);
                range.setEnd(text, at + 1);
                const top = Math.round(range.getBoundingClientRect().top);
                lines.set(top, (lines.get(top) ?? 0) + 1);
            }
            return Math.max(...lines.values());
        }"""
    )

    assert 55 <= signs <= 75

"""Writing a reply: the frame, hints that come and go, a quotation and a picture."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.guidance.models import GuidanceQuestion, OwnWords
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]

CORE = "Ik zoek te lang alleen. Wanneer vraag ik hulp? En hoort dat in mijn verslag?"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def sanne(world: World) -> User:
    return world.student("Sanne Bakker", "sanne@demo.example", weeks=3)


@pytest.fixture
def question(world: World, sanne: User) -> GuidanceQuestion:
    return factories.question(
        sanne.placements.get(),
        "Hulp vragen",
        teacher=world.teacher,
        core=CORE,
        shared_at=timezone.now(),
    )


def box_of(page: Page) -> str:
    return page.locator("textarea[name$=text]").input_value()


def test_reply_is_built_with_frame_hints_quotation_and_picture(
    open_page: OpenPage, accessible: Check, world: World, sanne: User, question: GuidanceQuestion
) -> None:
    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.get_by_text("Opbouw in vijf delen").click()
    desk.get_by_role("button", name="Afsluiting").click()
    desk.get_by_role("button", name="Aanhef").click()
    desk.get_by_role("button", name="Erkenning").click()
    assert box_of(desk).split("\n\n") == [
        "Dag Sanne,",
        "Goed dat je dit voorlegt. Ik zie dat …",
        "Succes, en laat me weten hoe het ging.\nMira",
    ]
    # The dots are selected: one goes on typing there.
    desk.keyboard.type("je doorzet.")
    expect(desk.locator(".hint-list")).to_contain_text("Wanneer vraag ik hulp?")
    expect(desk.locator(".hint-list")).to_contain_text("En hoort dat in mijn verslag?")
    expect(desk.locator("textarea[name$=text]")).to_be_focused()
    accessible(desk)
    assert too_wide(desk, "hints") == []

    desk.keyboard.type(" Vraag na een half uur hulp.")
    expect(desk.locator(".hint-list")).not_to_contain_text("Wanneer vraag ik hulp?")
    desk.get_by_role("button", name=re.compile("Dit laat ik liggen.*En hoort")).click()
    expect(desk.locator(".hint-list")).not_to_contain_text("En hoort dat in mijn verslag?")
    desk.get_by_role("button", name="Dit laat ik liggen").click()
    expect(desk.locator(".hint-list")).to_have_count(0)

    desk.locator("[data-quotes]").click()
    accessible(desk)
    desk.get_by_label("Wanneer vraag ik hulp?").check()
    desk.get_by_role("button", name="Deze citeren").click()
    expect(desk.locator("textarea[name$=text]")).to_be_focused()
    assert "\n\n> Wanneer vraag ik hulp?\n\n" in box_of(desk)
    desk.get_by_text("Bestanden meesturen").click()
    desk.locator("input[type=file]").set_input_files(
        {"name": "schets.jpg", "mimeType": "image/jpeg", "buffer": factories.picture()}
    )
    accessible(desk)
    desk.get_by_role("button", name="Antwoorden", exact=True).click()
    expect(desk.locator(".message blockquote")).to_have_text("Wanneer vraag ik hulp?")

    phone = open_page(phone=True, dark=True)
    sign_in(phone, sanne)
    phone.goto(f"/guidance/{question.pk}/")
    message = phone.locator(".message")
    expect(message).to_contain_text("Goed dat je dit voorlegt. Ik zie dat je doorzet.")
    expect(message.locator("blockquote")).to_have_text("Wanneer vraag ik hulp?")
    with phone.expect_download() as download:
        message.get_by_role("link", name="schets.jpg").click()
    assert download.value.suggested_filename == "schets.jpg"
    assert too_wide(phone, "message") == []
    accessible(phone)


def test_message_is_read_by_speech_acts_in_place(
    open_page: OpenPage, accessible: Check, world: World, question: GuidanceQuestion
) -> None:
    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/students/{question.placement_id}/")
    link = desk.get_by_role("link", name=re.compile("vijf taalhandelingen"))

    link.click()

    expect(desk.locator(".act-sentences li")).to_have_count(3)
    expect(link).to_have_attribute("aria-expanded", "true")
    assert desk.url.endswith(f"/students/{question.placement_id}/")
    accessible(desk)
    assert too_wide(desk, "reading in place") == []
    link.click()
    expect(desk.locator(".act-sentences")).to_have_count(0)


def test_what_is_selected_is_quoted_at_once(
    open_page: OpenPage, world: World, question: GuidanceQuestion
) -> None:
    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.locator("textarea[name$=text]").fill("Mijn antwoord")
    desk.evaluate(
        """() => {
          const text = document.querySelector('[data-quotable]').firstChild;
          getSelection().setBaseAndExtent(text, 8, text, 22);
        }"""
    )

    desk.locator("[data-quotes]").dispatch_event("click")

    assert box_of(desk) == "Mijn antwoord\n\n> te lang alleen\n\n"


def test_hints_are_switched_off_at_the_box(
    open_page: OpenPage, world: World, question: GuidanceQuestion
) -> None:
    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.locator("textarea[name$=text]").fill("Prima")
    expect(desk.locator(".hint-list li")).to_have_count(3)

    desk.get_by_role("button", name="Hints uit").click()

    expect(desk.get_by_role("button", name="Hints aan")).to_be_focused()
    expect(desk.locator(".hint-list")).to_have_count(0)
    assert box_of(desk) == "Prima"


def test_reply_is_built_without_script(
    open_page: OpenPage, world: World, question: GuidanceQuestion
) -> None:
    desk = open_page(script=False)
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.locator("[data-quotes]").click()
    desk.get_by_label("Wanneer vraag ik hulp?").check()
    desk.get_by_role("button", name="Deze citeren").click()
    desk.locator("textarea[name$=text]").press("Control+End")
    desk.keyboard.type("Na een half uur.")
    desk.locator(".reply-frame summary").click()
    desk.get_by_role("button", name="Aanhef").click()
    expect(desk.locator(".hint-list")).to_contain_text("En hoort dat in mijn verslag?")
    desk.locator(".attach-files summary").click()
    desk.locator("input[type=file]").set_input_files(
        {"name": "schets.jpg", "mimeType": "image/jpeg", "buffer": factories.picture()}
    )
    desk.get_by_role("button", name="Antwoorden", exact=True).click()

    message = desk.locator(".message")
    expect(message.locator("p").first).to_have_text("Dag Sanne,")
    expect(message.locator("blockquote")).to_have_text("Wanneer vraag ik hulp?")
    expect(message).to_contain_text("Na een half uur.")
    expect(message.get_by_role("link", name="schets.jpg")).to_be_visible()


def test_own_words_are_kept_ordered_and_used(
    open_page: OpenPage, accessible: Check, world: World, question: GuidanceQuestion
) -> None:
    page = open_page(phone=True)
    sign_in(page, world.teacher)
    page.goto("/profile/")
    accessible(page)
    page.get_by_role("link", name="Mijn eigen woorden").click()
    for text in ("Dag [naam],", "Langewoordenzonderspatiesdienergensopmogen" * 3):
        page.locator("textarea[name=text]").fill(text)
        page.get_by_role("button", name="Toevoegen").click()
        expect(page.locator(".own-words")).to_contain_text(text)
    page.get_by_role("button", name=re.compile("Omhoog")).click()
    expect(page.locator(".own-words li").first).to_contain_text("Langewoorden")
    accessible(page)
    assert too_wide(page, "own words") == []
    page.get_by_role("link", name=re.compile("Wijzigen")).last.click()
    accessible(page)
    page.locator("textarea[name=text]").fill("Ha [naam]!")
    page.get_by_role("button", name="Bewaren").click()

    page.goto(f"/guidance/{question.pk}/")
    page.locator(".reply-frame summary").click()
    page.get_by_role("button", name="Ha Sanne!").click()

    assert box_of(page) == "Ha Sanne!"
    assert too_wide(page, "frame") == []
    accessible(page)
    assert OwnWords.objects.count() == 2

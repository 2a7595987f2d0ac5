"""A student shares with the supervisor, who has no account: from the phone to the desk and back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import Browser, Page, expect

from stageapp.guidance.actions import add_item, withdraw_item
from stageapp.home.management.commands.worker import work
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in
from tests.invitations.guest import code_in, link_in, share
from tests.notifications.conftest import Inbox, inbox

__all__ = ["inbox"]
pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def deliver() -> None:
    """Let the worker send what waits, over the real mail server."""
    work(lambda: False)


def come_in(page: Page, inbox: Inbox, link: str) -> None:
    """Ask a code, take it from the mail and enter it."""
    page.goto(link)
    page.get_by_role("button", name="Stuur mij een code").click()
    expect(page.get_by_label("De code uit de mail")).to_be_visible()
    deliver()
    page.get_by_label("De code uit de mail").fill(code_in(inbox.mails[-1]))
    page.get_by_role("button", name="Openen").click()


def test_supervisor_reads_and_answers_by_a_link_and_is_out_when_it_ends(
    open_page: OpenPage, accessible: Check, inbox: Inbox
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    placement = sanne.placements.get()
    factories.activity(placement, "Storing bij de klant onderzocht")
    factories.activity(placement, "Rooster gemaakt")
    today = date_format(timezone.localdate(), "j F")

    phone = open_page(phone=True)
    sign_in(phone, sanne)
    phone.goto("/guidance/new/?all=1")
    expect(phone.get_by_role("group", name="Als je het je werkplekbegeleider")).to_be_hidden()
    phone.locator("input[name=title]").fill("Hoe doen jullie dit?")
    phone.locator("textarea[name=core]").fill("Ik zag twee manieren.")
    phone.get_by_label("Mijn werkplekbegeleider").check()
    supervisor = phone.get_by_role("group", name="Als je het je werkplekbegeleider")
    expect(phone.get_by_role("group", name="Als je het iemand anders")).to_be_hidden()
    supervisor.get_by_label("Naam").fill("Peter de Boer")
    supervisor.get_by_label("E-mailadres").fill("peter@werkplek.example")
    phone.get_by_label("Een geschreven antwoord").check()
    for name in ("Storing bij de klant", "Rooster gemaakt"):
        phone.locator(".item-picker label", has_text=name).click()
    accessible(phone)
    phone.locator(".form-end .button").click()
    expect(phone.locator(".audience")).to_contain_text("alleen jij")
    accessible(phone)
    phone.get_by_role("button", name="Delen met Peter de Boer").click()
    expect(phone.locator(".audience").first).to_contain_text("jij en Peter de Boer (gast), tot")
    accessible(phone)
    deliver()

    desk = open_page()
    link = link_in(next(mail for mail in inbox.mails if "peter@werkplek" in mail["To"]))
    desk.goto(link)
    expect(desk.get_by_role("heading", name="Sanne Bakker nodigt je uit")).to_be_visible()
    expect(desk.get_by_text("Hoe doen jullie dit?")).to_have_count(0)
    accessible(desk)
    come_in(desk, inbox, link)
    expect(desk.get_by_role("heading", name="Hoe doen jullie dit?")).to_be_visible()
    expect(desk.locator(".shared-item")).to_have_count(2)
    accessible(desk)
    desk.get_by_label("Je bericht").fill("Wij doen het zo.")
    desk.get_by_role("button", name="Antwoord").click()
    expect(desk.locator(".message")).to_contain_text("Wij doen het zo.")
    expect(desk.get_by_text("Sanne Bakker krijgt bericht")).to_be_visible()
    expect(desk.get_by_label("Je bericht")).to_have_value("")

    phone.reload()
    expect(phone.locator(".message")).to_contain_text("Peter de Boer")
    expect(phone.locator(".message .badge")).to_have_text("gast")
    expect(phone.get_by_text(f"geopend door Peter de Boer op {today}")).to_have_count(2)
    phone.get_by_role("button", name="Trek dit item in").first.click()
    desk.reload()
    expect(desk.get_by_text("Eén item is ingetrokken")).to_be_visible()
    expect(desk.locator(".shared-item")).to_have_count(1)

    phone.get_by_role("button", name="Toegang beëindigen").click()
    expect(phone.locator(".audience").first).to_contain_text("alleen jij")
    accessible(phone)
    # The console would tell that the page is not found, which is what is asked for.
    out = desk.request.get(link)
    assert out.status == 404
    assert "Deze link werkt niet (meer)" in out.text()


def test_what_a_guest_typed_is_back_after_the_door_closed(
    open_page: OpenPage, inbox: Inbox
) -> None:
    invitation = share(factories.guest_question(World().noor.placements.get()))
    desk = open_page()
    come_in(desk, inbox, f"/g/{invitation.token}/")
    desk.get_by_label("Je bericht").fill("Een lang antwoord")
    desk.context.clear_cookies()
    desk.get_by_role("button", name="Antwoord").click()
    expect(desk.get_by_role("button", name="Stuur mij een code")).to_be_visible()

    come_in(desk, inbox, f"/g/{invitation.token}/")

    expect(desk.get_by_label("Je bericht")).to_have_value("Een lang antwoord")


def test_guest_needs_no_script(open_page: OpenPage, inbox: Inbox) -> None:
    world = World()
    invitation = share(factories.guest_question(world.noor.placements.get()))
    phone = open_page(phone=True, script=False)
    come_in(phone, inbox, f"/g/{invitation.token}/")
    phone.get_by_label("Je bericht").fill("Zo.")
    phone.get_by_role("button", name="Antwoord").click()
    expect(phone.locator(".message")).to_contain_text("Zo.")
    phone.get_by_role("button", name="Stoppen voor nu").click()
    expect(phone.get_by_role("button", name="Stuur mij een code")).to_be_visible()

    student = open_page(script=False)
    sign_in(student, world.noor)
    student.goto("/guidance/new/?all=1")
    expect(student.get_by_role("group", name="Als je het iemand anders")).to_be_visible()


def test_pages_of_a_guest_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]], inbox: Inbox
) -> None:
    world = World()
    placement = world.noor.placements.get()
    long = "Langewoordenzonderspatiesdienergensopmogen" * 2
    question = factories.guest_question(
        placement, long, name=long, goal=factories.goal(placement, long), core=long
    )
    add_item(question, factories.activity(placement, long), position=1)
    add_item(question, factories.evidence(placement, f"{long}.jpg"), position=2)
    add_item(question, factories.reflection(placement, long), position=3)
    invitation = share(question)
    withdraw_item(question.items.all()[2], at=timezone.now())
    factories.message(question, world.noor, long)
    page = open_page()
    path = f"/g/{invitation.token}/"
    wrong: list[str] = []

    def look() -> None:
        nonlocal wrong
        wrong += violations(page) + too_wide(page, page.url)

    page.goto(path)
    look()
    page.get_by_text("Ik wil deze link niet").click()
    look()
    page.get_by_role("button", name="Stuur mij een code").click()
    look()
    page.get_by_label("De code uit de mail").fill("12")
    page.get_by_role("button", name="Openen").click()
    expect(page.get_by_label("De code uit de mail")).to_have_attribute("aria-invalid", "true")
    look()
    deliver()
    page.get_by_label("De code uit de mail").fill(code_in(inbox.mails[-1]))
    page.get_by_role("button", name="Openen").click()
    expect(page.locator(".answer-box")).to_be_visible()
    look()
    page.get_by_text("Ik wil deze link niet").click()
    page.get_by_role("button", name="Deze link beëindigen").click()
    look()
    assert wrong == []


def test_page_of_a_dead_link_is_accessible_and_fits(
    browser: Browser, live_server: Any, violations: Callable[[Page], list[str]]
) -> None:
    # Not by `open_page`: the console tells that the page is not found, which is so.
    page = browser.new_context(base_url=live_server.url).new_page()
    page.goto("/g/nothing/")
    expect(page.get_by_role("heading", name="Deze link werkt niet (meer)")).to_be_visible()

    assert violations(page) + too_wide(page, page.url) == []
    page.context.close()

"""The link in the mail that confirms an address, on another device than the one registered on."""

import re
from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import too_wide
from tests.browser.world import World, give_password, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def ask_for_the_mail(page: Page, person: User, sent: list[EmailMessage]) -> str:
    """Return the link in the mail that somebody asks for who signs in."""
    page.goto("/login/")
    give_password(page, person)
    page.get_by_role("button", name="Stuur de mail nog eens").press("Enter")
    expect(page.get_by_role("status")).to_contain_text(person.email)
    found = re.search(r"/verify/\S+", str(sent[-1].body))
    assert found
    return found[0]


@pytest.mark.parametrize("script", [True, False])
def test_address_is_confirmed_on_another_device_after_signing_in(
    open_page: OpenPage,
    violations: Callable[[Page], list[str]],
    mailoutbox: list[EmailMessage],
    script: bool,
) -> None:
    World()
    noor = factories.person("Noor de Wit", "noor.de.wit@school.example", verified=False)
    computer, phone = open_page(script=script), open_page(script=script, phone=True)
    link = ask_for_the_mail(computer, noor, mailoutbox)

    phone.goto(link)
    expect(phone.get_by_text("Log eerst in")).to_be_visible()
    if script:
        assert violations(phone) + too_wide(phone, "sign in first") == []
    phone.get_by_role("link", name="Inloggen").press("Enter")
    give_password(phone, noor)
    phone.get_by_role("button", name="Ja, bevestigen").press("Enter")
    phone.wait_for_url("**/")
    expect(phone.locator("#verification-notice")).to_have_count(0)


def test_who_is_signed_in_as_somebody_else_is_told(
    open_page: OpenPage, violations: Callable[[Page], list[str]], mailoutbox: list[EmailMessage]
) -> None:
    world = World()
    other = factories.person("Noor de Wit", "noor.de.wit@school.example", verified=False)
    link = ask_for_the_mail(open_page(), other, mailoutbox)

    page = open_page(phone=True)
    sign_in(page, world.noor)
    page.goto(link)
    expect(page.get_by_text("Je bent ingelogd als")).to_be_visible()
    assert violations(page) + too_wide(page, "signed in as somebody else") == []
    page.get_by_role("button", name="Uitloggen").press("Enter")
    expect(page.get_by_text("Log eerst in")).to_be_visible()

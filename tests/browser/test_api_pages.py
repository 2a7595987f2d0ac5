"""Tokens, webhooks and the page about the API in a browser."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.api.actions_webhooks import make_webhook, send_test
from stageapp.api.models import Webhook
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.test_pages import too_wide
from tests.browser.world import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def student() -> User:
    return factories.placement(factories.person("Sanne Bakker")).student


@pytest.mark.parametrize("phone", [True, False])
@pytest.mark.parametrize("dark", [True, False])
def test_token_is_made_copied_and_revoked(
    open_page: OpenPage,
    violations: Callable[[Page], list[str]],
    student: User,
    phone: bool,
    dark: bool,
) -> None:
    page = open_page(phone=phone, dark=dark)
    sign_in(page, student)

    page.goto("/security/")
    page.get_by_role("link", name="Mijn tokens").click()
    page.get_by_role("link", name="Maak een token").click()
    if "/login/again/" in page.url:
        page.get_by_label("Wachtwoord").fill(factories.PASSWORD)
        page.locator("main form button").first.click()
    assert violations(page) == []
    assert too_wide(page, "tokens") == []
    page.get_by_label("Waar het voor is").fill("Mijn telefoon")
    page.locator("#id_logbook").get_by_text("lezen en wijzigen").click()
    page.get_by_role("button", name="Maak het token").click()

    secret = page.get_by_label("Token", exact=True).input_value()
    assert re.fullmatch(r"stage_\w{38}", secret)
    assert violations(page) == []
    assert too_wide(page, "tokens") == []
    page.get_by_role("button", name="Trek in").click()
    expect(page.get_by_text("Je hebt geen tokens.")).to_be_visible()


@pytest.mark.parametrize("phone", [True, False])
def test_pages_of_a_webhook_and_of_the_api_are_for_everybody(
    open_page: OpenPage,
    violations: Callable[[Page], list[str]],
    student: User,
    phone: bool,
) -> None:
    webhook = Webhook(person=student, name="Mijn app", url=f"https://hier.example/{'x' * 80}")
    make_webhook(webhook, at=timezone.now())
    send_test(webhook, at=timezone.now())
    page = open_page(phone=phone)
    sign_in(page, student)

    for address in ("/profile/webhooks/", f"/profile/webhooks/{webhook.pk}/", "/api/docs"):
        page.goto(address)
        assert violations(page) == [], address
        assert too_wide(page, address) == []
    page.goto("/api/docs#log_activity")
    page.locator("#log_activity summary").press("Enter")
    expect(page.locator("#log_activity pre")).to_be_visible()

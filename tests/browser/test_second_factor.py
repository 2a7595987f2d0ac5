"""Passkeys, an app with codes and the list of sessions, in a real browser."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import CDPSession, Page, expect
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import give_password_again
from tests.browser.test_pages import too_wide
from tests.browser.world import World, give_password

pytestmark = pytest.mark.django_db(transaction=True)

Violations = Callable[[Page], list[str]]


def administrator(world: World) -> User:
    somebody = factories.person("Ria Beheer", "opleiding@demo.example")
    ProgrammeMembership.objects.create(
        programme=world.cohorts["hbo-ict"].programme, person=somebody, role=Role.ADMINISTRATOR
    )
    return somebody


def authenticator_in(page: Page) -> CDPSession:
    """Give the browser a device that makes passkeys and always recognises who holds it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def sign_out(page: Page) -> None:
    page.goto("/profile/")
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url("**/login/**")


def looks_well(page: Page, violations: Violations) -> None:
    assert violations(page) == []
    assert too_wide(page, page.url) == []


def test_an_administrator_makes_a_passkey_and_signs_in_with_it(
    open_page: OpenPage, violations: Violations, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "administrators"
    ria = administrator(World())
    page = open_page(phone=True)
    authenticator_in(page)

    page.goto("/login/")
    give_password(page, ria)
    expect(page.get_by_role("heading", name="Hoe ik inlog")).to_be_visible()
    expect(page.get_by_text("Als beheerder log je in met meer")).to_be_visible()
    looks_well(page, violations)
    page.goto("/manage/tips/")
    expect(page.get_by_role("heading", name="Hoe ik inlog")).to_be_visible()

    page.get_by_role("link", name="Passkey maken").click()
    give_password_again(page)
    looks_well(page, violations)
    page.get_by_label("Naam, om je passkeys").fill("Mijn telefoon")
    page.get_by_role("button", name="Passkey maken").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    looks_well(page, violations)
    with page.expect_download() as file:
        page.get_by_role("button", name="Als bestand").click()
    assert file.value.suggested_filename == "herstelcodes.txt"
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(page.get_by_role("heading", name="Mijn telefoon")).to_be_visible()
    looks_well(page, violations)
    page.goto("/manage/tips/")
    expect(page.get_by_role("heading", name="Tips", exact=True)).to_be_visible()

    # After the password, it is asked for.
    sign_out(page)
    give_password(page, ria)
    expect(page.get_by_role("heading", name="Nog één stap")).to_be_visible()
    looks_well(page, violations)
    page.get_by_role("button", name="Mijn passkey gebruiken").click()
    expect(page.locator("nav.main-navigation")).to_be_visible()

    # Without the password, it is enough: the device asked who held it.
    sign_out(page)
    looks_well(page, violations)
    page.goto("/login/?next=/manage/tips/")
    page.get_by_role("link", name="Inloggen met een passkey").click()
    looks_well(page, violations)
    page.get_by_role("button", name="Mijn passkey gebruiken").click()
    expect(page.get_by_role("heading", name="Tips", exact=True)).to_be_visible()


def test_a_passkey_is_renamed_and_removed(open_page: OpenPage, violations: Violations) -> None:
    noor = World().noor
    page = open_page()
    authenticator_in(page)
    page.goto("/login/")
    give_password(page, noor)
    page.goto("/security/passkeys/new/")
    give_password_again(page)
    page.get_by_role("button", name="Passkey maken").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)

    page.goto("/security/")
    page.get_by_role("link", name="Hernoemen").click()
    looks_well(page, violations)
    page.get_by_label("Naam, om je passkeys").fill("Laptop thuis")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("heading", name="Laptop thuis")).to_be_visible()
    page.get_by_role("link", name="Verwijderen").click()
    looks_well(page, violations)
    page.get_by_role("button", name="Verwijderen").click()

    expect(page.get_by_text("De passkey is verwijderd.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_a_passkey_that_is_refused_says_so_and_can_be_tried_again(
    open_page: OpenPage,
) -> None:
    page = open_page()
    authenticator_in(page)
    page.goto("/login/with-passkey/")

    page.get_by_role("button", name="Mijn passkey gebruiken").click()

    expect(page.get_by_text("Dit lukte niet, of je hebt het afgebroken.")).to_be_visible()
    expect(page.get_by_role("button", name="Mijn passkey gebruiken")).to_be_enabled()


@pytest.mark.parametrize("script", [True, False])
def test_an_app_with_codes_is_switched_on_and_asked_for(
    open_page: OpenPage, violations: Violations, script: bool
) -> None:
    noor = World().noor
    page = open_page(phone=True, script=script)
    page.goto("/login/")
    give_password(page, noor)
    page.get_by_role("link", name="Mijn profiel").click()
    page.get_by_role("link", name="Hoe ik inlog").click()
    page.get_by_role("link", name="Aanzetten").click()
    give_password_again(page)
    if script:
        looks_well(page, violations)
    expect(page.locator(".qr-code")).not_to_have_js_property("naturalWidth", 0)
    secret = page.get_by_label("Geheim").input_value()
    codes = [format_hotp_value(hotp_value(secret, n)) for n in yield_hotp_counters_from_time()]
    page.get_by_label("Code die de app nu toont").fill(codes[0])
    page.get_by_role("button", name="Aanzetten").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)

    sign_out(page)
    give_password(page, noor)
    if script:
        looks_well(page, violations)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.get_by_text("Dit lukte niet. Gebruik een nieuwe code")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(codes[2])
    page.get_by_role("button", name="Inloggen", exact=True).click()
    expect(page.locator("nav.main-navigation")).to_be_visible()


def test_a_device_is_signed_out_from_another(open_page: OpenPage, violations: Violations) -> None:
    noor = World().noor
    phone, laptop = open_page(phone=True), open_page()
    for page in (phone, laptop):
        page.goto("/login/")
        give_password(page, noor)
        expect(page.locator("nav.main-navigation")).to_be_visible()

    phone.goto("/security/sessions/")
    expect(phone.get_by_text("dit apparaat")).to_have_count(1)
    looks_well(phone, violations)
    phone.get_by_role("button", name="Overal uitloggen, behalve hier").click()
    expect(phone.get_by_text("Eén ander apparaat is uitgelogd.")).to_be_visible()

    laptop.goto("/profile/")
    expect(laptop.get_by_role("heading", name="Inloggen")).to_be_visible()

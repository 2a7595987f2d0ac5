"""Coming in by a campus in a real browser: from one site to another and back, by keyboard.

The campus is at 127.0.0.1 and we at localhost: two sites to a browser, so that cookies go along
only where they would with two schools. An answer of SAML is a form that one site sends to another.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.integrations.campus.models import CampusAccount, CampusDomain, CampusProvider
from stageapp.programmes.models import Institution
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import fill, follow, press
from tests.browser.test_merging import runs_school
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in
from tests.integrations.campus import campus
from tests.integrations.campus.conftest import Peer, keys, openid_peer, saml_peer, saml_process

__all__ = ["keys", "openid_peer", "saml_peer", "saml_process"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _addresses(settings: Settings, live_server: Any) -> None:
    assert live_server.url.startswith("http://localhost:")
    settings.BASE_URL = live_server.url
    settings.OUTGOING_HOSTS = ["127.0.0.1"]


@pytest.fixture
def school() -> Institution:
    own: Institution = World().cohorts["hbo-ict"].programme.institution
    CampusDomain.objects.create(institution=own, domain=campus.HOME)
    return own


def rule(provider: CampusProvider) -> None:
    campus.rule(provider, programme=provider.institution.programmes.first())


def is_elsewhere(url: str) -> bool:
    return urlsplit(url).hostname not in {"localhost", "127.0.0.1"}


def at_campus(page: Page, who: str) -> None:
    """Sign in at the OpenID provider, on its own pages."""
    page.locator("[name=login]").fill(who)
    page.locator("[name=password]").fill("x")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("script", [True, False])
def test_student_comes_in_by_openid_connect_and_out_again(
    open_page: OpenPage, openid_peer: Peer, school: Institution, live_server: Any, script: bool
) -> None:
    provider = campus.openid(openid_peer, institution=school)
    rule(provider)
    openid_peer.tell(
        "person", sub="kim", claims=campus.claims(f"kim@{campus.HOME}", name="Kim Jansen")
    )
    openid_peer.tell(
        "redirects",
        redirects=[f"{live_server.url}/login/campus/{provider.pk}/callback/"],
        after=[f"{live_server.url}/login/"],
    )
    page = open_page(script=script)
    # Its pages want letters from elsewhere.
    page.context.route(is_elsewhere, lambda route: route.fulfill(body=""))
    page.goto("/login/")
    follow(page, "Inloggen met Hogeschool Voorbeeld")
    at_campus(page, "kim")

    expect(page).to_have_url(f"{live_server.url}/placement/new/")
    assert User.objects.get(campus_accounts__subject="kim").name == "Kim Jansen"

    page.goto("/logout/")
    page.locator("main form button").click()
    expect(page.get_by_role("heading", name="Elders nog ingelogd?")).to_be_visible()
    page.get_by_role("link", name="Uitloggen bij Hogeschool Voorbeeld").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page).to_have_url(f"{live_server.url}/login/")


@pytest.mark.parametrize("script", [True, False])
def test_student_comes_in_by_saml_from_another_site(
    open_page: OpenPage, saml_peer: Peer, school: Institution, live_server: Any, script: bool
) -> None:
    provider = campus.saml(saml_peer, institution=school)
    rule(provider)
    saml_peer.tell("person", name_id="kim", attributes=campus.attributes(f"kim@{campus.HOME}"))
    page = open_page(script=script)
    page.goto("/login/?next=/guide/")
    follow(page, "Inloggen met Hogeschool Voorbeeld")
    page.get_by_role("button", name="It is me").click()

    expect(page).to_have_url(f"{live_server.url}/guide/")
    assert CampusAccount.objects.get().subject == "kim"

    page.goto("/logout/")
    page.locator("main form button").click()
    page.get_by_role("link", name="Uitloggen bij Hogeschool Voorbeeld").click()
    expect(page.get_by_text("Je bent ook uitgelogd bij Hogeschool Voorbeeld.")).to_be_visible()
    assert saml_peer.tell("sent")["sent"] == "kim"


def test_who_is_signed_out_there_is_signed_out_here(
    open_page: OpenPage, saml_peer: Peer, school: Institution, live_server: Any
) -> None:
    provider = campus.saml(saml_peer, institution=school)
    rule(provider)
    saml_peer.tell("person", name_id="kim", attributes=campus.attributes(f"kim@{campus.HOME}"))
    page = open_page()
    page.goto(f"/login/campus/{provider.pk}/")
    page.get_by_role("button", name="It is me").click()
    expect(page).to_have_url(f"{live_server.url}/placement/new/")

    page.goto(saml_peer.tell("logout", name_id="kim")["address"])

    expect(page.get_by_role("heading", name="Signed out everywhere")).to_be_visible()
    page.goto("/")
    expect(page).to_have_url(f"{live_server.url}/login/?next=/")


def test_institution_is_found_by_address_and_by_keyboard(
    open_page: OpenPage,
    saml_peer: Peer,
    live_server: Any,
    violations: Callable[[Page], list[str]],
) -> None:
    owner = campus.institution(host="localhost")
    provider = campus.saml(saml_peer, institution=owner)
    CampusProvider.objects.filter(pk=provider.pk).update(is_on=False)
    page = open_page(phone=True)
    page.goto("/login/campus/")
    assert violations(page) == []
    assert too_wide(page, "find") == []
    fill(page, "E-mailadres bij je instelling", "kim@elders.example")
    press(page, "Verder")
    expect(page.get_by_text("Er logt hier geen instelling in met zulke adressen.")).to_be_visible()
    CampusProvider.objects.filter(pk=provider.pk).update(is_on=True)
    fill(page, "E-mailadres bij je instelling", f"kim@{campus.HOME}")
    press(page, "Verder")
    page.get_by_role("button", name="It is me").wait_for()


@pytest.mark.parametrize("phone", [False, True])
def test_pages_of_coming_in_are_accessible_and_fit(
    open_page: OpenPage,
    saml_peer: Peer,
    school: Institution,
    violations: Callable[[Page], list[str]],
    phone: bool,
) -> None:
    provider = campus.saml(saml_peer, institution=school, name="Hogeschool " + "Langenaam" * 12)
    factories.person("Kim Jansen", f"kim@{campus.HOME}")
    saml_peer.tell("person", name_id="kim", attributes=campus.attributes(f"kim@{campus.HOME}"))
    page = open_page(phone=phone)
    page.goto("/login/")
    pages = {"login": violations(page) + too_wide(page, "login")}
    page.goto(f"/login/campus/{provider.pk}/go/")
    page.get_by_role("button", name="It is me").click()
    page.get_by_role("heading", name="Kijk in je mail").wait_for()
    pages["code"] = violations(page) + too_wide(page, "code")
    page.goto(f"/login/campus/{provider.pk}/out/")
    pages["out"] = violations(page) + too_wide(page, "out")
    assert pages == {"login": [], "code": [], "out": []}


@pytest.mark.parametrize("phone", [False, True])
def test_administrator_sets_it_up_by_keyboard_and_sees_what_comes_in(
    open_page: OpenPage,
    saml_peer: Peer,
    live_server: Any,
    violations: Callable[[Page], list[str]],
    phone: bool,
) -> None:
    world = World()
    page = open_page(phone=phone)
    sign_in(page, runs_school(world))
    page.goto("/manage/integrations/campus/")
    assert violations(page) == []
    assert too_wide(page, "list") == []
    fill(page, "Maildomeinen van de instelling, één per regel", campus.HOME)
    press(page, "Deze domeinen bewaren")
    follow(page, "SAML 2.0")
    page.get_by_role("heading", name="SAML 2.0").wait_for()
    assert violations(page) == []
    assert too_wide(page, "form") == []
    fill(page, "Adres van de metadata", f"{saml_peer.address}/metadata")
    press(page, "Bewaren")
    press(page, "Test dit")
    expect(page.get_by_text("De metadata zijn er, en zijn te lezen.")).to_be_visible()

    own = CampusProvider.objects.get()
    told = Client().get(f"/login/campus/{own.pk}/metadata/", headers={"host": "localhost"})
    saml_peer.tell("sp", metadata=told.content.decode())
    saml_peer.tell("person", name_id="x", attributes=campus.attributes(f"ik@{campus.HOME}"))
    fill(page, "Attribuut", "eduPersonAffiliation")
    fill(page, "Waarde", "student")
    page.locator("[name=rule-role]").select_option("student")
    page.locator("[name=rule-programme]").select_option(index=1)
    press(page, "Deze regel toevoegen")
    expect(page.get_by_text("De regel is bewaard.")).to_be_visible()
    follow(page, "Zelf inloggen, en zien wat er binnenkomt")
    page.get_by_role("button", name="It is me").click()
    expect(page.get_by_role("heading", name="Wat eruit zou volgen")).to_be_visible()
    expect(page.get_by_text("student, member")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page, "provider") == []
    press(page, "Aanzetten")
    expect(page.get_by_text("Mensen kunnen er nu mee inloggen.")).to_be_visible()

"""An administrator invites and gives roles with the keyboard only; who is invited comes in."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from stageapp.accounts.models import User
from stageapp.administration import tokens
from stageapp.administration.models import AccountMail
from stageapp.notifications.actions import send_due
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import choose, enter, fill, follow, press, push
from tests.browser.test_pages import too_wide
from tests.browser.test_rule_editor import administrator
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "vier woorden achter elkaar"


@pytest.mark.parametrize("script", [True, False])
def test_somebody_is_invited_and_comes_in_by_keyboard(open_page: OpenPage, script: bool) -> None:
    world = World()
    page = open_page(script=script)
    sign_in(page, administrator(world))
    follow(page, "Mensen")
    follow(page, "Uitnodigen")
    fill(page, "E-mailadres", "geen adres")
    fill(page, "Naam", "Mira de Vries")
    choose(page, "Rol", "doc")
    press(page, "Uitnodigen")
    expect(page.get_by_role("alert")).to_contain_text("E-mailadres")
    fill(page, "E-mailadres", "mira@school.example")
    press(page, "Uitnodigen")
    expect(page.get_by_role("heading", name="Mira de Vries")).to_be_visible()
    expect(page.get_by_text("docent · HBO-ICT")).to_be_visible()

    send_due(AccountMail, at=timezone.now())
    found = re.search(r"/welcome/\S+/", str(mail.outbox[-1].body))
    assert found
    visitor = open_page(script=script)
    visitor.goto(found[0])
    fill(visitor, "Wachtwoord", PASSWORD)
    press(visitor, "Kies dit wachtwoord")
    fill(visitor, "E-mailadres", "mira@school.example")
    fill(visitor, "Wachtwoord", PASSWORD)
    press(visitor, "Inloggen")
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    assert User.objects.get(email="mira@school.example").last_login


def test_roles_are_given_and_taken_and_an_account_switched_by_keyboard(open_page: OpenPage) -> None:
    world = World()
    page = open_page()
    sanne = factories.person("Sanne Nieuw", "sanne.nieuw@school.example")
    ProgrammeMembership.objects.create(
        programme=world.cohorts["hbo-ict"].programme, person=sanne, role=Role.STUDENT
    )
    sign_in(page, administrator(world))
    page.goto("/manage/people/")
    fill(page, "Naam, e-mailadres of studentnummer", "sanne nieuw")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 persoon")).to_be_visible()
    follow(page, "Sanne Nieuw")
    push(page, "Is docent, geen student")
    expect(page.get_by_text("docent · HBO-ICT")).to_be_visible()
    press(page, "Geef deze rol")
    expect(page.get_by_text("student · HBO-ICT")).to_be_visible()
    push(page, re.compile("Neem af.*docent"))
    expect(page.get_by_text("docent · HBO-ICT")).to_have_count(0)
    enter(page, page.locator("main summary", has_text="Uitzetten"))
    push(page, "Ja, zet uit")
    expect(page.locator(".badge.red")).to_have_text("uitgezet")
    push(page, "Aanzetten")
    expect(page.locator(".badge.red")).to_have_count(0)


def test_sheet_is_looked_at_and_applied(open_page: OpenPage) -> None:
    world = World()
    page = open_page()
    sign_in(page, administrator(world))
    page.goto("/manage/people/")
    follow(page, "Blad inlezen")
    sheet = b"email,name,role,programme\nbo@school.example,Bo,docent,hbo-ict\nx,Y,docent,hbo-ict\n"
    page.get_by_label("Blad", exact=True).set_input_files(
        files=FilePayload(name="mensen.csv", mimeType="text/csv", buffer=sheet)
    )
    press(page, "Het blad bekijken")
    expect(page.get_by_text("“x” is geen e-mailadres.")).to_be_visible()
    press(page, "Doe dit voor 1 regel")
    expect(page.get_by_role("status").first).to_contain_text("1 regel is verwerkt")
    expect(page.get_by_role("link", name="Bo", exact=True)).to_be_visible()


@pytest.mark.parametrize("phone", [False, True])
def test_pages_about_people_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    world = World()
    page = open_page(phone=phone)
    ria = administrator(world)
    invited = User.objects.create_user("n@school.example", "Naam van Wie Nog Niet Inlogde")
    ProgrammeMembership.objects.create(
        programme=world.cohorts["hbo-ict"].programme, person=invited, role=Role.STUDENT
    )
    sign_in(page, ria)
    for path in ("", "invite/", "sheet/", f"{invited.pk}/", f"{ria.pk}/"):
        page.goto(f"/manage/people/{path}")
        assert violations(page) == []
        assert too_wide(page, path) == []
    visitor = open_page(phone=phone)
    visitor.goto(tokens.link_for(invited).removeprefix(settings.BASE_URL))
    assert violations(visitor) == []
    assert too_wide(visitor, "welcome") == []

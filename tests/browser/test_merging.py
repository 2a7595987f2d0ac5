"""Two accounts become one with the keyboard only: proposed by who runs the school, then done."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.administration import tokens
from stageapp.administration.models import Merge, MergeMail
from stageapp.notifications.actions import send_due
from stageapp.programmes.models import InstitutionAdministrator, ProgrammeMembership, Role
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import enter, fill, follow, press, push
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def runs_school(world: World) -> User:
    """Return who runs the institution of all programmes."""
    bea = factories.person("Bea Functioneel", "bea@school.example")
    institution = world.cohorts["hbo-ict"].programme.institution
    InstitutionAdministrator.objects.create(institution=institution, person=bea)
    return bea


def student(world: World, email: str) -> User:
    person = factories.person("Sanne Dubbel", email)
    ProgrammeMembership.objects.create(
        programme=world.cohorts["hbo-ict"].programme, person=person, role=Role.STUDENT
    )
    return person


@pytest.mark.parametrize("script", [True, False])
def test_two_accounts_become_one_by_keyboard(open_page: OpenPage, script: bool) -> None:
    world = World()
    kept, double = student(world, "s@school.example"), student(world, "s@thuis.example")
    page = open_page(script=script)
    sign_in(page, runs_school(world))
    page.goto(f"/manage/people/{kept.pk}/")
    follow(page, "Samenvoegen met een dubbel account")
    fill(page, "Naam, e-mailadres of studentnummer van het andere account", "s@thuis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gevonden")).to_be_visible()
    enter(page, page.get_by_role("listitem").get_by_role("link", name="Sanne Dubbel"))
    expect(page.get_by_role("heading", name="Dit account blijft")).to_be_visible()
    push(page, re.compile("Mail de link naar het tweede adres"))
    expect(page.get_by_text("wacht op de eigenaar")).to_be_visible()

    send_due(MergeMail, at=timezone.now())
    found = next(
        link for one in mail.outbox if (link := re.search(r"http\S+/merge/\S+/", str(one.body)))
    )
    owner = open_page(script=script)
    owner.goto(found[0].removeprefix(settings.BASE_URL))
    follow(owner, "Inloggen")
    fill(owner, "E-mailadres", kept.email)
    fill(owner, "Wachtwoord", factories.PASSWORD)
    press(owner, "Inloggen")
    press(owner, "Ze zijn allebei van mij: maak er één van")
    expect(owner.get_by_text("Je twee accounts zijn nu één")).to_be_visible()
    double.refresh_from_db()
    assert not double.is_active


@pytest.mark.parametrize("phone", [False, True])
def test_pages_about_merging_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    world = World()
    kept, double = student(world, "s@school.example"), student(world, "s@thuis.example")
    bea = runs_school(world)
    page = open_page(phone=phone)
    sign_in(page, bea)
    for path in ("", f"{double.pk}/"):
        page.goto(f"/manage/people/{kept.pk}/merge/{path}")
        assert violations(page) == []
        assert too_wide(page, path) == []
    merge = Merge.objects.create(
        institution=world.cohorts["hbo-ict"].programme.institution,
        kept=kept,
        double=double,
        proposed_by=bea,
        proposed_at=timezone.now(),
    )
    for person in (double, kept):
        owner = open_page(phone=phone)
        sign_in(owner, person)
        owner.goto(tokens.merge_link(merge).removeprefix(settings.BASE_URL))
        assert violations(owner) == []
        assert too_wide(owner, "merge") == []

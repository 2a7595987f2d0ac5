"""What is kept about somebody, and what they do with it: by keyboard, with and without script."""

import re
import zipfile
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.home.management.commands.worker import work
from stageapp.logbook.actions import delete_activity
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement
from stageapp.programmes.models import Agreement, Institution
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import fill, follow, give_password_again, press, tab_to
from tests.browser.test_pages import too_wide
from tests.browser.test_service import functional_administrator
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("script", [True, False])
def test_student_takes_everything_and_leaves(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    delete_activity(factories.activity(placement_of(sanne), "Per ongeluk"), at=timezone.now())
    page = open_page(phone=True, script=script)
    sign_in(page, sanne)
    page.goto("/profile/")
    follow(page, "Mijn gegevens")
    press(page, "Maak een kopie")
    expect(page.get_by_text("Je kopie wordt gemaakt")).to_be_visible()
    work(lambda: False)
    if not script:
        page.goto("/my-data/")
    link = page.get_by_role("link", name="Bestand ophalen")
    expect(link).to_be_visible()
    if script:
        assert violations(page) + too_wide(page, "my data") == []
    tab_to(page, link)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "my-data.json" in archive.namelist()

    follow(page, "Wat je weggooide, om terug te halen")
    expect(page.get_by_role("heading", name="Wat je weggooide")).to_be_visible()
    if script:
        assert violations(page) + too_wide(page, "deleted") == []
    press(page, "Terughalen")
    expect(page.get_by_text("Per ongeluk")).to_be_visible()
    assert Activity.objects.get(description="Per ongeluk").deleted_at is None

    page.goto("/my-data/")
    follow(page, "Mijn account verwijderen")
    give_password_again(page)
    expect(page.get_by_role("heading", name="Mijn account verwijderen")).to_be_visible()
    press(page, "Mijn account verwijderen")
    expect(page.get_by_role("checkbox")).to_have_attribute("aria-invalid", "true")
    if script:
        assert violations(page) + too_wide(page, "remove account") == []
    tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    press(page, "Mijn account verwijderen")
    expect(page.get_by_role("heading", name="Je account is verwijderd")).to_be_visible()
    if script:
        assert violations(page) + too_wide(page, "removed") == []
    work(lambda: False)
    assert not User.objects.filter(email="sanne@demo.example").exists()


def placement_of(student: User) -> Placement:
    return student.placements.get()


def test_student_removes_one_placement(
    open_page: OpenPage, violations: Callable[[Page], list[str]]
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    page = open_page()
    sign_in(page, sanne)
    page.goto("/my-data/")
    follow(page, "Deze stage verwijderen")
    give_password_again(page)
    expect(page.get_by_role("heading", name="Deze stage verwijderen")).to_be_visible()
    assert violations(page) + too_wide(page, "remove placement") == []
    tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    press(page, "Deze stage verwijderen")
    expect(page.get_by_text("De stage wordt verwijderd")).to_be_visible()
    work(lambda: False)
    assert not sanne.placements.exists()


@pytest.mark.parametrize("script", [True, False])
def test_administrator_publishes_a_text_and_everybody_is_asked(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    boss = open_page(script=script)
    sign_in(boss, functional_administrator(world))
    follow(boss, "Beheer")
    boss.wait_for_url("**/manage/")
    follow(boss, "Privacy en bewaren")
    fill(boss, "Hoeveel maanden na het einde", "36")
    press(boss, "Bewaren")
    expect(boss.get_by_text("Het is opgeslagen")).to_be_visible()
    assert Institution.objects.filter(retention_months=36).exists()
    if script:
        assert violations(boss) + too_wide(boss, "privacy and keeping") == []
    follow(boss, "Nieuwe versie")
    dutch = boss.get_by_label("Tekst in het Nederlands")
    expect(dutch).to_have_value(re.compile("{institution} gebruikt Stage-App"))
    dutch.fill("")
    press(boss, "Bekijk hoe het leest")
    expect(dutch).to_have_attribute("aria-invalid", "true")
    fill(boss, "Tekst in het Nederlands", "**Nieuw** Lees dit even")
    tab_to(boss, boss.get_by_label("Vraag iedereen"))
    boss.keyboard.press("Space")
    if script:
        assert violations(boss) + too_wide(boss, "new version") == []
    press(boss, "Bekijk hoe het leest")
    expect(boss.locator(".prose strong", has_text="Nieuw")).to_be_visible()
    press(boss, "Verander de tekst")
    expect(dutch).to_have_value("**Nieuw** Lees dit even")
    press(boss, "Bekijk hoe het leest")
    expect(boss.locator("h1")).to_have_text("Deze versie publiceren?")
    if script:
        assert violations(boss) + too_wide(boss, "publish") == []
    press(boss, "Ja, publiceer en vraag iedereen")
    expect(boss.get_by_text("De nieuwe versie is gepubliceerd")).to_be_visible()

    page = open_page(phone=True, script=script)
    page.goto("/login/")
    page.locator("input[name=login]").fill(sanne.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("main button").click()
    expect(page.get_by_role("heading", name="Lees dit eerst even")).to_be_visible()
    expect(page.get_by_text("Lees dit even")).to_be_visible()
    if script:
        assert violations(page) + too_wide(page, "agree") == []
    press(page, "Ik heb het gelezen en ga akkoord")
    page.wait_for_url("**/")
    assert Agreement.objects.filter(person=sanne, number=1).exists()
    follow(page, "Privacy")
    expect(page.locator("p.lead")).to_contain_text("Versie 1")
    if script:
        assert violations(page) + too_wide(page, "statement") == []

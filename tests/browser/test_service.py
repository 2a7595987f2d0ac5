"""Messages of the day, maintenance and feedback by keyboard, with and without script."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.programmes.models import Announcement, Institution, InstitutionAdministrator
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import enter, fill, press, tab_to
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Langewoordenzonderspatiesdienergensopmogenhoudenwaarzestaan " * 3


def functional_administrator(world: World) -> User:
    somebody = factories.person("Bea Heer", "beheer@demo.example")
    InstitutionAdministrator.objects.create(
        institution=world.cohorts["hbo-ict"].programme.institution, person=somebody
    )
    return somebody


def set_moment(page: Page, label: str, moment: str) -> None:
    """Fill a day and a time: what a browser shows for it differs."""
    field = page.get_by_label(label)
    tab_to(page, field)
    field.fill(moment)


@pytest.mark.parametrize("script", [True, False])
def test_message_is_written_read_and_hidden_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    page = open_page(script=script)
    sign_in(page, functional_administrator(world))
    enter(page, page.locator(".main-navigation").get_by_role("link", name="Beheer"))
    page.wait_for_url("**/manage/")
    expect(page.locator("nav [aria-current=page]")).to_have_text("Beheer")
    if script:
        assert violations(page) + too_wide(page, "manage") == []
    enter(page, page.get_by_role("link", name="Berichten en onderhoud"))
    page.wait_for_url("**/manage/messages/")
    expect(page.locator("nav [aria-current=true]")).to_have_text("Beheer")
    enter(page, page.get_by_role("link", name="Nieuw bericht"))
    page.wait_for_url("**/manage/messages/new/")
    tab_to(page, page.get_by_label("Mededeling"))
    page.keyboard.press("ArrowDown")
    fill(page, "Tekst in het Nederlands", LONG)
    fill(page, "Tekst in het Engels", "Closed on Friday")
    set_moment(page, "Van", "2020-01-01T09:00")
    set_moment(page, "Tot", "2019-01-01T09:00")
    press(page, "Bewaren")
    expect(page.get_by_role("alert")).to_contain_text("Het einde komt na het begin")
    expect(page.get_by_label("Tekst in het Engels")).to_have_value("Closed on Friday")
    if script:
        assert violations(page) + too_wide(page, "wrong moment") == []
    set_moment(page, "Tot", "2120-01-01T09:00")
    press(page, "Bewaren")

    page.wait_for_url("**/manage/messages/")
    shown = page.get_by_role("region", name="Mededelingen")
    expect(shown).to_contain_text("Langewoorden")
    assert Announcement.objects.get().kind == "warning"
    if script:
        assert violations(page) + too_wide(page, "messages") == []
    enter(page, page.get_by_role("button", name="Verberg"))
    expect(shown.locator(".notice")).to_have_count(0)

    other = open_page(script=script)
    other.goto("/login/")
    expect(other.get_by_role("region", name="Mededelingen")).to_contain_text("Lange")
    if script:
        assert violations(other) + too_wide(other, "sign in") == []
    enter(other, other.get_by_role("button", name="Verberg"))
    assert other.url.endswith("/login/")
    expect(other.get_by_role("region", name="Mededelingen")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_maintenance_keeps_out_and_what_was_typed_is_there_after_it(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    boss, student = open_page(script=script), open_page(script=script)
    sign_in(student, sanne)
    student.goto("/guidance/new/?all=1")
    title = student.locator("#id_title")
    title.fill("Half getypt")
    sign_in(boss, functional_administrator(world))
    boss.goto("/manage/messages/")
    set_moment(boss, "Naar verwachting klaar", "2120-01-01T09:00")
    press(boss, "Onderhoudsstand aanzetten")
    expect(boss.locator("h1")).to_have_text("Stage-App sluiten voor onderhoud?")
    if script:
        assert violations(boss) + too_wide(boss, "maintenance") == []
    press(boss, "Ja, sluit de app")
    expect(boss.get_by_text("De onderhoudsstand staat aan.")).to_be_visible()
    assert Institution.objects.filter(maintenance_since__isnull=False).exists()

    student.wait_for_timeout(500)
    answer = student.goto("/")
    assert answer
    assert answer.status == 503
    expect(student.locator("h1")).to_have_text("We zijn zo terug")
    if script:
        assert violations(student) + too_wide(student, "503") == []

    press(boss, "Iedereen weer toelaten")
    expect(boss.get_by_text("Iedereen kan er weer in.")).to_be_visible()
    enter(student, student.get_by_role("link", name="Probeer het opnieuw"))
    student.wait_for_load_state()
    expect(student.locator("h1")).not_to_have_text("We zijn zo terug")
    student.goto("/guidance/new/?all=1")
    expect(student.locator("#id_title")).to_have_value("Half getypt" if script else "")


@pytest.mark.parametrize("script", [True, False])
def test_feedback_is_sent_by_keyboard(
    open_page: OpenPage,
    violations: Callable[[Page], list[str]],
    script: bool,
    mailoutbox: list[EmailMessage],
) -> None:
    world = World()
    functional_administrator(world)
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    page = open_page(script=script)
    sign_in(page, sanne)
    page.goto("/tips/")
    enter(page, page.get_by_role("link", name="Iets melden"))
    page.wait_for_url("**/feedback/**")
    if script:
        assert violations(page) + too_wide(page, "feedback") == []
    fill(page, "Wat wil je melden?", "De knop doet niets.")
    picture = page.get_by_label("Schermafdruk")
    tab_to(page, picture)
    picture.set_input_files(
        {"name": "scherm.jpg", "mimeType": "image/jpeg", "buffer": factories.picture()}
    )
    press(page, "Versturen")
    expect(page.get_by_role("alert")).to_contain_text("Vink dit aan")
    expect(page.get_by_label("Wat wil je melden?")).to_have_value("De knop doet niets.")
    if script:
        assert violations(page) + too_wide(page, "without consent") == []
    picture = page.get_by_label("Schermafdruk")
    tab_to(page, picture)
    picture.set_input_files(
        {"name": "scherm.jpg", "mimeType": "image/jpeg", "buffer": factories.picture()}
    )
    tab_to(page, page.get_by_label("Ik heb deze afbeelding bekeken"))
    page.keyboard.press("Space")
    press(page, "Versturen")

    page.wait_for_url("**/tips/")
    expect(page.get_by_text("Verstuurd. Dank je wel!")).to_be_visible()
    # Beside the mail about signing in on a new device.
    assert len([mail for mail in mailoutbox if "De knop doet niets." in mail.body]) == 1

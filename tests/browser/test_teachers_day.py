"""A first question step by step, answered by who stands in, and a week with fixed moments."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.placements.actions_teachers import arrange_substitution
from stageapp.placements.models import Substitution
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]


def stands_in(world: World, days: int) -> User:
    """Let a colleague stand in for the teacher from today on."""
    programme = world.noor.placements.get().cohort.programme
    tom, today = factories.person("Tom Hendriks"), timezone.localdate()
    ProgrammeMembership.objects.create(programme=programme, person=tom, role=Role.TEACHER)
    arrange_substitution(
        Substitution(
            teacher=world.teacher,
            substitute=tom,
            institution=programme.institution,
            starts_on=today,
            ends_on=today + timedelta(days=days),
        ),
        by=world.teacher,
        at=timezone.now(),
    )
    return tom


def test_first_question_goes_step_by_step_and_who_stands_in_answers(
    open_page: OpenPage, accessible: Check
) -> None:
    world = World()
    tom = stands_in(world, days=3)
    factories.activity(world.noor.placements.get(), "Storing bij de klant onderzocht")
    phone = open_page(phone=True)
    sign_in(phone, world.noor)

    phone.goto("/guidance/new/")
    expect(phone.locator("main")).to_contain_text("Stap 1 van 5")
    accessible(phone)
    phone.locator("textarea[name=core]").fill("Ik zoek te lang alleen. Wanneer vraag ik hulp?")
    phone.get_by_role("button", name="Verder").press("Enter")
    expect(phone.locator("h1")).to_have_text("Wie kan dit het beste beantwoorden?")
    accessible(phone)
    phone.get_by_role("button", name="Terug").press("Enter")
    expect(phone.locator("textarea[name=core]")).to_have_value(
        "Ik zoek te lang alleen. Wanneer vraag ik hulp?"
    )
    phone.get_by_role("button", name="Verder").press("Enter")
    phone.get_by_role("button", name="Verder").press("Enter")
    expect(phone.locator(".form-facts").first).to_contain_text("ieder op een eigen moment")
    accessible(phone)
    phone.get_by_label("Telefonisch").check()
    phone.get_by_role("button", name="Verder").press("Enter")
    phone.locator(".item-picker label", has_text="Storing bij de klant").click()
    accessible(phone)
    phone.get_by_role("button", name="Bekijken").press("Enter")

    expect(phone.locator(".preview-frame")).to_contain_text("Storing bij de klant")
    expect(phone.get_by_text("Na het delen: jij, Mira de Vries en Tom Hendriks")).to_be_visible()
    accessible(phone)
    phone.get_by_role("button", name="Delen", exact=True).press("Enter")
    expect(phone.locator(".audience").first).to_contain_text("Tom Hendriks (vervangt t/m")
    phone.get_by_role("button", name="Alles op één pagina").press("Enter")
    phone.goto("/guidance/new/")
    expect(phone.locator("input[name=title]")).to_be_visible()
    expect(phone.locator(".item-picker")).to_be_visible()

    desk = open_page()
    sign_in(desk, tom)
    desk.goto("/students/")
    expect(desk.locator(".attention-row", has_text="Noor")).to_contain_text(
        "Je vervangt Mira de Vries"
    )
    accessible(desk)
    desk.get_by_role("link", name="Noor van Dijk").click()
    desk.locator("textarea[name$=text]").fill("Na een half uur zoeken.")
    desk.get_by_role("button", name="Antwoorden").click()
    expect(desk.locator(".message")).to_contain_text("Na een half uur zoeken.")

    phone.goto("/guidance/")
    phone.locator(".stretched-link").first.click()
    expect(phone.locator(".message")).to_contain_text("Tom Hendriks")
    accessible(phone)

    # The teacher is back.
    back = open_page()
    sign_in(back, world.teacher)
    back.goto("/students/")
    back.get_by_role("link", name="Noor van Dijk").click()
    expect(back.locator(".message")).to_contain_text("Tom Hendriks")


def test_teacher_plans_a_week_and_takes_it_into_the_agreements_without_script(
    open_page: OpenPage,
) -> None:
    world = World()
    page = open_page(script=False)
    sign_in(page, world.teacher)
    page.goto("/students/week/")
    page.get_by_role("link", name="Moment toevoegen").click()
    page.locator("select[name=weekday]").select_option("2")
    page.locator("input[name=starts]").fill("13:00")
    page.locator("input[name=ends]").fill("12:15")
    page.locator("input[name=place]").fill("Kamer 2.14")
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.get_by_text("Een moment eindigt nadat het begint.").first).to_be_visible()
    expect(page.locator("input[name=place]")).to_have_value("Kamer 2.14")
    page.locator("input[name=starts]").fill("12:15")
    page.locator("input[name=ends]").fill("13:00")
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.locator(".planned-moment")).to_contain_text("12:15–13:00")
    expect(page.locator(".planned-moment")).to_contain_text("voor iedereen, 2 studenten")

    page.get_by_role("button", name="Neem ze over").click()

    expect(page.locator("textarea[name=moments]")).to_have_value("dinsdag 12:15–13:00, Kamer 2.14")
    student = open_page(script=False)
    sign_in(student, world.noor)
    student.goto("/guidance/new/?all=1")
    expect(student.locator("main")).to_contain_text("Mira de Vries: dinsdag 12:15–13:00")

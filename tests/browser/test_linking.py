"""An administrator links students to teachers, with the keyboard only."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from stageapp.accounts.models import User
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import enter, press, push, tab_to
from tests.browser.test_pages import too_wide
from tests.browser.test_rule_editor import administrator
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def colleague_of(world: World) -> User:
    """Return a second teacher; both teach in the programme."""
    colleague = factories.person("Jan Bos", "jan@demo.example")
    for person in (world.teacher, colleague):
        ProgrammeMembership.objects.create(
            programme=world.cohorts["hbo-ict"].programme, person=person, role=Role.TEACHER
        )
    return colleague


def guides(student: User) -> list[str]:
    links = PlacementTeacher.objects.filter(placement__student=student, ended_at=None)
    return list(links.values_list("teacher__name", flat=True))


def follow(page: Page, name: str, address: str) -> None:
    enter(page, page.locator("main").get_by_role("link", name=name).first)
    page.wait_for_url(address)


@pytest.mark.parametrize("script", [True, False])
def test_students_are_linked_replaced_and_handed_over_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    colleague_of(world)
    bram = world.student("Bram Smit", "bram@demo.example", weeks=3)
    PlacementTeacher.objects.filter(placement__student__in=[world.noor, bram]).delete()
    page = open_page(script=script)
    sign_in(page, administrator(world))

    follow(page, "Koppelen", "**/manage/links/")
    assert not script or violations(page) == []
    follow(page, world.cohorts["hbo-ict"].name_nl, "**/manage/links/cohorts/**")
    assert not script or violations(page) == []
    expect(page.get_by_text("Voorstel: Jan Bos heeft de minste studenten").first).to_be_visible()
    tab_to(page, page.get_by_label("Bram Smit", exact=True))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Noor van Dijk", exact=True))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Docent: Noor van Dijk"))
    page.keyboard.type("Mira")
    press(page, "Koppel de aangevinkte")
    expect(page.get_by_text("2 studenten zijn gekoppeld.")).to_be_visible()
    assert (guides(bram), guides(world.noor)) == (["Jan Bos"], ["Mira de Vries"])

    follow(page, "Bram Smit", "**/manage/links/placements/**")
    assert not script or violations(page) == []
    tab_to(page, page.get_by_label("In de plaats van Jan Bos"))
    page.keyboard.type("Mira")
    push(page, "Vervang")
    expect(page.locator("h1")).to_have_text("1 student overdragen aan Mira de Vries?")
    press(page, "Ja, draag over")
    expect(page.get_by_text("in de plaats van Jan Bos.")).to_be_visible()
    enter(page, page.locator("main summary", has_text="Stop de begeleiding").first)
    push(page, "Ja, stop de begeleiding")
    expect(page.get_by_text("Mira de Vries begeleidt Bram Smit niet meer.")).to_be_visible()
    assert guides(bram) == []

    follow(page, world.cohorts["hbo-ict"].name_nl, "**/manage/links/cohorts/**")
    follow(page, "Mira de Vries", "**/manage/links/teachers/**")
    assert not script or violations(page) == []
    tab_to(page, page.get_by_label("Wie begeleidt ze voortaan"))
    page.keyboard.type("Jan")
    press(page, "Draag alle 2 studenten over")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 studenten overdragen aan Jan Bos?")
    assert not script or violations(page) + too_wide(page, "hand over") == []
    press(page, "Ja, draag over")
    expect(page.get_by_text("Jan Bos begeleidt nu 2 studenten")).to_be_visible()
    assert guides(world.noor) == guides(world.anna) == ["Jan Bos"]


def test_file_is_looked_at_applied_and_undone_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]]
) -> None:
    world = World()
    colleague_of(world)
    page = open_page()
    sign_in(page, administrator(world))
    page.goto("/manage/links/files/")
    text = (
        "student_email;teacher_email\nnoor@demo.example;jan@demo.example\n"
        "wie@demo.example;jan@demo.example\n"
    )
    page.set_input_files(
        "[name=file]",
        files=FilePayload(name="koppelingen.csv", mimeType="text/csv", buffer=text.encode()),
    )
    tab_to(page, page.locator("[name=takes_over]"))
    page.keyboard.press("Space")
    press(page, "Het bestand bekijken")

    expect(page.get_by_text("geen stage van deze student past hierbij")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page, "files") == []
    press(page, "Pas toe wat past")
    expect(page.get_by_text("Het bestand is toegepast.")).to_be_visible()
    assert guides(world.noor) == ["Jan Bos"]
    assert violations(page) == []
    press(page, "Maak dit bestand ongedaan")
    expect(page.get_by_text("Ongedaan gemaakt: wie wie begeleidt")).to_be_visible()
    assert guides(world.noor) == ["Mira de Vries"]


def test_pages_of_linking_fit_small_screens(open_page: OpenPage) -> None:
    world = World()
    colleague_of(world)
    PlacementTeacher.objects.filter(placement__student=world.noor).delete()
    page = open_page()
    sign_in(page, administrator(world))
    placement = Placement.objects.get(student=world.anna)

    for path in (
        "/manage/links/",
        f"/manage/links/cohorts/{placement.cohort_id}/",
        f"/manage/links/placements/{placement.pk}/",
        f"/manage/links/teachers/{world.teacher.pk}/",
        "/manage/links/files/",
    ):
        page.goto(path)
        assert too_wide(page, path) == []


def test_student_lets_an_older_question_go_along_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]]
) -> None:
    world = World()
    colleague = colleague_of(world)
    placement = Placement.objects.get(student=world.noor)
    factories.question(
        placement, "Hoe vraag ik hulp?", teacher=world.teacher, shared_at=placement.created_at
    )
    placement.teacher_links.update(ended_at=placement.created_at)
    PlacementTeacher.objects.create(placement=placement, teacher=colleague)
    page = open_page()
    sign_in(page, world.noor)
    page.goto("/guidance/older/")
    assert violations(page) == []
    assert too_wide(page, "older") == []

    tab_to(page, page.get_by_label("Hoe vraag ik hulp?"))
    page.keyboard.press("Space")
    press(page, "Laat deze meegaan")

    expect(page.get_by_text("Jan Bos kan nu lezen wat je hebt aangevinkt")).to_be_visible()

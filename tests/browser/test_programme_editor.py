"""An administrator of a programme at work: makes a cohort, its form and its lists, by keyboard."""

import json
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.programmes.actions_reflections import copy_model
from stageapp.programmes.models import (
    Cohort,
    Competence,
    InstitutionAdministrator,
    ReflectionField,
    ReflectionModel,
    VocabularyEntry,
)
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import enter, fill, follow, press, tab_to
from tests.browser.test_pages import too_wide
from tests.browser.test_rule_editor import administrator
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("script", [True, False])
def test_cohort_is_made_worded_and_given_its_words_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    programme = world.cohorts["hbo-ict"].programme
    page = open_page(script=script)
    sign_in(page, administrator(world))

    follow(page, "Opleidingen", exact=True)
    page.wait_for_url("**/manage/programmes/")
    enter(page, page.get_by_role("link", name="Nieuw cohort"))
    page.wait_for_url("**/cohort/")
    fill(page, "Naam in het Nederlands", "Stage 2027")
    fill(page, "Naam in het Engels", "Placement 2027")
    press(page, "Bewaren")
    page.wait_for_url("**/form/")
    made = Cohort.objects.get(programme=programme, name_nl="Stage 2027")

    follow(page, "Categorie", exact=True)
    page.wait_for_url("**/form/category/")
    tab_to(page, page.get_by_label("Studenten zien het"))
    page.keyboard.press("Space")
    fill(page, "Opschrift in het Nederlands", "Waarmee was je bezig?")
    fill(page, "Opschrift in het Engels", "What were you working on?")
    example = page.locator(".phone")
    if script:
        expect(example).to_contain_text("Waarmee was je bezig?")
        assert violations(page) + too_wide(page, "part") == []
    press(page, "Bewaren")
    page.wait_for_url("**/form/**")
    expect(example).to_contain_text("Waarmee was je bezig?")
    enter(page, page.get_by_role("button", name="Omhoog: Waarmee was je bezig?"))
    expect(page.locator(".editor-list").first.locator("li").nth(1)).to_contain_text("Waarmee")
    # The same button has the focus again.
    expect(page.locator("#up-category")).to_be_focused()

    follow(page, "Waarmee was je bezig?", exact=True)
    page.wait_for_url("**/form/category/")
    follow(page, "Waaruit studenten kiezen", exact=True)
    page.wait_for_url("**/lists/category/")
    tab_to(page, page.get_by_label("Wat erbij komt, één per regel"))
    page.keyboard.insert_text("Overleg ; Meeting\nTesten ; Testing\n• Ontwerpen")
    press(page, "Toevoegen")
    expect(page.get_by_text("3 toegevoegd.")).to_be_visible()
    rows = VocabularyEntry.objects.filter(cohort=made)
    assert [row.name_nl for row in rows] == ["Overleg", "Testen", "Ontwerpen"]
    enter(page, page.get_by_role("button", name="Omlaag: Overleg"))
    expect(page.locator(".editor-list li").first).to_contain_text("Testen")
    assert [row.name_nl for row in rows.all()] == ["Testen", "Overleg", "Ontwerpen"]
    follow(page, "Ontwerpen", exact=True)
    fill(page, "Plaats in de lijst", "1")
    press(page, "Zet het daar")
    expect(page.locator(".editor-list li").first).to_contain_text("Ontwerpen")
    enter(page, page.locator("summary", has_text="Sorteer op naam"))
    if script:
        assert violations(page) + too_wide(page, "list") == []
    press(page, "Ja, sorteer ze")
    expect(page.get_by_text("De lijst staat op naam.")).to_be_visible()
    assert [row.name_nl for row in rows.all()] == ["Ontwerpen", "Overleg", "Testen"]

    page.goto(f"/manage/programmes/cohorts/{made.pk}/form/?preview=en")
    expect(example).to_contain_text("What were you working on?")
    expect(example).to_contain_text("Meeting")


def test_reflection_model_is_made_worded_and_chosen_by_keyboard(open_page: OpenPage) -> None:
    world = World()
    cohort = world.cohorts["hbo-ict"]
    page = open_page()
    sign_in(page, administrator(world))

    follow(page, "Opleidingen", exact=True)
    page.wait_for_url("**/manage/programmes/")
    enter(page, page.get_by_role("link", name="Reflectiemodellen"))
    page.wait_for_url("**/reflection/")
    enter(page, page.get_by_role("button", name="STARR"))
    expect(page.get_by_role("heading", level=1, name="STARR (2)")).to_be_visible()
    page.go_back()
    follow(page, "Nieuw model", exact=True)
    page.wait_for_url("**/reflection/new/")
    fill(page, "Naam in het Nederlands", "Driehoek")
    fill(page, "Naam in het Engels", "Triangle")
    tab_to(page, page.get_by_label("De velden, één per regel"))
    page.keyboard.insert_text("Gebeurtenis ; Event\nGevoel ; Feeling")
    press(page, "Bewaren")
    expect(page.get_by_role("heading", level=1, name="Driehoek")).to_be_visible()
    enter(page, page.get_by_role("button", name="Omhoog: Gevoel"))
    expect(page.locator(".editor-list li").first).to_contain_text("Gevoel")

    follow(page, "Gevoel", exact=True)
    fill(page, "Hulpvragen in het Nederlands", "Wat voelde je?")
    tab_to(page, page.get_by_label("Verplicht in te vullen"))
    page.keyboard.press("Space")
    press(page, "Bewaren")
    expect(page.get_by_text("Wat voelde je?")).to_be_visible()

    page.goto(f"/manage/programmes/cohorts/{cohort.pk}/")
    tab_to(page, page.get_by_label("Driehoek"))
    page.keyboard.press("Space")
    enter(page, page.get_by_role("button", name="Bewaren", exact=True))
    expect(page.get_by_text("Het cohort is bewaard.")).to_be_visible()
    made = ReflectionModel.objects.get(name_nl="Driehoek")
    assert made in cohort.reflection_models.all()
    assert [field.is_required for field in made.fields.all()] == [True, False]


FRAMEWORK = {
    "CFDocument": {"identifier": "doc", "title": "Raamwerk zorg", "language": "nl"},
    "CFItems": [
        {"identifier": "a1", "fullStatement": "Samenwerken", "humanCodingScheme": "Z1"},
        {"identifier": "a2", "fullStatement": "Overdragen in het team"},
        {"identifier": "a3", "fullStatement": "Los zonder plek " * 20},
    ],
    "CFAssociations": [
        {
            "associationType": "isChildOf",
            "originNodeURI": {"identifier": child},
            "destinationNodeURI": {"identifier": parent},
        }
        for child, parent in (("a1", "doc"), ("a2", "a1"), ("a3", "a3"))
    ],
}


@pytest.mark.parametrize("script", [True, False])
def test_competences_are_brought_in_from_a_framework_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    cohort = world.cohorts["hbo-ict"]
    page = open_page(script=script)
    sign_in(page, administrator(world))
    page.goto(f"/manage/programmes/cohorts/{cohort.pk}/competences/")

    follow(page, "Uit een bestand", exact=True)
    page.wait_for_url("**/import/")
    upload = page.get_by_label("Bestand met competenties")
    tab_to(page, upload)
    upload.set_input_files(
        {"name": "f.json", "mimeType": "application/json", "buffer": json.dumps(FRAMEWORK).encode()}
    )
    press(page, "Het bestand bekijken")
    expect(page.get_by_text("Raamwerk zorg")).to_be_visible()
    expect(page.get_by_text("Het staat onder zichzelf")).to_be_visible()
    if script:
        assert violations(page) + too_wide(page, "framework") == []
    tab_to(page, page.get_by_label("Niveau 1: 2 onderdelen"))
    page.keyboard.press("Space")
    press(page, "Opnieuw kijken")
    expect(page.locator(".framework-row")).to_have_count(1)
    press(page, "1 competentie binnenhalen")
    expect(page.get_by_text("1 nieuw, 0 gewijzigd")).to_be_visible()
    assert Competence.objects.get(cohort=cohort, key="a2").name_nl == "Overdragen in het team"


@pytest.mark.parametrize("script", [True, False])
def test_programme_goes_out_and_comes_in_as_a_new_cohort_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    cohort = world.cohorts["hbo-ict"]
    page = open_page(script=script)
    sign_in(page, administrator(world))
    page.goto(f"/manage/programmes/cohorts/{cohort.pk}/")
    with page.expect_download() as download:
        follow(page, "Als bestand", exact=True)
    text = download.value.path().read_bytes()

    page.goto("/manage/programmes/")
    follow(page, "Uit een bestand", exact=True)
    page.wait_for_url("**/import/")
    upload = page.get_by_label("Bestand met een opleiding")
    tab_to(page, upload)
    upload.set_input_files({"name": "p.json", "mimeType": "application/json", "buffer": text})
    press(page, "Het bestand bekijken")
    expect(page.get_by_text("Het komt in de opleiding")).to_be_visible()
    if script:
        assert violations(page) + too_wide(page, "programme") == []
    press(page, "Binnenhalen")
    expect(page.get_by_text("Het is gemaakt, en nog gesloten.")).to_be_visible()
    made = Cohort.objects.exclude(pk=cohort.pk).get(programme=cohort.programme)
    assert made.parts.count() == cohort.parts.count()
    assert not made.is_open


def test_charts_and_tips_of_a_cohort_are_chosen_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]]
) -> None:
    world = World()
    cohort = world.cohorts["hbo-ict"]
    tip = factories.tip(cohort, name="Vaak alleen")
    cohort.charts = ["weeks", "days"]
    cohort.save()
    page = open_page()
    sign_in(page, administrator(world))
    base = f"/manage/programmes/cohorts/{cohort.pk}/"
    page.goto(base)

    follow(page, "Grafieken", exact=True)
    page.wait_for_url("**/manage/charts/**")
    wrong = violations(page) + too_wide(page, "charts")
    enter(page, page.locator("#down-weeks"))
    expect(page.locator(".editor-list li").first.locator("#down-days")).to_be_visible()
    cohort.refresh_from_db()
    assert cohort.charts == ["days", "weeks"]
    tab_to(page, page.locator("input[name=charts][value=days]"))
    page.keyboard.press("Space")
    press(page, "Bewaren")
    expect(page.get_by_text("De grafieken van dit cohort zijn bewaard.")).to_be_visible()
    cohort.refresh_from_db()
    assert cohort.charts == ["weeks"]

    page.goto(base)
    enter(page, page.locator(f"a[href='/manage/tips/cohorts/{cohort.pk}/']"))
    page.wait_for_url("**/manage/tips/cohorts/**")
    wrong += violations(page) + too_wide(page, "tips")
    tab_to(page, page.locator(f"input[name=tips][value='{tip.pk}']"))
    page.keyboard.press("Space")
    press(page, "Bewaren")
    expect(page.get_by_text("De tips van dit cohort zijn bewaard.")).to_be_visible()
    assert tip not in cohort.tips.all()
    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_part_in_which_students_wrote_is_hidden_after_asking_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    cohort = world.cohorts["hbo-ict"]
    category = factories.entry(cohort, "category", "Bijzonder", key="special")
    for _ in range(5):
        factories.activity(factories.placement(cohort=cohort), "Gedaan", category=category)
    page = open_page(script=script)
    sign_in(page, administrator(world))
    page.goto(f"/manage/programmes/cohorts/{cohort.pk}/form/category/")

    for label in ("Studenten zien het", "Verplicht in te vullen"):
        box = page.get_by_label(label)
        if box.is_checked():
            tab_to(page, box)
            page.keyboard.press("Space")
    press(page, "Bewaren")
    expect(page.get_by_role("heading", name="Wat verandert voor wie al schreef")).to_be_visible()
    expect(page.get_by_text("studenten staat er iets in dit onderdeel")).to_be_visible()
    assert cohort.parts.get(part="category").is_shown
    if script:
        assert violations(page) + too_wide(page, "asks") == []
    press(page, "Zo bewaren")
    page.wait_for_url("**/form/#part-category")
    assert not cohort.parts.get(part="category").is_shown


def test_pages_of_the_editor_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]]
) -> None:
    world = World()
    cohort = world.cohorts["leraar-vo"]
    person: User = factories.person("Ria Beheer", "beheer@demo.example")
    InstitutionAdministrator.objects.create(institution=cohort.programme.institution, person=person)
    long = factories.entry(cohort, "person", "Langewoordenzonderspatiesdienergensopmogen" * 2)
    factories.entry(cohort, "person", "Collega van vroeger", retired_at="2026-03-12T09:00Z")
    competence = Competence.objects.filter(cohort=cohort).first()
    assert competence
    model = copy_model(
        factories.reflection_model("starr"), cohort.programme, by=person, at=timezone.now()
    )
    model.fields.filter(key="task").update(
        is_required=True, guidance_nl="Langewoordenzonderspatiesdienergensopmogen" * 3
    )
    field = model.fields.get(key="result")
    ReflectionField.objects.filter(pk=field.pk).update(retired_at=timezone.now())
    models = f"/manage/programmes/{cohort.programme_id}/reflection/"
    page = open_page()
    sign_in(page, person)
    wrong: list[str] = []

    base = f"/manage/programmes/cohorts/{cohort.pk}/"
    for path in (
        "/manage/programmes/",
        f"/manage/programmes/new/{cohort.programme.institution_id}/",
        f"/manage/programmes/{cohort.programme_id}/",
        f"/manage/programmes/{cohort.programme_id}/cohort/",
        base,
        f"{base}clone/",
        f"{base}form/",
        f"{base}form/date/",
        f"{base}form/competences/",
        f"{base}lists/person/",
        f"{base}lists/difficulty/",
        f"{base}competences/",
        f"{base}competences/import/",
        "/manage/programmes/import/",
        f"/manage/programmes/entries/{long.pk}/",
        f"/manage/programmes/competences/{competence.pk}/",
        models,
        f"{models}new/",
        f"/manage/programmes/reflection/{model.pk}/",
        f"/manage/programmes/reflection/fields/{field.pk}/",
    ):
        page.goto(path)
        wrong += violations(page) + too_wide(page, path)
    page.goto(f"/manage/programmes/entries/{long.pk}/")
    page.get_by_label("Gebruik in plaats daarvan").select_option(index=1)
    page.get_by_role("button", name="Samenvoegen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("samenvoegen met")
    wrong += violations(page) + too_wide(page, "merge")
    page.goto(f"{base}form/people/")
    page.get_by_label("Minste keuzes").fill("3")
    page.get_by_label("Meeste keuzes").fill("2")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("alert")).to_be_visible()
    wrong += violations(page) + too_wide(page, "a part that is refused")

    assert wrong == []


@pytest.mark.parametrize("script", [True, False])
def test_goals_and_deadlines_of_a_cohort_are_set_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    page = open_page(phone=True, script=script)
    sign_in(page, administrator(world))
    page.goto(f"/manage/programmes/cohorts/{world.cohorts['hbo-ict'].pk}/")
    enter(page, page.get_by_role("link", name="Startdoelen"))
    page.wait_for_url("**/start/goals/")
    fill(page, "Titel in het Nederlands", "Leren plannen")
    press(page, "Toevoegen")
    expect(page.get_by_label("Titel in het Engels")).to_have_attribute("aria-invalid", "true")
    fill(page, "Titel in het Engels", "Learning to plan")
    if script:
        assert violations(page) + too_wide(page, "goals") == []
    press(page, "Toevoegen")
    enter(page, page.get_by_role("link", name="Leren plannen"))
    page.wait_for_url("**/start/goals/*/")
    if script:
        assert violations(page) + too_wide(page, "goal") == []
    press(page, "Verwijderen")
    expect(page.get_by_text("Het is verwijderd.")).to_be_visible()
    expect(page.get_by_role("link", name="Leren plannen")).to_have_count(0)

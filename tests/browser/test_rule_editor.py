"""An administrator writes a tip with the keyboard only, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.programmes.models import ProgrammeMembership, Role
from stageapp.tips.models import Tip, TipVersion
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import enter, fill, press, tab_to
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def administrator(world: World) -> User:
    somebody = factories.person("Ria Beheer", "opleiding@demo.example")
    ProgrammeMembership.objects.create(
        programme=world.cohorts["hbo-ict"].programme, person=somebody, role=Role.ADMINISTRATOR
    )
    return somebody


@pytest.mark.parametrize("script", [True, False])
def test_tip_is_written_tried_and_switched_on_by_keyboard(
    open_page: OpenPage, violations: Callable[[Page], list[str]], script: bool
) -> None:
    world = World()
    page = open_page(script=script)
    sign_in(page, administrator(world))
    enter(page, page.locator(".main-navigation").get_by_role("link", name="Beheer"))
    page.wait_for_url("**/manage/")
    enter(page, page.get_by_role("link", name="Tips", exact=True))
    page.wait_for_url("**/manage/tips/")
    enter(page, page.get_by_role("link", name="Nieuwe tip"))
    page.wait_for_url("**/manage/tips/new/**")

    fill(page, "Naam", "Vaak alleen")
    tab_to(page, page.locator("input[name=cohorts]"))
    page.keyboard.press("Space")
    press(page, "Voorwaarde toevoegen")
    expect(page.get_by_label("Naam in de teksten")).to_be_focused()
    expect(page.locator("#id_name")).to_have_value("Vaak alleen")
    page.keyboard.type("alone")
    fill(page, "Wat wordt gemeten", "Aandeel activiteiten alleen")
    expect(page.locator("#id_condition-0-statistic")).to_have_value("share_alone")
    expect(page.get_by_label("Van welke")).to_be_hidden()
    means = page.locator("#id_condition-0-statistic_means")
    expect(means).to_contain_text("alleen zijn gedaan" if script else "")
    tab_to(page, page.get_by_role("link", name="Uitleg bij alle keuzes"))
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.locator("h1")).to_have_text("Wat een tip kan meten")
    expect(opened.value.locator("#share_alone")).to_be_visible()
    opened.value.close()
    fill(page, "Drempel", "100")
    press(page, "Moment toevoegen")
    expect(means).to_contain_text("alleen zijn gedaan")
    expect(page.get_by_label("Van (%)")).to_be_focused()
    page.keyboard.type("20")
    fill(page, "Tot en met (%)", "80")
    fill(page, "Nederlands", "Je werkte {alone} alleen.", group="Hoe doe ik het (feedback)")
    fill(page, "Engels", "You worked {alone} alone.", group="Hoe doe ik het (feedback)")
    press(page, "Bewaren")

    expect(page.get_by_role("alert")).to_contain_text("Dit kan nooit kloppen")
    # What looks for faults is a script itself.
    assert not script or violations(page) == []
    fill(page, "Drempel", "50")
    if script:
        expect(page.get_by_text("ziet de tip", exact=True)).to_have_count(1)
    else:
        press(page, "Opnieuw kijken")
    expect(page.locator("#preview")).to_contain_text("Je werkte 83% alleen.")
    press(page, "Probeer het bij de cohorten")
    expect(page.locator("#try")).to_contain_text("Bereikt nu minder dan vijf studenten.")
    assert not script or violations(page) == []
    press(page, "Bewaren")
    expect(page.get_by_text("De tip is bewaard.")).to_be_visible()
    version = TipVersion.objects.get(tip__name="Vaak alleen")
    assert version.rule["conditions"][0]["threshold"] == 50
    assert version.rule["moments"] == [[20, 80]]

    enter(page, page.locator("main").get_by_role("link", name="Tips", exact=True))
    page.wait_for_url("**/manage/tips/")
    enter(page, page.get_by_role("button", name="Aanzetten"))
    expect(page.get_by_text("“Vaak alleen” staat aan.")).to_be_visible()
    assert Tip.objects.get(name="Vaak alleen").is_on


@pytest.mark.parametrize("language", ["nl", "en"])
def test_numbers_by_month_fit_a_desk_and_scroll_on_a_phone_below_their_month(
    open_page: OpenPage, language: str
) -> None:
    world = World()
    for number in range(4):
        world.student(f"S {number}", f"s{number}@demo.example", weeks=3)
    for placement in Placement.objects.all():
        for _ in range(40):
            factories.activity(placement)
    person = administrator(world)
    person.language = language
    person.save()
    page = open_page()
    sign_in(page, person)

    page.goto("/manage/insights/")

    expect(page.locator(".amount").first).to_contain_text("240")
    hidden = "all => all.map(one => one.scrollWidth - one.clientWidth)"
    assert set(page.locator(".table-scroll").evaluate_all(hidden)) == {0}
    page.set_viewport_size({"width": 390, "height": 844})
    region = page.get_by_role("region").first
    region.evaluate("one => one.scrollTo({left: one.scrollWidth, behavior: 'instant'})")
    expect(region.locator("tbody th").first).to_be_in_viewport(ratio=0.99)
    expect(region.locator("tbody tr").first.locator("td").last).to_be_in_viewport(ratio=0.99)


def test_pages_of_an_administrator_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]]
) -> None:
    world = World()
    cohort = world.cohorts["hbo-ict"]
    tip = factories.tip(cohort, name="Langewoordenzonderspatiesdienergensopmogen" * 2)
    page = open_page()
    sign_in(page, administrator(world))
    programme = cohort.programme_id
    wrong: list[str] = []

    for path in (
        "/",
        "/manage/tips/",
        "/manage/tips/statistics/",
        f"/manage/tips/new/{programme}/",
        f"/manage/tips/{tip.pk}/",
        f"/manage/tips/{tip.pk}/copy/",
        f"/manage/tips/{tip.pk}/versions/",
        f"/manage/tips/{tip.pk}/versions/1/",
        f"/manage/tips/import/{programme}/",
        "/manage/insights/",
    ):
        page.goto(path)
        wrong += violations(page) + too_wide(page, path)
    page.goto(f"/manage/tips/new/{programme}/")
    page.get_by_role("button", name="Voorwaarde toevoegen").click()
    page.locator("#id_condition-0-statistic").select_option("ratio")
    for summary in page.locator("summary:visible", has_text="Alleen bepaalde").all():
        summary.click()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("alert")).to_be_visible()
    wrong += violations(page) + too_wide(page, "a ratio that is refused")

    assert wrong == []

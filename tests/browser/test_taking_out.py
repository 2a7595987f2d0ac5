"""A student takes out a portfolio and a badge, and lets something go to a record store."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from stageapp.integrations.portfolio.models import Badge
from stageapp.integrations.portfolio.queries import Content
from stageapp.integrations.portfolio.site import STYLE, pages
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.placements.models import Placement
from stageapp.programmes.models import Competence
from tests import factories
from tests.browser.conftest import AXE, DESKTOP, PHONE, TAGS, OpenPage
from tests.browser.keyboard import fill, follow, press, push, tab_to
from tests.browser.test_merging import runs_school
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Een heel lange naam zonder eind " * 5


def logged(world: World) -> Placement:
    """Return a placement with some of everything."""
    placement = Placement.objects.get(student=world.noor)
    row = factories.activity(placement, "Overleg geleid met de opdrachtgever", minutes=90)
    competence = Competence.objects.create(
        cohort=placement.cohort, key="talk", name_nl="Communiceren"
    )
    row.competences.add(competence)
    factories.activity(placement, LONG * 2)
    factories.evidence(placement, "foto.jpg", activity=row)
    factories.reflection(placement, "Het overleg", activity=row)
    return placement


def store_of(world: World) -> RecordStore:
    return RecordStore.objects.create(
        institution=world.cohorts["hbo-ict"].programme.institution,
        name="Leerrecords van de school",
        about_nl="Jij en je begeleider.",
        about_en="You and your counsellor.",
        endpoint="http://127.0.0.1:1/een/heel/lang/adres/zonder/eind/en/nog/langer/xapi/",
        key="school",
        secret="geheim",
    )


@pytest.mark.parametrize("script", [True, False])
def test_something_goes_to_a_store_and_is_taken_back_by_keyboard(
    open_page: OpenPage, script: bool
) -> None:
    world = World()
    logged(world)
    store_of(world)
    page = open_page(script=script)
    sign_in(page, world.noor)
    page.goto("/export/")
    follow(page, "Leerrecords")
    follow(page, "Kies wat er weggaat")
    tab_to(page, page.get_by_label("Overleg geleid"))
    page.keyboard.press("Space")
    press(page, "Bekijk wat er weggaat")
    expect(page.get_by_role("heading", name="Dit gaat weg")).to_be_visible()
    assert not Statement.objects.exists()
    press(page, "Verstuur dit")
    expect(page.get_by_text("onderweg").last).to_be_visible()
    push(page, re.compile("Neem terug"))
    expect(page.get_by_text("teruggenomen", exact=True)).to_be_visible()


def test_a_badge_is_made_by_keyboard(open_page: OpenPage) -> None:
    world = World()
    logged(world)
    page = open_page()
    sign_in(page, world.noor)
    page.goto("/portfolio/")
    follow(page, "Maak een badge")
    fill(page, "Titel", "Ik leid een overleg")
    fill(page, "Wat ik kan, en waaruit dat blijkt", "Iedereen komt aan het woord.")
    press(page, "Bekijken")
    expect(page.get_by_role("heading", name="Dit staat erin")).to_be_visible()
    press(page, "Onderteken en neem mee")
    picture = page.get_by_role("img", name="Ik leid een overleg")
    expect(picture).to_be_visible()
    # Only a picture that arrived and could be read has a width of its own.
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert Badge.objects.count() == 1


def test_a_portfolio_opens_from_a_folder_and_is_accessible(
    open_page: OpenPage, browser: Browser, tmp_path: Path
) -> None:
    world = World()
    placement = logged(world)
    factories.goal(placement, LONG, description="Uitleg")
    page = open_page()
    sign_in(page, world.noor)
    page.goto("/portfolio/new/")
    fill(page, "Titel", "Wat ik kan")
    page.evaluate("document.querySelectorAll('details').forEach(one => (one.open = true))")
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Bekijken")
    press(page, "Neem het mee")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Bestand ophalen").click()
    taken.value.save_as(tmp_path / "portfolio.zip")
    with zipfile.ZipFile(tmp_path / "portfolio.zip") as archive:
        archive.extractall(tmp_path / "portfolio")

    found: list[str] = []
    for window in (PHONE, DESKTOP):
        for theme in ("light", "dark"):
            found += looked_at(browser, tmp_path / "portfolio", window, theme)
    assert found == []


def looked_at(browser: Browser, folder: Path, window: dict[str, int], theme: str) -> list[str]:
    """Open each page as a file; return what is wrong with it, and what it asks from elsewhere."""
    axe = AXE.read_text(encoding="utf-8")
    # Only to look at it: its own policy forbids every script.
    context = browser.new_context(viewport=window, color_scheme=theme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    found: list[str] = []
    page.on("request", lambda sent: found.append(sent.url) if not is_inside(sent.url) else None)
    for name in sorted(folder.glob("*.html")):
        page.goto(name.as_uri())
        page.evaluate(axe)
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
        found += _run_axe_alone(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{name.name} is {wide} px too wide"] if wide > 0 else []
        pictures = page.evaluate("[...document.images].every(one => one.complete)")
        found += [] if pictures else [f"{name.name}: a picture is missing"]
    context.close()
    return found


def is_inside(address: str) -> bool:
    return address.startswith("file://")


def _run_axe_alone(page: Page) -> list[str]:
    """Run it without fetching the style sheet once more, which pages from a folder may not."""
    found = page.evaluate(
        "values => axe.run(document, {runOnly: {type: 'tag', values}, preload: false})", TAGS
    )
    return [f"{page.url}: {one['id']}: {one['help']}" for one in found["violations"]]


def test_its_policy_lets_the_style_in_and_no_script(
    open_page: OpenPage, browser: Browser, tmp_path: Path
) -> None:
    """What `file:` allows differs between browsers: it is tried in a real one."""
    content = Content("Titel", "", "Sanne", [], [], [], {})
    made = pages(content, made_on="vandaag", jwks="https://school.example/")
    text = made["index.html"].replace("</main>", "</main><script>document.title = 'nee'</script>")
    (tmp_path / "index.html").write_text(text)
    (tmp_path / "style.css").write_bytes(STYLE.read_bytes())
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())

    assert page.title() == "Titel"
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
    page.close()


@pytest.mark.parametrize("phone", [False, True])
def test_pages_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    world = World()
    logged(world)
    store = store_of(world)
    page = open_page(phone=phone)
    sign_in(page, world.noor)
    page.goto("/learning-records/new/")
    page.get_by_label("Overleg geleid").check()
    page.get_by_role("button", name="Bekijk wat er weggaat").click()
    assert_fits(page, violations, "preview of a record")
    page.get_by_role("button", name="Verstuur dit").click()
    page.locator("details > summary", has_text="Wat er wegging").first.click()
    assert_fits(page, violations, "records")
    page.goto("/portfolio/badges/new/")
    page.get_by_label("Titel").fill(LONG)
    page.get_by_label("Wat ik kan").fill("x" * 300)
    page.get_by_role("button", name="Bekijken").click()
    page.locator("details > summary").first.click()
    assert_fits(page, violations, "preview of a badge")
    page.get_by_role("button", name="Onderteken").click()
    page.locator("details > summary").first.click()
    assert_fits(page, violations, "badge")
    for address in ("/portfolio/", "/portfolio/new/", "/export/"):
        page.goto(address)
        assert_fits(page, violations, address)
    other = open_page(phone=phone)
    sign_in(other, runs_school(world))
    other.goto(f"/manage/integrations/records/{store.pk}/")
    other.get_by_role("button", name="Test dit").click()
    assert_fits(other, violations, "test of a store")
    for address in ("records/", "records/new/", "badges/", ""):
        other.goto(f"/manage/integrations/{address}")
        assert_fits(other, violations, address)


def assert_fits(page: Page, violations: Callable[[Page], list[str]], name: str) -> None:
    assert violations(page) == []
    size = page.viewport_size
    assert too_wide(page, name) == []
    page.set_viewport_size(size)  # type: ignore[arg-type]

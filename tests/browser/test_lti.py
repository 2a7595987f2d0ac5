"""Stage-App within the page of a learning environment, in a real browser and on another origin.

The environment is `localhost`, Stage-App `127.0.0.1`: to a browser two sites. Chromium takes
cookies that need a secure connection from this machine without one, so that all of it can be
tried as it is: cookies of frames, storage of the environment, another window, and full screen.
"""

import json
import os
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from stageapp.integrations.lti.models import Identity, Platform, RefusedLaunch
from tests.browser.conftest import ARGUMENTS, DESKTOP, PATIENCE, PHONE
from tests.browser.test_merging import runs_school
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in
from tests.integrations.lti.campus import INSTRUCTOR, Campus, key_pair, served

pytestmark = pytest.mark.django_db(transaction=True)

COURSE = """<!doctype html><html lang="nl"><title>Cursus</title><body style="margin:0">
<iframe name="course" title="Stage-App" src="{address}" style="width:100%;height:95vh"></iframe>
<script>
const kept = {{}};
addEventListener("message", (event) => {{
  if (!{has_storage} || event.origin !== "{tool}") return;
  const told = event.data;
  if (told.subject === "lti.put_data") kept[told.key] = told.value;
  event.source.postMessage({{
    subject: told.subject + ".response", message_id: told.message_id,
    key: told.key, value: kept[told.key],
  }}, event.origin);
}});
</script>"""
SEND = """<!doctype html><title>Verder</title><body>
<form method="post" action="{action}">{fields}</form>
<script>document.forms[0].submit()</script>"""


class Course:
    """A course page of an environment, with Stage-App in it."""

    def __init__(self, campus: Campus, tool: str) -> None:
        self.campus, self.tool = campus, tool
        campus.tool = tool
        self.said: dict[str, Any] = {}
        self.storage = False
        self.chosen: list[str] = []

    def page(self, _query: dict[str, str]) -> bytes:
        address = self.campus.login_address()
        if self.storage:
            address += "&lti_storage_target=_parent"
        return COURSE.format(
            address=escape(address), tool=self.tool, has_storage=json.dumps(self.storage)
        ).encode()

    def auth(self, query: dict[str, str]) -> bytes:
        told = self.campus.answer(query, **self.said)
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in told.items()
        )
        return SEND.format(action=escape(query["redirect_uri"]), fields=fields).encode()


@pytest.fixture
def course(live_server: Any, settings: Any) -> Iterator[Course]:
    settings.OUTGOING_HOSTS = ["localhost", "127.0.0.1"]
    tool = live_server.url.replace("localhost", "127.0.0.1")
    made = Course(Campus(key_pair()), tool)
    pages = {"/course": made.page, "/auth": made.auth}
    with served(made.campus, pages):
        made.campus.url = made.campus.url.replace("127.0.0.1", "localhost")
        yield made


@pytest.fixture
def school(course: Course) -> World:
    world = World()
    institution = world.cohorts["hbo-ict"].programme.institution
    platform = course.campus.register(institution)
    Identity.objects.create(
        platform=platform,
        subject="user-1",
        person=world.anna,
        linked_at=timezone.now(),
    )
    return world


@pytest.fixture(scope="session")
def strict(browser: Browser) -> Iterator[Browser]:
    """A browser that refuses cookies of other sites, as more and more do."""
    made = browser.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=[
            *ARGUMENTS,
            "--test-third-party-cookie-phaseout",
            # A page from which a test took the cookies counts as one of the internet.
            "--disable-features=LocalNetworkAccessChecks",
        ],
    )
    yield made
    made.close()


@pytest.fixture
def strict_browser(strict: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open windows of it, each with its own cookies."""
    opened: list[BrowserContext] = []

    def open_one(*, phone: bool = False) -> BrowserContext:
        context = strict.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            locale="nl-NL",
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


def framed(page: Page, course: Course) -> Frame:
    page.goto(f"{course.campus.url}/course")
    frame = page.frame("course")
    assert frame
    return frame


def test_student_works_in_the_frame_and_goes_on_in_a_tab(
    strict_browser: Callable[..., BrowserContext], course: Course, school: World
) -> None:
    context = strict_browser()
    page = context.new_page()
    frame = framed(page, course)

    # What is written in the frame is kept: session and forms work with the cookies of the frame.
    expect(frame.get_by_role("link", name="Logboek").first).to_be_visible()
    frame.goto(f"{course.tool}/goals/new/")
    frame.get_by_label("Leerdoel", exact=True).fill("Zelf plannen")
    frame.locator("main form button.button").first.click()
    expect(frame.get_by_text("Zelf plannen").first).to_be_visible()
    # One click away, the same page in a tab of its own, where nothing of the frame is sent.
    frame.goto(f"{course.tool}/activities/")
    with context.expect_page() as opening:
        frame.get_by_role("button", name="Volledig scherm").click()
    tab = opening.value
    expect(tab).to_have_url(f"{course.tool}/activities/")
    expect(tab.locator("nav.main-navigation")).to_be_visible()
    expect(tab.get_by_role("button", name="Volledig scherm")).to_have_count(0)
    names = {(one["name"], one.get("partitionKey") is not None) for one in context.cookies()}
    assert ("sessionid", True) in names


def test_environment_keeps_the_secret_where_no_cookie_is_kept(
    strict_browser: Callable[..., BrowserContext], course: Course, school: World
) -> None:
    course.storage = True
    context = strict_browser()
    page = context.new_page()
    # A browser that keeps no cookie at all in a frame.
    page.route("**/lti/login/**", without_cookie)

    frame = framed(page, course)
    with context.expect_page() as opening:
        frame.get_by_role("link", name="Open in een nieuw venster").click()

    # There they are in at once: the environment is not asked again.
    expect(opening.value.get_by_role("link", name="Logboek").first).to_be_visible()
    assert not RefusedLaunch.objects.exists()


def without_cookie(route: Any) -> None:
    answer = route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
    route.fulfill(response=answer, headers=headers)


def test_without_cookie_and_storage_a_window_of_its_own_opens(
    strict_browser: Callable[..., BrowserContext], course: Course, school: World
) -> None:
    context = strict_browser()
    page = context.new_page()
    page.route("**/lti/login/**", without_cookie)

    frame = framed(page, course)
    with context.expect_page() as opening:
        frame.get_by_role("link", name="Open in een nieuw venster").click()

    window = opening.value
    expect(window.get_by_role("link", name="Logboek").first).to_be_visible()
    assert RefusedLaunch.objects.get().reason == "other_browser"


def test_page_of_another_site_cannot_show_a_session_that_began_elsewhere(
    strict_browser: Callable[..., BrowserContext], course: Course, school: World
) -> None:
    Platform.objects.update(
        frame_origins="https://elsewhere.example",
        issuer="https://x.example",
        auth_url=f"{course.campus.url}/auth",
    )
    course.campus.instead = {}
    context = strict_browser()
    page = context.new_page()
    page.goto(f"{course.tool}/login/")
    page.locator("input[name=login]").fill(school.anna.email)
    page.locator("input[name=password]").fill("stage-app-demo")
    page.locator("main button").click()
    expect(page.locator("nav.main-navigation")).to_be_visible()
    page.goto(f"{course.campus.url}/course")
    with page.expect_event("framenavigated") as navigated:
        page.evaluate(
            "address => { document.querySelector('iframe').src = address }",
            f"{course.tool}/activities/",
        )
    assert navigated.value.url.startswith("chrome-error://")


def test_teacher_puts_a_link_in_the_course_by_keyboard(
    strict_browser: Callable[..., BrowserContext], course: Course, school: World
) -> None:
    course.said = {"roles": [INSTRUCTOR], "deep_link": True}
    page = strict_browser().new_page()
    frame = framed(page, course)

    frame.get_by_label("Mijn logboek").focus()
    page.keyboard.press("Space")
    frame.get_by_role("button", name="Zet deze link in de cursus").focus()
    with page.expect_request("**/chosen") as sent:
        page.keyboard.press("Enter")

    assert (sent.value.post_data or "").startswith("JWT=")


@pytest.mark.parametrize("phone", [False, True])
def test_pages_of_a_first_launch_are_accessible_and_fit(
    strict_browser: Callable[..., BrowserContext],
    course: Course,
    school: World,
    violations: Callable[[Page], list[str]],
    phone: bool,
) -> None:
    course.said = {"user": "user-2", "name": "Sanne " * 30}
    page = strict_browser(phone=phone).new_page()
    page.goto(course.campus.login_address())
    expect(page.get_by_role("heading", name="Welkom bij Stage-App")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page, "welcome") == []
    page.get_by_role("link", name="Log in").or_(
        page.get_by_role("link", name="Inloggen")
    ).first.click()
    page.locator("input[name=login]").fill(school.noor.email)
    page.locator("input[name=password]").fill("stage-app-demo")
    page.locator("main button").click()
    expect(page.get_by_role("heading", name="Ben jij dit?")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page, "connect") == []
    page.get_by_role("button", name="Dat ben ik allebei: verbind").click()
    expect(page.locator("nav.main-navigation")).to_be_visible()
    page.goto(f"{course.tool}/lti/connections/")
    assert violations(page) == []
    assert too_wide(page, "connections") == []


@pytest.mark.parametrize("phone", [False, True])
def test_pages_of_administrators_are_accessible_and_fit(
    open_page: Any, school: World, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    platform = Platform.objects.get()
    page = open_page(phone=phone)
    sign_in(page, runs_school(school))
    for path in ("", "new/", f"{platform.pk}/"):
        page.goto(f"/manage/integrations/lti/{path}")
        assert violations(page) == []
        assert too_wide(page, path) == []
    page.goto("/manage/integrations/lti/")
    page.get_by_role("button", name="Maak een link om mee aan te melden").click()
    expect(page.get_by_label("Link om mee aan te melden")).to_be_visible()
    assert violations(page) == []
    page.goto(f"/manage/integrations/lti/{platform.pk}/")
    page.get_by_role("button", name="Test dit").click()
    expect(page.get_by_role("heading", name="Wat de test opleverde")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page, "test") == []

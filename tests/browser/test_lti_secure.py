"""Stage-App in the frame of a learning environment as people meet it: https, and host names.

Only so do browsers keep cookies whose names begin with `__Host-`, and tell by the site of a host
name which ones are those of another site. Chromium refuses cookies of other sites here.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, expect

from stageapp.integrations.lti.models import Identity
from tests.browser.conftest import ARGUMENTS, DESKTOP, PATIENCE
from tests.browser.secure import before, certificate
from tests.browser.test_lti import Course, framed
from tests.browser.world import World
from tests.integrations.lti.campus import Campus, key_pair, served

pytestmark = pytest.mark.django_db(transaction=True)

STAGE = "https://stage.school.test"


class Named(Campus):
    """An environment that browsers know by a host name, and our server by an address."""

    front = ""

    @property
    def issuer(self) -> str:
        return self.front


@pytest.fixture
def secure(
    request: Any, live_server: Any, settings: Any, browser: Browser, tmp_path: Any
) -> Iterator[tuple[BrowserContext, Course, World]]:
    """A browser, a course of the environment with the host name of the parameter, and a school."""
    host = request.param
    settings.OUTGOING_HOSTS = ["127.0.0.1"]
    settings.ALLOWED_HOSTS = ["stage.school.test"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    campus = Named(key_pair())
    campus.front = f"https://{host}"
    made = Course(campus, STAGE)
    context = certificate(tmp_path)
    with ExitStack() as open_ones:
        open_ones.enter_context(served(campus, {"/course": made.page, "/auth": made.auth}))
        ports = {
            host: open_ones.enter_context(before(campus.url.partition("//")[2], context)),
            "stage.school.test": open_ones.enter_context(
                before(live_server.url.partition("//")[2], context)
            ),
        }
        rules = ", ".join(f"MAP {name} 127.0.0.1:{port}" for name, port in ports.items())
        strict = browser.browser_type.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=[
                *ARGUMENTS,
                "--test-third-party-cookie-phaseout",
                "--disable-features=LocalNetworkAccessChecks",
                f"--host-resolver-rules={rules}",
            ],
        )
        window = strict.new_context(
            viewport=DESKTOP,  # type: ignore[arg-type]
            ignore_https_errors=True,
            locale="nl-NL",
        )
        window.set_default_timeout(PATIENCE)
        yield window, made, school_with(campus)
        strict.close()


def school_with(campus: Named) -> World:
    world = World()
    institution = world.cohorts["hbo-ict"].programme.institution
    platform = campus.register(institution, auth_url=f"{campus.front}/auth")
    Identity.objects.create(
        platform=platform, subject="user-1", person=world.anna, linked_at=timezone.now()
    )
    return world


def at_course(context: BrowserContext, course: Course) -> Any:
    course.campus.url, kept = course.campus.issuer, course.campus.url
    frame = framed(context.new_page(), course)
    expect(frame.get_by_role("link", name="Logboek").first).to_be_visible()
    course.campus.url = kept
    return frame


def write_goal(frame: Any, text: str) -> None:
    frame.goto(f"{STAGE}/goals/new/")
    frame.get_by_label("Leerdoel", exact=True).fill(text)
    frame.locator("main form button.button").first.click()
    expect(frame.get_by_text(text).first).to_be_visible()


@pytest.mark.parametrize("secure", ["canvas.elsewhere.test"], indirect=True)
def test_environment_of_another_site_has_cookies_of_its_own(
    secure: tuple[BrowserContext, Course, World],
) -> None:
    context, course, _world = secure
    frame = at_course(context, course)
    write_goal(frame, "Zelf plannen")

    kept = {one["name"]: one for one in context.cookies(STAGE)}
    assert kept["__Host-session"]["sameSite"] == "None"
    assert kept["__Host-session"]["partitionKey"] == "https://elsewhere.test"

    with context.expect_page() as opening:
        frame.get_by_role("button", name="Volledig scherm").click()
    tab = opening.value
    expect(tab.locator("nav.main-navigation")).to_be_visible()
    write_goal(tab, "En daarna vooruitkijken")
    # The frame goes on beside it.
    write_goal(frame, "In het frame")
    own = [one for one in context.cookies(STAGE) if one["name"] == "__Host-session"]
    assert {one.get("partitionKey") for one in own} == {None, "https://elsewhere.test"}


@pytest.mark.parametrize("secure", ["canvas.school.test"], indirect=True)
def test_environment_of_the_same_site_shares_a_session_with_the_tab(
    secure: tuple[BrowserContext, Course, World],
) -> None:
    """A school often has both below its own domain: frame and tab have one store of cookies."""
    context, course, world = secure
    page = context.new_page()
    page.goto(f"{STAGE}/login/")
    page.locator("input[name=login]").fill(world.anna.email)
    page.locator("input[name=password]").fill("stage-app-demo")
    page.locator("main button").click()
    expect(page.locator("nav.main-navigation")).to_be_visible()

    frame = at_course(context, course)
    with context.expect_page() as opening:
        frame.get_by_role("button", name="Volledig scherm").click()
    tab = opening.value
    expect(tab.locator("nav.main-navigation")).to_be_visible()
    expect(tab.get_by_role("button", name="Volledig scherm")).to_be_hidden()
    # A launch in a window of its own leaves what stands in the frame as it is.
    window = context.new_page()
    window.goto(course.campus.login_address())
    expect(window.locator("nav.main-navigation")).to_be_visible()
    for one in (frame, tab, window, page):
        write_goal(one, "Overal dezelfde")


@pytest.mark.parametrize("secure", ["canvas.elsewhere.test"], indirect=True)
def test_link_to_another_site_opens_in_a_tab_of_its_own(
    secure: tuple[BrowserContext, Course, World],
) -> None:
    """Most sites refuse to stand in a frame, a meeting in video among them."""
    context, course, _world = secure
    frame = at_course(context, course)
    link = '<a href="https://canvas.elsewhere.test/jwks">Naar buiten</a>'
    frame.locator("main").evaluate(
        "(main, link) => main.insertAdjacentHTML('afterbegin', link)", link
    )

    with context.expect_page() as opening:
        frame.get_by_role("link", name="Naar buiten").click()

    assert opening.value.url.endswith("/jwks")
    assert frame.url.startswith(STAGE)

"""A real browser, and what no page may do in it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

# Playwright's loop runs in this thread; Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}

OpenPage = Callable[..., Page]

#: Milliseconds; a busy machine is no fault of the code.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Open pages of different people; the test fails on any error in the browser's console."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_one(*, phone: bool = False, dark: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda entry: _note(entry.type, entry.text, problems))
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert problems == []


def _note(kind: str, text: str, problems: list[str]) -> None:
    # A refused form answers 422 on purpose and maintenance 503, a test cuts the connection on
    # purpose, and Chromium mentions them all.
    on_purpose = ("422", "503", "ERR_INTERNET_DISCONNECTED")
    if kind == "error" and not any(known in text for known in on_purpose):
        problems.append(text)


@pytest.fixture(scope="session")
def violations() -> Callable[[Page], list[str]]:
    """Return what axe-core finds on a page, with where; of colours, in both themes."""
    source = AXE.read_text(encoding="utf-8")

    def find(page: Page) -> list[str]:
        # Without script axe-core would never answer, and the test never end.
        assert not page.evaluate("matchMedia('(scripting: none)').matches")
        page.evaluate(source)
        is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        found = _run_axe(page, {"type": "tag", "values": TAGS})
        page.emulate_media(color_scheme="light" if is_dark else "dark", reduced_motion="reduce")
        found += _run_axe(page, {"type": "rule", "values": ["color-contrast"]})
        page.emulate_media(color_scheme="dark" if is_dark else "light", reduced_motion="null")
        return found

    return find


def _run_axe(page: Page, which: dict[str, Any]) -> list[str]:
    found = page.evaluate("which => axe.run(document, {runOnly: which})", which)
    return [
        f"{page.url}: {violation['id']}: {violation['help']}: "
        + " | ".join(node["html"][:160] for node in violation["nodes"][:3])
        for violation in found["violations"]
    ]


@pytest.fixture(scope="session")
def accessible(violations: Callable[[Page], list[str]]) -> Callable[[Page], None]:
    """Fail when axe-core finds something on the page."""

    def check(page: Page) -> None:
        assert violations(page) == []

    return check

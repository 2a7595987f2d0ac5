"""The main job: a student logs and asks, the teacher sees who needs attention and answers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]


def log_activity(page: Page, text: str, *, hours: str) -> None:
    """Log an activity of today with the HBO-ICT form."""
    page.goto("/activities/new/")
    page.locator("textarea[name=description]").fill(text)
    page.locator("input[name=duration_hours]").fill(hours)
    for name in ("category", "difficulty", "people"):
        choices = page.locator(f"input[name={name}]")
        if not choices.locator("xpath=self::*[@checked]").count():
            page.locator(f".chip:has(input[name={name}])").first.click()
    page.locator(".form-end .button").first.click()
    page.wait_for_url("**/activities/?logged=*")


def test_student_logs_and_asks_teacher_answers_student_reads(
    open_page: OpenPage, accessible: Check
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    phone = open_page(phone=True)

    sign_in(phone, sanne)
    accessible(phone)
    log_activity(phone, "Inlogscherm gebouwd en getest", hours="3")
    log_activity(phone, "Storing bij de klant onderzocht", hours="2")
    expect(phone.locator(".activity-row")).to_have_count(2)
    accessible(phone)

    phone.get_by_role("button", name="Storing bij de klant").click()
    expect(phone.get_by_role("button", name="Storing bij de klant")).to_have_attribute(
        "aria-pressed", "true"
    )
    phone.goto("/saved/")
    expect(phone.get_by_text("Storing bij de klant onderzocht").first).to_be_visible()
    accessible(phone)

    phone.goto("/guidance/new/?all=1")
    accessible(phone)
    phone.locator("input[name=title]").fill("Hoe pak ik een storing aan?")
    phone.locator("textarea[name=core]").fill("Ik zoek te lang alleen. Wanneer vraag ik hulp?")
    phone.get_by_label("Mijn stagedocent").check()
    phone.get_by_label("Een geschreven antwoord").check()
    phone.locator(".item-picker label", has_text="Storing bij de klant").click()
    phone.locator(".form-end .button").click()
    expect(phone.locator(".preview-frame")).to_contain_text("Mira de Vries")
    expect(phone.locator(".audience")).to_contain_text("alleen jij")
    accessible(phone)
    phone.get_by_role("button", name="Delen met Mira de Vries").click()
    expect(phone.locator(".audience")).to_contain_text("jij en Mira de Vries")

    desk = open_page()
    sign_in(desk, world.teacher)
    accessible(desk)
    desk.goto("/students/")
    names = desk.locator(".attention-row h3").all_inner_texts()
    assert names == ["Noor van Dijk", "Sanne Bakker", "Anna Alders"]
    marks = [
        re.findall("red|orange|green", mark.get_attribute("class") or "")[0]
        for mark in desk.locator(".attention-row .attention-mark").all()
    ]
    assert marks == ["red", "orange", "green"]
    accessible(desk)
    desk.get_by_role("link", name="Sanne Bakker").click()
    expect(desk.locator(".shared-item")).to_contain_text("Storing bij de klant onderzocht")
    expect(desk.get_by_text("Inlogscherm gebouwd")).to_have_count(0)
    accessible(desk)
    desk.locator("textarea[name$=text]").fill("Goed dat je het vraagt. Spreek een half uur af.")
    desk.get_by_role("button", name="Antwoorden").click()
    expect(desk.locator(".message")).to_contain_text("Spreek een half uur af")
    desk.goto("/students/")
    assert desk.locator(".attention-row h3").all_inner_texts()[0] == "Noor van Dijk"
    expect(desk.locator(".attention-mark.orange")).to_have_count(0)

    phone.goto("/")
    accessible(phone)
    phone.locator(".next-step .button").click()
    expect(phone.locator("h1")).to_have_text("Hoe pak ik een storing aan?")
    expect(phone.locator(".message")).to_contain_text("Spreek een half uur af")
    accessible(phone)


def test_english_student_of_another_programme_asks_and_reads(
    open_page: OpenPage, accessible: Check
) -> None:
    world = World()
    grace = world.student(
        "Grace Owusu", "grace@demo.example", weeks=2, programme="leraar-vo", language="en"
    )
    phone = open_page(phone=True, dark=True)

    sign_in(phone, grace)
    phone.goto("/activities/new/")
    expect(phone.locator("h1")).to_have_text("New activity")
    accessible(phone)
    phone.locator("textarea[name=description]").fill("My first lesson in class 2b")
    for name in ("moment", "people", "goal", "competences", "sources"):
        chips = phone.locator(f".chip:has(input[name={name}])")
        if chips.count():
            chips.nth(1 if chips.count() > 1 else 0).click()
        elif phone.locator(f"select[name={name}]").count():
            phone.locator(f"select[name={name}]").select_option(index=1)
    phone.locator("textarea[name=learned]").fill("A calm start helps.")
    phone.locator(".form-end .button").first.click()
    phone.wait_for_url("**/activities/?logged=*")
    phone.goto("/guidance/new/?all=1")
    phone.locator("input[name=title]").fill("How do I start calmly?")
    phone.locator("textarea[name=core]").fill("What would you try?")
    phone.get_by_label("My teacher").check()
    phone.get_by_label("A written reply").check()
    phone.locator(".item-picker label").first.click()
    phone.locator(".form-end .button").click()
    phone.get_by_role("button", name="Share with Mira de Vries").click()
    expect(phone.locator(".audience")).to_contain_text("you and Mira de Vries")

    desk = open_page(dark=True)
    sign_in(desk, world.teacher)
    desk.goto("/students/")
    expect(desk.locator(".attention-mark.orange")).to_have_count(1)
    accessible(desk)
    desk.get_by_role("link", name="Grace Owusu").click()
    desk.locator("textarea[name$=text]").fill("Begin with a question on the board.")
    desk.get_by_role("button", name="Antwoorden").click()

    phone.goto("/guidance/")
    expect(phone.locator(".badge.green")).to_have_text("Answered")
    phone.get_by_role("link", name="How do I start calmly?").click()
    expect(phone.locator(".message")).to_contain_text("question on the board")
    accessible(phone)


def test_answer_appears_in_an_open_conversation(
    open_page: OpenPage, accessible: Check, settings: Any
) -> None:
    settings.LIVE_SECONDS = 1
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    question = factories.question(
        sanne.placements.get(), teacher=world.teacher, shared_at=timezone.now()
    )
    phone, desk = open_page(phone=True), open_page()
    sign_in(phone, sanne)
    phone.goto(f"/guidance/{question.pk}/")
    phone.locator("textarea[name$=text]").fill("Ik ben nog aan het typen")

    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.locator("textarea[name$=text]").fill("Goed dat je het vraagt.")
    desk.get_by_role("button", name="Antwoorden").click()

    expect(phone.locator("live-messages .message")).to_contain_text("Goed dat je het vraagt.")
    expect(phone.locator("textarea[name$=text]")).to_have_value("Ik ben nog aan het typen")
    accessible(phone)


def test_answer_is_formatted_by_buttons_and_keys(open_page: OpenPage, accessible: Check) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    question = factories.question(
        sanne.placements.get(), teacher=world.teacher, shared_at=timezone.now()
    )
    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    box = desk.locator("textarea[name$=text]")
    box.fill("Goed bezig")
    box.select_text()
    box.press("Control+b")
    box.press("End")
    box.press_sequentially("\nvraag hulp")
    desk.get_by_role("button", name="Lijst").click()
    accessible(desk)
    desk.get_by_role("button", name="Antwoorden").click()

    expect(desk.locator(".message strong", has_text="Goed bezig")).to_be_visible()
    expect(desk.locator(".message li")).to_have_text("vraag hulp")

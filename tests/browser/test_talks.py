"""A talk from beginning to end: proposed, picked, moved, held, and reported, by two people."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stageapp.guidance.models import AppointmentMail
from stageapp.notifications.actions import send_due
from stageapp.planning.models import Appointment
from tests import factories
from tests.browser.conftest import OpenPage
from tests.browser.world import World, sign_in
from tests.notifications.conftest import Inbox, inbox

__all__ = ["inbox"]

pytestmark = pytest.mark.django_db(transaction=True)

Check = Callable[[Page], None]
TITLE = "Hoe pak ik een storing aan?"


def methods(inbox: Inbox) -> list[str]:
    """Send what waits; return to whom which kind of calendar file went by now."""
    send_due(AppointmentMail, at=timezone.now() + timedelta(minutes=1))
    found = [
        f"{mail['To'].partition('@')[0]} {part.get_param('method')}"
        for mail in inbox.mails
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    return sorted(found)


def test_talk_from_proposal_to_confirmed_report(
    open_page: OpenPage, accessible: Check, inbox: Inbox
) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    question = factories.question(
        sanne.placements.get(), TITLE, teacher=world.teacher, shared_at=timezone.now()
    )
    today = timezone.localdate()
    days = [(today + timedelta(days=number)).isoformat() for number in (2, 3, 6)]

    desk = open_page()
    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    desk.get_by_role("link", name="Een gesprek voorstellen").click()
    accessible(desk)
    desk.get_by_label("Met beeld").check()
    for number, day in enumerate(days, start=1):
        desk.locator(f"[name=day_{number}]").fill(day)
        desk.locator(f"[name=at_{number}]").fill("14:30")
    desk.locator("[name=place]").fill("https://video.example/mira")
    desk.get_by_role("button", name="Voorstellen").click()
    expect(desk.locator(".moments li")).to_have_count(3)
    expect(desk.locator(".page-head .badge")).to_have_text("Beantwoord")
    accessible(desk)

    phone = open_page(phone=True)
    sign_in(phone, sanne)
    phone.locator(".next-step .button").click()
    expect(phone.get_by_text("Mira de Vries wil graag met je praten")).to_be_visible()
    accessible(phone)
    phone.locator(".moments button").nth(1).click()
    expect(phone.locator("h1")).to_have_text("Gesprek met Mira de Vries")
    accessible(phone)
    assert methods(inbox) == ["docent REQUEST", "sanne REQUEST"]

    for page in (phone, desk):
        page.goto("/calendar/")
        expect(page.get_by_role("link", name=TITLE).first).to_be_visible()
        accessible(page)
    desk.get_by_role("link", name=TITLE).click()
    desk.get_by_role("link", name="Andere tijd of plek").click()
    accessible(desk)
    desk.locator("[name=at]").fill("16:00")
    desk.get_by_role("button", name="Bewaren en doorgeven").click()
    expect(desk.get_by_text("16:00 – 16:30")).to_be_visible()
    assert methods(inbox) == ["docent REQUEST"] * 2 + ["sanne REQUEST"] * 2

    # The talk was held meanwhile.
    Appointment.objects.update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() - timedelta(minutes=5)
    )
    phone.goto("/")
    expect(phone.locator(".next-step h2")).to_have_text(
        "Schrijf het verslag van je gesprek met Mira de Vries"
    )
    accessible(phone)
    phone.get_by_role("link", name="Schrijf het verslag").click()
    accessible(phone)
    phone.locator("[name=agreed]").fill("Na een half uur vraag ik hulp.")
    phone.locator("[name=what_1]").fill("Een wekker zetten")
    phone.get_by_role("button", name="Bewaren en bekijken").click()
    expect(phone.locator(".audience").first).to_contain_text("alleen jij")
    accessible(phone)
    phone.get_by_role("button", name="Delen met Mira de Vries").click()
    expect(phone.locator(".audience").first).to_contain_text("jij en Mira de Vries")

    desk.goto("/news/")
    desk.get_by_role("button", name="deelt het verslag").click()
    expect(desk.get_by_text("Na een half uur vraag ik hulp.")).to_be_visible()
    desk.locator("[name=addition]").fill("En zet hem hard genoeg.")
    accessible(desk)
    desk.get_by_role("button", name="Dit verslag bevestigen").click()
    expect(desk.locator(".badge.green")).to_contain_text("Bevestigd door Mira de Vries")
    accessible(desk)

    phone.reload()
    expect(phone.get_by_text("En zet hem hard genoeg.")).to_be_visible()
    accessible(phone)


def test_student_proposes_without_script_and_cancels(open_page: OpenPage, inbox: Inbox) -> None:
    world = World()
    sanne = world.student("Sanne Bakker", "sanne@demo.example", weeks=3)
    question = factories.question(
        sanne.placements.get(), TITLE, teacher=world.teacher, shared_at=timezone.now()
    )
    phone, desk = open_page(phone=True, script=False), open_page(script=False)
    sign_in(phone, sanne)
    phone.goto(f"/guidance/{question.pk}/talk/")
    phone.locator("[name=day_1]").fill((timezone.localdate() + timedelta(days=2)).isoformat())
    phone.get_by_role("button", name="Voorstellen").click()
    expect(phone.get_by_text("Hoe laat?", exact=True)).to_be_visible()
    phone.locator("[name=at_1]").fill("10:00")
    phone.get_by_role("button", name="Voorstellen").click()

    sign_in(desk, world.teacher)
    desk.goto(f"/guidance/{question.pk}/")
    expect(desk.locator(".page-head .badge")).to_have_text("Wacht op jou")
    desk.locator(".moments button").click()
    phone.goto("/calendar/")
    phone.locator(".planned-row a", has_text=TITLE).first.click()
    phone.get_by_role("button", name="Dit gesprek afzeggen").click()
    expect(phone.get_by_text("Afgezegd op")).to_be_visible()
    desk.goto("/calendar/")
    expect(desk.get_by_role("link", name=TITLE)).to_have_count(0)
    assert methods(inbox) == ["docent CANCEL", "sanne CANCEL"]

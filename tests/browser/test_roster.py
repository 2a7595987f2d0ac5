"""A functional administrator brings in a list of people with the keyboard only."""

import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from stageapp.integrations.roster import actions, rules
from stageapp.integrations.roster.models import Source
from stageapp.programmes.models import ProgrammeMembership
from tests.browser.conftest import OpenPage
from tests.browser.keyboard import fill, press
from tests.browser.test_merging import runs_school
from tests.browser.test_pages import too_wide
from tests.browser.world import World, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SHEET = """\
email;naam;rol;groep
lotte@school.example;Lotte Lange Achternaam van der Ver;student;ICT-3A
peer@school.example;Peer Docent;docent;ICT-3A
kapot;Zonder Adres;student;ICT-3A
"""


def upload(page: Page) -> None:
    file = FilePayload(name="lijst.csv", mimeType="text/csv", buffer=SHEET.encode())
    page.get_by_label("Bestand").set_input_files(files=[file])
    press(page, "Het bestand bekijken")


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_set_up_looked_at_applied_and_undone(open_page: OpenPage, script: bool) -> None:
    page = open_page(script=script)
    sign_in(page, runs_school(World()))
    page.goto("/manage/integrations/")
    page.get_by_role("link", name="Lijsten met mensen").press("Enter")
    page.get_by_role("link", name="Bron toevoegen").press("Enter")
    fill(page, "Hoe je hem noemt", "Lijst van de administratie")
    press(page, "Bewaar deze instellingen")
    upload(page)
    page.get_by_role("link", name="Kies een cohort").press("Enter")
    page.get_by_label(re.compile("Cohort voor")).select_option(label="HBO-ICT · Stage 2026")
    press(page, "Bewaar dit en vergelijk")
    expect(page.get_by_text("heeft geen geldig e-mailadres")).to_be_visible()
    before = ProgrammeMembership.objects.count()
    press(page, "Voer dit uit")
    expect(page.get_by_text("Gedaan. Dit is er veranderd.")).to_be_visible()
    assert ProgrammeMembership.objects.count() == before + 2
    press(page, "Maak dit allemaal ongedaan")
    expect(page.get_by_text("alles is weer zoals het was")).to_be_visible()
    assert ProgrammeMembership.objects.count() == before


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_pages_of_lists_are_accessible_and_fit(
    open_page: OpenPage, violations: Callable[[Page], list[str]], phone: bool, dark: bool
) -> None:
    world = World()
    by = runs_school(world)
    cohort = world.cohorts["hbo-ict"]
    source = Source.objects.create(
        institution=cohort.programme.institution,
        kind="oneroster",
        name="Een lange naam van een bron " * 5,
        address="https://roster.school.example",
        run_by=by,
    )
    now = timezone.now()
    actions.map_line(source, "stage", title="Stage " * 30, cohort=cohort, by=by, at=now)
    group = rules.Group("3A", "3A", "stage", "Stage " * 30, ("mira",), ("lotte", "leeg"))
    people = (
        rules.Person("mira", "Mira " * 30, f"{'mira' * 12}@school.example"),
        rules.Person("lotte", "Lotte", "lotte@school.example"),
        rules.Person("leeg", "Zonder adres"),
    )
    looked = actions.look(source, rules.Roster(people, (group,), ("Iets " * 20,)), by=by, at=now)
    page = open_page(phone=phone, dark=dark)
    sign_in(page, by)
    for address in (
        "",
        "new/",
        f"{source.pk}/",
        f"{source.pk}/cohorts/",
        f"{source.pk}/settings/",
        f"{source.pk}/remove/",
        f"looks/{looked.pk}/",
    ):
        page.goto(f"/manage/integrations/roster/{address}")
        assert violations(page) == [], address
        assert too_wide(page, address) == []
    press(page, "Voer dit uit")
    expect(page.get_by_text("Gedaan. Dit is er veranderd.")).to_be_visible()
    assert violations(page) == []
    assert too_wide(page, "done") == []

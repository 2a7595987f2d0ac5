"""The people of the browser stories, and how they sign in."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Page, expect

from stageapp.accounts.models import User
from stageapp.placements.actions import start_placement
from stageapp.placements.models import Placement, Workplace
from stageapp.programmes.models import Cohort, Institution, ProgrammeMembership, Role
from stageapp.programmes.presets import load_presets
from stageapp.tips.presets import load_tips
from tests import factories


class World:
    """The demo's people, with nothing logged yet."""

    def __init__(self) -> None:
        institution = Institution.objects.create(name="Hogeschool Demo", slug="demo")
        self.cohorts: dict[str, Cohort] = {
            cohort.programme.slug: cohort for cohort in load_presets(institution, year=2026)
        }
        load_tips(list(self.cohorts.values()), at=timezone.now())
        self.teacher = factories.person("Mira de Vries", "docent@demo.example")
        self.noor = self.student("Noor van Dijk", "noor@demo.example", weeks=5)
        self.anna = self.student("Anna Alders", "anna@demo.example", weeks=1)

    def student(
        self, name: str, email: str, *, weeks: int, programme: str = "hbo-ict", language: str = "nl"
    ) -> User:
        """Return a student on placement since some weeks, linked to the teacher."""
        cohort = self.cohorts[programme]
        somebody = factories.person(name, email, language=language)
        ProgrammeMembership.objects.create(
            programme=cohort.programme, person=somebody, role=Role.STUDENT
        )
        starts_on = timezone.localdate() - timedelta(weeks=weeks)
        with override(language):
            start_placement(
                Placement(
                    cohort=cohort, starts_on=starts_on, ends_on=starts_on + timedelta(weeks=20)
                ),
                Workplace(name="Gemeente Voorbeeld", town="Utrecht"),
                by=somebody,
                teacher=self.teacher,
                at=timezone.now(),
            )
        return somebody


def sign_in(page: Page, person: User) -> None:
    """Sign in as a person would; the fields are the first two of the form."""
    page.goto("/login/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("main button").click()
    expect(page.locator("nav.main-navigation")).to_be_visible()


def give_password(page: Page, person: User) -> None:
    """Fill in the Dutch form to sign in with, for whoever is asked for more after it."""
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).press("Enter")

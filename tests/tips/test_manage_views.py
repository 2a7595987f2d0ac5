"""The rule editor as a page: what it shows, refuses, keeps, and whom it lets in."""

from typing import Any

import pytest
from django.test import Client

from stageapp.accounts.models import User
from stageapp.programmes.models import Cohort, ProgrammeMembership, Role
from stageapp.tips.models import Tip
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    made = factories.cohort("category", "people")
    factories.entry(made, "person", "Alleen", key="alone")
    factories.entry(made, "person", "Collega", key="colleague")
    factories.entry(made, "category", "Overleg", key="meeting")
    factories.entry(made, "difficulty", "Makkelijk", key="easy", level=1)
    factories.entry(made, "difficulty", "Moeilijk", key="hard", level=3)
    return made


def administrator(cohort: Cohort) -> User:
    somebody = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=somebody, role=Role.ADMINISTRATOR
    )
    return somebody


@pytest.fixture
def client(cohort: Cohort) -> Client:
    made = Client()
    made.force_login(administrator(cohort))
    return made


def sent(cohort: Cohort, do: str = "save", **changes: Any) -> dict[str, Any]:
    """A tip about working alone, as the form sends it."""
    return {
        "do": do,
        "name": "Vaak alleen",
        "cohorts": [cohort.pk],
        "priority": "60",
        "rest_days": "14",
        "condition": ["0"],
        "condition-0-name": "alone",
        "condition-0-statistic": "share_alone",
        "condition-0-window": "all",
        "condition-0-operator": ">",
        "condition-0-threshold": "50",
        "condition-0-minimum": "5",
        "moment": ["0"],
        "moment-0-first": "20",
        "moment-0-last": "80",
        "feedback_nl": "Je werkte {alone} alleen ({alone.part} van {alone.whole}).",
        "feedback_en": "You worked {alone} alone.",
        "goes_to": "log",
    } | changes


def new(cohort: Cohort) -> str:
    return f"/manage/tips/new/{cohort.programme_id}/"


def test_tip_is_written_and_comes_back_as_it_was(client: Client, cohort: Cohort) -> None:
    answer = client.post(new(cohort), sent(cohort))

    made = Tip.objects.get()
    assert answer.headers["Location"] == f"/manage/tips/{made.pk}/"
    assert (made.name, made.key, made.is_on) == ("Vaak alleen", "vaak-alleen", False)
    assert list(made.cohorts.all()) == [cohort]
    version = made.versions.get()
    assert version.rule["conditions"][0]["threshold"] == 50
    assert version.rule["moments"] == [[20, 80]]
    page = client.get(f"/manage/tips/{made.pk}/").content.decode()
    assert 'value="alone"' in page
    assert "Je werkte 80% alleen (15 van 18)." in page or "Je werkte" in page


def test_smoke(client: Client, cohort: Cohort) -> None:
    page = client.get(new(cohort))
    assert page.status_code == 200
    for do in ("add_condition", "add_moment", "remove:condition-0", "preview", "try"):
        answer = client.post(new(cohort), sent(cohort, do))
        assert answer.status_code == 200, do
        print(do, len(answer.content))
    print(client.post(new(cohort), sent(cohort, "try")).content.decode())

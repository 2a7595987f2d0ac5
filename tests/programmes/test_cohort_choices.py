"""From the page of a cohort its charts and tips are chosen."""

from typing import Any

import pytest
from django.test import Client

from stageapp.audit.models import AuditEntry
from stageapp.insights.charts import offered_charts
from stageapp.programmes.models import Cohort, ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort("category", "duration")


@pytest.fixture
def client(cohort: Cohort) -> Client:
    person = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=person, role=Role.ADMINISTRATOR
    )
    made = Client()
    made.force_login(person)
    return made


def charts(cohort: Cohort) -> str:
    return f"/manage/charts/{cohort.pk}/"


def tips(cohort: Cohort) -> str:
    return f"/manage/tips/cohorts/{cohort.pk}/"


def choose(client: Client, cohort: Cohort, *keys: str) -> Any:
    return client.post(charts(cohort), {"which": "chosen", "charts": list(keys)})


def test_page_of_a_cohort_leads_to_both_with_their_numbers(client: Client, cohort: Cohort) -> None:
    cohort.charts = ["weeks", "days", "competences"]
    cohort.save()
    factories.tip(cohort)

    page = client.get(f"/manage/programmes/cohorts/{cohort.pk}/").content.decode()

    assert charts(cohort) in page
    # Of the competences there is no part on the form.
    assert "2 grafieken" in page
    assert tips(cohort) in page
    assert "1 tip" in page


def test_charts_are_chosen_ordered_and_all_offered_again(client: Client, cohort: Cohort) -> None:
    choose(client, cohort, "categories", "weeks")
    cohort.refresh_from_db()
    assert cohort.charts == ["categories", "weeks"]

    answer = client.post(f"{charts(cohort)}weeks/move/", {"to": "up"})

    assert answer.headers["Location"] == f"{charts(cohort)}#up-weeks"
    assert [one.key for one in offered_charts(Cohort.objects.get())] == ["weeks", "categories"]
    client.post(charts(cohort), {"which": "all", "charts": ["weeks"]})
    cohort.refresh_from_db()
    assert cohort.charts is None
    changes = [entry.details["change"] for entry in AuditEntry.objects.all()]
    assert changes == ["charts"] * 3


def test_chart_that_is_added_comes_after_those_that_are_there(
    client: Client, cohort: Cohort
) -> None:
    choose(client, cohort, "weeks")
    form = client.get(charts(cohort)).context["form"]

    assert [key for key, _label in form.fields["charts"].choices][:2] == ["weeks", "categories"]


@pytest.mark.parametrize("keys", [[], ["hologram"], ["\x00"]])
def test_charts_that_are_none_are_refused(client: Client, cohort: Cohort, keys: list[str]) -> None:
    answer = choose(client, cohort, *keys)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["charts"]
    assert client.post(f"{charts(cohort)}hologram/move/").status_code == 404


def test_tips_of_the_programme_are_chosen(client: Client, cohort: Cohort) -> None:
    mine = factories.tip(cohort)
    other = factories.cohort(programme=cohort.programme)
    theirs, foreign = factories.tip(other, is_on=False), factories.tip(factories.cohort())

    page = client.get(tips(cohort)).content.decode()
    client.post(tips(cohort), {"tips": [theirs.pk]})

    assert f"{theirs.name} (uit)" in page
    assert foreign.name not in page
    assert list(cohort.tips.all()) == [theirs]
    assert list(other.tips.all()) == [theirs]
    assert mine.cohorts.count() == 0
    assert client.post(tips(cohort), {"tips": [foreign.pk]}).status_code == 422


def test_programme_without_tips_says_so(client: Client, cohort: Cohort) -> None:
    assert "nog geen tips" in client.get(tips(cohort)).content.decode()

"""Scenarios of the app that this one follows, as the design words them: 1, 13, 44 and 45."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.test import Client

from stageapp.accounts.models import User
from stageapp.programmes.models import (
    Cohort,
    Competence,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
    StartingGoal,
    VocabularyEntry,
)
from tests import factories
from tests.accounts.test_register import register
from tests.placements.test_views import filled_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort("category", "people", "competences", offers_feedback=True)


@pytest.fixture
def client(cohort: Cohort) -> Client:
    person = factories.person("Ria Beheer")
    InstitutionAdministrator.objects.create(institution=cohort.programme.institution, person=person)
    made = Client()
    made.force_login(person)
    return made


def at(cohort: Cohort, rest: str = "") -> str:
    return f"/manage/programmes/cohorts/{cohort.pk}/{rest}"


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# 1. A disabled programme --------------------------------------------------------------------------


def test_disabled_programme_cannot_be_chosen_and_a_forged_form_is_refused(
    client: Client, cohort: Cohort
) -> None:
    programme = cohort.programme
    visitor = Client()
    assert "Bouwkunde" in page(visitor, "/register/")

    client.post(
        f"/manage/programmes/{programme.pk}/", {"name_nl": "Bouwkunde", "name_en": "Construction"}
    )

    assert "Bouwkunde" not in page(visitor, "/register/")
    forged = register(visitor, programme)
    assert forged.context["form"].errors == {
        "programme": ["Voor deze opleiding kun je je niet registreren. Kies een andere."]
    }
    assert not User.objects.filter(email="noor@school.example").exists()


# 13. The cohort of a placement --------------------------------------------------------------------


def test_cohort_of_a_placement_with_activities_does_not_change(cohort: Cohort) -> None:
    other = factories.cohort(programme=cohort.programme, name_nl="Ander")
    student = factories.person()
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=student, role=Role.STUDENT
    )
    placement = factories.placement(student, cohort=cohort)
    activity = factories.activity(placement)
    theirs = Client()
    theirs.force_login(student)
    address = f"/placement/{placement.pk}/edit/"

    form = theirs.get(address).context["form"]
    answer = theirs.post(address, filled_in(other, starts_on=str(placement.starts_on)))

    assert "cohort" not in form.fields
    assert answer.status_code == 302
    placement.refresh_from_db()
    assert placement.cohort == cohort
    assert placement.activities.get() == activity


def test_administrator_has_no_page_that_changes_a_placement(client: Client, cohort: Cohort) -> None:
    placement = factories.placement(cohort=cohort)

    assert client.get(f"/placement/{placement.pk}/edit/").status_code == 404
    assert client.post(f"/placement/{placement.pk}/edit/", {}).status_code == 404


# 44. A cloned cohort ------------------------------------------------------------------------------


def full(cohort: Cohort) -> None:
    factories.entry(cohort, "category", "Overleg", key="meeting", name_en="Meeting")
    factories.entry(cohort, "person", "Collega", key="colleague", name_en="Colleague")
    Competence.objects.create(
        cohort=cohort, key="k1", code="K1", name_nl="Leren", name_en="Learning"
    )
    StartingGoal.objects.create(
        cohort=cohort, key="g", position=0, title_nl="Doel", title_en="Goal"
    )


def told(cohort: Cohort) -> dict[str, Any]:
    """Return what a cohort says, in both languages."""
    return {
        "lists": sorted(cohort.vocabulary.values_list("kind", "key", "name_nl", "name_en")),
        "competences": list(cohort.competences.values_list("code", "name_nl", "name_en")),
        "goals": list(cohort.starting_goals.values_list("title_nl", "title_en")),
        "parts": list(cohort.parts.values_list("part", "label_nl", "label_en", "is_shown")),
        "offer": cohort.offers_feedback,
    }


def clone(client: Client, cohort: Cohort, **more: str) -> Cohort:
    names = {"name_nl": "Stage 2027", "name_en": "Placement 2027"}
    assert client.post(at(cohort, "clone/"), names | more).status_code == 302
    return Cohort.objects.get(name_nl="Stage 2027")


def test_cloned_cohort_has_everything_and_is_independent(client: Client, cohort: Cohort) -> None:
    full(cohort)
    before = told(cohort)

    made = clone(client, cohort)
    assert told(made) == before
    entry = made.vocabulary.get(key="meeting")
    client.post(
        f"/manage/programmes/entries/{entry.pk}/", {"name_nl": "Vergaderen", "name_en": "Talk"}
    )
    competence = made.competences.get()
    client.post(f"/manage/programmes/competences/{competence.pk}/retire/")
    client.post(
        at(made, "form/category/"), {"is_shown": "on", "label_nl": "Werk", "label_en": "Work"}
    )
    client.post(
        at(made), {"name_nl": "Stage 2027", "name_en": "Placement", "first_share_days": "7"}
    )

    cohort.refresh_from_db()
    assert told(cohort) == before
    assert cohort.first_share_days == 14


def test_tips_come_along_with_a_cloned_cohort_only_if_wanted(
    client: Client, cohort: Cohort
) -> None:
    tip = factories.tip(cohort)
    assert "with_tips" in page(client, at(cohort, "clone/"))

    without = clone(client, cohort)
    without.delete()
    made = clone(client, cohort, with_tips="on")

    assert list(made.tips.all()) == [tip]
    client.post(f"/manage/tips/cohorts/{made.pk}/", {})
    assert list(cohort.tips.all()) == [tip]


# 45. What is in use -------------------------------------------------------------------------------


def test_entry_in_use_is_retired_and_stays_where_it_was_chosen(
    client: Client, cohort: Cohort
) -> None:
    entry = factories.entry(cohort, "category", "Overleg", key="meeting")
    activity = factories.activity(factories.placement(cohort=cohort), category=entry)

    answer = client.post(f"/manage/programmes/entries/{entry.pk}/retire/", follow=True)

    assert "Wie het koos, houdt het." in answer.content.decode()
    activity.refresh_from_db()
    assert activity.category == entry
    # The database itself lets nobody delete it, whatever asks.
    with pytest.raises(ProtectedError), transaction.atomic():
        VocabularyEntry.objects.get(pk=entry.pk).delete()


def test_cohort_with_placements_can_only_be_closed(client: Client, cohort: Cohort) -> None:
    factories.placement(cohort=cohort)
    full(cohort)

    assert at(cohort, "delete/") not in page(client, at(cohort))
    answer = client.post(at(cohort, "delete/"), {"sure": "yes"}, follow=True)

    assert "dus het blijft" in answer.content.decode()
    assert cohort.vocabulary.count() == 2
    settings = {"name_nl": "Stage 2026", "name_en": "Placement", "first_share_days": "14"}
    client.post(at(cohort), settings)
    cohort.refresh_from_db()
    assert not cohort.is_open


def test_cohort_without_placements_is_deleted_after_asking(client: Client, cohort: Cohort) -> None:
    full(cohort)

    asked = client.post(at(cohort, "delete/"))
    assert "“Stage 2026” verwijderen?" in asked.content.decode()
    assert Cohort.objects.exists()
    client.post(at(cohort, "delete/"), {"sure": "yes"})

    assert not Cohort.objects.exists()
    assert not VocabularyEntry.objects.exists()

"""After anonymising nothing personal is left, and totals say what they said before."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.audit.models import AuditEntry, Kind
from stageapp.placements.models import FixedMoment, Placement
from stageapp.privacy.actions import remove_account
from stageapp.privacy.anonymising import NOBODY, anonymise
from stageapp.privacy.files import remove_discarded
from stageapp.programmes.models import Cohort
from stageapp.tips.models import Tip
from stageapp.tips.queries_totals import tables_of, tip_rows
from tests import factories
from tests.privacy.traces import MARK, Life, files_in_store, live, rows_about, tables, traces

pytestmark = pytest.mark.django_db

#: Tables about somebody that stay theirs while the account is there, or that are a teacher's.
OF_THE_ACCOUNT = {
    "accounts_user",
    "account_emailaddress",
    "api_accesstoken",
    "api_webhook",
    "api_webhookevent",
}


@pytest.fixture
def life() -> Life:
    return live(timezone.localdate() - timedelta(days=10))


def test_the_life_has_something_in_every_table_about_a_placement(life: Life) -> None:
    """Else the tests below prove nothing about that table."""
    about = [table for table in tables() if "placement" in table.person]
    empty = {
        table.model.__name__
        for table in about
        if not rows_about(table, life.placement.student).exists()
    }
    assert empty == {"PlacementNotice"}


def test_no_table_and_no_file_keeps_anything_that_was_written(life: Life) -> None:
    assert len(traces()) > 25
    assert life.files

    anonymise(life.placement, at=timezone.now())
    remove_discarded()

    assert set(traces()) <= OF_THE_ACCOUNT
    assert not life.files & set(files_in_store())


def test_nothing_is_left_of_an_account_that_is_removed(life: Life) -> None:
    person = life.placement.student
    key = person.pk

    remove_account(person, at=timezone.now())
    remove_discarded()

    assert traces() == {}
    assert not life.files & set(files_in_store())
    assert not Placement.objects.filter(student=key).exists()


def test_totals_say_the_same_as_before() -> None:
    cohort = factories.cohort()
    day = timezone.localdate() - timedelta(days=40)
    placements = []
    for number in range(6):
        placement = factories.placement(
            factories.person(f"Student {number}"),
            cohort=cohort,
            starts_on=day - timedelta(days=70),
            ends_on=day + timedelta(days=10),
        )
        factories.activity(placement, date=day, minutes=60 + number)
        factories.reflection(placement, date=day)
        factories.question(placement, teacher=factories.person(), shared_at=timezone.now())
        placements.append(placement)
    cohorts = Cohort.objects.filter(pk=cohort.pk)
    before = tables_of(cohorts, timezone.localdate())

    for placement in placements[:4]:
        anonymise(placement, at=timezone.now())

    assert tables_of(cohorts, timezone.localdate()) == before
    assert any(cell.people == 6 for row in before[0].rows for cell in row.cells)


def test_what_students_thought_of_tips_is_counted_as_before(life: Life) -> None:
    before = [(row.shown, row.helpful) for row in tip_rows(Tip.objects.all())]

    anonymise(life.placement, at=timezone.now())

    assert [(row.shown, row.helpful) for row in tip_rows(Tip.objects.all())] == before


def test_kinds_and_hours_stay_under_a_number(life: Life) -> None:
    anonymise(life.placement, at=timezone.now())

    activity = life.placement.activities.get()
    assert (activity.minutes, activity.description) == (90, "")
    assert activity.category
    assert activity.category.name_nl.startswith("Eigen keuze ")
    assert [entry.name_nl.startswith("Eigen keuze ") for entry in activity.people.all()] == [True]
    assert activity.feedback.is_satisfied is True


def test_the_placement_is_nobodys(life: Life) -> None:
    student = life.placement.student

    anonymise(life.placement, at=timezone.now())

    kept = Placement.objects.get(pk=life.placement.pk)
    assert kept.student.email.endswith(NOBODY)
    assert (kept.student.name, kept.student.is_active) == ("", False)
    assert not kept.student.has_usable_password()
    assert kept.anonymised_at is not None
    assert not student.placements.exists()
    assert AuditEntry.objects.filter(
        kind=Kind.ANONYMISED, subject=f"placement:{kept.pk}", actor_key=None
    ).exists()


@pytest.mark.parametrize("who", ["student", "teacher"])
def test_nobody_reaches_it_any_more(life: Life, client: Client, who: str) -> None:
    question = life.placement.questions.filter(shared_at__isnull=False).first()
    assert question
    client.force_login(life.placement.student if who == "student" else life.teacher)

    anonymise(life.placement, at=timezone.now())

    for name, key in (
        ("students:student", life.placement.pk),
        ("guidance:question", question.pk),
        ("logbook:activity", life.placement.activities.get().pk),
    ):
        assert client.get(reverse(name, args=[key])).status_code == 404


def test_it_is_done_once(life: Life) -> None:
    assert anonymise(life.placement, at=timezone.now())
    assert not anonymise(Placement.objects.get(pk=life.placement.pk), at=timezone.now())


def test_another_placement_of_the_same_student_stays_as_it_is(life: Life) -> None:
    student = life.placement.student
    other = factories.placement(student, cohort=life.placement.cohort, is_current=False)
    own = student.own_entries.filter(kind="category").get()
    activity = factories.activity(other, "Blijft staan", category=own)

    anonymise(life.placement, at=timezone.now())

    activity.refresh_from_db()
    assert activity.description == "Blijft staan"
    assert activity.category == own
    assert MARK in own.name_nl


def test_a_moment_for_one_student_does_not_become_one_for_all(life: Life) -> None:
    assert FixedMoment.objects.count() == 1

    anonymise(life.placement, at=timezone.now())

    assert not FixedMoment.objects.exists()


def test_a_moment_for_several_stays_for_the_others(life: Life) -> None:
    other = factories.placement(teacher=life.teacher)
    FixedMoment.objects.get().placements.add(other)

    anonymise(life.placement, at=timezone.now())

    assert list(FixedMoment.objects.get().placements.all()) == [other]


def test_a_day_of_the_figures_is_still_the_day(life: Life) -> None:
    day: date = life.placement.activities.get(deleted_at=None).date

    anonymise(life.placement, at=timezone.now())

    assert life.placement.activities.get().date == day

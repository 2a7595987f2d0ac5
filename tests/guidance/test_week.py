"""The week of a teacher: fixed moments, who is expected, and what becomes of them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.guidance.queries_week import week_plan
from stageapp.placements.models import FixedMoment, Placement, TeacherLeave, TeacherTerms
from stageapp.placements.queries_teachers import moments_for
from stageapp.planning.models import Appointment
from stageapp.programmes.models import Holiday
from tests import factories

pytestmark = pytest.mark.django_db

#: A Thursday, noon in Amsterdam.
NOON = datetime(2026, 3, 12, 11, tzinfo=UTC)
FORM = {"weekday": "2", "starts": "12:15", "ends": "13:00", "place": "Kamer 2.14", "note": ""}
CLIENT_ID = "5c1d0a3e-6a55-4b1f-9d5e-0a3c6a554b1f"


@pytest.fixture(autouse=True)
def thursday() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(
        factories.person("Sanne Bakker"), teacher=teacher, starts_on=date(2026, 3, 2)
    )


@pytest.fixture
def desk(teacher: User, placement: Placement) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def moment(teacher: User, weekday: int = 2, begin: int = 12, end: int = 13) -> FixedMoment:
    return FixedMoment.objects.create(
        teacher=teacher, weekday=weekday, starts=time(begin), ends=time(end)
    )


def test_moment_is_kept_once_and_stands_on_its_day(desk: Client, teacher: User) -> None:
    for _click in range(2):
        answer = desk.post("/students/week/moments/new/", {**FORM, "client_id": CLIENT_ID})
        assert answer.status_code == 302

    days = week_plan(teacher, "", NOON).days

    assert [day.date.isoformat() for day in days if day.moments] == ["2026-03-10"]
    assert [day.date.isoformat() for day in days if day.is_today] == ["2026-03-12"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends": "12:15"}, "ends"),
        ({"starts": "ochtend"}, "starts"),
        ({"weekday": "8"}, "weekday"),
        ({"links": "0"}, "links"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    desk: Client, change: dict[str, str], field: str
) -> None:
    answer = desk.post("/students/week/moments/new/", FORM | change)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="Kamer 2.14"' in answer.content.decode()


def test_other_weeks_are_reached_by_their_number(teacher: User) -> None:
    week = week_plan(teacher, "2026-W53", NOON)

    assert (week.first, week.last) == (date(2026, 12, 28), date(2027, 1, 3))
    assert (week.before, week.after) == ("2026-W52", "2027-W01")
    assert week_plan(teacher, "nonsense", NOON).first == date(2026, 3, 9)


def test_leave_and_holidays_stand_on_their_days(teacher: User, placement: Placement) -> None:
    TeacherLeave.objects.create(
        teacher=teacher, starts_on=date(2026, 3, 5), ends_on=date(2026, 3, 9)
    )
    Holiday.objects.create(
        institution=placement.cohort.programme.institution,
        name_nl="Studiedag",
        name_en="Study day",
        starts_on=date(2026, 3, 13),
        ends_on=date(2026, 3, 13),
    )

    days = week_plan(teacher, "", NOON).days

    assert [day.date.day for day in days if day.leave] == [9]
    assert [day.date.day for day in days if day.holiday] == [13]


def test_moment_for_everybody_names_who_waits_and_counts_the_others(
    teacher: User, placement: Placement
) -> None:
    factories.question(placement, teacher=teacher, shared_at=NOON)
    factories.placement(factories.person("Noor"), teacher=teacher, starts_on=date(2026, 3, 2))
    factories.placement(factories.person("Later"), teacher=teacher, starts_on=date(2026, 4, 1))
    moment(teacher)

    (planned,) = week_plan(teacher, "", NOON).days[1].moments

    assert [row.placement.student.name for row in planned.named] == ["Sanne Bakker"]
    assert len(planned.expected) == 2


def test_moment_for_some_names_them_all(desk: Client, teacher: User, placement: Placement) -> None:
    factories.placement(factories.person("Noor"), teacher=teacher, starts_on=date(2026, 3, 2))
    link = placement.teacher_links.get()
    desk.post("/students/week/moments/new/", {**FORM, "links": [link.pk]})

    (planned,) = week_plan(teacher, "", NOON).days[1].moments

    assert [row.placement.student.name for row in planned.named] == ["Sanne Bakker"]
    assert not planned.is_for_all


def test_moments_that_share_time_are_marked_and_kept(desk: Client, teacher: User) -> None:
    moment(teacher, begin=12, end=13)
    touching = moment(teacher, begin=13, end=14)

    answer = desk.post(
        f"/students/week/moments/{touching.pk}/",
        {**FORM, "starts": "12:45", "ends": "14:00"},
        follow=True,
    )

    assert "Het valt deels samen met een ander moment" in answer.content.decode()
    assert [one.overlaps for one in answer.context["plan"].days[1].moments] == [True, True]


def test_moments_for_everybody_go_into_the_terms(
    desk: Client, teacher: User, placement: Placement
) -> None:
    TeacherTerms.objects.create(teacher=teacher, response_days=3, moments="Oud")
    moment(teacher, weekday=4, begin=9, end=10)
    moment(teacher, weekday=2).placements.add(placement)

    desk.post("/students/week/terms/")

    terms = TeacherTerms.objects.get()
    assert (terms.response_days, terms.moments) == (3, "donderdag 09:00–10:00")


def test_student_sees_the_own_moments_and_not_those_of_others(
    teacher: User, placement: Placement
) -> None:
    everybody, other = moment(teacher, weekday=1), moment(teacher, weekday=2)
    mine = moment(teacher, weekday=3)
    other.placements.add(factories.placement(teacher=teacher))
    mine.placements.add(placement)
    moment(factories.person("Een ander"), weekday=5)

    assert list(moments_for(placement)) == [everybody, mine]


def test_own_talks_stand_on_their_day_by_the_clock_of_the_institution(
    desk: Client, teacher: User, placement: Placement
) -> None:
    def talk(begin: datetime, **fields: Any) -> None:
        made = Appointment(
            placement=placement,
            teacher=teacher,
            title="Hoe vraag ik hulp?",
            starts_at=begin,
            ends_at=begin + timedelta(minutes=30),
        )
        for name, value in fields.items():
            setattr(made, name, value)
        made.save()

    # Half past twelve at night in Amsterdam, on Saturday.
    talk(datetime(2026, 3, 13, 23, 30, tzinfo=UTC))
    talk(datetime(2026, 3, 10, 9, tzinfo=UTC))
    talk(datetime(2026, 3, 11, 9, tzinfo=UTC), cancelled_at=NOON)
    talk(datetime(2026, 3, 11, 9, tzinfo=UTC), teacher=factories.person("Een ander"))
    talk(datetime(2026, 3, 11, 9, tzinfo=UTC), teacher=None)
    talk(datetime(2026, 3, 15, 23, tzinfo=UTC))

    answer = desk.get("/students/week/")

    plan = answer.context["plan"]
    assert [day.date.day for day in plan.days if day.talks] == [10, 14]
    assert plan.shown[-1].date.day == 14
    assert "Gesprek met Sanne Bakker" in answer.content.decode()


@pytest.mark.parametrize("many", [1, 6])
def test_week_takes_the_same_queries_for_any_number(
    desk: Client,
    teacher: User,
    placement: Placement,
    django_assert_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    for number in range(many):
        moment(teacher, weekday=number + 1).placements.add(placement)
        factories.placement(teacher=teacher, cohort=placement.cohort)
    desk.get("/students/week/")

    with django_assert_num_queries(21):
        desk.get("/students/week/")

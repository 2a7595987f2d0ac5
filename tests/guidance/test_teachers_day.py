"""The teacher's list with its filters, and whose turn it is after an answer."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.guidance import actions, queries_attention
from stageapp.guidance.models import GuidanceQuestion
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort(name_nl="Lichting 2025", name_en="Year 2025")


@pytest.fixture
def desk(teacher: User) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def student(name: str, teacher: User, cohort: Cohort, days: int = 28) -> Placement:
    begin = timezone.localdate() - timedelta(days=days)
    return factories.placement(
        factories.person(name), teacher=teacher, cohort=cohort, starts_on=begin
    )


def asked(placement: Placement, teacher: User, days_ago: int = 1) -> GuidanceQuestion:
    question = factories.question(placement, f"Van {placement.student.name}", teacher=teacher)
    actions.share_question(question, at=NOW - timedelta(days=days_ago))
    return question


def listed(desk: Client, **address: str | int) -> list[str]:
    page = desk.get(reverse("students:list"), address).context["page"]
    return [row.placement.student.name for row in page]


@pytest.fixture
def three(teacher: User, cohort: Cohort) -> None:
    """Somebody who is red, somebody who waits, and somebody who began last week elsewhere."""
    student("Rosa Rood", teacher, cohort)
    asked(student("Olaf Oranje", teacher, cohort), teacher)
    other = factories.cohort(
        programme=cohort.programme, name_nl="Lichting 2026", name_en="Year 2026"
    )
    student("Gijs Groen", teacher, other, days=7)


# The list ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("address", "names"),
    [
        ({}, ["Rosa Rood", "Olaf Oranje", "Gijs Groen"]),
        ({"show": "waiting"}, ["Olaf Oranje"]),
        ({"show": "never-shared"}, ["Rosa Rood"]),
        ({"show": "waiting", "q": "olaf"}, ["Olaf Oranje"]),
        ({"show": "waiting", "q": "rosa"}, []),
        ({"show": "green"}, ["Rosa Rood", "Olaf Oranje", "Gijs Groen"]),
        ({"show": "\x00", "cohort": "9" * 30}, ["Rosa Rood", "Olaf Oranje", "Gijs Groen"]),
    ],
)
def test_list_shows_what_was_asked_for(
    desk: Client, address: dict[str, str], names: list[str]
) -> None:
    assert listed(desk, **address) == names


@pytest.mark.usefixtures("three")
def test_list_of_one_cohort_goes_together_with_the_rest(desk: Client, cohort: Cohort) -> None:
    assert listed(desk, cohort=cohort.pk) == ["Rosa Rood", "Olaf Oranje"]
    assert listed(desk, cohort=cohort.pk, show="waiting") == ["Olaf Oranje"]
    assert listed(desk, cohort=cohort.pk, q="gijs") == []


def test_cohort_of_somebody_else_is_no_filter(desk: Client, teacher: User, cohort: Cohort) -> None:
    student("Rosa Rood", teacher, cohort)
    theirs = factories.placement(teacher=factories.person("Ander")).cohort

    response = desk.get(reverse("students:list"), {"cohort": theirs.pk})

    assert [row.placement.student.name for row in response.context["page"]] == ["Rosa Rood"]
    assert theirs.name_nl not in response.content.decode()
    # One cohort is no choice.
    assert response.context["listed"].cohorts == []


@pytest.mark.usefixtures("three")
def test_chips_say_in_words_how_many_and_which_is_chosen(desk: Client, cohort: Cohort) -> None:
    response = desk.get(reverse("students:list"), {"show": "waiting", "cohort": str(cohort.pk)})

    shown = response.context["listed"]
    assert [(chip.label, chip.count, chip.is_chosen) for chip in shown.shows] == [
        ("Allemaal", "2 studenten", False),
        ("Wacht op mij", "1 student", True),
        ("Nog nooit gedeeld", "1 student", False),
    ]
    assert [(chip.count, chip.is_chosen) for chip in shown.cohorts] == [
        ("1 student", False),
        ("1 student", True),
        ("niemand", False),
    ]
    page = response.content.decode()
    assert len(re.findall('class="chip-link" href="[^"]*" aria-current="true"', page)) == 2
    assert 'name="show" value="waiting"' in page
    assert f'name="cohort" value="{cohort.pk}"' in page


@pytest.mark.usefixtures("three")
def test_every_chip_leads_to_as_many_as_it_says(desk: Client, cohort: Cohort) -> None:
    start: dict[str, str | int] = {"q": "o", "cohort": cohort.pk}
    shown = desk.get(reverse("students:list"), start).context["listed"]

    for chip in [*shown.shows, *shown.cohorts]:
        there = desk.get(chip.address).context
        said = 0 if chip.count == "niemand" else int(chip.count.split()[0])
        assert len(there["page"].object_list) == said
        assert there["listed"].wanted.search == "o"


def test_filters_stay_while_paging(
    desk: Client, teacher: User, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_attention, "STUDENTS_A_PAGE", 1)
    for name in ("Anna", "Annet"):
        asked(student(name, teacher, cohort), teacher)
    student("Annie", teacher, cohort)

    page = desk.get(reverse("students:list"), {"q": "ann", "show": "waiting"}).content.decode()

    assert 'href="?q=ann&amp;show=waiting&amp;page=2"' in page
    assert listed(desk, q="ann", show="waiting", page=2) == ["Annet"]
    assert "page=" not in "".join(
        chip.address
        for chip in desk.get(reverse("students:list"), {"q": "ann", "page": "2"})
        .context["listed"]
        .shows
    )


@pytest.mark.usefixtures("three")
def test_empty_selection_says_so_and_leads_back(desk: Client) -> None:
    page = desk.get(reverse("students:list"), {"show": "waiting", "q": "rosa"}).content.decode()

    assert "Niemand in deze selectie" in page
    assert "Laat iedereen zien" in page


def test_question_of_an_ended_placement_waits_too(
    desk: Client, teacher: User, cohort: Cohort
) -> None:
    placement = student("Eva Einde", teacher, cohort)
    asked(placement, teacher)
    placement.is_current = False
    placement.save()

    assert listed(desk, show="waiting") == ["Eva Einde"]


@pytest.mark.parametrize("size", [1, 4])
def test_filters_take_the_same_queries_for_any_number(
    desk: Client,
    teacher: User,
    cohort: Cohort,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(size):
        own = factories.cohort(programme=cohort.programme)
        asked(student(f"P {number}", teacher, own), teacher)
        student(f"Q {number}", teacher, cohort)
    address = {"show": "waiting", "q": "p"}
    desk.get(reverse("students:list"), address)

    with django_assert_num_queries(17):
        desk.get(reverse("students:list"), address)


# After an answer ---------------------------------------------------------------------------------


def answer(desk: Client, question: GuidanceQuestion, **more: str) -> str:
    prefix = f"question-{question.pk}"
    response = desk.post(
        reverse("guidance:message", args=[question.pk]),
        {f"{prefix}-text": "Doe zo.", f"{prefix}-client_id": str(uuid.uuid4())} | more,
        follow=True,
    )
    return response.content.decode()


@pytest.mark.parametrize("more", [{}, {"from": "student"}])
def test_answer_leads_to_who_waits_longest(
    desk: Client, teacher: User, cohort: Cohort, more: dict[str, str]
) -> None:
    first = asked(student("Anna", teacher, cohort), teacher, days_ago=2)
    asked(student("Bram", teacher, cohort), teacher, days_ago=1)
    longest = asked(student("Cas <b>", teacher, cohort), teacher, days_ago=9)

    page = answer(desk, first, **more)

    link = f'<a href="{reverse("guidance:question", args=[longest.pk])}">'
    assert f"{link}Volgende die wacht: Cas &lt;b&gt;</a>" in page
    # It belongs to the answer, and is gone when the page is opened again.
    again = desk.get(reverse("guidance:question", args=[first.pk])).content.decode()
    assert "Volgende die wacht" not in again


def test_last_answer_says_that_nobody_waits(desk: Client, teacher: User, cohort: Cohort) -> None:
    question = asked(student("Anna", teacher, cohort), teacher)
    # What does not wait for this teacher is not the next one.
    colleague = factories.person("Collega")
    asked(student("Van een ander", colleague, cohort), colleague)
    withdrawn = asked(student("Trekt in", teacher, cohort), teacher)
    actions.withdraw_question(withdrawn, at=NOW)

    page = answer(desk, question)

    assert "Er wacht niemand meer op je." in page
    assert "Volgende die wacht" not in page


def test_agreeing_with_a_goal_is_an_answer_too(desk: Client, teacher: User, cohort: Cohort) -> None:
    placement = student("Anna", teacher, cohort)
    question = factories.question(placement, teacher=teacher, goal=factories.goal(placement))
    actions.share_question(question, at=NOW)
    asked(student("Bram", teacher, cohort), teacher)

    page = desk.post(
        reverse("guidance:agree", args=[question.pk]), {"version": question.version}, follow=True
    ).content.decode()

    assert "Volgende die wacht: Bram" in page


def test_student_who_writes_hears_nothing_of_others(teacher: User, cohort: Cohort) -> None:
    question = asked(student("Anna", teacher, cohort), teacher)
    asked(student("Bram", teacher, cohort), teacher)
    client = Client()
    client.force_login(question.placement.student)

    page = answer(client, question)

    assert "Je bericht is verstuurd" in page
    assert "wacht niemand" not in page
    assert "Bram" not in page

"""Working agreements: proposed by one, confirmed by the other."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from stageapp.accounts.models import User
from stageapp.guidance.queries_attention import attention_of
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.placements.actions import link_teacher
from stageapp.placements.actions_agreements import (
    confirm,
    keep_terms,
    propose,
    propose_to_all,
    take_back,
)
from stageapp.placements.models import (
    Placement,
    PlacementTeacher,
    TeacherLeave,
    TeacherTerms,
    WorkingAgreement,
)
from stageapp.placements.queries_agreements import agreement_in_force
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(factories.person("Sanne Bakker"), teacher=teacher)


@pytest.fixture
def link(placement: Placement) -> PlacementTeacher:
    return placement.teacher_links.get()


def terms(response_days: int | None = 3, **texts: str) -> TeacherTerms:
    return TeacherTerms(response_days=response_days, **texts)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def proposal() -> WorkingAgreement:
    return WorkingAgreement.objects.get(confirmed_at=None)


def test_terms_hold_when_the_other_agrees(link: PlacementTeacher) -> None:
    propose(link, terms(), by=link.teacher, at=NOW)
    assert agreement_in_force(link) is None

    confirm(link, proposal().pk, by=link.placement.student, at=NOW)

    holds = agreement_in_force(link)
    assert holds
    assert holds.response_days == 3


def test_nobody_agrees_with_the_own_proposal(link: PlacementTeacher) -> None:
    propose(link, terms(), by=link.teacher, at=NOW)

    with pytest.raises(ValidationError):
        confirm(link, proposal().pk, by=link.teacher, at=NOW)

    assert agreement_in_force(link) is None


def test_student_proposes_something_else_instead(link: PlacementTeacher) -> None:
    propose(link, terms(3), by=link.teacher, at=NOW)
    first = proposal()

    propose(link, terms(1), by=link.placement.student, at=NOW)

    assert proposal().response_days == 1
    with pytest.raises(ValidationError):
        confirm(link, first.pk, by=link.placement.student, at=NOW)
    confirm(link, proposal().pk, by=link.teacher, at=NOW)
    holds = agreement_in_force(link)
    assert holds
    assert holds.response_days == 1


def test_what_holds_stays_until_other_terms_are_agreed_on(link: PlacementTeacher) -> None:
    propose(link, terms(3), by=link.teacher, at=NOW)
    confirm(link, proposal().pk, by=link.placement.student, at=NOW)

    propose(link, terms(10), by=link.teacher, at=NOW)

    holds = agreement_in_force(link)
    assert holds
    assert holds.response_days == 3


def test_same_terms_again_are_no_proposal(link: PlacementTeacher) -> None:
    propose(link, terms(), by=link.teacher, at=NOW)
    propose(link, terms(), by=link.teacher, at=NOW)
    confirm(link, proposal().pk, by=link.placement.student, at=NOW)

    propose(link, terms(), by=link.placement.student, at=NOW)

    assert not WorkingAgreement.objects.filter(confirmed_at=None).exists()
    assert Notification.objects.filter(kind=Kind.AGREEMENT_PROPOSED).count() == 1


def test_second_click_agrees_once(link: PlacementTeacher) -> None:
    propose(link, terms(), by=link.teacher, at=NOW)
    key = proposal().pk

    for _ in range(2):
        confirm(link, key, by=link.placement.student, at=NOW)

    assert Notification.objects.filter(kind=Kind.AGREEMENT_CONFIRMED).count() == 1


def test_proposal_is_taken_back_by_who_made_it(link: PlacementTeacher) -> None:
    propose(link, terms(), by=link.teacher, at=NOW)

    take_back(link, by=link.placement.student, at=NOW)
    assert proposal().proposed_by == link.teacher
    take_back(link, by=link.teacher, at=NOW)

    assert not WorkingAgreement.objects.exists()
    assert Notification.objects.get().cancelled_at == NOW


def test_new_student_gets_the_terms_of_the_teacher_as_a_proposal(teacher: User) -> None:
    keep_terms(TeacherTerms(teacher=teacher, response_days=2))
    placement = factories.placement()

    for _ in range(2):
        link_teacher(placement, teacher, at=NOW)

    assert proposal().response_days == 2
    news = Notification.objects.get(person=placement.student)
    assert (news.kind, news.actor) == (Kind.AGREEMENT_PROPOSED, teacher)


def test_teacher_proposes_to_all_with_whom_nothing_was_agreed(
    link: PlacementTeacher, teacher: User
) -> None:
    other = factories.placement(teacher=teacher)
    propose(link, terms(5), by=teacher, at=NOW)
    keep_terms(TeacherTerms(teacher=teacher, response_days=2))

    assert [propose_to_all(teacher, at=NOW), propose_to_all(teacher, at=NOW)] == [1, 0]
    assert other.working_agreements.get().response_days == 2


def test_late_answer_is_said_by_the_agreed_response_time(
    link: PlacementTeacher, teacher: User
) -> None:
    # Asked on Monday; on Thursday three working days have gone by, on Friday four.
    factories.question(
        link.placement, teacher=teacher, shared_at=datetime(2026, 3, 9, 9, tzinfo=UTC)
    )
    propose(link, terms(3), by=teacher, at=NOW)
    confirm(link, proposal().pk, by=link.placement.student, at=NOW)

    in_time = attention_of(link.placement, teacher, NOW)
    late = attention_of(link.placement, teacher, NOW.replace(day=13))
    TeacherLeave.objects.create(
        teacher=teacher, starts_on=date(2026, 3, 10), ends_on=date(2026, 3, 11)
    )
    away = attention_of(link.placement, teacher, NOW.replace(day=13))

    assert [row.attention.over_agreed for row in (in_time, late, away)] == [False, True, False]


# Pages -------------------------------------------------------------------------------------------


def test_student_reads_the_proposal_and_agrees(link: PlacementTeacher) -> None:
    propose(link, terms(moments="Dinsdag 12.15 uur"), by=link.teacher, at=NOW)
    browser = signed_in(link.placement.student)

    assert "Bekijk het voorstel" in browser.get("/placement/").content.decode()
    page = browser.get(f"/placement/agreements/{link.pk}/").content.decode()
    assert "Dinsdag 12.15 uur" in page
    browser.post(f"/placement/agreements/{link.pk}/confirm/{proposal().pk}/")

    assert "Dinsdag 12.15 uur" in browser.get("/placement/").content.decode()
    assert "binnen 3 werkdagen" in browser.get("/guidance/new/?all=1").content.decode()


def test_student_sees_until_when_the_teacher_is_away(link: PlacementTeacher) -> None:
    TeacherLeave.objects.create(
        teacher=link.teacher, starts_on=date(2036, 3, 10), ends_on=date(2036, 3, 20)
    )

    page = signed_in(link.placement.student).get("/guidance/new/?all=1").content.decode()

    assert "Mira de Vries is afwezig van 10 maart tot en met 20 maart 2036." in page


def test_proposal_about_nothing_is_refused(link: PlacementTeacher) -> None:
    answer = signed_in(link.teacher).post(f"/placement/agreements/{link.pk}/", {"moments": " "})

    assert answer.status_code == 422
    assert "Vul minstens een van deze drie in." in answer.content.decode()


@pytest.mark.parametrize("days", ["0", "31", "-1", "x", "9" * 40])
def test_response_time_is_a_number_of_days(link: PlacementTeacher, days: str) -> None:
    answer = signed_in(link.teacher).post(
        f"/placement/agreements/{link.pk}/", {"response_days": days, "moments": "Dinsdag"}
    )

    assert answer.status_code == 422
    assert "Dinsdag" in answer.content.decode()


def test_agreement_of_others_does_not_exist(link: PlacementTeacher) -> None:
    stranger = factories.placement(teacher=factories.person())
    address = f"/placement/agreements/{link.pk}/"

    for person in (stranger.student, stranger.teacher_links.get().teacher):
        browser = signed_in(person)
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"response_days": "1"}).status_code == 404
        assert browser.post(f"{address}confirm/1/").status_code == 404


def test_teacher_who_is_no_longer_linked_has_no_agreement(link: PlacementTeacher) -> None:
    link.ended_at = NOW
    link.save()

    address = f"/placement/agreements/{link.pk}/"
    assert signed_in(link.teacher).get(address).status_code == 404


def test_teacher_keeps_terms_and_leave(teacher: User, placement: Placement) -> None:
    browser = signed_in(teacher)

    browser.post("/placement/terms/", {"response_days": "4"})
    browser.post("/placement/terms/leave/", {"starts_on": "2036-03-10", "ends_on": "2036-03-20"})
    wrong = browser.post(
        "/placement/terms/leave/", {"starts_on": "2036-03-10", "ends_on": "2036-03-01"}
    )

    assert teacher.terms.response_days == 4
    assert wrong.status_code == 422
    page = browser.get("/placement/terms/").content.decode()
    assert "20 maart 2036" in page
    assert "Stel dit voor aan 1 student zonder afspraken" in page
    browser.post(f"/placement/terms/leave/{teacher.leaves.get().pk}/delete/")
    assert not teacher.leaves.exists()


@pytest.mark.parametrize("size", [1, 6])
def test_terms_take_the_same_queries_for_any_number_of_students(
    teacher: User, size: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(size):
        link = factories.placement(teacher=teacher).teacher_links.get()
        propose(link, terms(), by=teacher, at=NOW)
    browser = signed_in(teacher)
    browser.get("/placement/terms/")

    with django_assert_max_num_queries(19):
        browser.get("/placement/terms/")

"""Who guides along and who stands in: what opens to them, from when, and until when."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.guidance import access, actions, actions_talks
from stageapp.guidance.actions_along import (
    Readers,
    end_guiding,
    end_replacing,
    end_what_is_over,
    share_along,
    stop_along,
)
from stageapp.guidance.models import GuidanceQuestion, TalkProposal
from stageapp.guidance.queries import next_waiting, question_list, waiting_count
from stageapp.guidance.queries_attention import attention_list
from stageapp.guidance.words import audience_of_question
from stageapp.notifications.actions import set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Notification
from stageapp.placements.actions_teachers import arrange_substitution, ask_along
from stageapp.placements.models import Placement, PlacementTeacher, Substitution
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db

#: A Thursday, noon in Amsterdam.
NOON = datetime(2026, 3, 12, 11, tzinfo=UTC)


class Team:
    """A student with a teacher, and a colleague at the same institution."""

    def __init__(self) -> None:
        self.mira, self.jan = factories.person("Mira de Vries"), factories.person("Jan Jansen")
        self.placement = factories.placement(
            factories.person("Sanne Bakker"), teacher=self.mira, starts_on=date(2026, 2, 2)
        )
        self.student = self.placement.student
        for person in (self.mira, self.jan):
            ProgrammeMembership.objects.create(
                programme=self.placement.cohort.programme, person=person, role=Role.TEACHER
            )

    @property
    def link(self) -> PlacementTeacher:
        return self.placement.teacher_links.get(teacher=self.mira)

    def asks(self, title: str = "Hoe pak ik dit aan?") -> GuidanceQuestion:
        return factories.question(self.placement, title, teacher=self.mira)

    def replaced(
        self, first: date, last: date, *, at: datetime = NOON, by: User | None = None
    ) -> Substitution:
        return arrange_substitution(
            Substitution(
                teacher=self.mira,
                substitute=by or self.jan,
                institution=self.placement.cohort.programme.institution,
                starts_on=first,
                ends_on=last,
            ),
            by=self.mira,
            at=at,
        )

    def along(self, at: datetime = NOON) -> PlacementTeacher:
        (link,) = ask_along([self.link], self.jan, by=self.mira, at=at)
        return link


@pytest.fixture
def team() -> Team:
    with time_machine.travel(NOON, tick=False):
        return Team()


def share(question: GuidanceQuestion, at: datetime) -> None:
    """Share as the page does: with everybody whom it offers."""
    keys = frozenset(row.person_id for row in access.who_could_read_along(question, at))
    actions.share_question(question, at=at, readers=Readers(keys, keys))


def reads(person: User, question: GuidanceQuestion, at: datetime) -> bool:
    with time_machine.travel(at, tick=False):
        return access.readable_by(person).filter(pk=question.pk).exists()


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


# One place decides --------------------------------------------------------------------------------


@settings(
    max_examples=examples(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(
    moments=st.lists(st.integers(-30, 30), min_size=4, max_size=4),
    days=st.lists(st.integers(-3, 3), min_size=2, max_size=2),
    guides_along=st.booleans(),
    along_ends=st.sampled_from([None, -10, 40]),
    stands_in=st.booleans(),
    ends_early=st.sampled_from([None, -10, 40]),
    link_ends=st.sampled_from([None, -10, 40]),
    is_withdrawn=st.booleans(),
    asks=st.sampled_from(["mira", "jan"]),
)
def test_readers_are_exactly_those_who_can_open_it_at_any_moment(  # noqa: PLR0917
    db: None,
    moments: list[int],
    days: list[int],
    guides_along: bool,
    along_ends: int | None,
    stands_in: bool,
    ends_early: int | None,
    link_ends: int | None,
    is_withdrawn: bool,
    asks: str,
) -> None:
    """Moments are hours from noon, days are days from it; the question is shared in between."""
    arranged, linked, shared, looked = (NOON + timedelta(hours=12 * hours) for hours in moments)
    with time_machine.travel(NOON, tick=False):
        team = Team()
        link = team.along(at=linked) if guides_along else None
        first, last = sorted(NOON.date() + timedelta(days=day) for day in days)
        if stands_in and timezone.localdate(arranged) <= last:
            substitution = team.replaced(first, last, at=arranged)
            if ends_early is not None:
                end_replacing(substitution, at=NOON + timedelta(hours=12 * ends_early))
        if link and along_ends is not None:
            end_guiding(link, at=NOON + timedelta(hours=12 * along_ends))
        asked = team.mira if asks == "mira" or not link else team.jan
        question = factories.question(team.placement, teacher=asked)
    is_linked = team.placement.teacher_links.filter(teacher=asked, ended_at=None).exists()
    with time_machine.travel(shared, tick=False):
        if is_linked:
            share(question, shared)
    if link_ends is not None:
        end_guiding(team.link, at=NOON + timedelta(hours=12 * link_ends))
    if is_withdrawn:
        actions.withdraw_question(question, at=looked)

    with time_machine.travel(looked, tick=False):
        readers = access.readers_of(question)
        can_open = [
            person
            for person in User.objects.all()
            if access.readable_by(person).filter(pk=question.pk).exists()
        ]
        listed = [entry.readers for entry in question_list(team.student, None)]

    assert set(readers) == set(can_open)
    assert len(readers) == len(set(readers))
    assert listed == [readers]


# Standing in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "moment", "is_open"),
    [
        # The last second before the first day, its first, and the end of the last, in Amsterdam.
        (date(2026, 3, 16), date(2026, 3, 20), "2026-03-15T22:59:59+00:00", False),
        (date(2026, 3, 16), date(2026, 3, 20), "2026-03-15T23:00:00+00:00", True),
        (date(2026, 3, 16), date(2026, 3, 20), "2026-03-20T22:59:59+00:00", True),
        (date(2026, 3, 16), date(2026, 3, 20), "2026-03-20T23:00:00+00:00", False),
        # Summer time begins on the 29th: from then on midnight is an hour earlier in UTC.
        (date(2026, 3, 29), date(2026, 3, 29), "2026-03-28T22:59:59+00:00", False),
        (date(2026, 3, 29), date(2026, 3, 29), "2026-03-28T23:00:00+00:00", True),
        (date(2026, 3, 29), date(2026, 3, 29), "2026-03-29T21:59:59+00:00", True),
        (date(2026, 3, 29), date(2026, 3, 29), "2026-03-29T22:00:00+00:00", False),
    ],
)
def test_substitute_is_offered_by_the_days_of_the_institution(
    team: Team, first: date, last: date, moment: str, is_open: bool
) -> None:
    team.replaced(first, last)
    question = team.asks()

    offered = access.who_could_read_along(question, datetime.fromisoformat(moment))

    assert [row.person for row in offered] == ([team.jan] if is_open else [])


def test_substitute_reads_what_is_shared_in_those_days_and_only_until_they_are_over(
    team: Team,
) -> None:
    before, during = team.asks("Ervoor"), team.asks("Erin")
    share(before, NOON)
    team.replaced(date(2026, 3, 16), date(2026, 3, 20))
    tuesday = datetime(2026, 3, 17, 10, tzinfo=UTC)
    share(during, tuesday)

    assert reads(team.jan, during, tuesday)
    assert not reads(team.jan, before, tuesday)
    assert reads(team.jan, during, datetime(2026, 3, 20, 22, 59, tzinfo=UTC))
    assert not reads(team.jan, during, datetime(2026, 3, 20, 23, 0, tzinfo=UTC))
    assert reads(team.mira, during, tuesday)
    assert reads(team.mira, during, datetime(2026, 4, 1, tzinfo=UTC))


def test_what_was_shared_earlier_the_same_day_stays_with_whom_it_was_shared(team: Team) -> None:
    question = team.asks()
    share(question, NOON - timedelta(hours=1))
    team.replaced(NOON.date(), NOON.date())

    assert not reads(team.jan, question, NOON + timedelta(minutes=1))


def test_student_shares_an_older_question_anew_and_can_close_it_again(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False) as clock:
        share(question, NOON)
        team.replaced(NOON.date(), date(2026, 3, 20))
        clock.shift(60)
        page = signed_in(team.student).get(f"/guidance/{question.pk}/").content.decode()
        assert "Ook delen met Jan Jansen" in page

        share_along(question, team.jan.pk, at=NOON)

        assert reads(team.jan, question, NOON + timedelta(minutes=1))
        mark = audience_of_question(access.known(question), team.student)
        assert mark == "jij, Jan Jansen (vervangt t/m 20 maart) en Mira de Vries"
        told = Notification.objects.filter(person=team.jan, kind=Kind.QUESTION_SHARED)
        assert told.get().cancelled_at is None
        stop_along(question, team.jan.pk, at=NOON)
        assert not reads(team.jan, question, NOON + timedelta(minutes=1))
        assert told.get().cancelled_at == NOON


def test_sharing_is_refused_when_somebody_else_could_read_it_by_now(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False) as clock:
        student = signed_in(team.student)
        assert "jij en Mira de Vries" in student.get(f"/guidance/{question.pk}/").content.decode()
        team.replaced(NOON.date(), date(2026, 3, 20))
        clock.shift(1)

        page = student.post(
            f"/guidance/{question.pk}/share/", {"offered": ""}, follow=True
        ).content.decode()

        question.refresh_from_db()
        assert question.is_draft
        assert "veranderd wie je begeleidt" in page
        assert "jij, Jan Jansen (vervangt t/m 20 maart) en Mira de Vries" in page
        key = str(team.jan.pk)
        student.post(f"/guidance/{question.pk}/share/", {"offered": key, "along": key})
        assert access.readers_of(question) == [team.student, team.mira, team.jan]


def test_student_leaves_somebody_out(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False) as clock:
        team.replaced(NOON.date(), date(2026, 3, 20))
        clock.shift(1)

        signed_in(team.student).post(
            f"/guidance/{question.pk}/share/", {"offered": str(team.jan.pk)}
        )

        assert access.readers_of(question) == [team.student, team.mira]


def test_substitute_answers_and_the_student_sees_who_did(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False) as clock:
        team.replaced(NOON.date(), date(2026, 3, 20))
        clock.shift(1)
        share(question, NOON + timedelta(seconds=1))
        jan = signed_in(team.jan)
        assert jan.get(f"/students/{team.placement.pk}/").status_code == 200
        (row,) = attention_list(team.jan, NOON + timedelta(seconds=1))
        assert (row.colour, row.part) == ("orange", "Je vervangt Mira de Vries t/m 20 maart.")

        form = {
            f"question-{question.pk}-text": "Begin klein.",
            f"question-{question.pk}-client_id": "5c1d0a3e-6a55-4b1f-9d5e-0a3c6a554b1f",
        }
        jan.post(f"/guidance/{question.pk}/message/", form)

        page = signed_in(team.student).get(f"/guidance/{question.pk}/").content.decode()
        assert "<strong>Jan Jansen</strong>" in page
        assert attention_list(team.mira, NOON)[0].colour == "green"
        told = Notification.objects.filter(kind=Kind.MESSAGE_RECEIVED)
        assert [news.person for news in told] == [team.student]


def test_talk_is_between_student_and_teacher_asked_and_offered_to_nobody_else(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False):
        team.replaced(NOON.date(), date(2026, 3, 20), at=NOON - timedelta(hours=1))
        share(question, NOON)
        proposal = TalkProposal(question=question, form="phone", client_id=uuid.uuid4())
        moment = NOON + timedelta(days=2)
        actions_talks.propose_talk(proposal, [moment], by=team.student, at=NOON)
        jan, mira = signed_in(team.jan), signed_in(team.mira)

        for address in (f"/guidance/{question.pk}/", f"/students/{team.placement.pk}/"):
            page = jan.get(address).content.decode()
            assert "/guidance/moments/" not in page
            assert f"/guidance/{question.pk}/talk/" not in page
            assert "spreken elkaar hierover" in page
            assert "/guidance/moments/" in mira.get(address).content.decode()


def test_both_get_news_of_what_the_student_writes(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False):
        team.replaced(NOON.date(), date(2026, 3, 20), at=NOON - timedelta(hours=1))
        share(question, NOON)
        actions.send_message(
            question, "En nog iets.", by=team.student, at=NOON, client_id=question.client_id
        )

    told = Notification.objects.filter(kind=Kind.MESSAGE_RECEIVED)
    assert {news.person for news in told} == {team.mira, team.jan}


def test_substitute_is_never_asked_about_silence(team: Team) -> None:
    with time_machine.travel(NOON, tick=False):
        team.replaced(NOON.date(), date(2026, 3, 20), at=NOON - timedelta(hours=1))

        assert [row.colour for row in attention_list(team.mira, NOON)] == ["red"]
        assert [row.colour for row in attention_list(team.jan, NOON)] == ["green"]


def test_substitute_writes_no_more_when_the_days_are_over(team: Team) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False):
        team.replaced(NOON.date(), NOON.date(), at=NOON - timedelta(hours=1))
        share(question, NOON)
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert signed_in(team.jan).get(f"/students/{team.placement.pk}/").status_code == 404
        with pytest.raises(ValidationError, match="niet verstuurd"):
            actions.send_message(
                question, "Te laat", by=team.jan, at=NOON, client_id=question.client_id
            )


def test_mails_of_a_substitute_go_no_more_when_the_days_are_over(team: Team) -> None:
    question = team.asks()
    zone = team.placement.cohort.programme.institution.zone
    with time_machine.travel(NOON, tick=False):
        wants = {Kind.QUESTION_SHARED: Frequency.WEEKLY}
        set_preferences(team.jan, wants, zone=zone, at=NOON)
        set_preferences(team.mira, wants, zone=zone, at=NOON)
        team.replaced(NOON.date(), NOON.date(), at=NOON - timedelta(hours=1))
        share(question, NOON)

    assert end_what_is_over(at=NOON + timedelta(hours=1)) == 0
    assert end_what_is_over(at=NOON + timedelta(days=1)) == 1

    told = Notification.objects.filter(kind=Kind.QUESTION_SHARED)
    assert {news.person.name: bool(news.cancelled_at) for news in told} == {
        "Mira de Vries": False,
        "Jan Jansen": True,
    }


def test_standing_in_is_arranged_once_and_told_to_colleague_and_student(team: Team) -> None:
    with time_machine.travel(NOON, tick=False):
        mira = signed_in(team.mira)
        form = {
            "client_id": "5c1d0a3e-6a55-4b1f-9d5e-0a3c6a554b1f",
            "substitute": team.jan.pk,
            "starts_on": "2026-03-16",
            "ends_on": "2026-03-20",
        }
        for _click in range(2):
            assert mira.post("/students/replacing/", form).status_code == 302

    made = Substitution.objects.get()
    assert made.opens_at == datetime(2026, 3, 15, 23, tzinfo=UTC)
    assert made.closes_at == datetime(2026, 3, 20, 23, tzinfo=UTC)
    told = Notification.objects.order_by("kind")
    assert [(news.person, news.kind, news.title) for news in told] == [
        (team.jan, "asked_along", "vervangt Mira de Vries van 16 maart 2026 t/m 20 maart 2026"),
        (
            team.student,
            "teacher_joins",
            "vervangt Mira de Vries van 16 maart 2026 t/m 20 maart 2026",
        ),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_on": "2026-03-15"}, "ends_on"),
        ({"starts_on": "2026-03-01", "ends_on": "2026-03-02"}, "ends_on"),
        ({"substitute": "0"}, "substitute"),
        ({"starts_on": ""}, "starts_on"),
    ],
)
def test_what_cannot_be_arranged_is_said_at_its_field(
    team: Team, change: dict[str, str], field: str
) -> None:
    form = {"substitute": team.jan.pk, "starts_on": "2026-03-16", "ends_on": "2026-03-20"}
    form["client_id"] = "5c1d0a3e-6a55-4b1f-9d5e-0a3c6a554b1f"
    with time_machine.travel(NOON, tick=False):
        answer = signed_in(team.mira).post("/students/replacing/", form | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Substitution.objects.exists()


def test_nobody_of_another_institution_or_the_teacher_stands_in(team: Team) -> None:
    stranger = factories.person("Vreemde")
    ProgrammeMembership.objects.create(
        programme=factories.programme(), person=stranger, role=Role.TEACHER
    )
    for person in (stranger, team.mira, team.student):
        with time_machine.travel(NOON, tick=False):
            answer = signed_in(team.mira).post(
                "/students/replacing/",
                {"substitute": person.pk, "starts_on": "2026-03-16", "ends_on": "2026-03-20"},
            )
        assert "substitute" in answer.context["form"].errors


def test_same_colleague_stands_in_once_on_a_day(team: Team) -> None:
    team.replaced(date(2026, 3, 16), date(2026, 3, 20))

    with pytest.raises(ValidationError, match="vervangt je"):
        team.replaced(date(2026, 3, 20), date(2026, 3, 25))


def test_either_of_the_two_ends_it_at_once(team: Team) -> None:
    for person in (team.mira, team.jan):
        with time_machine.travel(NOON, tick=False):
            made = team.replaced(NOON.date(), date(2026, 3, 20), at=NOON - timedelta(hours=1))
            question = team.asks()
            share(question, NOON)
            assert signed_in(person).post(f"/students/replacing/{made.pk}/end/").status_code == 302
            assert not reads(team.jan, question, NOON)
            assert signed_in(person).post(f"/students/replacing/{made.pk}/end/").status_code == 404


# Guiding along ------------------------------------------------------------------------------------


def test_who_guides_along_reads_from_then_on_and_answers_for_both(team: Team) -> None:
    before, after = team.asks("Ervoor"), team.asks("Erna")
    share(before, NOON)
    team.along(at=NOON + timedelta(hours=1))
    share(after, NOON + timedelta(hours=2))
    later = NOON + timedelta(hours=3)

    assert not reads(team.jan, before, later)
    assert reads(team.jan, after, later)
    with time_machine.travel(later, tick=False):
        (row,) = attention_list(team.jan, later)
        assert (row.colour, row.question_count) == ("orange", 1)
        actions.send_message(after, "Ik help je.", by=team.jan, at=later, client_id=after.client_id)
        assert attention_list(team.jan, later)[0].colour == "green"
        # The older one still waits for who was asked.
        assert attention_list(team.mira, later)[0].facts.waiting_since == NOON


def test_teacher_asks_a_colleague_in_for_several_students_once(team: Team) -> None:
    other = factories.placement(
        factories.person("Tweede Student"), teacher=team.mira, cohort=team.placement.cohort
    )
    links = PlacementTeacher.objects.filter(teacher=team.mira)
    mira = signed_in(team.mira)
    form = {"colleague": team.jan.pk, "links": [link.pk for link in links]}

    for _click in range(2):
        assert mira.post("/students/along/", form).status_code == 302

    made = PlacementTeacher.objects.filter(teacher=team.jan, part="along")
    assert {link.placement for link in made} == {team.placement, other}
    told = Notification.objects.filter(kind=Kind.TEACHER_JOINS)
    assert {news.person.name for news in told} == {"Sanne Bakker", "Tweede Student"}
    assert Notification.objects.get(person=team.jan).title == "2 studenten"


def test_teacher_asks_in_only_for_own_students(team: Team) -> None:
    theirs = factories.placement(teacher=team.jan, cohort=team.placement.cohort)

    answer = signed_in(team.mira).post(
        "/students/along/", {"colleague": team.jan.pk, "links": [theirs.teacher_links.get().pk]}
    )

    assert "links" in answer.context["form"].errors


def test_ending_it_closes_what_was_shared_and_lets_no_mail_go(team: Team) -> None:
    for person in (team.mira, team.jan):
        with time_machine.travel(NOON, tick=False):
            link = team.along()
            question = team.asks()
            share(question, NOON)
            assert signed_in(person).post(f"/students/along/{link.pk}/end/").status_code == 302
            assert not reads(team.jan, question, NOON)
            assert signed_in(team.jan).get(f"/students/{team.placement.pk}/").status_code == 404
            assert reads(team.mira, question, NOON)
        told = Notification.objects.filter(subject=f"question:{question.pk}")
        assert {news.person.name: bool(news.cancelled_at) for news in told} == {
            "Mira de Vries": False,
            "Jan Jansen": True,
        }


def test_who_guides_along_ends_no_link_of_who_guides(team: Team) -> None:
    team.along()

    assert signed_in(team.jan).post(f"/students/along/{team.link.pk}/end/").status_code == 404


def test_hours_are_shown_to_who_guides_only(team: Team) -> None:
    Placement.objects.update(shows_effort=True)
    team.along()

    pages = [
        signed_in(person).get(f"/students/{team.placement.pk}/").context["effort"]
        for person in (team.mira, team.jan)
    ]

    assert [effort is not None for effort in pages] == [True, False]


def test_code_that_names_no_readers_shares_with_the_teacher_asked_only(team: Team) -> None:
    team.along()
    question = team.asks()

    actions.share_question(question, at=NOON)

    assert access.readers_of(question) == [team.student, team.mira]


def test_key_too_long_for_a_number_is_nobody(team: Team) -> None:
    question = team.asks()

    answer = signed_in(team.student).post(
        f"/guidance/{question.pk}/share/", {"offered": "9" * 5000, "along": "9" * 5000}
    )

    assert answer.status_code == 302


def test_moments_of_the_student_wait_for_the_teacher_asked_not_for_who_stands_in(
    team: Team,
) -> None:
    question = team.asks()
    with time_machine.travel(NOON, tick=False) as clock:
        team.replaced(NOON.date(), date(2026, 3, 20), at=NOON - timedelta(hours=1))
        share(question, NOON)
        proposal = TalkProposal(question=question, form="phone", client_id=uuid.uuid4())
        actions_talks.propose_talk(proposal, [NOON + timedelta(days=2)], by=team.student, at=NOON)
        clock.shift(60)
        answer = factories.message(question, team.jan, "Dat kan Mira je het beste zeggen.")

        assert answer.sent_at > NOON
        assert next_waiting(team.jan) is None
        assert waiting_count(team.jan) == 0
        assert attention_list(team.jan, timezone.now())[0].colour == "green"
        assert next_waiting(team.mira) == question


def test_question_waits_for_who_stands_in_from_when_they_could_read_it(team: Team) -> None:
    question, week_later = team.asks(), NOON + timedelta(days=7)
    with time_machine.travel(week_later, tick=False):
        share(question, NOON)
        team.replaced(week_later.date(), date(2026, 3, 27), at=week_later)
        share_along(question, team.jan.pk, at=week_later)

        (for_jan,) = attention_list(team.jan, week_later)
        (for_mira,) = attention_list(team.mira, week_later)

        assert for_jan.facts.waiting_since == week_later
        assert for_mira.facts.waiting_since == NOON

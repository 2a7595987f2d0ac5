"""A list of people from elsewhere: what it changes, what it leaves alone, and taking it back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.administration.merging import Merging, move_all
from stageapp.administration.models import AccountMail
from stageapp.guidance import access
from stageapp.guidance.actions_linking import end_links
from stageapp.guidance.models import QuestionReader
from stageapp.integrations.roster import actions, rules
from stageapp.integrations.roster.models import Member, Run, Source
from stageapp.notifications.models import Notification
from stageapp.placements.actions import link_teacher
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.privacy.actions import remove_account
from stageapp.programmes.models import (
    Cohort,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
)
from tests import factories
from tests.examples import examples
from tests.integrations.roster import world
from tests.integrations.roster.world import NOW, apply, does, guides, look, outcomes, roster, undo

pytestmark = pytest.mark.django_db

Outcome = world.Change.Outcome
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort(programme=factories.programme())


@pytest.fixture
def source(cohort: Cohort) -> Source:
    return world.source(cohort)


def test_looking_changes_nothing(source: Source) -> None:
    before = world.state(source.institution)
    run = look(source, roster())
    assert does(run) == ["invite", "invite", "wait"]
    assert world.state(source.institution) == before


def test_who_is_new_gets_an_invitation_and_no_password(source: Source) -> None:
    apply(source, roster())
    sanne = User.objects.get(email="sanne@school.example")
    assert not sanne.has_usable_password()
    assert sanne.programme_memberships.get().role == Role.STUDENT
    assert AccountMail.objects.filter(person=sanne, kind="invited").count() == 1
    assert not InstitutionAdministrator.objects.exclude(person=source.run_by).exists()


def test_a_teacher_guides_a_student_who_is_on_placement(source: Source, cohort: Cohort) -> None:
    sanne = world.member(cohort, "sanne", Role.STUDENT)
    placement = factories.placement(sanne, cohort=cohort)
    run = apply(source, roster())
    assert does(run) == ["invite", "match", "link"]
    assert guides(placement) == ["Mira"]
    assert Notification.objects.filter(person=sanne, kind="teacher_changed").count() == 1
    assert Notification.objects.filter(person__name="Mira", kind="students_changed").count() == 1


def test_a_student_without_a_placement_gets_the_teacher_when_there_is_one(
    source: Source, cohort: Cohort
) -> None:
    apply(source, roster())
    assert actions.link_waiting(at=NOW) == 0
    placement = factories.placement(User.objects.get(email="sanne@school.example"), cohort=cohort)
    assert actions.link_waiting(at=NOW) == 1
    assert guides(placement) == ["Mira"]
    assert actions.link_waiting(at=NOW) == 0
    assert does(look(source, roster())) == []


def test_what_waits_goes_on_waiting_when_nobody_runs_the_institution_in_whose_name_it_is(
    source: Source, cohort: Cohort
) -> None:
    apply(source, roster())
    placement = factories.placement(User.objects.get(email="sanne@school.example"), cohort=cohort)
    assert source.run_by
    source.run_by.institutions_administered.all().delete()
    assert actions.link_waiting(at=NOW) == 0
    assert guides(placement) == []
    InstitutionAdministrator.objects.create(institution=source.institution, person=source.run_by)
    assert actions.link_waiting(at=NOW) == 1


def test_a_placement_in_another_cohort_is_not_the_one(source: Source, cohort: Cohort) -> None:
    apply(source, roster())
    other = factories.cohort(programme=cohort.programme)
    placement = factories.placement(User.objects.get(email="sanne@school.example"), cohort=other)
    assert actions.link_waiting(at=NOW) == 0
    assert guides(placement) == []


def test_who_left_the_group_is_not_guided_any_more(source: Source, cohort: Cohort) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    apply(source, roster(["mira", "joris"]))
    assert guides(placement) == ["Joris", "Mira"]
    run = apply(source, roster(["joris"]))
    assert does(run) == ["end", "leave"]
    assert guides(placement) == ["Joris"]
    mira = User.objects.get(email="mira@school.example")
    assert not mira.programme_memberships.exists()


def test_a_link_that_was_made_by_hand_never_ends(source: Source, cohort: Cohort) -> None:
    mira = world.member(cohort, "mira", Role.TEACHER)
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    link_teacher(placement, mira, at=NOW)
    assert does(apply(source, roster())) == ["match", "match"]
    apply(source, rules.Roster())
    assert guides(placement) == ["Mira"]
    # Her role was there before, too.
    assert mira.programme_memberships.exists()


def test_a_link_that_somebody_ended_is_not_made_again(source: Source, cohort: Cohort) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    apply(source, roster())
    assert source.run_by
    end_links(list(placement.teacher_links.all()), by=source.run_by, at=NOW)
    assert does(apply(source, roster())) == []
    assert guides(placement) == []


def test_a_link_that_the_source_ended_is_made_again_when_it_says_so(
    source: Source, cohort: Cohort
) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    apply(source, roster(["mira", "joris"]))
    apply(source, roster(["joris"]))
    assert "link" in does(apply(source, roster(["mira", "joris"])))
    assert guides(placement) == ["Joris", "Mira"]


def test_a_role_that_somebody_took_away_is_not_given_again(source: Source) -> None:
    apply(source, roster())
    ProgrammeMembership.objects.filter(person__email="sanne@school.example").delete()
    assert does(apply(source, roster())) == []


def test_a_new_name_is_taken_over_unless_the_person_chose_another(source: Source) -> None:
    apply(source, roster())
    married = rules.Person("sanne", "Sanne Bakker-Smit", "sanne@school.example")
    assert does(apply(source, roster(sanne=married))) == ["rename"]
    sanne = User.objects.get(email="sanne@school.example")
    assert sanne.name == "Sanne Bakker-Smit"
    sanne.name = "San"
    sanne.save()
    again = rules.Person("sanne", "Sanne Smit", "sanne@school.example")
    assert does(apply(source, roster(sanne=again))) == []


def test_another_address_in_the_source_is_the_same_person(source: Source) -> None:
    apply(source, roster())
    moved = rules.Person("sanne", "Sanne", "sanne.bakker@school.example")
    assert does(apply(source, roster(sanne=moved))) == []
    assert not User.objects.filter(email="sanne.bakker@school.example").exists()


def test_a_student_number_is_filled_in_and_followed(source: Source) -> None:
    numbered = rules.Person("sanne", "Sanne", "sanne@school.example", "1234567")
    apply(source, roster(sanne=numbered))
    assert User.objects.get(email="sanne@school.example").student_number == "1234567"
    other = rules.Person("sanne", "Sanne", "sanne@school.example", "7654321")
    assert does(apply(source, roster(sanne=other))) == ["number"]
    assert User.objects.get(email="sanne@school.example").student_number == "7654321"


def test_an_account_of_another_institution_is_left_alone(source: Source) -> None:
    elsewhere = world.member(factories.cohort(), "sanne", Role.STUDENT)
    run = apply(source, roster())
    assert run.changes.get(does="refuse").why == rules.Why.ELSEWHERE
    assert elsewhere.programme_memberships.count() == 1
    assert not AccountMail.objects.filter(person=elsewhere).exists()


def test_the_name_of_who_is_elsewhere_too_is_left_alone(source: Source, cohort: Cohort) -> None:
    sanne = world.member(cohort, "sanne", Role.STUDENT)
    factories.placement(sanne, cohort=factories.cohort())
    apply(source, roster())
    renamed = rules.Person("sanne", "Susanna", "sanne@school.example")
    assert does(look(source, roster(sanne=renamed))) == []


def test_the_name_of_who_is_elsewhere_since_the_look_is_left_alone(source: Source) -> None:
    apply(source, roster())
    sanne = User.objects.get(email="sanne@school.example")
    renamed = rules.Person("sanne", "Susanna", "sanne@school.example", "1234567")
    run = look(source, roster(sanne=renamed))
    assert does(run) == ["rename", "number"]
    factories.placement(sanne, cohort=factories.cohort())
    assert source.run_by
    actions.apply(run, by=source.run_by, at=NOW)
    sanne.refresh_from_db()
    assert (sanne.name, sanne.student_number) == ("Sanne", "")
    assert set(outcomes(run).values()) == {Outcome.NOTHING}


def test_an_account_that_is_switched_off_stays_so(source: Source, cohort: Cohort) -> None:
    world.member(cohort, "sanne", Role.STUDENT, is_active=False)
    assert look(source, roster()).changes.get(does="refuse").why == rules.Why.SWITCHED_OFF


@pytest.mark.parametrize(
    ("person", "why"),
    [
        (rules.Person("sanne", "Sanne"), rules.Why.NO_EMAIL),
        (rules.Person("sanne", "Sanne", "sanne"), rules.Why.NOT_AN_EMAIL),
        (rules.Person("sanne", "Sanne", "s@" + "x" * 300 + ".nl"), rules.Why.NOT_AN_EMAIL),
        (rules.Person("sanne", " \n", "sanne@school.example"), rules.Why.NO_NAME),
        (rules.Person("sanne", "S" * 201, "sanne@school.example"), rules.Why.TOO_LONG),
        (rules.Person("sanne", "Sanne", "mira@school.example"), rules.Why.TWICE),
    ],
)
def test_who_cannot_be_used_is_told_with_the_reason(
    source: Source, person: rules.Person, why: rules.Why
) -> None:
    run = apply(source, roster(sanne=person))
    assert run.changes.get(does="refuse").why == why
    assert not User.objects.filter(name="Sanne").exists()


def test_somebody_in_a_group_who_is_not_in_the_list_is_told(source: Source) -> None:
    wanted = rules.Roster(world.people("mira"), (world.group(["mira"], ["sanne"]),))
    assert look(source, wanted).changes.get(does="refuse").why == rules.Why.UNKNOWN


def test_groups_of_a_line_without_a_cohort_are_left_out(source: Source) -> None:
    wanted = rules.Roster(
        world.people("mira", "sanne"), (world.group(["mira"], ["sanne"], line="minor"),)
    )
    assert does(look(source, wanted)) == []
    assert source.lines.get(key="minor").cohort is None


def test_a_line_gets_no_cohort_of_another_institution(source: Source) -> None:
    assert source.run_by
    with pytest.raises(ValidationError):
        actions.map_line(
            source, "minor", title="", cohort=factories.cohort(), by=source.run_by, at=NOW
        )


def test_a_list_that_would_end_much_asks_first(source: Source) -> None:
    apply(source, roster(students=["sanne", "daan", "eva"]))
    run = look(source, rules.Roster())
    assert run.asks
    assert source.run_by
    with pytest.raises(ValidationError):
        actions.apply(run, by=source.run_by, at=NOW)
    assert ProgrammeMembership.objects.count() == 4
    actions.apply(run, by=source.run_by, at=NOW, even_if_much_ends=True)
    assert ProgrammeMembership.objects.count() == 0


def test_a_little_ends_without_asking(source: Source) -> None:
    names = [f"student{number}" for number in range(10)]
    apply(source, roster(students=names))
    assert not look(source, roster(students=names[:-1])).asks


def test_a_source_can_leave_what_it_brought(source: Source, cohort: Cohort) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    apply(source, roster())
    source.takes_away = False
    source.save()
    assert does(apply(source, rules.Roster())) == []
    assert guides(placement) == ["Mira"]


def test_who_guides_others_stays_a_teacher(source: Source, cohort: Cohort) -> None:
    apply(source, roster())
    mira = User.objects.get(email="mira@school.example")
    placement = factories.placement(cohort=cohort)
    link_teacher(placement, mira, at=NOW)
    run = apply(source, rules.Roster())
    assert run.changes.get(does="leave", person=mira).why == "stays"
    assert mira.programme_memberships.exists()
    assert does(look(source, rules.Roster())) == []


def test_who_is_on_placement_stays_a_student(source: Source, cohort: Cohort) -> None:
    apply(source, roster())
    sanne = User.objects.get(email="sanne@school.example")
    factories.placement(sanne, cohort=cohort)
    apply(source, rules.Roster())
    assert sanne.programme_memberships.exists()


def test_a_role_that_another_source_knows_stays(source: Source, cohort: Cohort) -> None:
    other = world.source(cohort, name="Rooster")
    apply(source, roster())
    apply(other, roster())
    apply(source, rules.Roster())
    assert ProgrammeMembership.objects.filter(person__email="sanne@school.example").exists()


def test_undoing_gives_back_what_was(source: Source, cohort: Cohort) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    before = world.state(source.institution)
    run = apply(source, roster(students=["sanne", "daan"]))
    assert world.state(source.institution) != before
    assert undo(source, run).state == Run.State.UNDONE
    assert world.state(source.institution) == before
    assert guides(placement) == []
    assert not Member.objects.exists()
    # And it can be done again.
    apply(source, roster(students=["sanne", "daan"]))
    assert guides(placement) == ["Mira"]


def test_undoing_leaves_what_somebody_did_since(source: Source, cohort: Cohort) -> None:
    run = apply(source, roster())
    sanne = User.objects.get(email="sanne@school.example")
    sanne.set_password("een goed wachtwoord")
    sanne.save()
    factories.placement(sanne, cohort=cohort)
    undo(source, run)
    assert outcomes(run)["invite"] == Outcome.KEPT
    assert sanne.programme_memberships.exists()
    assert not User.objects.filter(email="mira@school.example").exists()


def test_undoing_opens_nothing_that_a_student_shared_before(source: Source, cohort: Cohort) -> None:
    jan = world.member(cohort, "jan", Role.TEACHER)
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    link_teacher(placement, jan, at=NOW)
    apply(source, roster(["mira", "joris"]))
    mira = User.objects.get(email="mira@school.example")
    question = factories.question(placement, "Lastig", teacher=jan, shared_at=NOW)
    QuestionReader.objects.create(
        question=question, person=mira, link=placement.teacher_links.get(teacher=mira)
    )
    assert access.readable_by(mira).get() == question
    run = apply(source, roster(["joris"]))
    undo(source, run)
    assert guides(placement) == ["Jan", "Joris", "Mira"]
    assert outcomes(run)["end"] == Outcome.UNDONE
    assert not access.readable_by(mira).exists()
    assert access.readable_by(jan).get() == question


def test_undoing_gives_no_students_to_who_is_no_teacher_any_more(
    source: Source, cohort: Cohort
) -> None:
    mira = world.member(cohort, "mira", Role.TEACHER)
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    apply(source, roster(["mira", "joris"]))
    run = apply(source, roster(["joris"]))
    mira.programme_memberships.all().delete()
    undo(source, run)
    assert outcomes(run)["end"] == Outcome.KEPT
    assert guides(placement) == ["Joris"]


@pytest.mark.parametrize("change", [{"is_current": False}, {"ends_on": NOW.date() - DAY}])
def test_undoing_links_nobody_to_a_placement_that_is_over(
    source: Source, cohort: Cohort, change: dict[str, Any]
) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    apply(source, roster(["mira", "joris"]))
    run = apply(source, roster(["joris"]))
    Placement.objects.filter(pk=placement.pk).update(**change)
    undo(source, run)
    assert outcomes(run)["end"] == Outcome.KEPT
    assert guides(placement) == ["Joris"]


def test_looks_are_undone_one_after_another_back_to_the_first(
    source: Source, cohort: Cohort
) -> None:
    placement = factories.placement(world.member(cohort, "sanne", Role.STUDENT), cohort=cohort)
    before = world.state(source.institution)
    first = apply(source, roster(["mira", "joris"]))
    undo(source, apply(source, roster(["joris"])))
    assert does(look(source, roster(["mira", "joris"]))) == []
    undo(source, first)
    assert guides(placement) == []
    assert world.state(source.institution) == before


def test_what_is_undone_is_not_read_again_at_night(source: Source) -> None:
    source.schedule = Source.Schedule.NIGHTLY
    source.save()
    undo(source, apply(source, roster()))
    source.refresh_from_db()
    assert source.schedule == Source.Schedule.NEVER


def test_applying_and_undoing_twice_is_once(source: Source) -> None:
    run = look(source, roster())
    assert source.run_by
    for _twice in range(2):
        actions.apply(run, by=source.run_by, at=NOW)
    assert AccountMail.objects.count() == 2
    for _twice in range(2):
        actions.undo(run, by=source.run_by, at=NOW)
    assert User.objects.count() == 1


def test_a_large_list_is_applied_by_the_worker(source: Source) -> None:
    names = [f"student{number}" for number in range(40)]
    run = look(source, roster(students=names))
    assert source.run_by
    assert actions.apply(run, by=source.run_by, at=NOW).state == Run.State.APPLYING
    assert AccountMail.objects.count() == 0
    with pytest.raises(ValidationError):
        look(source, roster())
    assert actions.go_on_with_runs(at=NOW) == 81
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert undo(source, run).state == Run.State.UNDONE
    assert User.objects.count() == 1


def test_looks_and_names_are_forgotten(source: Source) -> None:
    look(source, roster())
    actions.forget_old(at=NOW + timedelta(days=8))
    assert not Run.objects.exists()
    elsewhere = world.member(factories.cohort(), "sanne", Role.STUDENT)
    run = apply(source, roster())
    actions.forget_old(at=NOW + timedelta(days=8))
    refused = run.changes.get(does="refuse")
    assert (refused.name, refused.email, refused.key) == ("", "", "")
    assert elsewhere.name == "Sanne"


def test_with_an_account_goes_what_a_list_said_of_it(source: Source) -> None:
    run = apply(source, roster())
    sanne = User.objects.get(email="sanne@school.example")
    remove_account(sanne, at=NOW)
    assert not Member.objects.filter(key="sanne").exists()
    assert not source.wishes.exists()
    assert not run.changes.filter(key="sanne").exists()
    # The list still names her: that is for the school to put right.
    assert does(look(source, roster())) == ["invite", "wait"]


def test_two_accounts_that_become_one_are_one_in_the_list(source: Source, cohort: Cohort) -> None:
    apply(source, roster())
    double = User.objects.get(email="sanne@school.example")
    kept = world.member(cohort, "susanna", Role.STUDENT)
    move_all(Merging(double, kept, NOW))
    assert source.members.get(key="sanne").person == kept
    assert does(look(source, roster())) == []


NAMES = ("anna", "bob", "cem", "dewi", "eva", "finn")
keys = st.lists(st.sampled_from(NAMES), max_size=4, unique=True)
names_of = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["Ada", "Bea"]) for name in NAMES}
)


@st.composite
def rosters(draw: st.DrawFn) -> rules.Roster:
    """Return some groups of some of six people, some of whom are called differently."""
    groups = tuple(
        world.group(draw(keys), draw(keys), key=f"klas-{number}")
        for number in range(draw(st.integers(0, 2)))
    )
    called = draw(names_of)
    numbers = draw(st.sampled_from(["", "12345"]))
    return rules.Roster(
        tuple(
            rules.Person(
                name, called.get(name, name.capitalize()), f"{name}@school.example", numbers
            )
            for name in NAMES
        ),
        groups,
    )


def _school() -> Source:
    """Return a source of a school where half of them have an account, and two are on placement."""
    cohort = factories.cohort()
    made = world.source(cohort)
    anna = world.member(cohort, "anna", Role.STUDENT)
    bob = world.member(cohort, "bob", Role.STUDENT)
    cem = world.member(cohort, "cem", Role.TEACHER)
    link_teacher(factories.placement(anna, cohort=cohort), cem, at=NOW)
    factories.placement(bob, cohort=cohort)
    return made


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=rosters(), second=rosters(), ended=st.booleans())
def test_applied_again_nothing_changes_and_undone_all_is_as_before(
    first: rules.Roster, second: rules.Roster, ended: bool
) -> None:
    with transaction.atomic():
        source = _school()
        assert source.run_by
        apply(source, first)
        if ended:
            end_links(
                list(PlacementTeacher.objects.filter(ended_at=None)[:1]), by=source.run_by, at=NOW
            )
        by_hand = set(
            PlacementTeacher.objects.filter(ended_at=None, roster_wish=None).values_list(
                "pk", flat=True
            )
        )
        before = world.state(source.institution)
        run = apply(source, second)
        after = world.state(source.institution)
        assert [one for one in does(apply(source, second)) if one != "refuse"] == []
        assert world.state(source.institution) == after
        assert PlacementTeacher.objects.filter(pk__in=by_hand, ended_at=None).count() == len(
            by_hand
        )
        undo(source, run)
        assert Outcome.KEPT not in outcomes(run).values()
        assert world.state(source.institution) == before
        transaction.set_rollback(True)


@given(
    st.builds(
        rules.Roster,
        st.lists(
            st.builds(rules.Person, st.text(), st.text(), st.text(), st.text()), max_size=5
        ).map(tuple),
        st.lists(
            st.builds(
                rules.Group,
                st.text(),
                st.text(),
                st.text(),
                st.text(),
                st.lists(st.text()).map(tuple),
                st.lists(st.text()).map(tuple),
            ),
            max_size=3,
        ).map(tuple),
    )
)
def test_any_list_can_be_kept(wanted: rules.Roster) -> None:
    tidied = rules.tidy(wanted)
    assert rules.tidy(tidied) == tidied
    for person in tidied.people:
        assert person.name.isprintable()
        assert len(person.key) <= rules.MOST_KEY
        assert "\x00" not in person.email

"""Several who do something with a source at the same moment: as if one came after the other."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.administration.models import AccountMail
from stageapp.guidance.actions_linking import end_links
from stageapp.integrations.roster import actions
from stageapp.integrations.roster.models import Claim, Run, Source, Wish
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories
from tests.integrations.roster import world

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[BaseException]:
    """Do all of these at the same moment; return what went wrong."""
    wrong: list[BaseException] = []
    gate = threading.Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> None:
        gate.wait()
        try:
            verb()
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.fixture
def source() -> Source:
    return world.source(factories.cohort())


def test_applied_by_two_at_once_everybody_is_invited_once(source: Source) -> None:
    assert source.run_by
    by, names = source.run_by, [f"student{number}" for number in range(6)]
    run = actions.look(source, world.roster(students=names), by=by, at=timezone.now())

    wrong = at_once(*[lambda: actions.apply(run, by=by, at=timezone.now())] * 4)

    assert wrong == []
    assert AccountMail.objects.count() == Claim.objects.count() == 7
    assert Wish.objects.count() == 6


def test_two_sources_invite_the_same_people_once(source: Source) -> None:
    cohort = source.lines.get().cohort
    assert cohort
    other = world.source(cohort, name="Nog een")
    names = [f"student{number}" for number in range(6)]
    runs = [world.look(one, world.roster(students=names)) for one in (source, other)]

    def apply(run: Run) -> None:
        assert run.begun_by
        actions.apply(run, by=run.begun_by, at=timezone.now())

    wrong = at_once(*(lambda run=run: apply(run) for run in runs))

    assert wrong == []
    assert User.objects.filter(email__startswith="student").count() == 6
    assert ProgrammeMembership.objects.count() == 7
    assert Claim.objects.count() == 14


def test_many_workers_do_every_difference_once(source: Source) -> None:
    assert source.run_by
    cohort = source.lines.get().cohort
    names = [f"student{number}" for number in range(30)]
    placements = [
        factories.placement(world.member(cohort, name, Role.STUDENT), cohort=cohort)  # type: ignore[arg-type]
        for name in names
    ]
    run = world.look(source, world.roster(students=names))
    actions.apply(run, by=source.run_by, at=timezone.now())

    wrong = at_once(*[lambda: actions.go_on_with_runs(at=timezone.now())] * 3)
    actions.go_on_with_runs(at=timezone.now())

    assert wrong == []
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    links = PlacementTeacher.objects.filter(placement__in=placements, ended_at=None)
    assert links.count() == 30


def test_a_link_ended_by_hand_while_it_is_undone_ends_once(source: Source) -> None:
    assert source.run_by
    by, cohort = source.run_by, source.lines.get().cohort
    placement = factories.placement(
        world.member(cohort, "sanne", Role.STUDENT),  # type: ignore[arg-type]
        cohort=cohort,
    )
    run = world.apply(source, world.roster())
    links = list(placement.teacher_links.all())

    def undo() -> None:
        with suppress(ValidationError):
            actions.undo(run, by=by, at=timezone.now())

    wrong = at_once(undo, lambda: end_links(links, by=by, at=timezone.now()), undo)

    assert wrong == []
    assert world.guides(placement) == []
    run.refresh_from_db()
    assert run.state == Run.State.UNDONE

"""A school with a source of people, for tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from stageapp.accounts.models import User
from stageapp.integrations.roster import actions, rules
from stageapp.integrations.roster.models import Change, Run, Source
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import (
    Cohort,
    Institution,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
)
from tests import factories

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def source(cohort: Cohort, *, line: str = "stage", **fields: Any) -> Source:
    """Return a source whose line belongs to a cohort, set up by a functional administrator."""
    institution = cohort.programme.institution
    by = factories.person("Fatma Beheer")
    InstitutionAdministrator.objects.create(institution=institution, person=by)
    fields = {"kind": Source.Kind.SHEET, "name": "Studenten", "run_by": by} | fields
    made = Source.objects.create(institution=institution, **fields)
    actions.map_line(made, line, title="Stage 2026", cohort=cohort, by=by, at=NOW)
    return made


def people(*names: str, **others: rules.Person) -> tuple[rules.Person, ...]:
    """Return people whose key, name and address are one word."""
    return tuple(
        others.get(name, rules.Person(name, name.capitalize(), f"{name}@school.example"))
        for name in names
    )


def group(
    teachers: Iterable[str], students: Iterable[str], *, key: str = "klas-a", line: str = "stage"
) -> rules.Group:
    """Return a group of one line."""
    return rules.Group(key, key, line, line, tuple(teachers), tuple(students))


def roster(
    teachers: Iterable[str] = ("mira",),
    students: Iterable[str] = ("sanne",),
    **others: rules.Person,
) -> rules.Roster:
    """Return a list with one group."""
    return rules.Roster(people(*teachers, *students, **others), (group(teachers, students),))


def look(source: Source, wanted: rules.Roster) -> Run:
    """Look at what a list would change."""
    return actions.look(source, wanted, by=source.run_by, at=NOW)


def apply(source: Source, wanted: rules.Roster, *, much: bool = True) -> Run:
    """Do what a list asks for, with the worker where that is needed."""
    assert source.run_by
    run = actions.apply(look(source, wanted), by=source.run_by, at=NOW, even_if_much_ends=much)
    actions.go_on_with_runs(at=NOW)
    run.refresh_from_db()
    return run


def undo(source: Source, run: Run) -> Run:
    """Take it back."""
    assert source.run_by
    actions.undo(run, by=source.run_by, at=NOW)
    actions.go_on_with_runs(at=NOW)
    run.refresh_from_db()
    return run


def does(run: Run) -> list[str]:
    """Return what a look would do, or did, in its order."""
    return [change.does for change in run.changes.all()]


def outcomes(run: Run) -> Mapping[str, str]:
    """Return what became of each kind of difference."""
    return {change.does: change.outcome for change in run.changes.all()}


def member(cohort: Cohort, name: str, role: Role, **fields: Any) -> User:
    """Return somebody with a role, whose address is their name."""
    somebody = factories.person(name.capitalize(), f"{name}@school.example", **fields)
    ProgrammeMembership.objects.create(programme=cohort.programme, person=somebody, role=role)
    return somebody


def guides(placement: Placement) -> list[str]:
    """Return who guides a placement now."""
    links = PlacementTeacher.objects.filter(placement=placement, ended_at=None)
    return sorted(links.values_list("teacher__name", flat=True))


def state(institution: Institution) -> tuple[Any, ...]:
    """Return all that a source can touch, to compare with later."""
    return (
        sorted(User.objects.values_list("email", "name", "student_number", "is_active")),
        sorted(ProgrammeMembership.objects.values_list("person__email", "programme", "role")),
        sorted(
            PlacementTeacher.objects.filter(ended_at=None).values_list(
                "placement", "teacher__email", "part"
            )
        ),
        sorted(
            Source.objects.filter(institution=institution, wishes__link=None)
            .exclude(wishes=None)
            .values_list("wishes__student__email", "wishes__teacher__email")
        ),
        sorted(
            Source.objects.filter(institution=institution)
            .exclude(claims=None)
            .values_list("claims__person__email", "claims__part", "claims__gave")
        ),
    )


__all__ = ["Change", "Role"]

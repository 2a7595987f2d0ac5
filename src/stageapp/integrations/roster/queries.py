"""What there is, for a source to be compared with; and what its pages show. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.integrations.roster import rules
from stageapp.integrations.roster.models import Change, Line, Member, Run, Source, Wish
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import (
    Cohort,
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
)

#: The parts that a source can give.
PARTS = tuple(part.value for part in rules.Part)


def cohorts_of(source: Source) -> dict[str, int]:
    """Return the cohort of each line that was given one; one of this institution, to be sure."""
    lines = source.lines.filter(
        cohort__programme__institution=source.institution, is_left_out=False
    )
    return dict(lines.values_list("key", "cohort"))


def lines_of(source: Source) -> QuerySet[Line]:
    """Return the lines that were in it when it was read last, and those that have a cohort."""
    was_there = Q(source__read_at=None) | Q(seen_at__gte=F("source__read_at"))
    return source.lines.filter(was_there | Q(cohort__isnull=False))


def undecided_of(source: Source) -> QuerySet[Line]:
    """Return the lines of which nobody chose yet to which cohort they belong, or to none."""
    return lines_of(source).filter(cohort=None, is_left_out=False)


def there_for(source: Source, roster: rules.Roster) -> rules.There:
    """Return what there is of all that a source names or brought before, in a few queries."""
    institution = source.institution
    members = {row.key: row for row in source.members.all()}
    emails = {person.email for person in roster.people if person.email}
    given = {person.account for person in roster.people if person.account is not None}
    people = _people(
        institution,
        Q(email__in=emails) | Q(pk__in=given) | Q(pk__in=source.members.values("person")),
    )
    told = {row.person_id: row for row in members.values()}
    accounts = {person.pk: _account(person, told.get(person.pk)) for person in people}
    by_email = {person.email: accounts[person.pk] for person in people}
    programmes = Programme.objects.filter(institution=institution)
    return rules.There(
        programmes=dict(
            Cohort.objects.filter(programme__in=programmes).values_list("pk", "programme")
        ),
        by_key={
            key: accounts[row.person_id]
            for key, row in members.items()
            if row.person_id in accounts
        },
        by_email=by_email,
        by_account={key: accounts[key] for key in given if key in accounts},
        unusable=frozenset(
            email for email in emails if email not in by_email and not _is_email(email)
        ),
        roles=_roles(programmes, accounts),
        claims={
            (person, programme, rules.Part(part)): gave
            for person, programme, part, gave in source.claims.values_list(
                "person", "programme", "part", "gave"
            )
        },
        **_links(source, accounts),
    )


def _people(institution: Institution, wanted: Q) -> list[Any]:
    """Return these accounts, with whether they have a place here and elsewhere."""
    return list(
        User.objects.filter(wanted).annotate(
            is_here=_has_place(Programme.objects.filter(institution=institution), [institution]),
            is_there=_has_place(
                Programme.objects.exclude(institution=institution),
                Institution.objects.exclude(pk=institution.pk),
            ),
        )
    )


def _has_place(programmes: QuerySet[Programme], institutions: Any) -> Q:
    """Return whether somebody has a role, a placement or students in one of these, or runs one."""
    keys = programmes.order_by().values("pk")
    places: tuple[QuerySet[Any], ...] = (
        ProgrammeMembership.objects.filter(person=OuterRef("pk"), programme__in=keys),
        Placement.objects.filter(student=OuterRef("pk"), cohort__programme__in=keys),
        PlacementTeacher.objects.filter(
            teacher=OuterRef("pk"), placement__cohort__programme__in=keys, ended_at=None
        ),
        InstitutionAdministrator.objects.filter(
            person=OuterRef("pk"), institution__in=institutions
        ),
    )
    found = Q()
    for rows in places:
        found |= Q(Exists(rows))
    return found


def _account(person: Any, member: Member | None) -> rules.Account:
    return rules.Account(
        key=person.pk,
        name=person.name,
        number=person.student_number,
        is_on=person.is_active and not person.is_nobody,
        is_elsewhere=person.is_there and not person.is_here,
        is_only_here=not person.is_there,
        told_name=member.name if member else None,
        told_number=member.number if member else None,
    )


def _roles(programmes: QuerySet[Programme], people: Iterable[int]) -> frozenset[rules.Claim]:
    rows = ProgrammeMembership.objects.filter(
        programme__in=programmes, person__in=list(people), role__in=PARTS
    )
    return frozenset(
        (person, programme, rules.Part(role))
        for person, programme, role in rows.values_list("person", "programme", "role")
    )


def _links(source: Source, people: Iterable[int]) -> dict[str, Any]:
    students = list(people)
    placements = current_placements(source.institution).filter(student__in=students)
    links = PlacementTeacher.objects.filter(placement__in=placements.order_by().values("pk"))
    wishes = source.wishes.filter(ended_at=None).select_related("link")
    return {
        "placements": {
            (student, cohort): key
            for key, student, cohort in placements.values_list("pk", "student", "cohort")
        },
        "guided": frozenset(links.filter(ended_at=None).values_list("placement", "teacher")),
        "ended": frozenset(ended_by_hand(links).values_list("placement", "teacher")),
        "held": tuple(
            rules.Held(
                wish.pk,
                wish.cohort_id,
                wish.student_id,
                wish.teacher_id,
                placement=wish.link.placement_id if wish.link else None,
                is_open=wish.link is not None and wish.link.ended_at is None,
            )
            for wish in wishes
        ),
    }


def current_placements(institution: Institution) -> QuerySet[Placement]:
    """Return the placements that a teacher can still be linked to: current, and not over."""
    return Placement.objects.filter(
        cohort__programme__institution=institution,
        is_current=True,
        anonymised_at=None,
        ends_on__gte=institution.day_of(),
    )


def ended_by_hand(links: QuerySet[PlacementTeacher]) -> QuerySet[PlacementTeacher]:
    """Return the links that somebody, and no source, ended."""
    by_source = Wish.objects.filter(link=OuterRef("pk"), ended_at__isnull=False)
    return links.filter(~Exists(by_source), ended_at__isnull=False)


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= rules.MOST_EMAIL


@dataclass(frozen=True)
class Counted:
    """How many differences of a kind a look has."""

    does: rules.Does
    number: int


def counts_of(run: Run) -> list[Counted]:
    """Return how many differences of each kind there are, in the order in which they are done."""
    rows = run.changes.order_by().values("does").annotate(number=Count("pk"))
    numbers = {row["does"]: row["number"] for row in rows}
    return [Counted(one, numbers[one]) for one in rules.Does if one in numbers]


def changes_of(run: Run) -> QuerySet[Change]:
    """Return the differences of a look, with whom they are about."""
    return run.changes.select_related("person", "teacher", "programme", "cohort__programme")


def account_for(source: Source, change: Change) -> Any:
    """Return the account of somebody in a source as it is now, with its places, or None."""
    if change.person_id:
        wanted = Q(pk=change.person_id)
    elif member := source.members.filter(key=change.key).first():
        wanted = Q(pk=member.person_id)
    else:
        wanted = Q(email=change.email)
    found = _people(source.institution, wanted)
    return found[0] if found else None


def why_not(account: Any) -> rules.Why | None:
    """Return why an account may not be used, since it was looked at."""
    if account.is_there and not account.is_here:
        return rules.Why.ELSEWHERE
    if not account.is_active or account.is_nobody:
        return rules.Why.SWITCHED_OFF
    return None


def member_of(source: Source, key: str) -> User | None:
    """Return whose account somebody in a source is."""
    member = source.members.filter(key=key).select_related("person").first()
    return member.person if member else None


def placement_for(wish: Wish) -> Placement | None:
    """Return the placement that a student is on now in the cohort of a wish."""
    rows = current_placements(wish.source.institution).filter(
        student=wish.student_id, cohort=wish.cohort_id
    )
    return rows.select_related("student", "cohort__programme__institution").first()


def may_guide(wish: Wish) -> bool:
    """Return whether somebody is a teacher of the programme, can sign in, and is somebody else."""
    return (
        wish.student_id != wish.teacher_id
        and ProgrammeMembership.objects.filter(
            person=wish.teacher_id,
            person__is_active=True,
            programme__cohorts=wish.cohort_id,
            role=rules.Part.TEACHER,
        ).exists()
    )


def wishes_to_settle(today: date) -> QuerySet[Wish]:
    """Return what waits, where there is a placement by now.

    And where whoever it is done in the name of runs the institution still: else it waits for
    somebody who does.
    """
    placements = Placement.objects.filter(
        student=OuterRef("student"),
        cohort=OuterRef("cohort"),
        is_current=True,
        anonymised_at=None,
        ends_on__gte=today,
    )
    teaches = ProgrammeMembership.objects.filter(
        person=OuterRef("teacher"),
        person__is_active=True,
        programme__cohorts=OuterRef("cohort"),
        role=rules.Part.TEACHER,
    )
    runs_it = InstitutionAdministrator.objects.filter(
        person=OuterRef("source__run_by"),
        person__is_active=True,
        institution=OuterRef("source__institution"),
    )
    rows = Wish.objects.filter(Exists(placements), Exists(teaches), Exists(runs_it), link=None)
    return rows.exclude(teacher=F("student")).order_by("pk")

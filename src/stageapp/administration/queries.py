"""What pages about people show: roles and whether somebody came in, never what is recorded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.accounts.queries import has_verified_email, was_ever_entered
from stageapp.administration import access
from stageapp.administration.models import AccountMail
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.access import institutions_administered, programmes_administered
from stageapp.programmes.models import (
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
)

PEOPLE_A_PAGE = 25
#: As a role in an address: not in a programme but of the institution.
OF_INSTITUTION = "institution"
#: So many invitations go to somebody in a day.
MOST_INVITATIONS = 3


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for."""

    words: str = ""
    role: str = ""
    state: str = ""
    #: The key of a programme in which they have a place, or the role.
    programme: int | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.role or self.state or self.programme)


def listed(administrator: User, wanted: Wanted, number: str | None) -> Page[Any]:
    """Return a page of the people of an administrator by name, with their roles there."""
    rows = people_found(administrator, wanted)
    return Paginator(rows.order_by("name", "pk"), PEOPLE_A_PAGE).get_page(number)


def people_found(administrator: User, wanted: Wanted) -> QuerySet[Any]:
    """Return the people of an administrator who are looked for, with their roles there."""
    programmes = programmes_administered(administrator).order_by()
    institutions = institutions_administered(administrator)
    people = access.people_administered(administrator)
    for word in wanted.words.split():
        people = people.filter(
            Q(name__icontains=word) | Q(email__icontains=word) | Q(student_number__icontains=word)
        )
    if wanted.state == "off":
        people = people.filter(is_active=False)
    elif wanted.state == "never":
        people = people.filter(last_login=None)
    looked_in = programmes
    if wanted.programme:
        looked_in = programmes.filter(pk=wanted.programme)
        people = people.filter(access.places_in(looked_in))
    runs = InstitutionAdministrator.objects.filter(
        person=OuterRef("pk"), institution__in=institutions
    )
    if wanted.role == OF_INSTITUTION:
        people = people.filter(Exists(runs))
    elif wanted.role:
        people = people.filter(
            Exists(
                ProgrammeMembership.objects.filter(
                    person=OuterRef("pk"), role=wanted.role, programme__in=looked_in.values("pk")
                )
            )
        )
    roles = (
        ProgrammeMembership.objects.filter(programme__in=programmes.values("pk"))
        .select_related("programme")
        .order_by("programme__name_nl", "role")
    )
    return people.annotate(runs_institution=Exists(runs)).prefetch_related(
        Prefetch("programme_memberships", queryset=roles, to_attr="roles_here")
    )


@dataclass(frozen=True)
class RoleRow:
    """A role that somebody has, and whether this administrator can take it away."""

    programme: Programme
    role: Role
    can_be_taken: bool

    @property
    def is_student(self) -> bool:
        """Perhaps by mistake."""
        return self.role == Role.STUDENT


@dataclass(frozen=True)
class PersonSeen:
    """What an administrator sees of somebody."""

    person: User
    roles: list[RoleRow]
    #: Institutions of the administrator that this person runs too, and those they could run.
    runs: list[Institution]
    could_run: list[Institution]
    #: Only the owner of the address can be in the account.
    is_proven: bool
    #: Nothing of this person lies outside what the administrator administers.
    is_wholly_own: bool
    guides: bool
    invited_at: datetime | None

    @property
    def waits(self) -> bool:
        """Invited, and without a password to come in with."""
        return not self.person.has_usable_password()


def person_seen(person: User, administrator: User) -> PersonSeen:
    """Return what an administrator sees of somebody, in a fixed number of queries."""
    given = access.roles_given_by(administrator)
    members = (
        ProgrammeMembership.objects.filter(person=person, programme__in=given.keys())
        .select_related("programme__institution")
        .order_by("programme__name_nl", "programme", "role")
    )
    roles = [
        RoleRow(row.programme, Role(row.role), row.role in given[row.programme_id])
        for row in members
    ]
    own = list(institutions_administered(administrator))
    running = set(person.institutions_administered.values_list("institution", flat=True))
    within = {row.programme.institution_id for row in roles}
    mail = AccountMail.objects.filter(person=person, kind=AccountMail.Kind.INVITED).first()
    return PersonSeen(
        person=person,
        roles=roles,
        runs=[one for one in own if one.pk in running],
        could_run=[one for one in own if one.pk in within - running],
        is_proven=is_proven(person),
        is_wholly_own=access.people_administered_wholly(administrator)
        .filter(pk=person.pk)
        .exists(),
        guides=links_in(person, given.keys()).exists(),
        invited_at=mail.mailed_at or mail.asked_at if mail else None,
    )


def links_in(teacher: User, programmes: Collection[int]) -> QuerySet[PlacementTeacher]:
    """Return the links of a teacher with students of these programmes, as far as they last."""
    return PlacementTeacher.objects.filter(
        teacher=teacher, ended_at=None, placement__cohort__programme__in=programmes
    )


def is_proven(person: User) -> bool:
    """Return whether only the owner of the address can be in this account.

    Somebody showed that the address is theirs, or it was made for them and nobody came in yet:
    then they have to before there is any way in.
    """
    return has_verified_email(person) or not was_ever_entered(person)


def may_be_invited_again(person: User, at: datetime) -> bool:
    """Return whether another mail with a link can go today."""
    lately = AccountMail.objects.filter(
        person=person, kind=AccountMail.Kind.INVITED, asked_at__gt=at - timedelta(days=1)
    )
    return lately.count() < MOST_INVITATIONS

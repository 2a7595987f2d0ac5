"""Which people somebody administers, and what they may give them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.access import (
    administrators_of_each,
    institutions_administered,
    programmes_administered,
)
from stageapp.programmes.models import (
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
)

#: What administrators of a programme give in it; more is for those of the institution.
GIVEN_IN_PROGRAMME = (Role.STUDENT, Role.TEACHER)


def people_administered(person: User) -> QuerySet[User]:
    """Return who has a place in a programme or an institution that somebody administers."""
    return _people_of(programmes_administered(person), institutions_administered(person))


def people_administered_wholly(person: User) -> QuerySet[User]:
    """Return of those people who have no place anywhere else.

    Only their accounts can be switched off and on: that closes everything they have.
    """
    own = programmes_administered(person).order_by()
    places = places_in(Programme.objects.exclude(pk__in=own.values("pk")))
    runs = InstitutionAdministrator.objects.filter(person=OuterRef("pk")).exclude(
        institution__in=institutions_administered(person)
    )
    return people_administered(person).exclude(places | Exists(runs))


def mergeable_in(institution: Institution) -> QuerySet[User]:
    """Return whose accounts can be merged with another one of this institution.

    Who has a place in it and nowhere else, administers nothing, and is switched on.
    """
    here = Programme.objects.filter(institution=institution)
    elsewhere = places_in(Programme.objects.exclude(institution=institution))
    runs = InstitutionAdministrator.objects.filter(person=OuterRef("pk"))
    administers = ProgrammeMembership.objects.filter(person=OuterRef("pk"), role=Role.ADMINISTRATOR)
    return User.objects.filter(places_in(here), is_active=True, is_nobody=False).exclude(
        elsewhere | Exists(runs) | Exists(administers)
    )


def institution_to_merge_in(person: User, administrator: User) -> Institution | None:
    """Return the institution in which an administrator may merge somebody's account, if any."""
    own = institutions_administered(administrator).order_by("pk")
    return next((one for one in own if mergeable_in(one).filter(pk=person.pk).exists()), None)


def _people_of(
    programmes: QuerySet[Programme], institutions: QuerySet[Institution]
) -> QuerySet[User]:
    runs = InstitutionAdministrator.objects.filter(
        person=OuterRef("pk"), institution__in=institutions
    )
    return User.objects.filter(places_in(programmes) | Exists(runs), is_nobody=False)


def places_in(programmes: QuerySet[Programme]) -> Q:
    """Return who has a role in one of these programmes, a placement, or students."""
    keys = programmes.order_by().values("pk")
    members = ProgrammeMembership.objects.filter(person=OuterRef("pk"), programme__in=keys)
    placed = Placement.objects.filter(student=OuterRef("pk"), cohort__programme__in=keys)
    guides = PlacementTeacher.objects.filter(
        teacher=OuterRef("pk"), placement__cohort__programme__in=keys, ended_at=None
    )
    return Q(Exists(members)) | Q(Exists(placed)) | Q(Exists(guides))


def programmes_of(person: User, administrator: User) -> QuerySet[Programme]:
    """Return the programmes of an administrator in which somebody has a place."""
    placed = Placement.objects.filter(student=person, cohort__programme=OuterRef("pk"))
    guides = PlacementTeacher.objects.filter(
        teacher=person, placement__cohort__programme=OuterRef("pk"), ended_at=None
    )
    members = ProgrammeMembership.objects.filter(person=person, programme=OuterRef("pk"))
    return programmes_administered(administrator).filter(
        Exists(members) | Exists(placed) | Exists(guides)
    )


def institution_shared(person: User, administrator: User) -> Institution:
    """Return the institution in which an administrator has to do with somebody."""
    programme = programmes_of(person, administrator).first()
    if programme:
        return programme.institution
    return institutions_administered(administrator).filter(administrators__person=person)[0]


def roles_given_by(person: User) -> dict[int, tuple[Role, ...]]:
    """Return which roles an administrator gives and takes away, by the key of the programme."""
    whole = set(institutions_administered(person).values_list("pk", flat=True))
    return {
        key: tuple(Role) if institution in whole else GIVEN_IN_PROGRAMME
        for key, institution in programmes_administered(person)
        .order_by()
        .values_list("pk", "institution")
    }


def readers_of(person: User, administrator: User) -> set[User]:
    """Return who sees the page about a person, for what this administrator sees of it."""
    programmes = list(programmes_of(person, administrator))
    found = set().union(*administrators_of_each(programmes).values())
    institutions = institutions_administered(administrator).filter(administrators__person=person)
    return found | set(User.objects.filter(institutions_administered__institution__in=institutions))

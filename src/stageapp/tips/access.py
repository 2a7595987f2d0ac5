"""Whose tips are whose: administrators write those of their programmes, students see their own."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.programmes.models import (
    Cohort,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
)
from stageapp.tips.models import Tip


def programmes_administered(person: User) -> QuerySet[Programme]:
    """Return the programmes of an administrator: their own, or all of their institution."""
    own = ProgrammeMembership.objects.filter(
        programme=OuterRef("pk"), person=person, role=Role.ADMINISTRATOR
    )
    whole = InstitutionAdministrator.objects.filter(
        institution=OuterRef("institution"), person=person
    )
    return Programme.objects.filter(Exists(own) | Exists(whole)).select_related("institution")


def tips_administered(person: User) -> QuerySet[Tip]:
    """Return the tips that somebody may see and change as an administrator."""
    return Tip.objects.filter(programme__in=programmes_administered(person)).select_related(
        "programme__institution"
    )


def cohorts_administered(person: User) -> QuerySet[Cohort]:
    """Return the cohorts that somebody may give tips to."""
    return Cohort.objects.filter(programme__in=programmes_administered(person)).select_related(
        "programme__institution"
    )


def administrators_of(programme: Programme) -> QuerySet[User]:
    """Return everybody who can see the tips of a programme as an administrator."""
    return User.objects.filter(
        Q(
            pk__in=ProgrammeMembership.objects.filter(
                programme=programme, role=Role.ADMINISTRATOR
            ).values("person")
        )
        | Q(
            pk__in=InstitutionAdministrator.objects.filter(
                institution=programme.institution_id
            ).values("person")
        )
    )


def tips_shown_to(placement: Placement) -> QuerySet[Tip]:
    """Return the tips that were ever shown to the student of a placement."""
    return Tip.objects.filter(showings__placement=placement).distinct()


def readers_of(placement: Placement) -> list[User]:
    """Return everybody who can see which tips there are for a placement."""
    return [placement.student]

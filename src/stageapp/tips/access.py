"""Whose tips are whose: administrators write those of their programmes, students see their own."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.programmes.access import programmes_administered
from stageapp.tips.models import Tip


def tips_administered(person: User) -> QuerySet[Tip]:
    """Return the tips that somebody may see and change as an administrator."""
    return Tip.objects.filter(programme__in=programmes_administered(person)).select_related(
        "programme__institution"
    )


def tips_shown_to(placement: Placement) -> QuerySet[Tip]:
    """Return the tips that were ever shown to the student of a placement."""
    return Tip.objects.filter(showings__placement=placement).distinct()


def readers_of(placement: Placement) -> list[User]:
    """Return everybody who can see which tips there are for a placement."""
    return [placement.student]

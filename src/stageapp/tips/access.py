"""Whose tips are whose: a student reacts to what was shown to them, and nobody else sees it."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.tips.models import Tip


def tips_shown_to(placement: Placement) -> QuerySet[Tip]:
    """Return the tips that were ever shown to the student of a placement."""
    return Tip.objects.filter(showings__placement=placement).distinct()


def readers_of(placement: Placement) -> list[User]:
    """Return everybody who can see which tips there are for a placement."""
    return [placement.student]

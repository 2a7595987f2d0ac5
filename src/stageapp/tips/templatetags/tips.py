"""What pages of other features show of tips."""

from typing import Any

from django import template
from django.utils import timezone

from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort
from stageapp.tips.cards import show_tips

register = template.Library()


@register.inclusion_tag("tips/_one.html", takes_context=True)
def one_tip(context: template.Context, placement: Placement) -> dict[str, Any]:
    """Show the most important tip of now, if there is one, and remember that it was shown."""
    return {
        "cards": show_tips(placement, at=timezone.now(), most=1),
        "next": context["request"].get_full_path(),
    }


@register.simple_tag
def number_of_tips(cohort: Cohort) -> int:
    """Return how many tips hold for a cohort."""
    return cohort.tips.count()

"""What pages of other features show of the guide."""

from django import template
from django.utils.translation import get_language

from stageapp.guide.catalogue import Article, guide_in

register = template.Library()


@register.inclusion_tag("guide/_link.html")
def guide_link(slug: str) -> dict[str, Article]:
    """Lead to an article that helps here."""
    return {"article": guide_in(get_language() or "nl").articles[slug]}

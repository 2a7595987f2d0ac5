"""What pages of administrators say of the parts of a form, without anything that stands in them."""

from django import template

from stageapp.logbook.queries_manage import Writers, writers_of
from stageapp.programmes.models import FormPart

register = template.Library()


@register.simple_tag
def writers(part: FormPart) -> Writers:
    """Return how many students a change of a part touches."""
    return writers_of(part)

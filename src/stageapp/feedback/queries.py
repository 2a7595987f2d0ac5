"""Who gets what people say about the app."""

from django.conf import settings

from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.models import Institution


def addresses(institution: Institution | None) -> list[str]:
    """Return the addresses in the settings, else those of the functional administrators."""
    if settings.FEEDBACK_TO or institution is None:
        return list(settings.FEEDBACK_TO)
    people = functional_administrators_of(institution).filter(is_active=True)
    return list(people.order_by("email").values_list("email", flat=True))

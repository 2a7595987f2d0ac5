"""Who may see what: a student what they took out, functional administrators the keys."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.integrations.portfolio.models import Badge, Portfolio, SigningKey
from stageapp.programmes.access import institutions_administered
from stageapp.programmes.models import Institution

_INSTITUTION = "placement__cohort__programme__institution"


def portfolios_of(student: User) -> QuerySet[Portfolio]:
    """Return the student's own portfolios, those in the making as well."""
    own = Portfolio.objects.filter(placement__student=student)
    return own.select_related("placement__student", "placement__workplace", _INSTITUTION)


def badges_of(student: User) -> QuerySet[Badge]:
    """Return the student's own badges."""
    own = Badge.objects.filter(placement__student=student)
    return own.select_related("placement__student", _INSTITUTION, "key")


def keys_administered(person: User) -> QuerySet[SigningKey]:
    """Return the keys of the institutions that somebody runs; the private halves leave nowhere."""
    return SigningKey.objects.filter(
        institution__in=institutions_administered(person)
    ).select_related("institution")


def keys_published(institution: Institution | None) -> QuerySet[SigningKey]:
    """Return the keys that everybody may have, to check what was signed.

    Where the host belongs to no institution: those of the ones without a host of their own.
    """
    keys = SigningKey.objects.filter(withdrawn_at=None)
    if institution is None:
        return keys.filter(institution__host="")
    return keys.filter(institution=institution)

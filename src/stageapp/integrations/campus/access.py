"""Which campus sign-in somebody may set up, come in by, or remove."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.integrations.campus.models import CampusAccount, CampusProvider, CampusRule
from stageapp.programmes.access import institutions_administered
from stageapp.programmes.models import Institution


def providers_administered(person: User) -> QuerySet[CampusProvider]:
    """Return the providers that a functional administrator may change."""
    return CampusProvider.objects.filter(
        institution__in=institutions_administered(person)
    ).select_related("institution")


def rules_administered(person: User) -> QuerySet[CampusRule]:
    """Return the rules that a functional administrator may remove."""
    return CampusRule.objects.filter(
        provider__institution__in=institutions_administered(person)
    ).select_related("provider__institution", "programme")


def providers_at(institution: Institution | None) -> QuerySet[CampusProvider]:
    """Return by what anybody can come in at the host of an institution."""
    return CampusProvider.objects.filter(institution=institution).select_related("institution")


def accounts_of(person: User) -> QuerySet[CampusAccount]:
    """Return with which campus accounts somebody comes in."""
    return CampusAccount.objects.filter(person=person).select_related("provider__institution")

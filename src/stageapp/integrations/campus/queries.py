"""Questions about campus sign-in. Nothing here writes."""

from collections.abc import Iterable

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.accounts.queries import has_verified_email, ways_in
from stageapp.integrations.campus.models import (
    CampusAccount,
    CampusDomain,
    CampusProvider,
    CampusRule,
    Passwords,
)
from stageapp.integrations.campus.rules import Arrival, domain_of, holds
from stageapp.placements.queries import institutions_of
from stageapp.programmes.models import Institution
from stageapp.programmes.queries import is_administrator


def provider_on(institution: Institution | None) -> CampusProvider | None:
    """Return by what people of an institution come in, if anything."""
    if institution is None:
        return None
    return (
        CampusProvider.objects.filter(institution=institution, is_on=True)
        .select_related("institution")
        .first()
    )


def provider_for(email: str) -> CampusProvider | None:
    """Return by what who has this address comes in: by its domain alone, whoever they are."""
    owned = domains_that_count().filter(domain=domain_of(email)).values("institution")
    return (
        CampusProvider.objects.filter(institution__in=owned, is_on=True)
        .select_related("institution")
        .first()
    )


def only_provider_for(person: User) -> CampusProvider | None:
    """Return what somebody has to come in by, where their password counts no more.

    An institution decides that for its own people, not for those of another with such an address.
    """
    provider = provider_for(person.email)
    if provider is None or provider.passwords != Passwords.ONLY:
        return None
    return provider if takes(provider, person) else None


def takes(provider: CampusProvider, person: User) -> bool:
    """Return whether somebody is of the institution of a provider, or of none yet.

    Whoever runs a provider can come in as who is linked with it: not as people of another one.
    """
    homes = list(institutions_of(person))
    return not homes or provider.institution in homes


def vouches_for(provider: CampusProvider, person: User) -> bool:
    """Return whether the word of a campus is enough for an account that nobody showed to be theirs.

    Not for people of another institution as well, nor for administrators, nor for who comes in by
    a campus already: they are asked for a code by mail.
    """
    return (
        set(institutions_of(person)) <= {provider.institution}
        and not is_administrator(person)
        and not is_theirs(person)
        and not person.campus_accounts.exists()
    )


def account_of(provider: CampusProvider, subject: str) -> CampusAccount | None:
    """Return whose account of a campus this is here."""
    return (
        CampusAccount.objects.filter(provider=provider, subject=subject)
        .select_related("person")
        .first()
    )


def domains_that_count() -> QuerySet[CampusDomain]:
    """Return the domains of which is sure whose they are.

    Institutions type theirs without proof. One that is alone can fool only itself; among several
    whoever runs the server confirms them.
    """
    is_alone = Institution.objects.count() == 1
    return (
        CampusDomain.objects.all() if is_alone else CampusDomain.objects.filter(is_confirmed=True)
    )


def owns(institution: Institution, email: str) -> bool:
    """Return whether an institution owns the domain of an address."""
    return domains_that_count().filter(institution=institution, domain=domain_of(email)).exists()


def domains_to_confirm(institution: Institution) -> list[str]:
    """Return the domains of an institution that do not count yet."""
    counting = domains_that_count().values("pk")
    return list(
        institution.campus_domains.exclude(pk__in=counting).values_list("domain", flat=True)
    )


def roles_for(provider: CampusProvider, arrival: Arrival) -> list[CampusRule]:
    """Return the rules that hold for somebody, one for each role in a programme."""
    rules = CampusRule.objects.filter(provider=provider).select_related("programme__institution")
    return one_each(rule for rule in rules if holds(rule, arrival.attributes))


def one_each(rules: Iterable[CampusRule]) -> list[CampusRule]:
    """Return the first rule of each role in a programme."""
    first: dict[tuple[str, int], CampusRule] = {}
    for rule in rules:
        first.setdefault((rule.role, rule.programme_id), rule)
    return list(first.values())


def is_theirs(person: User) -> bool:
    """Return whether somebody has shown that an account is theirs, by their address."""
    return has_verified_email(person)


def can_come_in_without(account: CampusAccount) -> bool:
    """Return whether somebody has another way in: a password that counts, a passkey, a campus."""
    person = account.person
    others = CampusAccount.objects.filter(person=person, provider__is_on=True)
    if others.exclude(pk=account.pk).exists() or ways_in(person).passkeys:
        return True
    return person.has_usable_password() and only_provider_for(person) is None

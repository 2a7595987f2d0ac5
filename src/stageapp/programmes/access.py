"""Who administers which programmes."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.programmes.models import (
    Cohort,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
)


def programmes_administered(person: User) -> QuerySet[Programme]:
    """Return the programmes of an administrator: their own, or all of their institution."""
    own = ProgrammeMembership.objects.filter(
        programme=OuterRef("pk"), person=person, role=Role.ADMINISTRATOR
    )
    whole = InstitutionAdministrator.objects.filter(
        institution=OuterRef("institution"), person=person
    )
    return Programme.objects.filter(Exists(own) | Exists(whole)).select_related("institution")


def cohorts_administered(person: User) -> QuerySet[Cohort]:
    """Return the cohorts of the programmes that somebody administers."""
    return Cohort.objects.filter(programme__in=programmes_administered(person)).select_related(
        "programme__institution"
    )


def audience_of(programmes: Collection[Programme], viewer: User) -> str:
    """Return the mark of a page about all programmes of an administrator.

    Who administers some of them, and others, sees those of their own.
    """
    readers = set().union(*administrators_of_each(programmes).values())
    audience = audience_text(readers, viewer)
    if len(programmes) == 1 or readers <= {viewer}:
        return audience
    return _("%(audience)s, each for their own programmes") % {"audience": audience}


def administrators_of(programme: Programme) -> set[User]:
    """Return everybody who administers a programme."""
    return administrators_of_each([programme])[programme.pk]


def administrators_of_each(programmes: Iterable[Programme]) -> dict[int, set[User]]:
    """Return the administrators of each programme by its key, in two queries for any number."""
    known = list(programmes)
    of_programme, of_institution = defaultdict(set), defaultdict(set)
    for member in ProgrammeMembership.objects.filter(
        programme__in=known, role=Role.ADMINISTRATOR
    ).select_related("person"):
        of_programme[member.programme_id].add(member.person)
    for administrator in InstitutionAdministrator.objects.filter(
        institution__in={programme.institution_id for programme in known}
    ).select_related("person"):
        of_institution[administrator.institution_id].add(administrator.person)
    return {
        programme.pk: of_programme[programme.pk] | of_institution[programme.institution_id]
        for programme in known
    }

"""Who administers which programmes."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from stageapp.accounts.models import User
from stageapp.programmes.models import (
    Cohort,
    Competence,
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
    VocabularyEntry,
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


def institutions_administered(person: User) -> QuerySet[Institution]:
    """Return the institutions that somebody administers as a whole."""
    return Institution.objects.filter(administrators__person=person)


def entries_administered(person: User) -> QuerySet[VocabularyEntry]:
    """Return the choices that an administrator may change; never what a student added."""
    return VocabularyEntry.objects.filter(
        owner=None, cohort__in=cohorts_administered(person)
    ).select_related("cohort__programme__institution")


def competences_administered(person: User) -> QuerySet[Competence]:
    """Return the competences that an administrator may change."""
    return Competence.objects.filter(cohort__in=cohorts_administered(person)).select_related(
        "cohort__programme__institution"
    )


def institution_administrators(institution: Institution) -> set[User]:
    """Return everybody who administers an institution as a whole."""
    rows = InstitutionAdministrator.objects.filter(institution=institution)
    return {row.person for row in rows.select_related("person")}


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

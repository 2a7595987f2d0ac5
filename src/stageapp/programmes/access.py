"""Who administers which programmes and institutions, and reads the record of who did what."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.programmes.models import (
    Announcement,
    Cohort,
    Competence,
    Holiday,
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
    VocabularyEntry,
)


def institutions_administered(person: User) -> QuerySet[Institution]:
    """Return the institutions whose functional administrator somebody is."""
    return Institution.objects.filter(administrators__person=person)


def announcements_administered(person: User) -> QuerySet[Announcement]:
    """Return the messages of the day that somebody may change."""
    return Announcement.objects.filter(
        institution__in=institutions_administered(person)
    ).select_related("institution")


def holidays_administered(person: User) -> QuerySet[Holiday]:
    """Return the holidays that somebody may remove."""
    return Holiday.objects.filter(institution__in=institutions_administered(person)).select_related(
        "institution"
    )


def functional_administrators_of(institution: Institution) -> QuerySet[User]:
    """Return who runs the installation of an institution."""
    return User.objects.filter(institutions_administered__institution=institution)


def audit_of(person: User) -> QuerySet[AuditEntry]:
    """Return what a functional administrator can read in the record of who did what.

    That is what happened in their institutions; of signing in, which belongs to none, what those
    did who have a role there. The record holds keys and settings, nothing that somebody wrote.
    """
    institutions = institutions_administered(person)
    members = User.objects.filter(
        Q(programme_memberships__programme__institution__in=institutions)
        | Q(institutions_administered__institution__in=institutions)
    ).distinct()
    keys = members.values("pk")
    return AuditEntry.objects.filter(
        Q(institution_key__in=institutions.values("pk"))
        | Q(institution_key=None, actor_key__in=keys)
        | Q(institution_key=None, actor_key=None, subject__in=subjects_of(members))
    )


def subjects_of(people: QuerySet[User]) -> QuerySet[User, str]:
    """Return what the record calls these people, such as "person:12"."""
    return people.values_list(Concat(Value("person:"), Cast("pk", CharField())), flat=True)


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
    """Return the mark of a page about one or all programmes of an administrator.

    Who administers some of them, and others, sees those of their own.
    """
    readers = set().union(*administrators_of_each(programmes).values())
    audience = audience_text(readers, viewer)
    if len(programmes) == 1 or readers <= {viewer}:
        return audience
    return _("%(audience)s, each for their own programmes") % {"audience": audience}


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

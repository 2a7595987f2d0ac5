"""Whose registrations and courses somebody may see and change."""

from django.db.models import QuerySet

from stageapp.accounts.models import User
from stageapp.integrations.lti.models import Course, Deployment, Platform
from stageapp.programmes.access import cohorts_administered, institutions_administered
from stageapp.programmes.models import Cohort, Institution, Role


def platforms_administered(person: User) -> QuerySet[Platform]:
    """Return the registrations of the institutions that somebody runs."""
    return Platform.objects.filter(
        institution__in=institutions_administered(person)
    ).select_related("institution")


def deployments_administered(person: User) -> QuerySet[Deployment]:
    """Return the deployments of those registrations."""
    return Deployment.objects.filter(platform__in=platforms_administered(person)).select_related(
        "platform__institution"
    )


def courses_administered(person: User) -> QuerySet[Course]:
    """Return the courses of those registrations."""
    return Course.objects.filter(
        deployment__platform__in=platforms_administered(person)
    ).select_related("deployment__platform__institution", "cohort__programme__institution")


def courses_to_connect(person: User, taught: list[int]) -> QuerySet[Course]:
    """Return the courses without a cohort that somebody came from as their teacher.

    `taught` is what their session remembers of their launches.
    """
    return Course.objects.filter(
        pk__in=taught, cohort=None, deployment__platform__identities__person=person
    ).select_related("deployment__platform__institution")


def cohorts_to_connect(person: User, institution: Institution) -> QuerySet[Cohort]:
    """Return the cohorts of the programmes that somebody teaches or administers there."""
    taught = Cohort.objects.filter(
        programme__memberships__person=person, programme__memberships__role=Role.TEACHER
    )
    own = Cohort.objects.filter(pk__in=taught.values("pk")) | Cohort.objects.filter(
        pk__in=cohorts_administered(person).values("pk")
    )
    return own.filter(programme__institution=institution).select_related("programme")

"""A programme with an administrator of its own and one of the institution."""

from dataclasses import dataclass
from typing import Any

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.administration.models import AccountMail
from stageapp.notifications.actions import send_due
from stageapp.programmes.models import (
    Cohort,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
)
from tests import factories


@dataclass(frozen=True)
class School:
    """Bouwkunde, where Ria administers; Bea runs the whole institution."""

    cohort: Cohort
    ria: User
    bea: User

    @property
    def programme(self) -> Programme:
        return self.cohort.programme

    def member(
        self, name: str, role: Role = Role.STUDENT, programme: Programme | None = None, **rest: Any
    ) -> User:
        """Return somebody with a role, in Bouwkunde unless told otherwise."""
        person = factories.person(name, **rest)
        give(person, programme or self.programme, role)
        return person


def made_school() -> School:
    cohort = factories.cohort(programme=factories.programme(slug="bouwkunde"))
    ria, bea = factories.person("Ria Beheer"), factories.person("Bea Functioneel")
    give(ria, cohort.programme, Role.ADMINISTRATOR)
    InstitutionAdministrator.objects.create(institution=cohort.programme.institution, person=bea)
    return School(cohort, ria, bea)


def give(person: User, programme: Programme, role: Role) -> None:
    ProgrammeMembership.objects.create(person=person, programme=programme, role=role)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def roles_of(person: User) -> set[str]:
    return set(person.programme_memberships.values_list("role", flat=True))


def mails_sent() -> list[EmailMultiAlternatives]:
    """Send what waits, and return all mails about accounts."""
    send_due(AccountMail, at=timezone.now())
    return [one for one in mail.outbox if isinstance(one, EmailMultiAlternatives)]

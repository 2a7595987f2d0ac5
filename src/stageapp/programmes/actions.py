"""What happens to programmes and the people in them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.models import (
    Agreement,
    Institution,
    InstitutionAdministrator,
    PreferredReflectionModel,
    Programme,
    ProgrammeMembership,
    ReflectionModel,
    Role,
)
from stageapp.programmes.queries import current_number


def enrol(student: User, *, programme: Programme) -> ProgrammeMembership:
    """Make somebody a student of a programme; once is enough."""
    membership, _ = ProgrammeMembership.objects.get_or_create(
        person=student, programme=programme, role=Role.STUDENT
    )
    return membership


def agree_with_statement(
    person: User, institution: Institution, *, at: datetime | None = None
) -> None:
    """Keep that somebody agreed with the privacy statement of now; once is enough."""
    Agreement.objects.get_or_create(
        person=person,
        institution=institution,
        number=current_number(institution),
        defaults={"agreed_at": at or timezone.now()},
    )


@transaction.atomic
def appoint_administrator(person: User, institution: Institution, *, at: datetime) -> None:
    """Make somebody functional administrator of an institution, on the machine itself."""
    _row, is_new = InstitutionAdministrator.objects.get_or_create(
        person=person, institution=institution
    )
    if is_new:
        record(
            Kind.ROLE_GIVEN,
            at=at,
            institution=institution.pk,
            subject=f"person:{person.pk}",
            role="functional administrator",
        )


@transaction.atomic
def prefer_reflection_models(person: User, models: Collection[ReflectionModel]) -> None:
    """Keep which reflection models somebody likes to use."""
    own = PreferredReflectionModel.objects.filter(person=person)
    own.exclude(model__in=models).delete()
    PreferredReflectionModel.objects.bulk_create(
        [PreferredReflectionModel(person=person, model=model) for model in models],
        ignore_conflicts=True,
    )

"""What happens to programmes and the people in them."""

import re
import zoneinfo
from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

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

#: Letters, figures and dashes between dots; no scheme, no port, no path.
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


def enrol(student: User, *, programme: Programme) -> ProgrammeMembership:
    """Make somebody a student of a programme; once is enough."""
    membership, _is_new = ProgrammeMembership.objects.get_or_create(
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
def keep_institution(slug: str, told: Mapping[str, str], *, at: datetime) -> Institution:
    """Make an institution, or change its name, host or time zone, on the machine itself.

    Raises ValidationError where that cannot be: a new one without a name, a host that another one
    has or that is no host name, a time zone that does not exist.
    """
    known = Institution.objects.select_for_update().filter(slug=slug).first()
    institution = known or Institution(slug=slug)
    for name, value in told.items():
        setattr(institution, name, value.lower() if name == "host" else value)
    if institution.host and not _HOST_NAME.fullmatch(institution.host):
        raise ValidationError({"host": _("This is not a host name, such as stage.school.example.")})
    others = Institution.objects.exclude(pk=institution.pk)
    if institution.host and others.filter(host__iexact=institution.host).exists():
        raise ValidationError({"host": _("Another institution has this host name.")})
    if institution.time_zone not in zoneinfo.available_timezones():
        raise ValidationError(
            {"time_zone": _("This is not a time zone, such as Europe/Amsterdam.")}
        )
    institution.full_clean()
    institution.save()
    if known is None or told:
        record(
            Kind.SETTINGS_CHANGED,
            at=at,
            institution=institution.pk,
            subject=f"institution:{institution.pk}",
            change="changed" if known else "made",
            **{name: told[name] for name in ("host", "time_zone") if name in told},
        )
    return institution


@transaction.atomic
def prefer_reflection_models(person: User, models: Collection[ReflectionModel]) -> None:
    """Keep which reflection models somebody likes to use."""
    own = PreferredReflectionModel.objects.filter(person=person)
    own.exclude(model__in=models).delete()
    PreferredReflectionModel.objects.bulk_create(
        [PreferredReflectionModel(person=person, model=model) for model in models],
        ignore_conflicts=True,
    )

"""The first functional administrator is appointed on the machine itself."""

import pytest
from django.core.management import CommandError, call_command

from stageapp.audit.models import AuditEntry, Kind
from stageapp.programmes.models import InstitutionAdministrator
from tests import factories

pytestmark = pytest.mark.django_db


def test_somebody_with_an_account_is_appointed_once() -> None:
    somebody = factories.person("Bea Heer", "beheer@school.example")
    school = factories.institution(slug="school")

    for _ in range(2):
        call_command("appoint_administrator", "Beheer@School.example", institution="school")

    assert InstitutionAdministrator.objects.get(institution=school).person == somebody
    assert AuditEntry.objects.get(kind=Kind.ROLE_GIVEN).subject == f"person:{somebody.pk}"


def test_who_or_what_does_not_exist_is_named() -> None:
    factories.person(email="beheer@school.example")

    with pytest.raises(CommandError, match="no account with nobody"):
        call_command("appoint_administrator", "nobody@school.example", institution="school")
    with pytest.raises(CommandError, match="no institution school"):
        call_command("appoint_administrator", "beheer@school.example", institution="school")

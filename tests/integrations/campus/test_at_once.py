"""Two windows at once: one account, one link, whatever the order."""

import pytest
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.integrations.campus import actions
from stageapp.integrations.campus.models import CampusAccount, CampusProvider
from stageapp.integrations.campus.rules import CampusError, Newcomer
from stageapp.programmes.models import ProgrammeMembership
from tests import factories
from tests.integrations.campus import campus
from tests.programmes.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_first_sign_in_in_two_windows_makes_one_account() -> None:
    provider = CampusProvider.objects.create(
        institution=campus.institution(), protocol="oidc", name="Campus", is_on=True
    )
    rule = campus.rule(provider)
    sanne = Newcomer("s", "sanne@hogeschool.example", "Sanne", "nl", "", True, [rule.pk])

    def welcome() -> None:
        actions.welcome(provider, sanne, at=timezone.now())

    refused = at_once(welcome, welcome, welcome)

    assert refused == []
    person = User.objects.get(email="sanne@hogeschool.example")
    assert CampusAccount.objects.get().person == person
    assert ProgrammeMembership.objects.count() == 1


def test_two_people_do_not_get_the_same_campus_account() -> None:
    provider = CampusProvider.objects.create(
        institution=campus.institution(), protocol="oidc", name="Campus", is_on=True
    )
    newcomer = Newcomer("s", "", "Sanne", "nl", "", False, [])
    one, other = factories.person(), factories.person()

    refused = at_once(
        lambda: actions.link(provider, one, newcomer, at=timezone.now()),
        lambda: actions.link(provider, other, newcomer, at=timezone.now()),
    )

    assert [type(problem) for problem in refused] == [CampusError]
    assert CampusAccount.objects.count() == 1

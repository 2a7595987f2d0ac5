"""An address that somebody typed at a first launch, and the owner of it who comes later.

Where an environment does not check addresses, anybody may type any. Nothing that was made so may
last once the owner of the address is invited, or shows that it is theirs.
"""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from stageapp.accounts.actions import choose_first_password
from stageapp.accounts.models import User
from stageapp.administration.actions import give_institution, give_role, invite
from stageapp.administration.queries import is_proven
from stageapp.integrations.campus.models import CampusAccount, CampusProvider, Protocol
from stageapp.integrations.lti.models import Course, Handover, Identity, Platform
from stageapp.programmes.models import Cohort, Role
from tests import factories
from tests.integrations.lti.campus import Campus, launch

pytestmark = pytest.mark.django_db

ADDRESS = "future.teacher@school.example"
PASSWORD = "vier woorden achter elkaar"


@pytest.fixture
def claimed(client: Client, campus: Campus, cohort: Cohort, platform: Platform) -> User:
    """An account that a student made with the address of another; they are in it."""
    Course.objects.create(
        deployment=platform.deployments.get(),
        context_id="course-1",
        cohort=cohort,
        seen_at=timezone.now(),
    )
    launch(client, campus)
    client.post("/lti/welcome/", {"name": "Sanne", "email": ADDRESS, "agreement": "on"})
    person = User.objects.get(email=ADDRESS)
    assert client.get("/profile/").context["user"] == person
    assert not person.has_usable_password()
    return person


@pytest.fixture
def ria(cohort: Cohort) -> User:
    return factories.person("Ria")


def invited(ria: User, cohort: Cohort) -> None:
    invite(ADDRESS, "Mira", Role.TEACHER, cohort.programme, by=ria, at=timezone.now())


def is_out(client: Client, campus: Campus) -> bool:
    """Whether who made the account is in it no more, and does not come in again."""
    was_in = client.get("/profile/").status_code == 200
    return not was_in and launch(client, campus)["Location"] == "/lti/welcome/"


def test_who_typed_the_address_of_another_is_out_once_its_owner_is_invited(
    client: Client, campus: Campus, cohort: Cohort, claimed: User, ria: User
) -> None:
    invited(ria, cohort)

    # Another address would take the role along.
    client.post("/email/", {"email": "own@elsewhere.example", "action_add": ""})
    claimed.refresh_from_db()
    assert claimed.email == ADDRESS
    assert claimed.programme_memberships.filter(role=Role.TEACHER).exists()
    assert not Identity.objects.exists()
    assert is_out(client, campus)


@pytest.mark.parametrize("left", ["session", "identity", "campus"])
def test_account_is_only_made_for_its_owner_when_nobody_was_in_or_can_be(
    client: Client, cohort: Cohort, claimed: User, ria: User, left: str
) -> None:
    if left == "session":
        client.post(f"/lti/connections/{Identity.objects.get().pk}/end/")
    else:
        client.post("/logout/")
        User.objects.update(last_login=None)
    if left == "campus":
        Identity.objects.all().delete()
        provider = CampusProvider.objects.create(
            institution=cohort.programme.institution, protocol=Protocol.OIDC, name="Campus"
        )
        CampusAccount.objects.create(
            provider=provider, subject="x", person=claimed, linked_at=timezone.now()
        )

    assert not is_proven(claimed)
    now, programme = timezone.now(), cohort.programme
    with pytest.raises(ValidationError):
        give_role(claimed, programme, Role.ADMINISTRATOR, by=ria, at=now)
    with pytest.raises(ValidationError):
        give_institution(claimed, programme.institution, by=ria, at=now)
    invited(ria, cohort)
    assert not Identity.objects.exists()
    assert not CampusAccount.objects.exists()
    assert client.get("/profile/").status_code == 302


def test_who_was_invited_and_never_came_in_may_have_another_role(cohort: Cohort, ria: User) -> None:
    invited(ria, cohort)
    person = User.objects.get(email=ADDRESS)

    assert is_proven(person)
    assert give_role(person, cohort.programme, Role.ADMINISTRATOR, by=ria, at=timezone.now())


def test_first_password_of_the_owner_ends_what_was_there_before(
    client: Client, campus: Campus, claimed: User
) -> None:
    client.post("/lti/full-screen/", {"next": "/profile/"})
    EmailAddress.objects.create(user=claimed, email="own@elsewhere.example")

    assert choose_first_password(claimed, PASSWORD)

    assert is_out(client, campus)
    assert not Handover.objects.exists()
    assert EmailAddress.objects.get(user=claimed).email == ADDRESS


def test_first_password_of_an_address_that_was_checked_ends_nothing(
    client: Client, campus: Campus, claimed: User
) -> None:
    EmailAddress.objects.update(verified=True)

    assert choose_first_password(claimed, PASSWORD)

    assert Identity.objects.get().person == claimed


@pytest.mark.parametrize("is_verified", [False, True])
def test_password_set_by_mail_ends_what_was_there_before_it_was_shown_whose_the_address_is(
    client: Client, campus: Campus, claimed: User, is_verified: bool
) -> None:
    EmailAddress.objects.update(verified=is_verified)
    owner: Any = Client()

    owner.post("/password/reset/", {"email": ADDRESS})
    found = re.search(r"http://testserver(/password/reset/\S+)", str(mail.outbox[-1].body))
    assert found
    owner.post(owner.get(found[1])["Location"], {"password1": PASSWORD})

    claimed.refresh_from_db()
    assert claimed.check_password(PASSWORD)
    assert Identity.objects.exists() == is_verified
    assert is_verified or is_out(client, campus)
    told = {"login": ADDRESS, "password": PASSWORD}
    assert owner.post("/login/", told).status_code == 302

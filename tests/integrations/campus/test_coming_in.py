"""Coming in by a campus, for real: through providers that others wrote."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp_auth
from django.apps import apps
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.campus import actions
from stageapp.integrations.campus.models import CampusAccount, CampusDomain, CampusProvider
from stageapp.integrations.campus.rules import CampusError, Newcomer
from stageapp.programmes.models import Institution, ProgrammeMembership, Role
from tests import factories
from tests.integrations.campus import campus
from tests.integrations.campus.conftest import Peer

pytestmark = pytest.mark.django_db


def is_in(client: Client, person: User) -> bool:
    return client.session.get("_auth_user_id") == str(person.pk)


@dataclass
class Road:
    """One of the two protocols, with the provider at its other end."""

    protocol: str
    peer: Peer

    def provider(self, **fields: Any) -> CampusProvider:
        """Return a provider that is on."""
        make = campus.openid if self.protocol == "openid" else campus.saml
        return make(self.peer, **fields)

    def come(
        self,
        client: Client,
        provider: CampusProvider,
        who: str,
        email: str = "",
        affiliation: str = "student",
    ) -> Any:
        """Come in as somebody; return our answer at the end."""
        email = email or f"{who}@{campus.HOME}"
        if self.protocol == "openid":
            told = campus.claims(email, eduperson_affiliation=[affiliation])
            self.peer.tell("person", sub=who, claims=told)
            return campus.by_openid(client, provider, self.peer, who)
        attributes = campus.attributes(email, **{campus.AFFILIATION: [affiliation]})
        return campus.by_saml(client, provider, self.peer, name_id=who, attributes=attributes)


@pytest.fixture(params=["openid", "saml"])
def road(request: pytest.FixtureRequest) -> Road:
    return Road(request.param, request.getfixturevalue(f"{request.param}_peer"))


def code_in_mail() -> str:
    found = re.search(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def give_code(client: Client, provider: CampusProvider, code: str) -> Any:
    return client.post(
        f"/login/campus/{provider.pk}/code/", {"code": code}, headers={"host": "127.0.0.1"}
    )


def test_first_time_makes_a_confirmed_account_with_the_roles_of_the_rules(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    rule = campus.rule(provider)
    campus.rule(provider, value="employee", role=Role.TEACHER)

    answer = road.come(client, provider, "sanne-1")

    person = User.objects.get(email=f"sanne-1@{campus.HOME}")
    assert answer.status_code == 302
    assert is_in(client, person)
    assert person.name == "Sanne Bakker"
    assert not person.has_usable_password()
    assert list(ProgrammeMembership.objects.values_list("person", "role", "programme")) == [
        (person.pk, "student", rule.programme_id)
    ]
    # As every new student, they go on to say where their placement is.
    assert client.get("/", headers={"host": "127.0.0.1"})["Location"] == "/placement/"
    assert AuditEntry.objects.filter(kind=Kind.SIGNED_IN, actor_key=person.pk).exists()
    assert not mail.outbox


def test_second_time_is_the_same_account_whatever_the_address(client: Client, road: Road) -> None:
    provider = road.provider()
    campus.rule(provider)
    road.come(client, provider, "sanne-2")
    person = User.objects.get(email=f"sanne-2@{campus.HOME}")

    again = Client()
    road.come(again, provider, "sanne-2", email=f"getrouwd@{campus.HOME}")

    assert is_in(again, person)
    assert User.objects.filter(campus_accounts__isnull=False).count() == 1
    # On a device that was not used before, as with every sign-in.
    assert len(mail.outbox) == 1


def test_nobody_new_comes_in_without_a_rule_that_holds(client: Client, road: Road) -> None:
    provider = road.provider()
    campus.rule(provider, value="employee", role=Role.TEACHER)

    answer = road.come(client, provider, "sanne-3")

    assert campus.refusal(answer) == "no_place"
    assert not User.objects.filter(email=f"sanne-3@{campus.HOME}").exists()


def test_roles_come_at_a_later_sign_in_and_none_is_taken(client: Client, road: Road) -> None:
    provider = road.provider()
    student = campus.rule(provider)
    teacher = campus.rule(provider, value="employee", role=Role.TEACHER)
    road.come(client, provider, "sanne-4")

    road.come(Client(), provider, "sanne-4", affiliation="employee")

    roles = ProgrammeMembership.objects.values_list("role", "programme")
    assert set(roles) == {
        ("student", student.programme_id),
        ("teacher", teacher.programme_id),
    }


def test_who_has_an_account_already_shows_with_a_code_that_the_address_is_theirs(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    person = factories.person("Sanne Bakker", f"sanne-5@{campus.HOME}")

    answer = road.come(client, provider, "sanne-5")

    assert answer["Location"] == f"/login/campus/{provider.pk}/code/"
    assert not CampusAccount.objects.exists()
    assert not is_in(client, person)
    give_code(client, provider, code_in_mail())
    assert is_in(client, person)
    assert CampusAccount.objects.get().person == person
    again = Client()
    road.come(again, provider, "sanne-5")
    assert is_in(again, person)


def test_account_that_is_switched_off_stays_closed(client: Client, road: Road) -> None:
    provider = road.provider()
    campus.rule(provider)
    road.come(client, provider, "sanne-6")
    person = User.objects.get(email=f"sanne-6@{campus.HOME}")
    person.is_active = False
    person.save()

    again = Client()
    answer = road.come(again, provider, "sanne-6")

    assert answer["Location"] == "/login/closed/"
    assert not is_in(again, person)


def test_address_of_elsewhere_is_confirmed_by_mail_first(client: Client, road: Road) -> None:
    provider = road.provider()
    campus.rule(provider)

    answer = road.come(client, provider, "sanne-7", email="sanne@elders.example")

    assert answer["Location"].endswith("/code/")
    assert not User.objects.filter(email="sanne@elders.example").exists()
    give_code(client, provider, code_in_mail())
    assert is_in(client, User.objects.get(email="sanne@elders.example"))


def test_whoever_sat_on_an_address_is_out_when_its_owner_comes(client: Client, road: Road) -> None:
    provider = road.provider()
    campus.rule(provider)
    squatter = factories.person("Iemand", f"sanne-8@{campus.HOME}", verified=False)
    squatting = Client()
    squatting.force_login(squatter)
    squatting.get("/", headers={"host": "127.0.0.1"})
    totp_auth.TOTP.activate(squatter, totp_auth.generate_totp_secret())
    EmailAddress.objects.create(user=squatter, email="iemand@elders.example")

    road.come(client, provider, "sanne-8")

    squatter.refresh_from_db()
    assert is_in(client, squatter)
    assert not is_in(squatting, squatter)
    assert not squatter.has_usable_password()
    assert not Authenticator.objects.filter(user=squatter).exists()
    assert EmailAddress.objects.get(user=squatter).email == squatter.email


def test_campus_account_of_whoever_sat_on_an_address_lets_nobody_in_any_more(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    sat_on = factories.person("Iemand", f"sanne-15@{campus.HOME}", verified=False)
    CampusAccount.objects.create(
        provider=provider, person=sat_on, subject="iemand", linked_at=timezone.now()
    )

    assert road.come(client, provider, "sanne-15")["Location"].endswith("/code/")
    give_code(client, provider, code_in_mail())

    assert is_in(client, sat_on)
    assert CampusAccount.objects.get().subject == "sanne-15"


def invited(institution: Institution, email: str, role: str) -> User:
    """Return somebody with a role, who did not come in yet."""
    person = factories.person("Fenna Docent", email, verified=False)
    programme = factories.programme(institution=institution)
    ProgrammeMembership.objects.create(person=person, programme=programme, role=role)
    return person


def test_campus_answers_for_who_was_invited_to_its_own_institution(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    person = invited(provider.institution, f"fenna-2@{campus.HOME}", Role.TEACHER)

    road.come(client, provider, "fenna-2")

    assert is_in(client, person)


def test_campus_does_not_answer_for_administrators_who_were_invited(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    person = invited(provider.institution, f"fenna-3@{campus.HOME}", Role.ADMINISTRATOR)

    answer = road.come(client, provider, "fenna-3")

    assert answer["Location"].endswith("/code/")
    assert not is_in(client, person)
    give_code(client, provider, code_in_mail())
    assert is_in(client, person)


def elsewhere() -> Institution:
    return factories.institution("Elders", host="elders.example")


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMINISTRATOR])
def test_campus_lets_nobody_in_as_who_was_invited_to_another_institution(
    client: Client, road: Road, role: Role
) -> None:
    owner = campus.institution(host="127.0.0.1")
    provider = road.provider(institution=owner)
    campus.rule(provider)
    person = invited(elsewhere(), f"fenna-4@{campus.HOME}", role)

    answer = road.come(client, provider, "fenna-4")

    assert answer["Location"].endswith("/code/")
    # Even who reads their mail links them to no campus that is not theirs.
    assert campus.refusal(give_code(client, provider, code_in_mail())) == "elsewhere"
    assert not is_in(client, person)
    assert not CampusAccount.objects.exists()
    person.refresh_from_db()
    assert person.has_usable_password()


def test_campus_asks_who_was_invited_to_two_institutions_for_a_code(
    client: Client, road: Road
) -> None:
    owner = campus.institution(host="127.0.0.1")
    provider = road.provider(institution=owner)
    person = invited(elsewhere(), f"fenna-5@{campus.HOME}", Role.TEACHER)
    ProgrammeMembership.objects.create(
        person=person, programme=factories.programme(institution=owner), role=Role.TEACHER
    )

    assert road.come(client, provider, "fenna-5")["Location"].endswith("/code/")
    give_code(client, provider, code_in_mail())
    assert is_in(client, person)


def test_people_of_another_institution_are_not_linked_by_a_code(client: Client, road: Road) -> None:
    provider = road.provider(institution=campus.institution(host="127.0.0.1"))
    person = factories.person("Joris Student", "joris@elders.example")
    ProgrammeMembership.objects.create(
        person=person, programme=factories.programme(institution=elsewhere()), role=Role.STUDENT
    )
    road.come(client, provider, "joris", email=person.email)

    assert campus.refusal(give_code(client, provider, code_in_mail())) == "elsewhere"
    assert not is_in(client, person)
    with pytest.raises(CampusError, match="elsewhere"):
        actions.link(
            provider,
            person,
            Newcomer("joris", "", "Joris", "nl", "", False, []),
            at=timezone.now(),
        )
    assert not CampusAccount.objects.exists()


def test_domain_that_was_typed_without_proof_counts_where_there_is_one_institution_only(
    client: Client, road: Road
) -> None:
    owner = campus.institution(host="127.0.0.1")
    CampusDomain.objects.update(is_confirmed=False)
    provider = road.provider(institution=owner)
    campus.rule(provider)

    road.come(client, provider, "sanne-16")
    assert User.objects.filter(email=f"sanne-16@{campus.HOME}").exists()

    elsewhere()
    answer = road.come(Client(), provider, "sanne-17")
    assert answer["Location"].endswith("/code/")
    assert not User.objects.filter(email=f"sanne-17@{campus.HOME}").exists()

    CampusDomain.objects.update(is_confirmed=True)
    road.come(Client(), provider, "sanne-18")
    assert User.objects.filter(email=f"sanne-18@{campus.HOME}").exists()


def test_code_is_guessed_five_times_at_most(client: Client, road: Road) -> None:
    provider = road.provider()
    factories.person("Sanne Bakker", f"sanne-9@{campus.HOME}")
    road.come(client, provider, "sanne-9")
    right = code_in_mail()

    for _guess in range(5):
        assert give_code(client, provider, "123 456").status_code == 422

    assert give_code(client, provider, right).status_code == 422
    assert not CampusAccount.objects.exists()


def test_another_code_takes_the_place_of_the_first_and_there_are_five_an_hour(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    person = factories.person("Sanne Bakker", f"sanne-10@{campus.HOME}")
    road.come(client, provider, "sanne-10")
    first = code_in_mail()
    for _again in range(6):
        client.post(f"/login/campus/{provider.pk}/code/again/", headers={"host": "127.0.0.1"})

    assert len(mail.outbox) == 5
    if first != code_in_mail():
        assert give_code(client, provider, first).status_code == 422
    give_code(client, provider, code_in_mail())
    assert is_in(client, person)


def test_second_factor_comes_before_the_link(client: Client, road: Road) -> None:
    provider = road.provider()
    person = factories.person("Fenna Docent", f"fenna@{campus.HOME}")
    secret = totp_auth.generate_totp_secret()
    totp_auth.TOTP.activate(person, secret)
    road.come(client, provider, "fenna")

    answer = give_code(client, provider, code_in_mail())

    assert answer["Location"] == "/login/code/"
    assert not CampusAccount.objects.exists()
    code = totp_auth.format_hotp_value(
        totp_auth.hotp_value(secret, next(totp_auth.yield_hotp_counters_from_time()))
    )
    client.post("/login/code/", {"code": code}, headers={"host": "127.0.0.1"})
    assert is_in(client, person)
    assert CampusAccount.objects.get().person == person


@pytest.mark.parametrize("home", ["elders.example", campus.HOME.upper()])
def test_only_people_of_the_home_organisation_come_in(
    client: Client, road: Road, home: str
) -> None:
    provider = road.provider(home_organization=home)
    campus.rule(provider)

    answer = road.come(client, provider, "sanne-11")

    if home == "elders.example":
        assert campus.refusal(answer) == "home"
    else:
        assert answer.status_code == 302


def test_nobody_comes_in_by_what_is_switched_off(client: Client, road: Road) -> None:
    provider = road.provider(is_on=False)

    for path in ("", "go/"):
        answer = client.get(f"/login/campus/{provider.pk}/{path}", headers={"host": "127.0.0.1"})
        assert campus.refusal(answer) == "off"


def test_goes_on_to_the_page_that_was_asked_for_and_to_no_other_site(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    campus.rule(provider)
    for number, (wanted, comes) in enumerate(
        (("/guide/", "/guide/"), ("//evil.example/", "/"), ("https://evil.example/", "/"))
    ):
        visitor = Client()
        who = f"sanne-12{number}"
        told = campus.claims(f"{who}@{campus.HOME}")
        if road.protocol == "openid":
            road.peer.tell("person", sub=who, claims=told)
            road.peer.tell(
                "redirects",
                redirects=[f"http://127.0.0.1/login/campus/{provider.pk}/callback/"],
                after=["http://127.0.0.1/login/"],
            )
            there = campus.begin(visitor, provider, f"go/?next={wanted}")
            answer = campus.back(visitor, campus.at_openid(there, who))
        else:
            there = campus.begin(visitor, provider, f"go/?next={wanted}")
            key = campus.request_of(road.peer, there)["request"]["id"]
            attributes = campus.attributes(f"{who}@{campus.HOME}")
            made = road.peer.tell("answer", in_response_to=key, name_id=who, attributes=attributes)
            answer = campus.send_answer(visitor, provider, made["answer"])
        assert answer["Location"] == comes


def test_linking_from_ones_own_settings_asks_for_the_password_and_for_yes(
    client: Client, road: Road
) -> None:
    provider = road.provider()
    person = factories.person("Sanne Bakker", "sanne@elders.example")
    host = {"host": "127.0.0.1"}
    client.post("/login/", {"login": person.email, "password": factories.PASSWORD}, headers=host)
    link = f"/login/campus/{provider.pk}/link/"
    assert client.get(link, headers=host)["Location"].startswith("/login/again/")
    client.post(f"/login/again/?next={link}", {"password": factories.PASSWORD}, headers=host)
    assert client.get(link, headers=host).headers["Refresh"] == f"0; url={link}?go=1"

    if road.protocol == "openid":
        road.peer.tell(
            "person", sub="sanne-13", claims=campus.claims("sanne-13@hogeschool.example")
        )
        road.peer.tell(
            "redirects",
            redirects=[f"http://127.0.0.1/login/campus/{provider.pk}/callback/"],
            after=["http://127.0.0.1/login/"],
        )
        there = campus.begin(client, provider, "link/?go=1")
        answer = campus.back(client, campus.at_openid(there, "sanne-13"))
    else:
        there = campus.begin(client, provider, "link/?go=1")
        key = campus.request_of(road.peer, there)["request"]["id"]
        made = road.peer.tell("answer", in_response_to=key, name_id="sanne-13", attributes={})
        answer = campus.send_answer(client, provider, made["answer"])

    confirm = answer["Location"]
    assert confirm == f"/login/campus/{provider.pk}/link/confirm/"
    page = client.get(confirm, headers=host).content.decode()
    assert "sanne@elders.example" in page
    # The name of the button is whatever an administrator typed; this is whose it is.
    assert "<dd>Hogeschool Voorbeeld</dd>" in page
    assert not CampusAccount.objects.exists()
    client.post(confirm, headers=host)
    assert CampusAccount.objects.get().person == person
    assert AuditEntry.objects.filter(
        kind=Kind.ACCOUNT_CHANGED, details__change="campus_linked"
    ).exists()
    assert mail.outbox[-1].subject == "Een andere manier om in te loggen"


def test_campus_account_of_another_cannot_be_linked(client: Client, road: Road) -> None:
    provider = road.provider()
    joris = factories.person("Joris")
    CampusAccount.objects.create(
        provider=provider, person=joris, subject="joris", linked_at=timezone.now()
    )
    with pytest.raises(CampusError, match="taken"):
        actions.link(
            provider,
            factories.person("Sanne"),
            Newcomer("joris", "", "Joris", "nl", "", False, []),
            at=timezone.now(),
        )
    assert CampusAccount.objects.get().person == joris


def test_attributes_are_kept_nowhere(client: Client, road: Road) -> None:
    provider = road.provider()
    campus.rule(provider, value="merkteken-affiliatie")
    road.come(client, provider, "sanne-14", affiliation="merkteken-affiliatie")
    assert CampusAccount.objects.exists()
    CampusProvider.objects.get().rules.all().delete()

    for model in apps.get_models():
        for row in model._base_manager.values_list():
            assert "merkteken" not in str(row)
    assert "merkteken" not in str(dict(client.session.items()))


def test_administrators_are_asked_for_a_second_factor_all_the_same(
    client: Client, road: Road, settings: Settings
) -> None:
    settings.SECOND_FACTOR = "administrators"
    provider = road.provider()
    person = campus.administrator(provider.institution)
    CampusAccount.objects.create(
        provider=provider, person=person, subject="beheer", linked_at=timezone.now()
    )

    road.come(client, provider, "beheer")

    assert is_in(client, person)
    answer = client.get("/manage/integrations/campus/", headers={"host": "127.0.0.1"})
    assert answer["Location"] == "/security/"

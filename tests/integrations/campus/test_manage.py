"""Setting up campus sign-in."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.campus import actions, checks, queries
from stageapp.integrations.campus.keys import certificate_pem
from stageapp.integrations.campus.models import (
    CampusAccount,
    CampusDomain,
    CampusProvider,
    CampusRule,
)
from stageapp.integrations.campus.rules import CampusError, Refusal
from stageapp.integrations.campus.urls import urlpatterns
from stageapp.programmes.models import Institution
from tests import factories
from tests.integrations.campus import campus
from tests.integrations.campus.conftest import CLIENT_ID, CLIENT_SECRET, Peer

pytestmark = pytest.mark.django_db

HOST = {"host": "127.0.0.1"}
BASE = "/manage/integrations/campus/"


@pytest.fixture
def institution() -> Institution:
    return campus.institution()


@pytest.fixture
def admin(client: Client, institution: Institution) -> User:
    person = campus.administrator(institution)
    client.force_login(person)
    return person


def send(client: Client, path: str, **data: Any) -> Any:
    return client.post(BASE + path, data, headers=HOST)


def page(client: Client, path: str = "") -> str:
    return client.get(BASE + path, headers=HOST).content.decode()


def openid_form(address: str, **others: str) -> dict[str, str]:
    return {
        "name": "Hogeschool Voorbeeld",
        "issuer": address,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "passwords": "beside",
    } | others


def test_domains_are_kept_as_they_are_compared(
    client: Client, admin: User, institution: Institution
) -> None:
    assert campus.HOME in page(client)

    answer = send(client, "", domains=" @HU.nl\nstudent.hu.nl, hu.nl ")

    assert answer.status_code == 302
    assert list(institution.campus_domains.values_list("domain", flat=True)) == [
        "hu.nl",
        "student.hu.nl",
    ]


@pytest.mark.parametrize(
    "text", ["gmail.com", "geen domein", "hu", "http://hu.nl/", "a" * 300, "\0"]
)
def test_domain_that_is_none_or_everybodys_is_refused(
    client: Client, admin: User, institution: Institution, text: str
) -> None:
    assert send(client, "", domains=text).status_code == 422
    assert institution.campus_domains.get().domain == campus.HOME


def test_domain_belongs_to_one_institution(client: Client, admin: User) -> None:
    other = factories.institution("Elders", host="elders.example")
    CampusDomain.objects.create(institution=other, domain="elders.example")

    assert send(client, "", domains="elders.example").status_code == 422
    assert CampusDomain.objects.filter(institution=other).exists()


def test_who_runs_the_server_says_whose_a_domain_is(
    client: Client, admin: User, institution: Institution
) -> None:
    other = factories.institution("Elders", host="elders.example", slug="elders")
    institution.host = "127.0.0.1"
    institution.save()
    CampusDomain.objects.create(institution=other, domain="hu.nl")
    send(client, "", domains=f"{campus.HOME}\nstudent.hu.nl")
    assert "beheert: student.hu.nl." in page(client)
    command = f"stageapp confirm-domain student.hu.nl --institution {institution.slug}"
    assert command in page(client)

    call_command("confirm_domain", "student.hu.nl", institution=institution.slug)
    # Whoever typed it first.
    call_command("confirm_domain", "HU.nl", institution=institution.slug)

    assert "beheert: " not in page(client)
    assert "hu.nl" in institution.campus_domains.values_list("domain", flat=True)
    assert not other.campus_domains.exists()
    assert AuditEntry.objects.filter(details__what="campus_domain_confirmed").count() == 2
    for domain, slug in (("gmail.com", institution.slug), ("hu.nl", "nergens")):
        with pytest.raises(CommandError):
            call_command("confirm_domain", domain, institution=slug)
    with pytest.raises(
        CommandError, match=f"elders.*{institution.slug}|{institution.slug}.*elders"
    ):
        call_command("confirm_domain", "hu.nl", institution="nergens")


def test_domain_that_another_institution_typed_sends_nobody_there(openid_peer: Peer) -> None:
    owner = campus.institution(host="elders.example")
    campus.openid(openid_peer, institution=owner)
    CampusDomain.objects.update(is_confirmed=False)
    assert queries.provider_for(f"sanne@{campus.HOME}")

    factories.institution("De andere", host="127.0.0.1")
    assert queries.provider_for(f"sanne@{campus.HOME}") is None


def linked(provider: CampusProvider) -> CampusProvider:
    CampusAccount.objects.create(
        provider=provider,
        person=factories.person("Sanne Bakker"),
        subject="sanne",
        linked_at=timezone.now(),
    )
    return provider


def test_provider_by_which_people_come_in_stays_the_same_one(
    client: Client, admin: User, institution: Institution, openid_peer: Peer
) -> None:
    provider = linked(campus.openid(openid_peer, institution=institution))
    change = f"{provider.pk}/change/"

    other = openid_form("https://evil.example", client_id="mine", client_secret="new", name="Nieuw")
    assert send(client, change, **other).status_code == 302

    provider.refresh_from_db()
    assert (provider.issuer, provider.client_id) == (openid_peer.address, CLIENT_ID)
    assert (provider.name, provider.client_secret) == ("Nieuw", "new")
    shown = page(client, change)
    assert "Voeg een nieuwe koppeling toe" in shown
    assert shown.count(" disabled") == 2


def test_saml_provider_by_which_people_come_in_stays_the_same_one(
    client: Client, admin: User, institution: Institution, saml_peer: Peer, keys: Path
) -> None:
    federation = (keys / "federation.cert.pem").read_text()
    provider = linked(
        campus.saml(
            saml_peer,
            institution=institution,
            metadata_url=f"{saml_peer.address}/metadata/signed",
            metadata_certificate=certificate_pem(federation),
        )
    )
    client.force_login(admin)
    before = [getattr(provider, name) for name in CampusProvider.IDENTITY]

    answer = send(
        client,
        f"{provider.pk}/change/",
        name="Nieuw",
        metadata_url="https://evil.example/metadata",
        entity_id="https://evil.example",
        metadata_certificate="",
        identifier="subject_id",
        passwords="only",
    )

    assert answer.status_code == 302
    provider.refresh_from_db()
    assert [getattr(provider, name) for name in CampusProvider.IDENTITY] == before
    assert (provider.name, provider.passwords) == ("Nieuw", "only")


def test_provider_stays_the_same_one_for_who_came_in_since_its_form_was_opened(
    admin: User, institution: Institution, openid_peer: Peer
) -> None:
    provider = linked(campus.openid(openid_peer, institution=institution))
    provider.issuer = "https://evil.example"

    with pytest.raises(ValidationError):
        actions.change_provider(provider, by=admin, at=timezone.now())


def test_record_is_not_filled_by_who_is_refused_without_end(
    client: Client, institution: Institution, openid_peer: Peer
) -> None:
    provider = campus.openid(openid_peer, institution=institution, is_on=False)
    for _time in range(actions.MOST_REFUSALS + 5):
        actions.note_refusal(provider, CampusError(Refusal.OFF), at=timezone.now())

    refusals = AuditEntry.objects.filter(kind=Kind.SIGN_IN_FAILED)
    assert refusals.count() == actions.MOST_REFUSALS
    # There are none for pages that are simply not there.
    AuditEntry.objects.all()._raw_delete("default")
    assert client.get(f"/login/campus/{provider.pk}/metadata/", headers=HOST).status_code == 404
    assert not refusals.exists()


def test_every_page_of_campus_sign_in_that_can_be_refused_is_counted(settings: Settings) -> None:
    counted = {name for limit in settings.LIMITS for name in limit.routes}
    signing_out = {"out", "out_there"}  # they refuse nobody, and ask nothing of anybody
    open_to_all = {
        str(one.name)
        for one in urlpatterns
        if not getattr(one.callback, "login_required", True) and one.name not in signing_out
    }
    assert "metadata" in open_to_all
    assert {f"campus:{name}" for name in open_to_all} <= counted


def test_secret_is_encrypted_and_shown_to_nobody(
    client: Client, admin: User, openid_peer: Peer
) -> None:
    send(client, "new/oidc/", **openid_form(openid_peer.address))

    provider = CampusProvider.objects.get()
    assert provider.client_secret == CLIENT_SECRET
    assert not provider.is_on
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM campus_campusprovider")
        assert CLIENT_SECRET not in cursor.fetchone()[0]
    assert "gezouten" not in page(client, f"{provider.pk}/change/")
    assert f"http://127.0.0.1/login/campus/{provider.pk}/callback/" in page(
        client, f"{provider.pk}/"
    )

    # Who changes something else keeps it.
    send(
        client,
        f"{provider.pk}/change/",
        **openid_form(openid_peer.address, client_secret="", name="Anders"),
    )
    provider.refresh_from_db()
    assert (provider.name, provider.client_secret) == ("Anders", CLIENT_SECRET)


def test_secret_goes_to_no_other_campus_than_it_was_given_for(
    client: Client, admin: User, institution: Institution, openid_peer: Peer
) -> None:
    provider = campus.openid(openid_peer, institution=institution)
    change = f"{provider.pk}/change/"

    answer = send(client, change, **openid_form("https://evil.example", client_secret=""))

    assert answer.status_code == 422
    assert "typ het geheim opnieuw" in answer.content.decode()
    provider.refresh_from_db()
    assert provider.issuer == openid_peer.address
    # On the same server it stays; another one gets what is typed for it.
    send(client, change, **openid_form(f"{openid_peer.address}/realm", client_secret=""))
    provider.refresh_from_db()
    assert provider.client_secret == CLIENT_SECRET
    send(client, change, **openid_form("https://new.example", client_secret="Nieuw-1"))
    provider.refresh_from_db()
    assert (provider.issuer, provider.client_secret) == ("https://new.example", "Nieuw-1")


def test_secret_is_forgotten_where_the_client_became_a_public_one(
    client: Client, admin: User, institution: Institution, openid_peer: Peer
) -> None:
    provider = campus.openid(openid_peer, institution=institution)
    change = f"{provider.pk}/change/"
    sent = openid_form("https://new.example", client_secret="", has_no_secret="on")

    assert send(client, change, **sent).status_code == 302

    provider.refresh_from_db()
    assert provider.client_secret == ""
    assert "has_no_secret" not in page(client, change)


@pytest.mark.parametrize(
    ("protocol", "needed", "address"),
    [
        ("oidc", {"issuer": "https://i.example", "client_id": "mine"}, "callback"),
        ("saml", {"metadata_url": "https://i.example/metadata"}, "acs"),
    ],
)
def test_addresses_of_this_side_are_known_before_the_other_side_gave_anything(
    client: Client, admin: User, protocol: str, needed: dict[str, str], address: str
) -> None:
    named = {"name": "Campus", "passwords": "beside"}
    assert send(client, f"new/{protocol}/", **named).status_code == 302
    provider = CampusProvider.objects.get()
    shown = page(client, f"{provider.pk}/")
    assert f"/login/campus/{provider.pk}/{address}/" in shown
    assert "Geef je instelling wat hieronder staat" in shown
    assert "Aanzetten" not in shown
    # Nobody is sent to what is not there yet, however it is asked for.
    assert found(client, provider) == {"lacks": "bad"}
    for path, method in (("try/", client.get), ("switch/", client.post)):
        method(f"{BASE}{provider.pk}/{path}", {"to": "on"}, headers=HOST)
        assert "Vul eerst in, onder Wijzigen" in page(client)
    provider.refresh_from_db()
    assert not provider.is_on

    send(client, f"{provider.pk}/change/", **named, **needed)
    provider.refresh_from_db()
    assert provider.lacks == []
    CampusProvider.objects.update(is_on=True)
    answer = send(client, f"{provider.pk}/change/", **named)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(needed)


def test_metadata_are_fetched_before_an_administrator_is_sent_to_try(
    client: Client, admin: User, saml_peer: Peer, institution: Institution
) -> None:
    provider = campus.saml(saml_peer, institution=institution, is_on=False)
    CampusProvider.objects.update(metadata="")

    answer = client.get(f"{BASE}{provider.pk}/try/", headers=HOST)

    assert answer["Location"] == f"{BASE}{provider.pk}/"
    assert "Test het eerst" in page(client, f"{provider.pk}/")


@pytest.mark.parametrize(
    "issuer",
    ["hallo", "https://i.example/?a=1", "https://i.example/.well-known/openid-configuration"],
)
def test_issuer_that_is_none_is_refused(client: Client, admin: User, issuer: str) -> None:
    assert send(client, "new/oidc/", **openid_form(issuer)).status_code == 422


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("metadata_url", "hallo"),
        ("entity_id", "https://i.example/'"),
        ("metadata_certificate", "geen certificaat"),
        ("metadata_certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
        ("identifier", "anders"),
        ("name", ""),
    ],
)
def test_what_is_wrong_with_saml_is_said_at_its_field(
    client: Client, admin: User, field: str, text: str
) -> None:
    data = {
        "name": "Campus",
        "metadata_url": "https://i.example/metadata",
        "entity_id": "",
        "metadata_certificate": "",
        "identifier": "",
        "passwords": "beside",
    }
    answer = send(client, "new/saml/", **data | {field: text})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def found(client: Client, provider: CampusProvider) -> dict[str, str]:
    """Press "Test this", and return what was found, with how bad it is."""
    send(client, f"{provider.pk}/test/")
    findings = client.get(f"{BASE}{provider.pk}/", headers=HOST).context["findings"]
    assert all(one.text for one in findings)
    return {one.key: one.level for one in findings}


def test_test_of_openid_says_what_works(client: Client, admin: User, openid_peer: Peer) -> None:
    provider = campus.openid(
        openid_peer, institution=admin.institutions_administered.get().institution
    )
    openid_peer.tell(
        "redirects",
        redirects=[f"http://127.0.0.1/login/campus/{provider.pk}/callback/"],
        after=["http://127.0.0.1/login/"],
    )

    assert found(client, provider) == {
        "discovery_right": "good",
        "keys_right": "good",
        "client_right": "good",
        "clock_right": "good",
    }

    provider.client_secret = "wrong"
    provider.save()
    assert found(client, provider)["client_wrong"] == "bad"

    provider.issuer += "/"
    provider.save()
    assert found(client, provider) == {"discovery_issuer": "bad"}

    provider.issuer = "http://127.0.0.1:1"
    provider.save()
    assert found(client, provider) == {"discovery_unreachable": "bad"}


def test_test_of_saml_says_what_works_and_keeps_the_metadata(
    client: Client, admin: User, saml_peer: Peer
) -> None:
    own = admin.institutions_administered.get().institution
    made = CampusProvider(institution=own, protocol="saml", name="Campus")
    made.metadata_url = f"{saml_peer.address}/metadata"
    provider = actions.add_provider(made, by=admin, at=timezone.now())
    with pytest.raises(ValidationError):
        actions.switch(provider, is_on=True, by=admin, at=timezone.now())

    assert found(client, provider) == {
        "metadata_right": "good",
        "metadata_not_signed": "warning",
        "certificate_right": "good",
        "clock_right": "good",
    }

    send(client, f"{provider.pk}/switch/", to="on")
    provider.refresh_from_db()
    assert provider.is_on
    late = checks.check(provider, at=timezone.now() + timedelta(days=4000))
    assert {one.key: one.level for one in late}["certificate_over"] == "bad"
    assert {one.key: one.level for one in late}["clock_wrong"] == "warning"


def test_trying_shows_what_comes_in_and_changes_nothing(
    client: Client, admin: User, saml_peer: Peer
) -> None:
    own = admin.institutions_administered.get().institution
    provider = campus.saml(saml_peer, institution=own, is_on=False)
    campus.rule(provider)
    client.force_login(admin)
    people = User.objects.count()
    there = client.get(f"{BASE}{provider.pk}/try/", headers=HOST)["Location"]
    key = campus.request_of(saml_peer, there)["request"]["id"]
    made = saml_peer.tell(
        "answer", in_response_to=key, name_id="x", attributes=campus.attributes("ik@elders.example")
    )

    answer = campus.send_answer(client, provider, made["answer"])

    assert answer["Location"] == f"{BASE}{provider.pk}/"
    shown = page(client, f"{provider.pk}/")
    for text in (
        "eduperson_affiliation",
        "student, member",
        "schac_home_organization",
        "Bouwkunde",
    ):
        assert text in shown
    assert User.objects.count() == people
    assert "eduperson_affiliation</code></dt>" not in page(Client(), f"{provider.pk}/")


def test_at_most_one_is_on(client: Client, admin: User, openid_peer: Peer) -> None:
    own = admin.institutions_administered.get().institution
    old = campus.openid(openid_peer, institution=own)
    new = campus.openid(openid_peer, institution=own, is_on=False)

    send(client, f"{new.pk}/switch/", to="on")

    assert list(CampusProvider.objects.filter(is_on=True)) == [new]
    with pytest.raises(IntegrityError), transaction.atomic():
        CampusProvider.objects.filter(pk=old.pk).update(is_on=True)
    entries = AuditEntry.objects.filter(kind=Kind.SETTINGS_CHANGED, actor_key=admin.pk)
    assert entries.filter(details__what="campus_on").exists()


def test_rule_gives_roles_of_own_programmes_and_never_administers(
    client: Client, admin: User, openid_peer: Peer
) -> None:
    own = admin.institutions_administered.get().institution
    provider = campus.openid(openid_peer, institution=own)
    here, elsewhere = factories.programme(institution=own), factories.programme()
    rule = {
        "rule-attribute": "urn:mace:dir:attribute-def:eduPersonAffiliation",
        "rule-comparison": "equals",
        "rule-value": "employee",
        "rule-role": "teacher",
        "rule-programme": here.pk,
    }

    assert send(client, f"{provider.pk}/", **rule).status_code == 302
    kept = CampusRule.objects.get()
    assert kept.attribute == "eduperson_affiliation"
    assert send(client, f"{provider.pk}/", **rule).status_code == 422
    for change in (
        {"rule-role": "administrator"},
        {"rule-programme": elsewhere.pk},
        {"rule-value": ""},
        {"rule-attribute": "x" * 201},
    ):
        assert send(client, f"{provider.pk}/", **rule | change).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        campus.rule(provider, role="administrator")

    send(client, f"rules/{kept.pk}/remove/")
    assert not CampusRule.objects.exists()


def test_what_is_on_is_not_removed(client: Client, admin: User, openid_peer: Peer) -> None:
    own = admin.institutions_administered.get().institution
    provider = campus.openid(openid_peer, institution=own)

    send(client, f"{provider.pk}/remove/")
    assert CampusProvider.objects.exists()

    send(client, f"{provider.pk}/switch/", to="off")
    send(client, f"{provider.pk}/remove/")
    assert not CampusProvider.objects.exists()


def test_pages_take_as_many_queries_for_many_rules(
    client: Client, admin: User, openid_peer: Peer, django_assert_max_num_queries: Any
) -> None:
    own = admin.institutions_administered.get().institution
    provider = campus.openid(openid_peer, institution=own)
    programme = factories.programme(institution=own)
    for number in range(30):
        campus.rule(provider, value=str(number), programme=programme)

    with django_assert_max_num_queries(22):
        client.get(f"{BASE}{provider.pk}/", headers=HOST)

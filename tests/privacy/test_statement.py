"""The privacy statement: its versions, and agreeing with them."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.privacy.actions_manage import publish
from stageapp.programmes.models import (
    Agreement,
    Institution,
    InstitutionAdministrator,
    PrivacyStatement,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> Institution:
    return factories.institution("Hogeschool Hier")


@pytest.fixture
def boss(school: Institution) -> User:
    person = factories.person("Beheer")
    InstitutionAdministrator.objects.create(person=person, institution=school)
    return person


def publish_text(school: Institution, boss: User, text: str, *, asks: bool = True) -> None:
    statement = PrivacyStatement(
        institution=school, text_nl=text, text_en=f"{text} (English)", asks_everybody=asks
    )
    number = school.statements.count()
    publish(statement, after=number, by=boss, at=timezone.now())


def test_everybody_reads_the_text_that_comes_with_the_app(
    client: Client, school: Institution
) -> None:
    text = client.get(reverse("privacy:statement")).content.decode()

    assert "Hogeschool Hier gebruikt Stage-App" in text
    assert "24 maanden na het einde van je stage" in text


def test_the_text_follows_what_the_institution_chose(client: Client, school: Institution) -> None:
    Institution.objects.update(retention_months=36)

    assert "36 maanden" in client.get(reverse("privacy:statement")).content.decode()


def test_a_text_of_the_institution_follows_it_as_well(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Bij {institution} blijft het {months} maanden. {Wat} nog meer?")
    Institution.objects.update(retention_months=36)

    shown = client.get(reverse("privacy:statement")).content.decode()

    assert "Bij Hogeschool Hier blijft het 36 maanden. {Wat} nog meer?" in shown


def test_a_new_version_stands_beside_the_old_one(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Eerste tekst")
    publish_text(school, boss, "Tweede tekst")

    assert "Tweede tekst" in client.get(reverse("privacy:statement")).content.decode()
    earlier = client.get(reverse("privacy:statement"), {"version": 1}).content.decode()
    assert "Eerste tekst" in earlier
    assert client.get(reverse("privacy:statement"), {"version": 3}).status_code == 404
    assert client.get(reverse("privacy:statement"), {"version": "x"}).status_code == 404


def test_a_version_is_not_written_over_that_of_a_colleague(school: Institution, boss: User) -> None:
    publish_text(school, boss, "Van de collega")

    with pytest.raises(ValidationError, match="intussen"):
        publish(
            PrivacyStatement(institution=school, text_nl="x", text_en="x", asks_everybody=False),
            after=0,
            by=boss,
            at=timezone.now(),
        )


def test_what_is_typed_stays_when_a_colleague_was_first(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Van de collega", asks=False)
    client.force_login(boss)

    answer = client.post(
        reverse("manage_privacy:statement"),
        {"text_nl": "Mijn lange tekst", "text_en": "My long text", "after": 0, "sure": "yes"},
    )

    assert answer.status_code == 422
    assert "Mijn lange tekst" in answer.content.decode()


def test_everybody_is_led_to_a_text_that_asks_for_it(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Lees dit")
    reader = factories.person()
    client.force_login(reader)

    answer = client.get(reverse("profile"))
    assert answer["Location"] == reverse("privacy:agree", query={"next": reverse("profile")})
    page = client.get(answer["Location"])
    assert "Lees dit" in page.content.decode()

    answer = client.post(reverse("privacy:agree"), {"number": 1, "next": reverse("profile")})

    assert answer["Location"] == reverse("profile")
    assert client.get(reverse("profile")).status_code == 200
    assert Agreement.objects.get(person=reader).number == 1


def test_nobody_is_led_to_a_small_correction(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Kleine wijziging", asks=False)
    client.force_login(factories.person())

    assert client.get(reverse("profile")).status_code == 200


def test_who_agrees_with_an_older_text_reads_the_new_one_first(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Een")
    publish_text(school, boss, "Twee")
    client.force_login(factories.person())

    answer = client.post(reverse("privacy:agree"), {"number": 1})

    assert answer.status_code == 422
    assert "Twee" in answer.content.decode()
    assert not Agreement.objects.exclude(person=boss).exists()


def test_who_does_not_agree_can_still_take_and_remove_what_is_theirs(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Lees dit")
    client.force_login(factories.person())

    assert client.get(reverse("my_data:overview")).status_code == 200
    assert client.get(reverse("guide:list")).status_code == 200


def test_what_somebody_is_sending_is_kept_first(
    client: Client, school: Institution, boss: User
) -> None:
    reader = factories.person()
    client.force_login(reader)
    publish_text(school, boss, "Lees dit")

    client.post(reverse("set_language"), {"language": "en"})
    answer = client.post(reverse("my_data:ask_copy"))

    assert answer["Location"] == reverse("my_data:overview")


def test_going_on_never_leads_to_another_site(
    client: Client, school: Institution, boss: User
) -> None:
    publish_text(school, boss, "Lees dit")
    client.force_login(factories.person())

    answer = client.post(reverse("privacy:agree"), {"number": 1, "next": "https://kwaad.example/"})

    assert answer["Location"] == "/"


def test_registering_keeps_with_which_version_somebody_agreed(
    client: Client, school: Institution, boss: User
) -> None:
    programme = factories.programme(institution=school)
    publish_text(school, boss, "Lees dit")

    client.post(
        reverse("account_signup"),
        {
            "name": "Nieuwe Student",
            "email": "nieuw@school.example",
            "password1": "een lange zin als wachtwoord",
            "programme": programme.pk,
            "agreement": "on",
        },
    )

    assert Agreement.objects.get(person__name="Nieuwe Student").number == 1


def test_an_administrator_chooses_how_long_things_are_kept(
    client: Client, school: Institution, boss: User
) -> None:
    client.force_login(boss)
    address = reverse("manage_privacy:overview")

    assert client.post(address, {"retention_months": 5, "notice_days": 30}).status_code == 422
    assert client.post(address, {"retention_months": "x", "notice_days": 30}).status_code == 422
    client.post(address, {"retention_months": 36, "notice_days": 60})

    school.refresh_from_db()
    assert (school.retention_months, school.notice_days) == (36, 60)
    entry = AuditEntry.objects.get(kind="settings_changed")
    assert entry.details["retention_months"] == 36


def test_version_is_read_as_others_will_before_it_is_published(
    client: Client, school: Institution, boss: User
) -> None:
    client.force_login(boss)
    address = reverse("manage_privacy:statement")
    sent = {"text_nl": "**Wie** is {institution}?", "text_en": "Who?", "after": 0}

    asked = client.post(address, sent).content.decode()
    asked_of_all = client.post(address, sent | {"asks_everybody": "on"}).content.decode()
    back = client.post(address, sent | {"sure": "change"})

    assert f"<strong>Wie</strong> is {school.name}?" in asked
    assert "niemand hoeft akkoord te gaan" in asked
    assert "Iedereen leest het" in asked_of_all
    assert back.status_code == 200
    assert "**Wie** is {institution}?" in back.content.decode()
    assert not school.statements.exists()


def test_publishing_is_recorded(client: Client, school: Institution, boss: User) -> None:
    client.force_login(boss)

    answer = client.post(
        reverse("manage_privacy:statement"),
        {"text_nl": "T", "text_en": "Text", "asks_everybody": "on", "after": 0, "sure": "yes"},
    )

    assert answer.status_code == 302
    school.refresh_from_db()
    assert school.agreement_number == 1
    assert AuditEntry.objects.get(kind="settings_changed").details["privacy_statement"] == 1

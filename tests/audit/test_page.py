"""The page of who did what: for functional administrators, by who, what and when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import AuditEntry, Kind
from stageapp.exports.actions import ask_export
from stageapp.exports.models import Export
from stageapp.guidance.actions import add_item, mark_file_opened, mark_read, share_question
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.queries import with_conversation
from stageapp.programmes.models import Institution, InstitutionAdministrator
from tests import factories

pytestmark = pytest.mark.django_db

#: A quarter past midnight on the day that summer time begins in Amsterdam, a day earlier in UTC.
LATE = datetime(2026, 3, 28, 23, 15, tzinfo=UTC)


@pytest.fixture
def institution() -> Institution:
    return factories.programme().institution


@pytest.fixture
def reader(institution: Institution) -> User:
    person = factories.person("Bea Beheer", "bea@demo.example")
    InstitutionAdministrator.objects.create(institution=institution, person=person)
    return person


@pytest.fixture
def desk(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


def rows(desk: Client, query: str = "") -> list[tuple[str, str, str]]:
    answer = desk.get(f"/manage/audit/?{query}")
    assert answer.status_code == 200
    return [(row.actor, row.entry.kind, row.subject) for row in answer.context["rows"]]


def test_entries_name_who_did_what_to_whom(
    desk: Client, institution: Institution, reader: User
) -> None:
    sanne = factories.person("Sanne Bakker")
    record(
        Kind.ROLE_GIVEN,
        at=LATE,
        actor=reader.pk,
        institution=institution.pk,
        subject=f"person:{sanne.pk}",
        role="teacher",
    )
    record(Kind.OPENED, at=LATE, institution=institution.pk, subject="item:5", invitation="x")

    assert rows(desk) == [
        ("een gast", Kind.OPENED, "gedeeld item 5"),
        ("Bea Beheer", Kind.ROLE_GIVEN, "Sanne Bakker"),
    ]
    page = desk.get("/manage/audit/").content.decode()
    assert "rol: docent" in page
    assert "29 maart 2026, 00:15" in page


def test_what_has_a_name_is_called_by_it_and_settings_are_in_words(
    desk: Client, institution: Institution, reader: User
) -> None:
    cohort = factories.cohort()
    told: list[tuple[dict[str, Any], int | None]] = [
        ({"subject": f"cohort:{cohort.pk}", "change": "merged", "list": "category"}, reader.pk),
        ({"subject": f"cohort:{cohort.pk}", "change": "part", "part": "duration"}, reader.pk),
        ({"subject": f"institution:{institution.pk}", "maintenance": True}, None),
        ({"maintenance": True, "until": "2026-03-29T12:00:00+00:00"}, reader.pk),
        ({"holidays": "removed", "first": "2026-12-25", "last": "kapot"}, reader.pk),
        ({"maintenance": False, "until": None}, reader.pk),
        ({"subject": f"person:{reader.pk}", "change": "added", "what": "webauthn"}, reader.pk),
        ({"subject": "cohort:999999", "change": "made"}, reader.pk),
    ]
    for number, (details, actor) in enumerate(told):
        at = LATE - timedelta(minutes=number)
        record(Kind.CONFIGURED, at=at, actor=actor, institution=institution.pk, **details)

    answer = desk.get("/manage/audit/")

    assert [(row.actor, *row.about) for row in answer.context["rows"]] == [
        ("Bea Beheer", f"cohort {cohort.name}", "wijziging: samengevoegd", "lijst: categorie"),
        (
            "Bea Beheer",
            f"cohort {cohort.name}",
            "wijziging: onderdeel van het formulier",
            "onderdeel van het formulier: duur",
        ),
        ("het systeem", f"onderwijsinstelling {institution.name}", "onderhoudsstand aan"),
        ("Bea Beheer", "onderhoudsstand aan", "tot: 29 maart 2026, 14:00"),
        ("Bea Beheer", "van: 25 december 2026", "vrije dagen: verwijderd", "tot en met: kapot"),
        ("Bea Beheer", "onderhoudsstand uit"),
        ("Bea Beheer", "wijziging: toegevoegd", "wat: passkey"),
        ("Bea Beheer", "cohort 999999", "wijziging: gemaakt"),
    ]


def test_other_institutions_and_their_people_are_not_there(desk: Client) -> None:
    other = factories.institution("Elders")
    stranger = factories.person("Vreemd")
    record(Kind.ROLE_GIVEN, at=LATE, actor=stranger.pk, institution=other.pk)
    record(Kind.SIGNED_IN, at=LATE, actor=stranger.pk)
    record(Kind.SIGN_IN_FAILED, at=LATE, subject=f"person:{stranger.pk}")
    record(Kind.RECORD_SHORTENED, at=LATE)

    assert rows(desk) == []


def test_signing_in_of_own_people_is_there(desk: Client, reader: User) -> None:
    record(Kind.SIGNED_IN, at=LATE, actor=reader.pk)
    record(Kind.SIGN_IN_FAILED, at=LATE, subject=f"person:{reader.pk}")

    assert [row[:2] for row in rows(desk)] == [
        ("iemand", Kind.SIGN_IN_FAILED),
        ("Bea Beheer", Kind.SIGNED_IN),
    ]


def test_record_is_searched_by_person_kind_and_day_of_the_institution(
    desk: Client, institution: Institution, reader: User
) -> None:
    tom = factories.person("Tom Hendriks", "tom@demo.example", student_number="500123")
    for kind, actor, subject, at in (
        (Kind.ROLE_GIVEN, reader, f"person:{tom.pk}", LATE),
        (Kind.LINKED, tom, "placement:1", LATE + timedelta(days=1)),
        (Kind.CONFIGURED, reader, "cohort:1", LATE + timedelta(days=2)),
    ):
        record(kind, at=at, actor=actor.pk, institution=institution.pk, subject=subject)

    for query, found in {
        "q=hendriks": ["linked", "role_given"],
        "q=TOM@demo": ["linked", "role_given"],
        "q=500123": ["linked", "role_given"],
        "q=nobody": [],
        "kind=configured": ["configured"],
        "first=2026-03-30": ["configured", "linked"],
        "last=2026-03-29": ["role_given"],
        "first=2026-03-29&last=2026-03-29": ["role_given"],
        "first=nonsense": ["configured", "linked", "role_given"],
        "kind=nonsense&page=nonsense": ["configured", "linked", "role_given"],
    }.items():
        assert [row[1] for row in rows(desk, query)] == found, query


def test_page_takes_the_same_queries_for_any_number(desk: Client, institution: Institution) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get("/manage/audit/")
        return len(found)

    def happens(number: int) -> None:
        for _ in range(number):
            person = factories.person("Persoon")
            record(Kind.LINKED, at=LATE, actor=person.pk, institution=institution.pk)

    queries()
    happens(3)
    few = queries()
    happens(80)

    assert queries() == few
    assert [len(rows(desk, f"page={page}")) for page in (1, 2)] == [50, 33]


def test_first_opening_of_each_item_and_each_export_is_recorded() -> None:
    now = timezone.now()
    teacher = factories.person("Mira de Vries")
    placement = factories.placement(factories.person(), teacher=teacher)
    institution = placement.cohort.programme.institution
    question = factories.question(placement, teacher=teacher)
    add_item(question, factories.activity(placement), position=1)
    add_item(question, factories.evidence(placement, "foto.jpg"), position=2)
    share_question(question, at=now)
    shown = with_conversation(GuidanceQuestion.objects.all()).get()
    text, file = shown.items.all()

    for _again in range(2):
        mark_read([shown], by=teacher, at=now)
        mark_read([shown], by=placement.student, at=now)
        mark_file_opened(file, by=teacher, at=now)
    ask_export(Export(placement=placement, kind="activities", format="csv", language="nl"), at=now)

    told = AuditEntry.objects.order_by("pk").values_list(
        "kind", "actor_key", "institution_key", "subject"
    )
    assert list(told) == [
        ("opened", teacher.pk, institution.pk, f"item:{text.pk}"),
        ("opened", teacher.pk, institution.pk, f"item:{file.pk}"),
        ("exported", placement.student_id, institution.pk, f"placement:{placement.pk}"),
    ]

"""Inviting somebody by address, and many by a sheet."""

import io
import json
import re
from contextlib import suppress
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.administration.actions import invite
from stageapp.administration.models import AccountMail
from stageapp.administration.rules import MOST_LINES, UnusableSheet, lines_of
from stageapp.audit.models import AuditEntry, Kind
from stageapp.programmes.models import Role
from tests import factories
from tests.administration.people import (
    School,
    give,
    made_school,
    mails_sent,
    roles_of,
    signed_in,
)

pytestmark = pytest.mark.django_db

INVITE, SHEET = "/manage/people/invite/", "/manage/people/sheet/"
PASSWORD = "vier woorden achter elkaar"


@pytest.fixture
def school() -> School:
    return made_school()


@pytest.fixture
def client(school: School) -> Client:
    return signed_in(school.ria)


def sent(school: School, **changes: object) -> dict[str, object]:
    return {
        "email": "Mira@School.example",
        "name": "Mira  de Vries",
        "role": "teacher",
        "programme": school.programme.pk,
    } | changes


def link() -> str:
    found = re.search(r"(/welcome/\S+/)", str(mails_sent()[-1].body))
    assert found
    return found[1]


def test_who_is_invited_gets_an_account_and_a_way_in(client: Client, school: School) -> None:
    answer = client.post(INVITE, sent(school))

    mira = User.objects.get(email="mira@school.example")
    assert answer["Location"] == f"/manage/people/{mira.pk}/"
    assert (mira.name, mira.has_usable_password(), roles_of(mira)) == (
        "Mira de Vries",
        False,
        {"teacher"},
    )
    (told,) = mails_sent()
    assert (told.to, told.subject) == (
        ["mira@school.example"],
        "Ria Beheer nodigt je uit voor Stage-App",
    )
    html = str(told.alternatives[0][0])
    assert "/welcome/" in html
    assert "Bouwkunde" in html
    kinds = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [Kind.ROLE_GIVEN, Kind.INVITED]
    assert "mira" not in json.dumps(list(AuditEntry.objects.values_list("details", flat=True)))

    visitor = Client()
    address = link()
    assert visitor.get(address).status_code == 200
    assert visitor.post(address, {"password1": "kort"}).status_code == 422
    assert visitor.post(address, {"password1": PASSWORD})["Location"] == "/login/"
    visitor.post("/login/", {"login": "mira@school.example", "password": PASSWORD})
    # The mail showed that the address is theirs, so nothing asks to confirm it.
    assert visitor.get("/students/").status_code == 200


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("nl", "Ria Beheer nodigt je uit voor Stage-App"),
        ("en", "Ria Beheer invites you to Stage-App"),
    ],
)
def test_new_account_starts_in_the_language_of_who_invites(
    client: Client, school: School, language: str, subject: str
) -> None:
    User.objects.filter(pk=school.ria.pk).update(language=language)
    client.post(INVITE, sent(school))

    assert User.objects.get(email="mira@school.example").language == language
    (told,) = mails_sent()
    assert told.subject == subject


def test_first_password_is_in_the_record_of_the_institution(client: Client, school: School) -> None:
    client.post(INVITE, sent(school))
    Client().post(link(), {"password1": PASSWORD})

    mira = User.objects.get(email="mira@school.example")
    entry = AuditEntry.objects.get(kind=Kind.ACCOUNT_CHANGED)
    assert (entry.actor_key, entry.subject) == (mira.pk, f"person:{mira.pk}")
    assert (entry.institution_key, entry.details) == (
        school.programme.institution_id,
        {"change": "first_password"},
    )


def test_link_works_once_and_for_two_weeks(client: Client, school: School) -> None:
    client.post(INVITE, sent(school))
    address = link()
    now = timezone.now()

    with time_machine.travel(now + timedelta(days=14, minutes=5)):
        assert Client().get(address).status_code == 410
    with time_machine.travel(now + timedelta(days=13)):
        assert Client().get(address).status_code == 200
        Client().post(address, {"password1": PASSWORD})
    assert Client().get(address).status_code == 410
    assert Client().post(address, {"password1": "iets anders erbij"}).status_code == 410
    assert Client().get("/welcome/nonsense/").status_code == 410
    assert User.objects.get(email="mira@school.example").check_password(PASSWORD)


def test_mails_lead_to_the_host_of_the_institution(client: Client, school: School) -> None:
    institution = school.programme.institution
    institution.host = "stage.school.example"
    institution.save()
    mira = factories.person("Mira Janssen", "mira@elders.example")
    now = timezone.now()

    invite("nieuw@school.example", "Nieuw", Role.TEACHER, school.programme, by=school.ria, at=now)
    invite(mira.email, "Mira", Role.TEACHER, school.programme, by=school.ria, at=now)

    leads_to = [
        re.findall(r"http://([^/:\s]+)[:0-9]*/(\w*)", str(one.body)) for one in mails_sent()
    ]
    # Both are due at the same moment: either may go first.
    assert sorted(leads_to) == [
        [("stage.school.example", "")],
        [("stage.school.example", "welcome")],
    ]


def test_link_is_dead_when_the_account_is_switched_off(client: Client, school: School) -> None:
    client.post(INVITE, sent(school))
    address = link()
    User.objects.filter(email="mira@school.example").update(is_active=False)

    assert Client().get(address).status_code == 410


def test_who_has_an_account_gets_the_role_and_a_mail_in_the_own_language(
    client: Client, school: School
) -> None:
    mira = factories.person("Mira Janssen", "mira@school.example", language="en")

    client.post(INVITE, sent(school))
    again = client.post(INVITE, sent(school), follow=True)

    mira.refresh_from_db()
    assert (mira.name, roles_of(mira)) == ("Mira Janssen", {"teacher"})
    assert mira.check_password(factories.PASSWORD)
    assert [one.subject for one in mails_sent()] == ["You are teacher of Bouwkunde in Stage-App"]
    assert "er is niets veranderd" in again.content.decode()


def test_account_that_somebody_made_with_this_address_becomes_its_owners(
    client: Client, school: School
) -> None:
    """Who registered with an address that was never confirmed cannot get in by the invitation."""
    squatter = factories.person("Niet Mira", "mira@school.example", verified=False)
    theirs = signed_in(squatter)
    assert theirs.get("/email/").status_code == 200

    client.post(INVITE, sent(school))

    assert theirs.get("/email/").status_code == 302
    login = {"login": squatter.email, "password": factories.PASSWORD}
    assert Client().post("/login/", login).status_code == 422
    Client().post(link(), {"password1": PASSWORD})
    assert Client().post("/login/", login | {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "geen adres"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "a" * 250 + "@school.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"role": "administrator"}, "role"),
        ({"role": "institution"}, "role"),
        ({"programme": ""}, "programme"),
        ({"programme": "9" * 40}, "programme"),
        ({"email": "uit@school.example"}, "email"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    client: Client, school: School, changes: dict[str, str], field: str
) -> None:
    off = school.member("Uit Gezet", email="uit@school.example")
    User.objects.filter(pk=off.pk).update(is_active=False)

    answer = client.post(INVITE, sent(school, name="Mira X") | changes)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert field == "name" or "Mira X" in answer.content.decode()
    assert not AccountMail.objects.exists()


def test_link_is_mailed_again_a_few_times_a_day(client: Client, school: School) -> None:
    client.post(INVITE, sent(school))
    mira = User.objects.get(email="mira@school.example")
    again = f"/manage/people/{mira.pk}/again/"

    assert [client.post(again).status_code for _ in range(3)] == [302, 302, 422]
    assert len(mails_sent()) == 3
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        signed = signed_in(school.ria)
        assert signed.post(again).status_code == 302
    Client().post(link(), {"password1": PASSWORD})
    # What still waited is not needed any more.
    count = len(mail.outbox)
    mails_sent()
    assert len(mail.outbox) == count
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert signed_in(school.ria).post(again).status_code == 422


# A sheet


def csv(*lines: str, header: str = "email,name,role,programme") -> SimpleUploadedFile:
    return SimpleUploadedFile("mensen.csv", "\n".join([header, *lines]).encode())


GOOD = (
    "mira@school.example,Mira de Vries,docent,bouwkunde",
    "youssef@school.example,Youssef Amrani,student,bouwkunde",
)


def look(client: Client, file: SimpleUploadedFile) -> list[tuple[int, str, list[str]]]:
    """What the preview says of each line."""
    answer = client.post(SHEET, {"file": file, "do": "look"})
    assert answer.status_code == 200, answer.context["form"].errors
    return [
        (one.line.number, one.outcome.value, one.problems) for one in answer.context["plan"].lines
    ]


def apply(client: Client, file: SimpleUploadedFile) -> int:
    """Look at a sheet and confirm what is shown."""
    shown = client.post(SHEET, {"file": file, "do": "look"}).context["form"].text
    return client.post(SHEET, {"content": shown, "do": "apply"}).status_code


def test_preview_changes_nothing_and_applying_does_what_it_says(
    client: Client, school: School
) -> None:
    assert look(client, csv(*GOOD)) == [(2, "invited", []), (3, "invited", [])]
    assert not User.objects.filter(email="mira@school.example").exists()

    assert apply(client, csv(*GOOD)) == 302

    assert roles_of(User.objects.get(email="mira@school.example")) == {"teacher"}
    assert roles_of(User.objects.get(email="youssef@school.example")) == {"student"}
    assert len(mails_sent()) == 2


def test_the_same_sheet_again_changes_nothing(client: Client) -> None:
    apply(client, csv(*GOOD))
    entries = AuditEntry.objects.count()

    assert look(client, csv(*GOOD)) == [(2, "nothing", []), (3, "nothing", [])]
    assert apply(client, csv(*GOOD)) == 200
    assert AuditEntry.objects.count() == entries
    assert AccountMail.objects.count() == 2


def test_each_line_with_something_wrong_says_what_and_the_others_go_in(
    client: Client, school: School
) -> None:
    """The original's scenario 43: wrong and short lines are told, and never break the page."""
    factories.programme(slug="van-een-ander", institution=school.programme.institution)
    off = school.member("Uit Gezet", email="uit@school.example")
    User.objects.filter(pk=off.pk).update(is_active=False)
    school.member("Sanne Bakker", email="sanne@school.example")
    file = csv(
        "geen adres,Mira,docent,bouwkunde",
        ",Mira,docent,bouwkunde",
        "a@school.example,,docent,bouwkunde",
        "b@school.example,Bo,baas,bouwkunde",
        "c@school.example,Cas,docent,van-een-ander",
        "d@school.example,Do,opleidingsbeheerder,bouwkunde",
        "",
        "kort@school.example",
        "uit@school.example,Uit,student,bouwkunde",
        "sanne@school.example,,Teacher,BOUWKUNDE",
        "sanne@school.example,Sanne,docent,bouwkunde",
    )

    found = look(client, file)

    assert found == [
        (2, "refused", ["“geen adres” is geen e-mailadres."]),
        (3, "refused", ["Er staat geen e-mailadres."]),
        (4, "refused", ["Er staat geen naam."]),
        (5, "refused", ["“baas” is geen rol."]),
        (6, "refused", ["Je beheert geen opleiding met de korte naam “van-een-ander”."]),
        (7, "refused", ["Alleen een functioneel beheerder geeft hier deze rol."]),
        (9, "refused", ["Er staat geen naam.", "Er staat geen rol.", "Er staat geen opleiding."]),
        (10, "refused", ["Dit account is uitgezet. Zet het eerst weer aan."]),
        (11, "given", []),
        (12, "nothing", []),
    ]
    file.seek(0)
    assert apply(client, file) == 302
    assert [one.to for one in mails_sent()] == [["sanne@school.example"]]


def test_preview_does_not_tell_whether_somebody_has_an_account_elsewhere(
    client: Client, school: School
) -> None:
    give(factories.person("Elders", "mira@school.example"), factories.programme(), Role.TEACHER)

    answer = client.post(SHEET, {"file": csv(*GOOD), "do": "look"})

    assert [one.outcome for one in answer.context["plan"].lines] == ["invited", "invited"]
    assert "Elders" not in answer.content.decode()


@pytest.mark.parametrize("kind", ["xlsx", "semicolons", "bom", "windows", "other order"])
def test_sheet_is_read_as_programs_write_it(client: Client, kind: str) -> None:
    rows = [
        ["email", "name", "role", "programme"],
        ["zoe@school.example", "Zoë", "student", "bouwkunde"],
    ]
    text = "\n".join(";".join(row) for row in rows)
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        into = io.BytesIO()
        book.save(into)
        content = into.getvalue()
    else:
        content = {
            "semicolons": text.encode(),
            "bom": text.replace(";", ",").encode("utf-8-sig"),
            "windows": text.replace("\n", "\r\n").encode("cp1252"),
            "other order": (
                "Rol;Programme;Opmerking;NAME;Email;role\n"
                "x;bouwkunde;y;Zoë;zoe@school.example;student"
            ).encode(),
        }[kind]

    assert look(client, SimpleUploadedFile(f"mensen.{kind}", content)) == [(2, "invited", [])]
    apply(client, SimpleUploadedFile(f"mensen.{kind}", content))
    assert User.objects.get(email="zoe@school.example").name == "Zoë"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "leeg"),
        (b"PK\x03\x04 broken", "geen leesbaar CSV- of Excelbestand"),
        (
            b"naam,rol\nMira,docent",
            "In de eerste regel ontbreekt de kolom email, name, role, programme",
        ),
        (b"email,name,role,programme\n" + b"a@b.nl,a,student,x\n" * (MOST_LINES + 1), "500"),
    ],
)
def test_file_that_is_no_such_sheet_is_refused(client: Client, content: bytes, text: str) -> None:
    answer = client.post(SHEET, {"file": SimpleUploadedFile("x.csv", content), "do": "look"})

    assert answer.status_code == 422
    assert text in " ".join(answer.context["form"].errors["file"])


@pytest.mark.parametrize("content", ["", "[", "{}", "[[1]]", "[1]", "[" * 100_000, '[["\\ud800"]]'])
def test_made_up_content_is_refused(client: Client, content: str) -> None:
    assert client.post(SHEET, {"content": content, "do": "apply"}).status_code == 422


def test_zeros_and_halves_of_signs_that_were_made_up_reach_no_database(client: Client) -> None:
    cells = (
        '[["email","name","role","programme"],["a@b.nl","A\\u0000\\ud800","student","bouwkunde"]]'
    )

    assert client.post(SHEET, {"content": cells, "do": "apply"}).status_code == 302
    assert User.objects.get(email="a@b.nl").name == "A"


def test_large_sheet_is_looked_at_with_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lines = [f"p{number}@school.example,Persoon,student,bouwkunde" for number in range(MOST_LINES)]

    with django_assert_max_num_queries(24):
        assert len(look(client, csv(*lines))) == MOST_LINES


cells = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.lists(cells, max_size=6), max_size=8))
def test_any_rows_are_lines_or_no_such_sheet(rows: list[list[str]]) -> None:
    header = ["email", "name", "role", "programme"]
    with suppress(UnusableSheet):
        lines_of(rows)

    lines = lines_of([header, *rows])

    filled = [number for number, row in enumerate(rows, 2) if any(cell.strip() for cell in row)]
    assert [line.number for line in lines] == filled

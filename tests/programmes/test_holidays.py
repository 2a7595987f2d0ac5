"""The holidays of an institution: one by one or as a list, removed, counted as days off."""

from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stageapp.audit.models import AuditEntry, Kind
from stageapp.programmes import actions_holidays
from stageapp.programmes.models import Holiday, Institution, InstitutionAdministrator
from stageapp.programmes.rules_holidays import Days, WrongLine, read_holidays
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db

LIST = "/manage/holidays/"


@pytest.fixture
def school() -> Institution:
    return factories.institution()


@pytest.fixture
def client(school: Institution) -> Client:
    bea = factories.person("Bea Functioneel")
    InstitutionAdministrator.objects.create(institution=school, person=bea)
    made = Client()
    made.force_login(bea)
    return made


def one(first: str, last: str = "", nl: str = "Kerst", en: str = "Christmas") -> dict[str, str]:
    sent = {"starts_on": first, "ends_on": last, "name_nl": nl, "name_en": en}
    return {f"one-{name}": value for name, value in sent.items()} | {"do": "one"}


def several(lines: str) -> dict[str, str]:
    return {"list-lines": lines, "do": "list"}


def kept() -> list[tuple[str, str, str, str]]:
    return [
        (str(row.starts_on), str(row.ends_on), row.name_nl, row.name_en)
        for row in Holiday.objects.order_by("starts_on")
    ]


# Reading a list


def read(text: str) -> tuple[list[Days], list[WrongLine]]:
    return read_holidays(text, name_length=200)


@pytest.mark.parametrize(
    ("line", "first", "last", "nl", "en"),
    [
        ("21-12-2026;3-1-2027;Kerst;Christmas", (2026, 12, 21), (2027, 1, 3), "Kerst", "Christmas"),
        ("2026-12-21 ; 2027-01-03 ; Kerst", (2026, 12, 21), (2027, 1, 3), "Kerst", "Kerst"),
        (
            "27/4/2027\tKoningsdag\tKing's Day",
            (2027, 4, 27),
            (2027, 4, 27),
            "Koningsdag",
            "King's Day",
        ),
        (
            "5-5-2027 ; ; Bevrijdingsdag",
            (2027, 5, 5),
            (2027, 5, 5),
            "Bevrijdingsdag",
            "Bevrijdingsdag",
        ),
        (
            "  6.5.2027 ;  Hemel   vaart ;;",
            (2027, 5, 6),
            (2027, 5, 6),
            "Hemel vaart",
            "Hemel vaart",
        ),
    ],
)
def test_lines_are_read(
    line: str, first: tuple[int, int, int], last: tuple[int, int, int], nl: str, en: str
) -> None:
    assert read(line) == ([Days(date(*first), date(*last), nl, en)], [])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Kerst", "day"),
        ("31-2-2027;Kerst", "day"),
        ("1-1-1227;Kerst", "day"),
        ("1-1-2027", "name"),
        ("1-1-2027;2-1-2027", "name"),
        ("1-1-2027;2-1-2027;a;b;c", "columns"),
        ("1-1-2027;niet zomaar;een;dag", "columns"),
        ("2-1-2027;1-1-2027;Kerst", "order"),
        # A hundred days and no more: from 1 January that ends on 10 April.
        ("1-1-2027;11-4-2027;Kerst", "long"),
        ("1-1-2027;" + "x" * 201, "name_length"),
    ],
)
def test_lines_that_are_no_holiday_are_named_with_their_number(line: str, problem: str) -> None:
    assert read(f"\n{line}\n") == ([], [WrongLine(2, problem)])


def test_longest_holiday_is_a_hundred_days() -> None:
    assert len(read("1-1-2027;10-4-2027;Kerst")[0]) == 1


@given(st.text(max_size=300))
@settings(max_examples=examples(100))
def test_every_text_is_read_without_losing_a_line(text: str) -> None:
    found, wrong = read(text)

    assert all(row.nl and row.en and row.first <= row.last for row in found)
    assert len(found) + len(wrong) <= len(text.splitlines())


DAYS = st.dates(date(1990, 1, 1), date(2199, 9, 1))


@given(DAYS, st.integers(0, 99), st.from_regex(r"[a-z]{1,20}", fullmatch=True))
@settings(max_examples=examples(100))
def test_what_is_written_as_a_holiday_is_read_as_that_holiday(
    first: date, more: int, name: str
) -> None:
    last = first + timedelta(days=more)
    days = [Days(first, last, name, name)]

    assert read(f"{first.isoformat()};{last.isoformat()};{name}") == (days, [])
    assert read(f"{first:%-d-%-m-%Y};{last:%d/%m/%Y};{name};{name}") == (days, [])


# The page


def test_holiday_of_one_day_is_added_and_recorded(client: Client, school: Institution) -> None:
    answer = client.post(LIST, one("2027-04-27", nl="Koningsdag", en="King's Day"), follow=True)

    assert "1 vrije dag of vakantie is toegevoegd" in answer.content.decode()
    assert kept() == [("2027-04-27", "2027-04-27", "Koningsdag", "King's Day")]
    entry = AuditEntry.objects.get(kind=Kind.SETTINGS_CHANGED)
    assert (entry.subject, entry.institution_key) == (f"institution:{school.pk}", school.pk)
    assert entry.details == {"holidays": "added", "number": 1}


def test_sent_twice_it_is_there_once(client: Client) -> None:
    for _ in range(2):
        client.post(LIST, one("2027-04-27"))

    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (one("2027-04-27", "2027-04-26"), "komt voor de eerste"),
        (one("2027-04-27", "2028-04-27"), "Klopt het jaar?"),
        (one(""), "Dit veld is verplicht"),
        (one("2027-04-27", nl=""), "Dit veld is verplicht"),
        (one("0999-01-01"), "1990"),
        (several("Kerst\n1-1-2027;Nieuwjaar"), "Regel 1 begint niet met een dag"),
        (several(" \n"), "verplicht"),
        (several(";;\n"), "Schrijf ten minste één"),
        ({}, "Dit veld is verplicht"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, sent: dict[str, str], said: str
) -> None:
    answer = client.post(LIST, sent)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert said in page
    for value in sent.values():
        assert value.strip().splitlines()[:1] == [] or value.splitlines()[0] in page
    assert kept() == []


def test_list_is_brought_in_and_what_was_there_stays(client: Client, school: Institution) -> None:
    factories.holiday(school, "Kerstmis", starts_on=date(2026, 12, 25), ends_on=date(2026, 12, 26))
    answer = client.post(
        LIST,
        several("25-12-2026;26-12-2026;Kerst\n1-1-2027;Nieuwjaar;New Year\n1-1-2027;Nieuwjaar"),
        follow=True,
    )

    assert "1 vrije dag of vakantie is toegevoegd" in answer.content.decode()
    assert kept() == [
        ("2026-12-25", "2026-12-26", "Kerstmis", "Kerstmis"),
        ("2027-01-01", "2027-01-01", "Nieuwjaar", "New Year"),
    ]


def test_holiday_is_removed(client: Client, school: Institution) -> None:
    row = factories.holiday(school, starts_on=date(2026, 12, 25), ends_on=date(2026, 12, 26))
    client.post(f"{LIST}{row.pk}/delete/")

    assert kept() == []
    assert client.post(f"{LIST}{row.pk}/delete/").status_code == 404
    assert AuditEntry.objects.get(kind=Kind.SETTINGS_CHANGED).details == {
        "holidays": "removed",
        "first": "2026-12-25",
        "last": "2026-12-26",
    }


def test_holidays_of_another_institution_are_not_there(client: Client) -> None:
    row = factories.holiday(factories.institution(), "Elders vrij")

    assert "Elders vrij" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}{row.pk}/delete/").status_code == 404
    assert Holiday.objects.exists()


def test_there_is_an_end_to_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions_holidays, "MOST_HOLIDAYS", 1)
    answer = client.post(LIST, several("1-1-2027;a\n2-1-2027;b"))

    assert answer.status_code == 422
    assert kept() == []


def test_list_is_paged_and_takes_the_same_queries_for_many(
    client: Client, school: Institution, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        factories.holiday(school, starts_on=date(2027, 1, 1) + timedelta(days=20 * number))
    client.get("/news/")
    with django_assert_max_num_queries(12):
        page = client.get(LIST)
    assert len(page.context["page"].object_list) == 30

"""Competences from a file: tables and CASE packages, and what they change in a cohort."""

import csv
import io
import json
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.programmes.actions_lists import apply_framework
from stageapp.programmes.frameworks import (
    MOST_BYTES,
    MOST_DEPTH,
    Found,
    Framework,
    Limits,
    UnreadableFramework,
    read_framework,
    text_of,
)
from stageapp.programmes.models import Cohort, Competence, ProgrammeMembership, Role
from tests import factories
from tests.examples import examples

LIMITS = Limits(name=200, code=20, text=10_000)
NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
TABLE = "code;title_nl;title_en;description_nl;description_en\n"


def read(text: str) -> Framework:
    return read_framework(text, LIMITS)


def item(key: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"identifier": key, "fullStatement": text} | fields


def link(child: str, parent: str, kind: str = "isChildOf", **fields: Any) -> dict[str, Any]:
    nodes = {"originNodeURI": {"identifier": child}, "destinationNodeURI": {"identifier": parent}}
    return {"associationType": kind} | nodes | fields


def package(items: list[Any], links: list[Any] | None = None, language: str = "nl") -> str:
    document = {"identifier": "doc", "title": "Raamwerk", "language": language}
    return json.dumps({"CFDocument": document, "CFItems": items, "CFAssociations": links or []})


def shown(framework: Framework) -> list[tuple[int, str]]:
    return [(row.depth, row.name_nl) for row in framework.rows if not row.problem]


def problems(framework: Framework) -> list[tuple[int, str]]:
    return [(row.place, row.problem) for row in framework.rows if row.problem]


# Tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_table_with_any_separator_is_read(separator: str) -> None:
    text = f'{TABLE}K1;Samenwerken;Working together;"Met\nanderen";With others\n;Leren;;;'

    assert read(text.replace(";", separator)).rows == [
        Found(2, "Samenwerken", "Working together", "K1", "Met\nanderen", "With others"),
        Found(3, "Leren"),
    ]


def test_columns_that_are_not_read_are_named() -> None:
    found = read("code;naam;Naam Engels;uitleg;\nK1;Samenwerken;Together;Hoe;x\n")

    assert found.unread == ("Naam Engels",)
    assert found.rows[0].description_nl == "Hoe"


def test_columns_can_have_other_names_and_any_order() -> None:
    text = "Toelichting,Iets anders,Titel\nUitleg,x,Samenwerken\n"

    assert read(text).rows == [Found(2, "Samenwerken", description_nl="Uitleg")]


def test_english_stands_in_both_languages_where_there_is_no_dutch() -> None:
    row = read("title_en\nWorking together\n").rows[0]

    assert (row.name_nl, row.name_en, row.is_english) == ("Working together",) * 2 + (True,)


def test_lines_that_cannot_be_competences_are_named() -> None:
    lines = [";;;;uitleg", f";{'x' * 201}", f"{'K' * 21};Leren", f";Lang;;{'x' * 10_001}", ";Goed"]

    assert problems(read(TABLE + "\n".join(lines))) == [
        (2, "name"),
        (3, "long"),
        (4, "code"),
        (5, "text"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        (TABLE, "empty"),
        ("K1;Samenwerken", "columns"),
        (TABLE + ";x\n" * 501, "lines"),
        ("x" * (MOST_BYTES + 1), "large"),
        ('title_nl\n"' + "x" * 200_000, "unknown"),
        ("{", "unknown"),
        ("[" * 100_000, "unknown"),
        ('{"CFItems": 3}', "case"),
        ("[]", "case"),
        ('{"CFItems": []}', "empty"),
        ('{"CFItems": [' + "1," * 5_000 + "1]}", "lines"),
        (
            '{"CFItems": [], "CFAssociations": [' + ",".join("1" for _ in range(20_001)) + "]}",
            "lines",
        ),
        ('{"CFItems": ' + "9" * 5_000 + "}", "unknown"),
    ],
)
def test_file_that_cannot_be_used_says_why(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFramework, match=f"^{reason}$"):
        read(text)


def test_file_of_an_old_spreadsheet_is_text_too() -> None:
    assert text_of("title_nl\nCoördineren".encode("cp1252")) == "title_nl\nCoördineren"
    assert text_of("\ufefftitle_nl".encode()) == "title_nl"
    with pytest.raises(UnreadableFramework):
        text_of(b"\x81\x8d")


@settings(max_examples=examples(150))
@given(
    rows=st.lists(
        st.tuples(
            st.text("K123", max_size=20),
            st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40),
            st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40),
        ),
        max_size=8,
    )
)
def test_table_that_is_written_is_read_again(rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([("code", "title_nl", "title_en"), *rows])
    told = [[" ".join(cell.split()) for cell in row] for row in rows]
    expected = [(c, nl or en, en) for c, nl, en in told if c or nl or en]
    if not expected:
        return

    found = read(out.getvalue()).rows

    assert [(row.code, row.name_nl, row.name_en) for row in found] == expected


@settings(max_examples=examples(300))
@given(
    data=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: (TABLE + text).encode("utf-8", "ignore"))
)
def test_any_file_is_read_or_refused_in_a_word(data: bytes) -> None:
    try:
        framework = read(text_of(data))
    except UnreadableFramework as problem:
        reason = str(problem)
    else:
        storable(framework)
        return
    assert reason in ("empty", "large", "unknown", "case", "columns", "lines")


def storable(framework: Framework) -> None:
    """Check that what is read without a problem fits any database."""
    assert framework.rows
    for row in framework.rows:
        if row.problem:
            continue
        assert 1 <= len(row.name_nl) <= 200
        assert len(row.name_en) <= 200
        assert len(row.code) <= 20
        assert 1 <= row.depth <= MOST_DEPTH
        for text in (row.name_nl, row.name_en, row.code, row.description_nl, row.description_en):
            assert len(text) <= 10_000
            assert "\x00" not in text
            text.encode()


# CASE packages ------------------------------------------------------------------------------------


def test_items_stand_below_each_other_in_their_order() -> None:
    items = [item("a", "Kern"), item("b", "Tweede"), item("c", "Eerste"), item("d", "Diep")]
    links = [
        link("a", "doc"),
        link("b", "a", sequenceNumber=2),
        link("c", "a", sequenceNumber=1),
        link("d", "c"),
        link("d", "b"),
    ]

    read_back = read(package(items, links))

    assert shown(read_back) == [(1, "Kern"), (2, "Eerste"), (3, "Diep"), (2, "Tweede")]
    assert read_back.title == "Raamwerk"
    assert read_back.depths == [1, 2, 3]


def test_places_that_a_server_wrote_as_texts_are_numbers_all_the_same() -> None:
    items = [item("a", "Kern"), *(item(f"i{n}", f"Nummer {n}") for n in (10, 9, 1))]
    links = [link(f"i{n}", "a", sequenceNumber=str(n)) for n in (10, 9, 1)]

    found = shown(read(package(items, links)))

    assert found == [(1, "Kern"), (2, "Nummer 1"), (2, "Nummer 9"), (2, "Nummer 10")]


def test_what_version_1_1_adds_is_no_hindrance() -> None:
    more = {"extensions": {"ours": [1]}, "subject": ["Taal"], "subjectURI": []}
    text = json.loads(
        package(
            [item("a", "Kern", **more), item("b", "Deel", **more)],
            [
                link("b", "a", sequenceNumber=1, notes="Waarom", extensions={}),
                link("a", "b", associationType="ext:builds-on"),
                link("a", "b", associationType="hasSkillLevel"),
            ],
        )
    )
    text["CFDocument"] |= {"caseVersion": "1.1", "frameworkType": "Opleiding", "extensions": {}}
    text |= {"CFRubrics": [], "CFDefinitions": {}, "extensions": {"x": 1}}

    assert shown(read(json.dumps(text))) == [(1, "Kern"), (2, "Deel")]


def test_item_brings_its_code_and_its_notes() -> None:
    one = item("0f2c", "Werkt samen", humanCodingScheme="K 1", notes="Met anderen\r\nen alleen")

    row = read(package([one])).rows[0]

    assert (row.key, row.code, row.description_nl) == ("0f2c", "K 1", "Met anderen\nen alleen")


def test_long_statement_becomes_a_name_and_an_explanation() -> None:
    long = "Kan goed samenwerken " * 15
    short = item("a", long, abbreviatedStatement="Samenwerken")
    cut = item("b", long, humanCodingScheme="CCSS.ELA-Literacy.CCRA.R.1")

    first, second = read(package([short, cut])).rows

    assert (first.name_nl, first.description_nl) == ("Samenwerken", long.strip())
    assert len(second.name_nl) <= 200
    assert second.name_nl.endswith("Kan goed…")
    assert second.code == ""
    assert second.description_nl == f"CCSS.ELA-Literacy.CCRA.R.1\n\n{long.strip()}"


@pytest.mark.parametrize("kind", ["isTranslationOf", "exactMatchOf"])
def test_items_that_say_the_same_in_two_languages_are_one_competence(kind: str) -> None:
    items = [
        item("nl", "Samenwerken", humanCodingScheme="K1"),
        item("en", "Working together", language="en-GB", notes="With others"),
        item("x", "Onder de Engelse"),
    ]
    links = [link("en", "nl", kind), link("en", "doc"), link("x", "en")]

    rows = read(package(items, links)).rows

    assert [(row.key, row.name_nl, row.name_en, row.depth) for row in rows] == [
        ("nl", "Samenwerken", "Working together", 1),
        ("x", "Onder de Engelse", "", 2),
    ]
    assert rows[0].description_en == "With others"
    assert rows[0].description_nl == ""


def test_framework_in_english_stands_in_both_languages() -> None:
    row = read(package([item("a", "Working together")], language="en")).rows[0]

    assert (row.name_nl, row.name_en, row.is_english) == ("Working together",) * 2 + (True,)


def test_item_below_itself_or_too_deep_stays_out_and_is_named() -> None:
    deep = [item(f"d{n}", f"Laag {n}") for n in range(12)]
    items = [item("a", "Kring"), item("b", "Kring terug"), *deep, {"fullStatement": "Los"}, 7]
    links = [link("a", "b"), link("b", "a"), *(link(f"d{n + 1}", f"d{n}") for n in range(11))]

    framework = read(package(items, links))

    assert len(shown(framework)) == 10
    assert problems(framework) == [
        (13, "deep"),
        (14, "deep"),
        (1, "circle"),
        (2, "circle"),
        (15, "identifier"),
        (16, "identifier"),
    ]


def test_item_that_stands_below_nothing_known_is_at_the_top() -> None:
    assert shown(read(package([item("a", "Kern")], [link("a", "elders")]))) == [(1, "Kern")]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
KEYS = st.sampled_from(["a", "b", "c", "doc", ""]) | ANY_JSON
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "identifier": KEYS,
        "fullStatement": st.text() | ANY_JSON,
        "abbreviatedStatement": st.text() | ANY_JSON,
        "humanCodingScheme": st.text() | ANY_JSON,
        "notes": st.text() | ANY_JSON,
        "language": st.sampled_from(["nl", "en", "de"]) | ANY_JSON,
    },
)
LINKS = st.fixed_dictionaries(
    {},
    optional={
        "associationType": st.sampled_from(["isChildOf", "exactMatchOf", "isPeerOf"]) | ANY_JSON,
        "originNodeURI": st.fixed_dictionaries({"identifier": KEYS}) | ANY_JSON,
        "destinationNodeURI": st.fixed_dictionaries({"identifier": KEYS}) | ANY_JSON,
        "sequenceNumber": st.integers() | ANY_JSON,
    },
)


@settings(max_examples=examples(300))
@given(
    data=st.fixed_dictionaries(
        {},
        optional={
            "CFDocument": st.fixed_dictionaries({"language": KEYS, "title": KEYS}) | ANY_JSON,
            "CFItems": st.lists(ITEMS | ANY_JSON, max_size=8) | ANY_JSON,
            "CFAssociations": st.lists(LINKS | ANY_JSON, max_size=12) | ANY_JSON,
        },
    )
    | ANY_JSON
)
def test_any_json_is_read_or_refused_in_a_word(data: Any) -> None:
    try:
        framework = read(json.dumps(data))
    except UnreadableFramework:
        return
    storable(framework)


@settings(max_examples=examples(100))
@given(parents=st.lists(st.integers(0, 20), max_size=20))
def test_every_item_of_a_tree_comes_once(parents: list[int]) -> None:
    items = [item(f"i{n}", f"Item {n}") for n in range(len(parents))]
    links = [link(f"i{n}", f"i{parent}") for n, parent in enumerate(parents)]
    if not items:
        return

    rows = read(package(items, links)).rows

    assert sorted(row.place for row in rows) == list(range(1, len(items) + 1))


# In a cohort --------------------------------------------------------------------------------------


@pytest.fixture
def cohort(db: None) -> Cohort:
    return factories.cohort("competences")


@pytest.fixture
def client(cohort: Cohort) -> Client:
    person = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=person, role=Role.ADMINISTRATOR
    )
    made = Client()
    made.force_login(person)
    return made


def address(cohort: Cohort) -> str:
    return f"/manage/programmes/cohorts/{cohort.pk}/competences/import/"


def look(client: Client, cohort: Cohort, text: str | bytes, **more: Any) -> Any:
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("competences.csv", data)
    return client.post(address(cohort), {"file": file, "do": "look"} | more)


def apply(client: Client, cohort: Cohort, text: str, **more: Any) -> Any:
    return client.post(address(cohort), {"content": text, "do": "apply"} | more)


def outcomes(answer: Any) -> list[tuple[str, str]]:
    return [(row.found.name_nl, row.outcome) for row in answer.context["plan"].rows]


def competence(cohort: Cohort, name: str, **fields: Any) -> Competence:
    fields.setdefault("key", name.lower())
    return Competence.objects.create(cohort=cohort, name_nl=name, **fields)


def test_preview_says_what_is_new_changed_and_left_and_changes_nothing(
    client: Client, cohort: Cohort
) -> None:
    competence(cohort, "Samenwerken", code="K1", name_en="Working together")
    competence(cohort, "Leren", code="K2")
    competence(cohort, "Oud", retired_at=NOW)
    competence(cohort, "Blijft")

    answer = look(
        client,
        cohort,
        f"{TABLE}K1;Samen werken;;;\nK2;Leren;;;\n;Oud;;;\nK3;Nieuw;;;\nK3;Dubbel;;;\n;Blijft;;;x",
    )

    assert answer.status_code == 200
    assert outcomes(answer) == [
        ("Samen werken", "changed"),
        ("Leren", "same"),
        ("Oud", "again"),
        ("Nieuw", "new"),
        ("Dubbel", "out"),
        ("Blijft", "changed"),
    ]
    assert answer.context["plan"].left == 0
    assert cohort.competences.count() == 4
    page = answer.content.decode()
    assert "<del>Samenwerken</del> <ins>Samen werken</ins>" in page
    assert "Regel 6." in page


def test_what_was_looked_at_is_brought_in(client: Client, cohort: Cohort) -> None:
    known = competence(cohort, "Samenwerken", code="K1", description_nl="Blijft")
    text = (
        look(client, cohort, f"{TABLE}K1;Samen werken;Together;;\nK3;Nieuw;;Uitleg;")
        .context["form"]
        .text
    )

    answer = apply(client, cohort, text)

    assert answer.headers["Location"] == address(cohort).removesuffix("import/")
    known.refresh_from_db()
    assert (known.name_nl, known.name_en, known.description_nl) == (
        "Samen werken",
        "Together",
        "Blijft",
    )
    fresh = cohort.competences.get(code="K3")
    assert (fresh.key, fresh.description_nl, fresh.position) == ("k3", "Uitleg", 1)
    # The same file again changes nothing.
    assert {outcome for _name, outcome in outcomes(look(client, cohort, text))} == {"same"}


def test_framework_that_comes_again_is_known_by_its_keys(client: Client, cohort: Cohort) -> None:
    key = "5e8f2d1c-0a3b-4c6d-9e7f-112233445566"
    apply(client, cohort, package([item(key, "Samenwerken", humanCodingScheme="K1")]))

    answer = look(client, cohort, package([item(key.upper(), "Anders", humanCodingScheme="K9")]))

    assert outcomes(answer) == [("Anders", "changed")]
    assert cohort.competences.get().key == key


def test_english_file_does_not_write_over_dutch_words(client: Client, cohort: Cohort) -> None:
    competence(cohort, "Samenwerken", code="K1")

    apply(client, cohort, "code;title_en\nK1;Working together\n")

    one = cohort.competences.get()
    assert (one.name_nl, one.name_en) == ("Samenwerken", "Working together")


def test_levels_are_chosen(client: Client, cohort: Cohort) -> None:
    text = package([item("a", "Kern"), item("b", "Deel"), item("c", "Stap")], [
        link("b", "a"),
        link("c", "b"),
    ])  # fmt: skip

    first = look(client, cohort, text)
    second = client.post(address(cohort), {"content": text, "levels": ["2", "3"], "do": "look"})
    apply(client, cohort, text, levels=["2"])

    assert len(outcomes(first)) == 3
    assert "niveau 2: 1 onderdeel" in first.content.decode()
    assert [name for name, _outcome in outcomes(second)] == ["Deel", "Stap"]
    assert [one.name_nl for one in cohort.competences.all()] == ["Deel"]


def test_name_of_another_competence_is_refused(client: Client, cohort: Cohort) -> None:
    competence(cohort, "Samenwerken", code="K1")
    competence(cohort, "Leren", code="K2")

    answer = look(client, cohort, f"{TABLE}K1;Leren;;;")

    assert outcomes(answer) == [("Leren", "out")]
    assert 'do" value="apply' not in answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 a sheet of Excel",
        b"{",
        b"[]",
        b'{"CFItems": [{"identifier": "a", "fullStatement": "\\ud800"}]}',
        b"title_nl\n\x00",
        b"x" * (MOST_BYTES + 1),
        ("[" * 100_000).encode(),
    ],
)
def test_nonsense_gets_a_message_and_no_error(client: Client, cohort: Cohort, data: bytes) -> None:
    answer = look(client, cohort, data)
    again = apply(client, cohort, data.decode("latin-1"))

    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert len(answer.context["form"].errors["file"]) == 1
    assert again.status_code in (200, 422)
    assert not cohort.competences.exists()


@pytest.mark.parametrize("levels", ["99", "x", "9" * 40, "-1"])
def test_level_that_is_none_is_refused(client: Client, cohort: Cohort, levels: str) -> None:
    answer = apply(client, cohort, f"{TABLE};Leren;;;", levels=levels)

    assert answer.status_code == 422
    assert not cohort.competences.exists()


def test_list_has_a_limit(client: Client, cohort: Cohort) -> None:
    Competence.objects.bulk_create(
        Competence(cohort=cohort, key=f"k{n}", name_nl=f"Naam {n}") for n in range(500)
    )

    answer = apply(client, cohort, f"{TABLE};Leren;;;")

    assert answer.status_code == 422
    assert "hoogstens 500" in answer.content.decode()


# Two at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_administrators_bring_in_one_file_at_once_and_each_competence_comes_once() -> None:
    cohort, person = factories.cohort(), factories.person()
    found = read(f"{TABLE}K1;Samenwerken;;;\nK2;Leren;;;").rows

    def bring_in(by: User) -> None:
        try:
            apply_framework(cohort, found, by=by, at=NOW)
        finally:
            connections.close_all()

    threads = [Thread(target=bring_in, args=[person]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.code for one in cohort.competences.all()) == ["K1", "K2"]

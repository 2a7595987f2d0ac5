"""Reading a pasted list, moving a row, and finding a name that is free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.programmes.rules import (
    Pasted,
    Unreadable,
    a_year_later,
    by_alphabet,
    free_name,
    moved,
    placed,
    read_list,
)


def read(text: str, *, with_code: bool = False) -> tuple[list[Pasted], list[Unreadable]]:
    return read_list(text, with_code=with_code, name_length=200, code_length=20)


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("Overleg", Pasted("Overleg")),
        ("Overleg ; Meeting", Pasted("Overleg", "Meeting")),
        ("Overleg\tMeeting", Pasted("Overleg", "Meeting")),
        ("  • Overleg;Meeting  ", Pasted("Overleg", "Meeting")),
        ("- Overleg", Pasted("Overleg")),
        ("-Overleg", Pasted("-Overleg")),
        ("Overleg;", Pasted("Overleg")),
        ("\ufeffOver  leg", Pasted("Over leg")),
        ("C#; C#", Pasted("C#", "C#")),
    ],
)
def test_line_is_an_entry(line: str, entry: Pasted) -> None:
    assert read(line) == ([entry], [])


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("Samenwerken", Pasted("Samenwerken")),
        ("K1 ; Samenwerken", Pasted("Samenwerken", code="K1")),
        ("K1;Samenwerken;Working together", Pasted("Samenwerken", "Working together", "K1")),
        (";Samenwerken;Working together", Pasted("Samenwerken", "Working together")),
    ],
)
def test_line_of_a_competence_may_begin_with_its_code(line: str, entry: Pasted) -> None:
    assert read(line, with_code=True) == ([entry], [])


def test_lines_that_cannot_be_read_are_named_by_their_number() -> None:
    text = f"Overleg\n\na;b;c\n; Meeting\n{'x' * 201}\nTesten"

    entries, wrong = read(text)

    assert [entry.nl for entry in entries] == ["Overleg", "Testen"]
    assert wrong == [Unreadable(3, "columns"), Unreadable(4, "name"), Unreadable(5, "long")]


def test_code_has_a_limit() -> None:
    assert read(f"{'K' * 21};Samenwerken", with_code=True)[1] == [Unreadable(1, "code")]


def test_same_name_counts_once() -> None:
    assert [entry.nl for entry in read("Overleg\nOVERLEG\nTesten")[0]] == ["Overleg", "Testen"]


@given(st.text(max_size=300), st.booleans())
def test_every_text_is_read_without_losing_a_line(text: str, with_code: bool) -> None:
    entries, wrong = read(text, with_code=with_code)

    assert all(entry.nl.strip() == entry.nl != "" for entry in entries)
    assert all(len(entry.nl) <= 200 and len(entry.code) <= 20 for entry in entries)
    assert len({entry.nl.casefold() for entry in entries}) == len(entries)
    assert len(entries) + len(wrong) <= len(text.splitlines())


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,20}", fullmatch=True)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=20, unique_by=lambda pair: pair[0]))
def test_what_is_written_as_a_list_is_read_as_that_list(pairs: list[tuple[str, str]]) -> None:
    text = "\r\n".join(f"{nl} ; {en}" for nl, en in pairs)

    assert read(text) == ([Pasted(nl, en) for nl, en in pairs], [])


@given(st.lists(st.integers(), unique=True, min_size=1), st.data(), st.integers(1, 10**30))
def test_row_stands_where_it_is_put_and_all_others_keep_their_order(
    order: list[int], data: st.DataObject, place: int
) -> None:
    key = data.draw(st.sampled_from(order))

    found = placed(order, key, place)

    assert found.index(key) == min(place, len(order)) - 1
    assert [one for one in found if one != key] == [one for one in order if one != key]


def test_names_are_sorted_as_people_do() -> None:
    names = ["overleg", "École", "K10", "Testen", "eten", "k2", "Ontwerpen"]

    order = by_alphabet(dict(enumerate(names)))

    assert [names[key] for key in order] == [
        "École", "eten", "k2", "K10", "Ontwerpen", "overleg", "Testen",
    ]  # fmt: skip


def test_row_moves_one_place_and_not_over_the_edge() -> None:
    assert moved([1, 2, 3], 2, up=True) == [2, 1, 3]
    assert moved([1, 2, 3], 2, up=False) == [1, 3, 2]
    assert moved([1, 2, 3], 1, up=True) == [1, 2, 3]
    assert moved([1, 2, 3], 3, up=False) == [1, 2, 3]


def test_free_name_gets_a_figure_when_it_is_taken() -> None:
    assert free_name("stage", ["stage", "stage-2"], length=50, otherwise="x") == "stage-3"
    assert free_name("", [], length=50, otherwise="cohort") == "cohort"
    assert free_name("a" * 80, ["a" * 44], length=50, otherwise="x") == "a" * 44 + "-2"


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("Stage 2026", "Stage 2027"),
        ("2026-2027, voorjaar", "2027-2028, voorjaar"),
        ("Lichting A", ""),
        ("Lokaal 20261", ""),
    ],
)
def test_name_of_next_year_follows_from_this_one(name: str, later: str) -> None:
    assert a_year_later(name) == later

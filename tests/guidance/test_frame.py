"""The frame of a reply: each part at its own place, whatever is there already."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.guidance.rules_replies import filled_in, rank_of, with_words
from tests.examples import examples

OFFERED = [
    (0, "Dag Sanne,"),
    (1, "Goed dat je dit voorlegt. Ik zie dat …"),
    (2, "Wat ik je vooral wil meegeven: …"),
    (3, "Wat ga je als eerste doen, en wanneer? Misschien: …"),
    (4, "Succes, en laat me weten hoe het ging.\nMira"),
]


def put_in(draft: str, *ranks: int) -> str:
    for rank in ranks:
        draft = with_words(draft, dict(OFFERED)[rank], rank, OFFERED)
    return draft


WHOLE = "\n\n".join(text for _rank, text in OFFERED)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1)])
def test_parts_come_in_their_order_however_they_are_clicked(order: tuple[int, ...]) -> None:
    assert put_in("", *order) == WHOLE
    assert put_in(WHOLE, *order) == WHOLE


def test_what_was_typed_is_the_core() -> None:
    assert put_in("Vraag na een half uur hulp.", 4, 0) == (
        "Dag Sanne,\n\nVraag na een half uur hulp.\n\nSucces, en laat me weten hoe het ging.\nMira"
    )


def test_own_greeting_and_closing_keep_their_places() -> None:
    draft = "Hoi Sanne!\n\nVraag hulp.\n\nGroetjes,\nMira"

    assert put_in(draft, 1, 3) == (
        "Hoi Sanne!\n\nGoed dat je dit voorlegt. Ik zie dat …\n\nVraag hulp.\n\n"
        "Wat ga je als eerste doen, en wanneer? Misschien: …\n\nGroetjes,\nMira"
    )


def test_part_that_is_filled_in_is_still_recognised() -> None:
    draft = "Goed dat je dit voorlegt. Ik zie dat je doorzet.\n\nVraag hulp."

    assert put_in(draft, 0) == f"Dag Sanne,\n\n{draft}"


def test_names_are_filled_in() -> None:
    names = {"student": "Sanne Bakker", "writer": "Mira de Vries"}

    assert filled_in("Dag [naam], groet, [ik]", **names) == "Dag Sanne, groet, Mira"
    assert filled_in("Hi [name], [me]", student="", writer="Mira") == "Hi , Mira"
    assert filled_in("{0} {x} %s", **names) == "{0} {x} %s"


def test_loose_words_go_with_the_core() -> None:
    assert rank_of("free") == rank_of("core") == 2


@settings(max_examples=examples(100), deadline=None)
@given(st.text(max_size=200), st.sampled_from(OFFERED))
def test_nothing_that_was_typed_is_lost(draft: str, offer: tuple[int, str]) -> None:
    rank, words = offer

    found = with_words(draft, words, rank, OFFERED)

    assert words in found
    assert [word for word in draft.split() if word not in found.split()] == []

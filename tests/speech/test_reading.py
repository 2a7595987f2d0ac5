"""What a message is read as, and why."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.speech.acts import Act
from stageapp.speech.reading import read_message
from tests.examples import examples


def acts(text: str) -> list[Act]:
    return [sentence.act for sentence in read_message(text).sentences]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("De toets duurde een uur.", Act.ASSERTIVE),
        ("My supervisor works from home.", Act.ASSERTIVE),
        ("kun je hier naar kijken", Act.DIRECTIVE),
        ("Ik vroeg me af of het later mag.", Act.DIRECTIVE),
        ("Could you call me?", Act.DIRECTIVE),
        ("Denk aan je bronnen.", Act.DIRECTIVE),
        ("Heel erg bedankt!", Act.EXPRESSIVE),
        ("I am really nervous about it.", Act.EXPRESSIVE),
        ("Ik stuur het je morgen.", Act.COMMISSIVE),
        ("I'll send it tonight.", Act.COMMISSIVE),
        ("Hierbij meld ik mij ziek.", Act.DECLARATION),
        ("Ik trek mijn vraag in.", Act.DECLARATION),
        ("From now on I write it down every day.", Act.DECLARATION),
    ],
)
def test_plain_cases_are_read_as_a_person_would(text: str, act: Act) -> None:
    assert acts(text) == [act]


def test_words_that_led_to_it_stand_in_the_sentence_in_order_of_weight() -> None:
    (sentence,) = read_message("Dus ik vroeg me af of je tijd hebt?").sentences

    assert sentence.act == Act.DIRECTIVE
    assert "?" in sentence.words
    assert "vroeg me af" in sentence.words


def test_greetings_are_marked_but_do_not_prevail() -> None:
    reading = read_message("Hallo Karin,\nDe les duurde lang.\nGroetjes, Daan")

    assert [sentence.is_greeting for sentence in reading.sentences] == [True, False, True]
    assert reading.counts[Act.EXPRESSIVE] == 0
    assert reading.prevailing == (Act.ASSERTIVE,)


def test_greetings_prevail_where_there_is_nothing_else() -> None:
    assert read_message("Hoi Karin! Groetjes, Daan").prevailing == (Act.EXPRESSIVE,)


def test_as_many_of_both_prevail_together() -> None:
    reading = read_message("De les duurde lang. Mag dat?")

    assert reading.prevailing == (Act.ASSERTIVE, Act.DIRECTIVE)


def test_nothing_has_nothing_that_prevails() -> None:
    reading = read_message(" \n ")

    assert reading.sentences == ()
    assert reading.prevailing == ()


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    reading = read_message(text)

    assert sum(reading.counts.values()) == len(reading.counted) <= len(reading.sentences)
    for sentence in reading.sentences:
        assert all(word in sentence.text for word in sentence.words)


@pytest.mark.parametrize(
    "piece", ["a\n", "ik ", "ik was ", "heb ik ", ". ", "a.b", "als ik, ", "é"]
)
def test_no_message_of_ten_thousand_characters_is_slow(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    began = time.process_time()

    read_message(text)

    assert time.process_time() - began < 2

"""Hints on a reply: the most useful first, gentle, and silent where there is nothing to say."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.speech.hints import (
    FEW_WORDS,
    LONG_SENTENCE,
    MANY_WORDS,
    MOST_HINTS,
    HintKind,
    hints_for,
    questions_of,
)
from stageapp.speech.quotes import is_quoted, own_words, quoted
from stageapp.speech.stems import stem
from tests.examples import examples

ASKED = (
    "Hoi Mira,\nIk zoek te lang alleen naar storingen. Wanneer vraag ik hulp aan mijn begeleider? "
    "En moet dat ook in mijn verslag?\nGroetjes, Sanne"
)
#: Long enough, plain, and with a word of thanks.
FINE = "Wat goed dat je dit vraagt. Ga na een half uur zoeken naar je begeleider toe."


def kinds(draft: str, received: str = "", *, is_early: bool = False) -> list[HintKind]:
    return [hint.kind for hint in hints_for(draft, received, is_early=is_early)]


@pytest.mark.parametrize("draft", ["", " \n ", "\t"])
def test_empty_draft_has_no_hint(draft: str) -> None:
    assert hints_for(draft, ASKED, is_early=True) == []


def test_question_that_is_not_taken_up_is_named_until_it_is() -> None:
    (hint,) = hints_for(FINE, ASKED)
    assert (hint.kind, hint.about) == (HintKind.QUESTION, "En moet dat ook in mijn verslag?")

    assert hints_for(f"{FINE} In je verslag hoeft het niet.", ASKED) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Kun je me vandaag bellen?", "Ik heb je net gebeld, spreek gerust iets in voor mij."),
        ("Zal ik de toets maken?", "De toets is inderdaad een goed idee, begin klein en kort."),
        ("Could you read my report?", "I will read your reports on Friday, after lunch I think."),
        ("How do I plan my sprints?", "Your sprint gets shorter when you write it down on Monday."),
    ],
)
def test_other_forms_of_the_same_word_take_a_question_up(question: str, answer: str) -> None:
    assert kinds(answer, question) == []


def test_quoting_a_question_takes_it_up() -> None:
    draft = f"{FINE}\n\n> En moet dat ook in mijn verslag?\n\nNee hoor."

    assert kinds(draft, ASKED) == []


def test_question_without_words_of_its_own_is_about_the_sentence_before_it() -> None:
    asked = "Mijn begeleider is ziek. Wat nu?"

    assert kinds("Vraag wie de begeleider vervangt, en stel je daar voor.", asked) == []
    assert kinds("Het weer wordt beter, dus ga vooral naar buiten deze week.", asked) == [
        HintKind.QUESTION
    ]


def test_question_that_is_left_gives_way_to_the_next() -> None:
    asked = "Hoe plan ik? Wie controleert de toets? Waar staat de handleiding?"
    first, second = hints_for("Ik schrijf je hierover vrijdag na de vergadering.", asked)

    left = hints_for("Ik schrijf je hierover vrijdag na de vergadering.", asked, left=[first.key])

    assert [hint.about for hint in left] == [second.about, "Waar staat de handleiding?"]


def test_two_questions_leave_room_for_something_else() -> None:
    asked = "Hoe plan ik? Wie controleert de toets? Waar staat de handleiding?"

    assert kinds("Prima!", asked) == [HintKind.QUESTION, HintKind.QUESTION, HintKind.SHORT]


@pytest.mark.parametrize(
    "words",
    ["Wat goed dat je dit vraagt.", "Ik begrijp je twijfel.", "Thanks for asking.", "I see why."],
)
def test_early_reply_asks_for_acknowledgement_until_it_is_there(words: str) -> None:
    plain = "Neem contact op met de coördinator op dinsdag om tien uur in de kamer."

    assert kinds(plain, is_early=True) == [HintKind.ACKNOWLEDGE]
    assert kinds(f"{words} {plain}", is_early=True) == []
    assert kinds(plain) == []


@pytest.mark.parametrize(
    ("draft", "claim"),
    [
        ("Je begeleider weet dit altijd beter dan jij of ik dat doen.", "altijd"),
        ("Obviously this was the wrong approach to the customer last week.", "Obviously"),
    ],
)
def test_claim_without_ground_is_named(draft: str, claim: str) -> None:
    (hint,) = hints_for(draft, "")

    assert (hint.kind, hint.about) == (HintKind.GROUND, claim)


@pytest.mark.parametrize(
    "draft",
    [
        "Je begeleider weet dit altijd beter, want die werkt er al tien jaar.",
        "Nobody answers at once. As you write, the desk is empty until ten.",
        "Gaat dat altijd zo bij jullie op de afdeling, ook in de zomer?",
    ],
)
def test_ground_in_or_behind_the_sentence_is_enough(draft: str) -> None:
    assert kinds(draft) == []


def test_length_and_long_sentences_are_counted_in_words() -> None:
    sentence = "Zo gaat het hier op school. "

    (few,) = hints_for("Ja, doe maar.", "")
    (long,) = hints_for("zo " * (LONG_SENTENCE + 1) + ".", "")
    (many,) = hints_for(sentence * 50, "")

    assert (few.kind, few.count) == (HintKind.SHORT, 3)
    assert (long.kind, long.count) == (HintKind.SENTENCE, LONG_SENTENCE + 2)
    assert (many.kind, many.count) == (HintKind.LONG, 300)
    assert kinds("zo " * (LONG_SENTENCE - 1) + "zo.") == []
    assert kinds(sentence * (MANY_WORDS // 6)) == []
    assert kinds("woord " * FEW_WORDS) == []


def test_two_vague_words_are_named_and_one_is_a_way_of_speaking() -> None:
    (hint,) = hints_for("Je kunt eventueel in principe ook zelf de klant bellen.", "")

    assert (hint.kind, hint.about) == (HintKind.VAGUE, "eventueel, in principe")
    assert kinds("Je kunt eventueel ook zelf de klant bellen, dat mag.") == []


def test_dots_of_the_frame_are_noticed_first() -> None:
    assert kinds("Mijn antwoord: … Laat me weten of dat werkt voor je.")[0] == HintKind.UNFINISHED
    assert kinds("Ik twijfelde… maar het is een goede keuze van jou hoor.") == []


def test_reminder_of_what_writing_lacks_comes_last_where_feeling_is_in_it() -> None:
    reply = FINE + " Schrijf daarna op wat je geprobeerd hebt, dan zien jullie het snel samen."

    assert kinds(reply, "Ik ben er erg zenuwachtig over.") == [HintKind.TONE]
    assert kinds(reply, "De toets duurde een uur.") == []


def test_own_quotations_are_not_judged() -> None:
    quotation = "> Iedereen weet altijd alles eventueel in principe.\n\n"

    assert kinds(quotation + FINE) == []


def test_questions_with_a_mark_come_first() -> None:
    asked = questions_of("Laat me weten of dat mag. De klant belt morgen. Wie neemt er op?")

    assert [question for question, _before in asked] == [
        "Wie neemt er op?",
        "Laat me weten of dat mag.",
    ]


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=400), st.text(max_size=400), st.booleans())
def test_any_text_has_three_hints_at_most(draft: str, received: str, is_early: bool) -> None:
    found = hints_for(draft, received, is_early=is_early)

    assert len(found) <= MOST_HINTS
    assert len({hint.key for hint in found}) == len(found)
    left = hints_for(draft, received, is_early=is_early, left=[hint.key for hint in found])
    assert not {hint.key for hint in found} & {hint.key for hint in left}


@pytest.mark.parametrize(
    "piece", ["Dit hoort in je verslag. ", "zou je ", ". ", "… ", "é", "> ", "goed ", "a.b", "x\n"]
)
def test_ten_thousand_characters_are_no_work(piece: str) -> None:
    draft = (piece * 10_000)[:10_000]
    hints_for("warm", ASKED)
    began = time.process_time()

    hints_for(draft, ASKED, is_early=True)

    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("bellen gebeld bel belt", "bel"),
        ("maken gemaakt maakt maak", "mak"),
        ("planning plannen plan", "plan"),
        ("reports report reported", "repor"),
    ],
)
def test_forms_of_a_word_have_one_stem(words: str, one: str) -> None:
    assert {stem(word) for word in words.split()} == {one}


def test_quotation_is_told_from_a_sign() -> None:
    assert [is_quoted(line) for line in ("> a", ">", ">> a", ">5", "-> a", "a > b")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert own_words("> Mag het?\n>\n> Ja?\nJa hoor.\n> nee") == "Ja hoor."
    assert quoted(["Mag het?", "Nu\nal?"]) == "> Mag het?\n>\n> Nu al?"

"""Finding articles by words."""

import time

import pytest

from stageapp.guide.catalogue import guide_in
from stageapp.guide.rules import Piece, excerpt, pieces, plain, sought_in
from stageapp.guide.search import find

NL, EN = guide_in("nl"), guide_in("en")


def first(query: str, language: str = "nl") -> str:
    return find(guide_in(language), query).found[0].article.slug


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("sociale anonimiteit", "social-anonymity"),
        ("Wat betekent rood?", "who-needs-attention"),
        ("intrekken", "what-your-teacher-sees"),
        ("STARR", "reflect-with-a-model"),
        ("grice", "answer-well"),
        ("taalhandelingen", "analyse-a-message"),
        ("weekstaat", "take-everything-out"),
        ("sneltoetsen", "keys-and-accessibility"),
        ("hoe schrijf ik een tip", "rules-of-tips"),
        ("notificaties uitzetten", "news-by-mail"),
    ],
)
def test_search_finds_what_people_look_for_first(query: str, slug: str) -> None:
    assert first(query) == slug


def test_search_is_in_the_language_of_the_reader() -> None:
    assert first("withdraw", "en") == "what-your-teacher-sees"
    assert find(NL, "withdraw").found == []


def test_capitals_and_accents_do_not_matter() -> None:
    slugs = [one.article.slug for one in find(NL, "REFLECTIES").found]

    assert slugs == [one.article.slug for one in find(NL, "réflecties").found] != []


def test_all_words_have_to_be_there_if_they_can() -> None:
    findings = find(NL, "vertrouwen compliment")

    assert not findings.is_partial
    for one in findings.found:
        text = " ".join(text for _, text in one.article.searched)
        assert "vertrouwen" in text
        assert "compliment" in text


def test_articles_with_some_of_the_words_come_where_none_has_all() -> None:
    findings = find(NL, "grice kolb")

    assert findings.is_partial
    assert {one.article.slug for one in findings.found[:2]} >= {"answer-well"}
    assert len(findings.found) <= 5


def test_slip_of_the_pen_is_guessed() -> None:
    findings = find(NL, "anonimitiet")

    assert findings.found == []
    assert findings.meant == "anonimiteit"


@pytest.mark.parametrize("query", ["xyzzyq", "???", "(.*", "\\", "🙂"])
def test_search_for_nonsense_finds_nothing_and_says_so(query: str) -> None:
    assert find(NL, query).found == []


def test_filling_words_count_only_where_there_are_no_others() -> None:
    assert sought_in("Hoe deel ik een vraag?") == ["deel", "vraag"]
    assert sought_in("wie ik") == ["wie", "ik"]


def test_plain_text_keeps_its_length() -> None:
    text = "Één café, ﬁjn – “Straße”… İ"

    assert len(plain(text)) == len(text)
    assert plain("Eén Café") == "een cafe"


def test_words_are_marked_as_they_are_written() -> None:
    assert pieces("Begeleidingsvraag: één vraag", ["vraag"]) == [
        Piece("Begeleidings", False),
        Piece("vraag", True),
        Piece(": één ", False),
        Piece("vraag", True),
    ]


def test_short_word_is_found_only_where_a_word_begins() -> None:
    assert pieces("De app in stappen", ["app"]) == [
        Piece("De ", False),
        Piece("app", True),
        Piece(" in stappen", False),
    ]


def test_excerpt_comes_from_the_block_with_most_words_and_is_cut_between_words() -> None:
    long = "woord " * 40 + "kern van je vraag " + "slot " * 40
    found = excerpt(["kern", long], ["kern", "vraag"])

    assert found.startswith("… woord woord")
    assert "kern van je vraag" in found
    assert found.endswith("slot …")
    assert excerpt(["niets"], ["kern"]) == ""


def test_search_is_fast() -> None:
    find(NL, "vooraf")
    start = time.process_time()
    for _ in range(10):
        find(NL, "hoe kan ik een begeleidingsvraag delen met mijn docent")

    assert (time.process_time() - start) / 10 < 0.25

"""The splitter loses nothing, is never slow, and survives how people write."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stageapp.speech.sentences import sentences, split
from tests.examples import examples

#: What messages are made of, so that random ones come near to where a splitter goes wrong.
PIECES = st.sampled_from(
    [
        *("o.a.", "d.w.z.", "bijv.", "e.g.", "Dr.", "J.", "9.30", "12.", "1.", "B."),
        *(".", "!", "?", "...", "…", "?!", ",", ":", ";", "-", "*", "(", ")", '"', "’", "<3", ":)"),
        *("😀", "❤️", "👍🏽", "🏳️‍🌈", "Ik", "kan", "Groetjes,", "Hoi", "Beste", "Kun je", "a@b.nl"),
        *(
            "https://a.nl/b.c?d=e.",
            "Pfff...",
            "\n",
            "\r\n",
            "\r",
            "\n\n",
            " ",
            "  ",
            "\t",
            "\u00a0",
        ),
    ]
)
MESSAGES = st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=60).map("".join)


@settings(max_examples=examples(400))
@given(st.one_of(MESSAGES, st.text(max_size=200)))
def test_joined_sentences_are_the_text(text: str) -> None:
    assert "".join(split(text)) == text


@settings(max_examples=examples(400))
@given(MESSAGES)
def test_each_piece_holds_something_where_the_text_does(text: str) -> None:
    pieces = split(text)

    assert all(piece.strip() for piece in pieces) or not text.strip()
    assert sentences(text) == [piece.strip() for piece in pieces if piece.strip()]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=5).map("".join))
def test_no_text_of_ten_thousand_characters_is_slow(pattern: str) -> None:
    text = (pattern * (10_000 // len(pattern) + 1))[:10_000]
    began = time.process_time()

    assert "".join(split(text)) == text
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "text",
    [
        "Ik werk o.a. aan de voorkant, d.w.z. aan wat je ziet.",
        "Dat gaat bijv. over Angular en evt. over React.",
        "I like the front end, e.g. the forms, i.e. what people see.",
        "Dr. Jansen en mevr. De Wit lezen het.",
        "Ik sprak J. de Vries en prof. A. B. Bakker.",
        "Het begint om 9.30 uur en niet om 8.15.",
        "Around 4 a.m. it gets quiet.",
        "Mail me op j.de.vries@voorbeeld.nl als je wilt.",
        "Het staat op https://www.voorbeeld.nl/stage/regels.html?week=10.",
        "Pfff... wat een dag.",
        "hmm… misschien wel",
        "Zo mooi ❤️ om mee te maken",
        "Hij vroeg “Wat nu?” en ging weg.",
        "Zie blz. 12 en nr. 5 van de lijst.",
        "Versie 2.1 is af.",
        "Met vriendelijke groet,\n\nSanne de Vries",
        "Groetjes,\nDaan",
        "Dit is een regel die door een mailprogramma midden in de zin is\nafgebroken.",
        "*slik* dat was eng",
    ],
)
def test_this_is_one_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hallo Annemiek, Deze week ging goed.", ["Hallo Annemiek,", "Deze week ging goed."]),
        ("Dear Mr Bennett, I passed!", ["Dear Mr Bennett,", "I passed!"]),
        ("Hoi juf, waar vind ik dat?", ["Hoi juf, waar vind ik dat?"]),
        ("Gelukt!! 🎉 Nu verder.", ["Gelukt!! 🎉", "Nu verder."]),
        ("Fijn weekend 😊 Kun je bellen?", ["Fijn weekend 😊", "Kun je bellen?"]),
        ("dat was leuk. ik ga verder", ["dat was leuk.", "ik ga verder"]),
        ("Echt?! Wauw... Dat is mooi.", ["Echt?!", "Wauw...", "Dat is mooi."]),
        ("Ik snap het niet.Kun je helpen?", ["Ik snap het niet.", "Kun je helpen?"]),
        ("mijn begeleider is ziek\nwat nu", ["mijn begeleider is ziek", "wat nu"]),
        (
            "Vandaag:\n- tickets gedaan\n- overleg. Was goed",
            ["Vandaag:", "- tickets gedaan", "- overleg.", "Was goed"],
        ),
        ("1. Eerst dit\n2. Dan dat", ["1. Eerst dit", "2. Dan dat"]),
        ("Ik kies optie B. Daarna zie ik wel.", ["Ik kies optie B.", "Daarna zie ik wel."]),
        ("Het was om 10 uur. Zie week 12. Ok.", ["Het was om 10 uur.", "Zie week 12.", "Ok."]),
        ("Ik leer React, Vue enz. Dat gaat.", ["Ik leer React, Vue enz.", "Dat gaat."]),
        ("Mail a@b.nl. Dan bel ik.", ["Mail a@b.nl.", "Dan bel ik."]),
        ("“Stop!” Toen was het stil.", ["“Stop!”", "Toen was het stil."]),
        ("Groetjes,\nDaan\n\nPS het is af", ["Groetjes,\nDaan", "PS het is af"]),
        ("  \n ", []),
        ("", []),
    ],
)
def test_these_are_the_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected

"""Words in texts: folding, finding, marking. Plain Python."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

#: A question of more words than this is searched by its first ones.
MOST_WORDS = 12
#: Up to so many letters a word is only found where another begins: "app" not in "stappen".
SHORT = 3
#: What an excerpt shows before and after the first word found.
BEFORE, AFTER = 60, 160
#: Words of a spoken question that say nothing of what somebody looks for.
FILLING = frozenset(
    [
        "aan",
        "als",
        "bij",
        "dat",
        "de",
        "deze",
        "die",
        "dit",
        "dan",
        "door",
        "een",
        "en",
        "er",
        "het",
        "hoe",
        "ik",
        "in",
        "is",
        "je",
        "jij",
        "kan",
        "kun",
        "kunnen",
        "me",
        "met",
        "mij",
        "mijn",
        "moet",
        "naar",
        "of",
        "om",
        "op",
        "over",
        "te",
        "van",
        "voor",
        "waar",
        "waarom",
        "wanneer",
        "wat",
        "we",
        "wie",
        "zijn",
        "a",
        "about",
        "an",
        "and",
        "are",
        "at",
        "can",
        "could",
        "do",
        "does",
        "for",
        "how",
        "i",
        "if",
        "it",
        "may",
        "me",
        "must",
        "my",
        "on",
        "the",
        "these",
        "this",
        "that",
        "to",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "with",
        "you",
        "your",
    ]
)


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it was searched for."""

    text: str
    is_match: bool


def plain(text: str) -> str:
    """Return a text without accents and capitals, with one sign for each sign of it.

    So what is found in the plain text stands at the same place in the text itself.
    """
    return "".join(
        unicodedata.normalize("NFKD", sign)[0].casefold()[0]
        for sign in unicodedata.normalize("NFC", text)
    )


def words_of(text: str) -> list[str]:
    """Return the different words of a text, plain, in its order."""
    return list(dict.fromkeys(re.findall(r"\w+", plain(text))))


def sought_in(query: str) -> list[str]:
    """Return the words that a question is about; all of them where it has no others."""
    words = words_of(query)
    return ([word for word in words if word not in FILLING] or words)[:MOST_WORDS]


def pattern_of(word: str) -> re.Pattern[str]:
    """Return what finds a plain word in a plain text, as a part of a longer one too."""
    return re.compile(rf"(?<!\w){word}" if len(word) <= SHORT else word)


def pieces(text: str, words: list[str]) -> list[Piece]:
    """Cut a text where the words begin and end."""
    if not words:
        return [Piece(text, is_match=False)]
    longest_first = sorted(words, key=len, reverse=True)
    either = re.compile("|".join(pattern_of(word).pattern for word in longest_first))
    found: list[Piece] = []
    at = 0
    for match in either.finditer(plain(text)):
        found += [Piece(text[at : match.start()], False), Piece(text[slice(*match.span())], True)]
        at = match.end()
    found.append(Piece(text[at:], False))
    return [piece for piece in found if piece.text]


def excerpt(blocks: Sequence[str], words: list[str]) -> str:
    """Return what stands around the words in the block that has most of them, if any has one."""
    best = max(blocks, key=lambda block: len(_places(block, words)), default="")
    places = _places(best, words)
    return _around(best, min(places)) if places else ""


def _places(text: str, words: list[str]) -> list[int]:
    """Return where each word is first found, for those that are."""
    simple = plain(text)
    return [match.start() for word in words if (match := pattern_of(word).search(simple))]


def _around(text: str, place: int) -> str:
    """Cut a text to whole words on both sides of a place."""
    start, end = max(0, place - BEFORE), place + AFTER
    start = text.find(" ", start, place) + 1 if start else 0
    last = text.rfind(" ", place, end) if end < len(text) else len(text)
    return ("… " if start else "") + text[start:last] + ("" if last == len(text) else " …")


def closest(word: str, known: set[str]) -> str:
    """Return the known word that looks most like a plain word, or the word itself."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.7)), word)

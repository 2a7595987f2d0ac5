"""Words in texts: folding, finding, marking. Plain Python."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

#: A question of more words than this is searched by its first ones.
MOST_WORDS = 12
#: Up to so many letters a word is only found where another begins: "app" not in "stappen".
SHORT = 3
#: What an excerpt shows before and after the first word found.
BEFORE, AFTER = 60, 160


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


def excerpt(text: str, words: list[str]) -> str:
    """Return the part of a text around the first of the words, or nothing where none is in it."""
    simple = plain(text)
    places = [match.start() for word in words if (match := pattern_of(word).search(simple))]
    if not places:
        return ""
    start, end = max(0, min(places) - BEFORE), min(places) + AFTER
    start = text.find(" ", start, min(places)) + 1 if start else 0
    last = text.rfind(" ", start, end) if end < len(text) else len(text)
    return ("… " if start else "") + text[start:last] + ("" if last == len(text) else " …")


def closest(word: str, known: set[str]) -> str:
    """Return the known word that looks most like a plain word, or the word itself."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.7)), word)

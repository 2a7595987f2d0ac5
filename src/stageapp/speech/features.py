"""What the classifier looks at in a sentence: its words, their order, and the cues."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from stageapp.speech.cues import CUES
from stageapp.speech.lexicon import GROUP_OF
from stageapp.speech.sentences import EMOJI, SMILEY

_TOKEN = re.compile(
    rf"(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<number>\d+(?:[.:,]\d+)*)"
    rf"|(?P<mark>{SMILEY}|{EMOJI}+)|(?P<stop>\?|!|\.{{2,}}|…|,|:|;|\.)"
)
_LONG = re.compile(r"(.)\1{2,}")
_SPACES = re.compile(r"\s")
#: As people type on a phone.
_CHAT = {
    "ff": "even", "mn": "mijn", "m'n": "mijn", "zn": "zijn", "z'n": "zijn", "thx": "thanks",
    "thnx": "thanks", "thnks": "thanks", "u": "u", "ur": "your", "pls": "please", "plz": "please",
    "idd": "inderdaad", "iig": "in ieder geval", "ivm": "in verband met", "mss": "misschien",
    "wss": "waarschijnlijk", "nie": "niet", "da": "dat", "ie": "hij", "tmrw": "tomorrow",
    "im": "i'm", "ill": "i'll", "ive": "i've", "dont": "don't", "cant": "can't", "wont": "won't",
    "gonna": "going", "wanna": "want", "bdankt": "bedankt", "dankje": "dank",
}  # fmt: skip
#: Words shorter than this have no stem of their own.
_STEM = 5
#: No sentence has more words that matter; what comes after is not looked at.
_MOST_WORDS = 120
_MOST_LETTERS = 1000

Span = tuple[int, int]


class Feature(NamedTuple):
    """One thing that a sentence has, and where; a tuple, for there are tens of each sentence."""

    name: str
    span: Span | None = None


def features_of(sentence: str) -> list[Feature]:
    """Return everything that the classifier looks at in a sentence, each thing once."""
    sentence = sentence[:_MOST_LETTERS]
    found: dict[str, Feature] = {}
    for feature in _all(sentence):
        found.setdefault(feature.name, feature)
    return list(found.values())


def _all(sentence: str) -> Iterator[Feature]:
    tokens = list(_tokens(sentence))[:_MOST_WORDS]
    yield Feature("always")
    yield from _cues(sentence)
    yield from _words(tokens)
    yield from _start(tokens)
    yield from _end(tokens)
    yield Feature(f"length {_length(len(tokens))}")


def _tokens(sentence: str) -> Iterator[tuple[str, Span]]:
    for match in _TOKEN.finditer(sentence):
        text = match[0]
        if match["word"]:
            text = _LONG.sub(r"\1\1", text.lower().replace("’", "'"))
            text = _CHAT.get(text, text)
        elif match["number"]:
            text = "#"
        elif match["mark"]:
            text = "picture"
        elif len(text) > 1 or text == "…":
            text = "..."
        yield text, match.span()


def _cues(sentence: str) -> Iterator[Feature]:
    body = sentence.lstrip("-*• \t")
    shift = len(sentence) - len(body)
    plain = _SPACES.sub(" ", body.lower().replace("’", "'"))
    for name, cue in CUES.items():
        match = cue.search(plain)
        if match:
            start, end = match.span(match.lastgroup or 0)
            yield Feature(f"cue {name}", (start + shift, end + shift))


def _words(tokens: list[tuple[str, Span]]) -> Iterator[Feature]:
    before, start = "^", 0
    for word, span in tokens:
        yield Feature(f"word {word}", span)
        yield Feature(f"pair {before} {word}", (start, span[1]))
        if len(word) > _STEM:
            yield Feature(f"stem {word[:_STEM]}", span)
        group = GROUP_OF.get(word)
        if group:
            yield Feature(f"group {group}", span)
        before, start = word, span[0]


def _start(tokens: list[tuple[str, Span]]) -> Iterator[Feature]:
    if not tokens:
        return
    first, span = tokens[0]
    yield Feature(f"first {first}", span)
    group = GROUP_OF.get(first)
    if group:
        yield Feature(f"first group {group}", span)
    if len(tokens) > 1:
        second, until = tokens[1]
        yield Feature(f"second {second}", until)
        group = GROUP_OF.get(second)
        if group:
            yield Feature(f"second group {group}", until)


def _end(tokens: list[tuple[str, Span]]) -> Iterator[Feature]:
    if tokens:
        last, span = tokens[-1]
        yield Feature(f"last {last}", span)


def _length(count: int) -> str:
    bounds = ((2, "1-2"), (4, "3-4"), (7, "5-7"), (12, "8-12"), (20, "13-20"))
    return next((name for most, name in bounds if count <= most), "more")

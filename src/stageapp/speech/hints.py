"""Gentle hints on a reply while it is written: plain Python, kept nowhere.

The four properties are those of P. Grice, "Logic and Conversation" (1975), as used for a written
reply by A. Ribbers and A. Waringa, "E-coaching" (2012). What the hints cannot know they say so:
the words around them (guidance/words_replies.py) say "perhaps". docs/reply-hints.md has the rules
and their figures.
"""

import re
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise

from stageapp.speech.acts import Act
from stageapp.speech.quotes import own_words
from stageapp.speech.reading import ReadSentence, model, read_sentence
from stageapp.speech.sentences import sentences
from stageapp.speech.stems import stems

#: More hints than this at a time are a wall themselves.
MOST_HINTS = 3
#: Of those, so many can be about questions: the rest of the reply gets a place too.
MOST_QUESTIONS = 2
#: GOV.UK lets its writers check sentences with more words than this, to split them.
LONG_SENTENCE = 25
#: These two are our own: what fits on a phone without scrolling much, and less than one thought.
MANY_WORDS, FEW_WORDS = 250, 8
#: From so many words on a reply is worth the reminder of what writing lacks.
WORTH_A_REMINDER = 25
#: A question is taken up when the reply has this share of what it is about.
_SHARE = 1 / 3
#: One vague word is a way of speaking, two begin to hide something.
_VAGUE_FROM, _VAGUE_NAMED = 2, 3
#: Of a long story the last sentences are looked at; what it ends with is asked.
_MOST_RECEIVED = 60
_LETTERS_SHOWN = 120


class HintKind(StrEnum):
    """What a hint is about; in this order the most useful comes first."""

    UNFINISHED = "unfinished"
    QUESTION = "question"
    ACKNOWLEDGE = "acknowledge"
    GROUND = "ground"
    SHORT = "short"
    LONG = "long"
    SENTENCE = "sentence"
    VAGUE = "vague"
    TONE = "tone"


@dataclass(frozen=True)
class Hint:
    """One hint; `key` is what the writer leaves it by."""

    kind: HintKind
    key: str
    #: The sentence or the words that it is about.
    about: str = ""
    count: int = 0


_UNFINISHED = re.compile(r"(?:^|\s)(?:…|\.\.\.)(?=\s|[,.?!:;]|\Z)", re.MULTILINE)
_ACKNOWLEDGING = re.compile(
    r"\b(?:dank(?: ?je| ?u|jewel)?|bedankt|fijn|mooi|goed (?:dat|bezig|gezien|gedaan|van je|om te)"
    r"|knap|sterk|compliment|leuk|top|wat (?:goed|fijn|mooi|knap|vervelend|lastig|naar|rot)"
    r"|(?:ik )?(?:begrijp|snap|herken|zie|lees|merk|waardeer)|begrijpelijk|herkenbaar|logisch"
    r"|klinkt|spannend|succes gehad|gefeliciteerd|proficiat|trots"
    r"|thanks?|thank you|good (?:that|job|to|of you|work)|well done|great|nice|glad|proud"
    r"|i (?:see|understand|read|notice|hear|appreciate|recognise|recognize)|understandable"
    r"|sounds?|congratulations|that must|how (?:annoying|hard|difficult|good|nice))\b",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:altijd|nooit|iedereen|niemand|nergens|overal|overduidelijk|duidelijk dat|uiteraard"
    r"|vanzelfsprekend|ongetwijfeld|zonder twijfel|absoluut|sowieso|bewezen|het enige"
    r"|always|never|everyone|everybody|no ?one|nobody|obviously|clearly|undoubtedly|of course"
    r"|without (?:a )?doubt|definitely|absolutely|proven|the only)\b",
    re.IGNORECASE,
)
_GROUND = re.compile(
    r"\b(?:want|omdat|doordat|aangezien|namelijk|immers|daardoor|volgens|bijvoorbeeld|zoals"
    r"|blijkt|onderzoek|je (?:schrijft|schreef|zegt|noemt|vertelt|laat zien)|ik (?:zag|las|merkte)"
    r"|because|since|as you|according|for example|for instance|such as|research|the reason"
    r"|you (?:write|wrote|say|mention|show)|i (?:saw|noticed))\b|bijv\.|e\.g\.",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"\b(?:eventueel|wellicht|enigszins|een (?:beetje|stukje)|in principe|op zich|als het ware"
    r"|best wel|zeg maar|een soort van|iets (?:van|met)|en dergelijke|en zo|enzovoorts?|dingen"
    r"|ergens|zou(?:den)? (?:je )?(?:eens |misschien )?kunnen (?:overwegen|nadenken)"
    r"|ten aanzien van|met betrekking tot|middels|in het kader van|dient te|dienen te"
    r"|teneinde|omtrent|somewhat|sort of|kind of|possibly|in a (?:way|sense)|various|stuff"
    r"|things|and so on|more or less|might (?:want to )?consider|with regard to|in terms of"
    r"|going forward|in order to|utili[sz]e|a bit|at some point)\b",
    re.IGNORECASE,
)


def hints_for(
    draft: str, received: str, *, is_early: bool = False, left: Collection[str] = ()
) -> list[Hint]:
    """Return at most three hints on a draft that answers what was received, best first.

    `is_early`: the two have not written each other much yet. `left`: the keys of hints that the
    writer chose to leave.
    """
    if not draft.strip():
        return []
    found = (hint for hint in _all(draft, received, is_early=is_early, left=left))
    return list(islice((hint for hint in found if hint.key not in left), MOST_HINTS))


def questions_of(received: str) -> list[tuple[str, str]]:
    """Return what is asked in a message: each directive sentence, and what stands before it.

    Sentences with a question mark come first, since they are surely asked.
    """
    read = _read(own_words(received))
    asked = [
        (one.text, before.text if before else "")
        for before, one in pairwise([None, *read])
        if one and one.act == Act.DIRECTIVE and not one.is_greeting
    ]
    return sorted(asked, key=lambda pair: "?" not in pair[0])


def is_taken_up(question: str, before: str, draft: str) -> bool:
    """Return whether a reply has enough of what a question is about.

    One that says nothing by itself ("What now?") is about the sentence before it.
    """
    about = stems(question) or stems(before)
    if not about:
        return bool(own_words(draft))
    return len(about & stems(draft)) >= max(1, len(about) * _SHARE)


def _all(draft: str, received: str, *, is_early: bool, left: Collection[str]) -> Iterator[Hint]:
    own = own_words(draft)
    written = sentences(own)
    words = len(own.split())
    if _UNFINISHED.search(own):
        yield _hint(HintKind.UNFINISHED)
    yield from _questions(draft, received, left)
    if is_early and not _ACKNOWLEDGING.search(own):
        yield _hint(HintKind.ACKNOWLEDGE)
    yield from _without_ground(written)
    if words < FEW_WORDS:
        yield _hint(HintKind.SHORT, count=words)
    if words > MANY_WORDS:
        yield _hint(HintKind.LONG, count=words)
    yield from _too_long(written)
    yield from _vague(own)
    if words >= WORTH_A_REMINDER and (is_early or _shows_feeling(received)):
        yield _hint(HintKind.TONE)


def _questions(draft: str, received: str, left: Collection[str]) -> Iterator[Hint]:
    open_ones = (
        hint
        for question, before in questions_of(received)
        if not is_taken_up(question, before, draft)
        and (hint := _hint(HintKind.QUESTION, _shown(question), of=question)).key not in left
    )
    yield from islice(open_ones, MOST_QUESTIONS)


def _without_ground(written: list[str]) -> Iterator[Hint]:
    """Point at the first claim that neither its sentence nor the next one supports."""
    for sentence, following in pairwise([*written, ""]):
        claim = _CLAIM.search(sentence)
        if claim and "?" not in sentence and not _GROUND.search(f"{sentence} {following}"):
            yield _hint(HintKind.GROUND, claim[0], of=sentence)
            return


def _too_long(written: list[str]) -> Iterator[Hint]:
    longest = max(written, key=lambda sentence: len(sentence.split()), default="")
    words = len(longest.split())
    if words > LONG_SENTENCE:
        yield _hint(HintKind.SENTENCE, _shown(longest), count=words, of=longest)


def _vague(own: str) -> Iterator[Hint]:
    found = list(dict.fromkeys(match[0].lower() for match in _VAGUE.finditer(own)))
    if len(found) >= _VAGUE_FROM:
        yield _hint(HintKind.VAGUE, ", ".join(found[:_VAGUE_NAMED]))


def _shows_feeling(received: str) -> bool:
    return any(
        one.act == Act.EXPRESSIVE and not one.is_greeting for one in _read(own_words(received))
    )


def _read(text: str) -> list[ReadSentence]:
    weights = model()
    return [read_sentence(sentence, weights) for sentence in sentences(text)[-_MOST_RECEIVED:]]


def _hint(kind: HintKind, about: str = "", *, count: int = 0, of: str = "") -> Hint:
    """Return a hint whose key holds as long as what it is about stays the same."""
    key = f"{kind.value}-{zlib.crc32(of.encode('utf-8', 'replace')):08x}" if of else kind.value
    return Hint(kind, key, about, count)


def _shown(sentence: str) -> str:
    """Return a sentence on one line, cut where it is very long."""
    line = " ".join(sentence.split())
    return line if len(line) <= _LETTERS_SHOWN else line[: _LETTERS_SHOWN - 1].rstrip() + "…"

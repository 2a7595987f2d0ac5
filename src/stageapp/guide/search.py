"""Finding articles by words."""

from dataclasses import dataclass
from math import log

from stageapp.guide.catalogue import Article, Guide
from stageapp.guide.rules import (
    MOST_WORDS,
    Piece,
    closest,
    excerpt,
    pattern_of,
    pieces,
    words_of,
)

#: So many are enough where none has all the words.
MOST_PARTIAL = 5


@dataclass(frozen=True)
class Found:
    """An article, with what was searched for marked in its title and in a line of it."""

    article: Article
    title: list[Piece]
    line: list[Piece]


@dataclass(frozen=True)
class Findings:
    """What a search gives; `is_partial` where no article has all the words."""

    found: list[Found]
    is_partial: bool
    #: The search in words that the guide does have, where a slip is likely.
    meant: str


def find(guide: Guide, query: str) -> Findings:
    """Return the articles that have all the words, the most telling first.

    Where there are none: those that have some of the rarer ones.
    """
    words = words_of(query)[:MOST_WORDS]
    weighed = {word: _weighed(guide, word) for word in words}
    complete = [one for one in guide.articles.values() if all(one in weighed[w] for w in words)]
    is_partial = not complete
    if is_partial:
        half = len(guide.articles) / 2
        words = [word for word in words if 0 < len(weighed[word]) <= half]
        complete = list(dict.fromkeys(one for word in words for one in weighed[word]))
    complete.sort(key=lambda one: -sum(weighed[word].get(one, 0) for word in words))
    shown = complete[:MOST_PARTIAL] if is_partial else complete
    return Findings(
        [_found(one, words) for one in shown], is_partial, _meant(guide, weighed)
    )


def _weighed(guide: Guide, word: str) -> dict[Article, float]:
    """Return the articles that have a word, with how much it says there: a rare one says more."""
    pattern = pattern_of(word)
    weights: dict[Article, float] = {}
    for article in guide.articles.values():
        weight = sum(points for points, text in article.searched if pattern.search(text))
        if weight:
            weights[article] = weight
    rarity = log(1 + len(guide.articles) / (len(weights) or 1))
    return {article: weight * rarity for article, weight in weights.items()}


def _found(article: Article, words: list[str]) -> Found:
    in_summary = any(piece.is_match for piece in pieces(article.summary, words))
    line = "" if in_summary else excerpt(article.text, words)
    return Found(article, pieces(article.title, words), pieces(line or article.summary, words))


def _meant(guide: Guide, weighed: dict[str, dict[Article, float]]) -> str:
    """Return the search with words that nobody wrote replaced, or nothing where all are known."""
    if all(weighed.values()):
        return ""
    better = [word if known else closest(word, guide.vocabulary) for word, known in weighed.items()]
    return "" if better == list(weighed) else " ".join(better)

"""Finding articles by words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from stageapp.guide.catalogue import Article, Guide
from stageapp.guide.rules import (
    Piece,
    closest,
    excerpt,
    pattern_of,
    pieces,
    sought_in,
)

#: So many are enough where none has all the words.
MOST_PARTIAL = 5

#: For each word the articles that have it, with how much it says there.
Weighed = Mapping[str, Mapping[Article, float]]


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
    words = sought_in(query)
    weighed = {word: _weighed(guide, word) for word in words}
    everywhere = [one for one in guide.articles.values() if all(one in weighed[w] for w in words)]
    if words and everywhere:
        return Findings(_in_order(everywhere, weighed), is_partial=False, meant="")
    half = len(guide.articles) / 2
    rare = {word: weights for word, weights in weighed.items() if 0 < len(weights) <= half}
    some = dict.fromkeys(one for weights in rare.values() for one in weights)
    return Findings(
        _in_order(some, rare)[:MOST_PARTIAL], is_partial=True, meant=_meant(guide, weighed)
    )


def _in_order(articles: Iterable[Article], weighed: Weighed) -> list[Found]:
    """Put the most telling first."""

    def weight(article: Article) -> float:
        return sum(weights.get(article, 0) for weights in weighed.values())

    return [_found(one, list(weighed)) for one in sorted(articles, key=weight, reverse=True)]


def _weighed(guide: Guide, word: str) -> dict[Article, float]:
    """Return the articles that have a word, with how much it says there: a rare one says more."""
    pattern = pattern_of(word)
    weights: dict[Article, float] = {}
    for article in guide.articles.values():
        weight = sum(points * _fit(pattern, text) for points, text in article.searched)
        if weight:
            weights[article] = weight
    rarity = log(1 + len(guide.articles) / (len(weights) or 1))
    return {article: weight * rarity for article, weight in weights.items()}


def _fit(pattern: re.Pattern[str], text: str) -> int:
    """Return how well a word fits: best where one begins ("uren"), less inside one ("kleuren")."""
    places = [match.start() for match in pattern.finditer(text)]
    begins = any(not place or not text[place - 1].isalnum() for place in places)
    return 3 if begins else min(len(places), 1)


def _found(article: Article, words: list[str]) -> Found:
    in_summary = any(piece.is_match for piece in pieces(article.summary, words))
    line = "" if in_summary else excerpt(article.blocks, words)
    return Found(article, pieces(article.title, words), pieces(line or article.summary, words))


def _meant(guide: Guide, weighed: Weighed) -> str:
    """Return the search with words that nobody wrote replaced, or nothing where all are known."""
    if all(weighed.values()):
        return ""
    better = [word if known else closest(word, guide.vocabulary) for word, known in weighed.items()]
    return "" if better == list(weighed) else " ".join(better)

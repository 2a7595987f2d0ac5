"""Reads a message: each sentence with its act, why, and which act prevails."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from stageapp.speech.acts import ACTS, Act
from stageapp.speech.features import Feature, Span, features_of
from stageapp.speech.model import Weights, best, read_model, scores
from stageapp.speech.sentences import sentences

#: A greeting has no more words than this; "Beste Karin, …" with a whole request behind it is none.
_GREETING_WORDS = 6
#: At most so many pieces of a sentence are named as what decided.
_MOST_REASONS = 3
#: A piece counts when it did at least this share of what the strongest did.
_SHARE = 0.3


@dataclass(frozen=True)
class ReadSentence:
    """A sentence as it was read."""

    text: str
    act: Act
    #: The words that spoke most for this act, the strongest first; none where all of it did a bit.
    words: tuple[str, ...] = ()
    #: A salutation or a closing: it says little about what the message is after.
    is_greeting: bool = False


@dataclass(frozen=True)
class Reading:
    """A message as it was read."""

    sentences: tuple[ReadSentence, ...]

    @property
    def counted(self) -> tuple[ReadSentence, ...]:
        """The sentences that count: greetings only where there is nothing else."""
        others = tuple(sentence for sentence in self.sentences if not sentence.is_greeting)
        return others or self.sentences

    @property
    def counts(self) -> dict[Act, int]:
        """How many of the sentences that count each act has."""
        counted = Counter(sentence.act for sentence in self.counted)
        return {act: counted[act] for act in ACTS}

    @property
    def prevailing(self) -> tuple[Act, ...]:
        """The act that most of the sentences have, or the acts where several have as many."""
        counts = self.counts
        most = max(counts.values())
        return tuple(act for act in ACTS if most and counts[act] == most)


def read_message(text: str) -> Reading:
    """Return a message sentence by sentence; nothing of it is kept anywhere."""
    weights = model()
    return Reading(tuple(read_sentence(sentence, weights) for sentence in sentences(text)))


def read_sentence(text: str, weights: Weights) -> ReadSentence:
    """Return the act of a sentence, with the words that made it so."""
    features = features_of(text)
    act = best(scores(weights, features))
    words = tuple(text[start:end] for start, end in _decisive(features, act, weights))
    is_greeting = act == Act.EXPRESSIVE and _is_greeting(text, features)
    return ReadSentence(text, act, words, is_greeting)


@cache
def model() -> Weights:
    """Return the trained weights, read once."""
    return read_model()


def _is_greeting(text: str, features: Iterable[Feature]) -> bool:
    names = {feature.name for feature in features}
    is_one = "cue greeting" in names or "cue closing" in names
    return is_one and len(text.split()) <= _GREETING_WORDS


def _decisive(features: Iterable[Feature], act: Act, weights: Weights) -> list[Span]:
    """Return the pieces of the sentence that spoke most for this act, without overlap."""
    ranked = sorted(_pull(features, act, weights), key=lambda one: -one[0])
    chosen: list[Span] = []
    for pull, span in ranked:
        if pull < _SHARE * ranked[0][0] or len(chosen) == _MOST_REASONS:
            break
        if all(span[1] <= other[0] or other[1] <= span[0] for other in chosen):
            chosen.append(span)
    return chosen


def _pull(features: Iterable[Feature], act: Act, weights: Weights) -> list[tuple[float, Span]]:
    """Return how much more each piece spoke for this act than for the others on average."""
    place = ACTS.index(act)
    found = []
    for feature in features:
        row = weights.get(feature.name)
        if row and feature.span:
            pull = row[place] - (sum(row) - row[place]) / (len(row) - 1)
            if pull > 0:
                found.append((pull, feature.span))
    return found

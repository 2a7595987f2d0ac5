"""How well the acts are told apart: the table of confusions, precision, recall and F1."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stageapp.speech.acts import ACTS, Act
from stageapp.speech.examples import Example, Labelled
from stageapp.speech.model import Weights
from stageapp.speech.reading import read_sentence
from stageapp.speech.sentences import sentences


@dataclass(frozen=True)
class Confusion:
    """What a person called a sentence, against what the classifier did."""

    counts: Counter[tuple[Act, Act]]

    @property
    def total(self) -> int:
        """How many sentences were looked at."""
        return self.counts.total()

    @property
    def accuracy(self) -> float:
        """The share of sentences on which both agree."""
        return _share(sum(self.counts[act, act] for act in ACTS), self.total)

    @property
    def macro_f1(self) -> float:
        """The mean of F1 over the acts, so that a rare act weighs as much as a frequent one."""
        return sum(self.f1(act) for act in ACTS) / len(ACTS)

    def precision(self, act: Act) -> float:
        """Return the share of what was called this act that is it."""
        return _share(self.counts[act, act], sum(self.counts[wanted, act] for wanted in ACTS))

    def recall(self, act: Act) -> float:
        """Return the share of what is this act that was called so."""
        return _share(self.counts[act, act], sum(self.counts[act, given] for given in ACTS))

    def f1(self, act: Act) -> float:
        """Return the harmonic mean of precision and recall."""
        precision, recall = self.precision(act), self.recall(act)
        return _share(2 * precision * recall, precision + recall)


def confusion_of(labelled: Iterable[Labelled], weights: Weights) -> Confusion:
    """Return how labelled sentences are classified."""
    return Confusion(Counter((one.act, read_sentence(one.text, weights).act) for one in labelled))


def all_sentences(examples: Iterable[Example]) -> list[Labelled]:
    """Return the sentences of messages, in order."""
    return [sentence for example in examples for sentence in example.sentences]


def split_as_written(examples: Sequence[Example]) -> int:
    """Return how many messages the splitter cuts exactly where a person did."""
    return sum(
        sentences(example.text) == [one.text for one in example.sentences] for example in examples
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0

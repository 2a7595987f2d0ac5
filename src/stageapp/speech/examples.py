"""The labelled messages: reads the files in `data/`, whose form docs/speech-acts.md explains."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stageapp.speech.acts import Act

DATA = Path(__file__).parent / "data"
TRAINING = DATA / "training.txt"
HELD_OUT = DATA / "held_out.txt"
#: Twelve messages that were given with the project; they showed how to label.
SECOND_CHECK = DATA / "second_check.jsonl"

_LETTERS = {
    "A": Act.ASSERTIVE,
    "D": Act.DIRECTIVE,
    "E": Act.EXPRESSIVE,
    "C": Act.COMMISSIVE,
    "De": Act.DECLARATION,
}


@dataclass(frozen=True)
class Labelled:
    """A sentence and the act that a person gave it."""

    text: str
    act: Act


@dataclass(frozen=True)
class Example:
    """A whole labelled message: in which language, of which field, written by whom."""

    language: str
    field: str
    writer: str
    #: `flow` (one paragraph), `lines` (a line each) or `letter` (greetings on lines of their own).
    layout: str
    sentences: tuple[Labelled, ...]

    @property
    def text(self) -> str:
        """The message as it was written."""
        texts = [sentence.text for sentence in self.sentences]
        if self.layout == "lines":
            return "\n".join(texts)
        if self.layout == "letter":
            return "\n\n".join((texts[0], " ".join(texts[1:-1]), texts[-1]))
        return " ".join(texts)


def read_examples(path: Path) -> list[Example]:
    """Return the labelled messages of a file."""
    return list(_parsed(path.read_text(encoding="utf-8").splitlines()))


def read_json_lines(path: Path, language: str = "nl") -> list[Example]:
    """Return labelled messages kept as one JSON object a line, with `text` and `sentences`."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        Example(language, "", "", _layout_of(row), tuple(_labelled(row["sentences"])))
        for row in rows
    ]


def _layout_of(row: dict[str, str]) -> str:
    return "lines" if "\n" in row["text"] else "flow"


def _labelled(sentences: Iterable[dict[str, str]]) -> Iterator[Labelled]:
    return (Labelled(sentence["text"], Act(sentence["act"])) for sentence in sentences)


def _parsed(lines: Iterable[str]) -> Iterator[Example]:
    head: list[str] = []
    sentences: list[Labelled] = []
    for line in [*lines, "="]:
        kind, _, rest = line.partition(" ")
        if kind in _LETTERS:
            sentences.append(Labelled(rest, _LETTERS[kind]))
        elif kind == "=":
            if sentences:
                language, field, writer, layout = head
                yield Example(language, field, writer, layout, tuple(sentences))
            head, sentences = rest.split(), []

"""The figures of the classifier, as tables for the documentation."""

import re

from stageapp.speech.acts import ACTS, Act
from stageapp.speech.examples import (
    HELD_OUT,
    SECOND_CHECK,
    TRAINING,
    Example,
    Labelled,
    read_examples,
    read_json_lines,
)
from stageapp.speech.measure import Confusion, all_sentences, confusion_of, split_as_written
from stageapp.speech.model import Weights

#: From this share of common words on, two sentences resemble each other.
ALIKE = 0.5


def figures_of(weights: Weights) -> str:
    """Return all figures as the documentation shows them."""
    training, held_out = read_examples(TRAINING), read_examples(HELD_OUT)
    second = read_json_lines(SECOND_CHECK)
    return "\n".join(
        [
            *_data_table(training, held_out, second),
            *_overview(training, held_out, second, weights),
            *_table_of("Held-out messages", held_out, weights),
            *_table_of("Second check", second, weights),
        ]
    )


def _data_table(*sets: list[Example]) -> list[str]:
    names = ("training", "held-out", "second check")
    rows = []
    for name, examples in zip(names, sets, strict=True):
        labelled = all_sentences(examples)
        dutch = sum(len(one.sentences) for one in examples if one.language == "nl")
        counts = [str(sum(one.act == act for one in labelled)) for act in ACTS]
        share = f"{dutch / len(labelled):.0%}"
        rows.append([name, str(len(examples)), str(len(labelled)), share, *counts])
    return _markdown(["data", "messages", "sentences", "Dutch", *ACTS], rows)


def _overview(
    training: list[Example], held_out: list[Example], second: list[Example], weights: Weights
) -> list[str]:
    near = _near_copies(all_sentences(held_out), all_sentences(training))
    apart = [one for one in all_sentences(held_out) if one not in near]
    dutch = [one for one in held_out if one.language == "nl"]
    english = [one for one in held_out if one.language == "en"]
    parts = {
        "**held-out**": all_sentences(held_out),
        "held-out, Dutch": all_sentences(dutch),
        "held-out, English": all_sentences(english),
        "held-out, without what resembles a sentence of training": apart,
        "held-out, by students": _written_by("student", held_out),
        "held-out, by teachers": _written_by("teacher", held_out),
        "second check": all_sentences(second),
    }
    rows = []
    for name, labelled in parts.items():
        confusion = confusion_of(labelled, weights)
        rows.append(
            [name, str(confusion.total), f"{confusion.accuracy:.1%}", f"{confusion.macro_f1:.3f}"]
        )
    cut = ", ".join(
        f"{name} {split_as_written(examples)} of {len(examples)}"
        for name, examples in (("held-out", held_out), ("second check", second))
    )
    return [
        *_markdown(["measured on", "sentences", "right", "macro F1"], rows),
        f"Messages cut into sentences exactly as a person did: {cut}.",
        "",
    ]


def _written_by(writer: str, examples: list[Example]) -> list[Labelled]:
    return all_sentences(example for example in examples if example.writer == writer)


def _near_copies(labelled: list[Labelled], known: list[Labelled]) -> set[Labelled]:
    """Return the sentences that share half or more of all words with one that was learned from."""
    learned = [_words_of(one) for one in known]
    return {
        one
        for one in labelled
        if (words := _words_of(one))
        and any(len(words & other) >= ALIKE * len(words | other) for other in learned)
    }


def _words_of(labelled: Labelled) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", labelled.text.lower()))


def _table_of(title: str, examples: list[Example], weights: Weights) -> list[str]:
    confusion = confusion_of(all_sentences(examples), weights)
    rows = [[f"**{act}**", *_row(confusion, act)] for act in ACTS]
    head = ["a person said ↓, the classifier →", *ACTS, "precision", "recall", "F1"]
    return [f"### {title}", "", *_markdown(head, rows)]


def _row(confusion: Confusion, act: Act) -> list[str]:
    counts = [str(confusion.counts[act, given] or "·") for given in ACTS]
    figures = (confusion.precision(act), confusion.recall(act), confusion.f1(act))
    return [*counts, *(f"{figure:.2f}" for figure in figures)]


def _markdown(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]

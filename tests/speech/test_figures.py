"""The model is what the data gives, and the documentation says how good it is."""

from pathlib import Path

import pytest

from stageapp.speech.examples import HELD_OUT, TRAINING, read_examples
from stageapp.speech.figures import figures_of
from stageapp.speech.measure import all_sentences, confusion_of
from stageapp.speech.model import read_model, train
from stageapp.speech.train import BEGIN, END, PAGE


def test_documented_figures_are_what_the_code_gives() -> None:
    documented = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]

    assert documented == figures_of(read_model()), "run python -m stageapp.speech.train"


def test_held_out_messages_are_told_apart_as_well_as_we_aim_for() -> None:
    held_out = all_sentences(read_examples(HELD_OUT))

    assert confusion_of(held_out, read_model()).macro_f1 >= 0.85


def test_model_file_is_what_training_gives() -> None:
    kept, learned = read_model(), train(all_sentences(read_examples(TRAINING)))

    assert kept.keys() == learned.keys()
    for name, row in kept.items():
        # Processors differ in the last digits of what they compute.
        assert row == pytest.approx(learned[name], abs=0.011), name


def test_held_out_is_a_quarter_and_shares_no_sentence_with_training() -> None:
    training, held_out = read_examples(TRAINING), read_examples(HELD_OUT)
    known = {sentence.text.lower() for sentence in all_sentences(training)}

    assert len(held_out) / (len(training) + len(held_out)) >= 0.25
    assert not {one.text for one in all_sentences(held_out) if one.text.lower() in known}


@pytest.mark.parametrize("path", [TRAINING, HELD_OUT])
def test_every_line_of_the_data_is_understood(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    written = [line for line in lines if line and line[0] not in "#="]

    examples = read_examples(path)

    assert len(all_sentences(examples)) == len(written)
    assert {one.language for one in examples} == {"nl", "en"}
    assert {one.field for one in examples} == {"ict", "teaching", "nursing"}
    assert {one.writer for one in examples} == {"student", "teacher"}
    assert {one.layout for one in examples} == {"flow", "lines", "letter"}

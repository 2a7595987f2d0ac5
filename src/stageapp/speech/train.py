"""`python -m stageapp.speech.train`: learns the model anew and writes its figures in the docs.

The same data gives the same model. The held-out messages are never learned from.
"""

from pathlib import Path

from stageapp.speech.examples import TRAINING, read_examples
from stageapp.speech.figures import figures_of
from stageapp.speech.measure import all_sentences
from stageapp.speech.model import MODEL, read_model, train, write_model

PAGE = Path(__file__).resolve().parents[3] / "docs/speech-acts.md"
BEGIN = "<!-- figures: written by python -m stageapp.speech.train -->\n"
END = "<!-- end of figures -->\n"


def main() -> None:
    """Train, write the model, and write the figures where the documentation is there."""
    write_model(train(all_sentences(read_examples(TRAINING))), MODEL)
    figures = figures_of(read_model())
    print(figures)
    if PAGE.exists():
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(before + BEGIN + figures + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()

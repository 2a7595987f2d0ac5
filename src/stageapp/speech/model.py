"""A small linear model (multinomial logistic regression) with its training, standard library only.

Each feature has a weight for each act; the act with the highest sum is the answer. So what a
feature did to the answer can be read from the file, and be told.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, sqrt
from pathlib import Path

from stageapp.speech.acts import ACTS, Act
from stageapp.speech.examples import Labelled
from stageapp.speech.features import Feature, features_of

MODEL = Path(__file__).parent / "data/model.json"

VALUES = {"word": 0.2, "pair": 0.2, "stem": 0.2, "first": 0.2, "second": 0.2, "last": 0.2}

Weights = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Settings:
    """How it learns; chosen by cross-validation on the training messages."""

    rounds: int = 30
    rate: float = 0.3
    #: How strongly weights are pulled to nought.
    decay: float = 0.003
    #: Words, pairs and stems that occur less often are not learned.
    least: int = 2
    #: How much more a rare act counts: 0 not, 1 as much as all others.
    balance: float = 0.5
    seed: int = 2012
    values: Mapping[str, float] = field(default_factory=lambda: dict(VALUES))


def scores(weights: Weights, features: Iterable[Feature]) -> list[float]:
    """Return the sum of weights for each act, in the order of `ACTS`."""
    totals = [0.0] * len(ACTS)
    for feature in features:
        row = weights.get(feature.name)
        if row:
            for number, weight in enumerate(row):
                totals[number] += weight
    return totals


def best(totals: Sequence[float]) -> Act:
    """Return the act with the highest score; of equals the first."""
    return ACTS[max(range(len(ACTS)), key=totals.__getitem__)]


def train(examples: Sequence[Labelled], settings: Settings | None = None) -> dict[str, list[float]]:
    """Return the weights learned from labelled sentences; the same examples give the same weights.

    Stochastic gradient descent with a step of its own for each weight (Adagrad: Duchi, Hazan and
    Singer, Journal of Machine Learning Research 12, 2011) on the cross-entropy, with L2 decay.
    """
    settings = settings or Settings()
    rows = [[feature.name for feature in features_of(example.text)] for example in examples]
    known = _known(rows, settings.least)
    rows = [[name for name in row if name in known] for row in rows]
    values = {name: _value(name, settings) for name in known}
    wanted = [ACTS.index(example.act) for example in examples]
    emphasis = _emphasis(wanted, settings.balance)
    weights = {name: [0.0] * len(ACTS) for name in sorted(known)}
    speeds = {name: [1e-2] * len(ACTS) for name in weights}
    order = list(range(len(rows)))
    shuffle = random.Random(settings.seed)  # noqa: S311 -- an order, not a secret
    for _round in range(settings.rounds):
        shuffle.shuffle(order)
        for number in order:
            act = wanted[number]
            _step(weights, speeds, values, rows[number], act, emphasis[act], settings)
    return _rounded(weights, values)


def _value(name: str, settings: Settings) -> float:
    return settings.values.get(name.partition(" ")[0], 1.0)


def _known(rows: Iterable[Iterable[str]], least: int) -> set[str]:
    counts = Counter(name for row in rows for name in row)
    learned = ("word", "pair", "stem", "first", "second", "last")
    return {
        name for name, count in counts.items() if count >= least or not name.startswith(learned)
    }


def _emphasis(wanted: Sequence[int], balance: float) -> list[float]:
    counts = Counter(wanted)
    even = len(wanted) / len(counts)
    return [(even / counts[act]) ** balance if counts[act] else 1.0 for act in range(len(ACTS))]


def _step(
    weights: dict[str, list[float]],
    speeds: dict[str, list[float]],
    values: Mapping[str, float],
    names: Sequence[str],
    wanted: int,
    emphasis: float,
    settings: Settings,
) -> None:
    totals = [0.0] * len(ACTS)
    for name in names:
        for act, weight in enumerate(weights[name]):
            totals[act] += values[name] * weight
    for act, chance in enumerate(chances(totals)):
        error = emphasis * (chance - (act == wanted))
        for name in names:
            row, speed = weights[name], speeds[name]
            slope = error * values[name] + settings.decay * row[act]
            speed[act] += slope * slope
            row[act] -= settings.rate * slope / sqrt(speed[act])


def chances(totals: Sequence[float]) -> list[float]:
    """Return scores as chances that sum to one."""
    top = max(totals)
    powers = [exp(total - top) for total in totals]
    whole = sum(powers)
    return [power / whole for power in powers]


def _rounded(
    weights: Mapping[str, Sequence[float]], values: Mapping[str, float]
) -> dict[str, list[float]]:
    rounded = {
        name: [round(values[name] * weight, 2) for weight in row] for name, row in weights.items()
    }
    return {name: row for name, row in rounded.items() if any(row)}


def write_model(weights: Weights, path: Path = MODEL) -> None:
    """Write the weights, a feature a line, so that a change can be read in a comparison."""
    lines = ",\n".join(
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(list(row))}"
        for name, row in sorted(weights.items())
    )
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def read_model(path: Path = MODEL) -> dict[str, tuple[float, ...]]:
    """Return the weights that `write_model` wrote."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(row) for name, row in rows.items()}

"""Which examples the property-based tests try, and how many."""

import os
from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")

_WANTED = os.environ.get("STAGEAPP_TEST_EXAMPLES")
#: Others than the time before, to look for what is not known yet. Without it the examples are the
#: same every time: a change is refused for what it changed, not for what chance brought by.
NEW = _WANTED == "new"
#: A quick run looks at a part of the examples, PostgreSQL's at all.
ONE_IN = 1 if _WANTED in ("all", "new", "everything") else 5
#: Each kind of nonsense in each field of each form by everybody takes an hour: only when asked for.
EVERYTHING = _WANTED == "everything"
#: Of a list of cases so many are tried with each subject, in turn.
TURNS = 3 if ONE_IN == 1 else 1


def examples(count: int) -> int:
    """Return how many of so many examples are tried in this run, at least five."""
    return max(count // ONE_IN, 5)


def some(cases: Sequence[Case], number: int) -> Sequence[Case]:
    """Return those cases whose turn it is with the so many-eth subject; all where everything is."""
    if EVERYTHING:
        return cases
    return [cases[(number * TURNS + turn) % len(cases)] for turn in range(TURNS)]

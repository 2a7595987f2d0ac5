"""How many examples the property-based tests try."""

import os
from collections.abc import Sequence

#: Other examples come by every time: a quick run looks at a part of them, PostgreSQL's at all.
ONE_IN = 1 if os.environ.get("STAGEAPP_TEST_EXAMPLES") == "all" else 5


def examples(count: int) -> int:
    """Return how many of so many examples are tried in this run, at least five."""
    return max(count // ONE_IN, 5)


def some(cases: Sequence[str], number: int) -> Sequence[str]:
    """Return all cases, or in a quick run the one whose turn it is with the so many-eth subject."""
    return cases if ONE_IN == 1 else [cases[number % len(cases)]]

"""How many examples the property-based tests try."""

import os

#: Other examples come by every time: a quick run looks at a part of them, PostgreSQL's at all.
ONE_IN = 1 if os.environ.get("STAGEAPP_TEST_EXAMPLES") == "all" else 5


def examples(count: int) -> int:
    """Return how many of so many examples are tried in this run, at least five."""
    return max(count // ONE_IN, 5)

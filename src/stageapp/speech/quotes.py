"""Lines of a message that quote the other: they begin with `>` and a space, or `>` alone."""

import re
from collections.abc import Sequence

_QUOTED = re.compile(r" {0,3}>(?:[ >]|\Z)")


def is_quoted(line: str) -> bool:
    """Return whether a line quotes; `>5` and `->` do not."""
    return _QUOTED.match(line) is not None


def own_words(text: str) -> str:
    """Return a message without what it quotes: that is not the writer's own speech act."""
    return "\n".join(line for line in text.split("\n") if not is_quoted(line)).strip()


def quoted(sentences: Sequence[str]) -> str:
    """Return sentences as a quotation to write on below, one paragraph each."""
    return "\n>\n".join("> " + " ".join(sentence.split()) for sentence in sentences)

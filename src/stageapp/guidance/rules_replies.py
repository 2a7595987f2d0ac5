"""The frame of a reply, in plain Python: five parts in a fixed order, and where a text goes.

The frame is that of A. Ribbers and A. Waringa, "E-coaching" (2012). The browser does the same
without asking (frontend/src/elements/reply-aid.ts); without script a button asks here.
"""

import re
from collections.abc import Iterable

#: In their order; what belongs to no part stands with the core message.
PARTS = ("salutation", "acknowledgement", "core", "activation", "closing")
CORE = PARTS.index("core")
#: Where the writer goes on by hand.
DOTS = "…"
#: So often somebody has written to a student before they know each other's way of writing.
EARLY_MESSAGES = 3

_BETWEEN = re.compile(r"\n[ \t]*\n\s*")
_GREETING = re.compile(
    r"(?:hoi|hallo|hey|hi|ha|dag|beste|lieve|goede(?:morgen|middag|avond)|hello|dear"
    r"|good (?:morning|afternoon|evening))\b[^.?!]{0,40}[,!]?\Z",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:(?:met )?(?:hartelijke |vriendelijke )?groet(?:en|jes)?|mvg|tot (?:snel|gauw|dan)|succes"
    r"|(?:kind |best |warm )?regards|best wishes|cheers|good luck)\b"
    r"[^\n]{0,40}(?:\n[^\n]{0,60})?\Z",
    re.IGNORECASE,
)


def rank_of(part: str) -> int:
    """Return the place of a part in the frame."""
    return PARTS.index(part) if part in PARTS else CORE


def filled_in(text: str, *, student: str, writer: str) -> str:
    """Return a text with the first names of those who write each other in it."""
    for signs, name in ((("[name]", "[naam]"), student), (("[me]", "[ik]"), writer)):
        for sign in signs:
            text = text.replace(sign, (name.split() or [""])[0])
    return text


def with_words(draft: str, words: str, rank: int, offered: Iterable[tuple[int, str]]) -> str:
    """Return a draft with a text of this place in the frame put in, the rest as it was.

    What is there already is recognised by its beginning: from what is offered, as a greeting or as
    a closing; anything else is the core. The same text is put in once.
    """
    known = [(place, _beginning(text)) for place, text in offered]
    paragraphs = [piece for piece in _BETWEEN.split(draft.strip()) if piece]
    if words.strip() in paragraphs:
        return draft
    later = (at for at, piece in enumerate(paragraphs) if _rank(piece, known) > rank)
    at = next(later, len(paragraphs))
    return "\n\n".join([*paragraphs[:at], words.strip(), *paragraphs[at:]])


def _rank(paragraph: str, known: list[tuple[int, str]]) -> int:
    for place, beginning in known:
        if beginning and paragraph.startswith(beginning):
            return place
    if _GREETING.match(paragraph):
        return 0
    if _SIGN_OFF.match(paragraph):
        return len(PARTS) - 1
    return CORE


def _beginning(text: str) -> str:
    return text.partition(DOTS)[0].partition("\n")[0].strip()

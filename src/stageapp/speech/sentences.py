"""Cuts a message as people write it into sentences.

Nothing is lost: the pieces joined are the text. Each piece keeps the white space behind it. All
patterns are linear, so that no text is slow.
"""

import re
from itertools import pairwise

#: Pictures, with what belongs to them: skin tones, joiners, flags, selectors.
EMOJI = (
    "[\U0001f1e6-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff\u200d\ufe0f\u20e3]"
)
SMILEY = r"(?:[:;=8][-']?[)(DPpOo|/\\3](?!\w)|<3(?!\d)|xD\b)"
_MARK = rf"(?:{EMOJI}|{SMILEY})"
_CLOSERS = "\"'”’»)\\]*_"

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)\s*")
#: Where a sentence may end: its mark, what closes with it, and the pictures that hang on to it.
#: A row of marks is tried from its beginning only, and a row of pictures ten at a time: else a text
#: of nothing but dots would be tried from each dot anew.
_END = re.compile(
    r"(?<![.!?…])(?P<stop>[.!?…]++)"
    rf"(?P<closers>[{_CLOSERS}]*+)(?P<marks>(?:[ \t]*{_MARK}){{0,9}})(?P<gap>\s+|(?=\w))"
    rf"|(?P<pictures>{_MARK}(?:[ \t]*{_MARK}){{0,9}})(?P<space>\s+)"
)
_SALUTATION = re.compile(
    r"\s*(?:(?:hoi|hallo|he+y+|he+|hi+|ha|dag|beste|geachte|lieve|hello|dear|yo|aan"
    r"|good ?(?:morning|afternoon|evening)|goede?n?(?:morgen|middag|avond|dag))\b)"
    r"(?:[ \t]+[\w.'’-]+){0,5}[ \t]*,(?P<gap>[ \t]+)(?=[A-Z])",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:[-*•–+>]\s|\d{1,2}[.)]\s|[a-z][.)]\s)")
_SIGN_OFF = re.compile(
    r"(?:.{0,40}\b(?:groet(?:en|jes)?|liefs|hoogachtend|regards|wishes|sincerely|cheers|mvg)"
    r"|gr\.?|best|thanks|bedankt|x+)\s*,?\s*",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:[A-Z][\w.'’-]*)(?:[ \t]+(?:[A-Z][\w.'’-]*|van|de|den|der|el|ten|ter)){0,4}\s*"
)

#: Shortened words that never end a sentence.
_NEVER_LAST = re.compile(
    r"a\.d\.h\.v|adhv|afd|approx|b\.v|bijv|blz|bv|ca|cf|d\.d|d\.m\.v|d\.w\.z|dhr|dr|drs|e\.g|evt"
    r"|excl|fig|hfst|i\.e|i\.h\.b|i\.h\.k\.v|i\.p\.v|i\.s\.m|i\.t\.t|i\.v\.m|incl|ing|ir|jl|m\.a\.w"
    r"|m\.b\.t|m\.b\.v|m\.i\.v|m\.n|m\.u\.v|mej|mevr|mr|mrs|mw|n\.a\.v|n\.v\.t|nl|o\.a|o\.b\.v|o\.i\.d"
    r"|o\.l\.v|o\.v\.v|pag|prof|resp|st|t\.a\.v|t\.b\.v|t\.g\.v|t\.n\.v|t\.o\.v|t/m|vgl|viz|vlg|vs|zgn"
)
#: Shortened words that are words of their own too: they end a sentence before a capital.
_SOMETIMES_LAST = frozenset(("art", "max", "min", "no", "nr", "p", "par", "tel"))
#: Words that often begin a sentence: "optie B. Daarna …" ends there, "J. de Vries" does not.
_OPENERS = re.compile(
    r"als|and|but|daar|daarna|daarom|dan|dat|de|die|dit|dus|een|en|er|had|he|heb|het|hij|hoe|i|ik|in"
    r"|is|it|kan|kun|maar|mijn|my|of|she|so|that|the|there|they|this|wat|we|what|when|wij|wil|you|ze"
    r"|zij|zou"
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\Z")
_NO_GAP_AFTER = re.compile(r"(?:js|net|io|com|nl|org|app|md|pdf|docx?)\b", re.IGNORECASE)
_TITLES = frozenset(
    ("dhr", "meneer", "heer", "mevr", "mevrouw", "mw", "mr", "mrs", "ms", "miss", "dr", "prof")
)
#: Mail programs break lines between these widths.
_WRAPPED, _WIDEST = 70, 80
#: A line under a greeting that is no longer than this can be a name.
_NAME_LENGTH = 60
_WORD_LENGTH = 60


def split(text: str) -> list[str]:
    """Return the sentences of a text, each with the white space behind it; joined they are it.

    A line is at least one sentence, also without a full stop. Abbreviations, times, addresses and
    initials do not end one; a salutation ("Hallo Annemiek,") is one of its own.
    """
    pieces = [piece for line in _lines(text) for piece in _cut(line)]
    return _without_blanks(pieces)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text without the white space around them."""
    return [sentence for piece in split(text) if (sentence := piece.strip())]


def _lines(text: str) -> list[str]:
    lines: list[str] = []
    for line in _LINE.findall(text):
        if not line:
            continue
        if lines and _goes_on(lines[-1], line):
            lines[-1] += line
        else:
            lines.append(line)
    return lines


def _goes_on(above: str, below: str) -> bool:
    """Say whether a sentence goes on: a name under a greeting, a line broken by a program."""
    body = above.rstrip()
    if not body or _is_paragraph_end(above):
        return bool(body) and _is_signature(body, below)
    if _is_signature(body, below):
        return True
    return _is_wrapped(body.rpartition("\n")[2], below)


def _is_wrapped(line: str, below: str) -> bool:
    """Say whether a mail program broke the line: the next word would not have fitted on it."""
    word = below.split(maxsplit=1)[0] if below.strip() else ""
    if not word[:1].islower() or _BULLET.match(below) or line[-1] in ".!?…:;":
        return False
    return len(line) <= _WIDEST and len(line) + 1 + len(word) > _WRAPPED


def _is_paragraph_end(line: str) -> bool:
    return line[len(line.rstrip()) :].replace("\r\n", "\n").count("\n") > 1


def _is_signature(above: str, below: str) -> bool:
    last = above.rpartition("\n")[2]
    return (
        len(last) <= _NAME_LENGTH
        and len(below) <= _NAME_LENGTH
        and _SIGN_OFF.fullmatch(last) is not None
        and _NAME.fullmatch(below) is not None
    )


def _cut(line: str) -> list[str]:
    """Return the sentences of one line."""
    cuts = [0]
    salutation = _SALUTATION.match(line)
    if salutation and line[salutation.end()].isupper():
        cuts.append(salutation.end())
    bullet = _BULLET.match(line)
    first = max(cuts[-1], bullet.end() if bullet else 0)
    cuts.extend(end.end() for end in _END.finditer(line, first) if _is_end(line, cuts[-1], end))
    return [line[start:end] for start, end in pairwise([*cuts, len(line)]) if start < end]


def _is_end(line: str, start: int, end: re.Match[str]) -> bool:
    after = line[end.end() : end.end() + _WORD_LENGTH]
    if not after:
        return False
    if end["pictures"]:
        return after[0].isupper() and _has_words(line[start : end.start()])
    if not end["gap"]:
        return _is_end_without_gap(line, end, after)
    is_quoted = bool(end["closers"].strip("*_"))
    if is_quoted and after[0].islower():
        return False
    if "?" in end["stop"] or "!" in end["stop"]:
        return True
    if len(end["stop"]) > 1 or end["stop"] == "…":
        return not after[0].islower()
    return _is_full_stop(line, start, end, after)


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _is_end_without_gap(line: str, end: re.Match[str], after: str) -> bool:
    """Say whether a forgotten space is meant: "niet.Kun je", but not "www.Stage.nl" or "9.30"."""
    if end["closers"] or end["marks"]:
        return False
    word = _word_before(line, end.start())
    around = word + after.split(maxsplit=1)[0]
    looks_like_address = any(mark in around for mark in ("@", "/", "www", "_"))
    is_word = len(word) > 1 and word[-2:].isalpha() and word[-1].islower()
    if looks_like_address or not is_word or "." in word or _NO_GAP_AFTER.match(after):
        return False
    return after[0].isupper() and (len(after) == 1 or not after[1].isupper())


def _is_full_stop(line: str, start: int, end: re.Match[str], after: str) -> bool:
    word = _word_before(line, end.start()).lstrip("(\"'“‘[").lower()
    if _NEVER_LAST.fullmatch(word):
        return False
    if word in _SOMETIMES_LAST:
        return after[0].isupper()
    if _DOTTED.search(word):
        return after[0].isupper()
    if word.isdigit():
        return not after[0].islower()
    if len(word) == 1 and word.isalpha():
        return not _is_initial(line, start, end.start(), after)
    return True


def _is_initial(line: str, start: int, at: int, after: str) -> bool:
    if after[0].islower():
        return True
    before = line[max(start, at - _WORD_LENGTH) : at - 1].rstrip()
    word = re.split(r"\s", before)[-1].lower() if before else ""
    if not before or word.rstrip(".") in _TITLES or word.endswith((",", ".")):
        return True
    following = re.split(r"\W", after, maxsplit=1)[0].lower()
    return _OPENERS.fullmatch(following) is None


def _word_before(line: str, at: int) -> str:
    before = line[max(0, at - _WORD_LENGTH) : at]
    return re.split(r"\s", before)[-1]


def _without_blanks(pieces: list[str]) -> list[str]:
    """Hang white space on to the sentence before it, or at the beginning to the one after it."""
    kept: list[str] = []
    blank = ""
    for piece in pieces:
        if piece.strip():
            kept.append(blank + piece)
            blank = ""
        elif kept:
            kept[-1] += piece
        else:
            blank += piece
    if blank:
        kept.append(blank)
    return kept

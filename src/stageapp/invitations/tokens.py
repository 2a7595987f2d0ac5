"""Links and codes of guests: made with the server's own key, never kept.

A row keeps a number drawn at random. The link is that number with a seal, the code of a mail the
seal of its key. So a mail that goes again carries the same link; who reads the database but has not
the server's key can make neither; and a made-up link is refused before the database is asked.
"""

import base64
import secrets
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from stageapp.invitations.rules import CODE_DIGITS

#: Bytes of the number in a link, and of the seal behind it.
BYTES = 16
LINK, CODE = "stageapp.invitations.link", "stageapp.invitations.code"


def new_number() -> str:
    """Return a number that nobody can guess, as hexadecimal digits."""
    return secrets.token_hex(BYTES)


def token_of(number: str) -> str:
    """Return what stands in the address of a link."""
    drawn = bytes.fromhex(number)
    return base64.urlsafe_b64encode(drawn + _seal(LINK, drawn)).decode().rstrip("=")


def is_ours(token: str) -> bool:
    """Return whether a link was made here, without asking the database."""
    try:
        drawn = base64.urlsafe_b64decode(f"{token}=")[:BYTES]
    except ValueError:
        return False
    # Made anew, since several spellings of base64 mean the same bytes.
    return len(drawn) == BYTES and constant_time_compare(token, token_of(drawn.hex()))


def code_of(key: UUID) -> str:
    """Return the code of the mail with this key."""
    number = int.from_bytes(_seal(CODE, key.bytes), "big") % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}}"


def _seal(purpose: str, content: bytes) -> bytes:
    return salted_hmac(purpose, content, algorithm="sha256").digest()[:BYTES]

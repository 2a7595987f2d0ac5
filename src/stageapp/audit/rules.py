"""The digest of an entry: what chains it to the one before."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def digest(
    key: bytes,
    previous: str,
    sequence: int,
    happened_at: datetime,
    facts: Mapping[str, Any],
) -> str:
    """Return the digest of an entry, 64 hexadecimal figures.

    It is keyed (HMAC, RFC 2104, with SHA-256): who can write in the database but does not have the
    key of the application cannot make a chain that fits. `facts` is what JSON can hold.
    """
    moment = happened_at.astimezone(UTC).isoformat(timespec="microseconds")
    told = json.dumps([previous, sequence, moment, facts], sort_keys=True, separators=(",", ":"))
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()

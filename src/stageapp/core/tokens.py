"""What is kept of a secret that only needs to be known again: long, random, and gone afterwards."""

from hashlib import sha256


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: nothing can be done with it."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()

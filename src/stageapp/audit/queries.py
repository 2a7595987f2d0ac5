"""Questions to the record. Nothing here writes."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

from stageapp.audit.models import AuditChain, AuditEntry
from stageapp.audit.rules import digest

SALT = "stageapp.audit"


@dataclass(frozen=True)
class Verdict:
    """What came of verifying the chain."""

    #: How many entries fit.
    verified: int
    #: How many are not sealed yet: they may still be changed without a trace.
    unsealed: int
    #: The last digest. Kept elsewhere, it shows later whether the end of the chain was cut off.
    last_digest: str
    #: The place of the first entry that does not fit, or none.
    broken_at: int | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, put between or taken away."""
        return self.broken_at is None


def chain() -> AuditChain:
    """Return where the chain begins and ends."""
    return AuditChain.objects.filter(pk=1).first() or AuditChain(pk=1)


def verify() -> Verdict:
    """Follow the chain from its beginning to its end, a part at a time."""
    known, keys = chain(), _keys()
    place, previous = known.first - 1, known.before_first
    unsealed = AuditEntry.objects.filter(sequence=None).count()
    for entry in AuditEntry.objects.exclude(sequence=None).order_by("sequence").iterator():
        place += 1
        fits = any(entry_digest(entry, place, previous, key) == entry.digest for key in keys)
        if entry.sequence != place or not fits:
            return Verdict(place - known.first, unsealed, known.last_digest, place)
        previous = entry.digest
    if (place, previous) != (known.last, known.last_digest or known.before_first):
        return Verdict(place - known.first + 1, unsealed, known.last_digest, place + 1)
    return Verdict(place - known.first + 1, unsealed, previous)


def entry_digest(entry: AuditEntry, place: int, previous: str, key: bytes) -> str:
    """Return the digest that an entry has at a place in the chain."""
    facts = {
        "kind": entry.kind,
        "actor": entry.actor_key,
        "institution": entry.institution_key,
        "subject": entry.subject,
        "details": entry.details,
    }
    return digest(key, previous, place, entry.happened_at, facts)


def sealing_key() -> bytes:
    """Return the key that new entries are sealed with."""
    return _keys()[0]


def _keys() -> list[bytes]:
    """Return the keys of the application, the present one first: old ones still verify."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac(SALT, "", secret, algorithm="sha256").digest() for secret in secrets]

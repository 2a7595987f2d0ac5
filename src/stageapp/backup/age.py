"""Streams encrypted with a passphrase, in the age format (age-encryption.org/v1).

A standard format, so that a backup can be opened without this app: `age --decrypt`. The
primitives are those of the library cryptography; the format is a header with the wrapped key of
the file, and then chunks that each carry a tag. The counter of a chunk and whether it is the last
are part of its nonce, so that one that was moved, cut off or changed does not open.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from io import RawIOBase
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
TAG = 16
#: How hard guessing is made, as a power of two: about a second, and 256 MB of memory.
WORK = 18
#: More would be a way to keep who restores waiting.
MOST_WORK = 20
MOST_LINE = 200


class CannotOpenError(Exception):
    """The passphrase is another one, or the file is not what was written."""


class AgeWriter:
    """Encrypts what is written to it into another stream; close it to write the last chunk."""

    def __init__(self, target: BinaryIO, passphrase: str, *, work: int = WORK) -> None:
        file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = ChaCha20Poly1305(_wrapping_key(passphrase, salt, work)).encrypt(
            bytes(12), file_key, None
        )
        head = MAGIC + b"-> scrypt %s %d\n%s\n---" % (_base64(salt), work, _base64(wrapped))
        target.write(head + b" " + _base64(_header_mac(file_key, head).finalize()) + b"\n" + nonce)
        self._target, self._cipher = target, _payload_cipher(file_key, nonce)
        self._waiting, self._counter = bytearray(), 0

    def tell(self) -> int:
        """Return how much was written to it."""
        return self._counter * CHUNK + len(self._waiting)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # The last chunk is marked, so a full one waits until there is more.
        while len(self._waiting) > CHUNK:
            self._write_chunk(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk, and leave the target open."""
        self._write_chunk(bytes(self._waiting), is_last=True)

    def _write_chunk(self, chunk: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._counter, is_last), chunk, None))
        self._counter += 1


class AgeReader(RawIOBase):
    """Gives what is in an encrypted stream. Raises CannotOpenError, also halfway."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        super().__init__()
        self._source = source
        self._cipher = _opened(source, passphrase)
        self._counter, self._ready, self._is_over = 0, memoryview(b""), False
        self._next = source.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready and not self._is_over:
            self._ready = memoryview(self._read_chunk())
        number = min(len(buffer), len(self._ready))
        buffer[:number] = self._ready[:number]
        self._ready = self._ready[number:]
        return number

    def _read_chunk(self) -> bytes:
        sealed, self._next = self._next, self._source.read(CHUNK + TAG)
        self._is_over = not self._next
        try:
            chunk = self._cipher.decrypt(_nonce(self._counter, self._is_over), sealed, None)
        except InvalidTag:
            raise CannotOpenError("The encrypted file was cut off or changed.") from None
        self._counter += 1
        return chunk


def is_encrypted(start: bytes) -> bool:
    """Return whether a file that begins so is in this format."""
    return start.startswith(MAGIC)


def _opened(source: BinaryIO, passphrase: str) -> ChaCha20Poly1305:
    """Read the header; return the cipher of what follows."""
    magic, stanza, body, seal = (source.readline(MOST_LINE) for _ in range(4))
    try:
        kind, name, salt, work = stanza.split()
        _mark, mac = seal.split()
        salt, wrapped, mac = _from_base64(salt), _from_base64(body.strip()), _from_base64(mac)
        power = int(work)
    except (ValueError, Base64Error):
        raise CannotOpenError("This is no file that was encrypted with a passphrase.") from None
    # The mac has to stand there as we would write it: base64 leaves room for other spellings.
    is_ours = (magic, kind, name) == (MAGIC, b"->", b"scrypt") and len(wrapped) == 16 + TAG
    if not is_ours or seal != b"--- %s\n" % _base64(mac):
        raise CannotOpenError("This is no file that was encrypted with a passphrase.")
    if not 0 < power <= MOST_WORK:
        raise CannotOpenError("Opening this file would take more memory than is sensible.")
    try:
        key = _wrapping_key(passphrase, salt, power)
        file_key = ChaCha20Poly1305(key).decrypt(bytes(12), wrapped, None)
        _header_mac(file_key, magic + stanza + body + b"---").verify(mac)
    except (InvalidTag, InvalidSignature):
        raise CannotOpenError(
            "The passphrase is not the one of this backup, or its beginning was changed."
        ) from None
    nonce = source.read(16)
    if len(nonce) < 16:  # noqa: PLR2004 - the nonce of the format
        raise CannotOpenError("The encrypted file was cut off or changed.")
    return _payload_cipher(file_key, nonce)


def _wrapping_key(passphrase: str, salt: bytes, work: int) -> bytes:
    scrypt = Scrypt(b"age-encryption.org/v1/scrypt" + salt, length=32, n=2**work, r=8, p=1)
    return scrypt.derive(passphrase.encode())


def _header_mac(file_key: bytes, head: bytes) -> HMAC:
    mac = HMAC(HKDF(SHA256(), 32, salt=None, info=b"header").derive(file_key), SHA256())
    mac.update(head)
    return mac


def _payload_cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, salt=nonce, info=b"payload").derive(file_key))


def _nonce(counter: int, is_last: bool) -> bytes:
    return counter.to_bytes(11, "big") + bytes([is_last])


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _from_base64(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)

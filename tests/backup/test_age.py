"""Encrypted streams: another program opens them, and what was changed does not open."""

from io import BytesIO
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.backup.age import CHUNK, TAG, AgeReader, AgeWriter, CannotOpenError, is_encrypted

PASSPHRASE = "vier losse woorden samen"
#: Guessing need not be hard here.
EASY = 4


def encrypted(content: bytes, *, piece: int = 10_000) -> bytes:
    target = BytesIO()
    writer = AgeWriter(target, PASSPHRASE, work=EASY)
    for start in range(0, len(content), piece):
        writer.write(content[start : start + piece])
    writer.close()
    return target.getvalue()


def opened(sealed: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return AgeReader(BytesIO(sealed), passphrase).read()


SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5]


@pytest.mark.parametrize("size", SIZES)
def test_comes_back_as_it_was_for_us_and_for_another_program(size: int) -> None:
    content = (b"Stage-App " * (size // 10 + 1))[:size]

    sealed = encrypted(content)

    assert is_encrypted(sealed)
    assert opened(sealed) == content
    assert pyrage.passphrase.decrypt(sealed, PASSPHRASE) == content


@pytest.mark.parametrize("size", [0, CHUNK, 2 * CHUNK + 7])
def test_what_another_program_wrote_opens(size: int) -> None:
    content = b"x" * size
    sealed = pyrage.passphrase.encrypt(content, PASSPHRASE)

    assert opened(sealed) == content


def test_another_passphrase_does_not_open() -> None:
    with pytest.raises(CannotOpenError, match="passphrase is not"):
        opened(encrypted(b"geheim"), "iets heel anders")


def chunks(sealed: bytes) -> tuple[bytes, list[bytes]]:
    """The beginning of a stream, and its chunks."""
    head = sealed.index(b"\n", sealed.index(b"\n---") + 1) + 1 + 16
    rest, whole = sealed[head:], CHUNK + TAG
    return sealed[:head], [rest[start : start + whole] for start in range(0, len(rest), whole)]


@pytest.mark.parametrize(
    "order", [[1, 0, 2], [0, 2], [0, 1], [0], [], [0, 1, 1, 2], [0, 1, 2, 2], [2]]
)
def test_chunk_that_was_moved_repeated_or_left_out_does_not_open(order: list[int]) -> None:
    head, parts = chunks(encrypted(b"ab" * CHUNK + b"c"))
    assert len(parts) == 3

    with pytest.raises(CannotOpenError):
        opened(head + b"".join(parts[number] for number in order))


SEALED = encrypted(b"Wat een student schreef. " * 20)


def test_stream_that_was_cut_off_does_not_open() -> None:
    for length in range(len(SEALED)):
        with pytest.raises(CannotOpenError):
            opened(SEALED[:length])


def test_stream_in_which_one_byte_was_changed_does_not_open() -> None:
    for place in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[place] ^= 1
        with pytest.raises(CannotOpenError):
            opened(bytes(changed))


@given(junk=st.binary(max_size=400))
def test_anything_else_is_refused_and_no_error(junk: bytes) -> None:
    for sealed in (junk, b"age-encryption.org/v1\n" + junk, SEALED + junk + b"x"):
        with pytest.raises(CannotOpenError):
            opened(sealed)


def test_file_that_asks_for_much_memory_is_refused() -> None:
    target = BytesIO()
    AgeWriter(target, PASSPHRASE, work=EASY).close()

    with pytest.raises(CannotOpenError, match="memory"):
        opened(target.getvalue().replace(b" 4\n", b" 30\n", 1))


class Counting(BytesIO):
    """Remembers the most that was asked of it at once."""

    most = 0

    def read(self, size: Any = -1) -> bytes:
        self.most = max(self.most, len(self.getvalue()) if size in (-1, None) else size)
        return super().read(size)


def test_reads_a_chunk_at_a_time() -> None:
    source = Counting(encrypted(b"x" * 20 * CHUNK))
    reader = AgeReader(source, PASSPHRASE)

    while reader.read(1000):
        pass

    assert source.most == CHUNK + TAG

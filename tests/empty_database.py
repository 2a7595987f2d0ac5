"""An empty SQLite database that migrations made, kept for the next run: making it takes half a
minute of each worker."""

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

import stageapp


def start_from_kept() -> bool:
    """Put the kept database where the tests look for theirs; return whether there was one."""
    kept = _kept()
    if connection.vendor != "sqlite" or not kept.exists():
        return False
    own = Path(connection.settings_dict["TEST"]["NAME"])
    for rest in ("-wal", "-shm"):
        # What a run that was stopped had still to write belongs to another file.
        own.with_name(own.name + rest).unlink(missing_ok=True)
    shutil.copyfile(kept, own)
    return True


def keep() -> None:
    """Keep the database of the tests, which is empty still, instead of an older one."""
    kept = _kept()
    if connection.vendor != "sqlite" or kept.exists():
        return
    new = kept.with_suffix(f".{os.getpid()}")
    copy = sqlite3.connect(new)
    connection.ensure_connection()
    connection.connection.backup(copy)
    copy.close()
    for old in kept.parent.glob("empty-*.sqlite3"):
        old.unlink(missing_ok=True)
    new.replace(kept)


def _kept() -> Path:
    """Return where it is, by all that makes it: the migrations, and what reads them."""
    made_of = hashlib.sha256(f"{django.__version__} {settings.INSTALLED_APPS}".encode())
    made_of.update((Path(stageapp.__file__).parents[2] / "requirements/runtime.txt").read_bytes())
    for migration in sorted(Path(stageapp.__file__).parent.rglob("migrations/*.py")):
        made_of.update(migration.read_bytes())
    return Path(settings.VAR) / f"empty-{made_of.hexdigest()[:16]}.sqlite3"

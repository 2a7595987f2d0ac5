"""What `make check` does: every check with a line that says whether it passed."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules/.bin"
PYTHON = ["src", "tests", "tools", "bench", "clients"]
TEMPLATES = "src/stageapp"

CHECKS: dict[str, tuple[list[str], Path]] = {
    "types": ([f"{BIN}/mypy"], ROOT),
    "migrations complete": (
        [f"{BIN}/stageapp", "makemigrations", "--check", "--dry-run"],
        ROOT,
    ),
    "format": ([f"{BIN}/ruff", "format", "--check", *PYTHON], ROOT),
    "lint": ([f"{BIN}/ruff", "check", *PYTHON], ROOT),
    "import rules": ([f"{BIN}/lint-imports", "--no-cache"], ROOT),
    "templates": ([f"{BIN}/djlint", "--lint", "--quiet", TEMPLATES], ROOT),
    "translations complete": ([f"{BIN}/python", "tools/messages.py", "check"], ROOT),
    "known weaknesses of dependencies": ([f"{BIN}/python", "tools/audit.py"], ROOT),
    "client in step with the API": ([f"{BIN}/python", "tools/client.py", "check"], ROOT),
    "scripts": ([f"{MODULES}/tsc", "--noEmit"], FRONTEND),
    "front-end format": ([f"{MODULES}/prettier", "--check", "--log-level", "warn", "."], FRONTEND),
    "styles": ([f"{MODULES}/stylelint", "src/**/*.css"], FRONTEND),
}
LOCKS = [*(ROOT / "requirements").glob("*.txt"), FRONTEND / "package-lock.json"]
ADDRESS = re.compile(r"https?://")


def main() -> int:
    if "--format" in sys.argv:
        return write_formats()
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(lambda name: run(name, *CHECKS[name]), CHECKS))
    results.append(no_addresses_in_locks())
    failed = results.count(False)
    print(f"{len(results) - failed} checks passed, {failed} failed")
    return 1 if failed else 0


def run(name: str, command: list[str], folder: Path) -> bool:
    start = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    passed = done.returncode == 0
    mark = "pass" if passed else "FAIL"
    print(f"{mark}  {name} ({time.monotonic() - start:.1f} s)", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    elif notes := [line for line in done.stdout.splitlines() if line.startswith("note: ")]:
        print("\n".join(f"      {note}" for note in notes), flush=True)
    return passed


def no_addresses_in_locks() -> bool:
    guilty = [path.name for path in LOCKS if ADDRESS.search(path.read_text())]
    print(f"{'FAIL' if guilty else 'pass'}  no addresses in lock files {' '.join(guilty)}")
    return not guilty


def write_formats() -> int:
    run("ruff fixes", [f"{BIN}/ruff", "check", "--fix", "-q", *PYTHON], ROOT)
    run("ruff format", [f"{BIN}/ruff", "format", "-q", *PYTHON], ROOT)
    run("prettier", [f"{MODULES}/prettier", "--write", "--log-level", "warn", "."], FRONTEND)
    run("stylelint", [f"{MODULES}/stylelint", "--fix", "src/**/*.css"], FRONTEND)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

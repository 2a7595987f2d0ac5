"""Behind `make`: brings a bare checkout to where it can run, test or check. Standard library only.

Each step leaves a stamp with a hash of what it was made from, so that a second run skips it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
FRONTEND = ROOT / "frontend"
PEERS = ROOT / "tests/peers"
LOCALE = ROOT / "src/stageapp/locale"
STATIC_BUILD = ROOT / "src/stageapp/core/static/build"

RUNTIME = ("runtime", "build")
EVERYTHING = ("runtime", "build", "test")


def main() -> int:
    if sys.version_info < (3, 11):
        print(f"Stage-App needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 1
    os.chdir(ROOT)
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    command, *arguments = sys.argv[1:] or ["help"]
    commands = {
        "install": setup,
        "demo": demo,
        "test": lambda *rest: tool("test", *rest),
        "unit": lambda *rest: tool("test", "--unit", *rest),
        "check": lambda *rest: tool("check", *rest),
        "bench": bench,
        "format": lambda *rest: tool("check", "--format", *rest),
        "messages": lambda: tool("messages", "extract"),
        "client": lambda: tool("client", "write"),
        "lock": lock,
    }
    if command not in commands:
        print("Use one of: make " + " | ".join(commands))
        return 1
    return commands[command](*arguments)


def setup() -> int:
    """Bring a checkout to where `.venv/bin/stageapp` works."""
    prepare(RUNTIME)
    return 0


def demo() -> int:
    """Start the application with demo data; replaces this process."""
    prepare(RUNTIME)
    os.execv(BIN / "stageapp", ["stageapp", "demo", "--port", os.environ.get("PORT", "8000")])


def bench(*arguments: str) -> int:
    prepare(EVERYTHING)
    return run([BIN / "python", "-m", "bench.run", *arguments])


def tool(name: str, *arguments: str) -> int:
    prepare(EVERYTHING)
    if name == "test":
        install_npm(PEERS)
    return run([BIN / "python", f"tools/{name}.py", *arguments])


def prepare(layers: tuple[str, ...]) -> None:
    """Bring environment, front end and translations up to date."""
    make_environment()
    install(layers)
    build_frontend()
    compile_messages()


def make_environment() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if (BIN / "python").exists() and stamp_says("python", version):
        return
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False
    )
    if made.returncode:
        print(made.stdout + made.stderr)
        stop("Python cannot make a virtual environment here (Debian: install python3-venv).")
    write_stamp("python", version)


def install(layers: tuple[str, ...]) -> None:
    files = [ROOT / f"requirements/{layer}.txt" for layer in layers]
    for layer, file in zip(layers, files, strict=True):
        wanted = digest([file])
        if stamp_says(f"install-{layer}", wanted):
            continue
        say(f"installing {layer} dependencies")
        if not install_with_uv(file):
            must([BIN / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", file])
        write_stamp(f"install-{layer}", wanted)
    wanted = digest([ROOT / "pyproject.toml"])
    if not stamp_says("project", wanted):
        editable = ["install", "-q", "--no-deps", "--no-build-isolation", "-e", ROOT]
        must([BIN / "python", "-m", "pip", *editable])
        write_stamp("project", wanted)


def install_with_uv(file: Path) -> bool:
    bootstrap = ROOT / "requirements/bootstrap.txt"
    if not (BIN / "uv").exists() and run(
        [BIN / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", bootstrap]
    ):
        return False
    environment = os.environ | {"UV_SYSTEM_CERTS": "1", "VIRTUAL_ENV": str(VENV)}
    command = [BIN / "uv", "pip", "install", "-q", "--require-hashes", "-r", file]
    return subprocess.run(command, env=environment, check=False).returncode == 0


def build_frontend() -> None:
    install_npm(FRONTEND)
    sources = [path for path in (FRONTEND / "src").rglob("*") if path.is_file()]
    wanted = digest([*sources, FRONTEND / "build.mjs", FRONTEND / "package-lock.json"])
    if not stamp_says("bundle", wanted) or not STATIC_BUILD.exists():
        say("building the front end")
        must(["node", "build.mjs"], cwd=FRONTEND)
        write_stamp("bundle", wanted)


def install_npm(folder: Path) -> None:
    """Install what the package file of a folder asks for, as it is locked."""
    wanted = digest([folder / "package-lock.json", folder / ".npmrc"])
    if stamp_says(f"npm-{folder.name}", wanted) and (folder / "node_modules").exists():
        return
    say(f"installing npm packages of {folder.name}")
    must(["npm", "ci", "--silent"], cwd=folder)
    write_stamp(f"npm-{folder.name}", wanted)


def compile_messages() -> None:
    catalogues = sorted(LOCALE.rglob("*.po"))
    wanted = digest(catalogues)
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues)
    if not stamp_says("messages", wanted) or not compiled:
        must([BIN / "python", "tools/messages.py", "compile"])
        write_stamp("messages", wanted)


def lock() -> int:
    """Write the requirements files anew; no address of a registry gets into them."""
    make_environment()
    install(RUNTIME)
    environment = os.environ | {"UV_SYSTEM_CERTS": "1"}
    options = "--universal --python-version 3.11 --generate-hashes --no-header --upgrade -q"
    for name in ("bootstrap", "runtime", "build", "test"):
        command = [BIN / "uv", "pip", "compile", f"requirements/{name}.in", *options.split()]
        command += ["--only-binary", ":all:", "-o", f"requirements/{name}.txt"]
        subprocess.run(command, env=environment, check=True)
    return 0


def digest(files: list[Path]) -> str:
    summary = hashlib.sha256()
    for file in sorted(files):
        summary.update(str(file.relative_to(ROOT)).encode())
        summary.update(file.read_bytes())
    return summary.hexdigest()


def stamp_says(name: str, wanted: str) -> bool:
    path = STAMPS / name
    return path.exists() and path.read_text() == wanted


def write_stamp(name: str, value: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value)


def run(command: list[str | Path], cwd: Path = ROOT) -> int:
    return subprocess.run(command, cwd=cwd, check=False).returncode


def must(command: list[str | Path], cwd: Path = ROOT) -> None:
    if run(command, cwd):
        stop("This step failed: " + " ".join(map(str, command)))


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def stop(text: str) -> None:
    print(text, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    raise SystemExit(main())

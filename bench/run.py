"""What `make bench` does: the production server on SQLite and PostgreSQL, full of seeded data."""

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from aiosmtpd.controller import Controller

from bench.load import HOST, OPEN_PAGE, Call, keep_open, load
from stageapp.config import settings
from tools.postgres import postgres

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/latest.json"
STAGEAPP = [sys.executable, "-m", "stageapp"]
DATABASES = ("sqlite", "postgresql")
AMOUNTS = {"students": 1_000, "teachers": 50, "activities": 200_000, "questions": 5_000, "seed": 1}
#: One student with a very full logbook, for what must stay fast then.
LARGE = {"students": 1, "teachers": 1, "activities": 5_000, "questions": 1, "seed": 2}
#: What makes it ten times as large; the tips are measured with each, the second has the amounts
#: that they have to be quick with.
MORE = (
    {"students": 1_000, "teachers": 50, "activities": 100_000, "questions": 5_000, "seed": 3},
    {"students": 10_000, "teachers": 500, "activities": 1_000_000, "questions": 35_000, "seed": 4},
    {"students": 1_000, "teachers": 50, "activities": 700_000, "questions": 5_000, "seed": 5},
)
PEOPLE_AT_ONCE = (1, 16)
BARE = "bare view: one query, a hundred rows"
STARTS_WITHIN = 60
#: Conversations on screens at the same time, and how many times each asks for news.
OPEN_PAGES, ROUNDS = 1_000, 2
#: So many processes send the mails of a morning.
WORKERS = 2

Environment = dict[str, str]
Figures = dict[str, Any]


def main() -> int:
    options = arguments()
    results: Figures = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processors": os.cpu_count(),
            "system": platform.system(),
            "python": platform.python_version(),
        },
        "amounts": amounts(AMOUNTS, options.share),
        "databases": {},
    }
    for name in options.databases:
        print(f"\n── {name}", flush=True)
        with database(name) as environment:
            results["databases"][name] = measured(environment, options)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nwritten to {RESULTS.relative_to(ROOT)}")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--seconds", type=float, default=3, help="that each page is asked for")
    parser.add_argument("--share", type=float, default=1, help="of the usual amount of data")
    parser.add_argument("--no-growth", action="store_true", help="leave out ten times the data")
    return parser.parse_args()


def amounts(whole: dict[str, int], share: float) -> dict[str, int]:
    return {
        name: amount if name == "seed" else max(int(amount * share), 16)
        for name, amount in whole.items()
    }


@contextmanager
def database(name: str) -> Iterator[Environment]:
    """Give the environment of an installation with an empty database of this kind."""
    with TemporaryDirectory(prefix="stageapp-bench-") as folder:
        environment = os.environ | {"STAGEAPP_VAR": folder, "PYTHONPATH": str(ROOT)}
        environment.pop("DATABASE_URL", None)
        if name == "sqlite":
            yield environment
            return
        with postgres() as url:
            yield environment | {"DATABASE_URL": url}


def measured(environment: Environment, options: argparse.Namespace) -> Figures:
    """Fill a database, ask for the pages, make it ten times as large and ask again."""
    run([*STAGEAPP, "prepare"], environment)
    seed(environment, amounts(AMOUNTS, options.share))
    seed(environment, LARGE)
    evaluated = tips(environment, AMOUNTS["seed"])
    figures = pages(environment, options.seconds) | {"tips": [evaluated]}
    print_pages(figures)
    figures["word"] = made = inside("word", environment)
    print(f"Word, {made['activities']} activities: {made['seconds']} s, {made['peak_mb']} MB")
    figures["digests"] = digests(environment)
    if not options.no_growth:
        for more in MORE:
            seed(environment, amounts(more, options.share))
            figures["tips"].append(tips(environment, more["seed"]))
        figures["grown"] = grown = pages(environment, options.seconds)
        add_growth(grown, before=figures)
        print("\nwith ten times the data")
        print_pages(grown)
    return figures


def seed(environment: Environment, rows: dict[str, int]) -> None:
    begun = time.monotonic()
    options = [f"--{name}={amount}" for name, amount in rows.items()]
    run([*STAGEAPP, "seed", *options], environment)
    count = f"{rows['activities']:,} activities of {rows['students']:,} students"
    print(f"{count} made in {time.monotonic() - begun:.0f} s", flush=True)


def tips(environment: Environment, number: int) -> Figures:
    """Evaluate all tips for all placements of one seed; return the figures, and print them."""
    figures: Figures = inside("tips", environment, f"seed-{number}")
    print(
        f"{figures['tips']} tips for {figures['placements']:,} placements with "
        f"{figures['activities']:,} activities: {figures['seconds']} s, {figures['peak_mb']} MB",
        flush=True,
    )
    return figures


def digests(environment: Environment) -> Figures:
    """Send the news of a day to many people over a real mail server; print the figures.

    Several workers send, each a process, as they may in any installation; their start counts too.
    """
    due = inside("digests", environment)
    with mail_server() as (port, received), ThreadPoolExecutor(WORKERS) as pool:
        address = {"STAGEAPP_EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        begun = time.monotonic()
        sent = list(pool.map(lambda _: inside("send", environment | address), range(WORKERS)))
        seconds = round(time.monotonic() - begun, 1)
    if not received() == sum(worker["mails"] for worker in sent) == due:
        raise SystemExit(f"{due} mails were due, {received()} arrived: {sent}")
    peak = max(worker["peak_mb"] for worker in sent)
    print(
        f"the news of a day for {due:,} people: {seconds} s by {WORKERS} workers, {peak} MB each",
        flush=True,
    )
    return {"mails": due, "seconds": seconds, "workers": WORKERS, "peak_mb": peak}


@contextmanager
def mail_server() -> Iterator[tuple[int, Callable[[], int]]]:
    """Give the port of a mail server, and how many mails came in."""
    mails: list[None] = []

    class Counter:
        async def handle_DATA(self, *_: Any) -> str:  # noqa: N802 -- aiosmtpd's name
            mails.append(None)
            return "250 OK"

    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    controller = Controller(Counter(), hostname=HOST, port=port)
    controller.start()
    try:
        yield port, lambda: len(mails)
    finally:
        controller.stop()


def pages(environment: Environment, seconds: float) -> Figures:
    """Return the figures of every page and of the bare view, and the memory of the server."""
    found = inside("pages", environment)
    bare = environment | {"DJANGO_SETTINGS_MODULE": "bench.bare_settings"}
    with server(bare) as (port, _):
        rows = [asked(BARE, 1, [Call("/")], port, seconds)]
    with server(environment) as (port, process):
        for page in found:
            calls = [Call(**call) for call in page["calls"]]
            rows.append(asked(page["name"], page["queries"], calls, port, seconds))
            if page["name"] == OPEN_PAGE:
                opened = open_pages(calls, port, process)
        memory = memory_of(process)
    for row in rows:
        row["ratio"] = round(row["at_once"][1]["median_ms"] / rows[0]["at_once"][1]["median_ms"], 1)
    return {"pages": rows, "open_pages": opened, "server_mb": memory}


def open_pages(calls: list[Call], port: int, group: int) -> Figures:
    """Return how the server fares with a thousand conversations open, as often as those ask."""
    every = settings.LIVE_SECONDS
    used, begun = processor_seconds_of(group), time.monotonic()
    times = keep_open(calls, port=port, pages=OPEN_PAGES, every=every, rounds=ROUNDS)
    took = time.monotonic() - begun
    return {
        "pages": OPEN_PAGES,
        "every_seconds": every,
        "median_ms": round(median(times), 1),
        "p95_ms": round(quantiles(times, n=20)[-1], 1),
        "percent_of_a_processor": round(100 * (processor_seconds_of(group) - used) / took),
    }


def asked(name: str, queries: int, calls: list[Call], port: int, seconds: float) -> Figures:
    at_once = {
        people: asdict(load(calls, port=port, at_once=people, seconds=seconds))
        for people in PEOPLE_AT_ONCE
    }
    return {"page": name, "queries": queries, "at_once": at_once}


@contextmanager
def server(environment: Environment) -> Iterator[tuple[int, int]]:
    """Start the production server; give its port and its process group."""
    with closing(socket.socket()) as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*STAGEAPP, "serve", "--port", str(port)], env=environment, start_new_session=True
    )
    try:
        wait_for(port)
        yield port, process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not start.")


def memory_of(group: int) -> int:
    """Return the resident megabytes of the largest process of a server."""
    return max(_of_processes(group, "rss")) // 1024


def processor_seconds_of(group: int) -> int:
    """Return the seconds of a processor that a server used, its database server not included."""
    return sum(_of_processes(group, "cputimes"))


def _of_processes(group: int, what: str) -> list[int]:
    listed = subprocess.run(
        ["ps", "-e", "-o", f"pgid=,{what}="], capture_output=True, text=True, check=True
    )
    rows = (line.split() for line in listed.stdout.splitlines())
    return [int(figure) for found, figure in rows if int(found) == group]


def inside(what: str, environment: Environment, *arguments: str) -> Any:
    command = [sys.executable, "-m", "bench.inside", what, *arguments]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


def run(command: list[str], environment: Environment) -> None:
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def add_growth(figures: Figures, before: Figures) -> None:
    """Add to each page how much longer it takes than before."""
    for row, old in zip(figures["pages"], before["pages"], strict=True):
        now, then = (one["at_once"][1]["median_ms"] for one in (row, old))
        row["growth"] = round(now / then, 2)


def print_pages(figures: Figures) -> None:
    """Print the table; with the growth of each page where it is known."""
    is_grown = "growth" in figures["pages"][0]
    heading = f"\n{'':32} {'queries':>7}"
    for people in PEOPLE_AT_ONCE:
        heading += f" │ {f'{people} at once: median':>18} {'p95':>7} {'a second':>8}"
    print(heading + f" │ {'bytes':>8} {'ratio':>6}" + (f" {'growth':>6}" if is_grown else ""))
    for row in figures["pages"]:
        line = f"{row['page'][:32]:32} {row['queries']:>7}"
        for one in row["at_once"].values():
            line += f" │ {one['median_ms']:>15} ms {one['p95_ms']:>7} {one['per_second']:>8}"
        line += f" │ {row['at_once'][1]['bytes']:>8} {row['ratio']:>6}"
        if "growth" in row:
            line += f" {row['growth']:>6}"
        print(line)
    opened = figures["open_pages"]
    print(
        f"{opened['pages']:,} open pages that ask every {opened['every_seconds']} s: median "
        f"{opened['median_ms']} ms, p95 {opened['p95_ms']} ms, "
        f"{opened['percent_of_a_processor']} % of a processor"
    )
    print(f"memory of a server process: {figures['server_mb']} MB", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())

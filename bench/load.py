"""Asks for pages as fast as a number of people at once can, or as open pages do; keeps the time."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median, quantiles

HOST = "127.0.0.1"
OK = (200, 204)
NOTHING_NEW = 204
#: What a conversation that is on somebody's screen asks.
OPEN_PAGE = "an open page: anything new?"
#: A page that is slow is asked for at least so often by each.
FEWEST = 5


@dataclass(frozen=True)
class Call:
    """One address, as one person who is signed in asks for it."""

    path: str
    cookie: str = ""


@dataclass(frozen=True)
class Load:
    """What a server did with the same page, asked for over and over."""

    median_ms: float
    p95_ms: float
    per_second: float
    bytes: int


def load(calls: Sequence[Call], *, port: int, at_once: int, seconds: float) -> Load:
    """Ask for a page by `at_once` people during `seconds`, each as soon as the last one came.

    Raises RuntimeError when an answer is not 200.
    """
    with ThreadPoolExecutor(at_once) as pool:
        people = [calls[index % len(calls)] for index in range(at_once)]
        begun = time.perf_counter()
        results = list(pool.map(lambda call: _ask(call, port, seconds), people))
        took = time.perf_counter() - begun
    times = sorted(one for times, _ in results for one in times)
    return Load(
        median_ms=round(median(times), 1),
        p95_ms=round(quantiles(times, n=20)[-1], 1),
        per_second=round(len(times) / took, 1),
        bytes=results[0][1],
    )


def keep_open(
    calls: Sequence[Call], *, port: int, pages: int, every: float, rounds: int
) -> list[float]:
    """Keep so many pages open that each ask for news every so many seconds, spread over them.

    Returns the milliseconds of each answer. Raises RuntimeError when one is not "nothing new".
    """
    return asyncio.run(_keep_open(calls, port, pages, every, rounds))


async def _keep_open(
    calls: Sequence[Call], port: int, pages: int, every: float, rounds: int
) -> list[float]:
    opened = [
        _open_page(calls[index % len(calls)], port, index * every / pages, every, rounds)
        for index in range(pages)
    ]
    return [one for times in await asyncio.gather(*opened) for one in times]


async def _open_page(call: Call, port: int, pause: float, every: float, rounds: int) -> list[float]:
    request = f"GET {call.path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {call.cookie}\r\n\r\n"
    times: list[float] = []
    await asyncio.sleep(pause)
    reader, writer = await asyncio.open_connection(HOST, port)
    for _ in range(rounds):
        begun = time.perf_counter()
        writer.write(request.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        took = time.perf_counter() - begun
        if int(head.split()[1]) != NOTHING_NEW:
            raise RuntimeError(f"{call.path} gave {head.splitlines()[0].decode()}")
        times.append(took * 1000)
        await asyncio.sleep(every - took)
    writer.close()
    return times


def _ask(call: Call, port: int, seconds: float) -> tuple[list[float], int]:
    connection = HTTPConnection(HOST, port, timeout=60)
    times: list[float] = []
    begun = time.perf_counter()
    size = _once(connection, call)
    while time.perf_counter() - begun < seconds or len(times) < FEWEST:
        start = time.perf_counter()
        size = _once(connection, call)
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
    return times, size


def _once(connection: HTTPConnection, call: Call) -> int:
    connection.request("GET", call.path, headers={"Cookie": call.cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status not in OK:
        raise RuntimeError(f"{call.path} gave {answer.status}")
    return len(body)

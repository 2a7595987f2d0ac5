"""How often somebody may ask for what costs: reading counts as much as writing.

The table is `config/limits.py`. The count of somebody who is signed in is their own, wherever they
are; of others it is that of their network, and behind a link of that link in their network. So
nobody can use up what belongs to another person.

Counting is one statement of the database, so that it is right over all threads, processes and
machines that serve.
"""

import hashlib
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stageapp.core.limits import MINUTE, By, Limit, When
from stageapp.core.models import Use
from stageapp.core.requests import network_of

#: What a form carries for itself.
NOT_TYPED = {"csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Count:
    """How a count stands."""

    is_within: bool
    #: Seconds until it begins anew.
    wait: int
    #: How often it may be done in that time, and how often still.
    most: int
    left: int


def count(name: str, whose: str, *, times: int, seconds: int) -> Count:
    """Count once; say whether that is within the limit."""
    now = int(time.time())
    key = hashlib.sha256(f"{name}|{whose}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, now + seconds, now, now])
        counted, until = cursor.fetchone()
    return Count(counted <= times, max(until - now, 1), times, max(times - counted, 0))


_COUNT = """
    INSERT INTO core_use (key, times, until) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        times = CASE WHEN core_use.until <= %s THEN 1 ELSE core_use.times + 1 END,
        until = CASE WHEN core_use.until <= %s THEN excluded.until ELSE core_use.until END
    RETURNING times, until
"""


def count_request(limit: Limit, request: HttpRequest) -> Count:
    """Count a request for whose it is."""
    whose, times = _whose(limit, request)
    return count(limit.name, whose, times=times, seconds=limit.seconds)


def is_within(request: HttpRequest, name: str) -> bool:
    """Count something that a view does by itself; return whether it may."""
    return all(one.is_within for one in counts_of(request, (name,)))


def counts_of(request: HttpRequest, names: Collection[str]) -> list[Count]:
    """Count a request in each line of the table that has one of these names; return how it stands.

    For what counts by itself and says how much is left. After the first line that is reached
    nothing more is counted.
    """
    found: list[Count] = []
    for limit in settings.LIMITS:
        if limit.name in names and (not found or found[-1].is_within):
            found.append(count_request(limit, request))
    return found


def forget_old(*, at: float) -> None:
    """Remove counts that are over."""
    Use.objects.filter(until__lt=int(at)).delete()


def _whose(limit: Limit, request: HttpRequest) -> tuple[str, int]:
    if limit.by is By.PERSON and request.user.is_authenticated:
        return f"person:{request.user.pk}", limit.times
    network = f"network:{network_of(request)}"
    if limit.by is By.LINK and request.resolver_match:
        return f"{network}|{request.resolver_match.kwargs.get('token', '')}", limit.times
    return network, limit.times * (limit.network if limit.by is By.PERSON else 1)


class LimitsMiddleware:
    """Answers 429 to who asks too much of an address in the table; what they typed stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Count in each limit that holds for this address, until one is reached."""
        for limit in _limits_of(request):
            counted = count_request(limit, request)
            if not counted.is_within:
                return too_many(request, counted.wait)
        return None


def _limits_of(request: HttpRequest) -> Iterator[Limit]:
    name = request.resolver_match.view_name if request.resolver_match else ""
    for limit in settings.LIMITS:
        if name in limit.routes and _costs(limit.when, request):
            yield limit


def _costs(when: When, request: HttpRequest) -> bool:
    is_sent = request.method == "POST"
    return when is When.ALWAYS or is_sent or (when is When.ASKED and bool(request.GET))


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """Say when to go on, with a button that sends what was typed."""
    is_form = request.method == "POST"
    typed = [
        (name, text)
        for name, texts in (request.POST.lists() if is_form else ())
        if name not in NOT_TYPED
        for text in texts
    ]
    context = {
        "minutes": -(-wait // MINUTE),
        "seconds": wait,
        "is_form": is_form,
        "typed": typed,
        "files": [
            upload.name for _field, sent in request.FILES.lists() for upload in sent if is_form
        ],
    }
    template = "core/_too_many.html" if request.headers.get("HX-Request") else "core/too_many.html"
    response = render(request, template, context, status=429)
    response.headers["Retry-After"] = str(wait)
    return response

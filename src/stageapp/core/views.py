"""Pages that belong to no feature."""

import json
import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from stageapp.core.counting import is_within

#: So many bytes of a report of a browser are read.
REPORT_SIZE = 10_000

log = logging.getLogger(__name__)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say what happened and how to go on; the typed text waits in the browser."""
    return render(request, "403_csrf.html", status=403)


@csrf_exempt
@login_not_required
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Note what a browser refused to load or run: a fault of ours, or somebody's attempt.

    Anybody can send anything here, so little is kept of it, and of one network no more than some
    a minute.
    """
    if is_within(request, "reports of browsers"):
        log.warning("content security policy: %s", _told(request))
    return HttpResponse(status=204)


def _told(request: HttpRequest) -> dict[str, str]:
    try:
        report = json.loads(request.read(REPORT_SIZE))["csp-report"]
        return {
            name: str(report[name])[:200].partition("?")[0]
            for name in ("document-uri", "effective-directive", "violated-directive", "blocked-uri")
            if name in report
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


@login_not_required
@require_GET
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer that this process runs (`/healthz`)."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer whether this process can reach its database (`/readyz`)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        log.warning("not ready: %s", problem)
        return HttpResponse("the database does not answer", "text/plain", status=503)
    return HttpResponse("ok", content_type="text/plain")

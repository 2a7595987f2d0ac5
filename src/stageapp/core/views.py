"""Pages that belong to no feature."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say what happened and how to go on; the typed text waits in the browser."""
    return render(request, "403_csrf.html", status=403)


@login_not_required
@require_GET
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer that this process runs (`/healthz`)."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer that this process can reach its database (`/readyz`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")

"""A badge as text and as files."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.text import slugify

from stageapp.integrations.portfolio.models import Badge

#: As which file a badge can be taken, and its media type (section 5 of the specification).
FILES = {"svg": "image/svg+xml", "jwt": "text/plain", "json": "application/json"}


def as_json(credential: Mapping[str, Any]) -> str:
    """Return a credential as text to read."""
    return json.dumps(credential, ensure_ascii=False, indent=2)


def badge_file(badge: Badge, kind: str, picture: str) -> HttpResponse:
    """Answer with a badge as a file that no browser runs or keeps. Raises Http404 for others."""
    if kind not in FILES:
        raise Http404
    body = {"svg": picture, "jwt": badge.token, "json": as_json(badge.credential)}[kind]
    answer = HttpResponse(body, content_type=f"{FILES[kind]}; charset=utf-8")
    name = slugify(badge.title)[:60].strip("-") or "badge"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer

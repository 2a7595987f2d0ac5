"""The public halves of the keys, for everybody who wants to check a badge or a portfolio."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from stageapp.core.addresses import whole_address
from stageapp.integrations.portfolio.access import keys_published
from stageapp.integrations.portfolio.rules import document_of, holder_of
from stageapp.programmes.queries import institution_for

#: Seconds that others may keep the answer.
KEPT = 3600


@login_not_required
@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """Give the keys that sign or signed here (RFC 7517, section 5)."""
    return _public({"keys": _keys(request)}, "application/jwk-set+json")


@login_not_required
@require_safe
def did(request: HttpRequest, number: UUID) -> HttpResponse:
    """Give the document of somebody's identifier: the keys, and nothing about a person.

    It is the same for any number, so it tells nothing, and holds when the person is gone.
    """
    institution = institution_for(request)
    home = whole_address("/", institution.host if institution else "")
    return _public(document_of(holder_of(home, number), _keys(request)), "application/did+json")


def _keys(request: HttpRequest) -> list[dict[str, Any]]:
    return [key.public for key in keys_published(institution_for(request))]


def _public(content: dict[str, Any], kind: str) -> JsonResponse:
    answer = JsonResponse(content, content_type=kind)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = f"public, max-age={KEPT}"
    return answer

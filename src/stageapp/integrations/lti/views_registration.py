"""Registering by itself: the page that a learning environment opens with the link that it was
given (Dynamic Registration 1.0, section 3.3).
"""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stageapp.core.framing import let_frame
from stageapp.integrations.lti import actions_manage, queries
from stageapp.integrations.lti.configuration import own_origin
from stageapp.integrations.lti.entering import in_own_language
from stageapp.integrations.lti.registration import UnusableError
from stageapp.integrations.lti.rules import origin_of

MOST_TOKEN = 8_000


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@in_own_language
def register(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first, since a link that is opened does nothing by itself; then register.

    The page stands in a frame or a window of the environment, without a session of ours; the link
    itself is the proof. So nothing else on it can be clicked away from somebody.
    """
    link = queries.registration_link(token, timezone.now())
    if link is None:
        return render(request, "lti/register.html", {"is_gone": True}, status=HTTPStatus.GONE)
    told = request.POST if request.method == "POST" else request.GET
    address = told.get("openid_configuration", "")[:1000]
    context: dict[str, Any] = {
        "link": link,
        "address": address,
        "token": told.get("registration_token", "")[:MOST_TOKEN],
    }
    status = HTTPStatus.OK
    if request.method == "POST":
        origin = own_origin(request)
        try:
            context["platform"] = actions_manage.register_by_link(
                link, address, context["token"], origin=origin, at=timezone.now()
            )
        except UnusableError as problem:
            context["problem"], status = problem.what, HTTPStatus.UNPROCESSABLE_ENTITY
    answer = render(request, "lti/register.html", context, status=status)
    if asked_by := origin_of(address):
        let_frame(answer, [asked_by])
    return answer

"""The way in from a learning environment (LTI Core 1.3, Security Framework 1.0).

Nothing here asks for a token against forged forms: other sites send these requests, and the random
numbers of the launch take its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from stageapp.core.texts import is_writable
from stageapp.core.tokens import hash_of
from stageapp.integrations.lti import actions, entering, queries, signing
from stageapp.integrations.lti.arriving import come_in
from stageapp.integrations.lti.configuration import canvas_configuration, own_origin
from stageapp.integrations.lti.models import LoginState, Platform
from stageapp.integrations.lti.rules import (
    KEY_LENGTH,
    Launch,
    Reason,
    RefusedError,
    Standing,
    origin_of,
)
from stageapp.integrations.lti.verifying import read_launch, verified_claims
from stageapp.integrations.lti.words import WORDS
from stageapp.programmes.queries import institution_for

P = ParamSpec("P")
#: What an environment sends along is kept for ten minutes; some hints are tokens themselves. So
#: long they may be together.
MOST_HINT = 8_000


@dataclass
class _Known:
    """What is known of a launch when it is refused halfway."""

    platform: Platform | None = None


def says_why(
    view: Callable[Concatenate[HttpRequest, _Known, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Answer a launch that is refused with a page that says why, and keep that it was."""

    @entering.in_own_language
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        known = _Known()
        try:
            return view(request, known, *args, **kwargs)
        except RefusedError as refused:
            return _refused(request, refused, known.platform)

    return answer


def _refused(
    request: HttpRequest, refused: RefusedError, platform: Platform | None
) -> HttpResponse:
    actions.note_refusal(refused, institution_for(request), platform, timezone.now())
    context = {"said": WORDS[refused.reason], "reason": refused.reason, "platform": platform}
    return entering.show_in(platform, render(request, "lti/refused.html", context, status=403))


# Beginning ----------------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@says_why
def login(request: HttpRequest, known: _Known) -> HttpResponse:
    """Lead somebody on to their environment, which says who they are (Core 1.3, section 4.1.1)."""
    told = request.POST if request.method == "POST" else request.GET
    issuer, hint = _text(told, "iss", KEY_LENGTH), _text(told, "login_hint", MOST_HINT)
    if not issuer or not hint:
        raise RefusedError(Reason.BAD_REQUEST)
    client_id = _text(told, "client_id", KEY_LENGTH)
    known.platform = queries.platform_for(institution_for(request), issuer, client_id)
    storage = _text(told, "lti_storage_target", 100)
    message_hint = _text(told, "lti_message_hint", MOST_HINT - len(hint))
    begun = actions.begin_launch(
        known.platform,
        queries.target_in(_text(told, "target_link_uri", 1000), own_origin(request)),
        login_hint=hint,
        message_hint=message_hint,
        storage_target=storage,
        at=timezone.now(),
    )
    address = _address_to_sign_in(request, known.platform, begun, hint, message_hint)
    answer: HttpResponse = redirect(address)
    if storage:
        context = {
            "address": address,
            "kept": begun.browser,
            "key": f"stage-app-{begun.state[:12]}",
        }
        context |= {"frame": storage, "origin": origin_of(known.platform.auth_url)}
        answer = entering.show_in(known.platform, render(request, "lti/keep.html", context))
    age = int(actions.STATE_LASTS.total_seconds())
    entering.set_open_cookie(answer, entering.cookie_of(begun.state), begun.browser, age)
    return answer


def _address_to_sign_in(
    request: HttpRequest, platform: Platform, begun: actions.Begun, hint: str, message_hint: str
) -> str:
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": request.build_absolute_uri(reverse("lti:launch")),
        "login_hint": hint,
        "state": begun.state,
        "nonce": begun.nonce,
    }
    if message_hint:
        asked["lti_message_hint"] = message_hint
    parts = urlsplit(platform.auth_url)
    query = "&".join(filter(None, [parts.query, urlencode(asked)]))
    return urlunsplit(parts._replace(query=query))


def _text(told: Any, name: str, longest: int) -> str:
    """Return what was sent; empty where it is too long or cannot be kept."""
    value: str = told.get(name, "")
    is_fine = len(value) <= longest and is_writable(value)
    return value if is_fine else ""


# The launch itself --------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@says_why
def launch(request: HttpRequest, known: _Known) -> HttpResponse:
    """Take what the environment says of somebody, and let them in (Core 1.3, section 5)."""
    if request.method != "POST":
        return render(request, "lti/from_course.html")
    now = timezone.now()
    told = request.POST.get("state", "")[:200]
    if not told:
        raise RefusedError(Reason.BAD_REQUEST)
    state = queries.state_of(told, institution_for(request), now)
    known.platform = state.platform
    if "error" in request.POST:
        raise RefusedError(Reason.PLATFORM_ERROR, request.POST["error"])
    said = _verified(request, state)
    cookie = request.COOKIES.get(entering.cookie_of(told), "")
    if not _is_same_browser(cookie or _found_in_storage(request, state), state):
        return _ask_browser(request, state, told)
    actions.use_up(state, at=now)
    if not cookie and not said.deep_linking:
        return _go_on_elsewhere(request, state.platform, said)
    answer = _come_in(request, state.platform, said)
    entering.speak(request, answer, said.language)
    entering.forget_cookie(answer, entering.cookie_of(told))
    return answer


def _verified(request: HttpRequest, state: LoginState) -> Launch:
    platform, now = state.platform, timezone.now()
    claims = verified_claims(
        request.POST.get("id_token", ""),
        issuer=platform.issuer,
        client_id=platform.client_id,
        key_of=actions.key_finder(platform, now),
    )
    nonce = claims["nonce"] if isinstance(claims["nonce"], str) else ""
    if not constant_time_compare(hash_of(nonce), state.nonce_hash):
        raise RefusedError(Reason.NONCE)
    said = read_launch(claims)
    if queries.target_in(said.target, own_origin(request)) != state.target:
        raise RefusedError(Reason.FOREIGN_TARGET, said.target)
    if not platform.deployments.filter(deployment_id=said.deployment_id).exists():
        raise RefusedError(Reason.UNKNOWN_DEPLOYMENT, said.deployment_id)
    return said


def _is_same_browser(shown: str, state: LoginState) -> bool:
    """Return whether the launch began in this browser: else somebody could let another go on in
    their own account (login CSRF). Raises RefusedError where it shows something else.
    """
    if not shown:
        return False
    if not constant_time_compare(hash_of(shown), state.browser_hash):
        raise RefusedError(Reason.OTHER_BROWSER)
    return True


def _found_in_storage(request: HttpRequest, state: LoginState) -> str:
    """Return the secret that our own page found in the storage of the environment.

    Any page can send one: who began the launch elsewhere knows it, and could send it from the
    browser of another. The browser itself says from which page it comes.
    """
    is_ours = request.headers.get("Origin") == own_origin(request)
    return request.POST.get("kept", "") if is_ours and state.storage_target else ""


def _ask_browser(request: HttpRequest, state: LoginState, told: str) -> HttpResponse:
    """Ask for what the environment keeps for us; else offer a window of its own."""
    if not state.storage_target or "kept" in request.POST:
        refused = RefusedError(Reason.OTHER_BROWSER, "no cookie")
        actions.note_refusal(refused, institution_for(request), state.platform, timezone.now())
    context = {
        "state": told,
        "id_token": request.POST.get("id_token", ""),
        "frame": "" if "kept" in request.POST else state.storage_target,
        "key": f"stage-app-{told[:12]}",
        "origin": origin_of(state.platform.auth_url),
        "again": _address_to_begin_anew(request, state),
        "platform": state.platform,
    }
    return entering.show_in(state.platform, render(request, "lti/no_cookie.html", context))


def _go_on_elsewhere(request: HttpRequest, platform: Platform, said: Launch) -> HttpResponse:
    """Offer a window to go on in: this browser keeps no cookie in the frame, so no session either.

    The environment is not asked again: Canvas answers to one launch once.
    """
    if said.standing is Standing.TEST_USER:
        return _come_in(request, platform, said)
    now = timezone.now()
    pending = _pending(request, platform, said, now)
    context = {"link": actions.hand_on(pending.as_text(), at=now), "platform": platform}
    return entering.show_in(platform, render(request, "lti/no_cookie.html", context))


def _pending(
    request: HttpRequest, platform: Platform, said: Launch, now: datetime
) -> entering.Pending:
    deployment = platform.deployments.get(deployment_id=said.deployment_id)
    course = actions.note_course(deployment, said, at=now)
    target = said.target[len(own_origin(request)) :]
    return entering.pending_of(platform, said, course, target, now)


def _address_to_begin_anew(request: HttpRequest, state: LoginState) -> str:
    told = {
        "iss": state.platform.issuer,
        "client_id": state.platform.client_id,
        "login_hint": state.login_hint,
        "lti_message_hint": state.message_hint,
        "target_link_uri": own_origin(request) + state.target,
    }
    return reverse("lti:login", query={name: value for name, value in told.items() if value})


def _come_in(request: HttpRequest, platform: Platform, said: Launch) -> HttpResponse:
    now = timezone.now()
    if said.standing is Standing.TEST_USER:
        page = render(request, "lti/test_student.html", {"platform": platform})
        return entering.show_in(platform, page)
    identity = queries.identity_of(platform, said.subject)
    # The session of another must not be shown where this launch comes from.
    entering.leave_other(request, identity.person if identity else None)
    entering.begin_frame(request, platform, said)
    if said.deep_linking:
        return _choose(request, platform, said)
    return come_in(request, _pending(request, platform, said, now), at=now)


def _choose(request: HttpRequest, platform: Platform, said: Launch) -> HttpResponse:
    assert said.deep_linking
    if said.standing is Standing.STUDENT or not said.deep_linking.takes_links:
        raise RefusedError(Reason.MESSAGE_TYPE, "deep linking")
    entering.remember_choosing(request, platform, said, said.deep_linking, timezone.now())
    return redirect("lti:choose")


# What environments read ---------------------------------------------------------------------------


@login_not_required
@require_GET
def jwks(request: HttpRequest) -> JsonResponse:
    """Publish our keys (`/lti/jwks.json`)."""
    institution = institution_for(request)
    keys = signing.published_keys(institution, timezone.now()) if institution else []
    answer = JsonResponse({"keys": keys})
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@login_not_required
@require_GET
def config(request: HttpRequest) -> JsonResponse:
    """Say how to register us, as Canvas reads it (`/lti/config.json`)."""
    return JsonResponse(canvas_configuration(own_origin(request)))

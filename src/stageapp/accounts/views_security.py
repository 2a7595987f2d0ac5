"""How somebody signs in, and where they are signed in: all on one page and what it leads to."""

import json
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts import access, actions, queries
from stageapp.accounts.audience import audience_text
from stageapp.accounts.devices import device_in_words
from stageapp.accounts.requests import SignedInRequest
from stageapp.accounts.second_factor import may_use_passkeys

SESSIONS_A_PAGE = 20


@login_not_required
@require_safe
def passkey_entrance(request: HttpRequest) -> HttpResponse:
    """Offer to sign in with a passkey alone, where browsers allow them."""
    if request.user.is_authenticated or not may_use_passkeys(request):
        return redirect("account_login")
    return render(request, "account/login_passkey.html")


@require_safe
def security(request: SignedInRequest) -> HttpResponse:
    """Show password, second factors and sessions, with what can be done about each."""
    return render(
        request,
        "account/security.html",
        {
            "ways": queries.ways_in(request.user),
            "sessions": access.sessions_of(request.user).count(),
            "audience": audience_text([request.user], request.user),
            "may_use_passkeys": may_use_passkeys(request),
        },
    )


@require_safe
def sessions(request: SignedInRequest) -> HttpResponse:
    """Show where somebody is signed in."""
    page = Paginator(access.sessions_of(request.user), SESSIONS_A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [
        (one, device_in_words(one.user_agent), one.session_key == request.session.session_key)
        for one in page
    ]
    context = {"page": page, "rows": rows, "audience": audience_text([request.user], request.user)}
    return render(request, "account/sessions.html", context)


@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign out on one device; on this one that leads to the sign-in page."""
    session = get_object_or_404(access.sessions_of(request.user), pk=pk)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    actions.end_session(session)
    messages.success(request, _("That device is signed out."))
    return redirect("sessions")


@require_POST
def sessions_end(request: SignedInRequest) -> HttpResponse:
    """Sign out on all other devices."""
    number = actions.sign_out_elsewhere(request.user, but=request.session.session_key)
    text = ngettext(
        "One other device is signed out.", "%(number)d other devices are signed out.", number
    )
    messages.success(request, text % {"number": number})
    return redirect("sessions")


@require_POST
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def recovery_codes_file(request: SignedInRequest) -> HttpResponse:
    """Give back, as a file, the codes that stand on the page: they are shown once, and only there.

    Nothing else than the person's own codes is ever given back.
    """
    shown = request.POST.get("codes", "").split()
    if not shown or shown != queries.unused_codes(request.user):
        raise Http404
    response = render(
        request, "mfa/recovery_codes/file.txt", {"codes": shown}, content_type="text/plain"
    )
    name = _("recovery-codes")
    response["Content-Disposition"] = f'attachment; filename="{name}.txt"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def passkey_name(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Give a passkey another name."""
    get_object_or_404(access.passkeys_of(request.user), pk=pk)
    answer: HttpResponseBase = rename(request, pk=pk)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def passkey_remove(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Remove a passkey."""
    get_object_or_404(access.passkeys_of(request.user), pk=pk)
    answer: HttpResponseBase = remove(request, pk=pk)
    return answer


def _options(context: dict[str, Any], name: str) -> str:
    """Return what the browser is asked, as the element that asks it reads it."""
    return json.dumps(context["js_data"][name], cls=DjangoJSONEncoder)


class SignInView(LoginView):  # type: ignore[misc]  # allauth has no types
    """Signs in with a password, or with a passkey where browsers allow that."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"may_use_passkeys": may_use_passkeys(self.request)}


class SecondFactorView(AuthenticateView):  # type: ignore[misc]
    """Asks for the second factor after the password."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the factor; or let somebody else begin anew."""
        answer: HttpResponseBase
        if "begin_anew" in request.POST:
            answer = self.stage.abort()
        else:
            answer = super().post(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        ways = queries.ways_in(self.stage.login.user)
        return context | {
            "has_codes": ways.app is not None or bool(ways.codes_left),
            "has_app": ways.app is not None,
            "has_passkeys": bool(ways.passkeys),
            "options": _options(context, "request_options"),
        }


class PasskeyAgainView(ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Asks for a passkey once more."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"options": _options(context, "request_options")}


class NewPasskeyView(AddWebAuthnView):  # type: ignore[misc]
    """Makes a passkey with which one can sign in without a password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth drops the form that was just refused.
        context: dict[str, Any] = super().get_context_data(**kwargs) | kwargs
        options = auth.begin_registration(self.request.user, passwordless=True)
        context["js_data"] = {"creation_options": options}
        return context | {"options": _options(context, "creation_options")}


sign_in = SignInView.as_view()
rename = EditWebAuthnView.as_view(success_url=reverse_lazy("mfa_index"))
remove = RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index"))
second_factor = SecondFactorView.as_view()
passkey_again = PasskeyAgainView.as_view()
new_passkey = NewPasskeyView.as_view()

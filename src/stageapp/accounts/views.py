"""Pages about the account that allauth does not have, or has otherwise."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailConfirmationHMAC
from allauth.account.utils import complete_signup
from allauth.account.views import EmailView, SignupView
from allauth.account.views import confirm_email as allauth_confirm_email
from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts import actions, queries
from stageapp.accounts.forms import LanguageForm
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import path_to_go_on


class RegisterView(SignupView):  # type: ignore[misc]  # allauth has no types
    """Makes the account whole or not at all."""

    def form_valid(self, form: Any) -> Any:
        """Keep the form when somebody took the address since it was checked."""
        try:
            with transaction.atomic():
                person, response = form.try_save(self.request)
        except IntegrityError:
            form.add_error("email", get_adapter().validation_error("email_taken"))
            return self.form_invalid(form)
        return response or complete_signup(self.request, person, None, self.get_success_url())


class EmailChangeView(EmailView):  # type: ignore[misc]  # allauth has no types
    """Changes the address somebody signs in with."""

    def form_valid(self, form: Any) -> Any:
        """Keep the form when somebody took the address since it was checked."""
        try:
            return super().form_valid(form)
        except IntegrityError:
            form.add_error("email", get_adapter().validation_error("email_taken"))
            return self.form_invalid(form)


register = RegisterView.as_view()
change_email = EmailChangeView.as_view()


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, key: str) -> HttpResponseBase:
    """Confirm an address; a link used twice or too old says so, and how to go on.

    Only in a browser that is signed in to the account: whoever typed the address of somebody else
    would else get an account of theirs, with a password that the owner of the mailbox never chose.
    """
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        return render(request, "account/email_confirm.html", {"confirmation": None}, status=410)
    address = confirmation.email_address
    if request.user != address.user:
        return render(request, "account/email_confirm_first.html", {"email": address.email})
    answer: HttpResponseBase = allauth_confirm_email(request, key=key)
    return answer


def verification_notice(
    request: HttpRequest, *, status: int = 200, too_often: bool = False
) -> HttpResponse:
    """Answer with the notice that stands for every page until the address is confirmed."""
    return render(
        request,
        "account/verification_notice.html",
        {
            "too_often": too_often,
            "next": path_to_go_on(request, "") if request.POST else request.get_full_path(),
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def resend_verification(request: SignedInRequest) -> HttpResponse:
    """Send the mail with the link once more, six times a minute at most."""
    address = queries.unverified_address(request.user)
    if address is None or request.method != "POST":
        return redirect("home")
    if not ratelimit.consume(request, action="resend_verification", user=request.user):
        return verification_notice(request, status=429, too_often=True)
    address.send_confirmation(request)
    return redirect(path_to_go_on(request, "home"))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Show everything in another language, on the page where it was asked for."""
    response = redirect(path_to_go_on(request, "home"))
    form = LanguageForm(request.POST)
    if form.is_valid():
        remember_language(response, form.cleaned_data["language"])
        if request.user.is_authenticated:
            actions.choose_language(request.user, form.cleaned_data["language"])
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the language in this browser, for when nobody is signed in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )

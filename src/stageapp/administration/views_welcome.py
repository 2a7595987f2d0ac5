"""The way in for who was invited: a first password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stageapp.accounts.actions import choose_first_password
from stageapp.administration import tokens
from stageapp.administration.forms_welcome import WelcomeForm
from stageapp.core.requests import sent_data


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody choose a password; a link that was used or is too old says how to go on."""
    person = tokens.person_of(token)
    if person is None:
        return render(request, "administration/welcome.html", {"person": None}, status=410)
    form = WelcomeForm(sent_data(request), person=person)
    if form.is_valid():
        if choose_first_password(person, form.cleaned_data["password1"]):
            messages.success(request, _("Your password is set. You can sign in with it now."))
        return redirect("account_login")
    context = {"person": person, "form": form}
    return render(
        request, "administration/welcome.html", context, status=422 if form.errors else 200
    )

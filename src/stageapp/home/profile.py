"""The profile: what somebody can change about themselves, gathered from the features."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods

from stageapp.accounts.actions import change_profile
from stageapp.accounts.forms import ProfileForm
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.accounts.views import remember_language
from stageapp.home.queries import roles_of
from stageapp.notifications.actions import set_preferences
from stageapp.notifications.forms import PreferencesForm
from stageapp.notifications.models import Frequency, Kind
from stageapp.notifications.queries import preferences_of


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Show and keep name, number, language and how soon news comes by mail."""
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, instance=request.user)
    preferences = PreferencesForm(data, preferences=_preferences(request.user))
    if data is None or not all([form.is_valid(), preferences.is_valid()]):
        return render(
            request,
            "home/profile.html",
            {"form": form, "preferences": preferences},
            status=200 if data is None else 422,
        )
    change_profile(form.instance)
    set_preferences(request.user, preferences.chosen())
    with override(form.instance.language):
        messages.success(request, gettext("Your profile is saved."))
    response = redirect("profile")
    remember_language(response, form.instance.language)
    return response


def _preferences(person: User) -> dict[Kind, Frequency]:
    """Leave out what only teachers get, for who is none."""
    is_teacher = roles_of(person).is_teacher
    return {
        kind: frequency
        for kind, frequency in preferences_of(person).items()
        if is_teacher or kind != Kind.QUESTION_SHARED
    }

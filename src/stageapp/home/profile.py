"""The profile: what somebody can change about themselves, gathered from the features."""

from collections.abc import Iterable

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods

from stageapp.accounts.actions import change_profile
from stageapp.accounts.forms import ProfileForm
from stageapp.accounts.requests import SignedInRequest
from stageapp.accounts.views import remember_language
from stageapp.guidance.actions_replies import set_hints
from stageapp.guidance.forms_replies import HintsForm
from stageapp.guidance.queries_path import asks_in_steps
from stageapp.guidance.queries_replies import shows_hints
from stageapp.home.queries import roles_of
from stageapp.notifications.actions import set_preferences
from stageapp.notifications.forms import PreferencesForm, ScheduleForm
from stageapp.notifications.queries import preferences_offered, schedule_of
from stageapp.programmes.actions import prefer_reflection_models
from stageapp.programmes.forms_preferred import ReflectionModelsForm


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Show and keep name, number, language and how soon news comes by mail."""
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, instance=request.user)
    roles = roles_of(request.user)
    offered = preferences_offered(request.user, studies=roles.is_student, teaches=roles.is_teacher)
    preferences = PreferencesForm(data, preferences=offered)
    schedule = ScheduleForm(data, instance=schedule_of(request.user))
    models = ReflectionModelsForm(data, person=request.user)
    hints = HintsForm(data, initial={"shows_hints": shows_hints(request.user)})
    forms = [form, preferences, schedule, models, hints]
    if data is None or not all_valid(forms):
        return render(
            request,
            "home/profile.html",
            {
                "form": form,
                "preferences": preferences,
                "schedule": schedule,
                "models": models,
                "hints": hints if roles.is_teacher else None,
                "asks": roles.is_student,
                "in_steps": asks_in_steps(request.user),
            },
            status=200 if data is None else 422,
        )
    change_profile(form.instance)
    set_preferences(
        request.user,
        preferences.chosen(),
        schedule=schedule.instance,
        zone=timezone.get_current_timezone(),
        at=timezone.now(),
    )
    if "has_hints_field" in data:
        set_hints(request.user, on=hints.cleaned_data["shows_hints"])
    prefer_reflection_models(request.user, models.cleaned_data["reflection_models"])
    with override(form.instance.language):
        messages.success(request, gettext("Your profile is saved."))
    response = redirect("profile")
    remember_language(response, form.instance.language)
    return response


def all_valid(forms: Iterable[BaseForm]) -> bool:
    """Return whether all forms are valid, after looking at each: all errors are shown at once."""
    return not [form for form in forms if not form.is_valid()]

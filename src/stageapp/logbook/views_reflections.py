"""Reflections after a model, and the look back on an activity."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, sent_data
from stageapp.logbook import access, actions_reflections
from stageapp.logbook.forms_reflection import FeedbackForm, ReflectionForm
from stageapp.logbook.models import Activity, ActivityFeedback, Reflection
from stageapp.logbook.queries import with_saved_mark
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.programmes.queries import model_once_offered, reflection_models_for

REFLECTIONS_A_PAGE = 20


@require_GET
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show all reflections of the current placement, newest first."""
    own = access.reflections_of(request.user).filter(placement=request.placement)
    model = key_in_address(request, "model")
    shown = own.filter(model=model) if model else own
    rows = with_saved_mark(shown, request.user).select_related("model", "activity")
    deleted = key_in_address(request, "deleted")
    return render(
        request,
        "logbook/reflections.html",
        {
            "page": Paginator(rows, REFLECTIONS_A_PAGE).get_page(request.GET.get("page")),
            "models": reflection_models_for(request.user, request.placement.cohort),
            "chosen": model,
            "deleted": access.deleted_reflections_of(request.user).filter(pk=deleted).first()
            if deleted
            else None,
            "audience": audience_text([request.user], request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def new(request: PlacementRequest) -> HttpResponse:
    """Write a reflection after a model, on an activity or on its own."""
    models = reflection_models_for(request.user, request.placement.cohort)
    key = key_in_address(request, "model")
    model = next((model for model in models if model.pk == key), None)
    if model is None and key and request.method == "POST":
        model = model_once_offered(request.placement.cohort, key)
    activity = _activity_in_address(request)
    if model is None:
        return render(
            request,
            "logbook/reflection_choose.html",
            {
                "models": models,
                "activity": activity,
                "audience": audience_text([request.user], request.user),
            },
        )
    placement = activity.placement if activity else request.placement
    day = activity.date if activity else min(placement.today(), placement.ends_on)
    reflection = Reflection(placement=placement, activity=activity, model=model, date=day)
    return _form(request, reflection, f"reflection-new-{model.pk}-{activity.pk if activity else 0}")


@require_GET
def reflection(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one reflection."""
    shown = _own(request, pk)
    return render(
        request,
        "logbook/reflection.html",
        {
            "reflection": shown,
            "answers": shown.answers.select_related("field").exclude(text=""),
            "audience": audience_text([request.user], request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go on with a reflection."""
    return _form(request, _own(request, pk), f"reflection-{pk}")


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a reflection away; the next page offers to bring it back."""
    actions_reflections.delete_reflection(_own(request, pk), at=timezone.now())
    return redirect(reverse("logbook:reflections", query={"deleted": pk}))


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring a deleted reflection back."""
    deleted = get_object_or_404(access.deleted_reflections_of(request.user), pk=pk)
    actions_reflections.restore_reflection(deleted)
    messages.success(request, _("Your reflection is back."))
    return redirect("logbook:reflection", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look back and ahead on one activity."""
    activity = get_object_or_404(
        access.activities_of(request.user)
        .filter(placement__cohort__has_feedback=True)
        .select_related("feedback", "category", "difficulty"),
        pk=pk,
    )
    kept = getattr(activity, "feedback", None)
    form = FeedbackForm(sent_data(request), instance=kept or ActivityFeedback(activity=activity))
    if request.method == "POST" and form.is_valid():
        actions_reflections.write_feedback(form.instance)
        messages.success(request, _("Your look back is saved."), extra_tags=f"feedback-{pk}")
        return redirect("logbook:activity", pk=pk)
    return render(
        request,
        "logbook/feedback.html",
        {
            "form": form,
            "activity": activity,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


def _form(request: SignedInRequest, reflection: Reflection, draft: str) -> HttpResponse:
    is_autosave = request.headers.get("X-Autosave") == "yes"
    form = ReflectionForm(sent_data(request), reflection=reflection, while_typing=is_autosave)
    if request.method == "POST" and form.is_valid():
        kept = actions_reflections.write_reflection(
            form.reflection, form.answers, at=timezone.now(), while_typing=is_autosave
        )
        if is_autosave:
            return HttpResponse(status=204)
        messages.success(request, _("Your reflection is saved."), extra_tags=draft)
        return redirect("logbook:reflection", pk=kept.pk)
    if is_autosave:
        return HttpResponse(status=422)
    return render(
        request,
        "logbook/reflection_form.html",
        {
            "form": form,
            "reflection": reflection,
            "draft": draft,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


def _activity_in_address(request: PlacementRequest) -> Activity | None:
    key = key_in_address(request, "activity")
    if key is None:
        return None
    return get_object_or_404(access.activities_of(request.user).select_related("placement"), pk=key)


def _own(request: SignedInRequest, pk: int) -> Reflection:
    own = with_saved_mark(access.reflections_of(request.user), request.user)
    return get_object_or_404(own.select_related("model", "activity", "placement"), pk=pk)

"""A question step by step: one thing at a time, kept as a draft from the first step on."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import path_to_go_on, sent_data
from stageapp.guidance import access, actions, queries, views
from stageapp.guidance.forms import offer_of
from stageapp.guidance.forms_guests import GUEST_FIELDS
from stageapp.guidance.forms_path import BY_KEY, STEPS, Step, StepForm
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.queries_path import asks_in_steps
from stageapp.guidance.queries_week import moment_line
from stageapp.guidance.starters import STARTERS, starter
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.placements.queries_agreements import agreed_on, links_of
from stageapp.placements.queries_teachers import moments_for
from stageapp.programmes.queries import is_student

FIRST_DRAFT = "question-steps"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def begin(request: PlacementRequest) -> HttpResponse:
    """Begin a question: step by step who does it for the first time or likes it, or on one page."""
    wants_all = request.method == "POST" or "all" in request.GET
    if not wants_all and asks_in_steps(request.user):
        return _ask_for_core(request)
    return views.write_on_one_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def first_step(request: PlacementRequest) -> HttpResponse:
    """Begin a question step by step, also for who likes one page."""
    return _ask_for_core(request)


def _ask_for_core(request: PlacementRequest) -> HttpResponse:
    """Ask for the core; from then on there is a draft."""
    begun, about = starter(request.GET.get("start", "")), views.about_goal(request)
    form = StepForm(
        sent_data(request),
        instance=GuidanceQuestion(goal=about.pop("goal", None)),
        placement=request.placement,
        chosen=views.asked_items(request),
        step=STEPS[0],
        initial=({"title": begun.title, "core": begun.core} if begun else {}) | about,
    )
    if request.method == "POST" and form.is_valid():
        question = form.instance
        question.teacher = next(iter(form.teachers), None)
        kept = actions.draft_question(question, form.chosen, by=request.user, at=timezone.now())
        messages.success(request, _("Kept as a draft."), extra_tags=FIRST_DRAFT)
        return redirect(_way_on(request, kept, STEPS[0]))
    return _show(request, form, STEPS[0], FIRST_DRAFT)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask one thing about a draft."""
    draft = get_object_or_404(
        access.editable_by(request.user).select_related(
            "placement__student", "placement__cohort__programme__institution"
        ),
        pk=pk,
    )
    now = BY_KEY.get(request.GET.get("step", ""), STEPS[0])
    form = StepForm(
        sent_data(request),
        instance=draft,
        placement=draft.placement,
        chosen=queries.chosen_items(draft),
        step=now,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_draft(form.instance, form.chosen)
            views.keep_supervisor_of(form)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Kept as a draft."), extra_tags=f"step-{pk}-{now.key}")
            return redirect(_way_on(request, draft, now))
    return _show(request, form, now, f"step-{pk}-{now.key}")


@require_POST
def choose(request: SignedInRequest) -> HttpResponse:
    """Remember how somebody likes to write a question."""
    if not is_student(request.user):
        raise Http404
    in_steps = request.POST.get("in_steps") == "yes"
    actions.prefer_steps(request.user, in_steps=in_steps)
    if in_steps:
        text = _("Your next question goes step by step.")
    else:
        text = _("Your next question stands on one page.")
    messages.success(request, text)
    return redirect(path_to_go_on(request, reverse("guidance:list")))


def _way_on(request: SignedInRequest, question: GuidanceQuestion, now: Step) -> str:
    """Return the address that the button asks for: the next step, the one before, or one page."""
    place = STEPS.index(now)
    match request.POST.get("go"):
        case "all":
            return reverse("guidance:edit", args=[question.pk])
        case "back":
            asked = STEPS[max(place - 1, 0)]
        case _:
            asked = STEPS[place + 1]
    if asked.key not in BY_KEY:
        return reverse("guidance:question", args=[question.pk])
    return f"{reverse('guidance:step', args=[question.pk])}?step={asked.key}"


def _show(request: SignedInRequest, form: StepForm, now: Step, draft: str) -> HttpResponse:
    question: Any = form.instance
    is_about_form = now.key == "form"
    return render(
        request,
        "guidance/step.html",
        {
            "form": form,
            "step": now,
            "current": now.key,
            "steps": STEPS,
            "number": STEPS.index(now) + 1,
            "draft": draft,
            "guest_fields": GUEST_FIELDS,
            "days": settings.INVITATION_DAYS,
            "starters": STARTERS if now is STEPS[0] and question.pk is None else (),
            "fixed_moments": [
                (fixed.teacher, moment_line(fixed)) for fixed in moments_for(question.placement)
            ]
            if is_about_form
            else [],
            "agreements": agreed_on(links_of(question.placement), today=question.placement.today())
            if now.key == "who"
            else [],
            "taken_along": [offer_of(source) for source in form.kept_items]
            if now is STEPS[0]
            else [],
            "question": question if question.pk else None,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )

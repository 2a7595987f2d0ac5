"""The week of a teacher: fixed moments, and who is expected."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.guidance import queries_week
from stageapp.guidance.forms_along import MomentForm
from stageapp.placements.access import moments_of
from stageapp.placements.actions_teachers import delete_moment, keep_moment, propose_moments
from stageapp.placements.models import FixedMoment
from stageapp.programmes.queries import is_teacher


@require_GET
def week(request: SignedInRequest) -> HttpResponse:
    """Show a week by day."""
    _teachers_only(request)
    plan = queries_week.week_plan(request.user, request.GET.get("week", ""), timezone.now())
    return render(request, "students/week.html", {"plan": plan})


@require_http_methods(["GET", "HEAD", "POST"])
def moment_new(request: SignedInRequest) -> HttpResponse:
    """Add a fixed moment."""
    _teachers_only(request)
    return _form(request, FixedMoment(teacher=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def moment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a fixed moment."""
    return _form(request, get_object_or_404(moments_of(request.user), pk=pk))


@require_POST
def moment_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a moment out of the week."""
    delete_moment(get_object_or_404(moments_of(request.user), pk=pk))
    messages.success(request, _("The moment is removed."))
    return redirect("students:week")


@require_POST
def to_terms(request: SignedInRequest) -> HttpResponse:
    """Take the moments that are for everybody over into what is proposed to new students."""
    _teachers_only(request)
    text = queries_week.moments_text(request.user)
    if text:
        propose_moments(request.user, text)
        messages.success(
            request, _("Taken over. Look whether it reads well; new students get it as a proposal.")
        )
    else:
        messages.error(request, _("You have no moment that is for all your students."))
    return redirect("placements:terms")


def _form(request: SignedInRequest, fixed: FixedMoment) -> HttpResponse:
    form = MomentForm(sent_data(request), instance=fixed)
    if request.method == "POST" and form.is_valid():
        placements = [link.placement for link in form.cleaned_data["links"]]
        kept = keep_moment(form.instance, placements)
        messages.success(request, _("Your moment is saved."))
        if kept.pk in queries_week.overlapping_keys(list(moments_of(request.user))):
            messages.warning(request, _("It shares time with another moment of that day."))
        return redirect("students:week")
    return render(
        request,
        "students/moment.html",
        {"form": form, "moment": fixed if fixed.pk else None},
        status=422 if form.is_bound else 200,
    )


def _teachers_only(request: SignedInRequest) -> None:
    if not is_teacher(request.user):
        raise Http404

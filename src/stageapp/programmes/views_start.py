"""What students of a cohort begin with: learning goals, and the dates that the programme sets."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.programmes import actions_start
from stageapp.programmes.access import audience_of, cohorts_administered
from stageapp.programmes.forms_start import CohortDeadlineForm, StartingGoalForm
from stageapp.programmes.models import Cohort, CohortDeadline, StartingGoal

#: By the word in the address: the table, its form, what the page is called and what holds for it.
KINDS: dict[str, tuple[Any, Any, Any, Any]] = {
    "goals": (
        StartingGoal,
        StartingGoalForm,
        gettext_lazy("Starting goals"),
        gettext_lazy(
            "Every new placement of this cohort begins with these learning goals. They are the "
            "student's own from then on: placements that are there already do not change."
        ),
    ),
    "deadlines": (
        CohortDeadline,
        CohortDeadlineForm,
        gettext_lazy("Deadlines"),
        gettext_lazy("They stand in the calendar of every student of this cohort, at once."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Show what a cohort begins with, and add to it."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    model, form_class, title, explanation = _kind(kind)
    form = form_class(sent_data(request), instance=model(cohort=own))
    if form.is_valid() and _was_added(request, form):
        messages.success(request, _("It is added."))
        return redirect("manage_programmes:start", pk=pk, kind=kind)
    context = {
        "cohort": own,
        "kind": kind,
        "title": title,
        "explanation": explanation,
        "form": form,
        "rows": model.objects.filter(cohort=own),
        "audience": audience_of([own.programme], request.user),
    }
    return render(
        request, "programmes/manage/start.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def row(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Change a goal or a deadline."""
    own = get_object_or_404(_own(request, kind), pk=pk)
    _model, form_class, title, explanation = _kind(kind)
    name = str(own)
    form = form_class(sent_data(request), instance=own)
    if form.is_valid():
        actions_start.change_start(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("It is saved."))
        return redirect("manage_programmes:start", pk=own.cohort_id, kind=kind)
    context = {
        "cohort": own.cohort,
        "kind": kind,
        "title": title,
        "explanation": explanation,
        "name": name,
        "row": own,
        "form": form,
        "audience": audience_of([own.cohort.programme], request.user),
    }
    return render(
        request, "programmes/manage/start_row.html", context, status=422 if form.errors else 200
    )


@require_POST
def remove(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Remove a goal or a deadline."""
    own = get_object_or_404(_own(request, kind), pk=pk)
    cohort: Cohort = own.cohort
    actions_start.remove_start(own, by=request.user, at=timezone.now())
    messages.success(request, _("It is removed."))
    return redirect("manage_programmes:start", pk=cohort.pk, kind=kind)


def _was_added(request: SignedInRequest, form: Any) -> bool:
    try:
        actions_start.add_start(form.instance, by=request.user, at=timezone.now())
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def _kind(kind: str) -> tuple[Any, Any, Any, Any]:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _own(request: SignedInRequest, kind: str) -> QuerySet[Any]:
    model = _kind(kind)[0]
    rows: QuerySet[Any] = model.objects.filter(cohort__in=cohorts_administered(request.user))
    return rows.select_related("cohort__programme__institution")

"""Competences from a file: what it would change, line by line, and then doing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data, sent_files, was_looked_at
from stageapp.programmes.access import audience_of, cohorts_administered
from stageapp.programmes.actions_lists import apply_framework
from stageapp.programmes.forms_framework import NAMES_OF_TEXTS, PROBLEMS, FrameworkForm
from stageapp.programmes.models import Cohort
from stageapp.programmes.queries_frameworks import FrameworkPlan, Planned, framework_plan


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look at a file with competences, then bring in what is new in it or changed."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    form = FrameworkForm(sent_data(request), sent_files(request))
    plan = framework_plan(own, form.chosen) if form.is_valid() else None
    looked_at = sorted({row.depth for row in form.chosen})
    applies = request.POST.get("do") == "apply" and was_looked_at(request, looked_at)
    if plan and plan.to_do and applies and _apply(request, own, form):
        return redirect("manage_programmes:competences", pk=pk)
    context = {
        "looked_at": looked_at,
        "form": form,
        "cohort": own,
        "plan": plan,
        "rows": [(row, _reason(row), _changes(row)) for row in plan.rows] if plan else [],
        "counts": _counts(plan) if plan else [],
        "audience": audience_of([own.programme], request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "programmes/manage/framework.html", context, status=status)


def _apply(request: SignedInRequest, cohort: Cohort, form: FrameworkForm) -> bool:
    try:
        done = apply_framework(cohort, form.chosen, by=request.user, at=timezone.now())
    except ValidationError as problem:
        form.add_error("file", problem)
        return False
    text = _("%(new)d new, %(changed)d changed, %(again)d offered again.")
    messages.success(request, text % {one: done.count(one) for one in ("new", "changed", "again")})
    return True


def _counts(plan: FrameworkPlan) -> list[tuple[str, int]]:
    """Return what becomes of how many, in words, as far as there are any."""
    labels = {
        "new": _("new"),
        "changed": _("changed"),
        "again": _("offered again"),
        "same": _("there already"),
        "out": _("stay out"),
    }
    counts = [(label, plan.count(outcome)) for outcome, label in labels.items()]
    counts.append((_("not in the file, and left as they are"), plan.left))
    return [(label, number) for label, number in counts if number]


def _reason(row: Planned) -> str:
    return str(PROBLEMS[row.problem]) if row.problem else ""


def _changes(row: Planned) -> list[tuple[str, str, str]]:
    """Return what each text that changes is called, what it is and what it becomes."""
    if row.known is None:
        return []
    return [
        (str(NAMES_OF_TEXTS[name]), getattr(row.known, name), getattr(row.found, name))
        for name in row.changes
    ]

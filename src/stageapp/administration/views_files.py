"""A programme as one file: taken out here, looked at and brought in there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stageapp.accounts.requests import SignedInRequest
from stageapp.administration import actions_files
from stageapp.administration.forms_files import ProgrammeFileForm
from stageapp.administration.queries_files import file_of_programme
from stageapp.core.requests import sent_data, sent_files, was_looked_at
from stageapp.programmes.access import (
    audience_of,
    cohorts_administered,
    institutions_administered,
    programmes_administered,
)
from stageapp.programmes.programmefile import MOST_COHORTS


@require_GET
def programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a programme with its newest cohorts as a file."""
    own = get_object_or_404(programmes_administered(request.user), pk=pk)
    cohorts = list(own.cohorts.order_by("-pk")[:MOST_COHORTS])
    return _file(file_of_programme(own, cohorts[::-1]), own.slug)


@require_GET
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give one cohort as a file, with what it needs of its programme."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    return _file(file_of_programme(own.programme, [own]), own.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: SignedInRequest) -> HttpResponse:
    """Look at a file with a programme, then make what is in it; nothing that is there changes."""
    programmes = list(programmes_administered(request.user))
    institutions = list(institutions_administered(request.user))
    if not programmes and not institutions:
        raise Http404
    form = ProgrammeFileForm(
        sent_data(request), sent_files(request), institutions=institutions, programmes=programmes
    )
    looked_at = form.choices_made() if form.is_valid() else ""
    applies = request.POST.get("do") == "apply" and was_looked_at(request, looked_at)
    made = _made(request, form, applies=applies) if form.is_valid() else None
    if made and applies:
        messages.success(
            request, _("It is made, and closed. Look whether all is as you want it, and open it.")
        )
        return redirect("manage_programmes:cohort", pk=made.cohorts[0].pk)
    context = {
        "form": form,
        "looked_at": looked_at,
        "made": made,
        "rows": _rows(form, made) if made else [],
        "programmes": programmes,
        "audience": audience_of(programmes, request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "administration/programme_file.html", context, status=status)


def _made(
    request: SignedInRequest, form: ProgrammeFileForm, *, applies: bool
) -> actions_files.Imported | None:
    act = actions_files.bring_in if applies else actions_files.preview
    try:
        return act(form.chosen, form.place, by=request.user, at=timezone.now())
    except ValidationError as problem:
        form.add_error("file", problem)
        return None


def _rows(
    form: ProgrammeFileForm, made: actions_files.Imported
) -> list[tuple[str, dict[str, int]]]:
    """Return how each cohort is called, and how many there are of what it brings."""
    rows = zip(made.cohorts, form.chosen.cohorts, strict=True)
    return [(cohort.name, _numbers(row)) for cohort, row in rows]


def _numbers(row: dict[str, Any]) -> dict[str, int]:
    numbers = {
        _("parts on the form"): sum(part["is_shown"] for part in row["parts"]),
        _("entries in lists"): len(row["vocabulary"]),
        _("competences"): len(row["competences"]),
        _("reflection models"): len(row["shared_reflection_models"] + row["own_reflection_models"]),
        _("starting goals"): len(row["starting_goals"]),
        _("deadlines"): len(row["deadlines"]),
        _("tips"): len(row["tips"]),
    }
    return {label: number for label, number in numbers.items() if number}


def _file(content: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)

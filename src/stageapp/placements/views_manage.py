"""Linking, for administrators: who has no teacher yet, and how many students each teacher has."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.placements.actions_linking import link_students
from stageapp.placements.forms_manage import LinkingForm, wanted_keys
from stageapp.placements.queries_linking import (
    Suggestion,
    cohorts_to_link,
    suggestions_for,
    teachers_with_load,
    to_link,
    without_teacher,
)
from stageapp.programmes.access import (
    administrators_of_each,
    audience_of,
    cohorts_administered,
    programmes_administered,
)

STUDENTS_A_PAGE = 50


@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """Show the cohorts of the programmes that somebody administers, and who waits there."""
    programmes = list(programmes_administered(request.user))
    if not programmes:
        raise Http404
    readers = administrators_of_each(programmes)
    cohorts = list(cohorts_to_link(cohorts_administered(request.user)))
    return render(
        request,
        "placements/manage/overview.html",
        {
            "programmes": [
                (
                    programme,
                    audience_text(readers[programme.pk], request.user),
                    [cohort for cohort in cohorts if cohort.programme_id == programme.pk],
                )
                for programme in programmes
            ]
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Link the students of a cohort who have no teacher yet; show who guides the others."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    today = own.programme.institution.day_of()
    page = Paginator(to_link(own, today), STUDENTS_A_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    waiting = [row for row in rows if not row.is_guided]
    teachers = teachers_with_load(own.programme, today, cohort=own)
    suggestions = suggestions_for([row for row in waiting if not row.is_over], teachers)
    sent, offered = sent_data(request), list(waiting)
    if sent is not None:
        # The page that was looked at may have become another one meanwhile.
        shown = {row.pk for row in waiting}
        offered += without_teacher(own, set(wanted_keys(sent)) - shown)
    form = LinkingForm(sent, placements=offered, teachers=teachers, suggestions=suggestions)
    if form.is_bound and form.is_valid():
        made = link_students(form.pairs, by=request.user, at=timezone.now())
        _tell_result(request, len(made), len(form.wanted) - len(made))
        return redirect(f"{reverse('manage_links:cohort', args=[pk])}?page={page.number}")
    ticked = set(form.wanted) if form.is_bound else set()
    context: dict[str, Any] = {
        "cohort": own,
        "page": page,
        "form": form,
        "waiting": [
            {
                "placement": row,
                "field": form[form.name_of(row)],
                "reason": _reason(suggestions.get(row.pk)),
                "is_ticked": row.pk in ticked,
            }
            for row in waiting
        ],
        "guided": [row for row in rows if row.is_guided],
        "teachers": sorted(teachers, key=lambda one: (-one.load.in_cohort, -one.load.in_all)),
        "audience": audience_of([own.programme], request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "placements/manage/cohort.html", context, status=status)


def _tell_result(request: SignedInRequest, made: int, others: int) -> None:
    if made:
        text = ngettext("%(n)d student is linked.", "%(n)d students are linked.", made)
        messages.success(request, text % {"n": made})
    if others > 0:
        text = ngettext(
            "Somebody else had linked %(n)d of these students already; that stays as it is.",
            "Somebody else had linked %(n)d of these students already; that stays as it is.",
            others,
        )
        messages.info(request, text % {"n": others})


def _reason(suggestion: Suggestion | None) -> str:
    """Say why a teacher is suggested."""
    if suggestion is None:
        return ""
    n = suggestion.grounds.load.in_cohort
    names = {"name": suggestion.teacher.name, "n": n}
    if suggestion.grounds.was_teacher:
        return _("Suggested: %(name)s guided this student before.") % names
    text = ngettext(
        "Suggested: %(name)s has the fewest students of this cohort: %(n)d, counting the "
        "suggestions above.",
        "Suggested: %(name)s has the fewest students of this cohort: %(n)d, counting the "
        "suggestions above.",
        n,
    )
    return text % names

"""Reading along: what a student shares beyond the teacher asked, and what teachers arrange."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, sent_data
from stageapp.guidance import access, actions_along
from stageapp.guidance.forms_along import AlongForm, SubstitutionForm
from stageapp.placements.access import (
    leaves_of,
    links_ended_by,
    main_links_of,
    substitutions_of,
)
from stageapp.placements.actions_teachers import arrange_substitution, ask_along
from stageapp.placements.models import Substitution
from stageapp.programmes.queries import is_teacher


@require_POST
def share_along(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Open a question that is shared already to one more teacher."""
    asked = get_object_or_404(access.questions_of(request.user), pk=pk, shared_at__isnull=False)
    try:
        reader = actions_along.share_along(asked, person, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        text = _("%(name)s can read this question and its conversation now.")
        messages.success(request, text % {"name": reader.name})
    return redirect("guidance:question", pk=pk)


@require_POST
def stop_along(request: SignedInRequest, pk: int, person: int) -> HttpResponse:
    """Close a question to somebody who reads it along."""
    asked = get_object_or_404(access.questions_of(request.user), pk=pk)
    actions_along.stop_along(asked, person, at=timezone.now())
    messages.success(request, _("Closed for that person. Look above who can still read it."))
    return redirect("guidance:question", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def along(request: SignedInRequest) -> HttpResponse:
    """Ask a colleague in to guide students along; show who does."""
    _teachers_only(request)
    chosen = main_links_of(request.user).filter(placement=key_in_address(request, "student") or 0)
    form = AlongForm(sent_data(request), teacher=request.user, initial={"links": chosen})
    if request.method == "POST" and form.is_valid():
        colleague = form.cleaned_data["colleague"]
        made = ask_along(
            list(form.cleaned_data["links"]), colleague, by=request.user, at=timezone.now()
        )
        text = ngettext(
            "%(name)s guides %(n)d student along with you now.",
            "%(name)s guides %(n)d students along with you now.",
            len(made),
        )
        messages.success(request, text % {"name": colleague.name, "n": len(made)})
        return redirect("students:along")
    return render(
        request,
        "students/along.html",
        {
            "form": form,
            "links": links_ended_by(request.user).order_by("placement__student__name", "pk"),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def end_along(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a colleague guide a student along no longer, or stop doing so oneself."""
    link = get_object_or_404(links_ended_by(request.user), pk=pk)
    actions_along.end_guiding(link, by=request.user, at=timezone.now())
    names = {"name": link.teacher.name, "student": link.placement.student.name}
    messages.success(request, _("%(name)s does not guide %(student)s along any more.") % names)
    return redirect("students:along")


@require_http_methods(["GET", "HEAD", "POST"])
def replacing(request: SignedInRequest) -> HttpResponse:
    """Arrange who stands in for a teacher; show what is arranged."""
    _teachers_only(request)
    form = SubstitutionForm(
        sent_data(request),
        instance=Substitution(),
        teacher=request.user,
        initial=_days_of_leave(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = arrange_substitution(form.instance, by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error("substitute", problem)
        else:
            text = _("%(name)s stands in for you. Your students see it too.")
            messages.success(request, text % {"name": kept.substitute.name})
            return redirect("students:replacing")
    arranged = substitutions_of(request.user)
    return render(
        request,
        "students/replacing.html",
        {
            "form": form,
            "mine": [row for row in arranged if row.teacher_id == request.user.pk],
            "for_others": [row for row in arranged if row.teacher_id != request.user.pk],
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def end_replacing(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a substitution at once; either of the two can."""
    substitution = get_object_or_404(substitutions_of(request.user), pk=pk)
    actions_along.end_replacing(substitution, at=timezone.now())
    names = {"name": substitution.substitute.name, "teacher": substitution.teacher.name}
    messages.success(request, _("%(name)s does not stand in for %(teacher)s any more.") % names)
    return redirect("students:replacing")


def _days_of_leave(request: SignedInRequest) -> dict[str, object]:
    """Fill in the days of a leave that the address names."""
    leave = leaves_of(request.user).filter(pk=key_in_address(request, "leave") or 0).first()
    return {"starts_on": leave.starts_on, "ends_on": leave.ends_on} if leave else {}


def _teachers_only(request: SignedInRequest) -> None:
    if not is_teacher(request.user):
        raise Http404

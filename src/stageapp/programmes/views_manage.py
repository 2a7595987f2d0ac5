"""The programme editor: programmes, cohorts, and the form that the students of a cohort see."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.programmes import actions_manage
from stageapp.programmes.access import (
    administrators_of_each,
    audience_of,
    cohorts_administered,
    functional_administrators_of,
    institutions_administered,
    programmes_administered,
)
from stageapp.programmes.forms_manage import CloneForm, CohortForm, PartForm, ProgrammeForm
from stageapp.programmes.forms_preview import PreviewForm
from stageapp.programmes.models import Cohort, FormPart, Part, Programme
from stageapp.programmes.queries_manage import (
    LIST_OF,
    is_programme_used,
    is_used,
    part_of,
    parts_of,
    programmes_of,
    sizes_of_lists,
    touches_writers,
)
from stageapp.programmes.rules import a_year_later


@require_GET
def programmes(request: SignedInRequest) -> HttpResponse:
    """Show the programmes that somebody administers, with their cohorts."""
    rows = list(programmes_of(request.user))
    institutions = list(institutions_administered(request.user))
    if not rows and not institutions:
        raise Http404
    readers = administrators_of_each(rows)
    shown = [(row, audience_text(readers[row.pk], request.user)) for row in rows]
    context = {"programmes": shown, "institutions": institutions}
    return render(request, "programmes/manage/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def programme_new(request: SignedInRequest, institution: int) -> HttpResponse:
    """Add a programme to an institution."""
    own = get_object_or_404(institutions_administered(request.user), pk=institution)
    fresh = Programme(institution=own)
    form = ProgrammeForm(sent_data(request), instance=fresh)
    if _saved(form, lambda: actions_manage.save_programme(fresh, **_who(request))):
        messages.success(request, _("The programme is made. Give it a cohort now."))
        return redirect("manage_programmes:cohort_new", programme=fresh.pk)
    context = {
        "form": form,
        "title": _("New programme"),
        "lead": own.name,
        "audience": audience_text(functional_administrators_of(own), request.user),
    }
    return _page(request, "settings", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a programme is called and whether it is open."""
    own = get_object_or_404(programmes_administered(request.user), pk=pk)
    name = own.name
    form = ProgrammeForm(sent_data(request), instance=own)
    if _saved(form, lambda: actions_manage.save_programme(own, **_who(request))):
        messages.success(request, _("The programme is saved."))
        return redirect("manage_programmes:list")
    context = {
        "form": form,
        "title": name,
        "programme": own,
        "is_used": is_programme_used(own),
        "audience": audience_of([own], request.user),
    }
    return _page(request, "settings", form, context)


@require_POST
def programme_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a programme in which there is nothing yet; its page asked once more."""
    own = get_object_or_404(programmes_administered(request.user), pk=pk)
    try:
        actions_manage.delete_programme(own, **_who(request))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("manage_programmes:programme", pk=pk)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": own.name})
    return redirect("manage_programmes:list")


@require_http_methods(["GET", "HEAD", "POST"])
def cohort_new(request: SignedInRequest, programme: int) -> HttpResponse:
    """Give a programme a cohort."""
    own = get_object_or_404(programmes_administered(request.user), pk=programme)
    fresh = Cohort(programme=own)
    form = CohortForm(sent_data(request), instance=fresh)
    if _saved(form, lambda: _keep_cohort(request, form)):
        messages.success(
            request, _("The cohort is made. Its form begins with a date and a description.")
        )
        return redirect("manage_programmes:form", pk=fresh.pk)
    context = {
        "form": form,
        "title": _("New cohort"),
        "lead": own.name,
        "audience": audience_of([own], request.user),
    }
    return _page(request, "settings", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show all that can be configured of a cohort, and change its settings."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    name = own.name
    form = CohortForm(sent_data(request), instance=own)
    if _saved(form, lambda: _keep_cohort(request, form)):
        messages.success(request, _("The cohort is saved."))
        return redirect("manage_programmes:cohort", pk=own.pk)
    context = {
        "form": form,
        "cohort": own,
        "name": name,
        "parts": own.parts.filter(is_shown=True).count(),
        "lists": sizes_of_lists(own),
        "competences": own.competences.filter(retired_at=None).count(),
        "is_used": is_used(own),
        "audience": audience_of([own.programme], request.user),
    }
    return _page(request, "cohort", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a cohort for the next year that is like this one."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    fresh = Cohort(programme=own.programme)
    names = {name: a_year_later(getattr(own, name)) for name in ("name_nl", "name_en")}
    form = CloneForm(sent_data(request), instance=fresh, initial=names)

    def keep() -> None:
        told = {name: form.cleaned_data[name] for name in ("close", "with_tips")}
        actions_manage.clone_cohort(own, fresh, **told, **_who(request))

    if _saved(form, keep):
        messages.success(request, _("The new cohort is there. Look whether all is as you want it."))
        return redirect("manage_programmes:cohort", pk=fresh.pk)
    context = {"form": form, "cohort": own, "audience": audience_of([own.programme], request.user)}
    return _page(request, "clone", form, context)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a cohort without placements, after asking."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    if request.POST.get("sure") != "yes":
        context = {"cohort": own, "audience": audience_of([own.programme], request.user)}
        return render(request, "programmes/manage/delete.html", context)
    try:
        actions_manage.delete_cohort(own, **_who(request))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("manage_programmes:cohort", pk=pk)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": own.name})
    return redirect("manage_programmes:list")


@require_GET
def form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the form builder, with the form as a student sees it on a phone."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    rows = parts_of(own)
    context = {
        "cohort": own,
        "shown": [row for row in rows if row.is_shown],
        "hidden": [row for row in rows if not row.is_shown],
        "audience": audience_of([own.programme], request.user),
        **_preview(request, own),
    }
    return render(request, "programmes/manage/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def part(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Change how students see one part of their form."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    row, before = _part(own, part), _part(own, part)
    edit = PartForm(sent_data(request), instance=row)
    if request.POST.get("do") == "preview":
        edit.is_valid()  # what is wrong is said on saving; the rest shows already
        return HttpResponse(_preview(request, own, row)["example"])
    asks = _asks_first(edit, before) and request.POST.get("sure") != "yes"
    if not asks and _saved(edit, lambda: actions_manage.save_part(row, **_who(request))):
        messages.success(request, _("The form is saved. The example shows what students see now."))
        return redirect(f"{reverse('manage_programmes:form', args=[own.pk])}#part-{part}")
    context = {
        "form": edit,
        "cohort": own,
        "part": row,
        "before": before,
        "asks": asks,
        "list": LIST_OF.get(Part(part)),
        "is_competences": part == Part.COMPETENCES,
        "audience": audience_of([own.programme], request.user),
        **_preview(request, own, row),
    }
    return _page(request, "part", edit, context)


@require_POST
def part_move(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """Put a part one place higher or lower on the form."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    row = _part(own, part)
    up = request.POST.get("to") == "up"
    actions_manage.move_part(own, Part(row.part), up=up, **_who(request))
    # The address leads to the same button, so that it can be pressed again at once.
    target = f"{'up' if up else 'down'}-{part}"
    return redirect(f"{reverse('manage_programmes:form', args=[own.pk])}#{target}")


def _part(cohort: Cohort, name: str) -> FormPart:
    if name not in Part.values:
        raise Http404
    return part_of(cohort, Part(name))


def _asks_first(edit: PartForm, before: FormPart) -> bool:
    """Return whether a change that can be kept is one for those who already wrote."""
    if not edit.is_valid() or not touches_writers(before, edit.instance):
        return False
    try:
        actions_manage.check_choices(edit.instance)
    except ValidationError:
        # That is said first, when it is saved.
        return False
    return True


def _preview(
    request: SignedInRequest, cohort: Cohort, about_to_be: FormPart | None = None
) -> dict[str, Any]:
    """Return the form of a cohort as a student sees it, in one of the two languages."""
    asked = request.GET.get("preview", "")
    language = asked if asked in ("nl", "en") else (get_language() or "nl")[:2]
    with override(language):
        context = {"preview": PreviewForm(cohort, about_to_be), "cohort": cohort}
        text = render_to_string("programmes/manage/_preview.html", context)
    return {"example": text, "example_language": language}


def _keep_cohort(request: SignedInRequest, form: CohortForm) -> Cohort:
    models = form.cleaned_data["reflection_models"]
    return actions_manage.save_cohort(form.instance, models, **_who(request))


def _saved(form: BaseForm, save: Callable[[], object]) -> bool:
    """Return whether a form was right and is kept; what is refused stands at its field."""
    if not form.is_valid():
        return False
    try:
        save()
    except ValidationError as problem:
        for name, texts in problem.message_dict.items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    return True


def _who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}


def _page(
    request: SignedInRequest, name: str, form: BaseForm, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, f"programmes/manage/{name}.html", context, status=status)

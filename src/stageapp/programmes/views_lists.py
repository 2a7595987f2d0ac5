"""The lists of a cohort: what its students choose from, and the competences."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.programmes import actions_lists
from stageapp.programmes.access import (
    audience_of,
    cohorts_administered,
    competences_administered,
    entries_administered,
)
from stageapp.programmes.forms_lists import AddForm, CompetenceForm, EntryForm, MergeForm, PlaceForm
from stageapp.programmes.models import Cohort, Competence, VocabularyKind
from stageapp.programmes.queries_manage import (
    Choice,
    offered_first,
    siblings_of,
    times_used,
)

CHOICES_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def vocabulary(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Show a list of a cohort, and add to it."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    if kind not in VocabularyKind.values:
        raise Http404
    return _list(request, own, VocabularyKind(kind))


@require_http_methods(["GET", "HEAD", "POST"])
def competences(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the competences of a cohort, and add to them."""
    return _list(request, get_object_or_404(cohorts_administered(request.user), pk=pk), None)


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename or translate an entry of a list."""
    own = get_object_or_404(entries_administered(request.user), pk=pk)
    return _edit(request, own, EntryForm(sent_data(request), instance=own))


@require_http_methods(["GET", "HEAD", "POST"])
def competence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rename, translate or explain a competence."""
    own = get_object_or_404(competences_administered(request.user), pk=pk)
    return _edit(request, own, CompetenceForm(sent_data(request), instance=own))


@require_POST
def entry_change(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Move, place, retire or bring back an entry of a list."""
    return _change(request, get_object_or_404(entries_administered(request.user), pk=pk), verb)


@require_POST
def competence_change(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Move, place, retire or bring back a competence."""
    return _change(request, get_object_or_404(competences_administered(request.user), pk=pk), verb)


@require_POST
def entry_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put another entry in the place of this one, everywhere, after asking."""
    own = get_object_or_404(entries_administered(request.user), pk=pk)
    return _merge(request, own)


@require_POST
def competence_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put another competence in the place of this one, everywhere, after asking."""
    own = get_object_or_404(competences_administered(request.user), pk=pk)
    return _merge(request, own)


def _list(request: SignedInRequest, cohort: Cohort, kind: VocabularyKind | None) -> HttpResponse:
    if request.POST.get("sort") == "yes":
        actions_lists.sort_choices(cohort, kind, **_who(request))
        messages.success(request, _("The list is sorted by name."))
        return redirect(_address_of_list(cohort, kind))
    form = AddForm(sent_data(request), kind=kind)
    if form.is_valid():
        try:
            added = actions_lists.add_choices(
                cohort, kind, form.cleaned_data["lines"], **_who(request)
            )
        except ValidationError as problem:
            form.add_error("lines", problem)
        else:
            messages.success(request, _told(added))
            return redirect(_address_of_list(cohort, kind))
    rows: Any = (
        cohort.competences.all()
        if kind is None
        else cohort.vocabulary.filter(kind=kind, owner=None)
    )
    page = Paginator(offered_first(rows), CHOICES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": cohort,
        "form": form,
        "page": page,
        "offered": rows.filter(retired_at=None).count(),
        "title": kind.label if kind else _("competences"),
        "import_address": None
        if kind
        else reverse("manage_programmes:competences_import", args=[cohort.pk]),
        "routes": _routes(kind),
        "audience": audience_of([cohort.programme], request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "programmes/manage/choices.html", context, status=status)


def _told(added: actions_lists.Added) -> str:
    told = [ngettext("%(n)d added.", "%(n)d added.", added.new) % {"n": added.new}]
    if added.again:
        text = ngettext("%(n)d is offered again.", "%(n)d are offered again.", added.again)
        told.append(text % {"n": added.again})
    if added.known:
        text = ngettext("%(n)d was there already.", "%(n)d were there already.", added.known)
        told.append(text % {"n": added.known})
    return " ".join(told)


def _edit(request: SignedInRequest, choice: Choice, form: BaseForm) -> HttpResponse:
    # The form puts what was sent on the row: the page is headed by the name that it has.
    name = str(type(choice)._default_manager.get(pk=choice.pk)) if form.is_bound else str(choice)
    if form.is_valid():
        try:
            actions_lists.rename_choice(choice, **_who(request))
        except ValidationError as problem:
            for field, texts in problem.message_dict.items():
                form.add_error(field, texts)
        else:
            messages.success(request, _("The new name is used everywhere."))
            return redirect(_place_in_list(choice))
    return _show(request, choice, edit=form, name=name)


def _change(request: SignedInRequest, choice: Choice, verb: str) -> HttpResponse:
    if verb in ("up", "down"):
        actions_lists.move_choice(choice, up=verb == "up", **_who(request))
        return redirect(_place_in_list(choice, f"{verb}-{choice.pk}"))
    if verb == "place":
        return _put(request, choice)
    if verb == "restore":
        actions_lists.restore_choice(choice, **_who(request))
        messages.success(request, _("“%(name)s” is offered again.") % {"name": choice})
    elif verb == "retire":
        _retire(request, choice)
    else:
        raise Http404
    return redirect(_place_in_list(choice))


def _put(request: SignedInRequest, choice: Choice) -> HttpResponse:
    form = PlaceForm(request.POST, choice=choice)
    if not form.is_valid():
        return _show(request, choice, place=form)
    actions_lists.place_choice(choice, form.cleaned_data["place"], **_who(request))
    return redirect(_place_in_list(choice))


def _retire(request: SignedInRequest, choice: Choice) -> None:
    try:
        actions_lists.retire_choice(choice, **_who(request))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return
    text = _("“%(name)s” is not offered any more. Who chose it keeps it.")
    messages.success(request, text % {"name": choice})


def _merge(request: SignedInRequest, choice: Choice) -> HttpResponse:
    form = MergeForm(request.POST, choice=choice)
    if not form.is_valid():
        return _show(request, choice, merge=form)
    into = form.chosen
    if request.POST.get("sure") != "yes":
        context = {
            **_about(choice),
            "into": into,
            "audience": audience_of([choice.cohort.programme], request.user),
        }
        return render(request, "programmes/manage/merge.html", context)
    try:
        actions_lists.merge_choice(choice, into, **_who(request))
    except ValidationError as problem:
        form.add_error("into", problem.messages)
        return _show(request, choice, merge=form)
    text = _("Where it said “%(old)s”, it says “%(new)s” now.")
    messages.success(request, text % {"old": choice, "new": into})
    return redirect(_place_in_list(into))


def _show(
    request: SignedInRequest,
    choice: Choice,
    *,
    edit: BaseForm | None = None,
    merge: MergeForm | None = None,
    place: PlaceForm | None = None,
    name: str = "",
) -> HttpResponse:
    forms = {
        "form": edit or _edit_form(choice),
        "merge": merge or MergeForm(choice=choice),
        "place": place or PlaceForm(choice=choice),
    }
    context = {
        **_about(choice),
        **forms,
        "name": name or str(choice),
        "audience": audience_of([choice.cohort.programme], request.user),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "programmes/manage/choice.html", context, status=status)


def _edit_form(choice: Choice) -> BaseForm:
    if isinstance(choice, Competence):
        return CompetenceForm(instance=choice)
    return EntryForm(instance=choice)


def _about(choice: Choice) -> dict[str, Any]:
    kind = _kind_of(choice)
    return {
        "choice": choice,
        "cohort": choice.cohort,
        "uses": times_used(choice),
        "routes": _routes(kind),
        "list_title": kind.label if kind else _("competences"),
        "back": _place_in_list(choice),
    }


def _place_in_list(choice: Choice, anchor: str = "") -> str:
    """Return the address of the page of the list on which a choice stands, and its row there."""
    keys = list(offered_first(siblings_of(choice)).values_list("pk", flat=True))
    page = keys.index(choice.pk) // CHOICES_A_PAGE + 1
    address = _address_of_list(choice.cohort, _kind_of(choice))
    return f"{address}{f'?page={page}' if page > 1 else ''}#{anchor or f'row-{choice.pk}'}"


def _address_of_list(cohort: Cohort, kind: VocabularyKind | None) -> str:
    if kind is None:
        return reverse("manage_programmes:competences", args=[cohort.pk])
    return reverse("manage_programmes:vocabulary", args=[cohort.pk, kind])


def _routes(kind: VocabularyKind | None) -> dict[str, str]:
    name = f"manage_programmes:{'entry' if kind else 'competence'}"
    return {"edit": name, "change": f"{name}_change", "merge": f"{name}_merge"}


def _kind_of(choice: Choice) -> VocabularyKind | None:
    return None if isinstance(choice, Competence) else VocabularyKind(choice.kind)


def _who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}

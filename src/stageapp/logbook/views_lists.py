"""Chains, templates and own entries: what makes logging quicker."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.logbook import access, actions_lists, queries, queries_goals
from stageapp.logbook.forms_lists import ChainForm, EntryNameForm, MergeForm, TemplateForm
from stageapp.logbook.models import ActivityTemplate, Chain
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.programmes.models import VocabularyEntry, VocabularyKind
from stageapp.programmes.queries import vocabulary_of

CHAINS_A_PAGE = 30
ACTIVITIES_A_PAGE = 50
#: Each comes with a list of all others to merge with.
OWN_ENTRIES_A_PAGE = 20


@require_GET
@needs_placement
def chains(request: PlacementRequest) -> HttpResponse:
    """Show the chains of the current placement, open ones first."""
    rows = queries_goals.chains_with_totals(request.placement)
    return render(
        request,
        "logbook/chains.html",
        {
            "page": Paginator(rows, CHAINS_A_PAGE).get_page(request.GET.get("page")),
            "parts": request.placement.cohort.part_names,
            "audience": audience_text([request.user], request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def chain(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a chain as one thread, oldest first; keep another name."""
    shown = _own_chain(request, pk)
    form = ChainForm(sent_data(request), instance=shown)
    if request.method == "POST" and form.is_valid():
        actions_lists.rename_chain(form.instance)
        messages.success(request, _("Your change is saved."))
        return redirect("logbook:chain", pk=pk)
    own = access.activities_of(request.user).filter(chain=shown).order_by("date", "id")
    rows = queries.with_marks(own, request.user).select_related(*queries.JOINED)
    page = Paginator(rows.prefetch_related("people"), ACTIVITIES_A_PAGE)
    return render(
        request,
        "logbook/chain.html",
        {
            "chain": shown,
            "thread": queries_goals.thread_of(shown),
            "newest": own.last(),
            "page": page.get_page(request.GET.get("page")),
            "form": form,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def chain_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """Finish a chain, or open it again."""
    own = _own_chain(request, pk)
    if request.POST.get("finished") == "yes":
        actions_lists.finish_chain(own, at=timezone.now())
    else:
        actions_lists.reopen_chain(own)
    return redirect("logbook:chain", pk=pk)


@require_POST
def chain_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a chain away; its activities stay."""
    actions_lists.delete_chain(_own_chain(request, pk))
    messages.success(request, _("The chain is gone. Its activities are still in your logbook."))
    return redirect("logbook:chains")


@require_http_methods(["GET", "HEAD", "POST"])
def template_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make an activity a template for new ones."""
    activity = get_object_or_404(access.activities_of(request.user), pk=pk)
    template = ActivityTemplate(placement=activity.placement, activity=activity)
    form = TemplateForm(sent_data(request), instance=template)
    if request.method == "POST" and form.is_valid():
        try:
            actions_lists.keep_template(activity, form.cleaned_data["name"], at=timezone.now())
        except ValidationError as problem:
            form.add_error("name", problem.message_dict["name"])
        else:
            messages.success(request, _("You can choose this template with a new activity."))
            return redirect("logbook:new")
    return render(
        request,
        "logbook/template_form.html",
        {
            "form": form,
            "activity": activity,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def template_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a template away; the activity stays."""
    get_object_or_404(access.templates_of(request.user), pk=pk).delete()
    return redirect("logbook:lists")


@require_GET
@needs_placement
def lists(request: PlacementRequest) -> HttpResponse:
    """Show the own entries of the lists, and the templates."""
    return _show_lists(request)


@require_POST
@needs_placement
def entry(request: PlacementRequest, pk: int, verb: str) -> HttpResponse:
    """Rename, merge, retire or bring back an own entry."""
    own = get_object_or_404(access.own_entries_of(request.user), pk=pk)
    if verb == "rename":
        return _rename(request, own)
    if verb == "merge":
        return _merge(request, own)
    if verb == "retire":
        actions_lists.retire_entry(own, at=timezone.now())
    elif verb == "restore":
        actions_lists.restore_entry(own)
    else:
        raise Http404
    return redirect("logbook:lists")


def _rename(request: PlacementRequest, own: VocabularyEntry) -> HttpResponse:
    form = EntryNameForm(request.POST, prefix=f"entry-{own.pk}")
    if form.is_valid():
        try:
            actions_lists.rename_entry(own, form.cleaned_data["name"])
        except ValidationError as problem:
            form.add_error("name", problem.message_dict["name"])
        else:
            messages.success(request, _("The new name is used everywhere."))
            return redirect("logbook:lists")
    return _show_lists(request, renaming={own.pk: form})


def _merge(request: PlacementRequest, own: VocabularyEntry) -> HttpResponse:
    others = [row for row in _entries(request)[own.kind] if row.pk != own.pk]
    form = MergeForm(request.POST, others=others, prefix=f"merge-{own.pk}")
    if not form.is_valid():
        return _show_lists(request, merging={own.pk: form})
    into = form.cleaned_data["into"]
    if request.POST.get("sure") != "yes":
        return _ask_before_merging(request, own, into)
    text = _("“%(old)s” is now “%(new)s” in all your activities.") % {"old": own, "new": into}
    actions_lists.merge_entry(own, into)
    messages.success(request, text)
    return redirect("logbook:lists")


def _ask_before_merging(
    request: PlacementRequest, own: VocabularyEntry, into: VocabularyEntry
) -> HttpResponse:
    return render(
        request,
        "logbook/merge.html",
        {
            "entry": own,
            "into": into,
            "uses": queries.uses_of(request.user).get(own.pk, 0),
            "field": f"merge-{own.pk}-into",
            "audience": audience_text([request.user], request.user),
        },
    )


def _show_lists(
    request: PlacementRequest,
    *,
    renaming: dict[int, Form] | None = None,
    merging: dict[int, Form] | None = None,
) -> HttpResponse:
    entries, all_own = _entries(request), queries_goals.own_entries(request.user, request.placement)
    paginator = Paginator(all_own, OWN_ENTRIES_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    if wrong := (renaming or merging):
        place = next((at for at, own in enumerate(all_own) if own.pk in wrong), 0)
        page = paginator.get_page(place // OWN_ENTRIES_A_PAGE + 1)
    rows = []
    for own in page:
        rename = EntryNameForm(initial={"name": own.name_nl}, prefix=f"entry-{own.pk}")
        others = [row for row in entries[own.kind] if row.pk != own.pk]
        merge = MergeForm(others=others, prefix=f"merge-{own.pk}")
        rows.append((own, (renaming or {}).get(own.pk, rename), (merging or {}).get(own.pk, merge)))
    return render(
        request,
        "logbook/lists.html",
        {
            "rows": rows,
            "page": page,
            "templates": access.templates_of(request.user)
            .filter(placement=request.placement)
            .select_related("activity"),
            "audience": audience_text([request.user], request.user),
        },
        status=422 if renaming or merging else 200,
    )


def _entries(request: PlacementRequest) -> dict[str, list[VocabularyEntry]]:
    entries: dict[str, list[VocabularyEntry]] = {kind: [] for kind in VocabularyKind}
    for row in vocabulary_of(request.placement.cohort, request.user):
        entries[row.kind].append(row)
    return entries


def _own_chain(request: SignedInRequest, pk: int) -> Chain:
    own = access.chains_of(request.user).select_related("placement__cohort")
    return get_object_or_404(own, pk=pk)

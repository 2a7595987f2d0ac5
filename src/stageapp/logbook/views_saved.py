"""What the student puts aside: the bookmark beside a thing, and the timeline of saved items."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import path_to_go_on
from stageapp.logbook import access, actions, queries
from stageapp.logbook.forms import SavedNoteForm
from stageapp.logbook.models import KIND_OF, Saveable
from stageapp.programmes.queries import is_student


@require_POST
def save_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an activity on the timeline of saved items, or take it off again."""
    chosen = get_object_or_404(access.activities_of(request.user), pk=pk)
    return _save(request, chosen, reverse("logbook:activity", args=[pk]))


@require_POST
def save_reflection(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a reflection on the timeline of saved items, or take it off again."""
    chosen = get_object_or_404(access.reflections_of(request.user).select_related("model"), pk=pk)
    return _save(request, chosen, reverse("logbook:reflection", args=[pk]))


@require_POST
def save_evidence(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put a piece of evidence on the timeline of saved items, or take it off again."""
    chosen = get_object_or_404(access.evidence_of(request.user), pk=pk)
    return _save(request, chosen, reverse("logbook:evidence_item", args=[pk]))


@require_GET
def saved(request: SignedInRequest) -> HttpResponse:
    """Show the timeline of saved items."""
    if not (request.user.placements.exists() or is_student(request.user)):
        raise Http404
    return _show(request)


@require_POST
def write_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the own note with a saved item."""
    item = get_object_or_404(access.saved_items_of(request.user), pk=pk)
    form = SavedNoteForm(request.POST, instance=item, prefix=f"item-{pk}")
    if not form.is_valid():
        return _show(request, refused=form)
    actions.write_note(form.instance)
    messages.success(request, _("Your note is saved."), extra_tags=f"note-{pk}")
    return redirect(path_to_go_on(request, reverse("logbook:saved")))


@require_POST
def unsave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take anything off the timeline, with its note."""
    actions.unsave(get_object_or_404(access.saved_items_of(request.user), pk=pk))
    return redirect(path_to_go_on(request, reverse("logbook:saved")))


def _save(request: SignedInRequest, chosen: Saveable, page: str) -> HttpResponse:
    """Answer with the other state of the bookmark, or go on where the student was."""
    is_saved = request.POST.get("saved") == "yes"
    if is_saved:
        actions.save_item(chosen, by=request.user, at=timezone.now())
    else:
        actions.unsave_source(chosen, by=request.user)
    if request.htmx:
        chosen.is_saved = is_saved  # type: ignore[union-attr]
        kind = KIND_OF[type(chosen)].value
        name = "bookmark" if kind == "activity" else f"bookmark_{kind}"
        return render(request, f"logbook/_{name}.html", {kind: chosen})
    return redirect(path_to_go_on(request, page))


def _show(request: SignedInRequest, refused: SavedNoteForm | None = None) -> HttpResponse:
    page = queries.saved_page(request.user, request.GET.get("page"))
    forms = {item.pk: SavedNoteForm(instance=item, prefix=f"item-{item.pk}") for item in page}
    if refused:
        forms[refused.instance.pk] = refused
    return render(
        request,
        "logbook/saved.html",
        {
            "page": page,
            "items": [(item, forms[item.pk]) for item in page],
            "audience": audience_text([request.user], request.user),
        },
        status=422 if refused else 200,
    )

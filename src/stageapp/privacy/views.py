"""My data: what is kept about me; take it, bring back what I deleted, remove it."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.logbook.downloads import file_response
from stageapp.placements.models import Placement
from stageapp.privacy import access, actions, queries
from stageapp.privacy.copying import in_words
from stageapp.privacy.forms import SureForm
from stageapp.privacy.rules import DELETED_FOR
from stageapp.programmes.queries import institution_for, is_student

A_PAGE = 20


@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """Show what is kept, why, who sees it and until when; and what can be done with it."""
    months = queries.retention_months_of(request.user)
    numbers = queries.numbers_about(request.user)
    placements = list(
        access.removable_by(request.user).select_related("retention_notice").order_by("-starts_on")
    )
    context = {
        "kept": [row | {"number": numbers.get(row["key"])} for row in in_words(months)],
        "placements": [(row, queries.goes_on(row)) for row in placements],
        "copies": access.copies_of(request.user),
        "kept_days": actions.KEPT_FOR.days,
        "is_student": is_student(request.user) or bool(placements),
        "institution": institution_for(request),
        "audience": _only_me(request),
    }
    return render(request, "privacy/overview.html", context)


@require_POST
def ask_copy(request: SignedInRequest) -> HttpResponse:
    """Ask for a copy of everything."""
    try:
        actions.ask_copy(request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect("my_data:overview")


@require_GET
def copies(request: SignedInRequest) -> HttpResponse:
    """Show how far a copy is: what a script asks for while the page is open."""
    context = {"copies": access.copies_of(request.user), "kept_days": actions.KEPT_FOR.days}
    return render(request, "privacy/_copies.html", context)


@require_GET
def copy_file(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """Give a copy, to whom it is about only."""
    ready = get_object_or_404(access.copies_of(request.user), pk=pk, ready_at__isnull=False)
    return file_response(ready.file.name, ready.name, "application/zip")


@require_POST
def delete_copy(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Throw a copy away."""
    actions.delete_copy(get_object_or_404(access.copies_of(request.user), pk=pk), at=timezone.now())
    messages.success(request, _("The copy is removed."))
    return redirect("my_data:overview")


@require_GET
def deleted(request: SignedInRequest) -> HttpResponse:
    """Show what was deleted and can be brought back, the last first."""
    _students_only(request)
    page = Paginator(queries.deleted_items(request.user), A_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    items = queries.items_of(request.user, rows)
    context = {
        "page": page,
        "rows": [
            (row["what"], items[row["what"], row["pk"]], row["deleted_at"] + DELETED_FOR)
            for row in rows
            if (row["what"], row["pk"]) in items
        ],
        "days": DELETED_FOR.days,
        "audience": _only_me(request),
    }
    return render(request, "privacy/deleted.html", context)


@require_POST
def purge(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    """Remove something for good that was deleted before."""
    if kind not in access.DELETABLE:
        raise Http404
    item = get_object_or_404(access.deleted_of(request.user, kind), pk=pk)
    actions.purge(item, at=timezone.now())
    messages.success(request, _("It is gone for good."))
    return redirect("my_data:deleted")


@require_http_methods(["GET", "HEAD", "POST"])
def remove_placement(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a placement with all in it."""
    own = get_object_or_404(access.removable_by(request.user), pk=pk)
    answer: HttpResponse = _remove_placement(request, own)
    return answer


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def _remove_placement(request: SignedInRequest, placement: Placement) -> HttpResponse:
    form = SureForm(sent_data(request))
    if form.is_valid():
        actions.ask_placement_removal(placement, at=timezone.now())
        messages.success(
            request, _("The placement is being removed. It is closed to everybody already.")
        )
        return redirect("my_data:overview")
    context = {"form": form, "placement": placement, "audience": _only_me(request)}
    return render(
        request, "privacy/remove_placement.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def remove_account(request: SignedInRequest) -> HttpResponse:
    """Remove the account with all that belongs to it."""
    form = SureForm(sent_data(request))
    if form.is_valid():
        try:
            actions.ask_account_removal(request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            logout(request)
            return render(request, "privacy/removed.html")
    context = {
        "form": form,
        "is_student": request.user.placements.exists(),
        "audience": _only_me(request),
    }
    return render(
        request, "privacy/remove_account.html", context, status=422 if form.is_bound else 200
    )


def _students_only(request: SignedInRequest) -> None:
    if not (is_student(request.user) or request.user.placements.exists()):
        raise Http404


def _only_me(request: SignedInRequest) -> str:
    return audience_text([request.user], request.user)

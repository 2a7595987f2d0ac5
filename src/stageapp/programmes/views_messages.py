"""Messages of the day and maintenance mode, for functional administrators."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import path_to_go_on, sent_data
from stageapp.programmes import access, actions_messages
from stageapp.programmes.context import DISMISSED
from stageapp.programmes.decorators import InstitutionRequest, runs_institution
from stageapp.programmes.forms_messages import AnnouncementForm, MaintenanceForm
from stageapp.programmes.models import Announcement, Institution
from stageapp.programmes.queries import current_announcements, institution_for

A_PAGE = 20
#: A session remembers no more; the oldest are over long since.
MOST_DISMISSED = 50


@require_GET
@runs_institution
def overview(request: InstitutionRequest) -> HttpResponse:
    """Show what everybody reads now, did and will, and whether the institution is closed."""
    return _overview(request, request.institution_run, MaintenanceForm())


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def new(request: InstitutionRequest) -> HttpResponse:
    """Write a message of the day."""
    return _edit(request, Announcement(institution=request.institution_run))


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a message of the day."""
    own = access.announcements_administered(request.user)
    return _edit(request, get_object_or_404(own, pk=pk))


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a message of the day away."""
    own = get_object_or_404(access.announcements_administered(request.user), pk=pk)
    actions_messages.remove_announcement(own, by=request.user, at=timezone.now())
    messages.success(request, _("The message is removed."))
    return redirect("manage_messages:list")


@require_POST
@runs_institution
def maintenance(request: InstitutionRequest) -> HttpResponse:
    """Close the institution for maintenance, or open it again."""
    institution = request.institution_run
    is_on = request.POST.get("on") == "yes"
    with timezone.override(institution.zone):
        form = MaintenanceForm(request.POST)
        if is_on and not form.is_valid():
            return _overview(request, institution, form)
        if is_on and request.POST.get("sure") != "yes":
            return _ask_maintenance(request, institution, form)
    actions_messages.set_maintenance(
        institution,
        is_on=is_on,
        until=form.cleaned_data["until"] if is_on else None,
        by=request.user,
        at=timezone.now(),
    )
    text = _("Maintenance mode is on.") if is_on else _("Everybody can get in again.")
    messages.success(request, text)
    return redirect("manage_messages:list")


@login_not_required
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a message of the day from who sends it away, for as long as their session lasts."""
    institution = institution_for(request)
    row = get_object_or_404(current_announcements(institution, at=timezone.now()), pk=pk)
    known = [mark for mark in request.session.get(DISMISSED, []) if mark != row.mark]
    request.session[DISMISSED] = [*known, row.mark][-MOST_DISMISSED:]
    return redirect(path_to_go_on(request, "/"))


def _overview(
    request: SignedInRequest, institution: Institution, form: MaintenanceForm
) -> HttpResponse:
    now = timezone.now()
    rows = Paginator(institution.announcements.all(), A_PAGE)
    context = {
        "institution": institution,
        "form": form,
        "page": rows.get_page(request.GET.get("page")),
        "now": now,
        "audience": _audience(request, institution),
    }
    with timezone.override(institution.zone):
        return render(
            request, "programmes/manage/messages.html", context, status=422 if form.errors else 200
        )


def _ask_maintenance(
    request: SignedInRequest, institution: Institution, form: MaintenanceForm
) -> HttpResponse:
    """Say what everybody will notice, before the institution is closed."""
    context = {
        "institution": institution,
        "until": form.cleaned_data["until"],
        "typed": form["until"].value() or "",
        "audience": _audience(request, institution),
    }
    return render(request, "programmes/manage/maintenance.html", context)


def _edit(request: SignedInRequest, announcement: Announcement) -> HttpResponse:
    institution = announcement.institution
    draft = f"announcement-{announcement.pk or 'new'}"
    with timezone.override(institution.zone):
        initial: dict[str, Any] = {} if announcement.pk else {"client_id": announcement.client_id}
        form = AnnouncementForm(sent_data(request), instance=announcement, initial=initial)
        if request.method == "POST" and form.is_valid():
            _keep(request, form.instance)
            messages.success(request, _("The message is saved."), extra_tags=draft)
            return redirect("manage_messages:list")
        context = {
            "form": form,
            "kept": announcement if announcement.pk else None,
            "draft": draft,
            "institution": institution,
            "audience": _audience(request, institution),
        }
        return render(
            request, "programmes/manage/message.html", context, status=422 if form.errors else 200
        )


def _keep(request: SignedInRequest, announcement: Announcement) -> None:
    verb = actions_messages.change_announcement if announcement.pk else actions_messages.announce
    verb(announcement, by=request.user, at=timezone.now())


def _audience(request: SignedInRequest, institution: Institution) -> str:
    return audience_text(access.functional_administrators_of(institution), request.user)

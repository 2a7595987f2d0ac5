"""Portfolios and badges: what the student took out, and taking something out."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.exports.actions import KEPT_FOR
from stageapp.integrations.portfolio import access, actions, queries
from stageapp.integrations.portfolio.badge_picture import picture_of
from stageapp.integrations.portfolio.forms import BadgeForm, PortfolioForm
from stageapp.integrations.portfolio.models import Badge, Portfolio
from stageapp.integrations.portfolio.queries import Content
from stageapp.integrations.portfolio.rules import credential_of
from stageapp.integrations.portfolio.words import as_json, badge_file
from stageapp.logbook.downloads import file_response
from stageapp.placements.decorators import PlacementRequest, needs_placement

#: Not one that somebody has: the preview of a badge is none yet.
NOBODY = UUID(int=0)


@require_safe
@needs_placement
def overview(request: PlacementRequest) -> HttpResponse:
    """Show what was taken out, and what can be."""
    own = access.portfolios_of(request.user).filter(placement=request.placement)
    context = {
        "portfolios": own,
        "badges": access.badges_of(request.user),
        "kept_days": KEPT_FOR.days,
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "portfolio/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def new(request: PlacementRequest) -> HttpResponse:
    """Choose what goes in, look at it, and take it out."""
    form = PortfolioForm(sent_data(request), placement=request.placement)
    content: Content | None = None
    is_sent = form.is_bound and not form.is_asked_for_more
    if is_sent and form.is_valid():
        portfolio = _portfolio(request, form)
        if request.POST.get("do") == "make":
            try:
                made = actions.ask_portfolio(portfolio, at=timezone.now())
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                return redirect("portfolio:portfolio", made.pk)
        content = queries.content_of(portfolio)
    context = {
        "form": form,
        "content": content,
        "audience": audience_text([request.user], request.user),
    }
    status = 422 if is_sent and form.errors else 200
    return render(request, "portfolio/new.html", context, status=status)


@require_safe
def portfolio(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show how far a portfolio is, and the file when it is ready."""
    shown = get_object_or_404(access.portfolios_of(request.user), pk=pk)
    if request.htmx:
        return render(request, "portfolio/_state.html", {"portfolio": shown})
    context = {
        "portfolio": shown,
        "kept_until": shown.asked_at + KEPT_FOR,
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "portfolio/portfolio.html", context)


@require_safe
def file(request: SignedInRequest, pk: UUID) -> HttpResponseBase:
    """Give the ZIP file, to its student only."""
    ready = get_object_or_404(access.portfolios_of(request.user), pk=pk)
    return file_response(ready.file.name, ready.name, "application/zip")


@require_POST
def delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Throw a portfolio away before its time."""
    actions.delete_portfolio(get_object_or_404(access.portfolios_of(request.user), pk=pk))
    messages.success(request, _("The portfolio is removed."))
    return redirect("portfolio:overview")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def badge_new(request: PlacementRequest) -> HttpResponse:
    """Write what a badge says, look at it, and have it signed."""
    form = BadgeForm(sent_data(request), placement=request.placement)
    is_sent = form.is_bound and not form.is_asked_for_more
    preview = ""
    if is_sent and form.is_valid():
        if request.POST.get("do") == "make":
            try:
                made = _made(request, form)
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                return redirect("portfolio:badge", made.pk)
        preview = _preview(request, form)
    context = {
        "form": form,
        "preview": preview,
        "student": request.user,
        "audience": audience_text([request.user], request.user),
    }
    status = 422 if is_sent and form.errors else 200
    return render(request, "portfolio/badge_new.html", context, status=status)


@require_safe
def badge(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show a badge, and the files that it can be taken as."""
    shown = get_object_or_404(access.badges_of(request.user), pk=pk)
    context = {
        "badge": shown,
        "as_json": as_json(shown.credential),
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "portfolio/badge.html", context)


@require_safe
def badge_as(request: SignedInRequest, pk: UUID, kind: str) -> HttpResponse:
    """Give a badge as a picture, as a signed credential, or as text to read."""
    own = get_object_or_404(access.badges_of(request.user), pk=pk)
    with override(own.language):
        day = own.placement.cohort.programme.institution.day_of(own.made_at)
        picture = picture_of(
            own, own_statement=_("self-declared"), made_on=date_format(day, "j F Y")
        )
    return badge_file(own, kind, picture)


@require_POST
def badge_delete(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Forget a badge."""
    actions.delete_badge(get_object_or_404(access.badges_of(request.user), pk=pk))
    messages.success(request, _("The badge is removed here. Who has it, keeps it."))
    return redirect("portfolio:overview")


def _portfolio(request: PlacementRequest, form: PortfolioForm) -> Portfolio:
    return Portfolio(
        placement=request.placement,
        client_id=form.cleaned_data["client_id"] or uuid4(),
        title=form.cleaned_data["title"],
        introduction=form.cleaned_data["introduction"],
        with_workplace=form.cleaned_data["with_workplace"],
        chosen=form.keys,
        language=_language(request),
    )


def _badge(request: PlacementRequest, form: BadgeForm) -> Badge:
    return Badge(
        placement=request.placement,
        client_id=form.cleaned_data["client_id"] or uuid4(),
        title=form.cleaned_data["title"],
        narrative=form.cleaned_data["narrative"],
        language=_language(request),
    )


def _made(request: PlacementRequest, form: BadgeForm) -> Badge:
    return actions.make_badge(
        _badge(request, form),
        competence=form.competence_chosen,
        evidence=form.chosen["evidence"],
        with_mail=form.cleaned_data["with_mail"],
        at=timezone.now(),
    )


def _preview(request: PlacementRequest, form: BadgeForm) -> str:
    """Return the credential as it would be; its numbers are drawn when it is signed."""
    preview = _badge(request, form)
    preview.id = preview.holder = NOBODY
    claim = actions.claim_of(
        preview,
        competence=form.competence_chosen,
        evidence=form.chosen["evidence"],
        with_mail=form.cleaned_data["with_mail"],
        at=timezone.now(),
    )
    return as_json(credential_of(claim))


def _language(request: PlacementRequest) -> str:
    return get_language() or request.user.language

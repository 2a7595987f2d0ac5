"""The record of who did what, for functional administrators: searched, never changed."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.audit.queries import chain
from stageapp.programmes import queries_audit
from stageapp.programmes.access import institutions_administered
from stageapp.programmes.forms_audit import AuditForm


@require_GET
def audit(request: SignedInRequest) -> HttpResponse:
    """Show what happened, newest first, by who, what and when."""
    institution = queries_audit.institution_of(request.user)
    if institution is None:
        raise Http404
    form = AuditForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page, rows = queries_audit.audit_page(
        request.user, wanted, request.GET.get("page"), institution
    )
    readers = User.objects.filter(
        institutions_administered__institution__in=institutions_administered(request.user)
    ).distinct()
    return render(
        request,
        "programmes/manage/audit.html",
        {
            "form": form,
            "page": page,
            "rows": rows,
            "sealed": chain(),
            "audience": audience_text(readers, request.user),
        },
    )

"""The record stores of an institution, for its functional administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.core.requests import sent_data
from stageapp.integrations.records import access, actions_manage
from stageapp.integrations.records.client import Finding
from stageapp.integrations.records.forms_manage import StoreForm
from stageapp.integrations.records.models import RecordStore
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution


@require_safe
@runs_institution
def stores(request: InstitutionRequest) -> HttpResponse:
    """Show which stores there are."""
    institution = request.institution_run
    own = access.stores_administered(request.user).filter(institution=institution)
    context = {
        "institution": institution,
        "stores": own,
        "may_add": len(own) < actions_manage.MOST_STORES,
        "audience": _audience(request),
    }
    return render(request, "records/manage/stores.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def new(request: InstitutionRequest) -> HttpResponse:
    """Add a store."""
    return _edit(request, RecordStore(institution=request.institution_run))


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def store(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Change a store."""
    return _edit(request, _own(request, pk))


@require_POST
@runs_institution
def test(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Try whether a store can be used, and say in words what is wrong."""
    own = _own(request, pk)
    findings = actions_manage.check_store(own)
    return _show(request, StoreForm(instance=own), findings=findings)


@require_POST
@runs_institution
def remove(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Remove a store that nothing was sent to."""
    own = _own(request, pk)
    try:
        actions_manage.remove_store(own, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("manage_records:store", pk)
    messages.success(request, _("%(name)s is removed.") % {"name": own.name})
    return redirect("manage_records:list")


def _edit(request: InstitutionRequest, edited: RecordStore) -> HttpResponse:
    form = StoreForm(sent_data(request), instance=edited)
    if form.is_bound and form.is_valid():
        try:
            actions_manage.keep_store(form.instance, by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Saved. Test it now: that sends nothing of anybody."))
            return redirect("manage_records:store", form.instance.pk)
    return _show(request, form)


def _show(
    request: InstitutionRequest, form: StoreForm, findings: list[Finding] | None = None
) -> HttpResponse:
    context = {
        "institution": request.institution_run,
        "form": form,
        "store": None if form.is_new else form.instance,
        "findings": findings,
        "audience": _audience(request),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "records/manage/store.html", context, status=status)


def _own(request: InstitutionRequest, pk: int) -> RecordStore:
    return get_object_or_404(access.stores_administered(request.user), pk=pk)


def _audience(request: InstitutionRequest) -> str:
    administrators = functional_administrators_of(request.institution_run)
    return audience_text(administrators, request.user)

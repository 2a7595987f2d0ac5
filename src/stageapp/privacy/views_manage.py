"""How long data is kept and what is said about it, for functional administrators."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.privacy import actions_manage, statements
from stageapp.privacy.forms import RetentionForm, StatementForm
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution
from stageapp.programmes.models import Institution, PrivacyStatement
from stageapp.programmes.queries import current_number, current_statement


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def overview(request: InstitutionRequest) -> HttpResponse:
    """Show and change how long things are kept; show which texts were published."""
    institution = request.institution_run
    form = RetentionForm(sent_data(request), instance=institution)
    if form.is_valid():
        actions_manage.set_retention(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("It is saved, and holds from now on."))
        return redirect("manage_privacy:overview")
    context = {
        "form": form,
        "institution": institution,
        "statements": institution.statements.select_related("published_by"),
        "audience": _audience(request, institution),
    }
    return render(
        request, "privacy/manage/overview.html", context, status=422 if form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def statement(request: InstitutionRequest) -> HttpResponse:
    """Write a new version of the privacy statement, beginning with the one of now.

    It is shown as people will read it before it is published; from there one can go back to it.
    """
    institution = request.institution_run
    number = current_number(institution)
    form = StatementForm(
        sent_data(request),
        instance=PrivacyStatement(institution=institution),
        initial=_text_of_now(institution) | {"after": number},
    )
    asked = request.POST.get("sure", "")
    if form.is_valid() and not asked:
        return _ask_statement(request, form)
    if form.is_valid() and asked == "yes" and _published(request, form):
        messages.success(
            request, _("The new version is published."), extra_tags="privacy-statement"
        )
        return redirect("manage_privacy:overview")
    context = {
        "form": form,
        "institution": institution,
        "audience": _audience(request, institution),
    }
    return render(
        request, "privacy/manage/statement.html", context, status=422 if form.errors else 200
    )


def _ask_statement(request: SignedInRequest, form: StatementForm) -> HttpResponse:
    """Show a version as people will read it, and what publishing it asks of them."""
    institution = form.instance.institution
    context = {
        "form": form,
        "institution": institution,
        "texts": [
            (
                language,
                name,
                statements.filled_in(form.cleaned_data[f"text_{language}"], institution),
            )
            for language, name in (("nl", "Nederlands"), ("en", "English"))
        ],
        "audience": _audience(request, institution),
    }
    return render(request, "privacy/manage/publish.html", context)


def _published(request: SignedInRequest, form: StatementForm) -> bool:
    try:
        actions_manage.publish(
            form.instance,
            after=form.cleaned_data["after"],
            by=request.user,
            at=timezone.now(),
        )
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def _text_of_now(institution: Institution) -> dict[str, object]:
    current = current_statement(institution)
    return {
        "text_nl": current.text_nl if current else statements.own_text("nl"),
        "text_en": current.text_en if current else statements.own_text("en"),
        "asks_everybody": False,
    }


def _audience(request: SignedInRequest, institution: Institution) -> str:
    return audience_text(functional_administrators_of(institution), request.user)

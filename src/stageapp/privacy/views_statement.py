"""What the institution says about privacy, for everybody, and agreeing with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, path_to_go_on, sent_data
from stageapp.privacy.forms import AgreeForm
from stageapp.privacy.statements import shown_statement
from stageapp.programmes.actions import agree_with_statement
from stageapp.programmes.queries import institution_for


@login_not_required
@require_GET
def statement(request: HttpRequest) -> HttpResponse:
    """Show the privacy statement of now, or an earlier version of it."""
    institution = institution_for(request)
    asked = key_in_address(request, "version") if "version" in request.GET else None
    shown = shown_statement(institution, asked)
    if shown is None or ("version" in request.GET and asked is None):
        raise Http404
    earlier = institution.statements.defer("text_nl", "text_en") if institution else []
    context = {"statement": shown, "institution": institution, "versions": earlier}
    return render(request, "privacy/statement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: SignedInRequest) -> HttpResponse:
    """Ask somebody to read a new version and to agree, and lead them on to where they were going.

    Who agrees with an older version than is there by now reads the new one first.
    """
    institution = institution_for(request)
    if institution is None:
        raise Http404
    shown = shown_statement(institution)
    assert shown  # there is always a current one
    form = AgreeForm(sent_data(request))
    if form.is_valid() and form.cleaned_data["number"] == shown.number:
        agree_with_statement(request.user, institution, at=timezone.now())
        messages.success(
            request, _("Thank you. You can always read it again, at the bottom of every page.")
        )
        return redirect(path_to_go_on(request, "/"))
    context = {
        "statement": shown,
        "institution": institution,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "is_changed": form.is_bound,
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "privacy/agree.html", context, status=422 if form.is_bound else 200)

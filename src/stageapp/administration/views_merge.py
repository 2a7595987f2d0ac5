"""Two accounts of one person: an administrator proposes to merge them, the person does it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.administration import access, queries_merge
from stageapp.administration.actions_merge import merge_accounts, propose_merge, withdraw_merge
from stageapp.administration.forms import FindDoubleForm
from stageapp.administration.mails import masked
from stageapp.administration.models import Merge
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.models import Institution


@require_GET
def doubles(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look for the double of an account; for who runs the institution of both."""
    person, institution = _kept(request, pk)
    form = FindDoubleForm(request.GET)
    context = {
        "person": person,
        "form": form,
        "words": form.words,
        "page": queries_merge.doubles_found(
            person, institution, form.words, request.GET.get("page")
        ),
        "audience": _audience(request, institution),
    }
    return render(request, "administration/people/merge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge_with(request: SignedInRequest, pk: int, double: int) -> HttpResponse:
    """Show what goes along, propose it to the person by mail, or take that back."""
    kept, institution = _kept(request, pk)
    others = access.mergeable_in(institution).exclude(pk=pk)
    other = get_object_or_404(others, pk=double)
    if request.method != "POST":
        return _preview(request, kept, other, institution)
    waits = queries_merge.open_merge_of(other)
    if request.POST.get("do") == "withdraw":
        if waits and waits.kept == kept:
            withdraw_merge(waits, by=request.user, at=timezone.now())
            messages.success(request, _("Taken back: the link that was mailed works no more."))
        return redirect("manage_people:merge_with", pk=pk, double=double)
    try:
        propose_merge(kept, other, institution, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _preview(request, kept, other, institution, problem=problem)
    text = _("A mail with a link goes to %(email)s.")
    messages.success(request, text % {"email": other.email})
    return redirect("manage_people:merge_with", pk=pk, double=double)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Let the owner of two accounts make one of them.

    The link shows that the address of the double is theirs, being signed in that the account that
    stays is. Opening it does nothing: programs that look at mail open links too.
    """
    merge = queries_merge.merge_at(token)
    if merge is None:
        return render(request, "administration/merge.html", {"merge": None}, status=410)
    if request.method != "POST" or request.user != merge.kept:
        return _ask(request, merge)
    try:
        merge_accounts(merge, by=merge.kept, at=timezone.now())
    except ValidationError as problem:
        return _ask(request, merge, problem=problem)
    messages.success(request, _("Your two accounts are one now. Everything is here."))
    return redirect("home")


def _ask(
    request: HttpRequest, merge: Merge, *, problem: ValidationError | None = None
) -> HttpResponse:
    is_kept = request.user == merge.kept
    context = {
        "merge": merge,
        "kept": masked(merge.kept.email),
        "is_kept": is_kept,
        "asks_more": queries_merge.asks_second_factor(merge),
        "loses_current": is_kept
        and queries_merge.both_have_a_current_placement(merge.kept, merge.double),
        "conflicts": queries_merge.conflicts_between(merge.kept, merge.double) if is_kept else [],
        "problem": " ".join(problem.messages) if problem else "",
        "next": request.path,
    }
    is_refused = request.method == "POST"
    return render(request, "administration/merge.html", context, status=422 if is_refused else 200)


def _kept(request: SignedInRequest, pk: int) -> tuple[User, Institution]:
    person = get_object_or_404(access.people_administered(request.user), pk=pk)
    institution = access.institution_to_merge_in(person, request.user)
    if institution is None:
        raise Http404
    return person, institution


def _audience(request: SignedInRequest, institution: Institution) -> str:
    return audience_text(functional_administrators_of(institution), request.user)


def _preview(
    request: SignedInRequest,
    kept: User,
    double: User,
    institution: Institution,
    *,
    problem: ValidationError | None = None,
) -> HttpResponse:
    waits = queries_merge.open_merge_of(double)
    context = {
        "kept": queries_merge.holding_of(kept),
        "double": queries_merge.holding_of(double),
        "both_current": queries_merge.both_have_a_current_placement(kept, double),
        "conflicts": queries_merge.conflicts_between(kept, double),
        "waits": waits if waits and waits.kept == kept else None,
        "waits_for_other": waits if waits and waits.kept != kept else None,
        "problem": " ".join(problem.messages) if problem else "",
        "audience": _audience(request, institution),
    }
    return render(
        request, "administration/people/merge_with.html", context, status=422 if problem else 200
    )

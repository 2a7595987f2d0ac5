"""With which campus accounts somebody comes in: for themselves."""

from functools import wraps

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.requests import SignedInRequest
from stageapp.integrations.campus import access, actions, queries
from stageapp.integrations.campus.arriving import LINK
from stageapp.integrations.campus.leaving import LINKING, send_away
from stageapp.integrations.campus.models import CampusAccount, CampusProvider
from stageapp.integrations.campus.receivers import tell_of_link
from stageapp.integrations.campus.rules import CampusError, Newcomer, Refusal
from stageapp.integrations.campus.views import View, goes_on, of_campus


def at_home(view: View) -> View:
    """Let the page exist for people of the institution, and who belongs nowhere yet."""

    @wraps(view)
    def of_own(request: SignedInRequest, provider: CampusProvider) -> HttpResponse:
        if not queries.takes(provider, request.user):
            raise Http404
        return view(request, provider)

    return of_own


@never_cache
@require_safe
@of_campus
@at_home
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def link(request: SignedInRequest, provider: CampusProvider) -> HttpResponse:
    """Send who is signed in to their institution, to show that an account there is theirs."""
    if not provider.is_on:
        raise CampusError(Refusal.OFF)
    if "go" not in request.GET:
        return goes_on(request, provider, f"{request.path}?go=1")
    return send_away(request, provider, LINK)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_campus
@at_home
def confirm(request: SignedInRequest, provider: CampusProvider) -> HttpResponse:
    """Ask whether the two accounts belong together, and link them."""
    kept = request.session.get(LINKING)
    if kept is None or kept["provider"] != provider.pk:
        raise CampusError(Refusal.LOST, "link")
    newcomer = Newcomer(**kept["newcomer"])
    if request.method != "POST":
        context = {"provider": provider, "newcomer": newcomer}
        return render(request, "campus/confirm.html", context)
    del request.session[LINKING]
    actions.link(provider, request.user, newcomer, at=timezone.now())
    tell_of_link(request, request.user, provider, is_linked=True)
    messages.success(
        request, _("From now on you can sign in with %(name)s.") % {"name": provider.name}
    )
    return redirect("mfa_index")


@require_POST
def unlink(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Come in by a campus account no more."""
    account = get_object_or_404(access.accounts_of(request.user), pk=pk)
    answer: HttpResponseBase = _unlink(request, account=account)
    return answer


@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def _unlink(request: SignedInRequest, account: CampusAccount) -> HttpResponse:
    try:
        actions.unlink(account)
    except ValidationError as problem:
        messages.error(request, problem.message)
    else:
        tell_of_link(request, request.user, account.provider, is_linked=False)
        text = _("You do not sign in with %(name)s any more.")
        messages.success(request, text % {"name": account.provider.name})
    return redirect("mfa_index")

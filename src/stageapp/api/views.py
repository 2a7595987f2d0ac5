"""Tokens of somebody: what programs may do for them."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.api import access, actions
from stageapp.api.forms import AREAS, TokenForm
from stageapp.api.models import AccessToken
from stageapp.api.rules import Area, Scope
from stageapp.core.requests import sent_data

TOKENS_A_PAGE = 20
#: Where the session keeps the secret of a new token until its page is shown, once.
NEW_TOKEN = "new_access_token"  # noqa: S105 -- the name of a place, no secret


@require_safe
def tokens(request: SignedInRequest) -> HttpResponse:
    """Show what programs may do for somebody; the secret of a new token this once."""
    page = Paginator(access.tokens_of(request.user), TOKENS_A_PAGE).get_page(
        request.GET.get("page")
    )
    now = timezone.now()
    context = {
        "page": page,
        "rows": [(token, scope_words(token), token.expires_at <= now) for token in page],
        "secret": request.session.pop(NEW_TOKEN, ""),
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "api/tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def new(request: SignedInRequest) -> HttpResponse:
    """Make a token, after the password or a second factor was asked for once more."""
    form = TokenForm(sent_data(request), person=request.user)
    if form.is_bound and form.is_valid() and _made(request, form):
        return redirect("tokens:list")
    return render(
        request,
        "api/token_new.html",
        {
            "form": form,
            "scopes": [form[area.value] for area in form.areas],
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a token do nothing any more, at once."""
    token = get_object_or_404(access.tokens_of(request.user).select_related("person"), pk=pk)
    actions.revoke_token(token)
    messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
    return redirect("tokens:list")


def scope_words(token: AccessToken) -> list[str]:
    """Return what a token may do, a line for each area."""
    scopes = [Scope(one) for one in token.scopes]
    lines = []
    for area in Area:
        own = [scope for scope in scopes if scope.area == area]
        if own:
            verb = _("read and change") if any(one.writes for one in own) else _("read")
            lines.append(f"{AREAS[area]} ({verb})")
    return lines


def _made(request: SignedInRequest, form: TokenForm) -> bool:
    now = timezone.now()
    try:
        made = actions.make_token(
            request.user,
            form.cleaned_data["name"],
            form.scopes,
            expires_at=form.expires_at(now),
            client_id=form.cleaned_data["client_id"],
            at=now,
        )
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    if made.secret:
        request.session[NEW_TOKEN] = made.secret
    messages.success(request, _("The token is made."), extra_tags="token-new")
    return True

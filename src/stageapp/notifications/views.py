"""News in the app, with what came by mail and why; and stopping mails from a mail."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.notifications import actions, mails, queries
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.words import account_of

NEWS_A_PAGE = 30


@require_GET
def news(request: SignedInRequest) -> HttpResponse:
    """Show everything that was news for somebody, and how each came to them."""
    own = queries.news_of(request.user)
    page = Paginator(own, NEWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"news": row, "sentence": mails.sentence(row), "account": account_of(row)} for row in page
    ]
    return render(
        request,
        "notifications/list.html",
        {
            "page": page,
            "rows": rows,
            "unseen": queries.unseen_count(request.user),
            "audience": audience_text([request.user], request.user),
        },
    )


@require_POST
def seen(request: SignedInRequest) -> HttpResponse:
    """Take all news as seen."""
    actions.mark_seen(queries.news_of(request.user), at=timezone.now())
    return redirect("notifications:list")


@require_POST
def open_news(request: SignedInRequest, pk: str) -> HttpResponse:
    """Go where a piece of news leads; it is seen then."""
    own = queries.news_of(request.user).filter(pk=pk)
    row = get_object_or_404(own)
    actions.mark_seen(own, at=timezone.now())
    return redirect(row.path)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails that a link in one of them is about: asked first, or by one click (RFC 8058).

    A mail program sends the click without a session and without our token: the address itself is
    what only the reader of that mail has.
    """
    try:
        pk, kind, frequency = mails.read_token(token)
    except BadSignature as problem:
        raise Http404 from problem
    person = get_object_or_404(User, pk=pk, is_active=True)
    kinds = queries.kinds_mailed(person, kind=kind, frequency=frequency)
    is_done = request.method == "POST"
    if is_done:
        actions.set_preferences(
            person,
            dict.fromkeys(kinds, Frequency.NEVER),
            zone=timezone.get_current_timezone(),
            at=timezone.now(),
        )
    return render(
        request,
        "notifications/unsubscribe.html",
        {"labels": [Kind(one).label for one in kinds], "is_done": is_done, "person": person},
    )

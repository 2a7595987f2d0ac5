"""Webhooks of somebody: where what concerns them is told, and what was sent."""

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
from stageapp.api import access, actions_webhooks
from stageapp.api.forms import WebhookForm
from stageapp.api.models import Webhook
from stageapp.core.requests import sent_data
from stageapp.notifications.kinds import Kind as News

EVENTS_A_PAGE = 20
#: Where the session keeps a new secret until its page is shown, once.
NEW_SECRET = "new_webhook_secret"  # noqa: S105 -- the name of a place, no secret


@require_safe
def webhooks(request: SignedInRequest) -> HttpResponse:
    """Show the webhooks of somebody."""
    context = {
        "webhooks": access.webhooks_of(request.user),
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "api/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def new(request: SignedInRequest) -> HttpResponse:
    """Make a webhook, after the password or a second factor was asked for once more."""
    form = WebhookForm(sent_data(request), instance=Webhook(person=request.user))
    if form.is_bound and form.is_valid():
        try:
            secret = actions_webhooks.make_webhook(form.instance, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            made = access.webhooks_of(request.user).get(client_id=form.instance.client_id)
            if secret:
                request.session[NEW_SECRET] = [made.pk, secret]
            messages.success(request, _("The webhook is made."), extra_tags="webhook-new")
            return redirect("webhooks:webhook", pk=made.pk)
    context = {"form": form, "audience": audience_text([request.user], request.user)}
    return render(request, "api/webhook_new.html", context, status=422 if form.errors else 200)


@require_safe
def webhook(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a webhook, what was sent to it lately, and how that went."""
    own = _own(request, pk)
    page = Paginator(own.events.all(), EVENTS_A_PAGE).get_page(request.GET.get("page"))
    kinds = dict(News.choices) | {"test": _("a test")}
    kept = request.session.get(NEW_SECRET)
    secret = ""
    if kept and kept[0] == pk:
        secret = request.session.pop(NEW_SECRET)[1]
    context = {
        "webhook": own,
        "secret": secret,
        "page": page,
        "rows": [(event, kinds.get(event.kind, event.kind)) for event in page],
        "audience": audience_text([request.user], request.user),
    }
    return render(request, "api/webhook.html", context)


@require_POST
def renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make another secret; the one before signs as well for a day."""
    answer: HttpResponse = _renew(request, _own(request, pk))
    return answer


@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def _renew(request: SignedInRequest, own: Webhook) -> HttpResponse:
    secret = actions_webhooks.renew_secret(own, at=timezone.now())
    request.session[NEW_SECRET] = [own.pk, secret]
    messages.success(request, _("There is a new secret. The old one signs as well for a day."))
    return redirect("webhooks:webhook", pk=own.pk)


@require_POST
def switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch a webhook off, or on again."""
    is_on = request.POST.get("on") == "yes"
    actions_webhooks.switch_webhook(_own(request, pk), is_on=is_on, at=timezone.now())
    text = _("The webhook is on.") if is_on else _("The webhook is off; nothing goes to it.")
    messages.success(request, text)
    return redirect("webhooks:webhook", pk=pk)


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove a webhook."""
    own = _own(request, pk)
    actions_webhooks.delete_webhook(own)
    messages.success(request, _("“%(name)s” is removed.") % {"name": own.name})
    return redirect("webhooks:list")


@require_POST
def test(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send something that tells nothing, to see whether it arrives."""
    own = _own(request, pk)
    if own.is_on:
        actions_webhooks.send_test(own, at=timezone.now())
        messages.success(request, _("A test is on its way. Look here again in a moment."))
    else:
        messages.error(request, _("Switch the webhook on first."))
    return redirect("webhooks:webhook", pk=pk)


@require_POST
def again(request: SignedInRequest, pk: str) -> HttpResponse:
    """Send something once more, under the same identifier."""
    event = get_object_or_404(access.events_of(request.user), pk=pk)
    actions_webhooks.send_again(event, at=timezone.now())
    messages.success(request, _("It is on its way once more."))
    return redirect("webhooks:webhook", pk=event.webhook_id)


def _own(request: SignedInRequest, pk: int) -> Webhook:
    return get_object_or_404(access.webhooks_of(request.user).select_related("person"), pk=pk)

"""What campus sign-in does when somebody signs in by another way."""

from typing import Any

from allauth.account import signals
from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.accounts.signals import password_accepted, ways_in_taken
from stageapp.integrations.campus import actions, queries
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.rules import CampusError, Newcomer
from stageapp.programmes.queries import is_administrator

#: Where the session remembers a link whose last proof is that its owner comes in.
TO_LINK = "campus_to_link"


def connect() -> None:
    """Listen, once."""
    password_accepted.connect(refuse_password)
    signals.user_logged_in.connect(link_after_sign_in)
    ways_in_taken.connect(end_links)


def refuse_password(request: HttpRequest, person: User, **_rest: Any) -> None:
    """Refuse a password where the institution wants campus sign-in only.

    The password is right: nobody else learns anything by it. Administrators come in, so that a
    broken connection can be mended; who is in already only shows that they are who they are.
    """
    if request.user.is_authenticated:
        return
    provider = queries.only_provider_for(person)
    if provider is None or is_administrator(person):
        return
    raise ValidationError(
        _("With this address you sign in with %(name)s; your password counts no more here.")
        % {"name": provider.name}
    )


def end_links(person: User, **_rest: Any) -> None:
    """Let nobody in by a campus who linked it before the owner of the address came."""
    person.campus_accounts.all().delete()


def link_after_sign_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Link a campus account after all that its owner's own account asks was given."""
    kept = request.session.pop(TO_LINK, None)
    if kept is None or kept["person"] != user.pk:
        return
    provider = CampusProvider.objects.filter(pk=kept["provider"]).first()
    if provider is None:
        return
    try:
        actions.link(provider, user, Newcomer(**kept["newcomer"]), at=timezone.now())
    except CampusError as problem:
        actions.note_refusal(provider, problem, at=timezone.now())
        return
    tell_of_link(request, user, provider, is_linked=True)


def tell_of_link(
    request: HttpRequest, person: User, provider: CampusProvider, *, is_linked: bool
) -> None:
    """Mail somebody that another way into their account came or went."""
    told = {
        "campus": provider.name,
        "is_linked": is_linked,
        "security_url": request.build_absolute_uri(reverse("mfa_index")),
    }
    get_adapter(request).send_notice("campus/email/linked", person, told)

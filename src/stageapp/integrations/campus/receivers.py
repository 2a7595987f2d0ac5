"""What campus sign-in does when somebody signs in by another way."""

from typing import Any

from allauth.account import signals
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
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
    # After another password a session has another key.
    for came_in in (signals.user_logged_in, signals.password_changed, signals.password_set):
        came_in.connect(keep_session)
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


def keep_session(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Remember which provider may end a session: the one at which it began."""
    began = [
        one
        for one in get_authentication_records(request, user)
        if one["method"] == "campus" and "session" in one
    ]
    if not began:
        return
    # The receiver of allauth that makes the row has its turn after this one; it takes away the rows
    # of sessions that are not saved yet.
    request.session.save()
    UserSession.objects.create_from_request(request)
    session = UserSession.objects.get(session_key=request.session.session_key)
    actions.keep_session(session, began[-1]["provider"], began[-1]["session"])


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

"""What follows on signing in and on a change of how somebody signs in: the record, and mails."""

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.context import request_context
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import pre_save
from django.dispatch import Signal
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from stageapp.accounts import actions, devices, queries
from stageapp.accounts.models import User
from stageapp.accounts.signals import access_ended
from stageapp.audit.models import Kind

#: Stands where allauth keeps the address of a device, which nobody needs.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 -- nothing listens there
#: Each change of how somebody signs in, as the record calls it.
CHANGES: dict[Signal, str] = {
    account.password_changed: "password_changed",
    account.password_set: "password_set",
    account.password_reset: "password_reset",
    account.email_changed: "email_changed",
    factors.authenticator_added: "added",
    factors.authenticator_removed: "removed",
    factors.authenticator_reset: "renewed",
}
NEW_PASSWORD = {"password_changed", "password_set", "password_reset"}

#: What is mailed when a second factor comes or goes.
FACTOR_MAILS = {"added": "second_factor_added", "removed": "second_factor_removed"}


def connect() -> None:
    """Listen to all of it, once."""
    account.user_signed_up.connect(signed_up)
    account.user_logged_in.connect(signed_in)
    user_logged_out.connect(signed_out)
    factors.authentication_failed.connect(second_factor_failed)
    factors.authenticator_used.connect(second_factor_used)
    pre_save.connect(forget_address, sender=UserSession)
    for signal in CHANGES:
        signal.connect(account_changed)


def signed_up(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Know the device on which an account was made: it is no news to its owner."""
    devices.remember(request, user)


def signed_in(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Record it, and tell the person when it was on a device they did not use before."""
    used = {record["method"] for record in get_authentication_records(request, user)}
    actions.note(Kind.SIGNED_IN, user, second_factor="mfa" in used)
    is_new = getattr(request, "signed_in_here", None) is None
    if is_new and not devices.device_of(request).knows(user):
        tell_of_new_device(request, user)
    devices.remember(request, user)


def tell_of_new_device(request: HttpRequest, person: User) -> None:
    """Mail what was used and when, and where to look."""
    device = devices.device_in_words(request.headers.get("User-Agent", ""))
    _tell(request, person, "new_device", device=device)


def _tell(request: HttpRequest, person: User, mail: str, **context: Any) -> None:
    """Mail somebody what happened to their account and when, and where to look."""
    addresses = {
        "sessions_url": request.build_absolute_uri(reverse("sessions")),
        "security_url": request.build_absolute_uri(reverse("mfa_index")),
    }
    told = {"at": timezone.localtime(), **addresses, **context}
    # A factor is told of after the transaction, which may be over later than the request.
    with request_context(request):
        get_adapter(request).send_notice(f"account/email/{mail}", person, told)


def signed_out(user: User | None, **_rest: Any) -> None:
    """Record it; a session may have ended by itself before."""
    if user is not None:
        actions.note(Kind.SIGNED_OUT, user)


def second_factor_failed(user: User, authenticator: Authenticator, **_rest: Any) -> None:
    """Record a wrong code."""
    actions.note_failed_sign_in(user, str(authenticator.type))


def second_factor_used(
    request: HttpRequest, user: User, authenticator: Authenticator, **_rest: Any
) -> None:
    """Tell the person when it was a recovery code: those are for when something is lost."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _tell(request, user, "recovery_code_used", left=len(queries.unused_codes(user)))


def account_changed(
    signal: Signal,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator | None = None,
    **_rest: Any,
) -> None:
    """Record it. A new password ends all that came in with the old one, but not this device."""
    change = CHANGES[signal]
    what = str(authenticator.type) if authenticator else None
    if change in FACTOR_MAILS and what in queries.SECOND_FACTORS:
        is_passkey = what == Authenticator.Type.WEBAUTHN
        _tell(request, user, FACTOR_MAILS[change], is_passkey=is_passkey)
    actions.note(Kind.ACCOUNT_CHANGED, user, change=change, what=what)
    if change == "password_reset" and not queries.has_verified_email(user):
        # Who reads the mail need not be who made the account, and it was never shown before.
        actions.take_other_ways_in(user, by=user)
    if change not in NEW_PASSWORD:
        return
    access_ended.send(User, person=user, by=user)
    is_theirs = request.user.pk == user.pk
    actions.sign_out_elsewhere(user, but=request.session.session_key if is_theirs else None)
    if is_theirs:
        devices.remember(request, user)


def forget_address(instance: UserSession, **_rest: Any) -> None:
    """Keep no addresses of networks."""
    instance.ip = NO_ADDRESS

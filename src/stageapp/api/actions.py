"""What somebody does with their tokens."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stageapp.accounts.actions import note
from stageapp.accounts.models import User
from stageapp.api.models import AccessToken, SentOnce
from stageapp.api.rules import SHOWN, in_order, new_token
from stageapp.audit.models import Kind
from stageapp.core.tokens import hash_of

#: So long a program can send again what it got no answer to.
SENT_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Made:
    """A token that was made, and its secret, which can be shown this once."""

    token: AccessToken
    #: Empty when the same form made it before: the secret is not kept.
    secret: str


@transaction.atomic
def make_token(
    person: User,
    name: str,
    scopes: Iterable[str],
    *,
    expires_at: datetime,
    client_id: uuid.UUID,
    at: datetime,
) -> Made:
    """Give somebody a token. Raises ValidationError when there are very many already."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    own = AccessToken.objects.filter(person=person)
    if sent_before := own.filter(client_id=client_id).first():
        return Made(sent_before, "")
    if own.filter(expires_at__gt=at).count() >= AccessToken.MOST:
        text = _("You have %(most)d tokens already. Revoke one that you do not use first.")
        raise ValidationError(text % {"most": AccessToken.MOST})
    secret = new_token()
    token = AccessToken.objects.create(
        person=person,
        client_id=client_id,
        name=name,
        shown=secret[:SHOWN],
        token_hash=hash_of(secret),
        scopes=in_order(scopes),
        created_at=at,
        expires_at=expires_at,
    )
    note(
        Kind.ACCOUNT_CHANGED,
        person,
        change="token_made",
        token=token.pk,
        what=" ".join(token.scopes),
    )
    return Made(token, secret)


@transaction.atomic
def revoke_token(token: AccessToken, *, by: User | None = None) -> None:
    """Let a token do nothing any more, from now on; `by` is who else than its person did so."""
    key = token.pk
    token.delete()
    note(Kind.ACCOUNT_CHANGED, token.person, by=by, change="token_revoked", token=key)


def note_use(token: AccessToken, day: date) -> None:
    """Keep on which day a token was used last: one statement a day."""
    if token.last_used_on != day:
        AccessToken.objects.filter(pk=token.pk).update(last_used_on=day)


@transaction.atomic
def once(
    person: User, client_id: uuid.UUID | None, what: str, make: Callable[[], int], *, at: datetime
) -> tuple[int, bool]:
    """Return the key of what `make` makes, and whether it was made now.

    The same `client_id` again makes nothing. The row comes first: who sends the same at that moment
    waits for it.
    """
    if client_id is None:
        return make(), True
    try:
        with transaction.atomic():
            row = SentOnce.objects.create(person=person, client_id=client_id, what=what, sent_at=at)
    except IntegrityError:
        before = SentOnce.objects.get(person=person, client_id=client_id, what=what)
        return before.key or 0, False
    row.key = make()
    row.save(update_fields=["key"])
    return row.key, True


def forget_sent(*, at: datetime) -> None:
    """Remove what nobody sends again any more."""
    SentOnce.objects.filter(sent_at__lt=at - SENT_KEPT).delete()

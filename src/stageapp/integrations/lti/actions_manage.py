"""What administrators do with the registrations of learning environments."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.core.outgoing import OutgoingError, call
from stageapp.core.tokens import hash_of
from stageapp.integrations.lti import queries, signing
from stageapp.integrations.lti.models import Deployment, Platform, RegistrationLink
from stageapp.integrations.lti.registration import (
    Announced,
    UnusableError,
    announced_in,
    client_asked,
    client_given,
)
from stageapp.integrations.lti.rules import is_address
from stageapp.integrations.roster import actions as roster
from stageapp.programmes.models import Institution

#: So long an administrator may take to register in the environment.
LINK_LASTS = timedelta(hours=2)
MOST_BYTES = 256 * 1024
MOST_DEPLOYMENTS = 200


@transaction.atomic
def register_platform(
    platform: Platform, deployments: Sequence[str], *, by: int | None, at: datetime
) -> Platform:
    """Keep a new registration. Raises ValidationError where it is there already, or too many are.

    `by` is the key of who did it; nobody's where the environment did, by the link of somebody.
    """
    _lock_host(platform.institution)
    if Platform.objects.filter(institution=platform.institution).count() >= Platform.MOST:
        raise ValidationError(
            _("An institution has at most %(most)d of them.") % {"most": Platform.MOST}
        )
    if queries.is_taken(platform):
        raise ValidationError(_("This environment is registered already."))
    platform.save()
    Deployment.objects.bulk_create(
        Deployment(platform=platform, deployment_id=one) for one in deployments
    )
    _record(platform, by=by, at=at, change="registered", number=len(deployments))
    return platform


def _lock_host(institution: Institution) -> None:
    """Let nobody else register at the host of an institution, which several may share."""
    own = Q(pk=institution.pk) if institution.host else Q(host="")
    list(Institution.objects.select_for_update().filter(own).order_by("pk"))


@transaction.atomic
def change_platform(
    platform: Platform, deployments: Sequence[str], *, by: User, at: datetime
) -> None:
    """Keep a changed registration, with these deployments and no others.

    The courses of a deployment that goes lose their cohort.
    """
    platform.save()
    own = platform.deployments
    gone, _each = own.exclude(deployment_id__in=deployments).delete()
    known = set(own.values_list("deployment_id", flat=True))
    Deployment.objects.bulk_create(
        Deployment(platform=platform, deployment_id=one) for one in deployments if one not in known
    )
    _record(platform, by=by.pk, at=at, change="changed", removed=gone)


@transaction.atomic
def switch_platform(platform: Platform, *, on: bool, by: User, at: datetime) -> None:
    """Let people come in from an environment, or not."""
    if Platform.objects.filter(pk=platform.pk, is_active=not on).update(is_active=on):
        _record(platform, by=by.pk, at=at, change="switched_on" if on else "switched_off")


@transaction.atomic
def remove_platform(platform: Platform, *, by: User, at: datetime) -> None:
    """Let nobody come in from there any more; accounts and all that is in them stay."""
    for source in queries.sources_of(queries.courses_of(platform)).values():
        roster.remove_source(source, by=by, at=at)
    _record(platform, by=by.pk, at=at, change="removed")
    Platform.objects.filter(pk=platform.pk).delete()


@transaction.atomic
def rotate_keys(institution: Institution, *, by: int | None, at: datetime) -> None:
    """Sign with the next key of our own from now on."""
    key = signing.rotate(institution, at)
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        change="lti_keys_changed",
        key=key.pk,
    )


@transaction.atomic
def make_link(institution: Institution, *, by: User, at: datetime) -> str:
    """Return the secret of a link with which an environment may register itself, once.

    An earlier one that was not used stops.
    """
    token = secrets.token_urlsafe(32)
    RegistrationLink.objects.filter(institution=institution, used_at=None).delete()
    RegistrationLink.objects.create(
        institution=institution, token_hash=hash_of(token), expires_at=at + LINK_LASTS
    )
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        change="lti_link_made",
    )
    return token


def register_by_link(
    link: RegistrationLink, document_url: str, token: str, *, origin: str, at: datetime
) -> Platform:
    """Register an environment that opened the link (Dynamic Registration 1.0, sections 3.4 to 3.6).

    It is switched off until an administrator looked at it. Raises UnusableError when the
    environment does not do its part; the link is used up all the same.
    """
    rows = RegistrationLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=at)
    if not rows.update(used_at=at):
        raise UnusableError("link")
    if not is_address(document_url):
        raise UnusableError("document")
    announced = announced_in(_sent("document", "GET", document_url), document_url)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    given = _sent(
        "registration",
        "POST",
        announced.register_url,
        json=client_asked(origin),
        headers=headers,
    )
    client_id, deployment = client_given(given)
    platform = _announced_platform(link.institution, announced, client_id)
    try:
        return register_platform(platform, [deployment] if deployment else [], by=None, at=at)
    except ValidationError as problem:
        raise UnusableError("known") from problem


def _announced_platform(institution: Institution, announced: Announced, client_id: str) -> Platform:
    return Platform(
        institution=institution,
        name=announced.name[:200],
        kind=announced.kind,
        issuer=announced.issuer,
        client_id=client_id,
        auth_url=announced.auth_url,
        token_url=announced.token_url,
        jwks_url=announced.jwks_url,
        token_audience=announced.token_audience,
        is_active=False,
    )


def _sent(what: str, method: str, address: str, **options: Any) -> object:
    try:
        answer = call(method, address, most_bytes=MOST_BYTES, **options)
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise UnusableError(what)
        return json.loads(answer.content)
    except (OutgoingError, ValueError, RecursionError) as problem:
        raise UnusableError(what) from problem


def _record(platform: Platform, *, by: int | None, at: datetime, **details: str | int) -> None:
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by,
        institution=platform.institution_id,
        subject=f"institution:{platform.institution_id}",
        platform=platform.pk,
        **details,
    )

"""What happens to portfolios and badges: asked for, made, thrown away."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit import models as audit
from stageapp.audit.actions import record
from stageapp.exports import making
from stageapp.exports.actions import KEPT_FOR, MOST_KEPT, MOST_WAITING
from stageapp.exports.documents import Progress
from stageapp.integrations.portfolio import queries, signing
from stageapp.integrations.portfolio.models import Badge, Portfolio
from stageapp.integrations.portfolio.rules import Claim, claims_of, credential_of, holder_of
from stageapp.integrations.portfolio.site import write_site
from stageapp.logbook.models import Evidence
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind
from stageapp.placements.models import Placement
from stageapp.programmes.models import Competence, Institution

#: Up to so many bytes of files it is made while the page waits.
MOST_AT_ONCE = 2 * 1024 * 1024
#: Bytes of files in one portfolio.
MOST_BYTES = 250 * 1024 * 1024
MOST_BADGES = 50
SALT_LENGTH = 16
#: Where the public keys of an institution are, below its address.
JWKS = ".well-known/jwks.json"


def ask_portfolio(portfolio: Portfolio, *, at: datetime) -> Portfolio:
    """Keep what was asked, and make it at once where that is quick.

    The same form sent again gives the first one. Raises ValidationError when its files are too
    large together, or when many of this student wait or are kept already.
    """
    size = queries.bytes_in(portfolio.placement, portfolio.chosen)
    if size > MOST_BYTES:
        text = _("The files are %(size)s together; at most %(most)s fit. Choose fewer.")
        sizes = {"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)}
        raise ValidationError(text % sizes)
    portfolio.asked_at = at
    is_quick = size <= MOST_AT_ONCE
    if is_quick:
        portfolio.claimed_at, portfolio.attempts = at, 1
    kept = _keep(portfolio)
    if kept.pk == portfolio.pk and is_quick:
        _make(kept, at)
    return kept


@transaction.atomic
def _keep(portfolio: Portfolio) -> Portfolio:
    placement = portfolio.placement
    User.objects.select_for_update().get(pk=placement.student_id)
    earlier = placement.portfolios.filter(client_id=portfolio.client_id).first()
    if earlier:
        return earlier
    own = Portfolio.objects.filter(placement__student=placement.student_id)
    if own.filter(ready_at=None, failed_at=None).count() >= MOST_WAITING:
        raise ValidationError(_("Some documents are still being made. Wait until one is ready."))
    if own.count() >= MOST_KEPT:
        raise ValidationError(_("You have many documents here. Remove some first."))
    portfolio.save()
    _record(placement, portfolio.asked_at, what="portfolio")
    return portfolio


def make_due_portfolios(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Make every portfolio that waits; return how many are ready. One that fails stops no other."""
    return making.make_all(Portfolio, _make_and_tell, at=at, is_stopping=is_stopping)


def remove_old_portfolios(*, at: datetime) -> int:
    """Throw away portfolios that were kept long enough, with their files."""
    old = list(Portfolio.objects.filter(asked_at__lt=at - KEPT_FOR)[:100])
    for portfolio in old:
        delete_portfolio(portfolio)
    return len(old)


@transaction.atomic
def delete_portfolio(portfolio: Portfolio) -> None:
    """Throw a portfolio away, with its file."""
    kept = Portfolio.objects.select_for_update().filter(pk=portfolio.pk).first()
    if kept is None:
        return
    file = kept.file
    kept.delete()
    if file:
        transaction.on_commit(lambda: file.delete(save=False))


def _make_and_tell(key: UUID, at: datetime) -> bool:
    portfolio = Portfolio.objects.select_related(
        "placement__student", "placement__workplace", "placement__cohort__programme__institution"
    ).get(pk=key)
    is_made = _make(portfolio, at)
    if is_made:
        _tell(portfolio, at)
    return is_made


def _make(portfolio: Portfolio, at: datetime) -> bool:
    """Make the file of a claimed portfolio; return whether it is ready."""
    institution = _institution(portfolio.placement)
    day = institution.day_of(portfolio.asked_at)

    def write(file: BinaryIO, progress: Progress) -> str:
        key = signing.key_of(institution, at=at)
        write_site(
            queries.content_of(portfolio),
            file,
            made_on=date_format(day, "j F Y"),
            jwks=f"{institution.address}{JWKS}",
            sign=lambda payload: signing.sign(payload, key, named=key.name),
            progress=progress,
        )
        stem = slugify(portfolio.title)[:60].strip("-") or "portfolio"
        return f"{stem}-{day.isoformat()}.zip"

    return making.make(portfolio, write, zone=institution.zone, at=at)


def _tell(portfolio: Portfolio, at: datetime) -> None:
    student = portfolio.placement.student
    fact = Fact(
        actor=student,
        title=portfolio.name,
        path=reverse("portfolio:portfolio", args=[portfolio.pk]),
        subject=f"portfolio:{portfolio.pk}"[:60],
        cause=f"portfolio:{portfolio.pk}"[:60],
    )
    place = _institution(portfolio.placement)
    notify(student, Kind.EXPORT_READY, fact, place=place, at=at)


# Badges ------------------------------------------------------------------------------------------


def claim_of(
    badge: Badge,
    *,
    competence: Competence | None,
    evidence: Sequence[Evidence],
    with_mail: bool,
    at: datetime,
) -> Claim:
    """Return what a badge says, before it is signed: the page shows just this."""
    placement = badge.placement
    institution = _institution(placement)
    words = {"name": placement.student.name, "institution": institution.name}
    return Claim(
        number=badge.pk,
        holder=holder_of(institution.address, badge.holder),
        holder_name=placement.student.name,
        title=badge.title,
        narrative=badge.narrative,
        explanation=_(
            "What %(name)s says of themselves, made with the Stage-App of %(institution)s. Nobody "
            "else vouches for it."
        )
        % words,
        at=at,
        language=badge.language,
        aligned=queries.aligned_with(competence, placement) if competence else None,
        evidence=queries.shown_in_badge(evidence),
        mail=placement.student.email if with_mail else "",
        salt=get_random_string(SALT_LENGTH) if with_mail else "",
    )


@transaction.atomic
def make_badge(
    badge: Badge,
    *,
    competence: Competence | None,
    evidence: Sequence[Evidence],
    with_mail: bool,
    at: datetime,
) -> Badge:
    """Sign what a student says of themselves, and keep it. The same form again gives the first.

    Raises ValidationError when there are many already.
    """
    placement = badge.placement
    User.objects.select_for_update().get(pk=placement.student_id)
    earlier = placement.badges.filter(client_id=badge.client_id).first()
    if earlier:
        return earlier
    if Badge.objects.filter(placement__student=placement.student_id).count() >= MOST_BADGES:
        text = _("You can keep at most %(most)d badges. Remove one first.")
        raise ValidationError(text % {"most": MOST_BADGES})
    badge.id, badge.holder = uuid4(), queries.holder_in(placement)
    claim = claim_of(badge, competence=competence, evidence=evidence, with_mail=with_mail, at=at)
    badge.key = signing.key_of(_institution(placement), at=at)
    badge.credential, badge.made_at = credential_of(claim), at
    payload = json.dumps(claims_of(badge.credential), ensure_ascii=False).encode()
    named = f"{claim.holder}#{badge.key.name}"
    badge.token = signing.sign(payload, badge.key, named=named, kind="JWT")
    badge.save()
    _record(placement, at, what="badge")
    return badge


@transaction.atomic
def delete_badge(badge: Badge) -> None:
    """Forget a badge. Who has it, keeps it, and can go on checking it."""
    Badge.objects.filter(pk=badge.pk).delete()


def _institution(placement: Placement) -> Institution:
    return placement.cohort.programme.institution


def _record(placement: Placement, at: datetime, *, what: str) -> None:
    record(
        audit.Kind.EXPORTED,
        at=at,
        actor=placement.student_id,
        institution=placement.cohort.programme.institution_id,
        subject=f"placement:{placement.pk}",
        what=what,
    )

"""Merging two accounts of one person: an administrator proposes, the person carries it out."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.actions import end_sessions
from stageapp.accounts.models import User
from stageapp.administration import access
from stageapp.administration.merging import Merging, move_all
from stageapp.administration.models import Merge, MergeMail
from stageapp.administration.queries_merge import (
    asks_second_factor,
    conflicts_between,
    is_allowed,
    may_be_proposed_again,
    with_people,
)
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.models import Institution

#: Nobody reads mail here (RFC 2606); it keeps the address of the double free.
NOWHERE = "merged-{key}@merged.invalid"


@transaction.atomic
def propose_merge(
    kept: User, double: User, institution: Institution, *, by: User, at: datetime
) -> Merge:
    """Mail the owner of the double a link, and tell the account that stays.

    It takes the place of what was proposed about the double before. Raises ValidationError where
    the two cannot be merged.
    """
    _lock(kept, double)
    both = access.mergeable_in(institution).filter(pk__in=(kept.pk, double.pk))
    if kept == double or both.count() != 2:  # noqa: PLR2004 -- two accounts
        raise ValidationError(_("One of these accounts cannot be merged any more."))
    conflicts = conflicts_between(kept, double)
    if conflicts:
        raise ValidationError(conflicts)
    if not may_be_proposed_again(double, at):
        raise ValidationError(_("There were several mails today. Wait a day before the next one."))
    Merge.objects.filter(double=double, withdrawn_at=None, done_at=None).update(withdrawn_at=at)
    merge = Merge.objects.create(
        institution=institution, kept=kept, double=double, proposed_by=by, proposed_at=at
    )
    _mail(merge, MergeMail.Kind.LINK, double.email, at=at)
    _mail(merge, MergeMail.Kind.TOLD, kept.email, at=at)
    _record(merge, Kind.ACCOUNT_CHANGED, by=by, at=at, change="merge_proposed")
    return merge


@transaction.atomic
def withdraw_merge(merge: Merge, *, by: User, at: datetime) -> None:
    """Let a proposed merge be carried out no more; one that was done stays done."""
    kept = Merge.objects.select_for_update().get(pk=merge.pk)
    if not kept.is_open:
        return
    kept.withdrawn_at = at
    kept.save(update_fields=["withdrawn_at"])
    _record(merge, Kind.ACCOUNT_CHANGED, by=by, at=at, change="merge_withdrawn")


def merge_accounts(merge: Merge, *, by: User, at: datetime) -> None:
    """Let everything of the double belong to the account that stays, and close the double.

    Whoever calls this saw the mailed link; `by` is who is signed in. Raises ValidationError where
    that is not the account that stays, or something changed since it was proposed.
    """
    with transaction.atomic():
        double = _merge(merge, by=by, at=at)
    # Whoever is switched off is refused already; this leaves nothing behind.
    end_sessions(double)


def _merge(merge: Merge, *, by: User, at: datetime) -> User:
    _lock(merge.kept, merge.double)
    told = with_people(Merge.objects.select_for_update(of=("self",))).get(pk=merge.pk)
    kept, double = told.kept, told.double
    addresses = (kept.email, double.email)
    if by != kept or not told.is_open or not is_allowed(told):
        raise ValidationError(_("This link does not work any more."))
    if addresses != (merge.kept.email, merge.double.email):
        raise ValidationError(_("This link does not work any more."))
    if asks_second_factor(told):
        raise ValidationError(_("The other account asks for a second factor. Remove it first."))
    conflicts = conflicts_between(kept, double)
    if conflicts:
        raise ValidationError(conflicts)
    end_sessions(double)
    move_all(Merging(double, kept, at))
    _close(double, kept)
    told.done_at = at
    told.save(update_fields=["done_at"])
    for address in addresses:
        _mail(told, MergeMail.Kind.DONE, address, at=at)
    _record(told, Kind.MERGED, by=by, at=at, proposed_by=merge.proposed_by_id)
    return double


def _close(double: User, kept: User) -> None:
    """Leave of the double a row of nobody, that nobody can be in, and its address to its owner."""
    if double.student_number and not kept.student_number:
        kept.student_number = double.student_number
        kept.save(update_fields=["student_number"])
    double.email = NOWHERE.format(key=double.pk)
    double.name = double.student_number = ""
    double.is_active = False
    double.set_unusable_password()
    double.save(update_fields=["email", "name", "student_number", "is_active", "password"])


def _lock(*people: User) -> None:
    """Let one request at a time change these accounts, and nothing new point at them."""
    keys = [person.pk for person in people]
    list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def _mail(merge: Merge, kind: MergeMail.Kind, to: str, *, at: datetime) -> None:
    MergeMail.objects.create(merge=merge, kind=kind, to=to, asked_at=at, mail_due_at=at)


def _record(
    merge: Merge, kind: Kind, *, by: User, at: datetime, **details: str | int | None
) -> None:
    record(
        kind,
        at=at,
        actor=by.pk,
        institution=merge.institution_id,
        subject=f"person:{merge.double_id}",
        into=merge.kept_id,
        **details,
    )

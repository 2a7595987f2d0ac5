"""What happens to working agreements: proposed by one, confirmed by the other."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.notifications.actions import Fact, cancel_unsent, notify
from stageapp.notifications.kinds import Kind
from stageapp.placements.models import (
    Placement,
    PlacementTeacher,
    TeacherLeave,
    TeacherTerms,
    Terms,
    WorkingAgreement,
)
from stageapp.placements.queries_agreements import agreement_in_force, links_without_agreement


def keep_terms(terms: TeacherTerms) -> None:
    """Keep what a teacher proposes to each new student."""
    terms.save()


def keep_leave(leave: TeacherLeave) -> None:
    """Keep days on which a teacher does not answer."""
    leave.save()


def delete_leave(leave: TeacherLeave) -> None:
    """Take days of leave away."""
    leave.delete()


@transaction.atomic
def propose(link: PlacementTeacher, terms: Terms, *, by: User, at: datetime) -> None:
    """Lay terms before the other; they take the place of a proposal that was not confirmed yet.

    Nothing happens where the same terms hold already, or were proposed by the same person.
    """
    Placement.objects.select_for_update().get(pk=link.placement_id)
    proposals = _proposals(link)
    before = proposals.first()
    if before and before.proposed_by_id == by.pk and before.as_terms == terms.as_terms:
        return
    if before:
        cancel_unsent(_subject(before), at=at)
    proposals.delete()
    holds = agreement_in_force(link)
    if holds and holds.as_terms == terms.as_terms:
        return
    agreement = WorkingAgreement.objects.create(
        placement=link.placement,
        teacher=link.teacher,
        response_days=terms.response_days,
        moments=terms.moments,
        channels=terms.channels,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(link, agreement, Kind.AGREEMENT_PROPOSED, by=by, at=at)


@transaction.atomic
def confirm(link: PlacementTeacher, key: int, *, by: User, at: datetime) -> None:
    """Let the terms hold that the other proposed, and that this person read.

    Raises ValidationError when they were changed or taken back meanwhile. A second click changes
    nothing.
    """
    Placement.objects.select_for_update().get(pk=link.placement_id)
    agreement = link.placement.working_agreements.filter(teacher=link.teacher, pk=key).first()
    if agreement and agreement.confirmed_at:
        return
    if agreement is None or agreement.proposed_by_id == by.pk:
        raise ValidationError(_("These agreements were changed meanwhile. Read them again first."))
    agreement.confirmed_at = at
    agreement.save(update_fields=["confirmed_at"])
    _tell(link, agreement, Kind.AGREEMENT_CONFIRMED, by=by, at=at)


@transaction.atomic
def take_back(link: PlacementTeacher, *, by: User, at: datetime) -> None:
    """Take back a proposal that was not confirmed yet."""
    for agreement in _proposals(link).filter(proposed_by=by):
        cancel_unsent(_subject(agreement), at=at)
        agreement.delete()


@transaction.atomic
def propose_own_terms(link: PlacementTeacher, *, at: datetime) -> None:
    """Propose what the teacher proposes to everybody, where they wrote that down."""
    terms = TeacherTerms.objects.filter(teacher=link.teacher).first()
    if terms:
        propose(link, terms, by=link.teacher, at=at)


@transaction.atomic
def propose_to_all(teacher: User, *, at: datetime) -> int:
    """Propose a teacher's terms to all students with whom nothing was agreed; return how many."""
    links = list(links_without_agreement(teacher))
    for link in links:
        propose_own_terms(link, at=at)
    return len(links)


def _proposals(link: PlacementTeacher) -> QuerySet[WorkingAgreement]:
    return WorkingAgreement.objects.filter(
        placement=link.placement, teacher=link.teacher, confirmed_at=None
    )


def cancel_mails_of_proposals(link: PlacementTeacher, *, at: datetime) -> None:
    """Let no mail go any more about what one of a link that ended had proposed."""
    for proposal in _proposals(link):
        cancel_unsent(_subject(proposal), at=at)


def _subject(agreement: WorkingAgreement) -> str:
    return f"agreement:{agreement.pk}"


def _tell(
    link: PlacementTeacher, agreement: WorkingAgreement, kind: Kind, *, by: User, at: datetime
) -> None:
    other = link.placement.student if by.pk == link.teacher_id else link.teacher
    notify(
        other,
        kind,
        Fact(
            actor=by,
            title=link.placement.workplace.name,
            path=reverse("placements:agreement", args=[link.pk]),
            subject=_subject(agreement),
            cause=f"agreement:{agreement.pk}:{kind}",
        ),
        place=link.placement.cohort.programme.institution,
        at=at,
    )

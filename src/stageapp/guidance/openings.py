"""Who first opened what was shared: kept for the student, and in the record of who did what."""

from collections.abc import Sequence
from datetime import datetime

from stageapp.accounts.models import User
from stageapp.audit.actions import entry_of, record_all
from stageapp.audit.models import Kind
from stageapp.guidance.models import ItemOpening, SharedItem
from stageapp.invitations.models import Invitation


def keep_openings(
    items: Sequence[SharedItem],
    *,
    at: datetime,
    person: User | None = None,
    invitation: Invitation | None = None,
) -> None:
    """Remember that somebody, or a guest, opened these items, as far as it was the first time."""
    known = set(
        ItemOpening.objects.filter(
            item__in=items, person=person, invitation=invitation
        ).values_list("item_id", flat=True)
    )
    new = [item for item in items if item.pk not in known]
    if not new:
        return
    ItemOpening.objects.bulk_create(
        [
            ItemOpening(item=item, person=person, invitation=invitation, opened_at=at)
            for item in new
        ],
        ignore_conflicts=True,
    )
    institutions = dict(
        SharedItem.objects.filter(pk__in=[item.pk for item in new]).values_list(
            "pk", "question__placement__cohort__programme__institution"
        )
    )
    guest = {"invitation": str(invitation.pk)} if invitation else {}
    record_all(
        [
            entry_of(
                Kind.OPENED,
                at=at,
                actor=person.pk if person else None,
                institution=institutions[item.pk],
                subject=f"item:{item.pk}",
                question=item.question_id,
                **guest,
            )
            for item in new
        ]
    )

"""A tip as its student sees it, with what they did with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Placement
from stageapp.tips.actions import note_shown
from stageapp.tips.models import Tip, TipReaction, TipVersion
from stageapp.tips.queries import ActiveTip, tips_for
from stageapp.tips.words import snapshot_of

#: So many at once can be thought about; the others have their turn when these leave.
MOST_SHOWN = 5
#: Where a tip leads to.
PAGES = {
    TipVersion.GoesTo.LOG: "logbook:new",
    TipVersion.GoesTo.REFLECT: "logbook:reflection_new",
    TipVersion.GoesTo.ASK: "guidance:new",
    TipVersion.GoesTo.GOALS: "logbook:goals",
    TipVersion.GoesTo.INSIGHTS: "insights:charts",
}


@dataclass(frozen=True)
class Card:
    """A tip on a page; `goes_to` is empty where it leads nowhere."""

    tip: Tip
    snapshot: dict[str, Any]
    goes_to: str
    is_helpful: bool | None
    is_saved: bool


def show_tips(placement: Placement, *, at: datetime, most: int = MOST_SHOWN) -> list[Card]:
    """Return the most important tips of now, and remember that they were shown."""
    tips = tips_for(placement, at=at)[:most]
    if not tips:
        return []
    note_shown(placement, tips, at=at)
    return cards_of(placement, tips)


def cards_of(placement: Placement, tips: Sequence[ActiveTip]) -> list[Card]:
    """Return the cards of some tips, in two queries."""
    keys = {row.tip.pk: key_of(placement, row.tip) for row in tips}
    helpful = dict(
        TipReaction.objects.filter(placement=placement, tip__in=keys).values_list(
            "tip", "is_helpful"
        )
    )
    saved = set(saved_tips(placement).filter(key__in=keys.values()).values_list("key", flat=True))
    return [
        Card(
            row.tip,
            snapshot_of(row),
            row.version.goes_to if page_of(row.version) else "",
            helpful.get(row.tip.pk),
            keys[row.tip.pk] in saved,
        )
        for row in tips
    ]


def saved_tips(placement: Placement) -> Any:
    """Return the tips that the student put aside."""
    return SavedItem.objects.filter(student=placement.student, kind=SavedItem.Kind.TIP)


def key_of(placement: Placement, tip: Tip) -> str:
    """Return under which key a tip is saved: another placement has its own numbers."""
    return f"{placement.starts_on.isoformat()}/{tip.key}"


def page_of(version: TipVersion) -> str:
    """Return the address that a tip leads to, or nothing."""
    name = PAGES.get(TipVersion.GoesTo(version.goes_to))
    return reverse(name) if name else ""

"""Tips: what the app noticed, with the numbers that say why."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import operation
from stageapp.api.v1.problems import wrong
from stageapp.api.v1.sending import placement_for
from stageapp.api.v1.shapes import Flag, KeyInAddress, Sent, Shape
from stageapp.logbook.actions import save_snapshot
from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Placement
from stageapp.tips import access, actions
from stageapp.tips.cards import Card, cards_of, key_of, show_tips
from stageapp.tips.models import Tip as Row
from stageapp.tips.queries import as_seen
from stageapp.tips.words import snapshot_of

router = Router(tags=["tips"])


class Tip(Shape):
    """A tip in the reader's language; each part can be empty."""

    id: int
    feedup: str = Field(description="Where am I going?")
    feedback: str = Field(description="How am I doing?")
    feedforward: str = Field(description="What next?")
    why: list[str] = Field(description="Why it is there: what was measured.")
    goes_to: str = Field(description="What it is about: log, reflect, ask, goals, insights.")
    is_helpful: bool | None
    is_saved: bool


class Tips(Shape):
    """The tips of now, the most important first."""

    items: list[Tip]


class Reaction(Sent):
    """What the student thinks of a tip: one that is not helpful stays away; null takes it back."""

    is_helpful: Flag | None


def shape(card: Card) -> Tip:
    """Return a tip as it goes out."""
    language = (get_language() or "nl")[:2]
    told = card.snapshot
    texts = {name: told[f"{name}_{language}"] for name in ("feedup", "feedback", "feedforward")}
    return Tip(
        id=card.tip.pk,
        **texts,
        why=told[f"why_{language}"],
        goes_to=card.goes_to,
        is_helpful=card.is_helpful,
        is_saved=card.is_saved,
    )


@operation(
    router,
    "GET",
    "/tips",
    scope=Scope.INSIGHTS_READ,
    gives=Tips,
    costs=("charts and statistics",),
    conflicts=True,
)
def list_tips(request: ApiRequest) -> Tips:
    """List the tips of now for the current placement; that they were shown is remembered."""
    placement = placement_for(request.user, None)
    return Tips(items=[shape(card) for card in show_tips(placement, at=timezone.now())])


@operation(
    router,
    "PUT",
    "/tips/{int:pk}/reaction",
    scope=Scope.INSIGHTS_WRITE,
    gives=Tip,
    takes=JSON,
    conflicts=True,
)
def react_to_tip(request: ApiRequest, pk: KeyInAddress, sent: Reaction) -> Any:
    """Say whether a tip helps."""
    placement, now = placement_for(request.user, None), timezone.now()
    tip = get_object_or_404(access.tips_shown_to(placement), pk=pk)
    actions.react(placement, tip, is_helpful=sent.is_helpful, at=now)
    return shape(cards_of(placement, [as_seen(placement, tip, at=now)])[0])


def saved_tip(placement: Placement, pk: int) -> SavedItem:
    """Put a tip on the timeline as it looks now; the tip has to have been shown."""
    tip: Row | None = access.tips_shown_to(placement).filter(pk=pk).first()
    if tip is None:
        raise wrong("about", _("Choose a tip that was shown to you."))
    now = timezone.now()
    active = as_seen(placement, tip, at=now)
    return save_snapshot(
        placement, SavedItem.Kind.TIP, key_of(placement, tip), snapshot_of(active), at=now
    )

"""Tips, for the student they are about."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.core.requests import key_in_address, path_to_go_on
from stageapp.logbook.actions import save_snapshot, unsave
from stageapp.logbook.models import SavedItem
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.tips import access, actions
from stageapp.tips.cards import cards_of, key_of, page_of, saved_tips, show_tips
from stageapp.tips.models import Tip
from stageapp.tips.queries import as_seen
from stageapp.tips.words import snapshot_of

#: What a button says of a tip; anything else takes it back.
HELPFUL = {"yes": True, "no": False}


@require_GET
@needs_placement
def tips(request: PlacementRequest) -> HttpResponse:
    """Show the tips of now; the address may name one that was just sent away."""
    shown = access.tips_shown_to(request.placement)
    hidden = key_in_address(request, "hidden")
    return render(
        request,
        "tips/list.html",
        {
            "cards": show_tips(request.placement, at=timezone.now()),
            "hidden": shown.filter(pk=hidden).first() if hidden is not None else None,
            "audience": audience_text(access.readers_of(request.placement), request.user),
            "next": reverse("tips:list"),
        },
    )


@require_POST
@needs_placement
def react(request: PlacementRequest, pk: int) -> HttpResponse:
    """Keep whether a tip is helpful; one that is not stays away, until that is taken back."""
    tip = _shown(request, pk)
    is_helpful = HELPFUL.get(request.POST.get("helpful", ""))
    actions.react(request.placement, tip, is_helpful=is_helpful, at=timezone.now())
    if request.htmx:
        return _card(request, tip, is_hidden=is_helpful is False)
    if is_helpful is False:
        return redirect(reverse("tips:list", query={"hidden": pk}))
    return redirect(path_to_go_on(request, reverse("tips:list")))


@require_POST
@needs_placement
def save(request: PlacementRequest, pk: int) -> HttpResponse:
    """Put a tip on the timeline of saved items as it looks now, or take it off again."""
    tip = _shown(request, pk)
    if request.POST.get("saved") == "no":
        for item in saved_tips(request.placement).filter(key=key_of(request.placement, tip)):
            unsave(item)
    else:
        _save(request, tip)
    if request.htmx:
        return _card(request, tip)
    return redirect(path_to_go_on(request, reverse("tips:list")))


@require_POST
@needs_placement
def share(request: PlacementRequest, pk: int) -> HttpResponse:
    """Put a tip aside and begin a question that takes it along; nothing is shared yet."""
    item = _save(request, _shown(request, pk))
    return redirect(reverse("guidance:new", query={"saved": item.pk}))


@require_POST
@needs_placement
def act(request: PlacementRequest, pk: int) -> HttpResponse:
    """Remember that the student does something with a tip, and go where it leads."""
    tip = _shown(request, pk)
    actions.act_on(request.placement, tip, at=timezone.now())
    version = as_seen(request.placement, tip, at=timezone.now()).version
    return redirect(page_of(version) or reverse("tips:list"))


def _shown(request: PlacementRequest, pk: int) -> Tip:
    return get_object_or_404(access.tips_shown_to(request.placement), pk=pk)


def _save(request: PlacementRequest, tip: Tip) -> SavedItem:
    now = timezone.now()
    return save_snapshot(
        request.placement,
        SavedItem.Kind.TIP,
        key_of(request.placement, tip),
        snapshot_of(as_seen(request.placement, tip, at=now)),
        at=now,
    )


def _card(request: PlacementRequest, tip: Tip, *, is_hidden: bool = False) -> HttpResponse:
    """Answer with what comes in the place of the card."""
    context = {"next": path_to_go_on(request, reverse("tips:list"))}
    if is_hidden:
        return render(request, "tips/_hidden.html", {"tip": tip, **context})
    active = as_seen(request.placement, tip, at=timezone.now())
    return render(
        request, "tips/_card.html", {"card": cards_of(request.placement, [active])[0], **context}
    )

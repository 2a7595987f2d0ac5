"""What happens to tips. Nothing else writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort
from stageapp.tips.models import Tip, TipReaction, TipShowing, TipVersion
from stageapp.tips.queries import STAYS_DAYS, ActiveTip
from stageapp.tips.rules import Rule, rule_to_data


def note_shown(placement: Placement, tips: Sequence[ActiveTip], *, at: datetime) -> None:
    """Remember which tips a student saw on this day, and with which numbers; once a day."""
    today = placement.cohort.programme.institution.day_of(at)
    newest = {
        showing.tip_id: showing
        for showing in TipShowing.objects.filter(
            placement=placement, tip__in=[row.tip for row in tips]
        ).order_by("first_on")
    }
    for row in tips:
        showing = newest.get(row.tip.pk)
        if showing and (not row.tip.rest_days or today < showing.first_on + timedelta(STAYS_DAYS)):
            if showing.last_on < today:
                TipShowing.objects.filter(pk=showing.pk).update(last_on=today)
            continue
        TipShowing.objects.get_or_create(
            placement=placement,
            tip=row.tip,
            first_on=today,
            defaults={
                "version": row.version,
                "last_on": today,
                "values": {name: asdict(value) for name, value in row.values.items()},
            },
        )


def react(placement: Placement, tip: Tip, *, is_helpful: bool | None, at: datetime) -> TipReaction:
    """Keep what the student thinks of a tip; None takes it back."""
    reaction, _created = TipReaction.objects.update_or_create(
        placement=placement, tip=tip, defaults={"is_helpful": is_helpful, "reacted_at": at}
    )
    return reaction


def act_on(placement: Placement, tip: Tip, *, at: datetime) -> TipReaction:
    """Remember that the student went where the tip leads; the first time counts."""
    reaction, _created = TipReaction.objects.get_or_create(
        placement=placement, tip=tip, defaults={"reacted_at": at}
    )
    if reaction.acted_at is None:
        reaction.acted_at = at
        reaction.save(update_fields=["acted_at"])
    return reaction


@transaction.atomic
def write_version(
    tip: Tip, rule: Rule, texts: Mapping[str, str], *, goes_to: str, by: User | None, at: datetime
) -> TipVersion:
    """Let a tip say something else from now on; what it said before is kept."""
    kept = Tip.objects.select_for_update().get(pk=tip.pk)
    last = kept.versions.first()
    data = rule_to_data(rule)
    if last and last.is_current and _is_same(last, data, texts, goes_to):
        return last
    kept.versions.filter(is_current=True).update(is_current=False)
    return TipVersion.objects.create(
        tip=kept,
        number=last.number + 1 if last else 1,
        rule=data,
        goes_to=goes_to,
        made_by=by,
        made_at=at,
        **texts,
    )


@transaction.atomic
def copy_tip(tip: Tip, cohort: Cohort, *, by: User | None, at: datetime) -> Tip:
    """Make a tip of a cohort's programme that says the same; switched off until somebody looks."""
    version = tip.versions.get(is_current=True)
    made = Tip.objects.create(
        programme=cohort.programme,
        key=_free_key(tip.key, cohort),
        name=tip.name,
        priority=tip.priority,
        rest_days=tip.rest_days,
        created_at=at,
    )
    made.cohorts.add(cohort)
    version.pk, version.tip, version.number = None, made, 1
    version.made_by, version.made_at = by, at
    version._state.adding = True
    version.save()
    return made


def switch(tip: Tip, *, is_on: bool) -> None:
    """Show a tip to students, or show it no more."""
    tip.is_on = is_on
    tip.save(update_fields=["is_on"])


def _is_same(last: TipVersion, rule: Any, texts: Mapping[str, str], goes_to: str) -> bool:
    return (
        last.rule == rule
        and last.goes_to == goes_to
        and all(getattr(last, name) == text for name, text in texts.items())
    )


def _free_key(key: str, cohort: Cohort) -> str:
    taken = set(Tip.objects.filter(programme=cohort.programme).values_list("key", flat=True))
    candidates = (key, *(f"{key[:44]}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if one not in taken)

"""From logbooks to facts: sums by the database, for one placement or for thousands at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Max
from django.db.models import Sum as SumOf
from django.utils import timezone

from stageapp.facts import (
    ALWAYS,
    MINUTES_AN_HOUR,
    Amount,
    Dimension,
    Facts,
    FilteredSum,
    Guidance,
    Need,
    Sum,
    Window,
    parts_of,
)
from stageapp.guidance.models import GuidanceQuestion
from stageapp.insights.counting import (
    PAIRS,
    THROUGH,
    Counting,
    conditions_of,
    in_any_window,
    is_met,
    part_number,
)
from stageapp.insights.keys import Keys, keys_of
from stageapp.logbook.access import saved_and_there
from stageapp.logbook.models import Activity, Chain, Reflection, SavedItem
from stageapp.placements.models import Placement


def facts_of(
    placements: Sequence[Placement],
    needs: Iterable[Need],
    *,
    at: datetime,
    window: Window = ALWAYS,
) -> dict[int, Facts]:
    """Return the facts of placements of one institution by their keys; see `facts_within`."""
    return facts_within(placements, needs, [window], at=at)[window]


def facts_within(
    placements: Sequence[Placement],
    needs: Iterable[Need],
    windows: Iterable[Window],
    *,
    at: datetime,
) -> dict[Window, dict[int, Facts]]:
    """Return the facts of placements of one institution by window, and by their keys.

    Takes the same number of queries for one placement as for thousands, and for one window as for
    several: five at most for what is called how and for what activities name one of, one for each
    thing they can name several of, and one or two for each need that is no activity. Fetch
    `cohort__programme__institution` and `interruptions` with the placements.
    """
    found: dict[Window, dict[int, Facts]] = {window: {} for window in windows}
    if not placements or not found:
        return found
    wanted = set(needs)
    keys = keys_of(placements)
    for placement in placements:
        known = _known_without_counting(placement, keys, at)
        for facts in found.values():
            facts[placement.pk] = Facts(
                **known,
                by={d: defaultdict(Sum) for d in Dimension if Need(d.value) in wanted},
                together={need: defaultdict(int) for need in PAIRS if need in wanted},
            )
    counting = Counting(wanted, found, keys)
    counting.count_days()
    counting.count_what_is_named_once()
    for dimension in THROUGH:
        counting.count_what_is_named_often(dimension)
    _count_beside(wanted, found)
    for placement in placements:
        for facts in found.values():
            _forget_retired(facts[placement.pk], keys.retired.get(placement.cohort_id, set()))
    return found


def _known_without_counting(placement: Placement, keys: Keys, at: datetime) -> dict[str, Any]:
    today = placement.cohort.programme.institution.day_of(at)
    return {
        "today": today,
        "progress": placement.period.progress(today),
        "running_days": placement.period.running_days(today),
        "names": keys.names(placement),
        "levels": keys.levels.get(placement.cohort_id, {}),
    }


def _forget_retired(facts: Facts, retired: set[tuple[Dimension, str]]) -> None:
    """Leave out what was never used and cannot be chosen any more: nobody can still do it."""
    gone = {one for one in retired if one[0] in facts.by and one[1] not in facts.by[one[0]]}
    if gone:
        facts.names = {
            dimension: {key: text for key, text in names.items() if (dimension, key) not in gone}
            for dimension, names in facts.names.items()
        }


def _count_beside(wanted: set[Need], found: Mapping[Window, dict[int, Facts]]) -> None:
    """Count what is no activity."""
    if Need.CHAINS in wanted:
        _count_chains(found)
    if Need.REFLECTIONS in wanted:
        _count_reflections(found)
    if Need.GUIDANCE in wanted:
        _count_guidance(found)


def _count_chains(found: Mapping[Window, dict[int, Facts]]) -> None:
    opened = Chain.objects.filter(placement__in=_placements(found), finished_at=None).order_by()
    for placement, count in opened.values_list("placement_id").annotate(Count("pk")):
        for facts in found.values():
            facts[placement].chains_open = count


def _count_reflections(found: Mapping[Window, dict[int, Facts]]) -> None:
    written = Reflection.objects.filter(
        placement__in=_placements(found),
        deleted_at=None,
        activity__deleted_at=None,
        is_draft=False,
    )
    rows = in_any_window(written, found).values_list("placement_id", "date").annotate(Count("pk"))
    for placement, day, count in rows:
        for window, facts in found.items():
            if window.holds(day):
                facts[placement].reflections[day] = count


def _count_guidance(found: Mapping[Window, dict[int, Facts]]) -> None:
    placements = _placements(found)
    shared = (
        GuidanceQuestion.objects.filter(placement__in=placements, shared_at__isnull=False)
        .order_by()
        .values_list("placement_id")
        .annotate(Count("pk"), Max("shared_at"))
    )
    saved = dict(
        SavedItem.objects.filter(saved_and_there(), placement__in=placements)
        .order_by()
        .values_list("placement_id")
        .annotate(Count("pk"))
    )
    last = {placement: (count, newest) for placement, count, newest in shared}
    for facts_of_window in found.values():
        for placement, facts in facts_of_window.items():
            count, newest = last.get(placement, (0, None))
            days = (facts.today - timezone.localdate(newest)).days if newest else None
            facts.guidance = Guidance(count, days, saved.get(placement, 0))


def _placements(found: Mapping[Window, dict[int, Facts]]) -> list[int]:
    return list(next(iter(found.values())))


# Sums that a condition names ----------------------------------------------------------------------


def sums_of(
    placements: Sequence[Placement], asked: Iterable[tuple[Window, FilteredSum]]
) -> dict[int, dict[tuple[Window, FilteredSum], float]]:
    """Return filtered sums of placements within windows, in one query for all of them."""
    wanted = list(dict.fromkeys(asked))
    found = {placement.pk: dict.fromkeys(wanted, 0) for placement in placements}
    if not placements or not wanted:
        return {}
    parts = parts_of(window for window, _ in wanted)
    conditions = list(dict.fromkeys(row for _, one in wanted for row in conditions_of(one)))
    names = [f"is_met{number}" for number in range(len(conditions))]
    counted = (
        in_any_window(Activity.objects.filter(placement__in=found), [w for w, _ in wanted])
        .filter(deleted_at=None)
        .annotate(part=part_number(parts), **dict(zip(names, map(is_met, conditions), strict=True)))
        .values_list("placement_id", "part", *names)
        .annotate(how_many=Count("pk"), how_long=SumOf("minutes", default=0))
    )
    for placement, part, *passes, count, minutes in counted:
        met = {row for row, passed in zip(conditions, passes, strict=True) if passed}
        for window, one in wanted:
            if part in parts.within(window) and met.issuperset(conditions_of(one)):
                found[placement][window, one] += minutes if one.amount == Amount.HOURS else count
    return {
        placement: {
            key: amount / MINUTES_AN_HOUR if key[1].amount == Amount.HOURS else amount
            for key, amount in amounts.items()
        }
        for placement, amounts in found.items()
    }

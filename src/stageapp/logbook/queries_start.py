"""What the form for an activity starts with."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from stageapp.core.formfields import Picked
from stageapp.logbook.models import Activity
from stageapp.logbook.queries import JOINED, FormOptions
from stageapp.placements.models import Placement
from stageapp.programmes.models import Part

#: What is likely to be right again next time. How difficult it was, which competences it showed
#: and how it stands are about that one activity.
LIKELY_AGAIN = (Part.MOMENT, Part.CATEGORY, Part.PEOPLE, Part.GOAL)
#: What the next activity of a chain has in common with the one before.
IN_CHAIN = (Part.CHAIN, Part.CATEGORY, Part.PEOPLE, Part.GOAL)


@dataclass(frozen=True)
class Start:
    """How a new activity begins; with nothing said, it takes over what is likely again."""

    #: The day that it is for, today unless told otherwise.
    on: date | None = None
    #: Begin as a copy of this one.
    like: Activity | None = None
    #: Begin as the next one after this, in its chain.
    follows: Activity | None = None
    #: Take nothing over.
    is_empty: bool = False


def taken_over(placement: Placement, start: Start, options: FormOptions) -> dict[Part, Picked]:
    """Return the choices that a new activity takes over from the one before it.

    What the form does not show, or the lists do not offer any more, stays out.
    """
    earlier = start.follows or last_logged(placement)
    if start.is_empty or earlier is None:
        return {}
    shown = {part.part for part in options.parts}
    offered = _offered(options)
    chosen = {
        part: _picked(_rows_of(earlier, part), offered)
        for part in (IN_CHAIN if start.follows else LIKELY_AGAIN)
        if part in shown
    }
    return {part: picked for part, picked in chosen.items() if picked}


def last_logged(placement: Placement) -> Activity | None:
    """Return the activity that was logged last, whatever day it was for."""
    return (
        placement.activities.filter(deleted_at=None)
        .select_related(*JOINED)
        .order_by("-created_at", "-id")
        .first()
    )


def values_again(activity: Activity, options: FormOptions) -> dict[str, Any]:
    """Return what a new activity takes over from one like it: all but what belonged to that time.

    What the lists do not offer any more stays out.
    """
    offered = _offered(options)
    values = values_of(activity)
    own = (Part.DATE, Part.EVIDENCE, Part.LEARNED, Part.NEXT_STEPS, "wants_feedback")
    support = (Part.SUPPORT_WORKPLACE, Part.SUPPORT_PROGRAMME)
    return {
        name: _picked(value.rows, offered) if isinstance(value, Picked) else value
        for name, value in values.items()
        if name not in own + support
    }


def values_of(activity: Activity) -> dict[str, Any]:
    """Return what the form shows of an activity that exists."""
    return {
        Part.DATE: activity.date,
        Part.DESCRIPTION: activity.description,
        Part.DURATION: activity.minutes,
        Part.STATUS: activity.status,
        Part.MOMENT: _picked([activity.moment]),
        Part.CATEGORY: _picked([activity.category]),
        Part.DIFFICULTY: _picked([activity.difficulty]),
        Part.PEOPLE: _picked(activity.people.all()),
        Part.SOURCES: _picked(activity.sources.all()),
        Part.COMPETENCES: _picked(activity.competences.all()),
        Part.CHAIN: _picked([activity.chain]),
        Part.GOAL: _picked([activity.goal]),
        Part.EVIDENCE: {"kept": [row.pk for row in activity.evidence.filter(deleted_at=None)]},
        "wants_feedback": activity.wants_feedback,
        Part.LEARNED: activity.learned,
        Part.NEXT_STEPS: activity.next_steps,
        Part.SUPPORT_WORKPLACE: activity.support_workplace,
        Part.SUPPORT_PROGRAMME: activity.support_programme,
    }


def _rows_of(activity: Activity, part: Part) -> Iterable[Any | None]:
    value = getattr(activity, part)
    return value.all() if part == Part.PEOPLE else [value]


def _offered(options: FormOptions) -> set[Any]:
    entries = {row for rows in options.vocabulary.values() for row in rows}
    return entries | {*options.goals, *options.competences, *options.chains}


def _picked(rows: Iterable[Any | None], offered: set[Any] | None = None) -> Picked:
    return Picked([row for row in rows if row and (offered is None or row in offered)])

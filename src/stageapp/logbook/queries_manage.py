"""How many students wrote in a part of the form: for administrators, never who or what."""

from dataclasses import dataclass

from django.db.models import Q

from stageapp.logbook.models import Activity
from stageapp.programmes.models import FormPart, Part
from stageapp.programmes.queries_manage import told

#: When something stands in a part.
FILLED = {
    Part.DATE: Q(),
    Part.MOMENT: Q(moment__isnull=False),
    Part.DESCRIPTION: ~Q(description=""),
    Part.DURATION: Q(minutes__isnull=False),
    Part.CATEGORY: Q(category__isnull=False),
    Part.PEOPLE: Q(people__isnull=False),
    Part.SOURCES: Q(sources__isnull=False),
    Part.STATUS: ~Q(status=""),
    Part.DIFFICULTY: Q(difficulty__isnull=False),
    Part.CHAIN: Q(chain__isnull=False),
    Part.GOAL: Q(goal__isnull=False),
    Part.COMPETENCES: Q(competences__isnull=False),
    Part.EVIDENCE: Q(evidence__isnull=False, evidence__deleted_at=None),
    Part.LEARNED: ~Q(learned=""),
    Part.NEXT_STEPS: ~Q(next_steps=""),
    Part.SUPPORT_WORKPLACE: ~Q(support_workplace=""),
    Part.SUPPORT_PROGRAMME: ~Q(support_programme=""),
    Part.REFLECTION: Q(reflections__isnull=False, reflections__deleted_at=None),
}


@dataclass(frozen=True)
class Writers:
    """How many placements have something in a part, and an activity without it.

    None where they are too few to tell.
    """

    wrote: int | None
    without: int | None


def writers_of(row: FormPart) -> Writers:
    """Return how many placements of a cohort a change of a part touches, in two queries."""
    logged = Activity.objects.filter(placement__cohort=row.cohort, deleted_at=None).order_by()
    filled = logged.filter(FILLED[Part(row.part)])
    without = logged.exclude(pk__in=filled.values("pk"))
    return Writers(
        *(told(rows.values("placement").distinct().count()) for rows in (filled, without))
    )

"""Questions about learning goals, chains and own entries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from stageapp.accounts.models import User
from stageapp.logbook import access
from stageapp.logbook.models import Chain
from stageapp.logbook.queries import uses_of
from stageapp.placements.models import GoalAgreement, LearningGoal, Placement
from stageapp.programmes.models import Competence, VocabularyEntry
from stageapp.programmes.queries import competences_of

_THERE = Q(activities__deleted_at=None, activities__isnull=False)


@dataclass(frozen=True)
class Thread:
    """A chain as a whole: how much time, how long, and how it stands."""

    count: int
    minutes: int
    first: date | None
    last: date | None


def goals_with_totals(placement: Placement) -> QuerySet[LearningGoal]:
    """Return the goals of a placement with `count`, `minutes` and `last` of their activities."""
    return (
        placement.goals.filter(deleted_at=None)
        .annotate(
            count=Count("activities", filter=_THERE),
            minutes=Sum("activities__minutes", filter=_THERE),
            last=Max("activities__date", filter=_THERE),
            is_agreed=Exists(
                GoalAgreement.objects.filter(
                    goal=OuterRef("pk"),
                    title=OuterRef("title"),
                    description=OuterRef("description"),
                )
            ),
        )
        .order_by("position", "id")
    )


def competences_with_totals(placement: Placement) -> QuerySet[Competence]:
    """Return the competences of the cohort with how often this placement shows them."""
    there = Q(activities__placement=placement, activities__deleted_at=None)
    return (
        competences_of(placement.cohort)
        .annotate(
            count=Count("activities", filter=there), last=Max("activities__date", filter=there)
        )
        .order_by("position", "id")
    )


def chains_with_totals(placement: Placement) -> QuerySet[Chain]:
    """Return the chains of a placement, open ones first, with the totals of their activities."""
    return (
        placement.chains.annotate(
            count=Count("activities", filter=_THERE),
            minutes=Sum("activities__minutes", filter=_THERE),
            first=Min("activities__date", filter=_THERE),
            last=Max("activities__date", filter=_THERE),
        )
        .select_related("placement")
        .order_by("finished_at", "-created_at", "-id")
    )


def thread_of(chain: Chain) -> Thread:
    """Return the totals of one chain."""
    own = chain.activities.filter(deleted_at=None).aggregate(
        count=Count("pk"), minutes=Sum("minutes"), first=Min("date"), last=Max("date")
    )
    return Thread(own["count"], own["minutes"] or 0, own["first"], own["last"])


def own_entries(student: User, placement: Placement) -> list[VocabularyEntry]:
    """Return the own entries in the lists of a cohort, by list and name, with `uses`."""
    entries = list(
        access.own_entries_of(student)
        .filter(cohort=placement.cohort)
        .order_by("kind", "name_nl", "id")
    )
    uses = uses_of(student)
    for entry in entries:
        entry.uses = uses.get(entry.pk, 0)  # type: ignore[attr-defined]
    return entries

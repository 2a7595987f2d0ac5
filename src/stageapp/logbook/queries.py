"""Questions about a logbook. Nothing here writes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from stageapp.accounts.models import User
from stageapp.logbook import access
from stageapp.logbook.models import (
    KIND_OF,
    Activity,
    Chain,
    Evidence,
    Reflection,
    SavedItem,
)
from stageapp.logbook.rules import offers_feedback, worked_days
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import (
    Competence,
    FormPart,
    Part,
    ReflectionModel,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.programmes.queries import (
    competences_of,
    reflection_models_for,
    vocabulary_of,
)

Kept = TypeVar("Kept", Activity, Reflection, Evidence)

#: Activities on one page of the logbook, rounded down to whole days where that can be.
ACTIVITIES_A_PAGE = 20
SAVED_A_PAGE = 20
#: So much evidence that belongs to no activity is offered in a form.
LOOSE_OFFERED = 10
#: So many own names of a list stand in a form; the others are folded.
OWN_IN_SIGHT = 10
#: Everything that a row of the logbook shows besides the activity itself.
SHOWN = ("people", "sources", "competences")
JOINED = ("moment", "category", "difficulty", "chain", "goal")


@dataclass(frozen=True)
class Day:
    """The activities of one date."""

    date: date
    activities: list[Activity]
    #: Whether other activities of this date are on another page.
    is_part: bool = False

    @property
    def minutes(self) -> int:
        """Minutes of the whole day; 0 where only a part of it is here."""
        return 0 if self.is_part else sum(activity.minutes or 0 for activity in self.activities)


@dataclass(frozen=True)
class Place:
    """Where a page of the logbook begins: after a day, or after an activity within it."""

    date: date
    #: Only activities of this date with a smaller key follow; without it none of this date do.
    below: int | None = None

    def cut(self, activities: QuerySet[Activity]) -> QuerySet[Activity]:
        """Return the activities that come after this place."""
        earlier = Q(date__lt=self.date)
        if self.below:
            earlier |= Q(date=self.date, pk__lt=self.below)
        return activities.filter(earlier)


@dataclass(frozen=True)
class LogbookPage:
    """Some days of the logbook, newest first, and where it goes on."""

    days: list[Day]
    #: Where the next page begins; None on the last page.
    next: Place | None

    @property
    def activities(self) -> list[Activity]:
        """All activities on the page."""
        return [activity for day in self.days for activity in day.activities]

    @property
    def newest(self) -> Activity | None:
        """The first activity on the page, if there is one."""
        return next(iter(self.activities), None)


@dataclass(frozen=True)
class Effort:
    """How much was logged in a placement: minutes, and days by the rule of days worked."""

    minutes: int
    days: int


@dataclass(frozen=True)
class Entries:
    """The choices of one list, of which the form folds the own names that are used least."""

    shared: list[VocabularyEntry]
    often: list[VocabularyEntry]
    seldom: list[VocabularyEntry]

    @property
    def in_sight(self) -> list[VocabularyEntry]:
        """What everybody has, then what this student uses most."""
        return self.shared + self.often


@dataclass(frozen=True)
class FormOptions:
    """What a form can offer: fetched once, in a fixed number of queries."""

    parts: list[FormPart]
    vocabulary: dict[str, list[VocabularyEntry]]
    #: In how many activities an own entry occurs; empty while no list has many of them.
    uses: dict[int, int]
    competences: list[Competence]
    goals: list[LearningGoal]
    chains: list[Chain]
    #: Evidence of this activity, and what belongs to none yet.
    evidence: list[Evidence]
    reflection_models: list[ReflectionModel]

    def entries(self, kind: str) -> Entries:
        """Return the choices of one list."""
        entries = self.vocabulary.get(kind, [])
        own = [entry for entry in entries if entry.owner_id]
        by_use = sorted(own, key=lambda entry: -self.uses.get(entry.pk, 0))
        often = set(by_use[:OWN_IN_SIGHT])
        return Entries(
            shared=[entry for entry in entries if not entry.owner_id],
            often=[entry for entry in own if entry in often],
            seldom=[entry for entry in own if entry not in often],
        )


def logbook_page(own: QuerySet[Activity], student: User, after: Place | None = None) -> LogbookPage:
    """Return the newest activities, or those after a place, as days.

    A day stays whole, unless it alone holds more than a page. Each activity knows whether the
    student saved it, and whether it has evidence and reflections.
    """
    if after:
        own = after.cut(own)
    marked = with_marks(own, student).select_related(*JOINED).prefetch_related("people")
    rows = list(marked[: ACTIVITIES_A_PAGE + 1])
    following = None
    if len(rows) > ACTIVITIES_A_PAGE:
        beyond = rows.pop()
        whole = [activity for activity in rows if activity.date > beyond.date]
        following = Place(whole[-1].date) if whole else Place(beyond.date, rows[-1].pk)
        rows = whole or rows
    cut = {place.date for place in (after, following) if place and place.below}
    days = [
        Day(day, list(activities), day in cut)
        for day, activities in groupby(rows, attrgetter("date"))
    ]
    return LogbookPage(days, following)


def with_saved_mark(rows: QuerySet[Kept], student: User) -> QuerySet[Kept]:
    """Add `is_saved` to each activity, reflection or piece of evidence."""
    bookmarks = SavedItem.objects.filter(student=student, **{KIND_OF[rows.model]: OuterRef("pk")})
    return rows.annotate(is_saved=Exists(bookmarks))


def with_marks(activities: QuerySet[Activity], student: User) -> QuerySet[Activity]:
    """Add `is_saved`, `has_evidence` and `has_reflection` to each activity."""
    evidence = Evidence.objects.filter(activity=OuterRef("pk"), deleted_at=None)
    reflections = Reflection.objects.filter(activity=OuterRef("pk"), deleted_at=None)
    return with_saved_mark(activities, student).annotate(
        has_evidence=Exists(evidence), has_reflection=Exists(reflections)
    )


def recent_activities(placement: Placement, limit: int = 10) -> list[Activity]:
    """Return the newest activities of a placement."""
    own = access.activities_of(placement.student).filter(placement=placement)
    return list(own.select_related(*JOINED)[:limit])


def reflection_drafts_of(placement: Placement) -> QuerySet[Reflection]:
    """Return the reflections that were only kept while typing, newest first."""
    return access.reflections_of(placement.student).filter(placement=placement, is_draft=True)


def recent_reflections(placement: Placement, limit: int = 5) -> list[Reflection]:
    """Return the newest finished reflections of a placement."""
    own = access.reflections_of(placement.student).filter(placement=placement, is_draft=False)
    return list(own.select_related("model", "activity")[:limit])


def recent_evidence(placement: Placement, limit: int = 5) -> list[Evidence]:
    """Return the newest evidence of a placement."""
    own = access.evidence_of(placement.student).filter(placement=placement)
    return list(own.select_related("activity").order_by("-created_at", "-id")[:limit])


def saved_in(placement: Placement, limit: int = 30) -> list[SavedItem]:
    """Return what the student saved in a placement, with what it is about, last saved first."""
    items = access.saved_items_of(placement.student).filter(placement=placement)
    related = (*(f"activity__{name}" for name in JOINED), "reflection__model")
    joined = ("activity", "reflection__activity", "evidence__activity")
    return list(items.select_related(*joined, *related)[:limit])


def saved_page(student: User, number: str | None) -> Page[SavedItem]:
    """Return a page of the timeline of saved items."""
    items = (
        access.saved_items_of(student)
        .select_related(
            "placement__workplace",
            "activity",
            *(f"activity__{name}" for name in JOINED),
            "reflection__model",
            "evidence",
        )
        .prefetch_related("activity__people")
    )
    return Paginator(items, SAVED_A_PAGE).get_page(number)


def minutes_on(placement: Placement, day: date, *, without: Activity) -> int:
    """Return the minutes of the other activities on a day."""
    others = placement.activities.filter(date=day, deleted_at=None).exclude(pk=without.pk)
    return others.aggregate(total=Sum("minutes"))["total"] or 0


def effort_of(placement: Placement) -> Effort:
    """Return what was logged: the same number on every page and in every export."""
    totals = dict(
        placement.activities.filter(deleted_at=None, minutes__isnull=False)
        .order_by()
        .values_list("date")
        .annotate(total=Sum("minutes"))
    )
    return Effort(sum(totals.values()), worked_days(totals, placement.hours_per_day))


def feedback_is_offered(activity: Activity) -> bool:
    """Return whether looking back on an activity is worth an offer (design, Offer of feedback)."""
    cohort = activity.placement.cohort
    if not cohort.has_feedback:
        return False
    hardest = VocabularyEntry.objects.filter(
        cohort=cohort, kind=VocabularyKind.DIFFICULTY, retired_at=None
    ).aggregate(level=Max("level"))["level"]
    return offers_feedback(
        asked=activity.wants_feedback,
        level=activity.difficulty.level if activity.difficulty else None,
        hardest=hardest,
        finished=activity.status == Activity.Status.FINISHED,
        cohort_offers=cohort.offers_feedback,
    )


def form_options(placement: Placement, activity: Activity) -> FormOptions:
    """Return what the form of a placement offers; a retired choice stays for who has it."""
    vocabulary: dict[str, list[VocabularyEntry]] = defaultdict(list)
    for entry in vocabulary_of(placement.cohort, placement.student):
        vocabulary[entry.kind].append(entry)
    for kind, kept in _kept_entries(activity).items():
        vocabulary[kind] += [entry for entry in kept if entry not in vocabulary[kind]]
    chains = placement.chains.filter(Q(finished_at=None) | Q(pk=activity.chain_id))
    goals = placement.goals.filter(deleted_at=None).filter(
        Q(status=LearningGoal.Status.OPEN) | Q(pk=activity.goal_id)
    )
    parts = placement.cohort.shown_parts
    names = {part.part for part in parts}
    return FormOptions(
        parts=parts,
        vocabulary=vocabulary,
        uses=uses_of(placement.student) if _has_many_own(vocabulary) else {},
        competences=list(competences_of(placement.cohort)),
        goals=list(goals),
        chains=list(chains),
        evidence=_evidence_for(placement, activity) if Part.EVIDENCE in names else [],
        reflection_models=reflection_models_for(placement.student, placement.cohort)
        if Part.REFLECTION in names
        else [],
    )


def _has_many_own(vocabulary: dict[str, list[VocabularyEntry]]) -> bool:
    return any(
        sum(entry.owner_id is not None for entry in entries) > OWN_IN_SIGHT
        for entries in vocabulary.values()
    )


def uses_of(student: User) -> dict[int, int]:
    """Return in how many activities each own entry of a student occurs, in one query."""
    own = Activity.objects.filter(placement__student=student, deleted_at=None).order_by()
    moments, *others = (
        own.filter(**{f"{name}__owner": student}).values_list(name).annotate(n=Count("pk"))
        for name in ("moment", "category", "difficulty", "people", "sources")
    )
    return dict(moments.union(*others, all=True))


def _evidence_for(placement: Placement, activity: Activity) -> list[Evidence]:
    """Return the evidence of an activity, then the newest that belongs to none."""
    own = placement.evidence.filter(deleted_at=None)
    attached = own.filter(activity=activity) if activity.pk else own.none()
    return [*attached, *own.filter(activity=None).order_by("-created_at", "-id")[:LOOSE_OFFERED]]


def evidence_loose(placement: Placement) -> QuerySet[Evidence]:
    """Return the evidence of a placement that belongs to no activity, newest first."""
    return placement.evidence.filter(deleted_at=None, activity=None).order_by("-created_at", "-id")


def _kept_entries(activity: Activity) -> dict[str, list[VocabularyEntry]]:
    if not activity.pk:
        return {}
    kept = defaultdict(list)
    single = [activity.moment, activity.category, activity.difficulty]
    for entry in [*filter(None, single), *activity.people.all(), *activity.sources.all()]:
        kept[entry.kind].append(entry)
    return kept


def detail_of(student: User, pk: int) -> Activity | None:
    """Return one own activity with all that its page shows, or None."""
    own = with_saved_mark(access.activities_of(student), student)
    return (
        own.filter(pk=pk)
        .select_related("placement__cohort__programme__institution", "feedback", *JOINED)
        .prefetch_related(*SHOWN)
        .first()
    )

"""How a programme uses the app, as totals: never of fewer than five people, never with a name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.guidance.models import GuidanceQuestion
from stageapp.logbook.models import Activity, Reflection
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort
from stageapp.tips import rules
from stageapp.tips.models import Tip, TipReaction, TipShowing
from stageapp.tips.queries_manage import first_days

MONTHS = 6


@dataclass(frozen=True)
class Measure:
    """Something that students do: which rows say so, and on which day."""

    label: Any
    rows: Callable[[], QuerySet[Any]]
    day: str
    #: Beside how many students, how often.
    shows_amount: bool = False
    #: Stands below one heading with the others about tips.
    about_tips: bool = False


MEASURES = (
    Measure(
        _("logged activities"),
        lambda: Activity.objects.filter(deleted_at=None),
        "date",
        shows_amount=True,
    ),
    Measure(
        _("wrote reflections"),
        lambda: Reflection.objects.filter(
            deleted_at=None, activity__deleted_at=None, is_draft=False
        ),
        "date",
        shows_amount=True,
    ),
    Measure(
        _("shared questions"),
        lambda: GuidanceQuestion.objects.filter(shared_at__isnull=False),
        "shared_at",
        shows_amount=True,
    ),
    Measure(_("saw a new one"), TipShowing.objects.all, "first_on", about_tips=True),
    Measure(
        _("found one helpful"),
        lambda: TipReaction.objects.filter(is_helpful=True),
        "reacted_at",
        about_tips=True,
    ),
    Measure(
        _("found one not helpful"),
        lambda: TipReaction.objects.filter(is_helpful=False),
        "reacted_at",
        about_tips=True,
    ),
    Measure(
        _("acted upon one"),
        lambda: TipReaction.objects.filter(acted_at__isnull=False),
        "acted_at",
        about_tips=True,
    ),
)


@dataclass(frozen=True)
class Cell:
    """How many students, and how often; None where it is not told."""

    people: int | None = None
    amount: int | None = None


@dataclass(frozen=True)
class MonthRow:
    """A month of a cohort, or of all together; the first cell is who was on placement."""

    month: date
    cells: Sequence[Cell]


@dataclass(frozen=True)
class CohortTable:
    """The months of a cohort, the newest first; no cohort: all of them together."""

    cohort: Cohort | None
    rows: Sequence[MonthRow]


def tables_of(cohorts: QuerySet[Cohort], today: date) -> list[CohortTable]:
    """Return what students of these cohorts did by month, in as many queries as measures."""
    known = list(cohorts.select_related("programme").order_by("programme__name_nl", "-slug"))
    months = first_days(today, MONTHS)
    on_placement = _on_placement(known, months)
    counted = [_counted(measure, known, months[-1]) for measure in MEASURES]
    tables = [
        CohortTable(
            cohort,
            [
                MonthRow(
                    month,
                    _cells(
                        on_placement[cohort.pk, month],
                        [counts.get((cohort.pk, month), (0, 0)) for counts in counted],
                    ),
                )
                for month in months
            ],
        )
        for cohort in known
    ]
    return [_together(tables, months), *tables] if len(tables) > 1 else tables


def _on_placement(cohorts: Sequence[Cohort], months: Sequence[date]) -> dict[tuple[int, date], int]:
    """Return how many students were on placement in each month, who has two of them once."""
    found: dict[tuple[int, date], set[int]] = {
        (cohort.pk, month): set() for cohort in cohorts for month in months
    }
    placements = Placement.objects.filter(cohort__in=cohorts, ends_on__gte=months[-1]).order_by()
    for cohort, student, begin, end in placements.values_list(
        "cohort_id", "student_id", "starts_on", "ends_on"
    ):
        for month in months:
            if begin <= _last_day(month) and end >= month:
                found[cohort, month].add(student)
    return {place: len(students) for place, students in found.items()}


def _last_day(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _counted(
    measure: Measure, cohorts: Sequence[Cohort], since: date
) -> dict[tuple[int, date], tuple[int, int]]:
    """Return how many students did something and how often, by cohort and month."""
    day = measure.day
    is_date = day in ("date", "first_on")
    begin = since if is_date else timezone.make_aware(datetime.combine(since, time.min))
    rows = (
        measure.rows()
        .filter(**{"placement__cohort__in": cohorts, f"{day}__gte": begin})
        .order_by()
        .annotate(of_month=TruncMonth(day))
        .values_list("placement__cohort", "of_month")
        .annotate(people=Count("placement__student", distinct=True), amount=Count("pk"))
    )
    return {
        (cohort, month if is_date else month.date()): (people, amount)
        for cohort, month, people, amount in rows
    }


def _cells(whole: int, counts: Iterable[tuple[int, int]]) -> list[Cell]:
    """Return the cells of a month as far as they are told: a number of students, how often."""
    cells = [Cell(rules.told_each([(whole, whole)])[0])]
    for measure, (people, amount) in zip(MEASURES, counts, strict=True):
        (told,) = rules.told_each([(people, whole)])
        shows = measure.shows_amount and told is not None
        cells.append(Cell(told, amount if shows else None))
    return cells


def _together(tables: Sequence[CohortTable], months: Sequence[date]) -> CohortTable:
    """Add up what is told of the cohorts, and nothing else: no hidden number follows from it."""
    rows = []
    for number, month in enumerate(months):
        columns = zip(*(table.rows[number].cells for table in tables), strict=True)
        rows.append(
            MonthRow(
                month,
                [
                    Cell(
                        rules.told_total(cell.people for cell in column),
                        rules.told_total(cell.amount for cell in column),
                    )
                    for column in columns
                ],
            )
        )
    return CohortTable(None, rows)


@dataclass(frozen=True)
class TipRow:
    """What students did with a tip, ever, as far as it is told."""

    tip: Tip
    shown: int | None
    helpful: int | None
    not_helpful: int | None
    acted: int | None


def tip_rows(tips: QuerySet[Tip]) -> list[TipRow]:
    """Return what students did with each tip, in one query.

    Who did not see a tip are told with who did: the size of a cohort stands on the same page.
    """
    everybody = (
        Placement.objects.filter(cohort__tips=OuterRef("pk"))
        .order_by()
        .values("cohort__tips")
        .annotate(n=Count("student", distinct=True))
        .values("n")
    )
    counted = tips.annotate(
        everybody=Coalesce(Subquery(everybody), 0),
        shown=Count("showings__placement__student", distinct=True),
        helpful=_who_reacted(is_helpful=True),
        not_helpful=_who_reacted(is_helpful=False),
        acted=_who_reacted(acted_at__isnull=False),
    ).order_by(F("programme__name_nl"), "-priority", "name")
    return [_tip_row(tip) for tip in counted]


def _who_reacted(**how: bool) -> Count:
    """Count the students who reacted in a way, in whichever placement."""
    which = Q(**{f"reactions__{column}": value for column, value in how.items()})
    return Count("reactions__placement__student", filter=which, distinct=True)


def _tip_row(tip: Any) -> TipRow:
    # A tip may have been shown to a cohort that it is not for any more.
    whole = max(tip.everybody, tip.shown)
    shown, acted = rules.told_each([(tip.shown, whole), (tip.acted, tip.shown)])
    helpful, not_helpful = rules.told_of_two(tip.helpful, tip.not_helpful, tip.shown)
    return TipRow(tip, shown, helpful, not_helpful, acted)

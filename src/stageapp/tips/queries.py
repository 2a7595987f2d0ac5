"""Which tips apply to whom, and why. Nothing here writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, QuerySet

from stageapp.facts import Facts, FilteredSum, Need
from stageapp.insights.queries import facts_of, keys_of, sums_of
from stageapp.insights.statistics import LIBRARY, Measured, measure, share
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort, Institution
from stageapp.tips import rules
from stageapp.tips.models import Tip, TipReaction, TipShowing, TipVersion
from stageapp.tips.rules import Condition, Rule, Value

#: So many placements are looked at together: bounds the memory, however many there are.
BATCH = 500
#: A tip with days of rest stays this long before it rests.
STAYS_DAYS = 7


@dataclass(frozen=True)
class Compiled:
    """A tip with the rule of its current version, read once for all placements."""

    tip: Tip
    version: TipVersion
    rule: Rule
    cohorts: frozenset[int]


@dataclass(frozen=True)
class ActiveTip:
    """A tip that applies to one placement now, with what was measured for it."""

    tip: Tip
    version: TipVersion
    rule: Rule
    values: Mapping[str, Value]
    progress: int


@dataclass
class _Asked:
    """What the rules want to know of one window."""

    needs: set[Need] = field(default_factory=set)
    sums: set[FilteredSum] = field(default_factory=set)


def tips_on(cohorts: Iterable[int]) -> list[Compiled]:
    """Return the tips that are switched on for these cohorts, the most important first."""
    rows = (
        Tip.objects.filter(is_on=True, cohorts__in=cohorts)
        .distinct()
        .select_related("programme__institution")
        .prefetch_related("cohorts", current_version())
    )
    return [compiled(tip, tip.current[0]) for tip in rows if tip.current]  # type: ignore[attr-defined]


def current_version() -> Prefetch[str, QuerySet[TipVersion], str]:
    """Fetch the version that counts with each tip, as `current`."""
    return Prefetch("versions", TipVersion.objects.filter(is_current=True), to_attr="current")


def compiled(tip: Tip, version: TipVersion) -> Compiled:
    """Read the rule of a version."""
    cohorts = frozenset(cohort.pk for cohort in tip.cohorts.all())
    return Compiled(tip, version, rules.rule_from_data(version.rule), cohorts)


def applying(
    placements: Sequence[Placement], tips: Sequence[Compiled], *, at: datetime
) -> dict[int, list[ActiveTip]]:
    """Return which of these tips apply, by placement; placements are of one institution.

    Takes the same few queries for one placement as for hundreds: some for each thing that the
    rules want to know, however many rules there are.
    """
    if not placements:
        return {}
    today = placements[0].cohort.programme.institution.day_of(at)
    measured = _measure(placements, tips, today, at)
    return {
        placement.pk: [
            ActiveTip(row.tip, row.version, row.rule, values, progress)
            for row in tips
            if placement.cohort_id in row.cohorts
            for values, progress in [measured(placement, row.rule)]
            if rules.applies(row.rule, values, progress)
        ]
        for placement in placements
    }


class _measure:  # noqa: N801 -- reads as a verb where it is called
    """Everything that rules ask of placements, fetched once for each window."""

    def __init__(
        self, placements: Sequence[Placement], tips: Sequence[Compiled], today: date, at: datetime
    ) -> None:
        asked: dict[str, _Asked] = {rules.WHOLE_PERIOD: _Asked()}
        for row in tips:
            for condition in row.rule.conditions:
                _ask(asked.setdefault(condition.window, _Asked()), condition)
        keys = keys_of(placements)
        self.facts: dict[str, dict[int, Facts]] = {}
        self.sums: dict[str, dict[int, dict[FilteredSum, float]]] = {}
        for name, wanted in asked.items():
            window = rules.window_of(name, today)
            self.facts[name] = facts_of(placements, wanted.needs, at=at, window=window, keys=keys)
            if wanted.sums:
                self.sums[name] = sums_of(placements, sorted_sums(wanted.sums), window=window)

    def __call__(self, placement: Placement, rule: Rule) -> tuple[dict[str, Value], int]:
        """Return what was measured for the conditions of a rule, and how far the period is."""
        values = {}
        for condition in rule.conditions:
            facts = self.facts[condition.window][placement.pk]
            found = self._of(condition, facts, placement)
            if found is not None:
                values[condition.name] = as_value(found, facts)
        return values, self.facts[rules.WHOLE_PERIOD][placement.pk].progress

    def _of(self, condition: Condition, facts: Facts, placement: Placement) -> Measured | None:
        if condition.ratio is None:
            return measure(condition.statistic, facts, condition.of)
        sums = self.sums[condition.window][placement.pk]
        return share(sums[condition.ratio.top], sums[condition.ratio.bottom])


def as_value(found: Measured, facts: Facts) -> Value:
    """Return what was measured as rules know it, with the names of what it is about."""
    named = [facts.names.get(dimension, {}).get(key, (key, key)) for dimension, key in found.named]
    what = (", ".join(nl for nl, _ in named), ", ".join(en for _, en in named))
    return Value(found.value, found.part, found.whole, what, found.each, facts.total.count)


def sorted_sums(sums: Iterable[FilteredSum]) -> list[FilteredSum]:
    """Return sums in an order that is always the same, so that the query is too."""
    return sorted(sums, key=repr)


def _ask(asked: _Asked, condition: Condition) -> None:
    if condition.ratio:
        asked.sums |= {condition.ratio.top, condition.ratio.bottom}
    else:
        asked.needs |= LIBRARY[condition.statistic].needs


def tips_for(placement: Placement, *, at: datetime) -> list[ActiveTip]:
    """Return the tips that a student is shown now, the most important first.

    Those that the student found not helpful stay away, and so do those that rest. Nothing is
    counted for a tip that cannot be there today.
    """
    tips = tips_on([placement.cohort_id])
    if not tips:
        return []
    today = placement.cohort.programme.institution.day_of(at)
    progress = placement.period.progress(today)
    hidden = set(
        TipReaction.objects.filter(placement=placement, is_helpful=False).values_list(
            "tip", flat=True
        )
    )
    newest = newest_showings(placement)
    possible = [
        row
        for row in tips
        if row.tip.pk not in hidden
        and rules.in_time(row.rule, progress)
        and not rests(row.tip, newest.get(row.tip.pk), today)
    ]
    return applying([placement], possible, at=at)[placement.pk]


def newest_showings(placement: Placement) -> dict[int, TipShowing]:
    """Return when each tip was last shown to a student, by tip."""
    return {
        showing.tip_id: showing
        for showing in TipShowing.objects.filter(placement=placement).order_by("first_on")
    }


def as_seen(placement: Placement, tip: Tip, *, at: datetime) -> ActiveTip:
    """Return a tip with the numbers of now, or where it left with those it was shown with.

    Raises TipShowing.DoesNotExist when it was never shown.
    """
    version = tip.versions.filter(is_current=True).first()
    if version:
        now = applying([placement], [compiled(tip, version)], at=at)[placement.pk]
        if now:
            return now[0]
    showing = tip.showings.filter(placement=placement).select_related("version")[:1].get()
    return ActiveTip(
        tip,
        showing.version,
        rules.rule_from_data(showing.version.rule),
        {name: Value(**kept) for name, kept in showing.values.items()},
        placement.period.progress(showing.first_on),
    )


def rests(tip: Tip, showing: TipShowing | None, today: date) -> bool:
    """Return whether a tip stays away today: it was there for a week and rests a while."""
    if showing is None or not tip.rest_days:
        return False
    back_on = showing.first_on + timedelta(days=STAYS_DAYS + tip.rest_days)
    return showing.first_on + timedelta(days=STAYS_DAYS) <= today < back_on


def in_batches(placements: QuerySet[Placement]) -> Iterator[list[Placement]]:
    """Give placements of one institution in portions, with what facts ask of them."""
    keys = list(placements.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield list(
            Placement.objects.filter(pk__in=keys[start : start + BATCH])
            .select_related("cohort__programme__institution")
            .prefetch_related("interruptions")
            .order_by("pk")
        )


@dataclass
class Evaluation:
    """How many placements each tip reaches now, by `institution/programme/tip`."""

    placements: int = 0
    reached: dict[str, int] = field(default_factory=dict)


def evaluate(cohorts: QuerySet[Cohort], *, at: datetime) -> Evaluation:
    """Count whom the tips of these cohorts reach now, in portions of placements."""
    found = Evaluation()
    for institution in Institution.objects.filter(programmes__cohorts__in=cohorts).distinct():
        own = cohorts.filter(programme__institution=institution)
        tips = tips_on(own.values_list("pk", flat=True))
        for row in tips:
            found.reached.setdefault(_path(row.tip), 0)
        today = institution.day_of(at)
        for portion in in_batches(running(own, today)):
            found.placements += len(portion)
            for active in applying(portion, tips, at=at).values():
                for one in active:
                    found.reached[_path(one.tip)] += 1
    return found


def running(cohorts: QuerySet[Cohort], today: date) -> QuerySet[Placement]:
    """Return the current placements of cohorts that have not ended."""
    return Placement.objects.filter(cohort__in=cohorts, is_current=True, ends_on__gte=today)


def _path(tip: Tip) -> str:
    programme = tip.programme
    return f"{programme.institution.slug}/{programme.slug}/{tip.key}"

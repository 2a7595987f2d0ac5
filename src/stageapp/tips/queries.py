"""Which tips apply to whom, and why. Nothing here writes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max, Prefetch, QuerySet

from stageapp.facts import ALWAYS, Facts, Need
from stageapp.insights.queries import facts_within, sums_of
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


def tips_on(cohorts: Iterable[int]) -> list[Compiled]:
    """Return the tips that are switched on for these cohorts, the most important first."""
    links = Tip.cohorts.through.objects.filter(cohort__in=cohorts, tip__is_on=True)
    cohorts_of: dict[int, set[int]] = {}
    for tip, cohort in links.values_list("tip_id", "cohort_id"):
        cohorts_of.setdefault(tip, set()).add(cohort)
    versions = TipVersion.objects.filter(is_current=True, tip__in=cohorts_of).select_related("tip")
    return [
        compiled(version.tip, version, cohorts_of[version.tip_id])
        for version in versions.order_by("-tip__priority", "tip__name", "tip")
    ]


def current_version() -> Prefetch[str, QuerySet[TipVersion], str]:
    """Fetch the version that counts with each tip, as `current`."""
    return Prefetch("versions", TipVersion.objects.filter(is_current=True), to_attr="current")


def compiled(tip: Tip, version: TipVersion, cohorts: Iterable[int]) -> Compiled:
    """Read the rule of a version."""
    return Compiled(tip, version, rules.rule_from_data(version.rule), frozenset(cohorts))


def applying(
    placements: Sequence[Placement], tips: Sequence[Compiled], *, at: datetime
) -> dict[int, list[ActiveTip]]:
    """Return which of these tips apply, by placement; placements are of one institution.

    Takes the same few queries for one placement as for hundreds: some for each thing that the
    rules want to know, however many rules there are.
    """
    if not placements:
        return {}
    everything = _Everything(placements, tips, at)
    return {
        placement.pk: list(_applying_to(placement, tips, everything)) for placement in placements
    }


def _applying_to(
    placement: Placement, tips: Sequence[Compiled], everything: "_Everything"
) -> Iterator[ActiveTip]:
    measured = _Measured(placement, everything)
    for row in tips:
        if placement.cohort_id in row.cohorts and rules.in_time(row.rule, measured.progress):
            values = measured.values(row.rule)
            if rules.applies(row.rule, values, measured.progress):
                yield ActiveTip(row.tip, row.version, row.rule, values, measured.progress)


class _Everything:
    """What rules ask of placements, fetched once for all of them."""

    def __init__(
        self, placements: Sequence[Placement], tips: Sequence[Compiled], at: datetime
    ) -> None:
        today = placements[0].cohort.programme.institution.day_of(at)
        conditions = [condition for row in tips for condition in row.rule.conditions]
        self.windows = {row.window: rules.window_of(row.window, today) for row in conditions}
        needs = {need for row in conditions if not row.ratio for need in _needs_of(row)}
        sums = [
            (self.windows[row.window], one)
            for row in conditions
            if row.ratio
            for one in (row.ratio.top, row.ratio.bottom)
        ]
        self.facts = facts_within(placements, needs, {ALWAYS, *self.windows.values()}, at=at)
        self.sums = sums_of(placements, sums)


class _Measured:
    """What was measured of one placement: once, however many rules ask for it."""

    def __init__(self, placement: Placement, everything: _Everything) -> None:
        self.windows = everything.windows
        self.facts = {window: facts[placement.pk] for window, facts in everything.facts.items()}
        self.sums = everything.sums.get(placement.pk, {})
        self.progress = self.facts[ALWAYS].progress
        self.known: dict[tuple[object, ...], Value | None] = {}

    def values(self, rule: Rule) -> dict[str, Value]:
        """Return the values of the conditions of a rule that can be measured, by their names."""
        found = {condition.name: self._value(condition) for condition in rule.conditions}
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, condition: Condition) -> Value | None:
        asked = (condition.statistic, condition.of, condition.ratio, condition.window)
        if asked not in self.known:
            facts = self.facts[self.windows[condition.window]]
            found = self._measure(condition, facts)
            self.known[asked] = as_value(found, facts) if found else None
        return self.known[asked]

    def _measure(self, condition: Condition, facts: Facts) -> Measured | None:
        if condition.ratio is None:
            return measure(condition.statistic, facts, condition.of)
        window = self.windows[condition.window]
        return share(
            self.sums[window, condition.ratio.top], self.sums[window, condition.ratio.bottom]
        )


def _needs_of(condition: Condition) -> frozenset[Need]:
    return LIBRARY[condition.statistic].needs


def as_value(found: Measured, facts: Facts) -> Value:
    """Return what was measured as rules know it, with the names of what it is about."""
    named = [facts.names.get(dimension, {}).get(key, (key, key)) for dimension, key in found.named]
    what = (", ".join(nl for nl, _ in named), ", ".join(en for _, en in named))
    return Value(found.value, found.part, found.whole, what, found.each, facts.total.count)


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
    first_days = dict(
        TipShowing.objects.filter(placement=placement)
        .order_by()
        .values_list("tip")
        .annotate(Max("first_on"))
    )
    possible = [
        row
        for row in tips
        if row.tip.pk not in hidden
        and rules.in_time(row.rule, progress)
        and not rests(row.tip, first_days.get(row.tip.pk), today)
    ]
    return applying([placement], possible, at=at)[placement.pk]


def as_seen(placement: Placement, tip: Tip, *, at: datetime) -> ActiveTip:
    """Return a tip with the numbers of now, or where it left with those it was shown with.

    Raises TipShowing.DoesNotExist when it was never shown.
    """
    version = tip.versions.filter(is_current=True).first()
    if version:
        only = compiled(tip, version, tip.cohorts.values_list("pk", flat=True))
        now = applying([placement], [only], at=at)[placement.pk]
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


def rests(tip: Tip, first_on: date | None, today: date) -> bool:
    """Return whether a tip stays away today: it was there for a week and rests a while.

    `first_on` is the first of the days on which it was last there.
    """
    if first_on is None or not tip.rest_days:
        return False
    leaves_on = first_on + timedelta(days=STAYS_DAYS)
    return leaves_on <= today < leaves_on + timedelta(days=tip.rest_days)


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
        paths = {
            pk: f"{institution.slug}/{programme}/{key}"
            for pk, programme, key in Tip.objects.filter(
                pk__in=[row.tip.pk for row in tips]
            ).values_list("pk", "programme__slug", "key")
        }
        found.reached |= dict.fromkeys(paths.values(), 0)
        today = institution.day_of(at)
        for portion in in_batches(running(own, today)):
            found.placements += len(portion)
            for active in applying(portion, tips, at=at).values():
                for one in active:
                    found.reached[paths[one.tip.pk]] += 1
    return found


def running(cohorts: QuerySet[Cohort], today: date) -> QuerySet[Placement]:
    """Return the current placements of cohorts that have not ended."""
    return Placement.objects.filter(cohort__in=cohorts, is_current=True, ends_on__gte=today)

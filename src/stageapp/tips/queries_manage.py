"""What an administrator of tips asks: what can be chosen, what can be measured, whom it reaches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import QuerySet

from stageapp.facts import ALWAYS, Dimension
from stageapp.insights.keys import status_names
from stageapp.insights.statistics import LIBRARY, Measured, Unit, measure, share
from stageapp.programmes.models import (
    Cohort,
    Competence,
    Programme,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.tips import rules
from stageapp.tips.made_up import MadeUpStudent, Names, made_up_students
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.queries import Compiled, applying, as_value, current_version, in_batches, running
from stageapp.tips.rules import Condition, Reach, Rule, Value

KINDS = {
    VocabularyKind.CATEGORY: Dimension.CATEGORY,
    VocabularyKind.PERSON: Dimension.PERSON,
    VocabularyKind.SOURCE: Dimension.SOURCE,
    VocabularyKind.MOMENT: Dimension.MOMENT,
    VocabularyKind.DIFFICULTY: Dimension.DIFFICULTY,
}
#: Statistics of days that cannot be more than the days that are looked at.
WITHIN_WINDOW = {"days_logged", "longest_gap", "days_since_last", "days_since_reflection"}
DAYS_OF_A_MONTH = 31
#: Levels of difficulty where the cohort names none.
USUAL_LEVELS = 3


# What can be chosen -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vocabulary:
    """What activities of a programme's students can name, by cohort; what they added is theirs."""

    #: By cohort: dimension -> key -> names (nl, en).
    cohorts: Mapping[int, Mapping[Dimension, Mapping[str, tuple[str, str]]]]
    #: By cohort: key of a difficulty -> its level, 1 is easiest.
    levels: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    def names(self, cohorts: Iterable[int] = ()) -> dict[Dimension, dict[str, tuple[str, str]]]:
        """Return all that can be named in these cohorts, or in any."""
        found: dict[Dimension, dict[str, tuple[str, str]]] = {d: {} for d in Dimension}
        found[Dimension.STATUS] = status_names()
        for cohort in tuple(cohorts) or self.cohorts:
            for dimension, rows in self.cohorts.get(cohort, {}).items():
                found[dimension] = rows | found[dimension]  # type: ignore[operator]
        return found

    def levels_of(self, cohorts: Iterable[int] = ()) -> dict[str, int]:
        """Return the difficulties of these cohorts, or of all, with their levels."""
        found: dict[str, int] = {}
        for cohort in tuple(cohorts) or self.levels:
            found |= self.levels.get(cohort, {})
        return found

    def highest_level(self, cohorts: Iterable[int] = ()) -> int:
        """Return the highest level of difficulty."""
        return max(self.levels_of(cohorts).values(), default=USUAL_LEVELS)


def vocabulary_of(programme: Programme) -> Vocabulary:
    """Return what tips of a programme can be about, in three queries."""
    cohorts: dict[int, dict[Dimension, dict[str, tuple[str, str]]]] = {
        pk: {} for pk in programme.cohorts.values_list("pk", flat=True)
    }
    levels: dict[int, dict[str, int]] = {}
    entries = VocabularyEntry.objects.filter(cohort__programme=programme, owner=None)
    for row in entries.exclude(key=""):
        dimension = KINDS[VocabularyKind(row.kind)]
        names = cohorts.setdefault(row.cohort_id, {}).setdefault(dimension, {})
        names[row.key] = (row.name_nl, row.name_en or row.name_nl)
        if row.level is not None:
            levels.setdefault(row.cohort_id, {})[row.key] = row.level
    for one in Competence.objects.filter(cohort__programme=programme):
        names = cohorts.setdefault(one.cohort_id, {}).setdefault(Dimension.COMPETENCE, {})
        nl, en = one.name_nl, one.name_en or one.name_nl
        names[one.key] = (f"{one.code} {nl}".strip(), f"{one.code} {en}".strip())
    return Vocabulary(cohorts, levels)


def keys_of(rule: Rule) -> list[tuple[Dimension, str]]:
    """Return the rows that a rule is about, each once."""
    found: dict[tuple[Dimension, str], None] = {}
    for condition in rule.conditions:
        if condition.ratio is None:
            dimension = LIBRARY[condition.statistic].of
            if dimension:
                found[dimension, condition.of] = None
            continue
        for one in (condition.ratio.top, condition.ratio.bottom):
            found |= {(dimension, key): None for dimension, keys in one.where for key in keys}
    return list(found)


def missing_in(rule: Rule, vocabulary: Vocabulary, cohort: int) -> list[tuple[Dimension, str]]:
    """Return the rows of a rule that activities of a cohort cannot name."""
    names = vocabulary.names([cohort])
    return [(dimension, key) for dimension, key in keys_of(rule) if key not in names[dimension]]


# What can be measured -----------------------------------------------------------------------------


def reach_of(condition: Condition, *, highest_level: int, rule: Rule | None = None) -> Reach:
    """Return the values that what a condition measures can have."""
    if condition.ratio:
        is_share = rules.is_part_of(condition.ratio.top, condition.ratio.bottom)
        return Reach(0, rules.WHOLE if is_share else float("inf"))
    names, parts = _is_about(condition.statistic)
    reach = Reach(names=names, parts=parts)
    if condition.statistic == "activities":
        return replace(reach, least=condition.minimum)
    if condition.statistic == "period_progress" and rule and rule.moments:
        least = min(moment.first for moment in rule.moments)
        return replace(reach, least=least, most=max(moment.last for moment in rule.moments))
    unit = LIBRARY[condition.statistic].unit
    if unit == Unit.PERCENT:
        return replace(reach, most=rules.WHOLE)
    if unit == Unit.LEVEL:
        return replace(reach, least=1, most=highest_level)
    if condition.statistic in WITHIN_WINDOW:
        return replace(reach, most=_days_of(condition.window))
    return reach


def reaches_of(rule: Rule, *, highest_level: int) -> dict[str, Reach]:
    """Return what each condition of a rule can measure, by its name."""
    return {
        row.name: reach_of(row, highest_level=highest_level, rule=rule) for row in rule.conditions
    }


def _days_of(window: str) -> float:
    if window == rules.WHOLE_PERIOD:
        return float("inf")
    return DAYS_OF_A_MONTH if window == rules.THIS_MONTH else int(window)


@cache
def _is_about(statistic: str) -> tuple[bool, bool]:
    """Return whether a statistic names something, and whether it is a part of a whole.

    What it says of somebody who did everything shows it, so that no list has to be kept.
    """
    names = {
        dimension: {"a": ("A", "A"), "b": ("B", "B"), "c": ("C", "C")} for dimension in Dimension
    }
    _alone, varied, _new = made_up_students(names, {"a": 1, "b": 2, "c": 3}, date(2026, 3, 12))
    of = LIBRARY[statistic].of
    found = measure(statistic, varied.facts(ALWAYS), "#1" if of == Dimension.GOAL else "a")
    if found is None:
        raise LookupError(statistic)
    return bool(found.named), bool(found.whole)


# Made-up students ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Previewed:
    """What a rule does for a made-up student."""

    student: MadeUpStudent
    applies: bool
    values: Mapping[str, Value]
    progress: int


def previewed(
    rule: Rule, names: Names, levels: Mapping[str, int], *, today: date
) -> list[Previewed]:
    """Return what a rule does for each of the made-up students of a cohort."""
    found = []
    for student in made_up_students(names, levels, today):
        values = _values_of(rule, student)
        applies = rules.applies(rule, values, student.progress)
        found.append(Previewed(student, applies, values, student.progress))
    return found


def _values_of(rule: Rule, student: MadeUpStudent) -> dict[str, Value]:
    values = {}
    for condition in rule.conditions:
        window = rules.window_of(condition.window, student.today)
        facts = student.facts(window)
        found: Measured | None
        if condition.ratio:
            ratio = condition.ratio
            found = share(student.amount(ratio.top, window), student.amount(ratio.bottom, window))
        else:
            found = measure(condition.statistic, facts, condition.of)
        if found is not None:
            values[condition.name] = as_value(found, facts)
    return values


# Real students, as totals -------------------------------------------------------------------------


@dataclass(frozen=True)
class Tried:
    """How many current placements a rule reaches, as far as that may be told."""

    placements: int
    #: None: fewer than five are reached, or left over, in one of the cohorts.
    reached: int | None
    is_few: bool


def try_out(rule: Rule, cohorts: QuerySet[Cohort], *, at: datetime) -> Tried:
    """Count whom a rule that is not kept yet would reach now."""
    rows = list(cohorts.select_related("programme__institution"))
    counts = {cohort.pk: [0, 0] for cohort in rows}
    if rows:
        unsaved = Compiled(Tip(), TipVersion(), rule, frozenset(counts))
        today = rows[0].programme.institution.day_of(at)
        for portion in in_batches(running(cohorts, today)):
            active = applying(portion, [unsaved], at=at)
            for placement in portion:
                counts[placement.cohort_id][0] += bool(active[placement.pk])
                counts[placement.cohort_id][1] += 1
    reached = sum(count for count, _ in counts.values())
    placements = sum(whole for _, whole in counts.values())
    told = rules.told_together((count, whole) for count, whole in counts.values())
    return Tried(placements, told[0] if told else None, reached < rules.SMALLEST_GROUP)


# Lists --------------------------------------------------------------------------------------------


def listed(tips: QuerySet[Tip]) -> list[Tip]:
    """Return tips with their cohorts and the version that counts, as `current`."""
    return list(tips.prefetch_related("cohorts", current_version()))


def version_of(tip: Tip) -> TipVersion | None:
    """Return the version that counts."""
    return tip.versions.filter(is_current=True).first()


def first_days(today: date, months: int) -> list[date]:
    """Return the first days of the last so many months, the newest first."""
    found = [today.replace(day=1)]
    while len(found) < months:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found

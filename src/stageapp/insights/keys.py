"""What the rows that activities name are called in facts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.translation import override

from stageapp.facts import Dimension
from stageapp.logbook.models import Activity
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Competence, VocabularyEntry, VocabularyKind

_KINDS = {
    VocabularyKind.CATEGORY: Dimension.CATEGORY,
    VocabularyKind.PERSON: Dimension.PERSON,
    VocabularyKind.SOURCE: Dimension.SOURCE,
    VocabularyKind.MOMENT: Dimension.MOMENT,
    VocabularyKind.DIFFICULTY: Dimension.DIFFICULTY,
}


@dataclass
class Keys:
    """What rows are called in facts: the key of the configuration, or `#` and a number."""

    keys: dict[Dimension, dict[Any, str]]
    #: By cohort: what could have been chosen there.
    of_cohort: dict[int, dict[Dimension, dict[str, tuple[str, str]]]]
    #: By student: what they added to the lists.
    of_student: dict[int, dict[Dimension, dict[str, tuple[str, str]]]]
    #: By placement: its learning goals.
    goals: dict[int, dict[str, tuple[str, str]]]
    #: By entry of the list of difficulties: its level, and whether that is the hardest there is.
    difficulty: dict[int, tuple[int, bool]] = field(default_factory=dict)
    #: By cohort: what cannot be chosen any more.
    retired: dict[int, set[tuple[Dimension, str]]] = field(default_factory=dict)
    #: By cohort: how difficult each difficulty is.
    levels: dict[int, dict[str, int]] = field(default_factory=dict)

    def names(self, placement: Placement) -> dict[Dimension, dict[str, tuple[str, str]]]:
        """Return everything that activities of a placement can name."""
        own = self.of_student.get(placement.student_id, {})
        shared = self.of_cohort.get(placement.cohort_id, {})
        names = {
            dimension: shared.get(dimension, {}) | own.get(dimension, {}) for dimension in Dimension
        }
        goals = self.goals.get(placement.pk, {})
        return names | {Dimension.GOAL: goals, Dimension.STATUS: status_names()}


@cache
def status_names() -> dict[str, tuple[str, str]]:
    """Return what the states of an activity are called, in both languages."""
    names: dict[str, list[str]] = {value: [] for value in Activity.Status.values}
    for language in ("nl", "en"):
        with override(language):
            for value, label in Activity.Status.choices:
                names[value].append(str(label))
    return {value: (nl, en) for value, (nl, en) in names.items()}


def keys_of(placements: Sequence[Placement]) -> Keys:
    """Return what the rows that activities of these placements name are called in facts."""
    cohorts = {placement.cohort_id for placement in placements}
    keys = Keys({dimension: {} for dimension in Dimension}, {}, {}, {})
    _name_entries(keys, cohorts, {placement.student_id for placement in placements})
    for row in Competence.objects.filter(cohort__in=cohorts).order_by("position", "id"):
        keys.keys[Dimension.COMPETENCE][row.pk] = row.key
        if row.retired_at:
            keys.retired.setdefault(row.cohort_id, set()).add((Dimension.COMPETENCE, row.key))
        names = (f"{row.code} {row.name_nl}".strip(), f"{row.code} {row.name_en}".strip())
        keys.of_cohort.setdefault(row.cohort_id, {}).setdefault(Dimension.COMPETENCE, {})[
            row.key
        ] = names
    goals = LearningGoal.objects.filter(placement__in=placements, deleted_at=None)
    for pk, placement, title in goals.values_list("pk", "placement_id", "title"):
        keys.keys[Dimension.GOAL][pk] = f"#{pk}"
        keys.goals.setdefault(placement, {})[f"#{pk}"] = (title, title)
    keys.keys[Dimension.STATUS] = {value: value for value in Activity.Status.values}
    return keys


def _name_entries(keys: Keys, cohorts: set[int], students: set[int]) -> None:
    levels: dict[int, list[tuple[int, int]]] = {}
    for entry in VocabularyEntry.objects.filter(
        Q(owner=None) | Q(owner__in=students), cohort__in=cohorts
    ):
        dimension = _KINDS[VocabularyKind(entry.kind)]
        key = entry.key or f"#{entry.pk}"
        keys.keys[dimension][entry.pk] = key
        if entry.owner_id is None:
            names = keys.of_cohort.setdefault(entry.cohort_id, {})
        else:
            names = keys.of_student.setdefault(entry.owner_id, {})
        names.setdefault(dimension, {})[key] = (entry.name_nl, entry.name_en or entry.name_nl)
        if entry.retired_at:
            keys.retired.setdefault(entry.cohort_id, set()).add((dimension, key))
        if entry.level is not None:
            keys.levels.setdefault(entry.cohort_id, {})[key] = entry.level
            levels.setdefault(entry.cohort_id, []).append((entry.level, entry.pk))
    for rated in levels.values():
        hardest = max(level for level, _ in rated)
        keys.difficulty |= {pk: (level, level == hardest) for level, pk in rated}

"""What of a programme goes into a file: what is offered now, nothing of people or students."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Prefetch

from stageapp.programmes.models import Cohort, Programme, ReflectionField, ReflectionModel
from stageapp.programmes.programmefile import (
    FIELD,
    MODEL,
    PROGRAMME,
    SETTINGS,
    TABLES,
    plain,
)


def programme_data(programme: Programme, cohorts: Collection[Cohort]) -> dict[str, Any]:
    """Return a programme with some of its cohorts as a file has them, in a fixed number of queries.

    Tips stand above programmes: who writes the file adds them.
    """
    models = list(
        ReflectionModel.objects.filter(cohorts__in=cohorts, retired_at=None)
        .distinct()
        .prefetch_related(
            Prefetch("fields", ReflectionField.objects.filter(retired_at=None), to_attr="asked")
        )
    )
    # All of the programme's own, whether or not one of these cohorts uses them by now.
    own = programme.reflection_models.filter(retired_at=None).prefetch_related(
        Prefetch("fields", ReflectionField.objects.filter(retired_at=None), to_attr="asked")
    )
    return {
        "programme": plain(programme, PROGRAMME),
        "reflection_models": [
            plain(model, MODEL) | {"fields": [plain(field, FIELD) for field in model.asked]}
            for model in own
        ],
        "cohorts": list(_cohorts_data(cohorts, models).values()),
    }


def _cohorts_data(
    cohorts: Collection[Cohort], models: Collection[ReflectionModel]
) -> dict[int, dict[str, Any]]:
    lists = {name: _rows_of(name, cohorts) for name in TABLES}
    chosen = defaultdict(set)
    for cohort, model in Cohort.reflection_models.through.objects.filter(
        cohort__in=cohorts
    ).values_list("cohort_id", "reflectionmodel_id"):
        chosen[cohort].add(model)
    return {
        cohort.pk: plain(cohort, SETTINGS)
        | {name: rows[cohort.pk] for name, rows in lists.items()}
        | {
            "shared_reflection_models": [
                one.key for one in models if one.pk in chosen[cohort.pk] and not one.programme_id
            ],
            "own_reflection_models": [
                one.key for one in models if one.pk in chosen[cohort.pk] and one.programme_id
            ],
        }
        for cohort in cohorts
    }


def _rows_of(name: str, cohorts: Collection[Cohort]) -> dict[int, list[dict[str, Any]]]:
    relation: Any = Cohort._meta.get_field(name)
    rows = relation.related_model._default_manager.filter(cohort__in=cohorts)
    if name == "vocabulary":
        rows = rows.filter(owner=None, retired_at=None).exclude(key="").order_by("kind", *_ORDER)
    elif name == "competences":
        rows = rows.filter(retired_at=None)
    found = defaultdict(list)
    for row in rows:
        found[row.cohort_id].append(plain(row, TABLES[name].columns))
    return found


_ORDER = ("position", "name_nl", "id")

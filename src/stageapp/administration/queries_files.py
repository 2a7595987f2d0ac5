"""A programme with its tips, as the text of a file."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from stageapp.programmes.models import Cohort, Programme
from stageapp.programmes.programmefile import write_programme
from stageapp.programmes.queries_files import programme_data
from stageapp.tips.forms_import import as_filed
from stageapp.tips.models import Tip, TipVersion


def file_of_programme(programme: Programme, cohorts: Collection[Cohort]) -> str:
    """Return a programme with some of its cohorts, and the tips of those, as a file has them."""
    data = programme_data(programme, cohorts)
    keys = defaultdict(list)
    links = Tip.cohorts.through.objects.filter(cohort__in=cohorts)
    for pk, key in links.order_by("tip__key").values_list("cohort_id", "tip__key"):
        keys[pk].append(key)
    for cohort, row in zip(cohorts, data["cohorts"], strict=True):
        row["tips"] = keys[cohort.pk]
    return write_programme(data | {"tips": _tips_of(cohorts)})


def _tips_of(cohorts: Collection[Cohort]) -> list[dict[str, Any]]:
    rows = TipVersion.objects.filter(tip__cohorts__in=cohorts, is_current=True).distinct()
    ordered = rows.order_by("-tip__priority", "tip__name", "tip")
    return [as_filed(row) for row in ordered.select_related("tip")]

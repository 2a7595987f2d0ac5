"""A file becomes a programme, or cohorts of one: all of it in one transaction, or nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.insights.charts import CHARTS
from stageapp.programmes.actions_files import make_cohort, make_models, make_programme
from stageapp.programmes.models import Cohort, Institution, Programme, ReflectionModel
from stageapp.programmes.programmefile import FiledProgramme
from stageapp.tips.actions_manage import save_new_tips
from stageapp.tips.forms_import import as_filed, plan_of
from stageapp.tips.models import TipVersion
from stageapp.tips.queries_manage import vocabulary_of
from stageapp.tips.tipfile import MOST_TIPS, FiledTip, read_tips, write_tips


@dataclass(frozen=True)
class LeftOut:
    """Something of a file that does not come in, and why."""

    what: str
    name: str
    reasons: Collection[str]


@dataclass
class Imported:
    """What came of a file."""

    programme: Programme
    is_new: bool
    cohorts: list[Cohort] = field(default_factory=list)
    models: list[ReflectionModel] = field(default_factory=list)
    #: New tips, which are off, and tips that were there with the same words.
    new_tips: int = 0
    known_tips: int = 0
    left_out: list[LeftOut] = field(default_factory=list)


@transaction.atomic
def bring_in(
    filed: FiledProgramme, into: Programme | Institution, *, by: User, at: datetime
) -> Imported:
    """Make a new programme in an institution, or new cohorts of a programme.

    Raises ValidationError when there is no room, or when names of the file are too much alike for
    the database.
    """
    try:
        with transaction.atomic():
            return _Import(filed, by, at).into(into)
    except IntegrityError as problem:
        raise ValidationError(_("Names or keys in this file are too much alike.")) from problem


def preview(
    filed: FiledProgramme, into: Programme | Institution, *, by: User, at: datetime
) -> Imported:
    """Return what would come of a file: it is brought in, and taken back at once.

    So what is shown is what will happen, whatever the rules are.
    """
    with transaction.atomic():
        found = bring_in(filed, into, by=by, at=at)
        transaction.set_rollback(True)
    return found


class _Import:
    def __init__(self, filed: FiledProgramme, by: User, at: datetime) -> None:
        self.filed, self.by, self.at = filed, by, at
        self.left_out: list[LeftOut] = []

    def into(self, place: Programme | Institution) -> Imported:
        is_new = isinstance(place, Institution)
        programme = (
            make_programme(self.filed.programme, place, by=self.by, at=self.at)
            if isinstance(place, Institution)
            else place
        )
        before = set(programme.reflection_models.values_list("pk", flat=True))
        own = make_models(self.filed.models if is_new else self._models(), programme)
        made = Imported(programme, is_new, left_out=self.left_out)
        made.models = [model for model in own.values() if model.pk not in before]
        for row in self.filed.cohorts:
            made.cohorts.append(self._cohort(row, programme, own))
        self._tips(made)
        return made

    def _models(self) -> list[dict[str, Any]]:
        """Return the reflection models that the cohorts name."""
        named = {key for row in self.filed.cohorts for key in row["own_reflection_models"]}
        return [row for row in self.filed.models if row["key"] in named]

    def _cohort(
        self, row: Mapping[str, Any], programme: Programme, own: Mapping[str, ReflectionModel]
    ) -> Cohort:
        shared = {
            one.key: one for one in ReflectionModel.objects.filter(programme=None, retired_at=None)
        }
        models = [
            *self._known(_("reflection model"), row["shared_reflection_models"], shared),
            *self._known(_("reflection model"), row["own_reflection_models"], own),
        ]
        charts = row["charts"]
        if charts is not None:
            known = {key: key for key in CHARTS}
            row = {**row, "charts": list(self._known(_("chart"), charts, known))}
        return make_cohort(row, programme, models, by=self.by, at=self.at)

    def _known(self, what: str, keys: Iterable[str], there: Mapping[str, Any]) -> list[Any]:
        for key in keys:
            missing = LeftOut(what, key, [_("There is none with this key here.")])
            # Several cohorts can name the same one.
            if key not in there and missing not in self.left_out:
                self.left_out.append(missing)
        return [there[key] for key in keys if key in there]

    def _tips(self, made: Imported) -> None:
        """Bring in the tips: one that is there with the same words gets the cohorts as well."""
        programme = made.programme
        vocabulary = vocabulary_of(programme)
        there = {
            one.tip.key: one
            for one in TipVersion.objects.filter(
                tip__programme=programme, is_current=True
            ).select_related("tip")
        }
        written = []
        for one in _filed_tips(self.filed.tips):
            cohorts = [
                cohort
                for cohort, row in zip(made.cohorts, self.filed.cohorts, strict=True)
                if one.key in row["tips"]
            ]
            if not cohorts:
                continue
            known = there.get(one.key)
            if known and _as_read(known) == one:
                known.tip.cohorts.add(*cohorts)
                made.known_tips += 1
                continue
            plan = plan_of(one, programme, vocabulary, cohorts)
            if plan.written:
                written.append(replace(plan.written, cohorts=cohorts))
            else:
                self.left_out.append(LeftOut(_("tip"), plan.name or one.key, plan.reasons))
        save_new_tips(written, programme, by=self.by, at=self.at)
        made.new_tips = len(written)


def _filed_tips(rows: list[Any]) -> list[FiledTip]:
    """Return tips as the file of tips is read; there are more of them in one of a programme."""
    parts = [rows[first : first + MOST_TIPS] for first in range(0, len(rows), MOST_TIPS)]
    return [tip for part in parts for tip in read_tips(write_tips(part))]


def _as_read(version: TipVersion) -> FiledTip:
    return read_tips(write_tips([as_filed(version)]))[0]

"""What administrators do with tips; each is one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.programmes.actions_lists import lock_cohort
from stageapp.programmes.models import Cohort, Programme
from stageapp.tips.actions import write_version
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.rules import Rule, rule_from_data

KEY_LENGTH = 44


@dataclass(frozen=True)
class Written:
    """Everything that an administrator says of a tip."""

    name: str
    priority: int
    rest_days: int
    rule: Rule
    texts: Mapping[str, str]
    goes_to: str = ""
    cohorts: Collection[Cohort] = ()
    key: str = ""


@transaction.atomic
def save_tip(
    written: Written, programme: Programme, *, tip: Tip | None, by: User, at: datetime
) -> Tip:
    """Make a tip, switched off, or let one say something else from now on."""
    kept = tip or Tip(programme=programme, key=_free_key(written, programme), created_at=at)
    kept.name, kept.priority, kept.rest_days = written.name, written.priority, written.rest_days
    kept.save()
    kept.cohorts.set(written.cohorts)
    write_version(kept, written.rule, written.texts, goes_to=written.goes_to, by=by, at=at)
    return kept


@transaction.atomic
def save_new_tips(
    tips: Collection[Written], programme: Programme, *, by: User, at: datetime
) -> list[Tip]:
    """Make several tips, all of them or none; switched off until somebody looks."""
    return [save_tip(one, programme, tip=None, by=by, at=at) for one in tips]


@transaction.atomic
def choose_tips(cohort: Cohort, tips: Collection[Tip], *, by: User, at: datetime) -> None:
    """Keep which tips of its programme hold for a cohort; what a tip says stays as it is."""
    lock_cohort(cohort)
    cohort.tips.set(tips)
    record(
        Kind.CONFIGURED,
        at=at,
        actor=by.pk,
        institution=cohort.programme.institution_id,
        subject=f"cohort:{cohort.pk}",
        change="tips",
        number=len(tips),
    )


@transaction.atomic
def restore_version(version: TipVersion, *, by: User, at: datetime) -> TipVersion:
    """Let an older version count again, as a new one: what was in between is kept."""
    texts = {
        f"{name}_{language}": getattr(version, f"{name}_{language}")
        for name in TipVersion.TEXTS
        for language in ("nl", "en")
    }
    rule = rule_from_data(version.rule)
    return write_version(version.tip, rule, texts, goes_to=version.goes_to, by=by, at=at)


def _free_key(written: Written, programme: Programme) -> str:
    wanted = (written.key or slugify(written.name))[:KEY_LENGTH] or "tip"
    taken = set(programme.tips.values_list("key", flat=True))
    candidates = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if one not in taken)

"""What a student does to own chains, templates and own entries of the lists."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stageapp.logbook.models import Activity, ActivityTemplate, Chain
from stageapp.programmes.models import VocabularyEntry, VocabularyKind

#: Where an entry of a list stands in an activity: a column, or a table of its own.
COLUMNS = {
    VocabularyKind.MOMENT: "moment",
    VocabularyKind.CATEGORY: "category",
    VocabularyKind.DIFFICULTY: "difficulty",
}
TABLES = {
    VocabularyKind.PERSON: Activity.people.through,
    VocabularyKind.SOURCE: Activity.sources.through,
}


def rename_chain(chain: Chain) -> None:
    """Keep the new name."""
    chain.save(update_fields=["name"])


def finish_chain(chain: Chain, *, at: datetime) -> None:
    """Nothing is added to this chain any more, until it is opened again."""
    chain.finished_at = chain.finished_at or at
    chain.save(update_fields=["finished_at"])


def reopen_chain(chain: Chain) -> None:
    """Activities can be added again."""
    chain.finished_at = None
    chain.save(update_fields=["finished_at"])


def delete_chain(chain: Chain) -> None:
    """Take the thread away; its activities stay."""
    chain.delete()


@transaction.atomic
def keep_template(activity: Activity, name: str, *, at: datetime) -> ActivityTemplate:
    """Let new activities start with the values of this one, under a name.

    Raises ValidationError when the name is taken.
    """
    try:
        with transaction.atomic():
            return ActivityTemplate.objects.create(
                placement=activity.placement, activity=activity, name=name, created_at=at
            )
    except IntegrityError as taken:
        raise ValidationError({"name": _("You have a template with this name already.")}) from taken


def rename_entry(entry: VocabularyEntry, name: str) -> None:
    """Give an own entry another name, everywhere. Raises ValidationError when it is taken."""
    entry.name_nl = entry.name_en = name
    try:
        with transaction.atomic():
            entry.save(update_fields=["name_nl", "name_en"])
    except IntegrityError as taken:
        raise ValidationError(
            {"name": _("You have an entry with this name already. You can merge the two.")}
        ) from taken


def retire_entry(entry: VocabularyEntry, *, at: datetime) -> None:
    """Offer an own entry no more; what has it keeps it."""
    entry.retired_at = entry.retired_at or at
    entry.save(update_fields=["retired_at"])


def restore_entry(entry: VocabularyEntry) -> None:
    """Offer a retired entry again."""
    entry.retired_at = None
    entry.save(update_fields=["retired_at"])


@transaction.atomic
def merge_entry(entry: VocabularyEntry, into: VocabularyEntry) -> None:
    """Let everything that has an own entry have another one instead; the first is gone then."""
    kind = VocabularyKind(entry.kind)
    if kind in COLUMNS:
        own = Activity.objects.filter(placement__student=entry.owner, **{COLUMNS[kind]: entry})
        own.update(**{COLUMNS[kind]: into})
    else:
        rows = TABLES[kind]._default_manager.filter(vocabularyentry=entry)
        both = TABLES[kind]._default_manager.filter(vocabularyentry=into).values("activity")
        rows.filter(activity__in=both).delete()
        rows.update(vocabularyentry=into)
    entry.delete()

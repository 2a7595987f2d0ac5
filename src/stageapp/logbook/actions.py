"""What a student does in the logbook. Nothing else writes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.core.formfields import Picked
from stageapp.logbook import queries
from stageapp.logbook.actions_evidence import attach_evidence
from stageapp.logbook.models import KIND_OF, Activity, Chain, Evidence, Saveable, SavedItem
from stageapp.logbook.rules import fits_in_day
from stageapp.logbook.search import refresh_search
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Part, VocabularyEntry, VocabularyKind
from stageapp.programmes.queries import vocabulary_of

#: Which list an own entry of a part goes into.
LISTS = {
    Part.MOMENT: VocabularyKind.MOMENT,
    Part.CATEGORY: VocabularyKind.CATEGORY,
    Part.DIFFICULTY: VocabularyKind.DIFFICULTY,
    Part.PEOPLE: VocabularyKind.PERSON,
    Part.SOURCES: VocabularyKind.SOURCE,
}


#: Own entries stand below those of the cohort.
OWN_ENTRIES_LAST = 1000
#: Own names of one student in one list; a form offers them all, most of them folded.
MOST_OWN_ENTRIES = 100
#: So much of a description becomes the name of a chain.
CHAIN_NAME = 60


class EvidenceSent(Protocol):
    """Evidence that an activity gets: what exists, and what is not saved yet."""

    @property
    def kept(self) -> Sequence[Evidence]: ...

    @property
    def new(self) -> Sequence[Evidence]: ...


@dataclass(frozen=True)
class Choices:
    """What was chosen in the lists of a form; a part that the form lacks is not touched."""

    picked: dict[str, Picked] = field(default_factory=dict)
    #: None leaves the evidence of the activity as it is.
    evidence: EvidenceSent | None = None

    def __getitem__(self, part: str) -> Picked:
        return self.picked.get(part, Picked())

    def __contains__(self, part: str) -> bool:
        return part in self.picked


@transaction.atomic
def log_activity(activity: Activity, choices: Choices, *, at: datetime) -> Activity:
    """Keep a new activity, or return the one that the same form made before.

    Raises ValidationError at the duration when the day would get more than 24 hours.
    """
    _lock(activity.placement)
    sent_before = activity.placement.activities.filter(client_id=activity.client_id).first()
    if sent_before:
        return sent_before
    activity.created_at = at
    _keep(activity, choices, at=at)
    if Part.CHAIN in choices and activity.status == Activity.Status.BUSY and not activity.chain:
        _start_chain(activity, at=at)
    return activity


@transaction.atomic
def change_activity(activity: Activity, choices: Choices, *, at: datetime) -> Activity:
    """Keep what the student changed. Raises ValidationError as `log_activity` does."""
    _lock(activity.placement)
    return _keep(activity, choices, at=at)


@transaction.atomic
def repeat_activity(activity: Activity, *, on: date, at: datetime) -> Activity:
    """Log the same again on another day. Raises ValidationError as `log_activity` does.

    What belongs to that one time stays behind: evidence, reflections, what was learned.
    """
    again = Activity(
        placement=activity.placement,
        date=on,
        description=activity.description,
        minutes=activity.minutes,
        status=activity.status,
    )
    picked: dict[str, Picked] = {
        part: Picked([row] if (row := getattr(activity, part)) else [])
        for part in (Part.MOMENT, Part.CATEGORY, Part.DIFFICULTY, Part.GOAL)
    }
    if activity.chain and activity.chain.finished_at is None:
        picked[Part.CHAIN] = Picked([activity.chain])
    for part in (Part.PEOPLE, Part.SOURCES, Part.COMPETENCES):
        picked[part] = Picked(list(getattr(activity, part).all()))
    return log_activity(again, Choices(picked), at=at)


def delete_activity(activity: Activity, *, at: datetime) -> None:
    """Take an activity out of the logbook; it can be brought back."""
    activity.deleted_at = at
    activity.save(update_fields=["deleted_at"])


@transaction.atomic
def restore_activity(activity: Activity) -> None:
    """Bring a deleted activity back. Raises ValidationError when its day is full by now."""
    _lock(activity.placement)
    _check_day(activity)
    # It may have been removed for good a moment ago.
    Activity.objects.filter(pk=activity.pk).update(deleted_at=None)


def save_item(source: Saveable, *, by: User, at: datetime) -> SavedItem:
    """Put something of the logbook on the timeline of saved items; once is enough."""
    kind = KIND_OF[type(source)]
    item, _created = SavedItem.objects.get_or_create(
        student=by,
        **{kind.value: source},
        defaults={"kind": kind, "placement": source.placement, "saved_at": at},
    )
    return item


def save_snapshot(
    placement: Placement, kind: SavedItem.Kind, key: str, snapshot: dict[str, Any], *, at: datetime
) -> SavedItem:
    """Put a tip or a chart on the timeline as it looks now; once for each key."""
    item, _created = SavedItem.objects.get_or_create(
        student=placement.student,
        kind=kind,
        key=key,
        defaults={"placement": placement, "snapshot": snapshot, "saved_at": at},
    )
    return item


def unsave(item: SavedItem) -> None:
    """Take an item off the timeline, with its note."""
    item.delete()


def unsave_source(source: Saveable, *, by: User) -> None:
    """Take something of the logbook off the timeline, with the note."""
    SavedItem.objects.filter(student=by, **{KIND_OF[type(source)].value: source}).delete()


def write_note(item: SavedItem) -> None:
    """Keep the note of a saved item."""
    item.save(update_fields=["note"])


def _keep(activity: Activity, choices: Choices, *, at: datetime) -> Activity:
    _check_day(activity)
    for part in (Part.MOMENT, Part.CATEGORY, Part.DIFFICULTY):
        if part in choices:
            setattr(activity, part, next(iter(_entries(activity.placement, part, choices)), None))
    if Part.CHAIN in choices:
        activity.chain = _chain(activity, choices[Part.CHAIN], at=at)
    if Part.GOAL in choices:
        activity.goal = _goal(activity, choices[Part.GOAL], at=at)
    activity.save()
    for part in (Part.PEOPLE, Part.SOURCES):
        if part in choices:
            getattr(activity, part).set(_entries(activity.placement, part, choices))
    if Part.COMPETENCES in choices:
        activity.competences.set(choices[Part.COMPETENCES].rows)
    if choices.evidence is not None:
        attach_evidence(activity, choices.evidence.kept, choices.evidence.new, at=at)
    else:
        refresh_search(activity)
    return activity


def _start_chain(activity: Activity, *, at: datetime) -> None:
    """Unfinished work is likely to go on: give it a thread that the next one can join."""
    words = " ".join(activity.description.split())[:CHAIN_NAME]
    activity.chain = Chain.objects.create(
        placement=activity.placement,
        name=_("New chain - %(description)s") % {"description": words},
        created_at=at,
    )
    activity.save(update_fields=["chain"])


def _lock(placement: Placement) -> None:
    """Let one request at a time count the hours of a day and look for what was sent before."""
    Placement.objects.select_for_update().get(pk=placement.pk)


def _check_day(activity: Activity) -> None:
    if activity.minutes is None:
        return
    already = queries.minutes_on(activity.placement, activity.date, without=activity)
    if not fits_in_day(activity.minutes, already):
        hours = f"{already // 60}:{already % 60:02}"
        raise ValidationError(
            {
                Part.DURATION: _(
                    "You already logged %(hours)s hours on this day; together it would be more "
                    "than 24 hours."
                )
                % {"hours": hours}
            }
        )


def _entries(placement: Placement, part: Part, choices: Choices) -> list[VocabularyEntry]:
    picked = choices[part]
    if not picked.own:
        return picked.rows
    own = own_entry(placement, LISTS[part], picked.own)
    return picked.rows if own in picked.rows else [*picked.rows, own]


def own_entry(placement: Placement, kind: VocabularyKind, name: str) -> VocabularyEntry:
    """Find the entry of that name, the cohort's or the student's own, or make it.

    An own entry that was retired comes back when the student names it again. Raises
    ValidationError when the student has very many already.
    """
    student, same = placement.student, name.casefold()
    own = VocabularyEntry.objects.filter(cohort=placement.cohort, kind=kind, owner=student)
    for entry in [*vocabulary_of(placement.cohort, student).filter(kind=kind), *own]:
        if same in (entry.name_nl.casefold(), entry.name_en.casefold()):
            if entry.retired_at is not None:
                entry.retired_at = None
                entry.save(update_fields=["retired_at"])
            return entry
    if own.count() >= MOST_OWN_ENTRIES:
        text = _("You have %(most)d own names in this list. Choose one of them, or merge some.")
        raise ValidationError({NON_FIELD_ERRORS: text % {"most": MOST_OWN_ENTRIES}})
    entry, _created = VocabularyEntry.objects.get_or_create(
        cohort=placement.cohort,
        kind=kind,
        name_nl=name,
        owner=student,
        defaults={"name_en": name, "position": OWN_ENTRIES_LAST},
    )
    return entry


def _chain(activity: Activity, picked: Picked, *, at: datetime) -> Chain | None:
    if not picked.own:
        return picked.row
    return Chain.objects.create(placement=activity.placement, name=picked.own, created_at=at)


def _goal(activity: Activity, picked: Picked, *, at: datetime) -> LearningGoal | None:
    if not picked.own:
        return picked.row
    return LearningGoal.objects.create(
        placement=activity.placement,
        title=picked.own,
        position=activity.placement.goals.count(),
        created_at=at,
    )

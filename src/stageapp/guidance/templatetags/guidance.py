"""What pages of other features show about guidance."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from stageapp.accounts.audience import Reader, audience_text
from stageapp.guidance.access import open_copies_among, open_copies_of
from stageapp.guidance.calendar_mails import when
from stageapp.guidance.models import (
    GuidanceQuestion,
    Message,
    ProposedMoment,
    QuestionReader,
    Shareable,
)
from stageapp.guidance.queries import files_sent_by
from stageapp.guidance.rules import EDITABLE_FOR
from stageapp.guidance.words import due_words, notes_on, others_of
from stageapp.logbook.models import SavedItem
from stageapp.logbook.room import room_in_words
from stageapp.placements.models import LearningGoal
from stageapp.planning.models import Appointment

register = template.Library()

#: More copies than this are rare; the questions themselves show them all.
COPIES_SHOWN = 5


@register.inclusion_tag("guidance/_copies.html")
def shared_copies(source: Shareable | LearningGoal) -> dict[str, Any]:
    """Say whose eyes a copy of this is open to now, and with which question it went along."""
    return {"questions": open_copies_of(source)[:COPIES_SHOWN]}


@register.simple_tag
def copies_of_saved(items: Iterable[SavedItem]) -> dict[int, list[GuidanceQuestion]]:
    """Return the same of each saved item on a page, by its key, in one query."""
    found = open_copies_among(list(items))
    return {key: questions[:COPIES_SHOWN] for key, questions in found.items()}


@register.simple_tag(takes_context=True)
def room_for_files(context: template.Context) -> str:
    """Say how much room somebody has for files; asked once for a page of several conversations."""
    asked: dict[str, str] = vars(context["request"])
    if "room_for_files" not in asked:
        asked["room_for_files"] = room_in_words(
            files_sent_by(context["user"]), settings.MESSAGES_MOST_BYTES_IN_ALL
        )
    return asked["room_for_files"]


@register.filter
def is_editable(message: Message) -> bool:
    """Return whether its writer can still change a message, as long as the conversation is open."""
    return timezone.now() - message.sent_at < EDITABLE_FOR


@register.simple_tag(takes_context=True)
def audience_of(
    context: template.Context, readers: Iterable[Reader], along: Iterable[QuestionReader] = ()
) -> str:
    """Return the mark of audience of one thing on a page that shows several."""
    return audience_text(readers, context["user"], notes_on(along))


@register.filter
def teachers_reading(question: GuidanceQuestion) -> str:
    """Name the teachers who can read a question now."""
    return others_of(question, question.placement.student)


@register.filter
def due(due_on: date) -> str:
    """Tell when something is due, by the day that it is now."""
    return due_words(due_on, timezone.localdate())


@register.filter
def span(talk: Appointment | ProposedMoment) -> str:
    """Tell from when until when people talk."""
    return when(talk.starts_at, talk.ends_at)


@register.filter
def has_passed(moment: datetime) -> bool:
    """Return whether a moment is not to come any more."""
    return moment <= timezone.now()

"""Finding activities back by words, in Dutch and English."""

import unicodedata
from collections.abc import Iterable

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from stageapp.logbook.models import Activity

#: PostgreSQL takes a megabyte of lexemes a row; this stays below it in every alphabet.
MOST_SEARCHED = 100_000
MOST_WORDS = 20

#: The column is PostgreSQL's own, made by migration 0003.
_IN_BOTH_LANGUAGES = (
    '"logbook_activity"."search" @@ '
    "(websearch_to_tsquery('dutch'::regconfig, %s)"
    " || websearch_to_tsquery('english'::regconfig, %s))"
)


def folded(text: str) -> str:
    """Return a text without accents and capitals, so that `cafe` finds `Café`."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def search_text_of(activity: Activity) -> str:
    """Return everything the student wrote about an activity, folded."""
    return folded("\n".join(filter(None, _texts(activity))))[:MOST_SEARCHED]


def refresh_search(activity: Activity) -> None:
    """Keep what an activity is found by, after something about it changed."""
    Activity.objects.filter(pk=activity.pk).update(search_text=search_text_of(activity))


def matching_words(activities: QuerySet[Activity], query: str) -> QuerySet[Activity]:
    """Return the activities in which all words occur, as a part of a word too.

    PostgreSQL also finds other forms of a word: `lessen` for `les`, `meetings` for `meeting`.
    """
    words = folded(query.replace("\x00", "")).split()[:MOST_WORDS]
    if not words:
        return activities
    contains_all = Q()
    for word in words:
        contains_all &= Q(search_text__contains=word)
    if connection.vendor != "postgresql":
        return activities.filter(contains_all)
    text = " ".join(words)
    stemmed = RawSQL(_IN_BOTH_LANGUAGES, [text, text], output_field=BooleanField())  # noqa: S611
    return activities.filter(contains_all | Q(stemmed))


def _texts(activity: Activity) -> Iterable[str]:
    yield activity.description
    yield activity.learned
    yield activity.next_steps
    yield activity.support_workplace
    yield activity.support_programme
    if activity.pk is None:
        return
    feedback = getattr(activity, "feedback", None)
    if feedback:
        yield from (feedback.what_made_it_hard, feedback.own_initiative, feedback.next_step)
        yield from (feedback.whom_to_ask, feedback.support_workplace, feedback.support_programme)
    for reflection in activity.reflections.filter(deleted_at=None).prefetch_related("answers"):
        yield reflection.title
        yield from (answer.text for answer in reflection.answers.all())
    for evidence in activity.evidence.filter(deleted_at=None):
        yield from (evidence.name, evidence.text)

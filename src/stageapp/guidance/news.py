"""News about a question: it is filed under the question, and leads to its page."""

from datetime import datetime

from django.urls import reverse

from stageapp.accounts.models import User
from stageapp.guidance.models import GuidanceQuestion
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind


def subject_of_question(question: GuidanceQuestion) -> str:
    """Return what news about a question is filed under."""
    return f"question:{question.pk}"


def tell(
    person: User,
    kind: Kind,
    question: GuidanceQuestion,
    *,
    by: User | None,
    cause: str,
    at: datetime,
    title: str = "",
    by_name: str = "",
) -> None:
    """Tell somebody what happened to a question, once for each cause.

    The title is that of the question, unless another one is given; a guest has only a name.
    """
    notify(
        person,
        kind,
        Fact(
            actor=by,
            actor_name=by_name,
            title=title or question.title,
            path=reverse("guidance:question", args=[question.pk]),
            subject=subject_of_question(question),
            cause=cause,
        ),
        place=question.placement.cohort.programme.institution,
        at=at,
    )

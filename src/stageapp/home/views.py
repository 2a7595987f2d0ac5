"""The start page, by role."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.guidance import access
from stageapp.guidance.queries import open_points, open_questions, unread_question
from stageapp.guidance.queries_attention import attention_list
from stageapp.guidance.queries_talks import coming_talks_of, coming_talks_with, talk_to_report
from stageapp.home import queries
from stageapp.home.rules import next_step, phase
from stageapp.logbook.queries import recent_activities, reflection_drafts_of
from stageapp.placements.access import current_placement
from stageapp.placements.models import Placement

#: So many rows of a list are enough on a start page.
SHOWN = 5
TALKS_SHOWN = 3


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Show each of somebody's roles what it needs first."""
    roles = queries.roles_of(request.user)
    is_only_student = roles.is_student and not (roles.is_teacher or roles.is_administrator)
    placement = current_placement(request.user) if roles.is_student else None
    if is_only_student and placement is None:
        return redirect("placements:show")
    context: dict[str, Any] = {"roles": roles}
    if placement:
        context |= _for_student(request, placement)
    if roles.is_teacher:
        rows = attention_list(request.user, timezone.now())
        asking = [row for row in rows if row.asks_for_action]
        context |= {"rows": asking[:SHOWN], "more": len(asking[SHOWN:]), "guided": len(rows)}
        to_do = open_points(access.points_to_do_by(request.user), limit=SHOWN + 1)
        context["talks_with_students"] = coming_talks_with(
            request.user, at=timezone.now(), limit=TALKS_SHOWN
        )
        context |= {"to_do": to_do[:SHOWN], "has_more_to_do": len(to_do) > SHOWN}
    if roles.is_administrator:
        context["cohorts"] = queries.cohort_totals(request.user)
        context["smallest"] = queries.SMALLEST_GROUP
    return render(request, "home/home.html", context)


def _for_student(request: SignedInRequest, placement: Placement) -> dict[str, Any]:
    now = timezone.now()
    talk = talk_to_report(placement, at=now)
    situation = queries.situation_of(
        placement, request.user, now, has_talk_to_report=talk is not None
    )
    return {
        "talk_to_report": talk,
        "talks": coming_talks_of(request.user, at=now, limit=TALKS_SHOWN),
        "audience": audience_text([request.user], request.user),
        "placement": placement,
        "progress": placement.period.progress(placement.today()),
        "situation": situation,
        "unread": unread_question(request.user),
        "step": next_step(situation).value,
        "phase": phase(situation).value,
        "reflection": reflection_drafts_of(placement).select_related("model").first(),
        "recent": recent_activities(placement, limit=3),
        "points": open_points(access.points_of(request.user), limit=SHOWN),
        "open_questions": open_questions(placement)[:SHOWN],
    }

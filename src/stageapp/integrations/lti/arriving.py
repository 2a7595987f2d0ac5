"""Coming in with a launch that was checked: at once, or in the window in which it goes on."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from stageapp.integrations.lti import actions, entering, queries
from stageapp.integrations.lti.entering import Pending
from stageapp.integrations.lti.models import Course, Platform
from stageapp.integrations.lti.rules import Reason, RefusedError, Standing
from stageapp.programmes.queries import institution_for


def come_in(request: HttpRequest, pending: Pending, *, at: datetime) -> HttpResponse:
    """Let somebody in who is known, or ask who they are. Raises RefusedError."""
    rows = Platform.objects.filter(pk=pending.platform, is_active=True)
    platform = rows.select_related("institution").first()
    if platform is None:
        raise RefusedError(Reason.SWITCHED_OFF)
    if not queries.is_served_at(platform, institution_for(request)):
        raise RefusedError(Reason.OTHER_INSTITUTION)
    identity = queries.identity_of(platform, pending.subject)
    entering.leave_other(request, identity.person if identity else None)
    entering.remember_pending(request, pending)
    if identity is None:
        return redirect("lti:welcome")
    person, standing = identity.person, Standing(pending.standing)
    if not person.is_active:
        raise RefusedError(Reason.ACCOUNT_OFF)
    course = Course.objects.select_related("cohort__programme__institution")
    came_from = course.filter(pk=pending.course).first() if pending.course else None
    actions.join(person, came_from, standing, at=at)
    answer = entering.go_on(request, person, came_from, standing, pending.target)
    if request.user.is_authenticated:
        request.session.pop(entering.PENDING, None)
    return answer

"""Talks: proposing moments, picking one, and the page of what was agreed."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.guidance import access, actions_talks, queries_talks
from stageapp.guidance.calendar_mails import calendar_file
from stageapp.guidance.forms_talks import MoveForm, ProposalForm
from stageapp.guidance.models import GuidanceQuestion, TalkProposal
from stageapp.guidance.queries_week import moment_line
from stageapp.placements.queries_teachers import moments_for
from stageapp.planning.access import appointments_of, readers_of_talk, talks_readable_by
from stageapp.planning.models import Appointment

Form = TalkProposal.Form


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Propose up to five moments for a talk, or a planned meeting."""
    asked = _talkable(request, pk)
    assert asked.teacher
    wanted = asked.form if asked.form in Form.values else Form.FACE_TO_FACE
    form = ProposalForm(
        sent_data(request),
        instance=TalkProposal(question=asked),
        initial={"form": wanted, "place": queries_talks.last_place_of(request.user, wanted)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = actions_talks.propose_talk(
                form.instance, form.moments, by=request.user, at=timezone.now()
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _said(made, request), extra_tags=f"talk-{pk}")
            return redirect("guidance:question", pk=pk)
    return render(
        request,
        "guidance/talk_form.html",
        {
            "form": form,
            "question": asked,
            "proposal": queries_talks.open_proposal(asked),
            "other": _other(asked, request),
            "is_own": asked.placement.student == request.user,
            "agreement": queries_talks.agreement_of(asked),
            "fixed_moments": [
                moment_line(fixed)
                for fixed in moments_for(asked.placement).filter(teacher=asked.teacher)
            ],
            "audience": audience_text([asked.placement.student, asked.teacher], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def in_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say by one click that this is talked over in a meeting that is planned already."""
    asked = _talkable(request, pk)
    try:
        key = uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        key = uuid.uuid4()
    proposal = TalkProposal(question=asked, client_id=key, form=Form.MEETING)
    try:
        made = actions_talks.propose_talk(proposal, [], by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _said(made, request))
    return redirect("guidance:question", pk=pk)


@require_POST
def pick(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agree on one of the moments that the other proposed."""
    moment = get_object_or_404(access.moments_picked_by(request.user), pk=pk)
    try:
        talk = actions_talks.pick_moment(moment, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("guidance:question", pk=moment.proposal.question_id)
    messages.success(request, _("Agreed. It stands in both your calendars."))
    return redirect("guidance:talk", pk=talk.pk)


@require_POST
def refuse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that none of the moments fits."""
    proposal = get_object_or_404(access.proposals_settled_by(request.user), pk=pk)
    actions_talks.refuse_moments(proposal, by=request.user, at=timezone.now())
    messages.success(request, _("The other hears that none of these moments fits."))
    return redirect("guidance:question", pk=proposal.question_id)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back moments that one proposed oneself."""
    proposal = get_object_or_404(access.proposals_made_by(request.user), pk=pk)
    actions_talks.take_back_moments(proposal, at=timezone.now())
    messages.success(request, _("Your proposal is taken back."))
    return redirect("guidance:question", pk=proposal.question_id)


@require_GET
def talk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show when, where and about what two people talk, and what came of it."""
    agreed = _readable(request, pk)
    now = timezone.now()
    actions_talks.mark_talk_seen(agreed, by=request.user, at=now)
    asked = access.readable_by(request.user).filter(talk_proposals__appointment=agreed).first()
    is_own = agreed.placement.student == request.user
    report = queries_talks.report_of(agreed)
    can_read = bool(report and access.reports_readable_by(request.user).filter(pk=report.pk))
    return render(
        request,
        "guidance/talk.html",
        {
            "talk": agreed,
            "other": agreed.teacher if is_own else agreed.placement.student,
            "question": asked,
            "is_own": is_own,
            "has_begun": agreed.starts_at <= now,
            "is_over": agreed.ends_at <= now,
            "report": report if can_read else None,
            "audience": _audience(request, agreed),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a talk begin at another moment, or be elsewhere."""
    agreed = get_object_or_404(talks_readable_by(request.user).filter(cancelled_at=None), pk=pk)
    form = MoveForm(sent_data(request), talk=agreed)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions_talks.move_talk(
                agreed,
                starts_at=data["starts_at"],
                minutes=data["minutes"],
                place=data["place"],
                read_sequence=data["sequence"] or 0,
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Changed. Both of you get it for the calendar."))
            return redirect("guidance:talk", pk=pk)
    return render(
        request,
        "guidance/talk_move.html",
        {"form": form, "talk": agreed, "audience": _audience(request, agreed)},
        status=422 if form.is_bound else 200,
    )


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a talk not go on."""
    actions_talks.cancel_talk(_readable(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("Cancelled. It leaves both your calendars."))
    return redirect("guidance:talk", pk=pk)


@require_GET
def calendar_entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a talk as a file that any calendar program takes."""
    return calendar_response(_readable(request, pk))


def calendar_response(talk: Appointment) -> HttpResponse:
    """Return a talk as a download."""
    return HttpResponse(
        calendar_file(talk),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="talk.ics"',
            "Cache-Control": "private, no-store",
        },
    )


@require_POST
def no_report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the invitation to write a report from the start page."""
    own = get_object_or_404(appointments_of(request.user).filter(teacher__isnull=False), pk=pk)
    actions_talks.skip_report(own, at=timezone.now())
    messages.success(request, _("No report, then. You can still write one at the talk itself."))
    return redirect("home")


def _readable(request: SignedInRequest, pk: int) -> Appointment:
    found: Appointment = get_object_or_404(talks_readable_by(request.user), pk=pk)
    return found


def _talkable(request: SignedInRequest, pk: int) -> GuidanceQuestion:
    return get_object_or_404(access.talkable_by(request.user), pk=pk)


def _other(asked: GuidanceQuestion, request: SignedInRequest) -> Any:
    return asked.teacher if asked.placement.student == request.user else asked.placement.student


def _said(made: TalkProposal, request: SignedInRequest) -> str:
    if made.appointment:
        return _("It stands in both your calendars.")
    if made.form == Form.MEETING:
        return _("Noted: you talk about it in your planned meeting.")
    return _("%(name)s can pick one of your moments now.") % {
        "name": _other(made.question, request).name
    }


def _audience(request: SignedInRequest, agreed: Appointment) -> str:
    return audience_text(readers_of_talk(agreed), request.user)

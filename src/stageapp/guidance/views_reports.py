"""The report of a talk: written and shared by the student, confirmed by the teacher."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.guidance import access, actions_reports, queries, queries_talks
from stageapp.guidance.forms_talks import ConfirmForm, ReportForm
from stageapp.guidance.models import MeetingReport
from stageapp.planning.access import talks_readable_by

RELATED = (
    "appointment",
    "confirmed_by",
    "question__teacher",
    "question__placement__student",
    "question__placement__cohort__programme__institution",
)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the report of a talk about a question that was not planned here."""
    asked = get_object_or_404(
        access.questions_of(request.user)
        .filter(shared_at__isnull=False, teacher__isnull=False)
        .select_related("teacher", "placement__student"),
        pk=pk,
    )
    return _form(request, MeetingReport(question=asked), f"report-question-{pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def of_talk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write the report of a talk; one that is there already is shown."""
    own = talks_readable_by(request.user).filter(placement__student=request.user)
    talk = get_object_or_404(own.filter(proposal__isnull=False), pk=pk)
    kept = queries_talks.report_of(talk)
    if kept and request.method != "POST":
        return redirect("guidance:report", pk=kept.pk)
    report = MeetingReport(question=talk.proposal.question, appointment=talk)
    return _form(request, report, f"report-talk-{pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a report that nobody else can read now."""
    private = access.reports_of(request.user).filter(
        Q(shared_at=None) | Q(withdrawn_at__isnull=False)
    )
    return _form(
        request, get_object_or_404(private.select_related(*RELATED), pk=pk), f"report-{pk}"
    )


@require_GET
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a report: to its student with what can be done, to the teacher to confirm."""
    return _show(request, _readable(request, pk))


@require_POST
def share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a report to the teacher of its question."""
    try:
        actions_reports.share_report(_own(request, pk), at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Your report is shared."))
    return redirect("guidance:report", pk=pk)


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a report and its points to the teacher."""
    actions_reports.withdraw_report(_own(request, pk), at=timezone.now())
    messages.success(request, _("Withdrawn. Only you can read it now."))
    return redirect("guidance:report", pk=pk)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    draft = get_object_or_404(access.reports_of(request.user).filter(shared_at=None), pk=pk)
    actions_reports.delete_report(draft, at=timezone.now())
    messages.success(request, _("The draft is removed."))
    return redirect("guidance:question", pk=draft.question_id)


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm what the student wrote, as it was read, with or without something to add."""
    shared = access.reports_shared_with(request.user).select_related(*RELATED)
    read = get_object_or_404(shared, pk=pk)
    form = ConfirmForm(request.POST, instance=read)
    if form.is_valid():
        try:
            actions_reports.confirm_report(
                read,
                addition=form.cleaned_data["addition"],
                read_version=request.POST.get("version", ""),
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(
                request, _("The student sees that you confirmed it."), extra_tags=f"confirm-{pk}"
            )
            return redirect("guidance:report", pk=pk)
    return _show(request, _readable(request, pk), form)


def _show(
    request: SignedInRequest, shown: MeetingReport, form: ConfirmForm | None = None
) -> HttpResponse:
    actions_reports.mark_report_seen(shown, by=request.user, at=timezone.now())
    question = shown.question
    is_own = question.placement.student == request.user
    return render(
        request,
        "guidance/report.html",
        {
            "report": shown,
            "question": question,
            "is_own": is_own,
            "can_share": queries.is_open_to_teacher(question),
            "points": queries_talks.points_of_report(shown),
            "others": queries_talks.others_who_see_points(question) if is_own else "",
            "form": form or ConfirmForm(instance=shown),
            "audience": audience_text(access.readers_of_report(shown), request.user),
        },
        status=422 if form else 200,
    )


def _form(request: SignedInRequest, written: MeetingReport, draft: str) -> HttpResponse:
    form = ReportForm(sent_data(request), instance=written)
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions_reports.keep_report(
                form.instance, form.points(), by=request.user, at=timezone.now()
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Your report is saved."), extra_tags=draft)
            return redirect("guidance:report", pk=kept.pk)
    return render(
        request,
        "guidance/report_form.html",
        {
            "form": form,
            "draft": draft,
            "report": written,
            "question": written.question,
            "talk": written.appointment,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )


def _readable(request: SignedInRequest, pk: int) -> MeetingReport:
    rows = access.reports_readable_by(request.user).select_related(*RELATED)
    return get_object_or_404(rows, pk=pk)


def _own(request: SignedInRequest, pk: int) -> MeetingReport:
    return get_object_or_404(access.reports_of(request.user), pk=pk)

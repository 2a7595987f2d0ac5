"""What happens to the reports of talks. Nothing else writes them."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.guidance.access import reports_shared_with
from stageapp.guidance.actions_points import (
    add_point,
    change_point,
    delete_point,
    subject_of,
    tell_owner,
)
from stageapp.guidance.models import ActionPoint, GuidanceQuestion, MeetingReport
from stageapp.guidance.queries import is_open_to_teacher
from stageapp.guidance.queries_talks import report_subject
from stageapp.notifications.actions import Fact, cancel_unsent, mark_seen, notify
from stageapp.notifications.kinds import Kind
from stageapp.notifications.queries import news_about


@transaction.atomic
def keep_report(
    report: MeetingReport, points: Sequence[ActionPoint], *, by: User, at: datetime
) -> MeetingReport:
    """Keep a new report with its points, or what the student changed; nobody else sees it yet.

    The same form sent twice keeps one; so do two forms about one talk. Raises ValidationError once
    the report was shared: it is withdrawn first, so that nobody reads it while it changes.
    """
    kept = _kept_before(report)
    if kept and kept.pk != report.pk:
        return kept
    if kept and kept.is_shared:
        raise ValidationError(_("This report is shared. Withdraw it before you change it."))
    if kept is None:
        report.created_at = at
    report.save()
    _keep_points(report, points, by=by, at=at)
    return report


@transaction.atomic
def share_report(report: MeetingReport, *, at: datetime) -> None:
    """Open a report with its points to the teacher of the question.

    Raises ValidationError when the question is not open to a teacher who guides this placement.
    """
    kept = _locked(report)
    question = kept.question
    if kept.is_shared:
        return
    if not is_open_to_teacher(question):
        raise ValidationError(_("Share your question first: its teacher reads the report with it."))
    kept.shared_at, kept.withdrawn_at = at, None
    kept.save(update_fields=["shared_at", "withdrawn_at"])
    kept.action_points.update(question=question)
    for point in kept.action_points.select_related("question", "owner", "placement__student"):
        tell_owner(point, by=question.placement.student, at=at)
    assert question.teacher
    _notify(kept, question.teacher, Kind.REPORT_SHARED, by=question.placement.student, at=at)


@transaction.atomic
def withdraw_report(report: MeetingReport, *, at: datetime) -> None:
    """Close a report and its points to the teacher at once; unsent mails never go."""
    kept = _locked(report)
    if not kept.is_shared:
        return
    kept.withdrawn_at = at
    kept.save(update_fields=["withdrawn_at"])
    cancel_unsent(report_subject(kept.pk), at=at)
    for point in kept.action_points.all():
        cancel_unsent(subject_of(point), at=at)
    kept.action_points.update(question=None)


@transaction.atomic
def confirm_report(
    report: MeetingReport, *, addition: str, read_version: str, by: User, at: datetime
) -> None:
    """The teacher confirms a report, with something to add or without; the student hears of it.

    A second click confirms nothing more. `read_version` says which sharing the teacher read. Raises
    ValidationError when it was withdrawn or shared anew since, or its question was.
    """
    kept = _locked(report)
    is_open = reports_shared_with(by).filter(pk=kept.pk).exists()
    if not is_open or kept.version != read_version:
        raise ValidationError(_("The student changed this meanwhile. Read it again first."))
    if kept.is_confirmed and kept.addition == addition:
        return
    kept.confirmed_at, kept.confirmed_by, kept.addition = at, by, addition
    kept.save(update_fields=["confirmed_at", "confirmed_by", "addition"])
    _notify(kept, kept.question.placement.student, Kind.REPORT_CONFIRMED, by=by, at=at)


@transaction.atomic
def delete_report(report: MeetingReport, *, at: datetime) -> None:
    """Throw a report that was never shared away, with its points; what was shared stays."""
    kept = _locked(report)
    if kept.shared_at is None:
        for point in kept.action_points.all():
            delete_point(point, at=at)
        kept.delete()


def mark_report_seen(report: MeetingReport, *, by: User, at: datetime) -> None:
    """Remember that somebody saw the news of a report."""
    mark_seen(news_about(by, [report_subject(report.pk)]), at=at)


def _kept_before(report: MeetingReport) -> MeetingReport | None:
    """Return what is kept of this report, or one about the same talk or from the same form."""
    # One request at a time looks and writes.
    GuidanceQuestion.objects.select_for_update().get(pk=report.question_id)
    rows = MeetingReport.objects.filter(question=report.question_id)
    if report.pk:
        return rows.select_for_update().get(pk=report.pk)
    same_talk = rows.filter(appointment=report.appointment) if report.appointment else rows.none()
    return (rows.filter(client_id=report.client_id) | same_talk).first()


def _keep_points(
    report: MeetingReport, points: Sequence[ActionPoint], *, by: User, at: datetime
) -> None:
    """Keep the points of the form; each knows which row of it made it."""
    kept = {point.client_id: point for point in report.action_points.all()}
    for point in points:
        point.report, point.question = report, None
        before = kept.pop(point.client_id, None)
        if before is None:
            add_point(point, by=by, at=at)
        else:
            before.what, before.due_on, before.owner = point.what, point.due_on, point.owner
            change_point(before, at=at)
    for point in kept.values():
        delete_point(point, at=at)


def _notify(report: MeetingReport, person: User, kind: Kind, *, by: User, at: datetime) -> None:
    notify(
        person,
        kind,
        Fact(
            actor=by,
            title=report.question.title,
            path=reverse("guidance:report", args=[report.pk]),
            subject=report_subject(report.pk),
            cause=f"report:{report.pk}:{at.isoformat()}",
        ),
        place=report.question.placement.cohort.programme.institution,
        at=at,
    )


def _locked(report: MeetingReport) -> MeetingReport:
    """Fetch the row anew and let one request at a time change it, or its question."""
    GuidanceQuestion.objects.select_for_update().get(pk=report.question_id)
    return (
        MeetingReport.objects.select_for_update(of=("self",))
        .select_related(
            "question__placement__student",
            "question__placement__cohort__programme__institution",
            "question__teacher",
        )
        .get(pk=report.pk)
    )

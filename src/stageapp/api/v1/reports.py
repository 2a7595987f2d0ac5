"""Reports of talks: written and shared by the student, confirmed by the teacher."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.points import (
    ActionPoint,
    NewPoint,
    as_rows,
    names_of_rows,
    who_does,
)
from stageapp.api.v1.points import shape as point_shape
from stageapp.api.v1.problems import ApiError, wrong
from stageapp.api.v1.sending import allowed, as_form, checked
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Key,
    KeyInAddress,
    Page,
    Sent,
    Shape,
    Text,
    moment,
    moment_of,
)
from stageapp.guidance import access, actions_reports
from stageapp.guidance.forms_talks import ConfirmForm, ReportForm
from stageapp.guidance.locking import locked
from stageapp.guidance.models import ActionPoint as PointRow
from stageapp.guidance.models import MeetingReport as Row
from stageapp.guidance.queries_talks import report_of
from stageapp.planning.access import talks_readable_by

router = Router(tags=["reports"])
ORDER = ("-created_at", "-pk")
RELATED = (
    "appointment",
    "confirmed_by",
    "question__teacher",
    "question__placement__student",
    "question__placement__cohort__programme__institution",
)
ROWS = range(1, ReportForm.ROWS + 1)


class ReportSummary(Shape):
    """A report in a list."""

    id: int
    client_id: uuid.UUID
    question: int
    talk: int | None = Field(description="null where it was not planned in the app.")
    created_at: datetime
    shared_at: datetime | None
    withdrawn_at: datetime | None
    is_shared: bool = Field(description="Its teacher reads it, as long as its question is open.")
    is_confirmed: bool = Field(description="The teacher confirmed it as it is shared now.")
    confirmed_at: datetime | None


class Report(ReportSummary):
    """What the student writes of a talk, with what has to be done."""

    agreed: str
    discussed: str
    points: list[ActionPoint]
    confirmed_by: str | None
    addition: str = Field(description="In the words of the teacher.")
    version: str = Field(description="Which sharing this is; confirming says which one was read.")
    readers: list[str] = Field(description="Everybody who can read it now.")


class ReportPage(Page[ReportSummary]):
    """Some reports, the newest first."""


class PointOfReport(NewPoint):
    """What has to be done after a talk."""

    id: Key | None = Field(None, description="Of a point of this report that stays.")


class ReportIn(Sent):
    """A new report, which nobody else reads until it is shared.

    It says what was agreed, or has a point.
    """

    client_id: ClientId = None
    agreed: Text = Field("", description="What was agreed.")
    discussed: Text = Field("", description="What it was about.")
    points: Annotated[list[NewPoint], Field(max_length=ReportForm.ROWS)] = []


class ReportChange(Sent):
    """What changes of a report; what is left out stays as it is, a point that is not sent goes."""

    model_config = PARTIAL

    agreed: Text = ""
    discussed: Text = ""
    points: Annotated[list[PointOfReport], Field(max_length=ReportForm.ROWS)] = []


class Confirming(Sent):
    """The teacher confirms what was read, with or without something to add."""

    version: Annotated[str, Field(max_length=50)]
    addition: Text = ""


class ReportFilter(Paged):
    """Which reports."""

    question: KeyInAddress | None = None


def whole(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Fetch what goes out of a report, in a fixed number of queries."""
    points = PointRow.objects.select_related("owner", "placement__student")
    return rows.select_related(*RELATED).prefetch_related(Prefetch("action_points", points))


def summary(row: Row) -> dict[str, Any]:
    """Return what a list shows of a report."""
    return {
        "id": row.pk,
        "client_id": row.client_id,
        "question": row.question_id,
        "talk": row.appointment_id,
        "created_at": moment_of(row.created_at),
        "shared_at": moment(row.shared_at),
        "withdrawn_at": moment(row.withdrawn_at),
        "is_shared": row.is_shared,
        "is_confirmed": row.is_confirmed,
        "confirmed_at": moment(row.confirmed_at),
    }


def listed(row: Row) -> ReportSummary:
    """Return a report in a list."""
    return ReportSummary(**summary(row))


def shape(row: Row, reader: Any) -> Report:
    """Return a report as this reader sees it."""
    return Report(
        **summary(row),
        agreed=row.agreed,
        discussed=row.discussed,
        points=[point_shape(one, reader) for one in row.action_points.all()],
        confirmed_by=row.confirmed_by.name if row.confirmed_by else None,
        addition=row.addition,
        version=row.version,
        readers=[one.name for one in access.readers_of_report(row)],
    )


def fetch(request: ApiRequest, pk: int) -> Row:
    """Return a report that who asks can read."""
    return get_object_or_404(whole(access.reports_readable_by(request.user)), pk=pk)


def own(request: ApiRequest, pk: int) -> Row:
    """Return a report of the student who asks."""
    return get_object_or_404(whole(access.reports_of(request.user)), pk=pk)


@operation(router, "GET", "/reports", scope=Scope.GUIDANCE_READ, gives=ReportPage)
def list_reports(request: ApiRequest, asked: Query[ReportFilter]) -> Any:
    """List the reports of talks: the own ones, and those that students shared."""
    rows = access.reports_readable_by(request.user)
    if asked.question:
        rows = rows.filter(question=asked.question)
    return page_of(request, ReportPage, cut(rows, ORDER, asked), listed)


@operation(
    router,
    "POST",
    "/guidance-questions/{int:pk}/reports",
    scope=Scope.GUIDANCE_WRITE,
    gives=Report,
    takes=JSON,
    creates=True,
    conflicts=True,
)
@transaction.atomic
def write_report(request: ApiRequest, pk: KeyInAddress, sent: ReportIn) -> Answer:
    """Write the report of a talk about a question that was not planned in the app."""
    asked = get_object_or_404(
        access.questions_of(request.user)
        .filter(shared_at__isnull=False, teacher__isnull=False)
        .select_related("teacher", "placement__student"),
        pk=pk,
    )
    return _written(request, Row(question=asked), sent)


@operation(
    router,
    "POST",
    "/talks/{int:pk}/report",
    scope=Scope.GUIDANCE_WRITE,
    gives=Report,
    takes=JSON,
    creates=True,
    conflicts=True,
)
@transaction.atomic
def write_report_of_talk(request: ApiRequest, pk: KeyInAddress, sent: ReportIn) -> Answer:
    """Write the report of a talk; where there is one already, that is what comes back."""
    mine = talks_readable_by(request.user).filter(
        placement__student=request.user, proposal__isnull=False
    )
    talk = get_object_or_404(mine, pk=pk)
    if kept := report_of(talk):
        return _made(request, kept, is_new=False)
    return _written(request, Row(question=talk.proposal.question, appointment=talk), sent)


@operation(router, "GET", "/reports/{int:pk}", scope=Scope.GUIDANCE_READ, gives=Report)
def get_report(request: ApiRequest, pk: KeyInAddress) -> Report:
    """Read one report with its action points; it is no news any more."""
    row = fetch(request, pk)
    actions_reports.mark_report_seen(row, by=request.user, at=timezone.now())
    return shape(row, request.user)


@operation(
    router,
    "PATCH",
    "/reports/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=Report,
    takes=JSON,
    match="needed",
    conflicts=True,
)
@transaction.atomic
def change_report(request: ApiRequest, pk: KeyInAddress, sent: ReportChange) -> Report:
    """Change a report that nobody else reads now; one that is shared is withdrawn first."""
    row = _locked(request, pk)
    check_match(request, lambda: shape(row, request.user), needed=True)
    kept = _kept_points(row)
    points = sent.points if "points" in sent.model_fields_set else list(kept.values())
    numbers = _rows_of(points, kept)
    told = {"agreed": row.agreed, "discussed": row.discussed} | sent.told()
    told |= as_rows(points, numbers)
    form = checked(ReportForm(as_form(told), instance=row), names_of_rows(numbers))
    allowed(
        lambda: actions_reports.keep_report(
            form.instance, form.points(), by=request.user, at=timezone.now()
        )
    )
    return shape(own(request, pk), request.user)


@operation(
    router,
    "DELETE",
    "/reports/{int:pk}",
    scope=Scope.GUIDANCE_WRITE,
    gives=None,
    match="asked",
    conflicts=True,
)
@transaction.atomic
def delete_report(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Throw a report away that was never shared, with its points."""
    row = _locked(request, pk)
    if row.shared_at is not None:
        raise ApiError("conflict", detail=_("What was shared stays; it can be withdrawn."))
    check_match(request, lambda: shape(row, request.user), needed=False)
    actions_reports.delete_report(row, at=timezone.now())
    return NOTHING


@operation(
    router,
    "POST",
    "/reports/{int:pk}/share",
    scope=Scope.GUIDANCE_WRITE,
    gives=Report,
    match="asked",
    conflicts=True,
)
@transaction.atomic
def share_report(request: ApiRequest, pk: KeyInAddress) -> Report:
    """Open a report with its points to the teacher of its question.

    Who reads the question along sees the points then, and not the report.
    """
    row = _locked(request, pk)
    check_match(request, lambda: shape(row, request.user), needed=False)
    allowed(lambda: actions_reports.share_report(row, at=timezone.now()))
    return shape(own(request, pk), request.user)


@operation(router, "POST", "/reports/{int:pk}/withdraw", scope=Scope.GUIDANCE_WRITE, gives=Report)
def withdraw_report(request: ApiRequest, pk: KeyInAddress) -> Report:
    """Close a report and its points to the teacher at once."""
    actions_reports.withdraw_report(own(request, pk), at=timezone.now())
    return shape(own(request, pk), request.user)


@operation(
    router,
    "POST",
    "/reports/{int:pk}/confirm",
    scope=Scope.GUIDANCE_WRITE,
    gives=Report,
    takes=JSON,
    conflicts=True,
)
def confirm_report(request: ApiRequest, pk: KeyInAddress, sent: Confirming) -> Report:
    """Confirm, as the teacher, what the student wrote as it was read, or add something to it."""
    shared = access.reports_shared_with(request.user).select_related(*RELATED)
    form = checked(
        ConfirmForm(as_form({"addition": sent.addition}), instance=get_object_or_404(shared, pk=pk))
    )
    allowed(
        lambda: actions_reports.confirm_report(
            form.instance,
            addition=form.cleaned_data["addition"],
            read_version=sent.version,
            by=request.user,
            at=timezone.now(),
        )
    )
    return shape(fetch(request, pk), request.user)


def _written(request: ApiRequest, row: Row, sent: ReportIn) -> Answer:
    numbers = ROWS[: len(sent.points)]
    told = sent.model_dump(exclude={"points"}) | as_rows(sent.points, numbers)
    form = checked(ReportForm(as_form(told), instance=row), names_of_rows(numbers))
    kept = allowed(
        lambda: actions_reports.keep_report(
            form.instance, form.points(), by=request.user, at=timezone.now()
        )
    )
    return _made(request, kept, is_new=kept is row)


def _made(request: ApiRequest, kept: Row, *, is_new: bool) -> Answer:
    return made(
        shape(own(request, kept.pk), request.user),
        is_new=is_new,
        location=f"/api/v1/reports/{kept.pk}",
    )


def _locked(request: ApiRequest, pk: int) -> Row:
    """Return an own report, which one request at a time changes; call it in a transaction."""
    locked(own(request, pk).question)
    return own(request, pk)


def _kept_points(report: Row) -> dict[int, PointOfReport]:
    """Return the points of a report by the row of the form that made each."""
    kept = {point.client_id: point for point in report.action_points.all()}
    keys = {number: uuid.uuid5(report.client_id, str(number)) for number in ROWS}
    return {
        number: PointOfReport.model_construct(
            id=row.pk, what=row.what, due_on=row.due_on, who=who_does(row)
        )
        for number, key in keys.items()
        if (row := kept.get(key))
    }


def _rows_of(points: Sequence[PointOfReport], kept: dict[int, PointOfReport]) -> list[int]:
    """Return the row of the form for each point: its own for one that stays, a free one for a new.

    Raises a problem for a point that is none of this report.
    """
    row_of = {point.id: number for number, point in kept.items()}
    free = iter([one for one in ROWS if one not in {row_of.get(point.id) for point in points}])
    found: list[int] = []
    for place, point in enumerate(points):
        number = next(free) if point.id is None else row_of.get(point.id)
        if number is None or number in found:
            raise wrong(f"points.{place}.id", _("Choose a point of this report, once."))
        found.append(number)
    return found

"""Evidence: files, links and texts that show what was done."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, UploadedFile
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON, MULTIPART
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import wrong
from stageapp.api.v1.sending import as_form, checked, done, locked, locked_row, placement_for
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Key,
    KeyInAddress,
    Name,
    Page,
    Sent,
    Shape,
    Text,
    moment_of,
)
from stageapp.logbook import access, actions_evidence
from stageapp.logbook.downloads import file_response
from stageapp.logbook.forms_evidence import EvidenceForm, EvidenceNameForm
from stageapp.logbook.models import Evidence as Row
from stageapp.placements.models import Placement

router = Router(tags=["evidence"])
ORDER = ("-created_at", "-pk")
NAMES = {"evidence": ""}
LINK_LENGTH = 2000


class Evidence(Shape):
    """A file, a link or a text that shows what was done."""

    id: int
    client_id: uuid.UUID
    placement: int
    activity: int | None
    kind: str = Field(description="file, link or text.")
    name: str
    content_type: str
    size: int | None = Field(description="Bytes of a file.")
    url: str = Field(description="Of a link.")
    text: str = Field(description="Of a text.")
    file: str | None = Field(description="The address of a file.")
    created_at: datetime


class EvidencePage(Page[Evidence]):
    """Some evidence, newest first."""


class EvidenceIn(Sent):
    """A link or a text; one of the two."""

    client_id: ClientId = None
    placement: Key | None = Field(None, description="Left out: that of the activity, or now's.")
    activity: Key | None = None
    url: Annotated[str | None, Field(max_length=LINK_LENGTH, min_length=1)] = None
    text: Annotated[Text, Field(min_length=1)] | None = None


class FileIn(Sent):
    """What goes with a file."""

    client_id: uuid.UUID | None = Field(None, description="A UUID that you make.")
    placement: KeyInAddress | None = None
    activity: KeyInAddress | None = None


class EvidenceChange(Sent):
    """What a piece of evidence is called; a file keeps its ending."""

    model_config = PARTIAL

    name: Annotated[Name, Field(min_length=1)]


class EvidenceFilter(Paged):
    """Which evidence."""

    placement: KeyInAddress | None = Field(None, description="Left out: the current placement.")
    activity: KeyInAddress | None = None


def shape(row: Row) -> Evidence:
    """Return a piece of evidence as it goes out."""
    is_file = row.kind == Row.Kind.FILE
    return Evidence(
        id=row.pk,
        client_id=row.client_id,
        placement=row.placement_id,
        activity=row.activity_id,
        kind=row.kind,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        url=row.url,
        text=row.text,
        file=f"/api/v1/evidence/{row.pk}/file" if is_file else None,
        created_at=moment_of(row.created_at),
    )


def own(request: ApiRequest) -> QuerySet[Row]:
    """Return the evidence of who asks."""
    return access.evidence_of(request.user).select_related("placement")


@operation(router, "GET", "/evidence", scope=Scope.LOGBOOK_READ, gives=EvidencePage)
def list_evidence(request: ApiRequest, asked: Query[EvidenceFilter]) -> Any:
    """List the evidence of a placement, newest first."""
    rows = own(request).filter(placement=placement_for(request.user, asked.placement))
    if asked.activity:
        rows = rows.filter(activity=asked.activity)
    return page_of(request, EvidencePage, cut(rows, ORDER, asked), shape)


@operation(
    router,
    "POST",
    "/evidence",
    scope=Scope.LOGBOOK_WRITE,
    gives=Evidence,
    takes=JSON,
    costs=("uploading",),
    creates=True,
    conflicts=True,
)
def add_evidence(request: ApiRequest, sent: EvidenceIn) -> Answer:
    """Keep a link or a text as evidence, of an activity or loose."""
    if (sent.url is None) == (sent.text is None):
        raise wrong("url", _("Send a link or a text, one of the two."), "one_of")
    data = as_form({"evidence_url": sent.url, "evidence_text": sent.text})
    return _keep(request, sent, data, [])


@operation(
    router,
    "POST",
    "/evidence/files",
    scope=Scope.LOGBOOK_WRITE,
    gives=Evidence,
    takes=MULTIPART,
    costs=("uploading",),
    creates=True,
    conflicts=True,
)
def upload_evidence(request: ApiRequest, file: File[UploadedFile], sent: Form[FileIn]) -> Answer:
    """Keep a file as evidence, of an activity or loose."""
    return _keep(request, sent, QueryDict(), [file])


@operation(router, "GET", "/evidence/{int:pk}", scope=Scope.LOGBOOK_READ, gives=Evidence)
def get_evidence(request: ApiRequest, pk: KeyInAddress) -> Evidence:
    """Read what a piece of evidence is."""
    return shape(get_object_or_404(own(request), pk=pk))


@operation(
    router,
    "GET",
    "/evidence/{int:pk}/file",
    scope=Scope.LOGBOOK_READ,
    gives=bytes,
    costs=("taking files",),
    is_file=True,
)
def get_evidence_file(request: ApiRequest, pk: KeyInAddress) -> HttpResponseBase:
    """Take the file of a piece of evidence."""
    row = get_object_or_404(own(request), pk=pk)
    return file_response(row.file.name, row.name, row.content_type)


@operation(
    router,
    "PATCH",
    "/evidence/{int:pk}",
    scope=Scope.LOGBOOK_WRITE,
    gives=Evidence,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def rename_evidence(request: ApiRequest, pk: KeyInAddress, sent: EvidenceChange) -> Evidence:
    """Give a piece of evidence another name."""
    row = locked_row(own(request), pk)
    check_match(request, lambda: shape(row), needed=True)
    form = checked(EvidenceNameForm(as_form({"name": sent.name}), instance=row))
    actions_evidence.rename_evidence(form.instance)
    return shape(get_object_or_404(own(request), pk=pk))


@operation(
    router, "DELETE", "/evidence/{int:pk}", scope=Scope.LOGBOOK_WRITE, gives=None, match="asked"
)
@transaction.atomic
def delete_evidence(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Take evidence away; it can be brought back for some weeks."""
    row = locked_row(own(request), pk)
    check_match(request, lambda: shape(row), needed=False)
    actions_evidence.delete_evidence(row, at=timezone.now())
    return NOTHING


@operation(router, "POST", "/evidence/{int:pk}/restore", scope=Scope.LOGBOOK_WRITE, gives=Evidence)
def restore_evidence(request: ApiRequest, pk: KeyInAddress) -> Evidence:
    """Bring evidence back that was taken away."""
    kept = get_object_or_404(access.deleted_evidence_of(request.user), pk=pk)
    actions_evidence.restore_evidence(kept)
    return shape(get_object_or_404(own(request), pk=pk))


@transaction.atomic
def _keep(
    request: ApiRequest,
    sent: EvidenceIn | FileIn,
    data: QueryDict,
    files: Sequence[UploadedFile],
) -> Answer:
    placement, activity = _place(request, sent)
    locked(placement)
    client_id = sent.client_id or uuid.uuid4()
    before = Row.objects.filter(placement=placement, client_id=client_id).first()
    if before:
        return made(shape(before), is_new=False, location=f"/api/v1/evidence/{before.pk}")
    sent_files: MultiValueDict[str, Any] = MultiValueDict({"evidence_files": list(files)})
    form = checked(EvidenceForm(request.user, data, sent_files), NAMES)
    new = form.cleaned_data["evidence"].new
    new[0].client_id = client_id
    if activity:
        done(lambda: actions_evidence.add_evidence(activity, new, at=timezone.now()), NAMES)
    else:
        done(lambda: actions_evidence.keep_loose(placement, new, at=timezone.now()), NAMES)
    kept = get_object_or_404(own(request), placement=placement, client_id=client_id)
    return made(shape(kept), is_new=True, location=f"/api/v1/evidence/{kept.pk}")


def _place(request: ApiRequest, sent: EvidenceIn | FileIn) -> tuple[Placement, Any]:
    """Return the placement and the activity that new evidence belongs to."""
    if sent.activity is None:
        return placement_for(request.user, sent.placement), None
    activity = (
        access.activities_of(request.user)
        .select_related("placement__student")
        .filter(pk=sent.activity)
        .first()
    )
    if activity is None or sent.placement not in (None, activity.placement_id):
        raise wrong("activity", _("Choose an activity of yours in this placement."))
    return activity.placement, activity

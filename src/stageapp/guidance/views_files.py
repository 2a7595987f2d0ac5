"""Files of a conversation: what a student shared, and what goes with a message."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from stageapp.accounts.requests import SignedInRequest
from stageapp.guidance import access, actions
from stageapp.logbook.downloads import file_response


@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Give the file of a shared item, under the name that it was shared with."""
    item = get_object_or_404(access.files_open_to(request.user), pk=pk)
    assert item.snapshot
    response = file_response(item.file, item.snapshot["name"], item.snapshot["content_type"])
    actions.mark_file_opened(item, by=request.user, at=timezone.now())
    return response


@require_GET
def attachment(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """Give a file that goes with a message to who can read that message."""
    kept = get_object_or_404(access.attachments_open_to(request.user), pk=pk)
    return file_response(kept.file.name, kept.name, kept.content_type)

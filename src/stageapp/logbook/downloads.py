"""A kept file on its way to somebody who may see it: nothing in it runs on our pages.

Who may see it is decided before: by `access.evidence_of` for its student, by
`guidance/access.py` for whom it is shared with.
"""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404


def file_response(
    path: str | None, name: str, content_type: str, *, as_attachment: bool = True
) -> FileResponse:
    """Answer with a file of the store, which no browser runs, guesses at or keeps.

    Raises Http404 where the store does not have it any more.
    """
    if not path or not default_storage.exists(path):
        raise Http404
    response = FileResponse(
        default_storage.open(path),
        as_attachment=as_attachment,
        filename=name,
        content_type=content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

"""A kept file on its way to somebody who may see it: nothing in it runs on our pages.

Who may see it is decided before: by `access.evidence_of` for its student, by
`guidance/access.py` for whom it is shared with.

With `STAGEAPP_FILES_URL` files come from a host of their own, where nobody is signed in: the view
sends on to an address that is signed, works for a minute and says all that is needed.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)

from stageapp.core.requests import host_of

#: A browser follows at once; who reads the address later, in a log or over a shoulder, is too late.
SECONDS = 60
SALT = "stageapp.files"
PATH = "/files/"


def file_response(
    path: str | None, name: str, content_type: str, *, as_attachment: bool = True
) -> HttpResponseBase:
    """Answer with a file of the store, which no browser runs, guesses at or keeps.

    Only pictures that we drew ourselves are shown in place. Raises Http404 where the store does not
    have it any more.
    """
    if not path or not default_storage.exists(path):
        raise Http404
    if as_attachment and settings.FILES_URL:
        return HttpResponseRedirect(address_elsewhere(path, name, content_type))
    return _file(path, name, content_type, as_attachment=as_attachment)


def address_elsewhere(path: str, name: str, content_type: str) -> str:
    """Return where the host of files gives a file, for a minute, to whoever has the address."""
    signed = signing.dumps([path, name, content_type], salt=SALT, compress=True)
    return f"{settings.FILES_URL}{PATH}{signed}"


class FilesHostMiddleware:
    """Answers on the host of files: with a file, and with nothing else of the app.

    It stands before sessions and cookies, so that there are none on that host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.FILES_URL or host_of(request) != urlsplit(settings.FILES_URL).hostname:
            return self.get_response(request)
        answer: HttpResponseBase = HttpResponse(
            "404", content_type="text/plain", status=HTTPStatus.NOT_FOUND
        )
        if request.method in ("GET", "HEAD") and request.path.startswith(PATH):
            answer = _signed_file(request.path.removeprefix(PATH)) or answer
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["X-Frame-Options"] = "DENY"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def _signed_file(signed: str) -> FileResponse | None:
    try:
        path, name, content_type = signing.loads(signed, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if not default_storage.exists(path):
        return None
    return _file(path, name, content_type, as_attachment=True)


def _file(path: str, name: str, content_type: str, *, as_attachment: bool) -> FileResponse:
    response = FileResponse(
        default_storage.open(path),
        as_attachment=as_attachment,
        filename=name,
        content_type=content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

"""Pages of our own inside the page of another site: only for sessions that began there.

A browser sends no cookie to a page in a frame of another site, unless the cookie says that it may
(`SameSite=None; Secure`); with `Partitioned` it holds only within that other site, also where
cookies of others are refused. Such cookies, and a policy that names who may show our pages, go to
sessions with the mark that a launch gave them. All others keep what holds everywhere.
"""

from http.cookies import Morsel, SimpleCookie

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

#: Where the session remembers in whose pages it may be shown.
FRAME = "shown_within"

# Python writes this attribute from 3.14 on.
Morsel._reserved.setdefault("partitioned", "Partitioned")  # type: ignore[attr-defined]
Morsel._flags.add("partitioned")  # type: ignore[attr-defined]


class FramedSessionMiddleware(SessionMiddleware):
    """Keeps sessions, and makes those that began in a frame work there."""

    def process_request(self, request: HttpRequest) -> None:
        """Look the session up, and whether it is one of a frame."""
        super().process_request(request)
        request.framed_by = request.session.get(FRAME, [])  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Set the cookies and headers of a frame; who signs out in one stays in it."""
        origins: list[str] = getattr(request, "framed_by", [])
        if origins and FRAME not in request.session:
            request.session[FRAME] = origins
        answer: HttpResponse = super().process_response(request, response)
        if origins:
            let_frame(answer, origins)
            open_cookies(answer.cookies)
        return answer


def let_frame(response: HttpResponse, origins: list[str]) -> None:
    """Let the pages of these origins show an answer."""
    response.xframe_options_exempt = True
    replaced = getattr(response, "_csp_replace", None) or {}
    response._csp_replace = replaced | {"frame-ancestors": origins}  # type: ignore[attr-defined]


def open_cookies(cookies: SimpleCookie, *names: str) -> None:
    """Let cookies, or those with these names, be sent from within a frame."""
    for name, morsel in cookies.items():
        if not names or name in names:
            morsel["samesite"] = "None"
            morsel["secure"] = True
            morsel["partitioned"] = True

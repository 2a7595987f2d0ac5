"""What a student, a teacher and a guest see, for administrators: on made-up data alone.

There is no "view as": nobody sees the pages of somebody else.
"""

import re

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from stageapp.accounts.requests import SignedInRequest
from stageapp.home.made_up import CONTEXTS, MadeUp
from stageapp.programmes.access import institutions_administered, programmes_administered

ROLES = {
    "student": gettext_lazy("student"),
    "teacher": gettext_lazy("teacher"),
    "guest": gettext_lazy("guest"),
}
_LINK = re.compile(r'(<a\b[^>]*?)\s+href="[^"]*"')
#: Forms, and the elements that show in place what a link leads to.
_FORM = re.compile(r"<form\b[^>]*>.*?</form>|</?in-place>", re.DOTALL)


@require_GET
def role_preview(request: SignedInRequest, role: str) -> HttpResponse:
    """Show pages of a role, with made-up people; nothing in it leads anywhere."""
    administers = (
        programmes_administered(request.user).exists()
        or institutions_administered(request.user).exists()
    )
    if role not in ROLES or not administers:
        raise Http404
    context = CONTEXTS[role](MadeUp.at(timezone.now())) | {"is_made_up": True}
    shown = render_to_string(f"home/preview/_{role}.html", context)
    return render(
        request,
        "home/preview/preview.html",
        {
            "shown": without_ways(shown),
            "role": role,
            "name": ROLES[role],
            "roles": ROLES,
            # The same for everybody who gets here; it holds nothing of any programme.
            "audience": _("everybody who administers a programme"),
        },
    )


def without_ways(page: str) -> SafeString:
    """Return a part of a page of which no link leads anywhere and nothing can be sent.

    What comes in is made by our own templates, so it is safe; and they write links in one way.
    """
    return SafeString(_FORM.sub("", _LINK.sub(r"\1", page)))

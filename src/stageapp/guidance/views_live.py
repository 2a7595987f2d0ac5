"""What was written in a conversation since its page was opened."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address
from stageapp.guidance import access, actions, queries


@never_cache
@require_GET
def messages_since(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the messages after the one in the address; nothing at all where there are none.

    Every open page asks every so many seconds, so this has to stay cheap.
    """
    asked = get_object_or_404(access.readable_by(request.user), pk=pk)
    written = list(queries.messages_after(asked, key_in_address(request, "after") or 0))
    if not written:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    question = get_object_or_404(queries.with_conversation(access.readable_by(request.user)), pk=pk)
    actions.mark_read([question], by=request.user, at=timezone.now(), shows_items=False)
    return render(request, "guidance/_messages.html", {"conversation": written})

"""A conversation that goes on: what was written since, and changing what was just sent."""

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address, sent_data
from stageapp.guidance import access, actions, queries
from stageapp.guidance.forms import EditMessageForm
from stageapp.guidance.words import audience_of_question


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
    context = {
        "conversation": written,
        "is_own": question.placement.student == request.user,
        "can_write": question.is_shared and question.closed_at is None,
    }
    return render(request, "guidance/_messages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an own message in its first minutes."""
    own = access.messages_editable_by(request.user, timezone.now()).select_related("question")
    message = get_object_or_404(own, pk=pk)
    form = EditMessageForm(sent_data(request), initial={"text": message.text})
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_message(
                message, form.cleaned_data["text"], by=request.user, at=timezone.now()
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            return redirect("guidance:question", pk=message.question_id)
    return render(
        request,
        "guidance/edit_message.html",
        {
            "form": form,
            "message": message,
            "audience": audience_of_question(access.known(message.question), request.user),
        },
        status=422 if form.is_bound else 200,
    )

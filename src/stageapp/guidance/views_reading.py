"""Reading a message of the other by the five speech acts: computed now, kept nowhere.

What a message quotes is no act of its writer, so it is left out.
"""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.guidance import access
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.words import tell
from stageapp.speech import reading
from stageapp.speech.quotes import own_words


@never_cache
@require_GET
def read_core(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the core of a question, its first message, by speech acts to whom it was asked."""
    asked = get_object_or_404(
        access.cores_received_by(request.user).select_related("placement__student"), pk=pk
    )
    return _show(request, asked, asked.core, asked.placement.student.name)


@never_cache
@require_GET
def read_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a message by speech acts to the other in the conversation, never to its writer."""
    message = get_object_or_404(
        access.messages_received_by(request.user).select_related(
            "question", "author", "invitation"
        ),
        pk=pk,
    )
    return _show(request, message.question, message.text, message.writer_name)


def _show(request: SignedInRequest, asked: GuidanceQuestion, text: str, name: str) -> HttpResponse:
    return render(
        request,
        "guidance/_speech_acts_in_place.html" if request.htmx else "guidance/speech_acts.html",
        {
            "question": asked,
            "name": name,
            "reading": tell(reading.read_message(own_words(text)), name),
            "audience": audience_text([request.user], request.user),
        },
    )

"""Writing a reply: a look at the draft, which goes nowhere and is kept nowhere; own words."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.counting import is_within
from stageapp.core.requests import sent_data
from stageapp.guidance import access, actions, actions_replies, queries
from stageapp.guidance.forms import MessageForm
from stageapp.guidance.forms_replies import OwnWordsForm
from stageapp.guidance.models import GuidanceQuestion, OwnWords
from stageapp.guidance.queries_replies import CORE, ReplyAid, aid_for, desk_of, quotable
from stageapp.guidance.rules_replies import PARTS, rank_of, with_words
from stageapp.guidance.views import show_question
from stageapp.guidance.words_replies import DEFAULT_WORDS
from stageapp.programmes.queries import is_teacher


@never_cache
@require_POST
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Look at a draft of an answer: give hints, or put in what a button asks for. Sends nothing.

    A script gets the hints alone; without one the page comes back with the text in it.
    """
    asked = get_object_or_404(queries.with_conversation(access.asked_to(request.user)), pk=pk)
    may_look = is_within(request, "hints")
    if request.htmx and not may_look:
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    if request.POST.get("hints") in ("on", "off"):
        actions_replies.set_hints(request.user, on=request.POST["hints"] == "on")
    desk = desk_of(request.user, asked.placement)
    aid = aid_for(asked, list(asked.messages.all()), request.user, desk)
    text = _with_what_was_asked(request, aid, _typed(request, asked))
    if may_look:  # else the page comes back with the text all the same, without hints
        aid = aid.looked_at(text, _left(request))
    if request.htmx:
        return render(request, "guidance/_reply_hints.html", {"question": asked, "aid": aid})
    actions.mark_read([asked], by=request.user, at=timezone.now())
    form = MessageForm(prefix=f"question-{pk}", initial={"text": text})
    return show_question(request, asked, form, aid=aid)


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest) -> HttpResponse:
    """Show the texts that a teacher likes to write with; keep a new one."""
    if not is_teacher(request.user):
        raise Http404
    kind = request.GET.get("kind", "")
    begun = {"kind": kind, "text": DEFAULT_WORDS[kind]} if kind in DEFAULT_WORDS else None
    form = OwnWordsForm(
        sent_data(request),
        instance=OwnWords(),
        initial=begun or {"kind": OwnWords.Kind.SALUTATION},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions_replies.keep_words(form.instance, by=request.user)
        except ValidationError as problem:
            form.add_error("kind", problem)
        else:
            messages.success(request, _("Kept."), extra_tags="own-words")
            return redirect("guidance:words")
    rows = list(access.own_words_of(request.user))
    kinds = [
        (one, [row for row in rows if row.kind == one], DEFAULT_WORDS.get(one))
        for one in OwnWords.Kind
    ]
    return _show_words(request, form, {"kinds": kinds})


@require_http_methods(["GET", "HEAD", "POST"])
def words_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an own text."""
    form = OwnWordsForm(sent_data(request), instance=_own(request, pk))
    if request.method == "POST" and form.is_valid():
        try:
            actions_replies.change_words(form.instance)
        except ValidationError as problem:
            form.add_error("kind", problem)
        else:
            messages.success(request, _("Your change is saved."))
            return redirect("guidance:words")
    return _show_words(request, form, {"words": form.instance})


@require_POST
def words_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let an own text change places with its neighbour."""
    actions_replies.move_words(_own(request, pk), earlier=request.POST.get("to") != "later")
    return redirect("guidance:words")


@require_POST
def words_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw an own text away."""
    actions_replies.remove_words(_own(request, pk))
    messages.success(request, _("Removed."))
    return redirect("guidance:words")


@never_cache
@require_GET
def quote_core(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the reader choose which sentences of a question to quote."""
    asked = get_object_or_404(access.cores_received_by(request.user), pk=pk)
    return _show_sentences(request, asked, CORE, asked.core)


@never_cache
@require_GET
def quote_message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the reader choose which sentences of a message to quote."""
    message = get_object_or_404(
        access.messages_received_by(request.user).select_related("question"), pk=pk
    )
    return _show_sentences(request, message.question, str(message.pk), message.text)


def _show_sentences(
    request: SignedInRequest, asked: GuidanceQuestion, source: str, text: str
) -> HttpResponse:
    return render(
        request,
        "guidance/_quote.html" if request.htmx else "guidance/quote.html",
        {
            "question": asked,
            "source": source,
            "sentences": quotable(text),
            "audience": audience_text([request.user], request.user),
        },
    )


def _show_words(
    request: SignedInRequest, form: OwnWordsForm, context: dict[str, object]
) -> HttpResponse:
    audience = audience_text([request.user], request.user)
    return render(
        request,
        "guidance/words.html",
        {"form": form, "audience": audience, **context},
        status=422 if form.is_bound else 200,
    )


def _typed(request: SignedInRequest, asked: GuidanceQuestion) -> str:
    text = request.POST.get(f"question-{asked.pk}-text", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _left(request: SignedInRequest) -> set[str]:
    """Return the hints that the writer leaves; a reply has but a few."""
    return {key[:40] for key in request.POST.getlist("left")[:50]} | {
        key[:40] for key in request.POST.getlist("leave")[:1]
    }


def _with_what_was_asked(request: SignedInRequest, aid: ReplyAid, text: str) -> str:
    """Return the draft with what a button puts in; a script has done so already."""
    if request.htmx:
        return text
    text = aid.put_in(text, request.POST.get("insert", ""))
    later = request.POST.get("later", "")[:400].strip()
    return with_words(text, later, rank_of(PARTS[2]), aid.offered) if later else text


def _own(request: SignedInRequest, pk: int) -> OwnWords:
    return get_object_or_404(access.own_words_of(request.user).select_related("owner"), pk=pk)

"""Guidance questions, for the student who asks and for the teacher who was asked."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in, key_in_address, sent_data
from stageapp.guidance import access, actions, queries, queries_talks
from stageapp.guidance.actions_along import Readers
from stageapp.guidance.forms import CloseForm, MessageForm, QuestionForm, as_shareable
from stageapp.guidance.forms_path import STEPS
from stageapp.guidance.models import GuidanceQuestion, Shareable
from stageapp.guidance.queries_guests import guest_of
from stageapp.guidance.queries_path import asks_in_steps, offers_choice
from stageapp.guidance.queries_replies import Desk, ReplyAid, aid_for, desk_of, quotation
from stageapp.guidance.queries_week import moment_line
from stageapp.guidance.starters import STARTERS, starter
from stageapp.guidance.words import (
    audience_after_sharing,
    audience_of_question,
    note_on,
    others_of,
)
from stageapp.logbook.access import (
    activities_of,
    evidence_of,
    reflections_of,
    saved_items_of,
)
from stageapp.logbook.models import SavedItem
from stageapp.placements.actions import keep_supervisor
from stageapp.placements.decorators import PlacementRequest
from stageapp.placements.queries import goals_of, teachers_of
from stageapp.placements.queries_agreements import agreed_on, links_of
from stageapp.placements.queries_teachers import moments_for
from stageapp.programmes.queries import is_student

NEW_DRAFT = "question-new"


@require_GET
def questions(request: SignedInRequest) -> HttpResponse:
    """Show the student's own questions."""
    if not (request.user.placements.exists() or is_student(request.user)):
        raise Http404
    page = queries.question_list(request.user, request.GET.get("page"))
    audience = audience_text([request.user], request.user)
    return render(request, "guidance/list.html", {"page": page, "audience": audience})


def write_on_one_page(request: PlacementRequest) -> HttpResponse:
    """Write a question; it stays a draft until the student has seen what the teacher will see.

    Begins in `views_path`, where a student may go step by step instead.
    """
    begun = starter(request.GET.get("start", ""))
    draft = f"{NEW_DRAFT}-{begun.key}" if begun else NEW_DRAFT
    form = QuestionForm(
        sent_data(request),
        instance=GuidanceQuestion(),
        placement=request.placement,
        chosen=asked_items(request),
        initial=({"title": begun.title, "core": begun.core} if begun else {}) | about_goal(request),
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.draft_question(
                form.instance, form.chosen, by=request.user, at=timezone.now()
            )
            keep_supervisor_of(form)
        except ValidationError as problem:
            form.add_error("items", problem)
        else:
            messages.success(request, _("Kept as a draft."), extra_tags=draft)
            return redirect("guidance:question", pk=kept.pk)
    return _show_form(request, form, draft)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    draft = get_object_or_404(
        access.editable_by(request.user).select_related(
            "placement__student", "placement__cohort__programme__institution"
        ),
        pk=pk,
    )
    form = QuestionForm(
        sent_data(request),
        instance=draft,
        placement=draft.placement,
        chosen=queries.chosen_items(draft),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_draft(form.instance, form.chosen)
            keep_supervisor_of(form)
        except ValidationError as problem:
            form.add_error("items", problem)
        else:
            messages.success(request, _("Your change is saved."), extra_tags=f"question-{pk}")
            return redirect("guidance:question", pk=pk)
    return _show_form(request, form, f"question-{pk}")


@require_GET
def question(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a question: to its student with what can be done, to its addressee to answer."""
    asked = _readable(request, pk)
    if not asked.is_draft:
        actions.mark_read([asked], by=request.user, at=timezone.now())
    return show_question(request, asked, _quoting_form(request, asked))


@require_POST
def share(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open a draft, or what was withdrawn, to the teacher it is asked to."""
    asked = get_object_or_404(access.shareable_by(request.user), pk=pk)
    try:
        actions.share_question(asked, at=timezone.now(), readers=_chosen_readers(request))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        shared = access.known(asked)
        names = others_of(shared, request.user)
        if asked.is_for_guest:
            text = _("%(name)s gets a mail with a link to your question.") % {"name": names}
        elif shared.along.exists():
            text = _("Your question can be read now by %(names)s.") % {"names": names}
        else:
            text = _("%(name)s can read your question now.") % {"name": names}
        messages.success(request, text)
    return redirect("guidance:question", pk=pk)


@require_POST
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close the question and its items to the addressee at once."""
    actions.withdraw_question(_own(request, pk), at=timezone.now())
    messages.success(request, _("Withdrawn. Only you can read it now."))
    return redirect("guidance:question", pk=pk)


@require_POST
def withdraw_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close one item to the addressee at once."""
    item = get_object_or_404(access.items_shared_by(request.user), pk=pk)
    actions.withdraw_item(item, at=timezone.now())
    if item.question.is_shared:
        text = _("Withdrawn. Only you can read this item now; the question stays open.")
    else:
        text = _("This item does not go along when you share the question again.")
    messages.success(request, text)
    return redirect("guidance:question", pk=item.question_id)


@require_POST
def share_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Share one item anew, as it is now; also one that was withdrawn."""
    item = get_object_or_404(access.items_shared_by(request.user), pk=pk)
    try:
        is_shared_anew = actions.share_item(item, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("guidance:question", pk=item.question_id)
    if not is_shared_anew:
        text = _("This item is the same as when you shared it.")
    elif item.question.is_shared:
        text = _("%(name)s can read this item as it is now.") % {
            "name": item.question.addressee_name
        }
    else:
        text = _("This item goes along when you share the question again.")
    messages.success(request, text)
    return redirect("guidance:question", pk=item.question_id)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a question in own words."""
    own = access.with_openness(access.questions_of(request.user))
    asked: Any = get_object_or_404(own.select_related("placement__student", "teacher"), pk=pk)
    if asked.is_draft:
        raise Http404
    form = CloseForm(
        sent_data(request), instance=asked, teacher=asked.teacher if asked.is_open else None
    )
    if request.method == "POST" and form.is_valid():
        actions.close_question(
            asked,
            goal=form.cleaned_data["conclusion_goal"],
            learned=form.cleaned_data["conclusion_learned"],
            next_step=form.cleaned_data["conclusion_next"],
            points=form.points(),
            makes_goal=form.cleaned_data["makes_goal"],
            at=timezone.now(),
        )
        messages.success(request, _("The question is closed."), extra_tags=f"close-{pk}")
        return redirect("guidance:question", pk=pk)
    return render(
        request,
        "guidance/close.html",
        {"form": form, "question": asked, "audience": _audience(request, asked)},
        status=422 if form.is_bound else 200,
    )


@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    """Go on with a closed question."""
    actions.reopen_question(_own(request, pk))
    messages.success(request, _("The question is open again."))
    return redirect("guidance:question", pk=pk)


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    actions.delete_draft(get_object_or_404(access.editable_by(request.user), pk=pk))
    messages.success(request, _("The draft is removed."))
    return redirect("guidance:list")


@require_POST
def message(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a message; a second copy of the same form sends nothing more."""
    asked = _readable(request, pk)
    form = MessageForm(request.POST, request.FILES, prefix=f"question-{pk}")
    if not form.is_valid():
        return show_question(request, asked, form, status=422)
    try:
        actions.send_message(
            asked,
            form.cleaned_data["text"],
            by=request.user,
            at=timezone.now(),
            client_id=form.cleaned_data["client_id"],
            files=form.cleaned_data["attachments"],
        )
    except ValidationError as problem:
        form.add_error(None, problem)
        return show_question(request, asked, form, status=422)
    is_answer = asked.placement.student != request.user
    text = _("Your message is sent.")
    messages.success(
        request, _then_next(request, text) if is_answer else text, extra_tags=f"message-{pk}"
    )
    if request.POST.get("from") == "student" and is_answer:
        return redirect("students:student", pk=asked.placement_id)
    return redirect("guidance:question", pk=pk)


@require_POST
def agree(request: SignedInRequest, pk: int) -> HttpResponse:
    """The teacher asked agrees with the learning goal, in the words that were shared."""
    asked = get_object_or_404(access.asked_to(request.user), pk=pk, goal__isnull=False)
    try:
        actions.agree_on_goal(
            asked,
            read_version=request.POST.get("version", ""),
            by=request.user,
            at=timezone.now(),
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _then_next(request, _("The student sees that you agree.")))
    return redirect("guidance:question", pk=pk)


def conversation_context(
    request: SignedInRequest,
    asked: GuidanceQuestion,
    form: MessageForm | None = None,
    desk: Desk | None = None,
) -> dict[str, Any]:
    """Return what `_question.html` shows of one question to its reader.

    A page with several questions asks once for the desk of who answers them.
    """
    is_own = asked.placement.student_id == request.user.pk
    exchange = list(asked.messages.all())
    shown = queries.own_items if is_own and not asked.is_draft else queries.visible_items
    if not is_own:
        desk = desk or desk_of(request.user, asked.placement)
    return {
        "question": asked,
        "aid": aid_for(asked, exchange, request.user, desk) if desk else None,
        "state": queries.state_of(asked, exchange),
        "conversation": exchange,
        "items": shown(asked),
        "withdrawn_count": 0 if is_own else queries.withdrawn_count(asked),
        "live_seconds": settings.LIVE_SECONDS,
        "goal": queries.visible_goal(asked),
        "agreement": queries.agreement_on(asked),
        "is_own": is_own,
        "read_by": queries.read_on(asked, request.user),
        "message_form": form or MessageForm(prefix=f"question-{asked.pk}"),
        "can_write": asked.is_shared and asked.closed_at is None,
        "talks": queries_talks.talks_of(asked, request.user),
    }


def show_question(
    request: SignedInRequest,
    asked: GuidanceQuestion,
    form: MessageForm | None = None,
    status: int = 200,
    aid: ReplyAid | None = None,
) -> HttpResponse:
    """Answer with the page of a question, with what was typed and the help with it, if any."""
    context = conversation_context(request, asked, form)
    if aid:
        context["aid"] = aid
    if request.POST.get("from") == "student":
        context["from_student_page"] = not context["is_own"]
    readers = access.readers_known(asked)
    context["audience"] = _audience(request, asked)
    if context["talks"].in_meeting:
        context["agreement_in_force"] = queries_talks.agreement_of(asked)
    is_read = queries.is_read_by_others(readers)
    context["can_share"] = is_read if asked.is_shared else queries.can_be_shared(asked)
    context["can_write"] = context["can_write"] and is_read
    if context["is_own"]:
        context |= _reading_along(request, asked)
        context["in_steps"] = asked.is_draft and asks_in_steps(request.user)
        context["offers_choice"] = asked.is_shared and offers_choice(request.user)
        context["steps"] = STEPS if context["in_steps"] else ()
    if asked.is_draft and not context["can_share"]:
        context["can_choose"] = teachers_of(asked.placement).exists()
    if asked.is_for_guest:
        context["guest"] = guest_of(asked)
        context["days"] = settings.INVITATION_DAYS
        context["until"] = timezone.localdate() + timedelta(days=settings.INVITATION_DAYS)
    return render(request, "guidance/question.html", context, status=status)


def _show_form(request: SignedInRequest, form: QuestionForm, draft: str) -> HttpResponse:
    placement = form.instance.placement
    return render(
        request,
        "guidance/form.html",
        {
            "form": form,
            "draft": draft,
            "starters": STARTERS,
            "agreements": agreed_on(links_of(placement), today=placement.today()),
            "fixed_moments": [
                (fixed.teacher, moment_line(fixed)) for fixed in moments_for(placement)
            ],
            "question": form.instance if form.instance.pk else None,
            "audience": audience_text([request.user], request.user),
            "days": settings.INVITATION_DAYS,
        },
        status=422 if form.is_bound else 200,
    )


def _quoting_form(request: SignedInRequest, asked: GuidanceQuestion) -> MessageForm | None:
    """Return the form with the sentences that the address quotes, if it quotes any."""
    source, numbers = request.GET.get("quote", ""), request.GET.getlist("sentence")
    text = quotation(asked, request.user, source, numbers) if source else ""
    initial = {"text": f"{text}\n\n"}
    return MessageForm(prefix=f"question-{asked.pk}", initial=initial) if text else None


def keep_supervisor_of(form: QuestionForm) -> None:
    """Keep the supervisor that was filled in with the placement, where the student wants that."""
    if form.wants_supervisor_kept:
        asked = form.instance
        keep_supervisor(asked.placement, name=asked.guest_name, email=asked.guest_email)


def _then_next(request: SignedInRequest, text: str) -> str:
    """Say after an answer who waits longest now, with the way there, or that nobody does."""
    waiting = queries.next_waiting(request.user)
    if waiting is None:
        return " ".join([text, _("Nobody waits for you any more.")])
    return format_html(
        '{} <a href="{}">{}</a>',
        text,
        reverse("guidance:question", args=[waiting.pk]),
        _("Next who waits: %(name)s") % {"name": waiting.placement.student.name},
    )


def _readable(request: SignedInRequest, pk: int) -> GuidanceQuestion:
    return get_object_or_404(queries.with_conversation(access.readable_by(request.user)), pk=pk)


def _own(request: SignedInRequest, pk: int) -> GuidanceQuestion:
    return get_object_or_404(access.questions_of(request.user), pk=pk)


def _audience(request: SignedInRequest, asked: GuidanceQuestion) -> str:
    return audience_of_question(asked, request.user)


def _reading_along(request: SignedInRequest, asked: Any) -> dict[str, Any]:
    """Return with whom the student can share beside the teacher asked, and with whom it is."""
    could = [(row, note_on(row)) for row in access.who_could_read_along(asked, timezone.now())]
    reads = {row.person_id for row in asked.rows_along}
    return {
        "readers_along": [(row, note_on(row)) for row in asked.rows_along],
        "others_along": [(row, note) for row, note in could if row.person_id not in reads],
        "offered": could,
        "audience_after": audience_after_sharing(
            asked, [row for row, _note in could if row.is_proposed], request.user
        ),
    }


def _chosen_readers(request: SignedInRequest) -> Readers | None:
    """Return with whom the form shares beside the teacher, if it asked."""
    if "offered" not in request.POST:
        return None
    offered, chosen = (
        frozenset(key for one in request.POST.getlist(name) if (key := key_in(one)) is not None)
        for name in ("offered", "along")
    )
    return Readers(offered, chosen)


def asked_items(request: PlacementRequest) -> list[Shareable]:
    """Return what the address takes along: an activity, a reflection, evidence, something saved."""
    own: dict[str, QuerySet[Any]] = {
        "item": activities_of(request.user),
        "reflection": reflections_of(request.user),
        "evidence": evidence_of(request.user).select_related("activity"),
        "saved": saved_items_of(request.user).select_related(
            "activity", "reflection", "evidence__activity"
        ),
    }
    found = [
        rows.filter(pk=key, placement=request.placement).first()
        for name, rows in own.items()
        if (key := key_in_address(request, name)) is not None
    ]
    asked = [as_shareable(row) if isinstance(row, SavedItem) else row for row in found]
    return [row for row in asked if row]


def about_goal(request: PlacementRequest) -> dict[str, Any]:
    """Return what is filled in already when a learning goal is laid before a teacher."""
    key = key_in_address(request, "goal")
    goal = goals_of(request.placement).filter(pk=key).first() if key is not None else None
    if goal is None:
        return {}
    return {
        "goal": goal,
        "title": _("Do you agree with my learning goal?"),
        "core": _("I want to work on this: %(title)s") % {"title": goal.title},
    }

"""The rule editor: what administrators of a programme see of its tips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.programmes.models import Cohort, Programme
from stageapp.tips import access, actions, rules
from stageapp.tips.actions_manage import Written, save_tip
from stageapp.tips.forms import LABELS, TipEditor, errors_of
from stageapp.tips.models import Tip
from stageapp.tips.queries_manage import (
    Previewed,
    Tried,
    listed,
    previewed,
    try_out,
    version_of,
    vocabulary_of,
)
from stageapp.tips.words import Verdict, shown, verdicts


@require_GET
def tips(request: SignedInRequest) -> HttpResponse:
    """Show the tips of every programme that somebody administers."""
    programmes = list(access.programmes_administered(request.user))
    if not programmes:
        raise Http404
    rows = listed(access.tips_administered(request.user))
    return render(
        request,
        "tips/manage/list.html",
        {
            "programmes": [
                (programme, [tip for tip in rows if tip.programme_id == programme.pk])
                for programme in programmes
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, programme: int) -> HttpResponse:
    """Write a tip for a programme."""
    own = get_object_or_404(access.programmes_administered(request.user), pk=programme)
    return _edit(request, own, None)


@require_http_methods(["GET", "HEAD", "POST"])
def tip(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a tip: what is saved becomes its next version."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    return _edit(request, own.programme, own)


@require_POST
def switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a tip to students, or show it no more."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    is_on = request.POST.get("on") == "yes"
    actions.switch(own, is_on=is_on)
    text = _("“%(tip)s” is on.") if is_on else _("“%(tip)s” is off.")
    messages.success(request, text % {"tip": own.name})
    return redirect("manage_tips:list")


def _edit(request: SignedInRequest, programme: Programme, tip: Tip | None) -> HttpResponse:
    version = version_of(tip) if tip else None
    vocabulary = vocabulary_of(programme)
    editor = TipEditor(programme, vocabulary, tip=tip, version=version, data=sent_data(request))
    is_valid = editor.is_valid() if editor.checks and editor.is_bound else False
    draft = f"tip-{tip.pk}" if tip else f"tip-new-{programme.pk}"
    if is_valid and editor.wish == "save":
        return _save(request, programme, tip, editor, draft)
    context: dict[str, Any] = {
        "editor": editor,
        "tip": tip,
        "version": version,
        "programme": programme,
        "draft": draft,
        "students": list(_students(editor)) if is_valid or not editor.is_bound else [],
        "errors": errors_of(editor),
        "audience": audience_text(access.readers_of(programme), request.user),
    }
    if request.htmx:
        return render(request, "tips/manage/_preview.html", context | {"is_part": True})
    if is_valid and editor.wish == "try":
        context["tried"] = _try(editor)
    return render(
        request, "tips/manage/edit.html", context, status=422 if editor.has_errors else 200
    )


def _save(
    request: SignedInRequest, programme: Programme, tip: Tip | None, editor: TipEditor, draft: str
) -> HttpResponse:
    told = editor.form.cleaned_data
    written = Written(
        name=told["name"],
        priority=told["priority"],
        rest_days=told["rest_days"],
        rule=editor.rule,
        texts=editor.texts,
        goes_to=told["goes_to"],
        cohorts=told["cohorts"],
    )
    saved = save_tip(written, programme, tip=tip, by=request.user, at=timezone.now())
    messages.success(request, _("The tip is saved."), extra_tags=draft)
    return redirect("manage_tips:tip", pk=saved.pk)


def _try(editor: TipEditor) -> Tried:
    cohorts = Cohort.objects.filter(pk__in=editor.form.cleaned_data["cohorts"])
    return try_out(editor.rule, cohorts, at=timezone.now())


@dataclass(frozen=True)
class ShownStudent:
    """A made-up student as the page shows them."""

    label: Any
    applies: bool
    verdicts: Sequence[Verdict]
    #: The parts of the text in each language, filled in.
    texts: Sequence[tuple[str, Sequence[tuple[Any, str]]]]


def _students(editor: TipEditor) -> Iterator[ShownStudent]:
    """Give what the tip does for each made-up student, as far as it says something."""
    if not editor.is_bound and editor.rule == rules.Rule():
        return
    cohorts = editor.chosen_cohorts
    vocabulary = editor.vocabulary
    today = editor.programme.institution.day_of(timezone.now())
    found = previewed(
        editor.rule, vocabulary.names(cohorts), vocabulary.levels_of(cohorts), today=today
    )
    for row in found:
        yield ShownStudent(
            row.student.label,
            row.applies,
            verdicts(editor.rule, row.values, row.progress),
            [(language, list(_texts(editor, row, language))) for language in ("nl", "en")],
        )


def _texts(editor: TipEditor, row: Previewed, language: str) -> Iterator[tuple[Any, str]]:
    with override(language):
        values = shown(editor.rule, row.values, row.progress)
        for name, label in LABELS.items():
            text = editor.form[f"{name}_{language}"].value() or ""
            if text:
                yield str(label), rules.filled_in(text, values)

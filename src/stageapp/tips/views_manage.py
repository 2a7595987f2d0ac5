"""The rule editor: what administrators of a programme see of its tips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data, sent_files
from stageapp.programmes.access import (
    administrators_of_each,
    audience_of,
    cohorts_administered,
    programmes_administered,
)
from stageapp.programmes.models import Cohort, Programme
from stageapp.tips import access, actions, rules
from stageapp.tips.actions_manage import choose_tips, restore_version, save_new_tips, save_tip
from stageapp.tips.forms import LABELS, TipEditor, errors_of
from stageapp.tips.forms_import import (
    CohortTipsForm,
    CopyForm,
    ImportForm,
    Planned,
    as_filed,
    plan_of,
)
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.queries_manage import (
    Previewed,
    Tried,
    listed,
    previewed,
    try_out,
    version_of,
    vocabulary_of,
)
from stageapp.tips.tipfile import write_tips
from stageapp.tips.words import Verdict, rule_in_words, shown, statistic_groups, verdicts


@require_GET
def tips(request: SignedInRequest) -> HttpResponse:
    """Show the tips of every programme that somebody administers."""
    programmes = list(programmes_administered(request.user))
    if not programmes:
        raise Http404
    rows = listed(access.tips_administered(request.user))
    readers = administrators_of_each(programmes)
    return render(
        request,
        "tips/manage/list.html",
        {
            "programmes": [
                (
                    programme,
                    audience_text(readers[programme.pk], request.user),
                    [tip for tip in rows if tip.programme_id == programme.pk],
                )
                for programme in programmes
            ],
        },
    )


@require_GET
def statistics(request: SignedInRequest) -> HttpResponse:
    """Explain what the conditions of a tip can measure."""
    if not programmes_administered(request.user).exists():
        raise Http404
    # The same for everybody who gets here; it holds nothing of any programme.
    audience = _("everybody who administers a programme")
    context = {"groups": statistic_groups(), "audience": audience}
    return render(request, "tips/manage/statistics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, programme: int) -> HttpResponse:
    """Write a tip for a programme."""
    own = get_object_or_404(programmes_administered(request.user), pk=programme)
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


@require_GET
def versions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a tip said before."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    rows = own.versions.select_related("made_by")
    context = {"tip": own, "versions": rows, "audience": audience_of([own.programme], request.user)}
    return render(request, "tips/manage/versions.html", context)


@require_GET
def version(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Show one version of a tip, in words."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    found = get_object_or_404(own.versions.select_related("made_by"), number=number)
    rule = rules.rule_from_data(found.rule)
    names = vocabulary_of(own.programme).names()
    texts = [(label, getattr(found, name)) for name, label in LABELS.items()]
    context = {
        "tip": own,
        "version": found,
        "rule": rule_in_words(rule, names),
        "texts": texts,
        "audience": audience_of([own.programme], request.user),
    }
    return render(request, "tips/manage/version.html", context)


@require_POST
def restore(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Let an older version count again."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    old = get_object_or_404(own.versions.select_related("tip"), number=number)
    made = restore_version(old, by=request.user, at=timezone.now())
    text = _("Version %(old)d counts again, as version %(new)d.")
    messages.success(
        request, text % {"old": number, "new": made.number}, extra_tags=f"tip-{own.pk}"
    )
    return redirect("manage_tips:tip", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a tip that says the same for another cohort, also of another programme."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    form = CopyForm(sent_data(request), cohorts=cohorts_administered(request.user))
    if request.method == "POST" and form.is_valid() and version_of(own):
        cohort = form.cleaned_data["cohort"]
        made = actions.copy_tip(own, cohort, by=request.user, at=timezone.now())
        text = _("The tip is copied to %(cohort)s, and is off there.")
        messages.success(request, text % {"cohort": cohort})
        return redirect("manage_tips:tip", pk=made.pk)
    return render(
        request,
        "tips/manage/copy.html",
        {"tip": own, "form": form, "audience": audience_of([own.programme], request.user)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cohort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose which tips of its programme hold for a cohort."""
    own = get_object_or_404(cohorts_administered(request.user), pk=pk)
    form = CohortTipsForm(sent_data(request), cohort=own)
    if form.is_valid():
        chosen = form.cleaned_data["tips"]
        choose_tips(own, chosen, by=request.user, at=timezone.now())
        messages.success(request, _("The tips of this cohort are saved."))
        return redirect("manage_tips:cohort", pk=pk)
    context = {"form": form, "cohort": own, "audience": audience_of([own.programme], request.user)}
    status = 422 if form.errors else 200
    return render(request, "tips/manage/cohort.html", context, status=status)


@require_GET
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a tip as a file."""
    own = get_object_or_404(access.tips_administered(request.user), pk=pk)
    return _file(own.versions.filter(is_current=True), f"tip-{own.key}")


@require_GET
def export_all(request: SignedInRequest, programme: int) -> HttpResponse:
    """Give all tips of a programme as a file."""
    own = get_object_or_404(programmes_administered(request.user), pk=programme)
    rows = TipVersion.objects.filter(tip__programme=own, is_current=True)
    return _file(rows.order_by("-tip__priority", "tip__name", "tip"), f"tips-{own.slug}")


def _file(rows: QuerySet[TipVersion], name: str) -> HttpResponse:
    content = write_tips(as_filed(row) for row in rows.select_related("tip"))
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(content, content_type="application/json", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: SignedInRequest, programme: int) -> HttpResponse:
    """Look at the tips in a file, then bring in those that can be; none is switched on."""
    own = get_object_or_404(programmes_administered(request.user), pk=programme)
    form = ImportForm(sent_data(request), sent_files(request), programme=own)
    plans: list[Planned] = []
    if request.method == "POST" and form.is_valid():
        vocabulary, cohorts = vocabulary_of(own), list(form.cleaned_data["cohorts"])
        plans = [plan_of(filed, own, vocabulary, cohorts) for filed in form.filed]
        written = [plan.written for plan in plans if plan.written]
        if request.POST.get("do") == "apply" and written:
            save_new_tips(written, own, by=request.user, at=timezone.now())
            text = ngettext(
                "%(n)d tip is in, and off.", "%(n)d tips are in, and off.", len(written)
            )
            messages.success(request, text % {"n": len(written)})
            return redirect("manage_tips:list")
    context = {
        "form": form,
        "programme": own,
        "plans": plans,
        "good": sum(plan.written is not None for plan in plans),
        "audience": audience_of([own], request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "tips/manage/import.html", context, status=status)


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
        "warnings": editor.warnings if is_valid or not editor.is_bound else [],
        "audience": audience_of([programme], request.user),
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
    saved = save_tip(editor.written(), programme, tip=tip, by=request.user, at=timezone.now())
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

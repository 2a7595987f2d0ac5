"""Lists of people from elsewhere: setting up a source, looking, applying, undoing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data, sent_files
from stageapp.integrations.roster import (
    access,
    actions,
    actions_reading,
    actions_uploads,
    queries,
    words,
)
from stageapp.integrations.roster.forms import LineForm, SourceForm, UploadForm
from stageapp.integrations.roster.models import Line, Run, Source
from stageapp.integrations.roster.reading import UnreadableError
from stageapp.integrations.roster.rules import Does
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution
from stageapp.programmes.models import Institution

RUNS_A_PAGE = 20
LINES_A_PAGE = 40
CHANGES_A_PAGE = 50


@require_safe
@runs_institution
def overview(request: InstitutionRequest) -> HttpResponse:
    """Show the sources of the institution."""
    institution = request.institution_run
    context = {
        "institution": institution,
        "sources": access.sources_of(institution),
        "audience": _audience(request, institution),
    }
    return render(request, "roster/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def new(request: InstitutionRequest) -> HttpResponse:
    """Set up a source."""
    institution = request.institution_run
    form = SourceForm(sent_data(request), instance=Source(institution=institution))
    if form.is_bound and form.is_valid():
        made = form.instance
        made.client_id = form.cleaned_data["client_id"] or made.client_id
        try:
            kept = actions.add_source(made, by=request.user, at=timezone.now())
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            return redirect("manage_roster:source", pk=kept.pk)
    form.initial["client_id"] = form.instance.client_id
    return _show_settings(request, form, institution)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a source."""
    own = _source(request, pk)
    form = SourceForm(sent_data(request), instance=own)
    if form.is_bound and form.is_valid():
        actions.change_source(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("The settings are kept."))
        return redirect("manage_roster:source", pk=pk)
    return _show_settings(request, form, own.institution)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a source; look at a file that is uploaded."""
    own = _source(request, pk)
    form = None
    if not own.is_service:
        form = UploadForm(sent_data(request), sent_files(request), source=own)
        if form.is_bound and form.is_valid():
            return _look_at(request, own, form)
    runs = Paginator(own.runs.select_related("begun_by"), RUNS_A_PAGE)
    return render(
        request,
        "roster/source.html",
        {
            "source": own,
            "form": form,
            "page": runs.get_page(request.GET.get("page")),
            "lines": queries.lines_of(own).count(),
            "undecided": queries.undecided_of(own).count(),
            "audience": _audience(request, own.institution),
        },
        status=422 if form is not None and form.errors else 200,
    )


def _look_at(request: SignedInRequest, own: Source, form: UploadForm) -> HttpResponse:
    try:
        looked = actions_uploads.look_at_file(
            own,
            form.roster,
            by=request.user,
            at=timezone.now(),
            name=form.name,
            client_id=form.cleaned_data["client_id"],
        )
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("manage_roster:source", pk=own.pk)
    return redirect("manage_roster:run", pk=looked.pk)


@require_POST
def look(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a service be read now, by the worker."""
    own = _source(request, pk)
    if not own.is_service:
        return redirect("manage_roster:source", pk=pk)
    begun = actions_reading.begin(own, by=request.user, at=timezone.now())
    return redirect("manage_roster:run", pk=begun.pk)


@require_POST
def test(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say in words whether a service answers."""
    own = _source(request, pk)
    if own.is_service:
        try:
            actions_reading.test(own)
        except UnreadableError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("It works: the service answers, and lets us in."))
    return redirect("manage_roster:source", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose which cohort the groups of each course or programme are of."""
    own = _source(request, pk)
    rows = queries.lines_of(own).select_related("cohort__programme")
    page = Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page"))
    cohorts = access.cohorts_to_choose(own.institution)
    choices = [("", _("none: leave these groups out")), *((one.pk, str(one)) for one in cohorts)]
    forms = []
    for line in _lines_to_ask(request, rows, page):
        form = LineForm(sent_data(request), line=line, cohorts=cohorts)
        # One query for all rows; what is sent is looked up anew.
        form.fields["cohort"].widget.choices = choices
        forms.append(form)
    if request.method == "POST" and _are_valid(forms):
        _keep_cohorts(own, forms, by=request.user)
        if page.has_next() and queries.undecided_of(own).exists():
            messages.success(request, _("Kept. Here are the next ones."))
            return redirect(f"{request.path}?page={page.next_page_number()}")
        return _look_again(request, own)
    return render(
        request,
        "roster/lines.html",
        {
            "source": own,
            "forms": forms,
            "page": page,
            "audience": _audience(request, own.institution),
        },
        status=422 if request.method == "POST" else 200,
    )


def _lines_to_ask(request: SignedInRequest, rows: QuerySet[Line], page: Page[Line]) -> list[Line]:
    """Return the lines of a page, or those that are sent: others may stand on it by then."""
    if request.method != "POST":
        return list(page)
    return [line for line in rows if LineForm.name_for(line) in request.POST]


def _keep_cohorts(own: Source, forms: list[LineForm], *, by: User) -> None:
    for form in forms:
        line, cohort = form.line, form.cleaned_data["cohort"]
        if line.cohort != cohort or (cohort is None and not line.is_left_out):
            actions.map_line(
                own, line.key, title=line.title, cohort=cohort, by=by, at=timezone.now()
            )


def _look_again(request: SignedInRequest, own: Source) -> HttpResponse:
    """Go on to what a source would change, now that its cohorts are chosen."""
    if own.is_service:
        begun = actions_reading.begin(own, by=request.user, at=timezone.now())
        return redirect("manage_roster:run", pk=begun.pk)
    try:
        looked = actions_uploads.look_again(own, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("manage_roster:source", pk=own.pk)
    if looked is None:
        messages.success(request, _("Kept. Upload the list again to see what this changes."))
        return redirect("manage_roster:source", pk=own.pk)
    messages.success(request, _("Kept. This is what the list would change now."))
    return redirect("manage_roster:run", pk=looked.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask whether a source goes, and let it go."""
    own = _source(request, pk)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        actions.remove_source(own, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is removed.") % {"name": own.name})
        return redirect("manage_roster:list")
    context = {"source": own, "audience": _audience(request, own.institution)}
    return render(request, "roster/remove.html", context)


@require_safe
def run(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a look found, how far it is, or what it did."""
    own = _run(request, pk)
    if own.is_busy:
        name = "_run_waits" if request.htmx else "run_waits"
        context = {"run": own, "audience": _audience(request, own.source.institution)}
        return render(request, f"roster/{name}.html", context | {"progress": _progress(own)})
    if request.htmx:
        # The page that looked how far it was shows what came of it.
        return HttpResponse(headers={"HX-Refresh": "true"})
    wanted = next((one for one in Does if one.value == request.GET.get("does")), None)
    changes = queries.changes_of(own)
    if wanted:
        changes = changes.filter(does=wanted)
    page = Paginator(changes, CHANGES_A_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts_of(own)
    return render(
        request,
        "roster/run.html",
        {
            "run": own,
            "source": own.source,
            "counts": [(one, words.head(one.does)) for one in counts],
            "to_do": sum(one.number for one in counts if one.does is not Does.REFUSE),
            "wanted": wanted,
            "page": page,
            "rows": [(change, words.tell(change), words.sign(change)) for change in page],
            "undecided": queries.undecided_of(own.source).count(),
            "audience": _audience(request, own.source.institution),
        },
    )


@require_POST
def apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Do what a look found."""
    own = _run(request, pk)
    is_sure = request.POST.get("sure") == "yes"
    try:
        applied = actions.apply(own, by=request.user, at=timezone.now(), even_if_much_ends=is_sure)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        if not applied.is_busy:
            messages.success(request, _("Done. This is what changed."))
    return redirect("manage_roster:run", pk=pk)


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back what a look did."""
    own = _run(request, pk)
    try:
        undone = actions.undo(own, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("manage_roster:run", pk=pk)
    kept = undone.changes.filter(outcome="kept").count()
    if kept:
        text = ngettext(
            "Undone, but for %(n)d that somebody changed since.",
            "Undone, but for %(n)d that somebody changed since.",
            kept,
        )
        messages.warning(request, text % {"n": kept})
    elif not undone.is_busy:
        messages.success(request, _("Undone: all is as it was before."))
    return redirect("manage_roster:run", pk=pk)


def _are_valid(forms: list[LineForm]) -> bool:
    """Check all of them, so that each says what is wrong."""
    return len([form for form in forms if form.is_valid()]) == len(forms)


def _source(request: SignedInRequest, pk: int) -> Source:
    rows = access.sources_administered(request.user).exclude(kind=Source.Kind.COURSE)
    return get_object_or_404(rows, pk=pk)


def _run(request: SignedInRequest, pk: int) -> Run:
    return get_object_or_404(access.runs_administered(request.user), pk=pk)


def _audience(request: SignedInRequest, institution: Institution) -> str:
    return audience_text(functional_administrators_of(institution), request.user)


def _progress(own: Run) -> int:
    """Return how many percents are done; of reading nobody knows."""
    total = own.changes.count()
    waiting = "done" if own.state == Run.State.UNDOING else ""
    left = own.changes.filter(outcome=waiting).count()
    return 100 - 100 * left // total if total else 0


def _show_settings(
    request: SignedInRequest, form: SourceForm, institution: Institution
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "source": form.instance if form.instance.pk else None,
        "institution": institution,
        "audience": _audience(request, institution),
    }
    return render(request, "roster/settings.html", context, status=422 if form.errors else 200)

"""The student's logbook."""

from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import (
    day_in_address,
    key_in_address,
    sent_data,
    sent_files,
)
from stageapp.logbook import access, actions, queries
from stageapp.logbook.actions_evidence import keep_loose
from stageapp.logbook.forms import ActivityForm
from stageapp.logbook.forms_find import FindForm
from stageapp.logbook.models import Activity
from stageapp.logbook.queries_find import selected_of, templates_of
from stageapp.logbook.queries_start import Start
from stageapp.logbook.snapshots import read_snapshot, snapshots_of
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.programmes.models import Part
from stageapp.programmes.queries import reflection_models_for

Row = TypeVar("Row", bound=Model)

#: Names of drafts in the browser: `draft-form` keeps them until the server says it has the text.
NEW_DRAFT = "activity-new"


def new_draft(start: Start) -> str:
    """Return the name of the draft of a new activity.

    What was typed for one day, or after one activity, must not turn up in another new form.
    """
    like = f"like-{start.like.pk}" if start.like else ""
    follows = f"follows-{start.follows.pk}" if start.follows else ""
    return "-".join(filter(None, [NEW_DRAFT, str(start.on or ""), like, follows]))


def edit_draft(activity: Activity) -> str:
    """Return the name of the draft of a change."""
    return f"activity-{activity.pk}"


@require_GET
@needs_placement
def activities(request: PlacementRequest) -> HttpResponse:
    """Show the logbook of the current placement, or what fits the filters, newest day first."""
    form = FindForm(request.GET, placement=request.placement)
    selection = form.selection
    found = selected_of(request.placement, selection)
    page = queries.logbook_page(found, request.user, _place(request))
    context = {"page": page, "find": form, "is_first_page": "before" not in request.GET}
    if request.htmx:
        return render(request, "logbook/_days.html", context)
    context |= {
        "placement": request.placement,
        "audience": audience_text([request.placement.student], request.user),
        "is_selection": bool(selection),
        "count": found.count(),
        "deleted": _noticed(request, "deleted", access.deleted_activities_of(request.user)),
        "repeated": _noticed(request, "repeated", access.activities_of(request.user)),
        "offered": _noticed(request, "offer", access.activities_of(request.user)),
        "logged": _noticed(request, "logged", access.activities_of(request.user)),
    }
    return render(request, "logbook/activities.html", context)


def _place(request: PlacementRequest) -> queries.Place | None:
    before = day_in_address(request, "before")
    return queries.Place(before, key_in_address(request, "below")) if before else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def new(request: PlacementRequest) -> HttpResponse:
    """Log an activity; it may start like an earlier one or a template, or follow one up."""
    start = _start(request)
    form = ActivityForm(
        sent_data(request), sent_files(request), placement=request.placement, start=start
    )
    draft = new_draft(start)
    if request.method == "POST":
        kept = _kept(form, is_new=True)
        if kept:
            messages.success(request, _("It is in your logbook."), extra_tags=draft)
            return redirect(_after_logging(request, form, kept))
    return _show_form(request, form, draft)


@require_POST
def repeat(request: SignedInRequest, pk: int) -> HttpResponse:
    """Log the same again today, with one tap."""
    earlier = _own(request, pk)
    try:
        again = actions.repeat_activity(earlier, on=earlier.placement.today(), at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("logbook:activities")
    return redirect(reverse("logbook:activities", query={"repeated": again.pk}))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an activity."""
    activity = _own(request, pk)
    draft = edit_draft(activity)
    form = ActivityForm(
        sent_data(request), sent_files(request), placement=activity.placement, activity=activity
    )
    if request.method == "POST" and _kept(form, is_new=False):
        messages.success(request, _("Your change is saved."), extra_tags=draft)
        return redirect("logbook:activity", pk=pk)
    return _show_form(request, form, draft)


@require_GET
def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one activity with everything that was recorded."""
    shown = _own(request, pk)
    return render(
        request,
        "logbook/activity.html",
        {
            "activity": shown,
            "snapshot": read_snapshot(snapshots_of([shown])[pk]),
            "audience": audience_text(access.readers_of(shown), request.user),
            "evidence": queries.with_saved_mark(
                access.evidence_of(request.user).filter(activity=shown), request.user
            ),
            "reflections": queries.with_saved_mark(
                access.reflections_of(request.user).filter(activity=shown), request.user
            ).select_related("model"),
            "models": reflection_models_for(request.user, shown.placement.cohort),
            "parts": shown.placement.cohort.part_names,
            "removed_evidence": _noticed(
                request, "evidence", access.deleted_evidence_of(request.user)
            ),
        },
    )


@require_POST
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an activity out of the logbook; the next page offers to bring it back."""
    actions.delete_activity(_own(request, pk), at=timezone.now())
    return redirect(reverse("logbook:activities", query={"deleted": pk}))


@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring a deleted activity back."""
    deleted = get_object_or_404(access.deleted_activities_of(request.user), pk=pk)
    try:
        actions.restore_activity(deleted)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("logbook:activities")
    messages.success(request, _("The activity is back in your logbook."))
    return redirect("logbook:activity", pk=pk)


def _own(request: SignedInRequest, pk: int) -> Activity:
    found = queries.detail_of(request.user, pk)
    if found is None:
        raise Http404
    return found


def _kept(form: ActivityForm, *, is_new: bool) -> Activity | None:
    """Validate and keep; what only the database can know comes back as an error of the form.

    Files that are all right are kept even then: a browser cannot fill in a file again.
    """
    if form.is_valid():
        keep = actions.log_activity if is_new else actions.change_activity
        try:
            return keep(form.activity, form.choices, at=timezone.now())
        except ValidationError as problem:
            form.refuse(problem)
    files = form.accepted_files()
    if files:
        try:
            form.offer(keep_loose(form.placement, files, at=timezone.now()))
        except ValidationError as problem:
            # Said already, where it was the files that were refused.
            if Part.EVIDENCE not in form.errors:
                form.refuse(problem)
    return None


def _start(request: PlacementRequest) -> Start:
    return Start(
        on=day_in_address(request, "date"),
        like=_of_template(request) or _named(request, "like"),
        follows=_named(request, "follows"),
        is_empty="empty" in request.GET,
    )


def _of_template(request: PlacementRequest) -> Activity | None:
    key = key_in_address(request, "template")
    if key is None:
        return None
    own = access.templates_of(request.user).filter(placement=request.placement)
    return get_object_or_404(own, pk=key).activity


def _named(request: PlacementRequest, name: str) -> Activity | None:
    """Return the activity of this placement that the address names, if it names one."""
    key = key_in_address(request, name)
    if key is None:
        return None
    own = access.activities_of(request.user).filter(placement=request.placement)
    return get_object_or_404(own.select_related(*queries.JOINED), pk=key)


def _after_logging(request: PlacementRequest, form: ActivityForm, kept: Activity) -> str:
    """Return where the student goes on: where asked to, with an offer where it may help."""
    if form.reflection_model:
        query = {"activity": kept.pk, "model": form.reflection_model.pk}
        return reverse("logbook:reflection_new", query=query)
    if kept.wants_feedback:
        return reverse("logbook:feedback", args=[kept.pk])
    if "another" in request.POST:
        return reverse("logbook:new")
    if queries.feedback_is_offered(kept):
        return reverse("logbook:activities", query={"offer": kept.pk})
    return reverse("logbook:activities", query={"logged": kept.pk})


def _show_form(request: SignedInRequest, form: ActivityForm, draft: str) -> HttpResponse:
    return render(
        request,
        "logbook/form.html",
        {
            "form": form,
            "draft": draft,
            "activity": form.activity if form.activity.pk else None,
            "templates": [] if form.activity.pk else templates_of(request.user, form.placement),
            "audience": audience_text([form.placement.student], request.user),
        },
        status=422 if form.is_bound else 200,
    )


def _noticed(request: SignedInRequest, name: str, own: QuerySet[Row]) -> Row | None:
    """Return the row that a notice on the page is about, such as what was just removed."""
    key = key_in_address(request, name)
    return own.filter(pk=key).first() if key is not None else None

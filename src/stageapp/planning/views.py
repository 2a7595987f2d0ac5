"""The calendar: months and weeks, deadlines, appointments and the feed."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import day_in_address, path_to_go_on, sent_data
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.placements.models import Placement
from stageapp.planning import access, actions, queries, rules
from stageapp.planning.feeds import calendar_of
from stageapp.planning.forms import AppointmentForm, DeadlineForm, FeedForm
from stageapp.planning.models import Appointment, CalendarFeed, Deadline
from stageapp.programmes.queries import is_student, is_teacher

#: Where the address of a new feed waits for the page that shows it once.
NEW_FEED = "new_calendar_feed"


@require_GET
def calendar(request: SignedInRequest) -> HttpResponse:
    """Show the calendar of a student, or of a teacher who is none."""
    if not request.user.placements.exists() and _only_teaches(request.user):
        return talks(request)
    return _calendar_of_student(cast(PlacementRequest, request))


@require_GET
def talks(request: SignedInRequest) -> HttpResponse:
    """Show a teacher the talks with students: what is to come, and what was."""
    if not is_teacher(request.user):
        raise Http404
    now = timezone.now()
    return render(
        request,
        "planning/talks.html",
        {
            "coming": queries.coming_talks_with(request.user, at=now),
            "page": queries.past_talks_with(request.user, request.GET.get("page"), at=now),
            "has_feed": CalendarFeed.objects.filter(person=request.user).exists(),
            "audience": audience_text([request.user], request.user),
        },
    )


@needs_placement
def _calendar_of_student(request: PlacementRequest) -> HttpResponse:
    """Show a month or a week, and what is to come."""
    monday = rules.week_of(request.GET.get("week", ""))
    context = _week(request.placement, monday) if monday else _month(request)
    return render(
        request,
        "planning/calendar.html",
        {
            **context,
            "today": request.placement.today(),
            "coming": queries.coming(request.placement),
            "has_feed": CalendarFeed.objects.filter(person=request.user).exists(),
            "audience": audience_text([request.user], request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def deadline_new(request: PlacementRequest) -> HttpResponse:
    """Add a deadline."""
    return _deadline_form(request, Deadline(placement=request.placement))


@require_http_methods(["GET", "HEAD", "POST"])
def deadline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a deadline."""
    return _deadline_form(request, get_object_or_404(access.deadlines_of(request.user), pk=pk))


@require_POST
def deadline_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick a deadline off, or take the tick away."""
    own = get_object_or_404(access.deadlines_of(request.user), pk=pk)
    actions.set_done(own, is_done=request.POST.get("done") == "yes", at=timezone.now())
    return redirect(path_to_go_on(request, reverse("planning:calendar")))


@require_POST
def deadline_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a deadline away."""
    actions.delete_deadline(get_object_or_404(access.deadlines_of(request.user), pk=pk))
    messages.success(request, _("The deadline is removed."))
    return redirect("planning:calendar")


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def appointment_new(request: PlacementRequest) -> HttpResponse:
    """Add an appointment."""
    return _appointment_form(request, Appointment(placement=request.placement))


@require_http_methods(["GET", "HEAD", "POST"])
def appointment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an appointment."""
    own = get_object_or_404(access.notes_of(request.user), pk=pk)
    return _appointment_form(request, own)


@require_POST
def appointment_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an appointment away."""
    actions.delete_appointment(get_object_or_404(access.notes_of(request.user), pk=pk))
    messages.success(request, _("The appointment is removed."))
    return redirect("planning:calendar")


@require_http_methods(["GET", "HEAD", "POST"])
def feed_settings(request: SignedInRequest) -> HttpResponse:
    """Make, change or revoke the address that a calendar program can read."""
    if not is_teacher(request.user):
        return _feed_of_student(cast(PlacementRequest, request))
    return _feed_settings(request)


@needs_placement
def _feed_of_student(request: PlacementRequest) -> HttpResponse:
    return _feed_settings(request)


def _feed_settings(request: SignedInRequest) -> HttpResponse:
    kept = CalendarFeed.objects.filter(person=request.user).first()
    form = FeedForm(sent_data(request), instance=kept or CalendarFeed(person=request.user))
    if not request.user.placements.exists():
        del form.fields["with_activities"]
    if request.method == "POST" and form.is_valid():
        return _change_feed(request, kept, with_activities=form.instance.with_activities)
    token = request.session.pop(NEW_FEED, "")
    path = reverse("planning:feed", args=[token]) if token else ""
    return render(
        request,
        "planning/feed.html",
        {
            "form": form,
            "feed": kept,
            "address": request.build_absolute_uri(path) if path else "",
            # Calendar programs take this scheme as a wish to subscribe.
            "subscribe": f"webcal://{request.get_host()}{path}" if path else "",
            "audience": audience_text([request.user], request.user),
        },
    )


@login_not_required
@require_GET
def feed(_request: HttpRequest, token: str) -> HttpResponse:
    """Give a calendar program the dates of whoever made the address."""
    found = access.feed_at(token)
    if found is None:
        raise Http404
    with override(found.person.language):
        content = calendar_of(found.person, with_activities=found.with_activities)
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="stage-app.ics"',
            "Cache-Control": "private, no-store",
        },
    )


def _change_feed(
    request: SignedInRequest, kept: CalendarFeed | None, *, with_activities: bool
) -> HttpResponse:
    if "revoke" in request.POST:
        actions.revoke_feed(request.user)
        messages.success(request, _("The address shows nothing any more."))
    elif kept and "new" not in request.POST:
        actions.change_feed(kept, with_activities=with_activities)
        messages.success(request, _("Your calendar feed is changed."))
    else:
        request.session[NEW_FEED] = actions.make_feed(
            request.user, with_activities=with_activities, at=timezone.now()
        )
    return redirect("planning:feed_settings")


def _only_teaches(person: User) -> bool:
    return is_teacher(person) and not is_student(person)


def _month(request: PlacementRequest) -> dict[str, Any]:
    placement = request.placement
    near = min(max(placement.today(), placement.starts_on), placement.ends_on)
    year, month = rules.month_of(request.GET.get("month", "")) or (near.year, near.month)
    weeks = rules.month_weeks(year, month)
    days = queries.calendar_days(placement, [day for week in weeks for day in week])
    inside = [day for day in days if day.date.month == month]
    return {
        "first": date(year, month, 1),
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "days": [day for day in inside if day.has_things],
        "before": rules.month_beside(year, month, -1),
        "after": rules.month_beside(year, month, 1),
        "week": rules.week_name(near if (near.year, near.month) == (year, month) else days[7].date),
        **_totals(inside),
    }


def _week(placement: Placement, monday: date) -> dict[str, Any]:
    days = queries.calendar_days(placement, rules.week_days(monday))
    return {
        "monday": monday,
        "sunday": days[-1].date,
        "days": days,
        "number": monday.isocalendar().week,
        "before": rules.week_name(date.fromordinal(monday.toordinal() - 7)),
        "after": rules.week_name(date.fromordinal(monday.toordinal() + 7)),
        "month": days[3].date,
        **_totals(days),
    }


def _totals(days: list[queries.CalendarDay]) -> dict[str, int]:
    return {
        "minutes": sum(day.minutes for day in days),
        "planned": sum(day.planned_minutes for day in days),
    }


def _deadline_form(request: SignedInRequest, own: Deadline) -> HttpResponse:
    draft = f"deadline-{own.pk or 'new'}"
    day = day_in_address(request, "date")
    form = DeadlineForm(sent_data(request), instance=own, initial={"due_on": day} if day else None)
    if request.method == "POST" and form.is_valid():
        actions.keep_deadline(form.instance)
        return _kept(request, _("Your deadline is saved."), draft, form.instance.due_on)
    return _show_form(request, form, "deadline", draft)


def _appointment_form(request: SignedInRequest, own: Appointment) -> HttpResponse:
    draft, day = f"appointment-{own.pk or 'new'}", day_in_address(request, "date")
    form = AppointmentForm(sent_data(request), instance=own, initial={"day": day} if day else None)
    if request.method == "POST" and form.is_valid():
        actions.keep_appointment(form.instance)
        day = timezone.localdate(form.instance.starts_at)
        return _kept(request, _("Your appointment is saved."), draft, day)
    return _show_form(request, form, "appointment", draft)


def _kept(request: SignedInRequest, text: str, draft: str, day: date) -> HttpResponse:
    messages.success(request, text, extra_tags=draft)
    return redirect(reverse("planning:calendar", query={"week": rules.week_name(day)}))


def _show_form(
    request: SignedInRequest, form: ModelForm[Any], kind: str, draft: str
) -> HttpResponse:
    return render(
        request,
        "planning/form.html",
        {
            "form": form,
            "kind": kind,
            "kept": form.instance if form.instance.pk else None,
            "draft": draft,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound else 200,
    )

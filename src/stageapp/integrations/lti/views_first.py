"""The first launch of somebody, the course nobody connected yet, and choosing what a link opens."""

from http import HTTPStatus
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stageapp.accounts import devices
from stageapp.accounts.audience import audience_text
from stageapp.accounts.queries import person_with
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import path_to_go_on, sent_data
from stageapp.integrations.lti import access, actions, deep_linking, entering, queries
from stageapp.integrations.lti.configuration import own_origin
from stageapp.integrations.lti.entering import Pending
from stageapp.integrations.lti.forms import CourseForm, NewPersonForm
from stageapp.integrations.lti.models import Course, Platform
from stageapp.integrations.lti.receivers import tell_of_connection
from stageapp.integrations.lti.rules import Standing, origin_of
from stageapp.placements.queries import institutions_of
from stageapp.programmes.queries import open_programmes


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Ask who somebody is here: with an account that they have, or a new one."""
    pending = entering.pending_in(request, timezone.now())
    if pending is None:
        return _gone(request)
    if request.user.is_authenticated:
        return redirect("lti:connect")
    platform, course = _where_from(pending)
    form = _form(request, pending, platform, course)
    if form and form.is_bound and form.is_valid():
        answer = _make_person(request, form, pending, platform, course)
        if answer:
            return answer
    context = {
        "pending": pending,
        "platform": platform,
        "course": course,
        "form": form,
        # An environment that does not check addresses must not tell who has an account.
        "is_known": platform.checks_emails
        and bool(pending.email)
        and person_with(pending.email) is not None,
        "sign_in": reverse("account_login", query={"next": reverse("lti:connect")}),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form and form.errors else HTTPStatus.OK
    return render(request, "lti/welcome.html", context, status=status)


def _form(
    request: HttpRequest, pending: Pending, platform: Platform, course: Course | None
) -> NewPersonForm | None:
    """Return the form for a new account, or None where the role in the course gives none.

    A teacher of a course that belongs to no cohort could name any programme, so they get none.
    """
    is_connected = course is not None and course.cohort is not None
    if not pending.is_student and not (pending.is_teacher and is_connected):
        return None
    programmes = None if is_connected else open_programmes(platform.institution)
    return NewPersonForm(
        sent_data(request),
        name=pending.name,
        email=pending.email,
        is_proven=platform.checks_emails and bool(pending.email),
        is_teacher=pending.is_teacher,
        programmes=programmes,
    )


def _make_person(
    request: HttpRequest,
    form: NewPersonForm,
    pending: Pending,
    platform: Platform,
    course: Course | None,
) -> HttpResponse | None:
    """Make the account and go on; nothing where the form has to be looked at again."""
    data = form.cleaned_data
    is_proven = platform.checks_emails and bool(pending.email)
    told = actions.NewPerson(
        name=data["name"],
        email=data["email"],
        student_number=data.get("student_number", ""),
        language=pending.language or get_language() or "nl",
        is_proven=is_proven,
    )
    connected = course.cohort.programme if course and course.cohort else None
    try:
        person = actions.make_person(
            platform,
            pending.subject,
            told,
            connected or data["programme"],
            Standing(pending.standing),
            at=timezone.now(),
        )
    except ValidationError as problem:
        form.add_error(None, problem)
        return None
    del request.session[entering.PENDING]
    devices.remember(request, person)
    answer = entering.go_on(request, person, course, pending.standing, pending.target)
    if not is_proven:
        EmailAddress.objects.get(user=person).send_confirmation(request, signup=True)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: SignedInRequest) -> HttpResponseBase:
    """Let somebody who is signed in say that they are who came from the environment.

    Whoever runs an environment can come in as who is connected with it: not as people of another
    institution, which may share the host, and only after these showed again who they are.
    """
    pending = entering.pending_in(request, timezone.now())
    if pending is None:
        return _gone(request)
    platform, _course = _where_from(pending)
    own = list(institutions_of(request.user))
    if own and platform.institution not in own:
        raise Http404
    answer: HttpResponseBase = _connect(request, pending=pending)
    return answer


@reauthentication_required(app="allauth.mfa", enabled=entering.is_long_in)  # type: ignore[untyped-decorator]
def _connect(request: SignedInRequest, pending: Pending) -> HttpResponse:
    platform, course = _where_from(pending)
    problem: ValidationError | None = None
    if request.method == "POST":
        try:
            actions.connect_person(platform, pending.subject, request.user, at=timezone.now())
        except ValidationError as refused:
            problem = refused
        else:
            return _connected(request, pending, platform, course)
    context = {
        "pending": pending,
        "platform": platform,
        "problem": problem,
        "audience": audience_text([request.user], request.user),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "lti/connect.html", context, status=status)


def _connected(
    request: SignedInRequest, pending: Pending, platform: Platform, course: Course | None
) -> HttpResponse:
    del request.session[entering.PENDING]
    tell_of_connection(request, request.user, platform, is_connected=True)
    actions.join(request.user, course, Standing(pending.standing), at=timezone.now())
    messages.success(
        request,
        _("From now on you come in from %(platform)s by yourself.") % {"platform": platform.name},
    )
    page = queries.page_for(request.user, pending.target, course)
    if course and not course.cohort_id and pending.is_teacher:
        entering.remember_taught(request, course)
        return redirect(reverse("lti:course", args=[course.pk], query={"next": page}))
    return redirect(page)


def _where_from(pending: Pending) -> tuple[Platform, Course | None]:
    platform = get_object_or_404(
        Platform.objects.select_related("institution"), pk=pending.platform, is_active=True
    )
    courses = Course.objects.select_related("cohort__programme__institution")
    return platform, courses.filter(pk=pending.course).first() if pending.course else None


def _gone(request: HttpRequest) -> HttpResponse:
    """Say that a launch was too long ago."""
    return render(request, "lti/from_course.html", {"is_over": True}, status=HTTPStatus.GONE)


@require_http_methods(["GET", "HEAD", "POST"])
def course(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the first teacher which cohort a course belongs to; later ones are not asked."""
    taught = request.session.get(entering.TAUGHT, [])
    found = access.courses_to_connect(request.user, taught).filter(pk=pk).first()
    page = path_to_go_on(request, "") or _next_in(request)
    if found is None:
        if pk in taught:
            return redirect(page)
        raise Http404
    institution = found.deployment.platform.institution
    cohorts = access.cohorts_to_connect(request.user, institution)
    form = CourseForm(sent_data(request), cohorts=cohorts)
    if form.is_valid():
        now, cohort = timezone.now(), form.cleaned_data["cohort"]
        if actions.connect_course(found, cohort, by=request.user, at=now, only_first=True):
            found.cohort = cohort
            actions.join(request.user, found, Standing.TEACHER, at=now)
            messages.success(
                request, _("Students of this course now come to %(cohort)s.") % {"cohort": cohort}
            )
        return redirect(page)
    context = {
        "course": found,
        "form": form,
        "next": page,
        "has_choice": cohorts.exists(),
        "audience": audience_text([request.user], request.user),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "lti/course.html", context, status=status)


def _next_in(request: HttpRequest) -> str:
    told = request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(told, allowed_hosts=None) and told.startswith("/")
    return told if own else queries.START


# Deep linking -------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Offer what a link in a course can open, and send the choice back (Deep Linking 2.0)."""
    now = timezone.now()
    asked: dict[str, Any] | None = entering.choosing_in(request, now)
    platform = (
        asked
        and Platform.objects.select_related("institution")
        .filter(pk=asked["platform"], is_active=True)
        .first()
    )
    if not asked or not platform:
        return _gone(request)
    offers = deep_linking.offers()
    if request.method != "POST":
        return render(request, "lti/choose.html", {"platform": platform, "offers": offers})
    chosen = [one for one in offers if one.key == request.POST.get("choice")]
    if not chosen and "nothing" not in request.POST:
        context = {"platform": platform, "offers": offers, "is_empty": True}
        return render(request, "lti/choose.html", context, status=422)
    del request.session[entering.CHOOSING]
    token = deep_linking.answer(platform, asked, chosen, origin=own_origin(request), at=now)
    context = {"token": token, "return_url": asked["return_url"], "platform": platform}
    answer = render(request, "lti/chosen.html", context)
    # The choice goes to the environment, as a form.
    answer._csp_update = {"form-action": [origin_of(asked["return_url"])]}  # type: ignore[attr-defined]
    return answer

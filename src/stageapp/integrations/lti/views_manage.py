"""Registering learning environments: for functional administrators."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stageapp.accounts.audience import audience_text
from stageapp.core.requests import key_in, sent_data
from stageapp.integrations.lti import (
    access,
    actions,
    actions_lists,
    actions_manage,
    checking,
    queries,
)
from stageapp.integrations.lti.configuration import addresses, own_origin
from stageapp.integrations.lti.forms_manage import PlatformForm, new_platform
from stageapp.integrations.lti.models import RefusedLaunch
from stageapp.integrations.lti.rules import Reason
from stageapp.integrations.lti.services import ServiceError
from stageapp.integrations.lti.words import WORDS, Said
from stageapp.programmes.access import functional_administrators_of
from stageapp.programmes.decorators import InstitutionRequest, runs_institution
from stageapp.programmes.models import Cohort

REFUSED_SHOWN = 20
COURSES_A_PAGE = 30
#: Where the session keeps a link to register with until it was shown once.
LINK = "lti_link"


def _context(request: InstitutionRequest) -> dict[str, object]:
    institution = request.institution_run
    return {
        "institution": institution,
        "addresses": addresses(own_origin(request)),
        "is_safe": request.is_secure(),
        "audience": audience_text(functional_administrators_of(institution), request.user),
    }


@require_safe
@runs_institution
def overview(request: InstitutionRequest) -> HttpResponse:
    """Show the registrations, our own addresses, and which launches were refused."""
    institution = request.institution_run
    token = request.session.pop(LINK, "")
    context = _context(request) | {
        "platforms": institution.lti_platforms.all(),
        "link": request.build_absolute_uri(reverse("lti:register", args=[token])) if token else "",
        "refused": _refused(RefusedLaunch.objects.filter(institution=institution)),
    }
    return render(request, "lti/manage/overview.html", context)


def _refused(rows: QuerySet[RefusedLaunch]) -> list[tuple[RefusedLaunch, Said | None]]:
    shown = rows.select_related("platform")[:REFUSED_SHOWN]
    return [(one, WORDS.get(Reason(one.reason))) for one in shown]


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def new(request: InstitutionRequest) -> HttpResponse:
    """Register an environment by hand."""
    form = PlatformForm(sent_data(request), instance=new_platform(request.institution_run))
    if form.is_valid():
        try:
            made = actions_manage.register_platform(
                form.instance,
                form.cleaned_data["deployments"],
                by=request.user.pk,
                at=timezone.now(),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("%(name)s is registered.") % {"name": made.name})
            return redirect("manage_lti:platform", made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "lti/manage/new.html", _context(request) | {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@runs_institution
def platform(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Show a registration with its courses, test it, change it."""
    own = get_object_or_404(access.platforms_administered(request.user), pk=pk)
    is_test = request.POST.get("do") == "test"
    form = PlatformForm(None if is_test else sent_data(request), instance=own)
    if form.is_valid():
        actions_manage.change_platform(
            form.instance, form.cleaned_data["deployments"], by=request.user, at=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("manage_lti:platform", own.pk)
    # What was typed is not what is kept.
    kept = get_object_or_404(access.platforms_administered(request.user), pk=pk)
    page = Paginator(queries.courses_of(kept), COURSES_A_PAGE).get_page(request.GET.get("page"))
    sources = queries.sources_of(page)
    context = _context(request) | {
        "platform": kept,
        "form": form,
        "findings": checking.check(kept, timezone.now()) if is_test else None,
        "refused": _refused(kept.refused.all()),
        "page": page,
        "rows": [(one, sources.get(one.pk)) for one in page],
        "cohorts": Cohort.objects.filter(programme__institution=kept.institution).select_related(
            "programme"
        ),
        "people": kept.identities.count(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "lti/manage/platform.html", context, status=status)


@require_POST
@runs_institution
def course(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Say which cohort a course belongs to, or that it belongs to none."""
    found = get_object_or_404(access.courses_administered(request.user), pk=pk)
    kept = found.deployment.platform
    cohort = None
    if told := request.POST.get("cohort"):
        cohorts = Cohort.objects.filter(programme__institution=kept.institution)
        cohort = get_object_or_404(cohorts, pk=key_in(told))
    actions.connect_course(found, cohort, by=request.user, at=timezone.now(), only_first=False)
    messages.success(request, _("%(course)s is saved.") % {"course": found})
    return redirect("manage_lti:platform", kept.pk)


@require_POST
@runs_institution
def course_list(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Look at what the list of a course would change, or say whether that is done every night."""
    found = get_object_or_404(access.courses_administered(request.user), pk=pk)
    back = redirect("manage_lti:platform", found.deployment.platform_id)
    if found.cohort is None:
        messages.error(request, _("Say first which cohort this course is."))
        return back
    now = timezone.now()
    if "nightly" in request.POST:
        is_on = request.POST["nightly"] == "yes"
        actions_lists.set_nightly(found, is_on=is_on, by=request.user, at=now)
        return back
    try:
        looked = actions_lists.look_at_list(found, by=request.user, at=now)
    except ServiceError as problem:
        messages.error(request, problem.said)
        return back
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return back
    return redirect("manage_roster:run", looked.pk)


@require_POST
@runs_institution
def switch(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Let people come in from an environment, or not."""
    own = get_object_or_404(access.platforms_administered(request.user), pk=pk)
    actions_manage.switch_platform(own, on=not own.is_active, by=request.user, at=timezone.now())
    return redirect("manage_lti:platform", own.pk)


@require_POST
@runs_institution
def remove(request: InstitutionRequest, pk: int) -> HttpResponse:
    """Remove a registration, once somebody said that they are sure."""
    own = get_object_or_404(access.platforms_administered(request.user), pk=pk)
    if "sure" not in request.POST:
        context = _context(request) | {"platform": own, "people": own.identities.count()}
        return render(request, "lti/manage/remove.html", context)
    actions_manage.remove_platform(own, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is removed.") % {"name": own.name})
    return redirect("manage_lti:list")


@require_POST
@runs_institution
def link(request: InstitutionRequest) -> HttpResponse:
    """Make a link with which an environment may register itself; it is shown once."""
    request.session[LINK] = actions_manage.make_link(
        request.institution_run, by=request.user, at=timezone.now()
    )
    return redirect("manage_lti:list")


@require_POST
@runs_institution
def keys(request: InstitutionRequest) -> HttpResponse:
    """Sign with the next key from now on."""
    actions_manage.rotate_keys(request.institution_run, by=request.user.pk, at=timezone.now())
    messages.success(
        request, _("From now on we sign with the next key. Nothing has to be changed elsewhere.")
    )
    return redirect("manage_lti:list")

"""Working agreements: a teacher's own terms and leave, and what each student agreed on."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.placements import access
from stageapp.placements import actions_agreements as actions
from stageapp.placements import queries_agreements as queries
from stageapp.placements.forms_agreements import AgreementForm, LeaveForm, TermsForm
from stageapp.placements.models import PlacementTeacher, TeacherLeave
from stageapp.placements.queries_agreements import Agreed
from stageapp.programmes.queries import is_teacher

STUDENTS_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedInRequest) -> HttpResponse:
    """Keep what a teacher proposes to each student; show leave and where each student stands."""
    _teachers_only(request)
    form = TermsForm(sent_data(request), instance=queries.terms_of(request.user))
    if request.method == "POST" and form.is_valid():
        actions.keep_terms(form.instance)
        messages.success(request, _("Kept. New students get this as a proposal."))
        return redirect("placements:terms")
    return _show_terms(request, form, LeaveForm())


@require_POST
def leave_add(request: SignedInRequest) -> HttpResponse:
    """Keep days on which a teacher does not answer."""
    _teachers_only(request)
    form = LeaveForm(request.POST, instance=TeacherLeave(teacher=request.user))
    if not form.is_valid():
        return _show_terms(request, TermsForm(instance=queries.terms_of(request.user)), form)
    actions.keep_leave(form.instance)
    messages.success(request, _("Your leave is kept. Your students see until when you are away."))
    return redirect("placements:terms")


@require_POST
def leave_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take days of leave away."""
    actions.delete_leave(get_object_or_404(access.leaves_of(request.user), pk=pk))
    messages.success(request, _("The leave is removed."))
    return redirect("placements:terms")


@require_POST
def propose_to_all(request: SignedInRequest) -> HttpResponse:
    """Propose a teacher's terms to all students with whom nothing was agreed."""
    _teachers_only(request)
    count = actions.propose_to_all(request.user, at=timezone.now())
    text = ngettext("Proposed to %(n)d student.", "Proposed to %(n)d students.", count)
    messages.success(request, text % {"n": count})
    return redirect("placements:terms")


@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a student and a teacher agreed on; lay other terms before the other."""
    link = _link(request, pk)
    agreed = _agreed(link)
    start = agreed.proposal or agreed.holds or queries.terms_of(link.teacher)
    form = AgreementForm(sent_data(request), start=start)
    if request.method == "POST" and form.is_valid():
        actions.propose(link, form.instance, by=request.user, at=timezone.now())
        other = _other(link, request)
        messages.success(request, _("Proposed to %(name)s.") % {"name": other})
        return redirect("placements:agreement", pk=pk)
    return render(
        request,
        "placements/agreement.html",
        {
            "agreed": agreed,
            "form": form,
            "other": _other(link, request),
            "is_mine": bool(agreed.proposal and agreed.proposal.proposed_by_id == request.user.pk),
            "is_teacher": link.teacher_id == request.user.pk,
            "audience": audience_text([link.placement.student, link.teacher], request.user),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
def confirm(request: SignedInRequest, pk: int, proposal: int) -> HttpResponse:
    """Agree with what the other proposed."""
    try:
        actions.confirm(_link(request, pk), proposal, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Agreed."))
    return redirect("placements:agreement", pk=pk)


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a proposal of one's own."""
    actions.take_back(_link(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("Taken back."))
    return redirect("placements:agreement", pk=pk)


def _teachers_only(request: SignedInRequest) -> None:
    if not is_teacher(request.user):
        raise Http404


def _link(request: SignedInRequest, pk: int) -> PlacementTeacher:
    return get_object_or_404(access.links_of_either(request.user), pk=pk)


def _agreed(link: PlacementTeacher) -> Agreed:
    only = access.links_of_either(link.teacher).filter(pk=link.pk)
    (agreed,) = queries.agreed_on(only, today=link.placement.today())
    return agreed


def _other(link: PlacementTeacher, request: SignedInRequest) -> str:
    is_teacher = link.teacher_id == request.user.pk
    return link.placement.student.name if is_teacher else link.teacher.name


def _show_terms(request: SignedInRequest, form: TermsForm, leave: LeaveForm) -> HttpResponse:
    links = access.links_to_students(request.user)
    page = Paginator(links, STUDENTS_A_PAGE).get_page(request.GET.get("page"))
    shown = access.links_to_students(request.user).filter(pk__in=[link.pk for link in page])
    today = timezone.localdate()
    return render(
        request,
        "placements/terms.html",
        {
            "form": form,
            "leave_form": leave,
            "leaves": access.leaves_of(request.user).filter(ends_on__gte=today),
            "page": page,
            "students": queries.agreed_on(shown, today=today),
            "without": queries.links_without_agreement(request.user).count(),
            "has_terms": bool(queries.terms_of(request.user).pk),
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.is_bound or leave.is_bound else 200,
    )

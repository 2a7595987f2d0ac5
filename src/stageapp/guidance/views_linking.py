"""Who guides whom, for administrators: end, replace, hand over, and files; what a student decides.

Beginning a link is in `placements/views_manage.py`. No page here says what a student wrote, nor
whether they share anything.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data, sent_files
from stageapp.guidance.actions_linking import (
    apply_file,
    changes_of,
    end_links,
    hand_over,
    take_along,
    undo_file,
    why_not_undone,
)
from stageapp.guidance.forms_linking import OlderForm
from stageapp.placements import access_linking as access
from stageapp.placements.actions_linking import link_students
from stageapp.placements.decorators import PlacementRequest, needs_placement
from stageapp.placements.forms_manage import HandOverForm, LinkFileForm, TeacherForm
from stageapp.placements.linking import Outcome
from stageapp.placements.models import LinkFile, PlacementTeacher
from stageapp.placements.queries_linking import (
    suggestions_for,
    teachers_with_load,
    with_guides,
)
from stageapp.programmes.access import (
    audience_of,
    programmes_administered,
)
from stageapp.programmes.models import Programme, Role

FILES_A_PAGE = 20
STUDENTS_A_PAGE = 50
#: So many rows of each kind are shown before a file is applied.
MOST_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def placement(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show who guides a placement, and link a teacher where there is none."""
    page = PlacementPage(_placement(request, pk))
    form = page.form_for_first(sent_data(request))
    if not form.is_bound:
        return _show(request, page)
    if page.is_guided or not form.is_valid():
        return _show(request, page, first=form)
    chosen = form.cleaned_data["teacher"]
    link_students([(page.placement, chosen)], by=request.user, at=timezone.now())
    names = {"name": chosen.name, "student": page.placement.student.name}
    messages.success(request, _("%(name)s guides %(student)s now.") % names)
    return redirect("manage_links:placement", pk=pk)


@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a teacher guide a placement no longer, or guide it along no longer."""
    link = get_object_or_404(access.links_administered(request.user), pk=pk)
    end_links([link], by=request.user, at=timezone.now())
    names = {"name": link.teacher.name, "student": link.placement.student.name}
    messages.success(request, _("%(name)s does not guide %(student)s any more.") % names)
    return redirect("manage_links:placement", pk=link.placement_id)


@require_POST
def replace(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let another teacher guide a placement in the place of one."""
    link = get_object_or_404(
        access.links_administered(request.user), pk=pk, part=PlacementTeacher.Part.MAIN
    )
    page = PlacementPage(_placement(request, link.placement_id))
    form = page.form_to_replace(link, request.POST)
    if not form.is_valid():
        return _show(request, page, replacing=(link, form))
    chosen = form.cleaned_data["teacher"]
    if request.POST.get("sure") != "yes":
        return _ask_to_replace(request, link, chosen)
    hand_over([link], chosen, by=request.user, at=timezone.now())
    student = page.placement.student
    names = {"name": chosen.name, "student": student.name, "before": link.teacher.name}
    text = _("%(name)s guides %(student)s now, in the place of %(before)s.")
    messages.success(request, text % names)
    return redirect("manage_links:placement", pk=link.placement_id)


@require_http_methods(["GET", "HEAD", "POST"])
def teacher(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand over some or all students of a teacher to a colleague."""
    own = get_object_or_404(access.teachers_administered(request.user), pk=pk)
    links = (
        access.links_administered(request.user)
        .filter(teacher=own, part=PlacementTeacher.Part.MAIN, placement__is_current=True)
        .order_by("placement__student__name", "pk")
    )
    page = Paginator(links, STUDENTS_A_PAGE).get_page(request.GET.get("page"))
    form = HandOverForm(
        sent_data(request),
        links=links,
        shown=[link.pk for link in page],
        colleagues=_colleagues(request, own),
    )
    if form.is_bound and form.is_valid():
        if request.POST.get("sure") != "yes":
            return _ask_hand_over(request, own, form)
        colleague = form.cleaned_data["colleague"]
        made = hand_over(form.cleaned_data["links"], colleague, by=request.user, at=timezone.now())
        text = ngettext(
            "%(name)s guides %(n)d student in the place of %(before)s now.",
            "%(name)s guides %(n)d students in the place of %(before)s now.",
            len(made),
        )
        names = {"name": colleague.name, "n": len(made), "before": own.name}
        messages.success(request, text % names)
        return redirect("manage_links:teacher", pk=pk)
    return render(
        request,
        "guidance/manage/teacher.html",
        {
            "teacher": own,
            "form": form,
            "page": page,
            "count": page.paginator.count,
            "audience": audience_of(_programmes_of(request, own), request.user),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: SignedInRequest) -> HttpResponse:
    """Look at what a file with links would do, then apply what fits; show what was applied."""
    programmes = list(programmes_administered(request.user))
    if not programmes:
        raise Http404
    form = LinkFileForm(sent_data(request), sent_files(request), administrator=request.user)
    if form.is_bound and form.is_valid() and request.POST.get("do") == "apply":
        if request.POST.get("digest") == form.digest:
            return _apply(request, form)
        messages.warning(request, _("Something changed meanwhile. This is what the file does now."))
    applied = Paginator(access.files_administered(request.user), FILES_A_PAGE)
    outcomes = [row.outcome for row in form.rows]
    return render(
        request,
        "guidance/manage/files.html",
        {
            "form": form,
            "is_read": form.is_bound and form.is_valid(),
            "refused": [row for row in form.rows if row.is_refused],
            "links": [row for row in form.rows if row.links],
            "replaced": form.replaced,
            "most": MOST_SHOWN,
            "shown": f":{MOST_SHOWN}",
            "unchanged": outcomes.count(Outcome.UNCHANGED),
            "page": applied.get_page(request.GET.get("page")),
            "programmes": programmes,
            "audience": audience_of(programmes, request.user),
        },
        status=422 if form.errors else 200,
    )


@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what an applied file changed, and whether it can be undone."""
    own = get_object_or_404(access.files_administered(request.user), pk=pk)
    if own.waiting:
        page = "_file_waits" if request.htmx else "file_waits"
        return render(
            request,
            f"guidance/manage/{page}.html",
            {
                "file": own,
                "audience": audience_text(access.readers_of_file(own), request.user),
            },
        )
    if request.htmx:
        # The page that looked how far it was shows what came of it.
        return HttpResponse(headers={"HX-Refresh": "true"})
    changes = list(changes_of(own))
    return render(
        request,
        "guidance/manage/file.html",
        {
            "file": own,
            "changes": changes,
            "reasons": [] if own.undone_at else why_not_undone(own, changes),
            "audience": audience_text(access.readers_of_file(own), request.user),
        },
    )


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Undo what a file changed."""
    own = get_object_or_404(access.files_administered(request.user), pk=pk)
    try:
        undo_file(own, by=request.user, at=timezone.now())
    except ValidationError as problem:
        messages.error(
            request, _("Not undone. %(reasons)s") % {"reasons": " ".join(problem.messages)}
        )
    else:
        messages.success(request, _("Undone: who guides whom is as it was before the file."))
    return redirect("manage_links:file", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_placement
def older(request: PlacementRequest) -> HttpResponse:
    """Let a student decide which older questions go along to who guides them now."""
    form = OlderForm(sent_data(request), placement=request.placement)
    if form.is_bound and form.is_valid():
        try:
            reader = take_along(
                form.cleaned_data["questions"],
                form.cleaned_data["reader"].pk,
                at=timezone.now(),
            )
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            assert reader
            text = _("%(name)s can read what you ticked now, with its conversation.")
            messages.success(request, text % {"name": reader.name})
            return redirect("guidance:older")
    return render(
        request,
        "guidance/older.html",
        {
            "form": form,
            "placement": request.placement,
            "audience": audience_text([request.user], request.user),
        },
        status=422 if form.errors else 200,
    )


def _placement(request: SignedInRequest, pk: int) -> Any:
    return get_object_or_404(with_guides(access.placements_administered(request.user)), pk=pk)


class PlacementPage:
    """A placement with who guides it, and the teachers who could; looked up once."""

    def __init__(self, placement: Any) -> None:
        self.placement = placement
        found = teachers_with_load(
            placement.cohort.programme, placement.today(), cohort=placement.cohort
        )
        guides = {one.teacher_id for one in placement.guides if not one.is_along}
        self.is_guided = bool(guides)
        #: Who could guide it, and does not.
        self.teachers = [
            teacher for teacher in found if teacher.person.pk not in guides | {placement.student_id}
        ]

    def form_for_first(self, data: Any) -> TeacherForm:
        """Return the form that gives the placement a teacher, with a suggestion."""
        suggestion = suggestions_for([self.placement], self.teachers).get(self.placement.pk)
        return TeacherForm(data, key="first", teachers=self.teachers, suggestion=suggestion)

    def form_to_replace(self, link: PlacementTeacher, data: Any) -> TeacherForm:
        """Return the form that gives it another teacher in the place of one."""
        return TeacherForm(data, key=str(link.pk), teachers=self.teachers)


def _show(
    request: SignedInRequest,
    page: PlacementPage,
    *,
    first: TeacherForm | None = None,
    replacing: tuple[PlacementTeacher, TeacherForm] | None = None,
) -> HttpResponse:
    sent = {replacing[0].pk: replacing[1]} if replacing else {}
    rows = [
        (link, None if link.is_along else sent.get(link.pk) or page.form_to_replace(link, None))
        for link in page.placement.guides
    ]
    own = page.placement
    wrong = first or (replacing[1] if replacing else None)
    return render(
        request,
        "guidance/manage/placement.html",
        {
            "placement": own,
            "rows": rows,
            "first": None if page.is_guided else first or page.form_for_first(None),
            "wrong": wrong,
            "audience": audience_of([own.cohort.programme], request.user),
        },
        status=422 if wrong else 200,
    )


def _apply(request: SignedInRequest, form: LinkFileForm) -> HttpResponse:
    applied = LinkFile(
        client_id=form.cleaned_data["client_id"],
        name=form.file_name,
        takes_over=form.cleaned_data["takes_over"],
    )
    kept = apply_file(applied, form.rows, by=request.user, at=timezone.now())
    if kept is None:
        messages.info(request, _("Nothing changed: the file says what was so already."))
        return redirect("manage_links:files")
    if not kept.waiting:
        messages.success(request, _("The file is applied. This is what changed."))
    return redirect("manage_links:file", pk=kept.pk)


def _ask_to_replace(request: SignedInRequest, link: PlacementTeacher, chosen: User) -> HttpResponse:
    """Say what it does that another teacher comes in the place of this one, before it is done."""
    context = {
        "teacher": link.teacher,
        "colleague": chosen,
        "links": [link],
        "sent": [("teacher", chosen.pk)],
        "action": reverse("manage_links:replace", args=[link.pk]),
        "back": reverse("manage_links:placement", args=[link.placement_id]),
        "back_to": link.placement.student.name,
        "audience": audience_of([link.placement.cohort.programme], request.user),
    }
    return render(request, "guidance/manage/hand_over.html", context)


def _ask_hand_over(request: SignedInRequest, own: User, form: HandOverForm) -> HttpResponse:
    """Say who goes to whom and what that does, before it is done: of exactly these students."""
    colleague, links = form.cleaned_data["colleague"], form.cleaned_data["links"]
    address = reverse("manage_links:teacher", args=[own.pk])
    context = {
        "teacher": own,
        "colleague": colleague,
        "links": links,
        "sent": [("colleague", colleague.pk), *(("links", link.pk) for link in links)],
        "action": address,
        "back": address,
        "back_to": own.name,
        "audience": audience_of(_programmes_of(request, own), request.user),
    }
    return render(request, "guidance/manage/hand_over.html", context)


def _colleagues(request: SignedInRequest, own: User) -> Any:
    return (
        User.objects.filter(
            is_active=True,
            programme_memberships__role=Role.TEACHER,
            programme_memberships__programme__in=programmes_administered(request.user).order_by(),
        )
        .exclude(pk=own.pk)
        .distinct()
        .order_by("name", "pk")
    )


def _programmes_of(request: SignedInRequest, own: User) -> list[Programme]:
    """Return the programmes of somebody in which a teacher teaches or guides."""
    teaches = Q(memberships__person=own, memberships__role=Role.TEACHER)
    links = PlacementTeacher.objects.filter(teacher=own, ended_at=None)
    guides = Q(cohorts__placements__teacher_links__in=links)
    return list(programmes_administered(request.user).filter(teaches | guides).distinct())

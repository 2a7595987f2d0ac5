"""The teacher's pages: who needs attention, and one student."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import key_in_address
from stageapp.guidance import actions, queries, queries_attention
from stageapp.guidance.queries_attention import Show, Wanted
from stageapp.guidance.queries_replies import desk_of
from stageapp.guidance.views import conversation_context
from stageapp.logbook.queries import effort_of
from stageapp.placements.access import guided_by
from stageapp.placements.queries_agreements import agreed_on, links_of
from stageapp.programmes.queries import is_teacher


@require_GET
def students(request: SignedInRequest) -> HttpResponse:
    """Show all placements of this teacher, those that ask for attention first."""
    if not is_teacher(request.user):
        raise Http404
    listed = queries_attention.attention_page(
        request.user, _wanted(request), at=timezone.now(), number=request.GET.get("page")
    )
    template = "students/_list.html" if request.htmx else "students/list.html"
    return render(request, template, {"listed": listed, "page": listed.page})


@require_GET
def student(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one student: the placement, all contact, each question with its conversation."""
    placement = get_object_or_404(guided_by(request.user), pk=pk)
    now = timezone.now()
    row = queries_attention.attention_of(placement, request.user, at=now)
    # The student allowed this to the teacher who guides, not to who came along or stands in.
    shows_effort = placement.shows_effort and row.facts.is_main
    page = queries.questions_for_teacher(placement, request.user, request.GET.get("page"))
    actions.mark_read(list(page), by=request.user, at=now)
    desk = desk_of(request.user, placement)
    return render(
        request,
        "students/student.html",
        {
            "placement": placement,
            "row": row,
            "progress": placement.period.progress(placement.today()),
            "effort": effort_of(placement) if shows_effort else None,
            "moments": queries.contact_moments(placement, request.user),
            "agreements": agreed_on(
                links_of(placement).filter(teacher=request.user), today=placement.today()
            ),
            "page": page,
            "questions": [conversation_context(request, asked, desk=desk) for asked in page],
        },
    )


def _wanted(request: SignedInRequest) -> Wanted:
    """Return what the address asks of the list; what it does not know asks for nothing."""
    show = request.GET.get("show", "")
    return Wanted(
        search=request.GET.get("q", "").replace("\x00", "").strip(),
        show=Show(show) if show in set(Show) else Show.ALL,
        cohort=key_in_address(request, "cohort"),
    )

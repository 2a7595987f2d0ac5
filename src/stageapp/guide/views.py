"""The guide: open to everybody, for nothing in it is private."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stageapp.accounts.models import User
from stageapp.guide.catalogue import Guide, Section, guide_in
from stageapp.guide.search import find
from stageapp.home.queries import roles_of

#: A longer question is cut: it is for looking up, not for telling a story.
LONGEST_SEARCH = 200


@login_not_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Show all articles, those for the reader's own role first, or what a search finds."""
    guide = guide_in(get_language() or "nl")
    search = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    return render(
        request,
        "guide/list.html",
        {
            "base": _base(request),
            "sections": _sections(guide, _roles(request)),
            "search": search,
            "findings": find(guide, search) if search else None,
            "audience": _("everybody, also without an account"),
        },
    )


@login_not_required
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one article."""
    guide = guide_in(get_language() or "nl")
    text = guide.articles.get(slug)
    if text is None:
        raise Http404
    section = guide.section_of[slug]
    return render(
        request,
        "guide/article.html",
        {
            "base": _base(request),
            "article": text,
            "section": section,
            "related": [guide.articles[other] for other in text.related],
            "may_open_page": text.page and section.role in _roles(request),
        },
    )


def _base(request: HttpRequest) -> str:
    return "base.html" if request.user.is_authenticated else "guide/base_public.html"


def _roles(request: HttpRequest) -> set[str]:
    """Return the reader's roles, by the names that sections have for them.

    Whoever is signed in also has the one without a name: what is for everybody.
    """
    if not isinstance(request.user, User):
        return set()
    roles = roles_of(request.user)
    names = {
        "": True,
        "student": roles.is_student,
        "teacher": roles.is_teacher,
        "administrator": roles.is_administrator,
    }
    return {name for name, holds in names.items() if holds}


def _sections(guide: Guide, roles: set[str]) -> list[Section]:
    """Put the reader's own first, then what is for everybody, then the others."""

    def distance(section: Section) -> int:
        if not section.role:
            return 1
        return 0 if section.role in roles else 2

    return sorted(guide.sections, key=distance)

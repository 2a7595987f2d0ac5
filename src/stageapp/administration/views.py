"""People, for administrators: who they are and which roles they have, never what they record."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.accounts.requests import SignedInRequest
from stageapp.administration import access, actions, queries
from stageapp.administration.forms import FindForm, InviteForm, RoleForm
from stageapp.core.requests import key_in, sent_data
from stageapp.programmes.access import (
    audience_of,
    institutions_administered,
    programmes_administered,
)
from stageapp.programmes.models import Programme, Role


@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """Show the people of somebody's programmes, with what they are there."""
    programmes = own_programmes(request)
    institutions = list(institutions_administered(request.user))
    form = FindForm(request.GET, programmes=programmes, runs_institution=bool(institutions))
    context = {
        "form": form,
        "wanted": form.wanted,
        "page": queries.listed(request.user, form.wanted, request.GET.get("page")),
        "programmes": programmes,
        "audience": audience_of(programmes, request.user),
    }
    return render(request, "administration/people/list.html", context)


@require_GET
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show somebody's roles, and what can be done with them."""
    return _page(request, _own(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite somebody by their address."""
    programmes = own_programmes(request)
    form = InviteForm(sent_data(request), administrator=request.user)
    if form.is_valid():
        return _invite(request, form)
    context = {
        "form": form,
        "programmes": programmes,
        "audience": audience_of(programmes, request.user),
    }
    return render(
        request, "administration/people/invite.html", context, status=422 if form.errors else 200
    )


def _invite(request: SignedInRequest, form: InviteForm) -> HttpResponse:
    email, (programme, role) = form.cleaned_data["email"], form.chosen
    changed = actions.invite(
        email, form.cleaned_data["name"], role, programme, by=request.user, at=timezone.now()
    )
    if changed:
        text = _("%(email)s is %(role)s of %(programme)s and gets a mail that says so.")
        messages.success(request, _said(text, email, role.label, programme), extra_tags="invite")
    else:
        text = _("%(email)s is %(role)s of %(programme)s already; nothing is changed.")
        messages.info(request, _said(text, email, role.label, programme), extra_tags="invite")
    found = User.objects.get(email=email)
    return redirect("manage_people:person", pk=found.pk)


@require_POST
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give somebody a role in a programme."""
    found = _own(request, pk)
    form = RoleForm(request.POST, administrator=request.user)
    if not form.is_valid():
        return _page(request, found, form=form)
    programme, role = form.chosen
    try:
        actions.give_role(found, programme, role, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _page(request, found, problem=problem)
    text = _("%(name)s is %(role)s of %(programme)s.")
    messages.success(request, _said(text, found.name, role.label, programme))
    return redirect("manage_people:person", pk=pk)


@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a role in a programme away."""
    found = _own(request, pk)
    form = RoleForm(request.POST, administrator=request.user)
    if not form.is_valid():
        return _page(request, found, problem=ValidationError(_("This role is not yours to take.")))
    programme, role = form.chosen
    try:
        actions.take_role(found, programme, role, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _page(request, found, problem=problem)
    text = _("%(name)s is not %(role)s of %(programme)s any more.")
    messages.success(request, _said(text, found.name, role.label, programme))
    return _to_person(request, found)


@require_POST
def teacher(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let who registered as a student be a teacher instead."""
    found = _own(request, pk)
    own = programmes_administered(request.user)
    programme = own.filter(pk=key_in(request.POST.get("programme", "")) or 0).first()
    if programme is None:
        return _page(request, found, problem=ValidationError(_("This is not your programme.")))
    try:
        actions.make_teacher(found, programme, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _page(request, found, problem=problem)
    text = _("%(name)s is %(role)s of %(programme)s now, and no student any more.")
    messages.success(request, _said(text, found.name, Role.TEACHER.label, programme))
    return redirect("manage_people:person", pk=pk)


@require_POST
def institution(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody run an institution, or no more; only who runs it does so."""
    found = _own(request, pk)
    own = institutions_administered(request.user)
    runs = get_object_or_404(own, pk=key_in(request.POST.get("institution", "")) or 0)
    is_given = request.POST.get("give") == "yes"
    do = actions.give_institution if is_given else actions.take_institution
    try:
        do(found, runs, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _page(request, found, problem=problem)
    text = (
        _("%(name)s is functional administrator of %(institution)s.")
        if is_given
        else _("%(name)s is not functional administrator of %(institution)s any more.")
    )
    messages.success(request, text % {"name": found.name, "institution": runs})
    return _to_person(request, found)


@require_POST
def switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """Switch an account off, or on again."""
    found = _own(request, pk)
    if not access.people_administered_wholly(request.user).filter(pk=pk).exists():
        return _page(request, found, problem=ValidationError(elsewhere()))
    is_on = request.POST.get("on") == "yes"
    do = actions.switch_on if is_on else actions.switch_off
    try:
        where = access.institution_shared(found, request.user)
        do(found, where, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _page(request, found, problem=problem)
    text = (
        _("The account of %(name)s is on again.")
        if is_on
        else _("The account of %(name)s is switched off; nobody is signed in with it any more.")
    )
    messages.success(request, text % {"name": found.name})
    return redirect("manage_people:person", pk=pk)


@require_POST
def invite_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mail the link to somebody who was invited once more."""
    found = _own(request, pk)
    roles = queries.person_seen(found, request.user).roles
    if not roles:
        raise Http404
    programme, role = roles[0].programme, roles[0].role
    try:
        actions.invite_again(found, programme, role, by=request.user, at=timezone.now())
    except ValidationError as problem:
        return _page(request, found, problem=problem)
    messages.success(request, _("A new mail goes to %(email)s.") % {"email": found.email})
    return redirect("manage_people:person", pk=pk)


def own_programmes(request: SignedInRequest) -> list[Programme]:
    """Return what somebody administers; who administers nothing finds no such page."""
    programmes = list(programmes_administered(request.user))
    if not programmes and not institutions_administered(request.user).exists():
        raise Http404
    return programmes


def elsewhere() -> str:
    """Return why an account cannot be switched off here."""
    return _(
        "This person also has a role that you do not administer. An administrator of all of them "
        "can switch the account off; you can take away the roles here."
    )


def _own(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(access.people_administered(request.user), pk=pk)


def _to_person(request: SignedInRequest, found: User) -> HttpResponse:
    """Show the person, or the list when nothing is left here to see them by."""
    if access.people_administered(request.user).filter(pk=found.pk).exists():
        return redirect("manage_people:person", pk=found.pk)
    return redirect("manage_people:list" if _administers(request) else "home")


def _administers(request: SignedInRequest) -> bool:
    return (
        programmes_administered(request.user).exists()
        or institutions_administered(request.user).exists()
    )


def _said(text: str, name: str, role: Any, programme: Programme) -> str:
    names = {"name": name, "email": name, "role": role, "programme": programme.name}
    return text % names


def _page(
    request: SignedInRequest,
    found: User,
    *,
    problem: ValidationError | None = None,
    form: RoleForm | None = None,
) -> HttpResponse:
    context = {
        "seen": queries.person_seen(found, request.user),
        "person": found,
        "form": form or RoleForm(administrator=request.user),
        "merges_in": access.institution_to_merge_in(found, request.user),
        "problem": " ".join(problem.messages) if problem else "",
        "audience": audience_text(access.readers_of(found, request.user), request.user),
    }
    is_refused = problem is not None or form is not None
    return render(
        request, "administration/people/person.html", context, status=422 if is_refused else 200
    )

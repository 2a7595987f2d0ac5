"""The reflection models of a programme: its own ones, and what is there for everybody."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stageapp.accounts.requests import SignedInRequest
from stageapp.core.requests import sent_data
from stageapp.programmes import actions_reflections
from stageapp.programmes.access import (
    audience_of,
    models_administered,
    programmes_administered,
    reflection_fields_administered,
)
from stageapp.programmes.forms_reflection import FieldForm, FieldsForm, ModelForm, NewModelForm
from stageapp.programmes.models import Programme, ReflectionField, ReflectionModel
from stageapp.programmes.queries import models_of
from stageapp.programmes.queries_manage import models_listed, told, written_with


@require_GET
def overview(request: SignedInRequest, programme: int) -> HttpResponse:
    """Show the reflection models that the cohorts of a programme can offer."""
    own = _programme(request, programme)
    rows = models_listed(own)
    context = {
        "programme": own,
        "own": [row for row in rows if row.programme_id],
        "shared": [row for row in rows if not row.programme_id],
        "audience": audience_of([own], request.user),
    }
    return render(request, "programmes/manage/models.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, programme: int) -> HttpResponse:
    """Make a reflection model with its fields."""
    own = _programme(request, programme)
    fresh = ReflectionModel(programme=own)
    form = NewModelForm(sent_data(request), instance=fresh)

    def keep() -> None:
        lines = form.cleaned_data["lines"]
        actions_reflections.save_model(fresh, lines, **_who(request))

    if _saved(form, keep):
        messages.success(
            request, _("The model is made. Add guiding questions, and choose it in a cohort.")
        )
        return redirect("manage_programmes:model", pk=fresh.pk)
    context = {"form": form, "programme": own, "audience": audience_of([own], request.user)}
    return render(
        request, "programmes/manage/model_new.html", context, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def model(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a reflection model of a programme; rename it, or add fields to it."""
    own = get_object_or_404(models_administered(request.user), pk=pk)
    name, programme = own.name, _programme(request, own.programme_id or 0)
    adds = request.POST.get("do") == "add"
    sent = sent_data(request)
    edit = ModelForm(None if adds else sent, instance=own)
    more = FieldsForm(sent if adds else None)
    if adds and _saved(
        more,
        lambda: actions_reflections.add_fields(own, more.cleaned_data["lines"], **_who(request)),
    ):
        messages.success(request, _("The fields stand at the end now."))
        return redirect("manage_programmes:model", pk=pk)
    if not adds and _saved(edit, lambda: actions_reflections.save_model(own, (), **_who(request))):
        messages.success(request, _("The new name is used everywhere."))
        return redirect("manage_programmes:model", pk=pk)
    fields = list(own.fields.all())
    context = {
        "model": own,
        "name": name,
        "programme": programme,
        "form": edit,
        "more": more,
        "asked": [field for field in fields if field.retired_at is None],
        "retired": [field for field in fields if field.retired_at is not None],
        "cohorts": list(own.cohorts.all()),
        "uses": told(written_with(own)),
        "audience": audience_of([programme], request.user),
    }
    status = 422 if edit.errors or more.errors else 200
    return render(request, "programmes/manage/model.html", context, status=status)


@require_POST
def model_change(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Retire a reflection model, or bring it back."""
    own = get_object_or_404(models_administered(request.user), pk=pk)
    if verb == "restore":
        actions_reflections.restore_model(own, **_who(request))
        messages.success(request, _("“%(name)s” is offered again.") % {"name": own})
        return redirect("manage_programmes:model", pk=pk)
    if verb != "drop":
        raise Http404
    stays = actions_reflections.drop_model(own, **_who(request))
    text = (
        _("“%(name)s” is not offered any more. What was written with it stays.")
        if stays
        else _("“%(name)s” is deleted: nobody could have written with it.")
    )
    messages.success(request, text % {"name": own})
    return redirect("manage_programmes:models", programme=own.programme_id)


@require_POST
def copy(request: SignedInRequest, programme: int, pk: int) -> HttpResponse:
    """Give a programme a model of its own that begins as another one."""
    own = _programme(request, programme)
    source = get_object_or_404(models_of(own.pk), pk=pk)
    try:
        made = actions_reflections.copy_model(source, own, **_who(request))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return redirect("manage_programmes:models", programme=own.pk)
    messages.success(request, _("This is your own copy. Change what you want."))
    return redirect("manage_programmes:model", pk=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def field(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what a field asks, how it guides its writer, and whether it has to be filled in."""
    own = get_object_or_404(reflection_fields_administered(request.user), pk=pk)
    label = own.label
    form = FieldForm(sent_data(request), instance=own)
    if _saved(form, lambda: actions_reflections.save_field(own, **_who(request))):
        messages.success(request, _("The field is saved."))
        return redirect(_place(own))
    programme = _programme(request, own.model.programme_id or 0)
    context = {
        "field_row": own,
        "name": label,
        "form": form,
        "uses": told(written_with(own)),
        "audience": audience_of([programme], request.user),
    }
    return render(
        request, "programmes/manage/model_field.html", context, status=422 if form.errors else 200
    )


@require_POST
def field_change(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Move, retire or bring back a field."""
    own = get_object_or_404(reflection_fields_administered(request.user), pk=pk)
    if verb in ("up", "down"):
        actions_reflections.move_field(own, up=verb == "up", **_who(request))
        return redirect(_place(own, f"{verb}-{pk}"))
    if verb == "restore":
        actions_reflections.restore_field(own, **_who(request))
        messages.success(request, _("“%(name)s” is asked again.") % {"name": own})
    elif verb == "drop":
        _drop(request, own)
    else:
        raise Http404
    return redirect(_place(own))


def _drop(request: SignedInRequest, field: ReflectionField) -> None:
    try:
        stays = actions_reflections.drop_field(field, **_who(request))
    except ValidationError as problem:
        messages.error(request, problem.messages[0])
        return
    text = (
        _("“%(name)s” is not asked any more. What was written in it stays.")
        if stays
        else _("“%(name)s” is deleted: nobody could have written in it.")
    )
    messages.success(request, text % {"name": field})


def _place(field: ReflectionField, anchor: str = "") -> str:
    page = reverse("manage_programmes:model", args=[field.model_id])
    return f"{page}#{anchor or f'field-{field.pk}'}"


def _programme(request: SignedInRequest, pk: int) -> Programme:
    return get_object_or_404(programmes_administered(request.user), pk=pk)


def _saved(form: BaseForm, save: Callable[[], object]) -> bool:
    """Return whether a form was right and is kept; what is refused stands at its field."""
    if not form.is_valid():
        return False
    try:
        save()
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    return True


def _who(request: SignedInRequest) -> dict[str, Any]:
    return {"by": request.user, "at": timezone.now()}

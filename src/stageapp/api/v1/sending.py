"""From what a program sends to what a form reads: the forms of the pages check both."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.api.v1.problems import (
    ApiError,
    FieldProblem,
    not_found,
    of_action,
    of_form,
    of_state,
)
from stageapp.placements import access
from stageapp.placements.models import Placement
from stageapp.programmes.queries import is_student

Form = TypeVar("Form", bound=BaseForm)
R = TypeVar("R")


def as_form(values: Mapping[str, Any]) -> QueryDict:
    """Return values as a browser would send them: nothing for False and None, lists as several."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        if isinstance(value, list | tuple | set | frozenset):
            data.setlist(name, [_written(one) for one in value])
        elif value is not None and value is not False:
            data[name] = _written(value)
    return data


def _written(value: Any) -> str:
    if value is True:
        return "on"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def checked(form: Form, names: Mapping[str, str] | None = None) -> Form:
    """Return a form that is right. Raises a problem with each field that is not."""
    if not form.is_valid():
        raise of_form(form, names)
    return form


def done(act: Callable[[], R], names: Mapping[str, str] | None = None) -> R:
    """Return what an action gives. Raises a problem with what it refuses."""
    try:
        # What an action did before it refused is undone, also inside another transaction.
        with transaction.atomic():
            return act()
    except ValidationError as problem:
        raise of_action(problem, names) from problem


def allowed(act: Callable[[], R]) -> R:
    """Return what an action gives. Raises a "conflict" where the state of a thing is in the way."""
    try:
        with transaction.atomic():
            return act()
    except ValidationError as problem:
        raise of_state(problem) from problem


def placement_for(student: User, key: int | None) -> Placement:
    """Return an own placement by its key, or the current one.

    Raises a problem where there is none: "conflict" for a student who has to start one first.
    """
    own = access.placements_of(student)
    found = own.filter(pk=key).first() if key else access.current_placement(student)
    if found:
        return found
    if key is None and is_student(student):
        raise ApiError("conflict", detail=_("Start a placement first; this belongs to one."))
    raise not_found()


def locked(placement: Placement) -> None:
    """Let one request at a time change what belongs to a placement; call it in a transaction."""
    Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)


def locked_row(rows: QuerySet[Any], pk: int) -> Any:
    """Return something of a placement that one request at a time changes; in a transaction.

    Raises Http404 for what is not among these rows.
    """
    locked(get_object_or_404(rows, pk=pk).placement)
    return get_object_or_404(rows, pk=pk)


def unknown_parts(sent: Mapping[str, Any], form: BaseForm, fields: Mapping[str, str]) -> None:
    """Raise a problem for what was filled in that the form does not ask.

    `fields` says which field of the form each name stands for.
    """
    wrong = [
        FieldProblem(
            field=name,
            message=_("The form of this placement does not ask this."),
            code="not_asked",
        )
        for name, value in sent.items()
        if value not in (None, "", [], False) and fields.get(name, name) not in form.fields
    ]
    if wrong:
        raise ApiError("invalid", errors=wrong)

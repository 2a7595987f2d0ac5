"""What the student's pages need before they can show anything."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from stageapp.accounts.requests import SignedInRequest
from stageapp.placements import access
from stageapp.placements.models import Placement
from stageapp.programmes.queries import is_student

P = ParamSpec("P")


class PlacementRequest(SignedInRequest):
    """The request of a student with a current placement."""

    placement: Placement


def needs_placement(
    view: Callable[Concatenate[PlacementRequest, P], HttpResponse],
) -> Callable[Concatenate[PlacementRequest, P], HttpResponse]:
    """Give the view `request.placement`; a student without one is asked for it first.

    For somebody who is no student the page does not exist.
    """

    @wraps(view)
    def with_placement(
        request: PlacementRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        placement = access.current_placement(request.user)
        if placement is None:
            if not is_student(request.user):
                raise Http404
            return redirect("placements:new")
        request.placement = placement
        return view(request, *args, **kwargs)

    return with_placement

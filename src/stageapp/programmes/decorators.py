"""What the pages of functional administrators need before they can show anything."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponse

from stageapp.accounts.requests import SignedInRequest
from stageapp.programmes.access import institutions_administered
from stageapp.programmes.models import Institution
from stageapp.programmes.queries import institution_for

P = ParamSpec("P")


class InstitutionRequest(SignedInRequest):
    """The request of somebody who runs an institution."""

    institution_run: Institution


def runs_institution(
    view: Callable[Concatenate[InstitutionRequest, P], HttpResponse],
) -> Callable[Concatenate[InstitutionRequest, P], HttpResponse]:
    """Give the view `request.institution_run`; for who runs none the page does not exist.

    It is the institution of this host where the reader runs it, else the first that they run.
    """

    @wraps(view)
    def with_institution(
        request: InstitutionRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        own = list(institutions_administered(request.user).order_by("pk"))
        if not own:
            raise Http404
        here = institution_for(request)
        request.institution_run = here if here in own else own[0]
        return view(request, *args, **kwargs)

    return with_institution

"""The request that a view gets when somebody is signed in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from stageapp.accounts.models import User


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has let it through, so there is a person."""

    user: User
    htmx: HtmxDetails

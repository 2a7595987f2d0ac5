"""What learning environments do when something happens to an account, and what they tell of it."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.accounts.signals import ways_in_taken
from stageapp.integrations.lti import actions
from stageapp.integrations.lti.models import Platform


def connect() -> None:
    """Listen, once."""
    ways_in_taken.connect(end_ways_in)


def end_ways_in(person: User, **_rest: Any) -> None:
    """Let nobody in from a course who came so before the owner of the address did."""
    actions.end_ways_in(person, at=timezone.now())


def tell_of_connection(
    request: HttpRequest, person: User, platform: Platform, *, is_connected: bool
) -> None:
    """Mail somebody that another way into their account came or went."""
    told = {
        "environment": platform.name,
        "is_connected": is_connected,
        "security_url": request.build_absolute_uri(reverse("lti:connections")),
    }
    get_adapter(request).send_notice("lti/email/connected", person, told)

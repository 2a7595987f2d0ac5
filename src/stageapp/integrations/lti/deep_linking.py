"""What a link in a course can open, and the signed answer with the choice (Deep Linking 2.0)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from stageapp.integrations.lti.models import Platform
from stageapp.integrations.lti.rules import CLAIM, DEEP_LINK_ANSWER, DEEP_LINKING, VERSION
from stageapp.integrations.lti.signing import signed


@dataclass(frozen=True)
class Offer:
    """A page that a link may open."""

    key: str
    path: str
    icon: str
    title: StrPromise
    what: StrPromise


def offers() -> list[Offer]:
    """Return the three pages that make sense in a course."""
    return [
        Offer(
            "logbook",
            "/activities/",
            "notebook-pen",
            _("My logbook"),
            _("Students come to what they recorded; teachers to their start page."),
        ),
        Offer(
            "guidance",
            "/guidance/",
            "messages-square",
            _("Guidance questions"),
            _("Students come to their questions; teachers to their start page."),
        ),
        Offer(
            "students",
            "/students/",
            "users",
            _("Students and their placements"),
            _("Teachers come to whom they guide; students to their start page."),
        ),
    ]


def answer(
    platform: Platform,
    asked: dict[str, Any],
    chosen: Sequence[Offer],
    *,
    origin: str,
    at: datetime,
) -> str:
    """Return the signed answer to a request for a link; what came along goes back as it was."""
    claims: dict[str, Any] = {
        "iss": platform.client_id,
        "aud": platform.issuer,
        f"{CLAIM}deployment_id": asked["deployment"],
        f"{CLAIM}message_type": DEEP_LINK_ANSWER,
        f"{CLAIM}version": VERSION,
        f"{DEEP_LINKING}content_items": [
            {
                "type": "ltiResourceLink",
                "title": f"Stage-App: {one.title}",
                "url": origin + one.path,
            }
            for one in chosen
        ],
    }
    if asked["data"]:
        claims[f"{DEEP_LINKING}data"] = asked["data"]
    return signed(platform, claims, at)

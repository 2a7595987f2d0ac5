"""The page before the door: who invites, and asking for a code. It shows nothing else."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from stageapp.invitations.forms import CodeForm
from stageapp.invitations.rules import masked

if TYPE_CHECKING:
    from stageapp.invitations.decorators import GuestRequest


def show_entrance(
    request: "GuestRequest", form: CodeForm | None = None, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """Show who invites, with a button for a code, or a field for the one that was sent."""
    invitation = request.invitation
    return render(
        request,
        "invitations/entrance.html",
        {
            "invitation": invitation,
            "token": invitation.token,
            "address": masked(invitation.email),
            "form": form or CodeForm(),
            "asks_code": invitation.has_code(timezone.now()),
            "problem": problem,
        },
        status=status,
    )

"""Bringing in a sheet with people."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.administration.actions import invite
from stageapp.administration.queries_sheet import PlannedLine


@transaction.atomic
def apply_lines(lines: Iterable[PlannedLine], *, by: User, at: datetime) -> int:
    """Do what these lines say, all or none; return how many changed something.

    By address, so that two sheets at the same time never wait for each other in a circle.
    """
    changed = 0
    for one in sorted(lines, key=lambda one: (one.line.email, one.line.number)):
        assert one.role
        assert one.programme
        changed += invite(one.line.email, one.name, one.role, one.programme, by=by, at=at)
    return changed

"""A list that was uploaded, kept for a short while.

The first time a list comes, nobody chose a cohort for its courses yet. What it says is kept until
that is done, so that nobody has to upload it twice.
"""

import json
import uuid
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from stageapp.accounts.models import User
from stageapp.integrations.roster import actions, rules
from stageapp.integrations.roster.models import Run, Source, Upload

#: It names people who may never get an account here.
UPLOAD_KEPT = timedelta(days=1)


@transaction.atomic
def look_at_file(
    source: Source,
    roster: rules.Roster,
    *,
    by: User,
    at: datetime,
    name: str,
    client_id: uuid.UUID | None = None,
) -> Run:
    """Keep what an uploaded list would change, and for a short while the list itself.

    Raises ValidationError while an earlier look is being applied.
    """
    run = actions.look(source, roster, by=by, at=at, name=name, client_id=client_id)
    if run.state == Run.State.LOOKED:  # not what was sent before, and is applied by now
        Upload.objects.update_or_create(
            source=source,
            defaults={
                "name": run.name,
                "said": json.dumps(asdict(rules.tidy(roster))),
                "kept_at": at,
            },
        )
    return run


@transaction.atomic
def look_again(source: Source, *, by: User, at: datetime) -> Run | None:
    """Compare what was uploaded last once more, such as after its cohorts were chosen.

    Returns None when it is not kept any more. Raises ValidationError as `look_at_file` does.
    """
    upload = Upload.objects.filter(source=source, kept_at__gt=at - UPLOAD_KEPT).first()
    if upload is None:
        return None
    return actions.look(source, _roster_of(upload), by=by, at=at, name=upload.name)


def forget_uploads(*, at: datetime) -> None:
    """Remove lists that were kept long enough."""
    Upload.objects.filter(kept_at__lte=at - UPLOAD_KEPT).delete()


def _roster_of(upload: Upload) -> rules.Roster:
    said = json.loads(upload.said)
    return rules.Roster(
        tuple(rules.Person(**one) for one in said["people"]),
        tuple(
            rules.Group(
                **one | {"teachers": tuple(one["teachers"]), "students": tuple(one["students"])}
            )
            for one in said["groups"]
        ),
        tuple(said["remarks"]),
    )

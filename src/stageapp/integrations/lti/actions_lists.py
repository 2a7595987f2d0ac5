"""Taking the list of a course: by button, and at night by itself.

What it would change, doing that and undoing it is all of `integrations.roster`: what somebody did
by hand stays, and when much would end it asks first.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from stageapp.accounts.models import User
from stageapp.integrations.lti.course_lists import line_of, roster_in
from stageapp.integrations.lti.models import Course, Platform
from stageapp.integrations.lti.queries import LIST as KEY
from stageapp.integrations.lti.services import ServiceError, members
from stageapp.integrations.roster import actions as roster
from stageapp.integrations.roster.actions_reading import NIGHT, tell
from stageapp.integrations.roster.models import Run, Source
from stageapp.integrations.roster.rules import Does, Roster
from stageapp.notifications.actions import once_a_day
from stageapp.programmes.access import institutions_administered


def source_of(course: Course, *, by: User) -> Source:
    """Return the source that stands for a course."""
    institution = course.deployment.platform.institution
    name = f"{course} · {course.deployment.platform.name}"
    return roster.source_of_course(institution, f"{KEY}{course.pk}", name, by=by)


def look_at_list(course: Course, *, by: User, at: datetime) -> Run:
    """Ask for the list of a course and keep what it would change; nothing else changes.

    Raises ServiceError when the environment does not give it, and ValidationError while an earlier
    look is being applied. It is asked outside of any transaction, so that nobody waits for it.
    """
    # What we sign carries the time of now, whenever this was to be done.
    return _look(course, list_of(course, timezone.now()), by=by, at=at)


@transaction.atomic
def _look(course: Course, told: Roster, *, by: User, at: datetime) -> Run:
    source = source_of(course, by=by)
    line = source.lines.filter(key=line_of(course)).first()
    if line is None or line.cohort_id != course.cohort_id:
        roster.map_line(
            source, line_of(course), title=str(course), cohort=course.cohort, by=by, at=at
        )
    return roster.look(source, told, by=by, at=at)


def list_of(course: Course, at: datetime) -> Roster:
    """Return what the list of a course says now. Raises ServiceError."""
    platform = course.deployment.platform
    if not course.members_url:
        raise ServiceError("members_none")
    told = list(members(platform, _address(course, platform), at))
    if not told:  # a course without anybody is a fault, and no wish that all leave
        raise ServiceError("members_nobody")
    accounts = dict(platform.identities.values_list("subject", "person"))
    return roster_in(course, told, accounts, trusts=platform.checks_emails)


def _address(course: Course, platform: Platform) -> str:
    """Canvas tells of sections only to who names a link of the course."""
    if platform.kind != Platform.Kind.CANVAS or not course.link_id:
        return course.members_url
    parts = urlsplit(course.members_url)
    query = "&".join(filter(None, [parts.query, urlencode({"rlid": course.link_id})]))
    return urlunsplit(parts._replace(query=query))


@transaction.atomic
def set_nightly(course: Course, *, is_on: bool, by: User, at: datetime) -> None:
    """Let the list of a course be taken every night, in this name, or only by the button."""
    source = source_of(course, by=by)
    source.schedule = Source.Schedule.NIGHTLY if is_on else Source.Schedule.NEVER
    roster.change_source(source, by=by, at=at)


def take_lists_at_night(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Take the lists that are to be taken every night; return how many that were."""
    taken = 0
    rows = Source.objects.filter(
        kind=Source.Kind.COURSE, schedule=Source.Schedule.NIGHTLY, key__startswith=KEY
    ).select_related("institution", "run_by")
    for source in rows:
        if is_stopping():
            break
        local = at.astimezone(source.institution.zone)
        if local.hour not in NIGHT:
            continue
        with once_a_day(f"roster:{source.pk}", local.date()) as is_first:
            pass
        if is_first:
            _take(source, at)
            taken += 1
    return taken


def _take(source: Source, at: datetime) -> None:
    by = source.run_by
    with override(by.language if by else "nl"):
        try:
            run = look_at_list(_course_of(source), by=_checked(source, by), at=at)
        except (ServiceError, ValidationError) as problem:
            _fail(source, problem, at)
            return
        _go_on(run, source, at)


def _course_of(source: Source) -> Course:
    rows = Course.objects.select_related(
        "deployment__platform__institution", "cohort__programme__institution"
    )
    course = rows.filter(
        pk=int(source.key.removeprefix(KEY)),
        deployment__platform__institution=source.institution,
        deployment__platform__is_active=True,
    ).first()
    if course is None:
        raise ServiceError("members_none")
    return course


def _checked(source: Source, by: User | None) -> User:
    if by is None or not by.is_active or source.institution not in institutions_administered(by):
        raise ValidationError(
            _(
                "Whoever set this up is no functional administrator here any more. Switch taking "
                "the list at night on again, then it is done in your name."
            )
        )
    return by


def _fail(source: Source, problem: ServiceError | ValidationError, at: datetime) -> None:
    said = problem.said if isinstance(problem, ServiceError) else " ".join(problem.messages)
    with transaction.atomic():
        run = Run.objects.create(
            source=source,
            state=Run.State.FAILED,
            is_scheduled=True,
            begun_by=source.run_by,
            begun_at=at,
            problem=said,
        )
        tell(run, gettext_noop("“%(name)s” could not be read"), at=at)


@transaction.atomic
def _go_on(run: Run, source: Source, at: datetime) -> None:
    if not run.changes.exclude(does=Does.REFUSE).exists():
        run.delete()
        return
    run.is_scheduled = True
    run.save(update_fields=["is_scheduled"])
    if run.asks:
        tell(run, gettext_noop("“%(name)s” would end much, and waits for you"), at=at)
        return
    assert source.run_by
    roster.apply(run, by=source.run_by, at=at)
    tell(run, gettext_noop("“%(name)s” changed something"), at=at)

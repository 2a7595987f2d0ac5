"""What happens when somebody comes from a learning environment; the only writers of its tables."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.core.counting import count
from stageapp.core.tokens import hash_of
from stageapp.integrations.lti import queries
from stageapp.integrations.lti.models import (
    Course,
    Deployment,
    Handover,
    Identity,
    LoginState,
    Platform,
    RefusedLaunch,
)
from stageapp.integrations.lti.rules import Launch, Reason, RefusedError, Standing
from stageapp.integrations.lti.services import ServiceError, fetch_keys
from stageapp.integrations.lti.verifying import KeyFinder, find_key
from stageapp.programmes.actions import agree_with_statement
from stageapp.programmes.models import Cohort, Institution, Programme, ProgrammeMembership, Role

log = logging.getLogger(__name__)

#: So long somebody may take to sign in at their environment.
STATE_LASTS = timedelta(minutes=10)
#: So long a launch that was taken is remembered, to say that it was.
STATES_KEPT = timedelta(days=1)
#: Keys are asked for anew after this, so that one that was withdrawn does not stay.
KEYS_LAST = timedelta(hours=24)
#: So often in a minute an unknown key makes us ask one environment for its keys.
ASKS_A_MINUTE = 10
HANDOVER_LASTS = timedelta(minutes=2)
#: A launch that goes on in a window waits as long as it might have taken.
LAUNCH_WAITS = STATE_LASTS
ROLES = {Standing.STUDENT: Role.STUDENT, Standing.TEACHER: Role.TEACHER}


@dataclass(frozen=True)
class Begun:
    """The secrets of a launch: two go along to the environment, one stays in the browser."""

    state: str
    nonce: str
    browser: str


def begin_launch(
    platform: Platform,
    target: str,
    *,
    login_hint: str,
    message_hint: str,
    storage_target: str,
    at: datetime,
) -> Begun:
    """Keep that we lead somebody to their environment, whose answer is taken once."""
    begun = Begun(*(secrets.token_urlsafe(32) for _number in range(3)))
    LoginState.objects.create(
        platform=platform,
        state_hash=hash_of(begun.state),
        nonce_hash=hash_of(begun.nonce),
        browser_hash=hash_of(begun.browser),
        target=target,
        login_hint=login_hint,
        message_hint=message_hint,
        storage_target=storage_target,
        expires_at=at + STATE_LASTS,
    )
    return begun


def use_up(state: LoginState, *, at: datetime) -> None:
    """Take the answer to a launch: of two requests at once, one does.

    Raises RefusedError for the other.
    """
    rows = LoginState.objects.filter(pk=state.pk, used_at=None, expires_at__gt=at)
    if not rows.update(used_at=at, login_hint="", message_hint=""):
        raise RefusedError(Reason.USED_BEFORE)


def note_refusal(
    refused: RefusedError, institution: Institution | None, platform: Platform | None, at: datetime
) -> None:
    """Keep why a launch was refused, for who runs the institution; old ones make room."""
    log.warning("LTI launch refused: %s %s", refused.reason, refused.detail)
    if institution is None:
        return
    RefusedLaunch.objects.create(
        institution=institution,
        platform=platform,
        refused_at=at,
        reason=refused.reason,
        detail=refused.detail,
    )
    old = RefusedLaunch.objects.filter(institution=institution).values_list("pk", flat=True)
    RefusedLaunch.objects.filter(pk__in=list(old[RefusedLaunch.MOST :])).delete()


def forget_old(*, at: datetime) -> None:
    """Remove launches and handovers that are over."""
    LoginState.objects.filter(expires_at__lt=at - STATES_KEPT).delete()
    over = LoginState.objects.filter(expires_at__lt=at)
    over.exclude(login_hint="", message_hint="").update(login_hint="", message_hint="")
    Handover.objects.filter(expires_at__lt=at).delete()


# The keys of an environment -----------------------------------------------------------------------


def key_finder(platform: Platform, at: datetime) -> KeyFinder:
    """Return what finds a key of an environment by its name, and raises RefusedError."""

    def find(name: str) -> Any:
        known = find_key(platform.keys, name)
        is_fresh = platform.keys_fetched_at and at - platform.keys_fetched_at < KEYS_LAST
        if known is not None and is_fresh:
            return known
        # Another request may have asked just now.
        platform.refresh_from_db(fields=["keys", "keys_fetched_at"])
        found = find_key(platform.keys, name)
        if found is None or not is_fresh:
            _ask_keys(platform, at, is_needed=found is None)
            found = find_key(platform.keys, name)
        if found is None:
            raise RefusedError(Reason.UNKNOWN_KEY)
        return found

    return find


def _ask_keys(platform: Platform, at: datetime, *, is_needed: bool) -> None:
    whose = f"platform:{platform.pk}"
    if not count("LTI keys", whose, times=ASKS_A_MINUTE, seconds=60).is_within:
        return
    try:
        keep_keys(platform, fetch_keys(platform), at=at)
    except ServiceError as problem:
        log.warning("keys of LTI platform %s: %s %s", platform.pk, problem.what, problem.detail)
        if is_needed:
            raise RefusedError(Reason.NO_KEYS, problem.what) from problem


def keep_keys(platform: Platform, keys: list[dict[str, Any]], *, at: datetime) -> None:
    """Keep the keys that an environment publishes now."""
    platform.keys, platform.keys_fetched_at = keys, at
    platform.save(update_fields=["keys", "keys_fetched_at"])


# Courses ------------------------------------------------------------------------------------------


def note_course(deployment: Deployment, launch: Launch, *, at: datetime) -> Course | None:
    """Keep from which course somebody comes; none where the launch names none."""
    if not launch.context_id:
        return None
    told = {
        "title": launch.context_title,
        "members_url": launch.members_url,
        "link_id": launch.link_id,
        "seen_at": at,
    }
    course, _is_new = Course.objects.update_or_create(
        deployment=deployment,
        context_id=launch.context_id,
        defaults={name: value for name, value in told.items() if value},
        create_defaults=told,
    )
    return course


@transaction.atomic
def connect_course(
    course: Course, cohort: Cohort | None, *, by: User, at: datetime, only_first: bool
) -> bool:
    """Say which cohort a course belongs to; return whether that changed anything.

    With `only_first` only where nobody said so before: the first teacher may, later ones may not.
    """
    kept = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    if kept.cohort == cohort or (only_first and kept.cohort is not None):
        return False
    kept.cohort = cohort
    kept.save(update_fields=["cohort"])
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=course.deployment.platform.institution_id,
        subject=f"cohort:{cohort.pk}" if cohort else "",
        course=course.pk,
        change="course_connected" if cohort else "course_disconnected",
    )
    return True


# People -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewPerson:
    """What somebody said of themselves on their first launch."""

    name: str
    email: str
    student_number: str
    language: str
    #: Whether the address came from an environment that checks addresses.
    is_proven: bool


@transaction.atomic
def make_person(
    platform: Platform,
    subject: str,
    told: NewPerson,
    programme: Programme,
    standing: Standing,
    *,
    at: datetime,
) -> User:
    """Make an account for who came from a learning environment, with the role that they have there.

    They agreed with the privacy statement. Raises ValidationError where the address is taken, or
    somebody came in as the same user meanwhile.
    """
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                told.email,
                told.name,
                language=told.language,
                student_number=told.student_number,
            )
    except IntegrityError as problem:
        message = _("There is an account with this e-mail address already. Sign in with it above.")
        raise ValidationError({"email": message}) from problem
    EmailAddress.objects.create(
        user=person, email=person.email, verified=told.is_proven, primary=True
    )
    connect_person(platform, subject, person, at=at)
    _give(person, programme, standing, at=at)
    agree_with_statement(person, programme.institution, at=at)
    return person


@transaction.atomic
def connect_person(platform: Platform, subject: str, person: User, *, at: datetime) -> Identity:
    """Keep that somebody is a user of an environment, which they showed on both sides.

    Raises ValidationError where that user is somebody else here, or the person another user there.
    """
    try:
        with transaction.atomic():
            row, is_new = Identity.objects.get_or_create(
                platform=platform, subject=subject, defaults={"person": person, "linked_at": at}
            )
    except IntegrityError as problem:
        raise ValidationError(
            _("Your account is connected with somebody else in %(platform)s already.")
            % {"platform": platform.name}
        ) from problem
    if row.person_id != person.pk:
        raise ValidationError(
            _("You are connected with another account here already: sign in with that one.")
        )
    if is_new:
        _record(Kind.ACCOUNT_CHANGED, person, platform, at, change="connected")
    return row


@transaction.atomic
def disconnect_person(identity: Identity, *, at: datetime) -> None:
    """Let somebody come in from an environment no more, until they connect it anew."""
    gone, _each = Identity.objects.filter(pk=identity.pk).delete()
    if gone:
        _record(Kind.ACCOUNT_CHANGED, identity.person, identity.platform, at, change="disconnected")


@transaction.atomic
def end_ways_in(person: User, *, at: datetime) -> None:
    """Let somebody come in from no environment any more, nor by a link out of a frame."""
    for identity in queries.identities_of(person):
        disconnect_person(identity, at=at)
    Handover.objects.filter(person=person).delete()


@transaction.atomic
def join(person: User, course: Course | None, standing: Standing, *, at: datetime) -> None:
    """Give somebody the role that they have in their course, once it belongs to a cohort.

    Nothing is ever taken away by it, and nobody becomes an administrator.
    """
    if course is not None and course.cohort is not None:
        _give(person, course.cohort.programme, standing, at=at)


def _give(person: User, programme: Programme, standing: Standing, *, at: datetime) -> None:
    role = ROLES.get(standing)
    if role is None:
        return
    _row, is_new = ProgrammeMembership.objects.get_or_create(
        person=person, programme=programme, role=role
    )
    if is_new:
        record(
            Kind.ROLE_GIVEN,
            at=at,
            actor=person.pk,
            institution=programme.institution_id,
            subject=f"person:{person.pk}",
            role=role.value,
            programme=programme.pk,
            how="lti",
        )


def _record(
    kind: Kind, person: User, platform: Platform, at: datetime, **details: str | int
) -> None:
    record(
        kind,
        at=at,
        actor=person.pk,
        institution=platform.institution_id,
        subject=f"person:{person.pk}",
        platform=platform.pk,
        **details,
    )


# Out of the frame ---------------------------------------------------------------------------------


def hand_over(person: User, path: str, *, at: datetime) -> str:
    """Return a secret with which somebody goes on outside the frame, once."""
    token = secrets.token_urlsafe(32)
    Handover.objects.create(
        person=person,
        token_hash=hash_of(token),
        path=path,
        expires_at=at + HANDOVER_LASTS,
    )
    return token


def hand_on(waiting: str, *, at: datetime) -> str:
    """Return a secret with which a launch that was checked goes on in another window, once."""
    token = secrets.token_urlsafe(32)
    Handover.objects.create(
        waiting=waiting, token_hash=hash_of(token), path="/", expires_at=at + LAUNCH_WAITS
    )
    return token


def take_over(handover: Handover, *, at: datetime) -> bool:
    """Use a handover; of two requests at once, one does."""
    rows = Handover.objects.filter(pk=handover.pk, used_at=None, expires_at__gt=at)
    return bool(rows.update(used_at=at))

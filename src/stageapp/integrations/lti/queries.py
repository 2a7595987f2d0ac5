"""Questions about learning environments. Nothing here writes."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from stageapp.accounts.models import User
from stageapp.core.tokens import hash_of
from stageapp.integrations.lti.models import (
    Course,
    Handover,
    Identity,
    LoginState,
    Platform,
    RegistrationLink,
)
from stageapp.integrations.lti.rules import Reason, RefusedError, Standing, origin_of
from stageapp.integrations.roster.models import Run, Source
from stageapp.placements.models import Placement
from stageapp.programmes.models import Institution, Programme, Role
from stageapp.programmes.queries import is_student, is_teacher

#: The pages that a link in a course may open, and for whom each is; others see their start page.
TARGETS: dict[str, Standing | None] = {
    "/": None,
    "/lti/launch/": None,
    "/activities/": Standing.STUDENT,
    "/guidance/": Standing.STUDENT,
    "/students/": Standing.TEACHER,
}
START = "/"
#: How the source of a course is known.
LIST = "lti:"


def platform_for(institution: Institution | None, issuer: str, client_id: str) -> Platform:
    """Return the registration that somebody comes from, in the institution of this host.

    Without a client id there must be one registration with this issuer. Raises RefusedError.
    """
    found = Platform.objects.filter(issuer=issuer).select_related("institution")
    if client_id:
        found = found.filter(client_id=client_id)
    known = list(found)
    here = [one for one in known if is_served_at(one, institution)]
    if len(here) != 1:
        elsewhere = bool(known) and not here
        reason = Reason.OTHER_INSTITUTION if elsewhere else Reason.UNKNOWN_PLATFORM
        raise RefusedError(reason, issuer)
    if not here[0].is_active:
        raise RefusedError(Reason.SWITCHED_OFF)
    return here[0]


def is_served_at(platform: Platform, institution: Institution | None) -> bool:
    """Return whether a registration belongs to the institution that a host name stands for.

    Institutions without a host name of their own share the one of the installation.
    """
    own = platform.institution
    return own == institution or (institution is not None and not own.host and not institution.host)


def is_taken(platform: Platform) -> bool:
    """Return whether what a new registration goes by is that of another one.

    At one host there must be one with this issuer and client id, else nobody comes in by either.
    And what we sign to ask for a token must be of use to one environment alone: so no other of the
    institution has this client id where that could be sent on to.
    """
    others = Platform.objects.filter(client_id=platform.client_id).select_related("institution")
    return any(_is_like(platform, one) for one in others.exclude(pk=platform.pk))


def _is_like(platform: Platform, other: Platform) -> bool:
    is_same_school = platform.institution_id == other.institution_id
    if is_same_school and _token_places(platform) & _token_places(other):
        return True
    return platform.issuer == other.issuer and is_served_at(other, platform.institution)


def _token_places(platform: Platform) -> set[str]:
    """Return what a registration can be known by where tokens are given (RFC 7523, section 3)."""
    told = {platform.issuer, platform.token_url, platform.token_audience} - {""}
    return {origin_of(one) or one for one in told}


def state_of(told: str, institution: Institution | None, at: datetime) -> LoginState:
    """Return the launch that an answer belongs to. Raises RefusedError."""
    rows = LoginState.objects.select_related("platform__institution")
    row = rows.filter(state_hash=hash_of(told)).first()
    if row is None:
        raise RefusedError(Reason.UNKNOWN_STATE)
    if not is_served_at(row.platform, institution):
        raise RefusedError(Reason.OTHER_INSTITUTION)
    if row.used_at is not None:
        raise RefusedError(Reason.USED_BEFORE)
    if row.expires_at <= at:
        raise RefusedError(Reason.EXPIRED_STATE)
    if not row.platform.is_active:
        raise RefusedError(Reason.SWITCHED_OFF)
    return row


def target_in(address: str, own_origin: str) -> str:
    """Return the page of our own that an address names. Raises RefusedError for any other."""
    page = address[len(own_origin) :] if address.startswith(own_origin) else ""
    if origin_of(address) != own_origin or page not in TARGETS:
        raise RefusedError(Reason.FOREIGN_TARGET, address)
    return page


def page_for(person: User, target: str, course: Course | None = None) -> str:
    """Return the page to open: what the link says where it is theirs, else their start page.

    Who still has to tell of their placement does that first, with the cohort of the course.
    """
    cohort = course.cohort if course else None
    if cohort and cohort.is_open and is_new_student(person, cohort.programme):
        return reverse("placements:new", query={"cohort": cohort.pk})
    whose = TARGETS.get(target)
    is_theirs = (whose is Standing.STUDENT and is_student(person)) or (
        whose is Standing.TEACHER and is_teacher(person)
    )
    return target if is_theirs else START


def is_new_student(person: User, programme: Programme) -> bool:
    """Return whether somebody studies in a programme and has no placement at all yet."""
    is_theirs = person.programme_memberships.filter(programme=programme, role=Role.STUDENT)
    return is_theirs.exists() and not Placement.objects.filter(student=person).exists()


def identity_of(platform: Platform, subject: str) -> Identity | None:
    """Return who it is that comes in, if they were here before."""
    rows = Identity.objects.filter(platform=platform, subject=subject)
    return rows.select_related("person").first()


def identities_of(person: User) -> QuerySet[Identity]:
    """Return from which environments somebody can come in."""
    return Identity.objects.filter(person=person).select_related("platform")


def handover_of(token: str, at: datetime) -> Handover | None:
    """Return what a link out of the frame stands for, if it still works."""
    rows = Handover.objects.filter(token_hash=hash_of(token), used_at=None, expires_at__gt=at)
    return rows.select_related("person").first()


def registration_link(token: str, at: datetime) -> RegistrationLink | None:
    """Return what a link to register with stands for, if it still works."""
    rows = RegistrationLink.objects.filter(
        token_hash=hash_of(token), used_at=None, expires_at__gt=at
    )
    return rows.select_related("institution").first()


def courses_of(platform: Platform) -> QuerySet[Course]:
    """Return the courses that people came from, with their cohorts."""
    return Course.objects.filter(deployment__platform=platform).select_related("cohort__programme")


def sources_of(courses: Iterable[Course]) -> dict[int, Source]:
    """Return the source of the list of each course that was looked at, by the key of the course."""
    keys = {f"{LIST}{course.pk}": course.pk for course in courses}
    rows = Source.objects.filter(kind=Source.Kind.COURSE, key__in=keys)
    last = Run.objects.filter(source=OuterRef("pk")).order_by("-begun_at", "-pk")
    return {keys[row.key]: row for row in rows.annotate(last_run=Subquery(last.values("pk")[:1]))}


def frame_origins(platform: Platform) -> list[str]:
    """Return in whose pages ours may stand: what the administrator wrote, and the issuer."""
    told = [*platform.frame_origins.split(), platform.issuer, platform.auth_url]
    return sorted({origin for origin in map(origin_of, told) if origin})

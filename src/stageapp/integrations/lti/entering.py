"""What the session and the browser remember of a launch, and signing in with one."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, cast

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language_from_request, override

from stageapp.accounts import devices
from stageapp.accounts.models import User
from stageapp.core.framing import FRAME, let_frame, open_cookies
from stageapp.core.tokens import hash_of
from stageapp.integrations.lti import queries
from stageapp.integrations.lti.models import Course, Platform
from stageapp.integrations.lti.rules import DeepLinking, Launch, Standing

#: Where the session remembers somebody who is not known yet.
PENDING = "lti_pending"
#: Where it remembers that somebody is choosing what a link opens.
CHOOSING = "lti_choosing"
#: Where it remembers of which courses somebody is the teacher.
TAUGHT = "lti_taught"
LASTS = timedelta(minutes=30)
P = ParamSpec("P")
MOST_TAUGHT = 50

#: How the session calls it that somebody came in from an environment.
METHOD = "lti"
STATE_COOKIE = f"{settings.COOKIE_PREFIX}lti-"
#: The cookie that knows the device is not sent with a launch, which another site sends; this is.
DEVICE_COOKIE = f"{settings.COOKIE_PREFIX}lti-device"


@dataclass(frozen=True)
class Pending:
    """Who somebody is at their environment, as long as we do not know who they are here."""

    platform: int
    subject: str
    name: str
    email: str
    language: str
    standing: str
    course: int | None
    target: str
    until: str

    def as_text(self) -> str:
        """Write it down, for a window that goes on with it."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> "Pending":
        """Read what was written down."""
        return cls(**json.loads(text))

    @property
    def is_teacher(self) -> bool:
        """They teach the course."""
        return self.standing == Standing.TEACHER

    @property
    def is_student(self) -> bool:
        """They take the course."""
        return self.standing == Standing.STUDENT


def pending_of(
    platform: Platform, launch: Launch, course: Course | None, target: str, at: datetime
) -> Pending:
    """Return who came and for which page."""
    return Pending(
        platform=platform.pk,
        subject=launch.subject,
        name=launch.name,
        email=launch.email if _is_address(launch.email) else "",
        language=launch.language,
        standing=launch.standing,
        course=course.pk if course else None,
        target=target,
        until=(at + LASTS).isoformat(),
    )


def remember_pending(request: HttpRequest, pending: Pending) -> None:
    """Keep who came, until they said who they are here or gave their second factor."""
    request.session[PENDING] = asdict(pending)


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def pending_in(request: HttpRequest, at: datetime) -> Pending | None:
    """Return who came a moment ago, or None when that is too long ago."""
    told = request.session.get(PENDING)
    if not told:
        return None
    pending = Pending(**told)
    return pending if at < datetime.fromisoformat(pending.until) else None


def remember_choosing(
    request: HttpRequest, platform: Platform, launch: Launch, asked: DeepLinking, at: datetime
) -> None:
    """Keep where the answer goes."""
    request.session[CHOOSING] = {
        "platform": platform.pk,
        "deployment": launch.deployment_id,
        "until": (at + LASTS).isoformat(),
        **asdict(asked),
    }


def choosing_in(request: HttpRequest, at: datetime) -> dict[str, Any] | None:
    """Return where the answer goes, or None when that is too long ago."""
    told: dict[str, Any] | None = request.session.get(CHOOSING)
    return told if told and at < datetime.fromisoformat(told["until"]) else None


def remember_taught(request: HttpRequest, course: Course) -> None:
    """Keep that somebody came in as the teacher of a course."""
    known = [key for key in request.session.get(TAUGHT, []) if key != course.pk]
    request.session[TAUGHT] = [*known, course.pk][-MOST_TAUGHT:]


# Going on ---------------------------------------------------------------------------------------


def go_on(
    request: HttpRequest, person: User, course: Course | None, standing: str, target: str
) -> HttpResponse:
    """Sign somebody in and open what they came for.

    A teacher of a course that nobody connected with a cohort is asked that first.
    """
    page = queries.page_for(person, target, course)
    is_asked = course is not None and not course.cohort_id and standing == Standing.TEACHER
    if course is None or not is_asked:
        return sign_in(request, person, page)
    asking = reverse("lti:course", args=[course.pk], query={"next": page})
    answer = sign_in(request, person, asking)
    remember_taught(request, course)
    return answer


def sign_in(request: HttpRequest, person: User, path: str) -> HttpResponse:
    """Sign somebody in as every way in does, second factor included, and lead them to a page."""
    leave_other(request, person)
    _know_device(request)
    record_authentication(request, person, method=METHOD)
    answer: HttpResponse = perform_login(request, person, redirect_url=path)
    keep_frame(request)
    if request.user.is_authenticated:
        devices.keep_cookie(request, answer)
        if devices.COOKIE in answer.cookies:
            set_open_cookie(
                answer, DEVICE_COOKIE, answer.cookies[devices.COOKIE].value, devices.COOKIE_AGE
            )
    return answer


def is_long_in(request: HttpRequest) -> bool:
    """Return whether who is signed in showed that too long ago to open another way in.

    That an environment let them in a moment ago does not count: they did not do anything for it.
    """
    last = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    shown = get_authentication_records(request, request.user)
    return not any(one["method"] != METHOD and one["at"] > last for one in shown)


def leave_other(request: HttpRequest, person: User | None) -> None:
    """Sign out who is in here already, when it is somebody else."""
    if request.user.is_authenticated and request.user != person:
        logout(request)
        keep_frame(request)


def _know_device(request: HttpRequest) -> None:
    known = request.COOKIES.get(DEVICE_COOKIE)
    if known and devices.COOKIE not in request.COOKIES:
        request.COOKIES[devices.COOKIE] = known


# Its language -------------------------------------------------------------------------------------


def in_own_language(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Show a page on which no language can be chosen in that of the browser.

    It may stand where nothing is kept, and is the first that somebody sees of us.
    """

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = cast("HttpRequest", args[0])
        if request.user.is_authenticated:
            return view(*args, **kwargs)
        with override(get_language_from_request(request)):
            return view(*args, **kwargs)

    return answer


def speak(request: HttpRequest, answer: HttpResponse, language: str) -> None:
    """Go on in the language that somebody chose in their environment, until they choose here."""
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    if language and not chosen and not request.user.is_authenticated:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )


# The frame ----------------------------------------------------------------------------------------


def begin_frame(request: HttpRequest, platform: Platform, launch: Launch) -> None:
    """Let the session be shown within the environment, when it was opened there.

    A window to which the browser sends the cookie of a frame, as it does where both have one site,
    shares its session with that frame: then both go on with it.
    """
    told = request.headers.get("Sec-Fetch-Dest", "")
    is_framed = launch.is_framed if not told else told in {"iframe", "frame"}
    if is_framed:
        request.framed_by = queries.frame_origins(platform)  # type: ignore[attr-defined]
        request.session.pop(FRAME, None)
    keep_frame(request)


def keep_frame(request: HttpRequest) -> None:
    """Keep the mark when the session was emptied."""
    if origins := getattr(request, "framed_by", []):
        request.session[FRAME] = origins


def show_in(platform: Platform | None, answer: HttpResponse) -> HttpResponse:
    """Let an answer without a session be seen where the launch was opened."""
    if platform:
        let_frame(answer, queries.frame_origins(platform))
    return answer


def cookie_of(state: str) -> str:
    """Return the name of the cookie of one launch: several may be under way on one page."""
    return f"{STATE_COOKIE}{hash_of(state)[:16]}"


def set_open_cookie(answer: HttpResponse, name: str, value: str, age: int) -> None:
    """Set a cookie that is sent along when another site sends somebody here."""
    answer.set_cookie(name, value, max_age=age, secure=True, httponly=True, samesite="None")
    open_cookies(answer.cookies, name)


def forget_cookie(answer: HttpResponse, name: str) -> None:
    """Remove the cookie of a launch."""
    answer.delete_cookie(name, samesite="None")
    open_cookies(answer.cookies, name)

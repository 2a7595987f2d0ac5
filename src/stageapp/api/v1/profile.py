"""What somebody can change about themselves: as in their profile, but how they sign in."""

from typing import Annotated, Any, Literal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from stageapp.accounts.actions import change_profile as keep_profile
from stageapp.accounts.forms import ProfileForm
from stageapp.accounts.models import User
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import check_match, operation
from stageapp.api.v1.problems import ApiError, FieldProblem, wrong
from stageapp.api.v1.sending import as_form, checked
from stageapp.api.v1.shapes import PARTIAL, Flag, Key, Name, Ref, Sent, Shape, refs
from stageapp.guidance.actions import prefer_steps
from stageapp.guidance.actions_replies import set_hints
from stageapp.guidance.queries_path import asks_in_steps
from stageapp.guidance.queries_replies import shows_hints
from stageapp.notifications.actions import set_preferences
from stageapp.notifications.forms import PreferencesForm, ScheduleForm
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.queries import preferences_offered, schedule_of
from stageapp.programmes.actions import prefer_reflection_models
from stageapp.programmes.forms_preferred import ReflectionModelsForm
from stageapp.programmes.queries import is_student, is_teacher

router = Router(tags=["me"])
HowSoon = Literal["at_once", "daily", "weekly", "never"]
#: What the form of the schedule calls its parts.
SCHEDULE = {"hour": "mail_hour", "weekday": "mail_weekday"}
#: More kinds of news than there will be.
MOST_KINDS = 100


class Profile(Shape):
    """What somebody told about themselves, and how they want things."""

    name: str
    student_number: str
    language: str
    mails: dict[str, str] = Field(
        description="How soon each kind of news that can come to this person goes by mail: "
        "at_once, daily, weekly or never. In the app it stands always."
    )
    mail_hour: int = Field(description="When news that comes together is sent.")
    mail_weekday: int = Field(description="For what comes once a week; 0 is Monday.")
    reflection_models: list[Ref] = Field(description="Those that a student likes to use.")
    asks_in_steps: bool | None = Field(
        description="A question is written step by step; null for who is no student."
    )
    shows_hints: bool | None = Field(
        description="There are hints while a reply is written; null for who is no teacher."
    )


class ProfileChange(Sent):
    """What changes; what is left out stays as it is, also of `mails`."""

    model_config = PARTIAL

    name: Annotated[Name, Field(min_length=1)] = ""
    student_number: Annotated[str, Field(max_length=20)] = ""
    language: Literal["nl", "en"] = "nl"
    mails: Annotated[dict[str, HowSoon], Field(max_length=MOST_KINDS)] = {}
    mail_hour: Annotated[int, Field(ge=0, le=23, strict=True)] = 8
    mail_weekday: Annotated[int, Field(ge=0, le=6, strict=True)] = 0
    reflection_models: Annotated[list[Key], Field(max_length=50)] = []
    asks_in_steps: Flag = False
    shows_hints: Flag = False


def shape(person: User) -> Profile:
    """Return somebody's profile as it goes out."""
    schedule = schedule_of(person)
    preferred = person.preferred_reflection_models.select_related("model").order_by("model")
    return Profile(
        name=person.name,
        student_number=person.student_number,
        language=person.language,
        mails={kind.value: soon.value for kind, soon in _offered(person).items()},
        mail_hour=schedule.hour,
        mail_weekday=schedule.weekday,
        reflection_models=refs(row.model for row in preferred),
        asks_in_steps=asks_in_steps(person) if _studies(person) else None,
        shows_hints=shows_hints(person) if is_teacher(person) else None,
    )


@operation(router, "GET", "/profile", scope=Scope.PROFILE_READ, gives=Profile)
def get_profile(request: ApiRequest) -> Profile:
    """Read the own profile."""
    return shape(request.user)


@operation(
    router,
    "PATCH",
    "/profile",
    scope=Scope.PROFILE_WRITE,
    gives=Profile,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_profile(request: ApiRequest, sent: ProfileChange) -> Profile:
    """Change the own profile; how somebody signs in is changed in the app alone."""
    person = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    check_match(request, lambda: shape(person), needed=True)
    told = sent.told()
    _check_asked(told, person)
    now = {name: getattr(person, name) for name in ("name", "student_number", "language")}
    form = checked(ProfileForm(as_form(now | told), instance=person))
    chosen = {"reflection_models": told.get("reflection_models", [])}
    models = checked(ReflectionModelsForm(as_form(chosen), person=person))
    _keep_mails(told, person)
    keep_profile(form.instance)
    if "reflection_models" in told:
        prefer_reflection_models(person, models.cleaned_data["reflection_models"])
    if "asks_in_steps" in told:
        prefer_steps(person, in_steps=told["asks_in_steps"])
    if "shows_hints" in told:
        set_hints(person, on=told["shows_hints"])
    return shape(person)


def _studies(person: User) -> bool:
    return is_student(person) or person.placements.exists()


def _offered(person: User) -> dict[Kind, Frequency]:
    return preferences_offered(person, studies=_studies(person), teaches=is_teacher(person))


def _check_asked(told: dict[str, Any], person: User) -> None:
    """Raise a problem for what the profile of this person does not ask."""
    asked = {"asks_in_steps": _studies, "shows_hints": is_teacher}
    found = [
        FieldProblem(field=name, message=_("Your profile does not ask this."), code="not_asked")
        for name, is_asked in asked.items()
        if name in told and not is_asked(person)
    ]
    if found:
        raise ApiError("invalid", errors=found)


def _keep_mails(told: dict[str, Any], person: User) -> None:
    """Keep how soon news goes by mail, and when what comes together."""
    wanted, offered = told.get("mails", {}), _offered(person)
    for kind in wanted:
        if kind not in offered:
            raise wrong(f"mails.{kind}", _("Your profile does not ask this."), "not_asked")
    preferences = checked(
        PreferencesForm(as_form(wanted), preferences=offered),
        {kind.value: f"mails.{kind.value}" for kind in offered},
    )
    planned = {form: told[name] for form, name in SCHEDULE.items() if name in told}
    schedule = checked(ScheduleForm(as_form(planned), instance=schedule_of(person)), SCHEDULE)
    if wanted or planned:
        set_preferences(
            person,
            {kind: soon for kind, soon in preferences.chosen().items() if kind in wanted},
            schedule=schedule.instance if planned else None,
            zone=timezone.get_current_timezone(),
            at=timezone.now(),
        )

"""For administrators: programmes, cohorts, people and who guides whom; never what is recorded."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from stageapp.accounts.models import User
from stageapp.administration import access, actions, queries
from stageapp.administration.forms import InviteForm, RoleForm
from stageapp.administration.queries import Wanted
from stageapp.administration.views import elsewhere
from stageapp.api.actions import once
from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import NOTHING, Answer, check_match, made, operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.problems import not_found, of_state, wrong
from stageapp.api.v1.sending import as_form, checked, done
from stageapp.api.v1.shapes import (
    PARTIAL,
    ClientId,
    Flag,
    Key,
    KeyInAddress,
    Name,
    Page,
    Ref,
    Sent,
    Shape,
    moment,
)
from stageapp.guidance.actions_linking import end_links, hand_over
from stageapp.placements import access_linking
from stageapp.placements.actions_linking import link_students
from stageapp.placements.forms_manage import TeacherForm
from stageapp.placements.queries_linking import teachers_with_load, with_guides
from stageapp.programmes import actions_manage
from stageapp.programmes.access import (
    cohorts_administered,
    institutions_administered,
    programmes_administered,
)
from stageapp.programmes.forms_manage import CohortForm, ProgrammeForm
from stageapp.programmes.models import Cohort as CohortRow
from stageapp.programmes.models import Institution, Role
from stageapp.programmes.models import Programme as ProgrammeRow

router = Router(tags=["administration"])
PROGRAMME_ORDER = ("name_nl", "pk")
COHORT_ORDER = ("programme_id", "-slug", "pk")
PEOPLE_ORDER = ("name", "pk")
PLACEMENT_ORDER = ("-starts_on", "-pk")
EMAIL_LENGTH = 254

READ, WRITE = Scope.ADMINISTRATION_READ, Scope.ADMINISTRATION_WRITE


class Programme(Shape):
    """A course of study."""

    id: int
    institution: Ref
    name_nl: str
    name_en: str
    is_open: bool


class ProgrammePage(Page[Programme]):
    """Some programmes, by name."""


class ProgrammeIn(Sent):
    """A new programme of an institution that one runs."""

    client_id: ClientId = None
    institution: Key
    name_nl: Annotated[Name, Field(min_length=1)]
    name_en: Annotated[Name, Field(min_length=1)]
    is_open: Flag = True


class ProgrammeChange(Sent):
    """What changes of a programme; what is left out stays as it is."""

    model_config = PARTIAL

    name_nl: Annotated[Name, Field(min_length=1)] = ""
    name_en: Annotated[Name, Field(min_length=1)] = ""
    is_open: Flag = True


class Cohort(Shape):
    """A group of students of a programme that shares one configuration."""

    id: int
    programme: Ref
    name_nl: str
    name_en: str
    is_open: bool
    first_share_days: int
    has_feedback: bool
    offers_feedback: bool
    reflection_models: list[Ref]


class CohortPage(Page[Cohort]):
    """Some cohorts."""


Days = Annotated[int, Field(ge=1, le=366, strict=True)]
Models = Annotated[list[Key], Field(max_length=50)]


class CohortIn(Sent):
    """A new cohort; its form begins with a date and a description."""

    client_id: ClientId = None
    programme: Key
    name_nl: Annotated[Name, Field(min_length=1)]
    name_en: Annotated[Name, Field(min_length=1)]
    is_open: Flag = True
    first_share_days: Days = 14
    has_feedback: Flag = False
    offers_feedback: Flag = False
    reflection_models: Models = []


class CohortChange(Sent):
    """What changes of a cohort; what is left out stays as it is."""

    model_config = PARTIAL

    name_nl: Annotated[Name, Field(min_length=1)] = ""
    name_en: Annotated[Name, Field(min_length=1)] = ""
    is_open: Flag = True
    first_share_days: Days = 14
    has_feedback: Flag = False
    offers_feedback: Flag = False
    reflection_models: Models = []


class RoleOf(Shape):
    """A role in a programme."""

    programme: Ref
    role: str


class Person(Shape):
    """Somebody with a place in what one administers."""

    id: int
    name: str
    email: str
    student_number: str
    is_active: bool
    last_login: datetime | None
    roles: list[RoleOf]
    runs_institution: bool


class PersonPage(Page[Person]):
    """Some people, by name."""


class Invitation(Sent):
    """Whom to invite, and as what; somebody who has the role already gets no mail."""

    email: Annotated[str, Field(min_length=3, max_length=EMAIL_LENGTH)]
    name: Name = ""
    programme: Key
    role: Role


class RoleIn(Sent):
    """A role in a programme."""

    programme: Key
    role: Role


class Switch(Sent):
    """Whether somebody can sign in."""

    is_active: Flag


class PersonFilter(Paged):
    """Which people."""

    q: Annotated[Name, Field(max_length=100)] = Field("", description="Name, address or number.")
    role: Literal["student", "teacher", "administrator", "institution"] | None = None
    state: Literal["off", "never"] | None = Field(None, description="Switched off, or never in.")
    programme: KeyInAddress | None = Field(
        None, description="Where they have a place, or the role."
    )


class Link(Shape):
    """Who guides a placement."""

    id: int
    teacher: Ref
    part: str = Field(description="main or along.")
    linked_at: datetime | None


class PlacementLinks(Shape):
    """A placement: names and dates only, with who guides it."""

    id: int
    student: Ref
    workplace: str
    cohort: Ref
    starts_on: date
    ends_on: date
    is_current: bool
    links: list[Link]


class PlacementLinksPage(Page[PlacementLinks]):
    """Some placements, last started first."""


class PlacementFilter(Paged):
    """Which placements."""

    cohort: KeyInAddress | None = None
    is_current: bool | None = None


class LinkIn(Sent):
    """Which teacher guides a placement from now on."""

    placement: Key
    teacher: Key


class Replacement(Sent):
    """Who guides in the place of somebody."""

    teacher: Key


# Programmes and cohorts ---------------------------------------------------------------------------


def programme_shape(row: ProgrammeRow) -> Programme:
    """Return a programme as it goes out."""
    return Programme(
        id=row.pk,
        institution=Ref(id=row.institution_id, name=row.institution.name),
        name_nl=row.name_nl,
        name_en=row.name_en,
        is_open=row.is_open,
    )


def cohort_shape(row: CohortRow) -> Cohort:
    """Return a cohort as it goes out."""
    return Cohort(
        id=row.pk,
        programme=Ref(id=row.programme_id, name=row.programme.name),
        name_nl=row.name_nl,
        name_en=row.name_en,
        is_open=row.is_open,
        first_share_days=row.first_share_days,
        has_feedback=row.has_feedback,
        offers_feedback=row.offers_feedback,
        reflection_models=[Ref(id=one.pk, name=one.name) for one in row.reflection_models.all()],
    )


def cohorts(request: ApiRequest) -> QuerySet[CohortRow]:
    """Return the cohorts that somebody administers."""
    return cohorts_administered(request.user).prefetch_related("reflection_models")


@operation(
    router,
    "GET",
    "/administration/programmes",
    scope=READ,
    gives=ProgrammePage,
)
def list_programmes(request: ApiRequest, asked: Query[Paged]) -> Any:
    """List the programmes that one administers."""
    _administers(request)
    rows = programmes_administered(request.user)
    return page_of(request, ProgrammePage, cut(rows, PROGRAMME_ORDER, asked), programme_shape)


@operation(
    router,
    "POST",
    "/administration/programmes",
    scope=WRITE,
    gives=Programme,
    takes=JSON,
    creates=True,
)
def add_programme(request: ApiRequest, sent: ProgrammeIn) -> Answer:
    """Add a programme to an institution that one runs."""
    _administers(request)
    own = _own_institution(request, sent.institution)
    fresh, now = ProgrammeRow(institution=own), timezone.now()
    form = checked(ProgrammeForm(as_form(sent.model_dump()), instance=fresh))
    key, is_new = once(
        request.user,
        sent.client_id,
        "programme",
        lambda: (
            done(lambda: actions_manage.save_programme(form.instance, by=request.user, at=now)).pk
        ),
        at=now,
    )
    row = get_object_or_404(programmes_administered(request.user), pk=key)
    location = f"/api/v1/administration/programmes/{key}"
    return made(programme_shape(row), is_new=is_new, location=location)


@operation(router, "GET", "/administration/programmes/{int:pk}", scope=READ, gives=Programme)
def get_programme(request: ApiRequest, pk: KeyInAddress) -> Programme:
    """Read one programme."""
    return programme_shape(get_object_or_404(programmes_administered(request.user), pk=pk))


@operation(
    router,
    "PATCH",
    "/administration/programmes/{int:pk}",
    scope=WRITE,
    gives=Programme,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_programme(request: ApiRequest, pk: KeyInAddress, sent: ProgrammeChange) -> Programme:
    """Change what a programme is called and whether it is open."""
    row = get_object_or_404(programmes_administered(request.user), pk=pk)
    Institution.objects.select_for_update().get(pk=row.institution_id)
    row = get_object_or_404(programmes_administered(request.user), pk=pk)
    check_match(request, lambda: programme_shape(row), needed=True)
    now = {name: getattr(row, name) for name in ("name_nl", "name_en", "is_open")}
    form = checked(ProgrammeForm(as_form(now | sent.told()), instance=row))
    done(lambda: _save_programme(request, form))
    return programme_shape(form.instance)


@operation(router, "GET", "/administration/cohorts", scope=READ, gives=CohortPage)
def list_cohorts(request: ApiRequest, asked: Query[Paged]) -> Any:
    """List the cohorts of the programmes that one administers."""
    _administers(request)
    return page_of(request, CohortPage, cut(cohorts(request), COHORT_ORDER, asked), cohort_shape)


@operation(
    router,
    "POST",
    "/administration/cohorts",
    scope=WRITE,
    gives=Cohort,
    takes=JSON,
    creates=True,
)
def add_cohort(request: ApiRequest, sent: CohortIn) -> Answer:
    """Give a programme a cohort."""
    _administers(request)
    programme = programmes_administered(request.user).filter(pk=sent.programme).first()
    if programme is None:
        raise wrong("programme", _("This is not your programme."))
    fresh, now = CohortRow(programme=programme), timezone.now()
    form = checked(CohortForm(as_form(sent.model_dump()), instance=fresh))
    key, is_new = once(
        request.user,
        sent.client_id,
        "cohort",
        lambda: done(lambda: _save_cohort(request, form)).pk,
        at=now,
    )
    row = get_object_or_404(cohorts(request), pk=key)
    location = f"/api/v1/administration/cohorts/{key}"
    return made(cohort_shape(row), is_new=is_new, location=location)


@operation(router, "GET", "/administration/cohorts/{int:pk}", scope=READ, gives=Cohort)
def get_cohort(request: ApiRequest, pk: KeyInAddress) -> Cohort:
    """Read one cohort."""
    return cohort_shape(get_object_or_404(cohorts(request), pk=pk))


@operation(
    router,
    "PATCH",
    "/administration/cohorts/{int:pk}",
    scope=WRITE,
    gives=Cohort,
    takes=JSON,
    match="needed",
)
@transaction.atomic
def change_cohort(request: ApiRequest, pk: KeyInAddress, sent: CohortChange) -> Cohort:
    """Change what a cohort is called, and what holds for its students."""
    row = get_object_or_404(cohorts(request), pk=pk)
    ProgrammeRow.objects.select_for_update().get(pk=row.programme_id)
    row = get_object_or_404(cohorts(request), pk=pk)
    check_match(request, lambda: cohort_shape(row), needed=True)
    names = ("name_nl", "name_en", "is_open", "first_share_days", "has_feedback", "offers_feedback")
    now: dict[str, Any] = {name: getattr(row, name) for name in names}
    offered = row.reflection_models.all()
    now["reflection_models"] = [one.pk for one in offered if one.retired_at is None]
    form = checked(CohortForm(as_form(now | sent.told()), instance=row))
    done(lambda: _save_cohort(request, form))
    return cohort_shape(get_object_or_404(cohorts(request), pk=pk))


def _save_programme(request: ApiRequest, form: ProgrammeForm) -> ProgrammeRow:
    return actions_manage.save_programme(form.instance, by=request.user, at=timezone.now())


def _save_cohort(request: ApiRequest, form: CohortForm) -> CohortRow:
    models = form.cleaned_data["reflection_models"]
    return actions_manage.save_cohort(form.instance, models, by=request.user, at=timezone.now())


def _own_institution(request: ApiRequest, key: int) -> Institution:
    own = institutions_administered(request.user).filter(pk=key).first()
    if own is None:
        raise wrong("institution", _("Choose an institution that you run."))
    return own


def _administers(request: ApiRequest) -> None:
    """Raise the problem that the page gives to who administers nothing."""
    person = request.user
    if not (programmes_administered(person).exists() or institutions_administered(person).exists()):
        raise not_found()


# People -------------------------------------------------------------------------------------------


def person_shape(row: Any) -> Person:
    """Return somebody with the columns of `people_found` as they go out."""
    return Person(
        id=row.pk,
        name=row.name,
        email=row.email,
        student_number=row.student_number,
        is_active=row.is_active,
        last_login=moment(row.last_login),
        roles=[
            RoleOf(programme=Ref(id=one.programme_id, name=one.programme.name), role=one.role)
            for one in row.roles_here
        ],
        runs_institution=row.runs_institution,
    )


def person(request: ApiRequest, pk: int) -> Any:
    """Return somebody whom one administers."""
    return get_object_or_404(queries.people_found(request.user, Wanted()), pk=pk)


@operation(
    router,
    "GET",
    "/administration/people",
    scope=READ,
    gives=PersonPage,
    costs=("searching",),
)
def list_people(request: ApiRequest, asked: Query[PersonFilter]) -> Any:
    """List who has a place in what one administers, by name."""
    _administers(request)
    wanted = Wanted(asked.q, asked.role or "", asked.state or "", asked.programme)
    rows = queries.people_found(request.user, wanted)
    return page_of(request, PersonPage, cut(rows, PEOPLE_ORDER, asked), person_shape)


@operation(
    router,
    "POST",
    "/administration/people",
    scope=WRITE,
    gives=Person,
    takes=JSON,
    costs=("inviting people",),
    creates=True,
)
def invite_person(request: ApiRequest, sent: Invitation) -> Answer:
    """Invite somebody by their address, and give them a role; they get a mail that says so."""
    _administers(request)
    form = checked(InviteForm(as_form(sent.model_dump()), administrator=request.user))
    programme, role = form.chosen
    email = form.cleaned_data["email"]
    changed = done(
        lambda: actions.invite(
            email,
            form.cleaned_data["name"],
            role,
            programme,
            by=request.user,
            at=timezone.now(),
        )
    )
    row = person(request, User.objects.get(email=email).pk)
    location = f"/api/v1/administration/people/{row.pk}"
    return made(person_shape(row), is_new=changed, location=location)


@operation(router, "GET", "/administration/people/{int:pk}", scope=READ, gives=Person)
def get_person(request: ApiRequest, pk: KeyInAddress) -> Person:
    """Read who somebody is, and their roles."""
    return person_shape(person(request, pk))


@operation(
    router,
    "POST",
    "/administration/people/{int:pk}/roles",
    scope=WRITE,
    gives=Person,
    takes=JSON,
    costs=("inviting people",),
    match="asked",
)
def give_role(request: ApiRequest, pk: KeyInAddress, sent: RoleIn) -> Person:
    """Give somebody a role in a programme; they are told by mail. Once is enough."""
    found = person(request, pk)
    check_match(request, lambda: person_shape(found), needed=False)
    form = checked(RoleForm(as_form(sent.model_dump()), administrator=request.user))
    programme, role = form.chosen
    done(lambda: actions.give_role(found, programme, role, by=request.user, at=timezone.now()))
    return person_shape(person(request, pk))


@operation(
    router,
    "DELETE",
    "/administration/people/{int:pk}/roles/{int:programme}/{role}",
    scope=WRITE,
    gives=None,
    conflicts=True,
)
def take_role(request: ApiRequest, pk: KeyInAddress, programme: KeyInAddress, role: Role) -> Answer:
    """Take a role away; what somebody recorded or shared in it stays."""
    found = person(request, pk)
    data = as_form({"programme": programme, "role": role})
    form = RoleForm(data, administrator=request.user)
    if not form.is_valid():
        raise not_found()
    own, given = form.chosen
    _state(lambda: actions.take_role(found, own, given, by=request.user, at=timezone.now()))
    return NOTHING


@operation(
    router,
    "PUT",
    "/administration/people/{int:pk}/account",
    scope=WRITE,
    gives=Person,
    takes=JSON,
    match="asked",
    conflicts=True,
)
def switch_account(request: ApiRequest, pk: KeyInAddress, sent: Switch) -> Person:
    """Switch an account off, or on again, of somebody all of whose roles one administers."""
    found = person(request, pk)
    check_match(request, lambda: person_shape(found), needed=False)
    if not access.people_administered_wholly(request.user).filter(pk=pk).exists():
        raise of_state(ValidationError(elsewhere()))
    switch = actions.switch_on if sent.is_active else actions.switch_off
    institution = access.institution_shared(found, request.user)
    _state(lambda: switch(found, institution, by=request.user, at=timezone.now()))
    return person_shape(person(request, pk))


def _state(act: Callable[[], object]) -> None:
    try:
        act()
    except ValidationError as problem:
        raise of_state(problem) from problem


# Who guides whom ----------------------------------------------------------------------------------


def links_shape(row: Any) -> PlacementLinks:
    """Return a placement with the rows of `with_guides` as it goes out."""
    return PlacementLinks(
        id=row.pk,
        student=Ref(id=row.student_id, name=row.student.name),
        workplace=row.workplace.name,
        cohort=Ref(id=row.cohort_id, name=str(row.cohort)),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        is_current=row.is_current,
        links=[
            Link(
                id=one.pk,
                teacher=Ref(id=one.teacher_id, name=one.teacher.name),
                part=one.part,
                linked_at=moment(one.linked_at),
            )
            for one in row.guides
        ],
    )


def guided(request: ApiRequest) -> QuerySet[Any]:
    """Return the placements that somebody administers, with who guides each."""
    return with_guides(access_linking.placements_administered(request.user))


@operation(
    router,
    "GET",
    "/administration/placements",
    scope=READ,
    gives=PlacementLinksPage,
)
def list_placements_administered(request: ApiRequest, asked: Query[PlacementFilter]) -> Any:
    """List the placements of one's programmes: names and dates only, and who guides each."""
    _administers(request)
    rows = guided(request)
    if asked.cohort:
        rows = rows.filter(cohort=asked.cohort)
    if asked.is_current is not None:
        rows = rows.filter(is_current=asked.is_current)
    return page_of(request, PlacementLinksPage, cut(rows, PLACEMENT_ORDER, asked), links_shape)


@operation(
    router,
    "GET",
    "/administration/placements/{int:pk}",
    scope=READ,
    gives=PlacementLinks,
)
def get_placement_administered(request: ApiRequest, pk: KeyInAddress) -> PlacementLinks:
    """Read who guides a placement."""
    return links_shape(get_object_or_404(guided(request), pk=pk))


@operation(
    router,
    "POST",
    "/administration/links",
    scope=WRITE,
    gives=PlacementLinks,
    takes=JSON,
    creates=True,
    conflicts=True,
)
def link_teacher(request: ApiRequest, sent: LinkIn) -> Answer:
    """Give a placement without a teacher one; students and teachers are told."""
    _administers(request)
    row = guided(request).filter(pk=sent.placement).first()
    if row is None:
        raise wrong("placement", _("Choose a placement of your programmes."))
    location = f"/api/v1/administration/placements/{row.pk}"
    main = [one.teacher_id for one in row.guides if not one.is_along]
    if sent.teacher in main:
        return made(links_shape(row), is_new=False, location=location)
    if main:
        raise of_state(ValidationError(_("This student has a teacher already; replace that one.")))
    teacher = _teacher(row, sent.teacher)
    link_students([(row, teacher)], by=request.user, at=timezone.now())
    kept = get_object_or_404(guided(request), pk=row.pk)
    return made(links_shape(kept), is_new=True, location=location)


@operation(router, "DELETE", "/administration/links/{int:pk}", scope=WRITE, gives=None)
def end_link(request: ApiRequest, pk: KeyInAddress) -> Answer:
    """Let a teacher guide a placement no longer; they and the student are told."""
    link = get_object_or_404(access_linking.links_administered(request.user), pk=pk)
    end_links([link], by=request.user, at=timezone.now())
    return NOTHING


@operation(
    router,
    "POST",
    "/administration/links/{int:pk}/replace",
    scope=WRITE,
    gives=PlacementLinks,
    takes=JSON,
)
def replace_teacher(request: ApiRequest, pk: KeyInAddress, sent: Replacement) -> PlacementLinks:
    """Let another teacher guide a placement in the place of one."""
    main = access_linking.links_administered(request.user).filter(part="main")
    link = get_object_or_404(main, pk=pk)
    row = get_object_or_404(guided(request), pk=link.placement_id)
    teacher = _teacher(row, sent.teacher)
    hand_over([link], teacher, by=request.user, at=timezone.now())
    return links_shape(get_object_or_404(guided(request), pk=row.pk))


def _teacher(row: Any, key: int) -> User:
    """Return a teacher of the programme who can guide a placement."""
    guides = {one.teacher_id for one in row.guides if not one.is_along}
    found = teachers_with_load(row.cohort.programme, row.today(), cohort=row.cohort)
    teachers = [one for one in found if one.person.pk not in guides | {row.student_id}]
    form = checked(TeacherForm(as_form({"teacher": key}), key="api", teachers=teachers))
    chosen: User = form.cleaned_data["teacher"]
    return chosen

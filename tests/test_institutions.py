"""Several institutions in one installation: nothing crosses, whatever somebody is elsewhere."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.actions import share_question
from stageapp.guidance.calendar_mails import calendar_file
from stageapp.invitations.models import GuestMail
from stageapp.notifications.actions import send_due
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from stageapp.programmes.models import (
    Institution,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
)
from tests import factories
from tests.test_access_matrix import GET, POST, SECRET, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db

HERE, THERE = "hier.example", "daar.example"
#: Whoever has the link is meant: of a guest, a calendar program, a mail; and who hides a message of
#: the day, which stands on the page for signing in, hides it for this browser alone.
BY_LINK = {
    name
    for name, row in (GET | POST).items()
    if row[0] != 302 or name.startswith(("guests:", "invitations:", "announcements:"))
}


def person_of_everything() -> User:
    """Return somebody who is student, teacher, and administrator of all there is elsewhere."""
    cohort = factories.cohort(programme=factories.programme("Elders", institution=elsewhere()))
    person = factories.person("Eva Elders")
    for role in Role:
        ProgrammeMembership.objects.create(programme=cohort.programme, person=person, role=role)
    InstitutionAdministrator.objects.create(institution=cohort.programme.institution, person=person)
    factories.placement(person, cohort=cohort, teacher=factories.person("Docent Elders"))
    factories.placement(factories.person("Student Elders"), cohort=cohort, teacher=person)
    return person


def elsewhere() -> Institution:
    return factories.institution("Hogeschool Elders", host=THERE)


@pytest.fixture
def stranger(world: World) -> Client:
    client = Client()
    client.force_login(person_of_everything())
    return client


def is_about_something(name: str) -> bool:
    """Return whether an address names a thing, which is somebody's here."""
    try:
        reverse(name)
    except NoReverseMatch:
        everywhere = ("guide:", "insights:save", "manage_preview:")
        return name not in BY_LINK and not name.startswith(everywhere)
    return False


@pytest.mark.parametrize("name", sorted(GET.keys() - BY_LINK))
def test_no_page_tells_anything_of_another_institution(
    world: World, stranger: Client, name: str
) -> None:
    answer = stranger.get(world.address(name))

    if is_about_something(name):
        assert answer.status_code == 404
    elif answer.status_code == 200 and not answer.streaming:
        page = answer.content.decode()
        for secret in (SECRET, *(person.name for person in world.people.values() if person)):
            assert secret not in page


@pytest.mark.parametrize("name", sorted(filter(is_about_something, POST)))
def test_nothing_of_another_institution_is_changed(
    world: World, stranger: Client, name: str
) -> None:
    assert stranger.post(world.address(name)).status_code == 404


# By host name ------------------------------------------------------------------------------------


@pytest.fixture
def placement() -> Placement:
    institution = factories.institution("Hogeschool Hier", host=HERE)
    cohort = factories.cohort(programme=factories.programme("Hier", institution=institution))
    return factories.placement(
        factories.person("Sanne Bakker"), cohort=cohort, teacher=factories.person("Mira de Vries")
    )


@override_settings(ALLOWED_HOSTS=[HERE, THERE])
def test_who_belongs_elsewhere_is_signed_out_and_told_where_to_go(placement: Placement) -> None:
    eva = person_of_everything()
    client = Client()
    client.force_login(eva)
    assert client.get("/", headers={"host": THERE}).status_code == 200

    answer = client.get("/", headers={"host": HERE})

    assert answer.status_code == 404
    assert "http://daar.example" in answer.content.decode()
    assert client.get("/", headers={"host": HERE}).status_code == 302
    assert client.get("/", headers={"host": THERE}).status_code == 302


@override_settings(ALLOWED_HOSTS=[HERE, THERE])
@pytest.mark.parametrize("host", [f"{HERE}.", HERE.upper(), f"{HERE}:443", f"{HERE}.:443"])
def test_host_is_the_same_however_it_is_written(placement: Placement, host: str) -> None:
    client = Client()
    client.force_login(person_of_everything())

    assert client.get("/", headers={"host": host}).status_code == 404


@override_settings(ALLOWED_HOSTS=[HERE, THERE])
def test_other_spelling_of_the_host_is_no_way_around_maintenance(placement: Placement) -> None:
    institution = placement.cohort.programme.institution
    institution.maintenance_since = timezone.now()
    institution.save()

    for host in (HERE, f"{HERE}.", HERE.upper()):
        assert Client().get("/guide/", headers={"host": host}).status_code == 503


@override_settings(ALLOWED_HOSTS=[HERE, THERE])
def test_who_belongs_to_both_is_at_home_at_both(placement: Placement) -> None:
    eva = person_of_everything()
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme, person=eva, role=Role.TEACHER
    )
    client = Client()
    client.force_login(eva)

    assert [client.get("/", headers={"host": host}).status_code for host in (HERE, THERE)] == [
        200,
        200,
    ]


@override_settings(ALLOWED_HOSTS=[HERE, THERE])
def test_who_belongs_nowhere_yet_is_at_home_anywhere(placement: Placement) -> None:
    client = Client()
    client.force_login(factories.person("Nieuw"))

    assert client.get("/", headers={"host": HERE}).status_code == 200


@override_settings(ALLOWED_HOSTS=[HERE, THERE])
def test_registering_offers_the_programmes_of_the_host(
    placement: Placement, client: Client
) -> None:
    factories.cohort(programme=factories.programme("Elders", institution=elsewhere()))

    page = client.get("/register/", headers={"host": HERE}).content.decode()

    assert ">Hier<" in page
    assert ">Elders<" not in page


@override_settings(BASE_URL="https://app.example:8443")
def test_mails_lead_to_the_host_of_the_institution(placement: Placement) -> None:
    teacher, now = placement.teacher_links.get().teacher, timezone.now()
    question = factories.question(placement, teacher=teacher)
    share_question(question, at=now)
    share_question(factories.guest_question(placement), at=now)

    send_due(Notification, at=now + timedelta(minutes=1))
    send_due(GuestMail, at=now + timedelta(minutes=1))

    news, guest = mail.outbox[0], mail.outbox[-1]
    home = "https://hier.example:8443"
    assert f"{home}/guidance/{question.pk}/" in news.body
    assert f"{home}/profile/" in news.body
    assert news.extra_headers["List-Unsubscribe"].startswith(f"<{home}/")
    assert f"{home}/g/" in guest.body
    assert "app.example:8443" not in news.body + guest.body.replace(home, "")
    talk = factories.talk(question)
    assert f"{home}/guidance/talks/" in calendar_file(talk).decode().replace("\r\n ", "")


@override_settings(BASE_URL="https://app.example")
def test_mails_of_an_institution_without_a_host_lead_to_the_installation() -> None:
    placement = factories.placement(factories.person(), teacher=factories.person("Mira"))
    teacher, now = placement.teacher_links.get().teacher, timezone.now()
    question = factories.question(placement, teacher=teacher)
    share_question(question, at=now)

    send_due(Notification, at=now + timedelta(minutes=1))

    assert f"https://app.example/guidance/{question.pk}/" in mail.outbox[0].body

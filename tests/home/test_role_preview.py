"""What each role sees, on made-up data: for administrators, read from nobody, written nowhere."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from stageapp.home.made_up import CONTEXTS, MadeUp
from stageapp.home.views_preview import without_ways
from stageapp.notifications.models import Notification
from stageapp.programmes.models import InstitutionAdministrator, ProgrammeMembership, Role
from stageapp.tips.models import TipShowing
from tests import factories

pytestmark = pytest.mark.django_db

ROLES = ("student", "teacher", "guest")
SECRET = "Dit heb ik met niemand gedeeld"


def client_of(role: Role | None) -> Client:
    somebody = factories.person("Ria Beheer")
    placement = factories.placement(factories.person("Sanne Bakker"))
    factories.activity(placement, SECRET)
    programme = placement.cohort.programme
    if role:
        ProgrammeMembership.objects.create(programme=programme, person=somebody, role=role)
    else:
        InstitutionAdministrator.objects.create(institution=programme.institution, person=somebody)
    client = Client()
    client.force_login(somebody)
    return client


def shown_in(answer: Any) -> str:
    """Return the made-up part of the page."""
    found = re.search(r'<section class="[^"]*card" aria-label.*</section>', answer, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("own", [Role.ADMINISTRATOR, None])
def test_page_says_that_it_is_made_up_and_shows_nobody(role: str, own: Role | None) -> None:
    page = client_of(own).get(f"/manage/preview/{role}/").content.decode()

    assert "Alles hier is verzonnen" in page
    assert "(verzonnen)" in shown_in(page)
    assert SECRET not in page
    assert "Sanne Bakker" not in page


@pytest.mark.parametrize("role", ROLES)
def test_nothing_in_it_leads_anywhere_or_can_be_sent(role: str) -> None:
    page = client_of(Role.ADMINISTRATOR).get(f"/manage/preview/{role}/").content.decode()

    for way in ("href=", "<form", "<button", "<input", "<textarea", "action="):
        assert way not in shown_in(page)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_is_read_or_written_to_make_it(
    role: str, language: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0), override(language):
        context = CONTEXTS[role](MadeUp.at(timezone.now())) | {"is_made_up": True}
        page = render_to_string(f"home/preview/_{role}.html", context)
    assert "Stage-App" not in page


def test_looking_leaves_no_trace() -> None:
    client = client_of(Role.ADMINISTRATOR)
    client.get("/news/")
    written: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE")):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        for role in ROLES:
            assert client.get(f"/manage/preview/{role}/").status_code == 200

    assert written == []
    assert not TipShowing.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER])
def test_who_administers_nothing_finds_no_such_page(role: Role) -> None:
    client = client_of(role)

    for one in ROLES:
        assert client.get(f"/manage/preview/{one}/").status_code == 404


def test_there_are_no_other_roles() -> None:
    client = client_of(Role.ADMINISTRATOR)

    assert client.get("/manage/preview/boss/").status_code == 404
    assert client.post("/manage/preview/student/").status_code == 405


def test_teacher_has_a_student_of_each_colour() -> None:
    page = client_of(Role.ADMINISTRATOR).get("/manage/preview/teacher/").content.decode()

    for colour in ("red", "orange", "green"):
        assert f"attention-mark {colour}" in shown_in(page)


def test_links_and_forms_are_taken_out_and_words_stay() -> None:
    page = '<p>a <a class="b" href="/x/">c</a><form method="post">\n<button>d</button></form> e</p>'

    assert without_ways(page) == '<p>a <a class="b">c</a> e</p>'

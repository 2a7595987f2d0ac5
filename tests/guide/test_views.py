"""The pages of the guide: open to everybody, the reader's own role first."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.guide.catalogue import guide_in
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db


def somebody(role: Role, language: str = "nl") -> User:
    person = factories.person("Iemand Persoon", language=language)
    programme = factories.cohort().programme
    ProgrammeMembership.objects.create(programme=programme, person=person, role=role)
    return person


def sections(client: Client) -> list[str]:
    page = client.get("/guide/").content.decode()
    return re.findall(r'id="section-(\w+)"', page)


def test_every_article_is_reached_from_the_contents_without_an_account(client: Client) -> None:
    page = client.get("/guide/").content.decode()

    for article in guide_in("nl").articles.values():
        address = reverse("guide:article", args=[article.slug])
        assert f'href="{address}"' in page
        answer = client.get(address)
        assert answer.status_code == 200
        assert article.title in answer.content.decode()


def test_visitor_reads_the_language_chosen_in_the_browser(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/guide/"})

    assert "Social anonymity" in client.get("/guide/").content.decode()


@pytest.mark.parametrize(
    ("role", "order"),
    [
        (Role.STUDENT, ["student", "learn", "everyone"]),
        (Role.TEACHER, ["teacher", "guide", "everyone"]),
        (Role.ADMINISTRATOR, ["administrator", "everyone", "student"]),
    ],
)
def test_readers_own_role_comes_first(client: Client, role: Role, order: list[str]) -> None:
    client.force_login(somebody(role))

    found = sections(client)

    assert found[:3] == order
    assert sorted(found) == sorted(section.key for section in guide_in("nl").sections)


def test_signed_in_reader_keeps_the_menu(client: Client) -> None:
    client.force_login(somebody(Role.TEACHER))

    page = client.get("/guide/build-trust/").content.decode()

    assert "main-navigation" in page
    assert 'aria-current="true"' in page


def test_visitor_sees_no_menu_but_the_way_in(client: Client) -> None:
    page = client.get("/guide/build-trust/").content.decode()

    assert "main-navigation" not in page
    assert reverse("account_login") in page


def test_somebody_who_has_not_confirmed_the_address_can_read_it(client: Client) -> None:
    client.force_login(User.objects.create_user("nieuw@demo.example", "Nieuw Persoon"))

    assert client.get("/guide/first-steps/").context["article"].slug == "first-steps"


@pytest.mark.parametrize(("role", "leads"), [(Role.STUDENT, True), (Role.TEACHER, False)])
def test_article_leads_only_those_who_can_open_it_to_its_page(
    client: Client, role: Role, leads: bool
) -> None:
    client.force_login(somebody(role))

    page = client.get("/guide/ask-a-question/").content.decode()

    assert (f'href="{reverse("guidance:new")}"' in page) is leads


def test_page_for_everybody_is_offered_to_who_is_signed_in(client: Client) -> None:
    assert 'class="button" href="/profile/"' not in client.get("/guide/news-by-mail/").text
    client.force_login(somebody(Role.TEACHER))

    assert 'class="button" href="/profile/"' in client.get("/guide/news-by-mail/").text


@pytest.mark.parametrize("slug", ["no-such-article", "nl", "contents"])
def test_other_addresses_are_not_found(client: Client, slug: str) -> None:
    assert client.get(f"/guide/{slug}/").status_code == 404


def test_words_found_are_marked_and_what_was_typed_is_harmless(client: Client) -> None:
    found = client.get("/guide/", {"q": "vertrouwen"}).content.decode()
    typed = client.get("/guide/", {"q": "<script>alert(1)</script>\x00"}).content.decode()

    assert "<mark>Vertrouwen</mark> opbouwen" in found
    assert "alert(1)" in typed
    assert "<script>alert" not in typed


def test_nothing_found_offers_all_articles_and_what_was_meant(client: Client) -> None:
    page = client.get("/guide/", {"q": "anonimitiet"}).content.decode()

    assert "Niets gevonden" in page
    assert "?q=anonimiteit" in page
    assert sections(client)


@pytest.mark.parametrize(("path", "queries"), [("", 1), ("answer-well/", 1), ("?q=vertrouwen", 2)])
def test_guide_asks_the_database_only_for_the_time_zone_and_how_often_one_searches(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, queries: int
) -> None:
    with django_assert_num_queries(queries):
        client.get(f"/guide/{path}")

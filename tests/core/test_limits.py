"""What costs is counted: for whom, how often, and what somebody reads who asked too much."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import get_resolver
from pytest_django import Settings

from stageapp.config.limits import LIMITS
from stageapp.core import counting
from stageapp.core.counting import count, forget_old
from stageapp.core.limits import MINUTE, By, Limit, When
from stageapp.core.models import Use
from stageapp.core.requests import address_of, network_of
from tests import factories
from tests.test_access_matrix import POST, World, routes, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db
ROWS = [(limit, route) for limit in LIMITS for route in limit.routes]
#: Lines that a view counts by itself, with the test of it.
COUNTED_BY_VIEWS = {
    "API: reading": "tests/api/test_requests.py",
    "API: writing": "tests/api/test_requests.py",
    "API: without a token that works": "tests/api/test_requests.py",
    "hints": "tests/guidance/test_replies.py",
    "feedback": "tests/feedback/test_feedback.py",
    "reports of browsers": "tests/core/test_safety.py",
}


def browser_of(person: Any = None, **kwargs: Any) -> Client:
    client = Client(**kwargs)
    client.force_login(person or factories.person())
    return client


def twice(route: str, limit: Limit) -> tuple[Limit, ...]:
    """Return a table with one line that allows two."""
    return (replace(limit, routes=(route,), times=2, network=1),)


@pytest.mark.parametrize(
    ("limit", "route"), ROWS, ids=lambda part: str(getattr(part, "name", part))
)
def test_third_time_is_refused_where_two_are_allowed(
    world: World, settings: Settings, limit: Limit, route: str
) -> None:
    settings.LIMITS = twice(route, limit)
    client, address = browser_of(world.people["owner"]), world.address(route)
    ask: Callable[..., Any] = client.get
    if limit.when is When.SENT or route in POST:
        ask = client.post
    if limit.when is When.ASKED:
        address += "?q=delen"

    answers = [ask(address) for _ in range(3)]

    reached = [
        answer.templates[0].name == "core/too_many.html" for answer in answers if answer.templates
    ]
    assert reached[-1]
    assert sum(reached) == 1
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= limit.seconds
    if limit.by is By.PERSON:
        other = browser_of(world.people["teacher"])
        assert (other.post if ask == client.post else other.get)(address).status_code != 429


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_every_line_is_about_addresses_that_exist_or_is_counted_by_a_view(limit: Limit) -> None:
    assert set(limit.routes) <= set(routes(get_resolver()))
    if not limit.routes:
        assert Path(COUNTED_BY_VIEWS[limit.name]).exists()


def test_table_in_the_documentation_is_the_table() -> None:
    page = Path("docs/security.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([^|]+) \| (\d+) in ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)

    def length(seconds: int) -> str:
        minutes = seconds // MINUTE
        named = {1: "a minute", 60: "an hour"}
        return named.get(minutes, f"{minutes} minutes")

    def whose(limit: Limit) -> str:
        if limit.by is By.PERSON:
            return f"a person; {limit.times * limit.network} a network"
        return {By.NETWORK: "a network", By.LINK: "a link in a network"}[limit.by]

    assert listed == [
        (limit.name, str(limit.times), length(limit.seconds), whose(limit)) for limit in LIMITS
    ]


def test_showing_an_empty_form_is_not_counted(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 0, MINUTE, ("feedback:new",), when=When.SENT),)
    client = browser_of()

    assert client.get("/feedback/").status_code == 200
    assert client.post("/feedback/").status_code == 429


def test_page_that_all_see_is_free_where_asking_costs(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 0, MINUTE, ("guide:list",), when=When.ASKED),)
    client = browser_of()

    assert client.get("/guide/").status_code == 200
    assert client.get("/guide/?q=delen").status_code == 429


def test_what_was_typed_stays_and_can_be_sent_again(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 0, MINUTE, ("feedback:new",)),)
    picture = SimpleUploadedFile("scherm.png", b"x")
    typed: dict[str, Any] = {"text": "\nEen regel\n</textarea><b>", "consent": ["a", "b"]}
    typed["picture"] = picture
    typed["csrfmiddlewaretoken"] = "oud"

    answer = browser_of().post("/feedback/?from=/news/", typed)

    page = answer.content.decode()
    assert 'action="/feedback/?from=/news/"' in page
    assert 'name="text" hidden>\n\nEen regel\n&lt;/textarea&gt;&lt;b&gt;</textarea>' in page
    assert page.count('name="consent" hidden') == 2
    assert ">oud</textarea>" not in page
    assert "scherm.png" in page


@pytest.mark.parametrize(
    ("seconds", "language", "words"),
    [
        (30, "nl", "Over 30 seconden kun je verder"),
        (1, "nl", "Over 1 seconde kun je verder"),
        (3600, "nl", "Over 60 minuten kun je verder"),
        (30, "en", "You can go on in 30 seconds"),
    ],
)
def test_page_says_when_to_go_on_in_the_persons_language(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, seconds: int, language: str, words: str
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    settings.LIMITS = (Limit("x", 0, seconds, ("guide:list",)),)

    answer = browser_of(factories.person(language=language)).get("/guide/?q=delen")

    assert answer.status_code == 429
    assert answer["Retry-After"] == str(seconds)
    assert words in answer.content.decode()
    assert 'href="/guide/?q=delen"' in answer.content.decode()


def test_script_gets_the_sentence_alone(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 0, MINUTE, ("guide:list",)),)

    answer = browser_of().get("/guide/", headers={"HX-Request": "true"})

    assert answer.status_code == 429
    assert answer.content.decode().startswith('<p role="alert">')


def test_counting_begins_anew_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    asked = [count("x", "a", times=2, seconds=60) for _ in range(4)]
    assert [one.is_within for one in asked] == [True, True, False, False]
    assert [one.left for one in asked] == [1, 0, 0, 0]
    # What is refused does not make the wait longer.
    assert {one.wait for one in asked} == {60}

    now += 59
    assert count("x", "a", times=2, seconds=60) == counting.Count(False, 1, 2, 0)
    now += 1
    assert count("x", "a", times=2, seconds=60) == counting.Count(True, 60, 2, 1)


def test_counts_are_apart_by_what_and_by_whom() -> None:
    for name, whose in (("x", "a"), ("x", "b"), ("y", "a")):
        assert count(name, whose, times=1, seconds=60).is_within
        assert not count(name, whose, times=1, seconds=60).is_within


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_are_counted_each() -> None:
    within: list[bool] = []

    def ask() -> None:
        try:
            within.append(count("x", "a", times=5, seconds=60).is_within)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(within) == [False] * 11 + [True] * 5
    assert Use.objects.get().times == 16


def test_counting_is_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        count("x", "a", times=2, seconds=60)


def test_row_says_not_who_it_is_about(settings: Settings) -> None:
    person = factories.person()
    browser_of(person).get("/guide/?q=delen")

    (row,) = Use.objects.all()
    assert re.fullmatch(r"[0-9a-f]{64}", row.key)


def test_counts_that_are_over_are_removed() -> None:
    Use.objects.create(key="old", times=3, until=1000)
    Use.objects.create(key="new", times=3, until=2000)

    forget_old(at=1500.0)

    assert Use.objects.get().key == "new"


# Nobody locks out another ------------------------------------------------------------------------


def test_who_is_signed_in_is_not_stopped_by_others_at_the_same_address(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 1, MINUTE, ("guide:list",), network=1),)
    stranger, person = Client(), browser_of()
    assert [stranger.get("/guide/").status_code for _ in range(2)] == [200, 429]

    assert person.get("/guide/").status_code == 200
    assert person.get("/guide/").status_code == 429
    assert browser_of().get("/guide/").status_code == 200


def test_link_used_up_elsewhere_works_here(world: World, settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 1, MINUTE, ("invitations:enter",), by=By.LINK),)
    address = world.address("invitations:enter")
    elsewhere, here = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")

    assert [elsewhere.post(address).status_code for _ in range(2)] == [422, 429]
    assert here.post(address).status_code == 422


def test_many_addresses_of_one_house_count_together(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 1, MINUTE, ("guide:list",), network=1),)

    first = Client(REMOTE_ADDR="2001:db8:1:2::1").get("/guide/")
    same = Client(REMOTE_ADDR="2001:db8:1:2:ffff::9").get("/guide/")
    other = Client(REMOTE_ADDR="2001:db8:1:3::1").get("/guide/")

    assert [first.status_code, same.status_code, other.status_code] == [200, 429, 200]


def test_header_of_a_visitor_changes_nothing_without_proxies(settings: Settings) -> None:
    settings.LIMITS = (Limit("x", 1, MINUTE, ("guide:list",), network=1),)

    codes = [
        Client().get("/guide/", headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        for number in range(2)
    ]

    assert codes == [200, 429]


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "192.0.2.7", "127.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
        # Fewer than there are proxies, and what is no address.
        (2, "192.0.2.7", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1"),
        (1, "\x00", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_address_is_the_one_that_the_outermost_own_proxy_saw(
    settings: Settings, proxies: int, header: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})

    assert address_of(request) == address


def test_request_without_any_address_is_counted_too() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="")

    assert network_of(request) == "unknown"

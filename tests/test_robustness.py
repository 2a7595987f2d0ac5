"""Whatever comes in, the answer is a page: never a 500."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_access_matrix import GET, POST, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db
NONSENSE = ["\x00", "🙂" * 300, "-1", "9" * 40, "²", "<script>", "%00", "2026-02-30", "' OR 1=1"]
FIELDS = [
    "q", "page", "before", "deleted", "item", "next", "date", "description", "category",
    "category_own", "people", "duration_hours", "duration_minutes", "client_id", "title", "core",
    "addressee", "teacher", "form", "items", "saved", "starts_on", "ends_on", "hours_per_day",
    "days_per_week", "cohort", "workplace-name", "workplace-postal_code", "workplace-country",
    "language", "login", "password", "email", "name", "programme",
]  # fmt: skip


def client_of(world: World, who: str) -> Client:
    client = Client()
    person = world.people[who]
    assert person
    client.force_login(person)
    return client


@pytest.mark.parametrize("who", ["owner", "teacher"])
@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_in_the_query_is_no_error(world: World, who: str, text: str) -> None:
    client = client_of(world, who)

    for name in GET:
        address = world.address(name)
        for field in ("q", "page", "before", "deleted", "item", "next"):
            assert client.get(address, {field: text}).status_code < 500, (name, field)


@pytest.mark.parametrize("number", ["0", "9" * 12, "9" * 40])
def test_number_that_is_no_key_is_not_found(world: World, number: str) -> None:
    client = client_of(world, "owner")

    for name in [*GET, *POST]:
        if name.startswith("account_"):
            continue
        try:
            address = reverse(name, args=[int(number)])
        except NoReverseMatch:
            continue
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (404, 405), name


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        st.one_of(st.sampled_from(NONSENSE), st.text(max_size=40)),
        max_size=12,
    )
)
def test_any_form_gets_an_answer(world: World, data: dict[str, str]) -> None:
    for who in ("owner", "teacher"):
        client = client_of(world, who)
        for name in [*GET, *POST]:
            if name.startswith("account_logout"):
                continue
            answer = client.post(world.address(name), data)
            assert answer.status_code < 500, (name, data)

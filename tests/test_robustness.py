"""Whatever comes in, the answer is a page: never a 500."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from tests.examples import examples, some
from tests.test_access_matrix import GET, POST, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db
NONSENSE = ["\x00", "🙂" * 300, "-1", "9" * 40, "²", "<script>", "%00", "2026-02-30", "' OR 1=1"]
#: What addresses of the app carry behind the question mark.
QUERY = [
    "q", "page", "before", "deleted", "item", "next", "first", "last", "category", "person",
    "people", "source", "sources", "goal", "chain", "competence", "competences", "status",
    "difficulty", "reflection", "evidence", "moment", "week", "month", "view", "date", "like",
    "template", "offer", "activity", "model", "kind", "format", "selection", "teacher", "form",
    "role", "state",
]  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, and the names of its fields."""

    action: str
    names: list[str] = field(default_factory=list)


class FormFinder(HTMLParser):
    """Collects the forms of a page that change something."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms = address, list[Form]()
        self.inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.inside = Form(told.get("action") or self.address)
            if told.get("method") == "post":
                self.forms.append(self.inside)
        elif self.inside and (name := told.get("name")) and name != "csrfmiddlewaretoken":
            self.inside.names.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def client_of(world: World, who: str) -> Client:
    client = Client()
    person = world.people[who]
    assert person
    client.force_login(person)
    return client


@pytest.mark.parametrize("who", ["owner", "teacher"])
def test_nonsense_in_the_query_is_no_error(world: World, who: str) -> None:
    client = client_of(world, who)

    for number, name in enumerate(GET):
        address = world.address(name)
        for text in some(NONSENSE, number):
            answer = client.get(address, dict.fromkeys(QUERY, text))
            assert answer.status_code < 500, (name, text)


@pytest.mark.parametrize("who", ["owner", "teacher"])
@settings(max_examples=examples(120), suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(GET)),
    query=st.dictionaries(
        st.sampled_from(QUERY), st.one_of(st.sampled_from(NONSENSE), st.text(max_size=40))
    ),
)
def test_any_query_gets_an_answer(world: World, who: str, name: str, query: dict[str, str]) -> None:
    answer = client_of(world, who).get(world.address(name), query)

    assert answer.status_code < 500


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
            assert answer.status_code in (404, 405, 410), name


@pytest.fixture(scope="module")
def forms(world: World, django_db_blocker: DjangoDbBlocker) -> dict[str, list[Form]]:
    """Return the forms that the owner, the teacher and administrators meet, by who meets them."""
    with django_db_blocker.unblock():
        return {who: forms_of(world, who) for who in ("owner", "teacher", "admin")}


def forms_of(world: World, who: str) -> list[Form]:
    client, found = client_of(world, who), dict[str, Form]()
    for name in sorted(GET):
        finder = FormFinder(world.address(name))
        answer = client.get(finder.address)
        if answer.status_code == 200 and not answer.streaming:
            finder.feed(answer.content.decode())
        for form in finder.forms:
            kept = found.setdefault(form.action, form)
            kept.names.extend(set(form.names) - set(kept.names))
    return list(found.values())


@pytest.mark.parametrize("who", ["owner", "teacher", "admin"])
@settings(max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_form_gets_an_answer(
    world: World, forms: dict[str, list[Form]], who: str, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(forms[who]))
    value = st.one_of(st.sampled_from(NONSENSE), st.text(max_size=40))
    names = st.sampled_from(sorted(set(form.names)) or ["x"])
    sent = data.draw(st.dictionaries(names, st.one_of(value, st.lists(value, max_size=3))))

    # What one form changed is there again for the next.
    with transaction.atomic():
        answer = client_of(world, who).post(form.action, sent)
        transaction.set_rollback(True)

    assert answer.status_code < 500


@pytest.mark.parametrize("who", ["owner", "teacher", "admin"])
def test_any_form_full_of_nonsense_gets_an_answer(
    world: World, forms: dict[str, list[Form]], who: str
) -> None:
    assert len(forms[who]) > 8
    for number, form in enumerate(forms[who]):
        for text in some(NONSENSE, number):
            with transaction.atomic():
                answer = client_of(world, who).post(form.action, dict.fromkeys(form.names, text))
                transaction.set_rollback(True)
            assert answer.status_code < 500, (form.action, text)

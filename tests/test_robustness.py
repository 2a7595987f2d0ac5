"""Whatever comes in, the answer is a page: never a 500."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.examples import EVERYTHING, ONE_IN, examples, some
from tests.test_access_matrix import GET, POST, World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db
NONSENSE = [
    "\x00", "🙂" * 300, "-1", "9" * 40, "²", "<script>", "%00", "2026-02-30", "' OR 1=1",
    # Half a sign, in JSON; numbers that are none; more than fits; what is deep, empty or wrong.
    '["\\ud800"]', '{"name": "\\ud800"}', "NaN", "1e999", "x" * 20_000, "[" * 5_000, "null",
    '{"__proto__": {}}', "\u202e\x00", "0001-01-01", "9999-12-31T23:59", "99:99",
    "00000000-0000-0000-0000-000000000000",
]  # fmt: skip
#: In place of a file: empty, no picture, a bomb, a name with a path, what is none at all.
FILES = [
    ("leeg.txt", b""), ("foto.jpg", b"\xff\xd8\xff\xe0 kapot"), ("diep.json", b"[" * 50_000),
    ("../../x\x00.csv", b"a;b\n\xf1;\x00"), ("los.zip", b"PK\x03\x04" + b"\x00" * 40),
    ("blad.xlsx", b"PK\x05\x06" + b"\x00" * 18), ("\ufffd.txt", b"\xff\xfe\x00"),
    ("x" * 300, b"a;b"), ("nul.json", b'{"format": "stage-app", "version": 1e999}'),
    ("lijst.json", b"[[], null, {}]"), ("half.json", b'{"tips": [{"title": "\\ud800"}]}'),
]  # fmt: skip
#: Any text that UTF-8 has; half a sign comes as bytes, below.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
#: Who sends forms: those who have things, and those who administer.
SENDERS = ["owner", "teacher", "admin"]
if EVERYTHING:
    SENDERS += ["stranger", "other", "overseer"]
#: What addresses of the app carry behind the question mark.
QUERY = [
    "q", "page", "before", "deleted", "item", "next", "first", "last", "category", "person",
    "people", "source", "sources", "goal", "chain", "competence", "competences", "status",
    "difficulty", "reflection", "evidence", "moment", "week", "month", "view", "date", "like",
    "template", "offer", "activity", "model", "kind", "format", "selection", "teacher", "form",
    "role", "state",
]  # fmt: skip


#: What comes in headers and cookies. A server lets no line end through.
HEADERS = [
    "", "\xe9" * 500, "\x00", "9" * 400, "%00%ff", "../..", "a,b,,c;q=x", "Bearer x", "(" * 900,
    "🙂".encode().decode("latin-1"),
]  # fmt: skip
HEADER_NAMES = [
    "Accept-Language", "Accept", "User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Proto",
    "If-None-Match", "If-Modified-Since", "Range", "HX-Request", "HX-Current-URL", "HX-Target",
    "Authorization", "Origin", "Content-Type", "X-Requested-With",
]  # fmt: skip
READ_FULLY = {"home", "logbook:activities", "guidance:question", "account_login", "guide:list"}
COOKIES = ["sessionid", "csrftoken", "language", "messages", "device", "guest", "x"]
FILE_IN_PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="a"; filename="\x00"\r\n'
    b"Content-Type: \xff\r\n\r\n\xff\r\n--x--"
)
BODIES = [
    ("application/json", "[" * 20_000),
    ("application/json", '{"csp-report": {"document-uri": [1e999]}}'),
    ("application/x-www-form-urlencoded", b"\xff=%ff&%00=%00&a[]=1&a=1&a=2&" + b"x" * 3_000),
    ("application/x-www-form-urlencoded", "&".join(f"f{n}=1" for n in range(1_200))),
    # Half a sign as the bytes that no program should send.
    ("application/x-www-form-urlencoded", b"text=%ED%A0%80&q=\xed\xa0\x80&client_id=%ED%A0%80"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\r\n\r\n"),
    ("multipart/form-data; boundary=x", FILE_IN_PARTS),
    ("text/plain", b"\x00" * 100),
    ("\x00", b"a"),
]  # fmt: skip
#: Names of fields that actions read, beside those of forms.
FIELDS = [
    "next", "to", "verb", "role", "programme", "person", "teacher", "placement", "date", "until",
    "text", "client_id", "version", "code", "language", "pk", "id", "hints", "left", "leave",
    "insert", "later", "kind", "state", "q", "page", "items", "with", "into", "file", "selection",
]  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, and the names of its fields."""

    action: str
    names: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    #: What stands in it, as a browser would send it.
    values: dict[str, str] = field(default_factory=dict)


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
            if told.get("type") == "file":
                self.inside.files.append(name)
            elif told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.inside.values[name] = told.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


@pytest.fixture(autouse=True)
def _without_limits(settings: Settings) -> None:
    """Nonsense comes faster here than anybody may send it."""
    settings.LIMITS = ()
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = {}


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
        assert client.get(f"{address}?q=%ED%A0%80&page=%ff&%00=%ED%A0%80").status_code < 500, name


@pytest.mark.parametrize("who", ["owner", "teacher"])
@settings(max_examples=examples(120), suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(GET)),
    query=st.dictionaries(st.sampled_from(QUERY), st.one_of(st.sampled_from(NONSENSE), TEXTS)),
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


@pytest.mark.parametrize("name", sorted(GET.keys() | POST.keys()))
def test_headers_and_cookies_of_any_kind_get_an_answer(
    world: World, settings: Settings, name: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client, address = client_of(world, "owner"), world.address(name)
    number = sum(map(ord, name))
    # What reads them is the same for every page: all of it on some pages, one on each other.
    whole = ONE_IN == 1 and name in READ_FULLY
    texts, headers, cookies = (
        cases if whole else [cases[number % len(cases)]]
        for cases in (HEADERS, HEADER_NAMES, COOKIES)
    )

    for text in texts:
        for header in headers:
            answer = client.get(address, headers={header: text})
            assert answer.status_code < 500, (header, text)
        for cookie in cookies:
            other = client_of(world, "owner")
            other.cookies[cookie] = text
            assert other.get(address).status_code < 500, (cookie, text)


@pytest.mark.parametrize("name", sorted(POST))
def test_body_that_is_no_form_gets_an_answer(world: World, name: str) -> None:
    number = sum(map(ord, name))

    for kind, body in some(BODIES, number):
        for who in some(SENDERS, number):
            with transaction.atomic():
                client = client_of(world, who)
                answer = client.generic("POST", world.address(name), body, content_type=kind)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (who, kind)


@pytest.mark.parametrize("name", sorted(POST))
@settings(max_examples=examples(15), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_address_that_changes_something_gets_an_answer(
    world: World, name: str, data: st.DataObject
) -> None:
    """Also fields that stand in no form, and those of the forms of others."""
    who = data.draw(st.sampled_from(SENDERS))
    value = st.one_of(st.sampled_from(NONSENSE), TEXTS)
    names = st.one_of(st.sampled_from(FIELDS), TEXTS)
    sent: dict[str, Any] = data.draw(
        st.dictionaries(names, st.one_of(value, st.lists(value, max_size=3)))
    )

    with transaction.atomic():
        answer = client_of(world, who).post(world.address(name), sent)
        transaction.set_rollback(True)

    assert answer.status_code < 500


@pytest.fixture(scope="module")
def forms(world: World, django_db_blocker: DjangoDbBlocker) -> dict[str, list[Form]]:
    """Return the forms that each of them meets."""
    with django_db_blocker.unblock():
        return {who: forms_of(world, who) for who in SENDERS}


def forms_of(world: World, who: str) -> list[Form]:
    client, found = client_of(world, who), dict[str, Form]()
    for name in sorted(GET):
        finder = FormFinder(world.address(name))
        answer = client.get(finder.address)
        if answer.status_code == 200 and not answer.streaming:
            finder.feed(answer.content.decode())
        for form in finder.forms:
            kept = found.setdefault(form.action, form)
            kept.names.extend(sorted(set(form.names) - set(kept.names)))
            kept.files.extend(sorted(set(form.files) - set(kept.files)))
    return list(found.values())


@pytest.mark.parametrize("who", SENDERS)
@settings(max_examples=examples(200), suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_form_gets_an_answer(
    world: World, forms: dict[str, list[Form]], who: str, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(forms[who]))
    value = st.one_of(st.sampled_from(NONSENSE), TEXTS)
    names = st.sampled_from(sorted(set(form.names)) or ["x"])
    sent: dict[str, Any] = data.draw(
        st.dictionaries(names, st.one_of(value, st.lists(value, max_size=3)))
    )
    if bool(form.files) and data.draw(st.booleans()):
        chosen = data.draw(st.sampled_from(FILES))
        sent[data.draw(st.sampled_from(form.files))] = SimpleUploadedFile(*chosen)

    # What one form changed is there again for the next.
    with transaction.atomic():
        answer = client_of(world, who).post(form.action, sent)
        transaction.set_rollback(True)

    assert answer.status_code < 500


@pytest.mark.parametrize("who", SENDERS)
def test_any_form_full_of_nonsense_gets_an_answer(
    world: World, forms: dict[str, list[Form]], who: str
) -> None:
    assert len(forms[who]) > 5
    for number, form in enumerate(forms[who]):
        for text in some(NONSENSE, number):
            with transaction.atomic():
                sent = dict.fromkeys(form.names, text)
                answer = client_of(world, who).post(form.action, sent)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (form.action, text)


@pytest.mark.parametrize("who", SENDERS)
def test_any_file_in_any_form_gets_an_answer(
    world: World, forms: dict[str, list[Form]], who: str
) -> None:
    taking = [(form, name) for form in forms[who] for name in form.files]
    assert taking
    for number, (form, name) in enumerate(taking):
        for file in some(FILES, number):
            sent = dict.fromkeys(form.names, "1") | {name: SimpleUploadedFile(*file)}
            with transaction.atomic():
                answer = client_of(world, who).post(form.action, sent)
                transaction.set_rollback(True)
            assert answer.status_code < 500, (form.action, name, file[0])


@pytest.mark.parametrize("who", SENDERS)
def test_form_with_what_stands_in_it_and_one_thing_wrong_gets_an_answer(
    world: World, forms: dict[str, list[Form]], who: str
) -> None:
    """One wrong field among right ones comes further than nonsense all over."""
    for number, form in enumerate(forms[who]):
        for place, name in enumerate(form.names):
            if ONE_IN != 1 and (place + number) % 4:
                continue
            for text in some(NONSENSE, number + place):
                sent = form.values | {name: text}
                with transaction.atomic():
                    answer = client_of(world, who).post(form.action, sent)
                    transaction.set_rollback(True)
                assert answer.status_code < 500, (form.action, name, text)

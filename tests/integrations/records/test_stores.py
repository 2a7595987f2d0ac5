"""Functional administrators offer stores, test them, and see nothing of what students send."""

from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.records import actions, queries
from stageapp.integrations.records.actions_manage import MOST_STORES, check_store
from stageapp.integrations.records.models import RecordStore, Statement
from stageapp.placements.models import Placement
from stageapp.programmes.models import Institution, InstitutionAdministrator
from tests import factories
from tests.integrations.records.conftest import KEY, SCOPE, SECRET, MakeStore, Ralph, Stub

pytestmark = pytest.mark.django_db

LIST = "/manage/integrations/records/"
NEW = f"{LIST}new/"


@pytest.fixture
def client(school: Institution) -> Client:
    bea = factories.person("Bea Functioneel")
    InstitutionAdministrator.objects.create(institution=school, person=bea)
    made = Client()
    made.force_login(bea)
    return made


def sent(endpoint: str, **changed: str) -> dict[str, str]:
    return {
        "name": "Leren van onze school",
        "about_nl": "Jij en je begeleider.",
        "about_en": "You and your counsellor.",
        "endpoint": endpoint,
        "version": "1.0.3",
        "signs_in": "basic",
        "key": KEY,
        "secret": SECRET,
        "token_url": "",
        "scope": "",
        "is_offered": "on",
    } | changed


def findings(client: Client, store: RecordStore) -> list[tuple[bool, str]]:
    found = client.post(f"{LIST}{store.pk}/test/").context["findings"]
    return [(one.is_right, one.text) for one in found]


def test_a_store_is_added_and_tested(client: Client, ralph: Ralph) -> None:
    answer = client.post(NEW, sent(ralph.endpoint.rstrip("/") + "/statements"), follow=True)

    store = RecordStore.objects.get()
    assert answer.redirect_chain == [(f"{LIST}{store.pk}/", 302)]
    assert store.endpoint == ralph.endpoint
    assert findings(client, store)[-1] == (True, "De sleutel wordt geaccepteerd.")
    assert AuditEntry.objects.filter(kind=Kind.SETTINGS_CHANGED).count() == 1


def test_testing_writes_and_reads_nothing_of_anybody(
    client: Client, ralph: Ralph, make_store: MakeStore
) -> None:
    before = ralph.kept()

    check_store(make_store(ralph.endpoint))

    assert ralph.kept() == before


def test_a_wrong_secret_is_told(client: Client, ralph: Ralph, make_store: MakeStore) -> None:
    found = findings(client, make_store(ralph.endpoint, secret="mis"))

    assert found[-1][0] is False
    assert "401" in found[-1][1]


def test_a_store_with_tokens_works(
    client: Client, ralph: Ralph, token_url: str, make_store: MakeStore, placement: Placement
) -> None:
    store = make_store(ralph.endpoint, signs_in="oauth2", token_url=token_url, scope=SCOPE)
    assert findings(client, store)[-1] == (True, "De sleutel wordt geaccepteerd.")

    learned = queries.learned_from([factories.activity(placement)], [], with_words=False)
    actions.let_go(placement, store, learned, language="nl", at=timezone.now())
    actions.send_due_records(at=timezone.now())

    assert ralph.about(str(Statement.objects.get().pk))


@pytest.mark.parametrize("field", ["secret", "key"])
def test_a_token_that_is_not_given_is_told(
    client: Client, ralph: Ralph, token_url: str, make_store: MakeStore, field: str
) -> None:
    known = {"signs_in": "oauth2", "token_url": token_url, "scope": SCOPE} | {field: "mis"}
    found = findings(client, make_store(ralph.endpoint, **known))

    assert found[-1][0] is False
    assert "token" in found[-1][1]


@pytest.mark.parametrize(
    "body", [b"", b"no json", [], {"access_token": 3}, {"access_token": "é"}, b"[" * 5000]
)
def test_a_strange_token_is_no_token(
    client: Client, stub: Stub, make_store: MakeStore, body: Any
) -> None:
    stub.answer("POST", 200, body)
    store = make_store(stub.address, signs_in="oauth2", token_url=f"{stub.address}token")

    assert findings(client, store)[-1][0] is False


@pytest.mark.parametrize(
    ("about", "is_right", "text"),
    [
        ({"version": ["1.0.0", "1.0.3"]}, True, "kent versie 1.0.3"),
        ({"version": ["2.0.0"]}, False, "2.0.0"),
        ({"version": [3, None, {}]}, False, "3"),
        ({"version": "1.0.3"}, True, "sommige"),
        ([], True, "sommige"),
        (b"no json", True, "sommige"),
    ],
)
def test_the_versions_of_a_store_are_compared(
    client: Client, stub: Stub, make_store: MakeStore, about: Any, is_right: bool, text: str
) -> None:
    stub.answer("GET", 200, about)

    first = findings(client, make_store(stub.address))[0]

    assert first[0] == is_right
    assert text in first[1]


def test_an_address_where_nothing_is_and_one_that_may_not_be_called(
    client: Client, make_store: MakeStore
) -> None:
    store = make_store("http://127.0.0.1:9/")
    assert findings(client, store) == [
        (False, "Op dit adres komt geen antwoord. Klopt het adres?"),
    ]
    with override_settings(OUTGOING_HOSTS=[]):
        assert "STAGEAPP_OUTGOING_HOSTS" in findings(client, store)[0][1]


def test_the_secret_is_never_shown_and_stays_when_none_is_typed(
    client: Client, make_store: MakeStore
) -> None:
    store = make_store("https://lrs.school.example/xapi/")

    page = client.get(f"{LIST}{store.pk}/").content.decode()
    answer = client.post(f"{LIST}{store.pk}/", sent(store.endpoint, secret="", name="Anders"))

    assert "geheim: 7" not in page
    assert answer.status_code == 302
    store.refresh_from_db()
    assert (store.name, store.secret) == ("Anders", SECRET)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("about_nl", ""),
        ("about_en", "x" * 501),
        ("endpoint", "geen adres"),
        ("endpoint", "ftp://lrs.example/"),
        ("endpoint", "https://ik:geheim@lrs.example/"),
        ("endpoint", "https://lrs.example/?x=1"),
        ("endpoint", "https://lrs.example/#x"),
        ("version", "3"),
        ("signs_in", "raad"),
        ("key", ""),
        ("secret", ""),
        ("secret", "x" * 2001),
        ("token_url", "javascript:alert(1)"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(client: Client, field: str, value: str) -> None:
    answer = client.post(NEW, sent("https://lrs.example/") | {field: value})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not RecordStore.objects.exists()


def test_tokens_need_an_address(client: Client) -> None:
    answer = client.post(NEW, sent("https://lrs.example/", signs_in="oauth2"))

    assert list(answer.context["form"].errors) == ["token_url"]


@pytest.mark.parametrize(
    "moved",
    [
        {"endpoint": "https://elders.example/xapi/"},
        {"endpoint": "https://lrs.school.example:8443/xapi/"},
        {"endpoint": "https://lrs.school.example:99999/xapi/"},
        {"token_url": "https://elders.example/token"},
    ],
)
def test_a_secret_that_is_known_goes_nowhere_else(
    client: Client, make_store: MakeStore, moved: dict[str, str]
) -> None:
    store = make_store("https://lrs.school.example/xapi/")
    data = sent(store.endpoint, secret="") | moved
    before = RecordStore.objects.values().get()

    answer = client.post(f"{LIST}{store.pk}/", data)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["secret"]
    assert RecordStore.objects.values().get() == before
    assert client.post(f"{LIST}{store.pk}/", data | {"secret": "nieuw"}).status_code == 302


@pytest.mark.parametrize(
    ("state", "may_move"),
    [
        ({}, False),
        ({"due_at": None, "delivered_at": timezone.now()}, False),
        ({"due_at": None, "may_be_there": True}, False),
        ({"due_at": None, "failed_at": timezone.now(), "problem": "address"}, True),
    ],
    ids=["waiting", "delivered", "perhaps there", "refused"],
)
def test_a_store_that_has_something_stays_on_its_host(
    client: Client,
    placement: Placement,
    make_store: MakeStore,
    state: dict[str, Any],
    may_move: bool,
) -> None:
    store = make_store("https://lrs.school.example/xapi/")
    learned = queries.learned_from([factories.activity(placement)], [], with_words=False)
    actions.let_go(placement, store, learned, language="nl", at=timezone.now())
    Statement.objects.update(**state)

    answer = client.post(f"{LIST}{store.pk}/", sent("https://elders.example/xapi/"))

    if may_move:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    (said,) = answer.context["form"].errors["endpoint"]
    assert "lrs.school.example" in said
    store.refresh_from_db()
    assert store.endpoint == "https://lrs.school.example/xapi/"
    # Another path there is still the same store.
    assert (
        client.post(f"{LIST}{store.pk}/", sent("https://lrs.school.example/x/")).status_code == 302
    )


def test_a_name_is_there_once_and_stores_are_few(client: Client, make_store: MakeStore) -> None:
    make_store("https://lrs.example/")
    again = client.post(NEW, sent("https://lrs.example/", name="LEREN van onze school"))
    assert again.status_code == 422

    for number in range(MOST_STORES - 1):
        make_store("https://lrs.example/", name=f"Nog een {number}")
    assert client.post(NEW, sent("https://lrs.example/", name="Te veel")).status_code == 422
    assert RecordStore.objects.count() == MOST_STORES


def test_a_store_with_records_stays(
    client: Client, placement: Placement, make_store: MakeStore
) -> None:
    used, unused = make_store("https://a.example/"), make_store("https://b.example/", name="Ander")
    learned = queries.learned_from([factories.activity(placement)], [], with_words=False)
    actions.let_go(placement, used, learned, language="nl", at=timezone.now())

    client.post(f"{LIST}{used.pk}/delete/")
    client.post(f"{LIST}{unused.pk}/delete/")

    assert list(RecordStore.objects.all()) == [used]
    assert not AuditEntry.objects.filter(details__record_store=used.pk, details__change="removed")


def test_another_school_has_other_stores(client: Client, make_store: MakeStore) -> None:
    elsewhere = make_store("https://lrs.example/", institution=factories.institution())

    assert client.get(f"{LIST}{elsewhere.pk}/").status_code == 404
    assert client.post(f"{LIST}{elsewhere.pk}/test/").status_code == 404
    assert client.post(f"{LIST}{elsewhere.pk}/delete/").status_code == 404
    assert list(client.get(LIST).context["stores"]) == []

"""What OpenID Connect must not let through: a provider that says whatever an attacker wants."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.integrations.campus import oidc
from stageapp.integrations.campus.models import CampusProvider
from stageapp.integrations.campus.rules import CampusError
from tests.integrations.campus import campus
from tests.integrations.campus.conftest import CLIENT_ID, Peer

pytestmark = pytest.mark.django_db

KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


def jwk(key: rsa.RSAPrivateKey, kid: str = "k") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return told | {"kid": kid, "use": "sig"}


class Provider(ThreadingHTTPServer):
    """A provider of which a test changes anything that it says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.reset()

    def reset(self) -> None:
        self.sent: dict[str, Any] = {}
        self.configuration: Any = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/auth?tenant=1",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/me",
            "jwks_uri": f"{self.address}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self.jwks: Any = {"keys": [jwk(KEY)]}
        self.tokens: dict[str, Any] = {"access_token": "a", "token_type": "Bearer"}
        self.status = 200
        self.me: Any = {"sub": "sanne", **campus.claims()}
        self.raw: dict[str, bytes] = {}

    def answer_to(self, path: str) -> Any:
        return {
            "/.well-known/openid-configuration": self.configuration,
            "/jwks": self.jwks,
            "/token": self.tokens,
            "/me": self.me,
        }[path]


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        told = self.server.raw.get(path)
        body = json.dumps(self.server.answer_to(path)).encode() if told is None else told
        self.send_response(self.server.status if path == "/token" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.sent = {name: one[0] for name, one in parse_qs(sent).items()}
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    made = Provider()
    thread = Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


@pytest.fixture
def bad(server: Provider) -> Provider:
    server.reset()
    return server


@pytest.fixture
def provider(bad: Provider) -> CampusProvider:
    made = campus.openid(bad)  # type: ignore[arg-type]
    campus.rule(made)
    return made


def begun(client: Client, provider: CampusProvider) -> dict[str, str]:
    """Begin, and return what we asked."""
    query = parse_qs(urlsplit(campus.begin(client, provider)).query)
    return {name: one[0] for name, one in query.items()}


def token(bad: Provider, asked: dict[str, str], key: Any = KEY, **others: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": bad.address,
        "aud": CLIENT_ID,
        "sub": "sanne",
        "iat": now,
        "exp": now + 300,
        "nonce": asked["nonce"],
    } | others
    claims = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k"})


def come_back(client: Client, provider: CampusProvider, **query: str) -> Any:
    return client.get(
        f"/login/campus/{provider.pk}/callback/",
        {"code": "c"} | query,
        headers={"host": "127.0.0.1"},
    )


def test_what_we_ask_is_bound_to_this_browser_and_this_provider(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    asked = begun(client, provider)

    assert asked["tenant"] == "1"
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"] == f"http://127.0.0.1/login/campus/{provider.pk}/callback/"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 32
    assert len(asked["nonce"]) >= 32

    bad.tokens["id_token"] = token(bad, asked)
    answer = come_back(client, provider, state=asked["state"])

    assert answer["Location"] == "/"
    digest = hashlib.sha256(bad.sent["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert bad.sent["redirect_uri"] == asked["redirect_uri"]


def test_provider_that_failed_is_left_in_peace_for_a_moment(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    go = f"/login/campus/{provider.pk}/go/"
    bad.raw["/.well-known/openid-configuration"] = b"no"
    assert campus.refusal(client.get(go, headers={"host": "127.0.0.1"})) == "unusable"

    bad.reset()
    assert campus.refusal(client.get(go, headers={"host": "127.0.0.1"})) == "unusable"
    # An administrator who tests it sees what is there now, and so does everybody after that.
    oidc.configuration_of(provider, anew=True)
    assert client.get(go, headers={"host": "127.0.0.1"}).status_code == 302


def _unsigned(bad: Provider, asked: dict[str, str]) -> str:
    _head, body, _signature = token(bad, asked).split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k"}').rstrip(b"=").decode()
    return f"{head}.{body}."


def _by_the_public_key(bad: Provider, asked: dict[str, str]) -> str:
    """Sign with a shared secret that everybody knows: the public key itself."""
    _head, body, _signature = token(bad, asked).split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"k"}').rstrip(b"=").decode()
    made = hmac.digest(json.dumps(jwk(KEY)).encode(), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def _tampered(bad: Provider, asked: dict[str, str]) -> str:
    head, _body, signature = token(bad, asked).split(".")
    other = token(bad, asked, sub="somebody-else").split(".")[1]
    return f"{head}.{other}.{signature}"


TOKENS: dict[str, tuple[Any, str]] = {
    "of another issuer": (lambda b, a: token(b, a, iss="https://elders.example"), "issuer"),
    "for another application": (lambda b, a: token(b, a, aud="another"), "audience"),
    "for us and others, and meant for those": (
        lambda b, a: token(b, a, aud=[CLIENT_ID, "other"], azp="other"),
        "audience",
    ),
    "for us and others, without saying for whom": (
        lambda b, a: token(b, a, aud=[CLIENT_ID, "other"]),
        "audience",
    ),
    "that is over": (lambda b, a: token(b, a, exp=int(time.time()) - 3600), "clock"),
    "from the future": (lambda b, a: token(b, a, iat=int(time.time()) + 3600), "clock"),
    "that never ends": (lambda b, a: token(b, a, exp=...), "unusable"),
    "of another sign-in": (lambda b, a: token(b, a, nonce="another"), "replayed"),
    "of no sign-in at all": (lambda b, a: token(b, a, nonce=...), "replayed"),
    "signed with another key": (lambda b, a: token(b, a, key=OTHER_KEY), "signature"),
    "not signed": (_unsigned, "signature"),
    "signed with our public key as a secret": (_by_the_public_key, "signature"),
    "changed after signing": (_tampered, "signature"),
    "of nobody": (lambda b, a: token(b, a, sub=...), "unusable"),
    "of an empty name": (lambda b, a: token(b, a, sub=""), "no_subject"),
    "of a number": (lambda b, a: token(b, a, sub=7), "no_subject"),
    "with another access token": (lambda b, a: token(b, a, at_hash="x"), "signature"),
    "that is no token": (lambda _b, _a: "a.b.c", "unusable"),
    "that is no text": (lambda _b, _a: {"a": 1}, "unusable"),
}


@pytest.mark.parametrize("name", TOKENS)
def test_refuses_a_token(
    client: Client, bad: Provider, provider: CampusProvider, name: str
) -> None:
    make, why = TOKENS[name]
    asked = begun(client, provider)
    bad.tokens["id_token"] = make(bad, asked)

    answer = come_back(client, provider, state=asked["state"])

    assert campus.refusal(answer) == why
    assert not User.objects.filter(email=f"sanne@{campus.HOME}").exists()
    entry = AuditEntry.objects.get(kind=Kind.SIGN_IN_FAILED)
    assert entry.details["how"] == f"campus: {why}"
    assert entry.institution_key == provider.institution_id


def test_refuses_what_another_browser_began(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    asked = begun(client, provider)
    bad.tokens["id_token"] = token(bad, asked)

    assert campus.refusal(come_back(Client(), provider, state=asked["state"])) == "lost"


def test_refuses_the_same_answer_twice(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    asked = begun(client, provider)
    bad.tokens["id_token"] = token(bad, asked)
    assert come_back(client, provider, state=asked["state"]).status_code == 302
    client.post("/logout/", headers={"host": "127.0.0.1"})

    assert campus.refusal(come_back(client, provider, state=asked["state"])) == "lost"


def test_refuses_an_answer_that_names_another_issuer(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    asked = begun(client, provider)

    answer = come_back(client, provider, state=asked["state"], iss="https://elders.example")

    assert campus.refusal(answer) == "issuer"


def test_refuses_a_configuration_of_another_issuer(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    bad.configuration["issuer"] = "https://elders.example"

    answer = client.get(f"/login/campus/{provider.pk}/go/", headers={"host": "127.0.0.1"})

    assert campus.refusal(answer) == "issuer"


def test_refuses_what_is_told_of_another_person(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    asked = begun(client, provider)
    bad.tokens["id_token"] = token(bad, asked)
    bad.me["sub"] = "somebody-else"

    assert campus.refusal(come_back(client, provider, state=asked["state"])) == "signature"


@pytest.mark.parametrize("error", ["access_denied", "login_required"])
def test_who_thinks_better_of_it_is_told_so(
    client: Client, bad: Provider, provider: CampusProvider, error: str
) -> None:
    asked = begun(client, provider)

    answer = come_back(client, provider, state=asked["state"], error=error)

    assert campus.refusal(answer) == "cancelled"
    assert not AuditEntry.objects.filter(kind=Kind.SIGN_IN_FAILED).exists()


def test_says_that_a_code_is_over(client: Client, bad: Provider, provider: CampusProvider) -> None:
    asked = begun(client, provider)
    bad.status, bad.tokens = 400, {"error": "invalid_grant"}

    assert campus.refusal(come_back(client, provider, state=asked["state"])) == "expired"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token", "/me"])
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"7", b"\x00\xff", b"[" * 100_000, b'{"a":' + b'"x' * 600_000, b"{}"],
    ids=["empty", "html", "list", "number", "bytes", "deep", "huge", "object"],
)
def test_whatever_the_provider_answers_there_is_a_page(
    client: Client, bad: Provider, provider: CampusProvider, path: str, body: bytes
) -> None:
    bad.raw[path] = body
    answer = client.get(f"/login/campus/{provider.pk}/go/", headers={"host": "127.0.0.1"})
    if answer.status_code == 302:
        query = parse_qs(urlsplit(answer["Location"]).query)
        bad.tokens["id_token"] = token(bad, {"nonce": query["nonce"][0]})
        answer = come_back(client, provider, state=query["state"][0])

    assert campus.refusal(answer) in {"unusable", "unreachable", "issuer", "signature"}


def test_address_that_is_not_public_is_not_called(
    client: Client, bad: Provider, provider: CampusProvider, settings: Any
) -> None:
    settings.OUTGOING_HOSTS = []

    answer = client.get(f"/login/campus/{provider.pk}/go/", headers={"host": "127.0.0.1"})

    assert campus.refusal(answer) == "unreachable"


def test_keys_that_change_are_found(client: Client, openid_peer: Peer) -> None:
    provider = campus.openid(openid_peer)
    campus.rule(provider)
    openid_peer.tell("person", sub="joris", claims=campus.claims("joris@hogeschool.example"))
    assert campus.by_openid(client, provider, openid_peer, "joris").status_code == 302

    openid_peer.tell("rotate", kid="second")

    again = Client()
    answer = campus.by_openid(again, provider, openid_peer, "joris")
    assert answer["Location"] == "/"


def test_signing_out_offers_to_sign_out_there_as_well(client: Client, openid_peer: Peer) -> None:
    provider = campus.openid(openid_peer)
    campus.rule(provider)
    openid_peer.tell("person", sub="anna", claims=campus.claims("anna@hogeschool.example"))
    campus.by_openid(client, provider, openid_peer, "anna")

    out = client.post("/logout/", headers={"host": "127.0.0.1"})
    page = client.get(out["Location"], headers={"host": "127.0.0.1"}).content.decode()

    assert "/out/there/" in page
    there = client.get(
        out["Location"].replace("/out/", "/out/there/"), headers={"host": "127.0.0.1"}
    )
    answer = requests.get(there["Location"], timeout=20)
    assert answer.ok
    assert there["Location"].startswith(openid_peer.address)


nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(
    keys=st.fixed_dictionaries({"keys": nonsense}) | nonsense,
    header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit"]), nonsense),
    claims=st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf"]), nonsense),
)
def test_any_token_and_any_keys_are_refused_in_words(keys: Any, header: Any, claims: Any) -> None:
    provider = CampusProvider(pk=1, issuer="https://i.example", client_id="c")

    def part(told: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()

    made = f"{part(header)}.{part(claims)}.AAAA"
    address = "http://127.0.0.1:1/keys"
    cache.set(f"campus:jwks:{hashlib.sha256(address.encode()).hexdigest()}", keys)
    configuration = {"issuer": "https://i.example", "jwks_uri": address}

    with pytest.raises(CampusError):
        oidc.verified_claims(provider, configuration, made)


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Sanne \ud800 Bakker"},
        {"email": "san\ud800ne@hogeschool.example"},
        {"eduperson_affiliation": ["student", "\udfff"]},
        {"locale": "\ud800"},
        {"\ud800": "\ud800"},
    ],
)
def test_half_characters_that_no_database_keeps_are_no_error(
    client: Client, bad: Provider, provider: CampusProvider, told: dict[str, Any]
) -> None:
    asked = begun(client, provider)
    bad.me |= told
    bad.tokens["id_token"] = token(bad, asked)

    assert come_back(client, provider, state=asked["state"]).status_code in (302, 400)


def test_key_of_half_characters_is_no_key(
    client: Client, bad: Provider, provider: CampusProvider
) -> None:
    asked = begun(client, provider)
    bad.me["sub"] = "\ud800"
    bad.tokens["id_token"] = token(bad, asked, sub="\ud800")

    assert campus.refusal(come_back(client, provider, state=asked["state"])) == "no_subject"

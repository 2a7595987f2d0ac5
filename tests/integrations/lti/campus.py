"""The other side: a learning environment, by an independent implementation (`lti1p3platform`).

It signs launches, gives access tokens and keeps lists of courses. Beside it stand tokens that it
would never make, by PyJWT alone.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.membership import Context
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request
from lti1p3platform.response import generate_next_link
from lti1p3platform.service_connector import NamesRoleProvisioningService

from stageapp.integrations.lti.models import Deployment, Platform
from stageapp.programmes.models import Institution

ORIGIN = "http://testserver"
LAUNCH = f"{ORIGIN}/lti/launch/"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
LEARNER, INSTRUCTOR = f"{CONTEXT}#Learner", f"{CONTEXT}#Instructor"
CLIENT_ID, DEPLOYMENT = "client-1", "deployment-1"

_keys: list[rsa.RSAPrivateKey] = []


def key_pair(number: int = 0) -> rsa.RSAPrivateKey:
    """Return one of a few key pairs, made once: it takes a while."""
    while len(_keys) <= number:
        _keys.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return _keys[number]


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_pem(key: rsa.RSAPrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


class _Conf(LTI1P3PlatformConfAbstract):  # type: ignore[misc]  # it has no types
    def init_platform_config(self, *, registration: Registration) -> None:
        self._registration = registration

    def get_registration_by_params(self, **_kwargs: Any) -> Registration:
        assert self._registration
        return self._registration


class _Asked(Request):  # type: ignore[misc]
    """A request as the implementation wants it."""

    def build_metadata(self, request: dict[str, Any]) -> Any:
        return {
            "method": request.get("method", "GET"),
            "form_data": request.get("form", {}),
            "get_data": request.get("query", {}),
            "headers": request.get("headers", {}),
            "content_type": None,
            "path": "",
            "json": None,
        }


class _Login(OIDCLoginAbstract):  # type: ignore[misc]
    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> str:
        return url


class _Launch(LTIAdvantageMessageLaunchAbstract):  # type: ignore[misc]
    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return launch_data


class _Lists(NamesRoleProvisioningService):  # type: ignore[misc]
    campus: "Campus"

    def get_member_data_page(
        self,
        page: int = 1,
        limit: int | None = None,
        role: str | None = None,
        since: str | None = None,
    ) -> Any:
        rows, size = self.campus.members, self.campus.page_size
        shown = rows[(page - 1) * size : page * size]
        return {"content": shown, "has_next": page * size < len(rows), "next": None}

    def get_context_by_id(self) -> Context:
        return Context(id="course-1", label="ICT", title="Stage ICT")


class Campus:
    """A learning environment with its own keys, at an address of its own."""

    def __init__(self, key: rsa.RSAPrivateKey, url: str = "http://127.0.0.1:1") -> None:
        self.key, self.url = key, url
        self.tool_keys: dict[str, Any] = {"keys": []}
        self.members: list[dict[str, Any]] = []
        self.page_size = 2
        self.asked: list[str] = []
        #: What to answer instead, by path.
        self.instead: dict[str, tuple[int, bytes]] = {}
        self.registered: list[dict[str, Any]] = []
        #: Where Stage-App is.
        self.tool = ORIGIN

    @property
    def issuer(self) -> str:
        return self.url

    @property
    def kid(self) -> str:
        kid: str = Registration.get_jwk(public_pem(self.key))["kid"]
        return kid

    def registration(self) -> Registration:
        made = Registration()
        made.set_iss(self.issuer).set_client_id(CLIENT_ID).set_deployment_id(DEPLOYMENT)
        made.set_launch_url(f"{self.tool}/lti/launch/")
        made.set_deeplink_launch_url(f"{self.tool}/lti/launch/")
        made.set_oidc_login_url(f"{self.tool}/lti/login/")
        made.set_platform_private_key(pem(self.key)).set_platform_public_key(public_pem(self.key))
        made.set_tool_key_set(self.tool_keys)
        return made

    def conf(self) -> _Conf:
        return _Conf(registration=self.registration())

    def register(self, institution: Institution, **fields: Any) -> Platform:
        """Register this environment for an institution, as an administrator does."""
        platform = Platform.objects.create(
            **{
                "institution": institution,
                "name": "Canvas",
                "issuer": self.issuer,
                "client_id": CLIENT_ID,
                "auth_url": f"{self.url}/auth",
                "token_url": f"{self.url}/token",
                "jwks_url": f"{self.url}/jwks",
            }
            | fields
        )
        Deployment.objects.create(platform=platform, deployment_id=DEPLOYMENT)
        return platform

    # A launch

    def login_address(self, user: str = "user-1") -> str:
        """Return where the environment sends the browser first."""
        login = _Login(None, self.conf())
        login.set_lti_message_hint(hint="link-1")
        address: str = login.initiate_login(user)
        return address

    def message(self, asked: dict[str, str], **said: Any) -> _Launch:
        """Return a launch in the making: who it is and what for."""
        launch = _Launch(_Asked({"query": asked}), self.conf())
        launch.set_user_data(
            said.get("user", "user-1"),
            said.get("roles", [LEARNER]),
            said.get("name", "Sanne Bakker"),
            said.get("email", "sanne@student.example"),
        )
        launch.set_resource_link_claim("link-1")
        launch.set_launch_presentation_claim(said.get("where", "iframe"))
        if said.get("course", "course-1"):
            launch.set_launch_context_claim(said.get("course", "course-1"), [], "Stage ICT", "ICT")
        if said.get("lists"):
            launch.set_nrps(f"{self.url}/members")
        if said.get("deep_link"):
            launch.set_dl(f"{self.url}/chosen", extra_data="as it was")
        if said.get("target"):
            launch.set_launch_url(said["target"])
        launch.set_extra_claims(said.get("more", {}))
        return launch

    def answer(self, asked: dict[str, str], **said: Any) -> dict[str, str]:
        """Return the form that the environment sends back."""
        told = self.message(asked, **said).lti_launch()
        return {"state": told["state"], "id_token": told["id_token"]}

    def claims(self, asked: dict[str, str], **said: Any) -> dict[str, Any]:
        """Return what stands in its answer, to make another one of."""
        claims: dict[str, Any] = jwt.decode(
            self.answer(asked, **said)["id_token"], options={"verify_signature": False}
        )
        return claims

    def forged(
        self,
        claims: dict[str, Any],
        *,
        key: Any = None,
        algorithm: str = "RS256",
        kid: str | None = None,
    ) -> str:
        """Return a token that says this, signed in some way."""
        return jwt.encode(
            claims,
            pem(self.key) if key is None else key,
            algorithm=algorithm,
            headers={"kid": kid or self.kid},
        )

    # What it serves

    def serve(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: Any
    ) -> Any:
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path]
        if path == "/jwks":
            return 200, json.dumps({"keys": self.registration().get_jwks()}).encode()
        if path == "/token":
            return self._token(dict(parse_qsl(body.decode())))
        if path == "/members":
            return self._members(query, headers)
        if path == "/openid":
            return 200, json.dumps(self.openid()).encode()
        if path == "/register":
            self.registered.append(
                json.loads(body) | {"authorization": headers.get("Authorization")}
            )
            tool = "https://purl.imsglobal.org/spec/lti-tool-configuration"
            given = {"client_id": "given-1", tool: {"deployment_id": "given-deployment"}}
            return 201, json.dumps(given).encode()
        return 404, b""

    def _token(self, form: dict[str, str]) -> tuple[int, bytes]:
        try:
            return 200, json.dumps(self.conf().get_access_token(form)).encode()
        except Exception:
            return 400, json.dumps({"error": "invalid_client"}).encode()

    def _members(self, query: dict[str, str], headers: Any) -> Any:
        numbered: dict[str, Any] = {**query, "page": int(query.get("page", "1"))}
        asked = _Asked({"query": numbered, "headers": headers})
        lists = _Lists(asked, self.conf(), f"{self.url}/members")
        lists.campus = self
        answer = lists.handle_get_members()
        following = numbered["page"] * self.page_size < len(self.members)
        # The implementation says this in the answer itself; the standard in a header.
        link = generate_next_link(f"{self.url}/members?page={numbered['page'] + 1}")
        return answer.code, json.dumps(answer.result).encode(), link if following else ""

    def openid(self) -> dict[str, Any]:
        """Return what it announces to who wants to register."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "registration_endpoint": f"{self.url}/register",
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": "moodle",
                "version": "4.5",
            },
        }


@contextmanager
def served(
    campus: Campus, pages: dict[str, Callable[[dict[str, str]], bytes]] | None = None
) -> Iterator[Campus]:
    """Let an environment answer at a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve("GET", b"")

        def do_POST(self) -> None:
            self._serve("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _serve(self, method: str, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
            if pages and parts.path in pages:
                self._send(200, pages[parts.path](query), "text/html")
                return
            status, data, *link = campus.serve(method, parts.path, query, body, self.headers)
            self._send(status, data, "application/json", "".join(link))

        def _send(self, status: int, data: bytes, kind: str, link: str = "") -> None:
            self.send_response(status)
            if link:
                self.send_header("Link", link)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    campus.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield campus
    server.shutdown()
    server.server_close()
    thread.join()


def asked_by_us(answer: Any) -> dict[str, str]:
    """Return what we asked the environment when we led the browser to it."""
    assert answer.status_code == 302, answer.content.decode()
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def begin(client: Client, campus: Campus, user: str = "user-1", **headers: str) -> dict[str, str]:
    """Open the application from a course, as far as the environment."""
    return asked_by_us(client.get(campus.login_address(user), headers=headers))


def launch(client: Client, campus: Campus, **said: Any) -> Any:
    """Open the application from a course."""
    asked = begin(client, campus)
    return client.post("/lti/launch/", campus.answer(asked, **said))


def now() -> int:
    return int(time.time())

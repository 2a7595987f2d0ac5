"""What the tests of the API share: a program with a token."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.api.actions import make_token
from stageapp.api.rules import Scope

V1 = "/api/v1"


def token_of(person: User, *scopes: str, **options: Any) -> str:
    """Return the secret of a token with these scopes; all of them where none is named."""
    now = timezone.now()
    return make_token(
        person,
        options.get("name", "Proef"),
        scopes or list(Scope),
        expires_at=options.get("expires_at", now + timedelta(days=30)),
        client_id=uuid.uuid4(),
        at=now,
    ).secret


class Program:
    """Another program, that acts for a person with a token."""

    def __init__(self, person: User | None, *scopes: str, language: str = "nl") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Accept-Language": language}
        if person:
            self.headers["Authorization"] = f"Bearer {token_of(person, *scopes)}"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; `body` goes as JSON."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            path if path.startswith("/api") else f"{V1}{path}",
            sent,
            content_type="application/json" if body is not None else "",
            headers=self.headers | names,
        )

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Make, or do."""
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, match: str = "*") -> Any:
        """Change."""
        return self.call("PATCH", path, body, If_Match=match)

    def delete(self, path: str, **headers: str) -> Any:
        """Remove."""
        return self.call("DELETE", path, **headers)

"""The API does what its document says, as an independent tester (Schemathesis) reads it.

It sends what fits the document and what does not, to the real application, with the tokens of a
student, a teacher and an administrator, and compares every answer with the document.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, assume, given, settings
from pytest_django import Settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.modes import GenerationMode

from stageapp.api.v1.document import document
from tests.api.helpers import token_of
from tests.api.sent import KEYS
from tests.examples import ONE_IN
from tests.test_access_matrix import World, world

__all__ = ["world"]

pytestmark = pytest.mark.django_db
PEOPLE = ("owner", "teacher", "admin")
NO_SUCH_KEY = 999_999
EXAMPLES = 25 if ONE_IN == 1 else 2
#: Beside what went well: rules that no schema can say (a day within the placement, a key of one's
#: own list), the state of a thing, and a version that was not read.
RULES = ["2xx", "304", "401", "403", "404", "409", "412", "422"]
CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": RULES},
        "negative_data_rejection": {
            "expected-statuses": ["400", "401", "403", "404", "405", "406", "409", "412", "413",
                                  "415", "422", "428"],
        },
        "missing_required_header": {
            "expected-statuses": ["400", "401", "403", "404", "409", "415", "422", "428"]
        },
    },
    "phases": {"coverage": {"unexpected-methods": ["GET", "PUT", "POST", "DELETE", "PATCH"]}},
}  # fmt: skip


def key_of(world: World, address: str) -> dict[str, Any]:
    """Return keys of things that there are, for an address."""
    kind = next((name for part, name in KEYS.items() if part in address), "")
    keys = {"pk": world.keys.get(kind), "key": "days", "role": "teacher"}
    keys["programme"] = world.keys["programme"]
    return {name: key for name, key in keys.items() if f"{{{name}}}" in address}


def with_keys(world: World) -> dict[str, Any]:
    """Return the document with keys of things that there are, so that more than 404 is tried."""
    told = deepcopy(document())
    for address, operations in told["paths"].items():
        keys = key_of(world, address)
        for parameter in (
            one for operation in operations.values() for one in operation["parameters"]
        ):
            if parameter["name"] in ("pk", "key"):
                other = NO_SUCH_KEY if parameter["name"] == "pk" else "none"
                parameter["schema"]["enum"] = [keys[parameter["name"]], other]
    return told


def without_tokens() -> dict[str, Any]:
    """Return the document as if everybody were let in: who is not is tried with the other one."""
    told = deepcopy(document())
    for operations in told["paths"].values():
        for operation in operations.values():
            del operation["security"]
    return told


@pytest.fixture(autouse=True)
def _without_limits(settings: Settings) -> None:
    """Requests come faster here than anybody may send them."""
    settings.LIMITS = ()


OPERATIONS = [
    (address, method, operation["operationId"])
    for address, operations in document()["paths"].items()
    for method, operation in operations.items()
]
#: Everybody tries everything where there is time, else each operation one of them, in turn.
CASES = [
    pytest.param(address, method, who, id=f"{name}-{who}")
    for number, (address, method, name) in enumerate(OPERATIONS)
    for place, who in enumerate(PEOPLE)
    if ONE_IN == 1 or place == number % len(PEOPLE)
]


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Leave the connection of the test open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def loaded(told: dict[str, Any]) -> Any:
    """Return a document as it is tried against this application."""
    schema = schemathesis.openapi.from_dict(told, config=SchemathesisConfig.from_dict(CONFIG))
    schema.app = get_wsgi_application()
    return schema


@pytest.fixture(scope="module")
def right(world: World) -> Any:
    """For requests that fit the document."""
    return loaded(with_keys(world))


@pytest.fixture(scope="module")
def wrong() -> Any:
    """For requests that do not."""
    return loaded(without_tokens())


@pytest.mark.parametrize(("address", "method", "who"), CASES)
def test_every_answer_is_one_that_the_document_promises(
    world: World, right: Any, wrong: Any, address: str, method: str, who: str
) -> None:
    person = world.people[who]
    assert person
    headers = {"Authorization": f"Bearer {token_of(person)}"}

    def conforms(case: Any) -> None:
        assume(not is_lost_on_the_way(case))
        # What one request changed is there again for the next.
        with transaction.atomic():
            case.call_and_validate(headers=headers)
            transaction.set_rollback(True)

    strategies = [right[address][method].as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if can_be_wrong(address, method):
        keys = key_of(world, address) or None
        strategies.append(
            wrong[address][method].as_strategy(
                generation_mode=GenerationMode.NEGATIVE, path_parameters=keys
            )
        )
    for strategy in strategies:
        settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))(
            given(case=strategy)(conforms)
        )()


def is_lost_on_the_way(case: Any) -> bool:
    """Return whether what is wrong about a request is not in it: a form has no empty lists."""
    is_form = str(case.media_type).startswith("multipart/")
    return is_form and isinstance(case.body, dict) and [] in case.body.values()


def can_be_wrong(address: str, method: str) -> bool:
    """Return whether something can be sent that does not fit, beside a key."""
    operation = document()["paths"][address][method]
    names = {(one["in"], one["name"]) for one in operation["parameters"]}
    return (
        "requestBody" in operation
        or ("header", "If-Match") in names
        or any(place == "query" for place, _name in names)
    )

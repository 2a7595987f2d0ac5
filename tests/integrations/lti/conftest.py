"""A school with a learning environment."""

from collections.abc import Iterator
from typing import Any

import pytest

from stageapp.integrations.lti.models import Platform
from stageapp.programmes.models import Cohort, Institution
from tests import factories
from tests.integrations.lti.campus import Campus, key_pair, served


@pytest.fixture(scope="session")
def _server() -> Iterator[Campus]:
    with served(Campus(key_pair())) as campus:
        yield campus


@pytest.fixture
def campus(_server: Campus, settings: Any, request: Any) -> Campus:
    settings.OUTGOING_HOSTS = ["127.0.0.1"]
    _server.key = key_pair()
    _server.tool_keys = {"keys": []}
    _server.members, _server.asked, _server.registered = [], [], []
    _server.instead = {}
    return _server


@pytest.fixture
def school() -> Institution:
    return factories.institution()


@pytest.fixture
def cohort(school: Institution) -> Cohort:
    return factories.cohort(programme=factories.programme("HBO-ICT", institution=school))


@pytest.fixture
def platform(campus: Campus, school: Institution) -> Platform:
    return campus.register(school)

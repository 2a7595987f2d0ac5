"""A student who asked the supervisor something, and the link that went by mail."""

import pytest

from stageapp.invitations.models import Invitation
from tests import factories
from tests.invitations.guest import share
from tests.notifications.conftest import inbox

__all__ = ["inbox", "invitation"]


@pytest.fixture
def invitation() -> Invitation:
    placement = factories.placement(factories.person("Youssef Amrani"))
    return share(factories.guest_question(placement, "Hoe doen jullie dit?"))

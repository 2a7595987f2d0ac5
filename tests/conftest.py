"""What every test gets."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from hypothesis import settings
from pytest_django import DjangoDbBlocker
from time_machine import TimeMachineFixture

from tests import empty_database
from tests.day import TODAY
from tests.examples import NEW

# A busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None, derandomize=not NEW)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Return whether there is a database to start from, as the migrations would make it."""
    return empty_database.start_from_kept()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Keep the database for the next run."""
    with django_db_blocker.unblock():
        empty_database.keep()


@pytest.fixture(autouse=True)
def _no_limits_left() -> Iterator[None]:
    """Forget the attempts that other tests made to sign in."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def _one_day(time_machine: TimeMachineFixture) -> None:
    """Run a test at noon of the day TODAY, so that midnight does not pass meanwhile."""
    noon = datetime.combine(TODAY, time(12), tzinfo=ZoneInfo(django_settings.TIME_ZONE))
    time_machine.move_to(noon)

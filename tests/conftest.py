"""What every test gets."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from hypothesis import settings

# A busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _no_limits_left() -> Iterator[None]:
    """Forget the attempts that other tests made to sign in."""
    cache.clear()
    yield
    cache.clear()

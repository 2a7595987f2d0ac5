"""What every test gets."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_limits_left() -> Iterator[None]:
    """Forget the attempts that other tests made to sign in."""
    cache.clear()
    yield
    cache.clear()

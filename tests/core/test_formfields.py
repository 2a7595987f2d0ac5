"""Fields that Django does not have."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from stageapp.core.durations import duration_text
from stageapp.core.formfields import DurationInput


@given(st.integers(0, 23), st.integers(0, 59))
def test_duration_of_any_hours_and_minutes_comes_back(hours: int, minutes: int) -> None:
    field = DurationInput(required=False)
    total = hours * 60 + minutes
    if total == 0:
        with pytest.raises(forms.ValidationError):
            field.clean([str(hours), str(minutes)])
        return

    assert field.clean([str(hours), str(minutes)]) == total
    assert field.widget.decompress(total) == [hours, minutes]


@given(st.text(max_size=6), st.text(max_size=6))
def test_duration_never_fails_in_another_way_than_by_saying_so(hours: str, minutes: str) -> None:
    try:
        value = DurationInput(required=False).clean([hours, minutes])
    except forms.ValidationError:
        return

    assert value is None or 1 <= value <= 1440


@pytest.mark.parametrize(
    ("minutes", "text"), [(45, "45 min"), (60, "1 u"), (100, "1 u 40 min"), (1440, "24 u")]
)
def test_duration_is_written_as_people_say_it(minutes: int, text: str) -> None:
    assert duration_text(minutes) == text

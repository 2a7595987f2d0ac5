"""What administrators are told of numbers of students: nothing below five, nor by subtraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.tips.rules import (
    SMALLEST_GROUP,
    is_tellable,
    told_each,
    told_of_two,
    told_together,
    told_total,
)

groups = st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


def small(number: int) -> bool:
    return 1 <= number < SMALLEST_GROUP


@pytest.mark.parametrize(
    ("count", "whole", "told"),
    [
        (18, 140, True), (5, 10, True), (5, 5, True), (140, 140, True), (135, 140, True),
        (4, 140, False), (0, 140, False), (136, 140, False), (139, 140, False), (5, 6, False),
        (4, 4, False), (0, 0, False), (6, 5, False),
    ],
)  # fmt: skip
def test_number_is_told_from_five_on_when_what_it_leaves_is_too(
    count: int, whole: int, told: bool
) -> None:
    assert is_tellable(count, whole) == told


def test_sum_is_told_when_each_group_can_be() -> None:
    assert told_together([(18, 140), (5, 20)]) == (23, 160)
    assert told_together([(18, 140), (4, 20)]) is None
    assert told_together([(18, 140), (0, 0)]) == (18, 140)
    assert told_together([]) is None


@given(st.lists(groups, max_size=6), st.data())
def test_hidden_numbers_leave_no_trace(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    """Whatever the hidden numbers were, the page is the same: so nobody can compute them."""
    told = told_each(parts)
    others = [
        part
        if shown is not None
        else data.draw(groups.filter(lambda one: not is_tellable(*one)), label="other")
        for part, shown in zip(parts, told, strict=True)
    ]

    assert told_each(others) == told
    assert told_total(told_each(others)) == told_total(told)


@given(st.lists(groups, max_size=6))
def test_what_is_told_is_five_or_more_and_so_is_what_it_leaves(
    parts: list[tuple[int, int]],
) -> None:
    told = told_each(parts)

    for shown, (count, whole) in zip(told, parts, strict=True):
        if shown is not None:
            assert shown == count >= SMALLEST_GROUP
            assert not small(whole - shown)
    known = [shown for shown in told if shown is not None]
    assert told_total(told) == (sum(known) if known else None)


@given(st.lists(groups, min_size=1, max_size=5))
def test_sums_of_any_groups_tell_nothing_small_by_their_difference(
    parts: list[tuple[int, int]],
) -> None:
    sums = {
        mask: told_together(part for bit, part in enumerate(parts) if mask >> bit & 1)
        for mask in range(1, 2 ** len(parts))
    }

    for one, first in sums.items():
        for two, second in sums.items():
            if first and second and one & two == two:
                assert not small(first[0] - second[0])
                assert not small((first[1] - first[0]) - (second[1] - second[0]))


@given(
    st.integers(0, 30).flatmap(
        lambda whole: st.tuples(st.integers(0, whole), st.integers(0, whole), st.just(whole))
    )
)
def test_two_that_exclude_each_other_tell_nothing_small(numbers: tuple[int, int, int]) -> None:
    one, two, whole = numbers
    if one + two > whole:
        one = whole - two

    first, second = told_of_two(one, two, whole)

    for shown in (first, second):
        if shown is not None:
            assert not small(shown)
            assert not small(whole - shown)
    if first is not None and second is not None:
        assert not small(whole - first - second)

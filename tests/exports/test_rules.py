"""What cells of somebody else's sheet mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.core.durations import clock_text, duration_text
from stageapp.exports import rules


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-11-24", "dmy", date(2026, 11, 24)),
        ("2026-11-24T09:30:00", "dmy", date(2026, 11, 24)),
        ("2026-11-24 09:30:00", "mdy", date(2026, 11, 24)),
        ("24-11-2026", "dmy", date(2026, 11, 24)),
        ("24/11/26", "dmy", date(2026, 11, 24)),
        ("11/24/2026", "mdy", date(2026, 11, 24)),
        ("3/4/2026", "mdy", date(2026, 3, 4)),
        ("3/4/2026", "dmy", date(2026, 4, 3)),
        ("26.11.24", "ymd", date(2026, 11, 24)),
        ("di 24 november 2026", "dmy", date(2026, 11, 24)),
        ("24 mrt 2026", "dmy", date(2026, 3, 24)),
        ("March 4, 2026", "mdy", date(2026, 3, 4)),
        ("4 maart 2026", "dmy", date(2026, 3, 4)),
        ("31-02-2026", "dmy", None),
        ("24-13-2026", "dmy", None),
        ("maandag", "dmy", None),
        ("", "dmy", None),
        ("2026", "dmy", None),
    ],
)
def test_day_of_a_cell(text: str, order: str, day: date | None) -> None:
    assert rules.day_of(text, order) == day


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["11/24/2026", "11/02/2026"], "mdy"),
        (["24-11-2026", "02-11-2026"], "dmy"),
        (["2026-11-24"], "dmy"),
        (["10/11/2026", "11/10/2026"], "dmy"),
        ([], "dmy"),
    ],
)
def test_order_follows_from_the_period(cells: list[str], order: str) -> None:
    assert rules.order_of(cells, date(2026, 9, 1), date(2027, 1, 31)) == order


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2", 120), ("1,5", 90), ("1.5", 90), ("0.25", 15), ("1:40", 100), ("01:40", 100),
        ("1u40", 100), ("1h40", 100), ("2 uur", 120), ("2 uren", 120), ("1 hour", 60),
        ("2,5 u", 150), ("90 min", 90), ("45 minuten", 45), ("1 u 40 min", 100),
        ("1 h 40 min", 100), ("", None), ("veel", None), ("1:99x", None), ("-1", None),
        ("NaN", None), ("Infinity", None), ("1e5", None), ("1e999990", None),
        ("9" * 5000 + " min", None),
    ],
)  # fmt: skip
def test_minutes_of_a_cell(text: str, minutes: int | None) -> None:
    assert rules.minutes_of(text) == minutes


@given(st.integers(1, 1440))
def test_every_duration_that_we_write_is_read_back(minutes: int) -> None:
    hours = f"{minutes / 60:.4f}"
    for text in (clock_text(minutes), duration_text(minutes), hours, hours.replace(".", ",")):
        assert rules.minutes_of(text) == minutes, text


@given(st.text(max_size=30))
def test_any_cell_gets_an_answer(text: str) -> None:
    for order in rules.ORDERS:
        rules.day_of(text, order)
    rules.minutes_of(text)
    rules.names_in(text)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_iso_dates_are_read_in_any_order(day: date) -> None:
    for order in rules.ORDERS:
        assert rules.day_of(day.isoformat(), order) == day


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Klas; Leerling", ["Klas", "Leerling"]),
        ("Klas\nLeerling", ["Klas", "Leerling"]),
        ("Jan, piet; en co\n", ["Jan, piet; en co"]),
        ("Team A; B", ["Team A; B"]),
        (" ; ;", []),
        ("Klas;Klas", ["Klas"]),
    ],
)
def test_names_in_a_cell(text: str, names: list[str]) -> None:
    assert rules.names_in(text, ["team a; b"]) == names


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([7], "7"), ([9, 3, 4, 4, 5], "3–5, 9"), ([1, 2], "1–2"), ([1, 3, 5], "1, 3, 5")],
)
def test_numbers_in_a_row_are_written_as_a_span(numbers: list[int], text: str) -> None:
    assert rules.spans(numbers) == text

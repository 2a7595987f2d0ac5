"""What the numbers of a logbook mean, in plain Python."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 24 * MINUTES_AN_HOUR
#: A day may fall this short of the placement's hours a day and still count (design, Rules).
TOLERANCE_MINUTES = 30


def worked_days(minutes_by_date: Mapping[date, int], hours_per_day: Decimal) -> int:
    """Return how many dates count as a day: hours a day minus half an hour, or more."""
    enough = hours_per_day * MINUTES_AN_HOUR - TOLERANCE_MINUTES
    return sum(1 for minutes in minutes_by_date.values() if minutes >= enough)


def offers_feedback(
    *, asked: bool, level: int | None, hardest: int | None, finished: bool, cohort_offers: bool
) -> bool:
    """Return whether looking back is offered after logging (design, Offer of feedback).

    When the student asked for it; or when the cohort wants the offer and the activity is difficult
    (the hardest of its levels) and not finished.
    """
    if asked:
        return True
    is_hard = level is not None and level == hardest
    return cohort_offers and is_hard and not finished


def fits_in_day(minutes: int, minutes_already: int) -> bool:
    """Return whether a day with that much in it has room for so many minutes."""
    return minutes + minutes_already <= MINUTES_A_DAY

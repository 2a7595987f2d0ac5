"""Telling teachers of students who never share: from shared facts, once."""

from datetime import UTC, date, datetime

import pytest

from stageapp.accounts.models import User
from stageapp.guidance.actions import share_question
from stageapp.guidance.actions_notices import tell_of_silence
from stageapp.notifications.models import DailyRun, Notification
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db
#: Noon in Amsterdam; two weeks after the start.
NOON = datetime(2026, 3, 16, 11, tzinfo=UTC)
START, END = date(2026, 3, 2), date(2026, 6, 30)


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    return factories.placement(
        factories.person("Noor de Wit"), teacher=teacher, starts_on=START, ends_on=END
    )


def test_teacher_hears_of_a_student_who_shared_nothing_for_long(
    placement: Placement, teacher: User
) -> None:
    assert tell_of_silence(at=NOON) == 1

    news = Notification.objects.get()
    assert (news.person, news.actor) == (teacher, placement.student)
    assert news.path == f"/students/{placement.pk}/"


def test_it_is_told_once_however_long_it_lasts(placement: Placement) -> None:
    for day in (16, 16, 17, 20):
        tell_of_silence(at=NOON.replace(day=day))

    assert Notification.objects.count() == 1


def test_what_was_logged_says_nothing(placement: Placement) -> None:
    factories.activity(placement, "Elke dag iets")

    assert tell_of_silence(at=NOON) == 1


def test_student_who_shared_once_is_not_silent(placement: Placement, teacher: User) -> None:
    share_question(factories.question(placement, teacher=teacher), at=NOON)

    assert tell_of_silence(at=NOON) == 0


def test_nobody_hears_of_the_first_weeks(placement: Placement) -> None:
    assert tell_of_silence(at=NOON.replace(day=10)) == 0


def test_nothing_is_told_in_the_night(placement: Placement) -> None:
    assert tell_of_silence(at=NOON.replace(hour=3)) == 0
    assert not DailyRun.objects.exists()


def test_day_that_broke_off_is_done_again(
    placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("stageapp.guidance.actions_notices.notify", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            tell_of_silence(at=NOON)

    assert tell_of_silence(at=NOON) == 1

"""What was kept long enough: its people are told, and after the notice it goes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from stageapp.guidance.models import GuidanceQuestion
from stageapp.notifications.actions import send_due, set_preferences
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from stageapp.privacy import retention
from stageapp.privacy.models import PlacementNotice
from stageapp.privacy.queries import to_be_anonymised
from stageapp.privacy.retention import clear_up, keep_no_longer, remove_old_news
from stageapp.programmes.models import Institution, InstitutionAdministrator, ProgrammeMembership
from tests import factories

pytestmark = pytest.mark.django_db

ENDED = date(2024, 6, 28)
#: 24 months later is 28 June 2026; thirty days before that the student is told, the day after it
#: goes.
TOLD, GONE = date(2026, 5, 29), date(2026, 6, 29)


def morning(day: date) -> datetime:
    """Return ten o'clock in the Dutch summer."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


@pytest.fixture
def old() -> Placement:
    return factories.placement(
        factories.person(joined_at=morning(ENDED)),
        starts_on=ENDED - timedelta(weeks=20),
        ends_on=ENDED,
        is_current=False,
    )


def school_of(placement: Placement) -> Institution:
    return placement.cohort.programme.institution


def run(placement: Placement, day: date) -> None:
    keep_no_longer(Institution.objects.get(pk=school_of(placement).pk), at=morning(day))
    placement.refresh_from_db()


def told() -> list[str]:
    return list(Notification.objects.values_list("kind", flat=True))


def test_a_student_is_told_thirty_days_before_and_not_earlier(old: Placement) -> None:
    run(old, TOLD - timedelta(days=1))
    assert told() == []

    run(old, TOLD)

    news = Notification.objects.get()
    assert (news.person, news.kind) == (old.student, Kind.PLACEMENT_ENDS)
    assert news.title == "Gemeente Voorbeeld, op 29 juni 2026"


def test_it_is_made_anonymous_the_day_after_it_was_kept_long_enough(old: Placement) -> None:
    run(old, TOLD)
    run(old, GONE - timedelta(days=1))
    assert old.anonymised_at is None

    run(old, GONE)

    assert old.anonymised_at == morning(GONE)


def test_nothing_goes_without_notice_however_old_it_is(old: Placement) -> None:
    late = date(2031, 3, 10)
    run(old, late)
    assert old.anonymised_at is None

    run(old, late + timedelta(days=29))
    assert old.anonymised_at is None

    run(old, late + timedelta(days=30))
    assert old.anonymised_at is not None


def test_a_longer_time_takes_back_what_was_told(old: Placement) -> None:
    run(old, TOLD)
    Institution.objects.update(retention_months=36)

    run(old, GONE)

    assert old.anonymised_at is None
    assert not PlacementNotice.objects.exists()


def test_a_student_is_told_once_also_by_two_workers(old: Placement) -> None:
    retention.tell_student(old, at=morning(TOLD))
    retention.tell_student(Placement.objects.get(pk=old.pk), at=morning(TOLD))

    assert told() == [Kind.PLACEMENT_ENDS]


def test_the_news_goes_by_mail_and_says_when(old: Placement) -> None:
    run(old, TOLD)

    send_due(Notification, at=morning(TOLD))

    assert "29 juni 2026" in mail.outbox[0].subject
    assert reverse("my_data:overview") in mail.outbox[0].body or "news" in mail.outbox[0].body


def test_nothing_is_told_in_the_night(old: Placement) -> None:
    night = datetime(2026, 5, 29, 3, tzinfo=UTC)

    keep_no_longer(school_of(old), at=night)

    assert told() == []


def test_more_than_a_round_takes_several(old: Placement, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "A_ROUND", 2)
    for _number in range(4):
        factories.placement(
            cohort=old.cohort,
            starts_on=old.starts_on,
            ends_on=old.ends_on,
            is_current=False,
        )

    done = [keep_no_longer(school_of(old), at=morning(TOLD)) for _round in range(4)]

    assert done == [2, 2, 1, 0]
    assert PlacementNotice.objects.count() == 5


def test_placements_of_another_institution_keep_their_own_time(old: Placement) -> None:
    other = factories.placement(starts_on=old.starts_on, ends_on=old.ends_on, is_current=False)
    Institution.objects.filter(pk=school_of(other).pk).update(retention_months=60)

    run(old, TOLD)
    run(other, TOLD)

    assert list(PlacementNotice.objects.values_list("placement", flat=True)) == [old.pk]


def member(placement: Placement, role: str = "teacher", **fields: Any) -> Any:
    """Return somebody with a role who never came back."""
    person = factories.person("Karel", joined_at=morning(ENDED), **fields)
    ProgrammeMembership.objects.create(
        person=person, programme=placement.cohort.programme, role=role
    )
    return person


def test_an_account_that_nobody_uses_goes_after_a_notice(old: Placement) -> None:
    person = member(old)

    run(old, TOLD)
    assert Notification.objects.get(person=person).kind == Kind.ACCOUNT_ENDS
    send_due(Notification, at=morning(TOLD))

    run(old, GONE)
    assert not type(person).objects.filter(pk=person.pk).exists()


def test_signing_in_keeps_an_account(old: Placement, client: Client) -> None:
    person = member(old)
    run(old, TOLD)

    send_due(Notification, at=morning(TOLD))
    type(person).objects.filter(pk=person.pk).update(last_login=morning(TOLD + timedelta(days=9)))
    run(old, GONE)

    person.refresh_from_db()
    assert not hasattr(person, "retention_notice")


@pytest.mark.parametrize("why", ["guides", "administers", "runs", "is placed"])
def test_who_is_needed_keeps_the_account(old: Placement, why: str) -> None:
    person = member(old, role="administrator" if why == "administers" else "teacher")
    if why == "guides":
        factories.placement(teacher=person, cohort=old.cohort)
    if why == "runs":
        InstitutionAdministrator.objects.create(person=person, institution=school_of(old))
    if why == "is placed":
        factories.placement(person, cohort=old.cohort)

    run(old, TOLD)
    send_due(Notification, at=morning(TOLD))
    run(old, GONE)

    assert type(person).objects.filter(pk=person.pk).exists()


def test_a_student_whose_placement_is_anonymous_goes_in_the_end(old: Placement) -> None:
    student = old.student
    ProgrammeMembership.objects.create(
        person=student, programme=old.cohort.programme, role="student"
    )
    run(old, TOLD)
    run(old, GONE)
    assert student.placements.count() == 0

    run(old, GONE + timedelta(days=1))
    send_due(Notification, at=morning(GONE + timedelta(days=1)))
    run(old, GONE + timedelta(days=31))

    assert not type(student).objects.filter(pk=student.pk).exists()
    assert Placement.objects.filter(pk=old.pk).exists()


def test_news_is_kept_for_a_year(old: Placement) -> None:
    run(old, TOLD)

    remove_old_news(at=morning(TOLD) + timedelta(days=365))
    assert Notification.objects.exists()

    remove_old_news(at=morning(TOLD) + timedelta(days=365, seconds=1))
    assert not Notification.objects.exists()


def test_a_round_of_the_worker_does_it_all(old: Placement) -> None:
    factories.question(old, teacher=factories.person(), shared_at=morning(ENDED))
    clear_up(at=morning(TOLD))
    clear_up(at=morning(GONE))

    old.refresh_from_db()
    assert old.anonymised_at is not None
    assert GuidanceQuestion.objects.get().title == ""


def test_who_uses_the_app_without_signing_in_anew_keeps_the_account(old: Placement) -> None:
    person = member(old)
    session = factories.session(person)
    type(session).objects.update(last_seen_at=morning(ENDED))
    run(old, TOLD)
    send_due(Notification, at=morning(TOLD))
    type(session).objects.update(last_seen_at=morning(GONE - timedelta(days=1)))

    run(old, GONE)

    person.refresh_from_db()
    assert not hasattr(person, "retention_notice")


def test_an_old_notice_does_not_hold_after_a_longer_time_was_chosen(old: Placement) -> None:
    person = member(old)
    run(old, TOLD)
    send_due(Notification, at=morning(TOLD))
    Institution.objects.update(retention_months=60)

    run(old, TOLD + timedelta(days=1))
    assert not hasattr(type(person).objects.get(pk=person.pk), "retention_notice")

    run(old, date(2029, 5, 30))
    assert type(person).objects.filter(pk=person.pk).exists()


def test_nobody_goes_whose_mail_has_not_gone(old: Placement) -> None:
    person = member(old)
    set_preferences(
        person, dict.fromkeys(Kind, Frequency.NEVER), zone=ZoneInfo("UTC"), at=morning(ENDED)
    )
    run(old, TOLD)
    run(old, GONE)
    assert type(person).objects.filter(pk=person.pk).exists()

    send_due(Notification, at=morning(GONE))
    (told,) = (one for one in mail.outbox if one.to == [person.email])
    assert "List-Unsubscribe" not in told.extra_headers
    run(old, GONE + timedelta(days=1))
    assert not type(person).objects.filter(pk=person.pk).exists()


def test_of_several_institutions_the_one_that_keeps_longest_decides(old: Placement) -> None:
    person = member(old)
    other = factories.programme(institution=factories.institution(retention_months=36))
    ProgrammeMembership.objects.create(person=person, programme=other, role="teacher")

    run(old, TOLD)
    assert not Notification.objects.filter(person=person).exists()

    keep_no_longer(other.institution, at=morning(date(2027, 5, 29)))
    assert Notification.objects.get(person=person).title == "29 juni 2027"


def test_what_changed_since_it_was_found_is_left_alone(old: Placement) -> None:
    run(old, TOLD)
    school = Institution.objects.get(pk=school_of(old).pk)
    (found,) = to_be_anonymised(school, morning(GONE))
    Placement.objects.update(ends_on=GONE)

    assert not retention.anonymise_if_due(found, school, at=morning(GONE))
    old.refresh_from_db()
    assert old.anonymised_at is None


def test_placements_of_one_student_in_a_cohort_stay_those_of_one(old: Placement) -> None:
    second = factories.placement(
        old.student,
        cohort=old.cohort,
        starts_on=old.starts_on,
        ends_on=ENDED + timedelta(days=1),
        is_current=False,
    )
    run(old, TOLD + timedelta(days=1))
    run(old, GONE)
    assert old.anonymised_at is None

    run(old, GONE + timedelta(days=2))

    second.refresh_from_db()
    assert old.student == second.student
    assert old.student.is_nobody


def test_what_was_being_written_meanwhile_goes_the_next_day(old: Placement) -> None:
    run(old, TOLD)
    run(old, GONE)
    late = factories.activity(old, "Nog onderweg", date=ENDED)

    clear_up(at=morning(GONE + timedelta(days=1)))

    late.refresh_from_db()
    assert (late.description, late.search_text) == ("", "")


def test_one_that_fails_stops_no_other(old: Placement, monkeypatch: pytest.MonkeyPatch) -> None:
    other = factories.placement(
        cohort=old.cohort, starts_on=old.starts_on, ends_on=old.ends_on, is_current=False
    )
    tell = retention.tell_student

    def fails_for_the_first(placement: Placement, *, at: datetime) -> bool:
        if placement.pk == old.pk:
            raise OSError
        return tell(placement, at=at)

    monkeypatch.setattr(retention, "tell_student", fails_for_the_first)

    run(old, TOLD)

    assert list(PlacementNotice.objects.values_list("placement", flat=True)) == [other.pk]

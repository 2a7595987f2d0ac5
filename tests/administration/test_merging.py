"""Two accounts of one person become one: proposed by an administrator, done by that person."""

import re
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import F, OneToOneField
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.administration import tokens
from stageapp.administration.actions_merge import merge_accounts, propose_merge, withdraw_merge
from stageapp.administration.merging import POLICIES, Column, columns, leave, move
from stageapp.administration.models import Merge, MergeMail
from stageapp.administration.queries_merge import merge_at
from stageapp.audit.models import AuditEntry, Kind
from stageapp.guidance.actions import share_question
from stageapp.guidance.actions_linking import hand_over
from stageapp.guidance.models import ItemOpening, OwnWords, QuestionReader, QuestionReading
from stageapp.logbook.models import SavedItem
from stageapp.notifications.actions import send_due
from stageapp.notifications.kinds import Frequency
from stageapp.notifications.models import Digest, Notification, Preference
from stageapp.placements.models import PlacementTeacher
from stageapp.planning.models import CalendarFeed
from stageapp.privacy.models import AccountNotice, DataCopy, Removal
from stageapp.programmes.models import (
    Agreement,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
    VocabularyEntry,
)
from tests import factories
from tests.administration.people import School, give, made_school, roles_of, signed_in

pytestmark = pytest.mark.django_db

SECRET = "Dit heb ik met niemand gedeeld"
GONE = "Deze link werkt niet meer"


@pytest.fixture
def school() -> School:
    return made_school()


@pytest.fixture
def kept(school: School) -> User:
    return school.member("Sanne Bakker", email="s.bakker@school.example")


@pytest.fixture
def double(school: School) -> User:
    return school.member("Sanne Bakker", email="sanne@thuis.example")


def page_of(kept: User, double: User | None = None) -> str:
    return f"/manage/people/{kept.pk}/merge/" + (f"{double.pk}/" if double else "")


def proposed(school: School, kept: User, double: User) -> Merge:
    return propose_merge(
        kept, double, school.programme.institution, by=school.bea, at=timezone.now()
    )


def merged(school: School, kept: User, double: User) -> None:
    merge_accounts(proposed(school, kept, double), by=kept, at=timezone.now())


def link_of(merge: Merge) -> str:
    return re.sub(r"^https?://[^/]+", "", tokens.merge_link(merge))


def mails_to(address: str) -> list[str]:
    send_due(MergeMail, at=timezone.now())
    return [str(one.subject) for one in mail.outbox if one.to == [address]]


# Every relation has a policy


def is_unique_by(column: Column) -> bool:
    """Return whether the database allows one row, of some sort, for each person in a column."""
    field = column.model._meta.get_field(column.name)
    if isinstance(field, OneToOneField):
        return True
    sets: list[set[str]] = [set(names) for names in column.model._meta.unique_together]
    constraints: list[Any] = list(column.model._meta.constraints)
    for constraint in constraints:
        if not hasattr(constraint, "nulls_distinct"):  # of another kind
            continue
        named = {
            part.name
            for made in constraint.expressions
            for part in ([made] if isinstance(made, F) else made.flatten())
            if hasattr(part, "name")
        }
        sets.append({*constraint.fields, *named})
    return any(column.name in names for names in sets)


def test_every_relation_to_a_person_has_a_policy_and_no_policy_is_of_nothing() -> None:
    assert {column.label for column in columns()} == set(POLICIES)


def test_where_the_database_allows_one_row_for_each_person_rows_never_just_move() -> None:
    unique = {column.label for column in columns() if is_unique_by(column)}

    assert "notifications.Schedule.person" in unique
    assert "programmes.VocabularyEntry.owner" in unique
    assert [label for label in sorted(unique) if POLICIES[label] is move] == []


# Looking and proposing


def test_accounts_that_look_alike_are_there_at_once(
    school: School, kept: User, double: User
) -> None:
    school.member("Iemand Anders")
    page = signed_in(school.bea).get(page_of(kept))

    assert list(page.context["page"]) == [double]


@pytest.mark.parametrize("words", ["thuis.example", "sanne bakker", "SANNE"])
def test_the_double_is_found(school: School, kept: User, double: User, words: str) -> None:
    page = signed_in(school.bea).get(page_of(kept), {"q": words})

    assert list(page.context["page"]) == [double]


def test_who_administers_who_is_off_and_who_belongs_elsewhere_are_not_found(
    school: School, kept: User
) -> None:
    school.member("Sanne Bakker", Role.ADMINISTRATOR)
    runs = school.member("Sanne Bakker")
    InstitutionAdministrator.objects.create(institution=school.programme.institution, person=runs)
    school.member("Sanne Bakker", is_active=False)
    both = school.member("Sanne Bakker")
    give(both, factories.programme(), Role.STUDENT)
    elsewhere = school.member("Sanne Bakker", programme=factories.programme())
    client = signed_in(school.bea)

    assert list(client.get(page_of(kept)).context["page"]) == []
    for other in (both, elsewhere, runs, school.bea, kept):
        assert client.get(page_of(kept, other)).status_code == 404
        assert client.post(page_of(kept, other)).status_code == 404
    assert not Merge.objects.exists()


def test_nobody_merges_but_who_runs_the_institution(
    school: School, kept: User, double: User
) -> None:
    runs_elsewhere = factories.person("Eva Elders")
    InstitutionAdministrator.objects.create(
        institution=factories.institution(), person=runs_elsewhere
    )
    for person in (school.ria, runs_elsewhere, kept, double):
        assert signed_in(person).get(page_of(kept)).status_code == 404
        assert signed_in(person).post(page_of(kept, double)).status_code == 404
    assert "merge/" not in signed_in(school.ria).get(f"/manage/people/{kept.pk}/").content.decode()
    assert page_of(kept) in signed_in(school.bea).get(f"/manage/people/{kept.pk}/").content.decode()


def test_own_account_is_not_merged(school: School, double: User) -> None:
    give(school.bea, school.programme, Role.TEACHER)

    assert signed_in(school.bea).get(page_of(school.bea, double)).status_code == 404


def test_preview_says_roles_and_counts_and_nothing_that_was_written(
    school: School, kept: User, double: User
) -> None:
    give(double, school.programme, Role.TEACHER)
    placement = factories.placement(double, cohort=school.cohort)
    factories.activity(placement, SECRET)
    factories.goal(placement, SECRET)
    for _ in range(2):
        factories.placement(cohort=school.cohort, teacher=double)
    page = signed_in(school.bea).get(page_of(kept, double)).content.decode()

    for text in ("docent · Bouwkunde", "1 stage", "begeleidt 2 studenten", "sanne@thuis.example"):
        assert text in page
    assert SECRET not in page


def test_preview_takes_the_same_queries_for_much_or_little(
    school: School,
    kept: User,
    double: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(school.bea)
    client.get("/news/")
    for _ in range(5):
        factories.placement(double, cohort=school.cohort, is_current=False)
        factories.placement(cohort=school.cohort, teacher=double)
    with django_assert_max_num_queries(24):
        client.get(page_of(kept, double))


def test_proposing_mails_both_and_changes_nothing(school: School, kept: User, double: User) -> None:
    answer = signed_in(school.bea).post(page_of(kept, double))

    assert answer.status_code == 302
    assert mails_to(double.email) == ["Zijn deze twee accounts allebei van jou?"]
    assert mails_to(kept.email) == ["Twee accounts van jou kunnen één worden"]
    assert "/merge/" in str(mail.outbox[0].body)
    assert all("/merge/" not in str(one.body) for one in mail.outbox if one.to == [kept.email])
    # Who has the one address does not learn the other by it.
    assert kept.email not in str(mail.outbox[0].body)
    double.refresh_from_db()
    assert double.is_active
    entry = AuditEntry.objects.get(kind=Kind.ACCOUNT_CHANGED)
    assert (entry.actor_key, entry.subject) == (school.bea.pk, f"person:{double.pk}")
    assert entry.details == {"change": "merge_proposed", "into": kept.pk}


def test_proposing_again_makes_the_link_before_useless_and_is_not_done_all_day(
    school: School, kept: User, double: User
) -> None:
    first = proposed(school, kept, double)
    link = link_of(first)
    for _ in range(2):
        proposed(school, kept, double)

    assert signed_in(kept).get(link).status_code == 410
    with pytest.raises(ValidationError, match="een dag"):
        proposed(school, kept, double)
    answer = signed_in(school.bea).post(page_of(kept, double))
    assert answer.status_code == 422


def test_what_is_taken_back_cannot_be_done_and_sends_no_mail(
    school: School, kept: User, double: User
) -> None:
    merge = proposed(school, kept, double)
    client = signed_in(school.bea)
    client.post(page_of(kept, double), {"do": "withdraw"})
    merge.refresh_from_db()

    assert not merge.is_open
    assert signed_in(kept).post(link_of(merge)).status_code == 410
    assert mails_to(double.email) == []
    withdraw_merge(merge, by=school.bea, at=timezone.now())
    assert AuditEntry.objects.filter(details__change="merge_withdrawn").count() == 1


# Who carries it out


def test_opening_the_link_does_nothing_and_says_with_which_account_to_sign_in(
    school: School, kept: User, double: User
) -> None:
    merge = proposed(school, kept, double)
    for client in (Client(), signed_in(double), signed_in(school.member("Mira"))):
        for answer in (client.get(link_of(merge)), client.post(link_of(merge))):
            assert "s…@school.example" in answer.content.decode()
            assert kept.email not in answer.content.decode()
    assert signed_in(kept).get(link_of(merge)).status_code == 200
    merge.refresh_from_db()
    assert merge.is_open
    assert User.objects.get(pk=double.pk).is_active


def test_link_leads_back_after_signing_in(school: School, kept: User, double: User) -> None:
    link = link_of(proposed(school, kept, double))
    client = signed_in(double)
    client.post("/logout/", {"next": link})
    page = client.get(link).content.decode()
    found = re.search(r'href="(/login/[^"]+)"', page)
    assert found
    answer = client.post(found[1], {"login": kept.email, "password": factories.PASSWORD})

    assert answer["Location"] == link


def test_owner_of_both_makes_one_of_them(school: School, kept: User, double: User) -> None:
    placement = factories.placement(double, cohort=school.cohort)
    factories.activity(placement, SECRET)
    merge = proposed(school, kept, double)
    client = signed_in(kept)
    answer = client.post(link_of(merge), follow=True)

    assert "Je twee accounts zijn nu één" in answer.content.decode()
    assert SECRET in client.get("/activities/").content.decode()
    assert client.get(link_of(merge)).status_code == 410
    entry = AuditEntry.objects.get(kind=Kind.MERGED)
    assert (entry.actor_key, entry.subject) == (kept.pk, f"person:{double.pk}")
    assert entry.institution_key == school.programme.institution_id
    assert entry.details == {"into": kept.pk, "proposed_by": school.bea.pk}
    assert mails_to("sanne@thuis.example") == ["Je twee accounts zijn nu één"]
    assert mails_to(kept.email) == ["Je twee accounts zijn nu één"]


@pytest.mark.parametrize(
    "change",
    [
        lambda world: User.objects.filter(pk=world["double"].pk).update(is_active=False),
        lambda world: User.objects.filter(pk=world["double"].pk).update(email="nieuw@x.example"),
        lambda world: User.objects.filter(pk=world["kept"].pk).update(email="nieuw@x.example"),
        lambda _world: InstitutionAdministrator.objects.all().delete(),
        lambda world: give(world["double"], factories.programme(), Role.STUDENT),
        lambda world: give(world["kept"], world["school"].programme, Role.ADMINISTRATOR),
    ],
    ids=["off", "other address", "other address kept", "no administrator", "elsewhere", "role"],
)
def test_link_is_dead_when_something_changed(
    school: School, kept: User, double: User, change: Any
) -> None:
    merge = proposed(school, kept, double)
    change({"school": school, "kept": kept, "double": double})
    client = Client()
    client.force_login(User.objects.get(pk=kept.pk))

    assert client.post(link_of(merge)).status_code in (403, 410)
    with pytest.raises(ValidationError):
        merge_accounts(merge, by=kept, at=timezone.now())
    assert not AuditEntry.objects.filter(kind=Kind.MERGED).exists()


@pytest.mark.parametrize("token", ["x", "a:b:c", "x" * 3000, "%00"])
def test_made_up_links_do_not_work(token: str) -> None:
    answer = Client().get(f"/merge/{token}/")

    assert answer.status_code == 410
    assert GONE in answer.content.decode()


def test_link_of_two_weeks_ago_does_not_work(
    school: School, kept: User, double: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_of(proposed(school, kept, double))
    monkeypatch.setattr(tokens, "DAYS", 0)

    assert Client().get(link).status_code == 410


def test_account_with_a_second_factor_is_proven_by_more_than_a_mail(
    school: School, kept: User, double: User
) -> None:
    factor = Authenticator.objects.create(user=double, type=Authenticator.Type.TOTP, data={})
    merge = proposed(school, kept, double)
    client = signed_in(kept)

    assert "tweede factor" in client.get(link_of(merge)).content.decode()
    assert client.post(link_of(merge)).status_code == 422
    assert User.objects.get(pk=double.pk).is_active
    factor.delete()
    assert client.post(link_of(merge)).status_code == 302


# Conflicts


def test_two_who_guide_one_another_are_two_people(school: School, kept: User, double: User) -> None:
    factories.placement(kept, cohort=school.cohort, teacher=double)
    answer = signed_in(school.bea).post(page_of(kept, double))

    assert answer.status_code == 422
    assert "begeleiden elkaar" in answer.content.decode()
    assert not Merge.objects.exists()


def test_account_that_stays_has_an_address_that_was_confirmed(
    school: School, kept: User, double: User
) -> None:
    EmailAddress.objects.filter(user=kept).update(verified=False)

    with pytest.raises(ValidationError, match="nooit bevestigd"):
        proposed(school, kept, double)


def test_conflict_that_came_later_stops_it_as_a_whole(
    school: School, kept: User, double: User
) -> None:
    merge = proposed(school, kept, double)
    for person in (kept, double):
        for position in range(1, 7):
            OwnWords.objects.create(
                owner=person, kind=OwnWords.Kind.FREE, position=position, text="Hoi"
            )
    answer = signed_in(kept).post(link_of(merge))

    assert answer.status_code == 422
    assert "10 teksten" in answer.content.decode()
    assert OwnWords.objects.filter(owner=double).count() == 6


# What becomes of what


def test_double_is_closed_and_its_address_free(school: School, kept: User, double: User) -> None:
    client = signed_in(double)
    CalendarFeed.objects.create(person=double, token_hash="x")
    Authenticator.objects.create(user=double, type=Authenticator.Type.RECOVERY_CODES, data={})
    factories.session(double)
    merged(school, kept, double)
    double.refresh_from_db()

    assert client.get("/profile/").status_code == 302
    assert not double.is_active
    assert not double.has_usable_password()
    assert double.name == ""
    assert not User.objects.filter(email="sanne@thuis.example").exists()
    assert not EmailAddress.objects.filter(email="sanne@thuis.example").exists()
    assert not CalendarFeed.objects.filter(person=kept).exists()
    for column in columns():
        if POLICIES[column.label] is not leave:
            assert not column.rows_of(double).exists(), column.label


def test_roles_are_united(school: School, kept: User, double: User) -> None:
    give(double, school.programme, Role.TEACHER)
    merged(school, kept, double)

    assert roles_of(kept) == {"student", "teacher"}
    assert ProgrammeMembership.objects.filter(person=kept).count() == 2


def test_student_number_comes_along_where_there_was_none(
    school: School, kept: User, double: User
) -> None:
    User.objects.filter(pk=double.pk).update(student_number="1234567")
    merged(school, kept, double)

    assert User.objects.get(pk=kept.pk).student_number == "1234567"


@pytest.mark.parametrize(
    ("days_kept", "days_double", "stays"),
    [
        # From and until so many days from now; the one that runs stays.
        ((-200, -100), (-10, 90), "double"),
        ((-10, 90), (-200, -100), "kept"),
        # Both run, or neither: the one that begins last.
        ((-30, 60), (-10, 90), "double"),
        ((-300, -200), (-150, -50), "double"),
        ((20, 90), (10, 90), "kept"),
        # The same days: that of the account that stays.
        ((-10, 90), (-10, 90), "kept"),
    ],
)
def test_one_placement_stays_current(
    school: School,
    kept: User,
    double: User,
    days_kept: tuple[int, int],
    days_double: tuple[int, int],
    stays: str,
) -> None:
    today = school.programme.institution.day_of()

    def day(number: int) -> date:
        return today + timedelta(days=number)

    made = {
        name: factories.placement(
            person, cohort=school.cohort, starts_on=day(days[0]), ends_on=day(days[1])
        )
        for name, person, days in (("kept", kept, days_kept), ("double", double, days_double))
    }
    merged(school, kept, double)

    assert kept.placements.count() == 2
    assert kept.placements.get(is_current=True) == made[stays]


def test_students_who_both_guide_keep_one_open_link_and_what_they_shared(
    school: School, kept: User, double: User
) -> None:
    teacher = factories.person("Mira")
    placement = factories.placement(cohort=school.cohort, teacher=teacher)
    along = PlacementTeacher.objects.create(
        placement=placement, teacher=kept, part=PlacementTeacher.Part.ALONG
    )
    main = PlacementTeacher.objects.create(placement=placement, teacher=double)
    question = factories.question(placement, teacher=teacher, shared_at=timezone.now())
    QuestionReader.objects.create(question=question, person=double, link=main)
    merged(school, kept, double)

    along.refresh_from_db()
    main.refresh_from_db()
    assert along.part == PlacementTeacher.Part.MAIN
    assert along.ended_at is None
    assert main.ended_at is not None
    reader = QuestionReader.objects.get(question=question)
    assert (reader.person, reader.link) == (kept, along)
    assert signed_in(kept).get(f"/guidance/{question.pk}/").status_code == 200


def test_question_to_the_double_is_answered_by_the_account_that_stays(
    school: School, kept: User, double: User
) -> None:
    placement = factories.placement(cohort=school.cohort, teacher=double)
    question = factories.question(placement, "Naar de dubbele", teacher=double)
    share_question(question, at=timezone.now())
    message = factories.message(question, double)
    moment = timezone.now()
    for person, hours in ((kept, 1), (double, 2)):
        QuestionReading.objects.create(
            question=question, person=person, read_at=moment - timedelta(hours=hours)
        )
    merged(school, kept, double)

    page = signed_in(kept).get(f"/guidance/{question.pk}/")
    assert page.status_code == 200
    message.refresh_from_db()
    assert message.author == kept
    reading = QuestionReading.objects.get(question=question, person=kept)
    assert reading.read_at >= moment - timedelta(hours=1)


def test_first_opening_of_the_two_is_kept(school: School, kept: User, double: User) -> None:
    placement = factories.placement(cohort=school.cohort, teacher=kept)
    question = factories.question(placement, teacher=kept, shared_at=timezone.now())
    item = question.items.create(position=1, activity=factories.activity(placement))
    early = timezone.now() - timedelta(days=3)
    ItemOpening.objects.create(item=item, person=kept)
    ItemOpening.objects.create(item=item, person=double, opened_at=early)
    merged(school, kept, double)

    assert ItemOpening.objects.get(item=item).opened_at == early


def test_own_entry_that_both_have_becomes_one_with_all_its_uses(
    school: School, kept: User, double: User
) -> None:
    mine, theirs = (
        VocabularyEntry.objects.create(
            cohort=school.cohort, kind="category", owner=person, name_nl=name
        )
        for person, name in ((kept, "Overleg"), (double, "overleg"))
    )
    alone = VocabularyEntry.objects.create(
        cohort=school.cohort, kind="category", owner=double, name_nl="Bezoek"
    )
    placement = factories.placement(double, cohort=school.cohort)
    activity = factories.activity(placement, category=theirs)
    merged(school, kept, double)

    activity.refresh_from_db()
    assert activity.category == mine
    assert set(VocabularyEntry.objects.filter(owner=kept)) == {mine, alone}


def test_tip_that_both_put_aside_stays_twice_with_both_notes(
    school: School, kept: User, double: User
) -> None:
    for person, note in ((kept, "Mijn eerste"), (double, "Mijn tweede")):
        placement = factories.placement(person, cohort=school.cohort)
        SavedItem.objects.create(
            student=person, placement=placement, kind="tip", key="tip:1", note=note, snapshot={}
        )
    merged(school, kept, double)

    assert set(SavedItem.objects.filter(student=kept).values_list("note", flat=True)) == {
        "Mijn eerste",
        "Mijn tweede",
    }


def test_words_to_write_with_come_after_the_own_ones(
    school: School, kept: User, double: User
) -> None:
    for person, text in ((kept, "a"), (kept, "b"), (double, "c"), (double, "d")):
        position = OwnWords.objects.filter(owner=person).count() + 1
        OwnWords.objects.create(owner=person, kind=OwnWords.Kind.FREE, position=position, text=text)
    merged(school, kept, double)

    words = OwnWords.objects.filter(owner=kept).order_by("position")
    assert list(words.values_list("position", "text")) == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]


def test_own_settings_hold_and_others_come_along(school: School, kept: User, double: User) -> None:
    Preference.objects.create(person=kept, kind="question_shared", frequency=Frequency.NEVER)
    for kind in ("question_shared", "message_received"):
        Preference.objects.create(person=double, kind=kind, frequency=Frequency.DAILY)
    merged(school, kept, double)

    assert dict(Preference.objects.filter(person=kept).values_list("kind", "frequency")) == {
        "question_shared": Frequency.NEVER,
        "message_received": Frequency.DAILY,
    }


def test_news_that_waits_for_a_mail_waits_for_one_mail(
    school: School, kept: User, double: User
) -> None:
    planned = timezone.now() + timedelta(hours=5)
    news = []
    for person in (kept, double):
        digest = Digest.objects.create(
            person=person, frequency=Frequency.DAILY, planned_for=planned, mail_due_at=planned
        )
        news.append(
            Notification.objects.create(
                person=person,
                kind="message_received",
                title="x",
                path="/",
                subject="x",
                cause=f"message:{person.pk}",
                digest=digest,
            )
        )
    merged(school, kept, double)

    digest = Digest.objects.get(person=kept)
    assert set(digest.notifications.all()) == set(news)


def test_merging_at_the_same_moment_happens_once(
    transactional_db: None, school: School, kept: User, double: User
) -> None:
    merge = proposed(school, kept, double)
    barrier, results = Barrier(2), []

    def run() -> None:
        try:
            barrier.wait()
            found = merge_at(link_of(merge).split("/")[2])
            if found:
                merge_accounts(found, by=kept, at=timezone.now())
                results.append("done")
        except ValidationError:
            results.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count("done") == 1
    assert AuditEntry.objects.filter(kind=Kind.MERGED).count() == 1


def test_merging_opens_no_question_to_who_stopped_guiding(
    school: School, kept: User, double: User
) -> None:
    at = timezone.now()
    placement = factories.placement(cohort=school.cohort, teacher=double)
    asked = factories.question(placement, teacher=double, shared_at=at)
    # The student was handed over to the other account of the same teacher, and decided nothing.
    hand_over([placement.teacher_links.get()], kept, by=school.ria, at=at)
    merged(school, kept, double)

    asked.refresh_from_db()
    assert asked.teacher == kept
    assert signed_in(kept).get(f"/guidance/{asked.pk}/").status_code == 404


def test_own_data_goes_along_and_a_copy_in_the_making_does_not(
    school: School, kept: User, double: User
) -> None:
    institution, at = school.programme.institution, timezone.now()
    early = at - timedelta(days=9)
    for person, moment in ((kept, at), (double, early)):
        Agreement.objects.create(person=person, institution=institution, number=1, agreed_at=moment)
    ready = DataCopy.objects.create(person=double, ready_at=at)
    DataCopy.objects.create(person=double)
    placement = factories.placement(double, cohort=school.cohort)
    Removal.objects.create(person=double, placement=placement)
    AccountNotice.objects.create(person=double, told_at=at)
    merged(school, kept, double)

    assert Agreement.objects.get(number=1).agreed_at == early
    assert DataCopy.objects.get() == ready
    assert Removal.objects.get().person == kept
    assert not AccountNotice.objects.exists()


def test_record_says_of_the_closed_account_that_it_is_no_more(
    school: School, kept: User, double: User
) -> None:
    merged(school, kept, double)

    assert "Vervallen account" in signed_in(school.bea).get("/manage/audit/").content.decode()

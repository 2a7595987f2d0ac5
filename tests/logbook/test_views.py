"""The logbook of a student: log, change, remove, bring back, save, page."""

import html
import re
import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.logbook import queries
from stageapp.logbook.actions import Choices, log_activity, save_item
from stageapp.logbook.models import Activity, SavedItem
from stageapp.placements.models import Placement
from stageapp.programmes.models import ProgrammeMembership, Role, VocabularyEntry
from tests import factories
from tests.day import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_day")]
NEW = "/activities/new/"


@pytest.fixture
def placement() -> Placement:
    cohort = factories.cohort("duration", "category", "people", "competences")
    for kind, names in (("category", ["Bouwen", "Testen"]), ("person", ["Alleen", "Collega"])):
        for position, name in enumerate(names):
            factories.entry(cohort, kind, name, position=position)
    placement = factories.placement(cohort=cohort)
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=placement.student, role=Role.STUDENT
    )
    return placement


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


def choice(placement: Placement, name: str) -> int:
    return placement.cohort.vocabulary.get(name_nl=name).pk


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "date": TODAY.isoformat(),
        "description": "Inlogscherm gebouwd",
        "duration_hours": "2",
    } | changes


def test_logged_activity_keeps_every_part(browser: Client, placement: Placement) -> None:
    response = browser.post(
        NEW,
        filled_in(
            category=choice(placement, "Testen"),
            people=[choice(placement, "Alleen"), choice(placement, "Collega")],
        ),
    )

    activity = Activity.objects.get()
    assert response.status_code == 302
    assert (activity.description, activity.minutes, str(activity.category)) == (
        "Inlogscherm gebouwd",
        120,
        "Testen",
    )
    assert [str(person) for person in activity.people.all()] == ["Alleen", "Collega"]


def test_each_cohort_shows_its_own_form_from_the_same_code(browser: Client) -> None:
    other = factories.cohort("moment", "learned")
    factories.form_part(
        other, "goal", position=1, label_nl="Leervraag", label_en="Learning question"
    )
    student = factories.person(language="en")
    factories.placement(student, cohort=other)
    theirs = Client()
    theirs.force_login(student)

    def fields(client: Client) -> list[str]:
        return [field.name for field in client.get(NEW).context["form"].visible_fields()]

    assert fields(browser) == [
        "date",
        "description",
        "duration",
        "category",
        "people",
        "competences",
    ]
    assert fields(theirs) == ["date", "description", "goal", "moment", "learned"]
    assert "Learning question" in theirs.get(NEW).content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"date": (TODAY + timedelta(days=1)).isoformat()}, "date", "Deze dag moet nog komen"),
        ({"date": "2001-01-01"}, "date", "Je stage loopt van"),
        ({"date": "geen datum"}, "date", ""),
        ({"description": ""}, "description", ""),
        ({"description": "é" * 10_001}, "description", ""),
        ({"duration_hours": "0"}, "duration", "minstens één minuut"),
        ({"duration_hours": "-1"}, "duration", ""),
        ({"duration_hours": "veel"}, "duration", ""),
        ({"duration_hours": "25"}, "duration", "24 uur"),
        ({"category": "other"}, "category", "Anders…"),
        ({"category": "999999"}, "category", ""),
        ({"category": "other", "category_own": "x" * 201}, "category", ""),
    ],
)
def test_wrong_value_is_said_at_its_field_and_nothing_is_lost(
    browser: Client, changes: dict[str, str], field: str, message: str
) -> None:
    response = browser.post(NEW, filled_in(**{"description": "Blijft staan", **changes}))

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert message in errors[field][0]
    assert changes.get("description", "Blijft staan") in response.content.decode()
    assert not Activity.objects.exists()


def folded(page: str) -> str:
    """Return the fold of the form, from its opening tag on."""
    return page.split('<details class="folded-parts"', 1)[1].split("</details>", 1)[0]


def test_parts_that_can_wait_stand_folded_and_are_named(
    browser: Client, placement: Placement
) -> None:
    factories.form_part(placement.cohort, "learned", label_nl="Wat leerde je?", is_folded=True)
    factories.form_part(placement.cohort, "sources", label_nl="Waarmee?", is_folded=True)
    closed = browser.get(NEW)

    fold = folded(closed.content.decode())
    assert not fold.startswith(" open")
    summary = fold.split("</summary>", 1)[0]
    assert "Meer (mag leeg blijven)" in summary
    assert "Wat leerde je? · Waarmee?" in summary
    form = closed.context["form"]
    assert [field.name for field in form.folded_fields] == ["learned", "sources"]
    assert "learned" not in [field.name for field in form.part_fields]


def test_fold_is_kept_whole_and_opens_where_there_is_something_in_it(
    browser: Client, placement: Placement
) -> None:
    factories.form_part(placement.cohort, "learned", is_folded=True)
    factories.form_part(placement.cohort, "evidence", is_folded=True)

    kept = browser.post(NEW, filled_in(learned="Rustig blijven"))
    activity = Activity.objects.get()
    change = browser.get(reverse("logbook:edit", args=[activity.pk])).content.decode()
    refused = browser.post(NEW, filled_in(description="", learned="Niet kwijt")).content.decode()
    wrong = browser.post(NEW, filled_in(evidence_url="geen adres")).content.decode()
    empty = browser.post(NEW, filled_in(description="")).content.decode()

    assert kept.status_code == 302
    assert activity.learned == "Rustig blijven"
    for page, text in ((change, "Rustig blijven"), (refused, "Niet kwijt"), (wrong, "geen adres")):
        assert folded(page).startswith(" open")
        assert text in folded(page)
    assert not folded(empty).startswith(" open")


def test_form_without_parts_that_can_wait_has_no_fold(browser: Client) -> None:
    assert "folded-parts" not in browser.get(NEW).content.decode()


def test_missing_required_part_is_refused(browser: Client, placement: Placement) -> None:
    placement.cohort.parts.filter(part="people").update(is_required=True)

    response = browser.post(NEW, filled_in())

    assert list(response.context["form"].errors) == ["people"]


def test_number_of_competences_is_kept_between_its_limits(
    browser: Client, placement: Placement
) -> None:
    placement.cohort.parts.filter(part="competences").update(is_required=True, minimum=1, maximum=3)
    keys = [
        placement.cohort.competences.create(key=f"c{number}", name_nl=f"C{number}").pk
        for number in range(4)
    ]

    statuses = [
        browser.post(NEW, filled_in(competences=keys[:count])).status_code for count in range(5)
    ]

    assert statuses == [422, 302, 302, 302, 422]


@pytest.mark.parametrize("text", ["é" * 10_000, "🙂" * 10_000, "a\r\n" * 5_000])
def test_text_of_exactly_ten_thousand_characters_is_kept_whole(browser: Client, text: str) -> None:
    response = browser.post(NEW, filled_in(description=text))

    assert response.status_code == 302
    assert Activity.objects.get().description == text.replace("\r\n", "\n").strip()


def test_database_refuses_what_is_too_long(placement: Placement) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.activity(placement, "é" * 10_001)


def test_hundred_minutes_are_1_67_hours(browser: Client) -> None:
    browser.post(NEW, filled_in(duration_hours="", duration_minutes="100"))

    activity = Activity.objects.get()
    assert activity.minutes == 100
    page = browser.get(reverse("logbook:activity", args=[activity.pk])).content.decode()
    assert "1 u 40 min (1,67 uur)" in page


def test_day_takes_24_hours_in_total(browser: Client, placement: Placement) -> None:
    factories.activity(placement, minutes=23 * 60)

    refused = browser.post(NEW, filled_in(duration_hours="2"))
    kept = browser.post(NEW, filled_in(duration_hours="1"))

    assert list(refused.context["form"].errors) == ["duration"]
    assert "23:00" in refused.context["form"].errors["duration"][0]
    assert kept.status_code == 302


def test_full_day_is_said_above_a_form_that_has_no_duration_any_more(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, minutes=600, date=TODAY - timedelta(days=1))
    factories.activity(placement, minutes=1000)
    placement.cohort.parts.filter(part="duration").update(is_shown=False)

    response = browser.post(reverse("logbook:edit", args=[activity.pk]), filled_in())

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["__all__"]


@pytest.mark.django_db(transaction=True)
def test_day_takes_24_hours_also_for_two_requests_at_once(placement: Placement) -> None:
    barrier = threading.Barrier(2)
    ended: list[str] = []

    def log() -> None:
        activity = Activity(placement=placement, date=TODAY, description="Lang", minutes=13 * 60)
        barrier.wait()
        try:
            log_activity(activity, Choices(), at=timezone.now())
            ended.append("kept")
        except ValidationError:
            ended.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=log) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ended) == ["kept", "refused"]


def test_same_form_sent_twice_makes_one_activity(browser: Client) -> None:
    form = filled_in()

    assert [browser.post(NEW, form).status_code for _ in range(2)] == [302, 302]
    assert Activity.objects.count() == 1


def test_own_entry_is_offered_next_time_to_its_student_only(
    browser: Client, placement: Placement
) -> None:
    browser.post(NEW, filled_in(category="other", category_own="Ontwerpen"))
    other = factories.placement(cohort=placement.cohort)
    theirs = Client()
    theirs.force_login(other.student)

    assert "Ontwerpen" in browser.get(NEW).content.decode()
    assert "Ontwerpen" not in theirs.get(NEW).content.decode()


@pytest.mark.parametrize("name", ["bouwen", "BOUWEN", "Bouwen"])
def test_own_entry_that_exists_already_is_the_existing_one(
    browser: Client, placement: Placement, name: str
) -> None:
    browser.post(NEW, filled_in(category="other", category_own=name))

    assert str(Activity.objects.get().category) == "Bouwen"
    assert placement.cohort.vocabulary.filter(kind="category").count() == 2


def test_retired_entry_stays_where_it_is_used_and_is_offered_nowhere_else(
    browser: Client, placement: Placement
) -> None:
    entry = VocabularyEntry.objects.get(name_nl="Bouwen")
    activity = factories.activity(placement, category=entry, date=TODAY - timedelta(days=1))
    entry.retired_at = timezone.now()
    entry.save()

    def offered(address: str) -> bool:
        rows = browser.get(address).context["form"].fields["category"].rows
        return str(entry.pk) in rows

    assert offered(reverse("logbook:edit", args=[activity.pk]))
    assert not offered(NEW)


def test_new_activity_says_what_it_takes_over_from_the_last(
    browser: Client, placement: Placement
) -> None:
    placement.cohort.parts.filter(part="people").update(label_nl="Met wie?")
    browser.post(
        NEW,
        filled_in(category=choice(placement, "Testen"), people=[choice(placement, "Collega")]),
    )

    page = browser.get(NEW)

    form = page.context["form"]
    assert form["date"].value() == TODAY
    assert str(form["category"].value().row) == "Testen"
    assert [str(row) for row in form["people"].value().rows] == ["Collega"]
    text = " ".join(page.content.decode().split())
    assert (
        "Overgenomen van je laatste activiteit – Category: Testen · Met wie? Collega "
        '<a href="?empty=yes">Leeg beginnen</a>'
    ) in text


def test_what_is_about_one_activity_is_not_taken_over(
    browser: Client, placement: Placement
) -> None:
    for part in ("difficulty", "status", "sources", "chain"):
        factories.form_part(placement.cohort, part)
    hard = factories.entry(placement.cohort, "difficulty", "Moeilijk", level=3)
    last = factories.activity(
        placement,
        "Een lastige",
        minutes=90,
        difficulty=hard,
        status="busy",
        chain=factories.chain(placement),
    )
    last.competences.create(cohort=placement.cohort, key="c", name_nl="Samenwerken")
    last.sources.add(factories.entry(placement.cohort, "source", "Boek"))

    page = browser.get(NEW)

    form = page.context["form"]
    begun = {
        name: form[name].value()
        for name in ("description", "duration", "difficulty", "competences", "sources", "chain")
    }
    assert begun == dict.fromkeys(begun)
    assert form["status"].value() == "finished"
    assert "Overgenomen van" not in page.content.decode()


def test_new_activity_can_start_empty(browser: Client, placement: Placement) -> None:
    factories.activity(placement, category=VocabularyEntry.objects.get(name_nl="Testen"))
    day = placement.starts_on.isoformat()

    offered = browser.get(NEW, {"date": day}).content.decode()
    page = browser.get(NEW, {"date": day, "empty": "yes"})

    assert f"?date={day}&amp;empty=yes" in offered
    assert page.context["form"]["category"].value() is None
    assert page.context["form"]["date"].value() == placement.starts_on
    assert "Overgenomen van" not in page.content.decode()


def test_form_that_comes_back_with_an_error_says_nothing_about_the_last(
    browser: Client, placement: Placement
) -> None:
    factories.activity(placement, category=VocabularyEntry.objects.get(name_nl="Testen"))

    page = browser.post(NEW, filled_in(description="")).content.decode()

    assert "Overgenomen van" not in page


def test_activity_can_be_changed_removed_and_brought_back(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, minutes=60)
    address = reverse("logbook:edit", args=[activity.pk])
    browser.post(address, filled_in(description="Beter gezegd"))

    removed = browser.post(reverse("logbook:delete", args=[activity.pk]), follow=True)
    gone = browser.get(reverse("logbook:activity", args=[activity.pk])).status_code
    back = browser.post(reverse("logbook:restore", args=[activity.pk]), follow=True)

    assert "De activiteit is verwijderd." in removed.content.decode()
    assert "Beter gezegd" not in removed.content.decode()
    assert gone == 404
    assert "Beter gezegd" in back.content.decode()


def test_removed_activity_does_not_come_back_into_a_full_day(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, minutes=600, deleted_at=timezone.now())
    factories.activity(placement, minutes=1000)

    browser.post(reverse("logbook:restore", args=[activity.pk]))

    activity.refresh_from_db()
    assert activity.deleted_at is not None


@time_machine.travel(datetime(2026, 10, 24, 23, 30, tzinfo=UTC), tick=False)
def test_today_is_the_day_of_the_institution_on_the_night_the_clock_changes() -> None:
    # 23:30 UTC on 24 October is 1:30 on 25 October in Amsterdam, an hour before summer time ends.
    placement = factories.placement(starts_on=date(2026, 9, 1))
    client = Client()
    client.force_login(placement.student)

    response = client.post(NEW, filled_in(date="2026-10-25"))
    too_early = client.post(NEW, filled_in(date="2026-10-26"))

    assert response.status_code == 302
    assert too_early.status_code == 422


PAGE = queries.ACTIVITIES_A_PAGE


@pytest.mark.parametrize(
    ("on_a_day", "days"),
    [(1, 1), (1, PAGE), (1, PAGE + 1), (3, PAGE), (PAGE, 2), (PAGE + 1, 2), (2 * PAGE + 3, 1)],
)
def test_paging_shows_every_activity_once(
    browser: Client, placement: Placement, on_a_day: int, days: int
) -> None:
    placement.starts_on = TODAY - timedelta(days=100)
    placement.save()
    made = [
        factories.activity(placement, date=TODAY - timedelta(days=number)).pk
        for number in range(days)
        for _ in range(on_a_day)
    ]

    seen: list[int] = []
    address = reverse("logbook:activities")
    while address:
        response = browser.get(address)
        page = response.context["page"]
        assert 0 < len(page.activities) <= PAGE
        seen += [activity.pk for activity in page.activities]
        link = re.search(r'href="(\?before=[^"]+)"', response.content.decode())
        address = "/activities/" + html.unescape(link[1]) if link else ""

    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(made)


def test_a_day_that_is_cut_shows_no_sum_of_its_part(browser: Client, placement: Placement) -> None:
    for _ in range(PAGE + 2):
        factories.activity(placement, minutes=15)

    first = browser.get("/activities/").context["page"]
    rest = browser.get(
        "/activities/", {"before": first.next.date.isoformat(), "below": first.next.below}
    ).context["page"]

    assert [day.minutes for day in first.days + rest.days] == [0, 0]
    assert [len(day.activities) for day in rest.days] == [2]


def test_htmx_gets_the_days_alone(browser: Client, placement: Placement) -> None:
    factories.activity(placement)

    response = browser.get("/activities/", headers={"HX-Request": "true"})

    assert response.templates[0].name == "logbook/_days.html"


@pytest.mark.parametrize("before", ["", "gisteren", "2026-13-40", "9" * 50])
def test_nonsense_in_the_address_is_no_error(browser: Client, before: str) -> None:
    for query in (
        {"before": before},
        {"before": "2026-11-01", "below": before},
        {"deleted": before},
    ):
        assert browser.get("/activities/", query).status_code == 200


def test_what_belongs_to_another_student_cannot_be_chosen(
    browser: Client, placement: Placement
) -> None:
    other = factories.placement(cohort=placement.cohort)
    theirs = factories.entry(placement.cohort, "category", "Van een ander", owner=other.student)
    goal = other.goals.create(title="Doel van een ander")
    factories.form_part(placement.cohort, "goal")

    response = browser.post(NEW, filled_in(category=theirs.pk, goal=goal.pk))

    assert response.status_code == 422
    assert sorted(response.context["form"].errors) == ["category", "goal"]


def test_saved_item_carries_an_own_note(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement, "Bewaard moment")
    for _ in range(2):
        browser.post(reverse("logbook:save", args=[activity.pk]), {"saved": "yes"})
    item = SavedItem.objects.get()

    browser.post(reverse("logbook:note", args=[item.pk]), {f"item-{item.pk}-note": "Voor later"})
    refused = browser.post(
        reverse("logbook:note", args=[item.pk]), {f"item-{item.pk}-note": "é" * 10_001}
    )

    item.refresh_from_db()
    assert item.note == "Voor later"
    assert refused.status_code == 422
    assert "Bewaard moment" in browser.get("/saved/").content.decode()


def test_saved_item_is_hidden_with_its_activity_and_can_be_taken_off(
    browser: Client, placement: Placement
) -> None:
    gone = factories.activity(placement, "Verwijderd moment", deleted_at=timezone.now())
    kept = factories.activity(placement, "Ander moment")
    for activity in (gone, kept):
        save_item(activity, by=placement.student, at=timezone.now())

    page = browser.get("/saved/").content.decode()
    browser.post(reverse("logbook:save", args=[kept.pk]), {"saved": "no"})

    assert "Verwijderd moment" not in page
    assert "Ander moment" in page
    assert list(SavedItem.objects.filter(activity=kept)) == []


@pytest.mark.parametrize("size", [1, 12])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/activities/", 20),
        (NEW, 16),
        ("/activities/{pk}/", 17),
        ("/activities/{pk}/edit/", 17),
        ("/saved/", 11),
        ("/placement/", 12),
    ],
)
def test_pages_take_the_same_queries_for_any_logbook(
    browser: Client,
    placement: Placement,
    size: int,
    path: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(size):
        activity = factories.activity(placement, date=TODAY - timedelta(days=number))
        activity.people.set(placement.cohort.vocabulary.filter(kind="person"))
        save_item(activity, by=placement.student, at=timezone.now())
    path = path.format(pk=activity.pk)
    browser.get(path)

    with django_assert_num_queries(queries):
        browser.get(path)

"""The pages of "My data"."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.logbook.actions import delete_activity
from stageapp.logbook.models import Activity
from stageapp.placements.actions_goals import delete_goal
from stageapp.placements.models import Placement
from stageapp.privacy.actions import ask_copy, make_due_copies
from stageapp.privacy.models import DataCopy, Removal
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement() -> Placement:
    made = factories.placement(factories.person("Sanne Bakker"))
    ProgrammeMembership.objects.create(
        person=made.student, programme=made.cohort.programme, role=Role.STUDENT
    )
    return made


@pytest.fixture
def client(client: Client, placement: Placement) -> Client:
    client.force_login(placement.student)
    return client


def recently(placement: Placement) -> Client:
    """Return a browser in which the student gave the password a moment ago."""
    client = Client()
    client.force_login(placement.student)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    return client


def test_the_page_says_what_is_kept_why_and_until_when(
    client: Client, placement: Placement
) -> None:
    factories.activity(placement)
    Placement.objects.update(starts_on="2026-01-05", ends_on="2026-06-26")

    text = client.get(reverse("my_data:overview")).content.decode()

    assert "Je logboek" in text
    assert "24 maanden" in text
    assert "27 juni 2028" in text
    assert "Gemeente Voorbeeld" in text


def test_it_takes_as_many_queries_for_much_as_for_little(
    client: Client, placement: Placement, django_assert_num_queries: object
) -> None:
    client.get("/news/")
    counts = []
    for number in (1, 5):
        for _one in range(number):
            factories.activity(placement)
            factories.placement(placement.student, cohort=placement.cohort, is_current=False)
        with django_assert_num_queries(18, exact=False) as found:  # type: ignore[operator]
            client.get(reverse("my_data:overview"))
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_copy_is_asked_for_and_taken(client: Client, placement: Placement) -> None:
    client.post(reverse("my_data:ask_copy"))
    assert "wordt gemaakt" in client.get(reverse("my_data:overview")).content.decode()

    make_due_copies(at=timezone.now())

    copy = DataCopy.objects.get()
    answer = client.get(reverse("my_data:copy_file", args=[copy.pk]))
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_the_copy_of_somebody_else_does_not_exist(client: Client) -> None:
    other = ask_copy(factories.person(), at=timezone.now())
    make_due_copies(at=timezone.now())

    assert client.get(reverse("my_data:copy_file", args=[other.pk])).status_code == 404
    assert client.post(reverse("my_data:delete_copy", args=[other.pk])).status_code == 404


def test_what_was_deleted_stands_there_the_last_first(client: Client, placement: Placement) -> None:
    now = timezone.now()
    delete_activity(factories.activity(placement, "Eerst"), at=now - timedelta(days=3))
    delete_goal(factories.goal(placement, "Daarna"), at=now - timedelta(days=1))

    text = client.get(reverse("my_data:deleted")).content.decode()

    assert text.index("Daarna") < text.index("Eerst")


def test_it_is_brought_back_from_there(client: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    delete_activity(activity, at=timezone.now())
    assert reverse("logbook:restore", args=[activity.pk]) in (
        client.get(reverse("my_data:deleted")).content.decode()
    )

    client.post(reverse("logbook:restore", args=[activity.pk]))

    assert Activity.objects.get().deleted_at is None


def test_only_what_was_deleted_can_be_removed_for_good(
    client: Client, placement: Placement
) -> None:
    kept, deleted = factories.activity(placement), factories.activity(placement)
    delete_activity(deleted, at=timezone.now())

    assert client.post(reverse("my_data:purge", args=["activity", kept.pk])).status_code == 404
    assert client.post(reverse("my_data:purge", args=["planet", kept.pk])).status_code == 404
    client.post(reverse("my_data:purge", args=["activity", deleted.pk]))

    assert Activity.objects.get() == kept


def test_a_long_list_of_what_was_deleted_is_paged(
    client: Client, placement: Placement, django_assert_num_queries: object
) -> None:
    for number in range(23):
        factories.activity(placement, f"Nummer {number}", deleted_at=timezone.now())
    factories.goal(placement, "Doel", deleted_at=timezone.now())

    first = client.get(reverse("my_data:deleted")).content.decode()
    second = client.get(reverse("my_data:deleted"), {"page": 2}).content.decode()

    assert first.count("Nummer") + second.count("Nummer") == 23


def test_removing_asks_for_the_password_first(client: Client, placement: Placement) -> None:
    answer = client.get(reverse("my_data:remove_account"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_removing_needs_a_tick(placement: Placement) -> None:
    client = recently(placement)
    address = reverse("my_data:remove_placement", args=[placement.pk])

    assert client.get(address).status_code == 200
    answer = client.post(address)

    assert answer.status_code == 422
    assert "Vink dit eerst aan" in answer.content.decode()
    assert not Removal.objects.exists()


def test_a_placement_is_removed(placement: Placement) -> None:
    client = recently(placement)

    client.post(reverse("my_data:remove_placement", args=[placement.pk]), {"sure": "on"})

    assert Removal.objects.get().placement == placement
    answer = client.get(reverse("my_data:remove_placement", args=[placement.pk]))
    assert answer.status_code == 404


def test_an_account_is_removed_and_signed_out(placement: Placement) -> None:
    client = recently(placement)

    answer = client.post(reverse("my_data:remove_account"), {"sure": "on"})

    assert "Je account is verwijderd" in answer.content.decode()
    assert client.get(reverse("profile")).status_code == 302
    client.post(
        reverse("account_login"),
        {"login": placement.student.email, "password": factories.PASSWORD},
    )
    assert client.get(reverse("profile")).status_code == 302


def test_somebody_elses_placement_does_not_exist(placement: Placement) -> None:
    other = factories.placement()
    client = recently(placement)

    address = reverse("my_data:remove_placement", args=[other.pk])
    assert client.post(address, {"sure": "on"}).status_code == 404
    assert not Removal.objects.exists()

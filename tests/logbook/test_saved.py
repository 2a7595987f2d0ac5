"""What the student puts aside: the bookmark beside each thing, and the timeline of them all."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.logbook.actions import save_item
from stageapp.logbook.models import Saveable, SavedItem
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()

#: Kind -> its name, where it is saved, and the pages that have its bookmark.
KINDS = {
    "activity": ("De les", "logbook:save", ["/activities/", "/activities/{pk}/"]),
    "reflection": (
        "Het gesprek",
        "logbook:reflection_save",
        ["/reflections/", "/reflections/{pk}/", "/activities/{on}/"],
    ),
    "evidence": (
        "bord.jpg",
        "logbook:evidence_save",
        ["/evidence/", "/evidence/{pk}/", "/activities/{on}/"],
    ),
}


def made(kind: str, placement: Placement, **fields: Any) -> Saveable:
    name = KINDS[kind][0]
    source: Saveable = getattr(factories, kind)(placement, name, **fields)
    return source


def with_activity(kind: str, placement: Placement) -> Saveable:
    return made(
        kind,
        placement,
        **({} if kind == "activity" else {"activity": factories.activity(placement, "Dag")}),
    )


def address(kind: str, source: Saveable) -> str:
    return reverse(KINDS[kind][1], args=[source.pk])


def pressed(page: str, name: str) -> list[str]:
    """Return whether the bookmarks with this name say that they are pressed."""
    return re.findall(rf'aria-pressed="(\w+)" aria-label="“{name}” opslaan"', page)


@pytest.mark.parametrize("kind", KINDS)
def test_bookmark_stands_beside_it_everywhere_and_works_without_script(
    browser: Client, placement: Placement, kind: str
) -> None:
    name, _, paths = KINDS[kind]
    source = with_activity(kind, placement)
    on = getattr(source, "activity_id", None)
    pages = [path.format(pk=source.pk, on=on) for path in paths]

    def states() -> list[list[str]]:
        return [pressed(browser.get(page).content.decode(), name) for page in pages]

    assert states() == [["false"]] * len(pages)
    for _ in range(2):
        response = browser.post(address(kind, source), {"saved": "yes", "next": pages[-1]})
        assert (response.status_code, response["Location"]) == (302, pages[-1])
    assert states() == [["true"]] * len(pages)
    item = SavedItem.objects.get()
    assert (item.kind, getattr(item, kind), item.placement) == (kind, source, placement)

    browser.post(address(kind, source), {"saved": "no"})
    assert states() == [["false"]] * len(pages)
    assert not SavedItem.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_bookmark_with_script_answers_with_itself_and_goes_on_to_the_same_page(
    browser: Client, placement: Placement, kind: str
) -> None:
    source = with_activity(kind, placement)
    data = {"saved": "yes", "next": "/reflections/?page=2"}

    answer = browser.post(address(kind, source), data, headers={"HX-Request": "true"})

    part = answer.content.decode()
    assert answer.status_code == 200
    assert pressed(part, KINDS[kind][0]) == ["true"]
    assert "<html" not in part
    # The same button gets the focus back, and another tap takes it off again.
    assert f'id="bookmark-{source.pk if kind == "activity" else f"{kind}-{source.pk}"}"' in part
    assert 'name="saved" value="no"' in part
    assert 'name="next" value="/reflections/?page=2"' in part


def test_names_of_bookmarks_on_one_page_differ(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    for number in range(2):
        factories.reflection(placement, f"Gesprek {number}", activity=activity)
        factories.evidence(placement, f"{number}.jpg", activity=activity)

    page = browser.get(f"/activities/{activity.pk}/").content.decode()

    marks = re.findall(r'id="(bookmark-[\w-]+)"', page)
    assert len(marks) == len(set(marks)) == 5


@pytest.mark.parametrize("kind", ["reflection", "evidence"])
def test_timeline_shows_it_with_an_own_note(
    browser: Client, placement: Placement, kind: str
) -> None:
    source = with_activity(kind, placement)
    browser.post(address(kind, source), {"saved": "yes"})
    item = SavedItem.objects.get()

    browser.post(reverse("logbook:note", args=[item.pk]), {f"item-{item.pk}-note": "Voor later"})
    page = browser.get("/saved/").content.decode()

    assert KINDS[kind][0] in page
    assert "Voor later" in page
    assert f"/guidance/new/?saved={item.pk}" in page

    browser.post(reverse("logbook:saved_remove", args=[item.pk]))
    assert KINDS[kind][0] not in browser.get("/saved/").content.decode()


@pytest.mark.parametrize("kind", ["reflection", "evidence"])
@pytest.mark.parametrize("what", ["itself", "its activity"])
def test_saved_item_is_hidden_while_what_it_is_about_is_removed(
    browser: Client, placement: Placement, kind: str, what: str
) -> None:
    source: Any = with_activity(kind, placement)
    save_item(source, by=placement.student, at=NOW)
    removed = source if what == "itself" else source.activity
    removed.deleted_at = NOW
    removed.save()

    assert KINDS[kind][0] not in browser.get("/saved/").content.decode()
    assert browser.post(address(kind, source), {"saved": "no"}).status_code == 404

    removed.deleted_at = None
    removed.save()
    assert KINDS[kind][0] in browser.get("/saved/").content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_somebody_elses_cannot_be_saved(
    browser: Client, placement: Placement, kind: str
) -> None:
    theirs = made(kind, factories.placement(cohort=placement.cohort))

    response = browser.post(address(kind, theirs), {"saved": "yes"})

    assert response.status_code == 404
    assert not SavedItem.objects.exists()


def test_reflection_that_is_not_finished_says_so_on_the_timeline(
    browser: Client, placement: Placement
) -> None:
    begun = factories.reflection(placement, "Het gesprek", is_draft=True)
    save_item(begun, by=placement.student, at=NOW)

    assert "nog niet af" in browser.get("/saved/").content.decode()


@pytest.mark.parametrize("size", [1, 9])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("/reflections/", 12), ("/evidence/", 12), ("/activities/{pk}/", 17), ("/saved/", 10)],
)
def test_pages_with_bookmarks_take_the_same_queries_for_any_number(
    browser: Client,
    placement: Placement,
    size: int,
    path: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    activity = factories.activity(placement)
    for number in range(size):
        for source in (
            factories.reflection(placement, f"R {number}", activity=activity),
            factories.evidence(placement, f"{number}.jpg", activity=activity),
        ):
            save_item(source, by=placement.student, at=NOW + timedelta(minutes=number))
    path = path.format(pk=activity.pk)
    browser.get(path)

    with django_assert_num_queries(queries):
        browser.get(path)

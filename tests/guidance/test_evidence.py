"""Evidence goes with a question, and its file opens for exactly who may see it, while they may."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.exports.archive import write_archive
from stageapp.guidance import access, actions, queries
from stageapp.guidance.models import GuidanceQuestion, ItemOpening, SharedItem
from stageapp.logbook.actions import delete_activity, save_item
from stageapp.logbook.actions_evidence import delete_evidence, restore_evidence
from stageapp.logbook.models import Activity, Evidence
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()
REMOVED = "De student heeft dit bestand verwijderd"


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    placement = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme, person=placement.student, role=Role.STUDENT
    )
    return placement


@pytest.fixture
def photo(placement: Placement) -> Evidence:
    return factories.evidence(
        placement, "bord.jpg", activity=factories.activity(placement, "De les")
    )


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def asked(placement: Placement, teacher: User, *items: Any) -> GuidanceQuestion:
    question = GuidanceQuestion(placement=placement, title="Hoe?", core="Wat nu?", teacher=teacher)
    return actions.draft_question(question, items, by=placement.student, at=NOW)


def shared(placement: Placement, teacher: User, *items: Any) -> GuidanceQuestion:
    question = asked(placement, teacher, *items)
    actions.share_question(question, at=NOW)
    return question


def file_of(question: GuidanceQuestion) -> str:
    return reverse("guidance:item_file", args=[question.items.get().pk])


def status(person: User | None, address: str) -> int:
    client = signed_in(person) if person else Client()
    response = client.get(address)
    response.getvalue()
    return response.status_code


# What goes along ---------------------------------------------------------------------------------


def test_evidence_is_offered_chosen_and_seen_before_it_is_shared(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    student = signed_in(placement.student)

    form = student.get(reverse("guidance:new"), {"evidence": photo.pk})
    sent = {
        "client_id": "7f1d5b8e-3c61-4c0e-9d64-0a3f5a3a1d11",
        "title": "Hoe?",
        "core": "Ik loop vast.",
        "addressee": "teacher",
        "form": "written",
        "items": [f"evidence-{photo.pk}"],
    }
    preview = student.post(reverse("guidance:new"), sent, follow=True).content.decode()

    assert form.context["form"].initial["items"] == [f"evidence-{photo.pk}"]
    (item,) = GuidanceQuestion.objects.get().items.all()
    assert (item.kind, item.evidence, item.snapshot, item.file) == ("evidence", photo, None, "")
    assert "Dit krijgt Mira de Vries te zien" in preview
    assert "bord.jpg" in preview
    assert f"(JPG, {photo.size}\xa0bytes)" in preview
    # To look at it once more, the student opens the own file.
    assert reverse("logbook:evidence_file", args=[photo.pk]) in preview
    assert "items/" not in preview


def test_saved_evidence_goes_along_too(placement: Placement, photo: Evidence) -> None:
    item = save_item(photo, by=placement.student, at=NOW)

    form = signed_in(placement.student).get(reverse("guidance:new"), {"saved": item.pk})

    assert form.context["form"].initial["items"] == [f"evidence-{photo.pk}"]


def test_snapshot_tells_what_the_teacher_sees_and_not_where_the_file_is(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    link = factories.evidence(
        placement, "Lesidee", kind="link", file="", thumbnail="", size=None,
        content_type="", url="https://example.org/les",
    )  # fmt: skip
    text = factories.evidence(
        placement, "Zo ging het", kind="text", file="", thumbnail="", size=None,
        content_type="", text="Zo ging het\nen zo eindigde het",
    )  # fmt: skip

    question = shared(placement, teacher, photo, link, text)

    items = list(question.items.all())
    kept = [item.snapshot for item in items]
    assert [row["evidence"] for row in kept if row] == ["file", "link", "text"]
    assert kept[0] == {
        "kind": "evidence",
        "date": timezone.localdate(photo.created_at).isoformat(),
        "evidence": "file",
        "name": "bord.jpg",
        "content_type": "image/jpeg",
        "size": photo.size,
        "url": "",
        "text": "",
    }
    assert [item.file for item in items] == [photo.file.name, "", ""]
    assert str(photo.file.name) not in json.dumps(kept)
    page = signed_in(teacher).get(f"/guidance/{question.pk}/").content.decode()
    assert "bord.jpg" in page
    assert 'href="https://example.org/les" rel="noopener noreferrer nofollow">Lesidee<' in page
    assert "en zo eindigde het" in page
    # A small picture is the student's own too.
    assert "thumbnail" not in page


def test_one_piece_of_evidence_goes_once_and_three_items_are_the_most(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = asked(placement, teacher, photo)

    with pytest.raises(IntegrityError), transaction.atomic():
        SharedItem.objects.create(
            question=question, kind=SharedItem.Kind.EVIDENCE, evidence=photo, position=2
        )
    with pytest.raises(ValidationError):
        asked(placement, teacher, *(factories.evidence(placement, f"{n}.jpg") for n in range(4)))

    assert question.items.count() == 1


@pytest.mark.parametrize("name", ["evidence", "saved"])
def test_evidence_of_somebody_else_is_not_taken_along(placement: Placement, name: str) -> None:
    other = factories.placement(cohort=placement.cohort)
    theirs = factories.evidence(other, "van-een-ander.jpg")
    key = {"evidence": theirs, "saved": save_item(theirs, by=other.student, at=NOW)}[name].pk
    student = signed_in(placement.student)

    form = student.get(reverse("guidance:new"), {name: key})
    refused = student.post(
        reverse("guidance:new"),
        {"title": "Hoe?", "core": "?", "addressee": "teacher", "form": "written",
         "items": [f"evidence-{theirs.pk}"]},
    )  # fmt: skip

    assert form.context["form"].initial["items"] == []
    assert "van-een-ander" not in form.content.decode()
    assert "items" in refused.context["form"].errors
    assert not SharedItem.objects.exists()


# Who opens the file ------------------------------------------------------------------------------


def test_teacher_opens_what_was_shared_as_safely_as_the_student(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo)
    desk = signed_in(teacher)
    page = desk.get(f"/guidance/{question.pk}/").content.decode()

    response = desk.get(file_of(question))

    assert file_of(question) in page
    assert reverse("logbook:evidence_file", args=[photo.pk]) not in page
    assert response["Content-Disposition"] == 'attachment; filename="bord.jpg"'
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert (
        response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert response["Cache-Control"] == "no-store"
    content = response.getvalue()
    assert (len(content), content[:2]) == (photo.size, b"\xff\xd8")


@pytest.mark.parametrize("name", ['"><script>.html', "räk\r\nX-Evil: 1.jpg", "bord.svg"])
def test_name_of_a_file_changes_nothing_in_how_it_is_sent(
    placement: Placement, teacher: User, photo: Evidence, name: str
) -> None:
    Evidence.objects.filter(pk=photo.pk).update(name=name)
    photo.refresh_from_db()
    question = shared(placement, teacher, photo)

    response = signed_in(teacher).get(file_of(question))

    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "image/jpeg"
    assert "X-Evil" not in response.headers
    page = signed_in(teacher).get(f"/guidance/{question.pk}/").content.decode()
    assert "<script>." not in page


def test_nobody_else_opens_the_file(placement: Placement, teacher: User, photo: Evidence) -> None:
    question = shared(placement, teacher, photo)
    classmate = factories.placement(cohort=placement.cohort).student
    colleague = factories.person("Collega")
    PlacementTeacher.objects.create(placement=placement, teacher=colleague)
    administrator = factories.person("Opleiding")
    ProgrammeMembership.objects.create(
        programme=placement.cohort.programme, person=administrator, role=Role.ADMINISTRATOR
    )

    address = file_of(question)
    assert status(teacher, address) == 200
    assert status(None, address) == 302
    # The student has the same file under an own address, and only there.
    for person in (classmate, colleague, administrator, placement.student):
        assert status(person, address) == 404
    for person in (teacher, classmate, colleague, administrator):
        assert status(person, reverse("logbook:evidence_file", args=[photo.pk])) == 404
        assert status(person, reverse("logbook:evidence_thumbnail", args=[photo.pk])) == 404
        assert status(person, f"/media/{photo.file.name}") == 404
    assert not ItemOpening.objects.exclude(person=teacher).exists()


def test_guessed_address_opens_nothing(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    """A draft, an item without a file, another student's item, a number that is none."""
    shared(placement, teacher, factories.activity(placement))
    asked(placement, teacher, photo)
    other_teacher = factories.person("Ander")
    other = factories.placement(teacher=other_teacher, cohort=placement.cohort)
    shared(other, other_teacher, factories.evidence(other))

    keys = [item.pk for item in SharedItem.objects.all()]
    assert len(keys) == 3
    for key in [0, *keys, max(keys) + 1, 10**15]:
        assert status(teacher, f"/guidance/items/{key}/file/") == 404
    assert not ItemOpening.objects.exists()


CLOSING: dict[str, Callable[[GuidanceQuestion, Evidence], object]] = {
    "the question is withdrawn": lambda question, _: actions.withdraw_question(question, at=NOW),
    "the item is withdrawn": lambda question, _: question.items.update(withdrawn_at=NOW),
    "the evidence is removed": lambda _, photo: delete_evidence(photo, at=NOW),
    "its activity is removed": lambda _, photo: delete_activity(
        Activity.objects.get(evidence=photo), at=NOW
    ),
    "its row is gone": lambda _, photo: Evidence.objects.filter(pk=photo.pk).delete(),
    "another file took its place": lambda _, photo: photo.file.save("x", ContentFile(b"nieuw")),
    "the store lost it": lambda _, photo: default_storage.delete(str(photo.file.name)),
    "the teacher does not guide any more": lambda question, _: (
        question.placement.teacher_links.update(ended_at=NOW)
    ),
    "it is asked to somebody else": lambda question, _: GuidanceQuestion.objects.filter(
        pk=question.pk
    ).update(teacher=None),
    "the question is gone": lambda question, _: question.delete(),
}


@pytest.mark.parametrize("what", CLOSING)
def test_file_closes_at_once(
    placement: Placement, teacher: User, photo: Evidence, what: str
) -> None:
    question = shared(placement, teacher, photo)
    address = file_of(question)
    desk = signed_in(teacher)
    before = desk.get(address)
    before.getvalue()

    CLOSING[what](question, photo)

    assert (before.status_code, desk.get(address).status_code) == (200, 404)


@pytest.mark.parametrize(
    "what",
    [
        "the evidence is removed",
        "its activity is removed",
        "its row is gone",
        "another file took its place",
    ],
)
def test_question_says_that_the_file_is_removed(
    placement: Placement, teacher: User, photo: Evidence, what: str
) -> None:
    question = shared(placement, teacher, photo)
    address = file_of(question)

    CLOSING[what](question, photo)

    for path in (f"/guidance/{question.pk}/", f"/students/{placement.pk}/"):
        page = signed_in(teacher).get(path).content.decode()
        assert REMOVED in page
        assert "bord.jpg" in page
        assert address not in page
    own = signed_in(placement.student).get(f"/guidance/{question.pk}/").content.decode()
    assert "Je hebt dit bestand verwijderd" in own
    # What took its place is offered to look at, and to share anew.
    assert ("/file/" in own) == ("Opnieuw delen" in own) == (what == "another file took its place")


def test_file_that_comes_back_opens_again(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo)
    delete_evidence(photo, at=NOW)

    restore_evidence(photo)

    assert status(teacher, file_of(question)) == 200
    assert REMOVED not in signed_in(teacher).get(f"/guidance/{question.pk}/").content.decode()


def test_link_and_text_stay_as_they_were_shared(placement: Placement, teacher: User) -> None:
    text = factories.evidence(placement, "Zo", kind="text", file="", size=None, text="Eerst dit")
    question = shared(placement, teacher, text)

    delete_evidence(text, at=NOW)

    page = signed_in(teacher).get(f"/guidance/{question.pk}/").content.decode()
    assert "Eerst dit" in page
    assert REMOVED not in page


def test_new_name_and_new_file_reach_the_teacher_only_when_shared_anew(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo)
    photo.name = "anders.jpg"
    photo.save()
    renamed = signed_in(teacher).get(file_of(question))
    assert renamed["Content-Disposition"] == 'attachment; filename="bord.jpg"'
    photo.file.save("x", ContentFile(b"nieuw"))

    assert status(teacher, file_of(question)) == 404
    actions.withdraw_question(question, at=NOW)
    actions.share_question(question, at=NOW + timedelta(minutes=1))

    fresh = signed_in(teacher).get(file_of(question))
    assert fresh["Content-Disposition"] == 'attachment; filename="anders.jpg"'
    assert fresh.getvalue() == b"nieuw"


def test_removed_evidence_does_not_go_along_when_shared(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = asked(placement, teacher, photo)
    delete_evidence(photo, at=NOW)

    preview = signed_in(placement.student).get(f"/guidance/{question.pk}/").content.decode()
    actions.share_question(question, at=NOW)

    assert "Dit is intussen verwijderd, dus het gaat niet mee." in preview
    assert not question.items.exists()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_shared=st.booleans(),
    is_withdrawn=st.booleans(),
    is_linked=st.booleans(),
    is_closed=st.booleans(),
    removed=st.sampled_from(["nothing", "nothing", "evidence", "activity"]),
)
def test_page_offers_the_file_exactly_to_who_can_open_it(
    db: None,
    is_shared: bool,
    is_withdrawn: bool,
    is_linked: bool,
    is_closed: bool,
    removed: str,
) -> None:
    teacher = factories.person("T")
    placement = factories.placement(factories.person("S"), teacher=teacher)
    activity = factories.activity(placement)
    photo = factories.evidence(placement, activity=activity)
    question = asked(placement, teacher, photo)
    if is_shared:
        actions.share_question(question, at=NOW)
    if is_withdrawn:
        actions.withdraw_question(question, at=NOW)
    if is_closed:
        actions.close_question(question, goal="", learned="", next_step="", at=NOW)
    if not is_linked:
        placement.teacher_links.update(ended_at=NOW)
    if removed == "evidence":
        delete_evidence(photo, at=NOW)
    elif removed == "activity":
        delete_activity(activity, at=NOW)
    desk, address = signed_in(teacher), file_of(question)

    response = desk.get(address)
    response.getvalue()
    page = desk.get(f"/guidance/{question.pk}/").content.decode()

    is_open = is_shared and not is_withdrawn and is_linked and removed == "nothing"
    assert (response.status_code == 200) == (address in page) == is_open
    assert access.files_open_to(teacher).exists() == is_open
    # A closed question can still be read, with what went along.
    assert not access.files_open_to(placement.student).exists()


# Opened ------------------------------------------------------------------------------------------


def test_opening_is_recorded_once_and_the_student_sees_the_day(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo, factories.activity(placement))
    desk, student = signed_in(teacher), signed_in(placement.student)
    photo_item, activity_item = question.items.all()
    own = f"/guidance/{question.pk}/"

    desk.get(own)
    assert [row.item for row in ItemOpening.objects.all()] == [activity_item]
    page = student.get(own).content.decode()
    assert page.count("Voor het eerst geopend door Mira de Vries op") == 1
    assert page.count("Nog niet geopend door Mira de Vries") == 1

    for _ in range(2):
        desk.get(reverse("guidance:item_file", args=[photo_item.pk])).getvalue()
    (opening,) = ItemOpening.objects.filter(item=photo_item)
    assert opening.person == teacher
    page = student.get(own).content.decode()
    assert page.count("Voor het eerst geopend door Mira de Vries op") == 2
    assert "eerst geopend" not in desk.get(own).content.decode()

    # Also after it was removed: the teacher has seen it.
    delete_evidence(photo, at=NOW)
    page = student.get(own).content.decode()
    assert page.count("Voor het eerst geopend door Mira de Vries op") == 2


def test_student_who_looks_at_the_own_file_opens_nothing(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo)

    student = signed_in(placement.student)
    student.get(f"/guidance/{question.pk}/")
    student.get(reverse("logbook:evidence_file", args=[photo.pk])).getvalue()

    assert not ItemOpening.objects.exists()


# Elsewhere ---------------------------------------------------------------------------------------


def test_page_of_evidence_says_who_has_a_copy(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo)
    student, address = signed_in(placement.student), f"/evidence/{photo.pk}/"

    before = student.get(address).content.decode()
    actions.withdraw_question(question, at=NOW)

    assert "Mira de Vries kan een kopie" in before
    assert "Mira de Vries kan een kopie" not in student.get(address).content.decode()


def test_everything_of_the_student_tells_what_was_shared_and_no_place_in_the_store(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    shared(placement, teacher, photo)
    into = io.BytesIO()
    write_archive(placement, into, language="nl", at=NOW, progress=lambda _done: None)

    with zipfile.ZipFile(into) as archive:
        text = archive.read("stage-app.json").decode()

    (item,) = json.loads(text)["guidance"][0]["items"]
    assert (item["kind"], item["name"]) == ("evidence", "bord.jpg")
    assert str(photo.file.name) not in text


def test_question_that_is_shared_anew_has_the_evidence_of_now(
    placement: Placement, teacher: User, photo: Evidence
) -> None:
    question = shared(placement, teacher, photo)
    actions.withdraw_question(question, at=NOW)
    photo.name = "later.jpg"
    photo.save()

    actions.share_question(question, at=NOW + timedelta(hours=1))

    (item,) = queries.visible_items(
        queries.with_conversation(GuidanceQuestion.objects.all()).get(pk=question.pk)
    )
    assert item.snapshot
    assert item.snapshot["name"] == "later.jpg"


@pytest.fixture
def pages(placement: Placement, teacher: User) -> dict[str, tuple[Client, str]]:
    question = shared(placement, teacher, factories.evidence(placement, "0.jpg"))
    student, desk = signed_in(placement.student), signed_in(teacher)
    return {
        "own": (student, f"/guidance/{question.pk}/"),
        "of teacher": (desk, f"/guidance/{question.pk}/"),
        "new": (student, "/guidance/new/"),
        "student": (desk, f"/students/{placement.pk}/"),
    }


@pytest.mark.parametrize("size", [1, 6])
@pytest.mark.parametrize(
    ("page", "count"), [("own", 22), ("of teacher", 21), ("new", 20), ("student", 36)]
)
def test_pages_take_the_same_queries_for_any_number_of_files(
    pages: dict[str, tuple[Client, str]],
    placement: Placement,
    teacher: User,
    size: int,
    page: str,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    question = GuidanceQuestion.objects.get()
    for number in range(1, size + 1):
        photo = factories.evidence(placement, f"{number}.jpg")
        save_item(photo, by=placement.student, at=NOW)
        if number < 3:
            actions.add_item(question, photo, position=number + 1)
        else:
            shared(placement, teacher, photo)
    actions.withdraw_question(question, at=NOW)
    actions.share_question(question, at=NOW + timedelta(hours=1))
    client, address = pages[page]
    client.get(address)

    with django_assert_num_queries(count):
        client.get(address)

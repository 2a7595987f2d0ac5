"""The pages of guidance: each answer once, the same number of queries whatever the size."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.accounts.models import User
from stageapp.guidance import actions
from stageapp.guidance.models import GuidanceQuestion
from stageapp.logbook.actions import save_snapshot
from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Placement
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


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
def student(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


@pytest.fixture
def desk(teacher: User) -> Client:
    client = Client()
    client.force_login(teacher)
    return client


def shared(placement: Placement, teacher: User, title: str = "Hoe?") -> GuidanceQuestion:
    question = GuidanceQuestion(placement=placement, title=title, core="Wat nu?", teacher=teacher)
    chosen = [factories.activity(placement, f"{title} {number}") for number in range(3)]
    actions.draft_question(question, chosen, by=placement.student, at=NOW)
    actions.share_question(question, at=NOW)
    return question


def answers(question: GuidanceQuestion, by: User, how_many: int) -> None:
    for number in range(how_many):
        actions.send_message(
            question,
            f"Antwoord {number}",
            by=by,
            at=NOW + timedelta(minutes=number),
            client_id=uuid.uuid4(),
        )


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "title": "Hoe pak ik dit aan?",
        "core": "Ik loop vast.",
        "addressee": "teacher",
        "form": "written",
    } | changes


def test_new_question_is_a_draft_with_a_preview(
    student: Client, placement: Placement, teacher: User
) -> None:
    activity = factories.activity(placement, "Storing onderzocht")

    response = student.post(reverse("guidance:new"), filled_in(items=[activity.pk]), follow=True)

    question = GuidanceQuestion.objects.get()
    assert question.is_draft
    assert question.teacher == teacher
    page = response.content.decode()
    assert "Dit krijgt Mira de Vries te zien" in page
    assert "Storing onderzocht" in page


def test_fourth_item_is_refused_at_the_field_and_all_is_kept(
    student: Client, placement: Placement
) -> None:
    chosen = [factories.activity(placement, f"Taak {number}").pk for number in range(4)]

    response = student.post(reverse("guidance:new"), filled_in(items=chosen))

    assert response.status_code == 422
    form = response.context["form"]
    assert form.errors == {
        "items": ["Kies er hoogstens drie: welke laten de kern van je vraag zien?"]
    }
    page = response.content.decode()
    assert "Ik loop vast." in page
    assert page.count("checked") >= 4


def test_saved_tip_in_the_address_is_chosen_and_goes_along(
    student: Client, desk: Client, placement: Placement
) -> None:
    snapshot = {"kind": "tip", "feedback_nl": "Je deed 75% alleen.", "feedback_en": "75% alone."}
    tip = save_snapshot(placement, SavedItem.Kind.TIP, "alone", snapshot, at=NOW)

    form = student.get(reverse("guidance:new"), {"saved": tip.pk})
    assert form.context["form"].initial["items"] == [f"saved-{tip.pk}"]
    sent = filled_in(items=[f"saved-{tip.pk}"])
    preview = student.post(reverse("guidance:new"), sent, follow=True)
    question = GuidanceQuestion.objects.get()
    actions.share_question(question, at=NOW)

    for page in (form, preview, desk.get(f"/guidance/{question.pk}/")):
        assert "Je deed 75% alleen." in page.content.decode()
    actions.withdraw_question(question, at=NOW)
    assert desk.get(f"/guidance/{question.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["saved", "item", "reflection"])
def test_what_is_somebody_elses_is_not_taken_along(
    student: Client, placement: Placement, name: str
) -> None:
    other = factories.placement()
    theirs = {
        "saved": save_snapshot(other, SavedItem.Kind.TIP, "alone", {"kind": "tip"}, at=NOW),
        "item": factories.activity(other),
        "reflection": factories.reflection(other),
    }[name]

    page = student.get(reverse("guidance:new"), {name: theirs.pk})

    assert page.context["form"].initial["items"] == []


def test_activity_of_somebody_else_cannot_be_chosen(student: Client, placement: Placement) -> None:
    theirs = factories.activity(factories.placement(), "Niet van jou")

    response = student.post(reverse("guidance:new"), filled_in(items=[theirs.pk]))

    assert response.status_code == 422
    assert not GuidanceQuestion.objects.exists()


@pytest.mark.parametrize(("length", "status"), [(10_000, 302), (10_001, 422)])
def test_message_takes_ten_thousand_characters_and_keeps_what_is_too_long(
    desk: Client, placement: Placement, teacher: User, length: int, status: int
) -> None:
    question = shared(placement, teacher)
    prefix = f"question-{question.pk}"
    text = "é" * (length - 2) + "\r\n🙂"

    response = desk.post(
        reverse("guidance:message", args=[question.pk]),
        {f"{prefix}-text": text, f"{prefix}-client_id": str(uuid.uuid4())},
    )

    assert response.status_code == status
    if status == 302:
        assert question.messages.get().text == text.replace("\r\n", "\n")
    else:
        assert not question.messages.exists()
        assert "é" * 9_000 in response.content.decode()


def test_message_is_shown_as_text_with_links(
    student: Client, desk: Client, placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    actions.send_message(
        question,
        "<script>x</script> https://voorbeeld.example/",
        by=teacher,
        at=NOW,
        client_id=uuid.uuid4(),
    )

    page = student.get(reverse("guidance:question", args=[question.pk])).content.decode()

    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert '<a href="https://voorbeeld.example/" rel="nofollow">' in page


def test_question_of_an_earlier_placement_still_opens(
    student: Client, placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    placement.is_current = False
    placement.save()
    factories.placement(placement.student, cohort=placement.cohort)

    page = student.get(reverse("guidance:question", args=[question.pk]))

    assert page.status_code == 200
    assert "Hoe? 0" in page.content.decode()


def test_withdrawn_question_is_gone_for_the_teacher_but_the_fact_remains(
    student: Client, desk: Client, placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher, "Geheime titel")

    student.post(reverse("guidance:withdraw", args=[question.pk]))

    assert desk.get(reverse("guidance:question", args=[question.pk])).status_code == 404
    page = desk.get(reverse("students:student", args=[placement.pk])).content.decode()
    assert "Geheime titel" not in page
    assert "De vraag is ingetrokken" in page


def test_read_mark_shows_the_day_never_the_minute(
    student: Client, desk: Client, placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    desk.get(reverse("guidance:question", args=[question.pk]))

    page = student.get(reverse("guidance:question", args=[question.pk])).content.decode()

    mark = page.split("Gelezen door Mira de Vries op ")[1].split("<")[0]
    assert ":" not in mark


def test_student_decides_whether_the_teacher_sees_days_and_hours(
    desk: Client, placement: Placement
) -> None:
    factories.activity(placement, minutes=480)
    address = reverse("students:student", args=[placement.pk])
    before = desk.get(address).content.decode()
    placement.shows_effort = True
    placement.save()

    after = desk.get(address).content.decode()

    assert "Tot nu toe vastgelegd" not in before
    assert "1 dag, samen 8 u" in after


def test_search_finds_part_of_a_name(desk: Client, teacher: User, placement: Placement) -> None:
    factories.placement(factories.person("Youssef El Amrani"), teacher=teacher)

    page = desk.get(reverse("students:list"), {"q": "amra"})

    assert [row.placement.student.name for row in page.context["page"]] == ["Youssef El Amrani"]


@pytest.mark.parametrize("search", ["özge", "ÇELIK", "ozge c"])
def test_search_knows_every_alphabet(
    desk: Client, teacher: User, placement: Placement, search: str
) -> None:
    factories.placement(factories.person("Özge Çelik"), teacher=teacher)

    page = desk.get(reverse("students:list"), {"q": search})

    assert [row.placement.student.name for row in page.context["page"]] == ["Özge Çelik"]


def test_draft_written_before_a_teacher_was_linked_asks_to_choose_one(
    student: Client, placement: Placement, teacher: User
) -> None:
    draft = factories.question(placement, teacher=None)
    address = reverse("guidance:question", args=[draft.pk])
    placement.teacher_links.update(ended_at=NOW)
    without = student.get(address).content.decode()
    placement.teacher_links.update(ended_at=None)

    linked = student.get(address).content.decode()

    assert "nog geen docent aan je stage gekoppeld" in without
    assert "nog geen docent aan je stage gekoppeld" not in linked
    assert "Kies aan welke docent je het vraagt." in linked


def test_question_to_a_former_teacher_says_so_and_takes_no_messages(
    student: Client, placement: Placement, teacher: User
) -> None:
    question = shared(placement, teacher)
    placement.teacher_links.update(ended_at=NOW)

    page = student.get(reverse("guidance:question", args=[question.pk])).content.decode()

    assert "answer-box" not in page
    assert "Deze docent begeleidt je niet meer." in page
    assert "Intrekken" in page


def test_list_answers_htmx_with_the_list_alone(desk: Client, placement: Placement) -> None:
    response = desk.get(reverse("students:list"), headers={"HX-Request": "true"})

    assert response.templates[0].name == "students/_list.html"
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("size", [1, 4])
def test_students_takes_the_same_queries_for_any_number(
    desk: Client,
    teacher: User,
    placement: Placement,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(size):
        other = factories.placement(factories.person(f"P {number}"), teacher=teacher)
        for _ in range(size):
            answers(shared(other, teacher), teacher, size)
    desk.get(reverse("students:list"))

    with django_assert_num_queries(16):
        desk.get(reverse("students:list"))


@pytest.mark.parametrize("size", [1, 5])
def test_student_page_takes_the_same_queries_for_any_number(
    desk: Client,
    teacher: User,
    placement: Placement,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(size):
        answers(shared(placement, teacher), teacher, size)
    address = reverse("students:student", args=[placement.pk])
    desk.get(address)

    with django_assert_num_queries(38):
        desk.get(address)


@pytest.mark.parametrize("size", [1, 8])
@pytest.mark.parametrize(("name", "queries"), [("guidance:list", 10), ("guidance:new", 20)])
def test_student_pages_take_the_same_queries_for_any_number(
    student: Client,
    teacher: User,
    placement: Placement,
    size: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(size):
        answers(shared(placement, teacher), teacher, 1)
    student.get(reverse(name))

    with django_assert_num_queries(queries):
        student.get(reverse(name))


@pytest.mark.parametrize("size", [1, 8])
def test_question_takes_the_same_queries_for_any_conversation(
    student: Client,
    teacher: User,
    placement: Placement,
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    question = shared(placement, teacher)
    answers(question, teacher, size)
    address = reverse("guidance:question", args=[question.pk])
    student.get(address)

    with django_assert_num_queries(28):
        student.get(address)


def test_question_begins_with_an_example_and_keeps_what_comes_along(
    student: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, "Storing onderzocht")

    page = student.get(f"/guidance/new/?item={activity.pk}&start=stuck")

    text = page.content.decode()
    assert "Hoe kom ik verder met …?" in text
    assert "Dit heb ik geprobeerd: …" in text
    assert page.context["form"].initial["items"]
    assert f"?item={activity.pk}&amp;start=choice" in text


def test_unknown_example_is_an_empty_question(student: Client) -> None:
    page = student.get("/guidance/new/?start=nonsense")

    assert page.status_code == 200
    assert not page.context["form"].initial.get("core")

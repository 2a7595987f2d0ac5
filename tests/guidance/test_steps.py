"""A question step by step: the draft keeps what was given, and who likes one page gets one."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.models import AskingPreference, GuidanceQuestion
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db

CLIENT_ID = "5c1d0a3e-6a55-4b1f-9d5e-0a3c6a554b1f"
CORE = {"core": "Ik zoek te lang alleen. Wanneer vraag ik hulp?", "client_id": CLIENT_ID}


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def placement(teacher: User) -> Placement:
    made = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    ProgrammeMembership.objects.create(
        programme=made.cohort.programme, person=made.student, role=Role.STUDENT
    )
    return made


@pytest.fixture
def phone(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


def begun(phone: Client) -> GuidanceQuestion:
    phone.post("/guidance/new/steps/", CORE)
    return GuidanceQuestion.objects.get()


def give(phone: Client, question: GuidanceQuestion, step: str, **fields: object) -> str:
    """Send a step; return where it leads."""
    address = f"/guidance/{question.pk}/steps/?step={step}"
    answer = phone.post(address, {"client_id": CLIENT_ID, **fields})
    assert answer.status_code == 302, answer.context["form"].errors
    question.refresh_from_db()
    return answer.headers["Location"]


def test_first_question_goes_step_by_step_and_later_ones_on_one_page(
    phone: Client, placement: Placement, teacher: User
) -> None:
    assert "Stap 1 van 5" in phone.get("/guidance/new/").content.decode()
    assert "Stap" not in phone.get("/guidance/new/?all=1").context["form"].fields

    factories.question(placement, teacher=teacher, shared_at=timezone.now())

    assert phone.get("/guidance/new/").context.get("step") is None


def test_every_step_is_kept_and_leads_on(phone: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    question = begun(phone)
    here = f"/guidance/{question.pk}/"

    assert give(phone, question, "who", addressee="teacher") == f"{here}steps/?step=form"
    assert give(phone, question, "form", form="phone") == f"{here}steps/?step=items"
    assert give(phone, question, "items", items=[str(activity.pk)]) == here

    assert question.is_draft
    assert question.core == CORE["core"]
    assert (question.addressee, question.teacher, question.form) == (
        "teacher",
        placement.teacher_links.get().teacher,
        "phone",
    )
    assert [item.activity for item in question.items.all()] == [activity]


def test_going_back_or_to_one_page_keeps_what_was_given(phone: Client) -> None:
    question = begun(phone)
    here = f"/guidance/{question.pk}/"

    back = give(phone, question, "form", form="video", go="back")
    assert (back, question.form) == (f"{here}steps/?step=who", "video")
    everything = give(phone, question, "form", form="phone", go="all")
    assert (everything, question.form) == (f"{here}edit/", "phone")


def test_other_steps_leave_items_and_teacher_as_they_are(
    phone: Client, placement: Placement
) -> None:
    second = factories.person("Jan Jansen")
    PlacementTeacher.objects.create(
        placement=placement, teacher=second, linked_at=timezone.now() + timedelta(hours=1)
    )
    activity = factories.activity(placement)
    question = begun(phone)
    give(phone, question, "items", items=[str(activity.pk)])
    give(phone, question, "who", addressee="teacher", teacher=second.pk)

    give(phone, question, "form", form="meeting")
    give(phone, question, "core", core="Iets anders.", title="")

    assert question.teacher == second
    assert [item.activity for item in question.items.all()] == [activity]


def test_title_is_made_of_the_core_until_the_student_gives_one(phone: Client) -> None:
    question = begun(phone)
    assert question.title == "Ik zoek te lang alleen. Wanneer vraag ik hulp?"

    give(phone, question, "core", core="Een heel ander begin.", title=question.title)
    assert question.title == "Een heel ander begin."
    give(phone, question, "core", core="Een heel ander begin.", title="Mijn titel")
    give(phone, question, "core", core="Weer anders.", title="Mijn titel")
    assert question.title == "Mijn titel"


def test_first_step_sent_twice_makes_one_draft(phone: Client) -> None:
    begun(phone)

    assert begun(phone).core == CORE["core"]


def test_what_is_wrong_is_said_and_what_was_typed_stays(phone: Client) -> None:
    answer = phone.post("/guidance/new/steps/", CORE | {"core": "", "title": "Alvast een titel"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["core"]
    assert "Alvast een titel" in answer.content.decode()
    question = begun(phone)
    form = {"form": "telepathie", "client_id": CLIENT_ID}
    answer = phone.post(f"/guidance/{question.pk}/steps/?step=form", form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["form"])


def test_what_the_address_takes_along_goes_along(phone: Client, placement: Placement) -> None:
    activity, goal = factories.activity(placement), factories.goal(placement)

    phone.post(f"/guidance/new/steps/?item={activity.pk}&goal={goal.pk}", CORE)

    question = GuidanceQuestion.objects.get()
    assert question.goal == goal
    assert [item.activity for item in question.items.all()] == [activity]


def test_unknown_step_is_the_first(phone: Client) -> None:
    question = begun(phone)

    page = phone.get(f"/guidance/{question.pk}/steps/?step=nonsense")

    assert page.context["step"].key == "core"


def test_choice_is_offered_after_the_first_shared_question_and_remembered(
    phone: Client, placement: Placement, teacher: User
) -> None:
    question = factories.question(placement, teacher=teacher, shared_at=timezone.now())
    offer = "Hoe wil je je volgende vraag schrijven?"
    assert offer in phone.get(f"/guidance/{question.pk}/").content.decode()

    phone.post("/guidance/asking/", {"in_steps": "yes"})

    assert AskingPreference.objects.get().in_steps
    assert offer not in phone.get(f"/guidance/{question.pk}/").content.decode()
    assert phone.get("/guidance/new/").context["step"].key == "core"
    assert "stap voor stap" in phone.get("/profile/").content.decode()
    phone.post("/guidance/asking/", {"in_steps": "no"})
    assert phone.get("/guidance/new/").context.get("step") is None


def test_step_of_a_shared_question_is_not_there(
    phone: Client, placement: Placement, teacher: User
) -> None:
    question = factories.question(placement, teacher=teacher, shared_at=timezone.now())

    assert phone.get(f"/guidance/{question.pk}/steps/").status_code == 404

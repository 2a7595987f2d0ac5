"""A question to somebody without an account: asking, what the guest sees, and what stays closed."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.audience import audience_text
from stageapp.accounts.models import User
from stageapp.exports.archive import JSON_NAME, write_archive
from stageapp.guidance import access, actions, actions_guests, queries
from stageapp.guidance.models import GuidanceQuestion, ItemOpening, Message, QuestionReading
from stageapp.guidance.queries import State, question_list
from stageapp.invitations import actions as invitations
from stageapp.invitations.models import Invitation
from stageapp.notifications.mails import sentence
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement
from tests import factories
from tests.examples import examples
from tests.invitations.guest import come_in, page_of, share
from tests.test_access_matrix import GET, made_world

pytestmark = pytest.mark.django_db
SECRET = "Dit heb ik met niemand gedeeld"


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries", "mira@school.example")


@pytest.fixture
def placement(teacher: User) -> Placement:
    student = factories.person("Youssef Amrani", "youssef@school.example")
    return factories.placement(student, teacher=teacher)


@pytest.fixture
def question(placement: Placement) -> GuidanceQuestion:
    """A question that is shared with the supervisor, with an activity and a photo."""
    asked = factories.guest_question(placement, "Hoe doen jullie dit?")
    actions.add_item(asked, factories.activity(placement, "Balie gedraaid"), position=1)
    actions.add_item(asked, factories.evidence(placement, "Rooster.jpg"), position=2)
    share(asked)
    return asked


@pytest.fixture
def student(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client


def guest_of(question: GuidanceQuestion) -> Invitation:
    question.refresh_from_db()
    assert question.invitation
    return question.invitation


def page(client: Client, question: GuidanceQuestion) -> str:
    return client.get(reverse("guidance:question", args=[question.pk])).content.decode()


def answer(client: Client, question: GuidanceQuestion, text: str, client_id: Any = None) -> Any:
    data = {"text": text, "client_id": str(client_id or uuid.uuid4())}
    return client.post(page_of(guest_of(question), "message/"), data)


def state(question: GuidanceQuestion) -> State:
    kept = queries.with_conversation(GuidanceQuestion.objects.all()).get(pk=question.pk)
    return queries.state_of(kept, list(kept.messages.all()))


# Asking -----------------------------------------------------------------------------------------


def form(**fields: str) -> dict[str, str]:
    return {
        "client_id": str(uuid.uuid4()),
        "title": "Hoe doen jullie dit?",
        "core": "Ik zag twee manieren.",
        "addressee": "supervisor",
        "form": "written",
        "supervisor_name": "Peter de Boer",
        "supervisor_email": "Peter@Werkplek.example",
        "guest_language": "nl",
    } | fields


def ask(student: Client, **fields: str) -> Any:
    return student.post(reverse("guidance:new"), form(**fields))


def test_supervisor_of_the_placement_is_filled_in(student: Client, placement: Placement) -> None:
    placement.supervisor_name, placement.supervisor_email = "Peter de Boer", "p@werkplek.example"
    placement.save()

    shown = student.get(reverse("guidance:new"), {"all": "1"}).context["form"]

    assert shown["supervisor_name"].value() == "Peter de Boer"
    assert shown["supervisor_email"].value() == "p@werkplek.example"
    assert shown["guest_language"].value() == "nl"
    assert not shown["other_name"].value()
    assert "keeps_supervisor" not in shown.fields


def test_draft_knows_its_guest_and_invites_nobody_yet(student: Client) -> None:
    ask(student)

    draft = GuidanceQuestion.objects.get()
    assert (draft.guest_name, draft.guest_email) == ("Peter de Boer", "peter@werkplek.example")
    assert draft.teacher is None
    assert not Invitation.objects.exists()
    shown = page(student, draft)
    assert "Dit krijgt Peter de Boer te zien" in shown
    assert "jij en Peter de Boer (gast, per mail op peter@werkplek.example), tot" in shown
    assert "alleen jij" in shown


def test_somebody_else_has_fields_of_their_own(student: Client) -> None:
    ask(student, addressee="other", other_name="Anna", other_email="anna@elders.example")

    draft = GuidanceQuestion.objects.get()
    assert (draft.guest_name, draft.guest_email) == ("Anna", "anna@elders.example")


def test_question_to_the_teacher_keeps_nothing_of_a_guest(student: Client, teacher: User) -> None:
    ask(student, addressee="teacher")

    draft = GuidanceQuestion.objects.get()
    assert (draft.teacher, draft.guest_name, draft.guest_email) == (teacher, "", "")


def test_guest_can_become_another_while_it_is_a_draft(student: Client) -> None:
    ask(student)
    draft = GuidanceQuestion.objects.get()
    address = reverse("guidance:edit", args=[draft.pk])
    assert student.get(address).context["form"]["supervisor_email"].value() == draft.guest_email

    student.post(
        address, form(addressee="other", other_name="Anna", other_email="anna@elders.example")
    )

    draft.refresh_from_db()
    assert draft.guest_email == "anna@elders.example"


@pytest.mark.parametrize(
    ("fields", "at", "says"),
    [
        ({"supervisor_name": ""}, "supervisor_name", "Vul de naam in"),
        ({"supervisor_email": ""}, "supervisor_email", "Vul het e-mailadres in"),
        ({"supervisor_email": "peter"}, "supervisor_email", "geldig e-mailadres"),
        ({"supervisor_email": "YOUSSEF@school.example"}, "supervisor_email", "je eigen adres"),
        (
            {"supervisor_email": "mira@school.example"},
            "supervisor_email",
            "Mira de Vries, je docent",
        ),
        ({"addressee": "other"}, "other_email", "Vul het e-mailadres in"),
        ({"supervisor_name": "x" * 201}, "supervisor_name", "200"),
        ({"guest_language": "fr"}, "guest_language", "fr"),
    ],
)
def test_wrong_guest_is_told_at_the_field_and_what_was_typed_stays(
    student: Client, fields: dict[str, str], at: str, says: str
) -> None:
    refused = ask(student, **fields)

    assert refused.status_code == 422
    assert says in str(refused.context["form"].errors[at])
    assert "Ik zag twee manieren." in refused.content.decode()
    assert not GuidanceQuestion.objects.exists()


def test_supervisor_is_kept_with_the_placement_when_asked(
    student: Client, placement: Placement
) -> None:
    ask(student)
    placement.refresh_from_db()
    assert placement.supervisor_email == ""

    ask(student, keeps_supervisor="on")
    placement.refresh_from_db()
    assert (placement.supervisor_name, placement.supervisor_email) == (
        "Peter de Boer",
        "peter@werkplek.example",
    )


def test_draft_without_an_address_cannot_be_shared(student: Client, placement: Placement) -> None:
    draft = factories.guest_question(placement, name="", email="")

    student.post(reverse("guidance:share", args=[draft.pk]))

    draft.refresh_from_db()
    assert draft.shared_at is None
    assert "Vul in voor wie het is" in page(student, draft)


# What the guest sees ----------------------------------------------------------------------------


def test_guest_reads_the_question_with_its_items_as_they_were(
    question: GuidanceQuestion, placement: Placement
) -> None:
    factories.activity(placement, SECRET)
    factories.question(placement, SECRET)
    activity = placement.activities.get(description="Balie gedraaid")
    activity.description = SECRET
    activity.save()

    shown = come_in(guest_of(question)).get(page_of(guest_of(question))).content.decode()

    for said in ("Youssef Amrani", question.title, question.core, "Balie gedraaid", "Rooster.jpg"):
        assert said in shown
    assert SECRET not in shown


def test_guest_answers_and_the_student_hears_of_it(
    question: GuidanceQuestion, student: Client, placement: Placement
) -> None:
    assert state(question) == State.WAITING_FOR_TEACHER
    guest, client_id = come_in(guest_of(question)), uuid.uuid4()

    for _ in range(2):
        assert answer(guest, question, "Wij doen het **zo**.", client_id).status_code == 302

    (message,) = Message.objects.all()
    assert (message.author, message.invitation) == (None, guest_of(question))
    assert not message.is_from_student
    assert state(question) == State.ANSWERED
    (news,) = Notification.objects.all()
    assert news.person == placement.student
    assert sentence(news) == "Peter de Boer schreef je: Hoe doen jullie dit?"
    assert student.get(reverse("home")).status_code == 200
    shown = page(student, question)
    assert "Peter de Boer" in shown
    assert '<span class="badge">gast</span>' in shown
    assert "Wij doen het <strong>zo</strong>." in shown


def test_student_reads_an_answer_by_speech_acts_and_takes_it_out(
    question: GuidanceQuestion, student: Client, placement: Placement
) -> None:
    answer(come_in(guest_of(question)), question, "Loop morgen met mij mee.")

    message = Message.objects.get()
    read = student.get(reverse("guidance:message_reading", args=[message.pk]))
    assert "Peter de Boer" in read.content.decode()
    assert "Peter de Boer" in student.get(reverse("notifications:list")).content.decode()
    archive = BytesIO()
    write_archive(placement, archive, language="nl", at=timezone.now(), progress=lambda _: None)
    (kept,) = json.loads(ZipFile(archive).read(JSON_NAME))["guidance"]
    assert kept["asked_to"] == kept["messages"][0]["by"] == "Peter de Boer"


def test_answer_without_words_is_told_at_the_field(question: GuidanceQuestion) -> None:
    guest = come_in(guest_of(question))

    assert answer(guest, question, "  ").status_code == 422
    too_long = answer(guest, question, "x" * 10_001)
    assert too_long.status_code == 422
    assert "x" * 10_001 in too_long.content.decode()
    assert not Message.objects.exists()


def test_guest_writes_at_most_thirty_messages_an_hour(question: GuidanceQuestion) -> None:
    guest = guest_of(question)

    def say(at: Any) -> None:
        actions_guests.send_guest_message(question, "Hoi", by=guest, at=at, client_id=uuid.uuid4())

    now = timezone.now()
    for _ in range(30):
        say(now)
    with pytest.raises(ValidationError, match="veel berichten"):
        say(now)
    say(now + timedelta(minutes=61))


def test_new_messages_come_by_themselves(question: GuidanceQuestion, placement: Placement) -> None:
    guest = come_in(guest_of(question))
    address = page_of(guest_of(question), "messages/")
    assert guest.get(address).status_code == 204
    message = actions.send_message(
        question, "En nu?", by=placement.student, at=timezone.now(), client_id=uuid.uuid4()
    )

    assert "En nu?" in guest.get(address).content.decode()
    assert guest.get(f"{address}?after={message.pk}").status_code == 204
    assert Client().get(address).status_code == 302


def test_student_sees_on_which_day_what_was_opened_and_by_whom(
    question: GuidanceQuestion, student: Client
) -> None:
    with time_machine.travel("2026-12-01 10:34+01:00", tick=False):
        guest = come_in(guest_of(question))
        guest.get(page_of(guest_of(question)))
    assert "heeft hem nog niet geopend" not in page(student, question)

    (activity, photo) = question.items.all()
    assert [row.item for row in ItemOpening.objects.all()] == [activity]
    with time_machine.travel("2026-12-02 11:00+01:00", tick=False):
        come_in(guest_of(question), guest)
        answered = guest.get(page_of(guest_of(question), f"items/{photo.pk}/file/"))
        assert answered.status_code == 200
        assert b"".join(answered).startswith(b"\xff\xd8")
        guest.get(page_of(guest_of(question)))

    shown = page(student, question)
    assert "Voor het eerst geopend door Peter de Boer op 1 december" in shown
    assert "Voor het eerst geopend door Peter de Boer op 2 december" in shown
    assert "Peter de Boer was hier voor het laatst op 2 december" in shown
    assert "10:34" not in shown


def test_opening_and_reading_are_kept_once(question: GuidanceQuestion) -> None:
    guest = come_in(guest_of(question))
    for _ in range(3):
        guest.get(page_of(guest_of(question)))

    assert ItemOpening.objects.count() == 1
    assert QuestionReading.objects.count() == 1


def test_database_keeps_that_it_was_a_person_or_a_guest(
    question: GuidanceQuestion, teacher: User
) -> None:
    item, guest = question.items.all()[0], guest_of(question)
    wrong: list[Callable[[], Any]] = [
        lambda: ItemOpening.objects.create(item=item),
        lambda: ItemOpening.objects.create(item=item, person=teacher, invitation=guest),
        lambda: QuestionReading.objects.create(question=question),
        lambda: QuestionReading.objects.create(question=question, person=teacher, invitation=guest),
        lambda: Message.objects.create(
            question=question, author=teacher, invitation=guest, is_from_student=False, text="x"
        ),
    ]
    for make in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_page_of_a_guest_takes_the_same_queries_for_any_number_of_messages(
    question: GuidanceQuestion, placement: Placement, django_assert_max_num_queries: Any
) -> None:
    guest = come_in(guest_of(question))
    for _ in range(30):
        factories.message(question, placement.student)

    with django_assert_max_num_queries(20):
        guest.get(page_of(guest_of(question)))


# What stays closed ------------------------------------------------------------------------------


def test_guest_opens_nothing_else_of_the_app() -> None:
    world = made_world()
    invitation = Invitation.objects.get()
    guest = come_in(invitation)
    # As if the cookie went everywhere.
    cookie = guest.cookies["guest"].value
    guest.cookies.clear()
    guest.cookies["guest"] = cookie

    for name, row in GET.items():
        if name.partition(":")[0] in ("guests", "invitations"):
            continue
        answered = guest.get(world.address(name))
        assert answered.status_code == row[0], name


def test_question_of_somebody_else_or_another_of_the_same_student_is_not_reached(
    question: GuidanceQuestion, placement: Placement
) -> None:
    other = factories.guest_question(placement, "Een andere vraag")
    actions.add_item(other, factories.evidence(placement, SECRET), position=1)
    share(other)
    guest = come_in(guest_of(question))
    file_of_other = other.items.get().pk

    # The key of another item behind the own link, and the own cookie at another link.
    assert guest.get(page_of(guest_of(question), f"items/{file_of_other}/file/")).status_code == 404
    guest.cookies["guest"]["path"] = "/"
    shown = guest.get(page_of(guest_of(other))).content.decode()
    assert "Een andere vraag" not in shown
    assert guest.get(page_of(guest_of(other), f"items/{file_of_other}/file/")).status_code == 302


CLOSING: dict[str, Callable[[GuidanceQuestion], Any]] = {
    "withdrawn": lambda question: actions.withdraw_question(question, at=timezone.now()),
    "ended": lambda question: actions_guests.end_link(question, at=timezone.now()),
    "ended by the guest": lambda question: invitations.end(
        question.invitation,  # type: ignore[arg-type]
        at=timezone.now(),
        by_guest=True,
    ),
    "expired": lambda _question: Invitation.objects.update(
        created_at=timezone.now() - timedelta(days=31), expires_at=timezone.now()
    ),
    "renewed": lambda question: actions_guests.renew_link(question, at=timezone.now()),
}


@pytest.mark.parametrize("how", CLOSING)
def test_guest_is_out_at_once_also_for_file_and_message(
    question: GuidanceQuestion, how: str
) -> None:
    invitation = guest_of(question)
    guest, photo = come_in(invitation), question.items.all()[1]
    CLOSING[how](question)

    answers = [
        guest.get(page_of(invitation)),
        guest.get(page_of(invitation, "messages/")),
        guest.get(page_of(invitation, f"items/{photo.pk}/file/")),
        guest.post(page_of(invitation, "message/"), {"text": "Hoi", "client_id": uuid.uuid4()}),
        guest.post(page_of(invitation, "code/")),
    ]

    assert {answered.status_code for answered in answers} == {404}
    assert not Message.objects.exists()


def test_message_of_a_guest_is_refused_where_it_was_withdrawn_meanwhile(
    question: GuidanceQuestion,
) -> None:
    guest = guest_of(question)
    actions.withdraw_question(question, at=timezone.now())

    with pytest.raises(ValidationError):
        actions_guests.send_guest_message(
            question, "Hoi", by=guest, at=timezone.now(), client_id=uuid.uuid4()
        )


def test_withdrawn_item_is_counted_not_named_and_its_file_is_closed(
    question: GuidanceQuestion,
) -> None:
    guest, photo = come_in(guest_of(question)), question.items.all()[1]
    actions.withdraw_item(photo, at=timezone.now())

    shown = guest.get(page_of(guest_of(question))).content.decode()

    assert "Eén item is ingetrokken" in shown
    assert "Rooster.jpg" not in shown
    assert "Balie gedraaid" in shown
    file = guest.get(page_of(guest_of(question), f"items/{photo.pk}/file/"))
    assert file.status_code == 404


def test_closed_question_can_be_read_and_not_answered(question: GuidanceQuestion) -> None:
    guest = come_in(guest_of(question))
    actions.close_question(question, goal=SECRET, learned="", next_step="", at=timezone.now())

    shown = guest.get(page_of(guest_of(question))).content.decode()

    assert "heeft deze vraag op" in shown
    assert SECRET not in shown
    assert "<textarea" not in shown
    assert answer(guest, question, "Toch nog iets").status_code == 422


def test_teacher_knows_nothing_of_a_question_to_a_guest(
    question: GuidanceQuestion, teacher: User, placement: Placement
) -> None:
    desk = Client()
    desk.force_login(teacher)

    assert desk.get(reverse("guidance:question", args=[question.pk])).status_code == 404
    for address in ("/", "/students/", f"/students/{placement.pk}/", "/news/"):
        assert question.title not in desk.get(address).content.decode()
    assert queries.waiting_count(teacher) == 0


# The student's side -----------------------------------------------------------------------------


def test_mark_of_audience_names_the_guest_and_until_when(placement: Placement) -> None:
    with time_machine.travel("2026-11-27 10:00+01:00", tick=False):
        question = factories.guest_question(placement)
        share(question)

        shown = audience_text(access.readers_of(question), placement.student)

    assert shown == "jij en Peter de Boer (gast), tot 27 december"


def test_student_renews_ends_and_mails_again(student: Client, question: GuidanceQuestion) -> None:
    first = guest_of(question).token

    def post(verb: str) -> str:
        return student.post(
            reverse(f"guidance:link_{verb}", args=[question.pk]), follow=True
        ).content.decode()

    assert "krijgt de mail met de link nog een keer" in post("again")
    ended = post("end")
    assert "Alleen jij kunt dit nu nog lezen" in ended
    assert "alleen jij" in ended
    assert "werkt niet meer" in post("again")
    renewed = post("renew")
    assert "nieuwe link" in renewed
    assert "jij en Peter de Boer (gast), tot" in renewed
    assert guest_of(question).token != first


def test_student_writes_only_where_the_guest_can_read(
    student: Client, question: GuidanceQuestion
) -> None:
    assert "answer-box" in page(student, question)
    actions_guests.end_link(question, at=timezone.now())

    assert "answer-box" not in page(student, question)
    sent = student.post(
        reverse("guidance:message", args=[question.pk]),
        {f"question-{question.pk}-text": "Hoi", f"question-{question.pk}-client_id": uuid.uuid4()},
    )
    assert sent.status_code == 422
    assert not Message.objects.exists()


def test_item_is_shared_anew_with_a_guest(
    question: GuidanceQuestion, placement: Placement, student: Client
) -> None:
    activity = placement.activities.get()
    activity.description = "Balie en kas gedraaid"
    activity.save()

    student.post(reverse("guidance:item_share", args=[question.items.all()[0].pk]))

    guest = come_in(guest_of(question))
    assert "Balie en kas gedraaid" in guest.get(page_of(guest_of(question))).content.decode()


def test_item_is_not_shared_anew_behind_a_dead_link(question: GuidanceQuestion) -> None:
    actions_guests.end_link(question, at=timezone.now())

    with pytest.raises(ValidationError, match="Verleng hem eerst"):
        actions.share_item(question.items.all()[0], at=timezone.now())


def test_sharing_again_after_withdrawing_lets_the_same_guest_in(
    question: GuidanceQuestion, student: Client
) -> None:
    before = guest_of(question)
    actions.withdraw_question(question, at=timezone.now())
    assert "Opnieuw delen met Peter de Boer" in page(student, question)

    student.post(reverse("guidance:share", args=[question.pk]))

    after = guest_of(question)
    assert (after.pk, after.ended_at) == (before.pk, None)
    assert after.token != before.token
    assert come_in(after).get(page_of(after)).status_code == 200


def test_after_its_link_ended_withdrawing_names_nobody(
    question: GuidanceQuestion, student: Client
) -> None:
    assert "voor Peter de Boer: de vraag" in page(student, question)

    actions_guests.end_link(question, at=timezone.now())

    assert "Intrekken sluit" not in page(student, question)


def test_who_is_asked_is_not_called_optional(student: Client) -> None:
    shown = student.get(reverse("guidance:new"), {"all": 1}).content.decode()
    label = shown[shown.index('for="id_other_email"') :]
    assert "mag leeg blijven" not in label[: label.index("</label>")]


def test_what_is_with_a_guest_says_so_in_the_logbook(
    question: GuidanceQuestion, placement: Placement, student: Client
) -> None:
    address = reverse("logbook:activity", args=[placement.activities.get().pk])
    assert "Peter de Boer kan een kopie" in student.get(address).content.decode()

    actions_guests.end_link(question, at=timezone.now())
    assert "Peter de Boer kan een kopie" not in student.get(address).content.decode()


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_shared=st.booleans(),
    is_withdrawn=st.booleans(),
    is_ended=st.booleans(),
    is_expired=st.booleans(),
    is_active=st.booleans(),
)
def test_mark_names_a_guest_exactly_when_the_link_opens_the_question(
    db: None,
    is_shared: bool,
    is_withdrawn: bool,
    is_ended: bool,
    is_expired: bool,
    is_active: bool,
) -> None:
    now = timezone.now()
    placement = factories.placement()
    question = factories.guest_question(placement)
    invitation = share(question, now - timedelta(days=40 if is_expired else 1))
    GuidanceQuestion.objects.update(
        shared_at=now if is_shared or is_withdrawn else None,
        withdrawn_at=now if is_withdrawn else None,
    )
    Invitation.objects.update(ended_at=now if is_ended else None)
    User.objects.filter(pk=placement.student_id).update(is_active=is_active)
    question = GuidanceQuestion.objects.get(pk=question.pk)

    opens = Client().get(page_of(invitation)).status_code == 200

    guests = [reader for reader in access.readers_of(question) if reader != placement.student]
    assert opens is (is_shared and is_active and not (is_withdrawn or is_ended or is_expired))
    assert guests == ([invitation] if opens else [])
    (entry,) = question_list(placement.student, None)
    assert entry.readers == access.readers_of(question)
    GuidanceQuestion.objects.all().delete()

"""Writing a reply: hints on a draft that goes nowhere, the frame, own words, quotations."""

import logging
import threading
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance import actions, actions_replies
from stageapp.guidance.models import GuidanceQuestion, Message, OwnWords
from stageapp.guidance.queries_replies import received_since
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()
CORE = "Ik zoek te lang alleen. Wanneer vraag ik hulp? En hoort dat in mijn verslag?"


@pytest.fixture
def teacher() -> User:
    return factories.person("Mira de Vries")


@pytest.fixture
def question(teacher: User) -> GuidanceQuestion:
    placement = factories.placement(factories.person("Sanne Bakker"), teacher=teacher)
    asked = factories.question(placement, "Hulp vragen", teacher=teacher, core=CORE)
    actions.share_question(asked, at=NOW)
    return asked


@pytest.fixture
def desk(teacher: User) -> Client:
    return browser_of(teacher)


def browser_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def look(
    desk: Client, question: GuidanceQuestion, text: str, *, script: bool = True, **more: object
) -> str:
    """Let the server look at a draft; return what it answers."""
    headers = {"HX-Request": "true"} if script else {}
    answer = desk.post(
        f"/guidance/{question.pk}/draft/",
        {f"question-{question.pk}-text": text, **more},
        headers=headers,
    )
    assert answer.status_code == 200
    return answer.content.decode()


# Hints ------------------------------------------------------------------------------------------


def test_draft_is_looked_at_and_neither_kept_nor_sent_nor_logged(
    desk: Client, question: GuidanceQuestion, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    text = look(desk, question, "Fijn dat je het vraagt. Na een half uur vraag je hulp, geheimpje.")

    assert "Misschien nog niet op ingegaan: “En hoort dat in mijn verslag?”" in text
    assert "Wanneer vraag ik hulp" not in text
    assert "<html" not in text
    assert Message.objects.count() == 0
    assert "geheimpje" not in caplog.text


def test_hint_goes_when_the_question_is_taken_up_or_left(
    desk: Client, question: GuidanceQuestion
) -> None:
    draft = "Fijn dat je het vraagt. Na een half uur zoeken vraag je iemand om hulp."
    taken_up = look(desk, question, f"{draft} In je verslag hoeft dat niet te staan.")
    key = look(desk, question, draft).partition('name="leave" value="')[2].partition('"')[0]
    left = look(desk, question, draft, leave=key)

    assert "hint-list" not in taken_up
    assert "hint-list" not in left
    assert f'name="left" value="{key}"' in left
    assert "hint-list" not in look(desk, question, draft, left=key)


def test_page_comes_back_with_the_text_and_hints_without_script(
    desk: Client, question: GuidanceQuestion
) -> None:
    page = look(desk, question, "Prima <b>", script=False, look="1")

    assert "Prima &lt;b&gt;</textarea>" in page
    assert "Misschien nog niet op ingegaan" in page
    assert "data-bound" in page
    assert Message.objects.count() == 0


def test_part_of_the_frame_is_put_in_without_script(
    desk: Client, question: GuidanceQuestion
) -> None:
    page = look(desk, question, "Vraag hulp.", script=False, insert="salutation")

    assert "Dag Sanne,\n\nVraag hulp.</textarea>" in page


def test_saying_that_it_comes_later_takes_the_question_up(
    desk: Client, question: GuidanceQuestion
) -> None:
    later = "Op “En hoort dat in mijn verslag?” kom ik later terug."
    draft = "Fijn dat je het vraagt. Na een half uur zoeken vraag je iemand om hulp."

    page = look(desk, question, draft, script=False, later=later)

    assert f"{draft}\n\n{later}</textarea>" in page
    assert "nog niet op ingegaan" not in page


def test_hints_are_switched_off_and_on_at_the_box_and_in_the_profile(
    desk: Client, question: GuidanceQuestion, teacher: User
) -> None:
    off = look(desk, question, "Prima", hints="off")
    assert "hint-list" not in off
    assert "Hints aan" in off
    assert "hint-list" not in look(desk, question, "Prima")

    profile = {
        "name": teacher.name,
        "language": "nl",
        "has_hints_field": "1",
        "shows_hints": "on",
    }
    assert desk.post("/profile/", profile).status_code == 302

    assert "hint-list" in look(desk, question, "Prima")


def test_profile_from_before_hints_changes_nothing_about_them(desk: Client, teacher: User) -> None:
    desk.post("/profile/", {"name": teacher.name, "language": "nl"})

    assert not hasattr(teacher, "writing_help")


def test_acknowledgement_is_asked_for_in_the_first_three_messages(
    desk: Client, question: GuidanceQuestion, teacher: User
) -> None:
    plain = "Neem na een half uur zoeken contact op voor hulp, en zet dat in het verslag."
    assert "herkent of waardeert" in look(desk, question, plain)

    for _ in range(3):
        factories.message(question, teacher)
    factories.message(question, question.placement.student, "Wanneer vraag ik hulp? Het verslag?")

    assert "herkent of waardeert" not in look(desk, question, plain)


def test_only_what_is_not_answered_yet_is_looked_at(
    question: GuidanceQuestion, teacher: User
) -> None:
    student = question.placement.student
    first = factories.message(question, student, "> Iets van jou\n\nEn morgen?")
    assert received_since(question, [first]) == f"{CORE}\n\nEn morgen?"

    answer = factories.message(question, teacher)
    assert received_since(question, [first, answer]) == ""

    again = factories.message(question, student, "Mag het ook later?")
    assert received_since(question, [first, answer, again]) == "Mag het ook later?"


def test_too_many_looks_in_a_minute_are_refused_to_a_script(
    desk: Client, question: GuidanceQuestion
) -> None:
    for _ in range(60):
        look(desk, question, "")

    answer = desk.post(f"/guidance/{question.pk}/draft/", headers={"HX-Request": "true"})

    assert answer.status_code == 429
    page = look(desk, question, "Prima", script=False)
    assert "Prima</textarea>" in page
    assert "hint-list" not in page


def test_student_has_no_frame_and_no_hints(question: GuidanceQuestion) -> None:
    page = browser_of(question.placement.student).get(f"/guidance/{question.pk}/")

    assert "reply-aid" not in page.content.decode()


@pytest.mark.parametrize("text", ["\x00", "a\r\n" * 9000, "> " * 20_000])
def test_nonsense_is_looked_at_too(desk: Client, question: GuidanceQuestion, text: str) -> None:
    look(desk, question, text)
    look(desk, question, text, script=False, insert="own-999999", left=["x" * 5000] * 90)


# Own words --------------------------------------------------------------------------------------


def kept(**changes: str) -> dict[str, str]:
    return {"kind": "salutation", "text": "Ha [naam]!", "client_id": str(uuid.uuid4())} | changes


def test_own_words_come_instead_of_the_defaults(desk: Client, question: GuidanceQuestion) -> None:
    desk.post("/guidance/words/", kept())
    desk.post("/guidance/words/", kept(kind="free", name="Link", text="Zie de handleiding."))

    page = desk.get(f"/guidance/{question.pk}/").content.decode()

    assert 'data-words="Ha Sanne!"' in page
    assert "Dag Sanne," not in page
    assert 'data-words="Zie de handleiding."' in page


@pytest.mark.usefixtures("question")
def test_words_that_are_offered_can_be_made_own(desk: Client) -> None:
    page = desk.get("/guidance/words/").content.decode()
    assert "Goed dat je dit voorlegt. Ik zie dat …" in page
    assert "?kind=acknowledgement" in page

    begun = desk.get("/guidance/words/?kind=closing").content.decode()

    assert "Succes, en laat me weten hoe het ging.\n[ik]</textarea>" in begun
    assert '<option value="closing" selected>' in begun
    assert desk.get("/guidance/words/?kind=x").status_code == 200


@pytest.mark.usefixtures("question")
def test_form_that_is_sent_twice_keeps_one_text(desk: Client) -> None:
    form = kept()
    desk.post("/guidance/words/", form)
    desk.post("/guidance/words/", form)

    assert OwnWords.objects.count() == 1


@pytest.mark.usefixtures("question")
def test_ten_of_a_kind_are_enough_and_what_was_typed_stays(desk: Client, teacher: User) -> None:
    for position in range(1, 11):
        factories.own_words(teacher, position=position)

    answer = desk.post("/guidance/words/", kept(text="De elfde"))

    assert answer.status_code == 422
    assert "Je kunt 10 teksten van deze soort bewaren" in answer.content.decode()
    assert "De elfde</textarea>" in answer.content.decode()
    assert desk.post("/guidance/words/", kept(kind="closing")).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.own_words(teacher, position=11)


def test_place_that_came_free_is_used_again(teacher: User) -> None:
    rows = [factories.own_words(teacher, f"{n}", position=n) for n in range(1, 11)]
    actions_replies.remove_words(rows[3])

    new = actions_replies.keep_words(OwnWords(kind="salutation", text="Nieuw"), by=teacher)

    assert new.position == 4
    with pytest.raises(ValidationError):
        actions_replies.keep_words(OwnWords(kind="salutation", text="Nog een"), by=teacher)


@pytest.mark.django_db(transaction=True)
def test_two_texts_at_the_same_moment_are_ten_at_most() -> None:
    writer, together = factories.person(), threading.Barrier(2)
    for position in range(1, 10):
        factories.own_words(writer, position=position)
    refused: list[ValidationError] = []

    def keep() -> None:
        together.wait(60)
        try:
            actions_replies.keep_words(OwnWords(kind="salutation", text="Nog een"), by=writer)
        except ValidationError as problem:
            refused.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (OwnWords.objects.count(), len(refused)) == (10, 1)


def test_texts_change_places_and_kinds(desk: Client, teacher: User) -> None:
    first, second = (
        factories.own_words(teacher, name, position=n) for n, name in ((1, "A"), (2, "B"))
    )
    desk.post(f"/guidance/words/{second.pk}/move/", {"to": "earlier"})
    desk.post(f"/guidance/words/{second.pk}/move/", {"to": "earlier"})
    assert [row.text for row in OwnWords.objects.all()] == ["B", "A"]
    desk.post(f"/guidance/words/{second.pk}/move/", {"to": "later"})
    assert [row.text for row in OwnWords.objects.all()] == ["A", "B"]

    desk.post(f"/guidance/words/{first.pk}/", kept(kind="closing", text="Groet"))

    first.refresh_from_db()
    assert (first.kind, first.text, first.position) == ("closing", "Groet", 1)


def test_own_words_are_nobody_elses(desk: Client, question: GuidanceQuestion) -> None:
    colleague = factories.person("Otto Smit")
    theirs = factories.own_words(colleague, "Alleen van Otto")

    for path in ("", "move/", "delete/"):
        assert desk.post(f"/guidance/words/{theirs.pk}/{path}", kept()).status_code == 404
    for page in ("/guidance/words/", f"/guidance/{question.pk}/"):
        assert "Alleen van Otto" not in desk.get(page).content.decode()
    assert "Wie dit kan zien: alleen jij" in " ".join(
        desk.get("/guidance/words/").content.decode().split()
    )


# Quotations -------------------------------------------------------------------------------------


def test_sentences_are_chosen_and_stand_in_the_answer(
    desk: Client, question: GuidanceQuestion
) -> None:
    page = desk.get(f"/guidance/{question.pk}/quote/").content.decode()
    assert "<span>Wanneer vraag ik hulp?</span>" in page
    assert "<html" in page

    answer = desk.get(f"/guidance/{question.pk}/?quote=core&sentence=1&sentence=2")

    quoted = "&gt; Wanneer vraag ik hulp?\n&gt;\n&gt; En hoort dat in mijn verslag?\n\n</textarea>"
    assert quoted in answer.content.decode()


def test_script_gets_the_sentences_alone(desk: Client, question: GuidanceQuestion) -> None:
    asked = factories.message(question, question.placement.student, "Mag het?\n> oud")

    page = desk.get(
        f"/guidance/messages/{asked.pk}/quote/", headers={"HX-Request": "true"}
    ).content.decode()

    assert "<html" not in page
    assert "Mag het?" in page
    assert "oud" not in page


@pytest.mark.parametrize(
    "query",
    [
        "quote=core&sentence=99",
        "quote=x&sentence=0",
        "quote=core&sentence=²",
        "quote=core",
        f"quote=core&sentence={'9' * 5000}",
    ],
)
def test_quotation_of_nothing_is_nothing(
    desk: Client, question: GuidanceQuestion, query: str
) -> None:
    page = desk.get(f"/guidance/{question.pk}/?{query}").content.decode()

    assert "&gt; " not in page.partition("<textarea")[2].partition("</textarea>")[0]


def test_nobody_quotes_own_words_or_another_conversation(
    desk: Client, question: GuidanceQuestion, teacher: User
) -> None:
    own = factories.message(question, teacher, "Van mij")
    elsewhere = factories.placement(factories.person(), teacher=None)
    hidden = factories.message(factories.question(elsewhere), elsewhere.student, "Geheim")

    assert desk.get(f"/guidance/messages/{own.pk}/quote/").status_code == 404
    assert desk.get(f"/guidance/messages/{hidden.pk}/quote/").status_code == 404
    for message in (own, hidden):
        page = desk.get(f"/guidance/{question.pk}/?quote={message.pk}&sentence=0")
        assert f"&gt; {message.text}" not in page.content.decode()


def test_quotation_is_shown_as_one_and_is_no_act_of_its_writer(
    desk: Client, question: GuidanceQuestion
) -> None:
    text = "> Kun je me bellen?\nDe toets duurde een uur."
    message = factories.message(question, question.placement.student, text)

    page = desk.get(f"/guidance/{question.pk}/").content.decode()
    reading = desk.get(f"/guidance/messages/{message.pk}/speech-acts/").content.decode()

    assert "<blockquote>\n<p>Kun je me bellen?</p>\n</blockquote>" in page
    assert "Kun je me bellen" not in reading
    assert "De toets duurde een uur." in reading


def test_reading_comes_in_place_for_a_script(desk: Client, question: GuidanceQuestion) -> None:
    address = reverse("guidance:core_reading", args=[question.pk])

    page = desk.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert "Directief overheerst" in page
    assert f'href="{address}"' in page

"""Reading a message by speech acts: only the other sees it, and nothing of it stays."""

import json
import logging
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.core.templatetags.stageapp import icon
from stageapp.guidance import access
from stageapp.guidance.actions import share_question, withdraw_question
from stageapp.guidance.models import GuidanceQuestion, Message
from stageapp.guidance.words import ACT_WORDS, tell
from stageapp.placements.models import PlacementTeacher
from stageapp.speech.acts import ACTS
from stageapp.speech.reading import read_message
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db

WRITTEN = "Hoi Mira,\nIk maak me zorgen. Kun je <b>me</b> bellen? Mag dat vandaag nog?"


@pytest.fixture
def question() -> GuidanceQuestion:
    teacher = factories.person("Mira de Vries", language="nl")
    student = factories.person("Sanne Bakker", language="nl")
    placement = factories.placement(student, teacher=teacher)
    made = factories.question(placement, "Hoe nu?", teacher=teacher, core=WRITTEN)
    share_question(made, at=timezone.now())
    return made


def as_person(person: User | None) -> Client:
    assert person
    client = Client()
    client.force_login(person)
    return client


def address_of(thing: GuidanceQuestion | Message) -> str:
    folder = "messages/" if isinstance(thing, Message) else ""
    return f"/guidance/{folder}{thing.pk}/speech-acts/"


def test_core_is_shown_sentence_by_sentence_with_what_prevails(question: GuidanceQuestion) -> None:
    answer = as_person(question.teacher).get(address_of(question))

    page = answer.content.decode()
    assert "Wat Sanne Bakker schreef, in vijf taalhandelingen" in page
    assert "Directief overheerst: 2 van de 3 zinnen." in page
    assert "Misschien zoekt Sanne Bakker informatie" in page
    assert "Een aanhef of groet is hieronder wel gemerkt" in page
    assert "Ribbers" in page
    assert "Searle" in page
    assert "Wie dit kan zien: alleen jij" in " ".join(page.split())
    assert "“Kun je”" in page
    assert "<b>me</b>" not in page
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_page_is_in_english_for_who_reads_english(question: GuidanceQuestion) -> None:
    assert question.teacher
    question.teacher.language = "en"
    question.teacher.save()

    page = as_person(question.teacher).get(address_of(question)).content.decode()

    assert "Directive prevails: 2 of the 3 sentences." in page
    assert "Perhaps Sanne Bakker is looking for information" in page


def test_conversation_leads_to_the_reading_of_what_the_other_wrote_only(
    question: GuidanceQuestion,
) -> None:
    asks = factories.message(question, question.placement.student, "Mag het?")
    assert question.teacher
    answers = factories.message(question, question.teacher, "Ja hoor.")

    theirs = as_person(question.teacher).get(f"/guidance/{question.pk}/").content.decode()
    students = as_person(question.placement.student).get(f"/guidance/{question.pk}/")
    at_desk = as_person(question.teacher).get(f"/students/{question.placement_id}/")

    for page in (theirs, at_desk.content.decode()):
        assert address_of(question) in page
        assert address_of(asks) in page
        assert address_of(answers) not in page
    assert address_of(question) not in students.content.decode()
    assert address_of(asks) not in students.content.decode()
    assert address_of(answers) in students.content.decode()


def test_writer_never_sees_the_reading(question: GuidanceQuestion) -> None:
    own = factories.message(question, question.placement.student)
    assert question.teacher
    answer = factories.message(question, question.teacher)

    student, teacher = as_person(question.placement.student), as_person(question.teacher)

    assert student.get(address_of(question)).status_code == 404
    assert student.get(address_of(own)).status_code == 404
    assert student.get(address_of(answer)).status_code == 200
    assert teacher.get(address_of(answer)).status_code == 404


def test_withdrawn_is_gone_for_the_reader(question: GuidanceQuestion) -> None:
    message = factories.message(question, question.placement.student)
    withdraw_question(question, at=timezone.now())

    teacher = as_person(question.teacher)

    assert teacher.get(address_of(question)).status_code == 404
    assert teacher.get(address_of(message)).status_code == 404


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(is_shared=st.booleans(), is_withdrawn=st.booleans(), is_linked=st.booleans())
def test_read_by_exactly_those_who_can_read_and_did_not_write(
    db: None, is_shared: bool, is_withdrawn: bool, is_linked: bool
) -> None:
    now = timezone.now()
    teacher, student = factories.person("Docent"), factories.person("Student")
    factories.person("Ander")
    placement = factories.placement(student, teacher=teacher)
    question = factories.question(
        placement,
        teacher=teacher,
        shared_at=now if is_shared else None,
        withdrawn_at=now if is_shared and is_withdrawn else None,
    )
    if not is_linked:
        PlacementTeacher.objects.filter(placement=placement).update(ended_at=now)
    asks, answers = factories.message(question, student), factories.message(question, teacher)

    readers = access.readers_of(question)

    for person in User.objects.all():
        can_read = person in readers
        cores = access.cores_received_by(person).filter(pk=question.pk)
        received = access.messages_received_by(person).filter(question=question)
        assert cores.exists() == (can_read and person != student)
        assert received.filter(pk=asks.pk).exists() == (can_read and person != student)
        assert received.filter(pk=answers.pk).exists() == (can_read and person != teacher)


def test_reading_writes_nothing_but_how_often_and_logs_nothing(
    question: GuidanceQuestion, caplog: pytest.LogCaptureFixture
) -> None:
    client = as_person(question.teacher)
    client.get(address_of(question))

    with (
        caplog.at_level(logging.DEBUG),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        client.get(address_of(question))

    said = [
        query["sql"].split()[0] for query in queries if "INSERT INTO core_use" not in query["sql"]
    ]
    assert set(said) <= {"SELECT", "SAVEPOINT", "RELEASE"}
    assert not any("zorgen" in record.getMessage() for record in caplog.records)


def test_each_way_that_acts_prevail_has_words() -> None:
    told = {}
    with translation.override("en"):
        for text in ("Mag dat?", "Mag dat? Kan het?", "Mag dat? Bedankt!", "", "Hoi Jan!"):
            told[text] = tell(read_message(text), "Sanne")
        four = "Mag dat? Bedankt! Ik stuur het morgen. Hierbij meld ik mij ziek."
        told[four] = tell(read_message(four), "Sanne")

    assert [reading.prevails for reading in told.values()] == [
        "Directive prevails: that is what the one sentence is.",
        "Directive prevails: 2 of the 2 sentences.",
        "Directive and expressive prevail, with 1 of the 2 sentences each.",
        "No speech act prevails.",
        "Expressive prevails: that is what the one sentence is.",
        "No speech act prevails.",
    ]
    assert [len(reading.needs) for reading in told.values()] == [1, 1, 2, 0, 1, 0]


def test_every_act_has_words_and_a_picture() -> None:
    assert set(ACT_WORDS) == set(ACTS)
    for words in ACT_WORDS.values():
        assert icon(words.icon).startswith("<svg")


def test_command_prints_each_sentence_with_its_act(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = StringIO()
    text = "Hallo Annemiek, De les ging goed. 🎉 Wat vind jij?"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))

    call_command("analyse_message", "--json", stdout=printed)

    assert json.loads(printed.getvalue()) == {
        "sentences": [
            {"text": "Hallo Annemiek,", "act": "expressief"},
            {"text": "De les ging goed. 🎉", "act": "assertief"},
            {"text": "Wat vind jij?", "act": "directief"},
        ]
    }


def test_command_prints_for_people_too(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = StringIO()
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"Dank je!")))

    call_command("analyse_message", stdout=printed)

    assert printed.getvalue() == "expressief   Dank je!\n"

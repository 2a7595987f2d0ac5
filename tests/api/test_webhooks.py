"""Webhooks, heard by a program that checks them as the standard says, and by nobody else's."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from stageapp.accounts.models import User
from stageapp.administration.actions import give_role, take_role
from stageapp.api.actions_webhooks import (
    KEPT,
    make_webhook,
    renew_secret,
    send_again,
    send_test,
    switch_webhook,
    tell_webhooks,
)
from stageapp.api.models import Webhook, WebhookEvent
from stageapp.api.rules import PATIENCE, PAUSES
from stageapp.guidance.actions import send_message, share_question, withdraw_question
from stageapp.guidance.models import GuidanceQuestion
from stageapp.notifications.models import Notification
from stageapp.placements.actions_linking import link_students
from stageapp.programmes.models import ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db

TITLE, CORE = "Een geheime titel", "Een geheime kern"


@dataclass
class Ear:
    """A program that hears: what came in, and what it answers."""

    url: str = ""
    status: int = 204
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """What was told."""
        return [json.loads(body) for _headers, body in self.heard]


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            ear.heard.append((dict(self.headers), body))
            self.send_response(ear.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    ear.url = f"http://127.0.0.1:{server.server_port}/hoor"
    with override_settings(WEBHOOK_HOSTS=["127.0.0.1"]):
        yield ear
    server.shutdown()
    server.server_close()


@pytest.fixture
def question() -> GuidanceQuestion:
    placement = factories.placement(factories.person(), teacher=factories.person("Mira"))
    teacher = placement.teacher_links.get().teacher
    return factories.question(placement, TITLE, teacher=teacher, core=CORE)


def listen(person: User, ear: Ear, **fields: Any) -> Webhook:
    webhook = Webhook(person=person, name="Proef", url=ear.url, **fields)
    make_webhook(webhook, at=timezone.now() - timedelta(minutes=1))
    return webhook


def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Check a signature as the text of Standard Webhooks 1.0.0 says, apart from our own code."""
    told = {name.lower(): text for name, text in headers.items()}
    signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in told["webhook-signature"].split(" ")


def test_teacher_hears_that_there_is_a_question_and_nothing_of_what_it_says(
    question: GuidanceQuestion, ear: Ear
) -> None:
    assert question.teacher
    webhook = listen(question.teacher, ear)
    share_question(question, at=timezone.now())

    assert tell_webhooks(at=timezone.now()) == 1

    headers, body = ear.heard[0]
    told = json.loads(body)
    assert told["type"] == "question_shared"
    assert told["data"]["subject"] == {
        "type": "guidance-question",
        "id": question.pk,
        "url": f"/api/v1/guidance-questions/{question.pk}",
    }
    assert "geheim" not in body.decode()
    assert question.placement.student.name not in body.decode()
    assert verify(webhook.secret, headers, body)
    assert not verify(webhook.secret, headers, body + b" ")


@pytest.mark.parametrize(
    ("kind", "make", "address"),
    [
        ("talk", factories.talk, "/api/v1/talks/{}"),
        ("report", lambda question: factories.report(question, shared_at=timezone.now()),
         "/api/v1/reports/{}"),
        ("point", lambda question: factories.point(question.placement, question=question),
         "/api/v1/action-points/{}"),
    ],
)  # fmt: skip
def test_news_says_where_the_thing_is_for_as_long_as_its_person_can_read_it(
    question: GuidanceQuestion, ear: Ear, kind: str, make: Callable[..., Any], address: str
) -> None:
    assert question.teacher
    share_question(question, at=timezone.now())
    made = make(question)
    listen(question.teacher, ear)
    for cause in ("first", "second"):
        Notification.objects.create(
            person=question.teacher,
            kind="report_shared",
            title=TITLE,
            path="/",
            subject=f"{kind}:{made.pk}",
            cause=cause,
        )
        tell_webhooks(at=timezone.now())
        question.placement.teacher_links.update(ended_at=timezone.now())

    told = [body["data"]["subject"] for body in ear.bodies if body["type"] == "report_shared"]
    assert [(one["id"], one["url"]) for one in told] == [(made.pk, address.format(made.pk))]


def test_each_thing_is_told_once(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    listen(question.teacher, ear)
    share_question(question, at=timezone.now())

    for _ in range(3):
        tell_webhooks(at=timezone.now())

    assert len(ear.heard) == 1
    assert WebhookEvent.objects.get().outcome == "delivered"


def test_what_was_withdrawn_meanwhile_is_not_told(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    listen(question.teacher, ear)
    share_question(question, at=timezone.now())
    Notification.objects.update(mailed_at=timezone.now())
    withdraw_question(question, at=timezone.now())

    tell_webhooks(at=timezone.now())

    assert ear.heard == []


def test_what_happened_before_it_was_made_is_not_told(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    share_question(question, at=timezone.now() - timedelta(hours=1))
    listen(question.teacher, ear)

    tell_webhooks(at=timezone.now())

    assert ear.heard == []


def test_nobody_hears_the_news_of_somebody_else(question: GuidanceQuestion, ear: Ear) -> None:
    listen(factories.person("Joost"), ear)
    share_question(question, at=timezone.now())

    tell_webhooks(at=timezone.now())

    assert ear.heard == []


def test_who_is_switched_off_hears_nothing(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    listen(question.teacher, ear)
    share_question(question, at=timezone.now())
    User.objects.filter(pk=question.teacher.pk).update(is_active=False)

    tell_webhooks(at=timezone.now())

    assert ear.heard == []


def test_what_fails_comes_again_with_growing_pauses_under_the_same_identifier(
    question: GuidanceQuestion, ear: Ear
) -> None:
    assert question.teacher
    listen(question.teacher, ear)
    now = timezone.now()
    share_question(question, at=now)
    ear.status = 500

    for pause in PAUSES:
        tell_webhooks(at=now)
        tell_webhooks(at=now + pause / 2)
        now += pause + timedelta(seconds=1)
    ear.status = 200
    tell_webhooks(at=now)
    tell_webhooks(at=now + timedelta(days=1))

    identifiers = {headers["webhook-id"] for headers, _body in ear.heard}
    assert len(ear.heard) == len(PAUSES) + 1
    assert len(identifiers) == 1
    assert len({headers["webhook-timestamp"] for headers, _body in ear.heard}) > 1
    assert Webhook.objects.get().failing_since is None


def test_after_the_last_attempt_it_is_given_up(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    listen(question.teacher, ear)
    now = timezone.now()
    share_question(question, at=now)
    ear.status = 503

    for pause in (*PAUSES, timedelta(days=2)):
        tell_webhooks(at=now)
        now += pause + timedelta(seconds=1)

    event = WebhookEvent.objects.get(kind="question_shared")
    assert (event.outcome, event.due_at, event.status) == ("given_up", None, 503)


def test_address_where_nothing_arrives_for_long_is_switched_off_and_its_owner_is_told(
    question: GuidanceQuestion, ear: Ear
) -> None:
    assert question.teacher
    webhook = listen(question.teacher, ear)
    Webhook.objects.update(failing_since=timezone.now() - PATIENCE)
    share_question(question, at=timezone.now())
    ear.status = 404

    tell_webhooks(at=timezone.now())
    tell_webhooks(at=timezone.now() + timedelta(hours=1))

    webhook.refresh_from_db()
    assert not webhook.is_on
    news = Notification.objects.get(person=question.teacher, kind="webhook_off")
    assert news.path == f"/profile/webhooks/{webhook.pk}/"
    assert len(ear.heard) == 1


def test_address_that_says_it_is_gone_gets_no_more(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    webhook = listen(question.teacher, ear)
    share_question(question, at=timezone.now())
    ear.status = 410

    tell_webhooks(at=timezone.now())

    webhook.refresh_from_db()
    assert not webhook.is_on


def test_answer_that_leads_elsewhere_is_not_followed(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    listen(question.teacher, ear)
    share_question(question, at=timezone.now())
    ear.status = 302

    tell_webhooks(at=timezone.now())

    assert WebhookEvent.objects.get().outcome == ""
    assert WebhookEvent.objects.get().status == 302


def test_address_inside_is_never_called_although_administrators_may_call_it(
    question: GuidanceQuestion, ear: Ear
) -> None:
    assert question.teacher
    with override_settings(WEBHOOK_HOSTS=[], OUTGOING_HOSTS=["127.0.0.1"]):
        listen(question.teacher, ear)
        share_question(question, at=timezone.now())
        tell_webhooks(at=timezone.now())

    assert ear.heard == []
    assert WebhookEvent.objects.get().error == "ForbiddenAddressError"


def test_old_secret_signs_beside_the_new_one_for_a_day(ear: Ear) -> None:
    webhook = listen(factories.person(), ear)
    before, now = webhook.secret, timezone.now()
    after = renew_secret(webhook, at=now)
    webhook.refresh_from_db()

    send_test(webhook, at=now)
    tell_webhooks(at=now)
    send_test(webhook, at=now + timedelta(hours=25))
    tell_webhooks(at=now + timedelta(hours=25))

    first, second = ear.heard
    assert verify(before, *first)
    assert verify(after, *first)
    assert not verify(before, *second)
    assert verify(after, *second)


def test_secret_is_sealed_in_the_database(ear: Ear) -> None:
    webhook = listen(factories.person(), ear)

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM api_webhook")
        assert webhook.secret not in cursor.fetchone()[0]


def test_event_is_sent_again_on_request_under_the_same_identifier(ear: Ear) -> None:
    event = send_test(listen(factories.person(), ear), at=timezone.now())
    tell_webhooks(at=timezone.now())

    send_again(event, at=timezone.now())
    tell_webhooks(at=timezone.now())

    assert [headers["webhook-id"] for headers, _body in ear.heard] == [f"msg_{event.pk.hex}"] * 2


def test_what_happened_while_it_was_off_is_not_sent(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    webhook = listen(question.teacher, ear)
    switch_webhook(webhook, is_on=False, at=timezone.now())
    share_question(question, at=timezone.now())
    switch_webhook(webhook, is_on=True, at=timezone.now() + timedelta(seconds=1))

    tell_webhooks(at=timezone.now() + timedelta(seconds=2))

    assert ear.heard == []


def test_student_hears_of_an_answer(question: GuidanceQuestion, ear: Ear) -> None:
    assert question.teacher
    listen(question.placement.student, ear)
    share_question(question, at=timezone.now())
    send_message(
        question,
        "Dit mag er niet in staan",
        by=question.teacher,
        at=timezone.now(),
        client_id=uuid.uuid4(),
    )

    tell_webhooks(at=timezone.now())

    assert [told["type"] for told in ear.bodies] == ["message_received"]
    assert b"Dit mag er niet" not in ear.heard[0][1]


def test_administrator_hears_of_roles_and_links_of_their_own_programme_only(ear: Ear) -> None:
    admin, colleague = factories.person("Ada"), factories.person("Bo")
    cohort, elsewhere = factories.cohort(), factories.cohort()
    for person in (admin, colleague):
        ProgrammeMembership.objects.create(
            programme=cohort.programme, person=person, role=Role.ADMINISTRATOR
        )
    listen(admin, ear, with_changes=True)
    now = timezone.now()
    teacher = factories.person("Mira")
    for where in (cohort, elsewhere):
        give_role(teacher, where.programme, Role.TEACHER, by=colleague, at=now)
        placement = factories.placement(cohort=where)
        link_students([(placement, teacher)], by=colleague, at=now)

    tell_webhooks(at=timezone.now())

    assert sorted(told["type"] for told in ear.bodies) == ["linked", "role_given"]
    given = next(told for told in ear.bodies if told["type"] == "role_given")
    assert given["data"] == {
        "subject": {
            "type": "person",
            "id": teacher.pk,
            "url": f"/api/v1/administration/people/{teacher.pk}",
        },
        "programme": cohort.programme_id,
    }
    assert "Mira" not in json.dumps(ear.bodies)


def test_administrator_without_the_second_factor_hears_of_no_changes(
    ear: Ear, settings: Settings
) -> None:
    admin, colleague, teacher = (factories.person(name) for name in ("Ada", "Bo", "Mira"))
    programme = factories.programme()
    for person in (admin, colleague):
        ProgrammeMembership.objects.create(
            programme=programme, person=person, role=Role.ADMINISTRATOR
        )
    listen(admin, ear, with_changes=True)
    give_role(teacher, programme, Role.TEACHER, by=colleague, at=timezone.now())
    ear.status = 500
    tell_webhooks(at=timezone.now())
    ear.heard.clear()
    take_role(teacher, programme, Role.TEACHER, by=colleague, at=timezone.now())

    settings.SECOND_FACTOR = "administrators"
    tell_webhooks(at=timezone.now() + timedelta(minutes=1))

    assert ear.heard == []
    assert WebhookEvent.objects.get().outcome == "dropped"


def test_news_that_was_cancelled_while_it_waited_is_not_told(ear: Ear) -> None:
    student = factories.person()
    listen(student, ear)
    news = Notification.objects.create(
        person=student,
        kind="talk_proposed",
        title=TITLE,
        path="/",
        subject="proposal:1",
        cause="proposal:1",
    )
    ear.status = 500
    tell_webhooks(at=timezone.now())
    ear.heard.clear()
    Notification.objects.filter(pk=news.pk).update(cancelled_at=timezone.now())

    tell_webhooks(at=timezone.now() + timedelta(minutes=1))

    assert ear.heard == []
    assert WebhookEvent.objects.get().outcome == "dropped"


def test_list_of_what_was_sent_ends_after_a_month(ear: Ear) -> None:
    event = send_test(listen(factories.person(), ear), at=timezone.now())
    tell_webhooks(at=timezone.now())

    tell_webhooks(at=timezone.now() + KEPT + timedelta(hours=1))

    assert not WebhookEvent.objects.filter(pk=event.pk).exists()


# The pages ----------------------------------------------------------------------------------------


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.post("/login/again/?next=/", {"password": factories.PASSWORD})
    return client


def test_webhook_is_made_and_its_secret_is_shown_once() -> None:
    person = factories.person()
    client = browser(person)
    sent = {"client_id": str(uuid.uuid4()), "name": "Mijn app", "url": "https://hier.example/x"}

    answer = client.post("/profile/webhooks/new/", sent)
    page = client.get(answer["Location"]).content.decode()

    webhook = Webhook.objects.get()
    assert webhook.secret in page
    assert webhook.secret not in client.get(answer["Location"]).content.decode()
    assert client.post("/profile/webhooks/new/", sent).status_code == 302
    assert Webhook.objects.count() == 1


def test_host_that_administrators_may_call_is_none_for_a_webhook(settings: Settings) -> None:
    settings.OUTGOING_HOSTS = ["intranet.example"]
    sent = {"client_id": str(uuid.uuid4()), "name": "x", "url": "http://intranet.example/"}
    client = browser(factories.person())

    assert client.post("/profile/webhooks/new/", sent).status_code == 422
    settings.WEBHOOK_HOSTS = ["intranet.example"]
    assert client.post("/profile/webhooks/new/", sent).status_code == 302


@pytest.mark.parametrize("url", ["http://hier.example/", "ftp://x.example/", "javascript:x", ""])
def test_address_without_https_is_refused(url: str) -> None:
    sent = {"client_id": str(uuid.uuid4()), "name": "Mijn app", "url": url}

    answer = browser(factories.person()).post("/profile/webhooks/new/", sent)

    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_test_is_sent_from_the_page_and_the_page_says_how_it_went(ear: Ear) -> None:
    person = factories.person()
    webhook = listen(person, ear)
    client = browser(person)

    client.post(f"/profile/webhooks/{webhook.pk}/test/")
    tell_webhooks(at=timezone.now())

    assert ear.bodies[0]["type"] == "test"
    assert "afgeleverd" in client.get(f"/profile/webhooks/{webhook.pk}/").content.decode()

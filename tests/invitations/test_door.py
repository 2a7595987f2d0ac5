"""At the door: what a link shows before a code, and that looking at it does nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from stageapp.invitations import actions
from stageapp.invitations.models import GuestMail, Invitation
from tests.invitations.guest import code_for, come_in, page_of

pytestmark = pytest.mark.django_db


def everything(invitation: Invitation) -> list[Any]:
    """Return all that a link could change."""
    return [
        *Invitation.objects.values_list(),
        *GuestMail.objects.values_list(),
        *invitation.question.readings.values_list(),
    ]


def test_link_says_who_invites_and_nothing_of_the_question(invitation: Invitation) -> None:
    answer = Client().get(page_of(invitation))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Youssef Amrani nodigt je uit" in page
    assert "Hogeschool Voorbeeld" in page
    assert "p…@werkplek.example" in page
    assert "Stuur mij een code" in page
    for hidden in ("Hoe doen jullie dit?", invitation.question.core, "peter@werkplek", "Peter"):
        assert hidden not in page


def test_looking_does_nothing(invitation: Invitation) -> None:
    before = everything(invitation)

    for _ in range(2):
        for method in ("get", "head"):
            answer = getattr(Client(), method)(page_of(invitation))
            assert answer.status_code == 200
            assert not answer.cookies
        for rest in ("code/", "enter/", "leave/", "end/", "language/", "message/"):
            assert Client().get(page_of(invitation, rest)).status_code == 405

    assert everything(invitation) == before


def test_pages_go_into_no_cache_no_search_engine_and_no_referrer(invitation: Invitation) -> None:
    for client in (Client(), come_in(invitation)):
        answer = client.get(page_of(invitation))
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_every_link_that_does_not_work_gets_the_same_answer(invitation: Invitation) -> None:
    ended = Client()
    come_in(invitation, ended)
    actions.end(invitation, at=timezone.now())
    answers = [
        ended.get(page_of(invitation)),
        ended.post(page_of(invitation, "code/")),
        ended.get(page_of(invitation, "messages/")),
        Client().get("/g/" + "A" * 43 + "/"),
        Client().get("/g/x/"),
        Client().post("/g/x/enter/"),
    ]
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        answers.append(Client().get(page_of(invitation)))

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "Deze link werkt niet (meer)" in answers[0].content.decode()
    assert answers[0]["Referrer-Policy"] == "no-referrer"


def test_code_lets_in_with_a_cookie_for_this_link_only(invitation: Invitation) -> None:
    client = Client()
    client.post(page_of(invitation, "code/"))
    assert "De code werkt tien minuten" in client.get(page_of(invitation)).content.decode()

    come_in(invitation, client)

    cookie = client.cookies["guest"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        page_of(invitation),
        True,
        "Lax",
    )
    assert cookie["max-age"] == 12 * 60 * 60
    assert "Hoe doen jullie dit?" in client.get(page_of(invitation)).content.decode()


def test_who_came_in_is_out_after_twelve_hours(invitation: Invitation) -> None:
    client = come_in(invitation)

    for hours, is_in in ((11.9, True), (12.1, False)):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            page = client.get(page_of(invitation)).content.decode()
            assert ("Hoe doen jullie dit?" in page) is is_in


def test_wrong_code_says_so_at_the_field(invitation: Invitation) -> None:
    client = Client()
    code = code_for(invitation)
    other = "000000" if code != "000000" else "000001"

    answers = [client.post(page_of(invitation, "enter/"), {"code": other}) for _ in range(5)]
    nonsense = client.post(page_of(invitation, "enter/"), {"code": "abc\x00"})

    assert {answer.status_code for answer in (*answers, nonsense)} == {422}
    assert "Dit is niet de code" in answers[0].content.decode()
    assert "Deze code werkt niet meer" in answers[4].content.decode()
    assert not client.cookies


def test_too_many_codes_says_so(invitation: Invitation) -> None:
    client = Client()
    answers = [client.post(page_of(invitation, "code/")) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [*[302] * 5, 429]
    assert "te veel codes" in answers[5].content.decode()


def test_cookie_of_one_link_opens_no_other(invitation: Invitation) -> None:
    client = come_in(invitation)
    old = client.cookies["guest"].value
    new = actions.renew(invitation, at=timezone.now())
    client.cookies["guest"] = old

    assert "Hoe doen jullie dit?" not in client.get(page_of(new)).content.decode()


def test_leaving_needs_a_new_code(invitation: Invitation) -> None:
    client, other = come_in(invitation), come_in(invitation)

    client.post(page_of(invitation, "leave/"))

    for browser in (client, other):
        assert "Stuur" in browser.get(page_of(invitation)).content.decode()


def test_nobody_is_put_out_by_whoever_only_has_the_link(invitation: Invitation) -> None:
    client = come_in(invitation)

    Client().post(page_of(invitation, "leave/"))

    assert "Hoe doen jullie dit?" in client.get(page_of(invitation)).content.decode()


def test_guest_ends_the_link_without_a_code(invitation: Invitation) -> None:
    answer = Client().post(page_of(invitation, "end/"), {"refuses": "on"})

    assert "Je krijgt geen mails meer van Youssef Amrani" in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.ended_by_guest
    assert invitation.refused_at
    assert Client().get(page_of(invitation)).status_code == 404


def test_guest_chooses_the_language_of_pages_and_mails(invitation: Invitation) -> None:
    client = Client()
    client.post(page_of(invitation, "language/"), {"language": "en"})
    client.post(page_of(invitation, "language/"), {"language": "xx"})

    answer = client.get(page_of(invitation))
    assert "Youssef Amrani invites you" in answer.content.decode()
    assert answer["Content-Language"] == "en"


def test_form_from_another_site_does_nothing_for_who_is_in(invitation: Invitation) -> None:
    # A browser keeps a Lax cookie back when another site sends a form.
    come_in(invitation)

    answer = Client(enforce_csrf_checks=True).post(
        page_of(invitation, "message/"), {"text": "Vals"}, HTTP_ORIGIN="https://elsewhere.example"
    )

    assert answer.status_code == 302
    assert not invitation.question.messages.exists()

"""Within the page of a learning environment, and out of it again."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.integrations.lti.actions import hand_over
from stageapp.integrations.lti.models import Handover, Identity, LoginState, Platform
from stageapp.programmes.models import Institution
from tests import factories
from tests.core.test_safety import policy_of
from tests.integrations.lti.campus import INSTRUCTOR, LEARNER, Campus, begin, launch

pytestmark = pytest.mark.django_db

FRAME = {"Sec-Fetch-Dest": "iframe"}
OWN_PAGE = {"Origin": "http://testserver"}


@pytest.fixture
def sanne(platform: Platform) -> User:
    Platform.objects.update(frame_origins="https://school.instructure.com")
    person = factories.person()
    Identity.objects.create(
        platform=platform, subject="user-1", person=person, linked_at=timezone.now()
    )
    factories.placement(person)
    return person


def opened(client: Client, campus: Campus, where: str = "iframe") -> Any:
    asked = begin(client, campus)
    told = campus.answer(asked)
    return client.post("/lti/launch/", told, headers={"Sec-Fetch-Dest": where})


def cookie(answer: Any, name: str) -> dict[str, Any]:
    return {key: value for key, value in answer.cookies[name].items() if value}


OPEN = {"samesite": "None", "secure": True, "partitioned": True}


def test_session_that_begins_in_a_frame_works_in_the_page_of_its_environment_only(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    answer = opened(client, campus)

    assert cookie(answer, "sessionid").items() >= OPEN.items()
    assert "Partitioned" in answer.cookies["sessionid"].OutputString()
    page = client.get("/activities/")
    assert policy_of(page)["frame-ancestors"] == f"{campus.url} https://school.instructure.com"
    assert "X-Frame-Options" not in page.headers
    assert cookie(page, "csrftoken").items() >= OPEN.items()
    # Everything else of the policy is as it is everywhere.
    assert {**policy_of(page), "frame-ancestors": "'none'"} == policy_of(Client().get("/login/"))
    # What is sent from the frame is as safe as elsewhere: only with the token of the page.
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post("/feedback/", {"text": "x"}).status_code == 403


def test_session_that_begins_in_a_window_is_like_any_other(
    client: Client, campus: Campus, sanne: User
) -> None:
    answer = opened(client, campus, "document")

    assert cookie(answer, "sessionid")["samesite"] == "Lax"
    assert "partitioned" not in cookie(answer, "sessionid")
    page = client.get("/activities/")
    assert policy_of(page)["frame-ancestors"] == "'none'"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert cookie(page, "csrftoken")["samesite"] == "Lax"
    assert "Volledig scherm" not in page.content.decode()


def test_session_of_who_signed_in_elsewhere_is_never_framed(
    client: Client, campus: Campus, sanne: User
) -> None:
    opened(client, campus)
    other = Client()
    other.force_login(sanne)

    assert policy_of(other.get("/activities/"))["frame-ancestors"] == "'none'"


def test_who_signs_out_in_a_frame_stays_in_it(client: Client, campus: Campus, sanne: User) -> None:
    opened(client, campus)

    client.post("/logout/")
    page = client.get("/login/")
    assert "https://school.instructure.com" in policy_of(page)["frame-ancestors"]
    assert page.context["user"].is_anonymous


def test_window_to_which_the_cookie_of_the_frame_goes_leaves_the_frame_as_it_is(
    client: Client, campus: Campus, sanne: User
) -> None:
    """Where both have one site, frame and window have one session."""
    opened(client, campus)

    answer = opened(client, campus, "document")

    assert cookie(answer, "csrftoken").items() >= OPEN.items()
    page = client.get("/activities/")
    assert "https://school.instructure.com" in policy_of(page)["frame-ancestors"]


def test_state_is_kept_in_a_cookie_that_the_environment_sends_along(
    client: Client, campus: Campus, platform: Platform
) -> None:
    answer = client.get(campus.login_address())

    (name,) = answer.cookies
    assert cookie(answer, name).items() >= {**OPEN, "httponly": True, "max-age": 600}.items()


def test_pages_that_refuse_and_ask_can_be_read_in_the_frame(
    client: Client, campus: Campus, platform: Platform
) -> None:
    Platform.objects.update(frame_origins="https://school.instructure.com")
    asked = begin(client, campus)

    refused = client.post("/lti/launch/", {"state": asked["state"], "id_token": "x"})
    new_window = Client().post("/lti/launch/", campus.answer(asked))

    for page in (refused, new_window):
        assert "https://school.instructure.com" in policy_of(page)["frame-ancestors"]
        assert "X-Frame-Options" not in page.headers


def test_origins_cannot_change_the_policy(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    Platform.objects.update(
        frame_origins="https://a.example; script-src * https://b.example/'self' *"
    )

    opened(client, campus)

    page = client.get("/activities/")
    assert policy_of(page)["frame-ancestors"] == f"{campus.url} https://b.example"
    assert "script-src" not in policy_of(page)


# Without cookies ----------------------------------------------------------------------------------


def test_environment_that_offers_it_keeps_the_secret_for_us(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    page = client.get(campus.login_address() + "&lti_storage_target=_parent")
    kept = page.context["kept"]
    asked = dict(
        pair.split("=") for pair in page.context["address"].partition("?")[2].split("&")
    ) | {"redirect_uri": "http://testserver/lti/launch/"}
    # The browser of the launch sends no cookie: a session in the frame would not be kept either.
    other = Client()
    told = campus.answer(asked)

    asking = other.post("/lti/launch/", told)
    assert "<lti-kept" in asking.content.decode()
    assert f'data-origin="{campus.url}"' in asking.content.decode()
    page = other.post("/lti/launch/", told | {"kept": kept}, headers=OWN_PAGE)

    assert "https://school.instructure.com" in policy_of(page)["frame-ancestors"]
    assert not other.cookies
    window = Client()
    answer = window.get(window_of(page), headers=OWN_LINK)
    assert answer["Location"] == "/"
    assert window.get("/profile/").context["user"] == sanne
    # It worked once, and the environment is not asked again: some answer to a launch once.
    assert Client().get(window_of(page), headers=OWN_LINK).status_code == 410
    again = other.post("/lti/launch/", told | {"kept": kept}, headers=OWN_PAGE)
    assert "used_before" in again.content.decode()


def window_of(page: Any) -> str:
    link: str = reverse("lti:handover", args=[page.context["link"]])
    return link


def kept_launch(client: Client, campus: Campus, **said: Any) -> Any:
    """Come in from a frame that keeps no cookie, in an environment that keeps the secret."""
    page = client.get(campus.login_address() + "&lti_storage_target=_parent")
    told = dict(pair.split("=") for pair in page.context["address"].partition("?")[2].split("&"))
    told["redirect_uri"] = "http://testserver/lti/launch/"
    form = campus.answer(told, **said) | {"kept": page.context["kept"]}
    return Client().post("/lti/launch/", form, headers=OWN_PAGE)


def test_who_is_new_goes_on_in_the_window_with_who_they_are_there(
    client: Client, campus: Campus, platform: Platform
) -> None:
    page = kept_launch(client, campus)
    window = Client()

    answer = window.get(window_of(page), headers=OWN_LINK)

    assert answer["Location"] == "/lti/welcome/"
    assert window.get("/lti/welcome/").context["pending"].name == "Sanne Bakker"


def test_window_asks_first_when_its_link_came_from_elsewhere(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    known = kept_launch(client, campus)
    Identity.objects.all().delete()
    new = kept_launch(client, campus)
    window = Client()

    for page in (known, new):
        asking = window.get(window_of(page), headers={"Sec-Fetch-Site": "cross-site"})
        assert "Sanne Bakker" in asking.content.decode()
    assert window.get("/lti/welcome/").status_code == 410
    assert window.post(window_of(new))["Location"] == "/lti/welcome/"


def test_window_opens_nothing_of_an_environment_that_was_switched_off(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    page = kept_launch(client, campus)
    Platform.objects.update(is_active=False)

    assert Client().get(window_of(page), headers=OWN_LINK).status_code == 410


def test_test_student_of_a_frame_without_cookies_gets_no_window(
    client: Client, campus: Campus, platform: Platform
) -> None:
    test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

    page = kept_launch(client, campus, roles=[LEARNER, test_user])

    assert "Een teststudent heeft geen logboek" in page.content.decode()
    assert not Handover.objects.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
@pytest.mark.parametrize("storage", ["_parent", ""])
def test_page_of_another_site_cannot_send_the_secret_that_it_knows(
    client: Client,
    campus: Campus,
    platform: Platform,
    sanne: User,
    origin: str | None,
    storage: str,
) -> None:
    """Else another would go on in the account of who began the launch."""
    page = client.get(campus.login_address() + "&lti_storage_target=_parent")
    LoginState.objects.update(storage_target=storage)
    address = page.context["address"].partition("?")[2]
    asked = dict(pair.split("=") for pair in address.split("&"))
    told = campus.answer(asked | {"redirect_uri": "http://testserver/lti/launch/"})
    other = Client()
    headers = {"Origin": origin} if origin else {}
    if not storage:
        # Nor does our own page for an environment that keeps nothing.
        headers = OWN_PAGE

    answer = other.post("/lti/launch/", told | {"kept": page.context["kept"]}, headers=headers)

    assert "Open in een nieuw venster" in answer.content.decode()
    assert other.get("/profile/").status_code == 302


@pytest.mark.parametrize(
    "said",
    [
        {"roles": [LEARNER, "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]},
        {"deep_link": True, "roles": [INSTRUCTOR]},
        {},
    ],
)
def test_launch_of_somebody_else_never_frames_the_session_of_who_is_in(
    client: Client, campus: Campus, sanne: User, said: dict[str, Any]
) -> None:
    client.force_login(factories.person("Noor"))
    asked = begin(client, campus)

    client.post("/lti/launch/", campus.answer(asked, **said), headers=FRAME)

    page = client.get("/profile/", follow=True)
    is_noor = getattr(page.context["user"], "name", "") == "Noor"
    assert not is_noor or policy_of(page)["frame-ancestors"] == "'none'"


def test_who_has_yet_to_confirm_an_address_or_to_agree_keeps_nobody_else_out(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    """Of a computer that people share, say."""
    other = factories.person("Noor")
    EmailAddress.objects.filter(user=other).update(verified=False)
    Institution.objects.update(agreement_number=1)
    client.force_login(other)

    answer = launch(client, campus)

    assert answer["Location"] == "/"
    assert client.get("/privacy/").context["user"] == sanne
    token = hand_over(sanne, "/activities/", at=timezone.now())
    client.force_login(other)
    asking = client.get(f"/lti/go-on/{token}/")
    assert "Hier ben je nu ingelogd als Noor." in asking.content.decode()


def test_without_cookies_and_storage_a_new_window_begins_anew(
    client: Client, campus: Campus, platform: Platform, sanne: User
) -> None:
    asked = begin(client, campus)
    page = Client().post("/lti/launch/", campus.answer(asked))
    again = page.context["again"]

    window = Client()
    answer = window.get(again)
    assert answer["Location"].startswith(f"{campus.url}/auth?")
    assert "login_hint=user-1" in answer["Location"]
    assert "lti_message_hint=link-1" in answer["Location"]


# Full screen --------------------------------------------------------------------------------------


def link_out(client: Client, path: str = "/activities/") -> str:
    page = client.post("/lti/full-screen/", {"next": path}).content.decode()
    return page.partition('data-full-screen href="')[2].partition('"')[0]


OWN_LINK = {"Sec-Fetch-Site": "same-origin"}


def test_full_screen_opens_the_same_page_in_a_tab_once(
    client: Client, campus: Campus, sanne: User
) -> None:
    opened(client, campus)
    assert "Volledig scherm" in client.get("/activities/").content.decode()
    link = link_out(client, "/activities/?status=busy")

    tab = Client()
    answer = tab.get(link, headers=OWN_LINK)

    assert answer["Location"] == "/activities/?status=busy"
    assert tab.get("/profile/").context["user"] == sanne
    assert policy_of(tab.get("/profile/"))["frame-ancestors"] == "'none'"
    assert cookie(answer, "sessionid")["samesite"] == "Lax"
    assert Client().get(link, headers=OWN_LINK).status_code == 410


def test_link_out_that_came_from_elsewhere_asks_first(
    client: Client, campus: Campus, sanne: User
) -> None:
    opened(client, campus)
    link = link_out(client)
    tab = Client()

    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}):
        page = tab.get(link, headers=headers)
        assert "Met deze link log je in als Sanne Bakker." in page.content.decode()
        assert tab.get("/").status_code == 302
    assert tab.post(link)["Location"] == "/activities/"
    assert tab.get("/profile/").context["user"] == sanne


def test_who_is_in_there_as_somebody_else_is_asked_first(
    client: Client, campus: Campus, sanne: User
) -> None:
    opened(client, campus)
    link = link_out(client)
    tab = Client()
    tab.force_login(factories.person("Noor"))

    page = tab.get(link, headers=OWN_LINK).content.decode()

    assert "Hier ben je nu ingelogd als Noor." in page


def test_link_out_is_over_after_two_minutes_and_leads_to_our_own_pages_only(
    client: Client, campus: Campus, sanne: User
) -> None:
    opened(client, campus)
    link = link_out(client, "https://elsewhere.example/")
    assert Handover.objects.get().path == "/"
    Handover.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Client().get(link, headers=OWN_LINK).status_code == 410
    assert Client().get("/lti/go-on/made-up/").status_code == 410
    assert client.post("/lti/full-screen/", {"next": "/" + "x" * 5000}).status_code == 200
    link_out(client, "/lti/full-screen/")
    assert set(Handover.objects.values_list("path", flat=True)) == {"/"}
    assert link not in Handover.objects.latest("pk").token_hash


def test_who_has_a_second_factor_gives_it_also_from_a_course_and_in_the_tab(
    client: Client, campus: Campus, sanne: User
) -> None:
    TOTP.activate(sanne, "JBSWY3DPEHPK3PXP")
    assert Authenticator.objects.filter(user=sanne).exists()

    answer = opened(client, campus)

    assert answer["Location"] == "/login/code/"
    page = client.get("/login/code/")
    assert "https://school.instructure.com" in policy_of(page)["frame-ancestors"]
    assert client.get("/").status_code == 302
    assert get_user_model().objects.get().is_active
    # A passkey, say, is refused in many a frame: the same launch goes on in a tab.
    assert "Volledig scherm" in page.content.decode()
    tab = Client()
    assert tab.get(link_out(client), headers=OWN_LINK)["Location"] == "/login/code/"
    assert tab.get("/").status_code == 302


def test_who_is_new_goes_on_in_a_tab_too(
    client: Client, campus: Campus, platform: Platform
) -> None:
    opened(client, campus)
    assert "Volledig scherm" in client.get("/lti/welcome/").content.decode()
    tab = Client()

    assert tab.get(link_out(client), headers=OWN_LINK)["Location"] == "/lti/welcome/"
    assert tab.get("/lti/welcome/").context["pending"].name == "Sanne Bakker"
    assert Client().post("/lti/full-screen/")["Location"] == "/login/"


# One's own ----------------------------------------------------------------------------------------


def test_somebody_sees_where_they_come_from_and_can_end_it(
    client: Client, campus: Campus, sanne: User
) -> None:
    launch(client, campus)
    assert "Canvas" in client.get("/lti/connections/").content.decode()
    other = Client()
    other.force_login(factories.person())
    identity = Identity.objects.get()
    assert other.post(f"/lti/connections/{identity.pk}/end/").status_code == 404

    client.post(f"/lti/connections/{identity.pk}/end/")

    assert launch(Client(), campus)["Location"] == "/lti/welcome/"


# The language -------------------------------------------------------------------------------------


def test_page_without_a_choice_of_language_is_in_that_of_the_browser(
    client: Client, campus: Campus, platform: Platform
) -> None:
    english = {"Accept-Language": "en-GB,en;q=0.8"}

    refused = client.get("/lti/login/?iss=https://x.example&login_hint=1", headers=english)
    link = client.get("/lti/register/made-up/", headers=english)

    assert "This did not work" in refused.content.decode()
    assert "Register Stage-App" in link.content.decode()
    assert "Dit lukte niet" in client.get("/lti/login/").content.decode()


def test_who_comes_for_the_first_time_reads_the_language_that_they_have_there(
    client: Client, campus: Campus, platform: Platform
) -> None:
    asked = begin(client, campus)
    presentation = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"
    more = {presentation: {"locale": "en-GB", "document_target": "iframe"}}

    client.post("/lti/launch/", campus.answer(asked, more=more), headers=FRAME)

    assert "Welcome to Stage-App" in client.get("/lti/welcome/").content.decode()


def test_language_that_somebody_chose_here_stays(
    client: Client, campus: Campus, platform: Platform
) -> None:
    client.cookies["language"] = "nl"
    presentation = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"
    more = {presentation: {"locale": "en-GB", "document_target": "iframe"}}

    client.post("/lti/launch/", campus.answer(begin(client, campus), more=more))

    assert "Welkom bij Stage-App" in client.get("/lti/welcome/").content.decode()

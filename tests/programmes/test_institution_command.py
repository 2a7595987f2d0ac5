"""Who runs the server makes institutions, and says which host name is whose."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from stageapp.audit.models import AuditEntry, Kind
from stageapp.programmes.models import Institution
from tests import factories

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[str, str]:
    """Return what the command prints, and what it warns of."""
    out, warned = StringIO(), StringIO()
    call_command("institution", *arguments, stdout=out, stderr=warned)
    return out.getvalue(), warned.getvalue()


def test_institution_is_made_changed_and_listed(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["stage.school.example"]

    made, _warned = run("school", "--name", "School", "--host", "Stage.School.example")
    changed, warned = run("school", "--name", "De School", "--time-zone", "America/Curacao")
    listed, _warned = run()

    address = Institution.objects.get().address
    assert made == f"school: School, {address}, Europe/Amsterdam\n"
    assert "De School" in changed
    assert "America/Curacao" in changed
    assert listed == changed
    assert warned == ""
    assert Institution.objects.get().host == "stage.school.example"
    entries = AuditEntry.objects.filter(kind=Kind.SETTINGS_CHANGED).order_by("pk")
    assert [entry.details["change"] for entry in entries] == ["made", "changed"]


def test_people_arrive_at_the_institution_of_the_host_name(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["een.example", "twee.example"]
    for slug in ("een", "twee"):
        run(slug, "--name", f"School {slug}", "--host", f"{slug}.example")

    page = Client().get("/privacy/", headers={"host": "twee.example"})

    assert "School twee" in page.content.decode()


def test_a_host_is_taken_away_again() -> None:
    factories.institution(slug="school", host="stage.school.example")

    run("school", "--host", "")

    assert Institution.objects.get().host == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("new",), "name: .* blank"),
        (("Not a slug", "--name", "School"), "slug"),
        (("school", "--host", "https://stage.school.example/"), "not a host name"),
        (("school", "--host", "stage.school.example:8000"), "not a host name"),
        (("school", "--host", "TAKEN.example"), "host: Another institution has"),
        (("school", "--time-zone", "Amsterdam"), "not a time zone"),
        (("school", "--name", ""), "name: .* blank"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(arguments: tuple[str, ...], said: str) -> None:
    factories.institution(slug="school", host="")
    factories.institution(slug="other", host="taken.example")

    with pytest.raises(CommandError, match=said):
        run(*arguments)

    assert sorted(Institution.objects.values_list("slug", "host")) == [
        ("other", "taken.example"),
        ("school", ""),
    ]


def test_what_keeps_people_from_finding_their_institution_is_warned_of(
    settings: Settings,
) -> None:
    settings.ALLOWED_HOSTS = ["stage.school.example"]
    factories.institution(slug="first", host="")
    factories.institution(slug="second", host="")

    _listed, warned = run("third", "--name", "Third", "--host", "elders.example")

    assert "elders.example is not in STAGEAPP_HOSTS" in warned
    assert "first, second have no host" in warned

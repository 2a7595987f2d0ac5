"""Removing again what came back with a backup."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from stageapp.accounts.models import User
from stageapp.placements.models import Placement
from tests import factories

pytestmark = pytest.mark.django_db


def removed(*subjects: str) -> str:
    out = StringIO()
    call_command("remove", *subjects, stdout=out)
    return out.getvalue().strip()


def test_people_and_placements_are_removed_by_the_keys_of_the_log() -> None:
    gone, stays = factories.placement(), factories.placement()
    person = factories.person()

    told = removed(f"placement:{gone.pk}", f"person:{person.pk}", "person:999999")

    assert told == "3 named, 2 still there: now all are gone"
    assert list(Placement.objects.all()) == [stays]
    assert not User.objects.filter(pk=person.pk).exists()


def test_the_log_names_what_was_removed(caplog: pytest.LogCaptureFixture) -> None:
    person = factories.person()
    key = person.pk

    removed(f"person:{key}")

    assert f"person:{key} is removed" in caplog.text
    assert person.email not in caplog.text


def test_who_was_told_goodbye_before_the_restore_is_not_told_again(
    mailoutbox: list[object],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        removed(f"person:{factories.person().pk}")

    assert mailoutbox == []


@pytest.mark.parametrize("subject", ["12", "person:", "person:x", "school:1", "person:²"])
def test_what_is_no_key_is_said(subject: str) -> None:
    with pytest.raises(CommandError, match="person:12"):
        removed(subject)

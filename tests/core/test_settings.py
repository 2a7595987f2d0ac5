"""What somebody reads who puts Stage-App in production with `stageapp check-config`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOUND = {
    "DJANGO_SETTINGS_MODULE": "stageapp.config.settings",
    "DATABASE_URL": "postgres:///stageapp",
    "STAGEAPP_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "STAGEAPP_BASE_URL": "https://stage.school.example",
    "STAGEAPP_HOSTS": "stage.school.example",
    "STAGEAPP_TRUSTED_PROXIES": "1",
    "STAGEAPP_EMAIL_FROM": "Stage-App <stage-app@school.example>",
    "STAGEAPP_EMAIL_URL": "smtp+tls://user:password@mail.school.example:587",
}


def check_config(var: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "STAGEAPP" not in name}
    environment |= SOUND | {"STAGEAPP_VAR": str(var)} | changed
    command = [sys.executable, "-m", "stageapp", "check-config"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "address",
    [
        "smtp+tls://user:password@mail.school.example:587",
        "smtp+ssl://user:password@mail.school.example",
        "submission://user:password@mail.school.example",
        "smtp://localhost",
    ],
)
def test_the_settings_of_the_run_book_are_sound(tmp_path: Path, address: str) -> None:
    answer = check_config(tmp_path, STAGEAPP_EMAIL_URL=address)

    assert answer.stdout == "Nothing is missing.\n"
    assert answer.returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("STAGEAPP_EMAIL_URL", "smpt://user@host", "STAGEAPP_EMAIL_URL is not like smtp+tls://"),
        ("STAGEAPP_EMAIL_URL", "smtp+tls://", "STAGEAPP_EMAIL_URL is not like smtp+tls://"),
        ("STAGEAPP_EMAIL_URL", "smtp+tls://user:pass#word@host:587", "Not a valid email URL"),
        ("DATABASE_URL", "postgrs://host/stageapp", "Not a valid database URL"),
        ("STAGEAPP_TRUSTED_PROXIES", "one", "Not a valid integer"),
    ],
)
def test_a_mistyped_setting_is_named_in_two_lines(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    answer = check_config(tmp_path, **{name: value})

    assert name in answer.stderr
    assert says in answer.stderr
    assert len(answer.stderr.splitlines()) == 2
    assert answer.returncode == 1


def test_mail_that_goes_nowhere_is_told(tmp_path: Path) -> None:
    answer = check_config(tmp_path, STAGEAPP_EMAIL_URL="dummy://")

    assert "STAGEAPP_EMAIL_URL names no mail server" in answer.stdout
    assert "1 to look at" in answer.stderr


def test_what_is_unsafe_is_told_with_its_cure(tmp_path: Path) -> None:
    answer = check_config(
        tmp_path,
        STAGEAPP_EMAIL_URL="smtp://user:password@mail.school.example",
        STAGEAPP_HOSTS="other.school.example",
    )

    assert "STAGEAPP_EMAIL_URL sends mail, with links" in answer.stdout
    assert "STAGEAPP_HOSTS lacks the host of STAGEAPP_BASE_URL" in answer.stdout
    assert "2 to look at" in answer.stderr
    assert answer.returncode == 1

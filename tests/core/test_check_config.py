"""`stageapp check-config` names what is missing or unsafe, in words."""

import secrets
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from stageapp.core.management.commands.check_config import is_weak

KEY = "q8Xv3mK1sB7tYw5Zr0Lp9NcD2fGh4JaE6uRiOoQkVxMzPjTb"


@pytest.fixture
def _safe(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", postgres())
    monkeypatch.setenv("STAGEAPP_SECRET_KEY", KEY)
    settings.SECRET_KEY, settings.VAR = KEY, tmp_path
    settings.SECURE, settings.DEBUG = True, False
    settings.BASE_URL, settings.ALLOWED_HOSTS = "https://stage.example", ["stage.example"]
    settings.SECOND_FACTOR, settings.ALLAUTH_TRUSTED_PROXY_COUNT = "administrators", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "mail.example", True
    settings.DEFAULT_FROM_EMAIL = "Stage-App <stage-app@stage.example>"
    settings.LOGGING = {"root": {"level": "WARNING"}}
    settings.BACKUP_PASSPHRASE = settings.FILES_URL = ""


def postgres(**changes: str) -> dict[str, Any]:
    own = {"USER": "stageapp", "PASSWORD": "Wq8-long-and-random", "HOST": "db.example"}
    return {"ENGINE": "django.db.backends.postgresql"} | own | changes


def said() -> list[str]:
    out = StringIO()
    try:
        call_command("check_config", stdout=out)
    except CommandError:
        return out.getvalue().splitlines()
    assert out.getvalue() == "Nothing is missing.\n"
    return []


@pytest.mark.usefixtures("_safe")
def test_safe_settings_are_called_so() -> None:
    assert said() == []


@pytest.mark.usefixtures("_safe")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": "short"}, "STAGEAPP_SECRET_KEY can be guessed"),
        ({"SECRET_KEY": "ab" * 40}, "STAGEAPP_SECRET_KEY can be guessed"),
        ({"BACKUP_PASSPHRASE": "zomer2026"}, "STAGEAPP_BACKUP_PASSPHRASE is short"),
        ({"SECURE": False}, "STAGEAPP_BASE_URL does not start with https"),
        ({"DEBUG": True}, "STAGEAPP_DEBUG is on"),
        ({"SECOND_FACTOR": "nobody"}, "STAGEAPP_SECOND_FACTOR is nobody"),
        ({"LOGGING": {"root": {"level": "debug"}}}, "STAGEAPP_LOG_LEVEL is DEBUG"),
        ({"ALLAUTH_TRUSTED_PROXY_COUNT": 0}, "STAGEAPP_TRUSTED_PROXIES is 0"),
        ({"ALLOWED_HOSTS": ["*"]}, "STAGEAPP_HOSTS names this machine only or every host"),
        ({"ALLOWED_HOSTS": ["localhost"]}, "STAGEAPP_HOSTS names this machine only"),
        ({"ALLOWED_HOSTS": ["other.example"]}, "STAGEAPP_HOSTS lacks the host"),
        ({"FILES_URL": "http://files.example"}, "STAGEAPP_FILES_URL does not start with https"),
        ({"FILES_URL": "https://stage.example"}, "STAGEAPP_FILES_URL is no other host"),
        ({"FILES_URL": "https://"}, "STAGEAPP_FILES_URL is no other host"),
        ({"EMAIL_BACKEND": "x.console.EmailBackend"}, "STAGEAPP_EMAIL_URL names no mail server"),
        ({"EMAIL_USE_TLS": False}, "STAGEAPP_EMAIL_URL sends mail"),
        ({"DEFAULT_FROM_EMAIL": "Stage-App <a@localhost>"}, "STAGEAPP_EMAIL_FROM is an address"),
        ({"DATABASE": {"ENGINE": "x.sqlite3"}}, "DATABASE_URL is not set"),
        ({"DATABASE": postgres(PASSWORD="")}, "DATABASE_URL has no password"),
        ({"DATABASE": postgres(PASSWORD="Postgres")}, "DATABASE_URL has no password"),
        (
            {"DATABASE": postgres(USER="postgres")},
            "DATABASE_URL signs in as postgres",
        ),
        (
            {"STORAGES": {"default": {"OPTIONS": {"endpoint_url": "http://store.example"}}}},
            "STAGEAPP_S3_ENDPOINT does not start with https",
        ),
        (
            {"STORAGES": {"default": {"OPTIONS": {"secret_key": "x"}}}},
            "STAGEAPP_S3_SECRET_KEY is set without",
        ),
    ],
)
def test_each_thing_that_is_wrong_is_named_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], words: str
) -> None:
    for name, value in changes.items():
        if name == "DATABASE":
            monkeypatch.setitem(settings.DATABASES, "default", value)
        else:
            setattr(settings, name, value)

    (line,) = said()

    assert line.startswith(f"- {words}")


@pytest.mark.usefixtures("_safe")
def test_key_that_was_made_here_is_for_one_machine_and_its_owner(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("STAGEAPP_SECRET_KEY")
    (tmp_path / "secret-key").write_text(KEY)
    (tmp_path / "secret-key").chmod(0o644)

    missing, readable = said()

    assert missing.startswith("- STAGEAPP_SECRET_KEY is not set")
    assert "can be read by others" in readable


@pytest.mark.usefixtures("_safe")
@pytest.mark.parametrize("host", ["", "/run/postgresql"])
def test_database_on_a_socket_needs_no_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", postgres(PASSWORD="", HOST=host))

    assert said() == []


@pytest.mark.usefixtures("_safe")
def test_no_secret_is_printed(settings: Settings) -> None:
    settings.SECRET_KEY, settings.BACKUP_PASSPHRASE = "geheim-sleutel", "geheim-zin"

    assert "geheim" not in " ".join(said())


def test_key_that_we_make_is_strong() -> None:
    assert not any(is_weak(secrets.token_urlsafe(50)) for _ in range(200))

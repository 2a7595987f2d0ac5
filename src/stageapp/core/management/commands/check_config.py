"""`stageapp check-config`: says in words what in the environment is missing or unsafe."""

import os
import stat
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

#: Of a key that signs everything, and of what encrypts a backup.
SHORTEST_KEY = 40
FEWEST_SIGNS = 12
SHORTEST_PASSPHRASE = 20
#: What people put in to try, and forget.
GUESSED = {"", "postgres", "password", "secret", "stageapp", "stage-app", "admin", "changeme"}
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}


class Command(BaseCommand):
    """Looks at the settings as somebody who is about to put them in production."""

    help = "Says what in the environment is missing or unsafe; fails when there is something."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [*secrets(), *safety(), *addresses(), *stores()]
        for problem in problems:
            self.stdout.write(f"- {problem}")
        if problems:
            raise CommandError(f"{len(problems)} to look at before this goes into production.")
        self.stdout.write("Nothing is missing.")


def secrets() -> Iterator[str]:
    """Say what is wrong with keys and passwords."""
    if not os.environ.get("STAGEAPP_SECRET_KEY"):
        yield (
            "STAGEAPP_SECRET_KEY is not set: a key in var/ is used, which other machines lack. "
            "Set it to 50 random characters."
        )
    if is_weak(settings.SECRET_KEY):
        yield (
            "STAGEAPP_SECRET_KEY can be guessed: it is short, or the same signs come back. "
            "Set it to 50 random characters."
        )
    kept = settings.VAR / "secret-key"
    if kept.exists() and kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{kept} can be read by others on this machine. Run: chmod 600 {kept}"
    if 0 < len(settings.BACKUP_PASSPHRASE) < SHORTEST_PASSPHRASE:
        yield (
            "STAGEAPP_BACKUP_PASSPHRASE is short: who gets hold of a backup could guess it. "
            f"Use at least {SHORTEST_PASSPHRASE} characters, such as five words."
        )
    database = settings.DATABASES["default"]
    host = str(database.get("HOST") or "/")
    # On a socket the system says who comes.
    if "postgresql" in database["ENGINE"] and not host.startswith("/"):
        if str(database.get("PASSWORD") or "").lower() in GUESSED:
            yield "DATABASE_URL has no password, or one that everybody tries. Choose a random one."
        if database.get("USER") == "postgres":
            yield (
                "DATABASE_URL signs in as postgres, who may do anything there. "
                "Give Stage-App a user of its own, which owns its database only."
            )


def safety() -> Iterator[str]:
    """Say which protection is off."""
    if not settings.SECURE:
        yield (
            "STAGEAPP_BASE_URL does not start with https://: passwords would travel unprotected. "
            "Set it to the public address."
        )
    if settings.DEBUG:
        yield "STAGEAPP_DEBUG is on: errors would show internals. Leave it out."
    if settings.SECOND_FACTOR == "nobody":
        yield (
            "STAGEAPP_SECOND_FACTOR is nobody: a stolen password of an administrator is enough. "
            "Leave it out."
        )
    if str(settings.LOGGING["root"]["level"]).upper() == "DEBUG":
        yield "STAGEAPP_LOG_LEVEL is DEBUG: what people write would be in the log. Leave it out."
    if settings.SECURE and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield (
            "STAGEAPP_TRUSTED_PROXIES is 0, yet https means that a proxy stands before Stage-App: "
            "all visitors would share one limit. Set it to how many there are."
        )


def addresses() -> Iterator[str]:
    """Say what is wrong with names of hosts and with mail."""
    if "*" in settings.ALLOWED_HOSTS or set(settings.ALLOWED_HOSTS) <= _LOCAL:
        yield "STAGEAPP_HOSTS names this machine only or every host. List the public host names."
    elif (urlsplit(settings.BASE_URL).hostname or "") not in settings.ALLOWED_HOSTS:
        yield "STAGEAPP_HOSTS lacks the host of STAGEAPP_BASE_URL: links in mails would not work."
    if settings.FILES_URL:
        files, base = urlsplit(settings.FILES_URL), urlsplit(settings.BASE_URL)
        if files.scheme != "https":
            yield "STAGEAPP_FILES_URL does not start with https://: files would travel unprotected."
        if not files.hostname or files.hostname == base.hostname:
            yield (
                "STAGEAPP_FILES_URL is no other host than STAGEAPP_BASE_URL, so it separates "
                "nothing. Choose another name, or leave it out."
            )
    if "smtp" not in settings.EMAIL_BACKEND:
        yield (
            "STAGEAPP_EMAIL_URL names no mail server: mail reaches nobody. "
            "Set it to smtp+tls://user:password@host:587."
        )
    elif not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or settings.EMAIL_HOST in _LOCAL):
        yield (
            "STAGEAPP_EMAIL_URL sends mail, with links that let people in, without encryption. "
            "Begin it with smtp+tls:// or smtp+ssl://."
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield "STAGEAPP_EMAIL_FROM is an address on this machine: nobody takes mail of it."


def stores() -> Iterator[str]:
    """Say what is wrong with where things are kept."""
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        yield (
            "DATABASE_URL is not set: SQLite in var/ serves one machine. Set it to postgres://…."
        )
    options = settings.STORAGES["default"].get("OPTIONS", {})
    if str(options.get("endpoint_url") or "").startswith("http://"):
        yield "STAGEAPP_S3_ENDPOINT does not start with https://: files would travel unprotected."
    if options.get("secret_key") and not options.get("access_key"):
        yield "STAGEAPP_S3_SECRET_KEY is set without STAGEAPP_S3_ACCESS_KEY."


def is_weak(key: str) -> bool:
    """Return whether a key is short, or made of few signs."""
    return len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_SIGNS

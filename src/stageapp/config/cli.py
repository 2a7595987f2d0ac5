"""The console script: Django's commands, with the dashes that people type."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError


def main() -> None:
    """Run `stageapp <command> …`; `import-links` finds the command module `import_links`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stageapp.config.settings")
    arguments = sys.argv[:]
    if len(arguments) > 1 and not arguments[1].startswith("-"):
        arguments[1] = arguments[1].replace("-", "_")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reads all settings
    except (EnvError, ImproperlyConfigured) as problem:
        # Whoever mistypes a setting reads which one, before any command could tell.
        sys.exit(f"{problem}\nSee docs/settings.md.")
    execute_from_command_line(arguments)

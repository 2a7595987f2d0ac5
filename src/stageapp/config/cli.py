"""The console script: Django's commands, with the dashes that people type."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run `stageapp <command> …`; `import-links` finds the command module `import_links`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stageapp.config.settings")
    arguments = sys.argv[:]
    if len(arguments) > 1 and not arguments[1].startswith("-"):
        arguments[1] = arguments[1].replace("-", "_")
    execute_from_command_line(arguments)

"""`stageapp analyse-message < FILE`: the sentences of a message with their speech act."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from stageapp.speech.reading import read_message


class Command(BaseCommand):
    """Prints each sentence of what comes in with its act; keeps nothing."""

    help = "Reads a message from standard input by the five speech acts; --json for programs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        # Bytes, so that it is UTF-8 whatever the machine's own settings say.
        text = sys.stdin.buffer.read().decode("utf-8-sig", errors="replace")
        rows = [{"text": one.text, "act": one.act.value} for one in read_message(text).sentences]
        if options["json"]:
            self.stdout.write(json.dumps({"sentences": rows}, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"{row['act']:<12} {row['text']}")

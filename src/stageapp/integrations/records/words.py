"""What goes in a record, in words: for the student who looks at it before it goes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stageapp.core.durations import duration_text
from stageapp.integrations.records.rules import VERBS, WROTE, Learned


@dataclass(frozen=True)
class Preview:
    """A statement as it would go: in words, and as it is."""

    title: str
    facts: list[tuple[str, str]]
    statement: dict[str, Any]
    is_there: bool = False
    #: What the student knows it by; it does not go.
    reminder: str = ""

    @property
    def as_json(self) -> str:
        """The statement, to be read by people."""
        return written(self.statement)


def written(statement: Mapping[str, Any]) -> str:
    """Return a statement as text."""
    return json.dumps(statement, ensure_ascii=False, indent=2)


def title_of(statement: Mapping[str, Any]) -> str:
    """Return what a statement is about, in the reader's language where it has it."""
    names: Mapping[str, str] = statement["object"]["definition"]["name"]
    return _in_language(names)


def preview_of(
    learned: Learned, statement: dict[str, Any], *, is_there: bool, reminder: str
) -> Preview:
    """Return a statement in words: all that is in it."""
    done = {
        VERBS["finished"]: _("you finished it"),
        VERBS["busy"]: _("you work on it"),
        VERBS[""]: _("you did it"),
        WROTE: _("you wrote it"),
    }
    facts = [
        (_("What"), title_of(statement)),
        (_("How far"), done[statement["verb"]["id"]]),
        (_("On"), date_format(datetime.fromisoformat(statement["timestamp"]), "j F Y")),
        (_("How long"), duration_text(learned.minutes) if learned.minutes else ""),
        (_("Competences"), ", ".join(_in_language(one.names) for one in learned.topics)),
    ]
    shown = [(name, text) for name, text in facts if text]
    return Preview(title_of(statement), shown, statement, is_there, reminder)


def _in_language(names: Mapping[str, str]) -> str:
    return names.get(get_language() or "nl") or next(iter(names.values()), "")

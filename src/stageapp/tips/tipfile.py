"""Tips as a file: what one administrator takes out, another can bring in. Plain data, no database.

The file is JSON and says which version of this format it has; cohorts are not in it, because they
belong to one institution, and neither is whether a tip is on.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from stageapp.tips.rules import Rule, rule_from_data

FORMAT = "stage-app-tips"
VERSION = 1
MOST_BYTES = 256 * 1024
MOST_TIPS = 100
#: The parts of the text, in both languages.
TEXTS = tuple(
    f"{name}_{language}"
    for name in ("feedup", "feedback", "feedforward")
    for language in ("nl", "en")
)


@dataclass(frozen=True)
class FiledTip:
    """A tip as it stands in a file; without a rule where that cannot be read."""

    key: str
    name: str
    priority: str
    rest_days: str
    goes_to: str
    texts: Mapping[str, str]
    rule: Rule | None


class NotATipFileError(ValueError):
    """The file is something else, or of a version that this one does not know."""


def write_tips(tips: Iterable[Mapping[str, Any]]) -> str:
    """Return tips as the text of a file; each is a mapping with the names of `FiledTip`."""
    data = {"format": FORMAT, "version": VERSION, "tips": list(tips)}
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def read_tips(content: str) -> list[FiledTip]:
    """Return the tips of a file. Raises NotATipFileError for anything else."""
    try:
        data = json.loads(content)
        # Without halves of signs, which can be written in JSON but not kept.
        data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "ignore"))
    except (ValueError, RecursionError) as problem:
        raise NotATipFileError from problem
    if not isinstance(data, dict) or data.get("format") != FORMAT or data.get("version") != VERSION:
        raise NotATipFileError
    tips = data.get("tips")
    if not isinstance(tips, list) or len(tips) > MOST_TIPS:
        raise NotATipFileError
    return [_tip(row if isinstance(row, dict) else {}) for row in tips]


def _tip(row: Mapping[str, Any]) -> FiledTip:
    texts = row.get("texts")
    return FiledTip(
        key=_text(row.get("key")),
        name=_text(row.get("name")),
        priority=_text(row.get("priority", 50)),
        rest_days=_text(row.get("rest_days", 14)),
        goes_to=_text(row.get("goes_to")),
        texts={name: _text(texts.get(name)) for name in TEXTS} if isinstance(texts, dict) else {},
        rule=_rule(row.get("rule")),
    )


def _text(value: Any) -> str:
    """Return what a form would have been sent: texts and numbers, nothing else."""
    return str(value) if isinstance(value, str | int) else ""


def _rule(data: Any) -> Rule | None:
    try:
        return rule_from_data(data)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None

"""A document as plain text, for a mail or a text editor."""

import textwrap
from collections.abc import Sequence

from stageapp.exports.documents import Document, Fact, Facts, Heading, Paragraph

_UNDER = {1: "=", 2: "-", 3: "."}


def text_of(document: Document) -> str:
    """Return a document as text: headings underlined, cells below each other."""
    lines = [document.title, "#" * len(document.title), ""]
    for block in document.blocks:
        if isinstance(block, Heading):
            lines += ["", block.text, _UNDER[block.level] * len(block.text), ""]
        elif isinstance(block, Paragraph):
            lines += [block.text, ""]
        elif isinstance(block, Facts):
            lines += [*(_line(fact) for fact in block.facts), ""]
        else:
            for row in block.rows:
                lines += _row(row)
    return "\n".join(lines).rstrip() + "\n"


def _row(cells: Sequence[Sequence[Fact]]) -> list[str]:
    lines = [
        textwrap.indent(_line(fact), "  ", lambda _line: True) for cell in cells for fact in cell
    ]
    return ["* " + lines[0][2:], *lines[1:], ""] if lines else []


def _line(fact: Fact) -> str:
    return f"{fact.label}: {fact.text}" if fact.label else fact.text

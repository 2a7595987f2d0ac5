"""A document as plain text, for a mail or a text editor."""

import textwrap
from collections.abc import Sequence

from stageapp.exports.documents import Block, Document, Fact, Facts, Heading, Paragraph, Together

_UNDER = {1: "=", 2: "-", 3: "."}


def text_of(document: Document) -> str:
    """Return a document as text: headings underlined, cells below each other."""
    lines = [document.title, "#" * len(document.title), "", *_lines(document.blocks)]
    return "\n".join(lines).rstrip() + "\n"


def _lines(blocks: Sequence[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Heading):
            lines += ["", block.text, _UNDER[block.level] * len(block.text), ""]
        elif isinstance(block, Paragraph):
            lines += [block.text, ""]
        elif isinstance(block, Facts):
            lines += [*(_line(fact) for fact in block.facts), ""]
        elif isinstance(block, Together):
            lines += _lines(block.blocks)
        else:
            for row in (*block.rows, [[Fact("", text)] for text in block.footer]):
                lines += _row(row)
    return lines


def _row(cells: Sequence[Sequence[Fact]]) -> list[str]:
    lines = [
        textwrap.indent(_line(fact), "  ", lambda _line: True) for cell in cells for fact in cell
    ]
    return ["* " + lines[0][2:], *lines[1:], ""] if lines else []


def _line(fact: Fact) -> str:
    return f"{fact.label}: {fact.text}" if fact.label else fact.text

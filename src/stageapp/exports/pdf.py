"""A document as an accessible PDF (PDF/UA-1): tagged headings, tables with headers, a language."""

import json
from importlib.resources import as_file, files
from pathlib import Path

import typst

from stageapp.exports.documents import (
    Block,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
    Together,
    printable,
)

_FOLDER = files("stageapp.exports") / "typst"
#: What Typst says of a sign that no font has, which PDF/UA forbids.
_NO_FONT = "could not be displayed"


def pdf_of(document: Document) -> bytes:
    """Return a document as a PDF file.

    The texts go in as data, never as markup, so that nothing a student writes can be taken for it.
    Fonts for Latin, Greek, Cyrillic, Arabic and emoji come along; for other alphabets those of the
    machine are used. A sign that no font has costs the file its mark of PDF/UA, not its tags.
    """
    data = {
        "title": printable(document.title),
        "language": document.language,
        "author": printable(document.author),
        "page": document.page,
        "blocks": [_block(block) for block in document.blocks],
    }
    with as_file(_FOLDER) as folder:
        try:
            return _compiled(folder, json.dumps(data), marked=True)
        except typst.TypstError as problem:
            if _NO_FONT not in str(problem):
                raise
            return _compiled(folder, json.dumps(data), marked=False)


def _compiled(folder: Path, data: str, *, marked: bool) -> bytes:
    made: bytes = typst.compile(
        str(folder / "document.typ"),
        sys_inputs={"data": data},
        font_paths=[str(folder / "fonts")],
        format="pdf",
        pdf_standards="ua-1" if marked else None,
    )
    return made


def _block(block: Block) -> dict[str, object]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": printable(block.text), "level": block.level}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": printable(block.text)}
    if isinstance(block, Facts):
        return {"kind": "facts", "facts": [_fact(fact) for fact in block.facts]}
    if isinstance(block, Together):
        return {"kind": "together", "blocks": [_block(inner) for inner in block.blocks]}
    return {
        "kind": "table",
        "header": [printable(text) for text in block.header],
        "widths": list(block.widths),
        "summary": printable(block.summary),
        "rows": [[[_fact(fact) for fact in cell] for cell in row] for row in block.rows],
        "footer": [printable(text) for text in block.footer],
    }


def _fact(fact: Fact) -> list[str]:
    return [printable(fact.label), printable(fact.text)]

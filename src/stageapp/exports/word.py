"""A document as a Word file: real headings, tables with a header row, a language, a footer.

Paragraphs and tables are written as XML elements directly: python-docx looks up styles and widths
for each cell, which makes a long logbook take minutes.
"""

from typing import IO, Any

from docx import Document as WordFile
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from lxml import etree

from stageapp.exports.documents import (
    Block,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
    Progress,
    Table,
    Together,
    printable,
)

#: Width of the text on A4 with these margins, in twentieths of a point.
_TEXT_WIDTH = 9638
_MARGIN = Cm(2)
#: Above and below the text in a cell.
_CELL_MARGIN = "20"
_LOCALES = {"nl": "nl-NL", "en": "en-GB"}

P, R, T, BR, PPR, RPR, B = (qn(f"w:{name}") for name in ("p", "r", "t", "br", "pPr", "rPr", "b"))
PSTYLE, VAL, SPACE = qn("w:pStyle"), qn("w:val"), qn("xml:space")
KEEP_NEXT, CANT_SPLIT = qn("w:keepNext"), qn("w:cantSplit")


def write_word(document: Document, file: IO[bytes], progress: Progress) -> None:
    """Write a document into a file, telling `progress` in between."""
    word = WordFile()
    _set_up(word, document)
    body = word.element.body
    end = body.find(qn("w:sectPr"))
    _paragraph(body, [Fact("", document.title)], "Title")
    for number, block in enumerate(document.blocks):
        _WRITERS[type(block)](body, block)
        if number % 50 == 0:
            progress(number * 90 // len(document.blocks))
    body.append(end)
    word.save(file)


def _set_up(word: Any, document: Document) -> None:
    properties = word.core_properties
    properties.title, properties.author = printable(document.title), printable(document.author)
    properties.subject, properties.comments = printable(document.subject), ""
    properties.language = _LOCALES[document.language]
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = _MARGIN
    styles = word.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(10.5)
    styles["Normal"].paragraph_format.space_after = Pt(4)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].font.color.rgb = RGBColor(0x27, 0x37, 0x8A)
    language = etree.SubElement(styles["Normal"].element.get_or_add_rPr(), qn("w:lang"))
    language.set(VAL, _LOCALES[document.language])
    footer = section.footer.paragraphs[0]
    footer.text = f"{printable(document.author)} · {printable(document.title)} · {document.page} "
    run = etree.SubElement(footer._p, qn("w:fldSimple"))
    run.set(qn("w:instr"), "PAGE")


def _heading(parent: Any, heading: Heading) -> None:
    _paragraph(parent, [Fact("", heading.text)], f"Heading{heading.level}")


def _text(parent: Any, paragraph: Paragraph) -> None:
    for part in paragraph.text.split("\n\n"):
        _paragraph(parent, [Fact("", part)])


def _facts(parent: Any, facts: Facts) -> None:
    for fact in facts.facts:
        _paragraph(parent, [fact])


def _table(parent: Any, table: Table) -> None:
    made = etree.SubElement(parent, qn("w:tbl"))
    _table_properties(made, table)
    widths = [str(_TEXT_WIDTH * part // 100) for part in table.widths]
    grid = etree.SubElement(made, qn("w:tblGrid"))
    for width in widths:
        etree.SubElement(grid, qn("w:gridCol")).set(qn("w:w"), width)
    _row(made, [[Fact("", text)] for text in table.header], widths, is_header=True, is_bold=True)
    for row in table.rows:
        _row(made, row, widths)
    if table.footer:
        _row(made, [[Fact("", text)] for text in table.footer], widths, is_bold=True)
    # Two tables in a row become one in Word unless something stands between them.
    _paragraph(parent, [])


def _table_properties(made: Any, table: Table) -> None:
    properties = etree.SubElement(made, qn("w:tblPr"))
    etree.SubElement(properties, qn("w:tblStyle")).set(VAL, "TableGrid")
    width = etree.SubElement(properties, qn("w:tblW"))
    width.set(qn("w:w"), str(_TEXT_WIDTH))
    width.set(qn("w:type"), "dxa")
    etree.SubElement(properties, qn("w:tblLayout")).set(qn("w:type"), "fixed")
    margins = etree.SubElement(properties, qn("w:tblCellMar"))
    for side in ("top", "bottom"):
        margin = etree.SubElement(margins, qn(f"w:{side}"))
        margin.set(qn("w:w"), _CELL_MARGIN)
        margin.set(qn("w:type"), "dxa")
    look = etree.SubElement(properties, qn("w:tblLook"))
    look.set(qn("w:firstRow"), "1")
    if table.summary:
        etree.SubElement(properties, qn("w:tblCaption")).set(VAL, printable(table.summary))


def _row(
    parent: Any, cells: Any, widths: list[str], *, is_header: bool = False, is_bold: bool = False
) -> None:
    row = etree.SubElement(parent, qn("w:tr"))
    properties = etree.SubElement(row, qn("w:trPr"))
    etree.SubElement(properties, CANT_SPLIT).set(VAL, "0" if not is_header else "1")
    if is_header:
        etree.SubElement(properties, qn("w:tblHeader"))
    for facts, width in zip(cells, widths, strict=True):
        cell = etree.SubElement(row, qn("w:tc"))
        size = etree.SubElement(etree.SubElement(cell, qn("w:tcPr")), qn("w:tcW"))
        size.set(qn("w:w"), width)
        size.set(qn("w:type"), "dxa")
        for fact in facts or [Fact("", "")]:
            _paragraph(cell, [fact], is_bold=is_bold)


def _paragraph(parent: Any, facts: list[Fact], style: str = "", *, is_bold: bool = False) -> Any:
    paragraph = etree.SubElement(parent, P)
    if style:
        etree.SubElement(etree.SubElement(paragraph, PPR), PSTYLE).set(VAL, style)
    for fact in facts:
        if fact.label:
            _run(paragraph, f"{fact.label}: ", is_bold=True)
        _run(paragraph, fact.text, is_bold=is_bold)
    return paragraph


def _run(paragraph: Any, text: str, *, is_bold: bool) -> None:
    run = etree.SubElement(paragraph, R)
    if is_bold:
        etree.SubElement(etree.SubElement(run, RPR), B)
    for number, line in enumerate(printable(text).split("\n")):
        if number:
            etree.SubElement(run, BR)
        part = etree.SubElement(run, T)
        part.text = line
        part.set(SPACE, "preserve")


def _together(parent: Any, group: Together) -> None:
    before = len(parent)
    for block in group.blocks:
        _WRITERS[type(block)](parent, block)
    made = list(parent)[before:]
    for element in made:
        for split in element.iter(CANT_SPLIT):
            split.set(VAL, "1")
    # Each paragraph stays with the next one; the last has nothing to stay with.
    for element in made[:-1]:
        for paragraph in element.iter(P):
            _keep_with_next(paragraph)


def _keep_with_next(paragraph: Any) -> None:
    properties = paragraph.find(PPR)
    if properties is None:
        properties = etree.Element(PPR)
        paragraph.insert(0, properties)
    # Word wants it right behind the style.
    place = 1 if properties.find(PSTYLE) is not None else 0
    properties.insert(place, etree.Element(KEEP_NEXT))


_WRITERS: dict[type[Block], Any] = {
    Heading: _heading,
    Paragraph: _text,
    Facts: _facts,
    Table: _table,
    Together: _together,
}

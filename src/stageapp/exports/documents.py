"""What a document consists of, whatever file it becomes. No Django."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

#: Signs that no XML file may contain, so neither Word nor PDF.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Told how far the work is, in whole percents.
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Fact:
    """A value with what it is called; without a label it is plain text. May have several lines."""

    label: str
    text: str


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the highest below the title."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """Text under a heading; line ends count."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Short data, one below the other."""

    facts: Sequence[Fact]


@dataclass(frozen=True)
class Table:
    """Rows of cells under a header; a cell is a list of facts. Widths are parts of 100."""

    header: Sequence[str]
    rows: Sequence[Sequence[Sequence[Fact]]]
    widths: Sequence[int]
    #: What the table is about, for who cannot see it.
    summary: str = ""
    #: A last row with totals.
    footer: Sequence[str] = ()


@dataclass(frozen=True)
class Together:
    """Blocks that stand on one page where they fit on one."""

    blocks: Sequence["Block"]


Block = Heading | Paragraph | Facts | Table | Together


@dataclass(frozen=True)
class Document:
    """A text with a title. The language is that of the fixed words, such as `nl`."""

    title: str
    language: str
    author: str
    blocks: Sequence[Block]
    subject: str = ""
    #: The word for a page in the footer.
    page: str = "page"


@dataclass(frozen=True)
class Sheet:
    """Rows under a header, for programs that calculate. Cells are text, numbers or dates."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]] = field(default_factory=list)


def printable(text: str) -> str:
    """Return a text without the signs that cannot stand in an XML file."""
    return _NOT_IN_XML.sub("", text)

"""Sheets as files: Excel and CSV, in and out. No Django.

A program that calculates runs what looks like a formula. In Excel files a text is marked as a
text; in CSV it gets an apostrophe in front, which is taken off again when the file comes in.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, BinaryIO

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape

from stageapp.exports.documents import Progress, Sheet, printable

#: Programs for the Dutch expect this one; the reader below takes the others as well.
DELIMITER = ";"
_DELIMITERS = ";,\t|"
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
MOST_ROWS = 20_000
MOST_COLUMNS = 100
#: An Excel file is packed; this is the most that may come out of it, in bytes.
MOST_UNPACKED = 40 * 1024 * 1024
#: Bytes of a sheet itself; a logbook of years is far smaller.
MOST_BYTES = 5 * 1024 * 1024
#: Signs of one record of CSV, all its cells and lines.
MOST_RECORD = 500_000
#: A cell of Excel holds no more signs.
MOST_SIGNS = 32_767


class UnreadableSheet(Exception):  # noqa: N818 -- what it says of a file
    """A file that is neither CSV nor Excel, or is larger than can be read."""


def write_excel(sheet: Sheet, file: BinaryIO, progress: Progress) -> None:
    """Write a sheet as an Excel file, with a header that stays in sight and can be filtered."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        page = book.add_worksheet(_sheet_name(sheet.title))
        bold = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        hours = book.add_format({"num_format": "0.00", "valign": "top"})
        for column, name in enumerate(sheet.header):
            page.set_column(column, column, 60 if column == 1 else 18)
            page.write_string(0, column, name, bold)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(len(sheet.rows), 1), max(len(sheet.header) - 1, 0))
        for number, row in enumerate(sheet.rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, datetime.combine(value, time.min), day)
                elif isinstance(value, float):
                    page.write_number(number, column, value, hours)
                elif value:
                    page.write_string(number, column, printable(str(value))[:MOST_SIGNS], text)
            if number % 200 == 0:
                progress(number * 90 // len(sheet.rows))


def write_csv(sheet: Sheet, file: BinaryIO) -> None:
    """Write a sheet as CSV that Excel opens well: a mark for UTF-8, semicolons, ISO dates."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    # Quotes everywhere: what reads commas as borders then finds no formula behind one.
    writer = csv.writer(text, delimiter=DELIMITER, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(name) for name in sheet.header])
    writer.writerows([_cell_text(value) for value in row] for row in sheet.rows)
    text.detach()


def read_sheet(file: BinaryIO) -> list[list[str]]:
    """Return all cells of the first sheet as text: dates as `2026-11-24`, empty rows kept.

    Raises UnreadableSheet.
    """
    file.seek(0)
    is_packed = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    rows = _read_excel(file) if is_packed else _read_csv(file.read())
    if not any(any(row) for row in rows):
        raise UnreadableSheet
    return rows


def _read_excel(file: BinaryIO) -> list[list[str]]:
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableSheet
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        page = book.worksheets[0]
        # What the file says about its size may be wrong; a width of thousands is never meant.
        page.reset_dimensions()
        rows = page.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
        return _limited(rows, _text_of)
    except UnreadableSheet:
        raise
    except Exception as problem:  # openpyxl fails in as many ways as a file can be broken
        raise UnreadableSheet from problem


def _read_csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    delimiter = _delimiter_of(text)
    try:
        rows = records_of(text, delimiter)
        return _limited((row[:MOST_COLUMNS] for row in rows), _as_written)
    except csv.Error as problem:
        raise UnreadableSheet from problem


def records_of(text: str, delimiter: str) -> Iterator[list[str]]:
    """Return the records of a CSV text, none of them longer than is ever meant.

    A line of millions of commas would become as many cells before anybody can count them. Raises
    UnreadableSheet, and csv.Error.
    """
    lines = _Lines(text)
    for record in csv.reader(lines, delimiter=delimiter, strict=False):
        lines.left = MOST_RECORD
        yield record


class _Lines:
    """The lines of a text; `left` is how many signs may still belong to the record being read."""

    def __init__(self, text: str) -> None:
        self.file = io.StringIO(text, newline="")
        self.left = MOST_RECORD

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(self.left + 1):
            self.left -= len(line)
            if self.left < 0:
                raise UnreadableSheet
            yield line


def _limited(lines: Iterable[Sequence[Any]], text_of: Callable[[Any], str]) -> list[list[str]]:
    """Return the cells as text; reading stops where it is clear that there are too many rows."""
    rows: list[list[str]] = []
    for line in lines:
        rows.append([text_of(value) for value in line])
        if len(rows) > MOST_ROWS:
            raise UnreadableSheet
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _decoded(content: bytes) -> str:
    if b"\x00" in content[:1000]:
        for encoding in ("utf-16", "utf-16-le"):
            try:
                return content.decode(encoding).lstrip("\ufeff").replace("\x00", "")
            except UnicodeDecodeError:
                continue
        raise UnreadableSheet
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Dutch programs write.
        text = content.decode("cp1252", "replace")
    return text.replace("\x00", "")


def _delimiter_of(text: str) -> str:
    """Return what parts the cells: the sign that makes the most columns, most evenly."""

    def score(delimiter: str) -> tuple[int, int]:
        try:
            sample = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
            rows = [row for _n, row in zip(range(20), sample, strict=False) if any(row)]
        except csv.Error:
            return (0, 0)
        widths = [len(row) for row in rows if len(row) > 1]
        same = max((widths.count(width) for width in widths), default=0)
        return (same, max(widths, default=0))

    return max(_DELIMITERS, key=score)


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    # Halves of signs, and zeros, can be written in an Excel file; no database takes them.
    text: str = unescape(str(value)).encode("utf-8", "ignore").decode().replace("\x00", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(" ")


def _cell_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    return _harmless(str(value or ""))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _as_written(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip(" ")
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RISKY) else text


def _sheet_name(title: str) -> str:
    """Return a name that Excel takes: 31 signs at most, and none of these."""
    return "".join(sign for sign in printable(title) if sign not in "[]:*?/\\'")[:31] or "Sheet"

"""A sheet with people: what it holds goes along from the preview to applying it."""

import json
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.administration.rules import MOST_LINES, SheetLine, UnusableSheet, lines_of
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.exports.sheets import UnreadableSheet, read_sheet

MOST_BYTES = 1024 * 1024
#: More of a cell is in no address and no name.
MOST_SIGNS = 300


class SheetForm(forms.Form):
    """A file with people; the second time its cells come along."""

    file = forms.FileField(
        label=gettext_lazy("sheet"),
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        help_text=gettext_lazy("A CSV or Excel file of at most 500 lines."),
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.lines: list[SheetLine] = []
        self.text = ""

    def clean(self) -> None:
        """Read the file, or what was read of it before."""
        upload = self.cleaned_data.get("file")
        rows = self._rows_of(upload) if upload else self._rows_again()
        try:
            self.lines = lines_of(rows)
        except UnusableSheet as problem:
            raise ValidationError({"file": _reason(problem)}) from None
        self.text = json.dumps(rows, ensure_ascii=False)

    def _rows_of(self, upload: UploadedFile[Any]) -> list[list[str]]:
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError({"file": _("This file is too large to bring in.")})
        try:
            rows = read_sheet(BytesIO(upload.read()))
        except UnreadableSheet:
            raise ValidationError(
                {
                    "file": _(
                        "This is no CSV or Excel file that can be read. Save it as CSV and try "
                        "again."
                    )
                }
            ) from None
        return [[cell[:MOST_SIGNS] for cell in row] for row in rows]

    def _rows_again(self) -> list[list[str]]:
        """Return what the preview was made of; whatever else was sent is no sheet."""
        try:
            rows = json.loads(self.cleaned_data.get("content", ""))
        except (ValueError, RecursionError):
            rows = None
        if not _are_rows(rows):
            raise ValidationError({"file": _("Choose a file.")})
        return [[_storable(cell)[:MOST_SIGNS] for cell in row] for row in rows]


def _are_rows(rows: Any) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows
    )


def _storable(cell: str) -> str:
    """Return a cell without what no database takes: halves of signs, and zeros."""
    return cell.encode("utf-8", "ignore").decode().replace("\x00", "")


def _reason(problem: UnusableSheet) -> str:
    if problem.missing:
        return _("The first line lacks the column %(names)s.") % {
            "names": ", ".join(problem.missing)
        }
    return _("More than %(most)d lines are too many at once. Split the sheet.") % {
        "most": MOST_LINES
    }

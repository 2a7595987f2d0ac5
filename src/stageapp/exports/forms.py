"""Forms for taking out and bringing in."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.formfields import DayInput
from stageapp.exports import rules
from stageapp.exports.actions_imports import LeftOut
from stageapp.exports.models import Export, ExportMail, SheetImport
from stageapp.exports.queries_imports import Need, column_problem, need_of
from stageapp.placements.models import Placement
from stageapp.programmes.models import Part
from stageapp.programmes.queries import logs_hours

#: Which files each kind of document can be.
FORMATS = {
    Export.Kind.ACTIVITIES: (
        Export.Format.WORD,
        Export.Format.PDF,
        Export.Format.EXCEL,
        Export.Format.CSV,
        Export.Format.TEXT,
    ),
    Export.Kind.REFLECTIONS: (Export.Format.WORD, Export.Format.PDF),
    Export.Kind.WEEK_SHEET: (Export.Format.WORD, Export.Format.PDF),
    Export.Kind.EVERYTHING: (Export.Format.ZIP,),
}
#: Parts that no column can hold: they are not texts.
NO_COLUMN = {Part.EVIDENCE, Part.REFLECTION}
DATE_ORDERS = [
    ("dmy", _("day – month – year")),
    ("mdy", _("month – day – year")),
    ("ymd", _("year – month – day")),
]
_LINE_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
#: A file with a logbook is small; one with evidence is not.
MOST_BYTES = 500 * 1024 * 1024


class ExportForm(forms.Form):
    """What to take out, and as which file. Its kind decides which fields there are."""

    WITH_WORK, HOURS_ONLY = "work", "hours"

    selection = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)
    first = forms.DateField(label=_("from"), widget=DayInput, required=False)
    last = forms.DateField(label=_("up to and including"), widget=DayInput, required=False)
    content = forms.ChoiceField(
        label=_("what stands in it"),
        choices=[
            (WITH_WORK, _("days, hours and what I did")),
            (HOURS_ONLY, _("timesheet: days and hours, nothing of what I wrote")),
        ],
        initial=WITH_WORK,
        widget=forms.RadioSelect,
    )
    with_reasons = forms.BooleanField(
        label=_("with the reasons of absence"),
        required=False,
        help_text=_("A workplace has no right to know why somebody was ill."),
    )
    format = forms.ChoiceField(label=_("as which file"), widget=forms.RadioSelect)

    def __init__(
        self, data: Any = None, *, kind: Export.Kind, placement: Placement, **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id=f"{kind}-%s", **kwargs)
        self.kind, self.placement = kind, placement
        formats = [(choice.value, choice.label) for choice in FORMATS[kind]]
        file = self.fields["format"]
        assert isinstance(file, forms.ChoiceField)
        file.choices, file.initial = formats, formats[0][0]
        unneeded = {"first", "last", "content", "with_reasons"}
        if kind == Export.Kind.WEEK_SHEET:
            unneeded = {"selection"}
            if not logs_hours(placement.cohort):
                unneeded.add("content")
        for name in unneeded:
            del self.fields[name]
        if len(formats) == 1:
            file.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or lies outside the placement."""
        data = self.cleaned_data
        first, last = data.get("first"), data.get("last")
        for name in ("first", "last"):
            day = data.get(name)
            if day and not self.placement.covers(day):
                self.add_error(name, _("Choose a day in your placement."))
        if first and last and last < first:
            self.add_error("last", _("This day comes before the first one."))
        return data

    @property
    def address(self) -> str:
        """The selection as it stands in an address."""
        data = self.cleaned_data
        if self.kind != Export.Kind.WEEK_SHEET:
            return str(data.get("selection", ""))
        days = {name: day for name in ("first", "last") if (day := data.get(name))}
        return "&".join(f"{name}={day.isoformat()}" for name, day in days.items())


class MailForm(forms.ModelForm[ExportMail]):
    """To whom a document goes."""

    class Meta:
        model = ExportMail
        fields = ("to", "note")
        widgets: ClassVar[dict[str, Any]] = {
            "to": forms.EmailInput(attrs={"autocomplete": "email"}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }


class UploadForm(forms.Form):
    """A file to bring in."""

    file = forms.FileField(
        label=_("file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.zip"}),
        help_text=_("A CSV or Excel file with one activity a row, or a ZIP that Stage-App made."),
    )

    def clean_file(self) -> Any:
        """Refuse what is larger than can be read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large to bring in."))
        return file


#: What is chosen instead of a column, for a part that can be filled in later.
_LATER = "later"
#: The choice of no column: its value, empty where that is refused or nothing is asked.
_NO_COLUMN: dict[Need, tuple[str, Any]] = {
    Need.MUST: ("", _("choose a column")),
    Need.ASKED: (_LATER, _("not in the sheet, fill in later")),
    Need.FREE: ("", _("not in the sheet")),
}


class ColumnsForm(forms.Form):
    """Which column is which part of an activity."""

    def __init__(self, data: Any = None, *, sheet: SheetImport) -> None:
        super().__init__(data)
        header, example = sheet.rows[0], sheet.rows[1] if len(sheet.rows) > 1 else []
        columns = [
            (str(number), _column_name(number, name, example)) for number, name in enumerate(header)
        ]
        self.parts = [
            part for part in sheet.placement.cohort.shown_parts if Part(part.part) not in NO_COLUMN
        ]
        for part in self.parts:
            need = need_of(part)
            self.fields[part.part] = forms.ChoiceField(
                label=part.label,
                choices=[_NO_COLUMN[need], *columns],
                required=need is not Need.FREE,
                initial=str(sheet.columns.get(part.part, _NO_COLUMN[need][0])),
                error_messages={"required": column_problem(part)},
            )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("how dates are written"),
            choices=DATE_ORDERS,
            initial=sheet.date_order or rules.ORDERS[0],
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a column that is chosen twice."""
        taken: dict[int, str] = {}
        for name, column in self.columns.items():
            if column in taken:
                self.add_error(
                    name,
                    forms.ValidationError(
                        _("This column is “%(other)s” already."), params={"other": taken[column]}
                    ),
                )
            else:
                taken[column] = str(self.fields[name].label)
        return self.cleaned_data

    @property
    def columns(self) -> dict[str, int]:
        """Part -> number of the column, from 0."""
        return {
            part.part: int(column)
            for part in self.parts
            if (column := self.cleaned_data.get(part.part)) not in (None, "", _LATER)
        }


class LeaveOutForm(forms.Form):
    """Which lines that have something wrong stay out of the logbook."""

    #: How many that are: who chose "all" when there were other ones is asked to look again.
    all_of = forms.IntegerField(label=_("all lines with something wrong"), required=False)
    lines = forms.Field(
        label=_("lines to leave out"), required=False, widget=forms.CheckboxSelectMultiple
    )

    @property
    def ticked(self) -> frozenset[int]:
        """The lines that are ticked, by their number."""
        numbers = self["lines"].value() or []
        return frozenset(int(text) for text in numbers if _LINE_NUMBER.fullmatch(text))

    @property
    def left_out(self) -> LeftOut:
        """What the action asks for."""
        return LeftOut(self.ticked, self.cleaned_data["all_of"])


def _column_name(number: int, name: str, example: list[str]) -> str:
    shown = " ".join(name.split())[:40] or _("column %(number)d") % {"number": number + 1}
    value = " ".join(example[number].split())[:30] if number < len(example) else ""
    return f"{shown} ({value})" if value else str(shown)

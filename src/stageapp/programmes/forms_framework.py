"""A file with competences: what it holds goes along from the preview to bringing it in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH
from stageapp.core.formfields import NO_OPTIONAL
from stageapp.programmes.forms_lists import CODE_LENGTH
from stageapp.programmes.frameworks import (
    MOST_BYTES,
    MOST_DEPTH,
    Found,
    Framework,
    Limits,
    UnreadableFramework,
    read_framework,
    text_of,
)
from stageapp.programmes.rules import MOST_LINES

LIMITS = Limits(NAME_LENGTH, CODE_LENGTH, TEXT_LENGTH)


class FrameworkForm(forms.Form):
    """A file with competences, and which of its levels; the second time its text comes along."""

    file = forms.FileField(
        label=gettext_lazy("file with competences"),
        required=False,
        allow_empty_file=True,
        label_suffix=NO_OPTIONAL,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.json"}),
        help_text=gettext_lazy("A CSV file, or a framework as a CASE 1.0 package (JSON)."),
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    levels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("which levels"),
        coerce=int,
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.CheckboxSelectMultiple,
        choices=[(number, "") for number in range(1, MOST_DEPTH + 2)],
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.framework: Framework | None = None
        self.text = ""

    @property
    def chosen(self) -> list[Found]:
        """The competences of the levels that were chosen: all of them at first."""
        if self.framework is None:
            return []
        levels = self.cleaned_data.get("levels") or self.framework.depths
        return [row for row in self.framework.rows if row.depth in levels]

    def clean(self) -> None:
        """Read the file, or what was read of it before."""
        upload = self.cleaned_data.get("file")
        try:
            self.text = _text_of(upload) if upload else self.cleaned_data.get("content", "")
            if not self.text:
                raise ValidationError({"file": _("Choose a file.")})
            self.framework = read_framework(self.text, LIMITS)
        except UnreadableFramework as problem:
            self.text = ""
            raise ValidationError({"file": _reason(str(problem))}) from None
        if upload:
            # These were of another file.
            self.cleaned_data["levels"] = []
        self._offer_levels(self.framework)

    def _offer_levels(self, framework: Framework) -> None:
        numbers = dict.fromkeys(framework.depths, 0)
        for row in framework.rows:
            numbers[row.depth] += 1
        chosen = self.cleaned_data.get("levels") or list(numbers)
        field = self.fields["levels"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(depth, _level(depth, number)) for depth, number in numbers.items()]
        data: Any = self.data
        self.data = data = data.copy()
        data.setlist("levels", [str(depth) for depth in chosen])


def _level(depth: int, number: int) -> str:
    text = ngettext("level %(level)d: %(n)d item", "level %(level)d: %(n)d items", number)
    return text % {"level": depth, "n": number}


def _text_of(upload: UploadedFile[Any]) -> str:
    if (upload.size or 0) > MOST_BYTES:
        raise UnreadableFramework("large")
    return text_of(upload.read())


def _reason(problem: str) -> str:
    return {
        "empty": _("There are no competences in this file."),
        "large": _("This file is too large to bring in: at most 1.5 MB."),
        "unknown": _("This is no CSV or JSON file that can be read."),
        "case": _("This JSON file is no CASE package: it has no list “CFItems”."),
        "columns": _(
            "The first line has to name the columns. One of them is “title_nl” or “title_en”."
        ),
        "lines": _("There is too much in this file: a table has at most %(most)d lines.")
        % {"most": MOST_LINES},
    }[problem]


#: Why a competence stays out.
PROBLEMS = {
    "name": gettext_lazy("It has no name."),
    "long": gettext_lazy("Its name is longer than 200 characters."),
    "code": gettext_lazy("Its code is longer than 20 characters."),
    "text": gettext_lazy("Its explanation is longer than 10,000 characters."),
    "deep": gettext_lazy("It stands deeper than 10 levels."),
    "circle": gettext_lazy("It stands below itself, so it has no place."),
    "identifier": gettext_lazy("It has no identifier."),
    "twice": gettext_lazy("Its name or code stands in the file twice."),
    "taken": gettext_lazy("Another competence of the cohort has this name or code."),
}
#: What the texts of a competence are called.
NAMES_OF_TEXTS = {
    "code": gettext_lazy("code"),
    "name_nl": gettext_lazy("name in Dutch"),
    "name_en": gettext_lazy("name in English"),
    "description_nl": gettext_lazy("explanation in Dutch"),
    "description_en": gettext_lazy("explanation in English"),
}

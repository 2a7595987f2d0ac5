"""A file with a programme, and where it goes; the second time its text comes along."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.formfields import NO_OPTIONAL
from stageapp.programmes.models import Institution, Programme
from stageapp.programmes.programmefile import (
    MOST_BYTES,
    MOST_COHORTS,
    FiledProgramme,
    Problem,
    UnusableProgrammeError,
    read_programme,
)


class ProgrammeFileForm(forms.Form):
    """Which file, as what, and which of its cohorts."""

    file = forms.FileField(
        label=gettext_lazy("file with a programme"),
        required=False,
        allow_empty_file=True,
        label_suffix=NO_OPTIONAL,
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    into = forms.ChoiceField(label=gettext_lazy("what it becomes"))
    cohorts = forms.TypedMultipleChoiceField(
        label=gettext_lazy("which cohorts of the file"),
        coerce=int,
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.CheckboxSelectMultiple,
        choices=[(number, "") for number in range(MOST_COHORTS)],
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        institutions: Collection[Institution],
        programmes: Collection[Programme],
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.places: dict[str, Programme | Institution] = {
            **{f"new-{one.pk}": one for one in institutions},
            **{f"cohort-{one.pk}": one for one in programmes},
        }
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        named = len(institutions) > 1
        field.choices = [
            *(
                (f"new-{one.pk}", _new_in(one) if named else _("a new programme"))
                for one in institutions
            ),
            *((f"cohort-{one.pk}", _cohort_of(one)) for one in programmes),
        ]
        self.filed: FiledProgramme | None = None
        self.text = ""

    @property
    def place(self) -> Programme | Institution:
        """Where it goes."""
        chosen: str = self.cleaned_data["into"]
        return self.places[chosen]

    def choices_made(self) -> str:
        """Return what was chosen, so that it can be seen whether it is what was looked at."""
        assert self.filed
        cohorts = self.cleaned_data.get("cohorts") or range(len(self.filed.cohorts))
        return f"{self.cleaned_data['into']} {sorted(cohorts)}"

    @property
    def chosen(self) -> FiledProgramme:
        """What of the file comes in: all of it at first."""
        assert self.filed
        numbers = self.cleaned_data.get("cohorts") or range(len(self.filed.cohorts))
        rows = [row for number, row in enumerate(self.filed.cohorts) if number in numbers]
        return replace(self.filed, cohorts=rows)

    def clean(self) -> None:
        """Read the file, or what was read of it before."""
        upload = self.cleaned_data.get("file")
        text = _text_of(upload) if upload else self.cleaned_data.get("content", "")
        if not text:
            raise ValidationError({"file": _("Choose a file.")})
        try:
            self.filed = read_programme(text)
        except UnusableProgrammeError as problem:
            raise ValidationError({"file": _said(problem.problems)}) from None
        self.text = text
        if upload:
            # These were of another file.
            self.cleaned_data["cohorts"] = []
        self._offer_cohorts(self.filed)

    def _offer_cohorts(self, filed: FiledProgramme) -> None:
        names = {number: row["name_nl"] for number, row in enumerate(filed.cohorts)}
        chosen = self.cleaned_data.get("cohorts") or list(names)
        field = self.fields["cohorts"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = list(names.items())
        data: Any = self.data
        self.data = data = data.copy()
        data.setlist("cohorts", [str(number) for number in chosen])


def _new_in(institution: Institution) -> str:
    return _("a new programme of %(name)s") % {"name": institution.name}


def _cohort_of(programme: Programme) -> str:
    return _("a new cohort of %(name)s") % {"name": programme.name}


def _text_of(upload: UploadedFile[Any]) -> str:
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError({"file": _("This file is too large to bring in: at most 1.5 MB.")})
    try:
        return str(upload.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "?"


def _said(problems: Collection[Problem]) -> list[str]:
    if not problems:
        return [_("This is not a file with a programme, or one of a newer version.")]
    return [f"{one.place}: {REASONS[one.reason]}" for one in problems]


#: What can be wrong in a file, by the word that the reader has for it.
REASONS = {
    "text": gettext_lazy("this has to be a text."),
    "missing": gettext_lazy("this is missing."),
    "long": gettext_lazy("this is too long."),
    "flag": gettext_lazy("this has to be true or false."),
    "number": gettext_lazy("this is no number that fits here."),
    "unknown": gettext_lazy("this is not known here."),
    "key": gettext_lazy("a key is at most 50 letters, figures, dashes and underscores."),
    "day": gettext_lazy("this is no day, such as 2027-02-01."),
    "time": gettext_lazy("this is no time, such as 09:00:00."),
    "list": gettext_lazy("this has to be a list."),
    "object": gettext_lazy("this has to be an object."),
    "many": gettext_lazy("these are too many."),
    "twice": gettext_lazy("this stands there twice."),
    "folded": gettext_lazy("what has to be filled in cannot wait in the fold."),
    "never": gettext_lazy("a reflection never has to be filled in."),
    "few": gettext_lazy("the list of this part has fewer entries than have to be chosen."),
    "date": gettext_lazy("the date has to be on the form, and required."),
    "description": gettext_lazy("the description has to be on the form, and required."),
}

"""Forms for the reflection models of a programme."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.fields import NAME_LENGTH, RunningTextInput
from stageapp.programmes.models import ReflectionField, ReflectionModel
from stageapp.programmes.rules import Pasted, read_list

#: So many fields fit, with their names in both languages.
MOST_SIGNS = 20_000
#: So many lines that cannot be read are named.
MOST_NAMED = 5


class FieldsForm(forms.Form):
    """Fields of a model, one on each line, in both languages."""

    lines = RunningTextInput(
        label=gettext_lazy("the fields, one on each line"),
        max_length=MOST_SIGNS,
        help_text=gettext_lazy("First in Dutch, then in English: Situatie ; Situation"),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean_lines(self) -> list[Pasted]:
        """Read the lines; name those that cannot be read, so that none is lost."""
        found, wrong = read_list(
            self.cleaned_data["lines"], with_code=False, name_length=NAME_LENGTH, code_length=0
        )
        problems = [_said(one.line, one.problem) for one in wrong]
        problems += [
            _("“%(name)s” has no English name: put it behind a “;”.") % {"name": one.nl}
            for one in found
            if not one.en
        ]
        if problems:
            raise ValidationError(problems[:MOST_NAMED])
        if not found:
            raise ValidationError(_("Write at least one field."))
        return found


def _said(line: int, problem: str) -> str:
    text = {
        "columns": _("Line %(line)d has too many parts: use “;” only between the parts."),
        "name": _("Line %(line)d has no Dutch name."),
        "long": _("Line %(line)d is longer than 200 characters."),
    }[problem]
    return text % {"line": line}


class ModelForm(forms.ModelForm[ReflectionModel]):
    """What a reflection model is called."""

    class Meta:
        model = ReflectionModel
        fields: ClassVar[tuple[str, ...]] = ("name_nl", "name_en")
        labels: ClassVar[dict[str, Any]] = {
            "name_nl": gettext_lazy("name in Dutch"),
            "name_en": gettext_lazy("name in English"),
        }


class NewModelForm(ModelForm, FieldsForm):
    """A new reflection model: what it is called, and its fields."""

    field_order = ("name_nl", "name_en", "lines")

    class Meta(ModelForm.Meta):
        pass


class FieldForm(forms.ModelForm[ReflectionField]):
    """What a field asks, and how it guides its writer."""

    class Meta:
        model = ReflectionField
        fields: ClassVar[tuple[str, ...]] = (
            "label_nl",
            "label_en",
            "guidance_nl",
            "guidance_en",
            "is_required",
        )
        labels: ClassVar[dict[str, Any]] = {
            "label_nl": gettext_lazy("name in Dutch"),
            "label_en": gettext_lazy("name in English"),
            "guidance_nl": gettext_lazy("guiding questions in Dutch"),
            "guidance_en": gettext_lazy("guiding questions in English"),
            "is_required": gettext_lazy("It has to be filled in"),
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "guidance_nl": forms.Textarea(attrs={"rows": 3, "lang": "nl"}),
            "guidance_en": forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        }

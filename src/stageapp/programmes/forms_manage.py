"""Forms of the programme editor: a programme, a cohort, and a part of the form of a cohort."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.formfields import RowsField
from stageapp.programmes.models import Cohort, FormPart, Part, Programme, ReflectionModel
from stageapp.programmes.queries_manage import (
    ALWAYS_ASKED,
    COUNTED,
    NEVER_REQUIRED,
    models_offered,
)

MOST_DAYS = 366
MOST_CHOICES = 50
NAMES = {
    "name_nl": gettext_lazy("name in Dutch"),
    "name_en": gettext_lazy("name in English"),
}


class ProgrammeForm(forms.ModelForm[Programme]):
    """What a programme is called, and whether new students can register."""

    class Meta:
        model = Programme
        fields: ClassVar[tuple[str, ...]] = ("name_nl", "name_en", "is_open")
        labels = NAMES | {"is_open": gettext_lazy("New students can register for it")}
        help_texts: ClassVar[dict[str, str]] = {"is_open": ""}


class CohortForm(forms.ModelForm[Cohort]):
    """What a cohort is called, and what holds for its students."""

    first_share_days = forms.IntegerField(
        label=gettext_lazy("days until a teacher is warned"),
        min_value=1,
        validators=[MaxValueValidator(MOST_DAYS)],
        help_text=gettext_lazy(
            "After so many days on placement without anything shared, a student stands out in red "
            "for the teacher."
        ),
    )
    reflection_models = RowsField(
        ReflectionModel.objects.none(),
        label=gettext_lazy("reflection models that students can choose"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Cohort
        fields: ClassVar[tuple[str, ...]] = (
            "name_nl",
            "name_en",
            "is_open",
            "first_share_days",
            "has_feedback",
            "offers_feedback",
        )
        labels = NAMES | {
            "is_open": gettext_lazy("New placements can choose it"),
            "has_feedback": gettext_lazy("Students can look back and ahead on an activity"),
            "offers_feedback": gettext_lazy(
                "Offer that when an activity is difficult and not finished"
            ),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "is_open": "",
            "has_feedback": "",
            "offers_feedback": "",
        }

    field_order = (*Meta.fields, "reflection_models")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reflection_models"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = models_offered(self.instance.programme)
        if self.instance.pk:
            self.initial["reflection_models"] = [
                model.pk for model in self.instance.reflection_models.all()
            ]


class CloneForm(forms.ModelForm[Cohort]):
    """What the new cohort is called, whether the tips come along and the old one closes."""

    with_tips = forms.BooleanField(
        label=gettext_lazy("The tips hold for it too"), required=False, initial=True
    )
    close = forms.BooleanField(
        label=gettext_lazy("Close the old cohort for new placements"), required=False
    )

    class Meta:
        model = Cohort
        fields: ClassVar[tuple[str, ...]] = ("name_nl", "name_en")
        labels = NAMES


class PartForm(forms.ModelForm[FormPart]):
    """How the students of a cohort see one part; asks no more than the part can do."""

    class Meta:
        model = FormPart
        fields: ClassVar[tuple[str, ...]] = (
            "is_shown",
            "is_required",
            "is_folded",
            "label_nl",
            "label_en",
            "help_nl",
            "help_en",
            "minimum",
            "maximum",
        )
        labels: ClassVar[dict[str, Any]] = {
            "is_shown": gettext_lazy("Students see it"),
            "is_required": gettext_lazy("It has to be filled in"),
            "is_folded": gettext_lazy("It can wait: it stands in the fold at the end"),
            "label_nl": gettext_lazy("label in Dutch"),
            "label_en": gettext_lazy("label in English"),
            "help_nl": gettext_lazy("help in Dutch"),
            "help_en": gettext_lazy("help in English"),
        }
        help_texts: ClassVar[dict[str, str]] = {"is_folded": ""}
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "help_nl": forms.Textarea(attrs={"rows": 2, "lang": "nl"}),
            "help_en": forms.Textarea(attrs={"rows": 2, "lang": "en"}),
        }

    minimum = forms.IntegerField(
        label=gettext_lazy("fewest choices"), required=False, min_value=1, max_value=MOST_CHOICES
    )
    maximum = forms.IntegerField(
        label=gettext_lazy("most choices"), required=False, min_value=1, max_value=MOST_CHOICES
    )

    field_order = Meta.fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part = Part(self.instance.part)
        if part in ALWAYS_ASKED:
            del self.fields["is_shown"], self.fields["is_required"], self.fields["is_folded"]
        if part in NEVER_REQUIRED:
            del self.fields["is_required"]
        if part not in COUNTED:
            del self.fields["minimum"], self.fields["maximum"]

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself, at the field that has to give way."""
        told: dict[str, Any] = self.cleaned_data
        if told.get("is_folded") and told.get("is_required"):
            self.add_error("is_folded", _("What has to be filled in cannot wait: choose one."))
        if (told.get("minimum") or 0) > (told.get("maximum") or MOST_CHOICES):
            self.add_error("maximum", _("Most choices cannot be fewer than the fewest."))
        return told

"""Forms for a reflection after any model, and for the look back on an activity."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, RunningTextInput
from stageapp.core.formfields import DayInput
from stageapp.logbook.actions_reflections import FEEDBACK_FIELDS
from stageapp.logbook.models import ActivityFeedback, Reflection
from stageapp.programmes.models import ReflectionField


class ReflectionForm(forms.Form):
    """A date, a title, and a text for each field of the model; makes an unsaved reflection.

    A field that was retired is there as long as something is written in it. While somebody is
    typing nothing has to be filled in yet.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("title"), max_length=NAME_LENGTH, required=False)
    date = forms.DateField(label=_("date"), widget=DayInput)

    def __init__(
        self, data: Any = None, *, reflection: Reflection, while_typing: bool = False
    ) -> None:
        self.reflection = reflection
        initial = {
            "client_id": reflection.client_id,
            "title": reflection.title,
            "date": reflection.date,
        }
        if reflection.pk:
            initial |= {
                _name(answer.field): answer.text
                for answer in reflection.answers.select_related("field")
            }
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.asked = [field for field in reflection.model.fields.all() if self._asks(field)]
        for field in self.asked:
            self.fields[_name(field)] = RunningTextInput(
                label=field.label,
                help_text=field.guidance,
                required=field.is_required and not field.retired_at and not while_typing,
                max_length=TEXT_LENGTH,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        if reflection.activity_id:
            # The activity gives the day.
            del self.fields["date"]

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields of the model, in its order."""
        return [self[_name(field)] for field in self.asked]

    @property
    def answers(self) -> dict[ReflectionField, str]:
        """What was written, by field."""
        return {field: self.cleaned_data[_name(field)] for field in self.asked}

    def _asks(self, field: ReflectionField) -> bool:
        name = _name(field)
        return field.retired_at is None or bool(self.initial.get(name) or self.data.get(name))

    def clean(self) -> dict[str, Any]:
        """Put the plain values on the reflection."""
        data = self.cleaned_data
        self.reflection.title = data.get("title", "")
        if data.get("date"):
            self.reflection.date = data["date"]
        if "client_id" in data and not self.reflection.pk:
            self.reflection.client_id = data["client_id"]
        return data


#: What each choice of the look back offers.
REASONS_AND_HELP = {
    "hard_because": ActivityFeedback.Reason,
    "help_received": ActivityFeedback.Help,
}


class FeedbackForm(forms.ModelForm[ActivityFeedback]):
    """Looking back and ahead on one activity; every line may stay empty."""

    is_satisfied = forms.TypedChoiceField(
        label=_("are you satisfied with the progress"),
        choices=[("", _("I do not know")), ("yes", _("yes")), ("no", _("no"))],
        coerce={"yes": True, "no": False}.get,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = ActivityFeedback
        fields = FEEDBACK_FIELDS
        labels: ClassVar[dict[str, Any]] = {
            "hard_because": _("what made this activity difficult"),
            "what_made_it_hard": _("tell more about it"),
            "help_received": _("did you get help"),
            "own_initiative": _("what did you try yourself"),
            "next_step": _("what is your next step"),
            "whom_to_ask": _("whom can you ask"),
            "support_workplace": _("what do you need from your workplace"),
            "support_programme": _("what do you need from your programme"),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "hard_because": forms.RadioSelect,
            "help_received": forms.RadioSelect,
        } | {
            name: forms.Textarea(attrs={"rows": 2})
            for name in FEEDBACK_FIELDS
            if name not in ("hard_because", "help_received", "is_satisfied")
        }

    #: The first part looks back, the second ahead.
    BACK: ClassVar[tuple[str, ...]] = FEEDBACK_FIELDS[:5]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, reasons in REASONS_AND_HELP.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("No answer")), *reasons.choices]
        satisfied = {True: "yes", False: "no", None: ""}
        self.initial["is_satisfied"] = satisfied[self.instance.is_satisfied]

    @property
    def looking_back(self) -> list[forms.BoundField]:
        """The questions about what happened."""
        return [self[name] for name in self.BACK]

    @property
    def looking_ahead(self) -> list[forms.BoundField]:
        """The questions about what comes."""
        return [self[name] for name in FEEDBACK_FIELDS if name not in self.BACK]


def _name(field: ReflectionField) -> str:
    return f"text-{field.key}"

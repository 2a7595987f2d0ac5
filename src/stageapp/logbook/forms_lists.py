"""Forms for goals, chains, templates and own entries."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NAME_LENGTH
from stageapp.logbook.models import ActivityTemplate, Chain
from stageapp.placements.models import LearningGoal
from stageapp.programmes.models import VocabularyEntry


class GoalForm(forms.ModelForm[LearningGoal]):
    """What somebody wants to learn."""

    class Meta:
        model = LearningGoal
        fields = ("title", "description", "status")
        widgets: ClassVar[dict[str, Any]] = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "status": forms.RadioSelect,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "title": _("In one line: what can you do when it is reached?"),
            "description": _("Why this, how will you work on it, and how will you notice?"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["status"]


class ChainForm(forms.ModelForm[Chain]):
    """What a chain is called."""

    class Meta:
        model = Chain
        fields = ("name",)
        labels: ClassVar[dict[str, Any]] = {"name": _("name of the chain")}


class TemplateForm(forms.ModelForm[ActivityTemplate]):
    """Under which name an activity can be used again."""

    class Meta:
        model = ActivityTemplate
        fields = ("name",)


class EntryNameForm(forms.Form):
    """What an own entry is called."""

    name = forms.CharField(label=_("name"), max_length=NAME_LENGTH)


class MergeForm(forms.Form):
    """Which entry takes the place of an own one."""

    into = forms.ModelChoiceField(
        label=_("merge with"),
        queryset=VocabularyEntry.objects.none(),
        empty_label=_("Choose …"),
        error_messages={"required": _("Choose which entry takes its place.")},
    )

    def __init__(self, *args: Any, others: list[VocabularyEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)
        into.queryset = VocabularyEntry.objects.filter(pk__in=[row.pk for row in others])
        into.choices = [("", _("Choose …")), *((row.pk, str(row)) for row in others)]

"""The form in which a student decides which older questions a new teacher may read."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.accounts.models import User
from stageapp.core.formfields import RowsField
from stageapp.guidance.access import older_questions_of
from stageapp.guidance.models import GuidanceQuestion
from stageapp.placements.models import Placement
from stageapp.placements.queries import main_teachers_of


class QuestionsField(RowsField):
    """Choose questions by their title, with whom they were asked to and when."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            GuidanceQuestion.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        """Name the question, whom it was asked to and when."""
        return _("%(title)s (asked to %(name)s on %(day)s)") % {
            "title": obj.title,
            "name": obj.teacher.name,
            "day": date_format(localtime(obj.shared_at), "j F Y"),
        }


class OlderForm(forms.Form):
    """Which older questions go along, and to whom of those who guide now."""

    reader = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("to whom"), empty_label=None
    )
    questions = QuestionsField(
        label=gettext_lazy("which questions go along"),
        error_messages={"required": gettext_lazy("Choose at least one question.")},
    )

    def __init__(self, data: Any, *, placement: Placement) -> None:
        super().__init__(data, use_required_attribute=False)
        reader, questions = self.fields["reader"], self.fields["questions"]
        assert isinstance(reader, forms.ModelChoiceField)
        assert isinstance(questions, QuestionsField)
        reader.queryset = main_teachers_of(placement)
        questions.queryset = older_questions_of(placement)

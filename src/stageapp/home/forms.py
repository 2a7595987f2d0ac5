"""The part of the profile that comes from the programmes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.programmes.models import ReflectionModel


class ReflectionModelsForm(forms.Form):
    """Which reflection models somebody likes to use, of those that the placements offer."""

    reflection_models = forms.ModelMultipleChoiceField(
        label=_("the models that I like to use"),
        queryset=ReflectionModel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They come first when you reflect. You can always choose another one."),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        preferred = person.preferred_reflection_models.values_list("model", flat=True)
        super().__init__(data, initial={"reflection_models": list(preferred)})
        models = self.fields["reflection_models"]
        assert isinstance(models, forms.ModelMultipleChoiceField)
        models.queryset = ReflectionModel.objects.filter(
            cohorts__placements__student=person
        ).distinct()

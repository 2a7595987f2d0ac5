"""The part of the profile that comes from the programmes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.programmes.models import ReflectionModel


class ReflectionModelsForm(forms.Form):
    """Which reflection models somebody likes to use, of those that the placements offer."""

    def __init__(self, data: Any = None, *, person: User) -> None:
        preferred = person.preferred_reflection_models.values_list("model", flat=True)
        super().__init__(data, initial={"reflection_models": [str(key) for key in preferred]})
        offered = ReflectionModel.objects.filter(
            cohorts__placements__student=person, retired_at=None
        ).distinct()
        models = {str(model.pk): model for model in offered}
        # Few and at hand: chosen from these, not looked up by whatever number comes in.
        self.fields["reflection_models"] = forms.TypedMultipleChoiceField(
            label=_("the models that I like to use"),
            choices=[(key, str(model)) for key, model in models.items()],
            coerce=models.__getitem__,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("They come first when you reflect. You can always choose another one."),
        )

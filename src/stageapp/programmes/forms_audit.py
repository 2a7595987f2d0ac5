"""The form that filters the record of who did what."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.audit.models import Kind
from stageapp.core.formfields import NO_OPTIONAL


class AuditForm(forms.Form):
    """Who, what, and between which days."""

    q = forms.CharField(
        label=gettext_lazy("name, address or student number"),
        required=False,
        label_suffix=NO_OPTIONAL,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("what happened"), required=False, label_suffix=NO_OPTIONAL
    )
    first = forms.DateField(
        label=gettext_lazy("from"),
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("up to and including"),
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("everything")), *Kind.choices]

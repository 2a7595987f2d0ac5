"""Which charts the students of a cohort get."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.formfields import NO_OPTIONAL
from stageapp.insights.chart_data import Definition
from stageapp.insights.charts import CHARTS
from stageapp.programmes.models import Cohort


class ChartsForm(forms.Form):
    """All charts that the form has parts for, or those that are chosen here."""

    which = forms.ChoiceField(
        label=gettext_lazy("what students get"),
        widget=forms.RadioSelect,
        choices=(
            ("all", gettext_lazy("every chart that the form has parts for")),
            ("chosen", gettext_lazy("the charts chosen below, in their order")),
        ),
    )
    charts = forms.MultipleChoiceField(
        label=gettext_lazy("charts"),
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, cohort: Cohort) -> None:
        chosen = list(cohort.charts or [])
        initial = {"which": "chosen" if chosen else "all", "charts": chosen}
        super().__init__(data, initial=initial, use_required_attribute=False)
        field = self.fields["charts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.key, _told(one, cohort)) for one in in_order(cohort)]

    @property
    def keys(self) -> list[str] | None:
        """The charts in their order, or None for all."""
        told: dict[str, Any] = self.cleaned_data
        return None if told["which"] == "all" else told["charts"]

    def clean(self) -> None:
        """Refuse choosing nothing: then students would have no insights at all."""
        if self.cleaned_data.get("which") == "chosen" and not self.cleaned_data.get("charts"):
            raise ValidationError({"charts": _("Choose at least one chart.")})


def in_order(cohort: Cohort) -> list[Definition]:
    """Return all charts, those of the cohort first and in its order."""
    chosen = [CHARTS[key] for key in cohort.charts or [] if key in CHARTS]
    return chosen + [one for one in CHARTS.values() if one not in chosen]


def _told(one: Definition, cohort: Cohort) -> str:
    if one.parts <= cohort.part_names:
        return str(one.title)
    return _("%(chart)s (the form lacks a part for it)") % {"chart": one.title}

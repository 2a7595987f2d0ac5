"""The filters of the logbook; what they say stands in the address."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.days import short_date
from stageapp.core.fields import NAME_LENGTH
from stageapp.core.formfields import DayInput
from stageapp.logbook.models import Activity
from stageapp.logbook.queries_find import Selection, groups_of
from stageapp.placements.models import Placement
from stageapp.programmes.models import Part

YES_NO = [
    ("", gettext_lazy("does not matter")),
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
]
#: Parts that can be selected on, in the order of the page.
GROUPS = (
    Part.CATEGORY,
    Part.MOMENT,
    Part.PEOPLE,
    Part.SOURCES,
    Part.DIFFICULTY,
    Part.GOAL,
    Part.COMPETENCES,
    Part.CHAIN,
)


@dataclass(frozen=True)
class ActiveFilter:
    """One thing that is selected on, and the address without it."""

    text: str
    address_without: str


class FindForm(forms.Form):
    """Words, dates and choices; only what occurs in this logbook is offered."""

    q = forms.CharField(
        label=gettext_lazy("search"),
        required=False,
        max_length=NAME_LENGTH,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "data-shortcut": "/",
                "data-shortcut-label": gettext_lazy("Search in what you wrote"),
            }
        ),
    )
    first = forms.DateField(label=gettext_lazy("from"), required=False, widget=DayInput)
    last = forms.DateField(
        label=gettext_lazy("up to and including"), required=False, widget=DayInput
    )
    status = forms.MultipleChoiceField(
        label=gettext_lazy("status"),
        choices=Activity.Status.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reflection = forms.ChoiceField(
        label=gettext_lazy("with a reflection"),
        choices=YES_NO,
        required=False,
        widget=forms.RadioSelect,
    )
    evidence = forms.ChoiceField(
        label=gettext_lazy("with evidence"),
        choices=YES_NO,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict, *, placement: Placement) -> None:
        super().__init__(data)
        self.sent = data
        parts = {part.part: part for part in placement.cohort.shown_parts}
        groups = groups_of(placement)
        if Part.STATUS not in parts:
            del self.fields["status"]
        for part in GROUPS:
            if groups[part]:
                shown = parts.get(part)
                self.fields[part.value] = forms.MultipleChoiceField(
                    label=shown.label if shown else part.label,
                    choices=groups[part],
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
        self.order_fields(["q", "first", "last", *GROUPS, "status", "reflection", "evidence"])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day comes before the first one."))
        return data

    @property
    def selection(self) -> Selection:
        """What was selected; a filter with an error selects nothing."""
        self.is_valid()
        data = self.cleaned_data
        return Selection(
            words=data.get("q", ""),
            first=data.get("first"),
            last=data.get("last"),
            chosen={
                part.value: set(map(int, keys)) for part in GROUPS if (keys := data.get(part.value))
            },
            statuses=frozenset(data.get("status", [])),
            has_reflection=_flag(data.get("reflection")),
            has_evidence=_flag(data.get("evidence")),
        )

    @property
    def filters(self) -> list[forms.BoundField]:
        """Everything but the search box."""
        return [self[name] for name in self.fields if name != "q"]

    @property
    def active(self) -> list[ActiveFilter]:
        """What is selected on now, each with the address that leaves it out."""
        self.is_valid()
        found: list[ActiveFilter] = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            chosen = value if isinstance(value, list) else [value]
            found += [
                ActiveFilter(_in_words(field, one), self._without(name, one))
                for one in chosen
                if one not in (None, "") and name != "q"
            ]
        return found

    def address(self) -> str:
        """Return the filters as they stand in an address."""
        kept = self._kept()
        return kept.urlencode()

    def _kept(self) -> QueryDict:
        kept = QueryDict(mutable=True)
        for name in self.fields:
            values = [value for value in self.sent.getlist(name) if value]
            if values:
                kept.setlist(name, values)
        return kept

    def _without(self, name: str, value: Any) -> str:
        kept = self._kept()
        written = value.isoformat() if hasattr(value, "isoformat") else str(value)
        kept.setlist(name, [one for one in kept.getlist(name) if one != written])
        return kept.urlencode()


def _flag(value: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(value or "")


def _in_words(field: forms.Field, value: Any) -> str:
    label = str(field.label)
    label = label[:1].upper() + label[1:]
    if isinstance(field, forms.ChoiceField):
        return f"{label}: {dict(field.choices).get(value, value)}"  # type: ignore[arg-type]
    return f"{label}: {short_date(value) if hasattr(value, 'isoformat') else value}"

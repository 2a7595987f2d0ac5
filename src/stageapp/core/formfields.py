"""Form fields that Django does not have: a choice with room for an own entry, a duration."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NAME_LENGTH

#: The value of the choice "Other…", which opens the text box for an own entry.
OTHER = "other"
#: As `label_suffix` of a field that is needed at times: its label then does not say "(optional)".
NO_OPTIONAL = ""
#: Up to so many choices are shown as chips, one tap each; more become a list.
MOST_CHIPS = 12
MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class Picked:
    """What somebody chose: rows that exist, and the name of an own entry or nothing."""

    rows: list[Any] = field(default_factory=list)
    own: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows or self.own)

    @property
    def row(self) -> Any | None:
        """The one row chosen, where only one can be."""
        return self.rows[0] if self.rows else None


class FoldingRadioSelect(forms.RadioSelect):
    """Chips, of which those in `folded` stand below the others in a fold, unless one is chosen."""

    template_name = "core/widgets/folding_chips.html"
    folded: frozenset[str] = frozenset()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        in_sight: list[Any] = []
        folded: list[Any] = []
        for group in context["widget"]["optgroups"]:
            _name, (option, *_others), _index = group
            is_folded = option["value"] in self.folded and not option["selected"]
            (folded if is_folded else in_sight).append(group)
        context["widget"] |= {"optgroups": in_sight, "folded": {"optgroups": folded}}
        return context


class FoldingCheckboxes(FoldingRadioSelect, forms.CheckboxSelectMultiple):
    """The same for several choices."""


class RowsField(forms.ModelMultipleChoiceField[Any]):
    """Several rows of a query that gives few."""

    def clean(self, value: Any) -> Any:
        """Refuse what is no choice before the database is asked: SQLite takes no long numbers."""
        assert self.queryset is not None
        known = {str(key) for key in self.queryset.values_list("pk", flat=True)}
        for key in value or ():
            if key not in known:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], "invalid_choice", {"value": key}
                )
        return super().clean(value)


class ChoiceWithOtherWidget(forms.MultiWidget):
    """Choices, and a text box that shows when "Other…" is chosen."""

    template_name = "core/widgets/choice_with_other.html"
    use_fieldset = True

    def __init__(
        self, choices: forms.Widget, *, allows_own: bool, attrs: dict[str, Any] | None = None
    ) -> None:
        self.allows_own = allows_own
        own = forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "off"})
        super().__init__({"": choices, "own": own}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["allows_own"] = self.allows_own
        # The browser itself offers what is in the list already, without any script.
        widget["subwidgets"][1]["attrs"]["list"] = f"{widget['attrs'].get('id', name)}_known"
        offered: Any = getattr(self.widgets[0], "choices", [])
        widget["known"] = [label for key, label in offered if key not in ("", OTHER)]
        # A list has no label of its own here: the legend of the whole names it.
        choices = context["widget"]["subwidgets"][0]
        choices["attrs"]["aria-labelledby"] = f"{context['widget']['attrs'].get('id', name)}_legend"
        return context

    def decompress(self, value: Picked | None) -> list[Any]:
        if not value:
            return [None, ""]
        keys = [str(row.pk) for row in value.rows] + ([OTHER] if value.own else [])
        multiple = getattr(self.widgets[0], "allow_multiple_selected", False)
        return [keys if multiple else (keys[0] if keys else ""), value.own]


class PickField(forms.MultiValueField):
    """Choose one or several rows, or name an own entry; gives a `Picked`.

    Rows that are `folded` can be chosen as well, and are out of sight until then. One of many is
    chosen from a drop-down list: `as_list` says whether there are many.
    """

    default_error_messages = {
        "own_missing": _("Say what you mean by “Other…”, or choose something else."),
        "too_few": _("Choose at least %(minimum)s."),
        "too_many": _("Choose at most %(maximum)s."),
        "unknown": _("This choice does not exist any more. Choose another one."),
    }

    def __init__(
        self,
        rows: Iterable[Model],
        *,
        folded: Iterable[Model] = (),
        multiple: bool = False,
        as_list: bool | None = None,
        allows_own: bool = True,
        minimum: int | None = None,
        maximum: int | None = None,
        **kwargs: Any,
    ) -> None:
        in_sight, out_of_sight = list(rows), list(folded)
        self.rows = {str(row.pk): row for row in [*in_sight, *out_of_sight]}
        if as_list is None:
            as_list = len(in_sight) > MOST_CHIPS
        self.multiple, self.minimum, self.maximum = multiple, minimum, maximum
        choices: list[tuple[str, Any]] = [(key, str(row)) for key, row in self.rows.items()]
        if allows_own:
            choices.append((OTHER, _("Other…")))
        pick: forms.ChoiceField | forms.MultipleChoiceField
        chips = FoldingCheckboxes() if multiple else FoldingRadioSelect()
        chips.folded = frozenset(str(row.pk) for row in out_of_sight)
        if multiple:
            pick = forms.MultipleChoiceField(choices=choices, required=False, widget=chips)
        elif as_list:
            pick = forms.ChoiceField(choices=[("", "–"), *choices], required=False)
        else:
            if not kwargs.get("required", True):
                choices.insert(0, ("", _("None")))
            pick = forms.ChoiceField(choices=choices, required=False, widget=chips)
        own = forms.CharField(required=False, max_length=NAME_LENGTH)
        super().__init__(
            (pick, own),
            widget=ChoiceWithOtherWidget(pick.widget, allows_own=allows_own),
            require_all_fields=False,
            **kwargs,
        )
        for part in self.fields:
            part.required = False

    def compress(self, data_list: list[Any]) -> Picked:
        if not data_list:
            return Picked()
        chosen, own = data_list
        keys = list(chosen) if self.multiple else [chosen] if chosen else []
        wants_own = OTHER in keys or (not keys and bool(own))
        if OTHER in keys and not own:
            raise self._error("own_missing")
        keys = [key for key in keys if key != OTHER]
        if any(key not in self.rows for key in keys):
            raise self._error("unknown")
        return Picked([self.rows[key] for key in keys], own if wants_own else "")

    def clean(self, value: Any) -> Picked:
        picked: Picked = super().clean(value) or Picked()
        count = len(picked.rows) + bool(picked.own)
        if self.required and not count:
            raise self._error("required")
        if count and self.minimum and count < self.minimum:
            raise self._error("too_few", minimum=self.minimum)
        if self.maximum and count > self.maximum:
            raise self._error("too_many", maximum=self.maximum)
        return picked

    def _error(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


class DurationWidget(forms.MultiWidget):
    """Hours and minutes side by side."""

    template_name = "core/widgets/duration.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = {"inputmode": "numeric", "min": 0, "placeholder": "0"}
        super().__init__(
            {
                "hours": forms.NumberInput(attrs=number | {"max": 24}),
                "minutes": forms.NumberInput(attrs=number | {"max": 1440}),
            },
            attrs,
        )

    def decompress(self, value: int | None) -> list[int | None]:
        if value is None:
            return [None, None]
        return list(divmod(value, MINUTES_AN_HOUR))


class DurationInput(forms.MultiValueField):
    """Gives whole minutes, from 1 to those of a day, or None."""

    default_error_messages = {
        "zero": _("Give a duration of one minute or more."),
        "too_long": _("A day has 24 hours: give a shorter duration."),
    }

    def __init__(self, **kwargs: Any) -> None:
        hours = forms.IntegerField(required=False, min_value=0)
        minutes = forms.IntegerField(required=False, min_value=0)
        super().__init__(
            (hours, minutes), widget=DurationWidget(), require_all_fields=False, **kwargs
        )
        for part in self.fields:
            part.required = False

    def compress(self, data_list: list[int | None]) -> int | None:
        if not data_list or all(part is None for part in data_list):
            return None
        hours, minutes = (part or 0 for part in data_list)
        total = hours * MINUTES_AN_HOUR + minutes
        if total == 0:
            raise ValidationError(self.error_messages["zero"], code="zero")
        if total > 24 * MINUTES_AN_HOUR:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return total

    def clean(self, value: Any) -> int | None:
        minutes: int | None = super().clean(value)
        if minutes is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return minutes


class DayInput(forms.DateInput):
    """The browser's own date picker; it wants the ISO form whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own choice of a time."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class MomentInput(forms.DateTimeInput):
    """The browser's own choice of a day and a time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ExplainedRadioSelect(forms.RadioSelect):
    """Radio buttons as cards; below each choice stands what choosing it means."""

    template_name = "core/widgets/choice_cards.html"
    explanations: dict[str, Any]

    def __init__(self, explanations: dict[str, Any], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.explanations = explanations

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        return option | {"explanation": self.explanations.get(str(option["value"]), "")}

"""The rows of the rule editor: a condition, a moment."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.utils import ErrorDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.bilingual import in_reader_language
from stageapp.facts import Amount, Dimension, FilteredSum, Ratio, Trait
from stageapp.insights.statistics import LIBRARY
from stageapp.tips import rules
from stageapp.tips.made_up import Names
from stageapp.tips.rules import Condition, Moment, Operator
from stageapp.tips.words import OPERATORS, RATIO, Explained, explained, statistic_groups

LAST_DAYS = "days"
NAME_LENGTH = 40
MOST = 1_000_000
MOST_ACTIVITIES = 1000

DIMENSIONS = {
    Dimension.CATEGORY: gettext_lazy("categories"),
    Dimension.PERSON: gettext_lazy("people"),
    Dimension.SOURCE: gettext_lazy("sources"),
    Dimension.MOMENT: gettext_lazy("moments"),
    Dimension.COMPETENCE: gettext_lazy("competences"),
    Dimension.STATUS: gettext_lazy("status"),
    Dimension.DIFFICULTY: gettext_lazy("difficulties"),
}
TRAITS = {
    Trait.ALONE: gettext_lazy("done alone"),
    Trait.WITH_SOURCE: gettext_lazy("with a source"),
    Trait.WITHOUT_SOURCE: gettext_lazy("without a source"),
    Trait.WITH_REFLECTION: gettext_lazy("with a reflection"),
    Trait.WITHOUT_REFLECTION: gettext_lazy("without a reflection"),
    Trait.WITH_EVIDENCE: gettext_lazy("with evidence"),
    Trait.WITHOUT_EVIDENCE: gettext_lazy("without evidence"),
    Trait.WITH_GOAL: gettext_lazy("with a learning goal"),
    Trait.WITHOUT_GOAL: gettext_lazy("without a learning goal"),
}
AMOUNTS = {
    Amount.COUNT: gettext_lazy("number of activities"),
    Amount.HOURS: gettext_lazy("hours"),
}

Choices = list[tuple[str, Any]]


class RowForm(forms.Form):
    """A form that is checked only when it is asked to: adding a row finds no faults."""

    def __init__(self, data: Any = None, *, checks: bool = True, **kwargs: Any) -> None:
        self.checks = checks
        super().__init__(data, use_required_attribute=False, **kwargs)

    def full_clean(self) -> None:
        if self.checks:
            super().full_clean()
            return
        self._errors = ErrorDict()
        self.cleaned_data = {}


class StatisticSelect(forms.Select):
    """Tells with each statistic of which list a row has to be chosen, so that styles can.

    What the chosen one means stands below it; whoever hears the page gets it with the field.
    """

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        attrs = dict(attrs or {})
        means = f"{attrs['id']}_means"
        attrs["aria-describedby"] = f"{attrs.get('aria-describedby', '')} {means}".strip()
        return super().get_context(name, value, attrs)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        known = LIBRARY.get(str(value))
        if known and known.of:
            option["attrs"]["data-of"] = known.of.value
        return option


def statistic_choices() -> Choices:
    """Return what can be measured, in groups."""
    groups = [
        (heading, [choice for row in rows for choice in row.names])
        for heading, rows in statistic_groups()
    ]
    return [("", _("Choose")), *groups]


def row_choices(names: Names, *, with_empty: bool, extra: Iterable[str] = ()) -> Choices:
    """Return the rows that can be chosen, by their list; `extra` are kept though unknown here."""
    groups: Choices = []
    known: set[str] = set()
    for dimension, label in DIMENSIONS.items():
        rows = [
            (f"{dimension.value}:{key}", in_reader_language(*both))
            for key, both in names.get(dimension, {}).items()
        ]
        known |= {value for value, _label in rows}
        if rows:
            groups.append((capfirst(str(label)), rows))
    unknown = [(value, value.partition(":")[2]) for value in extra if value not in known]
    if unknown:
        groups.append((_("Not in these cohorts"), unknown))
    return [("", _("Choose")), *groups] if with_empty else groups


class ConditionForm(RowForm):
    """What is measured, over which days, and with what it is compared."""

    ONLY_SOMETIMES: ClassVar[tuple[str, ...]] = ("of", "days", "top_amount", "bottom_amount")

    name = forms.RegexField(
        r"^[a-z0-9_-]+$",
        label=gettext_lazy("name in the texts"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Small letters and digits. The texts call it so, between braces."),
        error_messages={
            "invalid": gettext_lazy("Use small letters, digits, - and _ only, without spaces.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    statistic = forms.ChoiceField(label=gettext_lazy("what is measured"), widget=StatisticSelect)
    of = forms.ChoiceField(label=gettext_lazy("of which one"))
    top_amount = forms.ChoiceField(label=gettext_lazy("what is added up"))
    top_where = forms.MultipleChoiceField(
        label=gettext_lazy("only activities with one of these"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of each list one of what you tick; nothing ticked: all."),
    )
    top_traits = forms.MultipleChoiceField(
        label=gettext_lazy("and only activities that are"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bottom_amount = forms.ChoiceField(label=gettext_lazy("what is added up"))
    bottom_where = forms.MultipleChoiceField(
        label=gettext_lazy("only activities with one of these"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of each list one of what you tick; nothing ticked: all."),
    )
    bottom_traits = forms.MultipleChoiceField(
        label=gettext_lazy("and only activities that are"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    window = forms.ChoiceField(label=gettext_lazy("over which days"))
    days = forms.IntegerField(
        label=gettext_lazy("how many days"),
        validators=[MinValueValidator(1), MaxValueValidator(rules.MOST_DAYS)],
    )
    operator = forms.ChoiceField(label=gettext_lazy("compared"))
    threshold = forms.FloatField(
        label=gettext_lazy("threshold"),
        validators=[MinValueValidator(0), MaxValueValidator(MOST)],
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    minimum = forms.IntegerField(
        label=gettext_lazy("from how many activities"),
        validators=[MinValueValidator(0), MaxValueValidator(MOST_ACTIVITIES)],
        help_text=gettext_lazy("With fewer it says nothing yet."),
    )

    def __init__(self, data: Any = None, *, names: Names, **kwargs: Any) -> None:
        initial = {"minimum": rules.MINIMUM, "operator": ">", "window": rules.WHOLE_PERIOD}
        initial |= {"top_amount": Amount.COUNT, "bottom_amount": Amount.COUNT}
        kwargs["initial"] = initial | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.names = names
        chosen = kwargs["initial"]
        amounts = list(AMOUNTS.items())
        traits = list(TRAITS.items())
        self._choose("statistic", statistic_choices())
        self._choose("of", row_choices(names, with_empty=True, extra=_some(chosen.get("of"))))
        self._choose(
            "window",
            [
                (rules.WHOLE_PERIOD, _("the whole period")),
                (rules.THIS_MONTH, _("this month")),
                (LAST_DAYS, _("the last days")),
            ],
        )
        self._choose("operator", [(one.value, label) for one, label in OPERATORS.items()])
        for part in ("top", "bottom"):
            extra = chosen.get(f"{part}_where", ())
            self._choose(f"{part}_amount", amounts)
            self._choose(f"{part}_where", row_choices(names, with_empty=False, extra=extra))
            self._choose(f"{part}_traits", traits)

    def full_clean(self) -> None:
        """Let `clean` ask for what only some choices need; the page calls none of it optional."""
        conditional = [self.fields[name] for name in self.ONLY_SOMETIMES]
        for field in conditional:
            field.required = False
        super().full_clean()
        for field in conditional:
            field.required = True

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_name(self) -> str:
        """Refuse the name of what every tip knows."""
        name = str(self.cleaned_data["name"])
        if name == rules.PROGRESS:
            raise forms.ValidationError(
                _("“progress” is how far the placement is; choose another name.")
            )
        return name

    def clean(self) -> None:
        """Ask for what a statistic needs beside itself."""
        told = self.cleaned_data
        if told.get("window") == LAST_DAYS and not told.get("days") and "days" not in self.errors:
            self.add_error(
                "days", _("Say how many days, from 1 to %(most)d.") % {"most": rules.MOST_DAYS}
            )
        statistic = told.get("statistic")
        if statistic == RATIO:
            self._check_sums()
        elif statistic and "of" not in self.errors:
            self._check_row(LIBRARY[statistic].of, told.get("of", ""))

    def _check_row(self, dimension: Dimension | None, chosen: str) -> None:
        if dimension is None:
            return
        prefix, _colon, key = chosen.partition(":")
        label = DIMENSIONS[dimension]
        if prefix != dimension.value:
            self.add_error("of", _("Choose one of the %(list)s.") % {"list": label})
        elif key not in self.names.get(dimension, {}):
            self.add_error("of", _("The cohorts of this tip do not have it. Choose another one."))

    def _check_sums(self) -> None:
        for part in ("top", "bottom"):
            if rules.excludes_all(self._sum(part)):
                self.add_error(
                    f"{part}_traits", _("No activity is with and without it: tick one of the two.")
                )
            if any(
                key not in self.names.get(dimension, {})
                for dimension, keys in self._sum(part).where
                for key in keys
            ):
                self.add_error(
                    f"{part}_where", _("The cohorts of this tip do not have all of these.")
                )

    def _sum(self, part: str) -> FilteredSum:
        told = self.cleaned_data
        where: dict[Dimension, list[str]] = {}
        for value in told.get(f"{part}_where", ()):
            dimension, _colon, key = value.partition(":")
            where.setdefault(Dimension(dimension), []).append(key)
        return FilteredSum(
            Amount(told.get(f"{part}_amount") or Amount.COUNT),
            tuple((dimension, tuple(keys)) for dimension, keys in where.items()),
            tuple(Trait(name) for name in told.get(f"{part}_traits", ())),
        )

    @property
    def condition(self) -> Condition:
        """What was filled in, once it is valid."""
        told = self.cleaned_data
        is_ratio = told["statistic"] == RATIO
        needs_row = not is_ratio and LIBRARY[told["statistic"]].of
        return Condition(
            name=told["name"],
            statistic="" if is_ratio else told["statistic"],
            of=told["of"].partition(":")[2] if needs_row else "",
            ratio=Ratio(self._sum("top"), self._sum("bottom")) if is_ratio else None,
            window=str(told["days"]) if told["window"] == LAST_DAYS else told["window"],
            operator=Operator(told["operator"]),
            threshold=told["threshold"],
            minimum=told["minimum"],
        )

    @property
    def means(self) -> Explained | None:
        """What the chosen statistic means; nothing while none is chosen."""
        return explained(str(self["statistic"].value() or ""))

    @property
    def title(self) -> str:
        """What the row is called now, for its heading."""
        value = self["name"].value()
        return f"{{{value}}}" if value else ""


def _some(value: Any) -> tuple[str, ...]:
    return (value,) if value else ()


def condition_as_initial(condition: Condition) -> dict[str, Any]:
    """Return a condition as the form shows it."""
    is_days = condition.window not in (rules.WHOLE_PERIOD, rules.THIS_MONTH)
    initial: dict[str, Any] = {
        "name": condition.name,
        "statistic": RATIO if condition.ratio else condition.statistic,
        "window": LAST_DAYS if is_days else condition.window,
        "days": condition.window if is_days else None,
        "operator": condition.operator.value,
        "threshold": _plain(condition.threshold),
        "minimum": condition.minimum,
    }
    if condition.ratio:
        return (
            initial
            | _sum_as_initial("top", condition.ratio.top)
            | _sum_as_initial("bottom", condition.ratio.bottom)
        )
    dimension = LIBRARY[condition.statistic].of if condition.statistic in LIBRARY else None
    return initial | ({"of": f"{dimension.value}:{condition.of}"} if dimension else {})


def _plain(number: float) -> float:
    """Return 50 for 50.0."""
    return int(number) if number == int(number) else number


def _sum_as_initial(part: str, one: FilteredSum) -> dict[str, Any]:
    return {
        f"{part}_amount": one.amount.value,
        f"{part}_where": [
            f"{dimension.value}:{key}" for dimension, keys in one.where for key in keys
        ],
        f"{part}_traits": [trait.value for trait in one.traits],
    }


class MomentForm(RowForm):
    """A part of the period in which the tip may appear."""

    first = forms.IntegerField(
        label=gettext_lazy("from (%)"),
        validators=[MinValueValidator(0), MaxValueValidator(rules.WHOLE)],
    )
    last = forms.IntegerField(
        label=gettext_lazy("up to and including (%)"),
        validators=[MinValueValidator(0), MaxValueValidator(rules.WHOLE)],
    )

    def clean(self) -> None:
        """Refuse a moment that ends before it begins."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first is not None and last is not None and first > last:
            self.add_error("last", _("This is before the beginning: a moment cannot end earlier."))

    @property
    def moment(self) -> Moment:
        """What was filled in, once it is valid."""
        return Moment(self.cleaned_data["first"], self.cleaned_data["last"])

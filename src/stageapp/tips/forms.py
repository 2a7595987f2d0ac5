"""The rule editor: one form of a tip, with rows for its conditions and its moments."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.bilingual import in_reader_language
from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, RunningTextInput
from stageapp.core.formfields import RowsField
from stageapp.facts import Dimension
from stageapp.programmes.models import Cohort, Programme
from stageapp.tips import rules
from stageapp.tips.actions_manage import Written
from stageapp.tips.forms_rule import ConditionForm, MomentForm, RowForm, condition_as_initial
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.queries_manage import Vocabulary, missing_in, reaches_of
from stageapp.tips.rules import Finding, Moment, Problem, Rule
from stageapp.tips.words import problem_in_words

MOST_ROWS = 10
MOST_DIGITS = 3
MOST_PRIORITY = 100
MOST_REST = 366
#: The texts with their languages, as their columns are called.
TEXTS = tuple(f"{name}_{language}" for name in TipVersion.TEXTS for language in ("nl", "en"))
LABELS = {
    "feedup": gettext_lazy("Where am I going (feedup)"),
    "feedback": gettext_lazy("How am I doing (feedback)"),
    "feedforward": gettext_lazy("What next (feedforward)"),
}


class CohortsField(RowsField):
    """Cohorts of one programme: its name goes without saying."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class TipForm(RowForm):
    """What a tip is called, whom it is for, and what it says."""

    name = forms.CharField(
        label=gettext_lazy("name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("For administrators; students never see it."),
    )
    cohorts = CohortsField(
        Cohort.objects.none(),
        label=gettext_lazy("for which cohorts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("No student sees a tip without a cohort."),
    )
    priority = forms.IntegerField(
        label=gettext_lazy("priority"),
        min_value=0,
        validators=[MaxValueValidator(MOST_PRIORITY)],
        help_text=gettext_lazy("From 0 to 100; a higher one comes first."),
    )
    rest_days = forms.IntegerField(
        label=gettext_lazy("days of rest"),
        min_value=0,
        validators=[MaxValueValidator(MOST_REST)],
        help_text=gettext_lazy(
            "After a week it stays away for so many days. With 0 it stays as long as it holds."
        ),
    )
    always = forms.BooleanField(
        label=gettext_lazy("Show it always, to everybody, without conditions or moments"),
        required=False,
    )
    goes_to = forms.ChoiceField(
        label=gettext_lazy("where the tip leads"),
        choices=TipVersion.GoesTo.choices,
        required=False,
    )

    def __init__(self, data: Any = None, *, programme: Programme, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["cohorts"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = programme.cohorts.select_related("programme")
        for name in TEXTS:
            self.fields[name] = RunningTextInput(
                label=_language(name),
                required=False,
                max_length=TEXT_LENGTH,
                widget=forms.Textarea(attrs={"rows": 3, "lang": name[-2:]}),
            )

    @property
    def texts(self) -> list[tuple[Any, list[Any]]]:
        """The parts of the text, each with its fields in both languages."""
        return [(label, [self[f"{name}_nl"], self[f"{name}_en"]]) for name, label in LABELS.items()]

    def clean(self) -> None:
        """Ask for at least one text; the other language may stay empty."""
        if not any(self.cleaned_data.get(name) for name in TEXTS) and not self.errors:
            self.add_error("feedback_nl", _("Write at least one text: without it there is no tip."))


def _language(name: str) -> Any:
    return gettext_lazy("Dutch") if name.endswith("nl") else gettext_lazy("English")


class TipEditor:
    """The whole page: the form, its rows, and what was asked of it."""

    def __init__(
        self,
        programme: Programme,
        vocabulary: Vocabulary,
        *,
        tip: Tip | None = None,
        version: TipVersion | None = None,
        data: QueryDict | None = None,
    ) -> None:
        self.programme, self.vocabulary, self.data = programme, vocabulary, data
        self.wish, _sep, row = (data.get("do", "") if data is not None else "").partition(":")
        self.checks = self.wish not in ("add_condition", "add_moment", "remove")
        self.form = TipForm(
            data,
            programme=programme,
            checks=self.checks,
            initial=_initial_of(tip, version) if data is None else None,
        )
        self.rule = rules.rule_from_data(version.rule) if version else Rule()
        self.names = vocabulary.names(self.chosen_cohorts)
        self.conditions: list[ConditionForm] = []
        self.moments: list[MomentForm] = []
        if data is None:
            self._fill(self.rule)
        else:
            self._bind(data, row)

    def _fill(self, rule: Rule) -> None:
        for number, condition in enumerate(rule.conditions):
            initial = condition_as_initial(condition)
            self.conditions.append(self._condition(f"condition-{number}", initial=initial))
        for number, moment in enumerate(rule.moments):
            initial = {"first": moment.first, "last": moment.last}
            self.moments.append(MomentForm(prefix=f"moment-{number}", initial=initial))

    def _bind(self, data: QueryDict, row: str) -> None:
        conditions, moments = _rows(data, "condition", row), _rows(data, "moment", row)
        self.conditions = [self._condition(key, data) for key in conditions]
        self.moments = [MomentForm(data, prefix=key, checks=self.checks) for key in moments]
        if self.wish == "add_condition" and len(conditions) < MOST_ROWS:
            fresh = self._condition(_free(conditions, "condition"))
            fresh.fields["name"].widget.attrs["autofocus"] = True
            self.conditions.append(fresh)
        if self.wish == "add_moment" and len(moments) < MOST_ROWS:
            newest = MomentForm(prefix=_free(moments, "moment"))
            newest.fields["first"].widget.attrs["autofocus"] = True
            self.moments.append(newest)

    def _condition(self, prefix: str, data: Any = None, **kwargs: Any) -> ConditionForm:
        return ConditionForm(data, prefix=prefix, names=self.names, checks=self.checks, **kwargs)

    @property
    def chosen_cohorts(self) -> list[int]:
        """The cohorts that are ticked now, as far as they are cohorts of the programme."""
        value = self.form["cohorts"].value() or []
        ticked = {str(getattr(one, "pk", one)) for one in value}
        return [key for key in self.vocabulary.cohorts if str(key) in ticked]

    @property
    def is_bound(self) -> bool:
        """Whether something was sent."""
        return self.data is not None

    @property
    def forms(self) -> list[RowForm]:
        """Every form of the page, in its order."""
        return [self.form, *self.conditions, *self.moments]

    @property
    def has_errors(self) -> bool:
        """Whether something is refused."""
        return any(form.errors for form in self.forms)

    @property
    def can_add_condition(self) -> bool:
        """Whether there is room for another condition."""
        return len(self.conditions) < MOST_ROWS

    @property
    def can_add_moment(self) -> bool:
        """Whether there is room for another moment."""
        return len(self.moments) < MOST_ROWS

    @property
    def placeholders(self) -> list[str]:
        """What the texts can say, of what is filled in now."""
        names = [name for row in self.conditions if (name := row["name"].value())]
        found = [f"{{{name}{part}}}" for name in names for part in ("", ".part", ".whole", ".what")]
        return [*found, f"{{{rules.PROGRESS}}}"]

    @property
    def bar(self) -> list[tuple[int, int]]:
        """The moments as they stand, for the bar: where each begins and how long it is."""
        spans = [_span(row["first"].value(), row["last"].value()) for row in self.moments]
        return [span for span in spans if span]

    def is_valid(self) -> bool:
        """Check every form, then the rule as a whole; what is wrong stands at its field."""
        if not self.is_bound or not all([form.is_valid() for form in self.forms]):  # noqa: C419 -- all of them
            return False
        self.rule = Rule(
            tuple(row.condition for row in self.conditions),
            tuple(
                sorted((row.moment for row in self.moments), key=lambda one: (one.first, one.last))
            ),
            always=self.form.cleaned_data["always"],
        )
        highest = self.vocabulary.highest_level(self.chosen_cohorts)
        reach = reaches_of(self.rule, highest_level=highest)
        texts = self.texts
        for finding in rules.problems(self.rule, reach, texts.values()):
            self._refuse(finding, texts)
        return not self.has_errors

    def _refuse(self, finding: Finding, texts: dict[str, str]) -> None:
        text = problem_in_words(finding)
        if finding.problem in (
            Problem.UNKNOWN_PLACEHOLDER,
            Problem.NOTHING_NAMED,
            Problem.NO_PARTS,
        ):
            for name, written in texts.items():
                if finding.about in written:
                    self.form.add_error(name, text)
        elif finding.problem in (Problem.NEVER, Problem.CONTRADICTION, Problem.NAME_TWICE):
            field = "name" if finding.problem == Problem.NAME_TWICE else "threshold"
            for row, condition in zip(self.conditions, self.rule.conditions, strict=True):
                if condition.name == finding.about:
                    row.add_error(field, text)
        else:
            self.form.add_error("always", text)

    def written(self, key: str = "") -> Written:
        """Return what is saved, once it is valid."""
        told = self.form.cleaned_data
        return Written(
            name=told["name"],
            priority=told["priority"],
            rest_days=told["rest_days"],
            rule=self.rule,
            texts=self.texts,
            goes_to=told["goes_to"],
            cohorts=told["cohorts"],
            key=key,
        )

    @property
    def warnings(self) -> list[str]:
        """What cohorts of the tip lack: there nothing is measured of it."""
        found = []
        for cohort in self.programme.cohorts.filter(pk__in=self.chosen_cohorts):
            missing = missing_in(self.rule, self.vocabulary, cohort.pk)
            if missing:
                found.append(missing_in_words(cohort, self.row_names(missing)))
        return found

    def row_names(self, rows: Iterable[tuple[Dimension, str]]) -> list[str]:
        """Return rows in the reader's language, as far as the programme knows them."""
        names = self.vocabulary.names()
        return [in_reader_language(*names[row].get(key, (key, key))) for row, key in rows]

    @property
    def texts(self) -> dict[str, str]:
        """The texts as they were filled in."""
        return {name: self.form.cleaned_data.get(name, "") for name in TEXTS}


def _initial_of(tip: Tip | None, version: TipVersion | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"priority": 50, "rest_days": 14}
    if tip:
        initial = {
            "name": tip.name,
            "priority": tip.priority,
            "rest_days": tip.rest_days,
            "cohorts": [cohort.pk for cohort in tip.cohorts.all()],
        }
    if version:
        initial |= {name: getattr(version, name) for name in (*TEXTS, "goes_to")}
        initial["always"] = rules.rule_from_data(version.rule).always
    return initial


def _rows(data: QueryDict, kind: str, removed: str) -> list[str]:
    """Return the prefixes of the rows that were sent, without the one to remove."""
    prefixes: dict[str, None] = {}
    for key in data.getlist(kind):
        if key.isascii() and key.isdecimal() and len(key) <= MOST_DIGITS:
            prefixes[f"{kind}-{int(key)}"] = None
    return [prefix for prefix in prefixes if prefix != removed][:MOST_ROWS]


def _free(taken: Iterable[str], kind: str) -> str:
    """Return the first prefix that no row has."""
    used = set(taken)
    return next(f"{kind}-{n}" for n in range(MOST_ROWS + 1) if f"{kind}-{n}" not in used)


def _span(first: Any, last: Any) -> tuple[int, int] | None:
    try:
        moment = Moment(int(first), int(last))
    except (TypeError, ValueError, OverflowError):
        return None
    if not 0 <= moment.first <= moment.last <= rules.WHOLE:
        return None
    return moment.first, max(moment.last - moment.first, 1)


def missing_in_words(cohort: Cohort, names: Iterable[str]) -> str:
    """Return what a cohort does not have, and what follows from it."""
    return _("%(cohort)s does not have: %(names)s. There nothing is counted of it.") % {
        "cohort": cohort.name,
        "names": ", ".join(names),
    }


def errors_of(editor: TipEditor) -> list[tuple[str, str, str]]:
    """Return everything that is refused, as (id of the field, label, text), in the page's order."""
    found = []
    for form in editor.forms:
        for name, errors in form.errors.items():
            field = form[name]
            label = field.label if isinstance(form, TipForm) else f"{_title(form)} {field.label}"
            target = field.id_for_label or field.auto_id
            found += [(target, label.strip(), str(error)) for error in errors]
    return found


def _title(form: RowForm) -> str:
    return form.title if isinstance(form, ConditionForm) else ""

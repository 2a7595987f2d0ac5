"""The form for an activity, built from what its cohort configured."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import TEXT_LENGTH, RunningTextInput
from stageapp.core.formfields import MOST_CHIPS, DurationInput, Picked, PickField
from stageapp.logbook import queries, queries_start
from stageapp.logbook.actions import Choices
from stageapp.logbook.forms_evidence import EvidenceField, EvidenceInput
from stageapp.logbook.models import Activity, Evidence, SavedItem
from stageapp.logbook.queries_start import Start
from stageapp.placements.models import Placement
from stageapp.programmes.models import FormPart, Part, ReflectionModel, VocabularyKind

#: Parts that hold one row of a list of the cohort.
SINGLE = {
    Part.MOMENT: VocabularyKind.MOMENT,
    Part.CATEGORY: VocabularyKind.CATEGORY,
    Part.DIFFICULTY: VocabularyKind.DIFFICULTY,
}
#: Parts that hold several.
SEVERAL = {Part.PEOPLE: VocabularyKind.PERSON, Part.SOURCES: VocabularyKind.SOURCE}
#: Parts that are a text.
TEXTS = (
    Part.DESCRIPTION,
    Part.LEARNED,
    Part.NEXT_STEPS,
    Part.SUPPORT_WORKPLACE,
    Part.SUPPORT_PROGRAMME,
)


class TakenOver(NamedTuple):
    """A part that a new activity begins with, and what was chosen there, in words."""

    part: str
    text: str


class ActivityForm(forms.Form):
    """Shows the parts of the cohort, in its order and words; makes an unsaved activity.

    Arguments: the placement; the activity to change, or None for a new one; how a new one begins.
    """

    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        placement: Placement,
        activity: Activity | None = None,
        start: Start | None = None,
    ) -> None:
        self.placement = placement
        self.activity = activity or Activity(placement=placement)
        self.start = start or Start()
        self.options = queries.form_options(placement, self.activity)
        self._taken: dict[Part, Picked] = {}
        super().__init__(data, files, initial=self._initial(activity))
        for part in self.options.parts:
            build = self._builder(Part(part.part))
            field = build(part) if build else None
            if field:
                self.fields[part.part] = field
        if placement.cohort.has_feedback:
            self.fields["wants_feedback"] = forms.BooleanField(
                label=_("I want to look back on this activity"), required=False
            )

    @property
    def part_fields(self) -> list[forms.BoundField]:
        """The fields in sight, in the order of the cohort."""
        return [field for field in self.visible_fields() if field.name not in self._folded]

    @property
    def folded_fields(self) -> list[forms.BoundField]:
        """The fields of the parts that can wait, in the order of the cohort."""
        return [field for field in self.visible_fields() if field.name in self._folded]

    @property
    def opens_fold(self) -> bool:
        """Whether a part that can wait has something to see: a value or an error."""
        return any(field.errors or _is_filled(field.value()) for field in self.folded_fields)

    @property
    def _folded(self) -> set[str]:
        return {part.part for part in self.options.parts if part.is_folded}

    @property
    def taken_over(self) -> list[TakenOver]:
        """What a new activity begins with from an earlier one, in the words of the cohort."""
        return [
            TakenOver(part.part, _said(part, self._taken[Part(part.part)]))
            for part in self.options.parts
            if part.part in self._taken
        ]

    @property
    def choices(self) -> Choices:
        """What was chosen in the lists, for the action."""
        return Choices(
            {part: value for part, value in self.cleaned_data.items() if isinstance(value, Picked)},
            evidence=self.cleaned_data.get(Part.EVIDENCE),
        )

    @property
    def reflection_model(self) -> ReflectionModel | None:
        """The model of the reflection that the student wants to write next."""
        key = self.cleaned_data.get(Part.REFLECTION)
        models = {str(model.pk): model for model in self.options.reflection_models}
        return models.get(key or "")

    def accepted_files(self) -> list[Evidence]:
        """Return the files that are all right, so that an error elsewhere does not lose them."""
        field = self.fields.get(Part.EVIDENCE)
        if not isinstance(field, EvidenceField):
            return []
        chosen, _problems = field.sorted_out(self[Part.EVIDENCE].data)
        return [evidence for evidence in chosen.new if evidence.kind == Evidence.Kind.FILE]

    def offer(self, evidence: list[Evidence]) -> None:
        """Show evidence that was kept meanwhile, ticked."""
        widget = self.fields[Part.EVIDENCE].widget
        assert isinstance(widget, EvidenceInput)
        widget.offer(evidence)

    def refuse(self, problem: ValidationError) -> None:
        """Show what the action refused at its field, or above the form where it has none."""
        for name, texts in problem.message_dict.items():
            self.add_error(name if name in self.fields else None, texts)

    def clean_date(self) -> Any:
        """Refuse a day to come and one outside the placement, naming the dates."""
        day = self.cleaned_data["date"]
        if day > self.placement.today():
            raise ValidationError(_("This day is still to come. Log it when it is there."))
        if not self.placement.covers(day):
            raise ValidationError(
                _("Your placement runs from %(first)s to %(last)s. Choose a day in it."),
                params={
                    "first": date_format(self.placement.starts_on),
                    "last": date_format(self.placement.ends_on),
                },
            )
        return day

    def clean(self) -> dict[str, Any]:
        """Put the plain values on the activity; the chosen rows go along as `choices`."""
        data = self.cleaned_data
        for name in (Part.DATE, Part.STATUS, *TEXTS):
            if name in data:
                setattr(self.activity, name, data[name])
        if "wants_feedback" in data:
            self.activity.wants_feedback = data["wants_feedback"]
        if Part.DURATION in data:
            self.activity.minutes = data[Part.DURATION]
        if "client_id" in data and not self.activity.pk:
            self.activity.client_id = data["client_id"]
        return data

    def _builder(self, part: Part) -> Callable[[FormPart], forms.Field | None] | None:
        if part in SINGLE:
            return self._single
        if part in SEVERAL:
            return self._several
        if part in TEXTS:
            return self._text
        return {
            Part.EVIDENCE: lambda part: EvidenceField(
                self.options.evidence, self.placement.student, **_common(part)
            ),
            Part.REFLECTION: self._reflection,
            Part.DATE: self._date,
            Part.DURATION: lambda part: DurationInput(**_common(part)),
            Part.STATUS: self._status,
            Part.CHAIN: lambda part: PickField(self.options.chains, **_common(part)),
            Part.GOAL: lambda part: PickField(self.options.goals, **_common(part)),
            Part.COMPETENCES: self._competences,
        }.get(part)

    def _date(self, part: FormPart) -> forms.Field:
        limits = {
            "type": "date",
            "min": self.placement.starts_on.isoformat(),
            "max": min(self.placement.ends_on, self.placement.today()).isoformat(),
        }
        return forms.DateField(
            widget=forms.DateInput(attrs=limits, format="%Y-%m-%d"), **_common(part)
        )

    def _text(self, part: FormPart) -> forms.Field:
        rows = 3 if part.part == Part.DESCRIPTION else 2
        return RunningTextInput(
            max_length=TEXT_LENGTH,
            widget=forms.Textarea(attrs={"rows": rows}),
            **_common(part),
        )

    def _single(self, part: FormPart) -> forms.Field:
        entries = self.options.entries(SINGLE[Part(part.part)])
        return PickField(
            entries.in_sight,
            folded=entries.seldom,
            # Own names do not make a drop-down list of what was one tap.
            as_list=len(entries.shared) > MOST_CHIPS,
            allows_own=part.part != Part.DIFFICULTY,
            **_common(part),
        )

    def _several(self, part: FormPart) -> forms.Field:
        entries = self.options.entries(SEVERAL[Part(part.part)])
        return PickField(
            entries.in_sight,
            folded=entries.seldom,
            multiple=True,
            **_limits(part),
            **_common(part),
        )

    def _competences(self, part: FormPart) -> forms.Field:
        return PickField(
            self.options.competences,
            multiple=True,
            allows_own=False,
            **_limits(part),
            **_common(part),
        )

    def _status(self, part: FormPart) -> forms.Field:
        choices = list(Activity.Status.choices)
        if not part.is_required:
            choices.insert(0, ("", _("None")))
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **_common(part))

    def _reflection(self, part: FormPart) -> forms.Field | None:
        if self.activity.pk or not self.options.reflection_models:
            return None
        choices: list[tuple[str, Any]] = [("", _("Not now"))]
        choices += [(str(model.pk), model.name) for model in self.options.reflection_models]
        return forms.ChoiceField(
            choices=choices,
            widget=forms.RadioSelect,
            label=part.label,
            help_text=part.help or _("Your activity is saved first; then you write it."),
            required=False,
        )

    def _initial(self, activity: Activity | None) -> dict[str, Any]:
        if activity:
            return {"client_id": activity.client_id, **queries_start.values_of(activity)}
        begin = {
            "client_id": uuid.uuid4(),
            Part.DATE: self.start.on or min(self.placement.today(), self.placement.ends_on),
            Part.REFLECTION: "",
            Part.STATUS: Activity.Status.FINISHED,
        }
        if self.start.like:
            return begin | queries_start.values_again(self.start.like, self.options)
        self._taken = queries_start.taken_over(self.placement, self.start, self.options)
        return begin | self._taken


class SavedNoteForm(forms.ModelForm[SavedItem]):
    """The student's own note with a saved item."""

    class Meta:
        model = SavedItem
        fields: ClassVar[tuple[str, ...]] = ("note",)
        widgets: ClassVar[dict[str, forms.Widget]] = {"note": forms.Textarea(attrs={"rows": 2})}


def _common(part: FormPart) -> dict[str, Any]:
    return {"label": part.label, "help_text": part.help, "required": part.is_required}


def _is_filled(value: Any) -> bool:
    """Return whether there is something in a value, or in the values that it is made of."""
    if isinstance(value, dict):
        return any(_is_filled(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_is_filled(one) for one in value)
    return bool(value)


def _said(part: FormPart, picked: Picked) -> str:
    """Return a choice as one says it: `Category: Testing`, `With whom? Colleague`."""
    names = ", ".join(str(row) for row in picked.rows)
    return f"{part.label} {names}" if part.label.endswith("?") else f"{part.label}: {names}"


def _limits(part: FormPart) -> dict[str, Any]:
    return {"minimum": part.minimum, "maximum": part.maximum}

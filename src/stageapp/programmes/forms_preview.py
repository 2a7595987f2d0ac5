"""The form of an activity as the students of a cohort meet it, to look at: nothing is sent.

The form itself stands with the logbook, above programmes. What both are made of is shared: the
fields and widgets of core, the parts and the lists of the cohort.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from stageapp.core.fields import RunningTextInput
from stageapp.core.formfields import MOST_CHIPS, DurationInput, PickField
from stageapp.programmes.models import Cohort, FormPart, Part, VocabularyEntry
from stageapp.programmes.queries_manage import CLOSED, COUNTED, LIST_OF


class PreviewForm(forms.Form):
    """The parts that a cohort shows, in its order and words, with nothing filled in.

    Also with one part as somebody is about to keep it.
    """

    def __init__(self, cohort: Cohort, about_to_be: FormPart | None = None) -> None:
        super().__init__(auto_id="preview_%s", prefix="preview")
        self.cohort = cohort
        self.entries: dict[str, list[VocabularyEntry]] = defaultdict(list)
        for entry in cohort.vocabulary.filter(owner=None, retired_at=None):
            self.entries[entry.kind].append(entry)
        self.parts = list(cohort.parts.filter(is_shown=True))
        if about_to_be:
            others = [row for row in self.parts if row.part != about_to_be.part]
            own = [about_to_be] if about_to_be.is_shown else []
            self.parts = sorted([*others, *own], key=lambda row: row.position)
        for part in self.parts:
            field = self._field(part)
            if field:
                self.fields[part.part] = field

    @property
    def in_sight(self) -> list[forms.BoundField]:
        """The fields that a student sees at once."""
        return [field for field in self.visible_fields() if field.name not in self._folded]

    @property
    def folded(self) -> list[forms.BoundField]:
        """The fields in the fold at the end."""
        return [field for field in self.visible_fields() if field.name in self._folded]

    @property
    def _folded(self) -> set[str]:
        return {part.part for part in self.parts if part.is_folded}

    def _field(self, row: FormPart) -> forms.Field | None:
        part = Part(row.part)
        if part in LIST_OF or part == Part.COMPETENCES:
            return self._from_list(row, part)
        build: dict[Part, Callable[[FormPart], forms.Field | None]] = {
            Part.DATE: _date,
            Part.DURATION: lambda row: DurationInput(**_common(row)),
            Part.STATUS: _status,
            Part.CHAIN: lambda row: PickField([], **_common(row)),
            Part.GOAL: lambda row: PickField([], **_common(row)),
            Part.EVIDENCE: lambda row: forms.FileField(**_common(row)),
            Part.REFLECTION: self._reflection,
        }
        return build.get(part, _text)(row)

    def _from_list(self, row: FormPart, part: Part) -> forms.Field:
        several = part in COUNTED
        rows: list[Any] = (
            list(self.cohort.competences.filter(retired_at=None))
            if part == Part.COMPETENCES
            else self.entries[LIST_OF[part]]
        )
        return PickField(
            rows,
            multiple=several,
            as_list=not several and len(rows) > MOST_CHIPS,
            allows_own=part not in CLOSED,
            **_common(row),
        )

    def _reflection(self, row: FormPart) -> forms.Field | None:
        offered = self.cohort.reflection_models.filter(retired_at=None)
        models = [(str(model.pk), model.name) for model in offered]
        if not models:
            return None
        return forms.ChoiceField(
            choices=[("", _("Not now")), *models],
            widget=forms.RadioSelect,
            label=row.label,
            help_text=row.help or _("Your activity is saved first; then you write it."),
            required=False,
        )


def _date(row: FormPart) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **_common(row))


def _status(row: FormPart) -> forms.Field:
    choices = [
        ("finished", _("finished")),
        ("busy", _("still working on it")),
        ("transferred", _("handed over")),
    ]
    if not row.is_required:
        choices.insert(0, ("", _("None")))
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **_common(row))


def _text(row: FormPart) -> forms.Field:
    rows = 3 if row.part == Part.DESCRIPTION else 2
    return RunningTextInput(widget=forms.Textarea(attrs={"rows": rows}), **_common(row))


def _common(row: FormPart) -> dict[str, Any]:
    return {"label": row.label, "help_text": row.help, "required": row.is_required}

"""Tips from a file, and tips for another cohort."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.formfields import NO_OPTIONAL, RowsField
from stageapp.programmes.models import Cohort, Programme
from stageapp.tips.actions_manage import Written
from stageapp.tips.forms import MOST_ROWS, CohortsField, TipEditor, errors_of
from stageapp.tips.forms_rule import condition_as_initial
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.queries_manage import Vocabulary
from stageapp.tips.rules import Rule
from stageapp.tips.tipfile import MOST_BYTES, FiledTip, NotATipFileError, read_tips


class ImportForm(forms.Form):
    """A file with tips, and the cohorts that get them; the second time its text comes along."""

    file = forms.FileField(label=gettext_lazy("file with tips"), required=False)
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    cohorts = CohortsField(
        Cohort.objects.none(),
        label=gettext_lazy("for which cohorts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, files: Any = None, *, programme: Programme) -> None:
        super().__init__(data, files, use_required_attribute=False)
        field = self.fields["cohorts"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = programme.cohorts.select_related("programme")
        self.filed: list[FiledTip] = []
        self.text = ""

    def clean(self) -> None:
        """Read the file, or what was read of it before."""
        upload = self.cleaned_data.get("file")
        self.text = self._text_of(upload) if upload else self.cleaned_data.get("content", "")
        if not self.text:
            raise ValidationError({"file": _("Choose a file.")})
        try:
            self.filed = read_tips(self.text)
        except NotATipFileError:
            raise ValidationError(
                {"file": _("This is not a file with tips, or one of a newer version.")}
            ) from None

    def _text_of(self, upload: UploadedFile[Any]) -> str:
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError({"file": _("This file is too large for a file with tips.")})
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            return "?"


@dataclass(frozen=True)
class Planned:
    """What becomes of a tip in a file: it can be brought in, or why not."""

    name: str
    written: Written | None
    reasons: list[str]


def plan_of(
    filed: FiledTip, programme: Programme, vocabulary: Vocabulary, cohorts: list[Cohort]
) -> Planned:
    """Check a tip of a file just as the rule editor checks one."""
    rule = filed.rule
    if rule is None or len(rule.conditions) > MOST_ROWS or len(rule.moments) > MOST_ROWS:
        return Planned(filed.name, None, [_("Its rule cannot be read.")])
    data = _as_sent(filed, rule, cohorts)
    editor = TipEditor(programme, vocabulary, data=data)
    if not editor.is_valid():
        reasons = [f"{label}: {text}" for _target, label, text in errors_of(editor)]
        return Planned(filed.name, None, reasons)
    written = editor.written(key=filed.key)
    return Planned(filed.name, written, [])


def _as_sent(filed: FiledTip, rule: Rule, cohorts: list[Cohort]) -> QueryDict:
    """Return a tip of a file as the form of the editor would have been sent."""
    data = QueryDict(mutable=True)
    data.update(
        {
            "do": "save",
            "name": filed.name,
            "priority": filed.priority,
            "rest_days": filed.rest_days,
            "goes_to": filed.goes_to,
            **filed.texts,
        }
    )
    if rule.always:
        data["always"] = "on"
    data.setlist("cohorts", [str(cohort.pk) for cohort in cohorts])
    data.setlist("condition", [str(number) for number in range(len(rule.conditions))])
    data.setlist("moment", [str(number) for number in range(len(rule.moments))])
    for number, condition in enumerate(rule.conditions):
        _add(data, f"condition-{number}", condition_as_initial(condition))
    for number, moment in enumerate(rule.moments):
        _add(data, f"moment-{number}", {"first": moment.first, "last": moment.last})
    return data


def _add(data: QueryDict, prefix: str, initial: Mapping[str, Any]) -> None:
    for name, value in initial.items():
        values = value if isinstance(value, list) else [value]
        data.setlist(f"{prefix}-{name}", [str(one) for one in values if one is not None])


def as_filed(version: TipVersion) -> dict[str, Any]:
    """Return a tip as a file keeps it."""
    tip = version.tip
    return {
        "key": tip.key,
        "name": tip.name,
        "priority": tip.priority,
        "rest_days": tip.rest_days,
        "goes_to": version.goes_to,
        "texts": {
            f"{name}_{language}": getattr(version, f"{name}_{language}")
            for name in TipVersion.TEXTS
            for language in ("nl", "en")
        },
        "rule": version.rule,
    }


class TipsField(RowsField):
    """Tips of one programme, each with whether it is on."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name) if obj.is_on else _("%(tip)s (off)") % {"tip": obj.name}


class CohortTipsForm(forms.Form):
    """Which tips of its programme hold for a cohort."""

    tips = TipsField(
        Tip.objects.none(),
        label=gettext_lazy("tips that hold for this cohort"),
        required=False,
        label_suffix=NO_OPTIONAL,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, cohort: Cohort) -> None:
        chosen = list(cohort.tips.values_list("pk", flat=True))
        super().__init__(data, initial={"tips": chosen})
        field = self.fields["tips"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = cohort.programme.tips.all()
        self.has_tips = bool(field.queryset)


class CopyForm(forms.Form):
    """Which cohort gets a tip that says the same."""

    cohort = forms.ModelChoiceField(
        Cohort.objects.none(),
        label=gettext_lazy("for which cohort"),
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, data: Any = None, *, cohorts: QuerySet[Cohort]) -> None:
        super().__init__(data, use_required_attribute=False)
        field = self.fields["cohort"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = cohorts

"""Forms for the lists of a cohort: adding, changing and merging what students choose from."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.core.fields import NAME_LENGTH, RunningTextInput
from stageapp.programmes.models import Competence, VocabularyEntry, VocabularyKind
from stageapp.programmes.queries_manage import Choice, siblings_of
from stageapp.programmes.rules import MOST_LINES, Pasted, Unreadable, read_list

CODE_LENGTH = 20
MOST_LEVEL = 20
#: A pasted text of so many characters holds the longest list there can be.
MOST_PASTED = 200_000
#: So many lines that cannot be read are named.
MOST_NAMED = 5

LABELS = {
    "name_nl": gettext_lazy("name in Dutch"),
    "name_en": gettext_lazy("name in English"),
    "code": gettext_lazy("code"),
    "level": gettext_lazy("how difficult"),
    "description_nl": gettext_lazy("explanation in Dutch"),
    "description_en": gettext_lazy("explanation in English"),
}
HELP = {"level": gettext_lazy("1 is easiest.")}


class AddForm(forms.Form):
    """One entry, or a pasted list of them."""

    lines = RunningTextInput(
        label=gettext_lazy("what to add, one on each line"),
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, data: Any = None, *, kind: VocabularyKind | None) -> None:
        super().__init__(data)
        self.with_code = kind is None
        self.fields["lines"].help_text = (
            _(
                "A code, the name in Dutch and the name in English: K1 ; Samenwerken ; Working "
                "together. Only a name is enough, or a code and a name. A name in two languages "
                "without a code begins with “;”."
            )
            if self.with_code
            else _("For example: Overleg ; Meeting. The English word may be left out.")
        )

    def clean_lines(self) -> list[Pasted]:
        """Read the lines; name those that cannot be read, so that none is lost."""
        found, wrong = read_list(
            self.cleaned_data["lines"],
            with_code=self.with_code,
            name_length=NAME_LENGTH,
            code_length=CODE_LENGTH,
        )
        if wrong:
            raise ValidationError([_said(one) for one in wrong[:MOST_NAMED]])
        if not found:
            raise ValidationError(_("Write at least one entry."))
        if len(found) > MOST_LINES:
            text = _("A list has at most %(most)d entries, with those that are retired.")
            raise ValidationError(text % {"most": MOST_LINES})
        return found


def _said(one: Unreadable) -> str:
    text = {
        "columns": _("Line %(line)d has too many parts: use “;” only between the parts."),
        "name": _("Line %(line)d has no Dutch name."),
        "long": _("Line %(line)d is longer than 200 characters."),
        "code": _("Line %(line)d has a code that is longer than 20 characters."),
    }[one.problem]
    return text % {"line": one.line}


class EntryForm(forms.ModelForm[VocabularyEntry]):
    """What an entry of a list is called."""

    class Meta:
        model = VocabularyEntry
        fields: ClassVar[tuple[str, ...]] = ("name_nl", "name_en", "level")
        labels = LABELS
        help_texts = HELP

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind != VocabularyKind.DIFFICULTY:
            del self.fields["level"]
            return
        self.fields["level"] = forms.IntegerField(
            label=LABELS["level"], help_text=HELP["level"], min_value=1, max_value=MOST_LEVEL
        )


class CompetenceForm(forms.ModelForm[Competence]):
    """What a competence is called, and what it means."""

    class Meta:
        model = Competence
        fields: ClassVar[tuple[str, ...]] = (
            "code",
            "name_nl",
            "name_en",
            "description_nl",
            "description_en",
        )
        labels = LABELS
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "description_nl": forms.Textarea(attrs={"rows": 3, "lang": "nl"}),
            "description_en": forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        }


class PlaceForm(forms.Form):
    """At which place of those that are offered an entry stands."""

    place = forms.IntegerField(label=gettext_lazy("place in the list"), min_value=1)

    def __init__(self, data: Any = None, *, choice: Choice) -> None:
        offered = list(siblings_of(choice).filter(retired_at=None).values_list("pk", flat=True))
        now = offered.index(choice.pk) + 1 if choice.pk in offered else None
        super().__init__(data, initial={"place": now})
        self.number = len(offered)
        field = self.fields["place"]
        assert isinstance(field, forms.IntegerField)
        field.help_text = _("From 1 to %(number)d.") % {"number": self.number}
        # A hint: the list may have become shorter meanwhile, and beyond its end is its end.
        field.widget.attrs |= {"max": self.number, "inputmode": "numeric"}


class MergeForm(forms.Form):
    """Which entry of the same list comes in the place of this one."""

    into = forms.ChoiceField(label=gettext_lazy("use this one instead"))

    def __init__(self, data: Any = None, *, choice: Choice) -> None:
        super().__init__(data)
        others = siblings_of(choice).filter(retired_at=None).exclude(pk=choice.pk)
        self.others: dict[str, Choice] = {str(row.pk): row for row in others}
        field = self.fields["into"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Choose an entry")),
            *((key, str(r)) for key, r in self.others.items()),
        ]

    @property
    def chosen(self) -> Choice:
        """The entry that stays."""
        key: str = self.cleaned_data["into"]
        return self.others[key]

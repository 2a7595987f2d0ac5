"""The forms of a teacher's day: who stands in, who guides along, and a moment of the week."""

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.formfields import DayInput, RowsField, TimeInput
from stageapp.placements.access import main_links_of
from stageapp.placements.models import FixedMoment, PlacementTeacher, Substitution
from stageapp.placements.queries_teachers import colleagues_of, shared_institution


class StudentsField(RowsField):
    """Choose students of a teacher; gives the links with them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            PlacementTeacher.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        """Name the student."""
        return str(obj.placement.student.name)


class SubstitutionForm(forms.ModelForm[Substitution]):
    """Which colleague stands in, from when and until when."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Substitution
        fields = ("substitute", "starts_on", "ends_on")
        labels = {"substitute": _("who stands in for me")}
        widgets = {"starts_on": DayInput, "ends_on": DayInput}

    def __init__(self, *args: Any, teacher: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.teacher = teacher
        substitute = self.fields["substitute"]
        assert isinstance(substitute, forms.ModelChoiceField)
        substitute.queryset = colleagues_of(teacher)
        self.initial["client_id"] = self.instance.client_id

    def clean(self) -> dict[str, Any]:
        """Keep the days in order and to come; find the institution where both teach."""
        data: dict[str, Any] = super().clean() or {}
        self.instance.client_id = data.get("client_id") or uuid.uuid4()
        first, last, colleague = (data.get(name) for name in ("starts_on", "ends_on", "substitute"))
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes after the first day."))
        elif last and last < timezone.localdate():
            self.add_error("ends_on", _("These days are over."))
        if colleague:
            institution = shared_institution(self.instance.teacher, colleague)
            assert institution
            self.instance.institution = institution
        return data

    def validate_constraints(self) -> None:
        """The days were checked above; a second copy of the form is for the action."""


class AlongForm(forms.Form):
    """Which colleague is asked in, for which students."""

    colleague = forms.ModelChoiceField(User.objects.none(), label=_("who guides along with me"))
    links = StudentsField(
        label=_("for which students"),
        error_messages={"required": _("Choose at least one student.")},
    )

    def __init__(self, *args: Any, teacher: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleague, links = self.fields["colleague"], self.fields["links"]
        assert isinstance(colleague, forms.ModelChoiceField)
        assert isinstance(links, StudentsField)
        colleague.queryset = colleagues_of(teacher)
        links.queryset = main_links_of(teacher)

    def clean(self) -> dict[str, Any]:
        """Ask in only who teaches where the students learn."""
        data: dict[str, Any] = super().clean() or {}
        colleague, links = data.get("colleague"), data.get("links") or []
        known = set(
            colleague.programme_memberships.filter(role="teacher").values_list(
                "programme__institution", flat=True
            )
            if colleague
            else ()
        )
        strangers = [
            link.placement.student.name
            for link in links
            if colleague and link.placement.cohort.programme.institution_id not in known
        ]
        if strangers:
            text = _("This colleague does not teach at the institution of %(names)s.")
            self.add_error("links", text % {"names": ", ".join(strangers)})
        return data


class MomentForm(forms.ModelForm[FixedMoment]):
    """A moment that comes back every week."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    weekday = forms.TypedChoiceField(
        label=_("day"),
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
    )
    links = StudentsField(
        label=_("for whom"),
        required=False,
        help_text=_("Nobody ticked: it is for all your students."),
    )

    class Meta:
        model = FixedMoment
        fields = ("weekday", "starts", "ends", "place", "note")
        widgets = {"starts": TimeInput, "ends": TimeInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = self.fields["links"]
        assert isinstance(links, StudentsField)
        links.queryset = main_links_of(self.instance.teacher)
        self.initial["client_id"] = self.instance.client_id
        if self.instance.pk:
            chosen = self.instance.placements.values("pk")
            self.initial["links"] = links.queryset.filter(placement__in=chosen)

    def clean(self) -> dict[str, Any]:
        """Keep the times in order."""
        data: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None:
            self.instance.client_id = data.get("client_id") or uuid.uuid4()
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("A moment ends after it begins."))
        return data

    def validate_constraints(self) -> None:
        """The times were checked above; a second copy of the form is for the action."""

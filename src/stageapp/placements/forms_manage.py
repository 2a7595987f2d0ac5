"""The forms with which administrators link students to teachers."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.accounts.models import User
from stageapp.core.fields import NAME_LENGTH
from stageapp.core.formfields import NO_OPTIONAL, RowsField
from stageapp.core.requests import key_in
from stageapp.placements.access_linking import placements_administered, teachers_around
from stageapp.placements.linking import (
    PlannedRow,
    UnreadableFileError,
    digest_of,
    plan_of,
    replaced_by,
)
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.placements.queries_linking import Suggestion, Teacher

#: Far more than ten thousand rows take.
MOST_BYTES = 2_000_000


def choices_of(teachers: Sequence[Teacher], *, without: int | None = None) -> list[tuple[str, str]]:
    """Return teachers to choose from, each with how many students they guide now."""
    rows = [("", _("Choose a teacher"))]
    for teacher in teachers:
        if teacher.person.pk != without:
            n = teacher.load.in_all
            text = ngettext("%(name)s (%(n)d student)", "%(name)s (%(n)d students)", n)
            rows.append((str(teacher.person.pk), text % {"name": teacher.person.name, "n": n}))
    return rows


class LinkingForm(forms.Form):
    """Which students get which teacher: those that were ticked, or one by its own button."""

    def __init__(
        self,
        data: Any,
        *,
        placements: Sequence[Placement],
        teachers: Sequence[Teacher],
        suggestions: dict[int, Suggestion],
    ) -> None:
        super().__init__(data, use_required_attribute=False)
        self.placements = {placement.pk: placement for placement in placements}
        self.people = {str(teacher.person.pk): teacher.person for teacher in teachers}
        self.pairs: list[tuple[Placement, User]] = []
        for placement in placements:
            suggestion = suggestions.get(placement.pk)
            self.fields[self.name_of(placement)] = forms.ChoiceField(
                label=_("teacher of %(name)s") % {"name": placement.student.name},
                choices=choices_of(teachers, without=placement.student_id),
                required=False,
                initial=suggestion.teacher.pk if suggestion else "",
            )

    @staticmethod
    def name_of(placement: Placement) -> str:
        """Return what the choice for a placement is called."""
        return f"teacher-{placement.pk}"

    @property
    def wanted(self) -> list[int]:
        """The keys of whom the button is for."""
        return wanted_keys(self.data)

    def clean(self) -> None:
        """Take the teacher chosen for each student who was ticked."""
        wanted = [self.placements[key] for key in self.wanted if key in self.placements]
        if not self.wanted:
            raise ValidationError(_("Tick at least one student, or use the button beside a name."))
        if not wanted:
            raise ValidationError(_("Somebody else linked these students meanwhile."))
        for placement in wanted:
            name = self.name_of(placement)
            if name in self.errors:
                continue
            teacher = self.people.get(self.cleaned_data.get(name, ""))
            if teacher is None:
                self.add_error(name, _("Choose a teacher."))
            else:
                self.pairs.append((placement, teacher))


def wanted_keys(data: Any) -> list[int]:
    """Return the keys of whom a button is for: of its own row, or of those that were ticked."""
    sent = [data["one"]] if data.get("one") else data.getlist("ticked")
    return [key for one in dict.fromkeys(sent) if (key := key_in(one)) is not None]


class TeacherForm(forms.Form):
    """Who guides a placement from now on."""

    teacher = forms.ChoiceField(label=gettext_lazy("teacher"))

    def __init__(
        self,
        data: Any,
        *,
        key: str,
        teachers: Sequence[Teacher],
        suggestion: Suggestion | None = None,
    ) -> None:
        super().__init__(data, auto_id=f"id_{key}_%s", use_required_attribute=False)
        field = self.fields["teacher"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices_of(teachers)
        field.initial = suggestion.teacher.pk if suggestion else ""
        self.people = {str(teacher.person.pk): teacher.person for teacher in teachers}

    def clean_teacher(self) -> User:
        """Return the person who was chosen."""
        return self.people[self.cleaned_data["teacher"]]


class LinksField(RowsField):
    """Choose students of a teacher: with workplace and dates, since names can be the same."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            PlacementTeacher.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def label_from_instance(self, obj: Any) -> str:
        """Name the student and where they learn."""
        return f"{obj.placement.student.name} · {obj.placement.workplace.name}"


class HandOverForm(forms.Form):
    """To which colleague a teacher's students go, and which of them."""

    colleague = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("who guides them from now on"),
        empty_label=gettext_lazy("Choose a teacher"),
    )
    links = LinksField(
        label=gettext_lazy("which students"), required=False, label_suffix=NO_OPTIONAL
    )

    def __init__(
        self,
        data: Any,
        *,
        links: QuerySet[PlacementTeacher],
        shown: Iterable[int],
        colleagues: QuerySet[User],
    ) -> None:
        """Offer the links that are shown, by their keys, of all those that could be handed over."""
        super().__init__(data, use_required_attribute=False)
        # What was ticked counts, also when it stands on another page by now.
        ticked = map(key_in, data.getlist("links")) if data else ()
        offered = links.filter(pk__in={*shown, *(key for key in ticked if key)})
        choice, rows = self.fields["colleague"], self.fields["links"]
        assert isinstance(choice, forms.ModelChoiceField)
        assert isinstance(rows, LinksField)
        choice.queryset, rows.queryset = colleagues, offered
        self.everybody = links

    def clean(self) -> dict[str, Any]:
        """Hand over only to who teaches where the students learn."""
        data: dict[str, Any] = super().clean() or {}
        if self.data.get("do") == "all":
            data["links"] = self.everybody
        links, colleague = list(data.get("links") or []), data.get("colleague")
        data["links"] = links
        if not links and "links" not in self.errors:
            self.add_error("links", _("Choose at least one student."))
        if colleague is None:
            return data
        taught = set(
            colleague.programme_memberships.filter(role="teacher").values_list(
                "programme", flat=True
            )
        )
        names = [
            link.placement.student.name
            for link in links
            if link.placement.cohort.programme_id not in taught
            or link.placement.student_id == colleague.pk
        ]
        if names:
            text = _("This colleague does not teach in the programme of %(names)s.")
            self.add_error("links", text % {"names": ", ".join(names)})
        return data


class LinkFileForm(forms.Form):
    """A file with links; the second time its text comes along."""

    file = forms.FileField(
        label=gettext_lazy("file with links (CSV)"), required=False, label_suffix=NO_OPTIONAL
    )
    content = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=NAME_LENGTH)
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    takes_over = forms.BooleanField(
        required=False,
        label=gettext_lazy("the teacher in the file takes the place of who guides the student now"),
        help_text=gettext_lazy(
            "Without this, the teacher in the file guides beside who does already."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, *, administrator: User) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.administrator = administrator
        self.rows: list[PlannedRow] = []
        #: Who would not guide any more.
        self.replaced: list[PlacementTeacher] = []
        self.text = self.file_name = ""

    def clean(self) -> dict[str, Any]:
        """Read the file, or what was read of it before, and see what it would do."""
        data: dict[str, Any] = super().clean() or {}
        upload = data.get("file")
        self.file_name = (upload.name if upload else data.get("name", ""))[:NAME_LENGTH]
        content = self._read(upload) if upload else data.get("content", "").encode()
        if not content:
            raise ValidationError({"file": _("Choose a file.")})
        try:
            self.rows = plan_of(
                content,
                placements_administered(self.administrator),
                teachers_around(self.administrator),
            )
        except UnreadableFileError as problem:
            raise ValidationError({"file": str(problem)}) from problem
        self.text = content.decode("utf-8-sig")
        self.replaced = replaced_by(self.rows) if data.get("takes_over") else []
        data["client_id"] = data.get("client_id") or uuid.uuid4()
        return data

    @property
    def digest(self) -> str:
        """What the plan is known by."""
        return digest_of(self.rows, self.replaced)

    def _read(self, upload: UploadedFile[Any]) -> bytes:
        if (upload.size or 0) > MOST_BYTES:
            raise ValidationError({"file": _("This file is too large for a file with links.")})
        return bytes(upload.read())

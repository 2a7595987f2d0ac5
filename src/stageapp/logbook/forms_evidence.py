"""Evidence as it comes in: files, a link or a text, each checked on its own."""

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.accounts.models import User
from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH, RunningTextInput
from stageapp.logbook import kinds
from stageapp.logbook.models import Evidence
from stageapp.logbook.room import evidence_files_of, room_in_words
from stageapp.logbook.uploads import checked_file

#: So many files can come with one form.
MOST_FILES = 10


@dataclass(frozen=True)
class EvidenceChosen:
    """What goes with an activity: evidence that exists, and evidence not saved yet."""

    kept: list[Evidence] = field(default_factory=list)
    new: list[Evidence] = field(default_factory=list)


class EvidenceInput(forms.Widget):
    """Evidence that can be ticked, a file chooser, a link and a text."""

    template_name = "logbook/widgets/evidence.html"
    needs_multipart_form = True
    use_fieldset = True

    def __init__(self, offered: list[Evidence], student: User) -> None:
        super().__init__()
        self.student = student
        self.offered = list(offered)
        self.ticked: set[str] = set()

    def offer(self, evidence: list[Evidence]) -> None:
        """Show more evidence, ticked."""
        self.offered = [*evidence, *self.offered]
        self.ticked |= {str(row.pk) for row in evidence}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        return {
            "kept": data.getlist(name),
            "files": files.getlist(f"{name}_files") if hasattr(files, "getlist") else [],
            "url": data.get(f"{name}_url", ""),
            "text": data.get(f"{name}_text", ""),
        }

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        value = value or {}
        checked = self.ticked | set(map(str, value.get("kept", [])))
        context["widget"] |= {
            "offered": [(row, str(row.pk) in checked) for row in self.offered],
            "url": value.get("url", ""),
            "text": value.get("text", ""),
            "limit": filesizeformat(settings.EVIDENCE_MOST_BYTES),
            "room": room_in_words(
                evidence_files_of(self.student), settings.EVIDENCE_MOST_BYTES_IN_ALL
            ),
            "kinds": kinds.IN_WORDS,
        }
        return context


class EvidenceField(forms.Field):
    """Gives an `EvidenceChosen`; a refused file says why, the others go along."""

    def __init__(self, offered: list[Evidence], student: User, **kwargs: Any) -> None:
        self.offered = {str(row.pk): row for row in offered}
        super().__init__(widget=EvidenceInput(offered, student), **kwargs)
        self.link = forms.URLField(required=False, max_length=2000, assume_scheme="https")
        self.text = RunningTextInput(required=False, max_length=TEXT_LENGTH)

    def clean(self, value: dict[str, Any]) -> EvidenceChosen:
        chosen, problems = self.sorted_out(value)
        if problems:
            raise ValidationError(problems)
        if self.required and not (chosen.kept or chosen.new):
            raise ValidationError(_("Add a file, a link or a text."), code="required")
        return chosen

    def sorted_out(self, value: dict[str, Any]) -> tuple[EvidenceChosen, list[ValidationError]]:
        """Return what can be kept of what was sent, and what is wrong with the rest."""
        kept = [self.offered[key] for key in value["kept"] if key in self.offered]
        new: list[Evidence] = []
        problems: list[ValidationError] = []
        for upload in value["files"][:MOST_FILES]:
            try:
                new.append(evidence_of(upload))
            except ValidationError as problem:
                problems.append(problem)
        if len(value["files"]) > MOST_FILES:
            problems.append(
                ValidationError(
                    _("Send at most %(most)d files at a time."), params={"most": MOST_FILES}
                )
            )
        for clean in (self._link, self._text):
            try:
                new += clean(value)
            except ValidationError as problem:
                problems.append(problem)
        return EvidenceChosen(kept, new), problems

    def _link(self, value: dict[str, Any]) -> list[Evidence]:
        url = self.link.clean(value["url"])
        if not url:
            return []
        if not url.startswith(("http://", "https://")):
            raise ValidationError(_("Give a link that starts with https://."))
        return [Evidence(kind=Evidence.Kind.LINK, name=url[:NAME_LENGTH], url=url)]

    def _text(self, value: dict[str, Any]) -> list[Evidence]:
        text = self.text.clean(value["text"])
        if not text:
            return []
        first = text.split("\n", 1)[0]
        return [Evidence(kind=Evidence.Kind.TEXT, name=first[:80], text=text)]


class EvidenceForm(forms.Form):
    """Add evidence to an activity that exists, or on its own."""

    def __init__(self, student: User, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.fields["evidence"] = EvidenceField(
            [], student, label=gettext_lazy("evidence"), required=True
        )


class EvidenceNameForm(forms.ModelForm[Evidence]):
    """What a piece of evidence is called."""

    class Meta:
        model = Evidence
        fields = ("name",)
        labels: ClassVar[dict[str, Any]] = {"name": gettext_lazy("name")}

    def clean_name(self) -> str:
        """Keep the ending of a file true, as when it came in."""
        name: str = self.cleaned_data["name"]
        if self.instance.kind != Evidence.Kind.FILE:
            return name
        ending = PurePath(self.instance.name).suffix.removeprefix(".")
        return kinds.safe_name(name, kinds.FileKind(ending, self.instance.content_type))


def evidence_of(upload: UploadedFile[Any]) -> Evidence:
    """Return unsaved evidence of an uploaded file. Raises ValidationError that names the file."""
    kept = checked_file(upload)
    return Evidence(
        kind=Evidence.Kind.FILE,
        name=kept.name,
        content_type=kept.content_type,
        size=kept.size,
        file=kept.file,
        thumbnail=kept.thumbnail,
    )

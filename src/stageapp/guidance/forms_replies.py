"""What goes with writing a message: files, own words, hints."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from stageapp.guidance.models import Attachment, OwnWords
from stageapp.logbook import kinds
from stageapp.logbook.uploads import CheckedFile, SeveralFilesInput, checked_file


class AttachmentsInput(SeveralFilesInput):
    """Choose files, with what may be sent."""

    template_name = "guidance/widgets/attachments.html"

    def value_from_datadict(
        self,
        data: Any,  # noqa: ARG002 -- Django's signature
        files: Any,
        name: str,
    ) -> list[UploadedFile[Any]]:
        return files.getlist(name) if hasattr(files, "getlist") else []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        limit = filesizeformat(settings.EVIDENCE_MOST_BYTES)
        context["widget"] |= {"limit": limit, "kinds": kinds.IN_WORDS, "most": Attachment.MOST}
        return context


class AttachmentsField(forms.Field):
    """Gives the files that may be kept, or says of each refused one why."""

    widget = AttachmentsInput

    def clean(self, value: Sequence[UploadedFile[Any]]) -> list[CheckedFile]:
        if len(value) > Attachment.MOST:
            raise ValidationError(_("At most three files go with a message."), code="too_many")
        kept: list[CheckedFile] = []
        problems: list[ValidationError] = []
        for upload in value:
            try:
                kept.append(checked_file(upload))
            except ValidationError as problem:
                problems.append(problem)
        if problems:
            raise ValidationError(problems)
        return kept


class OwnWordsForm(forms.ModelForm[OwnWords]):
    """A text to write with, and where in a reply it belongs."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = OwnWords
        fields = ("kind", "name", "text")
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("May stay empty: then its first words stand there."),
            "text": _(
                "{name} becomes the first name of the student and {me} yours; "
                "at … you go on typing."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_id", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        """Take over which form it was."""
        data: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None:
            self.instance.client_id = data.get("client_id") or uuid.uuid4()
        return data


class HintsForm(forms.Form):
    """Whether somebody wants hints while writing."""

    shows_hints = forms.BooleanField(label=_("give hints while I write a reply"), required=False)

"""What goes with writing a message: files, own words, hints."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.guidance.models import Attachment, OwnWords
from stageapp.logbook.uploads import CheckedFile, SeveralFilesInput, checked_file

#: What a file chooser offers; what is in a file decides.
ACCEPTED = (
    "image/jpeg,image/png,image/webp,image/gif,image/heic,image/heif,.heic,application/pdf,.docx,"
    ".xlsx,.pptx,.odt,.ods,.odp,video/mp4,video/quicktime,video/webm,audio/*,.txt,.md,.csv"
)


class AttachmentsInput(SeveralFilesInput):
    """Choose several files."""

    def value_from_datadict(
        self,
        data: Any,  # noqa: ARG002 -- Django's signature
        files: Any,
        name: str,
    ) -> list[UploadedFile[Any]]:
        return files.getlist(name) if hasattr(files, "getlist") else []


def _what_may_be_sent() -> str:
    return _(
        "At most %(most)d, each up to %(limit)s. A photo loses where it was taken. What you type "
        "is kept as a draft; files are not."
    ) % {"most": Attachment.MOST, "limit": filesizeformat(settings.EVIDENCE_MOST_BYTES)}


class AttachmentsField(forms.Field):
    """Gives the files that may be kept, or says of each refused one why."""

    def __init__(self, **kwargs: Any) -> None:
        chooser = AttachmentsInput(attrs={"multiple": True, "accept": ACCEPTED})
        super().__init__(widget=chooser, help_text=lazy(_what_may_be_sent, str)(), **kwargs)

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
            "name": gettext_lazy("Without one, its first words stand there."),
            "text": gettext_lazy(
                "[name] becomes the first name of the student and [me] yours; "
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

    shows_hints = forms.BooleanField(
        label=gettext_lazy("give hints while I write a reply"), required=False
    )

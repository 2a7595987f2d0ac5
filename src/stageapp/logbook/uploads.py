"""A file as it comes in, checked by what is in it: evidence, or what goes with a message."""

from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from stageapp.logbook import kinds


class SeveralFilesInput(forms.FileInput):
    """The browser's file chooser; on a phone it offers the camera too."""

    allow_multiple_selected = True


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: its name ends as its content is, a picture has only its picture."""

    name: str
    content_type: str
    size: int
    file: File[Any]
    #: A small picture of a picture.
    thumbnail: File[Any] | None = None


def checked_file(upload: UploadedFile[Any]) -> CheckedFile:
    """Return an uploaded file as it can be kept. Raises ValidationError that names the file."""
    name = upload.name or "file"
    if not upload.size:
        raise _refused(name, _("the file is empty"))
    if upload.size > settings.EVIDENCE_MOST_BYTES:
        raise _refused(
            name,
            _("it is %(size)s; at most %(most)s can be kept")
            % {
                "size": filesizeformat(upload.size),
                "most": filesizeformat(settings.EVIDENCE_MOST_BYTES),
            },
        )
    try:
        content = cast("BinaryIO", upload)
        kind = kinds.kind_of(content, name)
        image = kinds.clean_image(content) if kind.is_image else None
    except kinds.TooManyPixels:
        raise _refused(name, _("the picture has too many pixels; make it smaller")) from None
    except kinds.NotAllowed:
        raise _refused(
            name, _("this kind of file is not allowed. These are: %s") % kinds.IN_WORDS
        ) from None
    safe = kinds.safe_name(name, kind)
    upload.seek(0)
    if image is None:
        return CheckedFile(safe, kind.content_type, upload.size, upload)
    return CheckedFile(
        safe,
        kind.content_type,
        len(image.image),
        ContentFile(image.image, name=safe),
        ContentFile(image.thumbnail, name=safe),
    )


def _refused(name: str, reason: str) -> ValidationError:
    return ValidationError(
        _("%(name)s was not kept: %(reason)s."), params={"name": name[:100], "reason": reason}
    )

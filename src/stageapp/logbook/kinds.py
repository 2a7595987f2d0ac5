"""Which files may be evidence: decided by what is in them, never by their name. No Django."""

import io
import re
import threading
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import puremagic
from pi_heif import register_heif_opener
from PIL import Image, ImageOps, UnidentifiedImageError

# What the camera of an iPhone makes; browsers do not show it, so it is kept as a JPEG.
register_heif_opener()

#: So much of a file is looked at to tell what it is.
HEAD = 8192
#: What phones make at most by default; a larger picture takes very much memory to open.
MOST_PIXELS = 51_000_000
THUMBNAIL_SIDE = 480
#: Office documents are ZIP files; what is in them says which.
_IN_ZIP = {
    "word/document.xml": ("docx", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/presentation.xml": (
        "pptx",
        "vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
}
_OPEN_DOCUMENT = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
#: Name that Pillow gives a format -> ours.
_IMAGES = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "GIF": "gif",
    "MPO": "jpg",
    "HEIF": "jpg",
}
_KEPT_AS_JPEG = ("MPO", "HEIF")

_TEXTS = {"txt", "md", "csv"}
#: For people: what the message about a refused file lists.
IN_WORDS = (
    "JPG, PNG, WebP, GIF, HEIC, PDF, Word, Excel, PowerPoint, OpenDocument, MP4, WebM, MP3, TXT"
)


@dataclass(frozen=True)
class FileKind:
    """What a file is: the ending that fits, and its media type."""

    extension: str
    content_type: str

    @property
    def is_image(self) -> bool:
        """Whether a thumbnail can be made of it."""
        return self.content_type.startswith("image/")


#: Ending that puremagic guesses -> what it is here.
_MEDIA = {
    "pdf": FileKind("pdf", "application/pdf"),
    "mp4": FileKind("mp4", "video/mp4"),
    "m4v": FileKind("mp4", "video/mp4"),
    "mov": FileKind("mov", "video/quicktime"),
    "webm": FileKind("webm", "video/webm"),
    "mp3": FileKind("mp3", "audio/mpeg"),
    "mpga": FileKind("mp3", "audio/mpeg"),
    "m4a": FileKind("m4a", "audio/mp4"),
    "opus": FileKind("ogg", "audio/ogg"),
    "wav": FileKind("wav", "audio/wav"),
}


@dataclass(frozen=True)
class CleanImage:
    """An image without what its maker hid in it, and a small one."""

    image: bytes
    thumbnail: bytes


class NotAllowed(Exception):  # noqa: N818 -- what it says of a file
    """The content is none of the kinds that may be kept."""


class TooManyPixels(NotAllowed):
    """An image that would take too much memory to open."""


#: A large picture takes hundreds of megabytes while it is open.
_one_at_a_time = threading.Lock()


def kind_of(file: BinaryIO, name: str) -> FileKind:
    """Return what a file is by its content; the name only tells plain texts apart.

    Raises NotAllowed for anything that is not on the list.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    if image := _image_format(file):
        extension = _IMAGES[image]
        return FileKind(extension, Image.MIME["JPEG" if extension == "jpg" else image])
    for extension in _guesses(head):
        if extension in _MEDIA:
            return _MEDIA[extension]
    if _is_text(file):
        ending = PurePath(name).suffix.lower().removeprefix(".")
        return FileKind(ending if ending in _TEXTS else "txt", "text/plain")
    raise NotAllowed


def clean_image(file: BinaryIO) -> CleanImage:
    """Return an image drawn anew: upright, without place, camera or anything else beside it.

    Raises NotAllowed when it cannot be opened, TooManyPixels when it is too large to.
    """
    file.seek(0)
    try:
        with _one_at_a_time, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise TooManyPixels
                is_jpeg = opened.format in _KEPT_AS_JPEG
                kept_format = "JPEG" if is_jpeg else opened.format or "PNG"
                upright = ImageOps.exif_transpose(opened)
                thumbnail = _thumbnail(upright)
                return CleanImage(_saved(upright, kept_format), thumbnail)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise NotAllowed from problem


def safe_name(name: str, kind: FileKind) -> str:
    """Return the name under which a file is given back: its own, with an ending that is true.

    Nothing in it leads to another folder or hides how it ends.
    """
    stem = PurePath(name.replace("\\", "/")).name
    stem = "".join(sign for sign in stem if sign.isprintable() and sign not in '<>:"/\\|?*')
    plain, _dot, ending = stem.rpartition(".")
    same = ending.lower() == kind.extension or (ending.lower(), kind.extension) == ("jpeg", "jpg")
    base = plain if plain and (same or len(ending) <= 5) else stem  # noqa: PLR2004 -- an ending
    return f"{base.strip(' .')[:150] or 'file'}.{kind.extension}"


def _image_format(file: BinaryIO) -> str | None:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(file, formats=["JPEG", "PNG", "WEBP", "GIF", "HEIF"]) as image:
                return image.format
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return None
    except Image.DecompressionBombError as problem:
        raise TooManyPixels from problem


def _office_kind(file: BinaryIO) -> FileKind:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") for name in names):
                raise NotAllowed
            for part, (extension, subtype) in _IN_ZIP.items():
                if part in names:
                    return FileKind(extension, f"application/{subtype}")
            if "mimetype" in names and archive.getinfo("mimetype").file_size < HEAD:
                written = archive.read("mimetype").decode("ascii", "replace").strip()
                if written in _OPEN_DOCUMENT:
                    return FileKind(_OPEN_DOCUMENT[written], written)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as problem:
        raise NotAllowed from problem
    raise NotAllowed


def _guesses(head: bytes) -> list[str]:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    return [match.extension.removeprefix(".").lower() for match in found[:3]]


#: What a browser could run, however it is called, is no plain text.
_ACTIVE = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"#!", b"<?php", b"%!ps")


#: Signs that no text has, unlike the ends of lines, of pages and tabs.
_CONTROL = re.compile(r"[^\t\r\n\f -\U0010ffff]")


def _is_text(file: BinaryIO) -> bool:
    file.seek(0)
    content = file.read()
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if not start or start.startswith(_ACTIVE):
        return False
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text)


def _saved(image: Image.Image, kept_format: str) -> bytes:
    """Copy the pixels into a new image, so that nothing comes along but them and the colours."""
    into = io.BytesIO()
    mode = {"JPEG": "RGB", "GIF": "P"}.get(kept_format)
    picture = image.convert(mode) if mode and image.mode not in (mode, "L", "CMYK") else image
    profile = picture.info.get("icc_profile")
    picture.info = {"transparency": picture.info["transparency"]} if _is_clear(picture) else {}
    options = {"icc_profile": profile} if profile else {}
    picture.save(into, kept_format, quality=90, **options)
    return into.getvalue()


def _is_clear(picture: Image.Image) -> bool:
    return "transparency" in picture.info


def _thumbnail(image: Image.Image) -> bytes:
    factor = max(min(image.size) // (2 * THUMBNAIL_SIDE), 1)
    # A picture with a palette cannot be made smaller before it has colours.
    smaller = image.reduce(factor) if factor > 1 and image.mode not in ("P", "1") else image
    small = smaller.convert("RGBA")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    sheet = Image.new("RGB", small.size, "white")
    sheet.paste(small, mask=small.getchannel("A"))
    into = io.BytesIO()
    sheet.save(into, "JPEG", quality=80)
    return into.getvalue()

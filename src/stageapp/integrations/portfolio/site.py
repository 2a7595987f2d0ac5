"""A portfolio as pages that open from a folder: no script, and nothing from elsewhere."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils.translation import get_language

from stageapp.exports.documents import Progress
from stageapp.integrations.portfolio.queries import Content, Group

STYLE = Path(__file__).parent / "site.css"
SUMS, SIGNED = "SHA256SUMS", "SHA256SUMS.jws"
PORTION = 1024 * 1024
#: A file that is not there any more is said on the page of its evidence.
Sign = Callable[[bytes], str]


def write_site(
    content: Content, file: BinaryIO, *, made_on: str, jwks: str, sign: Sign, progress: Progress
) -> None:
    """Write a portfolio into a ZIP file, with the sums of its files, and those signed.

    `jwks` is where the keys are with which others check; `sign` signs the list of sums.
    """
    sums: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        missing = _add_files(content, archive, sums, progress)
        for name, text in pages(content, made_on=made_on, jwks=jwks, missing=missing).items():
            sums[name] = _add(archive, name, text.encode())
        sums["style.css"] = _add(archive, "style.css", STYLE.read_bytes())
        lines = "".join(f"{found}  {name}\n" for name, found in sorted(sums.items())).encode()
        archive.writestr(SUMS, lines)
        archive.writestr(SIGNED, sign(lines))
    progress(95)


def pages(
    content: Content, *, made_on: str, jwks: str, missing: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Return the pages by the name of their file, in the language of now."""
    shared = {
        "content": content,
        "language": get_language() or "nl",
        "made_on": made_on,
        "jwks": jwks,
        "missing": missing,
    }
    made: dict[str, str] = {"index.html": render_to_string("portfolio/site/index.html", shared)}
    for group in content.groups:
        made[group.file] = render_to_string(
            "portfolio/site/group.html", shared | _beside(content, group)
        )
    made["check.html"] = render_to_string("portfolio/site/check.html", shared)
    return made


def _beside(content: Content, group: Group) -> dict[str, Group | None]:
    groups = list(content.groups)
    at = groups.index(group)
    return {
        "group": group,
        "before": groups[at - 1] if at else None,
        "after": groups[at + 1] if at + 1 < len(groups) else None,
    }


def _add_files(
    content: Content, archive: zipfile.ZipFile, sums: dict[str, str], progress: Progress
) -> frozenset[str]:
    """Copy the files; return which are not in the store any more."""
    missing = set()
    for number, (path, row) in enumerate(content.files.items()):
        name = row.file.name or ""
        if default_storage.exists(name):
            sums[path] = _copy(archive, path, name)
        else:
            missing.add(path)
        progress(5 + number * 80 // len(content.files))
    return frozenset(missing)


def _copy(archive: zipfile.ZipFile, path: str, name: str) -> str:
    found = hashlib.sha256()
    with default_storage.open(name) as source, archive.open(path, "w", force_zip64=True) as into:
        while portion := source.read(PORTION):
            found.update(portion)
            into.write(portion)
    return found.hexdigest()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> str:
    archive.writestr(name, data)
    return hashlib.sha256(data).hexdigest()

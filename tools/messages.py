"""Extracts, checks and compiles the translations, without GNU gettext on the machine.

The msgids are English, so Dutch is the only catalogue; `check` fails on anything untranslated.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/stageapp"
CATALOGUE = PACKAGE / "locale/nl/LC_MESSAGES/django.po"

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
METADATA = {
    "Language": "nl",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def main() -> int:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "compile":
        polib.pofile(str(CATALOGUE)).save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
        return 0
    if command == "extract":
        extract()
        return 0
    if command == "check":
        problems = list(check())
        print("\n".join(problems))
        return 1 if problems else 0
    print("Use: messages.py extract | check | compile")
    return 2


def found() -> dict[tuple[str | None, str], polib.POEntry]:
    """Return every marked text in code and templates, by context and English text."""
    # Only needed here: compiling must work where the test dependencies are not installed.
    from babel.messages.extract import extract as babel_extract
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    entries: dict[tuple[str | None, str], polib.POEntry] = {}
    files = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else templatize(text, origin=str(path))
        if path.suffix != ".py":
            # What is left of a template is not indented as Python wants it.
            source = "\n".join(line.strip() for line in source.split("\n"))
        reader = BytesIO(source.encode())
        for _line, message, _comments, context in babel_extract(
            "python", reader, KEYWORDS, options={"encoding": "utf-8"}
        ):
            singular, plural = message if isinstance(message, tuple) else (message, "")
            if not singular:
                continue
            entry = entries.setdefault(
                (context, singular), polib.POEntry(msgid=singular, msgctxt=context)
            )
            entry.msgid_plural = entry.msgid_plural or plural
            place = (str(path.relative_to(ROOT)), "")
            if place not in entry.occurrences:
                entry.occurrences.append(place)
            if PLACEHOLDER.search(singular) and "%" in singular:
                entry.flags = ["python-format"]
    return entries


def extract() -> None:
    """Write the catalogue with exactly the texts of the sources, keeping what was translated."""
    known = {}
    if CATALOGUE.exists():
        known = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(CATALOGUE))}
    catalogue = polib.POFile(wrapwidth=98)
    catalogue.metadata = METADATA
    for key, entry in sorted(found().items(), key=lambda item: (item[0][1], item[0][0] or "")):
        if key in known:
            entry.msgstr = known[key].msgstr
            entry.msgstr_plural = known[key].msgstr_plural
        if entry.msgid_plural:
            entry.msgstr = ""
            entry.msgstr_plural = entry.msgstr_plural or {0: "", 1: ""}
        else:
            entry.msgstr_plural = {}
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    missing = sum(1 for entry in catalogue if not is_translated(entry))
    print(f"{len(catalogue)} texts, {missing} not translated yet")


def check() -> Iterator[str]:
    """Say what is missing, left over or wrong."""
    catalogue = {(e.msgctxt, e.msgid): e for e in polib.pofile(str(CATALOGUE)) if not e.obsolete}
    sources = found()
    for _context, text in sources.keys() - catalogue.keys():
        yield f"not in the catalogue (run make messages): {text!r}"
    for _context, text in catalogue.keys() - sources.keys():
        yield f"in the catalogue but in no source (run make messages): {text!r}"
    for entry in catalogue.values():
        if entry.fuzzy or not is_translated(entry):
            yield f"not translated: {entry.msgid!r}"
            continue
        wanted = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text and not set(PLACEHOLDER.findall(text)) <= wanted:
                yield f"unknown placeholder in the translation of {entry.msgid!r}"
        if entry.msgstr and set(PLACEHOLDER.findall(entry.msgstr)) != wanted:
            yield f"placeholder missing in the translation of {entry.msgid!r}"


def is_translated(entry: polib.POEntry) -> bool:
    texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return all(text.strip() for text in texts)


if __name__ == "__main__":
    raise SystemExit(main())

"""What the record of who did what shows, with names instead of keys. Nothing here writes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry, Kind
from stageapp.programmes.access import audit_of, institutions_administered, subjects_of
from stageapp.programmes.models import Cohort, Institution, Part, Programme
from stageapp.programmes.words_audit import DETAILS, NOT_SO, SUBJECTS, VALUES

ENTRIES_A_PAGE = 50
#: Details that are keys of people.
PEOPLE = ("person", "proposed_by", "teacher")
#: Details that are days or moments.
WHEN = ("first", "last", "until")
#: What has a name of its own, and where it stands.
NAMED: dict[str, type[Institution] | type[Programme] | type[Cohort]] = {
    "institution": Institution,
    "programme": Programme,
    "cohort": Cohort,
}
#: The names of what entries speak of: by what it is, and its key.
Names = dict[tuple[str, int], str]


@dataclass(frozen=True)
class AuditRow:
    """An entry as the page shows it."""

    entry: AuditEntry
    actor: str
    subject: str
    details: list[tuple[str, str]]

    @property
    def about(self) -> list[str]:
        """What it was done to, and more about it, as one line has it."""
        told = [f"{name}: {value}" if value else name for name, value in self.details]
        return [self.subject, *told] if self.subject else told


def audit_page(
    reader: User, wanted: dict[str, Any], number: str | None, institution: Institution
) -> tuple[Page[AuditEntry], list[AuditRow]]:
    """Return a page of the record that somebody may read, newest first, and its rows.

    `wanted` has the cleaned fields of the form that filters: `q`, `kind`, `first` and `last`.
    """
    page = Paginator(_wanted(audit_of(reader), wanted, institution), ENTRIES_A_PAGE).get_page(
        number
    )
    return page, _rows(page.object_list)


def institution_of(reader: User) -> Institution | None:
    """Return the institution by whose clock the record is read."""
    return institutions_administered(reader).order_by("pk").first()


def _wanted(
    entries: QuerySet[AuditEntry], wanted: dict[str, Any], institution: Institution
) -> QuerySet[AuditEntry]:
    if wanted.get("kind"):
        entries = entries.filter(kind=wanted["kind"])
    if wanted.get("first"):
        entries = entries.filter(
            happened_at__gte=datetime.combine(wanted["first"], time(), institution.zone)
        )
    if wanted.get("last"):
        after = wanted["last"] + timedelta(days=1)
        entries = entries.filter(happened_at__lt=datetime.combine(after, time(), institution.zone))
    if wanted.get("q"):
        people = User.objects.filter(
            Q(name__icontains=wanted["q"])
            | Q(email__icontains=wanted["q"])
            | Q(student_number=wanted["q"])
        )
        entries = entries.filter(
            Q(actor_key__in=people.values("pk")) | Q(subject__in=subjects_of(people))
        )
    return entries.order_by("-happened_at", "-pk")


def _rows(entries: Iterable[AuditEntry]) -> list[AuditRow]:
    shown = list(entries)
    names = _names_in(shown)
    return [
        AuditRow(
            entry=entry,
            actor=_actor(entry, names),
            subject=_subject(entry, names),
            details=_details(entry, names),
        )
        for entry in shown
    ]


def _details(entry: AuditEntry, names: Names) -> list[tuple[str, str]]:
    told = []
    for name, value in sorted(entry.details.items()):
        if value is False and name in NOT_SO:
            told.append((str(NOT_SO[name]), ""))
        elif value not in (False, None):  # nor nought: nothing is told of what is not so
            told.append((_called(name, value), _said(name, value, names)))
    return told


def _names_in(entries: Iterable[AuditEntry]) -> Names:
    """Return the names of all that some entries speak of, in a query for each sort."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        for what, key in _spoken_of(entry):
            wanted[what].add(key)
    people = User.objects.filter(pk__in=wanted["person"]).values_list("pk", "name")
    names = {("person", key): name for key, name in people}
    for what, model in NAMED.items():
        names |= {
            (what, row.pk): str(row.name) for row in model.objects.filter(pk__in=wanted[what])
        }
    return names


def _spoken_of(entry: AuditEntry) -> Iterator[tuple[str, int]]:
    kind, key = _sort_and_key(entry)
    if key is not None:
        yield kind, key
    if entry.actor_key is not None:
        yield "person", entry.actor_key
    for name, value in entry.details.items():
        what = "person" if name in PEOPLE else name
        if (what == "person" or what in NAMED) and _is_key(value):
            yield what, value


def _sort_and_key(entry: AuditEntry) -> tuple[str, int | None]:
    kind, _colon, key = entry.subject.partition(":")
    return kind, int(key) if key.isdecimal() else None


def _is_key(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _called(name: str, value: Any) -> str:
    """Return what a detail is called; a part is one of a form, or how somebody guides."""
    if name == "part" and value in Part.values:
        return _("part of the form")
    return str(DETAILS.get(name, name.replace("_", " ")))


def _said(name: str, value: Any, names: Names) -> str:
    """Return a detail in words: names for keys, and nothing beside what is simply so."""
    if name in PEOPLE and _is_key(value):
        return names.get(("person", value)) or _("Former account")
    if name in NAMED and _is_key(value):
        return names.get((name, value), str(value))
    if value is True:
        return ""
    if name in WHEN and isinstance(value, str):
        return _when(value)
    return str(VALUES.get(value, value) if isinstance(value, str) else value)


def _when(value: str) -> str:
    """Write a day, or a moment by the clock of the reader's institution."""
    try:
        if "T" not in value:
            return date_format(date.fromisoformat(value), "j F Y")
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "j F Y, H:i")
    except ValueError:
        return value


def _actor(entry: AuditEntry, names: Names) -> str:
    if entry.actor_key is not None:
        return names.get(("person", entry.actor_key)) or _("Former account")
    if "invitation" in entry.details:
        return _("a guest")
    # Whoever tried in vain showed nobody who they are; all else is of the worker or a command.
    return _("somebody") if entry.kind == Kind.SIGN_IN_FAILED else _("the system")


def _subject(entry: AuditEntry, names: Names) -> str:
    """Return what something was done to; nothing where it is who did it."""
    kind, key = _sort_and_key(entry)
    if kind == "person" and key is not None:
        own = key == entry.actor_key
        return "" if own else names.get(("person", key)) or _("Former account")
    if kind not in SUBJECTS or key is None:
        return entry.subject
    return f"{SUBJECTS[kind]} {names.get((kind, key), key)}"

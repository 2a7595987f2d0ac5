"""What the record of who did what shows, with names instead of keys. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.programmes.access import audit_of, institutions_administered, subjects_of
from stageapp.programmes.models import Institution

ENTRIES_A_PAGE = 50
#: How the record calls what something was done to.
SUBJECTS = {
    "person": gettext_lazy("person"),
    "placement": gettext_lazy("placement"),
    "item": gettext_lazy("shared item"),
    "question": gettext_lazy("guidance question"),
    "programme": gettext_lazy("programme"),
    "cohort": gettext_lazy("cohort"),
    "institution": gettext_lazy("institution"),
    "export": gettext_lazy("export"),
    "message": gettext_lazy("message"),
    "link": gettext_lazy("link"),
    "file": gettext_lazy("file"),
}


@dataclass(frozen=True)
class AuditRow:
    """An entry as the page shows it."""

    entry: AuditEntry
    actor: str
    subject: str
    details: list[tuple[str, Any]]


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
    known = [key for entry in shown for key in (entry.actor_key, _person_in(entry)) if key]
    names = dict(User.objects.filter(pk__in=known).values_list("pk", "name"))
    return [
        AuditRow(
            entry=entry,
            actor=_actor(entry, names),
            subject=_subject(entry, names),
            details=sorted(entry.details.items()),
        )
        for entry in shown
    ]


def _person_in(entry: AuditEntry) -> int | None:
    kind, _colon, key = entry.subject.partition(":")
    return int(key) if kind == "person" and key.isdecimal() else None


def _actor(entry: AuditEntry, names: dict[int, str]) -> str:
    if entry.actor_key is None:
        return _("a guest") if "invitation" in entry.details else _("nobody signed in")
    return names.get(entry.actor_key) or _("Former account")


def _subject(entry: AuditEntry, names: dict[int, str]) -> str:
    person = _person_in(entry)
    if person is not None:
        return names.get(person) or _("Former account")
    kind, _colon, key = entry.subject.partition(":")
    return f"{SUBJECTS[kind]} {key}" if kind in SUBJECTS else entry.subject

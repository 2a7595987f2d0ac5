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
from stageapp.programmes.models import Institution, Role

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
    "source": gettext_lazy("list of people from elsewhere"),
}


#: What the details of an entry are called; one that is not here reads as it was written.
DETAILS = {
    "again": gettext_lazy("again"),
    "asks_everybody": gettext_lazy("asks everybody to agree"),
    "change": gettext_lazy("change"),
    "done": gettext_lazy("done"),
    "elsewhere": gettext_lazy("on another device"),
    "encrypted": gettext_lazy("encrypted"),
    "first": gettext_lazy("from"),
    "how": gettext_lazy("how"),
    "invitation": gettext_lazy("invitation"),
    "kind_of_message": gettext_lazy("kind of message"),
    "last": gettext_lazy("up to"),
    "maintenance": gettext_lazy("maintenance mode"),
    "notice_days": gettext_lazy("days of notice"),
    "number": gettext_lazy("how many"),
    "part": gettext_lazy("as"),
    "person": gettext_lazy("person"),
    "placement": gettext_lazy("placement"),
    "privacy_statement": gettext_lazy("version of the privacy statement"),
    "programme": gettext_lazy("programme"),
    "provider": gettext_lazy("campus sign-in"),
    "question": gettext_lazy("guidance question"),
    "record_store": gettext_lazy("record store"),
    "removed": gettext_lazy("removed"),
    "retention_months": gettext_lazy("months that things are kept"),
    "role": gettext_lazy("role"),
    "second_factor": gettext_lazy("with a second factor"),
    "sent": gettext_lazy("sent"),
    "signing_key": gettext_lazy("signing key"),
    "teacher": gettext_lazy("teacher"),
    "until": gettext_lazy("until"),
    "what": gettext_lazy("what"),
    "withdrawn": gettext_lazy("withdrawn"),
}
#: Details that are keys of people.
PEOPLE = ("person", "teacher")
#: What the values of details are called.
VALUES = {
    "along": gettext_lazy("guides along"),
    "campus": gettext_lazy("campus sign-in"),
    "campus_added": gettext_lazy("campus sign-in added"),
    "campus_changed": gettext_lazy("campus sign-in changed"),
    "campus_domain_confirmed": gettext_lazy("mail domain confirmed by who runs the server"),
    "campus_domains": gettext_lazy("mail domains of the institution"),
    "campus_linked": gettext_lazy("account of the institution linked"),
    "campus_off": gettext_lazy("campus sign-in switched off"),
    "campus_on": gettext_lazy("campus sign-in switched on"),
    "campus_removed": gettext_lazy("campus sign-in removed"),
    "campus_rule_added": gettext_lazy("rule of campus sign-in added"),
    "campus_rule_removed": gettext_lazy("rule of campus sign-in removed"),
    "campus_unlinked": gettext_lazy("account of the institution unlinked"),
    "main": gettext_lazy("guides"),
    **{str(role.value): role.label for role in Role},
}


@dataclass(frozen=True)
class AuditRow:
    """An entry as the page shows it."""

    entry: AuditEntry
    actor: str
    subject: str
    details: list[tuple[str, str]]


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
    known = {key for entry in shown for key in _people_in(entry)}
    names = dict(User.objects.filter(pk__in=known).values_list("pk", "name"))
    return [
        AuditRow(
            entry=entry,
            actor=_actor(entry, names),
            subject=_subject(entry, names),
            details=[
                (str(DETAILS.get(name, name.replace("_", " "))), _said(name, value, names))
                for name, value in sorted(entry.details.items())
                if value is not False
            ],
        )
        for entry in shown
    ]


def _people_in(entry: AuditEntry) -> set[int]:
    named = [entry.details.get(name) for name in PEOPLE]
    keys = [entry.actor_key, _person_in(entry), *named]
    return {key for key in keys if isinstance(key, int) and key}


def _said(name: str, value: Any, names: dict[int, str]) -> str:
    """Return a detail in words: people by name, and nothing beside what is simply so."""
    if name in PEOPLE and isinstance(value, int):
        return names.get(value) or _("Former account")
    if value is True:
        return ""
    if value is None:
        return "–"
    return str(VALUES.get(value, value) if isinstance(value, str) else value)


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

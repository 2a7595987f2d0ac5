"""What happens to documents that a student takes out.

A short one is made while the page waits; a long one by the worker (`making`).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit import models as audit
from stageapp.audit.actions import record
from stageapp.exports import content, content_weeks, making
from stageapp.exports.archive import write_archive
from stageapp.exports.documents import Document, Progress
from stageapp.exports.models import Export, ExportMail
from stageapp.exports.pdf import pdf_of
from stageapp.exports.plain import text_of
from stageapp.exports.sheets import write_csv, write_excel
from stageapp.exports.word import write_word
from stageapp.logbook import access
from stageapp.logbook.forms_find import FindForm
from stageapp.logbook.models import Activity
from stageapp.logbook.queries_find import Selection, selected_of
from stageapp.notifications import rules as notifications
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind
from stageapp.notifications.queries import waiting_mails
from stageapp.placements.models import Placement

#: Up to so many rows a document is made while the page waits.
MOST_AT_ONCE = 500
KEPT_FOR = timedelta(days=7)
#: Documents of one student that wait for the worker, and that are kept.
MOST_WAITING = 3
MOST_KEPT = 60
#: Bytes that go along with a mail; most servers refuse more.
MOST_MAILED = 15 * 1024 * 1024
#: Mails with a document that one person sends; the app is no relay.
MAILS_AN_HOUR = 5
MAILS_A_DAY = 20


def ask_export(export: Export, *, at: datetime) -> Export:
    """Keep what was asked, and make it at once where that is quick.

    Raises ValidationError when many documents of this student wait or are kept already.
    """
    kept = Export.objects.filter(placement__student=export.placement.student_id)
    if kept.filter(ready_at=None, failed_at=None).count() >= MOST_WAITING:
        raise ValidationError(_("Some documents are still being made. Wait until one is ready."))
    if kept.count() >= MOST_KEPT:
        raise ValidationError(_("You have many documents here. Remove some first."))
    export.asked_at = at
    is_quick = _is_quick(export)
    if is_quick:
        export.claimed_at, export.attempts = at, 1
    _keep(export)
    if is_quick:
        _make(export, at)
    return export


@transaction.atomic
def _keep(export: Export) -> None:
    student, cohort = export.placement.student_id, export.placement.cohort
    export.save()
    record(
        audit.Kind.EXPORTED,
        at=export.asked_at,
        actor=student,
        institution=cohort.programme.institution_id,
        subject=f"placement:{export.placement_id}",
    )


def make_due_exports(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Make every document that waits; return how many are ready. One that fails stops no other."""
    return making.make_all(Export, _make_and_tell, at=at, is_stopping=is_stopping)


def _make_and_tell(key: UUID, at: datetime) -> bool:
    export = Export.objects.select_related(
        "placement__student", "placement__workplace", "placement__cohort__programme__institution"
    ).get(pk=key)
    is_made = _make(export, at)
    if is_made:
        _tell(export, at)
    return is_made


def remove_old_exports(*, at: datetime) -> int:
    """Throw away documents that were kept long enough, with their files."""
    ExportMail.objects.filter(export=None, asked_at__lt=at - timedelta(days=1)).delete()
    old = Export.objects.filter(asked_at__lt=at - KEPT_FOR).exclude(mails__in=_waiting())[:100]
    return sum(_was_removed(export) for export in list(old))


def delete_export(export: Export) -> None:
    """Throw a document away, with its file.

    Raises ValidationError while a mail with it has not gone yet.
    """
    if not _was_removed(export):
        raise ValidationError(
            _("A mail with this document is on its way. Remove the document in a moment.")
        )


def _waiting() -> QuerySet[ExportMail]:
    return waiting_mails(ExportMail, notifications.MOST_ATTEMPTS)


@transaction.atomic
def _was_removed(export: Export) -> bool:
    kept = Export.objects.select_for_update().filter(pk=export.pk).first()
    if kept is None:
        return True
    if _waiting().filter(export=kept).exists():
        return False
    # What the mail said is not kept; that it went counts for a day.
    kept.mails.update(to="", note="")
    file = kept.file
    kept.delete()
    if file:
        transaction.on_commit(lambda: file.delete(save=False))
    return True


@transaction.atomic
def mail_export(mail: ExportMail, *, by: User, at: datetime) -> ExportMail:
    """Put a document on its way to an address.

    Raises ValidationError when it is too large for a mail, or when this person sent too many.
    """
    User.objects.select_for_update().get(pk=by.pk)
    # Under the same lock that its removal takes.
    assert mail.export
    if not Export.objects.select_for_update().filter(pk=mail.export.pk).exists():
        raise ValidationError(_("This document is gone. Make it again."))
    if (mail.export.size or 0) > MOST_MAILED:
        raise ValidationError(
            _("This file is too large for a mail. Take it and share it in another way.")
        )
    sent = ExportMail.objects.filter(sender=by)
    if (
        sent.filter(asked_at__gt=at - timedelta(hours=1)).count() >= MAILS_AN_HOUR
        or sent.filter(asked_at__gt=at - timedelta(days=1)).count() >= MAILS_A_DAY
    ):
        raise ValidationError(
            _("You sent many mails in a short time. Try again in an hour, or take the file.")
        )
    mail.sender, mail.asked_at, mail.mail_due_at = by, at, at
    mail.save()
    return mail


def selection_of(placement: Placement, address: str) -> Selection:
    """Return the selection that stands in an address, as the logbook shows it."""
    return FindForm(QueryDict(address), placement=placement).selection


def selected_count(placement: Placement, selection: Selection) -> int:
    """Return how many activities a selection holds."""
    return selected_of(placement, selection).count()


def _is_quick(export: Export) -> bool:
    if export.kind == Export.Kind.EVERYTHING:
        return False
    if export.kind == Export.Kind.REFLECTIONS:
        rows = export.placement.reflections.count()
    else:
        rows = export.placement.activities.count()
    return rows <= MOST_AT_ONCE


def _make(export: Export, at: datetime) -> bool:
    """Make the file of a claimed export; return whether it is ready."""

    def write(file: BinaryIO, progress: Progress) -> str:
        _write(export, file, at, progress)
        return _file_name(export)

    zone = ZoneInfo(export.placement.cohort.programme.institution.time_zone)
    return making.make(export, write, zone=zone, at=at)


def _write(export: Export, file: BinaryIO, at: datetime, progress: Progress) -> None:
    placement = export.placement
    if export.kind == Export.Kind.EVERYTHING:
        write_archive(placement, file, language=export.language, at=at, progress=progress)
    elif export.format == Export.Format.EXCEL:
        sheet = content.logbook_sheet(placement, _activities(export))
        write_excel(sheet, file, progress)
    elif export.format == Export.Format.CSV:
        write_csv(content.logbook_sheet(placement, _activities(export)), file)
    else:
        _write_document(_document(export), export.format, file, progress)


def _document(export: Export) -> Document:
    placement, language = export.placement, export.language
    if export.kind == Export.Kind.REFLECTIONS:
        own = access.reflections_of(placement.student).filter(placement=placement)
        return content.reflections_document(placement, own, language=language)
    if export.kind == Export.Kind.WEEK_SHEET:
        chosen = selection_of(placement, export.selection)
        wanted = content_weeks.WeekSheet(
            first=chosen.first or placement.starts_on,
            last=chosen.last or min(placement.today(), placement.ends_on),
            with_reasons=export.with_reasons,
            hours_only=export.hours_only,
        )
        return content_weeks.week_sheet(placement, wanted, language=language)
    return content.logbook_document(placement, _activities(export), language=language)


def _write_document(document: Document, kind: str, file: BinaryIO, progress: Progress) -> None:
    if kind == Export.Format.WORD:
        write_word(document, file, progress)
    elif kind == Export.Format.PDF:
        progress(20)
        file.write(pdf_of(document))
    else:
        file.write(text_of(document).encode("utf-8-sig"))


def _activities(export: Export) -> QuerySet[Activity]:
    return selected_of(export.placement, selection_of(export.placement, export.selection))


def _file_name(export: Export) -> str:
    stem = slugify(
        f"{export.get_kind_display()} {export.placement.student.name}", allow_unicode=True
    )
    day = export.placement.cohort.programme.institution.day_of(export.asked_at)
    return f"{stem[:80]}-{day.isoformat()}.{export.format}"


def _tell(export: Export, at: datetime) -> None:
    student = export.placement.student
    notify(
        student,
        Kind.EXPORT_READY,
        Fact(
            actor=student,
            title=export.name,
            path=reverse("exports:export", args=[export.pk]),
            subject=f"export:{export.pk}"[:60],
            cause=f"export:{export.pk}"[:60],
        ),
        place=export.placement.cohort.programme.institution,
        at=at,
    )

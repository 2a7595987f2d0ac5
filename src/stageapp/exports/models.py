"""Documents that a student takes out, and sheets that come in."""

import uuid

from django.core.mail import EmailMessage
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, override

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField
from stageapp.notifications.mails import message_id
from stageapp.notifications.models import QueuedMail
from stageapp.placements.models import Placement


def _export_path(made: "MadeFile", name: str) -> str:  # noqa: ARG001 -- Django's signature
    """Keep files under names that nobody can guess."""
    return f"exports/{made.folder}/{uuid.uuid4().hex}"


class MadeFile(models.Model):
    """A file that somebody asked for: in the making, or ready to be taken for a week."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    language = models.CharField(max_length=2)
    name = models.CharField(max_length=255, blank=True, help_text="Of the file, when it is ready")
    file = models.FileField(blank=True, max_length=255, upload_to=_export_path)
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes of the file")
    progress = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def folder(self) -> str:
        """Where in the store files of this kind and of whom are."""
        raise NotImplementedError


class Export(MadeFile):
    """A document about one placement."""

    class Kind(models.TextChoices):
        ACTIVITIES = "activities", _("activities")
        REFLECTIONS = "reflections", _("reflections")
        WEEK_SHEET = "week_sheet", _("week sheet")
        EVERYTHING = "everything", _("everything at once")

    class Format(models.TextChoices):
        WORD = "docx", _("Word")
        PDF = "pdf", _("PDF")
        EXCEL = "xlsx", _("Excel")
        CSV = "csv", _("CSV")
        TEXT = "txt", _("plain text")
        ZIP = "zip", _("ZIP")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=12, choices=Kind)
    format = models.CharField(max_length=4, choices=Format)
    selection = models.TextField(blank=True, help_text="The filters, as in the address")
    with_reasons = models.BooleanField(default=False, help_text="Reasons of absence go along")
    hours_only = models.BooleanField(
        default=False, db_default=False, help_text="What the student wrote stays out"
    )

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(progress__lte=100), name="export_progress"),
        )
        indexes = (
            models.Index(
                fields=("asked_at",),
                condition=Q(ready_at=None, failed_at=None),
                name="exports_to_make",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}.{self.format}"

    @property
    def folder(self) -> str:
        """The files of a placement stand together."""
        return str(self.placement_id)


_OFFICE = "application/vnd.openxmlformats-officedocument"
#: Media type of each format.
CONTENT_TYPES = {
    Export.Format.WORD: f"{_OFFICE}.wordprocessingml.document",
    Export.Format.PDF: "application/pdf",
    Export.Format.EXCEL: f"{_OFFICE}.spreadsheetml.sheet",
    Export.Format.CSV: "text/csv",
    Export.Format.TEXT: "text/plain",
    Export.Format.ZIP: "application/zip",
}


class ExportMail(QueuedMail):
    """An export on its way to an address that the student chose."""

    PERSON = "sender"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Who sent how many mails is known for a day, also when the document is gone.
    export = models.ForeignKey(Export, models.SET_NULL, null=True, related_name="mails")
    sender = models.ForeignKey(User, models.CASCADE, related_name="+")
    to = models.EmailField(_("to which address"), max_length=254)
    note = RunningTextField(_("a note with it"), blank=True)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-asked_at",)
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="export_outbox",
            ),
        )

    def __str__(self) -> str:
        return f"{self.export_id}"

    def to_mail(self) -> EmailMessage:
        """Return the mail: the note, who sends it, and the file. An answer goes to the student."""
        export, student = self.export, self.sender
        assert export  # it stays until its mails are gone
        with override(export.language):
            context = {"note": self.note, "name": student.name, "file": export.name}
            subject = _("%(file)s from %(name)s") % context
            body = render_to_string("exports/mail.txt", context)
        mail = EmailMessage(
            subject=" ".join(str(subject).split()),
            body=body.strip() + "\n",
            to=[self.to],
            reply_to=[student.email],
            headers={"Message-ID": message_id(self.pk)},
        )
        with export.file.open("rb") as file:
            mail.attach(export.name, file.read(), CONTENT_TYPES[Export.Format(export.format)])
        return mail


def _archive_path(kept: "ArchiveImport", name: str) -> str:  # noqa: ARG001 -- Django's signature
    """Keep files under names that nobody can guess."""
    return f"imports/{kept.placement_id}/{uuid.uuid4().hex}"


class ArchiveImport(models.Model):
    """A ZIP that the app made, not brought back yet: the student looks at what it holds first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    placement = models.ForeignKey(Placement, models.CASCADE, related_name="archive_imports")
    name = NameField()
    file = models.FileField(max_length=255, upload_to=_archive_path)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name


#: Of the line numbers that were left out, so many signs are told.
MOST_SIGNS_TOLD = 200


class SheetImport(models.Model):
    """A sheet from elsewhere, read but not applied yet: the student matches its columns first."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="sheet_imports")
    name = NameField()
    rows = models.JSONField(help_text="All cells as text, the header first")
    first_line = models.PositiveIntegerField(help_text="Line of the header in the file, from 1")
    columns = models.JSONField(default=dict, help_text="Part of an activity -> column, from 0")
    date_order = models.CharField(max_length=3, blank=True, help_text="ymd, dmy or mdy")
    left_out = models.TextField(
        blank=True, default="", db_default="", help_text="Lines that stayed out, as `3, 7–12`"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name

    @property
    def left_out_text(self) -> str:
        """Which lines the student left out, in words; empty when all of them went in."""
        if not self.left_out:
            return ""
        lines = Truncator(self.left_out).chars(MOST_SIGNS_TOLD)
        count = 1 if self.left_out.isdecimal() else 2
        text = ngettext("Left out: line %(lines)s.", "Left out: lines %(lines)s.", count)
        return text % {"lines": lines}

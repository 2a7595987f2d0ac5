"""Somebody without an account, invited by a student to one thing, and the mails they get."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField
from stageapp.invitations import mails, tokens
from stageapp.invitations.rules import CODE_HOLDS, MOST_GUESSES
from stageapp.notifications.models import QueuedMail


class Invitation(models.Model):
    """One link of one person to one thing. What it opens, the feature says that points at it."""

    class Use(models.TextChoices):
        GUIDANCE_QUESTION = "guidance_question", _("a question for guidance")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    use = models.CharField(max_length=30, choices=Use)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    institution = NameField(blank=True, help_text="Where the student studies, as the guest reads")
    host = models.CharField(
        max_length=253,
        blank=True,
        default="",
        db_default="",
        help_text="Host name of that institution",
    )
    name = NameField(_("name"))
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    title = NameField(help_text="What it is about, as its mails say")
    number = models.CharField(max_length=32, help_text="What the link is made of; see tokens.py")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_guest = models.BooleanField(default=False)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text="When the guest wanted no mail of this student any more"
    )
    code_key = models.UUIDField(
        null=True, blank=True, help_text="The mail with the code that can be entered now"
    )
    code_asked_at = models.DateTimeField(null=True, blank=True)
    code_guesses = models.PositiveSmallIntegerField(default=0)
    session_key = models.CharField(
        max_length=32, blank=True, help_text="Who was let in carries it; empty: nobody is in"
    )

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="invitation_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(code_guesses__lte=MOST_GUESSES), name="invitation_guesses"
            ),
        )
        indexes = (models.Index(fields=("email",), name="invitation_address"),)

    def __str__(self) -> str:
        return self.name

    @property
    def token(self) -> str:
        """What stands in the address of the link."""
        return tokens.token_of(self.number)

    @property
    def in_audience(self) -> str:
        """How the mark of audience calls the guest: with the day on which the link expires."""
        until = timezone.localtime(self.expires_at)
        return gettext("%(name)s (guest), until %(day)s") % {
            "name": self.name,
            "day": date_format(until, "j F"),
        }

    def has_code(self, at: datetime) -> bool:
        """Return whether there is a code that can be entered."""
        return (
            self.code_key is not None
            and self.code_asked_at is not None
            and at < self.code_asked_at + CODE_HOLDS
            and self.code_guesses < MOST_GUESSES
        )


class GuestMail(QueuedMail):
    """A mail to a guest: the link, a code, or that something was written."""

    class Kind(models.TextChoices):
        LINK = "link", _("the link")
        CODE = "code", _("a code")
        MESSAGE = "message", _("a message of yours")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=Kind)
    cause = models.CharField(max_length=60, help_text="The fact behind it, such as message:34")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("invitation", "kind", "cause"), name="one_guest_mail_per_fact"
            ),
        )
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="guest_outbox",
            ),
            models.Index(fields=("invitation", "kind", "created_at"), name="guest_mail_limits"),
        )

    #: Nothing goes on behalf of a student who is switched off.
    PERSON: ClassVar[str] = "invitation__invited_by"

    def __str__(self) -> str:
        return f"{self.kind} {self.invitation_id}"

    def to_mail(self) -> EmailMessage | None:
        """Return the mail in the guest's language, or None where its link or code holds no more."""
        return mails.of_guest(self, at=timezone.now())

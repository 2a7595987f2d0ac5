"""News for a person, which is also the outbox of mail: written with the fact that causes it."""

import uuid
from email.utils import parseaddr
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField


class Kind(models.TextChoices):
    """What can be news."""

    QUESTION_SHARED = "question_shared", _("A student asks me for guidance")
    MESSAGE_RECEIVED = "message_received", _("Somebody writes in a conversation of mine")
    GOAL_AGREED = "goal_agreed", _("A teacher agrees with a learning goal of mine")
    EXPORT_READY = "export_ready", _("A document that I asked for is ready")


class Frequency(models.TextChoices):
    """How soon news comes by mail."""

    AT_ONCE = "at_once", _("at once")
    NEVER = "never", _("never")


def message_id(key: object) -> str:
    """Return the Message-ID of the mail of a row."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{key}@{address.partition('@')[2]}>"


class QueuedMail(models.Model):
    """A mail to send: written with the fact that causes it, claimed by one worker at a time."""

    mail_due_at = models.DateTimeField(null=True, blank=True, help_text="None: no mail wanted")
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = RunningTextField(blank=True)

    class Meta:
        abstract = True

    #: The field with the person whose mail this is: nothing goes for somebody switched off.
    PERSON: ClassVar[str] = "person"

    def to_mail(self) -> EmailMessage:
        """Return the mail as it goes now."""
        raise NotImplementedError


class Notification(QueuedMail):
    """One piece of news for one person. Carries who and the title, never a student's content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30, choices=Kind)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    title = NameField()
    path = models.CharField(max_length=200, help_text="Page in the app that it is about")
    subject = models.CharField(max_length=60, help_text="What it is about, such as question:12")
    cause = models.CharField(max_length=60, help_text="The fact behind it, such as message:34")
    caused_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-caused_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "kind", "cause"), name="one_notification_per_fact"
            ),
        )
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="outbox",
            ),
            models.Index(fields=("person", "subject"), name="notification_subject"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"

    def to_mail(self) -> EmailMessage:
        """Return the mail in the reader's language: who and the title, never a student's content.

        The Message-ID follows from the row: a mail that goes twice because the machine stopped
        between sending and marking is recognised as one by whoever receives it.
        """
        context = {
            "notification": self,
            "actor": self.actor.name if self.actor else "",
            "url": settings.BASE_URL + self.path,
            "profile_url": f"{settings.BASE_URL}/profile/",
        }
        with override(self.person.language):
            template = f"notifications/{self.kind}"
            subject = render_to_string(f"{template}_subject.txt", context)
            body = render_to_string(f"{template}.txt", context)
        return EmailMessage(
            subject=" ".join(subject.split()),
            body=body.strip() + "\n",
            to=[self.person.email],
            headers={"Message-ID": message_id(self.pk)},
        )


class Preference(models.Model):
    """How soon somebody wants one kind of news by mail; at once where there is no row."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=30, choices=Kind)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.AT_ONCE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "kind"), name="one_preference_per_kind"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.frequency}"

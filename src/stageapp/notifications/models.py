"""News for a person, which is also the outbox of mail: written with the fact that causes it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField


class Kind(models.TextChoices):
    """What can be news."""

    QUESTION_SHARED = "question_shared", _("A student asks me for guidance")
    MESSAGE_RECEIVED = "message_received", _("Somebody writes in a conversation of mine")


class Frequency(models.TextChoices):
    """How soon news comes by mail."""

    AT_ONCE = "at_once", _("at once")
    NEVER = "never", _("never")


class Notification(models.Model):
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
    mail_due_at = models.DateTimeField(null=True, blank=True, help_text="None: no mail wanted")
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = RunningTextField(blank=True)

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

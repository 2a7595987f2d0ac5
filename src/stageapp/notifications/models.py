"""News for a person, which is also the outbox of mail: written with the fact that causes it."""

import uuid
from typing import ClassVar

from django.core.mail import EmailMessage
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField
from stageapp.notifications import mails
from stageapp.notifications.kinds import Frequency, Kind


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

    def to_mail(self) -> EmailMessage | None:
        """Return the mail as it goes now, or None where nothing is left to tell."""
        raise NotImplementedError


class Schedule(models.Model):
    """When news that comes together is sent, by the clock of the institution."""

    HOUR: ClassVar[int] = 8

    person = models.OneToOneField(User, models.CASCADE, related_name="mail_schedule")
    hour = models.PositiveSmallIntegerField(default=HOUR, validators=[MaxValueValidator(23)])
    weekday = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(6)], help_text="0 is Monday"
    )

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(hour__lte=23, weekday__lte=6), name="schedule_real"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.weekday} {self.hour}:00"


class Digest(QueuedMail):
    """News of a day or a week in one mail: made with the first, sent when its time has come."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="digests")
    frequency = models.CharField(max_length=10, choices=Frequency)
    planned_for = models.DateTimeField()

    class Meta:
        ordering = ("-planned_for",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "frequency", "planned_for"), name="one_digest_at_a_time"
            ),
        )
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="digest_outbox",
            ),
        )

    def __str__(self) -> str:
        return f"{self.frequency} {self.person_id} {self.planned_for:%Y-%m-%d}"

    def to_mail(self) -> EmailMessage | None:
        """Return what of its news was not seen in the app yet, in one mail."""
        return mails.of_digest(self)


class Notification(QueuedMail):
    """One piece of news for one person. Carries who and the title, never a student's content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=30, choices=Kind)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = NameField(
        blank=True, default="", db_default="", help_text="Of an actor without an account"
    )
    title = NameField()
    path = models.CharField(max_length=200, help_text="Page in the app that it is about")
    host = models.CharField(
        max_length=253,
        blank=True,
        default="",
        db_default="",
        help_text="Host name of the institution in which it happened",
    )
    subject = models.CharField(max_length=60, help_text="What it is about, such as question:12")
    cause = models.CharField(max_length=60, help_text="The fact behind it, such as message:34")
    caused_at = models.DateTimeField(default=timezone.now)
    frequency = models.CharField(
        max_length=10,
        choices=Frequency,
        default=Frequency.AT_ONCE,
        db_default=Frequency.AT_ONCE.value,
        help_text="What the person wanted when it came",
    )
    digest = models.ForeignKey(
        Digest, models.SET_NULL, null=True, blank=True, related_name="notifications"
    )
    cancelled_at = models.DateTimeField(
        null=True, blank=True, help_text="When what it is about was withdrawn before it was mailed"
    )
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
            models.Index(fields=("person", "-caused_at"), name="notification_list"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"

    def to_mail(self) -> EmailMessage:
        """Return the mail in the reader's language: who and the title, never a student's content.

        The Message-ID follows from the row: a mail that goes twice because the machine stopped
        between sending and marking is recognised as one by whoever receives it.
        """
        return mails.of_notification(self)


class Preference(models.Model):
    """How soon somebody wants one kind of news by mail; see DEFAULTS where there is no row."""

    person = models.ForeignKey(User, models.CASCADE, related_name="notification_preferences")
    kind = models.CharField(max_length=30, choices=Kind)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.AT_ONCE)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "kind"), name="one_preference_per_kind"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.frequency}"


class DailyRun(models.Model):
    """Work that is done once a day: the row is written with it, in one transaction."""

    name = models.CharField(max_length=60)
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "day"), name="once_a_day"),)

    def __str__(self) -> str:
        return f"{self.name} {self.day}"

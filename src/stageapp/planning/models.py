"""What is to come in a placement: deadlines, appointments, and a feed of them."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField, plausible_day
from stageapp.placements.models import Placement

#: Where people meet can be a link to a video call, which is long.
PLACE_LENGTH = 1000


class Deadline(models.Model):
    """A date that a student sets."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="deadlines")
    title = NameField(_("what has to be ready"))
    due_on = models.DateField(_("on which day"), validators=[plausible_day])
    due_time = models.TimeField(_("at what time"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("due_on", "due_time", "id")

    def __str__(self) -> str:
        return self.title


class Appointment(models.Model):
    """A moment with somebody: as the student noted it, or agreed with a teacher.

    What was agreed with a teacher stands in both calendars. Its title is what the student asks, as
    long as that is open to the teacher; without it, nothing but that they talk.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="appointments")
    teacher = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="appointments",
        help_text="With whom it was agreed in the app; without, it is a note of the student",
    )
    title = NameField(_("what it is about"))
    with_whom = NameField(_("with whom"), blank=True)
    location = NameField(_("where"), max_length=PLACE_LENGTH, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    note = RunningTextField(_("my note"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    uid = models.UUIDField(
        null=True,
        blank=True,
        editable=False,
        unique=True,
        help_text="By which calendar programs know what was agreed in the app",
    )
    sequence = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="Rises with every change (RFC 5545)"
    )
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
        )
        indexes = (models.Index(fields=("teacher", "starts_at"), name="appointments_of_teacher"),)

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """What it is about, or that it is a talk where only the student may know about what."""
        return self.title or gettext("A talk")

    @property
    def last_changed_at(self) -> datetime:
        """When it last became what it is."""
        return self.changed_at or self.created_at


class CalendarFeed(models.Model):
    """An address that a calendar program may read; only the hash of its secret is kept."""

    person = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    with_activities = models.BooleanField(_("my activities as well"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.person_id)

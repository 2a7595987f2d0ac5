"""What is to come in a placement: deadlines, appointments, and a feed of them."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField, plausible_day
from stageapp.placements.models import Placement


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
    """A moment with somebody, as the student noted it."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="appointments")
    title = NameField(_("what it is about"))
    with_whom = NameField(_("with whom"), blank=True)
    location = NameField(_("where"), blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    note = RunningTextField(_("my note"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.title


class CalendarFeed(models.Model):
    """An address that a calendar program may read; only the hash of its secret is kept."""

    person = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    with_activities = models.BooleanField(_("my activities as well"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.person_id)

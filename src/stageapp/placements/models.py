"""Who learns where, when, with whom, and towards which goals."""

import uuid
from datetime import date
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField, plausible_day
from stageapp.placements import rules
from stageapp.programmes.models import Cohort, Institution


class Workplace(models.Model):
    """The organisation where a student learns."""

    name = NameField(_("name of the workplace"))
    street = NameField(_("street and number"), blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    town = NameField(_("town"), blank=True)
    country = models.CharField(_("country"), max_length=2, default="NL")

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """One period of learning of a student at a workplace."""

    student = models.ForeignKey(User, models.CASCADE, related_name="placements")
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, related_name="placements", verbose_name=_("programme and cohort")
    )
    workplace = models.ForeignKey(Workplace, models.PROTECT, related_name="placements")
    supervisor_name = NameField(_("name of the workplace supervisor"), blank=True)
    supervisor_email = models.EmailField(_("e-mail address of the supervisor"), blank=True)
    supervisor_phone = models.CharField(_("phone of the supervisor"), max_length=30, blank=True)
    starts_on = models.DateField(_("first day"), validators=[plausible_day])
    ends_on = models.DateField(_("last day"), validators=[plausible_day])
    days_per_week = models.PositiveSmallIntegerField(
        _("working days a week"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
    )
    weekdays = models.CharField(
        _("which days"),
        max_length=7,
        blank=True,
        default="",
        db_default="",
        help_text="ISO numbers such as 1245; empty: the first working days of the week",
    )
    hours_per_day = models.DecimalField(
        _("hours a day"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(8),
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(Decimal(24))],
    )
    assignment = RunningTextField(_("assignment"), blank=True)
    is_current = models.BooleanField(_("this is my current placement"), default=True)
    shows_effort = models.BooleanField(
        _("my teacher may see how many days and hours I logged"), default=False
    )
    teachers = models.ManyToManyField(
        User, through="PlacementTeacher", related_name="placements_linked"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    anonymised_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then only figures are left, of nobody in particular"
    )

    class Meta:
        ordering = ("-is_current", "-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="placement_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(days_per_week__gte=1, days_per_week__lte=7),
                name="placement_days_per_week",
            ),
            models.CheckConstraint(
                condition=Q(hours_per_day__gt=0, hours_per_day__lte=24),
                name="placement_hours_per_day",
            ),
            models.UniqueConstraint(
                fields=("student",),
                condition=Q(is_current=True),
                name="one_current_placement_per_student",
            ),
        )

    def __str__(self) -> str:
        return f"{self.workplace} ({self.starts_on} – {self.ends_on})"

    def today(self) -> date:
        """Return today where the institution is."""
        return self.cohort.programme.institution.day_of()

    def covers(self, day: date) -> bool:
        """Return whether a day is in the placement, first and last day included."""
        return self.starts_on <= day <= self.ends_on

    @property
    def working_weekdays(self) -> frozenset[int]:
        """The days of the week on which the student works, 1 for Monday."""
        return rules.working_weekdays(self.weekdays, self.days_per_week)

    @property
    def period(self) -> rules.Period:
        """The placement as the clock sees it; prefetch `interruptions` for many at once."""
        return rules.Period(
            self.starts_on,
            self.ends_on,
            tuple((pause.starts_on, pause.ends_on) for pause in self.interruptions.all()),
        )


class PlacementTeacher(models.Model):
    """A teacher of a placement; until `ended_at` the questions asked to them are open to them.

    Who guides along was asked in by a colleague; the student is told, and decides what they read.
    """

    class Part(models.TextChoices):
        MAIN = "main", _("guides")
        ALONG = "along", _("guides along")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="teacher_links")
    teacher = models.ForeignKey(User, models.CASCADE, related_name="teacher_links")
    part = models.CharField(
        max_length=10, choices=Part, default=Part.MAIN, db_default=Part.MAIN.value
    )
    linked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("linked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("placement", "teacher"),
                condition=Q(ended_at=None),
                name="one_open_link_per_teacher",
            ),
        )

    def __str__(self) -> str:
        return f"{self.teacher_id} – {self.placement_id}"

    @property
    def is_along(self) -> bool:
        """Asked in by a colleague."""
        return self.part == self.Part.ALONG


class LinkFile(models.Model):
    """A file that linked students to teachers, and what it changed, so that it can be undone."""

    client_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    name = NameField(blank=True)
    takes_over = models.BooleanField(
        default=False, help_text="Who guided a student and was not in the file, does so no more"
    )
    applied_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    left = models.JSONField(
        default=dict, help_text="Keys of the links of each placement when the file was applied"
    )
    waiting = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="What the worker still has to do: the key of a placement, those of its teachers",
    )
    total = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many placements the worker was to do"
    )

    class Meta:
        ordering = ("-applied_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} {self.applied_at:%Y-%m-%d}"

    @property
    def progress(self) -> int:
        """Percents of it that are done."""
        return 100 - 100 * len(self.waiting) // self.total if self.waiting else 100


class LinkFileChange(models.Model):
    """What a file did with one link."""

    class Did(models.TextChoices):
        MADE = "made", _("linked")
        RAISED = "raised", _("guided along, guides now")
        ENDED = "ended", _("replaced")

    file = models.ForeignKey(LinkFile, models.CASCADE, related_name="changes")
    link = models.ForeignKey(PlacementTeacher, models.CASCADE, related_name="+")
    did = models.CharField(max_length=10, choices=Did)

    class Meta:
        ordering = ("link__placement__student__name", "link__placement", "id")
        constraints = (
            models.UniqueConstraint(fields=("file", "link"), name="file_changes_link_once"),
        )

    def __str__(self) -> str:
        return f"{self.file_id} {self.did} {self.link_id}"


class Interruption(models.Model):
    """Days on which a placement stands still, both ends included; the reason is private."""

    class Kind(models.TextChoices):
        PAUSE = "pause", _("pause")
        SICKNESS = "sickness", _("sickness")
        HOLIDAY = "holiday", _("holiday")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="interruptions")
    kind = models.CharField(max_length=20, choices=Kind)
    starts_on = models.DateField(_("from"), validators=[plausible_day])
    ends_on = models.DateField(_("up to and including"), validators=[plausible_day])
    reason = RunningTextField(_("reason"), blank=True)

    class Meta:
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="interruption_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class Terms(models.Model):
    """When and how a teacher responds."""

    response_days = models.PositiveSmallIntegerField(
        _("working days within which the teacher answers"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    moments = RunningTextField(_("fixed moments to meet"), blank=True)
    channels = RunningTextField(_("how to reach each other, for what"), blank=True)

    class Meta:
        abstract = True

    @property
    def as_terms(self) -> tuple[int | None, str, str]:
        """What is agreed, to compare with another."""
        return self.response_days, self.moments, self.channels


class TeacherTerms(Terms):
    """What a teacher proposes to each new student."""

    teacher = models.OneToOneField(User, models.CASCADE, related_name="terms")

    def __str__(self) -> str:
        return str(self.teacher_id)


class TeacherLeave(models.Model):
    """Days on which a teacher does not answer; both ends count."""

    teacher = models.ForeignKey(User, models.CASCADE, related_name="leaves")
    starts_on = models.DateField(_("from"), validators=[plausible_day])
    ends_on = models.DateField(_("up to and including"), validators=[plausible_day])

    class Meta:
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="leave_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class Substitution(models.Model):
    """Somebody stands in for a teacher on some days, both ends included.

    It opens nothing by itself: the student shares with whom stands in (see guidance). The days are
    those of the institution, so its clock is read once, when this is made: `opens_at` is the start
    of the first day, or later when it was arranged on that day; `closes_at` the end of the last.
    """

    teacher = models.ForeignKey(User, models.CASCADE, related_name="substitutions")
    substitute = models.ForeignKey(User, models.CASCADE, related_name="substitutions_done")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    starts_on = models.DateField(_("from"), validators=[plausible_day])
    ends_on = models.DateField(_("up to and including"), validators=[plausible_day])
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was ended, or was found to be over"
    )

    class Meta:
        ordering = ("starts_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="substitution_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(teacher=F("substitute")), name="substitute_is_somebody_else"
            ),
            models.UniqueConstraint(
                fields=("teacher", "client_id"), name="substitution_arranged_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("substitute", "closes_at"),
                condition=Q(ended_at=None),
                name="substitution_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.teacher_id}, {self.starts_on} – {self.ends_on}"


class FixedMoment(models.Model):
    """A moment that comes back every week, on which a teacher is there for students."""

    teacher = models.ForeignKey(User, models.CASCADE, related_name="fixed_moments")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    weekday = models.PositiveSmallIntegerField(_("day"), help_text="ISO number: 1 is Monday")
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    place = NameField(_("place, or address of the call"), blank=True)
    note = NameField(_("what it is for"), blank=True)
    placements = models.ManyToManyField(
        Placement,
        related_name="fixed_moments",
        blank=True,
        help_text="Whom it is for; none: everybody whom the teacher guides",
    )

    class Meta:
        ordering = ("weekday", "starts", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7), name="fixed_moment_weekday"
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="fixed_moment_ends_after_start"
            ),
            models.UniqueConstraint(fields=("teacher", "client_id"), name="fixed_moment_kept_once"),
        )

    def __str__(self) -> str:
        return f"{self.teacher_id} {self.weekday} {self.starts:%H:%M}"


class WorkingAgreement(Terms):
    """Terms of a placement with one of its teachers: proposed by one, confirmed by the other.

    The last one that was confirmed holds; one that is not confirmed yet is a proposal.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="working_agreements")
    teacher = models.ForeignKey(User, models.CASCADE, related_name="working_agreements")
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-proposed_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("placement", "teacher"),
                condition=Q(confirmed_at=None),
                name="one_proposal_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.placement_id} {self.proposed_at:%Y-%m-%d}"


class LearningGoal(models.Model):
    """What the student wants to learn in this placement.

    It lives here and not in the logbook, because starting a placement gives its goals in one
    transaction; activities refer to it.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        REACHED = "reached", _("reached")
        DROPPED = "dropped", _("dropped")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="goals")
    title = NameField(_("learning goal"))
    description = RunningTextField(_("explanation"), blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title


class GoalChange(models.Model):
    """How a learning goal read from a moment on: its history."""

    goal = models.ForeignKey(LearningGoal, models.CASCADE, related_name="changes")
    title = NameField()
    description = RunningTextField(blank=True)
    status = models.CharField(max_length=10, choices=LearningGoal.Status)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-changed_at", "-id")

    def __str__(self) -> str:
        return f"{self.goal_id} {self.changed_at:%Y-%m-%d}"


class GoalAgreement(models.Model):
    """A teacher agreed with a learning goal as it read then."""

    goal = models.ForeignKey(LearningGoal, models.CASCADE, related_name="agreements")
    teacher = models.ForeignKey(User, models.CASCADE, related_name="+")
    title = NameField()
    description = RunningTextField(blank=True)
    agreed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-agreed_at", "-id")

    def __str__(self) -> str:
        return f"{self.goal_id} {self.agreed_at:%Y-%m-%d}"

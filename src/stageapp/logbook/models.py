"""What a student records: seen by nobody else until the student shares it."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField
from stageapp.logbook.rules import MINUTES_A_DAY
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import (
    Competence,
    ReflectionField,
    ReflectionModel,
    VocabularyEntry,
)


class Chain(models.Model):
    """Activities that belong together: one task over several days."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="chains")
    name = NameField(_("chain"))
    finished_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """Something a student did or learned on a day; which parts are used, the cohort decides."""

    class Status(models.TextChoices):
        FINISHED = "finished", _("finished")
        BUSY = "busy", _("still working on it")
        TRANSFERRED = "transferred", _("handed over")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="activities")
    client_id = models.UUIDField(
        default=uuid.uuid4,
        editable=False,
        help_text="Made by the form: sending the same form twice keeps one activity",
    )
    date = models.DateField(_("date"))
    moment = models.ForeignKey(
        VocabularyEntry, models.PROTECT, null=True, blank=True, related_name="+"
    )
    description = RunningTextField(_("description"))
    minutes = models.PositiveSmallIntegerField(_("duration"), null=True, blank=True)
    category = models.ForeignKey(
        VocabularyEntry, models.PROTECT, null=True, blank=True, related_name="+"
    )
    people = models.ManyToManyField(VocabularyEntry, blank=True, related_name="+")
    sources = models.ManyToManyField(VocabularyEntry, blank=True, related_name="+")
    status = models.CharField(_("status"), max_length=12, choices=Status, blank=True)
    difficulty = models.ForeignKey(
        VocabularyEntry, models.PROTECT, null=True, blank=True, related_name="+"
    )
    chain = models.ForeignKey(
        Chain, models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    goal = models.ForeignKey(
        LearningGoal, models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    competences = models.ManyToManyField(Competence, blank=True, related_name="activities")
    learned = RunningTextField(_("what I learned"), blank=True)
    next_steps = RunningTextField(_("what now"), blank=True)
    support_workplace = RunningTextField(_("support from the workplace"), blank=True)
    support_programme = RunningTextField(_("support from the programme"), blank=True)
    wants_feedback = models.BooleanField(default=False)
    search_text = models.TextField(
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="All own texts about it, folded, for finding back",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-date", "-id")
        verbose_name_plural = "activities"
        indexes = (
            models.Index(
                fields=("placement", "-date", "-id"),
                condition=Q(deleted_at=None),
                name="activity_logbook",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="activity_sent_once"),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=MINUTES_A_DAY),
                name="activity_minutes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.description[:40]}"


class ActivityFeedback(models.Model):
    """The student's own look back (feedback) and ahead (feedforward) on an activity."""

    class Help(models.TextChoices):
        NONE = "none", _("no help received")
        RECEIVED = "received", _("help received")
        ASKED = "asked", _("help asked for")

    class Reason(models.TextChoices):
        EXPERIENCE = "experience", _("little experience with it")
        SUPPORT = "support", _("nobody or nothing to help me")
        TIME = "time", _("too little time")
        OTHER = "other", _("something else")

    activity = models.OneToOneField(Activity, models.CASCADE, related_name="feedback")
    hard_because = models.CharField(
        max_length=12, choices=Reason, blank=True, default="", db_default=""
    )
    what_made_it_hard = RunningTextField(blank=True)
    help_received = models.CharField(max_length=10, choices=Help, blank=True)
    is_satisfied = models.BooleanField(null=True, blank=True)
    own_initiative = RunningTextField(blank=True)
    next_step = RunningTextField(blank=True)
    whom_to_ask = RunningTextField(blank=True)
    support_workplace = RunningTextField(blank=True)
    support_programme = RunningTextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.activity_id)


def _evidence_path(evidence: "Evidence", name: str) -> str:  # noqa: ARG001 -- Django's signature
    """Keep files under names that tell nothing and that nobody can guess."""
    return f"evidence/{evidence.placement_id}/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """A file, a link or a text that shows what was done."""

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        LINK = "link", _("link")
        TEXT = "text", _("text")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="evidence")
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="evidence"
    )
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    name = NameField()
    file = models.FileField(blank=True, max_length=255, upload_to=_evidence_path)
    thumbnail = models.FileField(
        blank=True, max_length=255, upload_to=_evidence_path, default="", db_default=""
    )
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True, help_text="Bytes of the file")
    url = models.URLField(max_length=2000, blank=True)
    text = RunningTextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name_plural = "evidence"
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="evidence_sent_once"),
        )

    def __str__(self) -> str:
        return self.name


class Reflection(models.Model):
    """A reflection after a model, on an activity or on its own."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="reflections")
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="reflections"
    )
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    model = models.ForeignKey(ReflectionModel, models.PROTECT, related_name="+")
    title = NameField(blank=True)
    date = models.DateField()
    is_draft = models.BooleanField(
        db_default=False, default=False, help_text="Kept while typing only: not said to be done yet"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-date", "-id")
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="reflection_sent_once"),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.title}"


class ReflectionAnswer(models.Model):
    """The student's text in one field of a reflection."""

    reflection = models.ForeignKey(Reflection, models.CASCADE, related_name="answers")
    field = models.ForeignKey(ReflectionField, models.PROTECT, related_name="+")
    text = RunningTextField(blank=True)

    class Meta:
        ordering = ("field__position",)
        constraints = (
            models.UniqueConstraint(fields=("reflection", "field"), name="one_answer_per_field"),
        )

    def __str__(self) -> str:
        return str(self.field_id)


class ActivityTemplate(models.Model):
    """An activity that comes back: a new one starts with its values."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="templates")
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="templates")
    name = NameField(_("name of the template"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint("placement", Lower("name"), name="template_name_unique"),
        )

    def __str__(self) -> str:
        return self.name


class SavedItem(models.Model):
    """Something the student put aside, with an own note: the timeline of what matters.

    A tip or a chart has no row of its own that stays as it was: it is kept as it looked, under a
    key that says which one it is.
    """

    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("activity")
        REFLECTION = "reflection", _("reflection")
        EVIDENCE = "evidence", _("evidence")
        TIP = "tip", _("tip")
        CHART = "chart", _("chart")

    student = models.ForeignKey(User, models.CASCADE, related_name="saved_items")
    placement = models.ForeignKey(Placement, models.CASCADE, related_name="saved_items")
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="saved_items"
    )
    reflection = models.ForeignKey(
        Reflection, models.CASCADE, null=True, blank=True, related_name="saved_items"
    )
    evidence = models.ForeignKey(
        Evidence, models.CASCADE, null=True, blank=True, related_name="saved_items"
    )
    kind = models.CharField(
        max_length=12, choices=Kind, default=Kind.ACTIVITY, db_default=Kind.ACTIVITY
    )
    key = models.CharField(max_length=100, blank=True, default="", db_default="")
    snapshot = models.JSONField(
        null=True, blank=True, help_text="A tip or a chart as it looked, in both languages"
    )
    note = RunningTextField(_("my note"), blank=True)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-saved_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("student", "activity"),
                condition=Q(activity__isnull=False),
                name="activity_saved_once",
            ),
            models.UniqueConstraint(
                fields=("student", "reflection"),
                condition=Q(reflection__isnull=False),
                name="reflection_saved_once",
            ),
            models.UniqueConstraint(
                fields=("student", "evidence"),
                condition=Q(evidence__isnull=False),
                name="evidence_saved_once",
            ),
            models.UniqueConstraint(
                fields=("student", "kind", "key"),
                condition=~Q(key=""),
                name="snapshot_saved_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.student_id} {self.saved_at:%Y-%m-%d}"


#: What of the logbook can be put aside as it is: a saved item leads to it by the name of its kind.
Saveable = Activity | Reflection | Evidence
KIND_OF: dict[type[models.Model], SavedItem.Kind] = {
    Activity: SavedItem.Kind.ACTIVITY,
    Reflection: SavedItem.Kind.REFLECTION,
    Evidence: SavedItem.Kind.EVIDENCE,
}

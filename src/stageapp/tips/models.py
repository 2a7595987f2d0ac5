"""Tips of a programme: their texts and rules by version, and what students did with them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.bilingual import Bilingual
from stageapp.core.fields import NameField, RunningTextField
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort, Programme


class Tip(models.Model):
    """Something a student can be told, for the cohorts of one programme."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="tips")
    key = models.SlugField(help_text="Stable name, in a preset and in a file")
    name = NameField(_("name"), help_text="For administrators; students never see it")
    cohorts = models.ManyToManyField(Cohort, blank=True, related_name="tips")
    is_on = models.BooleanField(default=False, db_default=False)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=50, help_text="A higher one comes first"
    )
    rest_days = models.PositiveSmallIntegerField(
        _("days of rest"),
        default=14,
        help_text="After it was there for a week it stays away so long; 0: it stays while it holds",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-priority", "name", "id")
        constraints = (models.UniqueConstraint(fields=("programme", "key"), name="tip_key_unique"),)

    def __str__(self) -> str:
        return self.name


class TipVersion(models.Model):
    """What a tip says and when, from a moment on; an older one is kept, never changed."""

    class GoesTo(models.TextChoices):
        NOWHERE = "", _("nowhere")
        LOG = "log", _("a new activity")
        REFLECT = "reflect", _("a new reflection")
        ASK = "ask", _("a guidance question")
        GOALS = "goals", _("the learning goals")
        INSIGHTS = "insights", _("the insights")

    #: The texts, in their order: where am I going, how am I doing, what next.
    TEXTS: ClassVar[tuple[str, ...]] = ("feedup", "feedback", "feedforward")

    tip = models.ForeignKey(Tip, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    rule = models.JSONField(help_text="Conditions and moments, as tips/rules.py keeps them")
    feedup_nl = RunningTextField(blank=True)
    feedup_en = RunningTextField(blank=True)
    feedback_nl = RunningTextField(blank=True)
    feedback_en = RunningTextField(blank=True)
    feedforward_nl = RunningTextField(blank=True)
    feedforward_en = RunningTextField(blank=True)
    goes_to = models.CharField(max_length=10, choices=GoesTo, blank=True, default=GoesTo.NOWHERE)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    feedup = Bilingual()
    feedback = Bilingual()
    feedforward = Bilingual()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("tip", "number"), name="tip_version_number_unique"),
            models.UniqueConstraint(
                fields=("tip",), condition=Q(is_current=True), name="one_current_version_per_tip"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tip_id}.{self.number}"


class TipShowing(models.Model):
    """A run of days on which a tip was shown to a student, with the numbers of its first day."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="tip_showings")
    tip = models.ForeignKey(Tip, models.CASCADE, related_name="showings")
    version = models.ForeignKey(TipVersion, models.CASCADE, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField()
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ("-first_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("placement", "tip", "first_on"), name="one_showing_per_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.tip_id} {self.first_on}"


class TipReaction(models.Model):
    """What a student thinks of a tip, and when they did something with it."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="tip_reactions")
    tip = models.ForeignKey(Tip, models.CASCADE, related_name="reactions")
    is_helpful = models.BooleanField(null=True, blank=True)
    reacted_at = models.DateTimeField(default=timezone.now)
    acted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("placement", "tip"), name="one_reaction_per_tip"),
        )

    def __str__(self) -> str:
        return f"{self.tip_id} {self.placement_id}"

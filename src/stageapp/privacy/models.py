"""What somebody asks about their own data, and what the app does by itself when it is old."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.exports.models import MadeFile
from stageapp.placements.models import Placement


class DataCopy(MadeFile):
    """A ZIP with all that is kept about a person, for that person."""

    person = models.ForeignKey(User, models.CASCADE, related_name="data_copies")

    class Meta:
        ordering = ("-asked_at",)
        verbose_name_plural = "data copies"
        constraints = (
            models.CheckConstraint(condition=Q(progress__lte=100), name="data_copy_progress"),
            # Whoever asks twice gets the one that is in the making.
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(ready_at=None, failed_at=None),
                name="one_data_copy_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at:%Y-%m-%d}"

    @property
    def folder(self) -> str:
        """Apart from the documents of a placement."""
        return f"people/{self.person_id}"


class Removal(models.Model):
    """That somebody wants a placement, or their whole account, removed; the worker does it.

    First the mails go that call talks off, so that nobody waits at a table alone.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="removals")
    placement = models.OneToOneField(
        Placement,
        models.CASCADE,
        null=True,
        related_name="removal",
        help_text="None: the account with all that belongs to it",
    )
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("person",), condition=Q(placement=None), name="account_removed_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.placement_id}"


class PlacementNotice(models.Model):
    """That a student was told that a placement will be made anonymous."""

    placement = models.OneToOneField(Placement, models.CASCADE, related_name="retention_notice")
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.placement_id} {self.told_at:%Y-%m-%d}"


class AccountNotice(models.Model):
    """That somebody was told that their account goes, because it has not been used for long."""

    person = models.OneToOneField(User, models.CASCADE, related_name="retention_notice")
    told_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.told_at:%Y-%m-%d}"


class DiscardedFile(models.Model):
    """A file that nothing names any more: written with what removes it, gone soon after.

    Files know no transactions. This row does, so that no file stays behind when a machine stops.
    """

    name = models.CharField(max_length=255, unique=True)
    discarded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

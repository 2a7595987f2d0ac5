"""Portfolios and badges that a student took out, and the keys that sign them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NameField, RunningTextField
from stageapp.core.sealed import SealedTextField
from stageapp.exports.models import MadeFile
from stageapp.placements.models import Placement
from stageapp.programmes.models import Institution


class SigningKey(models.Model):
    """A pair of keys of an institution. One signs; older ones stay, so that others can check."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="signing_keys")
    name = models.CharField(max_length=43, unique=True, help_text="Its thumbprint (RFC 7638)")
    private = SealedTextField()
    public = models.JSONField(help_text="The public half, as a JWK")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Signs no more since then")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="Not published since then: nothing it signed holds"
    )

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("institution",),
                condition=Q(retired_at=None),
                name="one_key_signs",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(retired_at__isnull=False),
                name="withdrawn_key_signs_no_more",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Portfolio(MadeFile):
    """What a student chose, as pages in a ZIP file."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="portfolios")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    title = NameField(_("title"))
    introduction = RunningTextField(_("introduction"), blank=True)
    with_workplace = models.BooleanField(_("the name of my workplace goes along"), default=False)
    chosen = models.JSONField(help_text="Keys of what goes in, by list")

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="portfolio_asked_once"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="portfolio_progress"),
        )
        indexes = (
            models.Index(
                fields=("asked_at",),
                condition=Q(ready_at=None, failed_at=None),
                name="portfolios_to_make",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> str:
        """The files of a placement stand together."""
        return f"portfolio-{self.placement_id}"


class Badge(models.Model):
    """What a student says of themselves, signed. The credential stays as it was given out."""

    #: A narrative is read on a small card.
    MOST_NARRATIVE: ClassVar[int] = 2000

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    placement = models.ForeignKey(Placement, models.CASCADE, related_name="badges")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    holder = models.UUIDField(help_text="The student, as the credential calls them")
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+")
    title = NameField(_("title"))
    narrative = RunningTextField(_("what I can do, and how it shows"), max_length=MOST_NARRATIVE)
    language = models.CharField(max_length=2)
    credential = models.JSONField(help_text="The credential, as it is in the token")
    token = models.TextField(help_text="The signed credential (VC-JWT)")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-made_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="badge_made_once"),
        )

    def __str__(self) -> str:
        return self.title

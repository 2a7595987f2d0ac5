"""Record stores of an institution, and what students let go to them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.core.bilingual import Bilingual
from stageapp.core.fields import NameField, RunningTextField
from stageapp.core.sealed import SealedTextField
from stageapp.placements.models import Placement
from stageapp.programmes.models import Institution


class RecordStore(models.Model):
    """A store of learning records (LRS) that an institution offers its students."""

    class Version(models.TextChoices):
        """What goes into the header `X-Experience-API-Version`."""

        ONE = "1.0.3", "xAPI 1.0.3"
        TWO = "2.0.0", "xAPI 2.0 (IEEE 9274.1.1)"

    class SignsIn(models.TextChoices):
        BASIC = "basic", _("with a key and a secret (Basic)")
        OAUTH = "oauth2", _("with a token (OAuth 2, client credentials)")

    #: What a student reads about it before choosing.
    MOST_ABOUT: ClassVar[int] = 500

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="record_stores")
    name = NameField()
    about_nl = RunningTextField(max_length=MOST_ABOUT, help_text="Who reads it, and what for")
    about_en = RunningTextField(max_length=MOST_ABOUT)
    endpoint = models.URLField(max_length=500)
    version = models.CharField(max_length=10, choices=Version, default=Version.ONE)
    signs_in = models.CharField(max_length=10, choices=SignsIn, default=SignsIn.BASIC)
    key = NameField()
    secret = SealedTextField()
    token_url = models.URLField(max_length=500, blank=True)
    scope = NameField(blank=True)
    is_offered = models.BooleanField(default=True, help_text="Students can choose it")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    about = Bilingual()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint("institution", Lower("name"), name="record_store_name"),
        )

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """Something that a student lets go to a store, as it goes; or the taking back of it.

    The row is the task of the worker too: due until it arrived, was refused, or was taken back.
    """

    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("activity")
        REFLECTION = "reflection", _("reflection")
        WITHDRAWAL = "withdrawal", _("withdrawal")

    class Problem(models.TextChoices):
        """Why it did not arrive, or not yet."""

        UNREACHABLE = "unreachable", _("The store does not answer.")
        BUSY = "busy", _("The store is too busy.")
        ADDRESS = "address", _("The address of the store is wrong, or may not be called.")
        KEY = "key", _("The store does not accept the key of your school.")
        CONTENT = "content", _("The store does not take this record.")
        TAKEN = "taken", _("The store has something else under this number.")

    id = models.UUIDField(primary_key=True, editable=False)
    placement = models.ForeignKey(Placement, models.CASCADE, related_name="statements")
    store = models.ForeignKey(RecordStore, models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=12, choices=Kind)
    client_id = models.UUIDField(default=uuid.uuid4, help_text="Of what it is about")
    actor = models.UUIDField(help_text="Who it is, to this store alone")
    number = models.PositiveSmallIntegerField(
        default=1, help_text="How many times it was sent, this one counted"
    )
    content = models.JSONField(help_text="The statement as it goes")
    withdraws = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="withdrawal"
    )
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(null=True, blank=True, help_text="None: nothing left to do")
    claimed_at = models.DateTimeField(null=True, blank=True)
    may_be_there = models.BooleanField(
        default=False, help_text="A try ended without a sure no: an answer can get lost"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=12, choices=Problem, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("store", "actor", "kind", "client_id"),
                condition=Q(withdrawn_at=None, withdraws=None),
                name="one_record_of_a_thing",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(due_at__isnull=False), name="records_to_send"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def may_have_arrived(self) -> bool:
        """Whether the store could have it: taking it back then needs a withdrawal there.

        Also while it is in the hands of a worker. A refusal later says nothing of a try before.
        """
        return bool(self.delivered_at or self.may_be_there or self.claimed_at)

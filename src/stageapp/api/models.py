"""Tokens with which other programs act for a person, and addresses that hear what concerns them.

They stand here and not in accounts: only the API reads them, and what clears up after people
(privacy) stands above it.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField
from stageapp.core.sealed import SealedTextField


class AccessToken(models.Model):
    """Lets a program do some of what a person may do. Only the hash of its secret is kept."""

    #: So many at the same time; who needs more shares one between programs.
    MOST: ClassVar[int] = 20

    person = models.ForeignKey(User, models.CASCADE, related_name="access_tokens")
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is made once"
    )
    name = NameField(_("what it is for"))
    shown = models.CharField(max_length=12, help_text="How the secret begins")
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person", "client_id"), name="token_made_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.shown}…"


class SentOnce(models.Model):
    """What a `client_id` made, of things that do not keep it themselves.

    Written with the thing, in one transaction: two at once make one.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    client_id = models.UUIDField()
    what = models.CharField(max_length=20)
    key = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "what", "client_id"), name="sent_once"),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.key}"


class Webhook(models.Model):
    """An address of another program that hears what concerns a person: identifiers, no content."""

    MOST: ClassVar[int] = 5

    person = models.ForeignKey(User, models.CASCADE, related_name="webhooks")
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is made once"
    )
    name = NameField(_("what it is for"))
    url = models.URLField(_("address"), max_length=500)
    secret = SealedTextField()
    secret_before = SealedTextField(blank=True, default="")
    renewed_at = models.DateTimeField(null=True, blank=True)
    with_changes = models.BooleanField(
        default=False, help_text="Also what changes in links and roles that the person administers"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    since = models.DateTimeField(
        default=timezone.now, help_text="What happened before is not sent: last time switched on"
    )
    failing_since = models.DateTimeField(null=True, blank=True)
    off_at = models.DateTimeField(
        null=True, blank=True, help_text="Switched off, by its owner or after failing for long"
    )

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("person", "client_id"), name="webhook_made_once"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.url}"

    @property
    def is_on(self) -> bool:
        """Whether anything goes to it."""
        return self.off_at is None


class WebhookEvent(models.Model):
    """One thing that a webhook hears of, under one identifier however often it is sent."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        GIVEN_UP = "given_up", _("given up")
        #: It was withdrawn, or is not open to the person any more.
        DROPPED = "dropped", _("not sent: it is not open to you any more")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    cause = models.CharField(max_length=60, help_text="What it tells, such as news:… or record:12")
    happened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="None: settled")
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="What the address answered")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-happened_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("webhook", "cause"), name="webhook_hears_once"),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(due_at__isnull=False), name="webhook_outbox"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.webhook_id}"

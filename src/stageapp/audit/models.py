"""The record of who did what, as a chain of hashes.

It names people and things by their keys alone, so that anonymising an account or a placement
leaves nothing personal here. It stands below all that it tells of and knows no other model.
"""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What can have happened."""

    SIGNED_IN = "signed_in", _("signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("failed to sign in")
    SIGNED_OUT = "signed_out", _("signed out")
    ACCOUNT_CHANGED = "account_changed", _("changed how they sign in")
    INVITED = "invited", _("invited somebody")
    ROLE_GIVEN = "role_given", _("gave a role")
    ROLE_TAKEN = "role_taken", _("took a role away")
    SWITCHED_OFF = "switched_off", _("switched an account off")
    SWITCHED_ON = "switched_on", _("switched an account on")
    MERGED = "merged", _("merged two accounts")
    LINKED = "linked", _("linked a teacher")
    UNLINKED = "unlinked", _("ended a teacher's link")
    EXPORTED = "exported", _("took out an export")
    OPENED = "opened", _("opened a shared item")
    CONFIGURED = "configured", _("changed a programme")
    SETTINGS_CHANGED = "settings_changed", _("changed settings")
    DELETED = "deleted", _("deleted data")
    RESTORED = "restored", _("restored data")
    ANONYMISED = "anonymised", _("anonymised data")
    RECORD_SHORTENED = "record_shortened", _("removed what was kept long enough from the record")


class AuditEntry(models.Model):
    """One thing that somebody did. Added, sealed once, and never changed after."""

    happened_at = models.DateTimeField()
    kind = models.CharField(max_length=30, choices=Kind)
    #: The key of who did it; none is the system, or somebody who is not known.
    actor_key = models.BigIntegerField(null=True)
    #: The key of the institution in which it happened; none concerns the installation.
    institution_key = models.BigIntegerField(null=True)
    #: What it was done to, such as "person:12".
    subject = models.CharField(max_length=80, blank=True)
    #: More about it, in keys, figures and settings; never what a student wrote.
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    #: The place in the chain; an entry has none until it is sealed.
    sequence = models.PositiveBigIntegerField(null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=("institution_key", "-id"), name="audit_of_institution"),
            models.Index(fields=("actor_key", "-id"), name="audit_of_actor"),
            models.Index(fields=("subject", "-id"), name="audit_of_subject"),
            models.Index(
                fields=("id",), condition=models.Q(sequence=None), name="audit_to_be_sealed"
            ),
        )

    def __str__(self) -> str:
        return f"{self.happened_at:%Y-%m-%d %H:%M} {self.kind} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new entry; one that is there already is never changed."""
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)


class AuditChain(models.Model):
    """Where the chain begins and ends. There is one row: who adds to the chain locks it."""

    #: The first entry that is still kept, and the digest before it.
    first = models.PositiveBigIntegerField(default=1)
    before_first = models.CharField(max_length=64, blank=True)
    #: The last entry that was sealed, and its digest.
    last = models.PositiveBigIntegerField(default=0)
    last_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_audit_chain"),)

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"

"""Mails to people about their account, and two accounts of one person on their way to be one."""

import uuid

from django.core.mail import EmailMessage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.administration import mails
from stageapp.notifications.models import QueuedMail
from stageapp.programmes.models import Institution, Programme, Role


class AccountMail(QueuedMail):
    """A mail that invites somebody, or tells of a new role; a row of the outbox."""

    class Kind(models.TextChoices):
        INVITED = "invited", _("invitation")
        ROLE = "role", _("new role")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="account_mails")
    kind = models.CharField(max_length=10, choices=Kind)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role)
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-asked_at",)
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="account_outbox",
            ),
            models.Index(fields=("person", "-asked_at"), name="account_mails_of"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"

    def to_mail(self) -> EmailMessage | None:
        """Return the mail as it goes now, or None for who has found the way in already."""
        return mails.of_account(self)


class Merge(models.Model):
    """Two accounts of one person, proposed by an administrator and carried out by that person.

    Who shows that both are theirs: with the link that was mailed to the address of the double,
    opened while signed in with the account that stays.
    """

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    kept = models.ForeignKey(User, models.CASCADE, related_name="+")
    double = models.ForeignKey(User, models.CASCADE, related_name="+")
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(kept=models.F("double")), name="merge_of_two"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(done_at=None), name="merge_done_or_withdrawn"
            ),
            models.UniqueConstraint(
                fields=("double",),
                condition=Q(withdrawn_at=None, done_at=None),
                name="one_open_merge_of_double",
            ),
        )

    def __str__(self) -> str:
        return f"{self.double_id} into {self.kept_id}"

    @property
    def is_open(self) -> bool:
        """Its owner can still carry it out."""
        return self.withdrawn_at is None and self.done_at is None


class MergeMail(QueuedMail):
    """A mail about a merge, to one of the two addresses; the one of the double may be free since.

    A row keeps its address: once it is done, the double has none any more.
    """

    class Kind(models.TextChoices):
        LINK = "link", _("the link, to the address of the double")
        TOLD = "told", _("what is proposed, to the address that stays")
        DONE = "done", _("what was done, to both")

    PERSON = "merge__kept"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merge = models.ForeignKey(Merge, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=10, choices=Kind)
    to = models.EmailField(max_length=254)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("asked_at", "kind", "to")
        constraints = (
            models.UniqueConstraint(fields=("merge", "kind", "to"), name="one_merge_mail_each"),
        )
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="merge_outbox",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.merge_id}"

    def to_mail(self) -> EmailMessage | None:
        """Return the mail as it goes now, or None where nothing is proposed any more."""
        return mails.of_merge(self)

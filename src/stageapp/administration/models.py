"""Mails to people about their account."""

import uuid

from django.core.mail import EmailMessage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.administration import mails
from stageapp.notifications.models import QueuedMail
from stageapp.programmes.models import Programme, Role


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

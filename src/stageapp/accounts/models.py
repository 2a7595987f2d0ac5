"""People. What they may do follows from their relations elsewhere, never from a flag here."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.core.fields import NameField


class UserManager(BaseUserManager["User"]):
    """Makes people with their e-mail address as login, always in lower case."""

    def create_user(
        self, email: str, name: str, password: str | None = None, **rest: Any
    ) -> "User":
        person = self.model(email=email.strip().lower(), name=name, **rest)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person who can sign in."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    name = NameField(_("name"))
    student_number = models.CharField(_("student number"), max_length=20, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    is_nobody = models.BooleanField(
        default=False,
        db_default=False,
        help_text="A person who never was, to whom what became anonymous belongs",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message=_("There is an account with this e-mail address already."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def in_audience(self) -> str:
        """How the mark of audience calls somebody."""
        return self.name

    def get_full_name(self) -> str:
        """Return the name; allauth and mail templates ask for it under this name."""
        return self.name

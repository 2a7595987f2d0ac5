"""How an institution is reached for signing in, and which of its accounts is whose here.

Of what a campus tells at a sign-in nothing is kept but the key of the person there.
"""

from typing import ClassVar

from allauth.usersessions.models import UserSession
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.addresses import whole_address
from stageapp.core.fields import NameField
from stageapp.core.sealed import SealedTextField
from stageapp.integrations.campus.rules import MOST_OF_SUBJECT
from stageapp.programmes.models import Institution, Programme, Role

#: The metadata of one provider have some ten thousand.
MOST_METADATA = 1_000_000


class Protocol(models.TextChoices):
    """The two ways in which a campus vouches for somebody."""

    OIDC = "oidc", "OpenID Connect"
    SAML = "saml", "SAML 2.0"


class Passwords(models.TextChoices):
    """What becomes of the passwords of people with an address of the institution."""

    BESIDE = "beside", _("stay beside it")
    ONLY = "only", _("count no more: campus sign-in only")


class Identifier(models.TextChoices):
    """What a SAML provider knows somebody by for good."""

    NAME_ID = "", _("NameID (persistent)")
    PAIRWISE_ID = "pairwise_id", "pairwise-id"
    SUBJECT_ID = "subject_id", "subject-id"
    OBJECT_ID = "object_id", _("object identifier (Entra ID)")


class CampusProvider(models.Model):
    """Where an institution lets its people sign in. At most one is on."""

    #: What makes it this provider: by these its accounts are whose they are.
    IDENTITY: ClassVar[tuple[str, ...]] = (
        "issuer",
        "client_id",
        "metadata_url",
        "entity_id",
        "metadata_certificate",
        "identifier",
    )

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="campus_providers")
    protocol = models.CharField(max_length=4, choices=Protocol)
    name = NameField(_("name"))
    is_on = models.BooleanField(default=False)
    passwords = models.CharField(
        _("passwords"), max_length=6, choices=Passwords, default=Passwords.BESIDE
    )
    home_organization = models.CharField(_("home organisation"), max_length=253, blank=True)

    # OpenID Connect.
    issuer = models.URLField(_("issuer"), max_length=500, blank=True)
    client_id = models.CharField(_("client ID"), max_length=500, blank=True)
    client_secret = SealedTextField(
        _("client secret"), blank=True, validators=[MaxLengthValidator(500)]
    )

    # SAML.
    metadata_url = models.URLField(_("address of the metadata"), max_length=500, blank=True)
    entity_id = models.CharField(_("entity ID"), max_length=1024, blank=True)
    metadata_certificate = models.TextField(_("certificate of the metadata"), blank=True)
    identifier = models.CharField(
        _("known by"), max_length=20, choices=Identifier, default=Identifier.NAME_ID, blank=True
    )
    takes_unasked = models.BooleanField(_("also unasked"), default=False)
    #: The key with which requests are signed, and what is encrypted is opened; its certificate.
    own_key = SealedTextField(blank=True)
    own_certificate = models.TextField(blank=True)
    #: What was last fetched and found right.
    metadata = models.TextField(blank=True, validators=[MaxLengthValidator(MOST_METADATA)])
    metadata_fetched_at = models.DateTimeField(null=True)
    #: When the worker fetches them again; it moves this on before it does.
    metadata_due_at = models.DateTimeField(null=True)
    #: Why fetching them failed the last time: the key of a finding of `checks.py`.
    metadata_problem = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("institution",),
                condition=Q(is_on=True),
                name="one_campus_provider_is_on",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.protocol})"

    @property
    def is_saml(self) -> bool:
        """Whether it speaks SAML; else OpenID Connect."""
        return self.protocol == Protocol.SAML

    @property
    def lacks(self) -> list[str]:
        """The fields that have to be filled in before anybody can come in by it.

        An institution wants to know our addresses before it gives what is filled in here, and those
        hold the number of this row.
        """
        needed = ("metadata_url",) if self.is_saml else ("issuer", "client_id")
        return [name for name in needed if not getattr(self, name)]

    @property
    def lacks_in_words(self) -> str:
        """What those fields are called."""
        lacking = (field for field in self._meta.fields if field.name in self.lacks)
        return ", ".join(str(field.verbose_name) for field in lacking)

    @property
    def sign_out_address(self) -> str:
        """The address at which a provider says that somebody signed out there."""
        return self.whole(reverse("campus:signed_out", args=[self.pk]))

    def whole(self, path: str) -> str:
        """Return the address of a page on the host of its institution."""
        return whole_address(path, self.institution.host)


class CampusDomain(models.Model):
    """A mail domain that an institution owns: no two own the same."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="campus_domains")
    domain = models.CharField(max_length=253, unique=True)
    #: Whether who runs the server says so. Among several institutions it counts only then.
    is_confirmed = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain


class CampusRule(models.Model):
    """Who is told to have this attribute gets that role; never that of an administrator."""

    class Comparison(models.TextChoices):
        """How a value is compared with the rule."""

        EQUALS = "equals", _("is")
        CONTAINS = "contains", _("contains")

    ROLES: ClassVar[tuple[Role, ...]] = (Role.STUDENT, Role.TEACHER)

    provider = models.ForeignKey(CampusProvider, models.CASCADE, related_name="rules")
    attribute = models.CharField(_("attribute"), max_length=200)
    comparison = models.CharField(
        _("comparison"), max_length=8, choices=Comparison, default=Comparison.EQUALS
    )
    value = NameField(_("value"))
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, r.label) for r in ROLES])
    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="campus_rules", verbose_name=_("programme")
    )

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "attribute", "comparison", "value", "role", "programme"),
                name="campus_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=("student", "teacher")), name="campus_rule_never_administers"
            ),
        )

    def __str__(self) -> str:
        return f"{self.attribute} {self.comparison} {self.value}: {self.role}"


class CampusAccount(models.Model):
    """Which account of a campus is whose here."""

    provider = models.ForeignKey(CampusProvider, models.CASCADE, related_name="accounts")
    person = models.ForeignKey(User, models.CASCADE, related_name="campus_accounts")
    #: What the provider knows somebody by; it says nothing anywhere else.
    subject = models.CharField(max_length=MOST_OF_SUBJECT)
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "subject"), name="one_person_per_campus_account"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.person_id}"


class CampusSession(models.Model):
    """A session here that began at an OpenID provider, which may end it."""

    session = models.OneToOneField(UserSession, models.CASCADE, related_name="campus")
    provider = models.ForeignKey(CampusProvider, models.CASCADE, related_name="sessions")
    #: A hash of what the provider calls its own session; empty where it gave that no name.
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = (models.Index(fields=("provider", "digest"), name="campus_session_of_provider"),)

    def __str__(self) -> str:
        return f"{self.provider_id}: {self.session_id}"


class UsedAssertion(models.Model):
    """What let somebody in or out, until it is too old to do so again."""

    provider = models.ForeignKey(CampusProvider, models.CASCADE, related_name="used_assertions")
    #: A hash of its key: the ID of an assertion, or the `jti` of a logout token.
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "digest"), name="campus_assertion_used_once"
            ),
        )

    def __str__(self) -> str:
        return self.digest

"""What is known of learning environments, of who comes from them, and of a launch under way."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField
from stageapp.core.sealed import SealedTextField
from stageapp.programmes.models import Cohort, Institution

#: The standard gives identifiers 255 characters at most.
KEY_LENGTH = 255


class KeyField(models.CharField[str, str]):
    """An identifier that another system chose."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max_length", KEY_LENGTH)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Platform(models.Model):
    """A learning environment that an institution registered; it has one client id of ours."""

    class Kind(models.TextChoices):
        """Which program it is: only what help is shown depends on it."""

        CANVAS = "canvas", "Canvas"
        MOODLE = "moodle", "Moodle"
        BRIGHTSPACE = "brightspace", "Brightspace"
        BLACKBOARD = "blackboard", "Blackboard"
        OTHER = "other", _("another one")

    #: Nobody has more; pages show all of them.
    MOST: ClassVar[int] = 20

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="lti_platforms")
    name = NameField(_("what people call it"))
    kind = models.CharField(_("program"), max_length=20, choices=Kind, default=Kind.OTHER)
    issuer = KeyField(_("issuer (platform ID)"))
    client_id = KeyField(_("client ID"))
    auth_url = models.CharField(_("address to sign in (authentication request)"), max_length=500)
    token_url = models.CharField(_("address of access tokens"), max_length=500)
    jwks_url = models.CharField(_("address of the keys (JWKS)"), max_length=500)
    token_audience = models.CharField(_("audience of access tokens"), max_length=500, blank=True)
    frame_origins = models.CharField(
        _("where people open it"),
        max_length=1000,
        blank=True,
        help_text="Addresses in whose pages our own may stand, separated by spaces",
    )
    checks_emails = models.BooleanField(
        _("this environment checks e-mail addresses"), default=False
    )
    is_active = models.BooleanField(_("in use"), default=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    #: Its keys as they were fetched last.
    keys = models.JSONField(default=list, editable=False)
    keys_fetched_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "issuer", "client_id"),
                name="platform_registered_once",
                violation_error_message=_("This environment is registered already."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Deployment(models.Model):
    """A place in the learning environment where an administrator put our application."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="deployments")
    deployment_id = KeyField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("platform", "deployment_id"), name="deployment_registered_once"
            ),
        )

    def __str__(self) -> str:
        return self.deployment_id


class ToolKey(models.Model):
    """A key pair of our own. The newest waits for its turn, so that everybody knows it by then."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="lti_keys")
    kid = models.CharField(max_length=64, unique=True)
    public = models.JSONField()
    private = SealedTextField()
    made_at = models.DateTimeField(default=timezone.now)
    #: From when it signs; none for the one that comes next.
    begins_at = models.DateTimeField(null=True)
    #: Until when it is still published, once another one signs.
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.kid


class LoginState(models.Model):
    """A launch that we led to its environment; the answer to it is taken once.

    Of the two random numbers that go along only hashes are kept, and of the third, which stays in
    the browser, as well.
    """

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="+")
    state_hash = models.CharField(max_length=64, unique=True)
    nonce_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    #: The page of our own that is to be opened.
    target = models.CharField(max_length=200)
    #: What the environment sent along, to begin anew in another window.
    login_hint = models.TextField(blank=True)
    message_hint = models.TextField(blank=True)
    storage_target = models.CharField(max_length=100, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("expires_at",), name="login_state_expires"),)

    def __str__(self) -> str:
        return f"{self.platform_id} {self.expires_at:%Y-%m-%d %H:%M}"


class Identity(models.Model):
    """That somebody is a certain user of a learning environment, which they showed themselves.

    It belongs to the registration, not to the name that an environment gives itself: who can
    register another one with the same name does not become anybody by it.
    """

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="identities")
    subject = KeyField()
    person = models.ForeignKey(User, models.CASCADE, related_name="lti_identities")
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("platform", "subject"), name="one_person_per_subject"),
            models.UniqueConstraint(fields=("platform", "person"), name="one_subject_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.platform_id}"


class Course(models.Model):
    """A course of a learning environment, and the cohort that it belongs to once somebody said."""

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="courses")
    context_id = KeyField()
    title = NameField(blank=True)
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, related_name="lti_courses")
    #: Where the list of its members can be asked for, as the last launch said.
    members_url = models.CharField(max_length=1000, blank=True)
    #: The link of the last launch: some environments tell of sections only to who names one.
    link_id = KeyField(blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("title", "pk")
        constraints = (
            models.UniqueConstraint(fields=("deployment", "context_id"), name="course_known_once"),
        )

    def __str__(self) -> str:
        return self.title or self.context_id


class RefusedLaunch(models.Model):
    """A launch that was refused: why, and by which registration. It says nothing of who it was."""

    #: So many are kept of an institution.
    MOST: ClassVar[int] = 100

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    platform = models.ForeignKey(Platform, models.CASCADE, null=True, related_name="refused")
    refused_at = models.DateTimeField()
    #: One of rules.Reason.
    reason = models.CharField(max_length=30)
    #: The issuer, deployment or address that was not known.
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-refused_at", "-pk")
        indexes = (models.Index(fields=("institution", "-refused_at"), name="refused_of_school"),)

    def __str__(self) -> str:
        return f"{self.refused_at:%Y-%m-%d %H:%M} {self.reason}"


class RegistrationLink(models.Model):
    """A link with which an environment may register itself: once, and for a short while."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.institution_id} {self.expires_at:%Y-%m-%d %H:%M}"


class Handover(models.Model):
    """Somebody who goes on outside the frame: once, within minutes."""

    #: Nobody yet, where a launch itself goes on.
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    #: The launch that goes on, as `entering.Pending` writes it.
    waiting = SealedTextField(blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=2000)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.expires_at:%Y-%m-%d %H:%M}"

"""Sources of people, what each brought, and what each look at it changed."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField
from stageapp.core.sealed import SealedTextField
from stageapp.integrations.roster import rules
from stageapp.placements.models import PlacementTeacher
from stageapp.programmes.models import Cohort, Institution, Programme, Role


class Source(models.Model):
    """A system, a sheet or a course elsewhere that says who is in which group."""

    class Kind(models.TextChoices):
        SHEET = "sheet", _("a sheet or a OneRoster file that I upload")
        ONEROSTER = "oneroster", _("OneRoster 1.2 service")
        OOAPI = "ooapi", _("Open Education API 5 service (OOAPI)")
        OEAPI = "oeapi", _("Open Education API 6 service (OEAPI)")
        COURSE = "course", _("a course of a learning environment")

    class Schedule(models.TextChoices):
        NEVER = "never", _("only when I press the button")
        NIGHTLY = "nightly", _("every night")

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="roster_sources")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what kind of source"), max_length=20, choices=Kind)
    name = NameField(_("what you call it"))
    key = models.CharField(
        max_length=200, blank=True, help_text="How another part of the app knows its own source"
    )
    address = models.URLField(_("address of the service"), max_length=500, blank=True)
    token_address = models.URLField(_("address where tokens are given"), max_length=500, blank=True)
    client = NameField(_("client ID"), blank=True)
    secret = SealedTextField(_("client secret"), blank=True)
    scope = NameField(_("scopes"), blank=True)
    consumer = NameField(_("name of this consumer"), blank=True)
    only = NameField(_("only what fits this filter"), blank=True)
    schedule = models.CharField(
        _("when it is read"), max_length=10, choices=Schedule, default=Schedule.NEVER
    )
    takes_away = models.BooleanField(
        _("what this source brought ends when it is not in it any more"), default=True
    )
    most_percent = models.PositiveSmallIntegerField(
        _("stop and ask when more than this percentage would end"), default=20
    )
    run_by = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="In whose name it is read at night: who set it up last",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it was last read whole")

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "client_id"), name="roster_source_sent_once"
            ),
            models.UniqueConstraint(
                fields=("institution", "kind", "key"),
                condition=~Q(key=""),
                name="roster_source_per_key",
            ),
            models.CheckConstraint(
                condition=Q(most_percent__lte=100), name="roster_source_percent"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_service(self) -> bool:
        """It is read by asking another system."""
        return self.kind in (self.Kind.ONEROSTER, self.Kind.OOAPI, self.Kind.OEAPI)


class Upload(models.Model):
    """What the list that was uploaded last says, until it is applied; a day at most.

    Sealed: nobody reads it but the comparison, and it names people who may get no account here.
    """

    source = models.OneToOneField(Source, models.CASCADE, related_name="upload")
    name = NameField(blank=True, help_text="Of the file")
    said = SealedTextField()
    kept_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.source_id} {self.kept_at:%Y-%m-%d %H:%M}"


class Line(models.Model):
    """A course or programme of a source, and the cohort that its groups belong to."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="lines")
    key = models.CharField(max_length=rules.MOST_KEY)
    title = NameField()
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="+")
    is_left_out = models.BooleanField(default=False, help_text="Somebody decided on no cohort")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("title", "key")
        constraints = (
            models.UniqueConstraint(fields=("source", "key"), name="roster_line_once"),
            models.CheckConstraint(
                condition=Q(cohort=None) | Q(is_left_out=False), name="roster_line_in_or_out"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Member(models.Model):
    """Whose account somebody in a source is, and what the source called them last."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="members")
    key = models.CharField(max_length=rules.MOST_KEY)
    person = models.ForeignKey(User, models.CASCADE, related_name="roster_members")
    name = NameField()
    number = models.CharField(max_length=rules.MOST_NUMBER, blank=True)

    class Meta:
        ordering = ("key",)
        constraints = (models.UniqueConstraint(fields=("source", "key"), name="roster_key_once"),)

    def __str__(self) -> str:
        return f"{self.source_id} {self.key}"


class Claim(models.Model):
    """That somebody has a role in a programme by a source, and whether the source gave it."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="claims")
    person = models.ForeignKey(User, models.CASCADE, related_name="roster_claims")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    part = models.CharField(
        max_length=10,
        choices=[(Role.STUDENT, Role.STUDENT.label), (Role.TEACHER, Role.TEACHER.label)],
    )
    gave = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("source", "person", "programme", "part"), name="roster_claim_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.part} {self.programme_id}"


class Wish(models.Model):
    """That a source wants a teacher to guide a student: waiting for a placement, or made.

    What a person linked by hand has no row here, so that no source can end it.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="wishes")
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="+")
    student = models.ForeignKey(User, models.CASCADE, related_name="roster_wishes")
    teacher = models.ForeignKey(User, models.CASCADE, related_name="roster_wishes_to_guide")
    link = models.OneToOneField(
        PlacementTeacher, models.CASCADE, null=True, blank=True, related_name="roster_wish"
    )
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When the source ended it; a person may do so without this"
    )

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("source", "cohort", "student", "teacher"),
                condition=Q(link=None),
                name="roster_wish_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(link__isnull=False), name="roster_wish_made_ends"
            ),
        )
        indexes = (
            models.Index(fields=("student",), condition=Q(link=None), name="roster_wish_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.teacher_id} – {self.student_id}"


class Run(models.Model):
    """One look at a source: what it would change, what was done of that, and undone."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        LOOKED = "looked", _("looked at: nothing changed yet")
        APPLYING = "applying", _("being applied")
        DONE = "done", _("applied")
        FAILED = "failed", _("not read")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    source = models.ForeignKey(Source, models.CASCADE, related_name="runs")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    name = NameField(blank=True, help_text="Of the file, where it was one")
    is_scheduled = models.BooleanField(default=False)
    begun_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    asks = models.BooleanField(default=False, help_text="More would end than may without asking")
    links_lost = models.PositiveIntegerField(default=0)
    links_of = models.PositiveIntegerField(default=0)
    people_lost = models.PositiveIntegerField(default=0)
    people_of = models.PositiveIntegerField(default=0)
    problem = RunningTextField(blank=True, help_text="Why it could not be read, in words")
    remarks = models.JSONField(default=list, help_text="What of the source could not be used")

    class Meta:
        ordering = ("-begun_at", "-id")
        indexes = (
            models.Index(
                fields=("state",),
                condition=Q(state__in=["reading", "applying", "undoing"]),
                name="roster_run_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.begun_at:%Y-%m-%d %H:%M}"

    @property
    def is_busy(self) -> bool:
        """The worker has something to do for it."""
        return self.state in (self.State.READING, self.State.APPLYING, self.State.UNDOING)


class Change(models.Model):
    """One difference of a look, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "", _("not done")
        DONE = "done", _("done")
        NOTHING = "nothing", _("was so already, or may not be any more")
        UNDONE = "undone", _("undone")
        KEPT = "kept", _("not undone: somebody changed it since")

    run = models.ForeignKey(Run, models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField()
    does = models.CharField(max_length=10, choices=[(one.value, one.value) for one in rules.Does])
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    why = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=rules.MOST_KEY, blank=True)
    person = models.ForeignKey(User, models.CASCADE, null=True, related_name="roster_changes")
    name = NameField(blank=True)
    email = models.CharField(max_length=rules.MOST_EMAIL, blank=True)
    number = models.CharField(max_length=rules.MOST_NUMBER, blank=True)
    before = NameField(blank=True)
    part = models.CharField(max_length=10, blank=True)
    programme = models.ForeignKey(Programme, models.CASCADE, null=True, related_name="+")
    cohort = models.ForeignKey(Cohort, models.CASCADE, null=True, related_name="+")
    teacher_key = models.CharField(max_length=rules.MOST_KEY, blank=True)
    teacher = models.ForeignKey(
        User, models.CASCADE, null=True, related_name="roster_changes_as_teacher"
    )
    teacher_name = NameField(blank=True)
    wish = models.ForeignKey(Wish, models.SET_NULL, null=True, related_name="+")
    was = models.JSONField(default=dict, help_text="What undoing needs to know")

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("run", "position"), name="roster_change_place"),
        )
        indexes = (
            models.Index(
                fields=("run", "position"), condition=Q(outcome=""), name="roster_change_to_do"
            ),
        )

    def __str__(self) -> str:
        return f"{self.run_id} {self.does} {self.position}"

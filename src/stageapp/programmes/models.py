"""What an institution configures: programmes, cohorts and the form that their students see.

Nothing here, nor anywhere else in the code, knows a programme by name.
"""

import uuid
import zoneinfo
from datetime import date, datetime
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.addresses import whole_address
from stageapp.core.bilingual import Bilingual
from stageapp.core.fields import NameField, RunningTextField

#: The least and the most that an institution can choose: how many months after its end a placement
#: is kept, and how many days before that its student is told.
RETENTION_MONTHS = (6, 120)
NOTICE_DAYS = (14, 90)


class Institution(models.Model):
    """A school for higher or vocational education; everything else hangs below one."""

    name = NameField()
    slug = models.SlugField(unique=True)
    host = models.CharField(max_length=253, blank=True, help_text="Host name it is served under")
    time_zone = models.CharField(max_length=64, default=settings.TIME_ZONE)
    country = models.CharField(max_length=2, default="NL")
    maintenance_since = models.DateTimeField(
        null=True, blank=True, help_text="From then on only functional administrators get in"
    )
    maintenance_until = models.DateTimeField(
        null=True, blank=True, help_text="When it is expected to be over; ends nothing by itself"
    )
    retention_months = models.PositiveSmallIntegerField(
        default=24, db_default=24, help_text="So long after its end a placement is anonymised"
    )
    notice_days = models.PositiveSmallIntegerField(
        default=30, db_default=30, help_text="So long before that its student is told"
    )
    agreement_number = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="The privacy statement that everybody is asked to agree with; 0 for none",
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("host"), condition=~Q(host=""), name="one_institution_per_host"
            ),
            models.CheckConstraint(
                condition=Q(retention_months__range=RETENTION_MONTHS),
                name="institution_retention",
            ),
            models.CheckConstraint(
                condition=Q(notice_days__range=NOTICE_DAYS), name="institution_notice"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def day_of(self, moment: datetime | None = None) -> date:
        """Return the calendar day of a moment (now by default) where this institution is."""
        return timezone.localdate(moment, self.zone)

    @property
    def address(self) -> str:
        """Where its people sign in."""
        return whole_address("/", self.host)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone that it lives by."""
        return zoneinfo.ZoneInfo(self.time_zone)


class Announcement(models.Model):
    """A message of the day: what everybody of an institution reads above each page for a while."""

    class Kind(models.TextChoices):
        """How much it matters."""

        NOTICE = "notice", _("notice")
        WARNING = "warning", _("warning")

    #: Nobody reads more than this above a page.
    MOST_TEXT: ClassVar[int] = 500

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="announcements")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.NOTICE)
    text_nl = RunningTextField(max_length=MOST_TEXT)
    text_en = RunningTextField(max_length=MOST_TEXT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: Who sent an earlier text away reads the new one.
    version = models.PositiveIntegerField(default=1)

    text = Bilingual()

    class Meta:
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="announcement_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=("institution", "client_id"), name="announcement_sent_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def mark(self) -> str:
        """What a session remembers of a text that was sent away."""
        return f"{self.pk}.{self.version}"


class PrivacyStatement(models.Model):
    """What an institution says about privacy: a version, which is never changed after.

    Version 0 is the text that comes with the app, and has no row.
    """

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="statements")
    number = models.PositiveSmallIntegerField()
    text_nl = RunningTextField()
    text_en = RunningTextField()
    asks_everybody = models.BooleanField(
        help_text="Who agreed with an earlier one is asked to read this one"
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    text = Bilingual()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "number"), name="one_statement_per_number"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="statement_number"),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.number}"


class Agreement(models.Model):
    """That somebody agreed with a version of the privacy statement, and when."""

    person = models.ForeignKey(User, models.CASCADE, related_name="agreements")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    agreed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-agreed_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "institution", "number"), name="agreed_once_with_a_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.institution_id} {self.number}"


class Holiday(models.Model):
    """Days on which nobody of the institution works; both ends count."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="holidays")
    name_nl = NameField()
    name_en = NameField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    name = Bilingual()

    class Meta:
        ordering = ("starts_on",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="holiday_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Programme(models.Model):
    """A course of study, such as a bachelor."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="programmes")
    slug = models.SlugField()
    name_nl = NameField()
    name_en = NameField()
    is_open = models.BooleanField(default=True, help_text="New students may register")

    name = Bilingual()

    class Meta:
        ordering = ("name_nl",)
        constraints = (
            models.UniqueConstraint(fields=("institution", "slug"), name="programme_slug_unique"),
        )

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What somebody can be in a programme; a person can be several."""

    STUDENT = "student", _("student")
    TEACHER = "teacher", _("teacher")
    ADMINISTRATOR = "administrator", _("programme administrator")


class ProgrammeMembership(models.Model):
    """Somebody's role in a programme."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(User, models.CASCADE, related_name="programme_memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "person", "role"), name="one_membership_per_role"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.programme_id}"


class InstitutionAdministrator(models.Model):
    """The functional administrator: runs the installation of one institution."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="administrators")
    person = models.ForeignKey(User, models.CASCADE, related_name="institutions_administered")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "person"), name="one_administrator_row_per_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.institution_id}"


class ReflectionModel(models.Model):
    """A way to reflect, as a list of fields; without a programme it is there for everybody."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, null=True, blank=True, related_name="reflection_models"
    )
    key = models.SlugField()
    name_nl = NameField()
    name_en = NameField()
    position = models.PositiveSmallIntegerField(default=0)

    name = Bilingual()

    class Meta:
        ordering = ("position", "key")
        constraints = (
            models.UniqueConstraint(
                fields=("programme", "key"), name="reflection_model_key_unique"
            ),
            models.UniqueConstraint(
                fields=("key",),
                condition=Q(programme=None),
                name="shared_reflection_model_key_unique",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ReflectionField(models.Model):
    """One text of a reflection; the guiding questions stand beside it, not in it."""

    model = models.ForeignKey(ReflectionModel, models.CASCADE, related_name="fields")
    key = models.SlugField()
    position = models.PositiveSmallIntegerField()
    label_nl = NameField()
    label_en = NameField()
    guidance_nl = RunningTextField(blank=True)
    guidance_en = RunningTextField(blank=True)

    label = Bilingual()
    guidance = Bilingual()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("model", "key"), name="reflection_field_key_unique"),
        )

    def __str__(self) -> str:
        return self.label


class PreferredReflectionModel(models.Model):
    """A reflection model that somebody likes to use: it is offered first."""

    person = models.ForeignKey(User, models.CASCADE, related_name="preferred_reflection_models")
    model = models.ForeignKey(ReflectionModel, models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "model"), name="one_preference_per_model"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.model_id}"


class Cohort(models.Model):
    """A group of students of a programme that shares one configuration."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="cohorts")
    slug = models.SlugField()
    name_nl = NameField()
    name_en = NameField()
    is_open = models.BooleanField(default=True, help_text="New placements may choose it")
    first_share_days = models.PositiveSmallIntegerField(
        default=14, help_text="Days on placement after which never having shared turns red"
    )
    has_feedback = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Students can look back and ahead on an activity",
    )
    offers_feedback = models.BooleanField(
        default=False, help_text="Offer feedback when an activity is difficult and not finished"
    )
    reflection_models = models.ManyToManyField(ReflectionModel, blank=True, related_name="cohorts")
    charts = models.JSONField(
        null=True,
        blank=True,
        help_text="Keys of the charts to offer, in their order; empty: all that the form has "
        "parts for",
    )

    name = Bilingual()

    class Meta:
        ordering = ("programme", "-slug")
        constraints = (
            models.UniqueConstraint(fields=("programme", "slug"), name="cohort_slug_unique"),
        )

    def __str__(self) -> str:
        return f"{self.programme.name} · {self.name}"

    @cached_property
    def shown_parts(self) -> list["FormPart"]:
        """The parts of an activity that its students see, in their order; looked up once."""
        return list(self.parts.filter(is_shown=True))

    @property
    def part_names(self) -> frozenset[str]:
        """Which parts its students see: a page gives no advice that their form cannot follow."""
        return frozenset(part.part for part in self.shown_parts)


class Part(models.TextChoices):
    """The parts that an activity can have."""

    DATE = "date", _("date")
    MOMENT = "moment", _("moment of the day")
    DESCRIPTION = "description", _("description or situation")
    DURATION = "duration", _("duration")
    CATEGORY = "category", _("category")
    PEOPLE = "people", _("with whom")
    SOURCES = "sources", _("sources or theory")
    STATUS = "status", _("status")
    DIFFICULTY = "difficulty", _("difficulty")
    CHAIN = "chain", _("chain")
    GOAL = "goal", _("learning goal")
    COMPETENCES = "competences", _("competences")
    EVIDENCE = "evidence", _("evidence")
    LEARNED = "learned", _("what was learned")
    NEXT_STEPS = "next_steps", _("what now")
    SUPPORT_WORKPLACE = "support_workplace", _("support needed from the workplace")
    SUPPORT_PROGRAMME = "support_programme", _("support needed from the programme")
    REFLECTION = "reflection", _("reflection")


class FormPart(models.Model):
    """How the students of a cohort see one part of an activity."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="parts")
    part = models.CharField(max_length=20, choices=Part)
    position = models.PositiveSmallIntegerField()
    is_shown = models.BooleanField(default=True)
    is_required = models.BooleanField(default=False)
    is_folded = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Can wait: stands in the fold at the end of the form; not for a required part",
    )
    label_nl = NameField()
    label_en = NameField()
    help_nl = RunningTextField(blank=True)
    help_en = RunningTextField(blank=True)
    minimum = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Fewest choices, where the part has several"
    )
    maximum = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Most choices, where the part has several"
    )

    label = Bilingual()
    help = Bilingual()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("cohort", "part"), name="one_row_per_part"),
            models.CheckConstraint(
                condition=~Q(is_folded=True, is_required=True), name="required_part_in_sight"
            ),
        )

    def __str__(self) -> str:
        return self.label


class VocabularyKind(models.TextChoices):
    """The lists that a form offers choices from."""

    CATEGORY = "category", _("categories")
    PERSON = "person", _("people")
    SOURCE = "source", _("sources")
    MOMENT = "moment", _("moments")
    DIFFICULTY = "difficulty", _("difficulties")


class VocabularyEntry(models.Model):
    """One choice in a list of the cohort, or a student's own; retired, never deleted."""

    #: The entry of the people that means nobody, whatever it is called.
    ALONE: ClassVar[str] = "alone"

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="vocabulary")
    kind = models.CharField(max_length=20, choices=VocabularyKind)
    key = models.SlugField(blank=True, help_text="Stable name in a preset; empty for own entries")
    name_nl = NameField()
    name_en = NameField(blank=True)
    level = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of a difficulty: 1 is easiest"
    )
    position = models.PositiveSmallIntegerField(default=0)
    owner = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="own_entries",
        help_text="The student whose own entry this is",
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual()

    class Meta:
        ordering = ("position", "name_nl", "id")
        verbose_name_plural = "vocabulary entries"
        constraints = (
            models.UniqueConstraint(
                fields=("cohort", "kind", "key"),
                condition=~Q(key=""),
                name="vocabulary_key_unique",
            ),
            models.UniqueConstraint(
                "cohort",
                "kind",
                Lower("name_nl"),
                condition=Q(owner=None),
                name="vocabulary_name_unique",
            ),
            models.UniqueConstraint(
                "cohort",
                "kind",
                "owner",
                Lower("name_nl"),
                condition=Q(owner__isnull=False),
                name="own_entry_name_unique",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Competence(models.Model):
    """What students of a cohort work on, in the programme's own words."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="competences")
    key = models.SlugField()
    code = models.CharField(max_length=20, blank=True)
    name_nl = NameField()
    name_en = NameField(blank=True)
    description_nl = RunningTextField(blank=True)
    description_en = RunningTextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual()
    description = Bilingual()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("cohort", "key"), name="competence_key_unique"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()


class StartingGoal(models.Model):
    """A learning goal that every new placement of the cohort starts with."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="starting_goals")
    key = models.SlugField()
    position = models.PositiveSmallIntegerField()
    title_nl = NameField()
    title_en = NameField()
    description_nl = RunningTextField(blank=True)
    description_en = RunningTextField(blank=True)

    title = Bilingual()
    description = Bilingual()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("cohort", "key"), name="starting_goal_key_unique"),
        )

    def __str__(self) -> str:
        return self.title


class CohortDeadline(models.Model):
    """A date that the programme sets for the students of a cohort."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="deadlines")
    title_nl = NameField()
    title_en = NameField(blank=True)
    due_on = models.DateField()
    due_time = models.TimeField(null=True, blank=True)

    title = Bilingual()

    class Meta:
        ordering = ("due_on", "due_time", "id")

    def __str__(self) -> str:
        return self.title

"""A student asks, with at most three items; the addressee sees a snapshot and answers."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stageapp.accounts.models import User
from stageapp.core.fields import NameField, RunningTextField, plausible_day
from stageapp.guidance import calendar_mails
from stageapp.invitations.models import Invitation
from stageapp.logbook.models import Activity, Evidence, Reflection, SavedItem
from stageapp.notifications.models import QueuedMail
from stageapp.placements.models import (
    LearningGoal,
    Placement,
    PlacementTeacher,
    Substitution,
)
from stageapp.planning.models import PLACE_LENGTH, Appointment


class GuidanceQuestion(models.Model):
    """One question of a student to one person. What state it is in follows from its dates."""

    class Addressee(models.TextChoices):
        TEACHER = "teacher", _("my teacher")
        SUPERVISOR = "supervisor", _("my workplace supervisor")
        OTHER = "other", _("someone else")

    class Form(models.TextChoices):
        WRITTEN = "written", _("a written reply")
        FACE_TO_FACE = "face_to_face", _("a talk face to face")
        PHONE = "phone", _("a phone call")
        VIDEO = "video", _("a video call")
        MEETING = "meeting", _("in a meeting we already have")

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="questions")
    client_id = models.UUIDField(default=uuid.uuid4, editable=False)
    title = NameField(_("title"))
    core = RunningTextField(_("the core of my question"))
    addressee = models.CharField(max_length=12, choices=Addressee, default=Addressee.TEACHER)
    teacher = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="questions_asked"
    )
    guest_name = NameField(blank=True, help_text="Addressee without an account")
    guest_email = models.EmailField(blank=True)
    guest_language = models.CharField(
        max_length=2, choices=settings.LANGUAGES, blank=True, default="", db_default=""
    )
    invitation = models.OneToOneField(
        Invitation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="question",
        help_text="The link of the guest it was shared with; nobody else without an account",
    )
    form = models.CharField(_("form"), max_length=12, choices=Form, default=Form.WRITTEN)
    goal = models.ForeignKey(
        LearningGoal,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        help_text="The learning goal that the student lays before the teacher",
    )
    goal_snapshot = models.JSONField(
        null=True, blank=True, help_text="Title and explanation of the goal when it was shared"
    )
    agreed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the teacher agreed with the goal, which is an answer"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    shared_at = models.DateTimeField(
        null=True, blank=True, help_text="Last time it was shared; a draft has none"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the teacher asked guided no longer: guiding again opens nothing by itself",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    conclusion_goal = RunningTextField(blank=True, help_text="Where I want to go")
    conclusion_learned = RunningTextField(blank=True, help_text="What I take from this")
    conclusion_next = RunningTextField(blank=True, help_text="What I do next")

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="question_sent_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(shared_at__isnull=False),
                name="only_shared_is_withdrawn",
            ),
        )
        indexes = (models.Index(fields=("teacher", "shared_at"), name="question_addressee"),)

    def __str__(self) -> str:
        return self.title

    @property
    def is_for_guest(self) -> bool:
        """It goes to somebody without an account."""
        return self.addressee != self.Addressee.TEACHER

    @property
    def addressee_name(self) -> str:
        """Who it is asked to; nobody where no teacher was chosen."""
        if self.is_for_guest:
            return self.guest_name
        return self.teacher.name if self.teacher else ""

    @property
    def is_draft(self) -> bool:
        """Never shared yet."""
        return self.shared_at is None

    @property
    def is_shared(self) -> bool:
        """Open to the addressee now."""
        return self.shared_at is not None and self.withdrawn_at is None

    @property
    def is_agreed(self) -> bool:
        """The teacher agreed with the goal as it is shared now."""
        return bool(self.agreed_at and self.shared_at and self.agreed_at >= self.shared_at)

    @property
    def version(self) -> str:
        """Which sharing this is: another one each time that the student shares it."""
        return self.shared_at.isoformat() if self.shared_at else ""


class AskingPreference(models.Model):
    """How a student likes to write a question; none until they chose."""

    person = models.OneToOneField(User, models.CASCADE, related_name="asking_preference")
    in_steps = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.in_steps}"


#: What can go with a question; a saved item is a tip or a chart.
Shareable = Activity | Reflection | Evidence | SavedItem


def is_there(row: Reflection | Evidence) -> bool:
    """Return whether this is in the logbook; it goes away with its activity."""
    activity = row.activity
    return row.deleted_at is None and (activity is None or activity.deleted_at is None)


class SharedItem(models.Model):
    """Something that goes with a question, as it was when it was shared."""

    #: At most three items a question: the positions make the database keep it (see the check).
    MOST: ClassVar[int] = 3

    class Kind(models.TextChoices):
        ACTIVITY = "activity", _("activity")
        REFLECTION = "reflection", _("reflection")
        TIP = "tip", _("tip")
        CHART = "chart", _("chart")
        EVIDENCE = "evidence", _("evidence")

    question = models.ForeignKey(GuidanceQuestion, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ACTIVITY)
    activity = models.ForeignKey(
        Activity, models.SET_NULL, null=True, blank=True, related_name="shared_items"
    )
    reflection = models.ForeignKey(
        Reflection, models.SET_NULL, null=True, blank=True, related_name="shared_items"
    )
    evidence = models.ForeignKey(
        Evidence, models.SET_NULL, null=True, blank=True, related_name="shared_items"
    )
    file = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="Which file in the store was shared; never another one, whatever comes after",
    )
    saved = models.ForeignKey(
        SavedItem,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="shared_items",
        help_text="The tip or the chart that was put aside",
    )
    snapshot = models.JSONField(
        null=True, blank=True, help_text="What the addressee sees; none before sharing"
    )
    snapshot_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("question", "position"), name="one_item_per_position"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=3), name="at_most_three_items"
            ),
            models.UniqueConstraint(
                fields=("question", "activity"),
                condition=Q(activity__isnull=False),
                name="activity_shared_once",
            ),
            models.UniqueConstraint(
                fields=("question", "reflection"),
                condition=Q(reflection__isnull=False),
                name="reflection_shared_once",
            ),
            models.UniqueConstraint(
                fields=("question", "evidence"),
                condition=Q(evidence__isnull=False),
                name="evidence_shared_once",
            ),
            models.UniqueConstraint(
                fields=("question", "saved"),
                condition=Q(saved__isnull=False),
                name="saved_item_shared_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_id}.{self.position}"

    @property
    def source(self) -> Shareable | None:
        """What it is a copy of, or None where that left the logbook."""
        if self.activity:
            return self.activity if self.activity.deleted_at is None else None
        if self.reflection:
            return self.reflection if is_there(self.reflection) else None
        if self.evidence:
            return self.evidence if is_there(self.evidence) else None
        return self.saved


#: Exactly one: somebody with an account, or a guest.
BY_SOMEBODY = Q(person__isnull=False, invitation=None) | Q(person=None, invitation__isnull=False)


class ItemOpening(models.Model):
    """The first time that somebody opened a shared item; the student sees the day."""

    item = models.ForeignKey(SharedItem, models.CASCADE, related_name="openings")
    person = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("item", "person"), name="first_opening_only"),
            models.UniqueConstraint(
                fields=("item", "invitation"), name="first_opening_of_guest_only"
            ),
            models.CheckConstraint(condition=BY_SOMEBODY, name="opened_by_person_or_guest"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.opened_at:%Y-%m-%d}"


class Message(models.Model):
    """One message in the conversation about a question."""

    question = models.ForeignKey(GuidanceQuestion, models.CASCADE, related_name="messages")
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is sent once"
    )
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    invitation = models.ForeignKey(
        Invitation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The guest who wrote it, who is no author with an account",
    )
    is_from_student = models.BooleanField()
    text = RunningTextField(_("message"))
    sent_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(
        null=True, blank=True, help_text="When its writer last changed it"
    )

    class Meta:
        ordering = ("sent_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("question", "client_id"), name="message_sent_once"),
            models.CheckConstraint(
                condition=Q(author=None) | Q(invitation=None), name="one_writer_of_message"
            ),
        )
        indexes = (models.Index(fields=("question", "sent_at"), name="conversation"),)

    def __str__(self) -> str:
        return f"{self.question_id} {self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def writer_name(self) -> str:
        """Who wrote it."""
        writer = self.author or self.invitation
        return writer.name if writer else gettext("Former account")


def _attachment_path(attachment: "Attachment", name: str) -> str:  # noqa: ARG001 -- Django's
    """Keep files under names that tell nothing and that nobody can guess."""
    return f"messages/{attachment.message.question_id}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A file that goes with a message; who can read the message can fetch it."""

    #: At most three files a message: the positions make the database keep it (see the check).
    MOST: ClassVar[int] = 3

    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    name = NameField()
    file = models.FileField(max_length=255, upload_to=_attachment_path)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes of the file")

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("message", "position"), name="one_attachment_per_position"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=3), name="at_most_three_attachments"
            ),
        )

    def __str__(self) -> str:
        return self.name


class OwnWords(models.Model):
    """A piece of text that a teacher likes to write with; nobody else sees it.

    It serves a part of the frame of a reply, or any place.
    """

    #: So many of each kind: the positions make the database keep it (see the check).
    MOST: ClassVar[int] = 10

    class Kind(models.TextChoices):
        SALUTATION = "salutation", _("salutation")
        ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement")
        CORE = "core", _("core message")
        ACTIVATION = "activation", _("activation")
        CLOSING = "closing", _("closing")
        FREE = "free", _("for any place")

    owner = models.ForeignKey(User, models.CASCADE, related_name="own_words")
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is kept once"
    )
    kind = models.CharField(_("where it belongs"), max_length=16, choices=Kind)
    position = models.PositiveSmallIntegerField(
        null=True, help_text="Its place among those of its kind; none while two change places"
    )
    name = NameField(_("name on the button"), blank=True)
    text = RunningTextField(_("text"))

    class Meta:
        ordering = ("kind", "position", "id")
        constraints = (
            models.UniqueConstraint(fields=("owner", "client_id"), name="own_words_kept_once"),
            models.UniqueConstraint(
                fields=("owner", "kind", "position"), name="own_words_one_per_position"
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=10), name="own_words_at_most_ten"
            ),
        )

    def __str__(self) -> str:
        return self.name or self.text[:40]


class WritingHelp(models.Model):
    """Whether somebody wants hints while writing a reply; no row means yes."""

    person = models.OneToOneField(User, models.CASCADE, related_name="writing_help")
    shows_hints = models.BooleanField(default=True, db_default=True)

    def __str__(self) -> str:
        return f"{self.person_id} {self.shows_hints}"


class QuestionReading(models.Model):
    """Up to when somebody has read a conversation."""

    question = models.ForeignKey(GuidanceQuestion, models.CASCADE, related_name="readings")
    person = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="+"
    )
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("question", "person"), name="one_reading_per_person"),
            models.UniqueConstraint(fields=("question", "invitation"), name="one_reading_of_guest"),
            models.CheckConstraint(condition=BY_SOMEBODY, name="read_by_person_or_guest"),
        )

    def __str__(self) -> str:
        return f"{self.question_id} {self.person_id or self.invitation_id}"

    @property
    def reader_name(self) -> str:
        """Who it was."""
        reader = self.person or self.invitation
        return reader.name if reader else ""


class QuestionReader(models.Model):
    """Somebody with whom the student shared a question beside the teacher asked.

    It opens the question as long as that person guides along, or stands in for the teacher asked:
    without a row nothing of before opens by a new link or a new period.
    """

    question = models.ForeignKey(GuidanceQuestion, models.CASCADE, related_name="along")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    link = models.ForeignKey(
        PlacementTeacher, models.CASCADE, null=True, blank=True, related_name="+"
    )
    substitution = models.ForeignKey(
        Substitution, models.CASCADE, null=True, blank=True, related_name="+"
    )
    shared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("question", "person"), name="reads_along_once"),
            models.CheckConstraint(
                condition=Q(link__isnull=True) ^ Q(substitution__isnull=True),
                name="reads_along_by_one_part",
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_id} {self.person_id}"

    @property
    def is_proposed(self) -> bool:
        """Chosen beforehand: who guides along or stands in, not a second teacher of one's own."""
        return self.link is None or self.link.is_along


class TalkProposal(models.Model):
    """Moments for a talk about a question, proposed by one of the two; the other picks one.

    Or, without moments, that it is talked over in a meeting that is planned already.
    """

    #: At most five moments a proposal: the positions make the database keep it (see the check).
    MOST: ClassVar[int] = 5
    MINUTES: ClassVar[int] = 30

    class Form(models.TextChoices):
        FACE_TO_FACE = "face_to_face", _("face to face")
        PHONE = "phone", _("by phone")
        VIDEO = "video", _("by video")
        MEETING = "meeting", _("in our planned meeting")

    class Outcome(models.TextChoices):
        PICKED = "picked", _("picked")
        NONE_FITS = "none_fits", _("none of them fits")
        TAKEN_BACK = "taken_back", _("taken back")

    question = models.ForeignKey(GuidanceQuestion, models.CASCADE, related_name="talk_proposals")
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is made once"
    )
    proposed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    is_from_student = models.BooleanField()
    form = models.CharField(
        _("how we talk"), max_length=12, choices=Form, default=Form.FACE_TO_FACE
    )
    place = NameField(_("where"), max_length=PLACE_LENGTH, blank=True)
    minutes = models.PositiveSmallIntegerField(_("how long"), default=MINUTES)
    note = RunningTextField(_("a word with it"), blank=True)
    proposed_at = models.DateTimeField(default=timezone.now, editable=False)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    appointment = models.OneToOneField(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="proposal"
    )
    no_report_at = models.DateTimeField(
        null=True, blank=True, help_text="When the student said that no report is needed"
    )

    class Meta:
        ordering = ("proposed_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("question", "client_id"), name="talk_proposed_once"),
            models.UniqueConstraint(
                fields=("question",), condition=Q(outcome=""), name="one_talk_proposal_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None)
                | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="talk_settled_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480), name="talk_plausible_minutes"
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_id} {self.proposed_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """The other has still to pick."""
        return not self.outcome

    @property
    def answers_at(self) -> datetime | None:
        """When the teacher answered with it: by proposing it, or by settling the student's."""
        if self.outcome == self.Outcome.TAKEN_BACK:
            return None
        if self.is_from_student and self.form != self.Form.MEETING:
            return self.settled_at
        return self.proposed_at

    @property
    def asks_since(self) -> datetime | None:
        """Since when it asks the teacher for moments, or to pick one."""
        if self.is_from_student:
            return self.proposed_at if self.is_open else None
        return self.settled_at if self.outcome == self.Outcome.NONE_FITS else None


class ProposedMoment(models.Model):
    """One of the moments to choose from."""

    proposal = models.ForeignKey(TalkProposal, models.CASCADE, related_name="moments")
    position = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()

    class Meta:
        ordering = ("starts_at", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("proposal", "position"), name="one_moment_per_position"
            ),
            models.UniqueConstraint(fields=("proposal", "starts_at"), name="moment_proposed_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=5), name="at_most_five_moments"
            ),
        )

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        """When a talk that begins then is over."""
        return self.starts_at + timedelta(minutes=self.proposal.minutes)


class AppointmentMail(QueuedMail):
    """A mail for the calendar of one of the two: that they talk, when now, or not any more."""

    class Method(models.TextChoices):
        REQUEST = "REQUEST", "REQUEST"
        CANCEL = "CANCEL", "CANCEL"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="mails")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    method = models.CharField(max_length=10, choices=Method)
    sequence = models.PositiveIntegerField()
    caused_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("appointment", "person", "sequence"), name="one_mail_per_change"
            ),
        )
        indexes = (
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="appointment_outbox",
            ),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.appointment_id} {self.person_id}"

    def to_mail(self) -> EmailMessage | None:
        """Return the mail with its calendar file; nothing where it changed once more since."""
        return calendar_mails.mail_of(self)


class MeetingReport(models.Model):
    """What the student writes of a talk: only theirs until shared, then read by the teacher.

    The teacher confirms it, or adds something in own words; the student's words stay the student's.
    """

    question = models.ForeignKey(GuidanceQuestion, models.CASCADE, related_name="meeting_reports")
    appointment = models.OneToOneField(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="report"
    )
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is kept once"
    )
    discussed = RunningTextField(_("what we discussed"), blank=True)
    agreed = RunningTextField(_("what we agreed"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    shared_at = models.DateTimeField(
        null=True, blank=True, help_text="Last time it was shared; a draft has none"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    addition = RunningTextField(
        _("what I add"), blank=True, help_text="In the words of the teacher"
    )

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("question", "client_id"), name="report_kept_once"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(shared_at__isnull=False),
                name="only_shared_report_is_withdrawn",
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_id} {self.created_at:%Y-%m-%d}"

    @property
    def is_shared(self) -> bool:
        """Open to the teacher now, as long as its question is."""
        return self.shared_at is not None and self.withdrawn_at is None

    @property
    def is_confirmed(self) -> bool:
        """The teacher confirmed it as it is shared now."""
        return bool(self.confirmed_at and self.shared_at and self.confirmed_at >= self.shared_at)

    @property
    def version(self) -> str:
        """Which sharing this is: another one each time that the student shares it."""
        return self.shared_at.isoformat() if self.shared_at else ""


class ActionPoint(models.Model):
    """Who does what, and by when: what comes of a question, or what a student sets for oneself."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="action_points")
    client_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Made by the form, so that it is kept once"
    )
    question = models.ForeignKey(
        GuidanceQuestion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="action_points",
        help_text="Its teacher sees the point while the question is open; without, nobody else",
    )
    report = models.ForeignKey(
        MeetingReport,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="action_points",
        help_text="Its question is this point's question as long as the report is shared",
    )
    what = NameField(_("what has to be done"))
    due_on = models.DateField(_("by when"), null=True, blank=True, validators=[plausible_day])
    owner = models.ForeignKey(
        User,
        models.SET_NULL,
        null=True,
        related_name="action_points",
        help_text="Who does it: the student of the placement, or the teacher of the question",
    )
    done_at = models.DateTimeField(null=True, blank=True)
    goal = models.ForeignKey(
        LearningGoal,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="action_points",
        help_text="The learning goal that was made of it",
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = (F("due_on").asc(nulls_last=True), "id")
        constraints = (
            models.UniqueConstraint(fields=("placement", "client_id"), name="point_kept_once"),
        )
        indexes = (models.Index(fields=("due_on",), condition=Q(done_at=None), name="points_due"),)

    def __str__(self) -> str:
        return self.what

    @property
    def origin(self) -> GuidanceQuestion | None:
        """The question that it came of, also while its report is the student's alone."""
        return self.question or (self.report.question if self.report else None)

    @property
    def is_done(self) -> bool:
        """Ticked off."""
        return self.done_at is not None

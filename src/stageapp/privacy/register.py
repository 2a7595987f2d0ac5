"""What is kept about a person: every table, in groups that a person can read.

The page "My data", the copy that somebody takes, the clearing up of what was kept long enough, and
the tests that nothing was forgotten all read it. A table stands in it once, or in
`ABOUT_NOBODY`; a test says which ones are missing.
"""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from stageapp.accounts.models import User
from stageapp.administration import models as administration
from stageapp.api import models as api
from stageapp.audit import models as audit
from stageapp.core import models as core
from stageapp.exports import models as exports
from stageapp.guidance import models as guidance
from stageapp.integrations.campus import models as campus
from stageapp.integrations.lti import models as lti
from stageapp.integrations.portfolio import models as portfolio
from stageapp.integrations.records import models as records
from stageapp.integrations.roster import models as roster
from stageapp.invitations import models as invitations
from stageapp.logbook import models as logbook
from stageapp.notifications import models as notifications
from stageapp.placements import models as placements
from stageapp.planning import models as planning
from stageapp.privacy import models as privacy
from stageapp.programmes import models as programmes
from stageapp.tips import models as tips


@dataclass(frozen=True)
class Table:
    """A table with rows about a person."""

    model: type[Model]
    #: The lookup from a row to the person; nothing where rows name nobody by a key.
    person: str
    #: Whether the rows go into the copy as they are, beside the archive of each placement.
    in_copy: bool = True
    #: Columns that let somebody in, which are given to nobody.
    secret: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """A group of tables, in words: what it is, why it is kept, who sees it, until when."""

    key: str
    what: StrPromise
    why: StrPromise
    who: StrPromise
    until: StrPromise
    tables: tuple[Table, ...]


_WITH_PLACEMENT = _("Until you remove it, or %(months)d months after the placement ended.")
_WITH_ACCOUNT = _("As long as you have an account.")
_ONLY_YOU = _("Only you.")

REGISTER: tuple[Kept, ...] = (
    Kept(
        "account",
        _("Your name, e-mail address, student number and language"),
        _("To let you in, to mail you, and so that others know who shares something with them."),
        _("You, who guides you, and who administers your programme."),
        _("As long as you have an account; it goes when you do not use it for %(months)d months."),
        (
            Table(User, "pk", secret=("password",)),
            Table(EmailAddress, "user"),
            Table(EmailConfirmation, "email_address__user", in_copy=False),
        ),
    ),
    Kept(
        "signing_in",
        _("How you sign in, and where you are signed in now"),
        _("To keep others out of your account."),
        _("Only you. Passwords and keys can be read by nobody, not by us either."),
        _("As long as you have an account; where you were signed in until you sign out."),
        (
            Table(Authenticator, "user", secret=("data",)),
            Table(UserSession, "user", secret=("session_key", "data")),
            Table(campus.CampusAccount, "person"),
            Table(campus.CampusSession, "session__user", in_copy=False, secret=("digest",)),
            Table(Session, "", in_copy=False),
            Table(lti.Identity, "person"),
            Table(lti.Handover, "person", in_copy=False, secret=("token_hash", "waiting")),
            Table(lti.LoginState, "", in_copy=False),
        ),
    ),
    Kept(
        "programs",
        _("Tokens and webhooks that you made for other programs, and what was sent to them"),
        _("So that a program of yours can do what you let it do, and hears what is new for you."),
        _("Only you, and the programs that you chose. Secrets can be read by nobody."),
        _("Until you revoke or remove them; what was sent thirty days."),
        (
            Table(api.AccessToken, "person", secret=("token_hash",)),
            Table(api.Webhook, "person", secret=("secret", "secret_before")),
            Table(api.WebhookEvent, "webhook__person"),
            Table(api.SentOnce, "person", in_copy=False),
        ),
    ),
    Kept(
        "roles",
        _("Your roles: student, teacher or administrator, and of which programme"),
        _("What you can see and do follows from them."),
        _("You, and who administers the programme."),
        _WITH_ACCOUNT,
        (
            Table(programmes.ProgrammeMembership, "person"),
            Table(programmes.InstitutionAdministrator, "person"),
            Table(administration.AccountMail, "person"),
            Table(administration.Merge, "kept"),
            Table(administration.MergeMail, "merge__kept", in_copy=False),
        ),
    ),
    Kept(
        "placements",
        _("Your placements: where, when, with whom, absences and working agreements"),
        _("Dates, progress and who guides you follow from them."),
        _(
            "You, and who guides you. Why you were away stays with you. Administrators see that "
            "there is a placement, when, and who guides it."
        ),
        _WITH_PLACEMENT,
        (
            Table(placements.Placement, "student"),
            Table(placements.Workplace, "placements__student"),
            Table(placements.Interruption, "placement__student"),
            Table(placements.WorkingAgreement, "placement__student"),
            Table(privacy.PlacementNotice, "placement__student"),
        ),
    ),
    Kept(
        "logbook",
        _("Your logbook: activities, reflections, evidence, learning goals, what you saved"),
        _("It is what the app is for: you look back on it and choose what to share."),
        _("Only you, and what you share those you share it with, until you withdraw it."),
        _(
            "Until you remove it, or %(months)d months after the placement ended. What you removed "
            "can be brought back for 30 days."
        ),
        (
            Table(logbook.Activity, "placement__student"),
            Table(logbook.ActivityFeedback, "activity__placement__student"),
            Table(logbook.Chain, "placement__student"),
            Table(logbook.Evidence, "placement__student"),
            Table(logbook.Reflection, "placement__student"),
            Table(logbook.ReflectionAnswer, "reflection__placement__student"),
            Table(logbook.ActivityTemplate, "placement__student"),
            Table(logbook.SavedItem, "student"),
            Table(placements.LearningGoal, "placement__student"),
            Table(placements.GoalChange, "goal__placement__student"),
            Table(placements.GoalAgreement, "goal__placement__student"),
            Table(programmes.VocabularyEntry, "owner"),
            Table(programmes.PreferredReflectionModel, "person"),
        ),
    ),
    Kept(
        "calendar",
        _("Your calendar: deadlines, appointments, and your private feed"),
        _("So that you see what comes."),
        _("Only you; an appointment also who it is with."),
        _WITH_PLACEMENT,
        (
            Table(planning.Deadline, "placement__student"),
            Table(planning.Appointment, "placement__student"),
            Table(planning.CalendarFeed, "person", secret=("token_hash",)),
            Table(guidance.AppointmentMail, "person"),
        ),
    ),
    Kept(
        "tips",
        _("Which tips you saw, with the numbers of then, and what you thought of them"),
        _("So that a tip that did not help stays away, and your programme learns which ones do."),
        _("Only you; your programme sees totals, never of fewer than five students."),
        _WITH_PLACEMENT,
        (
            Table(tips.TipShowing, "placement__student"),
            Table(tips.TipReaction, "placement__student"),
        ),
    ),
    Kept(
        "guidance",
        _("Your guidance questions, with what was shared, the conversation, reports and points"),
        _("So that you and who guides you can go on where you were."),
        _("You and whom you shared it with, until you withdraw it."),
        _WITH_PLACEMENT,
        (
            Table(guidance.GuidanceQuestion, "placement__student"),
            Table(guidance.SharedItem, "question__placement__student"),
            Table(guidance.ItemOpening, "item__question__placement__student"),
            Table(guidance.Message, "question__placement__student"),
            Table(guidance.Attachment, "message__question__placement__student"),
            Table(guidance.QuestionReading, "question__placement__student"),
            Table(guidance.QuestionReader, "question__placement__student"),
            Table(guidance.TalkProposal, "question__placement__student"),
            Table(guidance.ProposedMoment, "proposal__question__placement__student"),
            Table(guidance.MeetingReport, "question__placement__student"),
            Table(guidance.ActionPoint, "placement__student"),
            Table(guidance.AskingPreference, "person"),
        ),
    ),
    Kept(
        "guests",
        _("Whom you invited without an account: their name and address"),
        _("To send them their link, and to let you end it."),
        _("You and the guest."),
        _WITH_PLACEMENT,
        (
            Table(
                invitations.Invitation,
                "invited_by",
                secret=("number", "token_hash", "code_key", "session_key"),
            ),
            Table(invitations.GuestMail, "invitation__invited_by"),
        ),
    ),
    Kept(
        "documents",
        _("Documents that you asked for, and files that you brought in"),
        _("So that you can take them."),
        _("Only you, and whom you mailed a document to."),
        _("A week; a sheet that you brought in as long as its placement."),
        (
            Table(exports.Export, "placement__student"),
            Table(exports.ExportMail, "sender"),
            Table(exports.ArchiveImport, "placement__student"),
            Table(exports.SheetImport, "placement__student"),
            Table(portfolio.Portfolio, "placement__student"),
            Table(privacy.DataCopy, "person"),
            Table(privacy.Removal, "person"),
            Table(privacy.DiscardedFile, "", in_copy=False),
        ),
    ),
    Kept(
        "badges",
        _("Badges that you made, as you had them signed"),
        _("So that you can take them again."),
        _("Only you, and whom you gave a badge to."),
        _("Until you remove it, or as long as the placement."),
        (Table(portfolio.Badge, "placement__student"),),
    ),
    Kept(
        "learning_records",
        _("What you let go to a record store, as it went"),
        _("So that it arrives once, you see what went, and you can take it back."),
        _("Only you; in the store those whom your school names there."),
        _(
            "As long as the placement. What is in a store stays there, unless you take it back "
            "before."
        ),
        (Table(records.Statement, "placement__student"),),
    ),
    Kept(
        "news",
        _("Your news, which of it came by mail, and how you want it"),
        _("So that you hear what concerns you, and can see which mail came and why."),
        _ONLY_YOU,
        _("A year; how you want it as long as you have an account."),
        (
            Table(notifications.Notification, "person"),
            Table(notifications.Digest, "person"),
            Table(notifications.Preference, "person"),
            Table(notifications.Schedule, "person"),
        ),
    ),
    Kept(
        "teaching",
        _("As a teacher: whom you guide, your terms, leave, fixed moments and own words"),
        _("So that students know when and how you answer, and you find your students."),
        _("You; your students see your terms, moments and leave. Own words are yours alone."),
        _("As long as you have an account; a link as long as the placement."),
        (
            Table(placements.PlacementTeacher, "teacher"),
            Table(placements.TeacherTerms, "teacher"),
            Table(placements.TeacherLeave, "teacher"),
            Table(placements.Substitution, "teacher"),
            Table(placements.FixedMoment, "teacher"),
            Table(guidance.OwnWords, "owner"),
            Table(guidance.WritingHelp, "person"),
        ),
    ),
    Kept(
        "administering",
        _("As an administrator: which files with links you brought in, what you published"),
        _("So that a file can be undone, and it is known who did it."),
        _("Who administers the same programmes."),
        _("As long as the programme; without your name when you have no account any more."),
        (
            Table(placements.LinkFile, "applied_by"),
            Table(placements.LinkFileChange, "file__applied_by"),
            Table(programmes.PrivacyStatement, "published_by"),
            Table(tips.TipVersion, "made_by"),
            Table(roster.Source, "run_by", secret=("client", "secret")),
            Table(roster.Run, "begun_by"),
        ),
    ),
    Kept(
        "lists",
        _("What a list of people of your school said of you, and what that changed here"),
        _("So that nobody types the list twice, and what it did can be undone."),
        _("Functional administrators of your school."),
        _(
            "A year; whose account you are in the list as long as you have an account. A list that "
            "was uploaded itself a day at most."
        ),
        (
            Table(roster.Member, "person"),
            Table(roster.Claim, "person"),
            Table(roster.Wish, "student"),
            Table(roster.Change, "person"),
            Table(roster.Upload, "", in_copy=False),
        ),
    ),
    Kept(
        "agreements",
        _("With which text about privacy you agreed, and when; what we told you about keeping"),
        _("So that you and your school know what you read."),
        _("You and your school."),
        _WITH_ACCOUNT,
        (
            Table(programmes.Agreement, "person"),
            Table(privacy.AccountNotice, "person"),
        ),
    ),
    Kept(
        "record",
        _("The record of who did what: signing in, roles, links, what was opened or taken out"),
        _("The law asks who had access to personal data, and when."),
        _("Functional administrators of your school. It has keys, no names and no texts."),
        _("%(audit_days)d days."),
        (Table(audit.AuditEntry, "actor_key", secret=("digest",)),),
    ),
)

#: What an institution configures, and what the app needs for itself.
ABOUT_NOBODY: frozenset[type[Model]] = frozenset(
    {
        audit.AuditChain,
        # Hashes that tell nobody, for an hour at most.
        core.Use,
        notifications.DailyRun,
        programmes.Institution,
        programmes.Announcement,
        programmes.Holiday,
        programmes.Programme,
        programmes.ReflectionModel,
        programmes.ReflectionField,
        programmes.Cohort,
        programmes.FormPart,
        programmes.Competence,
        programmes.StartingGoal,
        programmes.CohortDeadline,
        tips.Tip,
        roster.Line,
        lti.Platform,
        lti.Deployment,
        lti.ToolKey,
        lti.Course,
        # It says why a launch was refused, not whose it was.
        lti.RefusedLaunch,
        lti.RegistrationLink,
        campus.CampusProvider,
        campus.CampusDomain,
        campus.CampusRule,
        # Hashes of assertions and logout tokens that were used, until those are over.
        campus.UsedAssertion,
        records.RecordStore,
        portfolio.SigningKey,
        # Django's and not used: who may do what follows from relations.
        Permission,
        Group,
        ContentType,
    }
)

#: What stays of a placement that was kept long enough, so that totals keep their meaning: how
#: many, how long, of which kind, when. All that somebody wrote in these rows is emptied.
FIGURES: dict[type[Model], tuple[str, dict[str, Any]]] = {
    logbook.Activity: (
        "placement",
        {
            "description": "",
            "learned": "",
            "next_steps": "",
            "support_workplace": "",
            "support_programme": "",
            "search_text": "",
        },
    ),
    logbook.ActivityFeedback: (
        "activity__placement",
        {
            "what_made_it_hard": "",
            "own_initiative": "",
            "next_step": "",
            "whom_to_ask": "",
            "support_workplace": "",
            "support_programme": "",
        },
    ),
    logbook.Reflection: ("placement", {"title": ""}),
    guidance.GuidanceQuestion: (
        "placement",
        {
            "title": "",
            "core": "",
            "teacher": None,
            "guest_name": "",
            "guest_email": "",
            "goal_snapshot": None,
            "conclusion_goal": "",
            "conclusion_learned": "",
            "conclusion_next": "",
        },
    ),
    tips.TipShowing: ("placement", {"values": {}}),
    tips.TipReaction: ("placement", {}),
}

#: What goes, with all that hangs on it; by the lookup from a row to the placement.
REMOVED: tuple[tuple[type[Model], str], ...] = (
    (exports.ExportMail, "export__placement"),
    (exports.Export, "placement"),
    (exports.ArchiveImport, "placement"),
    (exports.SheetImport, "placement"),
    (portfolio.Portfolio, "placement"),
    (portfolio.Badge, "placement"),
    (records.Statement, "placement"),
    (invitations.Invitation, "question__placement"),
    (guidance.ActionPoint, "placement"),
    (guidance.MeetingReport, "question__placement"),
    (guidance.TalkProposal, "question__placement"),
    (guidance.Message, "question__placement"),
    (guidance.SharedItem, "question__placement"),
    (guidance.QuestionReading, "question__placement"),
    (guidance.QuestionReader, "question__placement"),
    (planning.Appointment, "placement"),
    (planning.Deadline, "placement"),
    (logbook.SavedItem, "placement"),
    (logbook.ActivityTemplate, "placement"),
    (logbook.ReflectionAnswer, "reflection__placement"),
    (logbook.Evidence, "placement"),
    (logbook.Chain, "placement"),
    (placements.LearningGoal, "placement"),
    (placements.WorkingAgreement, "placement"),
    (placements.Interruption, "placement"),
    (placements.PlacementTeacher, "placement"),
    (privacy.PlacementNotice, "placement"),
)

#: Files in the store that belong to a placement: a table, its columns, the way to the placement.
FILES: tuple[tuple[type[Model], tuple[str, ...], str], ...] = (
    (logbook.Evidence, ("file", "thumbnail"), "placement"),
    (guidance.Attachment, ("file",), "message__question__placement"),
    (exports.Export, ("file",), "placement"),
    (portfolio.Portfolio, ("file",), "placement"),
    (exports.ArchiveImport, ("file",), "placement"),
)

"""What becomes of everything that points at an account when it goes into another one.

Every relation to a person has a policy here, by name: a new one without a policy fails a test, for
nobody decided then whether its rows may just move.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from stageapp.accounts.models import User
from stageapp.guidance.models import OwnWords, QuestionReader
from stageapp.notifications.models import Notification
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.actions_lists import join_own_entries

#: The length of the column with the key of a saved item.
MOST_OF_KEY = 100


@dataclass(frozen=True)
class Merging:
    """An account that goes, one that stays, and when."""

    double: User
    kept: User
    at: datetime


@dataclass(frozen=True)
class Column:
    """Where a table names a person."""

    model: type[Model]
    name: str

    @property
    def label(self) -> str:
        """What it is called in the list of policies."""
        return f"{self.model._meta.label}.{self.name}"

    def rows_of(self, person: User) -> QuerySet[Any]:
        """Return the rows that name somebody."""
        return self.model._base_manager.filter(**{self.name: person})


Policy = Callable[[Column, Merging], None]


def move(column: Column, merging: Merging) -> None:
    """Let the rows name the account that stays."""
    column.rows_of(merging.double).update(**{column.name: merging.kept})


def drop(column: Column, merging: Merging) -> None:
    """Remove the rows: they let somebody in, or lead to an address that is given up."""
    column.rows_of(merging.double).delete()


def leave(column: Column, merging: Merging) -> None:
    """Leave the rows as they are: they tell of both accounts, or go with other rows."""


def move_made(column: Column, merging: Merging) -> None:
    """Move documents that are ready; one in the making would hold half of the two."""
    column.rows_of(merging.double).filter(ready_at=None, failed_at=None).delete()
    move(column, merging)


def keep_own(column: Column, merging: Merging) -> None:
    """Let the setting of the account that stays hold; where it has none, that of the double."""
    if column.rows_of(merging.kept).exists():
        drop(column, merging)
    else:
        move(column, merging)


def unite(*same: str, least: str = "", most: str = "") -> Policy:
    """Return the policy of a table with one row for each of these columns and a person.

    Where both have one, that of the account that stays holds, with the earlier or the later
    moment of the two.
    """

    def policy(column: Column, merging: Merging) -> None:
        for theirs, own in _pairs(column, merging, same):
            for name, choose in ((least, min), (most, max)):
                if name:
                    setattr(own, name, choose(getattr(own, name), getattr(theirs, name)))
                    own.save(update_fields=[name])
            theirs.delete()
        move(column, merging)

    return policy


def unite_newest(*same: str, moment: str, **only: Any) -> Policy:
    """Return the policy of a table of which the newest of two rows holds, as a whole."""

    def policy(column: Column, merging: Merging) -> None:
        for theirs, own in _pairs(column, merging, same, **only):
            older = min(theirs, own, key=lambda row: getattr(row, moment))
            older.delete()
        move(column, merging)

    return policy


def unite_digests(column: Column, merging: Merging) -> None:
    """Bring the news that waits for two mails at the same moment together in one."""
    for theirs, own in _pairs(column, merging, ("frequency", "planned_for")):
        if theirs.mailed_at is None:
            Notification.objects.filter(digest=theirs).update(digest=own)
        theirs.delete()
    move(column, merging)


def unite_placements(column: Column, merging: Merging) -> None:
    """Move all placements; of two that are current, the one that runs or begins last stays so."""
    both = Placement.objects.filter(student__in=(merging.double, merging.kept), is_current=True)
    current = sorted(
        both.select_for_update(of=("self",)).select_related("cohort__programme__institution"),
        key=lambda one: (one.covers(one.today()), one.starts_on, one.student_id == merging.kept.pk),
    )
    others = [one.pk for one in current[:-1]]
    Placement.objects.filter(pk__in=others).update(is_current=False)
    move(column, merging)


def unite_links(column: Column, merging: Merging) -> None:
    """Move the links with students; where both guide a placement, the larger part holds."""
    for theirs, own in _pairs(column, merging, ("placement",), ended_at=None):
        if own.is_along and not theirs.is_along:
            own.part = PlacementTeacher.Part.MAIN
            own.save(update_fields=["part"])
        # What students shared by that link stays shared by the one that holds.
        QuestionReader.objects.filter(link=theirs).update(link=own)
        theirs.ended_at = merging.at
        theirs.save(update_fields=["ended_at"])
    move(column, merging)


def unite_entries(column: Column, merging: Merging) -> None:  # noqa: ARG001 -- as every policy
    """Move own entries of lists; what both have becomes one."""
    join_own_entries(merging.double, merging.kept)


def unite_saved(column: Column, merging: Merging) -> None:
    """Move what was put aside. The same tip, put aside twice, stays twice: it has two notes."""
    for theirs, _own in _pairs(column, merging, ("kind", "key")):
        if theirs.key:
            end = f"~{theirs.pk}"
            theirs.key = theirs.key[: MOST_OF_KEY - len(end)] + end
            theirs.save(update_fields=["key"])
    move(column, merging)


def append_words(column: Column, merging: Merging) -> None:
    """Put the texts of the double after those of the account that stays, kind by kind."""
    last = dict(
        OwnWords.objects.filter(owner=merging.kept)
        .order_by()
        .values_list("kind")
        .annotate(Max("position"))
    )
    for words in column.rows_of(merging.double).order_by("kind", "position"):
        words.position = last[words.kind] = (last.get(words.kind) or 0) + 1
        words.owner = merging.kept
        words.save(update_fields=["position", "owner"])


def _pairs(
    column: Column, merging: Merging, same: tuple[str, ...], **only: Any
) -> Iterator[tuple[Any, Any]]:
    """Return the rows of both that have the same in these columns."""
    names = [column.model._meta.get_field(name).attname for name in same]  # type: ignore[union-attr]

    def key(row: Any) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in names)

    own = {key(row): row for row in column.rows_of(merging.kept).filter(**only)}
    for theirs in list(column.rows_of(merging.double).filter(**only)):
        if key(theirs) in own:
            yield theirs, own[key(theirs)]


#: Each relation to a person, and what becomes of its rows.
POLICIES: dict[str, Policy] = {
    # What lets somebody in, and addresses: those of the double are given up.
    "account.EmailAddress.user": drop,
    "mfa.Authenticator.user": drop,
    "usersessions.UserSession.user": drop,
    "planning.CalendarFeed.person": drop,
    "api.AccessToken.person": drop,
    "api.Webhook.person": drop,
    "api.SentOnce.person": drop,
    # Who came in from a course shows anew who they are; a way in never comes with a merge.
    "lti.Identity.person": drop,
    "lti.Handover.person": drop,
    # Its owner proved that both are theirs; from then on it leads to the one that stays.
    "campus.CampusAccount.person": move,
    # Roles.
    "programmes.ProgrammeMembership.person": unite("programme", "role"),
    # Who runs an institution is not merged.
    "programmes.InstitutionAdministrator.person": leave,
    # Settings.
    "notifications.Schedule.person": keep_own,
    "notifications.Preference.person": unite("kind"),
    "programmes.PreferredReflectionModel.person": unite("model"),
    "placements.TeacherTerms.teacher": keep_own,
    "guidance.AskingPreference.person": keep_own,
    "guidance.WritingHelp.person": keep_own,
    "guidance.OwnWords.owner": append_words,
    # Learning.
    "placements.Placement.student": unite_placements,
    "programmes.VocabularyEntry.owner": unite_entries,
    "logbook.SavedItem.student": unite_saved,
    # Guiding.
    "placements.PlacementTeacher.teacher": unite_links,
    # Goes with the links.
    "placements.Placement.teachers": leave,
    "placements.TeacherLeave.teacher": move,
    "placements.Substitution.teacher": unite("client_id"),
    "placements.Substitution.substitute": move,
    "placements.Substitution.made_by": move,
    "placements.FixedMoment.teacher": unite("client_id"),
    "placements.WorkingAgreement.teacher": unite_newest(
        "placement", moment="proposed_at", confirmed_at=None
    ),
    "placements.WorkingAgreement.proposed_by": move,
    "placements.GoalAgreement.teacher": move,
    "placements.LinkFile.applied_by": move,
    "placements.LinkFile.undone_by": move,
    "planning.Appointment.teacher": move,
    # Questions and talks.
    "guidance.GuidanceQuestion.teacher": move,
    "guidance.ItemOpening.person": unite("item", least="opened_at"),
    "guidance.QuestionReading.person": unite("question", most="read_at"),
    "guidance.QuestionReader.person": unite_newest("question", moment="shared_at"),
    "guidance.Message.author": move,
    "guidance.TalkProposal.proposed_by": move,
    "guidance.AppointmentMail.person": unite("appointment", "sequence"),
    "guidance.AppointmentMail.actor": move,
    "guidance.MeetingReport.confirmed_by": move,
    "guidance.ActionPoint.owner": move,
    "guidance.ActionPoint.created_by": move,
    "invitations.Invitation.invited_by": move,
    # News and mails.
    "notifications.Digest.person": unite_digests,
    "notifications.Notification.person": unite("kind", "cause"),
    "notifications.Notification.actor": move,
    "exports.ExportMail.sender": move,
    "administration.AccountMail.person": move,
    "administration.AccountMail.sent_by": move,
    # Own data: what was agreed with, taken out, or is to be removed.
    "programmes.Agreement.person": unite("institution", "number", least="agreed_at"),
    "privacy.DataCopy.person": move_made,
    "privacy.Removal.person": unite("placement"),
    # It was said of an account that nobody used.
    "privacy.AccountNotice.person": drop,
    # What was made for others.
    "programmes.PrivacyStatement.published_by": move,
    "tips.TipVersion.made_by": move,
    # Lists of people from elsewhere.
    "roster.Source.run_by": move,
    "roster.Run.begun_by": move,
    "roster.Run.undone_by": move,
    "roster.Member.person": move,
    "roster.Claim.person": unite("source", "programme", "part"),
    "roster.Wish.student": unite("source", "cohort", "teacher", "link"),
    "roster.Wish.teacher": unite("source", "cohort", "student", "link"),
    "roster.Change.person": move,
    "roster.Change.teacher": move,
    # Merges tell which account went into which.
    "administration.Merge.kept": leave,
    "administration.Merge.double": leave,
    "administration.Merge.proposed_by": move,
}


def columns() -> Iterator[Column]:
    """Return every column that names a person, whichever feature or package has it."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not User:
            yield Column(relation.related_model, relation.field.name)


def move_all(merging: Merging) -> None:
    """Let everything of an account belong to the one that stays."""
    for column in columns():
        POLICIES[column.label](column, merging)

"""What people do with their own data: take it, bring back what they deleted, remove it."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, BinaryIO, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.accounts.actions import end_sessions
from stageapp.accounts.models import User
from stageapp.accounts.signals import access_ended
from stageapp.audit import models as audit
from stageapp.audit.actions import record
from stageapp.exports import making
from stageapp.exports.documents import Progress
from stageapp.guidance.actions import withdraw_question
from stageapp.guidance.actions_along import end_guiding, end_replacing
from stageapp.guidance.actions_linking import end_links
from stageapp.guidance.models import AppointmentMail
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.notifications import rules as notifications
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.notifications.queries import waiting_mails
from stageapp.placements.actions_linking import tell_teachers_of_ended
from stageapp.placements.models import LearningGoal, Placement, Substitution
from stageapp.placements.queries import institutions_of
from stageapp.privacy import anonymising, files
from stageapp.privacy.copying import write_copy
from stageapp.privacy.models import DataCopy, Removal
from stageapp.privacy.rules import DELETED_FOR
from stageapp.programmes.models import Institution, InstitutionAdministrator

#: A copy can be taken for so long, and so many are kept beside each other.
KEPT_FOR = timedelta(days=7)
MOST_KEPT = 3
#: Mails that call talks off go first, unless the mail server is away for longer than this.
LONGEST_WAIT = timedelta(days=1)
#: So many rows of a kind are cleared up in one round of the worker.
A_ROUND = 200
#: Making one is much work: so many a day are enough for everybody.
MOST_A_DAY = 3

Row = TypeVar("Row")

log = logging.getLogger(__name__)


# Taking ------------------------------------------------------------------------------------------
def ask_copy(person: User, *, at: datetime) -> DataCopy:
    """Ask for a copy of all that is kept about somebody; asking twice gives the same one.

    Raises ValidationError when there are several already.
    """
    kept = DataCopy.objects.filter(person=person)
    busy = kept.filter(ready_at=None, failed_at=None)
    if found := busy.first():
        return found
    if kept.count() >= MOST_KEPT:
        raise ValidationError(_("You have several copies here. Remove one first."))
    if _asked_today(person, at) >= MOST_A_DAY:
        raise ValidationError(_("You asked for several copies today. Try again tomorrow."))
    try:
        with transaction.atomic():
            copy = DataCopy.objects.create(person=person, language=person.language, asked_at=at)
            record(audit.Kind.EXPORTED, at=at, actor=person.pk, subject=f"person:{person.pk}")
    except IntegrityError:  # asked for in another window, at the same moment
        return busy.get()
    return copy


def _asked_today(person: User, at: datetime) -> int:
    """Return how many copies somebody asked for since yesterday, also those removed again."""
    return audit.AuditEntry.objects.filter(
        kind=audit.Kind.EXPORTED,
        actor_key=person.pk,
        subject=f"person:{person.pk}",
        happened_at__gt=at - timedelta(days=1),
    ).count()


def make_due_copies(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Make every copy that waits; return how many are ready."""
    return making.make_all(DataCopy, _make_and_tell, at=at, is_stopping=is_stopping)


def _make_and_tell(key: UUID, at: datetime) -> bool:
    copy = DataCopy.objects.select_related("person").get(pk=key)
    place = institutions_of(copy.person).first()

    def write(file: BinaryIO, progress: Progress) -> str:
        write_copy(copy.person, file, at=at, progress=progress)
        name = slugify(copy.person.name, allow_unicode=True)[:80]
        return f"stage-app-{name}-{timezone.localdate(at).isoformat()}.zip"

    zone = place.zone if place else timezone.get_default_timezone()
    is_made = making.make(copy, write, zone=zone, at=at)
    if is_made and place:
        _tell_of_copy(copy, place, at)
    return is_made


def _tell_of_copy(copy: DataCopy, place: Institution, at: datetime) -> None:
    fact = Fact(
        actor=copy.person,
        title="",
        path=reverse("my_data:overview"),
        subject=f"data-copy:{copy.pk}",
        cause=f"data-copy:{copy.pk}",
    )
    notify(copy.person, Kind.DATA_READY, fact, place=place, at=at)


@transaction.atomic
def delete_copy(copy: DataCopy, *, at: datetime) -> None:
    """Throw a copy away, with its file."""
    own = DataCopy.objects.filter(pk=copy.pk)
    files.discard(own, ["file"], at=at)
    own.delete()


@transaction.atomic
def remove_old_copies(*, at: datetime) -> None:
    """Throw away the copies that were kept long enough."""
    old = DataCopy.objects.filter(asked_at__lt=at - KEPT_FOR)
    files.discard(old, ["file"], at=at)
    old.delete()


# Bringing back, and not any more ------------------------------------------------------------------
@transaction.atomic
def purge(item: Activity | Evidence | Reflection | LearningGoal, *, at: datetime) -> bool:
    """Remove something that its student deleted before, for good; its file too.

    What was brought back meanwhile stays. Returns whether it went.
    """
    deleted = type(item)._default_manager.select_for_update().filter(deleted_at__isnull=False)
    if not (kept := deleted.filter(pk=item.pk).first()):
        return False
    if isinstance(kept, Activity):
        files.discard(kept.evidence.all(), ["file", "thumbnail"], at=at)
    if isinstance(kept, Evidence):
        files.discard(Evidence.objects.filter(pk=kept.pk), ["file", "thumbnail"], at=at)
    kept.delete()
    return True


def purge_what_was_deleted(*, at: datetime) -> int:
    """Remove for good what was deleted thirty days ago; return how much."""
    # What a template starts from is deleted for the eye only, until the template goes.
    kinds: tuple[QuerySet[Any], ...] = (
        Evidence.objects.all(),
        Reflection.objects.all(),
        Activity.objects.filter(templates=None),
        LearningGoal.objects.all(),
    )
    return sum(
        each(rows.filter(deleted_at__lt=at - DELETED_FOR), lambda item: purge(item, at=at))
        for rows in kinds
    )


# Removing ----------------------------------------------------------------------------------------
@transaction.atomic
def ask_placement_removal(placement: Placement, *, at: datetime) -> Removal:
    """Close a placement to everybody at once, and let the worker remove all that is in it."""
    student = User.objects.select_for_update().get(pk=placement.student_id)
    removal, is_new = Removal.objects.get_or_create(
        placement=placement, defaults={"person": student, "asked_at": at}
    )
    if is_new:
        _close(placement, by=student, at=at)
        _take_away(placement)
        record(
            audit.Kind.DELETED,
            at=at,
            actor=student.pk,
            institution=placement.cohort.programme.institution_id,
            subject=f"placement:{placement.pk}",
        )
    return removal


@transaction.atomic
def ask_account_removal(person: User, *, at: datetime) -> Removal:
    """Let nobody in with this account from now on, and let the worker remove all of it.

    What the person wrote to others stays with them, without a name. Raises ValidationError for
    the last administrator of an institution: somebody has to be able to let others in.
    """
    kept = User.objects.select_for_update().get(pk=person.pk)
    _check_not_last(kept)
    removal, is_new = Removal.objects.get_or_create(
        person=kept, placement=None, defaults={"asked_at": at}
    )
    if not is_new:
        return removal
    for placement in kept.placements.filter(removal=None):
        _close(placement, by=kept, at=at)
    end_links(list(kept.teacher_links.filter(ended_at=None)), by=kept, at=at)
    standing_in = Q(teacher=kept) | Q(substitute=kept)
    for substitution in Substitution.objects.filter(standing_in, ended_at=None):
        end_replacing(substitution, at=at)
    record(audit.Kind.DELETED, at=at, actor=kept.pk, subject=f"person:{kept.pk}")
    end_sessions(kept)
    kept.is_active = False
    kept.save(update_fields=["is_active"])
    access_ended.send(User, person=kept, by=kept)
    return removal


def _check_not_last(person: User) -> None:
    own = InstitutionAdministrator.objects.filter(person=person).values("institution")
    for institution in Institution.objects.select_for_update().filter(pk__in=own):
        others = institution.administrators.exclude(person=person).filter(person__is_active=True)
        if not others.exists():
            raise ValidationError(
                _(
                    "You are the only administrator of %(institution)s. Appoint somebody else "
                    "first."
                ),
                params={"institution": institution.name},
            )


def _close(placement: Placement, *, by: User, at: datetime) -> None:
    """Withdraw all that was shared, and let nobody guide the placement any more."""
    for question in placement.questions.filter(shared_at__isnull=False, withdrawn_at=None):
        withdraw_question(question, at=at)
    links = list(placement.teacher_links.filter(ended_at=None).select_related("teacher"))
    for link in links:
        end_guiding(link, by=by, at=at)
    tell_teachers_of_ended(links, by=by, at=at)


def _take_away(placement: Placement) -> None:
    """Let a placement be nobody's until it is removed: so it is closed to its student as well.

    The name stays with it as long: the mail that calls a talk off says with whom it was.
    """
    kept = Placement.objects.select_for_update().get(pk=placement.pk)
    kept.student = anonymising.make_nobody(joined_at=kept.created_at, name=kept.student.name)
    kept.is_current = False
    kept.save(update_fields=["student", "is_current"])


def remove_what_was_asked(*, at: datetime) -> int:
    """Remove the placements and accounts that were asked for; return how many."""
    ready = (
        removal
        for removal in Removal.objects.select_related("placement", "person")[:A_ROUND]
        if removal.asked_at <= at - LONGEST_WAIT or not _has_mail_to_go(removal)
    )
    return each(ready, lambda removal: _remove(removal, at=at))


def each(rows: Iterable[Row], work: Callable[[Row], bool]) -> int:
    """Do something to each row; return to how many. One that fails stops no other."""
    done = 0
    for row in rows:
        try:
            done += work(row)
        except Exception:
            log.exception("clearing up %r failed", row)
    return done


def _has_mail_to_go(removal: Removal) -> bool:
    """Say whether somebody still has to hear that a talk is off."""
    mails = waiting_mails(AppointmentMail, notifications.MOST_ATTEMPTS)
    if removal.placement:
        return mails.filter(appointment__placement=removal.placement).exists()
    theirs = Q(appointment__placement__student=removal.person)
    return mails.filter(theirs | Q(appointment__teacher=removal.person)).exists()


@transaction.atomic
def _remove(removal: Removal, *, at: datetime) -> bool:
    # Another worker may have it in hand, or be done with it.
    free = Removal.objects.select_for_update(skip_locked=True, of=("self",))
    kept = free.select_related("placement", "person").filter(pk=removal.pk).first()
    if kept is None:
        return False
    if kept.placement:
        remove_placement(kept.placement, at=at, owner=kept.person)
    else:
        remove_account(kept.person, at=at)
    return True


@transaction.atomic
def remove_placement(placement: Placement, *, at: datetime, owner: User | None = None) -> None:
    """Remove a placement with all in it: no row, no file and no news is left.

    Its owner is named where it is not the student's any more, because it waits to be removed.
    """
    # Nothing comes into a placement that is locked, so that no file is left behind.
    kept = Placement.objects.select_for_update().filter(pk=placement.pk).first()
    if kept is None:
        return
    log.warning("placement:%s is removed; so it has to be after restoring", kept.pk)
    files.discard_all_of(kept, at=at)
    anonymising.forget_news(kept)
    anonymising.empty_moments(kept)
    kept.exports.all().delete()
    workplace, student, cohort = kept.workplace, kept.student, kept.cohort_id
    for question in kept.questions.exclude(invitation=None).select_related("invitation"):
        assert question.invitation
        question.invitation.delete()
    kept.delete()
    anonymising.remove_if_unused(workplace)
    anonymising.remove_own_entries((owner or student).pk, cohort)
    if student.is_nobody and not student.placements.exists():
        student.delete()


@transaction.atomic
def remove_account(person: User, *, at: datetime, is_again: bool = False) -> bool:
    """Remove an account with all that is the person's own, and say goodbye by mail, once.

    Returns whether it was there still.
    """
    kept = User.objects.select_for_update().filter(pk=person.pk).first()
    if kept is None:
        return False
    log.warning("person:%s is removed; so it has to be after restoring", kept.pk)
    for placement in kept.placements.all():
        remove_placement(placement, at=at)
    for removal in kept.removals.exclude(placement=None).select_related("placement"):
        assert removal.placement
        remove_placement(removal.placement, at=at, owner=kept)
    files.discard(DataCopy.objects.filter(person=kept), ["file"], at=at)
    # What others heard names nobody any more.
    Notification.objects.filter(actor=kept).update(actor_name="")
    Notification.objects.filter(actor=kept, title__contains=kept.name).update(title="")
    record(audit.Kind.DELETED, at=at, subject=f"person:{kept.pk}", done=True)
    end_sessions(kept)
    email, name, language = kept.email, kept.name, kept.language
    kept.delete()
    if not is_again:
        transaction.on_commit(lambda: _say_goodbye(email, name, language))
    return True


def _say_goodbye(email: str, name: str, language: str) -> None:
    """Tell somebody who has no row any more, so that no outbox can hold it: once, or not at all."""
    with override(language):
        subject = _("Your account of Stage-App is removed")
        body = render_to_string("privacy/mail/goodbye.txt", {"name": name})
    try:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [email])
    except OSError:
        log.warning("the last mail to somebody did not go", exc_info=True)

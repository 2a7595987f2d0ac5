"""What the app does by itself with what was kept long enough: it tells, waits, and clears up.

All of it is done a little at a time, each thing in its own transaction: others wait for the worker,
and one that stops halfway goes on where it was.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.administration.models import AccountMail, MergeMail
from stageapp.guidance.models import AppointmentMail
from stageapp.invitations.models import GuestMail
from stageapp.notifications.actions import Fact, notify, once_a_day
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Digest, Notification
from stageapp.notifications.queries import is_done_on
from stageapp.placements.models import LinkFile, Placement
from stageapp.placements.queries import institutions_of
from stageapp.privacy import actions, files, queries
from stageapp.privacy.anonymising import anonymise
from stageapp.privacy.models import AccountNotice, PlacementNotice
from stageapp.programmes.models import Institution

#: News, and what is known of mails that went, are kept for a year.
NEWS_KEPT = timedelta(days=365)
#: So many in one round of the worker.
A_ROUND = 50
#: Not in the night: who wants such news at once reads it at breakfast.
FROM_HOUR = 7
MOST_TITLE = 200


def clear_up(*, at: datetime) -> None:
    """Do all that is due: what people asked, what was deleted long ago, what is old enough."""
    actions.remove_what_was_asked(at=at)
    actions.make_due_copies(at=at)
    for institution in Institution.objects.all():
        keep_no_longer(institution, at=at)
    _clear_up_once(at)
    files.remove_discarded()


def keep_no_longer(institution: Institution, *, at: datetime) -> int:
    """Do some of the work of a day for what an institution kept long enough; return how much.

    The day is done when a round found less to do than it could.
    """
    local = at.astimezone(institution.zone)
    name = f"retention:{institution.pk}"
    if local.hour < FROM_HOUR or is_done_on(name, local.date()):
        return 0
    done = sum(_work(institution, at))
    if done < A_ROUND:
        with once_a_day(name, local.date()):
            pass
    return done


def _work(institution: Institution, at: datetime) -> Iterator[int]:
    """Do at most a round of each kind of work, and say of each thing whether it was new."""
    forget_stale_notices(institution, at=at)
    yield sum(tell_student(row, at=at) for row in queries.to_be_told(institution, at)[:A_ROUND])
    yield sum(anonymise(row, at=at) for row in queries.to_be_anonymised(institution, at)[:A_ROUND])
    yield sum(
        tell_owner(row, at=at) for row in queries.owners_to_be_told(institution, at)[:A_ROUND]
    )
    gone = queries.accounts_to_be_removed(institution, at)[:A_ROUND]
    for person in gone:
        actions.remove_account(person, at=at)
    yield len(gone)


def forget_stale_notices(institution: Institution, *, at: datetime) -> None:
    """Forget what was told where it holds no more: it is kept longer now, or used again."""
    for notice in queries.notices_too_early(institution, at):
        notice.delete()
    AccountNotice.objects.filter(person__last_login__gt=F("told_at")).delete()


@transaction.atomic
def tell_student(placement: Placement, *, at: datetime) -> bool:
    """Tell a student, once, when a placement is made anonymous; return whether that was now."""
    notice, is_new = PlacementNotice.objects.get_or_create(
        placement=placement, defaults={"told_at": at}
    )
    if not is_new:
        return False
    placement.retention_notice = notice
    with override(placement.student.language):
        title = _("%(workplace)s, on %(day)s") % {
            "workplace": placement.workplace.name,
            "day": date_format(queries.goes_on(placement), "j F Y"),
        }
    fact = Fact(
        actor=placement.student,
        title=title[:MOST_TITLE],
        path=reverse("my_data:overview"),
        subject=f"placement:{placement.pk}",
        cause=f"retention:{notice.pk}",
    )
    place = placement.cohort.programme.institution
    notify(placement.student, Kind.PLACEMENT_ENDS, fact, place=place, at=at)
    return True


@transaction.atomic
def tell_owner(person: User, *, at: datetime) -> bool:
    """Tell somebody, once, that their account goes unless they sign in; return whether now."""
    notice, is_new = AccountNotice.objects.get_or_create(person=person, defaults={"told_at": at})
    place = institutions_of(person).first()
    if not is_new or place is None:
        return False
    with override(person.language):
        title = date_format(at + timedelta(days=place.notice_days), "j F Y")
    fact = Fact(
        actor=person,
        title=title,
        path=reverse("home"),
        subject=f"person:{person.pk}",
        cause=f"account-ends:{notice.pk}",
    )
    notify(person, Kind.ACCOUNT_ENDS, fact, place=place, at=at)
    return True


def _clear_up_once(at: datetime) -> None:
    """Clear up once a day what no day matters for."""
    if is_done_on("clearing-up", at.date()):
        return
    actions.purge_what_was_deleted(at=at)
    actions.remove_old_copies(at=at)
    with once_a_day("clearing-up", at.date()) as is_first:
        if is_first:
            remove_old_news(at=at)
            SessionStore.clear_expired()


@transaction.atomic
def remove_old_news(*, at: datetime) -> None:
    """Remove news, what is known of mails, and the names of files with links, after a year."""
    before = at - NEWS_KEPT
    Notification.objects.filter(caused_at__lt=before).delete()
    Digest.objects.filter(planned_for__lt=before).delete()
    GuestMail.objects.filter(created_at__lt=before).delete()
    AppointmentMail.objects.filter(caused_at__lt=before).delete()
    AccountMail.objects.filter(asked_at__lt=before).delete()
    MergeMail.objects.filter(asked_at__lt=before).delete()
    LinkFile.objects.filter(applied_at__lt=before).update(name="")

"""What the app does by itself with what was kept long enough: it tells, waits, and clears up.

All of it is done a little at a time, each thing in its own transaction: others wait for the worker,
and one that stops halfway goes on where it was.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
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
from stageapp.privacy import actions, files, queries
from stageapp.privacy.anonymising import anonymise, empty, make_nobody
from stageapp.privacy.models import AccountNotice, PlacementNotice
from stageapp.programmes.models import Institution

#: News, and what is known of mails that went, are kept for a year.
NEWS_KEPT = timedelta(days=365)
#: So many in one round of the worker.
A_ROUND = 50
#: Not in the night: who wants such news at once reads it at breakfast.
FROM_HOUR = 7
MOST_TITLE = 200
#: No request takes so long.
LATE = timedelta(days=2)


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
    done = _work(institution, at)
    if done < A_ROUND:
        with once_a_day(name, local.date()):
            pass
    return done


def _work(institution: Institution, at: datetime) -> int:
    """Do at most a round of each kind of work; return how much that was."""
    forget_stale_notices(institution, at=at)
    works: tuple[tuple[Iterable[Any], Callable[[Any], bool]], ...] = (
        (queries.to_be_told(institution, at), lambda row: tell_student(row, at=at)),
        (
            queries.to_be_anonymised(institution, at),
            lambda rows: anonymise_if_due(rows, institution, at=at),
        ),
        (
            queries.owners_to_be_told(institution, at),
            lambda person: tell_owner(person, institution, at=at),
        ),
        (
            queries.accounts_to_be_removed(institution, at),
            lambda person: remove_if_unused(person, institution, at=at),
        ),
    )
    return sum(actions.each(islice(rows, A_ROUND), work) for rows, work in works)


def forget_stale_notices(institution: Institution, *, at: datetime) -> None:
    """Forget what was told where it holds no more: it is kept longer now, used or needed again."""
    for notice in queries.notices_too_early(institution, at):
        notice.delete()
    for told in queries.account_notices_that_hold_no_more(institution, at):
        told.delete()


@transaction.atomic
def anonymise_if_due(
    placements: Sequence[Placement], institution: Institution, *, at: datetime
) -> bool:
    """Make the placements of a student anonymous, unless something changed since they were found.

    Returns whether they were.
    """
    keys = {placement.pk for placement in placements}
    list(Placement.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    still_due = queries.to_be_anonymised(institution, at, of=placements[0].student)
    if keys not in [{row.pk for row in rows} for rows in still_due]:
        return False
    nobody = make_nobody(joined_at=placements[0].created_at)
    return sum(anonymise(row, at=at, nobody=nobody) for row in placements) > 0


@transaction.atomic
def remove_if_unused(person: User, institution: Institution, *, at: datetime) -> bool:
    """Remove an account, unless somebody used it since it was found; return whether it went."""
    list(User.objects.select_for_update().filter(pk=person.pk))
    if person not in queries.accounts_to_be_removed(institution, at, of=person):
        return False
    return actions.remove_account(person, at=at)


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
def tell_owner(person: User, institution: Institution, *, at: datetime) -> bool:
    """Tell somebody, once, when their account goes unless they use it; return whether now."""
    notice, is_new = AccountNotice.objects.get_or_create(person=person, defaults={"told_at": at})
    if not is_new:
        return False
    with override(person.language):
        title = date_format(queries.account_goes_on(person, institution, at), "j F Y")
    fact = Fact(
        actor=person,
        title=title,
        path=reverse("home"),
        subject=f"person:{person.pk}",
        cause=f"account-ends:{notice.pk}",
    )
    notify(person, Kind.ACCOUNT_ENDS, fact, place=institution, at=at)
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
    empty_again(at=at)


def empty_again(*, at: datetime) -> None:
    """Remove what requests that had begun before still wrote into what became anonymous."""
    late = Placement.objects.filter(anonymised_at__range=(at - LATE, at)).select_related("student")
    actions.each(late, lambda row: _was_emptied(row, at))


@transaction.atomic
def _was_emptied(placement: Placement, at: datetime) -> bool:
    empty(placement, placement.student, at=at)
    return True


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

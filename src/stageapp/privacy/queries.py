"""What the pages about data ask."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Count, Exists, Max, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from stageapp.accounts.models import User
from stageapp.notifications.kinds import Kind
from stageapp.notifications.models import Notification
from stageapp.notifications.rules import MOST_ATTEMPTS
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.placements.queries import institutions_of
from stageapp.privacy import access, rules
from stageapp.privacy.models import AccountNotice, PlacementNotice
from stageapp.privacy.register import REGISTER, Table
from stageapp.programmes.models import (
    Agreement,
    Institution,
    ProgrammeMembership,
    Role,
)

#: For who belongs to no institution (any more): what institutions begin with.
DEFAULT_MONTHS = 24
#: Where a person or a placement has what they were told.
NOTICE = "retention_notice"


def retention_months_of(person: User) -> int:
    """Return how many months the institution of somebody keeps things, the longest of several."""
    longest = institutions_of(person).aggregate(longest=Max("retention_months"))["longest"]
    return longest or DEFAULT_MONTHS


def numbers_about(person: User) -> dict[str, int]:
    """Return how many rows there are about somebody in each group of the register; one query."""
    counts: dict[str, Any] = {
        f"{kept.key}_{number}": _count_of(table)
        for kept in REGISTER
        for number, table in enumerate(kept.tables)
        if table.person
    }
    row: dict[str, Any] = dict(User.objects.filter(pk=person.pk).values(**counts).get())
    return {
        kept.key: sum(row.get(f"{kept.key}_{number}", 0) for number in range(len(kept.tables)))
        for kept in REGISTER
    }


def _count_of(table: Table) -> Coalesce:
    rows = table.model._default_manager.filter(**{table.person: OuterRef("pk")}).order_by()
    counted = rows.annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def deleted_items(student: User) -> Any:
    """Return what a student deleted and can bring back: kind, key, moment; the last one first."""
    first, *others = (
        access.deleted_of(student, kind)
        .order_by()
        .annotate(what=Value(kind))
        .values("what", "pk", "deleted_at")
        for kind in access.DELETABLE
    )
    return first.union(*others, all=True).order_by("-deleted_at", "what", "pk")


def items_of(student: User, rows: list[dict[str, Any]]) -> dict[tuple[str, int], Model]:
    """Return the items themselves of some rows of `deleted_items`, in a query for each kind."""
    found: dict[tuple[str, int], Model] = {}
    for kind in access.DELETABLE:
        keys = [row["pk"] for row in rows if row["what"] == kind]
        own = access.deleted_of(student, kind).filter(pk__in=keys)
        found |= {(kind, item.pk): item for item in own}
    return found


def has_agreed(person: User, institution: Institution) -> bool:
    """Return whether somebody agreed with the version that everybody is asked for, or later."""
    return Agreement.objects.filter(
        person=person, institution=institution, number__gte=institution.agreement_number
    ).exists()


def goes_on(placement: Placement) -> date:
    """Return the day on which a placement is made anonymous, as things are now.

    Takes its notice, where there is one, and its institution: select them with it.
    """
    notice = getattr(placement, NOTICE, None)
    return _goes_on(
        placement.cohort.programme.institution,
        placement.ends_on,
        notice.told_at if notice else None,
    )


def to_be_told(institution: Institution, at: datetime) -> list[Placement]:
    """Return the placements whose students have to hear now that they will be made anonymous."""
    rows = _ended(institution, at).filter(retention_notice=None)
    return [row for row in rows if _told_on(institution, row.ends_on) <= institution.day_of(at)]


def to_be_anonymised(
    institution: Institution, at: datetime, *, of: User | None = None
) -> list[list[Placement]]:
    """Return the placements that were kept long enough, and whose students were told in time.

    Of one student, or of all. Those of one student in one cohort come together, and only when all
    of them are due: so one student stays one in totals.
    """
    rows = _ended(institution, at).filter(retention_notice__isnull=False)
    rows = rows.filter(student=of) if of else rows
    due: dict[tuple[int, int], list[Placement]] = {}
    for row in rows:
        if goes_on(row) <= institution.day_of(at):
            due.setdefault((row.student_id, row.cohort_id), []).append(row)
    students = {student for student, _cohort in due}
    others = Placement.objects.filter(student__in=students, anonymised_at=None)
    for key, number in Counter(others.values_list("student_id", "cohort_id")).items():
        if key in due and len(due[key]) < number:
            del due[key]
    return list(due.values())


def notices_too_early(institution: Institution, at: datetime) -> list[PlacementNotice]:
    """Return what students were told that holds no more: the institution keeps it longer now."""
    notices = PlacementNotice.objects.filter(
        placement__cohort__programme__institution=institution, placement__anonymised_at=None
    ).select_related("placement")
    today = institution.day_of(at)
    return [row for row in notices if _told_on(institution, row.placement.ends_on) > today]


def owners_to_be_told(institution: Institution, at: datetime) -> list[User]:
    """Return who has to hear now that their account goes because nobody uses it."""
    return [person for person in _unused_for_long(institution, at) if not hasattr(person, NOTICE)]


def accounts_to_be_removed(
    institution: Institution, at: datetime, *, of: User | None = None
) -> list[User]:
    """Return whose account was not used for long enough, and who were told in time, by mail.

    Whether it is that of one person, or those of all.

    An address that takes no mail keeps no account for ever: then it was tried often enough.
    """
    told = Notification.objects.filter(
        Q(mailed_at__isnull=False) | Q(attempts__gte=MOST_ATTEMPTS),
        person=OuterRef("pk"),
        kind=Kind.ACCOUNT_ENDS,
        caused_at__gte=OuterRef("retention_notice__told_at"),
    )
    keys = [
        person.pk
        for person in _unused_for_long(institution, at, of=of)
        if hasattr(person, NOTICE)
        and account_goes_on(person, institution) <= institution.day_of(at)
    ]
    return list(User.objects.filter(Exists(told), pk__in=keys).order_by("pk"))


def account_goes_on(person: Any, institution: Institution, told_at: datetime | None = None) -> date:
    """Return the day on which an account goes that was found to be unused."""
    told_at = told_at or person.retention_notice.told_at
    return _goes_on(institution, institution.day_of(person.used_at), told_at)


def account_notices_that_hold_no_more(
    institution: Institution, at: datetime
) -> QuerySet[AccountNotice]:
    """Return what people were told of accounts that are used, needed or kept longer by now."""
    hold = [person.pk for person in _unused_for_long(institution, at)]
    return AccountNotice.objects.filter(person__in=_at_home_in(institution)).exclude(
        person__in=hold
    )


def _ended(institution: Institution, at: datetime) -> QuerySet[Placement]:
    """Return the placements that may have been kept long enough, the first to end first."""
    return (
        Placement.objects.filter(
            cohort__programme__institution=institution,
            anonymised_at=None,
            removal=None,
            ends_on__lte=_latest_end(institution, at),
        )
        .select_related(
            "student", "workplace", "retention_notice", "cohort__programme__institution"
        )
        .order_by("ends_on", "pk")
    )


def _at_home_in(institution: Institution) -> QuerySet[User]:
    """Return who has a role here, and in no institution that keeps accounts longer.

    Of those that keep them as long it is the first one: so everybody is at home in one.
    """
    here = ProgrammeMembership.objects.filter(person=OuterRef("pk"))
    months = institution.retention_months
    elsewhere = here.filter(
        Q(programme__institution__retention_months__gt=months)
        | Q(
            programme__institution__retention_months=months,
            programme__institution__lt=institution.pk,
        )
    )
    return User.objects.filter(
        Exists(here.filter(programme__institution=institution)), ~Exists(elsewhere)
    )


def _unused_for_long(
    institution: Institution, at: datetime, *, of: User | None = None
) -> list[Any]:
    """Return whose accounts were not used for so long that they have to hear of it, with `used_at`.

    Not of who guides somebody, of administrators, nor of who has a placement that is not anonymous
    yet. Using the app counts, also without signing in anew.
    """
    today = institution.day_of(at)
    last = datetime.combine(_latest_end(institution, at), time.max, tzinfo=institution.zone)
    administers = ProgrammeMembership.objects.filter(person=OuterRef("pk"), role=Role.ADMINISTRATOR)
    guides = PlacementTeacher.objects.filter(teacher=OuterRef("pk"), ended_at=None)
    seen = (
        UserSession.objects.filter(user=OuterRef("pk"))
        .order_by()
        .values("user")
        .annotate(last=Max("last_seen_at"))
        .values("last")
    )
    rows = (
        _at_home_in(institution)
        .annotate(
            used_at=Greatest(
                "joined_at",
                Coalesce("last_login", "joined_at"),
                Coalesce(Subquery(seen), "joined_at"),
            )
        )
        .filter(
            ~Exists(administers),
            ~Exists(guides),
            used_at__lt=last,
            is_active=True,
            placements=None,
            institutions_administered=None,
        )
        .select_related(NOTICE)
        .order_by("pk")
    )
    rows = rows.filter(pk=of.pk) if of else rows
    return [row for row in rows if _told_on(institution, institution.day_of(row.used_at)) <= today]


def _latest_end(institution: Institution, at: datetime) -> date:
    """Return a day that is not before the last one that was long enough ago to tell of.

    Months differ in length by three days at most.
    """
    soon = institution.day_of(at) + timedelta(days=institution.notice_days)
    return rules.months_later(soon, -institution.retention_months) + timedelta(days=3)


def _told_on(institution: Institution, ended_on: date) -> date:
    return rules.told_on(ended_on, institution.retention_months, institution.notice_days)


def _goes_on(institution: Institution, ended_on: date, told_at: datetime | None) -> date:
    return rules.goes_on(
        ended_on,
        institution.retention_months,
        institution.notice_days,
        institution.day_of(told_at) if told_at else None,
    )

"""Who asks for a teacher's attention, and why. Nothing here writes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stageapp.accounts.models import User
from stageapp.core.texts import plain
from stageapp.guidance import access
from stageapp.guidance.models import Message
from stageapp.guidance.queries import waiting_for
from stageapp.guidance.rules import (
    Attention,
    Colour,
    Facts,
    attention,
    order,
    working_days_between,
)
from stageapp.placements.access import guided_by
from stageapp.placements.models import Placement, TeacherLeave, WorkingAgreement
from stageapp.placements.queries_teachers import Standing, standings_of
from stageapp.programmes.models import Holiday

STUDENTS_A_PAGE = 50


@dataclass(frozen=True)
class AttentionRow:
    """A placement in the teacher's list, with the reason for its place in words."""

    placement: Placement
    attention: Attention
    reason: str
    question_count: int
    last_heard_at: datetime | None
    facts: Facts
    #: Whom the teacher replaces, until when, or with whom they guide along; empty for who guides.
    part: str = ""

    @property
    def colour(self) -> str:
        """The group it stands in."""
        return self.attention.colour.value

    @property
    def asks_for_action(self) -> bool:
        """Whether the teacher is asked to do something."""
        return self.attention.colour in (Colour.RED, Colour.ORANGE) or bool(
            self.facts.waiting_since
        )


class Show(StrEnum):
    """Which rows of the list a teacher asks for; its value stands in the address."""

    ALL = ""
    WAITING = "waiting"
    NEVER_SHARED = "never-shared"


@dataclass(frozen=True)
class Wanted:
    """What a teacher asked of the list, all together."""

    search: str = ""
    show: Show = Show.ALL
    #: The key of a cohort.
    cohort: int | None = None

    @property
    def address(self) -> str:
        """The page that shows this."""
        chosen = {"q": self.search, "show": self.show.value, "cohort": self.cohort}
        query = urlencode({name: value for name, value in chosen.items() if value})
        return reverse("students:list") + (f"?{query}" if query else "")

    def holds(self, row: AttentionRow) -> bool:
        """Return whether a row is asked for; its name was looked at before."""
        if self.cohort is not None and row.placement.cohort_id != self.cohort:
            return False
        match self.show:
            case Show.WAITING:
                return row.facts.waiting_since is not None
            case Show.NEVER_SHARED:
                return row.attention.colour == Colour.RED
        return True


@dataclass(frozen=True)
class Chip:
    """A filter to choose, with how many students it would show."""

    label: str
    count: str
    address: str
    is_chosen: bool
    icon: str = ""


@dataclass(frozen=True)
class AttentionPage:
    """A page of the list, what was asked of it, and what can be asked."""

    wanted: Wanted
    page: Page[AttentionRow]
    #: Empty for a teacher of nobody.
    shows: list[Chip]
    #: Empty for a teacher of one cohort.
    cohorts: list[Chip]


def attention_list(teacher: User, at: datetime) -> list[AttentionRow]:
    """Return all placements guided by a teacher, who asks for attention first.

    Takes the same number of queries for one placement as for hundreds.
    """
    return _rows(list(guided_by(teacher)), teacher, at)


def attention_page(
    teacher: User, wanted: Wanted, *, at: datetime, number: str | None
) -> AttentionPage:
    """Return a page of the attention list, as it was asked for.

    Each chip counts what it would show together with all else that was asked. A cohort in the
    address that is none of the teacher's own asks for nothing.
    """
    guided = list(guided_by(teacher))
    cohorts = {placement.cohort_id: placement.cohort for placement in guided}
    if wanted.cohort not in cohorts:
        wanted = replace(wanted, cohort=None)
    name = plain(wanted.search)
    rows = _rows([row for row in guided if name in plain(row.student.name)], teacher, at)

    def chip(label: str, other: Wanted, icon: str = "") -> Chip:
        return Chip(
            label, _how_many(sum(map(other.holds, rows))), other.address, other == wanted, icon
        )

    one_programme = len({cohort.programme_id for cohort in cohorts.values()}) == 1
    named = sorted(
        ((one.name if one_programme else str(one), key) for key, one in cohorts.items()),
        key=_by_name,
    )
    return AttentionPage(
        wanted=wanted,
        page=Paginator(list(filter(wanted.holds, rows)), STUDENTS_A_PAGE).get_page(number),
        shows=[
            chip(pgettext("students", "All"), replace(wanted, show=Show.ALL)),
            chip(_("Waits for me"), replace(wanted, show=Show.WAITING), "hourglass"),
            chip(_("Never shared"), replace(wanted, show=Show.NEVER_SHARED), "message-circle-off"),
        ]
        if guided
        else [],
        cohorts=[
            chip(_("All cohorts"), replace(wanted, cohort=None)),
            *(chip(label, replace(wanted, cohort=key)) for label, key in named),
        ]
        if len(named) > 1
        else [],
    )


def attention_of(placement: Placement, teacher: User, at: datetime) -> AttentionRow:
    """Return the row of one placement."""
    return _rows([placement], teacher, at)[0]


def _by_name(cohort: tuple[str, int]) -> str:
    return plain(cohort[0])


def _how_many(students: int) -> str:
    if not students:
        return _("nobody")
    return ngettext("%(n)d student", "%(n)d students", students) % {"n": students}


def _rows(placements: list[Placement], teacher: User, at: datetime) -> list[AttentionRow]:
    keys = [placement.pk for placement in placements]
    asked = waiting_for(teacher, access.ever_asked_to(teacher).filter(placement__in=keys))
    written = Message.objects.filter(question=OuterRef("pk"), is_from_student=True)
    # What stayed closed when the teacher came back to guide was shared once, and waits for nobody.
    is_open = Q(left_at=None) | ~Q(teacher=teacher)
    figures: dict[int, Mapping[str, Any]] = {
        row["placement"]: row
        for row in asked.annotate(
            written_at=Subquery(written.order_by("-pk").values("sent_at")[:1])
        )
        .order_by()
        .values("placement")
        .annotate(
            open=Count("pk", filter=Q(is_open, withdrawn_at=None)),
            waiting=Min("waiting_since", filter=is_open),
            shared=Max("shared_at"),
            written=Max("written_at"),
        )
    }
    clock, standings = _Clock(placements, teacher, at), standings_of(teacher, placements)
    rows = [
        _row(placement, figures.get(placement.pk, {}), clock, standings.get(placement.pk))
        for placement in placements
    ]
    return sorted(rows, key=lambda row: order(row.facts, row.attention.colour))


def _row(
    placement: Placement,
    figures: Mapping[str, Any],
    clock: "_Clock",
    standing: Standing | None,
) -> AttentionRow:
    today = clock.today(placement)
    waiting = figures.get("waiting")
    facts = Facts(
        name=placement.student.name,
        starts_on=placement.starts_on,
        ends_on=placement.ends_on,
        is_current=placement.is_current,
        running_days=placement.period.running_days(today),
        first_share_days=placement.cohort.first_share_days,
        ever_shared=bool(figures),
        waiting_since=waiting,
        working_days_waiting=clock.working_days(placement, waiting) if waiting else 0,
        response_days=clock.response_days.get(placement.pk),
        is_main=standing is None or standing.is_main,
    )
    found = attention(facts, today)
    heard = [moment for moment in (figures.get("shared"), figures.get("written")) if moment]
    return AttentionRow(
        placement=placement,
        attention=found,
        reason=reason_of(found, facts, today),
        question_count=figures.get("open", 0),
        last_heard_at=max(heard, default=None),
        facts=facts,
        part=part_words(standing),
    )


def part_words(standing: Standing | None) -> str:
    """Say in which part somebody sees a placement, if it is another than guiding it."""
    if standing is None:
        return ""
    if standing.substitution:
        return _("You replace %(name)s up to and including %(day)s.") % {
            "name": standing.substitution.teacher.name,
            "day": date_format(standing.substitution.ends_on, "j F"),
        }
    if standing.is_along:
        return _("You guide along.")
    return ""


class _Clock:
    """Days of the institutions and of the teacher, fetched once for a whole list."""

    def __init__(self, placements: list[Placement], teacher: User, at: datetime) -> None:
        self.at = at
        institutions = {placement.cohort.programme.institution_id for placement in placements}
        leaves = TeacherLeave.objects.filter(teacher=teacher, ends_on__gte=at - timedelta(days=90))
        self.leave = _days(leaves.values_list("starts_on", "ends_on"))
        holidays = Holiday.objects.filter(institution__in=institutions)
        self.holidays: dict[int, set[date]] = {}
        for institution, first, last in holidays.values_list("institution", "starts_on", "ends_on"):
            self.holidays.setdefault(institution, set()).update(_days([(first, last)]))
        agreements = WorkingAgreement.objects.filter(
            teacher=teacher, placement__in=placements, confirmed_at__isnull=False
        ).order_by("confirmed_at")
        self.response_days = dict(agreements.values_list("placement", "response_days"))

    def today(self, placement: Placement) -> date:
        return placement.cohort.programme.institution.day_of(self.at)

    def working_days(self, placement: Placement, since: datetime) -> int:
        institution = placement.cohort.programme.institution
        free = self.leave | self.holidays.get(institution.pk, set())
        return working_days_between(institution.day_of(since), self.today(placement), free)


def _days(spans: Any) -> set[date]:
    return {
        first + timedelta(days=number)
        for first, last in spans
        for number in range((last - first).days + 1)
    }


def reason_of(found: Attention, facts: Facts, today: date) -> str:
    """Say why a placement stands where it does."""
    match found.colour:
        case Colour.RED:
            return ngettext(
                "%(n)d day on placement and never shared anything with you.",
                "%(n)d days on placement and never shared anything with you.",
                facts.running_days,
            ) % {"n": facts.running_days}
        case Colour.ORANGE:
            return _waiting_reason(found, facts, today)
        case Colour.NOT_STARTED:
            return _("Starts on %(day)s.") % {"day": date_format(facts.starts_on, "j F Y")}
        case Colour.ENDED:
            return _ended_reason(facts, today)
    if facts.ever_shared:
        return _("Nothing waits for you.")
    if not facts.is_main:
        return _("Nothing was shared with you here, so nothing waits for you.")
    return _("Nothing shared yet, which is normal in the first weeks.")


def _waiting_reason(found: Attention, facts: Facts, today: date) -> str:
    assert facts.waiting_since
    days = (today - timezone.localdate(facts.waiting_since)).days
    if days <= 0:
        text = _("Waits for your answer since today.")
    else:
        text = ngettext(
            "Waits for your answer for %(n)d day.", "Waits for your answer for %(n)d days.", days
        ) % {"n": days}
    if found.over_agreed:
        return " ".join([text, _("That is over the agreed response time.")])
    return text


def _ended_reason(facts: Facts, today: date) -> str:
    if facts.ends_on < today:
        text = _("Ended on %(day)s.") % {"day": date_format(facts.ends_on, "j F Y")}
    else:
        text = _("The student works in another placement now.")
    if facts.waiting_since:
        return " ".join([text, _("A question still waits for your answer.")])
    return text

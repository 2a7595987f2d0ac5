"""Who guides along, who stands in for a teacher, and the fixed moments of a week."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from stageapp.accounts.models import User
from stageapp.audit.models import Kind as Done
from stageapp.notifications.actions import Fact, cancel_unsent, notify
from stageapp.notifications.kinds import Kind
from stageapp.placements.actions import record_link
from stageapp.placements.actions_agreements import cancel_mails_of_proposals
from stageapp.placements.models import (
    FixedMoment,
    Placement,
    PlacementTeacher,
    Substitution,
    TeacherTerms,
)
from stageapp.programmes.models import Institution


@transaction.atomic
def ask_along(
    links: Sequence[PlacementTeacher], colleague: User, *, by: User, at: datetime
) -> list[PlacementTeacher]:
    """Let a colleague guide these placements along; who does so already stays as it was.

    The students and the colleague are told. Nothing that was shared before opens by this.
    """
    made = []
    for link in links:
        along, is_new = PlacementTeacher.objects.get_or_create(
            placement=link.placement,
            teacher=colleague,
            ended_at=None,
            defaults={"linked_at": at, "part": PlacementTeacher.Part.ALONG},
        )
        if is_new:
            made.append(along)
            record_link(Done.LINKED, along, by=by, at=at)
            _tell_student(link.placement, along, by=by, at=at)
    if made:
        _tell_colleague(made, colleague, by=by, at=at)
    return made


@transaction.atomic
def end_link(link: PlacementTeacher, *, at: datetime, by: User | None = None) -> None:
    """Let a teacher guide a placement no longer; when it ended before stays when it did."""
    if PlacementTeacher.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
        record_link(Done.UNLINKED, link, by=by, at=at)
        cancel_mails_of_proposals(link, at=at)
    cancel_unsent(_of_link(link), at=at)


@transaction.atomic
def arrange_substitution(substitution: Substitution, *, by: User, at: datetime) -> Substitution:
    """Let a colleague stand in, or return what the same form arranged before.

    It begins when it is arranged at the earliest: what students shared before that, they shared
    with others. Raises ValidationError where the same colleague stands in on some of these days
    already.
    """
    User.objects.select_for_update().get(pk=substitution.teacher_id)
    others = Substitution.objects.filter(teacher=substitution.teacher_id)
    sent_before = others.filter(client_id=substitution.client_id).first()
    if sent_before:
        return sent_before
    days = (substitution.starts_on, substitution.ends_on)
    if others.filter(
        substitute=substitution.substitute_id,
        ended_at=None,
        starts_on__lte=days[1],
        ends_on__gte=days[0],
    ).exists():
        raise ValidationError(_("This colleague stands in for you on some of these days already."))
    institution = substitution.institution
    substitution.opens_at = max(at, _midnight(days[0], institution))
    substitution.closes_at = _midnight(days[1] + timedelta(days=1), institution)
    if substitution.closes_at <= at:
        raise ValidationError(_("These days are over."))
    substitution.made_by, substitution.created_at = by, at
    substitution.save()
    _tell_of(substitution, by=by, at=at)
    return substitution


def end_substitution(substitution: Substitution, *, at: datetime) -> None:
    """Let nobody stand in any more, at once; news of it that has not gone does not go."""
    Substitution.objects.filter(pk=substitution.pk, ended_at=None).update(ended_at=at)
    cancel_unsent(_of_substitution(substitution), at=at)


@transaction.atomic
def keep_moment(moment: FixedMoment, placements: Sequence[Placement]) -> FixedMoment:
    """Keep a new or changed moment of the week, or return what the same form made before."""
    User.objects.select_for_update().get(pk=moment.teacher_id)
    if moment.pk is None:
        sent_before = FixedMoment.objects.filter(
            teacher=moment.teacher, client_id=moment.client_id
        ).first()
        if sent_before:
            return sent_before
    moment.save()
    moment.placements.set(placements)
    return moment


def delete_moment(moment: FixedMoment) -> None:
    """Take a moment out of the week."""
    moment.delete()


@transaction.atomic
def propose_moments(teacher: User, text: str) -> None:
    """Write the fixed moments into what a teacher proposes to each new student."""
    terms, _is_new = TeacherTerms.objects.select_for_update().get_or_create(teacher=teacher)
    terms.moments = text
    terms.save(update_fields=["moments"])


def period_words(substitution: Substitution) -> str:
    """Tell whom a substitute replaces, from when and until when."""
    return _("replaces %(name)s from %(first)s up to and including %(last)s") % {
        "name": substitution.teacher.name,
        "first": date_format(substitution.starts_on, "j F Y"),
        "last": date_format(substitution.ends_on, "j F Y"),
    }


def _midnight(day: date, institution: Institution) -> datetime:
    return datetime.combine(day, time(), institution.zone)


def _of_link(link: PlacementTeacher) -> str:
    return f"link:{link.pk}"


def _of_substitution(substitution: Substitution) -> str:
    return f"substitution:{substitution.pk}"


def _tell_student(placement: Placement, along: PlacementTeacher, *, by: User, at: datetime) -> None:
    with override(placement.student.language):
        title = _("together with %(name)s") % {"name": by.name}
    _tell(
        placement.student,
        Kind.TEACHER_JOINS,
        Fact(
            actor=along.teacher,
            title=title,
            path=reverse("placements:show"),
            subject=_of_link(along),
            cause=_of_link(along),
        ),
        placement.cohort.programme.institution,
        at,
    )


def _tell_colleague(
    made: Sequence[PlacementTeacher], colleague: User, *, by: User, at: datetime
) -> None:
    with override(colleague.language):
        title = ngettext("%(n)d student", "%(n)d students", len(made)) % {"n": len(made)}
    _tell(
        colleague,
        Kind.ASKED_ALONG,
        Fact(
            actor=by,
            title=title,
            path=reverse("students:list"),
            subject=_of_link(made[0]),
            cause=_of_link(made[0]),
        ),
        made[0].placement.cohort.programme.institution,
        at,
    )


def _tell_of(substitution: Substitution, *, by: User, at: datetime) -> None:
    """Tell the colleague, and the students who can ask the teacher something in those days."""
    name, institution = _of_substitution(substitution), substitution.institution
    for person, actor, kind, path in (
        (substitution.substitute, by, Kind.ASKED_ALONG, reverse("students:replacing")),
        *(
            (student, substitution.substitute, Kind.TEACHER_JOINS, reverse("placements:show"))
            for student in _students_of(substitution)
        ),
    ):
        with override(person.language):
            title = period_words(substitution)
        _tell(person, kind, Fact(actor, title, path, name, name), institution, at)


def _students_of(substitution: Substitution) -> QuerySet[User]:
    links = PlacementTeacher.objects.filter(
        teacher=substitution.teacher,
        ended_at=None,
        placement__is_current=True,
        placement__ends_on__gte=substitution.starts_on,
        placement__cohort__programme__institution=substitution.institution,
    )
    return User.objects.filter(is_active=True, pk__in=links.values("placement__student")).exclude(
        pk=substitution.substitute_id
    )


def _tell(person: User, kind: Kind, fact: Fact, institution: Institution, at: datetime) -> None:
    notify(person, kind, fact, place=institution, at=at)

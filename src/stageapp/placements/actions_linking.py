"""What administrators do with who guides whom, and how those concerned hear of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from stageapp.accounts.audience import in_one_line
from stageapp.accounts.models import User
from stageapp.notifications.actions import Fact, notify
from stageapp.notifications.kinds import Kind
from stageapp.placements.actions import link_teacher
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.placements.queries_linking import main_links
from stageapp.programmes.models import Institution


@transaction.atomic
def link_students(
    pairs: Sequence[tuple[Placement, User]], *, by: User, at: datetime
) -> list[PlacementTeacher]:
    """Give placements without a teacher one; return the links that this made.

    Where somebody else gave one meanwhile, that one stays. Students and teachers are told.
    """
    lock_placements(placement.pk for placement, _teacher in pairs)
    guided = set(main_links([one for one, _teacher in pairs]).values_list("placement", flat=True))
    made = []
    for placement, teacher in pairs:
        if placement.pk not in guided:
            link = link_teacher(placement, teacher, by=by, at=at)
            tell_student(link, by=by, at=at)
            made.append(link)
    tell_teachers_of_new(made, by=by, at=at)
    return made


def lock_placements(keys: Iterable[int]) -> None:
    """Let one request at a time change who guides these; call it in a transaction."""
    rows = Placement.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def tell_student(
    link: PlacementTeacher,
    *,
    by: User,
    at: datetime,
    instead_of: Sequence[User] = (),
    path: str = "",
) -> None:
    """Tell a student who guides them from now on, and in whose place."""
    names = {"name": link.teacher.name, "before": in_one_line(one.name for one in instead_of)}
    with override(link.placement.student.language):
        if instead_of:
            title = _("%(name)s guides you now, in the place of %(before)s") % names
        else:
            title = _("%(name)s guides you now") % names
    path = path or reverse("guidance:older" if guided_before(link) else "placements:show")
    _tell_student(link, title, path, by=by, at=at)


def guided_before(link: PlacementTeacher) -> bool:
    """Return whether a teacher comes back: then what the student asked them before is closed."""
    before = PlacementTeacher.objects.filter(
        placement=link.placement_id, teacher=link.teacher_id, ended_at__isnull=False
    )
    return before.exists()


def tell_student_of_end(link: PlacementTeacher, *, by: User, at: datetime) -> None:
    """Tell a student who does not guide them any more."""
    with override(link.placement.student.language):
        title = _("%(name)s does not guide you any more") % {"name": link.teacher.name}
    _tell_student(link, title, reverse("placements:show"), by=by, at=at)


def _tell_student(link: PlacementTeacher, title: str, path: str, *, by: User, at: datetime) -> None:
    notify(
        link.placement.student,
        Kind.TEACHER_CHANGED,
        Fact(
            actor=by,
            title=title,
            path=path,
            subject=f"link:{link.pk}",
            cause=f"link:{link.pk}:{at.isoformat()}",
        ),
        place=link.placement.cohort.programme.institution,
        at=at,
    )


def tell_teachers_of_new(links: Iterable[PlacementTeacher], *, by: User, at: datetime) -> None:
    """Tell teachers once how many students came to them."""
    for teacher, institution, count in _counted(links):
        with override(teacher.language):
            title = ngettext(
                "%(n)d student is linked to you", "%(n)d students are linked to you", count
            )
        _tell_teacher(teacher, title % {"n": count}, institution, by=by, at=at, what="new")


def tell_teachers_of_ended(links: Iterable[PlacementTeacher], *, by: User, at: datetime) -> None:
    """Tell teachers once how many students they do not guide any more."""
    for teacher, institution, count in _counted(links):
        with override(teacher.language):
            title = ngettext(
                "you do not guide %(n)d student any more",
                "you do not guide %(n)d students any more",
                count,
            )
        _tell_teacher(teacher, title % {"n": count}, institution, by=by, at=at, what="ended")


def _counted(links: Iterable[PlacementTeacher]) -> list[tuple[User, Institution, int]]:
    counts: dict[User, int] = {}
    where: dict[User, Institution] = {}
    for link in links:
        counts[link.teacher] = counts.get(link.teacher, 0) + 1
        where[link.teacher] = link.placement.cohort.programme.institution
    return [(teacher, where[teacher], count) for teacher, count in counts.items()]


def _tell_teacher(
    teacher: User, title: str, institution: Institution, *, by: User, at: datetime, what: str
) -> None:
    if teacher == by:
        return
    notify(
        teacher,
        Kind.STUDENTS_CHANGED,
        Fact(
            actor=by,
            title=title,
            path=reverse("students:list"),
            subject=f"links:{teacher.pk}",
            cause=f"links:{what}:{teacher.pk}:{at.isoformat()}",
        ),
        place=institution,
        at=at,
    )

"""Questions about who guides, who guides along, and who stands in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.placements import access
from stageapp.placements.models import (
    FixedMoment,
    Placement,
    PlacementTeacher,
    Substitution,
)
from stageapp.programmes.models import Institution, ProgrammeMembership, Role


@dataclass(frozen=True)
class Standing:
    """In which part somebody sees a placement: by an own link, or standing in for a teacher."""

    link: PlacementTeacher | None = None
    substitution: Substitution | None = None

    @property
    def is_along(self) -> bool:
        """Asked in by a colleague."""
        return self.link is not None and self.link.is_along

    @property
    def is_main(self) -> bool:
        """Guides the placement."""
        return self.link is not None and not self.link.is_along


@dataclass(frozen=True)
class Guide:
    """Who guides a placement, and who stands in for them now or later."""

    link: PlacementTeacher
    substitutions: list[Substitution]


def standings_of(teacher: User, placements: Sequence[Placement]) -> dict[int, Standing]:
    """Return in which part somebody sees each of these placements; two queries for any number."""
    keys = {placement.pk for placement in placements}
    own = PlacementTeacher.objects.filter(teacher=teacher, ended_at=None, placement__in=keys)
    found = {link.placement_id: Standing(link=link) for link in own}
    done = {
        row.teacher_id: row
        for row in access.in_force(timezone.now())
        .filter(substitute=teacher)
        .select_related("teacher")
        .order_by("closes_at")
    }
    links = PlacementTeacher.objects.filter(
        teacher__in=done, ended_at=None, placement__in=keys - found.keys()
    )
    for link in links:
        found[link.placement_id] = Standing(substitution=done[link.teacher_id])
    return found


def guides_of(placement: Placement) -> list[Guide]:
    """Return who guides a placement, who was linked first first, each with who stands in."""
    links = placement.teacher_links.filter(ended_at=None).select_related("teacher")
    arranged: dict[int, list[Substitution]] = {}
    for row in Substitution.objects.filter(
        teacher__in=links.values("teacher"),
        institution=placement.cohort.programme.institution_id,
        ended_at=None,
        closes_at__gt=timezone.now(),
    ).select_related("teacher", "substitute"):
        arranged.setdefault(row.teacher_id, []).append(row)
    return [Guide(link, arranged.get(link.teacher_id, [])) for link in links]


def colleagues_of(teacher: User) -> QuerySet[User]:
    """Return the other teachers of the institutions where somebody teaches, by name."""
    members = ProgrammeMembership.objects.filter(
        role=Role.TEACHER, programme__institution__in=institutions_of(teacher)
    )
    return (
        User.objects.filter(is_active=True, pk__in=members.values("person"))
        .exclude(pk=teacher.pk)
        .order_by("name")
    )


def institutions_of(teacher: User) -> QuerySet[Institution]:
    """Return the institutions where somebody teaches or guides."""
    teaches = ProgrammeMembership.objects.filter(
        person=teacher, role=Role.TEACHER, programme__institution=OuterRef("pk")
    )
    guides = PlacementTeacher.objects.filter(
        teacher=teacher, ended_at=None, placement__cohort__programme__institution=OuterRef("pk")
    )
    return Institution.objects.filter(Exists(teaches) | Exists(guides)).order_by("pk")


def shared_institution(teacher: User, colleague: User) -> Institution | None:
    """Return the institution where both teach, the first one where there are more."""
    theirs = ProgrammeMembership.objects.filter(
        person=colleague, role=Role.TEACHER, programme__institution=OuterRef("pk")
    )
    return institutions_of(teacher).filter(Exists(theirs)).first()


def along_with(links: Iterable[PlacementTeacher]) -> dict[int, list[PlacementTeacher]]:
    """Return who guides along with each of these links, by its key, in one query."""
    by_placement = {link.placement_id: link.pk for link in links}
    rows = PlacementTeacher.objects.filter(
        placement__in=by_placement, ended_at=None, part=PlacementTeacher.Part.ALONG
    ).select_related("teacher")
    found: dict[int, list[PlacementTeacher]] = {key: [] for key in by_placement.values()}
    for row in rows:
        found[by_placement[row.placement_id]].append(row)
    return found


def moments_for(placement: Placement) -> QuerySet[FixedMoment]:
    """Return the fixed moments at which a student can meet who guides the placement now."""
    links = placement.teacher_links.filter(ended_at=None)
    return (
        FixedMoment.objects.filter(
            Q(placements=None) | Q(placements=placement), teacher__in=links.values("teacher")
        )
        .select_related("teacher")
        .order_by("weekday", "starts", "pk")
    )

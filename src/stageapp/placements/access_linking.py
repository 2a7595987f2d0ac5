"""Who may change who guides whom: the administrators of the programme."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from stageapp.accounts.models import User
from stageapp.placements.models import LinkFile, LinkFileChange, Placement, PlacementTeacher
from stageapp.programmes.access import (
    administrators_of_each,
    cohorts_administered,
    programmes_administered,
)
from stageapp.programmes.models import Programme, ProgrammeMembership, Role


def placements_administered(person: User) -> QuerySet[Placement]:
    """Return the placements of the programmes that somebody administers: names and dates only."""
    return Placement.objects.filter(cohort__in=cohorts_administered(person).order_by())


def links_administered(person: User) -> QuerySet[PlacementTeacher]:
    """Return the links that an administrator can end or hand over."""
    return PlacementTeacher.objects.filter(
        ended_at=None, placement__in=placements_administered(person).order_by()
    ).select_related(
        "teacher",
        "placement__student",
        "placement__workplace",
        "placement__cohort__programme__institution",
    )


def teachers_administered(person: User) -> QuerySet[User]:
    """Return who teaches in a programme that somebody administers, or guides a student of one."""
    programmes = programmes_administered(person).order_by()
    teaches = ProgrammeMembership.objects.filter(
        person=OuterRef("pk"), role=Role.TEACHER, programme__in=programmes
    )
    guides = PlacementTeacher.objects.filter(
        teacher=OuterRef("pk"), ended_at=None, placement__cohort__programme__in=programmes
    )
    return User.objects.filter(Exists(teaches) | Exists(guides))


def teachers_around(person: User) -> QuerySet[User]:
    """Return the teachers of the institutions where somebody administers a programme.

    A file can name others; nobody learns from it whether they have an account.
    """
    institutions = programmes_administered(person).order_by().values("institution")
    members = ProgrammeMembership.objects.filter(
        role=Role.TEACHER, programme__institution__in=institutions
    )
    return User.objects.filter(pk__in=members.values("person"))


def files_administered(person: User) -> QuerySet[LinkFile]:
    """Return the applied files that changed placements of one's own programmes only.

    One that changed nothing yet is of who applied it.
    """
    changes = LinkFileChange.objects.filter(file=OuterRef("pk"))
    others = changes.filter(~Q(link__placement__in=placements_administered(person).order_by()))
    whole = Q(Exists(changes), ~Exists(others))
    return LinkFile.objects.filter(whole | Q(~Exists(changes), applied_by=person)).select_related(
        "applied_by", "undone_by"
    )


def readers_of_file(file: LinkFile) -> set[User]:
    """Return everybody for whom `files_administered` holds this file; the mark of audience."""
    programmes = Programme.objects.filter(
        cohorts__placements__teacher_links__in=file.changes.values("link")
    ).distinct()
    if not programmes:
        return {file.applied_by} if file.applied_by else set()
    return set.intersection(*administrators_of_each(programmes).values())

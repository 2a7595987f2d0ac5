"""What administrators do with who guides whom, where questions and talks must follow."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.audit.models import Kind as Done
from stageapp.guidance.actions_along import end_guiding, forget_along, share_along
from stageapp.guidance.models import GuidanceQuestion
from stageapp.placements.actions import link_teacher, record_link
from stageapp.placements.actions_linking import (
    lock_placements,
    tell_student,
    tell_student_of_end,
    tell_teachers_of_ended,
    tell_teachers_of_new,
)
from stageapp.placements.linking import PlannedRow
from stageapp.placements.models import LinkFile, LinkFileChange, Placement, PlacementTeacher
from stageapp.placements.queries_linking import main_links

Did = LinkFileChange.Did
#: A file about more placements waits for the worker, which does so many in one transaction.
AT_ONCE = 50
AT_A_TIME = 25


@transaction.atomic
def end_links(links: Sequence[PlacementTeacher], *, by: User, at: datetime) -> None:
    """Let teachers guide no longer; they and the students are told, talks to come are called off.

    What ended meanwhile is left as it is.
    """
    ended = _still_open(links)
    for link in ended:
        end_guiding(link, by=by, at=at)
        tell_student_of_end(link, by=by, at=at)
    tell_teachers_of_ended(ended, by=by, at=at)


@transaction.atomic
def hand_over(
    links: Sequence[PlacementTeacher], colleague: User, *, by: User, at: datetime
) -> list[PlacementTeacher]:
    """Let a colleague guide these placements in the place of who does; return the new links.

    Nothing that a student shared goes along: each student is told who guides now and in whose
    place, and decides. What ended meanwhile is left as it is.
    """
    handed = [link for link in _still_open(links) if link.teacher_id != colleague.pk]
    made = []
    for link in handed:
        end_guiding(link, by=by, at=at)
        new = link_teacher(link.placement, colleague, by=by, at=at)
        tell_student(new, by=by, at=at, instead_of=[link.teacher], path=reverse("guidance:older"))
        made.append(new)
    tell_teachers_of_new(made, by=by, at=at)
    tell_teachers_of_ended(handed, by=by, at=at)
    return made


@transaction.atomic
def take_along(questions: Iterable[GuidanceQuestion], person: int, *, at: datetime) -> User | None:
    """Open older questions to who guides now; return who that is.

    Raises ValidationError as `share_along` does: then none of them is opened.
    """
    reader = None
    for question in questions:
        reader = share_along(question, person, at=at)
    return reader


@transaction.atomic
def apply_file(
    file: LinkFile, rows: Sequence[PlannedRow], *, by: User, at: datetime
) -> LinkFile | None:
    """Make the links of the rows of a file that fit, and keep what changed, so as to undo it.

    With `file.takes_over`, who guides one of these placements and is not in the file for it does
    so no longer. Returns what the same form applied before, or nothing where nothing changes. A
    large file waits for the worker.
    """
    wanted: dict[Placement, list[User]] = defaultdict(list)
    for row in rows:
        if not row.is_refused:
            placement, teacher = row.pair
            if teacher not in wanted[placement]:  # the same row twice, say
                wanted[placement].append(teacher)
    lock_placements(placement.pk for placement in wanted)
    sent_before = LinkFile.objects.filter(client_id=file.client_id).first()
    if sent_before:
        return sent_before
    file.applied_by, file.applied_at = by, at
    if len(wanted) > AT_ONCE:
        file.waiting = [[one.pk, [row.pk for row in rows]] for one, rows in wanted.items()]
        file.total = len(wanted)
        file.save()
        return file
    changes = _change_all(wanted, file, by=by, at=at)
    if not changes:
        return None
    file.save()
    LinkFileChange.objects.bulk_create(changes)
    _tell_teachers(changes, by=by, at=at)
    return file


def _change_all(
    wanted: Mapping[Placement, Sequence[User]], file: LinkFile, *, by: User, at: datetime
) -> list[LinkFileChange]:
    """Let each placement be guided as a file says; keep in the file how that leaves them."""
    changes: list[LinkFileChange] = []
    is_open = _open_links(wanted)
    for placement, teachers in wanted.items():
        changes += _change(
            placement, teachers, is_open[placement.pk], takes_over=file.takes_over, by=by, at=at
        )
    file.left |= _guides(change.link.placement_id for change in changes)
    for change in changes:
        change.file = file
    return changes


def apply_waiting_files(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Go on with large files, a few placements at a time: nobody else waits long for that.

    Returns how many placements were done. Teachers are told when a file is done.
    """
    done = 0
    for key in LinkFile.objects.exclude(waiting=[]).order_by("pk").values_list("pk", flat=True):
        while not is_stopping() and (number := _apply_some(key, at)):
            done += number
    return done


@transaction.atomic
def _apply_some(key: int, at: datetime) -> int:
    free = LinkFile.objects.select_for_update(skip_locked=True, of=("self",))
    file = free.select_related("applied_by").filter(pk=key).exclude(waiting=[]).first()
    if file is None:
        return 0
    some, file.waiting = file.waiting[:AT_A_TIME], file.waiting[AT_A_TIME:]
    lock_placements(placement for placement, _teachers in some)
    if file.applied_by:
        changes = _change_all(_still_there(some), file, by=file.applied_by, at=at)
        LinkFileChange.objects.bulk_create(changes)
        if not file.waiting:
            _tell_teachers(list(changes_of(file)), by=file.applied_by, at=at)
    file.save(update_fields=["left", "waiting"])
    return len(some)


def _still_there(some: Sequence[Any]) -> dict[Placement, list[User]]:
    """Return the placements and teachers of a part of a file, as far as they are there still."""
    placements = Placement.objects.select_related("student", "cohort__programme__institution")
    found = placements.in_bulk([key for key, _teachers in some])
    people = User.objects.filter(is_active=True).in_bulk(
        {teacher for _key, teachers in some for teacher in teachers}
    )
    wanted = {
        found[key]: [people[one] for one in teachers if one in people]
        for key, teachers in some
        if key in found and found[key].is_current
    }
    # Nobody is left without a teacher because the new one is gone.
    return {placement: teachers for placement, teachers in wanted.items() if teachers}


@transaction.atomic
def undo_file(file: LinkFile, *, by: User, at: datetime) -> None:
    """End exactly the links that a file made, and bring back those that it replaced.

    Talks that were called off stay so. Undone once, it stays undone. Raises ValidationError, with
    each reason, when anything of it changed since: then nothing is undone.
    """
    changes = list(changes_of(file))
    lock_placements(change.link.placement_id for change in changes)
    kept = LinkFile.objects.select_for_update().get(pk=file.pk)
    if kept.undone_at:
        return
    if kept.waiting:
        raise ValidationError(_("The file is still being applied. Wait until that is done."))
    reasons = why_not_undone(kept, changes)
    if reasons:
        raise ValidationError(reasons)
    for change in changes:
        if change.did == Did.ENDED:
            _bring_back(change.link, by=by, at=at)
        else:
            _take_back(change, by=by, at=at)
    kept.undone_by, kept.undone_at = by, at
    kept.save(update_fields=["undone_by", "undone_at"])
    _tell_of_undoing(changes, by=by, at=at)


def changes_of(file: LinkFile) -> QuerySet[LinkFileChange]:
    """Return what a file changed, with whom it is about."""
    return file.changes.select_related(
        "link__teacher",
        "link__placement__student",
        "link__placement__cohort__programme__institution",
    )


def why_not_undone(file: LinkFile, changes: Sequence[LinkFileChange]) -> list[str]:
    """Return what changed since a file was applied, in words; nothing where it can be undone."""
    now = _guides(change.link.placement_id for change in changes)
    names = {change.link.placement_id: change.link.placement.student.name for change in changes}
    reasons = [
        _("Who guides %(student)s was changed since.") % {"student": names[placement]}
        for placement in names
        if now[str(placement)] != file.left.get(str(placement))
    ]
    along = PlacementTeacher.objects.filter(
        ended_at=None, part=PlacementTeacher.Part.ALONG, placement__in=names
    ).values_list("placement", "teacher")
    guiding_along = set(along)
    return reasons + [
        _("%(teacher)s guides %(student)s along by now.")
        % {"teacher": change.link.teacher.name, "student": names[change.link.placement_id]}
        for change in changes
        if change.did == Did.ENDED
        and (change.link.placement_id, change.link.teacher_id) in guiding_along
    ]


def _still_open(links: Sequence[PlacementTeacher]) -> list[PlacementTeacher]:
    lock_placements(link.placement_id for link in links)
    rows = PlacementTeacher.objects.filter(pk__in=[link.pk for link in links], ended_at=None)
    is_open = set(rows.values_list("pk", flat=True))
    return [link for link in links if link.pk in is_open]


def _open_links(placements: Iterable[Placement]) -> dict[int, dict[int, PlacementTeacher]]:
    """Return the links of each placement by their teacher, also of who guides along."""
    found: dict[int, dict[int, PlacementTeacher]] = {one.pk: {} for one in placements}
    for link in PlacementTeacher.objects.filter(
        placement__in=list(found), ended_at=None
    ).select_related("teacher", "placement__student", "placement__cohort__programme__institution"):
        found[link.placement_id][link.teacher_id] = link
    return found


def _guides(placements: Iterable[int]) -> dict[str, list[int]]:
    """Return the links of who guides each placement, as a file keeps them."""
    found: dict[str, list[int]] = {str(key): [] for key in placements}
    rows = main_links(Placement.objects.filter(pk__in=list(found))).order_by("pk")
    for placement, link in rows.values_list("placement", "pk"):
        found[str(placement)].append(link)
    return found


def _change(
    placement: Placement,
    teachers: Sequence[User],
    links: dict[int, PlacementTeacher],
    *,
    takes_over: bool,
    by: User,
    at: datetime,
) -> list[LinkFileChange]:
    """Let these teachers guide a placement, and with `takes_over` nobody else; tell the student."""
    made, ended = [], []
    for teacher in teachers:
        before = links.get(teacher.pk)
        if before is None or before.is_along:
            link = link_teacher(placement, teacher, by=by, at=at)
            made.append(LinkFileChange(link=link, did=Did.RAISED if before else Did.MADE))
    named = {teacher.pk for teacher in teachers}
    for link in links.values():
        if takes_over and not link.is_along and link.teacher_id not in named:
            end_guiding(link, by=by, at=at)
            ended.append(LinkFileChange(link=link, did=Did.ENDED))
    _tell_student([change.link for change in made], [change.link for change in ended], by=by, at=at)
    return [*made, *ended]


def _bring_back(link: PlacementTeacher, *, by: User, at: datetime) -> None:
    forget_along(link)
    PlacementTeacher.objects.filter(pk=link.pk).update(ended_at=None)
    record_link(Done.LINKED, link, by=by, at=at)


def _take_back(change: LinkFileChange, *, by: User, at: datetime) -> None:
    if change.did == Did.MADE:
        end_guiding(change.link, by=by, at=at)
        return
    PlacementTeacher.objects.filter(pk=change.link.pk).update(part=PlacementTeacher.Part.ALONG)
    record_link(Done.UNLINKED, change.link, by=by, at=at)


def _tell_student(
    new: Sequence[PlacementTeacher],
    ended: Sequence[PlacementTeacher],
    *,
    by: User,
    at: datetime,
    comes_back: bool = False,
) -> None:
    """Tell the student of a placement who guides from now on, or who does not any more.

    Where somebody did before, the student decides about older questions.
    """
    path = reverse("guidance:older") if ended or comes_back else ""
    before = [link.teacher for link in ended]
    for link in new:
        tell_student(link, by=by, at=at, instead_of=before, path=path)
    for link in () if new else ended:
        tell_student_of_end(link, by=by, at=at)


def _tell_teachers(changes: Sequence[LinkFileChange], *, by: User, at: datetime) -> None:
    new = [change.link for change in changes if change.did != Did.ENDED]
    tell_teachers_of_new(new, by=by, at=at)
    ended = [change.link for change in changes if change.did == Did.ENDED]
    tell_teachers_of_ended(ended, by=by, at=at)


def _tell_of_undoing(changes: Sequence[LinkFileChange], *, by: User, at: datetime) -> None:
    """Tell of it what is news: who guides along again, which they did before, is none of it."""
    back: dict[int, list[PlacementTeacher]] = defaultdict(list)
    gone: dict[int, list[PlacementTeacher]] = defaultdict(list)
    for change in changes:
        if change.did != Did.RAISED:
            which = back if change.did == Did.ENDED else gone
            which[change.link.placement_id].append(change.link)
    for placement in back | gone:
        _tell_student(
            back[placement], gone[placement], by=by, at=at, comes_back=bool(back[placement])
        )
    tell_teachers_of_new([link for links in back.values() for link in links], by=by, at=at)
    tell_teachers_of_ended([link for links in gone.values() for link in links], by=by, at=at)

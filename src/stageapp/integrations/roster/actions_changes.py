"""Doing and undoing one difference. Whoever calls this has locked the source, in a transaction.

Each function returns what became of it. A difference was found some time ago: each looks again, so
that doing one that holds no more, or doing it twice, changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse

from stageapp.accounts.models import User
from stageapp.accounts.queries import has_verified_email
from stageapp.administration.actions import invite, take_role
from stageapp.audit.actions import record
from stageapp.audit.models import Kind as Done
from stageapp.guidance.actions_along import end_guiding
from stageapp.integrations.roster import queries
from stageapp.integrations.roster.models import Change, Claim, Member, Source, Wish
from stageapp.integrations.roster.rules import Does, Why
from stageapp.placements.actions import link_teacher
from stageapp.placements.actions_linking import (
    lock_placements,
    tell_student,
    tell_student_of_end,
)
from stageapp.placements.models import Placement, PlacementTeacher
from stageapp.programmes.models import ProgrammeMembership, Role

Outcome = Change.Outcome


@dataclass(frozen=True)
class Doing:
    """For which source, in whose name and when something is done."""

    source: Source
    by: User
    at: datetime


# Roles.


def give(change: Change, doing: Doing) -> Outcome:
    """Let somebody have a role: with an invitation where there is no account."""
    source = doing.source
    account = queries.account_for(source, change)
    if account and (why := queries.why_not(account)):
        change.why = why
        return Outcome.NOTHING
    if account and source.claims.filter(**_role(change), person=account.pk).exists():
        return Outcome.NOTHING
    assert change.programme
    gave = invite(
        account.email if account else change.email,
        account.name if account else change.name,
        Role(change.part),
        change.programme,
        by=doing.by,
        at=doing.at,
    )
    person = User.objects.get(pk=account.pk) if account else User.objects.get(email=change.email)
    if not account and change.number:
        person.student_number = change.number
        person.save(update_fields=["student_number"])
    _member, is_new = Member.objects.update_or_create(
        source=source,
        key=change.key,
        defaults={"person": person, "name": change.name, "number": change.number},
        create_defaults={"person": person, "name": change.name, "number": change.number},
    )
    Claim.objects.create(source=source, person=person, gave=gave, **_role(change))
    change.person = person
    change.was = {"account": account is None, "gave": gave, "member": is_new}
    # They stand in the account now.
    change.name = change.email = change.number = ""
    return Outcome.DONE


def give_undone(change: Change, doing: Doing) -> Outcome:
    """Take back a role that was given, and the account if nobody used it since."""
    person, role = change.person, _role(change)
    if person is None:
        return Outcome.KEPT
    claims = doing.source.claims.filter(person=person, **role)
    if not claims.exists():
        return Outcome.KEPT
    if change.was.get("gave") and (_began(change, person) or not _take(change, person, doing)):
        return Outcome.KEPT
    claims.delete()
    if change.was.get("member"):
        doing.source.members.filter(key=change.key).delete()
    if change.was.get("account") and _is_untouched(person):
        Change.objects.filter(person=person).update(person=None, name=person.name)
        Change.objects.filter(teacher=person).update(teacher=None, teacher_name=person.name)
        change.person, change.name = None, person.name
        person.delete()
    return Outcome.UNDONE


def _began(change: Change, person: User) -> bool:
    """Return whether somebody began a placement since a role as a student was given."""
    rows = Placement.objects.filter(
        student=person,
        cohort__programme=change.programme,
        created_at__gte=change.run.applied_at,
    )
    return change.part == Role.STUDENT and rows.exists()


def _take(change: Change, person: User, doing: Doing) -> bool:
    """Take a role away; return whether it is gone."""
    assert change.programme
    try:
        take_role(person, change.programme, Role(change.part), by=doing.by, at=doing.at)
    except ValidationError:  # who guides students stays their teacher
        return False
    return True


def _is_untouched(person: User) -> bool:
    """Return whether an account is as an invitation made it: nobody was in it, it has no place."""
    return not (
        person.has_usable_password()
        or person.last_login
        or has_verified_email(person)
        or person.programme_memberships.exists()
        or person.institutions_administered.exists()
        or person.placements.exists()
        or person.teacher_links.exclude(roster_wish__ended_at__isnull=False).exists()
        or person.roster_members.exists()
    )


def leave(change: Change, doing: Doing) -> Outcome:
    """Take away a role that this source gave, unless another source knows of it too."""
    person = change.person
    assert person
    claims = doing.source.claims.filter(person=person, **_role(change))
    claim = claims.first()
    if claim is None:
        return Outcome.NOTHING
    others = Claim.objects.filter(person=person, **_role(change)).exclude(source=doing.source)
    took = False
    if claim.gave and not others.exists() and _has_role(change, person):
        took = not _is_on_placement(change, person) and _take(change, person, doing)
        change.why = "" if took else Why.STAYS
    change.was = {"took": took, "gave": claim.gave}
    claims.delete()
    return Outcome.DONE


def leave_undone(change: Change, doing: Doing) -> Outcome:
    """Give a role back that was taken away."""
    person = change.person
    if person is None or not person.is_active:
        return Outcome.KEPT
    if change.was.get("took"):
        _row, is_new = ProgrammeMembership.objects.get_or_create(
            person=person, programme=change.programme, role=change.part
        )
        if is_new:
            record(
                Done.ROLE_GIVEN,
                at=doing.at,
                actor=doing.by.pk,
                institution=doing.source.institution_id,
                subject=f"person:{person.pk}",
                role=change.part,
                programme=change.programme_id,
            )
    doing.source.claims.get_or_create(
        person=person, **_role(change), defaults={"gave": change.was.get("gave", False)}
    )
    return Outcome.UNDONE


def _role(change: Change) -> dict[str, object]:
    return {"programme": change.programme, "part": change.part}


def _has_role(change: Change, person: User) -> bool:
    return ProgrammeMembership.objects.filter(
        person=person, programme=change.programme, role=change.part
    ).exists()


def _is_on_placement(change: Change, person: User) -> bool:
    """Return whether a student still learns at a workplace: that goes on."""
    assert change.programme
    rows = queries.current_placements(change.programme.institution).filter(
        student=person, cohort__programme=change.programme
    )
    return change.part == Role.STUDENT and rows.exists()


# Names and numbers.


def rename(change: Change, doing: Doing) -> Outcome:
    """Call somebody as the source does now, if they are called as it did before."""
    return _write("name", change.before, change.name, change, doing, Outcome.DONE)


def rename_undone(change: Change, doing: Doing) -> Outcome:
    """Call somebody again as before."""
    return _write("name", change.name, change.before, change, doing, Outcome.UNDONE)


def renumber(change: Change, doing: Doing) -> Outcome:
    """Give somebody the student number that the source knows."""
    return _write("number", change.before, change.number, change, doing, Outcome.DONE)


def renumber_undone(change: Change, doing: Doing) -> Outcome:
    """Give somebody back the student number of before."""
    return _write("number", change.number, change.before, change, doing, Outcome.UNDONE)


def _write(
    what: str, before: str, after: str, change: Change, doing: Doing, done: Outcome
) -> Outcome:
    column = "name" if what == "name" else "student_number"
    left = Outcome.NOTHING if done == Outcome.DONE else Outcome.KEPT
    account = queries.account_for(doing.source, change)
    if account is None or account.is_there:  # another institution knows them by this, by now
        return left
    rows = User.objects.filter(pk=account.pk, **{column: before})
    if not rows.update(**{column: after}):
        return left
    doing.source.members.filter(person=change.person_id).update(**{what: after})
    record(
        Done.ACCOUNT_CHANGED,
        at=doing.at,
        actor=doing.by.pk,
        institution=doing.source.institution_id,
        subject=f"person:{change.person_id}",
        change=column,
    )
    return done


# Links.


def wish(change: Change, doing: Doing) -> Outcome:
    """Let a teacher guide a student: now, or when there is a placement."""
    student = change.person or queries.member_of(doing.source, change.key)
    teacher = change.teacher or queries.member_of(doing.source, change.teacher_key)
    if student is None or teacher is None or student == teacher:
        return Outcome.NOTHING
    change.person, change.teacher = student, teacher
    change.name = change.teacher_name = ""
    made, is_new = Wish.objects.get_or_create(
        source=doing.source, cohort=change.cohort, student=student, teacher=teacher, link=None
    )
    if not settle(made, doing):
        return Outcome.NOTHING
    change.wish = made
    return Outcome.DONE if is_new or made.link_id else Outcome.NOTHING


def settle(made: Wish, doing: Doing) -> bool:
    """Link a teacher to the placement that a student is on now, if there is one.

    Returns whether the wish is still there: where a person linked them, or took the teacher off
    the placement, that is how it stays.
    """
    placement = queries.placement_for(made)
    if placement is None or not queries.may_guide(made):
        return True
    lock_placements([placement.pk])
    links = PlacementTeacher.objects.filter(placement=placement, teacher=made.teacher)
    if links.filter(ended_at=None).exists() or queries.ended_by_hand(links).exists():
        made.delete()
        return False
    made.link = link_teacher(placement, made.teacher, by=doing.by, at=doing.at)
    made.save(update_fields=["link"])
    tell_student(made.link, by=doing.by, at=doing.at)
    return True


def wish_undone(change: Change, doing: Doing) -> Outcome:
    """Let a teacher guide a student no longer, or not when there is a placement."""
    made = _locked_wish(change)
    if made is None:
        return Outcome.KEPT
    if made.link_id is None:
        made.delete()
        change.wish = None
        return Outcome.UNDONE
    return Outcome.UNDONE if _end(made, doing) else Outcome.KEPT


def end(change: Change, doing: Doing) -> Outcome:
    """End a link that this source made, if nobody did since."""
    made = _locked_wish(change)
    if made is None or made.link_id is None:
        return Outcome.NOTHING
    return Outcome.DONE if _end(made, doing) else Outcome.NOTHING


def _end(made: Wish, doing: Doing) -> bool:
    link = made.link
    assert link
    lock_placements([link.placement_id])
    link.refresh_from_db(fields=["ended_at"])
    if link.ended_at is not None or made.ended_at is not None:
        return False
    end_guiding(link, by=doing.by, at=doing.at)
    made.ended_at = doing.at
    made.save(update_fields=["ended_at"])
    tell_student_of_end(link, by=doing.by, at=doing.at)
    return True


def end_undone(change: Change, doing: Doing) -> Outcome:
    """Let a teacher guide again after a link ended, by a new link as when a person links them.

    The one that ended stays so: what a student shared by it opens only when the student says so.
    """
    made = _locked_wish(change)
    if made is None or made.link is None or made.ended_at is None:
        return Outcome.KEPT
    before = made.link
    lock_placements([before.placement_id])
    if not _may_guide_again(made, before, doing):
        return Outcome.KEPT
    link = link_teacher(before.placement, before.teacher, by=doing.by, at=doing.at)
    change.wish = Wish.objects.create(
        source=doing.source,
        cohort=made.cohort,
        student=made.student,
        teacher=made.teacher,
        link=link,
    )
    # Undoing an earlier look ends the link that there is now.
    Change.objects.filter(wish=made).update(wish=change.wish)
    tell_student(link, by=doing.by, at=doing.at, path=reverse("guidance:older"))
    return Outcome.UNDONE


def _may_guide_again(made: Wish, before: PlacementTeacher, doing: Doing) -> bool:
    """Return whether all is as linking asks for, and nobody linked the teacher meanwhile."""
    placements = queries.current_placements(doing.source.institution)
    again = PlacementTeacher.objects.filter(
        placement=before.placement_id, teacher=before.teacher_id, ended_at=None
    )
    return (
        queries.may_guide(made)
        and placements.filter(pk=before.placement_id).exists()
        and not again.exists()
    )


def unwait(change: Change, doing: Doing) -> Outcome:  # noqa: ARG001 -- as every verb
    """Wait no longer for a placement."""
    made = _locked_wish(change)
    if made is None or made.link_id is not None:
        return Outcome.NOTHING
    made.delete()
    change.wish = None
    return Outcome.DONE


def unwait_undone(change: Change, doing: Doing) -> Outcome:
    """Wait for a placement again."""
    if change.person is None or change.teacher is None:
        return Outcome.KEPT
    Wish.objects.get_or_create(
        source=doing.source,
        cohort=change.cohort,
        student=change.person,
        teacher=change.teacher,
        link=None,
    )
    return Outcome.UNDONE


def _locked_wish(change: Change) -> Wish | None:
    rows = Wish.objects.select_for_update(of=("self",)).select_related(
        "cohort",
        "student",
        "teacher",
        "link__teacher",
        "link__placement__student",
        "link__placement__cohort__programme__institution",
    )
    return rows.filter(pk=change.wish_id).first() if change.wish_id else None


def refuse(change: Change, doing: Doing) -> Outcome:  # noqa: ARG001 -- as every verb
    """Do nothing with somebody who cannot be used."""
    return Outcome.NOTHING


Verb = Callable[[Change, Doing], Outcome]

DO: dict[Does, Verb] = {
    Does.REFUSE: refuse,
    Does.INVITE: give,
    Does.GIVE: give,
    Does.MATCH: give,
    Does.RENAME: rename,
    Does.NUMBER: renumber,
    Does.LINK: wish,
    Does.WAIT: wish,
    Does.END: end,
    Does.UNWAIT: unwait,
    Does.LEAVE: leave,
    Does.FORGET: leave,
}
UNDO: dict[Does, Verb] = {
    Does.REFUSE: refuse,
    Does.INVITE: give_undone,
    Does.GIVE: give_undone,
    Does.MATCH: give_undone,
    Does.RENAME: rename_undone,
    Does.NUMBER: renumber_undone,
    Does.LINK: wish_undone,
    Does.WAIT: wish_undone,
    Does.END: end_undone,
    Does.UNWAIT: unwait_undone,
    Does.LEAVE: leave_undone,
    Does.FORGET: leave_undone,
}

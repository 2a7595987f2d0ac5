"""Making a placement anonymous: what is left are figures of nobody in particular.

Totals keep their meaning: how many placements, activities, reflections and questions there were,
when, how long, of which kind. `register.FIGURES` says what stays and what of it is emptied,
`register.REMOVED` what goes.
"""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet

from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.guidance.actions_points import subject_of
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.news import subject_of_question
from stageapp.guidance.queries_talks import subjects_of
from stageapp.logbook.models import Activity, Reflection
from stageapp.notifications.models import Notification
from stageapp.placements.models import FixedMoment, LearningGoal, Placement, Workplace
from stageapp.privacy import files
from stageapp.privacy.register import FIGURES, REMOVED
from stageapp.programmes.models import VocabularyEntry

#: Of nobody: an address that no mail can go to (RFC 2606 keeps `invalid` for that).
NOBODY = "@nobody.invalid"
#: The columns of an activity that can hold an own entry of the student.
CHOSEN = ("moment", "category", "difficulty")
CHOSEN_SEVERAL = ("people", "sources")


@transaction.atomic
def anonymise(placement: Placement, *, at: datetime, nobody: User | None = None) -> bool:
    """Leave only figures of a placement; return whether there was anything to do.

    The placement becomes one of a person who never was, so that nobody who could read it can
    any more, the student included: access follows from relations, and none is left. Placements of
    one student in one cohort become those of the same `nobody`: totals count them as one.
    """
    kept = Placement.objects.select_for_update().get(pk=placement.pk)
    if kept.anonymised_at is not None:
        return False
    nobody = nobody or make_nobody(joined_at=kept.created_at)
    student, workplace = kept.student_id, kept.workplace
    empty(kept, nobody, at=at)
    _give_to(kept, nobody, at)
    remove_own_entries(student, kept.cohort_id)
    remove_if_unused(workplace)
    record(
        Kind.ANONYMISED,
        at=at,
        institution=kept.cohort.programme.institution_id,
        subject=f"placement:{kept.pk}",
    )
    return True


def make_nobody(*, joined_at: datetime, name: str = "") -> User:
    """Return a person who never was, and who can never sign in."""
    return User.objects.create(
        email=f"{uuid.uuid4().hex}{NOBODY}",
        name=name,
        is_active=False,
        is_nobody=True,
        password=make_password(None),
        joined_at=joined_at,
    )


def empty(placement: Placement, nobody: User, *, at: datetime) -> None:
    """Remove all of a placement that is no figure. Doing it again removes what came late."""
    files.discard_all_of(placement, at=at)
    forget_news(placement)
    _drop_what_does_not_count(placement)
    empty_moments(placement)
    for model, path in REMOVED:
        model._default_manager.filter(**{path: placement}).delete()
    _rename_own_entries(placement, nobody)
    for model, (path, emptied) in FIGURES.items():
        if emptied:
            model._default_manager.filter(**{path: placement}).update(**emptied)


def _drop_what_does_not_count(placement: Placement) -> None:
    """Remove what no total counts: what was deleted, and drafts."""
    Activity.objects.filter(placement=placement, deleted_at__isnull=False).delete()
    Reflection.objects.filter(
        Q(deleted_at__isnull=False) | Q(is_draft=True), placement=placement
    ).delete()
    GuidanceQuestion.objects.filter(placement=placement, shared_at=None).delete()
    LearningGoal.objects.filter(placement=placement).delete()


def _give_to(placement: Placement, nobody: User, at: datetime) -> None:
    placement.student = nobody
    placement.workplace = _nowhere(placement.workplace.country)
    placement.supervisor_name = placement.supervisor_email = placement.supervisor_phone = ""
    placement.assignment = ""
    placement.is_current = placement.shows_effort = False
    placement.anonymised_at = at
    placement.save()


def _nowhere(country: str) -> Workplace:
    """Return the workplace of a country of which nothing is known."""
    nowhere = {"name": "", "street": "", "postal_code": "", "town": "", "country": country}
    return Workplace.objects.filter(**nowhere).first() or Workplace.objects.create(**nowhere)


def remove_if_unused(workplace: Workplace) -> None:
    """Remove a workplace where nobody is or was any more."""
    if not workplace.placements.exists():
        workplace.delete()


def empty_moments(placement: Placement) -> None:
    """Take a placement out of fixed moments.

    One that was for it alone goes: without any placement it would be for all.
    """
    for moment in FixedMoment.objects.filter(placements=placement):
        if moment.placements.count() == 1:
            moment.delete()
        else:
            moment.placements.remove(placement)


def forget_news(placement: Placement) -> None:
    """Remove the news of everybody about a placement, and no other."""
    Notification.objects.filter(subject__in=subjects_of_placement(placement)).delete()


def subjects_of_placement(placement: Placement) -> list[str]:
    """Return what news about a placement and all in it is filed under."""
    questions = placement.questions.prefetch_related("talk_proposals", "meeting_reports")
    subjects = [f"placement:{placement.pk}"]
    for question in questions:
        subjects += [subject_of_question(question), *subjects_of(question)]
    subjects += [subject_of(point) for point in placement.action_points.all()]
    subjects += [f"link:{link.pk}" for link in placement.teacher_links.all()]
    subjects += [f"agreement:{row.pk}" for row in placement.working_agreements.all()]
    subjects += [f"export:{row.pk}" for row in placement.exports.all()]
    subjects += [f"portfolio:{row.pk}" for row in placement.portfolios.all()]
    return subjects


def _rename_own_entries(placement: Placement, nobody: User) -> None:
    """Let what the student called things themselves be told apart by a number only."""
    activities = Activity.objects.filter(placement=placement)
    used = Q()
    for column in CHOSEN:
        used |= Q(pk__in=activities.exclude(**{column: None}).values(column))
    for column in CHOSEN_SEVERAL:
        through = getattr(Activity, column).through.objects
        used |= Q(pk__in=through.filter(activity__placement=placement).values("vocabularyentry"))
    own = VocabularyEntry.objects.filter(used, owner__isnull=False, owner__is_nobody=False)
    begin = VocabularyEntry.objects.filter(owner=nobody).count() + 1
    for number, entry in enumerate(own.order_by("pk"), start=begin):
        nameless = VocabularyEntry.objects.create(
            cohort=entry.cohort,
            kind=entry.kind,
            owner=nobody,
            name_nl=f"Eigen keuze {number}",
            name_en=f"Own choice {number}",
            level=entry.level,
        )
        for column in CHOSEN:
            activities.filter(**{column: entry}).update(**{column: nameless})
        for column in CHOSEN_SEVERAL:
            through = getattr(Activity, column).through.objects
            through.filter(activity__placement=placement, vocabularyentry=entry).update(
                vocabularyentry=nameless
            )


def remove_own_entries(student: int, cohort: int) -> None:
    """Remove the own entries of a student that no placement of theirs can use any more."""
    if not Placement.objects.filter(student=student, cohort=cohort).exists():
        own = VocabularyEntry.objects.filter(owner=student, cohort=cohort)
        own.filter(*(~Q(pk__in=use) for use in _uses())).delete()


def _uses() -> list[QuerySet[Any, Any]]:
    """Return which entries activities name: of whoever it is, what is used stays."""
    return [
        *(Activity.objects.exclude(**{one: None}).order_by().values(one) for one in CHOSEN),
        *(
            getattr(Activity, one).through.objects.values("vocabularyentry")
            for one in CHOSEN_SEVERAL
        ),
    ]

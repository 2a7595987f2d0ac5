"""Bulk data for load tests: many rows, always the same ones, on any database."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Model

from stageapp.accounts.models import User
from stageapp.demo.build import PASSWORD
from stageapp.guidance.models import GuidanceQuestion, Message
from stageapp.logbook.models import Activity
from stageapp.logbook.search import folded
from stageapp.placements.models import LearningGoal, Placement, PlacementTeacher, Workplace
from stageapp.programmes.models import (
    Cohort,
    Competence,
    Institution,
    ProgrammeMembership,
    Role,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.programmes.presets import load_presets
from stageapp.tips.presets import load_tips

BATCH = 2_000
WEEKS = 20
#: Learning goals of each placement.
GOALS = 3
#: Of three questions, one waits for its teacher.
WAITS_EVERY = 3

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Amounts:
    """How much to make; activities and questions are spread evenly over the students."""

    students: int
    teachers: int
    activities: int
    questions: int


@transaction.atomic
def seed(amounts: Amounts, *, number: int, now: datetime) -> Institution:
    """Fill an institution of its own with these amounts; the same number gives the same rows."""
    chance = random.Random(number)  # noqa: S311 -- repeatable on purpose
    slug = f"seed-{number}"
    school = Institution.objects.create(name=f"Seed {number}", slug=slug)
    today = school.day_of(now)
    cohorts = load_presets(school, today.year)
    load_tips(cohorts, at=now)
    teachers = _people(slug, "teacher", amounts.teachers)
    students = _people(slug, "student", amounts.students)
    _memberships(cohorts, teachers, students)
    placements = _placements(cohorts, students, teachers, today, chance)
    _goals(placements)
    _activities(placements, amounts.activities, today, chance)
    _questions(placements, teachers, amounts.questions, now, chance)
    return school


def _keep(rows: Iterable[Row], model: type[Row]) -> list[Row]:
    made: list[Row] = model._default_manager.bulk_create(rows, batch_size=BATCH)
    return made


def _people(slug: str, kind: str, count: int) -> list[User]:
    password = make_password(PASSWORD)
    people = _keep(
        (
            User(
                email=f"{kind}{index}@{slug}.example",
                name=f"{kind.title()} {index:05}",
                password=password,
            )
            for index in range(count)
        ),
        User,
    )
    addresses = (
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in people
    )
    _keep(addresses, EmailAddress)
    return people


def _memberships(cohorts: list[Cohort], teachers: list[User], students: list[User]) -> None:
    roles = [(person, cohort, Role.TEACHER) for person in teachers for cohort in cohorts]
    roles += [
        (person, cohorts[index % len(cohorts)], Role.STUDENT)
        for index, person in enumerate(students)
    ]
    _keep(
        (
            ProgrammeMembership(person=person, programme=cohort.programme, role=role)
            for person, cohort, role in roles
        ),
        ProgrammeMembership,
    )


def _placements(
    cohorts: list[Cohort],
    students: list[User],
    teachers: list[User],
    today: date,
    chance: random.Random,
) -> list[Placement]:
    workplaces = _keep(
        (Workplace(name=f"Werkplek {index}", town="Utrecht") for index in range(len(students))),
        Workplace,
    )
    starts = [today - timedelta(weeks=chance.randint(1, WEEKS - 1)) for _ in students]
    placements = _keep(
        (
            Placement(
                student=student,
                cohort=cohorts[index % len(cohorts)],
                workplace=workplaces[index],
                starts_on=starts[index],
                ends_on=starts[index] + timedelta(weeks=WEEKS),
            )
            for index, student in enumerate(students)
        ),
        Placement,
    )
    _keep(
        (
            PlacementTeacher(placement=placement, teacher=teachers[index % len(teachers)])
            for index, placement in enumerate(placements)
        ),
        PlacementTeacher,
    )
    return placements


def _goals(placements: list[Placement]) -> None:
    rows = (
        LearningGoal(placement=placement, title=f"Leerdoel {number}", position=number)
        for placement in placements
        for number in range(GOALS)
    )
    _keep(rows, LearningGoal)


def _activities(
    placements: list[Placement], count: int, today: date, chance: random.Random
) -> None:
    entries: dict[tuple[int, str], list[VocabularyEntry]] = {}
    cohorts = {placement.cohort_id for placement in placements}
    for entry in VocabularyEntry.objects.filter(cohort__in=cohorts):
        entries.setdefault((entry.cohort_id, entry.kind), []).append(entry)

    competences: dict[int, list[Competence]] = {}
    for row in Competence.objects.filter(cohort__in=cohorts):
        competences.setdefault(row.cohort_id, []).append(row)
    goals: dict[int, list[LearningGoal]] = {}
    for goal in LearningGoal.objects.filter(placement__in=placements):
        goals.setdefault(goal.placement_id, []).append(goal)

    def one(cohort: int, kind: str) -> VocabularyEntry | None:
        found = entries.get((cohort, kind))
        return chance.choice(found) if found else None

    def activity(index: int) -> Activity:
        placement = placements[index % len(placements)]
        days = max((today - placement.starts_on).days, 1)
        text = f"Activiteit {index}: iets gedaan, iets geleerd en iets nagevraagd."
        return Activity(
            placement=placement,
            client_id=_uuid(chance),
            date=placement.starts_on + timedelta(days=chance.randrange(days)),
            description=text,
            search_text=folded(text),
            minutes=chance.choice([15, 30, 60]),
            category=one(placement.cohort_id, VocabularyKind.CATEGORY),
            moment=one(placement.cohort_id, VocabularyKind.MOMENT),
            difficulty=one(placement.cohort_id, VocabularyKind.DIFFICULTY),
            status=Activity.Status.FINISHED,
            goal=chance.choice(goals[placement.pk]),
        )

    # In portions, so that millions of them never are in memory together.
    for start in range(0, count, BATCH):
        portion = range(start, min(start + BATCH, count))
        made = _keep((activity(index) for index in portion), Activity)
        links = (
            Activity.people.through(activity_id=activity.pk, vocabularyentry_id=person.pk)
            for activity in made
            if (person := one(activity.placement.cohort_id, VocabularyKind.PERSON))
        )
        _keep(links, Activity.people.through)
        sources = (
            Activity.sources.through(activity_id=activity.pk, vocabularyentry_id=source.pk)
            for activity in made[::2]
            if (source := one(activity.placement.cohort_id, VocabularyKind.SOURCE))
        )
        _keep(sources, Activity.sources.through)
        worked_on = (
            Activity.competences.through(
                activity_id=activity.pk, competence_id=chance.choice(known).pk
            )
            for activity in made
            if (known := competences.get(activity.placement.cohort_id))
        )
        _keep(worked_on, Activity.competences.through)


def _questions(
    placements: list[Placement],
    teachers: list[User],
    count: int,
    now: datetime,
    chance: random.Random,
) -> None:
    questions = _keep(
        (
            GuidanceQuestion(
                placement=placements[index % len(placements)],
                client_id=_uuid(chance),
                title=f"Vraag {index}",
                core="Waar loop ik op vast, wat vind ik er zelf van, en wat vraag ik?",
                teacher=teachers[index % len(placements) % len(teachers)],
                shared_at=now - timedelta(hours=chance.randint(1, 500)),
            )
            for index in range(count)
        ),
        GuidanceQuestion,
    )
    _keep(
        (
            Message(
                question=question,
                client_id=_uuid(chance),
                author=question.teacher,
                is_from_student=False,
                text="Dank voor je vraag. Probeer het eens andersom.",
                sent_at=now - timedelta(minutes=chance.randint(1, 50)),
            )
            for index, question in enumerate(questions)
            if index % WAITS_EVERY
        ),
        Message,
    )


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)

"""Makes the demo: the same on every machine, spread over the weeks before today."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.demo.content import content
from stageapp.demo.extras import add_cohort_deadlines, add_extras, plan_days
from stageapp.demo.guests import ask_guests
from stageapp.demo.talks import add_report, add_talk
from stageapp.guidance import actions as guidance
from stageapp.guidance.actions_points import add_point
from stageapp.guidance.models import ActionPoint, AppointmentMail, GuidanceQuestion
from stageapp.logbook.actions import save_item
from stageapp.logbook.models import Activity, Chain
from stageapp.logbook.search import refresh_search
from stageapp.notifications.models import Notification
from stageapp.placements.actions import start_placement
from stageapp.placements.actions_agreements import confirm, keep_terms
from stageapp.placements.models import LearningGoal, Placement, TeacherTerms, Workplace
from stageapp.programmes.actions import enrol
from stageapp.programmes.models import (
    Cohort,
    Institution,
    InstitutionAdministrator,
    ProgrammeMembership,
    Role,
    VocabularyEntry,
)
from stageapp.programmes.presets import load_presets
from stageapp.tips.presets import load_tips

PASSWORD = "stage-app-demo"  # noqa: S105 -- printed for everybody to use
SEED = 2026
SATURDAY = 5
SHARE_THAT_WAITS = 0.75
ADMINISTERED = ("hbo-ict", "leraar-vo")


@dataclass(frozen=True)
class Story:
    """How far a student is: weeks since the start (negative: to come), length, and who logs."""

    weeks: int
    length: int = 20
    share_of_days: float = 0.75
    shares: bool = True


#: News from before is no news any more.
SEEN_AFTER = timedelta(days=3)
AGREES_AFTER = timedelta(days=2)
STORIES = {
    "sanne@demo.example": Story(weeks=10, share_of_days=0.95),
    "youssef@demo.example": Story(weeks=9, length=22, share_of_days=0.85),
    "noor@demo.example": Story(weeks=5, shares=False),
    "grace@demo.example": Story(weeks=7),
    "lotte@demo.example": Story(weeks=1, length=20, shares=False),
}
#: The others, in turn: most go well, a few are silent, some are to start or are over.
OTHERS = [
    Story(weeks=8),
    Story(weeks=12),
    Story(weeks=4, shares=False, share_of_days=0.3),
    Story(weeks=6),
    Story(weeks=15),
    Story(weeks=-2, shares=False),
    Story(weeks=3),
    Story(weeks=22, length=20),
    Story(weeks=9),
    Story(weeks=1, shares=False),
]


@transaction.atomic
def build_demo(now: datetime) -> None:
    """Fill an empty database with the demo institution."""
    chance = random.Random(SEED)  # noqa: S311 -- the same demo everywhere
    people = content("people")
    institution = Institution.objects.create(name="Hogeschool Demo", slug="demo")
    today = institution.day_of(now)
    cohorts = {
        cohort.programme.slug: cohort for cohort in load_presets(institution, year=today.year)
    }
    load_tips(list(cohorts.values()), at=now)
    teacher = _staff(people, cohorts)
    add_cohort_deadlines(cohorts, today)
    builder = Builder(cohorts, now, today, chance)
    others = iter(range(len(people["students"])))
    for entry in people["students"]:
        story = STORIES.get(entry["email"]) or OTHERS[next(others) % len(OTHERS)]
        builder.add_student(entry, story, teacher)
    plan_days(teacher, User.objects.get(email=people["colleague"]["email"]), institution, now)
    # Everything above is history: it asks for no mail now, and what is old was seen.
    Notification.objects.update(mail_due_at=None)
    AppointmentMail.objects.update(mail_due_at=None)
    Notification.objects.filter(caused_at__lt=now - SEEN_AFTER).update(seen_at=now)


def _staff(people: dict[str, Any], cohorts: dict[str, Cohort]) -> User:
    teacher, colleague = _person(people["teacher"]), _person(people["colleague"])
    keep_terms(TeacherTerms(teacher=teacher, **content("extras")["terms"]))
    for cohort in cohorts.values():
        for person in (teacher, colleague):
            ProgrammeMembership.objects.create(
                programme=cohort.programme, person=person, role=Role.TEACHER
            )
    administrator = _person(people["administrator"])
    for slug in ADMINISTERED:
        ProgrammeMembership.objects.create(
            programme=cohorts[slug].programme, person=administrator, role=Role.ADMINISTRATOR
        )
    InstitutionAdministrator.objects.create(
        institution=cohorts[ADMINISTERED[0]].programme.institution,
        person=_person(people["functional_administrator"]),
    )
    return teacher


def _person(entry: dict[str, Any]) -> User:
    person = User.objects.create_user(
        email=entry["email"],
        name=entry["name"],
        password=PASSWORD,
        student_number=entry.get("student_number", ""),
        language=entry.get("language", "nl"),
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


class Builder:
    """Adds students one by one; keeps what has been used so that texts differ."""

    def __init__(
        self, cohorts: dict[str, Cohort], now: datetime, today: date, chance: random.Random
    ) -> None:
        self.cohorts, self.now, self.today, self.chance = cohorts, now, today, chance
        self.texts = {slug: content(f"activities-{slug}")["activities"] for slug in cohorts}
        self.questions = content("questions")["questions"]
        self.notes = content("saved")["notes"]
        self.turn: Counter[tuple[str, str]] = Counter()
        self.entries = {
            (entry.cohort_id, entry.kind, entry.key): entry
            for entry in VocabularyEntry.objects.filter(cohort__in=cohorts.values())
        }
        self.competences = {
            slug: {competence.key: competence for competence in cohort.competences.all()}
            for slug, cohort in cohorts.items()
        }

    def add_student(self, entry: dict[str, Any], story: Story, teacher: User) -> None:
        """Make a student with placement, logbook, saved items and questions."""
        slug = entry["programme"]
        student = _person(entry)
        enrol(student, programme=self.cohorts[slug].programme)
        with override(student.language):
            placement = self._placement(entry, story, student, teacher)
        self._agree(placement, student)
        activities = list(self._activities(placement, slug, story))
        with override(student.language):
            add_extras(student, placement, activities, self.now)
        self._save_some(student, slug, activities)
        if story.shares and activities:
            self._ask(placement, slug, student, teacher, activities)
            ask_guests(student, placement, activities, self.now)

    def _placement(
        self, entry: dict[str, Any], story: Story, student: User, teacher: User
    ) -> Placement:
        monday = self.today - timedelta(days=self.today.weekday())
        starts_on = monday - timedelta(weeks=story.weeks)
        placement = Placement(
            cohort=self.cohorts[entry["programme"]],
            starts_on=starts_on,
            ends_on=starts_on + timedelta(weeks=story.length, days=-3),
            days_per_week=self.chance.choice([4, 4, 5]),
            hours_per_day=Decimal(8),
            **{
                name: entry[name]
                for name in (
                    "supervisor_name",
                    "supervisor_email",
                    "supervisor_phone",
                    "assignment",
                )
            },
        )
        workplace = Workplace(
            name=entry["workplace_name"],
            street=entry["street"],
            postal_code=entry["postal_code"],
            town=entry["town"],
        )
        # Who starts later filled it in today.
        at = min(self._moment(starts_on, 9), self.now)
        return start_placement(placement, workplace, by=student, teacher=teacher, at=at)

    def _agree(self, placement: Placement, student: User) -> None:
        """Let a student agree with what the teacher proposed, in the first week."""
        link, proposal = placement.teacher_links.get(), placement.working_agreements.get()
        if placement.starts_on + AGREES_AFTER <= self.today:
            at = self._moment(placement.starts_on + AGREES_AFTER, 12)
            confirm(link, proposal.pk, by=student, at=at)

    def _activities(self, placement: Placement, slug: str, story: Story) -> Iterator[Activity]:
        goals = self._own_goals(placement)
        chains: dict[str, Chain] = {}
        day = placement.starts_on
        last = min(self.today, placement.ends_on)
        while day <= last:
            if day.weekday() < SATURDAY and self.chance.random() < story.share_of_days:
                for _ in range(self.chance.choice([1, 1, 2, 3])):
                    yield self._activity(placement, slug, day, goals, chains)
            day += timedelta(days=1)

    def _activity(
        self,
        placement: Placement,
        slug: str,
        day: date,
        goals: dict[str, LearningGoal],
        chains: dict[str, Chain],
    ) -> Activity:
        text = self._next_text(slug, placement.student.language)
        entry = self._entry_of(placement.cohort)
        activity = Activity.objects.create(
            placement=placement,
            date=day,
            description=text["description"],
            minutes=text.get("minutes"),
            moment=entry("moment", text),
            category=entry("category", text),
            difficulty=entry("difficulty", text),
            status=text.get("status", ""),
            goal=goals.get(text.get("goal", "")),
            chain=self._chain(placement, text.get("chain"), chains, day),
            learned=text.get("learned", ""),
            next_steps=text.get("next_steps", ""),
            support_workplace=text.get("support_workplace", ""),
            support_programme=text.get("support_programme", ""),
            created_at=min(self._moment(day, 17), self.now),
        )
        key = (placement.cohort_id,)
        activity.people.set(
            [self.entries[(*key, "person", name)] for name in text.get("people", [])]
        )
        activity.sources.set(
            [self.entries[(*key, "source", name)] for name in text.get("sources", [])]
        )
        activity.competences.set(
            [self.competences[slug][name] for name in text.get("competences", [])]
        )
        refresh_search(activity)
        return activity

    def _own_goals(self, placement: Placement) -> dict[str, LearningGoal]:
        """Give the starting goals the words that a student would, by their keys."""
        keys = placement.cohort.starting_goals.values_list("key", flat=True)
        goals = dict(zip(keys, placement.goals.all(), strict=True))
        for key, words in content("goals").items():
            if key in goals:
                goals[key].title, goals[key].description = words["title"], words["description"]
                goals[key].save()
        return goals

    def _next_text(self, slug: str, language: str) -> dict[str, Any]:
        """Go round the texts of a programme, so that students differ."""
        texts = [text for text in self.texts[slug] if text.get("language", "nl") == language]
        turn = self.turn[slug, language]
        self.turn[slug, language] += 1
        text: dict[str, Any] = texts[turn % len(texts)]
        return text

    def _entry_of(self, cohort: Cohort) -> Any:
        def entry(kind: str, text: dict[str, Any]) -> VocabularyEntry | None:
            return self.entries.get((cohort.pk, kind, text.get(kind, "")))

        return entry

    def _chain(
        self, placement: Placement, name: str | None, chains: dict[str, Chain], day: date
    ) -> Chain | None:
        if not name:
            return None
        if name not in chains:
            chains[name] = Chain.objects.create(
                placement=placement, name=name, created_at=self._moment(day, 17)
            )
        return chains[name]

    def _save_some(self, student: User, slug: str, activities: list[Activity]) -> None:
        notes = [note["text"] for note in self.notes if note["programme"] == slug]
        for number, activity in enumerate(activities[4::9]):
            item = save_item(
                activity, by=student, at=min(self._moment(activity.date, 18), self.now)
            )
            item.note = notes[number % len(notes)] if notes and number % 2 == 0 else ""
            item.save(update_fields=["note"])

    def _ask(
        self,
        placement: Placement,
        slug: str,
        student: User,
        teacher: User,
        activities: list[Activity],
    ) -> None:
        for number, text in enumerate(self._questions_for(student, slug)):
            latest = activities[
                max(0, len(activities) - self.chance.randrange(2, 14) - number * 14)
            ]
            at = min(self._moment(latest.date, 19), self.now - timedelta(hours=3))
            question = GuidanceQuestion(
                placement=placement,
                title=text["title"],
                core=text["core"],
                form=text["form"],
                teacher=teacher,
            )
            chosen = [activity for activity in activities if activity.date <= latest.date]
            guidance.draft_question(
                question, chosen[len(chosen) - text["items"] :], by=student, at=at
            )
            guidance.share_question(question, at=at)
            self._converse(question, text, student, teacher, at)
            for row in text.get("points", []):
                point = ActionPoint(
                    placement=placement,
                    client_id=_client_id(self.chance),
                    question=question,
                    what=row["what"],
                    due_on=self.today + timedelta(days=row["days"]),
                    owner=teacher if row["by"] == "teacher" else student,
                )
                add_point(point, by=student, at=self.now)
            # Another source of chance, so that the rest of the demo stays as it was.
            chance = random.Random(text["title"])  # noqa: S311 -- the same demo everywhere
            for row in text.get("reports", []):
                add_report(question, row, self.now, chance)
            for row in text.get("talks", []):
                add_talk(question, row, self.now, chance)
                guidance.mark_read([question], by=student, at=self.now)

    def _questions_for(self, student: User, slug: str) -> list[dict[str, Any]]:
        own = [text for text in self.questions if text.get("student") == student.email]
        if own:
            return own
        free = [
            text for text in self.questions if text["programme"] == slug and not text.get("student")
        ]
        answered = [text for text in free if text.get("messages", [{}])[-1].get("by") == "teacher"]
        if self.chance.random() < SHARE_THAT_WAITS:
            return self.chance.sample(free, k=1)
        return self.chance.sample(answered, k=min(len(answered), self.chance.choice([1, 2])))

    def _converse(
        self,
        question: GuidanceQuestion,
        text: dict[str, Any],
        student: User,
        teacher: User,
        at: datetime,
    ) -> None:
        for number, message in enumerate(text.get("messages", []), start=1):
            author = teacher if message["by"] == "teacher" else student
            sent_at = min(
                at + timedelta(hours=20 * number), self.now - timedelta(minutes=60 - number)
            )
            guidance.mark_read([question], by=author, at=sent_at)
            guidance.send_message(
                question, message["text"], by=author, at=sent_at, client_id=_client_id(self.chance)
            )

    def _moment(self, day: date, hour: int) -> datetime:
        zone = ZoneInfo("Europe/Amsterdam")
        return datetime.combine(day, time(hour, self.chance.randrange(60)), zone)


def _client_id(chance: random.Random) -> Any:
    return UUID(int=chance.getrandbits(128), version=4)

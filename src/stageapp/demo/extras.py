"""What some students of the demo have besides activities: written by the app's own actions."""

import io
import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from stageapp.accounts.models import User
from stageapp.demo.content import content
from stageapp.logbook.actions_evidence import add_evidence
from stageapp.logbook.actions_lists import keep_template
from stageapp.logbook.actions_reflections import write_feedback, write_reflection
from stageapp.logbook.forms_evidence import evidence_of
from stageapp.logbook.models import Activity, ActivityFeedback, Evidence, Reflection
from stageapp.placements.actions_agreements import keep_leave
from stageapp.placements.actions_teachers import arrange_substitution, keep_moment
from stageapp.placements.models import (
    FixedMoment,
    Interruption,
    Placement,
    Substitution,
    TeacherLeave,
)
from stageapp.planning.models import Appointment, Deadline
from stageapp.programmes.models import Cohort, CohortDeadline, Institution, ReflectionModel

ZONE = ZoneInfo("Europe/Amsterdam")
SIZE = (900, 600)


def add_cohort_deadlines(cohorts: dict[str, Cohort], today: date) -> None:
    """Give the cohorts dates of the programme."""
    for row in content("extras")["cohort_deadlines"]:
        CohortDeadline.objects.create(
            cohort=cohorts[row["programme"]],
            title_nl=row["title_nl"],
            title_en=row["title_en"],
            due_on=_workday(today - timedelta(days=row["days"])),
            due_time=time.fromisoformat(row["time"]) if "time" in row else None,
        )


def add_extras(
    student: User, placement: Placement, activities: list[Activity], now: datetime
) -> None:
    """Add what `extras.toml` has for a student; nothing for most of them."""
    adder = _Adder(student, placement, activities, now)
    adder.absences()
    if activities:
        adder.on_activities()
    adder.planned()


def plan_days(teacher: User, colleague: User, institution: Institution, now: datetime) -> None:
    """Fix the teacher's moments of the week; let a colleague stand in for a week of leave."""
    for row in content("extras")["moments"]:
        moment = FixedMoment(
            teacher=teacher,
            weekday=row["weekday"],
            starts=time.fromisoformat(row["starts"]),
            ends=time.fromisoformat(row["ends"]),
            place=row["place"],
            note=row["note"],
        )
        students = Placement.objects.filter(student__email__in=row.get("students", []))
        keep_moment(moment, list(students))
    today = institution.day_of(now)
    first = today + timedelta(days=14 - today.weekday())
    last = first + timedelta(days=4)
    keep_leave(TeacherLeave(teacher=teacher, starts_on=first, ends_on=last))
    arrange_substitution(
        Substitution(
            teacher=teacher,
            substitute=colleague,
            institution=institution,
            starts_on=first,
            ends_on=last,
        ),
        by=teacher,
        at=now,
    )


class _Adder:
    def __init__(
        self, student: User, placement: Placement, activities: list[Activity], now: datetime
    ) -> None:
        self.student, self.placement = student, placement
        self.activities, self.now, self.today = activities, now, placement.today()

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Give what the data has for this student."""
        for row in content("extras")[name]:
            if row["student"] == self.student.email:
                yield row

    def day(self, row: dict[str, Any]) -> date:
        """Return the day of a row, within the placement and on a workday."""
        return max(_workday(self.today - timedelta(days=row["days"])), self.placement.starts_on)

    def near(self, row: dict[str, Any]) -> Activity:
        """Return the last activity until the day of a row."""
        day = self.day(row)
        until = [activity for activity in self.activities if activity.date <= day]
        return (until or self.activities)[-1]

    def on_activities(self) -> None:
        """Add what belongs to activities."""
        for row in self.rows("reflections"):
            self._reflection(row)
        for row in self.rows("evidence"):
            add_evidence(self.near(row), [_evidence(row)], at=self._moment(self.day(row)))
        for row in self.rows("feedback"):
            hard = [one for one in self.activities if one.difficulty and one.difficulty.level == 3]  # noqa: PLR2004 -- the hardest
            values = {name: value for name, value in row.items() if name != "student"}
            write_feedback(ActivityFeedback(activity=(hard or self.activities)[-1], **values))
        for row in self.rows("templates"):
            keep_template(self.activities[0], row["name"], at=self.now)

    def absences(self) -> None:
        """Add days of absence."""
        for row in self.rows("absences"):
            first = self.day(row)
            Interruption.objects.create(
                placement=self.placement,
                kind=row["kind"],
                starts_on=first,
                ends_on=first + timedelta(days=row["length"] - 1),
                reason=row["reason"],
            )

    def planned(self) -> None:
        """Add deadlines and appointments."""
        for row in self.rows("deadlines"):
            Deadline.objects.create(
                placement=self.placement,
                title=row["title"],
                due_on=self.day(row),
                done_at=self.now if row.get("done") else None,
            )
        for row in self.rows("appointments"):
            begin = datetime.combine(self.day(row), time(row["hour"]), ZONE)
            Appointment.objects.create(
                placement=self.placement,
                title=row["title"],
                with_whom=row["with"],
                location=row["location"],
                starts_at=begin,
                ends_at=begin + timedelta(hours=1),
            )

    def _reflection(self, row: dict[str, Any]) -> None:
        model = ReflectionModel.objects.get(programme=None, key=row["model"])
        activity = self.near(row)
        fields = {field.key: field for field in model.fields.all()}
        write_reflection(
            Reflection(
                placement=self.placement,
                activity=activity,
                model=model,
                title=row["title"],
                date=activity.date,
            ),
            {fields[key]: text for key, text in row["answers"].items()},
            at=self._moment(activity.date),
        )

    def _moment(self, day: date) -> datetime:
        return min(datetime.combine(day, time(20, 15), ZONE), self.now)


def _evidence(row: dict[str, Any]) -> Evidence:
    if row["kind"] == "picture":
        return evidence_of(SimpleUploadedFile(row["name"], _drawing(row["name"])))
    return Evidence(
        kind=row["kind"], name=row["name"], url=row.get("url", ""), text=row.get("text", "")
    )


def _drawing(name: str) -> bytes:
    """Return a sketch on a board: boxes and arrows, different for each name."""
    chance = random.Random(name)  # noqa: S311 -- the same drawing everywhere
    board = Image.new("RGB", SIZE, "#f7f4ea")
    pen = ImageDraw.Draw(board)
    corner = (40, 60)
    for colour in ("#3447a6", "#a8231b", "#1d6637", "#854a00"):
        x, y = corner
        pen.rounded_rectangle((x, y, x + 220, y + 110), 14, outline=colour, width=5)
        for line in range(3):
            length = chance.randrange(60, 170)
            pen.line((x + 24, y + 28 + line * 26, x + 24 + length, y + 28 + line * 26), colour, 5)
        pen.line((x + 110, y + 116, x + 170, y + 170), "#575c68", 4)
        corner = (x + 190, y + 120)
    into = io.BytesIO()
    board.save(into, "PNG")
    return into.getvalue()


def _workday(day: date) -> date:
    """Return the day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(day.isoweekday() - 5, 0))

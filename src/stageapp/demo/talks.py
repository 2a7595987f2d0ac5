"""Talks of the demo: one that is planned with its report of before, and moments that wait."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from stageapp.accounts.models import User
from stageapp.guidance import actions_reports, actions_talks
from stageapp.guidance.models import ActionPoint, GuidanceQuestion, MeetingReport, TalkProposal

ZONE = ZoneInfo("Europe/Amsterdam")
FRIDAY = 5


def add_talk(
    question: GuidanceQuestion, row: dict[str, Any], now: datetime, chance: random.Random
) -> None:
    """Let one of the two propose moments on workdays to come; the other picks the first or not."""
    student, teacher = question.placement.student, question.teacher
    assert teacher
    by, other = (teacher, student) if row["by"] == "teacher" else (student, teacher)
    proposal = TalkProposal(
        question=question,
        client_id=_client_id(chance),
        form=row["form"],
        place=row["place"],
        note=row.get("note", ""),
    )
    at = now - timedelta(minutes=50)
    moments = [_moment(now, moment["days"], moment["hour"]) for moment in row["moments"]]
    actions_talks.propose_talk(proposal, moments, by=by, at=at)
    if row.get("picked"):
        first = proposal.moments.order_by("position")[0]
        actions_talks.pick_moment(first, by=other, at=at + timedelta(minutes=20))


def add_report(
    question: GuidanceQuestion, row: dict[str, Any], now: datetime, chance: random.Random
) -> None:
    """Let the student write and share the report of a talk, and the teacher confirm it."""
    student, teacher = question.placement.student, question.teacher
    assert teacher
    at = now - timedelta(minutes=55)
    report = MeetingReport(
        question=question,
        client_id=_client_id(chance),
        agreed=row["agreed"],
        discussed=row["discussed"],
    )
    point = ActionPoint(
        placement=question.placement,
        client_id=_client_id(chance),
        what=row["what"],
        due_on=_workday(now.date() + timedelta(days=6)),
        owner=student,
    )
    actions_reports.keep_report(report, [point], by=student, at=at)
    actions_reports.share_report(report, at=at)
    report.refresh_from_db()
    _confirm(report, row["addition"], teacher, at + timedelta(minutes=15))


def _confirm(report: MeetingReport, addition: str, teacher: User, at: datetime) -> None:
    actions_reports.confirm_report(
        report, addition=addition, read_version=report.version, by=teacher, at=at
    )


def _moment(now: datetime, days: int, hour: int) -> datetime:
    return datetime.combine(_workday(now.date() + timedelta(days=days)), time(hour, 30), ZONE)


def _workday(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(8 - day.isoweekday(), 0) if day.isoweekday() > FRIDAY else 0)


def _client_id(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)

"""A made-up student, teacher and guest, to show administrators what each of them sees.

All of it lives in memory for one page: rows that are never saved, and the rules and words of the
app itself. Nothing is read of anybody, and nothing is written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from stageapp.accounts.models import User
from stageapp.guidance.models import GuidanceQuestion
from stageapp.guidance.queries_attention import AttentionRow, reason_of
from stageapp.guidance.rules import Facts, attention
from stageapp.home.rules import Situation, next_step, phase
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement, Workplace
from stageapp.programmes.models import Cohort, Institution, Programme

#: No row has this key, and links to it are taken out as well.
NO_KEY = 0
STARTED = timedelta(days=35)
LENGTH = timedelta(days=140)


@dataclass(frozen=True)
class MadeUp:
    """What is made up of: who there is, and when it is."""

    now: datetime
    student: User
    teacher: User
    placement: Placement

    @classmethod
    def at(cls, now: datetime) -> "MadeUp":
        """Return a student five weeks on placement, and their teacher."""
        student = User(pk=NO_KEY, name=_("Sam Example (made up)"))
        teacher = User(pk=NO_KEY - 1, name=_("Robin Example (made up)"))
        return cls(now, student, teacher, _placement(student, now))


def student_context(made: MadeUp) -> dict[str, Any]:
    """Return what the start page of the student shows, and a question with an answer."""
    situation = Situation(
        has_started=True,
        running_days=STARTED.days,
        activities=12,
        logged_today=False,
        saved=2,
        drafts=0,
        has_reflection_draft=False,
        shared_ever=True,
        waiting_for_teacher=0,
        unread_answers=0,
    )
    question = _question(made)
    return {
        "placement": made.placement,
        "progress": made.placement.period.progress(made.now.date()),
        "situation": situation,
        "step": next_step(situation).value,
        "phase": phase(situation).value,
        "recent": _activities(made),
        "open_questions": [SimpleNamespace(question=question, state="answered")],
        **_question_context(made, question, made.student),
    }


def teacher_context(made: MadeUp) -> dict[str, Any]:
    """Return the list of a teacher with a student of each colour, and the question of one."""
    question = _question(made)
    rows = [
        _row(made, _("Alex Example (made up)"), running=20, ever_shared=False),
        _row(made, made.student.name, running=STARTED.days, waits=timedelta(days=2)),
        _row(made, _("Kim Example (made up)"), running=STARTED.days),
    ]
    return {
        "rows": [row for row in rows if row.asks_for_action],
        "all_rows": rows,
        "guided": len(rows),
        **_question_context(made, question, made.teacher),
    }


def guest_context(made: MadeUp) -> dict[str, Any]:
    """Return what a workplace supervisor reads by a link."""
    question = _question(made)
    return {
        **_question_context(made, question, None),
        "student": made.student.name,
        "until": made.now + timedelta(days=28),
        "invitation": SimpleNamespace(pk=None, name=_("Chris Example (made up)")),
    }


CONTEXTS = {"student": student_context, "teacher": teacher_context, "guest": guest_context}


def _placement(student: User, now: datetime, *, started: timedelta = STARTED) -> Placement:
    institution = Institution(pk=NO_KEY, name=_("Example school"))
    programme = Programme(
        pk=NO_KEY, institution=institution, name_nl="Voorbeeldopleiding", name_en="Example"
    )
    cohort = Cohort(pk=NO_KEY, programme=programme, name_nl="Voorbeeld", name_en="Example")
    first = timezone.localdate(now) - started
    made = Placement(
        pk=NO_KEY,
        student=student,
        cohort=cohort,
        workplace=Workplace(pk=NO_KEY, name=_("Example workplace")),
        starts_on=first,
        ends_on=first + LENGTH,
    )
    # So that nothing is looked up for it.
    made._prefetched_objects_cache = {"interruptions": []}  # type: ignore[attr-defined]
    return made


def _activities(made: MadeUp) -> list[Activity]:
    texts = (
        _("Led the meeting at the start of the day for the first time."),
        _("Looked through the work of a colleague, and asked what I did not follow."),
    )
    today = timezone.localdate(made.now)
    return [
        Activity(pk=NO_KEY, date=today - timedelta(days=days), description=text)
        for days, text in enumerate(texts, start=1)
    ]


def _question(made: MadeUp) -> GuidanceQuestion:
    return GuidanceQuestion(
        pk=NO_KEY,
        placement=made.placement,
        teacher=made.teacher,
        title=_("How do I keep a meeting short?"),
        core=_(
            "My meetings take twice as long as planned. I notice that I let everybody finish. How "
            "can I cut in without being rude?"
        ),
        shared_at=made.now - timedelta(days=2),
    )


def _question_context(made: MadeUp, question: GuidanceQuestion, reader: User | None) -> Any:
    own = [made.student.name, made.teacher.name]
    texts = [
        _("I tried to write the agenda on the board, and it helped a little."),
        _("Good that you tried something. What did you say when somebody went on?"),
    ]
    is_teacher = reader is made.teacher
    authors = [made.student.pk, made.teacher.pk]
    # A teacher's question waits: the last word is the student's.
    count = 1 if is_teacher or reader is None else 2
    conversation = [
        SimpleNamespace(
            pk=NO_KEY,
            author_id=authors[number],
            invitation_id=NO_KEY,
            writer_name=own[number],
            sent_at=made.now - timedelta(days=1, hours=4 - number),
            edited_at=None,
            text=texts[number],
            attachments=SimpleNamespace(all=[]),
        )
        for number in range(count)
    ]
    return {
        "question": question,
        "items": [_item(made)],
        "conversation": conversation,
        "user": reader or SimpleNamespace(pk=None),
    }


def _item(made: MadeUp) -> Any:
    activity = _activities(made)[0]
    return SimpleNamespace(
        kind="activity",
        label=_("activity"),
        day=activity.date,
        withdrawn_at=None,
        shared_anew_at=None,
        snapshot={
            "date": activity.date.isoformat(),
            "description": activity.description,
            "rows": [],
        },
    )


def _row(
    made: MadeUp,
    name: str,
    *,
    running: int,
    ever_shared: bool = True,
    waits: timedelta | None = None,
) -> AttentionRow:
    placement = _placement(User(pk=NO_KEY, name=name), made.now, started=timedelta(days=running))
    today = timezone.localdate(made.now)
    facts = Facts(
        name=name,
        starts_on=placement.starts_on,
        ends_on=placement.ends_on,
        is_current=True,
        running_days=running,
        first_share_days=placement.cohort.first_share_days,
        ever_shared=ever_shared,
        waiting_since=made.now - waits if waits else None,
    )
    found = attention(facts, today)
    return AttentionRow(
        placement=placement,
        attention=found,
        reason=reason_of(found, facts, today),
        question_count=int(ever_shared),
        last_heard_at=made.now - timedelta(days=2) if ever_shared else None,
        facts=facts,
    )

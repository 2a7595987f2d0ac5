"""Where a student is in the guidance cycle, and the one most useful next step. Plain Python."""

from dataclasses import dataclass
from enum import Enum

#: After so many days on placement a first question is worth a suggestion.
SUGGEST_QUESTION_AFTER = 7


class Phase(Enum):
    """The four phases of the guidance cycle (design, The guidance cycle)."""

    EXPECT = 1
    WORK = 2
    ANALYSE = 3
    DISCUSS = 4


class Step(Enum):
    """What is most useful now."""

    READ_ANSWER = "read_answer"
    WRITE_REPORT = "write_report"
    WAIT_FOR_START = "wait_for_start"
    LOG_FIRST = "log_first"
    LOG_TODAY = "log_today"
    FINISH_DRAFT = "finish_draft"
    FINISH_REFLECTION = "finish_reflection"
    ASK_WITH_SAVED = "ask_with_saved"
    ASK_FIRST = "ask_first"
    LOOK_BACK = "look_back"


@dataclass(frozen=True)
class Situation:
    """What the next step is decided by."""

    has_started: bool
    running_days: int
    activities: int
    logged_today: bool
    saved: int
    drafts: int
    has_reflection_draft: bool
    shared_ever: bool
    waiting_for_teacher: int
    unread_answers: int
    talk_to_report: bool = False


def next_step(now: Situation) -> Step:
    """Return the first step that applies, the most useful one first."""
    if now.unread_answers:
        return Step.READ_ANSWER
    if now.talk_to_report:
        return Step.WRITE_REPORT
    if not now.has_started:
        return Step.WAIT_FOR_START
    if not now.activities:
        return Step.LOG_FIRST
    if now.drafts:
        return Step.FINISH_DRAFT
    if not now.logged_today:
        return Step.LOG_TODAY
    if now.has_reflection_draft:
        return Step.FINISH_REFLECTION
    if now.saved and not now.waiting_for_teacher and not now.shared_ever:
        return Step.ASK_WITH_SAVED
    if not now.shared_ever and now.running_days >= SUGGEST_QUESTION_AFTER:
        return Step.ASK_FIRST
    return Step.LOOK_BACK


def phase(now: Situation) -> Phase:
    """Return the phase that the student's own facts point at."""
    if not now.has_started or not now.activities:
        return Phase.EXPECT
    if now.unread_answers or now.waiting_for_teacher or now.talk_to_report:
        return Phase.DISCUSS
    if now.drafts or (now.saved and now.logged_today):
        return Phase.ANALYSE
    return Phase.WORK

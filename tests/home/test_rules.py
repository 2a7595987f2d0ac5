"""Where a student is in the cycle, and the one most useful next step."""

from dataclasses import replace

import pytest

from stageapp.home.rules import Phase, Situation, Step, next_step, phase

QUIET = Situation(
    has_started=True,
    running_days=10,
    activities=5,
    logged_today=True,
    saved=0,
    drafts=0,
    has_reflection_draft=False,
    shared_ever=True,
    waiting_for_teacher=0,
    unread_answers=0,
)


@pytest.mark.parametrize(
    ("change", "step", "where"),
    [
        ({}, Step.LOOK_BACK, Phase.WORK),
        ({"logged_today": False}, Step.LOG_TODAY, Phase.WORK),
        ({"activities": 0, "logged_today": False}, Step.LOG_FIRST, Phase.EXPECT),
        ({"has_started": False}, Step.WAIT_FOR_START, Phase.EXPECT),
        ({"unread_answers": 1, "logged_today": False}, Step.READ_ANSWER, Phase.DISCUSS),
        ({"waiting_for_teacher": 1}, Step.LOOK_BACK, Phase.DISCUSS),
        ({"drafts": 1}, Step.FINISH_DRAFT, Phase.ANALYSE),
        ({"has_reflection_draft": True}, Step.FINISH_REFLECTION, Phase.WORK),
        ({"has_reflection_draft": True, "logged_today": False}, Step.LOG_TODAY, Phase.WORK),
        ({"shared_ever": False}, Step.ASK_FIRST, Phase.WORK),
        ({"shared_ever": False, "running_days": 6}, Step.LOOK_BACK, Phase.WORK),
        ({"shared_ever": False, "saved": 2}, Step.ASK_WITH_SAVED, Phase.ANALYSE),
    ],
)
def test_next_step_and_phase_follow_the_situation(
    change: dict[str, object], step: Step, where: Phase
) -> None:
    now = replace(QUIET, **change)  # type: ignore[arg-type]

    assert (next_step(now), phase(now)) == (step, where)

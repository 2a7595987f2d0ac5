"""One small logbook, of which every figure can be worked out by hand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from stageapp.logbook.models import SavedItem
from stageapp.placements.models import Interruption, Placement
from stageapp.programmes.models import Competence
from tests import factories

NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)


@pytest.fixture
def placement() -> Placement:
    """Six activities on four days in two weeks, in a period of 98 days of which 36 are over."""
    cohort = factories.cohort()
    made = factories.placement(cohort=cohort, starts_on=date(2026, 2, 2), ends_on=date(2026, 5, 13))
    factories.absence(made, starts_on=date(2026, 2, 9), ends_on=date(2026, 2, 10))
    assert Interruption.objects.count() == 1
    entries = {
        name: factories.entry(cohort, kind, name, key=name, level=level)
        for kind, name, level in [
            ("category", "testing", None),
            ("category", "design", None),
            ("category", "meeting", None),
            ("person", "alone", None),
            ("person", "jan", None),
            ("person", "piet", None),
            ("source", "internet", None),
            ("source", "book", None),
            ("moment", "first", None),
            ("moment", "second", None),
            ("difficulty", "easy", 1),
            ("difficulty", "medium", 2),
            ("difficulty", "hard", 3),
        ]
    }
    competences = {
        key: Competence.objects.create(cohort=cohort, key=key, name_nl=key) for key in "abc"
    }
    one, two = factories.goal(made, "Doel 1"), factories.goal(made, "Doel 2")
    factories.goal(made, "Doel 3")
    rows: list[tuple[Any, ...]] = [
        (2, "testing", 60, "jan", "internet", "first", one, "a", "hard", "finished"),
        (2, "testing", 30, "alone", "", "first", one, "a", "medium", "busy"),
        (3, "testing", 90, "jan", "", "first", one, "ab", "hard", "finished"),
        (9, "design", 60, "piet", "book internet", "second", two, "b", "easy", "finished"),
        (9, "testing", 120, "alone", "internet", "second", None, "", "easy", "finished"),
        (10, "meeting", None, "jan piet", "", "", two, "", "", ""),
    ]
    logged = []
    for day, category, minutes, people, sources, moment, goal, worked_on, level, status in rows:
        activity = factories.activity(
            made,
            date=date(2026, 3, day),
            category=entries[category],
            minutes=minutes,
            moment=entries.get(moment),
            goal=goal,
            difficulty=entries.get(level),
            status=status,
        )
        activity.people.set([entries[name] for name in people.split()])
        activity.sources.set([entries[name] for name in sources.split()])
        activity.competences.set([competences[key] for key in worked_on])
        logged.append(activity)
    factories.activity(made, deleted_at=NOW, date=date(2026, 3, 4), category=entries["design"])
    factories.reflection(made, activity=logged[0], date=date(2026, 3, 2))
    factories.reflection(made, date=date(2026, 3, 5))
    factories.evidence(made, activity=logged[2])
    factories.chain(made, "Open")
    factories.chain(made, "Klaar", finished_at=NOW)
    factories.question(made, shared_at=datetime(2026, 3, 2, 11, tzinfo=UTC))
    factories.question(made, "Concept")
    SavedItem.objects.create(student=made.student, placement=made, activity=logged[0])
    return made

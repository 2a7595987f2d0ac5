"""Every chart against figures worked out by hand, from the logbook of `conftest.py`."""

import re
import tomllib
from datetime import date
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from stageapp.facts import Facts, Sum
from stageapp.insights.chart_data import Chart, Look, Shape
from stageapp.insights.charts import CHARTS, offered_charts
from stageapp.insights.examples import example_of
from stageapp.insights.queries_charts import look_at
from stageapp.insights.rules import Span, months_between, period_of, span_of
from stageapp.insights.snapshots import chart_snapshot, read_chart
from stageapp.insights.svg import draw
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort, Part, VocabularyEntry
from stageapp.programmes.presets import FOLDER
from tests import factories
from tests.insights.conftest import NOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 12)


@pytest.fixture(autouse=True)
def _english() -> object:
    with override("en"):
        yield


@pytest.fixture
def placement(placement: Placement) -> Placement:
    """The logbook by hand, of a cohort whose form has everything."""
    for part in set(Part.values) - placement.cohort.part_names:
        factories.form_part(placement.cohort, part)
    del placement.cohort.shown_parts
    return placement


def look(placement: Placement, period: str = "all") -> Look:
    return look_at(placement, CHARTS.values(), period_of(period, TODAY), at=NOW)


def chart(placement: Placement, key: str, period: str = "all") -> Chart:
    return CHARTS[key].of(look(placement, period))


#: Chart -> its sentence and the rows of its table.
BY_HAND: dict[str, tuple[str, list[tuple[str, ...]]]] = {
    "categories": (
        "Most time went to “testing”: 5 h of the 6 h with a category (83%).",
        [
            ("testing", "5 h", "83%", "4"),
            ("design", "1 h", "17%", "1"),
            ("meeting", "0 min", "0%", "1"),
        ],
    ),
    # Nine weekdays of March and twenty of February, without two days of sickness.
    "weeks": (
        (
            "You logged 6 h; 216 h was planned up to and including 12 Mar 2026. "
            "That makes 0 days worked; a day counts from 7 h 30 min on."
        ),
        [
            ("2 Feb 2026", "0 min", "40 h"),
            ("9 Feb 2026", "0 min", "24 h"),
            ("16 Feb 2026", "0 min", "40 h"),
            ("23 Feb 2026", "0 min", "40 h"),
            ("2 Mar 2026", "3 h", "40 h"),
            ("9 Mar 2026", "3 h", "32 h"),
        ],
    ),
    "difficulty": (
        (
            "“hard” was chosen for 2 of the 5 activities with a difficulty. The average went from "
            "2.7 in the first week to 1.0 in the last, from 1 (easy) to 3 (hard)."
        ),
        [("2 Mar 2026", "2.7", "3", "2"), ("9 Mar 2026", "1.0", "2", "0")],
    ),
    "people": (
        "You worked most with “jan”: in 3 of your 6 activities. You did 2 alone.",
        [("jan", "3", "2"), ("alone", "2", "0"), ("piet", "2", "0")],
    ),
    "sources": (
        "You used “internet” most: in 3 of your 6 activities.",
        [("internet", "3"), ("book", "1")],
    ),
    "competences": (
        "You worked on 2 of the 3 competences. Not yet: “c”.",
        [("a", "3"), ("b", "2"), ("c", "0")],
    ),
    "goals": (
        "Most activities belong to “Doel 1”: 3 of 6. Not yet: “Doel 3”.",
        [("Doel 1", "3"), ("Doel 2", "2"), ("Doel 3", "0")],
    ),
    "moments": (
        "Most happened in “first”: 3 of the 5 activities with a moment.",
        [("first", "3"), ("second", "2")],
    ),
    "days": (
        "You logged something on 4 days. Most stands on Monday 9 March: 3 h.",
        [
            ("2 Mar", "1:30", "1:30", "–", "–", "–", "–", "–"),
            ("9 Mar", "3:00", "1×", "–", "–", "–", "–", "–"),
        ],
    ),
    "reflections": (
        "You wrote 2 reflections, the last on Thursday 5 March.",
        [
            ("2 Feb 2026", "0"),
            ("9 Feb 2026", "0"),
            ("16 Feb 2026", "0"),
            ("23 Feb 2026", "0"),
            ("2 Mar 2026", "2"),
            ("9 Mar 2026", "0"),
        ],
    ),
}


def test_every_chart_is_worked_out_by_hand() -> None:
    assert list(BY_HAND) == list(CHARTS)


@pytest.mark.parametrize("key", CHARTS)
def test_sentence_and_table_say_what_was_worked_out(placement: Placement, key: str) -> None:
    found = chart(placement, key)

    assert found.table
    assert (found.sentence, list(found.table.rows)) == BY_HAND[key]
    assert {len(row) for row in found.table.rows} == {len(found.table.head)}


def test_drawing_has_the_numbers_of_the_table(placement: Placement) -> None:
    people = chart(placement, "people").drawing
    weeks = chart(placement, "weeks").drawing
    level = chart(placement, "difficulty").drawing

    assert people
    assert weeks
    assert level
    # What was hard stands apart.
    assert [(point.label, point.values) for point in people.points] == [
        ("jan", (1, 2)),
        ("alone", (2, 0)),
        ("piet", (2, 0)),
    ]
    assert people.points[0].text == "jan: 3 activities, of which 2 “hard”"
    assert [(point.values, point.plan) for point in weeks.points[-2:]] == [
        ((180,), 2400),
        ((180,), 1920),
    ]
    assert weeks.points[-1].text == "Week of 9 Mar: 3 h logged, 32 h planned"
    # A week without a difficulty has no point at all.
    assert [point.values for point in level.points] == [(), (), (), (), (8 / 3,), (1,)]


def test_period_counts_only_what_is_in_it(placement: Placement) -> None:
    assert chart(placement, "goals", "7").sentence == (
        "Most activities belong to “Doel 2”: 2 of 3. Not in this period: “Doel 1” and “Doel 3”."
    )
    # 6, 9, 10, 11 and 12 March.
    assert chart(placement, "weeks", "7").sentence == (
        "You logged 3 h; 40 h was planned up to and including 12 Mar 2026. "
        "That makes 0 days worked; a day counts from 7 h 30 min on."
    )
    assert chart(placement, "people", "2026-03") == chart(placement, "people")


def test_period_without_anything_has_a_sentence_and_no_axis(placement: Placement) -> None:
    for key in CHARTS:
        found = chart(placement, key, "2026-02")

        assert (found.drawing, found.table) == (None, None)
        assert "in this period" in found.sentence


@pytest.mark.parametrize(
    ("others", "names"),
    [(1, "“internet” and “zine 0”"), (4, "“internet”, “zine 0” and 3 others")],
)
def test_equal_rows_are_named_together(placement: Placement, others: int, names: str) -> None:
    entries = [factories.entry(placement.cohort, "source", f"zine {n}") for n in range(others)]
    for _number in range(3):
        factories.activity(placement, date=TODAY).sources.set(entries)

    assert chart(placement, "sources").sentence == (
        f"You used {names} most: each in 3 of your 9 activities."
    )


def test_what_is_too_much_becomes_one_row_and_stays_in_the_table(placement: Placement) -> None:
    activity = factories.activity(placement, date=TODAY)
    activity.sources.set(
        [factories.entry(placement.cohort, "source", f"Site {n:02}") for n in range(20)]
    )

    found = chart(placement, "sources")

    assert found.drawing
    assert found.table
    assert (found.drawing.points[-1].label, found.drawing.points[-1].values) == ("13 others", (13,))
    assert len(found.drawing.points) == 10
    assert len(found.table.rows) == 22


def test_retired_choice_that_was_never_used_is_not_asked_for(placement: Placement) -> None:
    placement.cohort.competences.update(retired_at=NOW)
    VocabularyEntry.objects.filter(key="second").update(retired_at=NOW)

    assert chart(placement, "competences").sentence == "You worked on 2 of the 2 competences."
    found = chart(placement, "moments", "2026-03").table
    assert found
    assert [row[0] for row in found.rows] == ["first", "second"]


def test_day_worked_is_the_day_of_the_logbook(placement: Placement) -> None:
    factories.activity(placement, date=TODAY, minutes=450)

    assert "That makes 1 day worked" in chart(placement, "weeks").sentence


@pytest.mark.parametrize("language", ["nl", "en"])
def test_snapshot_shows_the_same_chart_again_in_each_language(
    placement: Placement, language: str
) -> None:
    made = look(placement, "28")
    for definition in CHARTS.values():
        snapshot = chart_snapshot(definition, made)

        with override(language):
            assert read_chart(snapshot).chart == definition.of(made)
            assert read_chart(snapshot).period == snapshot[f"period_{language}"]
    assert snapshot["period_en"] == "The last 28 days: 13 Feb 2026 – 12 Mar 2026"
    assert snapshot["title_nl"] == "Reflecties door de tijd"


def test_form_decides_which_charts_there_are() -> None:
    plain = factories.cohort()
    teaching = factories.cohort("moment", "people", "goal", "competences", "reflection")
    hours = factories.cohort("duration", "category")

    assert keys(plain) == ["days"]
    assert keys(teaching) == ["people", "competences", "goals", "moments", "days", "reflections"]
    assert keys(hours) == ["categories", "weeks", "days"]
    # A list without a duration says nothing about time.
    assert "categories" not in keys(factories.cohort("category"))


def test_cohort_chooses_charts_and_their_order() -> None:
    cohort = factories.cohort(
        "duration", "category", charts=["days", "weeks", "sources", "unknown"]
    )

    assert keys(cohort) == ["days", "weeks"]


def keys(cohort: Cohort) -> list[str]:
    return [one.key for one in offered_charts(cohort)]


def test_presets_name_only_charts_that_exist() -> None:
    for file in FOLDER.iterdir():
        if file.name.endswith(".toml"):
            settings = tomllib.loads(file.read_text(encoding="utf-8")).get("cohort", {})
            assert set(settings.get("charts", [])) <= set(CHARTS), file.name


def test_example_has_figures_for_every_list_that_has_words(placement: Placement) -> None:
    found = example_of(look(placement))

    for definition in CHARTS.values():
        assert definition.of(found).drawing, definition.key


def test_drawing_says_its_words_and_makes_no_markup_of_them(placement: Placement) -> None:
    factories.activity(
        placement, date=TODAY, goal=factories.goal(placement, '"><script>x</script>')
    )
    for key in CHARTS:
        found = chart(placement, key)
        assert found.drawing

        svg = draw(
            found.drawing,
            title=found.title,
            sentence=found.sentence,
            unit=found.unit,
            prefix=key,
        )

        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert root.findtext("title") == found.title
        assert root.findtext("desc") == found.sentence
        marks = root.findall("g/title")
        assert [mark.text for mark in marks] == [point.text for point in found.drawing.points]
        assert not re.search(r"<script|style=", svg)


def test_long_year_is_drawn_in_bands_within_its_frame() -> None:
    span = Span(date(2025, 9, 1), date(2026, 8, 31))
    placement = factories.placement(starts_on=span.first, ends_on=span.last)
    made = look(placement)
    facts = Facts(today=span.last, days={day: Sum(1) for day in span.days})
    found = CHARTS["days"].of(
        Look(facts, made.period, span, frozenset(), made.workweek, made.hours_per_day)
    )
    assert found.drawing
    assert found.drawing.shape == Shape.DAYS

    root = ElementTree.fromstring(
        draw(found.drawing, title="", sentence="", unit=found.unit, prefix="x")
    )

    right = max(float(box.get("x", 0)) + float(box.get("width", 0)) for box in root.iter("rect"))
    assert right <= 360
    assert len(root.findall("g")) == 365


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("7", date(2026, 3, 6), TODAY),
        ("28", date(2026, 2, 13), TODAY),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("all", None, None),
        ("2026-13", None, None),
        ("29", None, None),
        ("٧", None, None),
        ("", None, None),
    ],
)
def test_period_of_an_address(name: str, first: date | None, last: date | None) -> None:
    period = period_of(name, TODAY)

    assert (period.window.first, period.window.last) == (first, last)
    assert period.is_whole == (first is None)


def test_span_holds_the_period_so_far_and_everything_logged() -> None:
    whole = period_of("all", TODAY).window
    dates = {"starts_on": date(2026, 2, 2), "ends_on": date(2026, 5, 13), "today": TODAY}

    assert span_of(whole, [], **dates) == Span(date(2026, 2, 2), TODAY)
    early, late = date(2026, 1, 30), date(2026, 3, 14)
    assert span_of(whole, [early, late], **dates) == Span(early, late)
    assert span_of(period_of("2026-03", TODAY).window, [], **dates) == Span(date(2026, 3, 1), TODAY)
    # Before the first day there is one day to draw.
    assert span_of(whole, [], **dates | {"today": date(2026, 1, 1)}).days


def test_months_run_from_the_last_to_the_first() -> None:
    assert months_between(date(2025, 12, 5), date(2026, 2, 1)) == [
        date(2026, 2, 1),
        date(2026, 1, 1),
        date(2025, 12, 1),
    ]

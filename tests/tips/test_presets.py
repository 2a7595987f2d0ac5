"""The tips of the presets: loaded as often as you like, complete, and possible for their form."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from stageapp.core.fields import TEXT_LENGTH
from stageapp.insights.statistics import LIBRARY
from stageapp.programmes.models import Cohort, Part
from stageapp.programmes.presets import load_presets
from stageapp.tips import actions, rules
from stageapp.tips.models import Tip, TipVersion
from stageapp.tips.presets import all_presets, load_tips, preset_tips, rule_of, texts_of
from stageapp.tips.rules import Condition, Rule
from stageapp.tips.words import reach_of
from tests import factories

NOW = datetime(2026, 3, 12, 11, tzinfo=UTC)
PROGRAMMES = ("hbo-ict", "leraar-vo", "verpleegkunde")
KEYS = [f"{programme}/{row['key']}" for programme in PROGRAMMES for row in preset_tips(programme)]
#: What a form has to ask before a statistic says something; the others need nothing of it.
ASKED = {
    "average_difficulty": Part.DIFFICULTY,
    "share_hard": Part.DIFFICULTY,
    "share_alone": Part.PEOPLE,
    "share_with_source": Part.SOURCES,
    "share_without_source": Part.SOURCES,
    "share_with_evidence": Part.EVIDENCE,
    "share_of_hours_of_category": Part.DURATION,
    "chains_open": Part.CHAIN,
}
PART_OF = {
    "category": Part.CATEGORY,
    "person": Part.PEOPLE,
    "source": Part.SOURCES,
    "moment": Part.MOMENT,
    "competence": Part.COMPETENCES,
    "goal": Part.GOAL,
    "status": Part.STATUS,
    "difficulty": Part.DIFFICULTY,
}


def row_of(path: str) -> tuple[str, dict[str, Any]]:
    programme, _, key = path.partition("/")
    return programme, next(row for row in preset_tips(programme) if row["key"] == key)


def parts_for(condition: Condition) -> set[str]:
    """Return which parts of a form a condition reads."""
    needs = LIBRARY[condition.statistic].needs
    names = {name for need in needs for name in str(need.value).split("_")}
    found = {PART_OF[name].value for name in names if name in PART_OF}
    if condition.statistic in ASKED:
        found.add(ASKED[condition.statistic].value)
    return found


@pytest.mark.parametrize("path", KEYS)
def test_tip_can_hold_and_says_only_what_it_can_fill_in(path: str) -> None:
    _programme, row = row_of(path)
    rule, texts = rule_of(row), texts_of(row)
    reach = {condition.name: reach_of(condition) for condition in rule.conditions}

    assert rules.problems(rule, reach, texts.values()) == []
    assert all(0 < len(text.strip()) <= TEXT_LENGTH for text in texts.values())
    for name in TipVersion.TEXTS:
        in_dutch, in_english = texts[f"{name}_nl"], texts[f"{name}_en"]
        assert in_dutch != in_english
        placeholders = [sorted(set(rules.placeholders(text))) for text in (in_dutch, in_english)]
        assert placeholders[0] == placeholders[1]
    assert row.get("goes_to", "") in TipVersion.GoesTo.values
    assert set(row["programmes"]) <= set(PROGRAMMES)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_there_is_something_to_say_in_every_programme(name: str) -> None:
    keys = [row["key"] for row in preset_tips(name)]

    assert len(keys) == len(set(keys)) >= 15
    assert len(all_presets()) >= 25


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("a", "share_alone"), (0, 100, False)),
        (Condition("a", "most_used_category"), (0, 100, True)),
        (Condition("a", "goals_untouched"), (0, float("inf"), True)),
        (Condition("a", "number_of_person", of="customer"), (0, float("inf"), True)),
        (Condition("a", "average_difficulty"), (1, float("inf"), False)),
        (Condition("a", "hardest_category"), (1, float("inf"), True)),
        (Condition("a", "days_since_shared"), (0, float("inf"), False)),
    ],
)
def test_reach_says_which_values_there_are_and_whether_they_name_something(
    condition: Condition, expected: tuple[float, float, bool]
) -> None:
    reach = reach_of(condition)

    assert (reach.least, reach.most, reach.names) == expected


@pytest.fixture
def cohorts() -> list[Cohort]:
    made = load_presets(factories.institution(), 2026)
    load_tips(made, at=NOW)
    return made


@pytest.mark.django_db
def test_conditions_fit_the_form_and_the_lists_of_their_cohort(cohorts: list[Cohort]) -> None:
    wrong = []
    for cohort in cohorts:
        asked = {part.part for part in cohort.parts.filter(is_shown=True)}
        known = {
            *cohort.vocabulary.values_list("kind", "key"),
            *(("competence", competence.key) for competence in cohort.competences.all()),
        }
        for tip in cohort.tips.all():
            rule = rules.rule_from_data(tip.versions.get().rule)
            for condition in rule.conditions:
                of = LIBRARY[condition.statistic].of
                if not parts_for(condition) <= asked:
                    wrong.append((str(tip), condition.statistic))
                if of and (of.value, condition.of) not in known:
                    wrong.append((str(tip), condition.of))
            if "reflect" in tip.key:
                assert cohort.reflection_models.exists()

    assert wrong == []


@pytest.mark.django_db
def test_tips_of_presets_are_on_and_loading_twice_changes_nothing(cohorts: list[Cohort]) -> None:
    tables = (Tip, TipVersion, Tip.cohorts.through)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    load_tips(cohorts, at=NOW)

    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert Tip.objects.filter(is_on=True).count() == len(KEYS)


@pytest.mark.django_db
def test_what_an_administrator_changed_stays(cohorts: list[Cohort]) -> None:
    changed, emptied, switched = Tip.objects.filter(programme=cohorts[0].programme)[:3]
    by = factories.person("Beheerder")
    actions.write_version(changed, Rule(always=True), {}, goes_to="", by=by, at=NOW)
    emptied.cohorts.clear()
    actions.switch(switched, is_on=False)

    load_tips(cohorts, at=NOW)

    assert changed.versions.get(is_current=True).made_by == by
    assert not emptied.cohorts.exists()
    switched.refresh_from_db()
    assert not switched.is_on


@pytest.mark.django_db
def test_new_words_of_a_preset_become_a_new_version(cohorts: list[Cohort]) -> None:
    tip = Tip.objects.filter(programme=cohorts[0].programme)[0]
    tip.versions.update(feedup_nl="Wat er vroeger stond")

    load_tips(cohorts, at=NOW)

    assert [version.number for version in tip.versions.all()] == [2, 1]


@pytest.mark.django_db
def test_command_loads_the_tips_too_and_a_new_year_gets_them() -> None:
    for year in ("2026", "2027"):
        call_command("load_presets", "--year", year, stdout=StringIO())

    assert {cohort.tips.count() for cohort in Cohort.objects.all()} == {
        len(list(preset_tips(programme))) for programme in PROGRAMMES
    }
    assert Tip.objects.count() == len(KEYS)

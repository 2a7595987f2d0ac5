"""Programmes are data: loaded as often as you like, complete in both languages."""

import pytest
from django.db import IntegrityError, transaction

from stageapp.programmes.models import (
    Cohort,
    Competence,
    FormPart,
    Institution,
    Programme,
    ReflectionField,
    ReflectionModel,
    StartingGoal,
    VocabularyEntry,
)
from stageapp.programmes.presets import load_presets
from tests import factories

pytestmark = pytest.mark.django_db
TABLES = (
    Programme,
    Cohort,
    FormPart,
    VocabularyEntry,
    Competence,
    StartingGoal,
    ReflectionModel,
    ReflectionField,
)


@pytest.fixture
def school() -> Institution:
    return factories.institution()


def test_loading_twice_changes_nothing(school: Institution) -> None:
    load_presets(school, 2026)
    before = [list(table.objects.order_by("pk").values()) for table in TABLES]

    load_presets(school, 2026)

    assert [list(table.objects.order_by("pk").values()) for table in TABLES] == before


def test_what_the_institution_added_stays(school: Institution) -> None:
    cohort = load_presets(school, 2026)[0]
    own = factories.entry(cohort, "category", "Van onszelf")

    load_presets(school, 2026)

    assert VocabularyEntry.objects.filter(pk=own.pk).exists()


def test_what_the_institution_changed_stays(school: Institution) -> None:
    cohort = load_presets(school, 2026)[0]
    Programme.objects.update(name_nl="Anders")
    cohort.parts.filter(part="category").update(label_nl="Anders", is_shown=False)
    cohort.vocabulary.filter(kind="category").update(retired_at="2026-03-12T09:00Z")

    load_presets(school, 2026)

    assert cohort.parts.get(part="category").label_nl == "Anders"
    assert not cohort.vocabulary.filter(kind="category", retired_at=None).exists()
    assert {programme.name_nl for programme in Programme.objects.all()} == {"Anders"}


def test_every_text_exists_in_both_languages(school: Institution) -> None:
    load_presets(school, 2026)

    for table in TABLES:
        for field in table._meta.get_fields():
            if not field.name.endswith("_nl"):
                continue
            english = field.name.removesuffix("nl") + "en"
            rows = table.objects.values_list(field.name, english)
            assert [row for row in rows if bool(row[0]) != bool(row[1])] == []


def test_required_part_cannot_be_folded() -> None:
    cohort = factories.cohort()

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.form_part(cohort, "learned", is_required=True, is_folded=True)
    assert factories.form_part(cohort, "learned", is_folded=True).pk


def test_presets_prove_three_different_forms(school: Institution) -> None:
    cohorts = {cohort.programme.slug: cohort for cohort in load_presets(school, 2026)}

    parts = {slug: {part.part for part in cohort.parts.all()} for slug, cohort in cohorts.items()}

    assert sorted(cohorts) == ["hbo-ict", "leraar-vo", "verpleegkunde"]
    assert {"duration", "category", "status", "difficulty", "chain"} <= parts["hbo-ict"]
    assert {"moment", "goal", "competences", "evidence", "reflection"} <= parts["leraar-vo"]
    assert {"moment", "duration", "competences"} <= parts["verpleegkunde"]
    assert [goal.title_nl for goal in cohorts["leraar-vo"].starting_goals.all()] == [
        "Ongepland leermoment",
        "Leervraag 1",
        "Leervraag 2",
        "Leervraag 3",
    ]
    assert cohorts["verpleegkunde"].competences.count() == 7

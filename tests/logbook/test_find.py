"""Finding activities back: words in two languages, filters in the address, the count."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.logbook.forms_find import FindForm
from stageapp.logbook.models import Activity
from stageapp.logbook.queries_find import selected_of
from stageapp.logbook.search import folded, matching_words, refresh_search
from stageapp.placements.models import Placement
from stageapp.programmes.models import Competence
from tests import factories
from tests.day import TODAY
from tests.examples import examples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_one_day")]
is_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="other forms of a word: PostgreSQL only"
)


def found(placement: Placement, **filters: Any) -> list[str]:
    address = QueryDict(mutable=True)
    for name, value in filters.items():
        address.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    selection = FindForm(address, placement=placement).selection
    return sorted(row.description for row in selected_of(placement, selection))


def entry(placement: Placement, name: str) -> int:
    return placement.cohort.vocabulary.get(name_nl=name).pk


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Overleg in het Café", "cafe"),
        ("Overleg in het cafe", "CAFÉ"),
        ("Een patiënt geholpen", "patient"),
        ("Testen geschreven en gedraaid", "gedraaid testen"),
        ("Straße gemeten", "strasse"),
        ("会議に出席した", "会議"),
        ("Встреча с командой", "ВСТРЕЧА"),
        ("100% klaar met a_b", "100% a_b"),
        ("Het O'Reilly-boek", "o'reilly"),
        ("Programmeerwerk", "meerwe"),
    ],
)
def test_words_are_found_without_accents_and_capitals_and_in_parts(
    placement: Placement, text: str, words: str
) -> None:
    factories.activity(placement, text)
    factories.activity(placement, "Iets heel anders")

    assert found(placement, q=words) == [text]


@is_postgresql
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Een gesprek gevoerd", "gesprekken"),
        ("Een patiënt geholpen", "patiënten"),
        ("Attended a meeting", "meetings"),
    ],
)
def test_other_forms_of_a_word_are_found(placement: Placement, text: str, words: str) -> None:
    factories.activity(placement, text)

    assert found(placement, q=words) == [text]


def test_all_words_have_to_occur(placement: Placement) -> None:
    factories.activity(placement, "Les gegeven over de Opstand")
    factories.activity(placement, "Les voorbereid")

    assert found(placement, q="les opstand") == ["Les gegeven over de Opstand"]


def test_everything_the_student_wrote_is_searched(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement, "De dag")
    factories.evidence(placement, "schema.jpg", activity=activity)
    reflection = factories.reflection(placement, "Titelwoord", activity=activity)
    field = reflection.model.fields.get(key="situation")
    reflection.answers.create(field=field, text="Antwoordwoord")
    refresh_search(Activity.objects.get(pk=activity.pk))
    browser.post(f"/activities/{activity.pk}/feedback/", {"next_step": "Stapwoord"})

    for words in ("dag", "schema", "titelwoord", "antwoordwoord", "stapwoord"):
        assert found(placement, q=words) == ["De dag"], words


def test_removed_evidence_is_not_found_any_more(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement, "De dag")
    evidence = factories.evidence(placement, "schema.jpg", activity=activity)
    refresh_search(activity)

    browser.post(f"/evidence/{evidence.pk}/delete/")

    assert found(placement, q="schema") == []


@settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60))
def test_any_search_is_answered(placement: Placement, words: str) -> None:
    list(matching_words(Activity.objects.all(), words))


@settings(max_examples=examples(60))
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_any_of_a_group_and_all_groups_together(placement: Placement) -> None:
    chain = factories.chain(placement)
    own = {"chain": chain}
    for name, category, more in (
        ("a in keten", "Bouwen", own),
        ("b in keten", "Testen", own),
        ("a los", "Bouwen", {}),
    ):
        category_row = placement.cohort.vocabulary.get(name_nl=category)
        factories.activity(placement, name, category=category_row, **more)
    factories.activity(placement, "geen categorie", chain=chain)

    both = [entry(placement, "Bouwen"), entry(placement, "Testen")]
    assert found(placement, category=both, chain=chain.pk) == ["a in keten", "b in keten"]
    assert found(placement, category=both[:1]) == ["a in keten", "a los"]


def test_each_filter_does_what_it_says(placement: Placement) -> None:
    goal = factories.goal(placement)
    competence = Competence.objects.create(cohort=placement.cohort, key="p", name_nl="P")
    hard = placement.cohort.vocabulary.get(name_nl="Moeilijk")
    wanted = factories.activity(
        placement, "gezocht", goal=goal, status="busy", difficulty=hard, date=TODAY
    )
    wanted.people.add(entry(placement, "Collega"))
    wanted.sources.add(entry(placement, "Boek"))
    wanted.competences.add(competence)
    factories.reflection(placement, activity=wanted)
    factories.evidence(placement, activity=wanted)
    factories.activity(placement, "ander", date=TODAY - timedelta(days=3), status="finished")

    for filters in (
        {"first": TODAY - timedelta(days=2)},
        {"people": entry(placement, "Collega")},
        {"sources": entry(placement, "Boek")},
        {"goal": goal.pk},
        {"competences": competence.pk},
        {"difficulty": hard.pk},
        {"status": "busy"},
        {"reflection": "yes"},
        {"evidence": "yes"},
    ):
        assert found(placement, **filters) == ["gezocht"], filters
    for filters in (
        {"last": TODAY - timedelta(days=1)},
        {"reflection": "no"},
        {"evidence": "no"},
        {"status": "finished"},
    ):
        assert found(placement, **filters) == ["ander"], filters


def test_two_matches_in_a_group_count_once(placement: Placement) -> None:
    activity = factories.activity(placement, "samen")
    activity.people.set([entry(placement, "Collega"), entry(placement, "Alleen")])

    keys = [entry(placement, "Collega"), entry(placement, "Alleen")]
    assert found(placement, people=keys) == ["samen"]


def test_page_counts_and_keeps_the_filters_in_its_addresses(
    browser: Client, placement: Placement
) -> None:
    category = placement.cohort.vocabulary.get(name_nl="Testen")
    for number in range(60):
        day = TODAY - timedelta(days=number // 3)
        factories.activity(placement, f"test {number}", category=category, date=day)
    factories.activity(placement, "iets anders")

    page = browser.get(f"/activities/?q=test&category={category.pk}").content.decode()

    assert "60 activiteiten gevonden" in page
    assert "iets anders" not in page
    assert f"category={category.pk}" in page.split("hx-get=")[1][:200]
    assert f"/export/?q=test&amp;category={category.pk}" in page
    # One click leaves this filter out and keeps the words.
    assert 'href="/activities/?q=test"' in page


def test_what_fits_nothing_says_so(browser: Client, placement: Placement) -> None:
    factories.activity(placement)

    page = browser.get("/activities/", {"q": "bestaat niet"}).content.decode()

    assert "0 activiteiten gevonden" in page
    assert "Niets past hierbij" in page


def test_filter_that_makes_no_sense_is_said_and_selects_nothing_else(
    browser: Client, placement: Placement
) -> None:
    factories.activity(placement)
    yesterday = TODAY - timedelta(days=1)
    filters = {"first": TODAY.isoformat(), "last": yesterday.isoformat()}

    response = browser.get("/activities/", filters)

    assert response.status_code == 200
    assert "Deze dag ligt voor de eerste." in response.content.decode()


def test_filters_of_somebody_else_find_nothing_of_theirs(placement: Placement) -> None:
    other = factories.placement(cohort=placement.cohort)
    factories.activity(other, "geheim", goal=(goal := factories.goal(other)))

    assert found(placement, goal=goal.pk, q="geheim") == []


def test_only_what_occurs_is_offered(browser: Client, placement: Placement) -> None:
    testing = placement.cohort.vocabulary.get(name_nl="Testen")
    factories.activity(placement, category=testing)

    form = browser.get("/activities/").context["find"]

    assert [label for _key, label in form.fields["category"].choices] == ["Testen"]
    assert "people" not in form.fields

"""Learning goals with their history, chains, own entries, templates, and the same again."""

import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from stageapp.core.formfields import Picked
from stageapp.logbook import actions
from stageapp.logbook.actions import Choices, log_activity
from stageapp.logbook.models import Activity, ActivityTemplate, Chain
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Competence, VocabularyEntry
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/activities/new/"


def filled_in(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "date": timezone.localdate().isoformat(),
        "description": "Query gebouwd",
        "status": "finished",
    } | changes


def own_entry(placement: Placement, name: str, kind: str = "person") -> VocabularyEntry:
    return factories.entry(placement.cohort, kind, name, owner=placement.student, position=999)


# Goals -------------------------------------------------------------------------------------------


def test_goal_changes_and_how_it_read_before_is_kept(browser: Client, placement: Placement) -> None:
    browser.post("/goals/new/", {"title": "Leren testen", "description": "Met pytest"})
    goal = LearningGoal.objects.get()
    changed = {"title": "Zelf testen schrijven", "description": "", "status": "reached"}
    browser.post(f"/goals/{goal.pk}/edit/", changed)
    browser.post(f"/goals/{goal.pk}/edit/", changed)

    goal.refresh_from_db()
    page = browser.get(f"/goals/{goal.pk}/").content.decode()
    assert (goal.title, goal.status) == ("Zelf testen schrijven", "reached")
    assert [row.title for row in goal.changes.all()] == ["Zelf testen schrijven", "Leren testen"]
    assert "Met pytest" in page


def test_goal_that_came_with_the_placement_keeps_its_first_words(
    browser: Client, placement: Placement
) -> None:
    goal = factories.goal(placement, "Leervraag 1")

    browser.post(
        f"/goals/{goal.pk}/edit/", {"title": "Rustig beginnen", "description": "", "status": "open"}
    )

    assert [row.title for row in goal.changes.all()] == ["Rustig beginnen", "Leervraag 1"]


def test_overview_tells_how_much_went_to_each_goal(browser: Client, placement: Placement) -> None:
    goal = factories.goal(placement, "Leren testen")
    for minutes in (60, 45):
        factories.activity(placement, goal=goal, minutes=minutes)
    factories.activity(placement, goal=goal, minutes=600, deleted_at=timezone.now())

    page = browser.get("/goals/").content.decode()

    assert "2 activiteiten" in page
    assert "1 u 45 min" in page


def test_reached_and_dropped_goals_are_not_offered_any_more(
    browser: Client, placement: Placement
) -> None:
    for status in ("open", "reached", "dropped"):
        factories.goal(placement, f"Doel {status}", status=status)

    page = browser.get(NEW).content.decode()

    assert "Doel open" in page
    assert "Doel reached" not in page
    assert "Doel dropped" not in page


def test_removed_goal_keeps_its_activities_and_comes_back(
    browser: Client, placement: Placement
) -> None:
    goal = factories.goal(placement)
    activity = factories.activity(placement, goal=goal)

    browser.post(f"/goals/{goal.pk}/delete/")
    gone = browser.get(f"/goals/{goal.pk}/").status_code
    browser.post(f"/goals/{goal.pk}/restore/")

    activity.refresh_from_db()
    assert (gone, activity.goal) == (404, goal)
    assert browser.get(f"/goals/{goal.pk}/").status_code == 200


def test_competences_show_the_text_of_the_programme(browser: Client, placement: Placement) -> None:
    text = "Je zorgt voor een veilig en rustig klimaat."
    competence = Competence.objects.create(
        cohort=placement.cohort, key="p", code="P", name_nl="Pedagogiek", description_nl=text
    )
    factories.activity(placement).competences.add(competence)

    page = browser.get("/goals/").content.decode()

    assert "P Pedagogiek" in page
    assert text in page
    assert f"/activities/?competences={competence.pk}" in page


@pytest.mark.parametrize(("count", "accepted"), [(0, False), (1, True), (3, True), (4, False)])
def test_between_one_and_three_competences(
    browser: Client, placement: Placement, count: int, accepted: bool
) -> None:
    placement.cohort.parts.filter(part="competences").update(is_required=True, minimum=1, maximum=3)
    rows = [
        Competence.objects.create(cohort=placement.cohort, key=f"c{n}", name_nl=f"C{n}")
        for n in range(4)
    ]

    response = browser.post(NEW, filled_in(competences=[row.pk for row in rows[:count]]))

    assert response.status_code == (302 if accepted else 422)


# Chains ------------------------------------------------------------------------------------------


def test_unfinished_work_starts_a_chain(browser: Client, placement: Placement) -> None:
    browser.post(NEW, filled_in(description="joejoe", status="busy"))

    chain = Chain.objects.get()
    assert chain.name == "Nieuwe keten - joejoe"
    assert [row.description for row in chain.activities.all()] == ["joejoe"]


def test_long_description_makes_a_name_that_fits(browser: Client, placement: Placement) -> None:
    browser.post(NEW, filled_in(description="lang " * 500, status="busy"))

    assert len(Chain.objects.get().name) <= 200


def test_finished_work_starts_none(browser: Client, placement: Placement) -> None:
    browser.post(NEW, filled_in())

    assert not Chain.objects.exists()


def test_finished_chain_or_one_of_another_placement_is_refused(
    browser: Client, placement: Placement
) -> None:
    finished = factories.chain(placement, finished_at=timezone.now())
    theirs = factories.chain(factories.placement())

    for chain in (finished, theirs):
        response = browser.post(NEW, filled_in(chain=chain.pk))
        assert response.status_code == 422
    assert not Activity.objects.exists()


@pytest.mark.parametrize("part", ["status", "chain"])
def test_form_without_status_or_chain_starts_none(
    browser: Client, placement: Placement, part: str
) -> None:
    placement.cohort.parts.filter(part=part).update(is_shown=False)

    browser.post(NEW, filled_in(status="busy"))

    assert Activity.objects.count() == 1
    assert not Chain.objects.exists()


def test_unfinished_work_joins_the_chain_that_was_chosen(
    browser: Client, placement: Placement
) -> None:
    chain = factories.chain(placement)

    browser.post(NEW, filled_in(status="busy", chain=chain.pk))

    assert Activity.objects.get().chain == chain
    assert Chain.objects.count() == 1


def test_chain_is_made_in_place_under_an_own_name(browser: Client, placement: Placement) -> None:
    browser.post(NEW, filled_in(status="finished", chain="other", chain_own="Het portaal"))

    assert str(Activity.objects.get().chain) == "Het portaal"


def test_follow_up_starts_in_the_chain_and_not_with_the_story_of_the_one_before(
    browser: Client, placement: Placement
) -> None:
    words = placement.cohort.vocabulary
    first = factories.activity(
        placement,
        "Query gebouwd",
        date=placement.starts_on,
        chain=factories.chain(placement),
        category=words.get(name_nl="Bouwen"),
        goal=factories.goal(placement),
        moment=words.get(name_nl="Ochtend"),
        difficulty=words.get(name_nl="Moeilijk"),
        status="busy",
        minutes=60,
        learned="Veel",
    )
    first.people.add(words.get(name_nl="Collega"))

    page = browser.get(NEW, {"follows": first.pk})

    form = page.context["form"]
    kept = {name: form[name].value().rows for name in ("chain", "category", "goal", "people")}
    assert kept == {
        "chain": [first.chain],
        "category": [first.category],
        "goal": [first.goal],
        "people": list(first.people.all()),
    }
    own = ("description", "duration", "moment", "difficulty", "learned", "sources", "competences")
    assert [form[name].value() for name in own] == [None] * len(own)
    assert form["date"].value() == timezone.localdate()
    assert form["status"].value() == "finished"
    assert "Overgenomen van “Query gebouwd”" in page.content.decode()


def test_follow_up_is_offered_while_the_chain_is_open(
    browser: Client, placement: Placement
) -> None:
    chain = factories.chain(placement)
    activity = factories.activity(placement, chain=chain)
    addresses = (f"/activities/{activity.pk}/", f"/chains/{chain.pk}/")
    link = f"/activities/new/?follows={activity.pk}"

    assert all(link in browser.get(address).content.decode() for address in addresses)
    browser.post(f"/chains/{chain.pk}/state/", {"finished": "yes"})
    assert not any(link in browser.get(address).content.decode() for address in addresses)
    # Whoever still had the page open is not put in a finished chain.
    form = browser.get(NEW, {"follows": activity.pk}).context["form"]
    assert form["chain"].value() is None


def test_activity_of_an_earlier_placement_leads_to_nothing_new(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, chain=factories.chain(placement))
    Placement.objects.filter(pk=placement.pk).update(is_current=False)
    factories.placement(placement.student, cohort=placement.cohort)

    page = browser.get(f"/activities/{activity.pk}/").content.decode()

    assert not any(f"{name}={activity.pk}" in page for name in ("follows", "like", "item"))
    assert f"/activities/{activity.pk}/edit/" in page


def test_only_own_activities_can_be_followed_up(browser: Client) -> None:
    theirs = factories.activity(factories.placement(), "Geheim")

    assert browser.get(NEW, {"follows": theirs.pk}).status_code == 404
    assert browser.get(NEW, {"like": theirs.pk}).status_code == 404


def test_activity_like_another_copies_what_it_tells(browser: Client, placement: Placement) -> None:
    first = factories.activity(
        placement, "Query gebouwd", status="busy", learned="Veel", minutes=60
    )

    form = browser.get(NEW, {"like": first.pk}).context["form"]

    assert form["description"].value() == "Query gebouwd"
    assert form["duration"].value() == 60
    assert form["date"].value() == timezone.localdate()
    assert not form["learned"].value()


def test_chain_is_one_thread_with_total_time_and_status(
    browser: Client, placement: Placement
) -> None:
    chain = factories.chain(placement, "Het portaal")
    for minutes in (90, 40):
        factories.activity(placement, chain=chain, minutes=minutes)

    thread = browser.get(f"/chains/{chain.pk}/").content.decode()
    browser.post(f"/chains/{chain.pk}/state/", {"finished": "yes"})
    chain.refresh_from_db()

    assert "2 u 10 min" in thread
    assert chain.finished_at is not None
    browser.post(f"/chains/{chain.pk}/state/", {"finished": "no"})
    chain.refresh_from_db()
    assert chain.finished_at is None


def test_chain_can_be_renamed_and_taken_apart(browser: Client, placement: Placement) -> None:
    chain = factories.chain(placement)
    activity = factories.activity(placement, chain=chain)

    browser.post(f"/chains/{chain.pk}/", {"name": "Inlogscherm"})
    chain.refresh_from_db()
    browser.post(f"/chains/{chain.pk}/delete/")

    activity.refresh_from_db()
    assert chain.name == "Inlogscherm"
    assert (activity.chain, activity.deleted_at) == (None, None)


# Advice that the form can follow -----------------------------------------------------------------


def hide(placement: Placement, *parts: str) -> None:
    placement.cohort.parts.filter(part__in=parts).update(is_shown=False)


def test_goal_is_chosen_when_logging_only_where_the_form_has_goals(
    browser: Client, placement: Placement
) -> None:
    goal = factories.goal(placement)
    advice = "Kies dit leerdoel als je een activiteit logt."

    assert advice in browser.get(f"/goals/{goal.pk}/").content.decode()
    assert "0 activiteiten" in browser.get("/goals/").content.decode()
    hide(placement, "goal")
    assert advice not in browser.get(f"/goals/{goal.pk}/").content.decode()
    assert "0 activiteiten" not in browser.get("/goals/").content.decode()


def test_goal_keeps_its_activities_where_the_form_has_goals_no_more(
    browser: Client, placement: Placement
) -> None:
    goal = factories.goal(placement)
    factories.activity(placement, "Over de planning", goal=goal)
    hide(placement, "goal")

    assert "Over de planning" in browser.get(f"/goals/{goal.pk}/").content.decode()
    assert "1 activiteit" in browser.get("/goals/").content.decode()


def test_competence_is_not_said_to_be_missing_where_none_can_be_chosen(
    browser: Client, placement: Placement
) -> None:
    placement.cohort.competences.create(key="p", name_nl="Pedagogiek")

    assert "nog niet" in browser.get("/goals/").content.decode()
    hide(placement, "competences")
    assert "nog niet" not in browser.get("/goals/").content.decode()


@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ((), "er begint vanzelf een keten"),
        (("status",), "Maak er een met “Anders…”"),
        (("status", "chain"), "Het formulier van je opleiding heeft geen ketens."),
    ],
)
def test_how_to_make_a_chain_follows_the_form(
    browser: Client, placement: Placement, missing: tuple[str, ...], advice: str
) -> None:
    hide(placement, *missing)

    assert advice in browser.get("/chains/").content.decode()


@pytest.mark.parametrize("address", ["/activities/", "/goals/", "/calendar/", "/export/"])
def test_logbook_leads_to_chains_only_where_the_form_has_them(
    browser: Client, placement: Placement, address: str
) -> None:
    assert 'href="/chains/"' in browser.get(address).content.decode()
    hide(placement, "chain")
    assert 'href="/chains/"' not in browser.get(address).content.decode()


def test_evidence_comes_with_an_activity_only_where_the_form_has_it(
    browser: Client, placement: Placement
) -> None:
    assert "of bij een activiteit" in browser.get("/evidence/").content.decode()
    hide(placement, "evidence")
    assert "of bij een activiteit" not in browser.get("/evidence/").content.decode()


# Own entries -------------------------------------------------------------------------------------


def test_own_entry_is_made_in_place_and_offered_next_time(
    browser: Client, placement: Placement
) -> None:
    browser.post(NEW, filled_in(people=["other"], people_own="Klusjesman"))

    page = browser.get(NEW).content.decode()
    assert "Klusjesman" in page
    other = factories.placement(cohort=placement.cohort)
    theirs = Client()
    theirs.force_login(other.student)
    assert "Klusjesman" not in theirs.get(NEW).content.decode()


def test_what_is_in_the_list_already_is_offered_while_typing_and_taken(
    browser: Client, placement: Placement
) -> None:
    page = browser.get(NEW).content.decode()
    browser.post(NEW, filled_in(people=["other"], people_own="collega"))

    assert '<option value="Collega">' in page
    assert not VocabularyEntry.objects.filter(owner=placement.student).exists()
    assert [str(row) for row in Activity.objects.get().people.all()] == ["Collega"]


def many_own(placement: Placement, count: int, kind: str = "person") -> list[VocabularyEntry]:
    return VocabularyEntry.objects.bulk_create(
        VocabularyEntry(
            cohort=placement.cohort,
            kind=kind,
            name_nl=f"Naam {number:03}",
            name_en=f"Naam {number:03}",
            owner=placement.student,
            position=1000,
        )
        for number in range(count)
    )


def in_sight(page: str, part: str) -> list[str]:
    """Return the names of a part that stand outside its fold, before “Other…”."""
    field = page.split(f'id="id_{part}"', 1)[1].split("</fieldset>", 1)[0]
    names = re.findall(r"<span>([^<]+)</span></label>", field.split("<details>", 1)[0])
    return names[: names.index("Anders…")]


@pytest.mark.parametrize(
    ("kind", "part", "shared"),
    [("person", "people", ["Alleen", "Collega"]), ("category", "category", ["Bouwen", "Testen"])],
)
def test_own_names_used_most_are_in_sight_and_the_others_folded(
    browser: Client, placement: Placement, kind: str, part: str, shared: list[str]
) -> None:
    placement.cohort.parts.update(is_required=True)
    names = many_own(placement, 40, kind)
    for name in names[20:30]:
        activity = factories.activity(placement, date=placement.starts_on)
        if part == "people":
            activity.people.add(name)
        else:
            activity.category = name
            activity.save()
    factories.activity(placement)  # the last one, which has none of them
    factories.activity(placement, category=names[0], deleted_at=timezone.now())

    page = browser.get(NEW).content.decode()

    assert in_sight(page, part) == [*shared, *(f"Naam {number:03}" for number in range(20, 30))]
    assert page.count("Meer eigen namen (30)") == 1


def test_chosen_name_is_in_sight_however_seldom_it_is_used(
    browser: Client, placement: Placement
) -> None:
    names = many_own(placement, 40)
    activity = factories.activity(placement)
    activity.people.add(names[33])
    for name in names[:10]:
        factories.activity(placement).people.add(name)
        factories.activity(placement).people.add(name)

    change = browser.get(f"/activities/{activity.pk}/edit/").content.decode()
    refused = browser.post(NEW, filled_in(description="", people=[names[35].pk])).content.decode()
    kept = browser.post(NEW, filled_in(people=[names[35].pk]))

    assert "Naam 033" in in_sight(change, "people")
    assert "Naam 035" in in_sight(refused, "people")
    assert kept.status_code == 302


def test_few_own_names_are_not_folded(browser: Client, placement: Placement) -> None:
    many_own(placement, 10)

    page = browser.get(NEW).content.decode()

    assert len(in_sight(page, "people")) == 12
    assert "Meer eigen namen" not in page


def test_form_takes_the_same_queries_for_any_number_of_own_names(
    browser: Client, placement: Placement, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many_own(placement, 11)
    browser.get(NEW)
    with CaptureQueriesContext(connection) as few:
        browser.get(NEW)
    VocabularyEntry.objects.filter(owner=placement.student).delete()
    for kind in ("person", "source", "category", "moment"):
        many_own(placement, 500, kind)

    with django_assert_num_queries(len(few)):
        browser.get(NEW)


def test_own_entry_can_be_renamed_retired_and_offered_again(
    browser: Client, placement: Placement
) -> None:
    entry = own_entry(placement, "Klusjesman")
    activity = factories.activity(placement)
    activity.people.add(entry)

    browser.post(f"/lists/{entry.pk}/rename/", {f"entry-{entry.pk}-name": "Conciërge"})
    browser.post(f"/lists/{entry.pk}/retire/")

    assert "Conciërge" not in browser.get(NEW).content.decode()
    assert "Conciërge" in browser.get(f"/activities/{activity.pk}/").content.decode()
    assert "Conciërge" in browser.get(f"/activities/{activity.pk}/edit/").content.decode()
    browser.post(f"/lists/{entry.pk}/restore/")
    assert "Conciërge" in browser.get(NEW).content.decode()


def test_name_that_is_taken_is_said_at_the_field(browser: Client, placement: Placement) -> None:
    own_entry(placement, "Jan")
    entry = own_entry(placement, "Piet")

    response = browser.post(f"/lists/{entry.pk}/rename/", {f"entry-{entry.pk}-name": "jan"})

    assert response.status_code == 422
    assert "Je kunt de twee samenvoegen" in response.content.decode()


@pytest.mark.parametrize(("kind", "field"), [("person", "people"), ("source", "sources")])
def test_merged_entry_is_replaced_everywhere_once(
    browser: Client, placement: Placement, kind: str, field: str
) -> None:
    wrong, right = own_entry(placement, "Colega", kind), own_entry(placement, "Collega Jan", kind)
    both, one = factories.activity(placement), factories.activity(placement)
    getattr(both, field).set([wrong, right])
    getattr(one, field).set([wrong])

    merge(browser, wrong, right)

    assert [list(getattr(row, field).all()) for row in (both, one)] == [[right], [right]]
    assert list(VocabularyEntry.objects.filter(owner=placement.student)) == [right]


def test_merging_asks_first_and_says_what_it_does(browser: Client, placement: Placement) -> None:
    wrong, right = own_entry(placement, "Colega"), own_entry(placement, "Collega Jan")
    activity = factories.activity(placement)
    activity.people.set([wrong])

    asked = browser.post(f"/lists/{wrong.pk}/merge/", {f"merge-{wrong.pk}-into": right.pk})

    assert "1 activiteit heeft “Colega” en krijgt in plaats daarvan “Collega Jan”." in (
        asked.content.decode()
    )
    assert list(activity.people.all()) == [wrong]


def merge(browser: Client, wrong: VocabularyEntry, right: VocabularyEntry) -> None:
    form = {f"merge-{wrong.pk}-into": right.pk, "sure": "yes"}
    browser.post(f"/lists/{wrong.pk}/merge/", form)


@pytest.mark.parametrize("kind", ["category", "moment"])
def test_merged_entry_of_a_single_list(browser: Client, placement: Placement, kind: str) -> None:
    wrong, right = own_entry(placement, "Bowen", kind), own_entry(placement, "Bouwen!", kind)
    activity = factories.activity(placement)
    setattr(activity, kind, wrong)
    activity.save()

    merge(browser, wrong, right)

    activity.refresh_from_db()
    assert getattr(activity, kind) == right


def test_entry_merges_with_its_own_list_only(browser: Client, placement: Placement) -> None:
    entry = own_entry(placement, "Jan")
    source = own_entry(placement, "Boekje", "source")
    theirs = factories.entry(placement.cohort, "person", "Hun", owner=factories.person())

    for other in (entry, source, theirs):
        form = {f"merge-{entry.pk}-into": other.pk}
        assert browser.post(f"/lists/{entry.pk}/merge/", form).status_code == 422


def test_entries_of_the_programme_are_not_the_students(
    browser: Client, placement: Placement
) -> None:
    entry = placement.cohort.vocabulary.get(name_nl="Collega")

    for verb in ("rename", "merge", "retire", "restore"):
        assert browser.post(f"/lists/{entry.pk}/{verb}/").status_code == 404
    assert browser.post(f"/lists/{own_entry(placement, 'Jan').pk}/vernietig/").status_code == 404


# The same again ----------------------------------------------------------------------------------


def test_last_activity_is_repeated_with_one_tap(browser: Client, placement: Placement) -> None:
    colleague = placement.cohort.vocabulary.get(name_nl="Collega")
    first = factories.activity(
        placement,
        "Stand-up",
        minutes=15,
        status="transferred",
        learned="Niets",
        date=placement.starts_on,
    )
    first.people.add(colleague)
    factories.evidence(placement, activity=first)

    page = browser.post(f"/activities/{first.pk}/repeat/", follow=True).content.decode()

    again = Activity.objects.get(date=timezone.localdate())
    assert (again.description, again.minutes, again.status) == ("Stand-up", 15, "transferred")
    assert again.learned == ""
    assert list(again.people.all()) == [colleague]
    assert not again.evidence.exists()
    assert "Opnieuw gelogd voor vandaag" in page


def test_repeating_keeps_to_the_hours_of_a_day(browser: Client, placement: Placement) -> None:
    full = factories.activity(placement, minutes=20 * 60)

    page = browser.post(f"/activities/{full.pk}/repeat/", follow=True).content.decode()

    assert Activity.objects.count() == 1
    assert "24 uur" in page


def test_template_starts_a_new_activity(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement, "Stand-up gehouden", minutes=15)

    browser.post(f"/activities/{activity.pk}/template/", {"name": "Stand-up"})
    template = ActivityTemplate.objects.get()
    page = browser.get(NEW)
    form = browser.get(NEW, {"template": template.pk}).context["form"]

    assert f"?template={template.pk}" in page.content.decode()
    assert (form["description"].value(), form["duration"].value()) == ("Stand-up gehouden", 15)


def test_template_name_is_used_once(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    address = f"/activities/{activity.pk}/template/"
    browser.post(address, {"name": "Stand-up"})

    response = browser.post(address, {"name": "stand-up"})

    assert response.status_code == 422
    assert ActivityTemplate.objects.count() == 1


def test_day_in_the_address_is_filled_in(browser: Client, placement: Placement) -> None:
    form = browser.get(NEW, {"date": placement.starts_on.isoformat()}).context["form"]

    assert form["date"].value() == placement.starts_on


def test_chain_made_by_itself_is_not_made_twice_for_one_form(placement: Placement) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        activity = Activity(
            placement=placement,
            client_id=key,
            date=timezone.localdate(),
            description="joejoe",
            status="busy",
        )
        log_activity(activity, Choices({"chain": Picked()}), at=timezone.now())

    assert Chain.objects.count() == 1


def test_full_day_is_refused_by_the_action_too(placement: Placement) -> None:
    factories.activity(placement, minutes=24 * 60)

    with pytest.raises(ValidationError):
        log_activity(
            Activity(
                placement=placement, date=timezone.localdate(), description="Nog wat", minutes=1
            ),
            Choices({}),
            at=timezone.now(),
        )


def test_own_names_have_an_end_that_is_told(
    browser: Client, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_OWN_ENTRIES", 2)
    for number in range(2):
        factories.entry(
            placement.cohort, "category", f"Eigen {number}", owner=placement.student, position=1000
        )
    form = filled_in(category="other", category_own="Nog een")

    response = browser.post(NEW, form)

    assert response.status_code == 422
    assert "Je hebt al 2 eigen namen" in response.content.decode()
    assert not placement.activities.exists()


def test_many_own_names_are_shown_by_page(browser: Client, placement: Placement) -> None:
    for number in range(45):
        factories.entry(
            placement.cohort, "person", f"Naam {number:02}", owner=placement.student, position=1000
        )
    last = VocabularyEntry.objects.get(name_nl="Naam 44")

    first = browser.get("/lists/").context
    wrong = browser.post(f"/lists/{last.pk}/rename/", {f"entry-{last.pk}-name": ""})

    assert (len(first["rows"]), first["page"].paginator.num_pages) == (20, 3)
    assert last in [entry for entry, _rename, _merge in wrong.context["rows"]]

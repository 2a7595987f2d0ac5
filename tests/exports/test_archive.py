"""Everything at once as a ZIP: opened again, and brought back."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stageapp.exports import actions_archive, queries_archive
from stageapp.exports.actions_archive import bring_back
from stageapp.exports.archive import write_archive
from stageapp.exports.queries_archive import plan_of_file
from stageapp.guidance import actions as guidance
from stageapp.guidance.models import GuidanceQuestion
from stageapp.logbook.actions import save_item, save_snapshot
from stageapp.logbook.models import ActivityFeedback, Evidence, ReflectionAnswer, SavedItem
from stageapp.placements.models import GoalChange, Placement, PlacementTeacher
from stageapp.programmes.models import (
    ProgrammeMembership,
    ReflectionField,
    Role,
    VocabularyEntry,
)
from tests import factories
from tests.examples import examples
from tests.exports.conftest import new_placement
from tests.exports.test_imports import NAMES, TEXTS, kept

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def full(placement: Placement) -> Placement:
    """Return a placement with something of everything."""
    entry = {row.name_nl: row for row in placement.cohort.vocabulary.all()}
    own = factories.entry(
        placement.cohort, "person", "Joost; de Vries", owner=placement.student, position=1000
    )
    goal = factories.goal(placement, "Leren testen", description="Vóór de zomer", status="reached")
    GoalChange.objects.create(goal=goal, title="Testen", description="", status="open")
    chain = factories.chain(placement, "Het portaal", finished_at=NOW)
    activity = factories.activity(
        placement,
        "Pomp <gesmeerd> & “klaar” 🙂\nالعربية",
        minutes=100,
        category=entry["Testen"],
        difficulty=entry["Moeilijk"],
        status="busy",
        goal=goal,
        chain=chain,
        learned="Rustig blijven",
        wants_feedback=True,
    )
    activity.people.set([entry["Collega"], own])
    activity.competences.set(placement.cohort.competences.all())
    ActivityFeedback.objects.create(activity=activity, next_step="Oefenen", is_satisfied=False)
    factories.evidence(placement, "schema.jpg", activity=activity)
    letter = factories.evidence(placement, "brief.jpg")
    reflection = factories.reflection(placement, "Het gesprek", activity=activity)
    ReflectionAnswer.objects.create(
        reflection=reflection,
        field=ReflectionField.objects.get(model=reflection.model, key="task"),
        text="Luisteren",
    )
    item = save_item(activity, by=placement.student, at=NOW)
    item.note = "Voor het verslag"
    item.save()
    for source in (reflection, letter):
        save_item(source, by=placement.student, at=NOW)
    SavedItem.objects.filter(reflection=reflection).update(note="Nog eens lezen")
    snapshot = {"kind": "tip", "feedback_nl": "Je deed 75% alleen.", "why_nl": ["75% alleen"]}
    save_snapshot(placement, SavedItem.Kind.TIP, "2026-02-02/alone", snapshot, at=NOW)
    factories.deadline(placement, "Verslag", done_at=NOW)
    factories.appointment(placement, "Bezoek", note="In de kantine")
    factories.absence(placement, reason="griep")
    return placement


def taken_out(placement: Placement) -> bytes:
    into = io.BytesIO()
    write_archive(placement, into, language="nl", at=NOW, progress=lambda _done: None)
    return into.getvalue()


def json_of(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("stage-app.json"))  # type: ignore[no-any-return]


def changed(content: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return an archive in which somebody changed the JSON by hand."""
    told = json_of(content)
    change(told)
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            data = json.dumps(told).encode() if name == "stage-app.json" else old.read(name)
            new.writestr(name, data)
    return into.getvalue()


def other_student(placement: Placement) -> Placement:
    """Return the empty placement of the same student's later account."""
    return factories.placement(
        factories.person(), cohort=placement.cohort, starts_on=placement.starts_on
    )


def told_of(placement: Placement) -> dict[str, Any]:
    """Return what an archive tells, without what may differ: keys, paths and moments."""
    told = json_of(taken_out(placement))
    for name in ("made_at", "student", "placement", "guidance"):
        del told[name]
    goals = {goal.pop("id"): goal for goal in told["goals"]}
    chains = {chain.pop("id"): chain for chain in told["chains"]}
    for activity in told["activities"]:
        activity["chain"] = chains.get(activity["chain"])
        activity["goal_id"] = goals.get(activity["goal_id"])
        for several in ("people", "sources"):
            activity[several].sort(key=lambda entry: str(entry["nl"]))
        entries = [*activity["people"], *activity["sources"], activity["category"]]
        for entry in [*entries, activity["difficulty"]]:
            if entry:
                del entry["key"]
    for evidence in told["evidence"]:
        evidence["path"] = evidence["path"] is not None
    return told


def test_archive_holds_the_documents_the_files_and_the_content(full: Placement) -> None:
    content = taken_out(full)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        logbook = docx.Document(io.BytesIO(archive.read("logboek.docx")))
        photo = next(name for name in names if name.endswith("schema.jpg"))
        assert archive.read(photo)[:3] == b"\xff\xd8\xff"
    assert {"stage-app.json", "logboek.docx", "reflecties.docx"} < set(names)
    cells = [cell.text for table in logbook.tables for row in table.rows for cell in row.cells]
    assert any("Pomp <gesmeerd> & “klaar” 🙂\nالعربية" in cell for cell in cells)
    told = json_of(content)
    assert told["activities"][0]["description"].startswith("Pomp <gesmeerd>")
    assert told["placement"]["absences"][0]["reason"] == "griep"
    assert told["goals"][0]["history"][0]["title"] == "Testen"


def test_archive_tells_the_conversations_too(full: Placement) -> None:
    teacher = factories.person("Mira de Vries")
    PlacementTeacher.objects.create(placement=full, teacher=teacher)
    question = GuidanceQuestion(placement=full, title="Hoe?", core="Wat nu?", teacher=teacher)
    activity = full.activities.get()
    guidance.draft_question(question, [activity], by=full.student, at=NOW)
    guidance.share_question(question, at=NOW)
    factories.message(question, teacher, "Goed bezig")

    told = json_of(taken_out(full))["guidance"]

    assert told[0]["messages"][0]["text"] == "Goed bezig"
    assert told[0]["items"][0]["kind"] == "activity"


def test_everything_comes_back_in_an_empty_placement(full: Placement) -> None:
    other = other_student(full)

    brought = bring_back(other, io.BytesIO(taken_out(full)), at=NOW)

    assert (brought.activities, brought.reflections, brought.evidence) == (1, 1, 2)
    assert brought.refused == []
    assert told_of(other) == told_of(full)
    # Own entries belong to who brings them in.
    assert VocabularyEntry.objects.filter(name_nl="Joost; de Vries").count() == 2


#: A text or a name that can be typed; names differ in more than their capitals.
WRITTEN = TEXTS.map(kept).map(str.strip)
NAMED = NAMES.map(kept).map(str.strip).filter(bool)
NAME_SETS = st.lists(NAMED, max_size=45, unique_by=str.casefold)
NUMBERS = st.none() | st.integers(0, 2)
LOGBOOKS = st.fixed_dictionaries(
    {
        "people": NAME_SETS,
        "sources": NAME_SETS,
        # The same title twice happens; each is its own goal.
        "goals": st.lists(NAMED | st.just("Leren testen"), max_size=3),
        "chains": st.lists(st.tuples(NAMED | st.just("Het portaal"), st.booleans()), max_size=3),
        "activities": st.lists(
            st.fixed_dictionaries(
                {"description": WRITTEN, "learned": WRITTEN, "goal": NUMBERS, "chain": NUMBERS,
                 "saved": st.none() | WRITTEN, "minutes": st.none() | st.integers(1, 200)}
            ),
            max_size=3,
        ),
        "reflections": st.lists(st.tuples(WRITTEN, WRITTEN, NUMBERS), max_size=2),
        "evidence": st.lists(st.tuples(NAMED, WRITTEN, NUMBERS), max_size=2),
        "deadlines": st.lists(st.tuples(NAMED | st.just("Verslag"), st.booleans()), max_size=3),
        "appointments": st.lists(st.tuples(NAMED | st.just("Bezoek"), WRITTEN), max_size=2),
        "snapshots": st.lists(
            st.tuples(st.sampled_from(["tip", "chart"]), st.integers(0, 99), WRITTEN, WRITTEN),
            max_size=3,
            unique_by=lambda row: row[:2],
        ),
    }
)  # fmt: skip


def picked(rows: list[Any], number: int | None) -> Any:
    """Return one of some rows, or none where the number points at none."""
    return rows[number] if number is not None and number < len(rows) else None


def written_down(placement: Placement, drawn: dict[str, Any]) -> None:
    """Fill a logbook with what was drawn."""
    entries = {
        part: [
            factories.entry(placement.cohort, kind, name, owner=placement.student)
            for name in drawn[part]
        ]
        for part, kind in (("people", "person"), ("sources", "source"))
    }
    goals = [
        factories.goal(placement, title, position=number)
        for number, title in enumerate(drawn["goals"])
    ]
    chains = [
        factories.chain(placement, name, finished_at=NOW if is_finished else None)
        for name, is_finished in drawn["chains"]
    ]
    activities = []
    for row in drawn["activities"]:
        saved, goal, chain = (row.pop(name) for name in ("saved", "goal", "chain"))
        activity = factories.activity(
            placement, **row, goal=picked(goals, goal), chain=picked(chains, chain)
        )
        for part, rows in entries.items():
            getattr(activity, part).set(rows)
        activities.append(activity)
        if saved is not None:
            item = save_item(activity, by=placement.student, at=NOW)
            item.note = saved
            item.save()
    for title, text, number in drawn["reflections"]:
        made = factories.reflection(
            placement, title, activity=picked(activities, number), is_draft=number is None
        )
        made.answers.create(field=made.model.fields.get(key="task"), text=text)
        if number is None:
            save_item(made, by=placement.student, at=NOW)
    for name, text, number in drawn["evidence"]:
        Evidence.objects.create(
            placement=placement, kind="text", name=name, text=text,
            activity=picked(activities, number),
        )  # fmt: skip
    for kind, number, text, note in drawn["snapshots"]:
        snapshot = {"kind": kind, "feedup_nl": text, "why_nl": [text], "numbers": [number, 0.5]}
        save_snapshot(placement, SavedItem.Kind(kind), f"key-{number}", snapshot, at=NOW)
        SavedItem.objects.filter(kind=kind, key=f"key-{number}").update(note=note)
    for title, is_done in drawn["deadlines"]:
        factories.deadline(placement, title, done_at=NOW if is_done else None)
    for title, note in drawn["appointments"]:
        factories.appointment(placement, title, note=note)


# Making a logbook takes too long to look for a smaller one that fails.
@settings(
    max_examples=examples(20), suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(drawn=LOGBOOKS)
def test_nothing_is_lost_on_the_way_out_and_back(
    placement: Placement, drawn: dict[str, Any]
) -> None:
    mine, other = other_student(placement), other_student(placement)
    written_down(mine, drawn)
    content = taken_out(mine)

    brought = bring_back(other, io.BytesIO(content), at=NOW)
    once = told_of(other)
    bring_back(other, io.BytesIO(content), at=NOW)

    assert brought.refused == []
    assert once == told_of(mine)
    # And a second time changes nothing.
    assert told_of(other) == once


def test_everybody_and_every_source_of_an_activity_comes_back(placement: Placement) -> None:
    activity = factories.activity(placement, "Open dag")
    for kind, several in (("person", activity.people), ("source", activity.sources)):
        several.set(
            factories.entry(placement.cohort, kind, f"{kind} {number}", owner=placement.student)
            for number in range(60)
        )
    other = other_student(placement)

    brought = bring_back(other, io.BytesIO(taken_out(placement)), at=NOW)

    back = other.activities.get()
    assert (back.people.count(), back.sources.count(), brought.refused) == (60, 60, [])


def test_archive_from_before_goals_had_a_number_comes_back(full: Placement) -> None:
    def as_before(told: dict[str, Any]) -> None:
        for row in told["goals"]:
            del row["id"]
        for row in told["activities"]:
            del row["goal_id"]

    other = other_student(full)

    bring_back(other, io.BytesIO(changed(taken_out(full), as_before)), at=NOW)

    assert told_of(other) == told_of(full)


def test_deadlines_that_look_the_same_are_no_error(full: Placement) -> None:
    for _ in range(2):
        factories.deadline(full, "Twee keer")
    before = told_of(full)

    bring_back(full, io.BytesIO(taken_out(full)), at=NOW)

    assert told_of(full) == before


def test_what_the_programme_does_not_have_any_more_is_told(full: Placement) -> None:
    other = new_placement()
    other.cohort.competences.filter(key="k").delete()
    content = changed(
        taken_out(full), lambda told: told["reflections"][0]["answers"].update(gone="Weg")
    )

    brought = bring_back(other, io.BytesIO(content), at=NOW)

    assert brought.refused[0].startswith("k: je opleiding kent deze competentie niet")
    assert "geen veld “gone” meer" in brought.refused[1]
    assert other.activities.get().competences.count() == 1


def test_file_of_evidence_is_a_copy_of_its_own(full: Placement) -> None:
    other = other_student(full)
    bring_back(other, io.BytesIO(taken_out(full)), at=NOW)

    mine, theirs = (Evidence.objects.get(placement=one, name="schema.jpg") for one in (full, other))
    assert mine.file.name != theirs.file.name
    default_storage.delete(str(mine.file.name))
    assert theirs.file.read()[:3] == b"\xff\xd8\xff"


def test_bringing_back_twice_or_where_it_came_from_changes_nothing(full: Placement) -> None:
    content, before = taken_out(full), told_of(full)

    for _ in range(2):
        brought = bring_back(full, io.BytesIO(content), at=NOW)
        assert (brought.activities, brought.reflections, brought.evidence) == (0, 0, 0)

    assert told_of(full) == before


def test_what_was_removed_by_mistake_comes_back(full: Placement) -> None:
    content, before = taken_out(full), told_of(full)
    full.activities.all().delete()
    full.goals.all().delete()
    full.evidence.all().delete()

    bring_back(full, io.BytesIO(content), at=NOW)

    assert told_of(full) == before


def sent(browser: Client, content: bytes) -> Any:
    file = io.BytesIO(content)
    file.name = "alles.zip"
    return browser.post("/import/", {"file": file})


def amounts(page: str) -> dict[str, tuple[int, int]]:
    """Return what a page says that comes back, and that is there already."""
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(\d+)</td><td>(\d+)</td>', page)
    return {label: (int(new), int(there)) for label, new, there in rows}


def test_archive_is_looked_at_first_and_comes_back_on_request(
    browser: Client, full: Placement
) -> None:
    content = taken_out(full)
    full.activities.all().delete()
    full.deadlines.all().delete()

    address = sent(browser, content)["Location"]
    page = browser.get(address).content.decode()
    assert amounts(page) == {
        "Activiteiten": (1, 0),
        "Reflecties": (1, 0),
        "Bewijs": (1, 1),
        "Leerdoelen": (0, 1),
        "Ketens": (0, 1),
        "Opgeslagen": (2, 2),
        "Deadlines": (1, 0),
        "Afspraken": (0, 1),
    }
    assert not full.activities.exists()
    assert "alles.zip" in browser.get("/import/").content.decode()

    landed = browser.post(f"{address}apply/", follow=True).content.decode()

    assert "Terug in je logboek: 1 activiteit" in landed
    assert "Pomp &lt;gesmeerd&gt;" in landed
    assert browser.get(address).status_code == 404
    assert "alles.zip" not in browser.get("/import/").content.decode()


def test_page_tells_what_does_not_come_back(browser: Client, full: Placement) -> None:
    teacher = factories.person("Mira de Vries")
    PlacementTeacher.objects.create(placement=full, teacher=teacher)
    question = GuidanceQuestion(placement=full, title="Hoe?", core="Wat nu?", teacher=teacher)
    guidance.draft_question(question, [], by=full.student, at=NOW)
    factories.activity(full, "Weggegooid")
    content = taken_out(full)
    full.activities.filter(description="Weggegooid").update(deleted_at=NOW)
    full.reflections.all().delete()
    full.cohort.reflection_models.clear()

    page = browser.get(sent(browser, content)["Location"]).content.decode()

    assert "1 vraag met het gesprek erbij komt niet terug" in page
    assert "1 hiervan heb je hier verwijderd" in page
    assert "Het gesprek: je opleiding heeft dit reflectiemodel niet" in page


def test_new_names_for_the_own_lists_are_told(full: Placement) -> None:
    other = other_student(full)
    client = Client()
    ProgrammeMembership.objects.create(
        programme=other.cohort.programme, person=other.student, role=Role.STUDENT
    )
    client.force_login(other.student)

    page = client.get(sent(client, taken_out(full))["Location"]).content.decode()

    assert "1 naam komt in je eigen lijsten: Joost; de Vries" in page


def test_file_that_holds_nothing_new_has_nothing_to_confirm(
    browser: Client, full: Placement
) -> None:
    page = browser.get(sent(browser, taken_out(full))["Location"]).content.decode()

    assert "Er staat niets in dat je niet al hebt" in page
    assert "apply/" not in page


def test_every_day_that_keeps_an_archive_out_is_named_before_anything_happens(
    browser: Client, full: Placement
) -> None:
    factories.activity(full, "Lang", minutes=60)
    content = changed(taken_out(full), lambda told: told["activities"][0].update(date="2001-02-03"))
    full.activities.all().delete()
    factories.activity(full, "Al vol", minutes=24 * 60)

    address = sent(browser, content)["Location"]
    page = browser.get(address).content.decode()
    response = browser.post(f"{address}apply/")

    assert "3 februari 2001 valt niet in je stage" in page
    assert "zou meer dan 24 uur krijgen" in page
    assert "apply/" not in page
    assert response.status_code == 422
    assert full.activities.count() == 1


def test_archive_that_turns_out_to_be_changed_says_so_on_its_page(
    browser: Client, full: Placement
) -> None:
    content = changed(taken_out(full), lambda told: told["activities"][0].update(status="raar"))
    full.activities.all().delete()
    address = sent(browser, content)["Location"]

    response = browser.post(f"{address}apply/")

    assert response.status_code == 422
    assert "of het is veranderd" in response.content.decode()
    assert not full.activities.exists()


def test_archive_that_cannot_be_read_is_refused_at_its_field(
    browser: Client, full: Placement
) -> None:
    before = stored("imports")

    response = sent(browser, changed(taken_out(full), lambda told: told.pop("activities")))

    assert response.status_code == 422
    assert not full.archive_imports.exists()
    assert stored("imports") == before


def test_archives_that_wait_have_an_end(browser: Client, full: Placement) -> None:
    content = taken_out(full)
    answers = [sent(browser, content).status_code for _ in range(4)]

    assert answers == [302, 302, 302, 422]


def test_archive_that_is_removed_or_forgotten_leaves_no_file(
    browser: Client, full: Placement, django_capture_on_commit_callbacks: Any
) -> None:
    content, before = taken_out(full), len(stored("imports"))
    address = sent(browser, content)["Location"]
    sent(browser, content)
    assert len(stored("imports")) == before + 2

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{address}delete/")
    assert len(stored("imports")) == before + 1
    later = timezone.now() + timedelta(days=2, minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions_archive.remove_old_archives(at=later) == 1

    assert len(stored("imports")) == before
    assert not full.archive_imports.exists()


@pytest.mark.parametrize("count", [1, 12])
def test_looking_at_an_archive_takes_the_same_queries_for_any_size(
    full: Placement, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        made = factories.activity(full, f"Werk {number}")
        made.competences.set(full.cohort.competences.all())
        factories.reflection(full, f"Terugblik {number}", activity=made)
    content = taken_out(full)
    other = Placement.objects.get(pk=other_student(full).pk)

    with django_assert_num_queries(QUERIES_OF_A_PLAN):
        plan_of_file(other, io.BytesIO(content))


#: cohort, programme, institution, student, lists (4), keys (3), amounts (7), models with their
#: fields (2), minutes by day.
QUERIES_OF_A_PLAN = 22


def test_reflection_model_that_the_programme_lacks_is_told(full: Placement) -> None:
    other = new_placement()
    other.cohort.reflection_models.clear()

    brought = bring_back(other, io.BytesIO(taken_out(full)), at=NOW)

    assert (brought.activities, brought.reflections) == (1, 0)
    assert "Het gesprek" in brought.refused[0]


def test_file_that_is_no_picture_any_more_is_left_out(full: Placement) -> None:
    content = taken_out(full)
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            is_photo = name.endswith("schema.jpg")
            new.writestr(name, b"MZ\x90\x00 a program" if is_photo else old.read(name))

    brought = bring_back(other_student(full), io.BytesIO(into.getvalue()), at=NOW)

    assert brought.evidence == 1
    assert "schema.jpg" in brought.refused[0]


def test_file_that_is_missing_is_told(full: Placement) -> None:
    for row in full.evidence.all():
        default_storage.delete(str(row.file.name))
    content = taken_out(full)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert any(name.endswith(".missing.txt") for name in archive.namelist())
    brought = bring_back(other_student(full), io.BytesIO(content), at=NOW)

    assert (brought.activities, brought.evidence, len(brought.refused)) == (1, 0, 2)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda told: told.pop("activities"), id="a list is gone"),
        pytest.param(lambda told: told["activities"][0].pop("date"), id="a field is gone"),
        pytest.param(lambda told: told["activities"][0].update(date="2026-99-99"), id="date"),
        pytest.param(lambda told: told["activities"][0].update(minutes=-5), id="minutes"),
        pytest.param(lambda told: told["activities"][0].update(minutes="9" * 40), id="number"),
        pytest.param(lambda told: told["activities"][0].update(id="x"), id="key"),
        pytest.param(lambda told: told["activities"][0].update(status="else"), id="status"),
        pytest.param(lambda told: told["activities"][0].update(description=5), id="no text"),
        pytest.param(
            lambda told: told["activities"][0].update(description="x" * 10_001), id="too long"
        ),
        pytest.param(lambda told: told["activities"][0].update(people="abc"), id="no list"),
        pytest.param(lambda told: told["activities"][0].update(chain=[]), id="unhashable"),
        pytest.param(lambda told: told["goals"][0].update(title="x" * 201), id="long name"),
        pytest.param(lambda told: told["reflections"][0].update(answers=[]), id="answers"),
        pytest.param(
            lambda told: told["evidence"][0].update(kind="link", url="javascript:alert(1)"),
            id="address that runs",
        ),
        pytest.param(
            lambda told: told["appointments"][0].update(ends_at="2020-01-01T00:00:00+00:00"),
            id="ends before it begins",
        ),
        pytest.param(lambda told: told["deadlines"][0].update(at="25:99"), id="time"),
        pytest.param(lambda told: told["saved_others"][0].update(kind="tip"), id="saved kind"),
        pytest.param(lambda told: told["saved_others"][0].update(id="x"), id="saved key"),
        pytest.param(lambda told: told.update(version=99), id="newer"),
        pytest.param(lambda told: told.update(format="other"), id="other format"),
    ],
)
def test_archive_that_was_changed_is_refused_as_a_whole(
    full: Placement, change: Callable[[dict[str, Any]], object]
) -> None:
    other = other_student(full)

    with pytest.raises(ValidationError):
        bring_back(other, io.BytesIO(changed(taken_out(full), change)), at=NOW)

    assert not other.activities.exists()
    assert not other.goals.exists()


def test_path_out_of_the_archive_reads_no_other_file(full: Placement) -> None:
    content = changed(
        taken_out(full), lambda told: told["evidence"][0].update(path="../../etc/passwd")
    )

    brought = bring_back(other_student(full), io.BytesIO(content), at=NOW)

    assert (brought.evidence, len(brought.refused)) == (1, 1)


@pytest.mark.parametrize("limit", ["MOST_JSON", "MOST_FILES", "MOST_UNPACKED"])
def test_archive_that_is_too_large_is_refused(
    full: Placement, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = taken_out(full)
    monkeypatch.setattr(queries_archive, limit, 1)

    with pytest.raises(ValidationError, match="te groot"):
        bring_back(other_student(full), io.BytesIO(content), at=NOW)


def test_json_without_end_is_refused(full: Placement) -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("stage-app.json", "[" * 100_000)

    with pytest.raises(ValidationError):
        bring_back(full, io.BytesIO(into.getvalue()), at=NOW)


@settings(max_examples=examples(60), suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_damaged_archive_is_refused_or_read_but_never_an_error(
    full: Placement, damage: list[tuple[float, int]]
) -> None:
    content = bytearray(taken_out(full))
    for place, value in damage:
        content[min(int(place * len(content)), len(content) - 1)] = value
    file = io.BytesIO(bytes(content))

    if not actions_archive.is_archive(file):
        return
    try:
        bring_back(full, file, at=NOW)
    except ValidationError as problem:
        assert problem.messages  # noqa: PT017 -- either outcome is fine, this one tells why


def test_archive_that_asks_for_a_later_program_is_none_of_ours(full: Placement) -> None:
    content = bytearray(taken_out(full))
    content[content.rindex(b"PK\x01\x02") + 6] = 64

    assert not actions_archive.is_archive(io.BytesIO(bytes(content)))


def stored(folder: str) -> set[str]:
    """Return the names of all files below a folder of the store."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return set()
    return {f"{folder}/{name}" for name in files}.union(
        *(stored(f"{folder}/{name}") for name in folders)
    )


def test_refused_archive_leaves_no_files_behind(full: Placement) -> None:
    broken = changed(taken_out(full), lambda told: told["activities"][0].update(status="raar"))
    before = stored("evidence")
    placement = other_student(full)

    with pytest.raises(ValidationError):
        bring_back(placement, io.BytesIO(broken), at=NOW)

    assert stored("evidence") == before
    bring_back(placement, io.BytesIO(taken_out(full)), at=NOW)
    assert len(stored("evidence")) == len(before) + 4  # two pictures, each with a small one


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"date": "0001-01-01"}, "valt niet in je stage"),
        ({"date": "9999-12-31"}, "valt niet in je stage"),
        ({"minutes": 1500}, "veranderd"),
        ({"minutes": float("inf")}, "veranderd"),
    ],
)
def test_archive_keeps_the_rules_of_the_form(
    full: Placement, change: dict[str, Any], reason: str
) -> None:
    content = changed(taken_out(full), lambda told: told["activities"][0].update(change))
    placement = other_student(full)

    with pytest.raises(ValidationError, match=reason):
        bring_back(placement, io.BytesIO(content), at=NOW)

    assert not placement.activities.exists()


def test_archive_brings_no_day_over_24_hours(full: Placement) -> None:
    content = taken_out(full)
    placement = other_student(full)
    factories.activity(placement, minutes=24 * 60 - 50)

    with pytest.raises(ValidationError, match="meer dan 24 uur"):
        bring_back(placement, io.BytesIO(content), at=NOW)


def test_one_file_in_the_archive_is_no_two_pieces_of_evidence(full: Placement) -> None:
    def name_it_twice(told: dict[str, Any]) -> None:
        first, second = told["evidence"]
        second["path"] = first["path"]

    with pytest.raises(ValidationError):
        bring_back(
            other_student(full),
            io.BytesIO(changed(taken_out(full), name_it_twice)),
            at=NOW,
        )


def test_names_of_evidence_lead_nowhere_else_in_the_archive(full: Placement) -> None:
    full.evidence.filter(name="brief.jpg").update(name="../../tmp/brief.jpg")

    with zipfile.ZipFile(io.BytesIO(taken_out(full))) as archive:
        assert not [name for name in archive.namelist() if ".." in name.split("/")]


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "activity"},
        {"kind": "elsewhere"},
        {"key": ""},
        {"key": "x" * 101},
        {"snapshot": []},
        {"snapshot": {"kind": "chart"}},
        {"snapshot": {"kind": "tip", "why_nl": 5}},
        {"snapshot": {"kind": "tip", "feedup_nl": ["x"]}},
        {"snapshot": {"kind": "tip", "feedup_nl": "x" * 200_001}},
    ],
)
def test_snapshot_that_no_page_could_show_is_refused(
    full: Placement, change: dict[str, Any]
) -> None:
    content = changed(taken_out(full), lambda told: told["saved_snapshots"][0].update(change))

    with pytest.raises(ValidationError):
        bring_back(other_student(full), io.BytesIO(content), at=NOW)


@pytest.mark.parametrize("name", ["saved_snapshots", "saved_others"])
def test_archive_from_before_these_were_saved_comes_back(full: Placement, name: str) -> None:
    content = changed(taken_out(full), lambda told: told.pop(name))

    assert bring_back(other_student(full), io.BytesIO(content), at=NOW).activities == 1


def test_saved_reflections_and_evidence_come_back_with_their_notes_and_keep_them(
    full: Placement,
) -> None:
    other, content = other_student(full), taken_out(full)

    bring_back(other, io.BytesIO(content), at=NOW)
    SavedItem.objects.filter(placement=other).update(note="Mijn woorden")
    bring_back(other, io.BytesIO(content), at=NOW)

    (reflection,) = SavedItem.objects.filter(placement=other, kind="reflection")
    (evidence,) = SavedItem.objects.filter(placement=other, kind="evidence")
    assert reflection.reflection
    assert evidence.evidence
    assert (reflection.reflection.title, evidence.evidence.name) == ("Het gesprek", "brief.jpg")
    assert reflection.note == "Mijn woorden"
    assert [row["note"] for row in json_of(content)["saved_others"]] == ["", "Nog eens lezen"]


def test_bookmark_of_what_does_not_come_back_stays_out_with_it(full: Placement) -> None:
    content = changed(taken_out(full), lambda told: told.update(reflections=[]))

    bring_back(other := other_student(full), io.BytesIO(content), at=NOW)

    assert not SavedItem.objects.filter(placement=other, kind="reflection").exists()
    assert SavedItem.objects.filter(placement=other, kind="evidence").exists()

"""A programme as a file: what is in it, that it comes back as it was, and what is refused."""

import json
from datetime import UTC, date, datetime, time
from threading import Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stageapp.accounts.models import User
from stageapp.administration.actions_files import bring_in
from stageapp.administration.queries_files import file_of_programme
from stageapp.audit.models import AuditEntry
from stageapp.programmes.actions_reflections import save_model
from stageapp.programmes.models import (
    Cohort,
    CohortDeadline,
    Competence,
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    ReflectionModel,
    Role,
    StartingGoal,
)
from stageapp.programmes.presets import load_presets
from stageapp.programmes.programmefile import (
    MOST_BYTES,
    Problem,
    UnusableProgrammeError,
    read_programme,
)
from stageapp.programmes.rules import Pasted
from stageapp.tips.models import Tip
from stageapp.tips.presets import load_tips
from stageapp.tips.rules import Condition, Rule
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
IMPORT = "/manage/programmes/import/"
SECRET = "Dit is van een student"


def rich_cohort(programme: Programme) -> Cohort:
    """Return a cohort with something of everything, and things that stay behind."""
    cohort = factories.cohort(
        "category",
        "difficulty",
        "competences",
        programme=programme,
        slug="stage-2026",
        first_share_days=21,
        has_feedback=True,
        charts=["weeks", "days"],
    )
    factories.form_part(
        cohort, "learned", is_folded=True, is_shown=False, help_nl="Kort", help_en="Short"
    )
    factories.entry(cohort, "category", "Overleg", key="meeting")
    factories.entry(cohort, "difficulty", "Moeilijk", key="hard", level=3)
    factories.entry(cohort, "category", "Oud", key="old", retired_at=NOW)
    factories.entry(cohort, "person", SECRET, owner=factories.person())
    Competence.objects.create(
        cohort=cohort, key="k1", code="K1", name_nl="Leren", description_nl="Uitleg\n\nmeer"
    )
    StartingGoal.objects.create(
        cohort=cohort, key="g", position=0, title_nl="Doel", title_en="Goal"
    )
    CohortDeadline.objects.create(
        cohort=cohort, title_nl="Plan", due_on=date(2026, 4, 1), due_time=time(17, 0)
    )
    own = save_model(
        ReflectionModel(programme=programme, name_nl="Kern", name_en="Core"),
        [Pasted("Wat was er", "What was there")],
        by=factories.person(),
        at=NOW,
    )
    own.fields.update(is_required=True, guidance_nl="Waar?")
    cohort.reflection_models.set([own, factories.reflection_model("starr")])
    tip(cohort, "alone", "Vaak overleg", "meeting")
    return cohort


def tip(cohort: Cohort, key: str, name: str, entry: str) -> Tip:
    """Return a tip of a cohort about an entry of one of its lists."""
    rule = Rule((Condition("meeting", "share_of_category", of=entry, threshold=50.0),))
    return factories.tip(cohort, rule, key=key, name=name, feedback="Vaak: {meeting}")


@pytest.fixture
def programme() -> Programme:
    return factories.programme(slug="bouwkunde")


@pytest.fixture
def cohort(programme: Programme) -> Cohort:
    return rich_cohort(programme)


@pytest.fixture
def overseer(programme: Programme) -> User:
    """Who administers the institution."""
    person = factories.person("Ria Beheer")
    InstitutionAdministrator.objects.create(institution=programme.institution, person=person)
    return person


@pytest.fixture
def client(overseer: User) -> Client:
    made = Client()
    made.force_login(overseer)
    return made


def file_of(cohort: Cohort) -> str:
    return file_of_programme(cohort.programme, [cohort])


def look(client: Client, text: str | bytes, into: str, **more: Any) -> Any:
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("programme.json", data)
    return client.post(IMPORT, {"file": file, "into": into, "do": "look"} | more)


def apply(client: Client, text: str, into: str, **more: Any) -> Any:
    return client.post(IMPORT, {"content": text, "into": into, "do": "apply"} | more)


def new_in(institution: Institution) -> str:
    return f"new-{institution.pk}"


def changed(text: str, *path: str | int, to: Any) -> str:
    """Return a file in which one value is another one."""
    data = json.loads(text)
    inside = data
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = to
    return json.dumps(data)


# Round trip ---------------------------------------------------------------------------------------


def test_programme_comes_back_as_it_was(cohort: Cohort, overseer: User) -> None:
    text = file_of(cohort)
    elsewhere = factories.institution()

    made = bring_in(read_programme(text), elsewhere, by=overseer, at=NOW)

    assert made.left_out == []
    assert file_of_programme(made.programme, made.cohorts) == text


def test_programmes_that_ship_come_back_as_they_were() -> None:
    cohorts = load_presets(factories.institution(), 2026)
    for cohort in cohorts:
        load_tips([cohort], at=NOW)
        text = file_of(cohort)

        made = bring_in(
            read_programme(text), factories.institution(), by=factories.person(), at=NOW
        )

        assert made.left_out == []
        assert made.new_tips == cohort.tips.count()
        assert file_of_programme(made.programme, made.cohorts) == text


def test_file_holds_nothing_of_people_or_students(cohort: Cohort) -> None:
    placement = factories.placement(cohort=cohort)
    factories.activity(placement, SECRET)

    text = file_of(cohort)

    assert SECRET not in text
    assert placement.student.name not in text
    assert "Oud" not in text


def test_what_comes_in_is_closed_and_its_tips_are_off(cohort: Cohort, overseer: User) -> None:
    Tip.objects.update(is_on=True)

    made = bring_in(read_programme(file_of(cohort)), factories.institution(), by=overseer, at=NOW)

    assert not made.programme.is_open
    assert not made.cohorts[0].is_open
    assert not made.cohorts[0].tips.get().is_on
    changes = [entry.details["change"] for entry in AuditEntry.objects.order_by("pk")]
    assert changes[-2:] == ["made", "imported"]


# In the pages -------------------------------------------------------------------------------------


def test_files_are_taken_out(client: Client, cohort: Cohort) -> None:
    factories.cohort(programme=cohort.programme, name_nl="Ander")

    whole = client.get(f"/manage/programmes/{cohort.programme_id}/file/")
    one = client.get(f"/manage/programmes/cohorts/{cohort.pk}/file/")

    assert whole.headers["Content-Disposition"] == 'attachment; filename="bouwkunde.json"'
    assert [row["name_nl"] for row in json.loads(whole.content)["cohorts"]] == [
        "Stage 2026",
        "Ander",
    ]
    assert json.loads(one.content)["cohorts"][0]["tips"] == ["alone"]
    assert one.content.decode() == file_of(cohort)


def test_preview_says_what_comes_and_changes_nothing(client: Client, cohort: Cohort) -> None:
    answer = look(client, file_of(cohort), new_in(cohort.programme.institution))

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "“Bouwkunde (2)”" in page
    assert "<strong>1</strong> competenties" in page
    assert "1 tip is nieuw" in page
    assert Programme.objects.count() == 1
    assert Cohort.objects.count() == 1
    assert Tip.objects.count() == 1
    assert not AuditEntry.objects.filter(details__change="imported").exists()


def test_file_becomes_a_new_programme(client: Client, cohort: Cohort) -> None:
    text = look(client, file_of(cohort), new_in(cohort.programme.institution)).context["form"].text

    answer = apply(client, text, new_in(cohort.programme.institution))

    made = Programme.objects.get(name_nl="Bouwkunde (2)")
    assert answer.headers["Location"] == f"/manage/programmes/cohorts/{made.cohorts.get().pk}/"


def test_file_becomes_a_cohort_of_a_programme_that_is_there(client: Client, cohort: Cohort) -> None:
    apply(client, file_of(cohort), f"cohort-{cohort.programme_id}")

    made = cohort.programme.cohorts.exclude(pk=cohort.pk).get()
    assert (made.name_nl, made.slug) == ("Stage 2026 (2)", "stage-2026-2")
    # The model and the tip are there already with the same words.
    assert set(made.reflection_models.all()) == set(cohort.reflection_models.all())
    assert list(made.tips.all()) == list(cohort.tips.all())


def test_what_says_something_else_than_what_is_there_becomes_a_new_one(
    client: Client, cohort: Cohort
) -> None:
    text = changed(file_of(cohort), "tips", 0, "name", to="Anders")
    text = changed(text, "reflection_models", 0, "fields", 0, "label_nl", to="Anders")

    apply(client, text, f"cohort-{cohort.programme_id}")

    made = cohort.programme.cohorts.exclude(pk=cohort.pk).get()
    own = made.reflection_models.get(programme=cohort.programme)
    assert (own.name_nl, own.key) == ("Kern (2)", "kern-2")
    assert made.tips.get().name == "Anders"
    assert cohort.tips.get().name == "Vaak overleg"


def test_only_the_chosen_cohorts_come_in(client: Client, cohort: Cohort) -> None:
    other = factories.cohort(programme=cohort.programme, name_nl="Ander", slug="ander")
    text = file_of_programme(cohort.programme, [cohort, other])

    apply(client, text, f"cohort-{cohort.programme_id}", cohorts=["1"])

    assert sorted(row.name_nl for row in cohort.programme.cohorts.all()) == [
        "Ander",
        "Ander (2)",
        "Stage 2026",
    ]


def test_what_is_not_known_here_stays_out_and_is_named(client: Client, cohort: Cohort) -> None:
    text = changed(file_of(cohort), "cohorts", 0, "charts", to=["weeks", "hologram"])
    text = changed(text, "cohorts", 0, "shared_reflection_models", to=["starr", "spiral"])
    text = changed(text, "tips", 0, "rule", to={"nonsense": 1})

    answer = look(client, text, new_in(cohort.programme.institution))

    assert [(one.what, one.name) for one in answer.context["made"].left_out] == [
        ("reflectiemodel", "spiral"),
        ("grafiek", "hologram"),
        ("tip", "Vaak overleg"),
    ]
    apply(client, text, new_in(cohort.programme.institution))
    assert Cohort.objects.get(programme__name_nl="Bouwkunde (2)").charts == ["weeks"]


def test_who_administers_a_programme_makes_cohorts_and_no_programmes(cohort: Cohort) -> None:
    person = factories.person("Kees Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=person, role=Role.ADMINISTRATOR
    )
    other = factories.programme(institution=cohort.programme.institution)
    client = Client()
    client.force_login(person)
    text = file_of(cohort)

    assert apply(client, text, new_in(cohort.programme.institution)).status_code == 422
    assert apply(client, text, f"cohort-{other.pk}").status_code == 422
    assert apply(client, text, f"cohort-{cohort.programme_id}").status_code == 302
    assert client.get(f"/manage/programmes/{other.pk}/file/").status_code == 404
    assert Programme.objects.count() == 2


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        (("programme", "name_nl"), "", "programme.name_nl", "missing"),
        (("programme", "name_en"), "x" * 201, "programme.name_en", "long"),
        (("programme",), None, "programme", "object"),
        (("cohorts",), [], "cohorts", "missing"),
        (("cohorts",), 3, "cohorts", "list"),
        (("cohorts", 0, "first_share_days"), 0, "cohorts[0].first_share_days", "number"),
        (("cohorts", 0, "first_share_days"), True, "cohorts[0].first_share_days", "number"),
        (("cohorts", 0, "has_feedback"), "yes", "cohorts[0].has_feedback", "flag"),
        (("cohorts", 0, "charts"), "weeks", "cohorts[0].charts", "list"),
        (("cohorts", 0, "charts"), ["a b"], "cohorts[0].charts", "key"),
        (("cohorts", 0, "parts"), [], "cohorts[0].parts", "date"),
        (("cohorts", 0, "parts", 0, "part"), "mood", "cohorts[0].parts[0].part", "unknown"),
        (("cohorts", 0, "parts", 2, "part"), "date", "cohorts[0].parts[2].part", "twice"),
        (("cohorts", 0, "parts", 0, "is_folded"), True, "cohorts[0].parts[0].is_folded", "folded"),
        (("cohorts", 0, "parts", 4, "minimum"), 2, "cohorts[0].parts[4].is_required", "few"),
        (("cohorts", 0, "vocabulary", 0, "key"), "a/b", "cohorts[0].vocabulary[0].key", "key"),
        (("cohorts", 0, "competences"), ["x"], "cohorts[0].competences[0]", "object"),
        (("cohorts", 0, "deadlines", 0, "due_on"), "2026-02-30",
         "cohorts[0].deadlines[0].due_on", "day"),
        (("cohorts", 0, "deadlines", 0, "due_time"), "25:00",
         "cohorts[0].deadlines[0].due_time", "time"),
        (("cohorts", 0, "tips"), ["x"] * 301, "cohorts[0].tips", "many"),
        (("reflection_models", 0, "fields"), [], "reflection_models[0].fields", "missing"),
    ],
)  # fmt: skip
def test_file_that_is_not_right_says_where(
    cohort: Cohort, path: tuple[str | int, ...], value: Any, place: str, reason: str
) -> None:
    with pytest.raises(UnusableProgrammeError) as refused:
        read_programme(changed(file_of(cohort), *path, to=value))

    assert Problem(place, reason) in refused.value.problems


def test_problems_stand_at_the_file_in_words(client: Client, cohort: Cohort) -> None:
    text = changed(file_of(cohort), "cohorts", 0, "parts", 2, "label_nl", to="")

    answer = look(client, text, new_in(cohort.programme.institution))

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"] == ["cohorts[0].parts[2].label_nl: dit ontbreekt."]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"{}",
        b"[" * 100_000,
        b'{"format": "stage-app-programme", "version": 2}',
        b'{"format": "stage-app-tips", "version": 1, "tips": []}',
        b"x" * (MOST_BYTES + 1),
    ],
)
def test_other_files_get_one_message(client: Client, programme: Programme, data: bytes) -> None:
    answer = look(client, data, new_in(programme.institution))

    assert answer.status_code == 422
    assert len(answer.context["form"].errors["file"]) == 1


def test_signs_that_no_database_takes_are_left_out(client: Client, cohort: Cohort) -> None:
    text = changed(file_of(cohort), "tips", 0, "texts", "feedback_nl", to="\ud800Zo\x00")
    text = changed(text, "cohorts", 0, "competences", 0, "name_nl", to="\ud800Zo\x00")

    answer = apply(client, text, new_in(cohort.programme.institution))

    assert answer.status_code < 500
    assert Competence.objects.exclude(cohort=cohort).get().name_nl == "Zo"


@pytest.mark.parametrize("into", ["", "new-0", "x", "cohort-" + "9" * 40])
def test_place_that_is_none_is_refused(client: Client, cohort: Cohort, into: str) -> None:
    answer = apply(client, file_of(cohort), into)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["into"]


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_file_in_which_anything_is_something_else_is_read_or_refused(
    cohort: Cohort, overseer: User, data: st.DataObject
) -> None:
    whole = json.loads(file_of(cohort))
    inside: Any = whole
    while isinstance(inside, dict | list) and inside:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inside[key], dict | list) or data.draw(st.booleans()):
            inside[key] = data.draw(VALUES)
            break
        inside = inside[key]

    try:
        filed = read_programme(json.dumps(whole))
    except UnusableProgrammeError:
        return
    made = bring_in(filed, factories.institution(), by=overseer, at=NOW)
    assert made.cohorts
    # What came in can be taken out, and comes in again.
    read_programme(file_of_programme(made.programme, made.cohorts))


# Two at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_administrators_bring_in_one_file_at_once_and_both_get_a_programme() -> None:
    cohort = rich_cohort(factories.programme())
    text, place, person = file_of(cohort), factories.institution(), factories.person()

    def run() -> None:
        try:
            bring_in(read_programme(text), place, by=person, at=NOW)
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.name_nl for one in place.programmes.all()) == ["Bouwkunde", "Bouwkunde (2)"]


def test_other_choices_than_were_looked_at_are_looked_at_first(
    client: Client, cohort: Cohort
) -> None:
    text = file_of(cohort)
    place = f"cohort-{cohort.programme_id}"
    shown = look(client, text, new_in(cohort.programme.institution)).context["looked_at"]

    answer = apply(client, text, place, looked_at=shown)

    assert answer.status_code == 200
    assert cohort.programme.cohorts.count() == 1
    apply(client, text, place, looked_at=answer.context["looked_at"])
    assert cohort.programme.cohorts.count() == 2


def test_own_models_that_no_cohort_uses_yet_go_along(client: Client, cohort: Cohort) -> None:
    own = factories.reflection_model("eigen")
    own.programme = cohort.programme
    own.save()

    apply(client, file_of(cohort), new_in(cohort.programme.institution))

    new = Programme.objects.exclude(pk=cohort.programme_id).latest("pk")
    assert "eigen" in {model.key for model in new.reflection_models.all()}

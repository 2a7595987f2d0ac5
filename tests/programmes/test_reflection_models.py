"""Reflection models of a programme: made, changed and retired, and nothing written is lost."""

from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stageapp.accounts.models import User
from stageapp.audit.models import AuditEntry
from stageapp.logbook.models import Reflection
from stageapp.programmes import actions_reflections
from stageapp.programmes.models import (
    Cohort,
    ProgrammeMembership,
    ReflectionField,
    ReflectionModel,
    Role,
)
from stageapp.programmes.queries import reflection_models_for
from stageapp.programmes.rules import Pasted
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort("reflection")


@pytest.fixture
def person(cohort: Cohort) -> User:
    somebody = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=somebody, role=Role.ADMINISTRATOR
    )
    return somebody


@pytest.fixture
def client(person: User) -> Client:
    made = Client()
    made.force_login(person)
    made.get("/news/")
    return made


@pytest.fixture
def core(cohort: Cohort, person: User) -> ReflectionModel:
    """A model of the programme with two fields, which the cohort offers."""
    made = actions_reflections.save_model(
        ReflectionModel(programme=cohort.programme, name_nl="Kern", name_en="Core"),
        [Pasted("Wat was er", "What was there"), Pasted("Wat nu", "What now")],
        by=person,
        at=NOW,
    )
    cohort.reflection_models.add(made)
    return made


def page_of(model: ReflectionModel, rest: str = "") -> str:
    return f"/manage/programmes/reflection/{model.pk}/{rest}"


def page_of_field(field: ReflectionField, rest: str = "") -> str:
    return f"/manage/programmes/reflection/fields/{field.pk}/{rest}"


def all_models(cohort: Cohort) -> str:
    return f"/manage/programmes/{cohort.programme_id}/reflection/"


def field_of(model: ReflectionModel, label: str) -> ReflectionField:
    return model.fields.get(label_nl=label)


def asked(model: ReflectionModel) -> list[str]:
    return [field.label_nl for field in model.offered_fields]


class Student:
    """A student of the cohort, who writes."""

    def __init__(self, cohort: Cohort) -> None:
        self.placement = factories.placement(cohort=cohort)
        self.client = Client()
        self.client.force_login(self.placement.student)

    def sent(self, model: ReflectionModel, **texts: str) -> dict[str, str]:
        return {
            "client_id": "3f0c7e4a-1b52-4f6e-9a56-0d9b0f0f4b11",
            "title": "Mijn dag",
            "date": self.placement.today().isoformat(),
        } | {f"text-{field_of(model, label).key}": text for label, text in texts.items()}

    def write(self, model: ReflectionModel, *, headers: Any = None, **texts: str) -> Any:
        address = f"/reflections/new/?model={model.pk}"
        return self.client.post(address, self.sent(model, **texts), headers=headers)

    def change(self, row: Reflection, **texts: str) -> Any:
        return self.client.post(f"/reflections/{row.pk}/edit/", self.sent(row.model, **texts))

    def form(self, row: Reflection) -> list[str]:
        context = self.client.get(f"/reflections/{row.pk}/edit/").context
        return [field.label for field in context["form"].texts]

    @property
    def reflection(self) -> Reflection:
        return Reflection.objects.get(placement=self.placement)

    @property
    def texts(self) -> dict[str, str]:
        return {one.field.label_nl: one.text for one in self.reflection.answers.all()}


@pytest.fixture
def student(cohort: Cohort) -> Student:
    return Student(cohort)


# Making and changing ------------------------------------------------------------------------------


def test_model_is_made_with_its_fields_in_both_languages(client: Client, cohort: Cohort) -> None:
    answer = client.post(
        f"{all_models(cohort)}new/",
        {
            "name_nl": "Driehoek",
            "name_en": "Triangle",
            "lines": "Gebeurtenis ; Event\n- Gevoel; Feeling\nGebeurtenis;Again",
        },
    )

    made = ReflectionModel.objects.get(programme=cohort.programme)
    assert answer.headers["Location"] == page_of(made)
    assert (made.key, made.name_en) == ("driehoek", "Triangle")
    assert [(one.label_nl, one.label_en, one.key) for one in made.fields.all()] == [
        ("Gebeurtenis", "Event", "gebeurtenis"),
        ("Gevoel", "Feeling", "gevoel"),
    ]
    assert AuditEntry.objects.get().details == {"change": "model_made", "model": made.pk}


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"name_nl": "STARR"}, "name_nl", "Deze naam bestaat al."),
        ({"name_en": ""}, "name_en", None),
        ({"lines": ""}, "lines", None),
        ({"lines": "Gevoel"}, "lines", "“Gevoel” heeft geen Engelse naam: zet die achter een “;”."),
        ({"lines": "a;b;c"}, "lines", None),
        ({"lines": "x" * 201 + ";x"}, "lines", None),
        ({"lines": "\n".join(f"a{n};b" for n in range(31))}, "lines", None),
        ({"lines": "a\x00;b"}, "lines", None),
    ],
)
def test_what_cannot_be_a_model_is_refused_and_kept_as_typed(
    client: Client, cohort: Cohort, changes: dict[str, str], field: str, text: str | None
) -> None:
    factories.reflection_model("starr")
    sent = {"name_nl": "Mijn model", "name_en": "Mine", "lines": "Gevoel ; Feeling"} | changes

    answer = client.post(f"{all_models(cohort)}new/", sent)

    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert text is None or errors[field] == [text]
    assert answer.context["form"]["name_nl"].value() == sent["name_nl"]
    assert not ReflectionModel.objects.filter(programme=cohort.programme).exists()


def test_own_key_is_never_one_of_a_model_that_everybody_has(client: Client, cohort: Cohort) -> None:
    factories.reflection_model("kern")
    sent = {"name_nl": "kern!", "name_en": "Core", "lines": "a;b"}

    client.post(f"{all_models(cohort)}new/", sent)

    assert ReflectionModel.objects.get(programme=cohort.programme).key == "kern-2"


def test_model_is_renamed_and_gets_more_fields(client: Client, core: ReflectionModel) -> None:
    client.post(page_of(core), {"name_nl": "De kern", "name_en": "The core"})
    client.post(page_of(core), {"do": "add", "lines": "Wie helpt ; Who helps"})
    refused = client.post(page_of(core), {"do": "add", "lines": "Wie helpt"})

    core.refresh_from_db()
    assert (core.name_nl, core.key) == ("De kern", "kern")
    assert asked(core) == ["Wat was er", "Wat nu", "Wie helpt"]
    assert refused.status_code == 422
    assert list(refused.context["more"].errors) == ["lines"]
    assert "Wie helpt</textarea>" in refused.content.decode()


def test_field_gets_guiding_questions_and_can_be_required(
    client: Client, core: ReflectionModel, student: Student
) -> None:
    row = field_of(core, "Wat nu")
    client.post(
        page_of_field(row),
        {
            "label_nl": "Wat nu",
            "label_en": "What now",
            "guidance_nl": "Wanneer, en met wie?",
            "guidance_en": "When, and with whom?",
            "is_required": "on",
        },
    )

    refused = student.write(core, **{"Wat was er": "Een les"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [f"text-{row.key}"]
    assert "Wanneer, en met wie?" in refused.content.decode()
    # While typing nothing is refused for what is still to come.
    headers = {"X-Autosave": "yes"}
    assert student.write(core, headers=headers, **{"Wat was er": "Een les"}).status_code == 204
    assert student.reflection.is_draft
    assert student.change(student.reflection, **{"Wat nu": "Rust"}).status_code == 302


def test_two_fields_of_a_model_are_not_called_the_same(
    client: Client, core: ReflectionModel
) -> None:
    answer = client.post(
        page_of_field(field_of(core, "Wat nu")), {"label_nl": "wat WAS er", "label_en": "What"}
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["label_nl"]


def test_field_moves_and_its_button_has_the_focus_again(
    client: Client, core: ReflectionModel
) -> None:
    row = field_of(core, "Wat nu")

    answer = client.post(page_of_field(row, "up/"))

    assert answer.headers["Location"] == page_of(core, f"#up-{row.pk}")
    assert asked(core) == ["Wat nu", "Wat was er"]
    client.post(page_of_field(row, "up/"))
    assert asked(core) == ["Wat nu", "Wat was er"]


def test_model_of_everybody_is_copied_and_then_changed(client: Client, cohort: Cohort) -> None:
    shared = factories.reflection_model("starr")
    ReflectionField.objects.update(guidance_nl="Waar?")

    client.post(f"{all_models(cohort)}{shared.pk}/copy/")
    client.post(f"{all_models(cohort)}{shared.pk}/copy/")

    made = ReflectionModel.objects.filter(programme=cohort.programme)
    assert [one.name_nl for one in made] == ["STARR (2)", "STARR (3)"]
    assert [one.guidance_nl for one in made[0].fields.all()] == ["Waar?", "Waar?"]
    client.post(page_of(made[0]), {"do": "add", "lines": "Extra ; More"})
    assert shared.fields.count() == 2


def test_model_of_everybody_cannot_be_changed_here(client: Client) -> None:
    shared = factories.reflection_model("starr")

    assert client.get(page_of(shared)).status_code == 404
    assert client.post(page_of(shared, "drop/")).status_code == 404
    assert client.post(page_of_field(shared.fields.all()[0], "drop/")).status_code == 404


def test_verb_that_is_none_is_not_found(client: Client, core: ReflectionModel) -> None:
    assert client.post(page_of(core, "nonsense/")).status_code == 404
    assert client.post(page_of_field(core.fields.all()[0], "nonsense/")).status_code == 404


# Retiring, and what students wrote ----------------------------------------------------------------


def test_retired_model_is_not_offered_and_what_was_written_can_still_be_changed(
    client: Client, core: ReflectionModel, cohort: Cohort, student: Student
) -> None:
    student.write(core, **{"Wat was er": "Een les"})

    client.post(page_of(core, "drop/"))

    core.refresh_from_db()
    assert core.retired_at
    assert core not in reflection_models_for(student.placement.student, cohort)
    assert student.form(student.reflection) == ["Wat was er", "Wat nu"]
    assert student.change(student.reflection, **{"Wat was er": "Twee lessen"}).status_code == 302
    assert student.texts["Wat was er"] == "Twee lessen"


def test_who_is_writing_when_a_model_is_retired_loses_nothing(
    client: Client, core: ReflectionModel, student: Student
) -> None:
    student.client.get(f"/reflections/new/?model={core.pk}")
    client.post(page_of(core, "drop/"))

    assert student.write(core, **{"Wat was er": "Een les"}).status_code == 302
    assert student.texts["Wat was er"] == "Een les"


def test_retired_model_comes_back_in_the_cohorts_that_had_it(
    client: Client, core: ReflectionModel, cohort: Cohort
) -> None:
    client.post(page_of(core, "drop/"))
    settings = {"name_nl": "Stage", "name_en": "Placement", "first_share_days": "14"}
    client.post(f"/manage/programmes/cohorts/{cohort.pk}/", settings)
    client.post(page_of(core, "restore/"))

    assert reflection_models_for(factories.person(), cohort) == [core]


def test_model_that_nobody_can_have_written_with_is_deleted(
    client: Client, core: ReflectionModel, cohort: Cohort
) -> None:
    cohort.reflection_models.clear()

    client.post(page_of(core, "drop/"))

    assert not ReflectionModel.objects.filter(pk=core.pk).exists()


def test_model_that_no_cohort_has_any_more_but_was_written_with_stays(
    client: Client, core: ReflectionModel, cohort: Cohort, student: Student
) -> None:
    student.write(core, **{"Wat was er": "Een les"})
    cohort.reflection_models.clear()

    client.post(page_of(core, "drop/"))

    assert student.texts["Wat was er"] == "Een les"
    assert student.reflection.model == core


def test_retired_field_stays_where_something_is_written_in_it(
    client: Client, core: ReflectionModel, student: Student
) -> None:
    student.write(core, **{"Wat nu": "Rust"})
    other = Student(student.placement.cohort)

    client.post(page_of_field(field_of(core, "Wat nu"), "drop/"))

    assert student.form(student.reflection) == ["Wat was er", "Wat nu"]
    student.change(student.reflection, **{"Wat nu": "Meer rust"})
    assert student.texts["Wat nu"] == "Meer rust"
    form = other.client.get(f"/reflections/new/?model={core.pk}").context["form"]
    assert [field.label for field in form.texts] == ["Wat was er"]
    client.post(page_of_field(field_of(core, "Wat nu"), "restore/"))
    assert asked(core) == ["Wat was er", "Wat nu"]


def test_who_is_writing_when_a_field_is_retired_loses_nothing(
    client: Client, core: ReflectionModel, student: Student
) -> None:
    client.post(page_of_field(field_of(core, "Wat nu"), "drop/"))

    student.write(core, **{"Wat nu": "Rust"})

    assert student.texts["Wat nu"] == "Rust"


def test_retired_required_field_is_asked_of_nobody(
    client: Client, core: ReflectionModel, student: Student
) -> None:
    core.fields.update(is_required=True)
    client.post(page_of_field(field_of(core, "Wat nu"), "drop/"))

    assert student.write(core, **{"Wat was er": "Een les"}).status_code == 302


def test_field_is_deleted_as_long_as_nobody_can_have_written_in_it(
    client: Client, core: ReflectionModel, cohort: Cohort
) -> None:
    cohort.reflection_models.clear()

    client.post(page_of_field(field_of(core, "Wat nu"), "drop/"))

    assert [one.label_nl for one in core.fields.all()] == ["Wat was er"]


def test_last_field_stays(client: Client, core: ReflectionModel) -> None:
    client.post(page_of_field(field_of(core, "Wat nu"), "drop/"))
    answer = client.post(page_of_field(field_of(core, "Wat was er"), "drop/"), follow=True)

    assert "minstens één veld" in answer.content.decode()
    assert asked(core) == ["Wat was er"]


def test_how_many_reflections_there_are_is_told_from_five_on_and_never_what_they_say(
    client: Client, core: ReflectionModel, cohort: Cohort
) -> None:
    for _ in range(4):
        Student(cohort).write(core, **{"Wat was er": "Geheim"})
    few = client.get(page_of(core)).content.decode()
    Student(cohort).write(core, **{"Wat was er": "Geheim"})
    many = client.get(page_of(core)).content.decode()

    assert "minder dan vijf" in few
    assert "5 reflecties" in many
    assert "Geheim" not in few + many


def test_retired_model_stays_behind_when_a_cohort_is_copied(
    client: Client, core: ReflectionModel, cohort: Cohort
) -> None:
    client.post(page_of(core, "drop/"))
    names = {"name_nl": "Stage 2027", "name_en": "Placement 2027"}

    client.post(f"/manage/programmes/cohorts/{cohort.pk}/clone/", names)

    assert not Cohort.objects.get(slug="stage-2027").reflection_models.exists()


def test_page_of_all_models_takes_the_same_queries_for_any_number(
    client: Client, core: ReflectionModel, cohort: Cohort, person: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(all_models(cohort)).status_code == 200
        return len(counted)

    before = queries()
    for _ in range(3):
        actions_reflections.copy_model(core, cohort.programme, by=person, at=NOW)

    assert queries() == before


def test_programme_has_a_limit_of_models(
    core: ReflectionModel, cohort: Cohort, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions_reflections, "MOST_MODELS", 2)
    actions_reflections.copy_model(core, cohort.programme, by=person, at=NOW)

    with pytest.raises(ValidationError):
        actions_reflections.copy_model(core, cohort.programme, by=person, at=NOW)


# Two at once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_administrators_drop_the_last_two_fields_at_once_and_one_stays() -> None:
    cohort, person = factories.cohort(), factories.person()
    made = actions_reflections.save_model(
        ReflectionModel(programme=cohort.programme, name_nl="Kern", name_en="Core"),
        [Pasted("Wat was er", "What was there"), Pasted("Wat nu", "What now")],
        by=person,
        at=NOW,
    )
    refused = []

    def drop(field: ReflectionField) -> None:
        try:
            actions_reflections.drop_field(field, by=person, at=NOW)
        except ValidationError:
            refused.append(field)
        finally:
            connections.close_all()

    threads = [Thread(target=drop, args=[field]) for field in made.fields.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert made.offered_fields.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_make_a_model_of_one_name_at_once_and_one_is_told() -> None:
    cohort, person = factories.cohort(), factories.person()
    refused = []

    def make() -> None:
        fresh = ReflectionModel(programme=cohort.programme, name_nl="Kern", name_en="Core")
        try:
            actions_reflections.save_model(fresh, [Pasted("Wat", "What")], by=person, at=NOW)
        except ValidationError as problem:
            refused.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert ReflectionModel.objects.filter(programme=cohort.programme).count() == 1

"""Reflections after any model, saving while typing, and the look back on an activity."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stageapp.logbook.models import Activity, ActivityFeedback, Reflection
from stageapp.logbook.rules import offers_feedback
from stageapp.placements.models import Placement
from stageapp.programmes.actions import prefer_reflection_models
from stageapp.programmes.models import ReflectionField, ReflectionModel
from stageapp.programmes.presets import load_presets
from stageapp.programmes.queries import reflection_models_for
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/reflections/new/"


def starr(placement: Placement) -> ReflectionModel:
    return placement.cohort.reflection_models.get(key="starr")


def written(**changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "title": "Het gesprek",
        "date": timezone.localdate().isoformat(),
        "text-situation": "In de klas",
        "text-task": "Rust houden",
    } | changes


def texts(reflection: Reflection) -> dict[str, str]:
    return {answer.field.key: answer.text for answer in reflection.answers.all()}


def test_starr_of_the_presets_has_its_five_fields_with_questions_beside_them() -> None:
    cohorts = load_presets(factories.institution(), year=2026)
    hbo_ict = next(cohort for cohort in cohorts if cohort.programme.slug == "hbo-ict")
    placement = factories.placement(cohort=hbo_ict)
    client = Client()
    client.force_login(placement.student)

    page = client.get(NEW, {"model": starr(placement).pk})
    form = page.context["form"]

    assert [field.label for field in form.texts] == [
        "Situatie",
        "Taak",
        "Actie",
        "Resultaat",
        "Reflectie",
    ]
    assert all(field.help_text for field in form.texts)
    # Beside the field, tied to it for screen readers; the field itself is empty.
    assert f'aria-describedby="{form.texts[0].auto_id}_helptext"' in page.content.decode()
    assert all(not field.value() for field in form.texts)


@pytest.mark.parametrize(
    ("key", "fields"),
    [("short", 2), ("starr", 5), ("korthagen", 5), ("abcd", 4), ("pdca", 4), ("free", 1)],
)
def test_models_that_everybody_has(key: str, fields: int) -> None:
    load_presets(factories.institution(), year=2026)

    model = ReflectionModel.objects.get(key=key, programme=None)

    assert model.fields.count() == fields
    assert all(field.guidance_nl and field.guidance_en for field in model.fields.all())


def test_programme_can_have_a_model_of_its_own(browser: Client, placement: Placement) -> None:
    own = ReflectionModel.objects.create(
        programme=placement.cohort.programme, key="kern", name_nl="Kern", name_en="Core"
    )
    ReflectionField.objects.create(
        model=own, key="kern", position=0, label_nl="De kern", label_en="The core"
    )
    placement.cohort.reflection_models.add(own)

    browser.post(f"{NEW}?model={own.pk}", written(**{"text-kern": "Luisteren"}))

    assert texts(Reflection.objects.get()) == {"kern": "Luisteren"}


def test_model_that_the_cohort_does_not_offer_cannot_be_used(browser: Client) -> None:
    other = factories.reflection_model("pdca")

    page = browser.post(f"{NEW}?model={other.pk}", written())

    assert "Welk model helpt je nu?" in page.content.decode()
    assert not Reflection.objects.exists()


def test_reflection_stands_on_its_own_or_on_an_activity(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement, "De les", date=placement.starts_on)
    model = starr(placement).pk

    browser.post(f"{NEW}?model={model}", written())
    browser.post(f"{NEW}?model={model}&activity={activity.pk}", written(title="Over de les"))

    alone, on_activity = Reflection.objects.order_by("pk")
    assert (alone.activity, alone.date) == (None, timezone.localdate())
    assert (on_activity.activity, on_activity.date) == (activity, placement.starts_on)
    page = browser.get(f"/activities/{activity.pk}/").content.decode()
    assert "Over de les" in page
    assert "Het gesprek" not in page


def test_activity_can_have_several_models(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    placement.cohort.reflection_models.add(factories.reflection_model("abcd"))
    for model in placement.cohort.reflection_models.all():
        browser.post(f"{NEW}?model={model.pk}&activity={activity.pk}", written())

    assert {row.model.key for row in activity.reflections.all()} == {"starr", "abcd"}


def test_cleared_field_is_really_empty(browser: Client, placement: Placement) -> None:
    browser.post(f"{NEW}?model={starr(placement).pk}", written())
    reflection = Reflection.objects.get()

    browser.post(f"/reflections/{reflection.pk}/edit/", written(**{"text-task": ""}))

    assert texts(reflection) == {"situation": "In de klas", "task": ""}
    assert "Rust houden" not in browser.get(f"/reflections/{reflection.pk}/").content.decode()


def test_saving_while_typing_makes_one_reflection(browser: Client, placement: Placement) -> None:
    address, form = f"{NEW}?model={starr(placement).pk}", written(**{"text-task": ""})

    answers = [
        browser.post(address, form | {"text-situation": text}, headers={"X-Autosave": "yes"})
        for text in ("In", "In de", "In de klas")
    ]
    browser.post(address, form | {"text-task": "Rust"})

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert texts(Reflection.objects.get()) == {"situation": "In de klas", "task": "Rust"}


def test_what_was_only_kept_while_typing_is_a_draft_until_it_is_saved(
    browser: Client, placement: Placement
) -> None:
    factories.activity(placement, date=placement.today())
    address, form = f"{NEW}?model={starr(placement).pk}", written()

    browser.post(address, form, headers={"X-Autosave": "yes"})
    reflection = Reflection.objects.get()
    edit = f"/reflections/{reflection.pk}/edit/"

    for page in ("/", "/reflections/"):
        shown = browser.get(page).content.decode()
        assert "nog niet af" in shown
        assert f'href="{edit}"' in shown
    browser.post(edit, form)
    browser.post(edit, form | {"text-task": "Later"}, headers={"X-Autosave": "yes"})
    for page in ("/", "/reflections/"):
        assert "nog niet af" not in browser.get(page).content.decode()


def test_too_long_a_text_is_not_saved_silently(browser: Client, placement: Placement) -> None:
    address = f"{NEW}?model={starr(placement).pk}"
    form = written(**{"text-task": "é" * 10_001})

    silent = browser.post(address, form, headers={"X-Autosave": "yes"})
    page = browser.post(address, form)

    assert (silent.status_code, page.status_code) == (422, 422)
    assert "é" * 10_001 in page.content.decode()
    browser.post(address, form | {"text-task": "é" * 10_000})
    assert texts(Reflection.objects.get())["task"] == "é" * 10_000


def test_preferred_models_come_first(browser: Client, placement: Placement) -> None:
    late = factories.reflection_model("pdca")
    ReflectionModel.objects.filter(pk=late.pk).update(position=9)
    placement.cohort.reflection_models.add(late)
    student = placement.student

    before = reflection_models_for(student, placement.cohort)
    browser.post(
        "/profile/",
        {
            "name": student.name,
            "language": "nl",
            "message_received": "at_once",
            "goal_agreed": "at_once",
            "export_ready": "at_once",
            "reflection_models": [late.pk],
        },
    )

    assert [model.key for model in before] == ["starr", "pdca"]
    assert [model.key for model in reflection_models_for(student, placement.cohort)] == [
        "pdca",
        "starr",
    ]
    prefer_reflection_models(student, [])
    assert reflection_models_for(student, placement.cohort) == before


def test_overview_shows_all_and_those_of_one_model(browser: Client, placement: Placement) -> None:
    factories.reflection(placement, "Met STARR")
    factories.reflection(placement, "Met ABCD", model=factories.reflection_model("abcd"))

    everything = browser.get("/reflections/").content.decode()
    starrs = browser.get("/reflections/", {"model": starr(placement).pk}).content.decode()

    assert "Met STARR" in everything
    assert "Met ABCD" in everything
    assert "Met ABCD" not in starrs


def test_removed_reflection_can_come_back(browser: Client, placement: Placement) -> None:
    reflection = factories.reflection(placement)

    page = browser.post(f"/reflections/{reflection.pk}/delete/", follow=True).content.decode()
    gone = browser.get(f"/reflections/{reflection.pk}/").status_code
    browser.post(f"/reflections/{reflection.pk}/restore/")

    assert "De reflectie is verwijderd." in page
    assert (gone, browser.get(f"/reflections/{reflection.pk}/").status_code) == (404, 200)


def test_reflection_asked_for_in_the_form_follows_after_saving(
    browser: Client, placement: Placement
) -> None:
    response = browser.post(
        "/activities/new/",
        {
            "client_id": str(uuid.uuid4()),
            "date": timezone.localdate().isoformat(),
            "description": "Les gegeven",
            "reflection": starr(placement).pk,
        },
    )

    activity = Activity.objects.get()
    assert response["Location"] == f"{NEW}?activity={activity.pk}&model={starr(placement).pk}"


# Looking back and ahead --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "level", "finished", "cohort_offers", "offered"),
    [
        (False, 3, False, False, False),  # the cohort wants no offer
        (False, 3, False, True, True),  # difficult and busy
        (True, 1, True, False, True),  # asked for, however easy
        (False, 1, False, True, False),  # busy and easy
        (False, 3, True, True, False),  # difficult but finished
        (False, 2, False, True, False),
        (False, None, False, True, False),
    ],
)
def test_when_looking_back_is_offered(
    asked: bool, level: int | None, finished: bool, cohort_offers: bool, offered: bool
) -> None:
    assert (
        offers_feedback(
            asked=asked, level=level, hardest=3, finished=finished, cohort_offers=cohort_offers
        )
        is offered
    )


def logged(placement: Placement, difficulty: str, status: str, **more: Any) -> dict[str, Any]:
    entry = placement.cohort.vocabulary.get(name_nl=difficulty)
    return {
        "client_id": str(uuid.uuid4()),
        "date": timezone.localdate().isoformat(),
        "description": "Query gebouwd",
        "difficulty": entry.pk,
        "status": status,
    } | more


def test_difficult_and_busy_offers_and_does_not_push(browser: Client, placement: Placement) -> None:
    response = browser.post("/activities/new/", logged(placement, "Moeilijk", "busy"), follow=True)

    activity = Activity.objects.get()
    assert response.redirect_chain[-1][0] == f"/activities/?offer={activity.pk}"
    assert f"/activities/{activity.pk}/feedback/" in response.content.decode()


def test_asked_for_goes_there_at_once(browser: Client, placement: Placement) -> None:
    response = browser.post(
        "/activities/new/", logged(placement, "Makkelijk", "finished", wants_feedback="on")
    )

    assert response["Location"] == reverse("logbook:feedback", args=[Activity.objects.get().pk])


def test_look_back_keeps_every_answer_and_can_be_changed(
    browser: Client, placement: Placement
) -> None:
    activity = factories.activity(placement)
    address = f"/activities/{activity.pk}/feedback/"
    answers = {
        "hard_because": "experience",
        "what_made_it_hard": "Nieuwe taal",
        "help_received": "asked",
        "is_satisfied": "no",
        "own_initiative": "Gelezen",
        "next_step": "Oefenen",
        "whom_to_ask": "Ruben",
        "support_workplace": "Een uur samen",
        "support_programme": "Een cursus",
    }

    browser.post(address, answers)
    page = browser.get(f"/activities/{activity.pk}/").content.decode()
    browser.post(address, answers | {"is_satisfied": "yes", "next_step": ""})

    feedback = ActivityFeedback.objects.get()
    for text in ("Weinig ervaring", "Nieuwe taal", "Gelezen", "Oefenen", "Ruben", "Een uur samen"):
        assert text in page
    assert (feedback.is_satisfied, feedback.next_step, feedback.whom_to_ask) == (True, "", "Ruben")


def test_programme_without_it_has_no_look_back(browser: Client, placement: Placement) -> None:
    activity = factories.activity(placement)
    placement.cohort.has_feedback = False
    placement.cohort.save()

    assert browser.get(f"/activities/{activity.pk}/feedback/").status_code == 404
    assert "wants_feedback" not in browser.get("/activities/new/").content.decode()


def test_presets_say_who_looks_back() -> None:
    cohorts = load_presets(factories.institution(), year=2026)

    assert {cohort.programme.slug: cohort.has_feedback for cohort in cohorts} == {
        "hbo-ict": True,
        "leraar-vo": False,
        "verpleegkunde": False,
    }

"""Before a part of the form is hidden or required: what changes for those who already wrote."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from stageapp.logbook.queries_manage import FILLED, writers_of
from stageapp.placements.models import Placement
from stageapp.programmes.models import Cohort, Competence, FormPart, Part, ProgrammeMembership, Role
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "Wat ik leerde"


@pytest.fixture
def cohort() -> Cohort:
    return factories.cohort("learned", "category")


@pytest.fixture
def client(cohort: Cohort) -> Client:
    person = factories.person("Ria Beheer")
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=person, role=Role.ADMINISTRATOR
    )
    made = Client()
    made.force_login(person)
    return made


def students(cohort: Cohort, number: int, **fields: Any) -> list[Placement]:
    """Let students each log one activity."""
    placements = [factories.placement(cohort=cohort) for _ in range(number)]
    for placement in placements:
        factories.activity(placement, "Gedaan", **fields)
    return placements


def send(client: Client, cohort: Cohort, part: str = "learned", **changes: str) -> Any:
    sent = {"label_nl": "Geleerd", "label_en": "Learned", "help_nl": "", "help_en": ""}
    return client.post(f"/manage/programmes/cohorts/{cohort.pk}/form/{part}/", sent | changes)


def part(cohort: Cohort, name: str = "learned") -> FormPart:
    return cohort.parts.get(part=name)


def test_hiding_a_part_is_asked_first_and_says_how_many_wrote(
    client: Client, cohort: Cohort
) -> None:
    placements = students(cohort, 6, learned=SECRET)
    students(cohort, 5)

    asked = send(client, cohort)

    page = asked.content.decode()
    assert asked.status_code == 200
    assert "Bij 6 studenten staat er iets in dit onderdeel." in page
    assert "5 studenten hebben een activiteit zonder." in page
    assert SECRET not in page
    assert part(cohort).is_shown
    send(client, cohort, sure="yes")
    assert not part(cohort).is_shown
    assert placements[0].activities.get().learned == SECRET


def test_what_was_written_is_there_again_when_the_part_is_back(
    client: Client, cohort: Cohort
) -> None:
    placement = students(cohort, 1, learned=SECRET)[0]
    send(client, cohort, sure="yes")
    theirs = Client()
    theirs.force_login(placement.student)
    activity = placement.activities.get()
    hidden = theirs.get(f"/activities/{activity.pk}/edit/").content.decode()
    send(client, cohort, is_shown="on")

    shown = theirs.get(f"/activities/{activity.pk}/edit/").content.decode()

    assert SECRET not in hidden
    assert SECRET in shown


def test_requiring_a_part_is_asked_first(client: Client, cohort: Cohort) -> None:
    students(cohort, 5)

    asked = send(client, cohort, is_shown="on", is_required="on")

    assert "5 studenten hebben een activiteit zonder." in asked.content.decode()
    assert not part(cohort).is_required
    send(client, cohort, is_shown="on", is_required="on", sure="yes")
    assert part(cohort).is_required


def test_fewer_than_five_are_not_counted(client: Client, cohort: Cohort) -> None:
    students(cohort, 4, learned=SECRET)

    page = send(client, cohort).content.decode()

    assert "Bij minder dan vijf studenten staat er iets in dit onderdeel." in page
    assert "Minder dan vijf studenten hebben een activiteit zonder." in page


def test_nothing_is_asked_of_another_change_or_while_nobody_is_there(
    client: Client, cohort: Cohort
) -> None:
    assert send(client, cohort, "category").status_code == 302
    students(cohort, 1)

    assert send(client, cohort, is_shown="on", help_nl="Kort").status_code == 302
    # A part that was hidden and comes back optional asks nothing of anybody.
    assert send(client, cohort, "category", is_shown="on").status_code == 302


def test_what_was_typed_is_kept_while_it_is_asked(client: Client, cohort: Cohort) -> None:
    students(cohort, 1)

    page = send(client, cohort, label_nl="Wat nam je mee?").content.decode()

    assert 'value="Wat nam je mee?"' in page


def test_what_cannot_be_saved_is_said_before_anything_is_asked(
    client: Client, cohort: Cohort
) -> None:
    students(cohort, 1)
    factories.form_part(cohort, "difficulty")

    answer = send(client, cohort, "difficulty", is_shown="on", is_required="on")

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["is_required"]


def test_deleted_activities_and_other_cohorts_do_not_count(cohort: Cohort) -> None:
    students(cohort, 5, learned=SECRET)
    students(cohort, 1, learned=SECRET, deleted_at=timezone.now())
    students(factories.cohort("learned"), 5, learned=SECRET)

    writers = writers_of(part(cohort))

    assert (writers.wrote, writers.without) == (5, None)


def test_every_part_is_counted(cohort: Cohort) -> None:
    entry = factories.entry(cohort, "person", "Sam", key="sam")
    competence = Competence.objects.create(cohort=cohort, key="k", name_nl="Leren")
    for placement in students(cohort, 5):
        activity = placement.activities.get()
        activity.people.add(entry)
        activity.competences.add(competence)

    counts = {name: writers_of(FormPart(cohort=cohort, part=name)).wrote for name in Part}

    assert set(FILLED) == set(Part)
    assert counts[Part.PEOPLE] == counts[Part.COMPETENCES] == counts[Part.DESCRIPTION] == 5
    assert counts[Part.EVIDENCE] is counts[Part.REFLECTION] is counts[Part.LEARNED] is None


def test_page_says_it_before_anything_is_sent(client: Client, cohort: Cohort) -> None:
    students(cohort, 5, learned=SECRET)

    page = client.get(f"/manage/programmes/cohorts/{cohort.pk}/form/learned/").content.decode()

    assert "Bij 5 studenten staat er iets in dit onderdeel." in page
    assert SECRET not in page

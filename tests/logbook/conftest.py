"""A student with a form that has every part, and a browser in which they are signed in."""

import pytest
from django.test import Client

from stageapp.placements.models import Placement
from stageapp.programmes.models import Part, ProgrammeMembership, Role
from tests import factories


@pytest.fixture
def placement() -> Placement:
    parts = [part for part in Part if part not in (Part.DATE, Part.DESCRIPTION)]
    cohort = factories.cohort(*parts, has_feedback=True, offers_feedback=True)
    for kind, names in {
        "category": ["Bouwen", "Testen"],
        "person": ["Alleen", "Collega"],
        "source": ["Boek"],
        "moment": ["Ochtend"],
    }.items():
        for position, name in enumerate(names):
            factories.entry(cohort, kind, name, position=position)
    for level, name in enumerate(("Makkelijk", "Gemiddeld", "Moeilijk"), start=1):
        factories.entry(cohort, "difficulty", name, position=level, level=level)
    cohort.reflection_models.add(factories.reflection_model("starr"))
    made = factories.placement(cohort=cohort)
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=made.student, role=Role.STUDENT
    )
    return made


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client

"""A student of whom every part is logged."""

import pytest
from django.test import Client

from stageapp.placements.models import Placement
from stageapp.programmes.models import Competence, Part, ProgrammeMembership, Role
from tests import factories

PARTS = [
    part
    for part in Part
    if part not in (Part.DATE, Part.DESCRIPTION, Part.EVIDENCE, Part.REFLECTION)
]


def new_placement(**fields: object) -> Placement:
    """Return a placement of a new student in a cohort with every part."""
    cohort = factories.cohort(*PARTS)
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
    for code in ("P", "K"):
        Competence.objects.create(cohort=cohort, key=code.lower(), code=code, name_nl=f"Rol {code}")
    cohort.reflection_models.add(factories.reflection_model("starr"))
    made = factories.placement(cohort=cohort, **fields)  # type: ignore[arg-type]
    ProgrammeMembership.objects.create(
        programme=cohort.programme, person=made.student, role=Role.STUDENT
    )
    return made


@pytest.fixture
def placement() -> Placement:
    return new_placement()


@pytest.fixture
def browser(placement: Placement) -> Client:
    client = Client()
    client.force_login(placement.student)
    return client

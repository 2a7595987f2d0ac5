"""A student with competences and files, and programs of others that check what was signed."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from stageapp.logbook.models import Activity, Evidence
from stageapp.placements.models import Placement
from stageapp.programmes.models import (
    Competence,
    Institution,
    ProgrammeMembership,
    ReflectionField,
    Role,
)
from tests import factories

PEERS = Path(__file__).resolve().parents[2] / "peers"


@pytest.fixture
def placement() -> Placement:
    made = factories.placement(
        factories.person("Sanne Bakker", "sanne@school.example"),
        cohort=factories.cohort("category", "people", "competences"),
        workplace="Ziekenhuis Oost",
        supervisor_name="Piet Begeleider",
    )
    ProgrammeMembership.objects.create(
        programme=made.cohort.programme, person=made.student, role=Role.STUDENT
    )
    return made


@pytest.fixture
def school(placement: Placement) -> Institution:
    return placement.cohort.programme.institution


@pytest.fixture
def client(placement: Placement) -> Client:
    made = Client()
    made.force_login(placement.student)
    return made


def competence(placement: Placement, key: str, name: str, **fields: Any) -> Competence:
    """Return a competence of the programme."""
    return Competence.objects.create(cohort=placement.cohort, key=key, name_nl=name, **fields)


def activity(placement: Placement, text: str, *about: Competence, **fields: Any) -> Activity:
    """Return an activity about some competences, done with somebody."""
    row = factories.activity(placement, text, **fields)
    row.competences.add(*about)
    row.people.add(factories.entry(placement.cohort, "person", f"Ahmed bij {text}"))
    return row


def note(placement: Placement, name: str, **fields: Any) -> Evidence:
    """Return evidence without a file: a text, unless told otherwise."""
    known = {"kind": Evidence.Kind.TEXT, "created_at": timezone.now()}
    return Evidence.objects.create(placement=placement, name=name, **(known | fields))


def answer(placement: Placement, title: str, text: str, about: Activity | None = None) -> Any:
    """Return a reflection with a text in its first field."""
    own = factories.reflection(placement, title, activity=about)
    field = ReflectionField.objects.filter(model=own.model).earliest("position")
    own.answers.create(field=field, text=text)
    return own


Verify = Callable[[str, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Return what verifies a signed text by the npm package jose: its header and payload."""

    def run(text: str, jwks: dict[str, Any]) -> dict[str, Any]:
        (tmp_path / "text").write_text(text)
        (tmp_path / "keys").write_text(json.dumps(jwks))
        node = Path(sys.executable).parent / "node"
        command = [str(node), str(PEERS / "verify-jws.mjs"), str(tmp_path / "text")]
        done = subprocess.run(
            [*command, str(tmp_path / "keys")], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ValueError(done.stderr)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return run

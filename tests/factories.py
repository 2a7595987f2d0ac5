"""What tests start from: typed functions with defaults; say only what the test is about."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from stageapp.accounts.models import User
from stageapp.guidance.models import GuidanceQuestion, Message
from stageapp.logbook.models import Activity
from stageapp.placements.models import Placement, PlacementTeacher, Workplace
from stageapp.programmes.models import (
    Cohort,
    FormPart,
    Institution,
    Part,
    Programme,
    VocabularyEntry,
    VocabularyKind,
)

PASSWORD = "stage-app-demo"

_numbers = itertools.count(1)


def person(
    name: str = "Sanne Bakker",
    email: str | None = None,
    *,
    verified: bool = True,
    password: str = PASSWORD,
    **fields: Any,
) -> User:
    """Return somebody who can sign in."""
    email = email or f"person{next(_numbers)}@school.example"
    somebody = User.objects.create_user(email=email, name=name, password=password, **fields)
    EmailAddress.objects.create(
        user=somebody, email=somebody.email, verified=verified, primary=True
    )
    return somebody


def institution(name: str = "Hogeschool Voorbeeld", **fields: Any) -> Institution:
    """Return a school."""
    fields.setdefault("slug", f"school-{next(_numbers)}")
    return Institution.objects.create(name=name, **fields)


def programme(name: str = "Bouwkunde", **fields: Any) -> Programme:
    """Return an open programme, with its own institution unless given."""
    fields.setdefault("slug", f"programme-{next(_numbers)}")
    if "institution" not in fields:
        fields["institution"] = institution()
    return Programme.objects.create(name_nl=name, name_en=name, **fields)


def cohort(*parts: str, **fields: Any) -> Cohort:
    """Return a cohort whose form has these parts, after date and description."""
    fields.setdefault("slug", f"cohort-{next(_numbers)}")
    fields.setdefault("name_nl", "Stage 2026")
    fields.setdefault("name_en", "Placement 2026")
    if "programme" not in fields:
        fields["programme"] = programme()
    made = Cohort.objects.create(**fields)
    for position, part in enumerate((Part.DATE, Part.DESCRIPTION, *parts)):
        form_part(made, part, position=position, is_required=position < 2)
    return made


def form_part(cohort: Cohort, part: str, **fields: Any) -> FormPart:
    """Return a part on the form of a cohort."""
    label = Part(part).value.replace("_", " ").capitalize()
    return FormPart.objects.create(
        **{"cohort": cohort, "part": part, "position": 99, "label_nl": label, "label_en": label}
        | fields
    )


def entry(cohort: Cohort, kind: str, name: str, **fields: Any) -> VocabularyEntry:
    """Return a choice in a list of a cohort."""
    return VocabularyEntry.objects.create(
        **{"cohort": cohort, "kind": VocabularyKind(kind), "name_nl": name, "name_en": name}
        | fields
    )


def placement(
    student: User | None = None,
    *,
    teacher: User | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    workplace: str = "Gemeente Voorbeeld",
    **fields: Any,
) -> Placement:
    """Return a placement that began four weeks ago and takes twenty, unless told otherwise."""
    starts_on = starts_on or timezone.localdate() - timedelta(weeks=4)
    if "cohort" not in fields:
        fields["cohort"] = cohort()
    made = Placement.objects.create(
        student=student or person(),
        workplace=Workplace.objects.create(name=workplace, town="Utrecht"),
        starts_on=starts_on,
        ends_on=ends_on or starts_on + timedelta(weeks=20),
        hours_per_day=fields.pop("hours_per_day", Decimal(8)),
        **fields,
    )
    if teacher:
        PlacementTeacher.objects.create(placement=made, teacher=teacher)
    return made


def activity(
    placement: Placement, description: str = "Overleg voorbereid", **fields: Any
) -> Activity:
    """Return something the student did, today unless told otherwise."""
    fields.setdefault("date", timezone.localdate())
    return Activity.objects.create(placement=placement, description=description, **fields)


def question(
    placement: Placement,
    title: str = "Hoe pak ik dit aan?",
    *,
    teacher: User | None = None,
    shared_at: datetime | None = None,
    **fields: Any,
) -> GuidanceQuestion:
    """Return a question: a draft, or shared with its teacher when `shared_at` is given."""
    return GuidanceQuestion.objects.create(
        **{
            "placement": placement,
            "title": title,
            "core": "Ik loop hierop vast. Wat raad je aan?",
            "teacher": teacher,
            "shared_at": shared_at,
        }
        | fields
    )


def message(
    question: GuidanceQuestion,
    author: User,
    text: str = "Dank voor je vraag.",
    *,
    sent_at: datetime | None = None,
) -> Message:
    """Return a message of one of the two people of a question."""
    return Message.objects.create(
        question=question,
        author=author,
        is_from_student=author == question.placement.student,
        text=text,
        sent_at=sent_at or datetime.now(UTC),
    )

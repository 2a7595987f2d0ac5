"""What tests start from: typed functions with defaults; say only what the test is about."""

import io
import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from stageapp.accounts.models import User
from stageapp.guidance.models import (
    ActionPoint,
    Attachment,
    GuidanceQuestion,
    MeetingReport,
    Message,
    OwnWords,
    TalkProposal,
)
from stageapp.logbook.actions_evidence import keep_loose
from stageapp.logbook.forms_evidence import evidence_of
from stageapp.logbook.models import Activity, Chain, Evidence, Reflection
from stageapp.logbook.search import refresh_search
from stageapp.logbook.uploads import checked_file
from stageapp.placements.models import (
    Interruption,
    LearningGoal,
    Placement,
    PlacementTeacher,
    Workplace,
)
from stageapp.planning.models import Appointment, Deadline
from stageapp.programmes.models import (
    Announcement,
    Cohort,
    FormPart,
    Holiday,
    Institution,
    Part,
    Programme,
    ReflectionField,
    ReflectionModel,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.tips.actions import write_version
from stageapp.tips.models import Tip
from stageapp.tips.rules import Rule

PASSWORD = "stage-app-demo"

_numbers = itertools.count(1)
#: A rule that holds for everybody.
ALWAYS = Rule(always=True)


def session(somebody: User) -> UserSession:
    """Let somebody be signed in on some device."""
    store = SessionStore()
    store.create()
    return UserSession.objects.create(
        user=somebody, session_key=store.session_key, user_agent="Firefox", ip="127.0.0.1"
    )


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


def announcement(institution: Institution, text: str = "Morgen", **fields: Any) -> Announcement:
    """Return a message of the day that is shown now, until tomorrow."""
    now = timezone.now()
    return Announcement.objects.create(
        **{
            "institution": institution,
            "text_nl": text,
            "text_en": text,
            "starts_at": now - timedelta(hours=1),
            "ends_at": now + timedelta(days=1),
        }
        | fields
    )


def holiday(institution: Institution, name: str = "Kerstvakantie", **fields: Any) -> Holiday:
    """Return two weeks off, from a month from now."""
    first = fields.setdefault("starts_on", timezone.localdate() + timedelta(days=30))
    fields.setdefault("ends_on", first + timedelta(days=13))
    return Holiday.objects.create(institution=institution, name_nl=name, name_en=name, **fields)


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
    made = Activity.objects.create(placement=placement, description=description, **fields)
    refresh_search(made)
    return made


def picture(width: int = 40, height: int = 30, **options: Any) -> bytes:
    """Return a photo as a phone makes it."""
    into = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(into, "JPEG", **options)
    return into.getvalue()


def evidence(placement: Placement, name: str = "foto.jpg", **fields: Any) -> Evidence:
    """Return a photo that is kept, unless told otherwise."""
    made = evidence_of(SimpleUploadedFile("foto.jpg", picture()))
    for field, value in {"name": name, **fields}.items():
        setattr(made, field, value)
    return keep_loose(placement, [made], at=timezone.now())[0]


def reflection_model(key: str = "starr") -> ReflectionModel:
    """Return one of the models that everybody has, with two fields."""
    made, created = ReflectionModel.objects.get_or_create(
        key=key, programme=None, defaults={"name_nl": key.upper(), "name_en": key.upper()}
    )
    if created:
        for position, name in enumerate(("situation", "task")):
            label = name.title()
            ReflectionField.objects.create(
                model=made, key=name, position=position, label_nl=label, label_en=label
            )
    return made


def reflection(placement: Placement, title: str = "Het gesprek", **fields: Any) -> Reflection:
    """Return a reflection of today, after a model that the cohort has."""
    model = fields.pop("model", None) or reflection_model()
    placement.cohort.reflection_models.add(model)
    fields.setdefault("date", timezone.localdate())
    return Reflection.objects.create(placement=placement, model=model, title=title, **fields)


def goal(placement: Placement, title: str = "Leren testen", **fields: Any) -> LearningGoal:
    """Return an open learning goal."""
    return LearningGoal.objects.create(placement=placement, title=title, **fields)


def chain(placement: Placement, name: str = "Het portaal", **fields: Any) -> Chain:
    """Return an open chain."""
    return Chain.objects.create(placement=placement, name=name, **fields)


def deadline(placement: Placement, title: str = "Verslag", **fields: Any) -> Deadline:
    """Return a deadline of the student, a week from now."""
    fields.setdefault("due_on", timezone.localdate() + timedelta(days=7))
    return Deadline.objects.create(placement=placement, title=title, **fields)


def appointment(placement: Placement, title: str = "Bezoek", **fields: Any) -> Appointment:
    """Return an appointment of an hour, tomorrow."""
    begin = fields.setdefault("starts_at", timezone.now() + timedelta(days=1))
    fields.setdefault("ends_at", begin + timedelta(hours=1))
    return Appointment.objects.create(placement=placement, title=title, **fields)


def talk(question: GuidanceQuestion, **fields: Any) -> Appointment:
    """Return a talk of an hour about a question, tomorrow, as student and teacher agreed on it."""
    assert question.teacher
    agreed = appointment(
        question.placement,
        question.title,
        **{
            "teacher": question.teacher,
            "with_whom": question.teacher.name,
            "uid": uuid.uuid4(),
        }
        | fields,
    )
    TalkProposal.objects.create(
        question=question,
        proposed_by=question.teacher,
        is_from_student=False,
        outcome=TalkProposal.Outcome.PICKED,
        settled_at=timezone.now(),
        appointment=agreed,
    )
    return agreed


def report(
    question: GuidanceQuestion, agreed: str = "Eerder vragen", **fields: Any
) -> MeetingReport:
    """Return a report of a talk that nobody else reads yet."""
    return MeetingReport.objects.create(question=question, agreed=agreed, **fields)


def absence(placement: Placement, **fields: Any) -> Interruption:
    """Return a day of sickness, a week after the start."""
    day = fields.setdefault("starts_on", placement.starts_on + timedelta(days=7))
    fields.setdefault("ends_on", day)
    fields.setdefault("kind", Interruption.Kind.SICKNESS)
    return Interruption.objects.create(placement=placement, **fields)


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


def guest_question(
    placement: Placement,
    title: str = "Hoe doen jullie dit?",
    *,
    name: str = "Peter de Boer",
    email: str = "peter@werkplek.example",
    **fields: Any,
) -> GuidanceQuestion:
    """Return a draft for the workplace supervisor, who has no account."""
    return question(
        placement,
        title,
        addressee=GuidanceQuestion.Addressee.SUPERVISOR,
        guest_name=name,
        guest_email=email,
        **fields,
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


def attachment(message: Message, name: str = "schets.jpg", *, position: int = 1) -> Attachment:
    """Return a photo that goes with a message."""
    kept = checked_file(SimpleUploadedFile(name, picture()))
    return Attachment.objects.create(
        message=message,
        position=position,
        name=kept.name,
        file=kept.file,
        content_type=kept.content_type,
        size=kept.size,
    )


def own_words(owner: User, text: str = "Dag [naam],", **fields: Any) -> OwnWords:
    """Return a text that a teacher keeps to write with: a salutation, unless told otherwise."""
    fields.setdefault("kind", OwnWords.Kind.SALUTATION)
    fields.setdefault("position", 1)
    return OwnWords.objects.create(owner=owner, text=text, **fields)


def point(placement: Placement, what: str = "Vragen stellen", **fields: Any) -> ActionPoint:
    """Return an open action point of the student, without a day, unless told otherwise."""
    student = placement.student
    return ActionPoint.objects.create(
        **{"placement": placement, "what": what, "owner": student, "created_by": student} | fields
    )


def tip(cohort: Cohort, rule: Rule = ALWAYS, *, goes_to: str = "", **fields: Any) -> Tip:
    """Return a tip that is on; `feedup`, `feedback` and `feedforward` say the same in English."""
    names = ("feedup", "feedback", "feedforward")
    texts = {name: fields.pop(name, "") for name in names}
    key = f"tip-{next(_numbers)}"
    made = Tip.objects.create(
        **{"programme": cohort.programme, "key": key, "name": key, "is_on": True} | fields
    )
    made.cohorts.add(cohort)
    both = {f"{name}_{language}": texts[name] for name in names for language in ("nl", "en")}
    write_version(made, rule, both, goes_to=goes_to, by=None, at=timezone.now())
    return made

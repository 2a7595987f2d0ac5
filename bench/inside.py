"""What only the application knows: who signs in, which pages there are, queries, documents.

Runs in a process of its own with the settings of the server that is measured; prints JSON.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from tempfile import TemporaryDirectory
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stageapp.config.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- after the setup
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.load import HOST, OK, OPEN_PAGE  # noqa: E402
from stageapp.accounts.models import User  # noqa: E402
from stageapp.exports.actions import ask_export, make_due_exports  # noqa: E402
from stageapp.exports.models import Export  # noqa: E402
from stageapp.guidance.models import GuidanceQuestion  # noqa: E402
from stageapp.insights.statistics import LIBRARY  # noqa: E402
from stageapp.logbook.models import Activity  # noqa: E402
from stageapp.notifications.actions import send_due  # noqa: E402
from stageapp.notifications.kinds import Frequency, Kind  # noqa: E402
from stageapp.notifications.models import Digest, Notification  # noqa: E402
from stageapp.placements.models import Placement  # noqa: E402
from stageapp.programmes.models import Cohort, Programme  # noqa: E402
from stageapp.tips.actions import write_version  # noqa: E402
from stageapp.tips.models import Tip  # noqa: E402
from stageapp.tips.queries import evaluate  # noqa: E402
from stageapp.tips.rules import Condition, Rule  # noqa: E402

#: So many people of each role are signed in at once.
PEOPLE = 16
#: The logbook of one student with very many activities.
LARGE = "seed-2"
#: People who get the news of a day in one mail, and how much.
READERS, NEWS_EACH = 10_000, 3
BATCH = 2_000
#: Tips of each programme beside its own, so that there are some fifty; the windows they look at.
TIPS = 35
WINDOWS = ("all", "all", "28", "7")
#: Bytes in which the system counts memory.
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass
class Page:
    """A page with the calls of several people, and what one of them costs the database."""

    name: str
    queries: int
    calls: list[dict[str, str]]


def pages() -> list[dict[str, Any]]:
    """Sign people in and name the pages that they open."""
    _analyse()
    students = [_signed_in(person) for person in _people("student", "seed-1")]
    teachers = [_signed_in(person) for person in _people("teacher", "seed-1")]
    large = [_signed_in(_people("student", LARGE)[0])]
    found = [
        _page(name, students, paths)
        for name, paths in _by_name(_student_paths(person) for person, _ in students)
    ]
    found += [
        _page(name, teachers, paths)
        for name, paths in _by_name(_teacher_paths(person) for person, _ in teachers)
    ]
    found += [_page(name, large, paths) for name, paths in _by_name([_large_paths(large[0][0])])]
    return [asdict(page) for page in found]


def word() -> dict[str, float]:
    """Make a Word document of the largest logbook the way the worker does."""
    placement = Placement.objects.get(student=_people("student", LARGE)[0])
    export = Export(
        placement=placement,
        kind=Export.Kind.ACTIVITIES,
        format=Export.Format.WORD,
        language="nl",
    )
    with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        ask_export(export, at=timezone.now())
        begun = time.perf_counter()
        made = make_due_exports(at=timezone.now())
        took = time.perf_counter() - begun
    export.refresh_from_db()
    if not made or not export.ready_at:
        raise SystemExit("The Word document was not made.")
    activities = placement.activities.count()
    size = export.size or 0
    export.delete()
    return {
        "activities": activities,
        "seconds": round(took, 2),
        "peak_mb": _peak_mb(),
        "bytes": size,
    }


def tips(school: str) -> dict[str, float]:
    """Evaluate some fifty tips of each programme for all placements of a school that run now."""
    cohorts = Cohort.objects.filter(programme__institution__slug=school)
    for programme in Programme.objects.exclude(tips__key="bench-0"):
        _make_tips(programme)
    _analyse()
    begun = time.perf_counter()
    found = evaluate(cohorts, at=timezone.now())
    return {
        "placements": found.placements,
        "activities": Activity.objects.filter(placement__cohort__in=cohorts).count(),
        "tips": round(len(found.reached) / Programme.objects.filter(cohorts__in=cohorts).count()),
        "seconds": round(time.perf_counter() - begun, 1),
        "peak_mb": _peak_mb(),
    }


def digests() -> int:
    """Make the news of a morning: so many people have some each. Return how many mails are due."""
    now = timezone.now()
    people = User.objects.bulk_create(
        [
            User(email=f"reader{index}@bench.example", name=f"Reader {index}")
            for index in range(READERS)
        ],
        batch_size=BATCH,
    )
    made = Digest.objects.bulk_create(
        [
            Digest(person=person, frequency=Frequency.DAILY, planned_for=now, mail_due_at=now)
            for person in people
        ],
        batch_size=BATCH,
    )
    Notification.objects.bulk_create(
        [
            Notification(
                person_id=digest.person_id,
                kind=Kind.MESSAGE_RECEIVED,
                actor=people[0],
                title=f"Vraag {number}",
                path=f"/guidance/{number}/",
                cause=f"message:{number}",
                frequency=Frequency.DAILY,
                digest=digest,
            )
            for digest in made
            for number in range(NEWS_EACH)
        ],
        batch_size=BATCH,
    )
    _analyse()
    return len(made)


def send() -> dict[str, float]:
    """Send what is due as one worker does, beside others."""
    return {"mails": send_due(Digest, at=timezone.now()), "peak_mb": _peak_mb()}


def _analyse() -> None:
    """Let PostgreSQL look at what was just made, as it does by itself after a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _make_tips(programme: Programme) -> None:
    """Make tips that ask for everything there is to know, in three windows."""
    plain = [key for key, row in LIBRARY.items() if row.of is None]
    for number in range(TIPS):
        key = plain[number % len(plain)]
        tip = Tip.objects.create(
            programme=programme, key=f"bench-{number}", name=key, is_on=True, rest_days=0
        )
        tip.cohorts.set(programme.cohorts.all())
        condition = Condition("value", key, window=WINDOWS[number % len(WINDOWS)], threshold=1)
        texts = {"feedback_nl": "Het is {value}.", "feedback_en": "It is {value}."}
        write_version(tip, Rule((condition,)), texts, goes_to="", by=None, at=timezone.now())


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MEMORY_UNIT / 2**20)


def _people(role: str, school: str) -> list[User]:
    emails = [f"{role}{index}@{school}.example" for index in range(PEOPLE)]
    return list(User.objects.filter(email__in=emails).order_by("pk"))


def _signed_in(person: User) -> tuple[User, Client]:
    client = Client(SERVER_NAME=HOST)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return person, client


def _student_paths(person: User) -> Iterator[tuple[str, str]]:
    activity = Activity.objects.filter(placement__student=person).latest("date", "pk")
    question = GuidanceQuestion.objects.filter(placement__student=person).latest("pk")
    yield "student: home", "/"
    yield "student: logbook", "/activities/"
    yield "student: new activity", "/activities/new/"
    yield "student: one activity", f"/activities/{activity.pk}/"
    yield "student: goals", "/goals/"
    yield "student: insights", "/insights/"
    yield "student: tips", "/tips/"
    yield "student: calendar, month", "/calendar/"
    yield "student: questions", "/guidance/"
    yield "student: one question", f"/guidance/{question.pk}/"


def _teacher_paths(person: User) -> Iterator[tuple[str, str]]:
    question = GuidanceQuestion.objects.filter(teacher=person).latest("pk")
    yield "teacher: home", "/"
    yield "teacher: students", "/students/"
    yield "teacher: one student", f"/students/{question.placement_id}/"
    yield "teacher: one question", f"/guidance/{question.pk}/"
    newest = question.messages.order_by("pk").last()
    after = newest.pk if newest else 0
    yield OPEN_PAGE, f"/guidance/{question.pk}/messages/?after={after}"


def _large_paths(person: User) -> Iterator[tuple[str, str]]:
    own = Activity.objects.filter(placement__student=person)
    activity = own.filter(category__isnull=False, difficulty__isnull=False).latest("date")
    choices = f"category={activity.category_id}&difficulty={activity.difficulty_id}"
    yield "5,000 activities: logbook", "/activities/"
    yield "5,000 activities: words", "/activities/?q=nagevraagd+geleerd"
    yield "5,000 activities: insights", "/insights/"
    yield "5,000 activities: tips", "/tips/"
    yield "5,000 activities: all filters", f"/activities/?q=geleerd&{choices}&reflection=no"


def _by_name(people: Any) -> Iterator[tuple[str, list[str]]]:
    """Turn lists of (name, path), one per person, into one list of paths per name."""
    for rows in zip(*people, strict=True):
        yield rows[0][0], [path for _, path in rows]


def _page(name: str, people: list[tuple[User, Client]], paths: list[str]) -> Page:
    client = people[0][1]
    client.get(paths[0])  # what is only done once is not counted
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(paths[0])
    if answer.status_code not in OK:
        raise SystemExit(f"{name}: {paths[0]} gave {answer.status_code}")
    calls = [
        {"path": path, "cookie": f"sessionid={client.cookies['sessionid'].value}"}
        for path, (_, client) in zip(paths, people, strict=True)
    ]
    return Page(name, len(queries), calls)


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    measurements: dict[str, Callable[..., Any]] = {
        "pages": pages,
        "word": word,
        "tips": tips,
        "digests": digests,
        "send": send,
    }
    print(json.dumps(measurements[what](*arguments)))

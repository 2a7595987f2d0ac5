"""What a learning record says: from the logbook to a statement of xAPI 1.0.3. Plain Python.

Sections are those of "xAPI-Data" of version 1.0.3. A statement holds what `FIELDS` lists and
nothing more; `docs/integrations/learning-records.md` says why for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

#: The names of our statements and things are made in it (RFC 9562, section 5.5).
NAMESPACE = UUID("6f0c8a3e-52b1-5c0e-9f0a-3f0b7a6f2d11")
PLATFORM = "Stage-App"
#: So much of what somebody wrote goes along when they choose so.
MOST_WORDS = 100
MINUTES_AN_HOUR = 60

ADL = "http://adlnet.gov/expapi"
VOIDED = f"{ADL}/verbs/voided"
WROTE = "https://w3id.org/xapi/dod-isd/verbs/wrote"
PERFORMANCE = f"{ADL}/activities/performance"
OBJECTIVE = f"{ADL}/activities/objective"
NOTE = "http://activitystrea.ms/schema/1.0/note"
#: How far an activity is, and the verb that says so; without a status it was experienced.
VERBS = {
    "finished": f"{ADL}/verbs/completed",
    "busy": f"{ADL}/verbs/progressed",
    "": f"{ADL}/verbs/experienced",
}
#: How each verb reads in a language of the app.
DISPLAY = {
    VERBS["finished"]: {"nl": "voltooide", "en": "completed"},
    VERBS["busy"]: {"nl": "werkte aan", "en": "progressed"},
    VERBS[""]: {"nl": "deed ervaring op met", "en": "experienced"},
    WROTE: {"nl": "schreef", "en": "wrote"},
    VOIDED: {"nl": "trok in", "en": "voided"},
}
#: Every field that a statement can have; a star stands for each of several.
FIELDS = (
    "id",
    "actor.objectType",
    "actor.account.homePage",
    "actor.account.name",
    "verb.id",
    "verb.display.*",
    "object.objectType",
    "object.id",
    "object.definition.type",
    "object.definition.name.*",
    "result.completion",
    "result.duration",
    "context.registration",
    "context.platform",
    "context.language",
    "context.contextActivities.other.*.objectType",
    "context.contextActivities.other.*.id",
    "context.contextActivities.other.*.definition.type",
    "context.contextActivities.other.*.definition.name.*",
    "timestamp",
)


class Source(StrEnum):
    """What a record is made of."""

    ACTIVITY = "activity"
    REFLECTION = "reflection"


@dataclass(frozen=True)
class Topic:
    """A competence of the programme: its key, and its name in each language."""

    key: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Learned:
    """What goes along of one thing in the logbook. There are no people in it, nor a place."""

    source: Source
    client_id: UUID
    day: date
    #: What it is called in each language, in the words of the programme.
    names: Mapping[str, str]
    #: The first words of the student, where they chose so; they take the place of the name.
    words: str = ""
    minutes: int | None = None
    status: str = ""
    topics: Sequence[Topic] = field(default_factory=tuple)


@dataclass(frozen=True)
class Sender:
    """Who sends, as the store knows them, and from where."""

    #: A number of this student for this store alone.
    actor: UUID
    #: The address of the institution, with a slash at its end.
    home: str
    placement: int
    language: str
    zone: tzinfo
    at: datetime


def statement_of(learned: Learned, sender: Sender, number: int) -> dict[str, Any]:
    """Return the statement about something, the `number`th that this student sends about it.

    The same arguments give the same statement, so that sending it again changes nothing.
    """
    verb = WROTE if learned.source == Source.REFLECTION else VERBS.get(learned.status, VERBS[""])
    statement = {
        "id": str(statement_id(learned, sender, number)),
        "actor": _actor(sender),
        "verb": {"id": verb, "display": DISPLAY[verb]},
        "object": _activity(
            f"{sender.home}xapi/things/{uuid5(sender.actor, str(learned.client_id))}",
            NOTE if learned.source == Source.REFLECTION else PERFORMANCE,
            _names(learned, sender.language),
        ),
        "result": _result(learned),
        "context": _context(learned, sender),
        "timestamp": _moment(learned.day, sender).isoformat(timespec="seconds"),
    }
    return {name: value for name, value in statement.items() if value}


def statement_id(learned: Learned, sender: Sender, number: int) -> UUID:
    """Return the id, which follows from what it is about: a retry never makes a second one."""
    return uuid5(NAMESPACE, f"{sender.actor}/{learned.source}/{learned.client_id}/{number}")


def voiding_of(statement: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
    """Return the statement that takes another one back (section 2.3.2)."""
    return {
        "id": str(uuid5(NAMESPACE, f"void/{statement['id']}")),
        "actor": statement["actor"],
        "verb": {"id": VOIDED, "display": DISPLAY[VOIDED]},
        "object": {"objectType": "StatementRef", "id": statement["id"]},
        "timestamp": at.isoformat(timespec="seconds"),
    }


def duration_of(minutes: int) -> str:
    """Return minutes as ISO 8601 writes a duration (section 4.6)."""
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    return "PT" + (f"{hours}H" if hours else "") + (f"{rest}M" if rest or not hours else "")


def first_words(text: str) -> str:
    """Return the beginning of a text on one line, cut at a space where that can be."""
    line = " ".join(text.replace("\x00", "").split())
    if len(line) <= MOST_WORDS:
        return line
    return line[: MOST_WORDS - 1].rsplit(" ", 1)[0] + "…"


def paths_in(value: Any, path: str = "") -> Iterator[str]:
    """Give where values stand in a statement, in the words of `FIELDS`."""
    if isinstance(value, dict):
        is_languages = path.endswith(("display", "name")) and not path.endswith("account.name")
        for name, one in value.items():
            yield from paths_in(one, f"{path}.{'*' if is_languages else name}".lstrip("."))
    elif isinstance(value, list):
        for one in value:
            yield from paths_in(one, f"{path}.*")
    else:
        yield path


def is_same(sent: Mapping[str, Any], kept: Any) -> bool:
    """Return whether what a store keeps under an id is what we sent (section 2.3.1).

    Stores may write names and times in their own way, and add to it; who, what and about what stay.
    """
    parts = (("actor", "account"), ("verb", "id"), ("object", "id"))
    return all(sent[one][other] == _inside(kept, one, other) for one, other in parts)


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _actor(sender: Sender) -> dict[str, Any]:
    # No name and no mail: who it is, this installation knows (section 2.4.2.4).
    account = {"homePage": sender.home, "name": str(sender.actor)}
    return {"objectType": "Agent", "account": account}


def _names(learned: Learned, language: str) -> dict[str, str]:
    return {language: learned.words} if learned.words else dict(learned.names)


def _activity(address: str, kind: str, names: Mapping[str, str]) -> dict[str, Any]:
    definition = {"type": kind, "name": dict(names)}
    return {"objectType": "Activity", "id": address, "definition": definition}


def _result(learned: Learned) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if learned.source == Source.ACTIVITY and learned.status:
        result["completion"] = learned.status == "finished"
    if learned.minutes:
        result["duration"] = duration_of(learned.minutes)
    return result


def _context(learned: Learned, sender: Sender) -> dict[str, Any]:
    context: dict[str, Any] = {
        "registration": str(uuid5(sender.actor, f"placement/{sender.placement}")),
        "platform": PLATFORM,
        "language": sender.language,
    }
    if learned.topics:
        context["contextActivities"] = {
            "other": [
                _activity(f"{sender.home}xapi/competences/{topic.key}", OBJECTIVE, topic.names)
                for topic in learned.topics
            ]
        }
    return context


def _moment(day: date, sender: Sender) -> datetime:
    """Return when it was: the day is known, not the hour, and never later than now."""
    begin = datetime.combine(day, time(), sender.zone)
    return min(begin, sender.at.astimezone(sender.zone) - timedelta(seconds=1))

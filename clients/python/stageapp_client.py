"""A client for the API of Stage-App. Written by `make client`: do not change it by hand.

    from stageapp_client import StageApp

    app = StageApp("https://stage.example.nl", "stage_…")
    app.log_activity({"date": "2026-03-12", "description": "Prepared a meeting."})
    for activity in app.list_activities(q="meeting"):
        print(activity["date"], activity["description"])

It needs `requests`, and nothing else.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Literal, NotRequired, TypedDict, cast
from urllib.parse import urlsplit

import requests

__all__ = ["Problem", "StageApp"]

#: A file to send: its name, what is in it, and its media type.
File = tuple[str, BinaryIO | bytes, str]


class Me(TypedDict):
    """The person of the token, or who is signed in."""

    id: int
    name: str
    email: str
    language: str
    student_number: str
    roles: "list[str]"
    scopes: "list[str]"
    institutions: "list[Ref]"
    current_placement: "int | None"


class Ref(TypedDict):
    """A thing by its key, with its name in the reader's language."""

    id: int
    name: str


class Profile(TypedDict):
    """What somebody told about themselves, and how they want things."""

    name: str
    student_number: str
    language: str
    mails: dict[str, str]
    mail_hour: int
    mail_weekday: int
    reflection_models: "list[Ref]"
    asks_in_steps: "bool | None"
    shows_hints: "bool | None"


class ProfileChange(TypedDict):
    """What changes; what is left out stays as it is, also of `mails`."""

    name: NotRequired[str]
    student_number: NotRequired[str]
    language: NotRequired[Literal["nl", "en"]]
    mails: NotRequired[dict[str, Literal["at_once", "daily", "weekly", "never"]]]
    mail_hour: NotRequired[int]
    mail_weekday: NotRequired[int]
    reflection_models: NotRequired["list[int]"]
    asks_in_steps: NotRequired[bool]
    shows_hints: NotRequired[bool]


class Placement(TypedDict):
    """One period of learning at a workplace."""

    id: int
    cohort: "Ref"
    programme: "Ref"
    workplace: "Workplace"
    starts_on: str
    ends_on: str
    days_per_week: int
    weekdays: "list[int]"
    hours_per_day: float
    supervisor_name: str
    supervisor_email: str
    supervisor_phone: str
    assignment: str
    is_current: bool
    shows_effort: bool
    progress: int
    teachers: "list[Ref]"


class PlacementPage(TypedDict):
    """Some placements, the current one first."""

    items: "list[Placement]"
    next: "str | None"


class Workplace(TypedDict):
    """Where the student learns."""

    name: str
    street: str
    postal_code: str
    town: str
    country: str


class PlacementIn(TypedDict):
    """A new placement."""

    client_id: NotRequired["str | None"]
    cohort: int
    teacher: NotRequired["int | None"]
    starts_on: str
    ends_on: str
    days_per_week: NotRequired[int]
    weekdays: NotRequired["list[int]"]
    hours_per_day: NotRequired[float]
    supervisor_name: NotRequired[str]
    supervisor_email: NotRequired[str]
    supervisor_phone: NotRequired[str]
    assignment: NotRequired[str]
    is_current: NotRequired[bool]
    shows_effort: NotRequired[bool]
    workplace: "WorkplaceIn"


class WorkplaceIn(TypedDict):
    """Where the student learns."""

    name: str
    street: NotRequired[str]
    postal_code: NotRequired[str]
    town: NotRequired[str]
    country: NotRequired[str]


class PlacementChange(TypedDict):
    """What changes of a placement; what is left out stays as it is."""

    teacher: NotRequired["int | None"]
    starts_on: NotRequired[str]
    ends_on: NotRequired[str]
    days_per_week: NotRequired[int]
    weekdays: NotRequired["list[int]"]
    hours_per_day: NotRequired[float]
    supervisor_name: NotRequired[str]
    supervisor_email: NotRequired[str]
    supervisor_phone: NotRequired[str]
    assignment: NotRequired[str]
    is_current: NotRequired[bool]
    shows_effort: NotRequired[bool]
    workplace: NotRequired[Any]


class WorkplaceChange(TypedDict):
    """What changes of the workplace."""

    name: NotRequired[str]
    street: NotRequired[str]
    postal_code: NotRequired[str]
    town: NotRequired[str]
    country: NotRequired[str]


class Activity(TypedDict):
    """Something a student did or learned on a day; which parts are used, the cohort decides."""

    id: int
    client_id: str
    placement: int
    date: str
    moment: "Ref | None"
    description: str
    minutes: "int | None"
    category: "Ref | None"
    people: "list[Ref]"
    sources: "list[Ref]"
    status: str
    difficulty: "Ref | None"
    chain: "Ref | None"
    goal: "Ref | None"
    competences: "list[Ref]"
    learned: str
    next_steps: str
    support_workplace: str
    support_programme: str
    wants_feedback: bool
    feedback: "Feedback | None"
    evidence: "list[int]"
    reflections: "list[int]"
    created_at: str
    updated_at: str


class ActivityPage(TypedDict):
    """Some activities, newest day first."""

    items: "list[Activity]"
    next: "str | None"


class Feedback(TypedDict):
    """The student's own look back and ahead on an activity."""

    hard_because: str
    what_made_it_hard: str
    help_received: str
    is_satisfied: "bool | None"
    own_initiative: str
    next_step: str
    whom_to_ask: str
    support_workplace: str
    support_programme: str


class ActivityIn(TypedDict):
    """A new activity. Which parts there are and which are required: see vocabularies."""

    moment: NotRequired["int | NewName | None"]
    minutes: NotRequired["int | None"]
    category: NotRequired["int | NewName | None"]
    people: NotRequired["list[int | NewName]"]
    sources: NotRequired["list[int | NewName]"]
    status: NotRequired["Literal['finished', 'busy', 'transferred'] | None"]
    difficulty: NotRequired["int | None"]
    chain: NotRequired["int | NewName | None"]
    goal: NotRequired["int | NewName | None"]
    competences: NotRequired["list[int]"]
    learned: NotRequired[str]
    next_steps: NotRequired[str]
    support_workplace: NotRequired[str]
    support_programme: NotRequired[str]
    wants_feedback: NotRequired[bool]
    evidence: NotRequired["list[int]"]
    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    date: str
    description: str


class NewName(TypedDict):
    """Something that is in no list yet; the list gets it, as an own entry of the student."""

    new: str


class ActivityChange(TypedDict):
    """What changes of an activity; what is left out stays as it is."""

    moment: NotRequired["int | NewName | None"]
    minutes: NotRequired["int | None"]
    category: NotRequired["int | NewName | None"]
    people: NotRequired["list[int | NewName]"]
    sources: NotRequired["list[int | NewName]"]
    status: NotRequired["Literal['finished', 'busy', 'transferred'] | None"]
    difficulty: NotRequired["int | None"]
    chain: NotRequired["int | NewName | None"]
    goal: NotRequired["int | NewName | None"]
    competences: NotRequired["list[int]"]
    learned: NotRequired[str]
    next_steps: NotRequired[str]
    support_workplace: NotRequired[str]
    support_programme: NotRequired[str]
    wants_feedback: NotRequired[bool]
    evidence: NotRequired["list[int]"]
    date: NotRequired[str]
    description: NotRequired[str]


class FeedbackIn(TypedDict):
    """A look back and ahead; what is left out becomes empty."""

    hard_because: NotRequired["Reason | None"]
    what_made_it_hard: NotRequired[str]
    help_received: NotRequired["Help | None"]
    is_satisfied: NotRequired["bool | None"]
    own_initiative: NotRequired[str]
    next_step: NotRequired[str]
    whom_to_ask: NotRequired[str]
    support_workplace: NotRequired[str]
    support_programme: NotRequired[str]


Help = Literal["none", "received", "asked"]


Reason = Literal["experience", "support", "time", "other"]


class Reflection(TypedDict):
    """A reflection after a model, on an activity or on its own."""

    id: int
    client_id: str
    placement: int
    activity: "int | None"
    model: "Ref"
    title: str
    date: str
    is_draft: bool
    texts: "list[Written]"
    created_at: str
    updated_at: str


class ReflectionPage(TypedDict):
    """Some reflections, newest first."""

    items: "list[Reflection]"
    next: "str | None"


class Written(TypedDict):
    """What was written in one field of a reflection."""

    field: str
    label: str
    text: str


class ReflectionIn(TypedDict):
    """A new reflection. On an activity it is of the day of that activity."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    activity: NotRequired["int | None"]
    model: int
    title: NotRequired[str]
    date: NotRequired["str | None"]
    texts: NotRequired[dict[str, str]]
    is_draft: NotRequired[bool]


class ReflectionChange(TypedDict):
    """What changes of a reflection; what is left out stays as it is."""

    title: NotRequired[str]
    date: NotRequired[str]
    texts: NotRequired[dict[str, str]]
    is_draft: NotRequired[bool]


class Evidence(TypedDict):
    """A file, a link or a text that shows what was done."""

    id: int
    client_id: str
    placement: int
    activity: "int | None"
    kind: str
    name: str
    content_type: str
    size: "int | None"
    url: str
    text: str
    file: "str | None"
    created_at: str


class EvidencePage(TypedDict):
    """Some evidence, newest first."""

    items: "list[Evidence]"
    next: "str | None"


class EvidenceIn(TypedDict):
    """A link or a text; one of the two."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    activity: NotRequired["int | None"]
    url: NotRequired["str | None"]
    text: NotRequired["str | None"]


class EvidenceChange(TypedDict):
    """What a piece of evidence is called; a file keeps its ending."""

    name: str


class Goal(TypedDict):
    """What the student wants to learn in a placement."""

    id: int
    placement: int
    title: str
    description: str
    status: str
    created_at: str


class GoalPage(TypedDict):
    """Some goals, in the student's order."""

    items: "list[Goal]"
    next: "str | None"


class GoalIn(TypedDict):
    """A new goal."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    title: str
    description: NotRequired[str]


class GoalChange(TypedDict):
    """What changes of a goal; how it read before is kept."""

    title: NotRequired[str]
    description: NotRequired[str]
    status: NotRequired[Literal["open", "reached", "dropped"]]


class Saved(TypedDict):
    """Something that the student put aside."""

    id: int
    placement: int
    kind: str
    about: "int | None"
    key: str
    snapshot: "dict[str, Any] | None"
    note: str
    saved_at: str


class SavedPage(TypedDict):
    """Some saved items, last saved first."""

    items: "list[Saved]"
    next: "str | None"


class SavedIn(TypedDict):
    """What to put aside: something of the logbook or a tip by `about`, or a chart by `chart`."""

    kind: Literal["activity", "reflection", "evidence", "tip", "chart"]
    about: NotRequired["int | None"]
    chart: NotRequired["str | None"]
    period: NotRequired[str]


class SavedChange(TypedDict):
    """The note with it."""

    note: str


class Tip(TypedDict):
    """A tip in the reader's language; each part can be empty."""

    id: int
    feedup: str
    feedback: str
    feedforward: str
    why: "list[str]"
    goes_to: str
    is_helpful: "bool | None"
    is_saved: bool


class Tips(TypedDict):
    """The tips of now, the most important first."""

    items: "list[Tip]"


class Reaction(TypedDict):
    """What the student thinks of a tip: one that is not helpful stays away; null takes it
    back.
    """

    is_helpful: "bool | None"


class Insight(TypedDict):
    """A chart: what it says in a sentence, what is drawn, and its numbers as a table."""

    key: str
    title: str
    sentence: str
    unit: str
    shape: "str | None"
    legend: "list[str]"
    points: "list[Point]"
    head: "list[str]"
    rows: "list[list[str]]"


class Insights(TypedDict):
    """The charts of a placement, over one period."""

    placement: int
    period: str
    period_in_words: str
    items: "list[Insight]"


class Point(TypedDict):
    """One row, week or day of a drawing."""

    label: str
    text: str
    values: "list[float]"
    plan: "float | None"


class CompetenceChoice(TypedDict):
    """A competence of the programme."""

    id: int
    code: str
    name: str
    description: str


class ListEntry(TypedDict):
    """One choice in a list."""

    id: int
    name: str
    is_own: bool
    level: "int | None"


class ModelChoice(TypedDict):
    """A reflection model that the programme offers."""

    id: int
    key: str
    name: str
    texts: "list[TextOfModel]"


class PartOfForm(TypedDict):
    """One part of an activity, as the students of the cohort see it, in their order."""

    part: str
    label: str
    help: str
    is_required: bool
    is_folded: bool
    minimum: "int | None"
    maximum: "int | None"


class TextOfModel(TypedDict):
    """One text of a reflection model."""

    key: str
    label: str
    guidance: str
    is_required: bool


class Vocabularies(TypedDict):
    """All that can be chosen in a placement, in the reader's language."""

    placement: int
    parts: "list[PartOfForm]"
    categories: "list[ListEntry]"
    people: "list[ListEntry]"
    sources: "list[ListEntry]"
    moments: "list[ListEntry]"
    difficulties: "list[ListEntry]"
    competences: "list[CompetenceChoice]"
    chains: "list[Ref]"
    goals: "list[Ref]"
    reflection_models: "list[ModelChoice]"
    charts: "list[str]"
    teachers: "list[Ref]"
    has_feedback: bool


class Asked(TypedDict):
    """To whom a question goes."""

    kind: str
    id: "int | None"
    name: str


class QuestionPage(TypedDict):
    """Some questions, newest first."""

    items: "list[QuestionSummary]"
    next: "str | None"


class QuestionSummary(TypedDict):
    """A question in a list."""

    id: int
    client_id: str
    placement: int
    student: "Ref"
    title: str
    state: str
    asked: "Asked"
    form: str
    created_at: str
    shared_at: "str | None"
    withdrawn_at: "str | None"
    closed_at: "str | None"


class Question(TypedDict):
    """A question with all that its reader sees of it; the conversation is at `messages`."""

    id: int
    client_id: str
    placement: int
    student: "Ref"
    title: str
    state: str
    asked: "Asked"
    form: str
    created_at: str
    shared_at: "str | None"
    withdrawn_at: "str | None"
    closed_at: "str | None"
    core: str
    goal: "dict[str, Any] | None"
    is_agreed: bool
    version: str
    items: "list[SharedThing]"
    proposal: "int | None"
    talks: "list[int]"
    reports: "list[int]"
    action_points: "list[int]"
    readers: "list[str]"
    could_read_along: "list[Ref]"
    conclusion_goal: str
    conclusion_learned: str
    conclusion_next: str


class SharedThing(TypedDict):
    """Something that goes with a question: a snapshot of the moment that it was shared."""

    id: int
    kind: str
    snapshot: "dict[str, Any] | None"
    has_open_file: bool
    file: "str | None"
    opened_on: "str | None"
    withdrawn_at: "str | None"


class ItemIn(TypedDict):
    """Something of the own logbook that goes with a question."""

    kind: Literal["activity", "reflection", "evidence", "saved"]
    id: int


class QuestionIn(TypedDict):
    """A new question: a draft until it is shared."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    title: str
    core: str
    form: NotRequired[Literal["written", "face_to_face", "phone", "video", "meeting"]]
    addressee: NotRequired[Literal["teacher", "supervisor", "other"]]
    teacher: NotRequired["int | None"]
    guest_name: NotRequired[str]
    guest_email: NotRequired[str]
    guest_language: NotRequired["Literal['nl', 'en'] | None"]
    goal: NotRequired["int | None"]
    items: NotRequired["list[ItemIn]"]


class QuestionChange(TypedDict):
    """What changes of a draft; what is left out stays as it is."""

    title: NotRequired[str]
    core: NotRequired[str]
    form: NotRequired[Literal["written", "face_to_face", "phone", "video", "meeting"]]
    addressee: NotRequired[Literal["teacher", "supervisor", "other"]]
    teacher: NotRequired["int | None"]
    guest_name: NotRequired[str]
    guest_email: NotRequired[str]
    guest_language: NotRequired["Literal['nl', 'en'] | None"]
    goal: NotRequired["int | None"]
    items: NotRequired["list[ItemIn]"]


class Sharing(TypedDict):
    """With whom a question is shared beside the teacher asked."""

    along: NotRequired["list[int]"]


class Closing(TypedDict):
    """The student closes a question in own words; every part may stay empty."""

    conclusion_goal: NotRequired[str]
    conclusion_learned: NotRequired[str]
    conclusion_next: NotRequired[str]
    makes_goal: NotRequired[bool]
    client_id: NotRequired["str | None"]
    points: NotRequired["list[NewPoint]"]


class NewPoint(TypedDict):
    """What has to be done, in what else is written."""

    what: str
    due_on: NotRequired["str | None"]
    who: NotRequired[Literal["student", "teacher"]]


class Agreeing(TypedDict):
    """Which sharing the teacher read."""

    version: str


class Attached(TypedDict):
    """A file with a message."""

    id: int
    name: str
    content_type: str
    size: int
    file: str


class Message(TypedDict):
    """One message in the conversation about a question."""

    id: int
    client_id: str
    writer: str
    is_mine: bool
    is_from_student: bool
    text: str
    sent_at: str
    edited_at: "str | None"
    files: "list[Attached]"


class MessagePage(TypedDict):
    """Some messages, the oldest first."""

    items: "list[Message]"
    next: "str | None"


class MessageIn(TypedDict):
    """A message; formatting as in the app: **bold**, *italic*, __underlined__, lists, >
    quotes.
    """

    client_id: NotRequired["str | None"]
    text: str


class MessageChange(TypedDict):
    """The text, changed in its first minutes."""

    text: str


class MomentToTalk(TypedDict):
    """One of the moments to choose from."""

    id: int
    starts_at: str
    ends_at: str


class TalkProposal(TypedDict):
    """Moments for a talk about a question, or that it is talked over in a planned meeting."""

    id: int
    client_id: str
    question: int
    is_from_student: bool
    is_mine: bool
    waits_for_me: bool
    form: str
    place: str
    minutes: int
    note: str
    moments: "list[MomentToTalk]"
    proposed_at: str
    outcome: "str | None"
    settled_at: "str | None"
    talk: "int | None"


class TalkProposalPage(TypedDict):
    """Some proposals, the newest first."""

    items: "list[TalkProposal]"
    next: "str | None"


class TalkProposalIn(TypedDict):
    """One to five moments; for a planned meeting none, or its own one."""

    client_id: NotRequired["str | None"]
    form: NotRequired["Literal['face_to_face', 'phone', 'video', 'meeting'] | None"]
    place: NotRequired[str]
    minutes: NotRequired[Literal[15, 30, 45, 60, 90]]
    moments: NotRequired["list[str]"]
    note: NotRequired[str]


class Talk(TypedDict):
    """A talk that a student and a teacher agreed on; it stands in both calendars."""

    id: int
    placement: int
    student: "Ref"
    teacher: "Ref | None"
    question: "int | None"
    title: str
    place: str
    starts_at: str
    ends_at: str
    cancelled_at: "str | None"
    report: "int | None"
    file: str


class TalkPage(TypedDict):
    """Some talks, the latest first."""

    items: "list[Talk]"
    next: "str | None"


class TalkChange(TypedDict):
    """Another moment or place; both get it for their calendar."""

    starts_at: NotRequired[str]
    minutes: NotRequired[int]
    place: NotRequired[str]


class ReportPage(TypedDict):
    """Some reports, the newest first."""

    items: "list[ReportSummary]"
    next: "str | None"


class ReportSummary(TypedDict):
    """A report in a list."""

    id: int
    client_id: str
    question: int
    talk: "int | None"
    created_at: str
    shared_at: "str | None"
    withdrawn_at: "str | None"
    is_shared: bool
    is_confirmed: bool
    confirmed_at: "str | None"


class ActionPoint(TypedDict):
    """Something that has to be done: what comes of a question, or what a student sets."""

    id: int
    client_id: str
    placement: int
    question: "int | None"
    report: "int | None"
    what: str
    due_on: "str | None"
    who: "str | None"
    owner: "Ref | None"
    is_mine: bool
    done_at: "str | None"
    goal: "int | None"
    created_at: str


class Report(TypedDict):
    """What the student writes of a talk, with what has to be done."""

    id: int
    client_id: str
    question: int
    talk: "int | None"
    created_at: str
    shared_at: "str | None"
    withdrawn_at: "str | None"
    is_shared: bool
    is_confirmed: bool
    confirmed_at: "str | None"
    agreed: str
    discussed: str
    points: "list[ActionPoint]"
    confirmed_by: "str | None"
    addition: str
    version: str
    readers: "list[str]"


class ReportIn(TypedDict):
    """A new report, which nobody else reads until it is shared. It says what was agreed, or
    has a point.
    """

    client_id: NotRequired["str | None"]
    agreed: NotRequired[str]
    discussed: NotRequired[str]
    points: NotRequired["list[NewPoint]"]


class PointOfReport(TypedDict):
    """What has to be done after a talk."""

    what: str
    due_on: NotRequired["str | None"]
    who: NotRequired[Literal["student", "teacher"]]
    id: NotRequired["int | None"]


class ReportChange(TypedDict):
    """What changes of a report; what is left out stays as it is, a point that is not sent
    goes.
    """

    agreed: NotRequired[str]
    discussed: NotRequired[str]
    points: NotRequired["list[PointOfReport]"]


class Confirming(TypedDict):
    """The teacher confirms what was read, with or without something to add."""

    version: str
    addition: NotRequired[str]


class ActionPointPage(TypedDict):
    """Some action points, the newest first."""

    items: "list[ActionPoint]"
    next: "str | None"


class ActionPointIn(TypedDict):
    """A new action point of a student."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    message: NotRequired["int | None"]
    what: str
    due_on: NotRequired["str | None"]
    who: NotRequired[Literal["student", "teacher"]]


class ActionPointChange(TypedDict):
    """What changes of an action point; what is left out stays as it is."""

    what: NotRequired[str]
    due_on: NotRequired["str | None"]
    who: NotRequired[Literal["student", "teacher"]]


class Ticking(TypedDict):
    """Whether it is done."""

    is_done: NotRequired[bool]


class AgreedTerms(TypedDict):
    """Terms that one proposed; once the other confirmed them, they hold."""

    response_days: "int | None"
    moments: str
    channels: str
    id: int
    is_mine: bool
    proposed_at: str
    confirmed_at: "str | None"


class Agreement(TypedDict):
    """Where a student and a teacher stand."""

    id: int
    placement: int
    student: "Ref"
    teacher: "Ref"
    holds: "AgreedTerms | None"
    proposal: "AgreedTerms | None"
    leave: "Leave | None"


class AgreementPage(TypedDict):
    """Some agreements."""

    items: "list[Agreement]"
    next: "str | None"


class Leave(TypedDict):
    """Days on which a teacher does not answer; both ends count."""

    id: int
    starts_on: str
    ends_on: str


class TermsIn(TypedDict):
    """Terms; at least one of them is there."""

    response_days: NotRequired["int | None"]
    moments: NotRequired[str]
    channels: NotRequired[str]


class AgreeingWithTerms(TypedDict):
    """Which proposal was read."""

    proposal: int


class OwnTerms(TypedDict):
    """What a teacher proposes to each new student."""

    response_days: "int | None"
    moments: str
    channels: str
    is_kept: bool
    without: int


class TermsChange(TypedDict):
    """What changes of terms; what is left out stays as it is."""

    response_days: NotRequired["int | None"]
    moments: NotRequired[str]
    channels: NotRequired[str]


class ProposedToAll(TypedDict):
    """To how many students terms were proposed."""

    students: int


class LeavePage(TypedDict):
    """Some leave, the earliest first."""

    items: "list[Leave]"
    next: "str | None"


class LeaveIn(TypedDict):
    """New days of leave."""

    client_id: NotRequired["str | None"]
    starts_on: str
    ends_on: str


class News(TypedDict):
    """One piece of news."""

    id: str
    kind: str
    text: str
    url: str
    caused_at: str
    seen_at: "str | None"
    is_withdrawn: bool


class NewsPage(TypedDict):
    """Some news, the newest first."""

    items: "list[News]"
    next: "str | None"


class Unseen(TypedDict):
    """How much is left."""

    unseen: int


class Seen(TypedDict):
    """Which news was seen."""

    ids: "list[str]"


class Deadline(TypedDict):
    """A deadline that a student sets; nobody else sees it."""

    id: int
    title: str
    due_on: str
    due_time: "str | None"
    placement: int
    done_at: "str | None"
    created_at: str


class DeadlinePage(TypedDict):
    """Some deadlines, the earliest first."""

    items: "list[Deadline]"
    next: "str | None"


class DeadlineIn(TypedDict):
    """A new deadline."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    title: str
    due_on: str
    due_time: NotRequired["str | None"]


class ProgrammeDeadline(TypedDict):
    """A deadline of the programme, for everybody in the cohort."""

    id: int
    title: str
    due_on: str
    due_time: "str | None"


class ProgrammeDeadlinePage(TypedDict):
    """Some deadlines of the programme, the earliest first."""

    items: "list[ProgrammeDeadline]"
    next: "str | None"


class DeadlineChange(TypedDict):
    """What changes of a deadline; what is left out stays as it is."""

    title: NotRequired[str]
    due_on: NotRequired[str]
    due_time: NotRequired["str | None"]
    is_done: NotRequired[bool]


class Appointment(TypedDict):
    """An appointment that a student noted; nobody else sees it."""

    id: int
    placement: int
    title: str
    with_whom: str
    place: str
    starts_at: str
    ends_at: str
    note: str
    created_at: str


class AppointmentPage(TypedDict):
    """Some appointments, the earliest first."""

    items: "list[Appointment]"
    next: "str | None"


class AppointmentIn(TypedDict):
    """A new appointment, on one day."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    title: str
    starts_at: str
    ends_at: str
    with_whom: NotRequired[str]
    place: NotRequired[str]
    note: NotRequired[str]


class AppointmentChange(TypedDict):
    """What changes of an appointment; what is left out stays as it is."""

    title: NotRequired[str]
    starts_at: NotRequired[str]
    ends_at: NotRequired[str]
    with_whom: NotRequired[str]
    place: NotRequired[str]
    note: NotRequired[str]


class Absence(TypedDict):
    """Days on which a student was not at work; the reason is for nobody else."""

    id: int
    placement: int
    kind: str
    starts_on: str
    ends_on: str
    reason: str


class AbsencePage(TypedDict):
    """Some absences, the earliest first."""

    items: "list[Absence]"
    next: "str | None"


class AbsenceIn(TypedDict):
    """New days of absence."""

    client_id: NotRequired["str | None"]
    placement: NotRequired["int | None"]
    kind: NotRequired[Literal["pause", "sickness", "holiday"]]
    starts_on: str
    ends_on: NotRequired["str | None"]
    reason: NotRequired[str]


class AbsenceChange(TypedDict):
    """What changes of an absence; what is left out stays as it is."""

    kind: NotRequired[Literal["pause", "sickness", "holiday"]]
    starts_on: NotRequired[str]
    ends_on: NotRequired[str]
    reason: NotRequired[str]


class Feed(TypedDict):
    """Whether a calendar program can read somebody's dates; its address is shown once, in the
    app. Who has that address needs no token.
    """

    is_on: bool
    with_activities: bool
    made_at: "str | None"


class FeedChange(TypedDict):
    """What stands in the feed."""

    with_activities: bool


class Student(TypedDict):
    """A placement that a teacher guides, with the reason for its place in the list."""

    placement: int
    student: "Ref"
    email: str
    workplace: str
    town: str
    cohort: "Ref"
    starts_on: str
    ends_on: str
    is_current: bool
    attention: str
    reason: str
    part: str
    waiting_since: "str | None"
    open_questions: int
    last_heard_at: "str | None"


class StudentPage(TypedDict):
    """Some students, who asks for attention first."""

    items: "list[Student]"
    next: "str | None"


class ContactMoment(TypedDict):
    """A moment of contact."""

    at: str
    text: str


class Effort(TypedDict):
    """How much was logged, where the student lets the teacher who guides see it."""

    minutes: int
    days: int


class StudentSeen(TypedDict):
    """One student, as their teacher sees them."""

    placement: int
    student: "Ref"
    email: str
    workplace: str
    town: str
    cohort: "Ref"
    starts_on: str
    ends_on: str
    is_current: bool
    attention: str
    reason: str
    part: str
    waiting_since: "str | None"
    open_questions: int
    last_heard_at: "str | None"
    progress: int
    effort: "Effort | None"
    contact: "list[ContactMoment]"


class Programme(TypedDict):
    """A course of study."""

    id: int
    institution: "Ref"
    name_nl: str
    name_en: str
    is_open: bool


class ProgrammePage(TypedDict):
    """Some programmes, by name."""

    items: "list[Programme]"
    next: "str | None"


class ProgrammeIn(TypedDict):
    """A new programme of an institution that one runs."""

    client_id: NotRequired["str | None"]
    institution: int
    name_nl: str
    name_en: str
    is_open: NotRequired[bool]


class ProgrammeChange(TypedDict):
    """What changes of a programme; what is left out stays as it is."""

    name_nl: NotRequired[str]
    name_en: NotRequired[str]
    is_open: NotRequired[bool]


class Cohort(TypedDict):
    """A group of students of a programme that shares one configuration."""

    id: int
    programme: "Ref"
    name_nl: str
    name_en: str
    is_open: bool
    first_share_days: int
    has_feedback: bool
    offers_feedback: bool
    reflection_models: "list[Ref]"


class CohortPage(TypedDict):
    """Some cohorts."""

    items: "list[Cohort]"
    next: "str | None"


class CohortIn(TypedDict):
    """A new cohort; its form begins with a date and a description."""

    client_id: NotRequired["str | None"]
    programme: int
    name_nl: str
    name_en: str
    is_open: NotRequired[bool]
    first_share_days: NotRequired[int]
    has_feedback: NotRequired[bool]
    offers_feedback: NotRequired[bool]
    reflection_models: NotRequired["list[int]"]


class CohortChange(TypedDict):
    """What changes of a cohort; what is left out stays as it is."""

    name_nl: NotRequired[str]
    name_en: NotRequired[str]
    is_open: NotRequired[bool]
    first_share_days: NotRequired[int]
    has_feedback: NotRequired[bool]
    offers_feedback: NotRequired[bool]
    reflection_models: NotRequired["list[int]"]


class Person(TypedDict):
    """Somebody with a place in what one administers."""

    id: int
    name: str
    email: str
    student_number: str
    is_active: bool
    last_login: "str | None"
    roles: "list[RoleOf]"
    runs_institution: bool


class PersonPage(TypedDict):
    """Some people, by name."""

    items: "list[Person]"
    next: "str | None"


class RoleOf(TypedDict):
    """A role in a programme."""

    programme: "Ref"
    role: str


class Invitation(TypedDict):
    """Whom to invite, and as what; somebody who has the role already gets no mail."""

    email: str
    name: NotRequired[str]
    programme: int
    role: "Role"


Role = Literal["student", "teacher", "administrator"]


class RoleIn(TypedDict):
    """A role in a programme."""

    programme: int
    role: "Role"


class Switch(TypedDict):
    """Whether somebody can sign in."""

    is_active: bool


class Link(TypedDict):
    """Who guides a placement."""

    id: int
    teacher: "Ref"
    part: str
    linked_at: "str | None"


class PlacementLinks(TypedDict):
    """A placement: names and dates only, with who guides it."""

    id: int
    student: "Ref"
    workplace: str
    cohort: "Ref"
    starts_on: str
    ends_on: str
    is_current: bool
    links: "list[Link]"


class PlacementLinksPage(TypedDict):
    """Some placements, last started first."""

    items: "list[PlacementLinks]"
    next: "str | None"


class LinkIn(TypedDict):
    """Which teacher guides a placement from now on."""

    placement: int
    teacher: int


class Replacement(TypedDict):
    """Who guides in the place of somebody."""

    teacher: int


class Problem(Exception):
    """What the API answered instead (RFC 9457); `errors` says which fields are not right."""

    def __init__(self, status: int, told: Mapping[str, Any]) -> None:
        self.status = status
        self.kind = str(told.get("type", "")).rpartition("problem-")[2]
        self.title = str(told.get("title", ""))
        self.detail = str(told.get("detail", ""))
        self.errors: list[dict[str, str]] = list(told.get("errors", []))
        fields = "; ".join(f"{one['field']}: {one['message']}" for one in self.errors)
        super().__init__(f"{status} {self.title}: {fields or self.detail}")


class StageApp:
    """The API, for the person of a token.

    What could not be sent, or came too soon (429, 503), is sent again some times: with a
    `client_id`, which is made where there is none, nothing is made twice.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        language: str = "",
        tries: int = 4,
        timeout: float = 30,
        session: requests.Session | None = None,
    ) -> None:
        self.address, self.tries, self.timeout = address.rstrip("/"), tries, timeout
        self.session = session or requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"
        if language:
            self.session.headers["Accept-Language"] = language
        #: The version of what was read or changed last, for `if_match`.
        self.etag = ""

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        fields: Mapping[str, str] | None = None,
        files: list[tuple[str, File]] | None = None,
        if_match: str | None = None,
    ) -> requests.Response:
        headers = {} if if_match is None else {"If-Match": if_match}
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        url, sent = self._url(path), [(field, _whole(file)) for field, file in files or ()]
        for left in reversed(range(self.tries)):
            try:
                answer = self.session.request(
                    method,
                    url,
                    params={name: _written(value) for name, value in wanted.items()},
                    json=body,
                    data=fields,
                    files=sent or None,
                    headers=headers,
                    timeout=self.timeout,
                )
            except requests.ConnectionError:
                if not left:
                    raise
                time.sleep(2 ** (self.tries - left))
                continue
            if answer.status_code in (429, 503) and left:
                time.sleep(min(int(answer.headers.get("Retry-After", "1")), 60))
                continue
            break
        if answer.status_code >= 400:
            raise Problem(answer.status_code, _told(answer))
        self.etag = answer.headers.get("ETag", "")
        return answer

    def _url(self, path: str) -> str:
        """Return where to send to: the token goes to nobody else than whom it is for."""
        if path.startswith("/"):
            return f"{self.address}{path}"
        if urlsplit(path)[:2] != urlsplit(self.address)[:2]:
            raise ValueError(f"{path} is not an address of {self.address}.")
        return path

    def _pages(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        page = self._send("GET", path, query=query).json()
        yield from page["items"]
        while page["next"]:
            page = self._send("GET", page["next"]).json()
            yield from page["items"]

    def get_me(self) -> Me:
        """Read who this token is of, and what it may do. Any token will do."""
        return cast("Me", self._send("GET", "/api/v1/me").json())

    def get_profile(self) -> Profile:
        """Read the own profile. Needs the scope profile:read."""
        return cast("Profile", self._send("GET", "/api/v1/profile").json())

    def change_profile(self, body: "ProfileChange", *, if_match: str) -> Profile:
        """Change the own profile; how somebody signs in is changed in the app alone. Needs the
        scope profile:write.
        """
        return cast(
            "Profile",
            self._send(
                "PATCH", "/api/v1/profile", body=cast(Mapping[str, Any], body), if_match=if_match
            ).json(),
        )

    def list_placements(self, *, limit: int | None = None) -> Iterator[Placement]:
        """List the student's own placements, the current one first. Needs the scope
        placements:read.
        """
        return self._pages("/api/v1/placements", {"limit": limit})

    def start_placement(self, body: "PlacementIn") -> Placement:
        """Start a placement: what everything else of a student hangs on. Needs the scope
        placements:write.
        """
        return cast("Placement", self._send("POST", "/api/v1/placements", body=_once(body)).json())

    def get_placement(self, pk: int) -> Placement:
        """Read one placement. Needs the scope placements:read."""
        return cast("Placement", self._send("GET", f"/api/v1/placements/{pk}").json())

    def change_placement(self, pk: int, body: "PlacementChange", *, if_match: str) -> Placement:
        """Change a placement; what is left out stays as it is. A teacher is added, never taken
        away. Needs the scope placements:write.
        """
        return cast(
            "Placement",
            self._send(
                "PATCH",
                f"/api/v1/placements/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def make_placement_current(self, pk: int) -> Placement:
        """Work in this placement from now on. Needs the scope placements:write."""
        return cast("Placement", self._send("POST", f"/api/v1/placements/{pk}/make-current").json())

    def list_activities(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        q: str | None = None,
        first: str | None = None,
        last: str | None = None,
        changed_since: str | None = None,
        status: list[Literal["finished", "busy", "transferred"]] | None = None,
        category: list[int] | None = None,
        moment: list[int] | None = None,
        people: list[int] | None = None,
        sources: list[int] | None = None,
        difficulty: list[int] | None = None,
        goal: list[int] | None = None,
        competences: list[int] | None = None,
        chain: list[int] | None = None,
        has_reflection: bool | None = None,
        has_evidence: bool | None = None,
    ) -> Iterator[Activity]:
        """List the activities of a placement, newest day first. Needs the scope logbook:read."""
        return self._pages(
            "/api/v1/activities",
            {
                "limit": limit,
                "placement": placement,
                "q": q,
                "first": first,
                "last": last,
                "changed_since": changed_since,
                "status": status,
                "category": category,
                "moment": moment,
                "people": people,
                "sources": sources,
                "difficulty": difficulty,
                "goal": goal,
                "competences": competences,
                "chain": chain,
                "has_reflection": has_reflection,
                "has_evidence": has_evidence,
            },
        )

    def log_activity(self, body: "ActivityIn") -> Activity:
        """Log an activity. Needs the scope logbook:write."""
        return cast("Activity", self._send("POST", "/api/v1/activities", body=_once(body)).json())

    def get_activity(self, pk: int) -> Activity:
        """Read one activity. Needs the scope logbook:read."""
        return cast("Activity", self._send("GET", f"/api/v1/activities/{pk}").json())

    def change_activity(self, pk: int, body: "ActivityChange", *, if_match: str) -> Activity:
        """Change an activity; what is left out stays as it is. Needs the scope logbook:write."""
        return cast(
            "Activity",
            self._send(
                "PATCH",
                f"/api/v1/activities/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_activity(self, pk: int, *, if_match: str | None = None) -> None:
        """Take an activity out of the logbook; it can be brought back for some weeks. Needs
        the scope logbook:write.
        """
        self._send("DELETE", f"/api/v1/activities/{pk}", if_match=if_match)

    def restore_activity(self, pk: int) -> Activity:
        """Bring an activity back that was taken out. Needs the scope logbook:write."""
        return cast("Activity", self._send("POST", f"/api/v1/activities/{pk}/restore").json())

    def write_feedback(
        self, pk: int, body: "FeedbackIn", *, if_match: str | None = None
    ) -> Activity:
        """Look back and ahead on an activity, where the programme has that. Needs the scope
        logbook:write.
        """
        return cast(
            "Activity",
            self._send(
                "PUT",
                f"/api/v1/activities/{pk}/feedback",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def list_reflections(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        model: int | None = None,
        activity: int | None = None,
    ) -> Iterator[Reflection]:
        """List the reflections of a placement, newest first. Needs the scope logbook:read."""
        return self._pages(
            "/api/v1/reflections",
            {"limit": limit, "placement": placement, "model": model, "activity": activity},
        )

    def write_reflection(self, body: "ReflectionIn") -> Reflection:
        """Write a reflection. Needs the scope logbook:write."""
        return cast(
            "Reflection", self._send("POST", "/api/v1/reflections", body=_once(body)).json()
        )

    def get_reflection(self, pk: int) -> Reflection:
        """Read one reflection. Needs the scope logbook:read."""
        return cast("Reflection", self._send("GET", f"/api/v1/reflections/{pk}").json())

    def change_reflection(self, pk: int, body: "ReflectionChange", *, if_match: str) -> Reflection:
        """Go on with a reflection; what is left out stays as it is. Needs the scope
        logbook:write.
        """
        return cast(
            "Reflection",
            self._send(
                "PATCH",
                f"/api/v1/reflections/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_reflection(self, pk: int, *, if_match: str | None = None) -> None:
        """Take a reflection away; it can be brought back for some weeks. Needs the scope
        logbook:write.
        """
        self._send("DELETE", f"/api/v1/reflections/{pk}", if_match=if_match)

    def restore_reflection(self, pk: int) -> Reflection:
        """Bring a reflection back that was taken away. Needs the scope logbook:write."""
        return cast("Reflection", self._send("POST", f"/api/v1/reflections/{pk}/restore").json())

    def list_evidence(
        self, *, limit: int | None = None, placement: int | None = None, activity: int | None = None
    ) -> Iterator[Evidence]:
        """List the evidence of a placement, newest first. Needs the scope logbook:read."""
        return self._pages(
            "/api/v1/evidence", {"limit": limit, "placement": placement, "activity": activity}
        )

    def add_evidence(self, body: "EvidenceIn") -> Evidence:
        """Keep a link or a text as evidence, of an activity or loose. Needs the scope
        logbook:write.
        """
        return cast("Evidence", self._send("POST", "/api/v1/evidence", body=_once(body)).json())

    def upload_evidence(
        self, file: File, placement: int | None = None, activity: int | None = None
    ) -> Evidence:
        """Keep a file as evidence, of an activity or loose. Needs the scope logbook:write."""
        return cast(
            "Evidence",
            self._send(
                "POST",
                "/api/v1/evidence/files",
                files=[("file", file)],
                fields={
                    "client_id": str(uuid.uuid4()),
                    **({"placement": str(placement)} if placement else {}),
                    **({"activity": str(activity)} if activity else {}),
                },
            ).json(),
        )

    def get_evidence(self, pk: int) -> Evidence:
        """Read what a piece of evidence is. Needs the scope logbook:read."""
        return cast("Evidence", self._send("GET", f"/api/v1/evidence/{pk}").json())

    def rename_evidence(self, pk: int, body: "EvidenceChange", *, if_match: str) -> Evidence:
        """Give a piece of evidence another name. Needs the scope logbook:write."""
        return cast(
            "Evidence",
            self._send(
                "PATCH",
                f"/api/v1/evidence/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_evidence(self, pk: int, *, if_match: str | None = None) -> None:
        """Take evidence away; it can be brought back for some weeks. Needs the scope
        logbook:write.
        """
        self._send("DELETE", f"/api/v1/evidence/{pk}", if_match=if_match)

    def get_evidence_file(self, pk: int) -> bytes:
        """Take the file of a piece of evidence. Needs the scope logbook:read."""
        return self._send("GET", f"/api/v1/evidence/{pk}/file").content

    def restore_evidence(self, pk: int) -> Evidence:
        """Bring evidence back that was taken away. Needs the scope logbook:write."""
        return cast("Evidence", self._send("POST", f"/api/v1/evidence/{pk}/restore").json())

    def list_goals(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        status: list[Literal["open", "reached", "dropped"]] | None = None,
    ) -> Iterator[Goal]:
        """List the learning goals of a placement. Needs the scope logbook:read."""
        return self._pages(
            "/api/v1/goals", {"limit": limit, "placement": placement, "status": status}
        )

    def add_goal(self, body: "GoalIn") -> Goal:
        """Add a learning goal. Needs the scope logbook:write."""
        return cast("Goal", self._send("POST", "/api/v1/goals", body=_once(body)).json())

    def get_goal(self, pk: int) -> Goal:
        """Read one learning goal. Needs the scope logbook:read."""
        return cast("Goal", self._send("GET", f"/api/v1/goals/{pk}").json())

    def change_goal(self, pk: int, body: "GoalChange", *, if_match: str) -> Goal:
        """Change a learning goal; how it read before is kept. Needs the scope logbook:write."""
        return cast(
            "Goal",
            self._send(
                "PATCH",
                f"/api/v1/goals/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_goal(self, pk: int, *, if_match: str | None = None) -> None:
        """Take a goal away; it can be brought back. Needs the scope logbook:write."""
        self._send("DELETE", f"/api/v1/goals/{pk}", if_match=if_match)

    def restore_goal(self, pk: int) -> Goal:
        """Bring a goal back that was taken away. Needs the scope logbook:write."""
        return cast("Goal", self._send("POST", f"/api/v1/goals/{pk}/restore").json())

    def list_saved(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        kind: list[Literal["activity", "reflection", "evidence", "tip", "chart"]] | None = None,
    ) -> Iterator[Saved]:
        """List what the student put aside, last saved first. Needs the scope logbook:read."""
        return self._pages("/api/v1/saved", {"limit": limit, "placement": placement, "kind": kind})

    def save(self, body: "SavedIn") -> Saved:
        """Put something aside; what is saved already is returned as it is. A tip or a chart is
        kept as it looks now; it needs insights:read too. Needs the scope logbook:write.
        """
        return cast(
            "Saved", self._send("POST", "/api/v1/saved", body=cast(Mapping[str, Any], body)).json()
        )

    def get_saved(self, pk: int) -> Saved:
        """Read one saved item. Needs the scope logbook:read."""
        return cast("Saved", self._send("GET", f"/api/v1/saved/{pk}").json())

    def change_saved(self, pk: int, body: "SavedChange", *, if_match: str) -> Saved:
        """Write the note with a saved item. Needs the scope logbook:write."""
        return cast(
            "Saved",
            self._send(
                "PATCH",
                f"/api/v1/saved/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def unsave(self, pk: int, *, if_match: str | None = None) -> None:
        """Take an item off the timeline, with its note; what it is about stays. Needs the
        scope logbook:write.
        """
        self._send("DELETE", f"/api/v1/saved/{pk}", if_match=if_match)

    def list_tips(self) -> Tips:
        """List the tips of now for the current placement; that they were shown is remembered.
        Needs the scope insights:read.
        """
        return cast("Tips", self._send("GET", "/api/v1/tips").json())

    def react_to_tip(self, pk: int, body: "Reaction") -> Tip:
        """Say whether a tip helps. Needs the scope insights:write."""
        return cast(
            "Tip",
            self._send(
                "PUT", f"/api/v1/tips/{pk}/reaction", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def list_insights(self, *, placement: int | None = None, period: str | None = None) -> Insights:
        """Read all charts that the programme offers. Needs the scope insights:read."""
        return cast(
            "Insights",
            self._send(
                "GET", "/api/v1/insights", query={"placement": placement, "period": period}
            ).json(),
        )

    def get_insight(
        self, key: str, *, placement: int | None = None, period: str | None = None
    ) -> Insights:
        """Read one chart. Needs the scope insights:read."""
        return cast(
            "Insights",
            self._send(
                "GET", f"/api/v1/insights/{key}", query={"placement": placement, "period": period}
            ).json(),
        )

    def get_vocabularies(self, *, placement: int | None = None) -> Vocabularies:
        """Read what the forms of a placement ask and offer. Needs the scope logbook:read."""
        return cast(
            "Vocabularies",
            self._send("GET", "/api/v1/vocabularies", query={"placement": placement}).json(),
        )

    def list_guidance_questions(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        role: Literal["student", "reader"] | None = None,
        state: Literal["draft", "open", "withdrawn", "closed"] | None = None,
    ) -> Iterator[QuestionSummary]:
        """List the questions that one can read: the own ones, and those that were shared with
        one. Needs the scope guidance:read.
        """
        return self._pages(
            "/api/v1/guidance-questions",
            {"limit": limit, "placement": placement, "role": role, "state": state},
        )

    def ask_guidance(self, body: "QuestionIn") -> Question:
        """Write a question; it is a draft, which nobody else sees, until it is shared. A goal
        and items of the logbook need logbook:read too, saved tips and charts insights:read.
        Needs the scope guidance:write.
        """
        return cast(
            "Question", self._send("POST", "/api/v1/guidance-questions", body=_once(body)).json()
        )

    def get_guidance_question(self, pk: int) -> Question:
        """Read one question with what was shared; its student sees the day on which it was
        read. Needs the scope guidance:read.
        """
        return cast("Question", self._send("GET", f"/api/v1/guidance-questions/{pk}").json())

    def change_guidance_question(
        self, pk: int, body: "QuestionChange", *, if_match: str
    ) -> Question:
        """Change a draft; what was shared is not changed any more. A goal and items need the
        same scopes as in a new question. Needs the scope guidance:write.
        """
        return cast(
            "Question",
            self._send(
                "PATCH",
                f"/api/v1/guidance-questions/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_guidance_question(self, pk: int, *, if_match: str | None = None) -> None:
        """Throw a draft away; what was shared can be withdrawn. Needs the scope
        guidance:write.
        """
        self._send("DELETE", f"/api/v1/guidance-questions/{pk}", if_match=if_match)

    def share_guidance_question(
        self, pk: int, body: "Sharing", *, if_match: str | None = None
    ) -> Question:
        """Open a draft, or what was withdrawn, to who was asked, with its items as they are
        now. Needs the scope guidance:write.
        """
        return cast(
            "Question",
            self._send(
                "POST",
                f"/api/v1/guidance-questions/{pk}/share",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def withdraw_guidance_question(self, pk: int) -> Question:
        """Close a question and its items to the addressee at once. Needs the scope
        guidance:write.
        """
        return cast(
            "Question", self._send("POST", f"/api/v1/guidance-questions/{pk}/withdraw").json()
        )

    def close_guidance_question(
        self, pk: int, body: "Closing", *, if_match: str | None = None
    ) -> Question:
        """Close a question in own words; making a goal needs logbook:write too. Needs the
        scope guidance:write.
        """
        return cast(
            "Question",
            self._send(
                "POST",
                f"/api/v1/guidance-questions/{pk}/close",
                body=_once(body),
                if_match=if_match,
            ).json(),
        )

    def reopen_guidance_question(self, pk: int) -> Question:
        """Go on with a closed question; its conclusion stays. Needs the scope guidance:write."""
        return cast(
            "Question", self._send("POST", f"/api/v1/guidance-questions/{pk}/reopen").json()
        )

    def agree_with_goal(self, pk: int, body: "Agreeing") -> Question:
        """Agree, as the teacher asked, with the learning goal of a question as it was shared.
        Needs the scope guidance:write.
        """
        return cast(
            "Question",
            self._send(
                "POST", f"/api/v1/guidance-questions/{pk}/agree", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def withdraw_item(self, pk: int) -> Question:
        """Close one shared item to the addressee at once; the question stays as it is. Needs
        the scope guidance:write.
        """
        return cast(
            "Question", self._send("POST", f"/api/v1/guidance-questions/items/{pk}/withdraw").json()
        )

    def share_item(self, pk: int) -> Question:
        """Share one item anew, as it is now; also one that was withdrawn. Needs the scope
        guidance:write.
        """
        return cast(
            "Question", self._send("POST", f"/api/v1/guidance-questions/items/{pk}/share").json()
        )

    def get_shared_file(self, pk: int) -> bytes:
        """Take the file of a shared item; its student sees the day on which it was opened.
        Needs the scope guidance:read.
        """
        return self._send("GET", f"/api/v1/guidance-questions/items/{pk}/file").content

    def list_messages(self, pk: int, *, limit: int | None = None) -> Iterator[Message]:
        """Read the conversation about a question, the oldest message first. It counts as read,
        as on the pages. Needs the scope guidance:read.
        """
        return self._pages(f"/api/v1/guidance-questions/{pk}/messages", {"limit": limit})

    def send_message(self, pk: int, body: "MessageIn") -> Message:
        """Send a message in the conversation about a question. Needs the scope guidance:write."""
        return cast(
            "Message",
            self._send(
                "POST", f"/api/v1/guidance-questions/{pk}/messages", body=_once(body)
            ).json(),
        )

    def send_message_with_files(self, pk: int, files: list[File], text: str) -> Message:
        """Send a message with one to three files. Needs the scope guidance:write."""
        return cast(
            "Message",
            self._send(
                "POST",
                f"/api/v1/guidance-questions/{pk}/messages/files",
                files=[("files", one) for one in files],
                fields={"client_id": str(uuid.uuid4()), "text": text},
            ).json(),
        )

    def change_message(
        self, pk: int, body: "MessageChange", *, if_match: str | None = None
    ) -> Message:
        """Change a message of one's own, in its first minutes. Needs the scope guidance:write."""
        return cast(
            "Message",
            self._send(
                "PATCH",
                f"/api/v1/guidance-questions/messages/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def get_attachment(self, pk: int) -> bytes:
        """Take a file that goes with a message. Needs the scope guidance:read."""
        return self._send("GET", f"/api/v1/guidance-questions/attachments/{pk}/file").content

    def list_talk_proposals(
        self,
        *,
        limit: int | None = None,
        question: int | None = None,
        waits_for_me: bool | None = None,
    ) -> Iterator[TalkProposal]:
        """List moments to talk that one proposed or was proposed, with what became of them.
        Needs the scope guidance:read.
        """
        return self._pages(
            "/api/v1/talk-proposals",
            {"limit": limit, "question": question, "waits_for_me": waits_for_me},
        )

    def propose_talk(self, pk: int, body: "TalkProposalIn") -> TalkProposal:
        """Propose moments to talk about a question, in place of what was still open. A planned
        meeting asks for no answer; where its moment is given, it stands in both calendars.
        Needs the scope guidance:write.
        """
        return cast(
            "TalkProposal",
            self._send(
                "POST", f"/api/v1/guidance-questions/{pk}/talk-proposals", body=_once(body)
            ).json(),
        )

    def get_talk_proposal(self, pk: int) -> TalkProposal:
        """Read one proposal; it is no news any more. Needs the scope guidance:read."""
        return cast("TalkProposal", self._send("GET", f"/api/v1/talk-proposals/{pk}").json())

    def pick_moment(self, pk: int) -> Talk:
        """Agree on one of the moments that the other proposed; sent again it gives the same
        talk. Needs the scope guidance:write.
        """
        return cast("Talk", self._send("POST", f"/api/v1/talk-proposals/moments/{pk}/pick").json())

    def refuse_moments(self, pk: int) -> TalkProposal:
        """Say that none of the moments that the other proposed fits. Needs the scope
        guidance:write.
        """
        return cast(
            "TalkProposal", self._send("POST", f"/api/v1/talk-proposals/{pk}/refuse").json()
        )

    def take_back_moments(self, pk: int) -> TalkProposal:
        """Take moments back that one proposed oneself and that nobody answered yet. Needs the
        scope guidance:write.
        """
        return cast(
            "TalkProposal", self._send("POST", f"/api/v1/talk-proposals/{pk}/take-back").json()
        )

    def list_talks(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        question: int | None = None,
        state: Literal["coming", "past", "cancelled"] | None = None,
    ) -> Iterator[Talk]:
        """List what one agreed on with a teacher, or with the students that one guides. Needs
        the scope guidance:read.
        """
        return self._pages(
            "/api/v1/talks",
            {"limit": limit, "placement": placement, "question": question, "state": state},
        )

    def get_talk(self, pk: int) -> Talk:
        """Read when and where a talk is; it is no news any more. Needs the scope
        guidance:read.
        """
        return cast("Talk", self._send("GET", f"/api/v1/talks/{pk}").json())

    def move_talk(self, pk: int, body: "TalkChange", *, if_match: str) -> Talk:
        """Let a talk begin at another moment to come, or be elsewhere. Needs the scope
        guidance:write.
        """
        return cast(
            "Talk",
            self._send(
                "PATCH",
                f"/api/v1/talks/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def cancel_talk(self, pk: int, *, if_match: str | None = None) -> Talk:
        """Let a talk not go on; it leaves the calendars of both. Needs the scope
        guidance:write.
        """
        return cast(
            "Talk", self._send("POST", f"/api/v1/talks/{pk}/cancel", if_match=if_match).json()
        )

    def get_talk_file(self, pk: int) -> bytes:
        """Take a talk as a file that any calendar program reads. Needs the scope
        guidance:read.
        """
        return self._send("GET", f"/api/v1/talks/{pk}/file").content

    def skip_report(self, pk: int) -> Talk:
        """Say, as its student, that a talk needs no report: the app invites to none any more.
        Needs the scope guidance:write.
        """
        return cast("Talk", self._send("POST", f"/api/v1/talks/{pk}/no-report").json())

    def list_reports(
        self, *, limit: int | None = None, question: int | None = None
    ) -> Iterator[ReportSummary]:
        """List the reports of talks: the own ones, and those that students shared. Needs the
        scope guidance:read.
        """
        return self._pages("/api/v1/reports", {"limit": limit, "question": question})

    def write_report(self, pk: int, body: "ReportIn") -> Report:
        """Write the report of a talk about a question that was not planned in the app. Needs
        the scope guidance:write.
        """
        return cast(
            "Report",
            self._send("POST", f"/api/v1/guidance-questions/{pk}/reports", body=_once(body)).json(),
        )

    def write_report_of_talk(self, pk: int, body: "ReportIn") -> Report:
        """Write the report of a talk; where there is one already, that is what comes back.
        Needs the scope guidance:write.
        """
        return cast(
            "Report", self._send("POST", f"/api/v1/talks/{pk}/report", body=_once(body)).json()
        )

    def get_report(self, pk: int) -> Report:
        """Read one report with its action points; it is no news any more. Needs the scope
        guidance:read.
        """
        return cast("Report", self._send("GET", f"/api/v1/reports/{pk}").json())

    def change_report(self, pk: int, body: "ReportChange", *, if_match: str) -> Report:
        """Change a report that nobody else reads now; one that is shared is withdrawn first.
        Needs the scope guidance:write.
        """
        return cast(
            "Report",
            self._send(
                "PATCH",
                f"/api/v1/reports/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_report(self, pk: int, *, if_match: str | None = None) -> None:
        """Throw a report away that was never shared, with its points. Needs the scope
        guidance:write.
        """
        self._send("DELETE", f"/api/v1/reports/{pk}", if_match=if_match)

    def share_report(self, pk: int, *, if_match: str | None = None) -> Report:
        """Open a report with its points to the teacher of its question. Who reads the question
        along sees the points then, and not the report. Needs the scope guidance:write.
        """
        return cast(
            "Report", self._send("POST", f"/api/v1/reports/{pk}/share", if_match=if_match).json()
        )

    def withdraw_report(self, pk: int) -> Report:
        """Close a report and its points to the teacher at once. Needs the scope
        guidance:write.
        """
        return cast("Report", self._send("POST", f"/api/v1/reports/{pk}/withdraw").json())

    def confirm_report(self, pk: int, body: "Confirming") -> Report:
        """Confirm, as the teacher, what the student wrote as it was read, or add something to
        it. Needs the scope guidance:write.
        """
        return cast(
            "Report",
            self._send(
                "POST", f"/api/v1/reports/{pk}/confirm", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def list_action_points(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        question: int | None = None,
        is_done: bool | None = None,
        is_mine: bool | None = None,
    ) -> Iterator[ActionPoint]:
        """List the own action points, and those of the questions that one reads. Needs the
        scope guidance:read.
        """
        return self._pages(
            "/api/v1/action-points",
            {
                "limit": limit,
                "placement": placement,
                "question": question,
                "is_done": is_done,
                "is_mine": is_mine,
            },
        )

    def add_action_point(self, body: "ActionPointIn") -> ActionPoint:
        """Add an action point: one's own, or of what was written in a conversation. Needs the
        scope guidance:write.
        """
        return cast(
            "ActionPoint", self._send("POST", "/api/v1/action-points", body=_once(body)).json()
        )

    def get_action_point(self, pk: int) -> ActionPoint:
        """Read one action point; it is no news any more. Needs the scope guidance:read."""
        return cast("ActionPoint", self._send("GET", f"/api/v1/action-points/{pk}").json())

    def change_action_point(
        self, pk: int, body: "ActionPointChange", *, if_match: str
    ) -> ActionPoint:
        """Change an action point, as its student. Needs the scope guidance:write."""
        return cast(
            "ActionPoint",
            self._send(
                "PATCH",
                f"/api/v1/action-points/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_action_point(self, pk: int, *, if_match: str | None = None) -> None:
        """Take an action point away, as its student. Needs the scope guidance:write."""
        self._send("DELETE", f"/api/v1/action-points/{pk}", if_match=if_match)

    def tick_action_point(self, pk: int, body: "Ticking") -> ActionPoint:
        """Tick off what one does, or take the tick away; its student everything. Needs the
        scope guidance:write.
        """
        return cast(
            "ActionPoint",
            self._send(
                "POST", f"/api/v1/action-points/{pk}/tick", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def make_goal_of_action_point(self, pk: int) -> ActionPoint:
        """Make a learning goal of what the student is going to do, once; needs logbook:write
        too. Needs the scope guidance:write.
        """
        return cast("ActionPoint", self._send("POST", f"/api/v1/action-points/{pk}/goal").json())

    def list_agreements(self, *, limit: int | None = None) -> Iterator[Agreement]:
        """List where one stands with one's teachers, and with the students that one guides.
        Needs the scope guidance:read.
        """
        return self._pages("/api/v1/agreements", {"limit": limit})

    def get_agreement(self, pk: int) -> Agreement:
        """Read where a student and a teacher stand. Needs the scope guidance:read."""
        return cast("Agreement", self._send("GET", f"/api/v1/agreements/{pk}").json())

    def propose_agreement(
        self, pk: int, body: "TermsIn", *, if_match: str | None = None
    ) -> Agreement:
        """Lay terms before the other, in place of a proposal that was not confirmed yet. Needs
        the scope guidance:write.
        """
        return cast(
            "Agreement",
            self._send(
                "POST",
                f"/api/v1/agreements/{pk}/propose",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def confirm_agreement(self, pk: int, body: "AgreeingWithTerms") -> Agreement:
        """Agree with what the other proposed, as it was read. Needs the scope guidance:write."""
        return cast(
            "Agreement",
            self._send(
                "POST", f"/api/v1/agreements/{pk}/confirm", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def take_back_agreement(self, pk: int) -> Agreement:
        """Take a proposal of one's own back that was not confirmed yet. Needs the scope
        guidance:write.
        """
        return cast("Agreement", self._send("POST", f"/api/v1/agreements/{pk}/take-back").json())

    def get_terms(self) -> OwnTerms:
        """Read, as a teacher, what one proposes to each new student. Needs the scope
        guidance:read.
        """
        return cast("OwnTerms", self._send("GET", "/api/v1/terms").json())

    def change_terms(self, body: "TermsChange", *, if_match: str) -> OwnTerms:
        """Change, as a teacher, what one proposes to each new student. Needs the scope
        guidance:write.
        """
        return cast(
            "OwnTerms",
            self._send(
                "PATCH", "/api/v1/terms", body=cast(Mapping[str, Any], body), if_match=if_match
            ).json(),
        )

    def propose_terms_to_all(self) -> ProposedToAll:
        """Propose one's terms, as a teacher, to all students with whom nothing was agreed.
        Needs the scope guidance:write.
        """
        return cast("ProposedToAll", self._send("POST", "/api/v1/terms/propose").json())

    def list_leaves(self, *, limit: int | None = None) -> Iterator[Leave]:
        """List the days on which one does not answer, as a teacher. Needs the scope
        guidance:read.
        """
        return self._pages("/api/v1/leaves", {"limit": limit})

    def add_leave(self, body: "LeaveIn") -> Leave:
        """Say, as a teacher, when one does not answer: one's students see until when. Needs
        the scope guidance:write.
        """
        return cast("Leave", self._send("POST", "/api/v1/leaves", body=_once(body)).json())

    def get_leave(self, pk: int) -> Leave:
        """Read days of one's own leave. Needs the scope guidance:read."""
        return cast("Leave", self._send("GET", f"/api/v1/leaves/{pk}").json())

    def delete_leave(self, pk: int, *, if_match: str | None = None) -> None:
        """Take days of one's own leave away. Needs the scope guidance:write."""
        self._send("DELETE", f"/api/v1/leaves/{pk}", if_match=if_match)

    def list_news(self, *, limit: int | None = None, is_seen: bool | None = None) -> Iterator[News]:
        """List what was news for who asks, the newest first; reading it here does not mark it
        seen. Needs the scope guidance:read.
        """
        return self._pages("/api/v1/news", {"limit": limit, "is_seen": is_seen})

    def mark_news_seen(self, body: "Seen") -> Unseen:
        """Take news as seen; what is no news of who asks is passed over. Says how much is
        left. Needs the scope guidance:write.
        """
        return cast(
            "Unseen",
            self._send("POST", "/api/v1/news/seen", body=cast(Mapping[str, Any], body)).json(),
        )

    def list_deadlines(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        first: str | None = None,
        last: str | None = None,
        is_done: bool | None = None,
    ) -> Iterator[Deadline]:
        """List the deadlines that a student set. Needs the scope calendar:read."""
        return self._pages(
            "/api/v1/deadlines",
            {
                "limit": limit,
                "placement": placement,
                "first": first,
                "last": last,
                "is_done": is_done,
            },
        )

    def add_deadline(self, body: "DeadlineIn") -> Deadline:
        """Set a deadline. Needs the scope calendar:write."""
        return cast("Deadline", self._send("POST", "/api/v1/deadlines", body=_once(body)).json())

    def list_programme_deadlines(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        first: str | None = None,
        last: str | None = None,
    ) -> Iterator[ProgrammeDeadline]:
        """List the deadlines that the programme set for the cohort of a placement. Needs the
        scope calendar:read.
        """
        return self._pages(
            "/api/v1/programme-deadlines",
            {"limit": limit, "placement": placement, "first": first, "last": last},
        )

    def get_deadline(self, pk: int) -> Deadline:
        """Read one deadline. Needs the scope calendar:read."""
        return cast("Deadline", self._send("GET", f"/api/v1/deadlines/{pk}").json())

    def change_deadline(self, pk: int, body: "DeadlineChange", *, if_match: str) -> Deadline:
        """Change a deadline, or tick it off. Needs the scope calendar:write."""
        return cast(
            "Deadline",
            self._send(
                "PATCH",
                f"/api/v1/deadlines/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_deadline(self, pk: int, *, if_match: str | None = None) -> None:
        """Take a deadline away. Needs the scope calendar:write."""
        self._send("DELETE", f"/api/v1/deadlines/{pk}", if_match=if_match)

    def list_appointments(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        first: str | None = None,
        last: str | None = None,
    ) -> Iterator[Appointment]:
        """List what a student noted; talks with a teacher are at talks. Needs the scope
        calendar:read.
        """
        return self._pages(
            "/api/v1/appointments",
            {"limit": limit, "placement": placement, "first": first, "last": last},
        )

    def add_appointment(self, body: "AppointmentIn") -> Appointment:
        """Note an appointment. Needs the scope calendar:write."""
        return cast(
            "Appointment", self._send("POST", "/api/v1/appointments", body=_once(body)).json()
        )

    def get_appointment(self, pk: int) -> Appointment:
        """Read one appointment. Needs the scope calendar:read."""
        return cast("Appointment", self._send("GET", f"/api/v1/appointments/{pk}").json())

    def change_appointment(
        self, pk: int, body: "AppointmentChange", *, if_match: str
    ) -> Appointment:
        """Change an appointment. Needs the scope calendar:write."""
        return cast(
            "Appointment",
            self._send(
                "PATCH",
                f"/api/v1/appointments/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_appointment(self, pk: int, *, if_match: str | None = None) -> None:
        """Take an appointment away. Needs the scope calendar:write."""
        self._send("DELETE", f"/api/v1/appointments/{pk}", if_match=if_match)

    def list_absences(
        self,
        *,
        limit: int | None = None,
        placement: int | None = None,
        first: str | None = None,
        last: str | None = None,
    ) -> Iterator[Absence]:
        """List the days on which a student was not at work; first and last give what touches.
        Needs the scope calendar:read.
        """
        return self._pages(
            "/api/v1/absences",
            {"limit": limit, "placement": placement, "first": first, "last": last},
        )

    def add_absence(self, body: "AbsenceIn") -> Absence:
        """Say that a student is not at work for some days: the placement stands still on them.
        Needs the scope calendar:write.
        """
        return cast("Absence", self._send("POST", "/api/v1/absences", body=_once(body)).json())

    def get_absence(self, pk: int) -> Absence:
        """Read one absence. Needs the scope calendar:read."""
        return cast("Absence", self._send("GET", f"/api/v1/absences/{pk}").json())

    def change_absence(self, pk: int, body: "AbsenceChange", *, if_match: str) -> Absence:
        """Change an absence. Needs the scope calendar:write."""
        return cast(
            "Absence",
            self._send(
                "PATCH",
                f"/api/v1/absences/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def delete_absence(self, pk: int, *, if_match: str | None = None) -> None:
        """Take an absence away. Needs the scope calendar:write."""
        self._send("DELETE", f"/api/v1/absences/{pk}", if_match=if_match)

    def get_calendar_feed(self) -> Feed:
        """Read whether there is a calendar feed, and what stands in it. Needs the scope
        calendar:read.
        """
        return cast("Feed", self._send("GET", "/api/v1/calendar-feed").json())

    def change_calendar_feed(self, body: "FeedChange", *, if_match: str) -> Feed:
        """Change what stands in the feed; activities need logbook:read too. Needs the scope
        calendar:write.
        """
        return cast(
            "Feed",
            self._send(
                "PATCH",
                "/api/v1/calendar-feed",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def revoke_calendar_feed(self) -> None:
        """Let the address of the feed show nothing any more. Needs the scope calendar:write."""
        self._send("DELETE", "/api/v1/calendar-feed")

    def list_students(
        self,
        *,
        limit: int | None = None,
        q: str | None = None,
        show: Any | None = None,
        cohort: int | None = None,
    ) -> Iterator[Student]:
        """List whom one guides, who asks for attention first, with the reason. Needs the scope
        students:read.
        """
        return self._pages(
            "/api/v1/students", {"limit": limit, "q": q, "show": show, "cohort": cohort}
        )

    def get_student(self, pk: int) -> StudentSeen:
        """Read one student by the key of the placement; their questions are at guidance-
        questions. Needs the scope students:read.
        """
        return cast("StudentSeen", self._send("GET", f"/api/v1/students/{pk}").json())

    def list_programmes(self, *, limit: int | None = None) -> Iterator[Programme]:
        """List the programmes that one administers. Needs the scope administration:read."""
        return self._pages("/api/v1/administration/programmes", {"limit": limit})

    def add_programme(self, body: "ProgrammeIn") -> Programme:
        """Add a programme to an institution that one runs. Needs the scope
        administration:write.
        """
        return cast(
            "Programme",
            self._send("POST", "/api/v1/administration/programmes", body=_once(body)).json(),
        )

    def get_programme(self, pk: int) -> Programme:
        """Read one programme. Needs the scope administration:read."""
        return cast(
            "Programme", self._send("GET", f"/api/v1/administration/programmes/{pk}").json()
        )

    def change_programme(self, pk: int, body: "ProgrammeChange", *, if_match: str) -> Programme:
        """Change what a programme is called and whether it is open. Needs the scope
        administration:write.
        """
        return cast(
            "Programme",
            self._send(
                "PATCH",
                f"/api/v1/administration/programmes/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def list_cohorts(self, *, limit: int | None = None) -> Iterator[Cohort]:
        """List the cohorts of the programmes that one administers. Needs the scope
        administration:read.
        """
        return self._pages("/api/v1/administration/cohorts", {"limit": limit})

    def add_cohort(self, body: "CohortIn") -> Cohort:
        """Give a programme a cohort. Needs the scope administration:write."""
        return cast(
            "Cohort", self._send("POST", "/api/v1/administration/cohorts", body=_once(body)).json()
        )

    def get_cohort(self, pk: int) -> Cohort:
        """Read one cohort. Needs the scope administration:read."""
        return cast("Cohort", self._send("GET", f"/api/v1/administration/cohorts/{pk}").json())

    def change_cohort(self, pk: int, body: "CohortChange", *, if_match: str) -> Cohort:
        """Change what a cohort is called, and what holds for its students. Needs the scope
        administration:write.
        """
        return cast(
            "Cohort",
            self._send(
                "PATCH",
                f"/api/v1/administration/cohorts/{pk}",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def list_people(
        self,
        *,
        limit: int | None = None,
        q: str | None = None,
        role: Literal["student", "teacher", "administrator", "institution"] | None = None,
        state: Literal["off", "never"] | None = None,
        programme: int | None = None,
    ) -> Iterator[Person]:
        """List who has a place in what one administers, by name. Needs the scope
        administration:read.
        """
        return self._pages(
            "/api/v1/administration/people",
            {"limit": limit, "q": q, "role": role, "state": state, "programme": programme},
        )

    def invite_person(self, body: "Invitation") -> Person:
        """Invite somebody by their address, and give them a role; they get a mail that says
        so. Needs the scope administration:write.
        """
        return cast(
            "Person",
            self._send(
                "POST", "/api/v1/administration/people", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def get_person(self, pk: int) -> Person:
        """Read who somebody is, and their roles. Needs the scope administration:read."""
        return cast("Person", self._send("GET", f"/api/v1/administration/people/{pk}").json())

    def give_role(self, pk: int, body: "RoleIn", *, if_match: str | None = None) -> Person:
        """Give somebody a role in a programme; they are told by mail. Once is enough. Needs
        the scope administration:write.
        """
        return cast(
            "Person",
            self._send(
                "POST",
                f"/api/v1/administration/people/{pk}/roles",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def take_role(
        self, pk: int, programme: int, role: Literal["student", "teacher", "administrator"]
    ) -> None:
        """Take a role away; what somebody recorded or shared in it stays. Needs the scope
        administration:write.
        """
        self._send("DELETE", f"/api/v1/administration/people/{pk}/roles/{programme}/{role}")

    def switch_account(self, pk: int, body: "Switch", *, if_match: str | None = None) -> Person:
        """Switch an account off, or on again, of somebody all of whose roles one administers.
        Needs the scope administration:write.
        """
        return cast(
            "Person",
            self._send(
                "PUT",
                f"/api/v1/administration/people/{pk}/account",
                body=cast(Mapping[str, Any], body),
                if_match=if_match,
            ).json(),
        )

    def list_placements_administered(
        self, *, limit: int | None = None, cohort: int | None = None, is_current: bool | None = None
    ) -> Iterator[PlacementLinks]:
        """List the placements of one's programmes: names and dates only, and who guides each.
        Needs the scope administration:read.
        """
        return self._pages(
            "/api/v1/administration/placements",
            {"limit": limit, "cohort": cohort, "is_current": is_current},
        )

    def get_placement_administered(self, pk: int) -> PlacementLinks:
        """Read who guides a placement. Needs the scope administration:read."""
        return cast(
            "PlacementLinks", self._send("GET", f"/api/v1/administration/placements/{pk}").json()
        )

    def link_teacher(self, body: "LinkIn") -> PlacementLinks:
        """Give a placement without a teacher one; students and teachers are told. Needs the
        scope administration:write.
        """
        return cast(
            "PlacementLinks",
            self._send(
                "POST", "/api/v1/administration/links", body=cast(Mapping[str, Any], body)
            ).json(),
        )

    def end_link(self, pk: int) -> None:
        """Let a teacher guide a placement no longer; they and the student are told. Needs the
        scope administration:write.
        """
        self._send("DELETE", f"/api/v1/administration/links/{pk}")

    def replace_teacher(self, pk: int, body: "Replacement") -> PlacementLinks:
        """Let another teacher guide a placement in the place of one. Needs the scope
        administration:write.
        """
        return cast(
            "PlacementLinks",
            self._send(
                "POST",
                f"/api/v1/administration/links/{pk}/replace",
                body=cast(Mapping[str, Any], body),
            ).json(),
        )


def _once(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with a `client_id`, so that it can be sent again."""
    return {"client_id": str(uuid.uuid4()), **body}


def _whole(file: File) -> File:
    """Return a file with all that is in it: an attempt would leave the next one nothing to read."""
    name, content, kind = file
    return name, content if isinstance(content, bytes) else content.read(), kind


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return list(value) if isinstance(value, list | tuple) else value


def _told(answer: requests.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {"title": answer.reason}
    return told if isinstance(told, dict) else {"title": answer.reason}

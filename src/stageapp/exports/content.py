"""What goes into a document: a student's own logbook, in the student's language."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stageapp.core.days import day_name
from stageapp.core.durations import duration_text
from stageapp.exports.documents import (
    Block,
    Document,
    Fact,
    Facts,
    Heading,
    Paragraph,
    Sheet,
    Table,
)
from stageapp.logbook.models import Activity, ActivityFeedback, Reflection
from stageapp.logbook.queries import JOINED, SHOWN
from stageapp.logbook.snapshots import PART_VALUES
from stageapp.placements.models import Placement
from stageapp.placements.queries import teachers_of
from stageapp.planning import rules
from stageapp.programmes.models import FormPart, Part

MINUTES_AN_HOUR = 60
#: Rows are fetched in portions, so that a long logbook does not stay in memory as objects.
PORTION = 500
#: Parts that have several names; each stands on a line of its own in a sheet.
SEVERAL = {Part.PEOPLE: "people", Part.SOURCES: "sources", Part.COMPETENCES: "competences"}


def full(activities: QuerySet[Activity]) -> Iterator[Activity]:
    """Go through activities, the earliest first, with all that a document tells of them."""
    rows = activities.order_by("date", "id").select_related(*JOINED, "feedback")
    return rows.prefetch_related(*SHOWN, "evidence").iterator(chunk_size=PORTION)


def logbook_document(
    placement: Placement, activities: QuerySet[Activity], *, language: str
) -> Document:
    """Return activities by week and day, with the totals of each."""
    parts = _told_parts(placement)
    blocks: list[Block] = [Facts(placement_facts(placement))]
    rows = [
        (activity.date, activity.minutes or 0, _row(activity, parts))
        for activity in full(activities)
    ]
    blocks.append(Paragraph(_total(len(rows), sum(minutes for _day, minutes, _cells in rows))))
    for monday, week in groupby(rows, key=lambda row: rules.monday_of(row[0])):
        blocks.append(Heading(week_name(monday), 1))
        for day, of_day in groupby(week, key=lambda row: row[0]):
            blocks += _day_blocks(day, list(of_day))
    return document_of(_("Logbook"), placement, blocks, language)


def logbook_sheet(placement: Placement, activities: QuerySet[Activity]) -> Sheet:
    """Return activities as rows, one column for each part, that can be brought in again."""
    parts = [part for part in placement.cohort.shown_parts if part.part in COLUMNS]
    return Sheet(
        _("Logbook"),
        [part.label for part in parts],
        [[COLUMNS[Part(part.part)](activity) for part in parts] for activity in full(activities)],
    )


def reflections_document(
    placement: Placement, reflections: QuerySet[Reflection], *, language: str
) -> Document:
    """Return reflections, the earliest first: each with its model, its activity and answers."""
    blocks: list[Block] = [Facts(placement_facts(placement))]
    rows = reflections.order_by("date", "id").select_related("model", "activity")
    for reflection in rows.prefetch_related("answers__field"):
        blocks += _reflection_blocks(reflection)
    return document_of(_("Reflections"), placement, blocks, language)


def feedback_facts(feedback: ActivityFeedback) -> list[Fact]:
    """Return what the student wrote about the work: back and ahead, empty lines left out."""
    satisfied = {True: _("yes"), False: _("no"), None: ""}[feedback.is_satisfied]
    facts = [
        Fact(_("What made it difficult"), feedback.get_hard_because_display()),
        Fact(_("More about it"), feedback.what_made_it_hard),
        Fact(_("Help"), feedback.get_help_received_display()),
        Fact(_("Satisfied with the progress"), satisfied),
        Fact(_("Own initiative"), feedback.own_initiative),
        Fact(_("Next step"), feedback.next_step),
        Fact(_("Whom to ask"), feedback.whom_to_ask),
        Fact(_("Needed from the workplace"), feedback.support_workplace),
        Fact(_("Needed from the programme"), feedback.support_programme),
    ]
    return [fact for fact in facts if fact.text]


def document_of(
    title: str, placement: Placement, blocks: Sequence[Block], language: str
) -> Document:
    """Return a document about a placement, with its student in the title."""
    student = placement.student.name
    return Document(
        title=_("%(title)s of %(name)s") % {"title": title, "name": student},
        language=language,
        author=student,
        blocks=blocks,
        subject=str(placement.workplace),
        page=_("page"),
    )


def placement_facts(placement: Placement) -> list[Fact]:
    """Return who learns where, when and with whom, as it stands above a document."""
    workplace = placement.workplace
    town = " ".join(filter(None, (workplace.postal_code, workplace.town)))
    address = ", ".join(filter(None, (workplace.street, town)))
    facts = [
        Fact(_("Student"), placement.student.name),
        Fact(_("Student number"), placement.student.student_number),
        Fact(_("Programme"), str(placement.cohort)),
        Fact(_("Workplace"), workplace.name),
        Fact(_("Address"), address),
        Fact(_("Workplace supervisor"), placement.supervisor_name),
        Fact(_("Placement teacher"), ", ".join(one.name for one in teachers_of(placement))),
        Fact(_("Placement"), span(placement.starts_on, placement.ends_on)),
    ]
    return [fact for fact in facts if fact.text]


def _told_parts(placement: Placement) -> list[FormPart]:
    """Return the parts that stand in the second column, below each other."""
    own_column = (Part.DATE, Part.DESCRIPTION, Part.DURATION)
    return [
        part
        for part in placement.cohort.shown_parts
        if part.part in PART_VALUES and part.part not in own_column
    ]


def _row(activity: Activity, parts: Sequence[FormPart]) -> list[list[Fact]]:
    facts = [Fact(part.label, PART_VALUES[Part(part.part)](activity)) for part in parts]
    feedback = getattr(activity, "feedback", None)
    evidence = ", ".join(one.name for one in activity.evidence.all() if one.deleted_at is None)
    told = [fact for fact in [*facts, Fact(_("Evidence"), evidence)] if fact.text]
    if feedback:
        told += feedback_facts(feedback)
    minutes = duration_text(activity.minutes) if activity.minutes else ""
    return [[Fact("", activity.description)], told, [Fact("", minutes)]]


def _day_blocks(day: date, rows: list[tuple[date, int, list[list[Fact]]]]) -> list[Block]:
    total = sum(minutes for _day, minutes, _cells in rows)
    name = day_name(day).capitalize()
    heading = f"{name} ({duration_text(total)})" if total else name
    return [
        Heading(heading, 2),
        Table(
            [_("Activity"), _("Details"), _("Duration")],
            [cells for _day, _minutes, cells in rows],
            [48, 38, 14],
            summary=name,
        ),
    ]


def _total(count: int, minutes: int) -> str:
    activities = ngettext("%(n)d activity", "%(n)d activities", count) % {"n": count}
    return f"{activities}, {duration_text(minutes)}" if minutes else activities


def week_name(monday: date) -> str:
    """Name an ISO week, with its days."""
    sunday = monday + timedelta(days=6)
    return _("Week %(number)d, %(span)s") % {
        "number": monday.isocalendar().week,
        "span": span(monday, sunday),
    }


def span(first: date, last: date) -> str:
    """Write a period."""
    return f"{date_format(first, 'j F Y')} – {date_format(last, 'j F Y')}"


def _reflection_blocks(reflection: Reflection) -> list[Block]:
    title = reflection.title or reflection.model.name
    blocks: list[Block] = [Heading(f"{date_format(reflection.date, 'j F Y')} – {title}", 1)]
    facts = [Fact(_("Model"), reflection.model.name)]
    if reflection.activity:
        facts.append(Fact(_("On the activity"), reflection.activity.description))
    blocks.append(Facts(facts))
    for answer in reflection.answers.all():
        if answer.text:
            blocks += [Heading(answer.field.label, 2), Paragraph(answer.text)]
    return blocks


# Sheets ------------------------------------------------------------------------------------------


def _names(activity: Activity, part: Part) -> str:
    """Write names on lines of their own; a line end marks a name that a semicolon would split."""
    names = [str(row) for row in getattr(activity, SEVERAL[part]).all()]
    written = "\n".join(names)
    return f"{written}\n" if len(names) == 1 and ";" in written else written


#: What stands in a cell for each part.
COLUMNS: dict[Part, Callable[[Activity], object]] = {
    Part.DATE: lambda activity: activity.date,
    Part.DESCRIPTION: lambda activity: activity.description,
    Part.DURATION: lambda activity: (
        (activity.minutes or 0) / MINUTES_AN_HOUR if activity.minutes else ""
    ),
    Part.MOMENT: lambda activity: str(activity.moment or ""),
    Part.CATEGORY: lambda activity: str(activity.category or ""),
    Part.PEOPLE: lambda activity: _names(activity, Part.PEOPLE),
    Part.SOURCES: lambda activity: _names(activity, Part.SOURCES),
    Part.STATUS: lambda activity: activity.get_status_display(),
    Part.DIFFICULTY: lambda activity: str(activity.difficulty or ""),
    Part.CHAIN: lambda activity: str(activity.chain or ""),
    Part.GOAL: lambda activity: str(activity.goal or ""),
    Part.COMPETENCES: lambda activity: _names(activity, Part.COMPETENCES),
    Part.LEARNED: lambda activity: activity.learned,
    Part.NEXT_STEPS: lambda activity: activity.next_steps,
    Part.SUPPORT_WORKPLACE: lambda activity: activity.support_workplace,
    Part.SUPPORT_PROGRAMME: lambda activity: activity.support_programme,
}

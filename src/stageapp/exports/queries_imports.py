"""What a sheet would bring in: every line checked by the rules of the form, nothing written."""

import uuid
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from functools import cache

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH
from stageapp.exports import rules
from stageapp.exports.models import MOST_SIGNS_TOLD, SheetImport
from stageapp.logbook.models import Activity
from stageapp.logbook.rules import MINUTES_A_DAY, fits_in_day
from stageapp.placements.models import LearningGoal, Placement
from stageapp.placements.queries import goals_of
from stageapp.programmes.models import (
    Competence,
    FormPart,
    Part,
    VocabularyEntry,
    VocabularyKind,
)
from stageapp.programmes.queries import competences_of, vocabulary_of

TEXTS = (
    Part.DESCRIPTION,
    Part.LEARNED,
    Part.NEXT_STEPS,
    Part.SUPPORT_WORKPLACE,
    Part.SUPPORT_PROGRAMME,
)
#: Parts with one name, and the list it comes from.
ONE = {
    Part.MOMENT: VocabularyKind.MOMENT,
    Part.CATEGORY: VocabularyKind.CATEGORY,
    Part.DIFFICULTY: VocabularyKind.DIFFICULTY,
}
SEVERAL = {Part.PEOPLE: VocabularyKind.PERSON, Part.SOURCES: VocabularyKind.SOURCE}
#: What columns are called elsewhere, beside the label that the programme gave the part.
SYNONYMS: dict[Part, tuple[str, ...]] = {
    Part.DATE: ("datum", "date", "dag", "day"),
    Part.DESCRIPTION: ("omschrijving", "description", "beschrijving", "activiteit", "activity",
                       "werkzaamheden", "wat", "situatie", "situation", "work"),
    Part.DURATION: ("uren", "hours", "duur", "duration", "tijd", "time"),
    Part.MOMENT: ("moment", "dienst", "shift", "lesuur"),
    Part.CATEGORY: ("categorie", "category", "soort", "kind"),
    Part.PEOPLE: ("met wie", "with whom", "persoon", "person", "personen", "people", "met",
                  "werken/leren met", "hulpbron"),
    Part.SOURCES: ("bron", "bronnen", "source", "sources", "theorie", "theory"),
    Part.STATUS: ("status",),
    Part.DIFFICULTY: ("moeilijkheid", "difficulty", "moeilijkheidsgraad"),
    Part.CHAIN: ("keten", "chain"),
    Part.GOAL: ("leerdoel", "leervraag", "learning goal", "goal"),
    Part.COMPETENCES: ("competenties", "competences", "competentie", "competence"),
    Part.LEARNED: ("geleerd", "learned", "wat heb ik geleerd"),
    Part.NEXT_STEPS: ("vervolg", "next steps", "wat nu"),
}  # fmt: skip
#: The columns of the first version of the app, which wrote no names above them.
OLD_ORDER = (
    Part.DATE,
    Part.DESCRIPTION,
    Part.DURATION,
    Part.CATEGORY,
    Part.PEOPLE,
    Part.STATUS,
    Part.DIFFICULTY,
)
#: What a status is called elsewhere, beside what the app calls it itself.
STATUSES = {
    Activity.Status.FINISHED: ("afgerond", "klaar", "done"),
    Activity.Status.BUSY: ("mee bezig", "bezig", "in progress"),
    Activity.Status.TRANSFERRED: ("overgedragen",),
}
#: Without these no line becomes an activity.
NEEDED = (Part.DATE, Part.DESCRIPTION)
LINES_SHOWN = 15
#: Faulty lines that can be left out one by one; more than these only all together.
MOST_FAULTY_SHOWN = 50
#: Names in one cell.
MOST_NAMES = 20


class Need(Enum):
    """How much a sheet has to tell of a part.

    Without a date and a description no line becomes an activity: the sheet must have these
    columns, and every line must fill them. What else the form of the cohort requires is asked for,
    and missed in words, column by column and line by line; it may be filled in later, in each
    activity. So no sheet is locked out that was kept elsewhere, or before the programme asked for
    more: not that of the first version of the app, and not what this one wrote itself. A cell that
    is filled but says nothing that the form would take is always a problem of its line.
    """

    MUST = auto()
    ASKED = auto()
    FREE = auto()


@dataclass
class Line:
    """One line of a sheet as it would become an activity."""

    number: int
    activity: Activity
    #: Part -> names as they stand in the sheet.
    names: dict[Part, list[str]] = field(default_factory=dict)
    #: The date as it stands in the sheet, where it is none.
    written_date: str = ""
    problems: list[str] = field(default_factory=list)
    is_known: bool = False


@dataclass
class Plan:
    """All lines of a sheet, and what would be made for them."""

    lines: list[Line]
    problems: list[str]
    #: Names that are in no list yet, by the words for the list.
    new_names: dict[str, list[str]]
    #: What the programme asks for and the sheet does not tell.
    missed: list[str] = field(default_factory=list)

    @property
    def faulty(self) -> list[Line]:
        """The lines that have something wrong."""
        return [line for line in self.lines if line.problems]

    @property
    def new(self) -> list[Line]:
        """The lines that would become activities."""
        return [line for line in self.lines if not line.problems and not line.is_known]

    @property
    def known(self) -> int:
        """How many lines are in the logbook already."""
        return sum(line.is_known for line in self.lines)

    @property
    def shown(self) -> list[Line]:
        """The first lines, to look at."""
        return self.lines[:LINES_SHOWN]

    @property
    def faulty_shown(self) -> list[Line]:
        """The first lines that have something wrong."""
        return self.faulty[:MOST_FAULTY_SHOWN]

    @property
    def has_more_faulty(self) -> bool:
        """Whether more lines have something wrong than those that are shown."""
        return len(self.faulty) > MOST_FAULTY_SHOWN

    @property
    def is_applicable(self) -> bool:
        """Whether something can go in, once the faulty lines are left out."""
        return not self.problems and bool(self.new)


class Lists:
    """Everything that names in a sheet can mean, fetched once."""

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self.entries: dict[str, dict[str, VocabularyEntry]] = {kind: {} for kind in VocabularyKind}
        # Own entries come last: a name that the cohort has too means the cohort's.
        for entry in vocabulary_of(placement.cohort, placement.student).order_by("-owner"):
            for name in (entry.name_nl, entry.name_en):
                self.entries[entry.kind][name.casefold()] = entry
        self.competences: dict[str, Competence] = {}
        for row in competences_of(placement.cohort):
            names = (row.key, row.code, row.name_nl, row.name_en)
            for name in (*names, f"{row.code} {row.name_nl}", f"{row.code} {row.name_en}"):
                self.competences[name.strip().casefold()] = row
        self.goals: dict[str, LearningGoal] = {
            goal.title.casefold(): goal for goal in reversed(goals_of(placement))
        }
        self.chains = {
            chain.name.casefold(): chain for chain in placement.chains.filter(finished_at=None)
        }

    def known_names(self, part: Part) -> Container[str]:
        """Return the names that a part can have, folded."""
        if part in SEVERAL:
            return self.entries[SEVERAL[part]]
        return self.competences


def plan_of(sheet: SheetImport) -> Plan:
    """Return what a sheet would bring in, in a fixed number of queries."""
    placement = sheet.placement
    lists = Lists(placement)
    parts = {Part(part.part): part for part in placement.cohort.shown_parts}
    columns = {Part(part): column for part, column in sheet.columns.items()}
    problems = [
        column_problem(part)
        for part in parts.values()
        if need_of(part) is Need.MUST and part.part not in columns
    ]
    if problems:
        return Plan([], problems, {})
    lines = [
        _line(sheet, lists, parts, columns, number, cells)
        for number, cells in enumerate(sheet.rows[1:], sheet.first_line + 1)
        if any(cell.strip() for cell in cells)
    ]
    _mark_known(placement, lines)
    _check_days(placement, lines)
    plan = Plan(lines, [], _new_names(lists, parts, lines))
    plan.missed = _missed(parts, columns, plan.new)
    return plan


def need_of(part: FormPart) -> Need:
    """Return how much a sheet has to tell of a part of the form."""
    if part.part in NEEDED:
        return Need.MUST
    # The form offers to write a reflection, and never insists.
    if part.is_required and part.part != Part.REFLECTION:
        return Need.ASKED
    return Need.FREE


def column_problem(part: FormPart) -> str:
    """Return what is wrong when no column is chosen for a part that a sheet must have."""
    return _("Choose the column with: %(part)s.") % {"part": part.label}


def guess_columns(header: list[str], parts: Iterable[FormPart]) -> dict[str, int]:
    """Return which column is which part, by its name; each column once."""
    columns: dict[str, int] = {}
    names = [cell.casefold().strip(" :?*\n") for cell in header]
    for part in parts:
        for name in known_as(part):
            if name in names and names.index(name) not in columns.values():
                columns[part.part] = names.index(name)
                break
    return columns


def known_as(part: FormPart) -> list[str]:
    """Return what a column with this part can be called."""
    labels = [part.label_nl, part.label_en, str(Part(part.part).label)]
    written = [label.casefold().strip(" :?*") for label in labels if label]
    return [*written, *SYNONYMS.get(Part(part.part), ())]


def _line(
    sheet: SheetImport,
    lists: Lists,
    parts: dict[Part, FormPart],
    columns: dict[Part, int],
    number: int,
    cells: list[str],
) -> Line:
    placement = sheet.placement
    activity = Activity(
        placement=placement,
        # The same line of the same sheet is the same activity, however often it is sent.
        client_id=uuid.uuid5(uuid.NAMESPACE_OID, f"sheet-{sheet.pk}-{number}"),
    )
    line = Line(number, activity)
    written = {
        part: cells[column] if column < len(cells) else ""
        for part, column in columns.items()
        if part in parts
    }
    for part in TEXTS:
        if part in written:
            _put_text(line, part, written[part])
    _put_date(line, written[Part.DATE], sheet.date_order)
    if written.get(Part.DURATION, "").strip():
        _put_minutes(line, written[Part.DURATION])
    if written.get(Part.STATUS, "").strip():
        _put_status(line, written[Part.STATUS])
    for part in (*ONE, Part.GOAL, Part.CHAIN):
        if written.get(part, "").strip():
            line.names[part] = [written[part].strip().replace("\n", " ")]
    for part in (*SEVERAL, Part.COMPETENCES):
        if written.get(part, "").strip():
            line.names[part] = rules.names_in(written[part], lists.known_names(part))
    if Part.SOURCES not in columns:
        _move_old_sources(line, parts)
    _check_names(line, lists)
    return line


def _put_text(line: Line, part: Part, text: str) -> None:
    text = text.strip()
    if len(text) > TEXT_LENGTH:
        line.problems.append(
            _("A text is longer than %(most)d characters.") % {"most": TEXT_LENGTH}
        )
    if part == Part.DESCRIPTION and not text:
        line.problems.append(_("There is no description."))
    setattr(line.activity, part, text)


def day_problem(placement: Placement, day: date) -> str:
    """Return why nothing can be logged on a day, by the rules of the form; empty when it can."""
    if not placement.covers(day):
        return _("%(day)s is not in your placement.") % {"day": date_format(day)}
    if day > placement.today():
        return _("%(day)s is still to come.") % {"day": date_format(day)}
    return ""


def _put_date(line: Line, text: str, order: str) -> None:
    day = rules.day_of(text, order)
    placement = line.activity.placement
    if not text.strip():
        line.problems.append(_("There is no date."))
    elif day is None:
        line.written_date = text[:40]
        line.problems.append(_("“%(text)s” is no date.") % {"text": text[:40]})
    elif problem := day_problem(placement, day):
        line.problems.append(problem)
    line.activity.date = day or placement.starts_on


def _put_minutes(line: Line, text: str) -> None:
    minutes = rules.minutes_of(text)
    if minutes is None or not 0 < minutes <= MINUTES_A_DAY:
        line.problems.append(_("“%(text)s” is no duration.") % {"text": text[:40]})
    else:
        line.activity.minutes = minutes


def _put_status(line: Line, text: str) -> None:
    status = _status_names().get(text.strip().casefold())
    if status is None:
        line.problems.append(_("“%(text)s” is no status.") % {"text": text[:40]})
    else:
        line.activity.status = status


@cache
def _status_names() -> dict[str, Activity.Status]:
    """Return what a status is called, here in every language and elsewhere."""
    names = {name: status for status, others in STATUSES.items() for name in (*others, status)}
    for language, _name in settings.LANGUAGES:
        with override(language):
            names |= {str(status.label).casefold(): status for status in Activity.Status}
    return names


def _move_old_sources(line: Line, parts: dict[Part, FormPart]) -> None:
    """Part what the first version of the app kept in one column: people and sources."""
    people = line.names.get(Part.PEOPLE, [])
    sources = [name for name in people if rules.is_old_source(name)]
    if sources and Part.SOURCES in parts:
        line.names[Part.SOURCES] = sources
        people = [name for name in people if name not in sources]
    if people:
        line.names[Part.PEOPLE] = [rules.without_person(name) for name in people]
    else:
        line.names.pop(Part.PEOPLE, None)


def _check_names(line: Line, lists: Lists) -> None:
    for names in line.names.values():
        if len(names) > MOST_NAMES:
            line.problems.append(
                _("There are more than %(most)d names in one cell.") % {"most": MOST_NAMES}
            )
        if any(len(name) > NAME_LENGTH for name in names):
            line.problems.append(
                _("A name is longer than %(most)d characters.") % {"most": NAME_LENGTH}
            )
    for part, known in (
        (Part.DIFFICULTY, lists.entries[VocabularyKind.DIFFICULTY]),
        (Part.COMPETENCES, lists.competences),
    ):
        for name in line.names.get(part, []):
            if name.casefold() not in known:
                line.problems.append(
                    _("“%(text)s” is not in the list of your programme.") % {"text": name[:40]}
                )


def _mark_known(placement: Placement, lines: list[Line]) -> None:
    """Leave out what the logbook has already: the same day, text and duration."""
    have = set(
        placement.activities.filter(deleted_at=None).values_list("date", "description", "minutes")
    )
    for line in lines:
        own = line.activity
        line.is_known = not line.problems and (own.date, own.description, own.minutes) in have


def _check_days(placement: Placement, lines: list[Line]) -> None:
    """Refuse the lines that bring a day over 24 hours, with what is there.

    A refused line does not count: whatever is left out, nothing changes for the other lines.
    """
    totals: Counter[date] = Counter()
    rows = placement.activities.filter(deleted_at=None, minutes__isnull=False)
    for day, minutes in rows.values_list("date", "minutes"):
        totals[day] += minutes or 0
    for line in lines:
        if line.is_known or line.problems:
            continue
        day, minutes = line.activity.date, line.activity.minutes or 0
        if fits_in_day(minutes, totals[day]):
            totals[day] += minutes
        else:
            line.problems.append(_("With this line the day has more than 24 hours."))


def _missed(parts: dict[Part, FormPart], columns: Container[Part], lines: list[Line]) -> list[str]:
    """Say what the programme asks for and these lines do not tell; nothing hinders them."""
    asked = [part for part in parts.values() if need_of(part) is Need.ASKED]
    absent = [f"“{part.label}”" for part in asked if part.part not in columns]
    missed = []
    if absent:
        text = _(
            "Your programme also asks for %(parts)s. Your sheet has no such column; you can fill "
            "this in later, in each activity."
        )
        missed.append(text % {"parts": ", ".join(absent)})
    for part in (part for part in asked if part.part in columns):
        empty = [line.number for line in lines if _is_empty(line, Part(part.part))]
        if not empty:
            continue
        text = ngettext(
            "“%(part)s” is empty in line %(lines)s. Your programme asks for it; you can fill it "
            "in later, in the activity.",
            "“%(part)s” is empty in lines %(lines)s. Your programme asks for it; you can fill it "
            "in later, in each activity.",
            len(empty),
        )
        lines_told = Truncator(rules.spans(empty)).chars(MOST_SIGNS_TOLD)
        missed.append(text % {"part": part.label, "lines": lines_told})
    return missed


def _is_empty(line: Line, part: Part) -> bool:
    if part == Part.DURATION:
        return line.activity.minutes is None
    if part == Part.STATUS or part in TEXTS:
        return not getattr(line.activity, part)
    return not line.names.get(part)


def _new_names(
    lists: Lists, parts: dict[Part, FormPart], lines: list[Line]
) -> dict[str, list[str]]:
    found: dict[str, dict[str, str]] = {}
    known: dict[Part, Container[str]] = {
        **{part: lists.entries[kind] for part, kind in (ONE | SEVERAL).items()},
        Part.GOAL: lists.goals,
        Part.CHAIN: lists.chains,
        Part.COMPETENCES: lists.competences,
    }
    for line in lines:
        if line.problems or line.is_known:
            continue
        for part, names in line.names.items():
            new = found.setdefault(parts[part].label, {})
            for name in names:
                if name.casefold() not in known[part]:
                    new.setdefault(name.casefold(), name)
    return {label: list(names.values()) for label, names in found.items() if names}

"""What happens to sheets and archives that come in: all of it goes in, or nothing."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.core.fields import NAME_LENGTH
from stageapp.exports import rules
from stageapp.exports.models import SheetImport
from stageapp.exports.queries_imports import (
    OLD_ORDER,
    ONE,
    SEVERAL,
    Line,
    Lists,
    Plan,
    guess_columns,
    known_as,
    plan_of,
)
from stageapp.exports.sheets import MOST_BYTES, UnreadableSheet, read_sheet
from stageapp.logbook.actions import own_entry
from stageapp.logbook.models import Activity, Chain
from stageapp.logbook.search import search_text_of
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Part, VocabularyEntry

#: Sheets of one placement that wait to be brought in.
MOST_SHEETS = 20


@dataclass(frozen=True)
class LeftOut:
    """The lines that a student does not want: these, or all that have something wrong."""

    lines: frozenset[int] = frozenset()
    #: How many had something wrong when the student looked, and chose to leave out all.
    all_of: int | None = None


def keep_sheet(placement: Placement, file: BinaryIO, name: str, *, at: datetime) -> SheetImport:
    """Read a sheet and keep it with a guess at its columns; nothing goes in the logbook yet.

    Raises ValidationError when it cannot be read, or when many sheets wait already.
    """
    if placement.sheet_imports.filter(applied_at=None).count() >= MOST_SHEETS:
        raise ValidationError(_("You have many sheets here. Remove some first."))
    if file.seek(0, io.SEEK_END) > MOST_BYTES:
        raise ValidationError(_("This file is too large to bring in."))
    try:
        rows = read_sheet(file)
    except UnreadableSheet as problem:
        raise ValidationError(
            _("This is no CSV or Excel file that can be read. Save it as CSV and try again.")
        ) from problem
    number, columns = _header_of(rows, placement)
    header = rows[number] if number >= 0 else []
    data = rows[number + 1 :]
    width = max(map(len, [header, *data]))
    header = [*header, *[""] * (width - len(header))]
    dates = [row[columns[Part.DATE]] for row in data if columns.get(Part.DATE, width) < len(row)]
    return SheetImport.objects.create(
        placement=placement,
        name=name[:NAME_LENGTH],
        rows=[header, *data],
        first_line=number + 1,
        columns={part: column for part, column in columns.items() if column < width},
        date_order=rules.order_of(dates, placement.starts_on, placement.ends_on),
        created_at=at,
    )


def match_columns(sheet: SheetImport, columns: dict[str, int], date_order: str) -> None:
    """Keep which column is what, as the student says."""
    sheet.columns, sheet.date_order = columns, date_order
    sheet.save(update_fields=["columns", "date_order"])


def delete_import(sheet: SheetImport) -> None:
    """Throw a sheet away; what it brought in stays."""
    sheet.delete()


@transaction.atomic
def apply_import(sheet: SheetImport, left_out: LeftOut | None = None, *, at: datetime) -> int:
    """Bring in every line of a sheet that is not left out; return how many activities are new.

    Doing it twice brings in nothing more. Raises ValidationError when another line has something
    wrong by now, or when no line is left: then nothing went in.
    """
    Placement.objects.select_for_update().get(pk=sheet.placement_id)
    kept = SheetImport.objects.select_for_update().get(pk=sheet.pk)
    if kept.applied_at is not None:
        return 0
    plan = plan_of(sheet)
    if plan.problems:
        raise ValidationError(plan.problems)
    out = _left_out_numbers(plan, left_out or LeftOut())
    new = [line for line in plan.new if line.number not in out]
    if out and not new:
        raise ValidationError(_("No line is left to put in your logbook."))
    _bring_in(sheet.placement, new, at=at)
    # The logbook has it now; what stood in the sheet is not kept twice.
    sheet.applied_at, sheet.rows, sheet.left_out = at, sheet.rows[:1], rules.spans(out)
    sheet.save(update_fields=["applied_at", "rows", "left_out"])
    return len(new)


def _left_out_numbers(plan: Plan, left_out: LeftOut) -> set[int]:
    """Return which lines stay out. Raises ValidationError when a faulty one is not among them."""
    faulty = {line.number for line in plan.faulty}
    ticked = {line.number for line in plan.lines} & left_out.lines
    if left_out.all_of == len(faulty):
        return ticked | faulty
    if left_out.all_of is not None:
        raise ValidationError(
            _("Other lines have something wrong by now. Nothing went in. Look at them again.")
        )
    if not faulty <= ticked:
        text = _(
            "Nothing went in yet. Something is wrong here: %(lines)s. Leave these lines out, or "
            "repair them in your file."
        )
        raise ValidationError(text % {"lines": rules.spans(faulty - ticked)})
    return ticked


def _header_of(rows: list[list[str]], placement: Placement) -> tuple[int, dict[str, int]]:
    """Return which row names the columns (-1 when none does), and a guess at what they are."""
    parts = placement.cohort.shown_parts
    number = rules.header_row(rows, [name for part in parts for name in known_as(part)])
    if number is not None:
        return number, guess_columns(rows[number], parts)
    first = rules.first_data_row(rows)
    if first is None:
        return 0, {}
    shown = {part.part for part in parts}
    return first - 1, {part: column for column, part in enumerate(OLD_ORDER) if part in shown}


def _bring_in(placement: Placement, lines: Sequence[Line], *, at: datetime) -> None:
    lists = Lists(placement)
    made = _Made(placement, lists, at)
    for line in lines:
        activity = line.activity
        activity.created_at = at
        for part in ONE:
            if part in line.names:
                setattr(activity, part, made.entry(part, line.names[part][0]))
        if Part.GOAL in line.names:
            activity.goal = made.goal(line.names[Part.GOAL][0])
        if Part.CHAIN in line.names:
            activity.chain = made.chain(line.names[Part.CHAIN][0])
        activity.search_text = search_text_of(activity)
    Activity.objects.bulk_create([line.activity for line in lines], batch_size=500)
    for part in SEVERAL:
        table = getattr(Activity, part.value).through
        table.objects.bulk_create(
            [
                table(activity=line.activity, vocabularyentry=made.entry(part, name))
                for line in lines
                for name in line.names.get(part, [])
            ],
            batch_size=500,
            ignore_conflicts=True,
        )
    table = Activity.competences.through
    table.objects.bulk_create(
        [
            table(activity=line.activity, competence=lists.competences[name.casefold()])
            for line in lines
            for name in line.names.get(Part.COMPETENCES, [])
        ],
        batch_size=500,
        ignore_conflicts=True,
    )


class _Made:
    """Finds what a name means, or makes it once."""

    def __init__(self, placement: Placement, lists: Lists, at: datetime) -> None:
        self.placement, self.lists, self.at = placement, lists, at

    def entry(self, part: Part, name: str) -> VocabularyEntry:
        kind = (ONE | SEVERAL)[part]
        known = self.lists.entries[kind]
        if name.casefold() not in known:
            known[name.casefold()] = own_entry(self.placement, kind, name)
        return known[name.casefold()]

    def goal(self, title: str) -> LearningGoal:
        known = self.lists.goals
        if title.casefold() not in known:
            known[title.casefold()] = LearningGoal.objects.create(
                placement=self.placement,
                title=title,
                position=self.placement.goals.count(),
                created_at=self.at,
            )
        return known[title.casefold()]

    def chain(self, name: str) -> Chain:
        known = self.lists.chains
        if name.casefold() not in known:
            known[name.casefold()] = Chain.objects.create(
                placement=self.placement, name=name, created_at=self.at
            )
        return known[name.casefold()]

"""What a chart is: a sentence, a drawing and a table, and what they are made from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import ngettext

from stageapp.core.bilingual import in_reader_language
from stageapp.facts import Dimension, Facts, Need, Sum
from stageapp.insights.rules import Period, Span
from stageapp.insights.statistics import Unit
from stageapp.planning.rules import Workweek
from stageapp.programmes.models import Part


class Shape(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    COLUMNS = "columns"
    LINE = "line"
    DAYS = "days"


@dataclass(frozen=True)
class Point:
    """One row, week or day of a drawing."""

    label: str
    #: What it says when somebody points at it.
    text: str
    #: Lengths that stand on each other; none where nothing is known.
    values: tuple[float, ...] = ()
    #: What stands beside a bar.
    shown: str = ""
    #: What was planned, where that is compared.
    plan: float | None = None


@dataclass(frozen=True)
class Drawing:
    """What is drawn, as plain data: it is kept when somebody saves or shares the chart."""

    shape: Shape
    points: tuple[Point, ...]
    #: What the parts of a length mean, where there are several.
    legend: tuple[str, ...] = ()
    #: What the plan is called, where there is one.
    plan: str = ""
    #: Names of values, where the axis has words.
    scale: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """The numbers of a chart; the first column names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A chart in the reader's language; without anything to draw it has only its sentence."""

    key: str
    title: str
    sentence: str
    unit: Unit
    drawing: Drawing | None = None
    table: Table | None = None


@dataclass(frozen=True)
class Look:
    """What is looked at: facts of a period, and what facts do not know."""

    facts: Facts
    period: Period
    span: Span
    #: Which parts the form has.
    parts: frozenset[str]
    workweek: Workweek
    hours_per_day: Decimal

    @property
    def has_hours(self) -> bool:
        """Whether activities say how long they took."""
        return Part.DURATION in self.parts

    @property
    def has_difficulty(self) -> bool:
        """Whether activities say how difficult they were."""
        return Part.DIFFICULTY in self.parts

    @property
    def scale(self) -> tuple[tuple[float, str], ...]:
        """The levels of difficulty with their names, the easiest first."""
        named = self.facts.names.get(Dimension.DIFFICULTY, {})
        levels = {level: key for key, level in self.facts.levels.items() if key in named}
        return tuple(
            (level, self.name(Dimension.DIFFICULTY, levels[level])) for level in sorted(levels)
        )

    def name(self, dimension: Dimension, key: str) -> str:
        """Return what a row is called."""
        return in_reader_language(*self.facts.names[dimension][key])


#: What a chart has to say: its sentence, drawing and table; None where there is nothing to draw.
Shown = tuple[str, Drawing, Table]
Draw = Callable[[Look], Shown | None]


@dataclass(frozen=True)
class Definition:
    """A chart that a cohort can offer."""

    key: str
    title: Any
    unit: Unit
    #: What the form must have.
    parts: frozenset[str]
    needs: frozenset[Need]
    #: What stands there while there is nothing to draw.
    empty: Any
    draw: Draw

    def of(self, look: Look) -> Chart:
        """Return the chart of what is looked at."""
        found = self.draw(look)
        sentence, drawing, table = found or (str(self.empty), None, None)
        return Chart(self.key, str(self.title), sentence, self.unit, drawing, table)


def chart(
    title: Any, unit: Unit, empty: Any, *, parts: Iterable[str] = (), needs: Iterable[Need] = ()
) -> Callable[[Draw], Definition]:
    """Make a chart of a function, under its name."""

    def define(draw: Draw) -> Definition:
        return Definition(
            draw.__name__, title, unit, frozenset(parts), frozenset(needs), empty, draw
        )

    return define


#: How large something is.
Size = Callable[[Sum], int]


def minutes_of(amount: Sum) -> int:
    """Return how long it took."""
    return amount.minutes


def count_of(amount: Sum) -> int:
    """Return how many activities there are."""
    return amount.count


def activities_text(count: int) -> str:
    """Return how many activities, in words."""
    return ngettext("%(n)d activity", "%(n)d activities", count) % {"n": count}

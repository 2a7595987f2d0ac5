"""Draws charts as SVG: colours come from the style sheet, and never stand alone.

A drawing is as wide as a phone and grows with its place. Texts are elements of a tree, so that
whatever a student called a goal cannot become markup.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from math import ceil
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from stageapp.core.days import short_month, weekday_name
from stageapp.core.durations import MINUTES_AN_HOUR
from stageapp.insights.chart_data import Drawing, Point, Shape
from stageapp.insights.statistics import Unit
from stageapp.planning.rules import DAYS_A_WEEK, monday_of

WIDTH = 360
#: One row of bars: its words, then its bar.
ROW, BAR_TOP, BAR = 42, 19, 14
#: So many signs of a name and an amount fit beside each other; the table has the whole name.
ROW_SIGNS = 48
#: Room above, for and below a plot over time.
TOP, PLOT, FOOT = 10, 150, 24
#: Room for amounts and for words on the left.
AMOUNTS, WORDS = 44, 92
SCALE_SIGNS = 12
#: So much room a date takes below a plot.
DATE = 52
#: Between so many lines at most, in hours or in numbers, the eye counts.
STEPS = (1, 2, 4, 5, 8, 10, 16, 20, 24, 40, 50, 80, 100, 200, 400, 500, 1000, 2000, 5000)
MOST_STEPS = 5
#: Weeks beside each other; half a year fits in the width of a phone.
WEEKS_A_BAND = 26
BAND_LEFT, BAND_TOP, BAND_GAP, MOST_CELL = 30, 16, 14, 24
#: How large the squares of a day are, from little to much, as parts of its place.
SIZES = (0.4, 0.6, 0.8, 1.0)
DOT = 9


def draw(drawing: Drawing, *, title: str, sentence: str, unit: Unit, prefix: str) -> SafeString:
    """Return a drawing as SVG; `prefix` makes its names unique on the page."""
    root = Element(
        "svg",
        {
            "class": f"chart-drawing chart-{drawing.shape}",
            "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-text",
        },
    )
    SubElement(root, "title", {"id": f"{prefix}-title"}).text = title
    SubElement(root, "desc", {"id": f"{prefix}-text"}).text = sentence
    _stripes(root, prefix)
    height = SHAPES[drawing.shape](root, drawing, unit, prefix)
    root.set("viewBox", f"0 0 {WIDTH} {_n(height)}")
    return SafeString(tostring(root, encoding="unicode"))


def legend_mark(number: int, prefix: str) -> SafeString:
    """Return the small square that stands beside a word of the legend."""
    root = Element("svg", {"class": "legend-mark", "viewBox": "0 0 14 14", "aria-hidden": "true"})
    if number:
        _stripes(root, f"{prefix}-legend")
    _fill(_box(root, 1, 1, 12, 12, ""), number, f"{prefix}-legend")
    return SafeString(tostring(root, encoding="unicode"))


def plan_mark() -> SafeString:
    """Return the small line that stands for the plan in a legend."""
    root = Element("svg", {"class": "legend-mark", "viewBox": "0 0 14 14", "aria-hidden": "true"})
    _line(root, 0, 7, 14, 7, "chart-plan")
    return SafeString(tostring(root, encoding="unicode"))


def _bars(root: Element, drawing: Drawing, _unit: Unit, prefix: str) -> float:
    most = max((sum(point.values) for point in drawing.points), default=0) or 1
    for number, point in enumerate(drawing.points):
        top, left = number * ROW, 0.0
        mark = _mark(root, point)
        _text(mark, 0, top + 13, _cut(point.label, ROW_SIGNS - len(point.shown)), "chart-name")
        _text(mark, WIDTH, top + 13, point.shown, "chart-amount", "end")
        _box(mark, 0, top + BAR_TOP, WIDTH, BAR, "chart-track")
        for part, value in enumerate(point.values):
            width = value / most * WIDTH
            if value:
                _fill(_box(mark, left, top + BAR_TOP, max(width, 2), BAR, ""), part, prefix)
            left += width
    return len(drawing.points) * ROW


def _columns(root: Element, drawing: Drawing, unit: Unit, _prefix: str) -> float:
    most = max(max(sum(point.values), point.plan or 0) for point in drawing.points)
    grain = MINUTES_AN_HOUR if unit == Unit.HOURS else 1
    step = _step(most / grain) * grain
    highest = ceil(most / step) * step
    _grid(root, AMOUNTS, [(value, _tick(value, grain)) for value in _ticks(step, highest)], highest)
    place = (WIDTH - AMOUNTS) / len(drawing.points)
    for number, point in enumerate(drawing.points):
        left, width = AMOUNTS + number * place, min(place * 0.7, 36)
        mark = _mark(root, point)
        _box(mark, left, TOP, place, PLOT, "chart-reach")
        height = sum(point.values) / highest * PLOT
        if height:
            middle = left + (place - width) / 2
            _fill(_box(mark, middle, TOP + PLOT - height, width, height, "", corner=2), 0, "")
        if point.plan is not None and point.plan > 0:
            level = TOP + PLOT - point.plan / highest * PLOT
            _line(mark, left + place * 0.06, level, left + place * 0.94, level, "chart-plan")
    _dates(root, drawing.points, AMOUNTS, place)
    return TOP + PLOT + FOOT


def _course(root: Element, drawing: Drawing, _unit: Unit, _prefix: str) -> float:
    low, high = drawing.scale[0][0], drawing.scale[-1][0]
    reach = (high - low) or 1
    names = [(value - low, _cut(name, SCALE_SIGNS)) for value, name in drawing.scale]
    _grid(root, WORDS, names, reach)
    place = (WIDTH - WORDS) / len(drawing.points)
    spots = [
        (WORDS + (number + 0.5) * place, TOP + PLOT - (point.values[0] - low) / reach * PLOT)
        if point.values
        else None
        for number, point in enumerate(drawing.points)
    ]
    # A week without a difficulty leaves a gap: nothing is made up in between.
    for before, after in pairwise(spots):
        if before and after:
            _line(root, *before, *after, "chart-course")
    for number, (point, spot) in enumerate(zip(drawing.points, spots, strict=True)):
        mark = _mark(root, point)
        _box(mark, WORDS + number * place, 0, place, TOP + PLOT + DOT, "chart-reach")
        if spot:
            _box(mark, spot[0] - DOT / 2, spot[1] - DOT / 2, DOT, DOT, "chart-dot", corner=DOT / 2)
    _dates(root, drawing.points, WORDS, place)
    return TOP + PLOT + FOOT


def _days(root: Element, drawing: Drawing, _unit: Unit, _prefix: str) -> float:
    days = [date.fromisoformat(point.label) for point in drawing.points]
    start = monday_of(days[0])
    weeks = (days[-1] - start).days // DAYS_A_WEEK + 1
    cell = min((WIDTH - BAND_LEFT) / min(weeks, WEEKS_A_BAND), MOST_CELL)
    band = BAND_TOP + DAYS_A_WEEK * cell + BAND_GAP
    bands = ceil(weeks / WEEKS_A_BAND)
    most = max(point.values[0] for point in drawing.points) or 1
    for number in range(bands):
        for weekday in (0, 2, 4):
            top = number * band + BAND_TOP + (weekday + 0.5) * cell + 4
            name = weekday_name(date.fromordinal(start.toordinal() + weekday))
            _text(root, 0, top, name, "chart-tick")
    for day, point in zip(days, drawing.points, strict=True):
        week, weekday = divmod((day - start).days, DAYS_A_WEEK)
        row, column = divmod(week, WEEKS_A_BAND)
        left, top = BAND_LEFT + column * cell, row * band + BAND_TOP
        if (day.day == 1 or day == days[0]) and left + 26 <= WIDTH:
            _month(root, left, top - 5, day, days)
        _day(_mark(root, point), left, top + weekday * cell, cell, point.values[0] / most)
    return bands * band - BAND_GAP


def _month(root: Element, left: float, top: float, day: date, days: Sequence[date]) -> None:
    """Write the month above its first day; not above some last days, where the next would touch."""
    following = (day.replace(day=28)).toordinal() + 4
    crowded = day.day != 1 and following - day.toordinal() < 2 * DAYS_A_WEEK
    if not (crowded and following <= days[-1].toordinal()):
        _text(root, left, top, short_month(day), "chart-tick")


def _day(mark: Element, left: float, top: float, cell: float, part: float) -> None:
    inner = cell - 2
    _box(mark, left + 1, top + 1, inner, inner, "chart-track", corner=2)
    if part:
        side = inner * SIZES[min(ceil(part * len(SIZES)), len(SIZES)) - 1]
        edge = (cell - side) / 2
        _box(mark, left + edge, top + edge, side, side, "chart-fill", corner=2)


SHAPES: dict[Shape, Callable[[Element, Drawing, Unit, str], float]] = {
    Shape.BARS: _bars,
    Shape.COLUMNS: _columns,
    Shape.LINE: _course,
    Shape.DAYS: _days,
}


def _grid(root: Element, left: float, ticks: Sequence[tuple[float, str]], highest: float) -> None:
    for value, words in ticks:
        level = TOP + PLOT - value / highest * PLOT
        _line(root, left, level, WIDTH, level, "chart-grid")
        _text(root, left - 6, level + 4, words, "chart-tick", "end")


def _dates(root: Element, points: Sequence[Point], left: float, place: float) -> None:
    every = ceil(len(points) * DATE / (WIDTH - left))
    for number in range(0, len(points), every):
        middle = left + (number + 0.5) * place
        _text(root, min(middle, WIDTH - 20), TOP + PLOT + 17, points[number].label, "chart-tick",
              "middle")  # fmt: skip


def _step(most: float) -> int:
    return next((step for step in STEPS if most <= step * MOST_STEPS), STEPS[-1])


def _ticks(step: float, highest: float) -> list[float]:
    return [step * number for number in range(int(highest / step) + 1)]


def _tick(value: float, grain: int) -> str:
    number = round(value / grain)
    return _("%(hours)d h") % {"hours": number} if grain > 1 and number else str(number)


def _mark(root: Element, point: Point) -> Element:
    mark = SubElement(root, "g", {"class": "chart-mark"})
    SubElement(mark, "title").text = point.text
    return mark


def _box(
    parent: Element, x: float, y: float, width: float, height: float, name: str, corner: float = 0
) -> Element:
    box = SubElement(
        parent,
        "rect",
        {"class": name, "x": _n(x), "y": _n(y), "width": _n(width), "height": _n(height)},
    )
    if corner:
        box.set("rx", _n(corner))
    return box


def _fill(box: Element, number: int, prefix: str) -> None:
    """Give a bar its look: the second part of a length is striped."""
    box.set("class", "chart-part" if number else "chart-fill")
    if number:
        box.set("fill", f"url(#{prefix}-stripes)")


def _stripes(root: Element, prefix: str) -> None:
    pattern = SubElement(
        SubElement(root, "defs"),
        "pattern",
        {
            "id": f"{prefix}-stripes",
            "width": "6",
            "height": "6",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    _box(pattern, 0, 0, 6, 6, "chart-ground")
    _box(pattern, 0, 0, 2.5, 6, "chart-stripe")


def _line(parent: Element, x1: float, y1: float, x2: float, y2: float, name: str) -> None:
    ends = {"x1": _n(x1), "y1": _n(y1), "x2": _n(x2), "y2": _n(y2)}
    SubElement(parent, "line", {"class": name, **ends})


def _text(parent: Element, x: float, y: float, words: str, name: str, anchor: str = "") -> None:
    text = SubElement(parent, "text", {"class": name, "x": _n(x), "y": _n(y)})
    if anchor:
        text.set("text-anchor", anchor)
    text.text = words


def _cut(words: str, signs: int) -> str:
    return words if len(words) <= signs else f"{words[: signs - 1].rstrip()}…"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

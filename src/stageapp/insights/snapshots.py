"""A chart as it is now, in both languages: for keeping and for sharing.

A snapshot is plain JSON, so that what was shared stays as it was, whatever happens to the logbook.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from stageapp.core.bilingual import in_reader_language
from stageapp.core.days import short_date
from stageapp.insights.chart_data import Chart, Definition, Drawing, Look, Point, Shape, Table
from stageapp.insights.rules import Period, Span
from stageapp.insights.statistics import Unit

LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class SharedChart:
    """A kept chart in the reader's language."""

    chart: Chart
    period: str


def period_text(period: Period, span: Span) -> str:
    """Return which days a chart is about."""
    days = {"first": short_date(span.first), "last": short_date(span.last)}
    if period.is_whole:
        return _("The whole period so far: %(first)s – %(last)s") % days
    if period.days:
        count = period.days
        days["first"] = short_date(period.window.first or span.first)
        days["last"] = short_date(period.window.last or span.last)
        return ngettext(
            "The last %(n)d day: %(first)s – %(last)s",
            "The last %(n)d days: %(first)s – %(last)s",
            count,
        ) % {"n": count, **days}
    return month_name(period.window.first or span.first)


def month_name(day: date) -> str:
    """Return the month of a day with its year, as a text begins."""
    text = date_format(day, "F Y")
    return text[:1].upper() + text[1:]


def chart_snapshot(definition: Definition, look: Look) -> dict[str, Any]:
    """Return everything that is needed to show a chart again, to anybody."""
    kept: dict[str, Any] = {
        "kind": "chart",
        "key": definition.key,
        "unit": definition.unit.value,
        "drawing": {},
        "table": {},
    }
    for language in LANGUAGES:
        with override(language):
            chart = definition.of(look)
            kept[f"title_{language}"] = chart.title
            kept[f"sentence_{language}"] = chart.sentence
            kept[f"period_{language}"] = period_text(look.period, look.span)
            kept["drawing"][language] = asdict(chart.drawing) if chart.drawing else None
            kept["table"][language] = asdict(chart.table) if chart.table else None
    # As it comes back from the database.
    return json.loads(json.dumps(kept))  # type: ignore[no-any-return]


def saved_key(definition: Definition, look: Look, snapshot: dict[str, Any]) -> str:
    """Return the key of a chart on the timeline.

    Its end says what the chart shows: the same chart is kept once, one that changed is another.
    """
    content = json.dumps(snapshot, sort_keys=True).encode()
    digest = hashlib.sha256(content).hexdigest()[:12]
    return f"{definition.key}:{look.period.name}:{look.facts.today.isoformat()}:{digest}"


def read_chart(snapshot: dict[str, Any]) -> SharedChart:
    """Return a kept chart for its reader."""
    language = "en" if (get_language() or "nl").startswith("en") else "nl"
    drawing, table = snapshot["drawing"][language], snapshot["table"][language]
    return SharedChart(
        Chart(
            snapshot["key"],
            in_reader_language(snapshot["title_nl"], snapshot["title_en"]),
            in_reader_language(snapshot["sentence_nl"], snapshot["sentence_en"]),
            Unit(snapshot["unit"]),
            _drawing(drawing) if drawing else None,
            Table(tuple(table["head"]), _rows(table["rows"])) if table else None,
        ),
        in_reader_language(snapshot["period_nl"], snapshot["period_en"]),
    )


def _drawing(kept: dict[str, Any]) -> Drawing:
    points = (Point(**point | {"values": tuple(point["values"])}) for point in kept["points"])
    return Drawing(
        Shape(kept["shape"]),
        tuple(points),
        tuple(kept["legend"]),
        kept["plan"],
        tuple((value, name) for value, name in kept["scale"]),
    )


def _rows(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)

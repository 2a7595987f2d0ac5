"""Charts of what activities name: categories, people, sources, competences, goals, moments."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stageapp.core.durations import duration_text
from stageapp.facts import Dimension, Need, Sum, added
from stageapp.insights.chart_data import (
    Drawing,
    Look,
    Point,
    Shape,
    Shown,
    Size,
    Table,
    activities_text,
    chart,
    count_of,
    minutes_of,
)
from stageapp.insights.statistics import Unit
from stageapp.programmes.models import Part, VocabularyEntry

#: So many rows are drawn; the others are one row together, and stand in the table.
MOST_ROWS = 10
#: So many names stand in a sentence.
MOST_NAMES = 3


@chart(
    gettext_lazy("Time per category"),
    Unit.HOURS,
    gettext_lazy("There is no activity with a category and a duration in this period."),
    parts=[Part.CATEGORY, Part.DURATION],
    needs=[Need.CATEGORY],
)
def categories(look: Look) -> Shown | None:
    """Show where the time went, the largest first."""
    rows = _by_size(look, Dimension.CATEGORY, minutes_of)
    total = sum(amount.minutes for amount in rows.values())
    if not total:
        return None
    top = _leaders(rows, minutes_of)
    sentence = ngettext(
        "Most time went to %(names)s: %(time)s of the %(total)s with a category (%(share)s).",
        "Most time went to %(names)s: %(time)s each, of the %(total)s with a category (%(share)s).",
        len(top),
    ) % {
        "names": _quoted(look, Dimension.CATEGORY, top),
        "time": duration_text(rows[top[0]].minutes),
        "total": duration_text(total),
        "share": _percent(rows[top[0]].minutes, total),
    }
    points = [
        Point(
            name,
            f"{name}: {duration_text(amount.minutes)}, {_percent(amount.minutes, total)}",
            (amount.minutes,),
            duration_text(amount.minutes),
        )
        for name, amount in _in_sight(look, Dimension.CATEGORY, rows)
    ]
    table = Table(
        (_("Category"), _("Time"), _("Percentage"), _("Activities")),
        tuple(
            (
                look.name(Dimension.CATEGORY, key),
                duration_text(amount.minutes),
                _percent(amount.minutes, total),
                str(amount.count),
            )
            for key, amount in rows.items()
        ),
    )
    return sentence, Drawing(Shape.BARS, tuple(points)), table


@chart(
    gettext_lazy("With whom"),
    Unit.COUNT,
    gettext_lazy("There is no activity in this period that says with whom."),
    parts=[Part.PEOPLE],
    needs=[Need.PERSON],
)
def people(look: Look) -> Shown | None:
    """Show how often each person was there, and how often it was difficult then."""
    rows = _by_size(look, Dimension.PERSON, count_of)
    if not rows:
        return None
    alone = rows.get(VocabularyEntry.ALONE, Sum()).count
    others = {key: amount for key, amount in rows.items() if key != VocabularyEntry.ALONE}
    sentences = [_most_with(look, others)] if others else []
    if alone:
        sentences.append(_("You did %(count)d alone.") % {"count": alone})
    hardest = look.scale[-1:] if look.has_difficulty else ()
    drawing = Drawing(
        Shape.BARS,
        tuple(
            _person_point(name, amount, hardest[0][1] if hardest else "")
            for name, amount in _in_sight(look, Dimension.PERSON, rows)
        ),
        legend=(_("other"), hardest[0][1]) if hardest else (),
    )
    head = (_("With whom"), _("Activities"), *(_("Of which “%s”") % name for _n, name in hardest))
    table = Table(
        head,
        tuple(
            (look.name(Dimension.PERSON, key), str(amount.count), str(amount.hard))[: len(head)]
            for key, amount in rows.items()
        ),
    )
    return " ".join(sentences), drawing, table


@chart(
    gettext_lazy("Sources"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a source or theory in this period."),
    parts=[Part.SOURCES],
    needs=[Need.SOURCE],
)
def sources(look: Look) -> Shown | None:
    """Show how often each source was used, the most used first."""
    rows = _by_size(look, Dimension.SOURCE, count_of)
    if not rows:
        return None
    top = _leaders(rows, count_of)
    sentence = ngettext(
        "You used %(names)s most: in %(count)d of your %(total)d activities.",
        "You used %(names)s most: each in %(count)d of your %(total)d activities.",
        len(top),
    ) % _numbers(look, Dimension.SOURCE, rows, top)
    return sentence, *_counted(look, Dimension.SOURCE, rows, _("Source"))


@chart(
    gettext_lazy("Competences, also the ones not yet covered"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a competence in this period."),
    parts=[Part.COMPETENCES],
    needs=[Need.COMPETENCE],
)
def competences(look: Look) -> Shown | None:
    """Show every competence of the programme in its order, also those without an activity."""
    rows = _with_unused(look, Dimension.COMPETENCE)
    used = [key for key, amount in rows.items() if amount.count]
    if not used:
        return None
    sentence = _("You worked on %(used)d of the %(all)d competences.") % {
        "used": len(used),
        "all": len(rows),
    }
    sentences = (sentence, _not_yet(look, Dimension.COMPETENCE, rows))
    return " ".join(filter(None, sentences)), *_counted(
        look, Dimension.COMPETENCE, rows, _("Competence"), most=len(rows)
    )


@chart(
    gettext_lazy("Learning goals"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a learning goal in this period."),
    parts=[Part.GOAL],
    needs=[Need.GOAL],
)
def goals(look: Look) -> Shown | None:
    """Show how many activities each learning goal has, also those without any."""
    rows = _largest_first(_with_unused(look, Dimension.GOAL), count_of)
    if not any(amount.count for amount in rows.values()):
        return None
    top = _leaders(rows, count_of)
    sentence = ngettext(
        "Most activities belong to %(names)s: %(count)d of %(total)d.",
        "Most activities belong to %(names)s: each has %(count)d of %(total)d.",
        len(top),
    ) % _numbers(look, Dimension.GOAL, rows, top)
    sentences = (sentence, _not_yet(look, Dimension.GOAL, rows))
    return " ".join(filter(None, sentences)), *_counted(
        look, Dimension.GOAL, rows, _("Learning goal")
    )


@chart(
    gettext_lazy("Moments of the day"),
    Unit.COUNT,
    gettext_lazy("There is no activity with a moment of the day in this period."),
    parts=[Part.MOMENT],
    needs=[Need.MOMENT],
)
def moments(look: Look) -> Shown | None:
    """Show the moments in the order of the day."""
    rows = _with_unused(look, Dimension.MOMENT)
    if not any(amount.count for amount in rows.values()):
        return None
    top = _leaders(rows, count_of)
    numbers = _numbers(look, Dimension.MOMENT, rows, top)
    numbers["total"] = sum(amount.count for amount in rows.values())
    sentence = (
        ngettext(
            "Most happened in %(names)s: %(count)d of the %(total)d activities with a moment.",
            "Most happened in %(names)s: each %(count)d of the %(total)d activities with a moment.",
            len(top),
        )
        % numbers
    )
    return sentence, *_counted(look, Dimension.MOMENT, rows, _("Moment"), most=len(rows))


def _by_size(look: Look, dimension: Dimension, size: Size) -> dict[str, Sum]:
    """Return the sums of what was chosen, the largest first, equal ones in their own order."""
    return _largest_first(
        {key: amount for key, amount in _with_unused(look, dimension).items() if amount.count}, size
    )


def _largest_first(rows: Mapping[str, Sum], size: Size) -> dict[str, Sum]:
    return dict(sorted(rows.items(), key=lambda row: -size(row[1])))


def _with_unused(look: Look, dimension: Dimension) -> dict[str, Sum]:
    """Return the sums of everything that can be chosen, in its own order."""
    rows = look.facts.of(dimension)
    return {key: rows.get(key, Sum()) for key in look.facts.names.get(dimension, {})}


def _leaders(rows: Mapping[str, Sum], size: Size) -> list[str]:
    """Return the rows that are largest: several where they are equal."""
    most = max(map(size, rows.values()))
    return [key for key, amount in rows.items() if size(amount) == most]


def _in_sight(
    look: Look, dimension: Dimension, rows: Mapping[str, Sum], most: int = MOST_ROWS
) -> list[tuple[str, Sum]]:
    """Return the rows to draw by their names; what is too much becomes one row."""
    named = [(look.name(dimension, key), amount) for key, amount in rows.items()]
    if len(named) <= most:
        return named
    rest = named[most - 1 :]
    together = added(amount for _name, amount in rest)
    return [*named[: most - 1], (_("%(n)d others") % {"n": len(rest)}, together)]


def _counted(
    look: Look, dimension: Dimension, rows: Mapping[str, Sum], head: str, most: int = MOST_ROWS
) -> tuple[Drawing, Table]:
    """Return the drawing and the table of how often each row was chosen."""
    # Competences and goals are there to be worked on; a moment or a source is not.
    is_aim = dimension in (Dimension.COMPETENCE, Dimension.GOAL)
    none = _("not yet") if is_aim and look.period.is_whole else _("none")
    points = tuple(
        Point(
            name,
            f"{name}: {activities_text(amount.count) if amount.count else none}",
            (amount.count,),
            str(amount.count) if amount.count else none,
        )
        for name, amount in _in_sight(look, dimension, rows, most)
    )
    named = [(look.name(dimension, key), str(amount.count)) for key, amount in rows.items()]
    return Drawing(Shape.BARS, points), Table((head, _("Activities")), tuple(named))


def _numbers(
    look: Look, dimension: Dimension, rows: Mapping[str, Sum], top: Sequence[str]
) -> dict[str, Any]:
    return {
        "names": _quoted(look, dimension, top),
        "count": rows[top[0]].count,
        "total": look.facts.total.count,
    }


def _quoted(look: Look, dimension: Dimension, keys: Sequence[str]) -> str:
    """Return names in a sentence: `“a”, “b” and “c”`, or `“a”, “b” and 4 others`."""
    names = [_("“%s”") % look.name(dimension, key) for key in keys]
    if len(names) > MOST_NAMES:
        rest = len(names) - MOST_NAMES + 1
        names = [*names[: MOST_NAMES - 1], _("%(n)d others") % {"n": rest}]
    *first, last = names
    return (
        _("%(names)s and %(last)s") % {"names": ", ".join(first), "last": last} if first else last
    )


def _not_yet(look: Look, dimension: Dimension, rows: Mapping[str, Sum]) -> str:
    """Return the sentence about what has no activity, empty where everything has."""
    missing = [key for key, amount in rows.items() if not amount.count]
    if not missing:
        return ""
    names = {"names": _quoted(look, dimension, missing)}
    if look.period.is_whole:
        return _("Not yet: %(names)s.") % names
    return _("Not in this period: %(names)s.") % names


def _most_with(look: Look, rows: Mapping[str, Sum]) -> str:
    top = _leaders(rows, count_of)
    return ngettext(
        "You worked most with %(names)s: in %(count)d of your %(total)d activities.",
        "You worked most with %(names)s: each in %(count)d of your %(total)d activities.",
        len(top),
    ) % _numbers(look, Dimension.PERSON, rows, top)


def _person_point(name: str, amount: Sum, hardest: str) -> Point:
    text = f"{name}: {activities_text(amount.count)}"
    if not hardest:
        return Point(name, text, (amount.count,), str(amount.count))
    text += _(", of which %(n)d “%(hardest)s”") % {"n": amount.hard, "hardest": hardest}
    return Point(name, text, (amount.count - amount.hard, amount.hard), str(amount.count))


def _percent(part: float, whole: float) -> str:
    return f"{int(100 * part / whole + 0.5)}%"

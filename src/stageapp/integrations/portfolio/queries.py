"""What a portfolio and a badge are made of. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from stageapp.core.durations import duration_text
from stageapp.integrations import choosing
from stageapp.integrations.portfolio.models import Badge, Portfolio
from stageapp.integrations.portfolio.rules import Aligned, Shown, file_name
from stageapp.logbook.models import Activity, Evidence, Reflection
from stageapp.placements.models import LearningGoal, Placement
from stageapp.programmes.models import Competence

#: Shown in the page itself; other files are a link.
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")


@dataclass(frozen=True)
class Text:
    """A text with what it answers; that can be empty."""

    label: str
    text: str


@dataclass(frozen=True)
class Entry:
    """Something of the logbook on a page."""

    title: str
    day: date
    facts: Sequence[str] = ()
    texts: Sequence[Text] = ()
    #: An address on the web, or a file beside the page.
    url: str = ""
    path: str = ""
    is_picture: bool = False


@dataclass
class Group:
    """What is about one competence, or about none."""

    name: str
    description: str
    file: str
    activities: list[Entry] = field(default_factory=list)
    reflections: list[Entry] = field(default_factory=list)
    evidence: list[Entry] = field(default_factory=list)

    @property
    def lists(self) -> tuple[list[Entry], ...]:
        """What is in it, kind after kind."""
        return self.activities, self.reflections, self.evidence

    @property
    def number(self) -> int:
        """How much is in it."""
        return sum(map(len, self.lists))


@dataclass(frozen=True)
class Content:
    """All that a portfolio shows, and the files that go beside it."""

    title: str
    introduction: str
    name: str
    facts: Sequence[Text]
    goals: Sequence[LearningGoal]
    groups: Sequence[Group]
    #: Where in the ZIP each file goes.
    files: Mapping[str, Evidence]


def content_of(portfolio: Portfolio) -> Content:
    """Return what a portfolio shows: as much of what was chosen as there still is."""
    placement = portfolio.placement
    rows = _chosen(placement, portfolio.chosen)
    paths = {
        row.pk: f"files/{file_name(number, row.name)}"
        for number, row in enumerate((one for one in rows.evidence if one.file), start=1)
    }
    return Content(
        title=portfolio.title,
        introduction=portfolio.introduction,
        name=placement.student.name,
        facts=_facts(portfolio),
        goals=rows.goals,
        groups=_groups(rows, paths),
        files={paths[row.pk]: row for row in rows.evidence if row.pk in paths},
    )


def bytes_in(placement: Placement, chosen: Mapping[str, Sequence[int]]) -> int:
    """Return how many bytes of files go along."""
    own = choosing.own_evidence(placement).filter(pk__in=chosen.get("evidence", ()))
    return sum(size or 0 for size in own.values_list("size", flat=True))


def holder_in(placement: Placement) -> UUID:
    """Return how badges call a student: the same in all of them."""
    earlier = Badge.objects.filter(placement__student=placement.student_id)
    return earlier.order_by("made_at").values_list("holder", flat=True).first() or uuid4()


def aligned_with(competence: Competence, placement: Placement) -> Aligned:
    """Return a competence as a badge names it."""
    institution = placement.cohort.programme.institution
    return Aligned(
        name=competence.name,
        code=competence.code,
        framework=str(placement.cohort.programme),
        address=f"{institution.address}xapi/competences/{competence.cohort_id}/{competence.key}",
    )


def shown_in_badge(rows: Iterable[Evidence]) -> list[Shown]:
    """Return evidence as a badge names it: a file by its name, a link and a text as they are."""
    return [Shown(row.name, row.kind, url=row.url or "", text=row.text or "") for row in rows]


@dataclass(frozen=True)
class _Rows:
    activities: list[Activity]
    reflections: list[Reflection]
    evidence: list[Evidence]
    goals: list[LearningGoal]


def _chosen(placement: Placement, chosen: Mapping[str, Any]) -> _Rows:
    activities = choosing.own_activities(placement).filter(pk__in=chosen.get("activities", ()))
    reflections = choosing.own_reflections(placement).filter(pk__in=chosen.get("reflections", ()))
    evidence = choosing.own_evidence(placement).filter(pk__in=chosen.get("evidence", ()))
    goals = choosing.own_goals(placement).filter(pk__in=chosen.get("goals", ()))
    return _Rows(
        list(activities.select_related("category").prefetch_related("competences").reverse()),
        list(
            reflections.select_related("activity")
            .prefetch_related("answers__field", "activity__competences")
            .reverse()
        ),
        list(
            evidence.select_related("activity").prefetch_related("activity__competences").reverse()
        ),
        list(goals),
    )


def _facts(portfolio: Portfolio) -> list[Text]:
    placement = portfolio.placement
    facts = [
        Text(_("Programme"), str(placement.cohort)),
        Text(_("Workplace"), placement.workplace.name if portfolio.with_workplace else ""),
        Text(
            _("Placement"),
            f"{date_format(placement.starts_on, 'j F Y')} – "
            f"{date_format(placement.ends_on, 'j F Y')}",
        ),
    ]
    return [fact for fact in facts if fact.text]


def _groups(rows: _Rows, paths: Mapping[int, str]) -> list[Group]:
    groups: dict[int, Group] = {}
    known = _competences(rows)
    for number, one in enumerate(known, start=1):
        name = slugify(one.name)[:40].strip("-")
        file = "-".join(filter(None, ("competence", str(number), name)))
        groups[one.pk] = Group(str(one), one.description, f"{file}.html")
    rest = Group(_("Not about one competence") if known else _("What I chose"), "", "other.html")
    for activity in rows.activities:
        for group in _of(activity, groups, rest):
            group.activities.append(_activity(activity))
    for reflection in rows.reflections:
        for group in _of(reflection.activity, groups, rest):
            group.reflections.append(_reflection(reflection))
    for piece in rows.evidence:
        for group in _of(piece.activity, groups, rest):
            group.evidence.append(_piece(piece, paths.get(piece.pk, "")))
    return [group for group in (*groups.values(), rest) if group.number]


def _competences(rows: _Rows) -> list[Competence]:
    about = [
        *rows.activities,
        *(one.activity for one in rows.reflections),
        *(one.activity for one in rows.evidence),
    ]
    found = {one.pk: one for row in about if row for one in row.competences.all()}
    return sorted(found.values(), key=lambda one: (one.position, one.pk))


def _of(activity: Activity | None, groups: Mapping[int, Group], rest: Group) -> list[Group]:
    own = [groups[one.pk] for one in activity.competences.all()] if activity else []
    return own or [rest]


def _activity(row: Activity) -> Entry:
    facts = [
        str(row.category) if row.category else "",
        duration_text(row.minutes) if row.minutes else "",
    ]
    texts = [
        Text("", row.description),
        Text(_("What I learned"), row.learned),
        Text(_("What now"), row.next_steps),
    ]
    return Entry(
        title=capfirst(date_format(row.date, "l j F Y")),
        day=row.date,
        facts=[fact for fact in facts if fact],
        texts=[text for text in texts if text.text],
    )


def _reflection(row: Reflection) -> Entry:
    answers = [Text(one.field.label, one.text) for one in row.answers.all() if one.text]
    facts = [row.model.name] if row.title else []
    return Entry(row.title or row.model.name, row.date, facts=facts, texts=answers)


def _piece(row: Evidence, path: str) -> Entry:
    return Entry(
        title=row.name,
        day=timezone.localdate(row.created_at),
        facts=[row.get_kind_display()],
        texts=[Text("", row.text)] if row.text else [],
        url=row.url if row.url.startswith(("http://", "https://")) else "",
        path=path,
        is_picture=bool(path) and row.content_type in PICTURES,
    )

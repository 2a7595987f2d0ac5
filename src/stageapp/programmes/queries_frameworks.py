"""What a file with competences would change in a cohort."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from stageapp.programmes.frameworks import Found
from stageapp.programmes.models import Cohort, Competence

#: What a file can say of a competence; what it leaves empty stays as it is.
TEXTS = ("code", "name_nl", "name_en", "description_nl", "description_en")


@dataclass(frozen=True)
class Planned:
    """What becomes of one competence of a file; with a problem it stays out."""

    found: Found
    known: Competence | None = None
    #: Which of its texts change, of one that is there.
    changes: Sequence[str] = ()
    problem: str = ""

    @property
    def outcome(self) -> str:
        """In one word."""
        if self.problem:
            return "out"
        if self.known is None:
            return "new"
        if self.known.retired_at:
            return "again"
        return "changed" if self.changes else "same"


@dataclass(frozen=True)
class FrameworkPlan:
    """What becomes of all of them, and how many of the cohort the file says nothing about."""

    rows: list[Planned]
    left: int

    def count(self, outcome: str) -> int:
        """Return how many have an outcome."""
        return sum(row.outcome == outcome for row in self.rows)

    @property
    def to_do(self) -> int:
        """How many there are that change something."""
        return sum(row.outcome in ("new", "changed", "again") for row in self.rows)


def framework_plan(cohort: Cohort, found: Collection[Found]) -> FrameworkPlan:
    """Compare a file with the competences of a cohort.

    The same one is what has the same key of a framework, else the same code, else the same name.
    """
    comparison = _Comparison(list(cohort.competences.all()))
    rows = list(comparison.rows(found))
    touched = {row.known.pk for row in rows if row.known}
    left = sum(row.retired_at is None and row.pk not in touched for row in comparison.there)
    return FrameworkPlan(rows, left)


class _Comparison:
    def __init__(self, there: list[Competence]) -> None:
        self.there = there
        self.by_key = {row.key.casefold(): row for row in there}
        self.by_code = {row.code.casefold(): row for row in there if row.code}
        self.by_name = {row.name_nl.casefold(): row for row in there}
        self.met: set[int] = set()
        # What is said already of a new one, and stands on another row.
        self.codes: set[str] = set()
        self.names: set[str] = set()

    def rows(self, found: Collection[Found]) -> Iterator[Planned]:
        for one in found:
            row = self._planned(one)
            if not row.problem:
                self._remember(row)
            yield row

    def _planned(self, one: Found) -> Planned:
        if one.problem:
            return Planned(one, problem=one.problem)
        known = (
            self.by_key.get(one.key.casefold())
            or self.by_code.get(one.code.casefold())
            or self.by_name.get(one.name_nl.casefold())
        )
        if known and known.pk in self.met:
            return Planned(one, problem="twice")
        changes = _changes(one, known) if known else []
        return Planned(one, known, changes, self._clash(one, known))

    def _clash(self, one: Found, known: Competence | None) -> str:
        name, code = one.name_nl.casefold(), one.code.casefold()
        if name in self.names or code in self.codes:
            return "twice"
        if self.by_name.get(name, known) != known or self.by_code.get(code, known) != known:
            return "taken"
        return ""

    def _remember(self, row: Planned) -> None:
        self.names.add(row.found.name_nl.casefold())
        if row.found.code:
            self.codes.add(row.found.code.casefold())
        if row.known:
            self.met.add(row.known.pk)


def _changes(one: Found, known: Competence) -> list[str]:
    """Return what a file says anew; without Dutch in it, what is there in Dutch stays."""
    says = [name for name in TEXTS if not (one.is_english and name.endswith("_nl"))]
    return [
        name for name in says if getattr(one, name) and getattr(one, name) != getattr(known, name)
    ]

"""What a sheet with people says, line by line. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass

#: The columns of a sheet, in the order in which they are explained.
COLUMNS = ("email", "name", "role", "programme")
#: A whole year of a large programme fits.
MOST_LINES = 500


class UnusableSheet(Exception):  # noqa: N818 -- what it says of a sheet
    """A sheet without one of the columns, or with more lines than can be brought in at once."""

    def __init__(self, missing: Sequence[str] = ()) -> None:
        super().__init__(", ".join(missing))
        #: The columns that are not there; empty when there are too many lines.
        self.missing = tuple(missing)


@dataclass(frozen=True)
class SheetLine:
    """One line as it is written: each cell on one line of its own, the address in lower case."""

    number: int
    email: str
    name: str
    role: str
    programme: str


def lines_of(rows: Sequence[Sequence[str]]) -> list[SheetLine]:
    """Return the lines below the header, which is the first row with something in it.

    Columns may stand in any order, with others between them; empty lines count as lines, so that
    numbers are those of the sheet. Raises UnusableSheet.
    """
    first = next((number for number, row in enumerate(rows) if any(map(str.strip, row))), 0)
    header = [cell.strip().casefold() for cell in rows[first]] if rows else []
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise UnusableSheet(missing)
    places = [header.index(name) for name in COLUMNS]
    lines = [
        SheetLine(number, *_cells(row, places))
        for number, row in enumerate(rows[first + 1 :], first + 2)
        if any(map(str.strip, row))
    ]
    if len(lines) > MOST_LINES:
        raise UnusableSheet
    return lines


def _cells(row: Sequence[str], places: Sequence[int]) -> tuple[str, str, str, str]:
    email, name, role, programme = (
        " ".join(row[place].split()) if place < len(row) else "" for place in places
    )
    return email.lower(), name, role.casefold(), programme.casefold()

"""What all that comes in and goes out has in common."""

import re
import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from stageapp.core.fields import NAME_LENGTH, TEXT_LENGTH

T = TypeVar("T")
#: Of a field that is itself called `date`.
Day = date

#: The key of a row: a whole number as every database has it.
LARGEST_KEY = 2**63 - 1
Key = Annotated[int, Field(ge=1, le=LARGEST_KEY, strict=True)]
KeyInAddress = Annotated[int, Field(ge=1, le=LARGEST_KEY)]


def _no_nul(text: str) -> str:
    """Refuse what PostgreSQL cannot keep, and half a sign, which is no text at all."""
    if "\0" in text:
        raise ValueError("NUL")
    return text


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.ASCII | re.IGNORECASE
)
#: Nearer to the ends of what there is, a moment has no day in every time zone.
_YEARS = range(2, 9999)


def _day_as_written(sent: Any) -> Any:
    """Refuse a day that is not written as the document says: no number of seconds, no week."""
    if isinstance(sent, date) or (isinstance(sent, str) and _DAY.fullmatch(sent)):
        return sent
    raise ValueError(_("Write a day as 2026-03-12."))


def _moment_as_written(sent: Any) -> Any:
    """Refuse a moment that is not written as RFC 3339 says, section 5.6."""
    if isinstance(sent, datetime) or (isinstance(sent, str) and _MOMENT.fullmatch(sent)):
        return sent
    raise ValueError(_moment_in_words())


def _within_all_zones(at: datetime) -> datetime:
    if at.year not in _YEARS:
        raise ValueError(_moment_in_words())
    # PostgreSQL takes no offset of sixteen hours or more; Python does, and so does ISO 8601.
    return at.astimezone(UTC)


def _moment_in_words() -> str:
    return _("Write a moment as 2026-03-12T10:15:00+01:00, with its offset.")


#: What comes in says yes or no, a day, a moment, and a time by the clock of the institution, in one
#: way each.
Flag = Annotated[bool, Field(strict=True)]
SentDay = Annotated[date, BeforeValidator(_day_as_written)]
SentMoment = Annotated[
    AwareDatetime, BeforeValidator(_moment_as_written), AfterValidator(_within_all_zones)
]
SentTime = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]

#: Lengths are those of the database; what is no text never gets that far.
Name = Annotated[str, StringConstraints(max_length=NAME_LENGTH), AfterValidator(_no_nul)]
Text = Annotated[str, StringConstraints(max_length=TEXT_LENGTH), AfterValidator(_no_nul)]


class Shape(BaseModel):
    """What goes out."""

    model_config = ConfigDict(extra="ignore")


class Sent(BaseModel):
    """What comes in: a field that nobody knows is a slip, and is said to be one."""

    model_config = ConfigDict(extra="forbid")

    def told(self) -> dict[str, Any]:
        """Return what was sent, and nothing of what was not."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _without_defaults(schema: dict[str, Any]) -> None:
    """Say of no field what it becomes when it is left out: it stays as it is."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


#: Of what changes a thing: a field that is left out stays.
PARTIAL = ConfigDict(extra="forbid", json_schema_extra=_without_defaults)


class Ref(Shape):
    """A thing by its key, with its name in the reader's language."""

    id: int
    name: str


class Page(Shape, Generic[T]):
    """Some rows of a list, and where it goes on."""

    items: list[T]
    next: str | None = Field(
        description="The address of the next page, as in the header Link; null on the last one."
    )


ClientId = Annotated[
    uuid.UUID | None,
    Field(
        description="A UUID that you make. The same one again makes nothing new and returns the "
        "first result (200 instead of 201), so that a request can be sent again when no answer "
        "came."
    ),
]


def moment(at: datetime | None) -> datetime | None:
    """Return a moment with the offset of the institution's clock."""
    return timezone.localtime(at) if at else None


def moment_of(at: datetime) -> datetime:
    """Return the same of a moment that is there."""
    return timezone.localtime(at)


def ref(row: Any) -> Ref | None:
    """Return a row by key and name, or None for none."""
    return Ref(id=row.pk, name=str(row)) if row else None


def refs(rows: Any) -> list[Ref]:
    """Return rows by key and name."""
    return [Ref(id=row.pk, name=str(row)) for row in rows]

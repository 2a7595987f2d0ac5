"""What all that comes in and goes out has in common."""

import re
import uuid
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.utils import timezone
from pydantic import (
    AfterValidator,
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


def _as_written(sent: Any) -> Any:
    """Refuse a day that is not written as the document says: no number of seconds, no week."""
    if isinstance(sent, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", sent, re.ASCII):
        raise ValueError("day")
    if isinstance(sent, int | float):
        raise ValueError("day")
    return sent


#: What comes in says yes or no, and a day, in one way.
Flag = Annotated[bool, Field(strict=True)]
SentDay = Annotated[date, BeforeValidator(_as_written)]

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

"""Lists a page at a time, by cursor: what comes in between moves nothing and hides nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from stageapp.api.v1.problems import wrong

M = TypeVar("M", bound=Model)
T = TypeVar("T")

MOST, USUAL = 100, 25
#: What makes it the cursor of this app, and of no other list.
SALT = "stageapp.api.cursor"
LONGEST_CURSOR = 500


class Paged(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="ignore")

    cursor: str | None = Field(
        None,
        max_length=LONGEST_CURSOR,
        description="Where to go on: from `next` of the page before. Opaque.",
    )
    limit: int = Field(USUAL, ge=1, le=MOST, description="How many rows, at most.")


@dataclass(frozen=True)
class Cut:
    """The rows of a page, and the cursor of the next one."""

    rows: list[Any]
    next: str | None


def cut(rows: QuerySet[M], order: Sequence[str], asked: Paged) -> Cut:
    """Return a page of rows in an order whose last name is unique, such as ("-date", "-pk").

    Raises a problem for a cursor that is none of this list.
    """
    if asked.cursor:
        rows = rows.filter(_after(order, _read(asked.cursor, order)))
    found = list(rows.order_by(*order)[: asked.limit + 1])
    if len(found) <= asked.limit:
        return Cut(found, None)
    kept = found[: asked.limit]
    last = [_written(getattr(kept[-1], name.lstrip("-"))) for name in order]
    return Cut(kept, signing.dumps([list(order), last], salt=SALT, compress=True))


def cut_list(rows: Sequence[T], key: Callable[[T], int], asked: Paged) -> Cut:
    """Return a page of a list that Python put in order; it goes on after the row of the cursor.

    Where that row is gone, it goes on at the place where it was.
    """
    start = 0
    if asked.cursor:
        last, place = _read(asked.cursor, ["list"])
        start = next((n for n, row in enumerate(rows, 1) if key(row) == last), int(place))
    kept = list(rows[start : start + asked.limit])
    end = start + len(kept)
    if not kept or end >= len(rows):
        return Cut(kept, None)
    return Cut(kept, signing.dumps([["list"], [key(kept[-1]), end]], salt=SALT, compress=True))


def address_of(request: HttpRequest, cursor: str | None) -> str | None:
    """Return the address of the page with this cursor: the same question otherwise."""
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _after(order: Sequence[str], last: Sequence[Any]) -> Q:
    """Return what comes after a row: the same in the first names, and further in the next one."""
    found, same = Q(), Q()
    for name, value in zip(order, last, strict=True):
        bare = name.lstrip("-")
        found |= same & Q((f"{bare}__{'lt' if name.startswith('-') else 'gt'}", value))
        same &= Q((bare, value))
    return found


def _read(cursor: str, order: Sequence[str]) -> list[Any]:
    try:
        of, last = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError) as problem:
        raise _no_cursor() from problem
    if of != list(order):
        raise _no_cursor()
    return [_parsed(one) for one in last]


def _no_cursor() -> Exception:
    return wrong("cursor", _("This cursor is not one of this list. Begin at the first page."))


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, UUID) else value


def _parsed(value: Any) -> Any:
    if isinstance(value, dict):
        return (
            datetime.fromisoformat(value["at"])
            if "at" in value
            else date.fromisoformat(value["day"])
        )
    return value

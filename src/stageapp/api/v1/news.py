"""What was news for somebody: who and the title, as in the app; never what somebody wrote."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from stageapp.api.middleware import ApiRequest
from stageapp.api.rules import Scope
from stageapp.api.v1.door import JSON
from stageapp.api.v1.operation import operation, page_of
from stageapp.api.v1.paging import Paged, cut
from stageapp.api.v1.shapes import Page, Sent, Shape, moment, moment_of
from stageapp.core.addresses import whole_address
from stageapp.notifications.actions import mark_seen
from stageapp.notifications.mails import sentence
from stageapp.notifications.models import Notification
from stageapp.notifications.queries import news_of, unseen_count

router = Router(tags=["news"])
ORDER = ("-caused_at", "-pk")
#: So many are taken as seen at once: a page of the list.
MOST_SEEN = 100


class News(Shape):
    """One piece of news."""

    id: UUID
    kind: str = Field(description="Such as question_shared; `mails` of the profile has them too.")
    text: str = Field(description="In one line, in the language of the answer.")
    url: str = Field(description="The page of the app that it is about.")
    caused_at: datetime
    seen_at: datetime | None = Field(description="In the app or by a program.")
    is_withdrawn: bool = Field(description="What it was about was taken back.")


class NewsPage(Page[News]):
    """Some news, the newest first."""


class NewsFilter(Paged):
    """Which news."""

    is_seen: bool | None = None


class Seen(Sent):
    """Which news was seen."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_SEEN)]


class Unseen(Shape):
    """How much is left."""

    unseen: int


def shape(row: Notification) -> News:
    """Return a piece of news as it goes out."""
    return News(
        id=row.pk,
        kind=row.kind,
        text=sentence(row),
        url=whole_address(row.path, row.host),
        caused_at=moment_of(row.caused_at),
        seen_at=moment(row.seen_at),
        is_withdrawn=row.cancelled_at is not None,
    )


@operation(router, "GET", "/news", scope=Scope.GUIDANCE_READ, gives=NewsPage)
def list_news(request: ApiRequest, asked: Query[NewsFilter]) -> Any:
    """List what was news for who asks, the newest first; reading it here does not mark it seen."""
    rows = news_of(request.user)
    if asked.is_seen is not None:
        rows = rows.filter(seen_at__isnull=not asked.is_seen)
    return page_of(request, NewsPage, cut(rows, ORDER, asked), shape)


@operation(router, "POST", "/news/seen", scope=Scope.GUIDANCE_WRITE, gives=Unseen, takes=JSON)
def mark_news_seen(request: ApiRequest, sent: Seen) -> Unseen:
    """Take news as seen; what is no news of who asks is passed over. Says how much is left."""
    mark_seen(news_of(request.user).filter(pk__in=sent.ids), at=timezone.now())
    return Unseen(unseen=unseen_count(request.user))

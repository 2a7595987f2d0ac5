"""The main menu: what somebody sees follows from who they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stageapp.accounts.models import User
from stageapp.guidance.queries import unread_count, waiting_count
from stageapp.home.managing import GROUPS
from stageapp.home.queries import roles_of
from stageapp.integrations.catalogue import CONNECTIONS
from stageapp.notifications.queries import unseen_count

#: Which features lie within a destination.
WITHIN = {
    "logbook:activities": {"logbook", "planning", "exports"},
    "guidance:list": {"guidance"},
    "insights:charts": {"insights"},
    "tips:list": {"tips"},
    "students:list": {"students"},
    "placements:show": {"placements"},
    "guide:list": {"guide"},
    "manage_people:list": {"manage_people"},
    "manage_links:list": {"manage_links"},
    "manage_programmes:list": {"manage_programmes", "manage_files", "manage_charts"},
}
# All other pages of administrators: each new one is there by itself.
WITHIN["manage:list"] = {
    page.partition(":")[0]
    for page in (
        *(task.page for group in GROUPS for task in group.tasks),
        *(connection.page for connection in CONNECTIONS),
    )
}.difference(*WITHIN.values())
#: Pages of the logbook that have a place of their own in the menu.
OWN_DESTINATIONS = {"logbook:new", "logbook:saved", "planning:talks"}


@dataclass(frozen=True)
class NavigationItem:
    """One destination; `badge` is a number that asks for attention, 0 for none."""

    url: str
    label: str
    icon: str
    #: What `aria-current` says of it, or nothing.
    current: str
    is_primary: bool = False
    is_wide_only: bool = False
    #: The key that opens it.
    shortcut: str = ""
    badge: int = 0
    badge_label: str = ""


def navigation(request: HttpRequest) -> dict[str, Callable[[], list[NavigationItem]]]:
    """Give templates `navigation`; worked out only where a page shows the menu."""
    return {"navigation": lambda: navigation_items(request)}


def navigation_items(request: HttpRequest) -> list[NavigationItem]:
    """Return the destinations of the signed-in person."""
    person = request.user
    if not isinstance(person, User):
        return []
    roles = roles_of(person)
    items = [_item(request, "home", _("Home"), "house", shortcut="h")]
    if roles.is_student:
        items += _student_items(request, person)
    if roles.is_teacher:
        waiting = waiting_count(person)
        label = ngettext("%(n)d waits for you", "%(n)d wait for you", waiting) % {"n": waiting}
        items.append(
            _item(
                request,
                "students:list",
                _("Students"),
                "users",
                shortcut="t",
                badge=waiting,
                badge_label=label,
            )
        )
        items.append(
            _item(
                request,
                "planning:talks" if roles.is_student else "planning:calendar",
                _("Calendar"),
                "calendar-days",
                is_wide_only=roles.is_student,
            )
        )
    if roles.is_student:
        items.append(
            _item(
                request,
                "placements:show",
                _("Placement"),
                "building-2",
                is_wide_only=True,
                shortcut="p",
            )
        )
    if roles.is_administrator:
        items += _administrator_items(request, is_wide_only=roles.is_student or roles.is_teacher)
    # On a phone the bell and the picture at the top lead there.
    items.append(_news(request, person))
    # The guide stands at the bottom of each page too.
    items.append(_item(request, "guide:list", _("Guide"), "book-open", is_wide_only=True))
    items.append(
        _item(request, "profile", _("Profile"), "user-round", is_wide_only=roles.is_student)
    )
    return items


def _news(request: HttpRequest, person: User) -> NavigationItem:
    unseen = unseen_count(person)
    label = ngettext("%(n)d piece of news", "%(n)d pieces of news", unseen) % {"n": unseen}
    return _item(
        request,
        "notifications:list",
        _("News"),
        "bell",
        is_wide_only=True,
        badge=unseen,
        badge_label=label,
    )


def _student_items(request: HttpRequest, person: User) -> list[NavigationItem]:
    unread = unread_count(person)
    label = ngettext("%(n)d unread message", "%(n)d unread messages", unread) % {"n": unread}
    return [
        _item(request, "logbook:activities", _("Logbook"), "notebook-pen", shortcut="l"),
        _item(request, "logbook:new", _("New"), "plus", is_primary=True, shortcut="n"),
        _item(request, "logbook:saved", _("Saved"), "bookmark", shortcut="s"),
        _item(
            request,
            "guidance:list",
            _("Guidance"),
            "messages-square",
            shortcut="g",
            badge=unread,
            badge_label=label,
        ),
        *_to_look_closer(request),
    ]


def _administrator_items(request: HttpRequest, *, is_wide_only: bool) -> list[NavigationItem]:
    """On the phone of somebody who is more than that, the start page leads there."""
    return [
        _item(request, "manage_people:list", _("People"), "users", is_wide_only=is_wide_only),
        _item(request, "manage_links:list", _("Linking"), "link", is_wide_only=is_wide_only),
        _item(request, "manage_programmes:list", _("Programmes"), "layout-list", is_wide_only=True),
        _item(request, "manage:list", _("Manage"), "sliders-horizontal", is_wide_only=is_wide_only),
    ]


def _to_look_closer(request: HttpRequest) -> list[NavigationItem]:
    """On a phone the bar is full: the start page leads there too."""
    return [
        _item(request, "insights:charts", _("Insights"), "chart-column", is_wide_only=True),
        _item(request, "tips:list", _("Tips"), "lightbulb", is_wide_only=True),
    ]


def _item(request: HttpRequest, name: str, label: str, icon: str, **more: Any) -> NavigationItem:
    url = reverse(name)
    return NavigationItem(url, label, icon, _current(request, name, url), **more)


def _current(request: HttpRequest, name: str, url: str) -> str:
    """Return `aria-current` of a destination: this page, something within it, or nothing."""
    if request.path == url:
        return "page"
    match = request.resolver_match
    if match is None or match.view_name in OWN_DESTINATIONS:
        return ""
    return "true" if match.app_name in WITHIN.get(name, ()) else ""

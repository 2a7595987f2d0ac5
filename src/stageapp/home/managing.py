"""What administrators do, and where: in the order in which a year begins."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Task:
    """One page of administrators: its address, and what it is for."""

    page: str
    icon: str
    name: StrPromise
    what_for: StrPromise
    #: What stands in the address of the page.
    arguments: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it is done."""
        return reverse(self.page, args=self.arguments)


@dataclass(frozen=True)
class Group:
    """Pages about the same."""

    name: StrPromise
    tasks: tuple[Task, ...]
    #: Whether it concerns the whole institution: for its functional administrators.
    is_institution: bool = False


GROUPS = (
    Group(
        _("People and placements"),
        (
            Task("manage_people:list", "users", _("People"), _("Invite, roles, accounts")),
            Task("manage_links:list", "link", _("Linking"), _("Which teacher guides whom")),
        ),
    ),
    Group(
        _("Programmes"),
        (
            Task(
                "manage_programmes:list",
                "layout-list",
                _("Programmes"),
                _("Cohorts, the form of students, lists, competences, reflection models"),
            ),
            Task("manage_tips:list", "lightbulb", _("Tips"), _("Which tip appears when, and why")),
            Task(
                "manage_insights:list",
                "chart-column",
                _("Use of the app"),
                _("Totals, of nobody in particular"),
            ),
            Task(
                "manage_preview:role",
                "eye",
                _("What others see"),
                _("The pages of students, teachers and guests, on made-up data"),
                ("student",),
            ),
        ),
    ),
    Group(
        _("The institution"),
        (
            Task(
                "manage_integrations:list",
                "plug",
                _("Connections"),
                _("Learning environment, campus sign-in, lists of people"),
            ),
            Task(
                "manage_messages:list",
                "megaphone",
                _("Messages and maintenance"),
                _("A line on top of every page; closing for a while"),
            ),
            Task(
                "manage_holidays:list",
                "calendar",
                _("Holidays"),
                _("Days on which nobody is expected to work or answer"),
            ),
            Task(
                "manage_privacy:overview",
                "shield-check",
                _("Privacy and keeping"),
                _("The privacy statement, and how long data is kept"),
            ),
            Task("manage_audit:list", "history", _("Who did what"), _("The record, to search")),
        ),
        is_institution=True,
    ),
)

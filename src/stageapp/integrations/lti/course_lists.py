"""The list of a course (Names and Roles 2.0) as a list of people from elsewhere. Plain reading."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stageapp.core.texts import text_in
from stageapp.integrations.lti.models import Course
from stageapp.integrations.lti.rules import (
    CLAIM,
    KEY_LENGTH,
    MEMBERSHIP,
    NAME_LENGTH,
    Standing,
    standing_of,
)
from stageapp.integrations.roster.rules import Group, Person, Roster

#: Who has another status in a course is not in it any more.
ACTIVE = "Active"
#: Groups as the Course Groups Service and Canvas tell of them.
GROUPS, SECTIONS = "group_enrollments", ("section_names", "section_ids")
MOST_SECTIONS = 50


@dataclass
class _Section:
    teachers: list[str] = field(default_factory=list)
    students: list[str] = field(default_factory=list)


def roster_in(
    course: Course, told: Iterable[Mapping[str, Any]], accounts: Mapping[str, int], *, trusts: bool
) -> Roster:
    """Return what the list of a course says: who is in which section, as teacher or student.

    Arguments: `accounts` has the account of who came in from there before, by their key there;
    `trusts` whether the environment checks addresses. Only then somebody who never came in is
    found, or invited, by their address; else they are left out until they come in, and a remark
    says so.
    """
    people: dict[str, Person] = {}
    sections: dict[str, _Section] = defaultdict(_Section)
    strangers = 0
    for member in told:
        key, standing = text_in(member, "user_id", KEY_LENGTH), standing_in(member)
        if (
            not key
            or not _is_active(member)
            or standing not in (Standing.TEACHER, Standing.STUDENT)
        ):
            continue
        account = accounts.get(key)
        if account is None and not trusts:
            strangers += 1
            continue
        people[key] = Person(
            key,
            _name(member),
            email=text_in(member, "email", 254) if trusts else "",
            account=account,
        )
        for section in _sections(member):
            chosen = sections[section]
            (chosen.teachers if standing is Standing.TEACHER else chosen.students).append(key)
    return Roster(
        people=tuple(people.values()),
        groups=tuple(_group(course, name, one) for name, one in sorted(sections.items())),
        remarks=_remarks(strangers),
    )


def _group(course: Course, name: str, section: _Section) -> Group:
    return Group(
        key=f"{course.pk}:{name}",
        title=f"{course} {name}".strip(),
        line=line_of(course),
        line_title=str(course),
        teachers=tuple(section.teachers),
        students=tuple(section.students),
    )


def line_of(course: Course) -> str:
    """Return what is given a cohort: the course."""
    return f"course:{course.pk}"


def standing_in(member: Mapping[str, Any]) -> Standing:
    """Return what somebody is in the course; in a list roles may be short (section 2.3)."""
    roles = member.get("roles")
    if not isinstance(roles, list):
        return Standing.OTHER
    texts = [role for role in roles[:100] if isinstance(role, str)]
    return standing_of(role if ":" in role else f"{MEMBERSHIP}#{role}" for role in texts)


def _is_active(member: Mapping[str, Any]) -> bool:
    status = member.get("status", ACTIVE)
    return bool(status == ACTIVE or status is None)


def _name(member: Mapping[str, Any]) -> str:
    whole = text_in(member, "name", NAME_LENGTH)
    parts = (text_in(member, name, NAME_LENGTH) for name in ("given_name", "family_name"))
    return (whole or " ".join(filter(None, parts)))[:NAME_LENGTH]


def _sections(member: Mapping[str, Any]) -> list[str]:
    """Return in which sections somebody is; the course as a whole where none are told."""
    groups = member.get(GROUPS)
    listed = groups[:MOST_SECTIONS] if isinstance(groups, list) else []
    found = [text_in(one, "group_id", KEY_LENGTH) for one in listed if isinstance(one, dict)]
    found += _custom(member)
    return sorted(set(filter(None, found))) or [""]


def _custom(member: Mapping[str, Any]) -> list[str]:
    messages = member.get("message")
    for message in messages if isinstance(messages, list) else ():
        custom = message.get(f"{CLAIM}custom") if isinstance(message, dict) else None
        if not isinstance(custom, dict):
            continue
        for name in SECTIONS:
            told = text_in(custom, name, 5000)
            # A variable that the environment does not know comes back as it is.
            if told and not told.startswith("$"):
                return [one.strip(' "[]') for one in told.split(",")][:MOST_SECTIONS]
    return []


def _remarks(strangers: int) -> tuple[str, ...]:
    if not strangers:
        return ()
    text = ngettext(
        "%(n)d person never came in from this course; after that they are linked.",
        "%(n)d people never came in from this course; after that they are linked.",
        strangers,
    )
    more = _("The environment does not check addresses, so they cannot be found by those.")
    return (f"{text % {'n': strangers}} {more}",)

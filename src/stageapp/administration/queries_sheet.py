"""What a sheet with people would do, line by line, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.administration import access
from stageapp.administration.rules import SheetLine
from stageapp.core.fields import NAME_LENGTH
from stageapp.programmes.access import programmes_administered
from stageapp.programmes.models import Programme, ProgrammeMembership, Role

MOST_SIGNS_OF_EMAIL = 254
MOST_SIGNS_TOLD = 40


class Outcome(StrEnum):
    """What happens with a line."""

    #: Perhaps with a new account: whether there is one elsewhere is not told before.
    INVITED = "invited"
    GIVEN = "given"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass
class PlannedLine:
    """A line with what it would do, or with what is wrong."""

    line: SheetLine
    role: Role | None
    programme: Programme | None
    name: str = ""
    problems: list[str] = field(default_factory=list)
    outcome: Outcome = Outcome.REFUSED


@dataclass
class SheetPlan:
    """What a whole sheet would do."""

    lines: list[PlannedLine]

    @property
    def to_do(self) -> list[PlannedLine]:
        """The lines that change something."""
        return [one for one in self.lines if one.outcome in (Outcome.INVITED, Outcome.GIVEN)]

    @property
    def refused(self) -> list[PlannedLine]:
        """The lines with something wrong."""
        return [one for one in self.lines if one.outcome == Outcome.REFUSED]

    @property
    def unchanged(self) -> int:
        """How many lines say what is so already."""
        return len(self.lines) - len(self.to_do) - len(self.refused)


def plan_of(lines: Sequence[SheetLine], administrator: User) -> SheetPlan:
    """Return what the lines of a sheet would do, in the hands of this administrator."""
    programmes = defaultdict(list)
    for programme in programmes_administered(administrator):
        programmes[programme.slug.casefold()].append(programme)
    given = access.roles_given_by(administrator)
    emails = {line.email for line in lines}
    people = {
        person.email: person
        for person in access.people_administered(administrator).filter(email__in=emails)
    }
    have = set(
        ProgrammeMembership.objects.filter(
            programme__in=given.keys(), person__email__in=emails
        ).values_list("person__email", "programme", "role")
    )
    names = role_names()
    plan = SheetPlan([])
    for line in lines:
        found = programmes.get(line.programme, [])
        person = people.get(line.email)
        planned = PlannedLine(line, names.get(line.role), found[0] if len(found) == 1 else None)
        planned.name = person.name if person else line.name
        planned.problems = [
            *_problems_of_address(line.email, person),
            *_problems_of_name(planned.name),
            *_problems_of_role(planned, len(found), given),
        ]
        if not planned.problems:
            planned.outcome = _outcome(planned, person, have)
        plan.lines.append(planned)
    return plan


def role_names() -> dict[str, Role]:
    """Return what a role can be called in a sheet: its key, and its names in every language."""
    names = {role.value: role for role in Role}
    for language, _name in settings.LANGUAGES:
        with override(language):
            names |= {str(role.label).casefold(): role for role in Role}
    return names


def _problems_of_address(email: str, person: User | None) -> list[str]:
    if not email:
        return [_("There is no e-mail address.")]
    try:
        validate_email(email)
    except ValidationError:
        return [_("“%(text)s” is no e-mail address.") % {"text": email[:MOST_SIGNS_TOLD]}]
    if len(email) > MOST_SIGNS_OF_EMAIL:
        return [_("The e-mail address is too long.")]
    if person and not person.is_active:
        return [_("This account is switched off. Switch it on first.")]
    return []


def _problems_of_name(name: str) -> list[str]:
    if not name:
        return [_("There is no name.")]
    if len(name) > NAME_LENGTH:
        return [_("A name is longer than %(most)d characters.") % {"most": NAME_LENGTH}]
    return []


def _problems_of_role(
    planned: PlannedLine, programmes: int, given: dict[int, tuple[Role, ...]]
) -> list[str]:
    problems = []
    line, role, programme = planned.line, planned.role, planned.programme
    if role is None:
        problems.append(
            _("“%(text)s” is no role.") % {"text": line.role[:MOST_SIGNS_TOLD]}
            if line.role
            else _("There is no role.")
        )
    if programmes > 1:
        problems.append(_("More than one of your programmes is called that."))
    elif programme is None:
        problems.append(
            _("You administer no programme with the short name “%(text)s”.")
            % {"text": line.programme[:MOST_SIGNS_TOLD]}
            if line.programme
            else _("There is no programme.")
        )
    if role and programme and role not in given[programme.pk]:
        problems.append(_("Only a functional administrator gives this role here."))
    return problems


def _outcome(planned: PlannedLine, person: User | None, have: set[tuple[str, int, str]]) -> Outcome:
    """Decide what a good line does; what a line before it does is there by then."""
    assert planned.programme
    assert planned.role
    key = (planned.line.email, planned.programme.pk, planned.role.value)
    if key in have:
        return Outcome.NOTHING
    have.add(key)
    return Outcome.GIVEN if person else Outcome.INVITED

"""What a list from elsewhere asks for, compared with what there is. Plain Python.

Whatever the source, it becomes a `Roster`; what there is becomes a `There`; `compare` returns the
`Difference`s between them. Nothing here writes, and the same two always give the same answer.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256

#: The length of a name, of an address, of a student number and of a key in a source.
MOST_NAME, MOST_EMAIL, MOST_NUMBER, MOST_KEY = 200, 254, 20, 200
#: So many remarks about what could not be used, each so long.
MOST_REMARKS, MOST_REMARK = 100, 300


class Part(StrEnum):
    """What somebody is in a group. There is no more: no list makes anybody an administrator."""

    STUDENT = "student"
    TEACHER = "teacher"


@dataclass(frozen=True)
class Person:
    """Somebody in a source; the key is what the source itself knows them by, for good."""

    key: str
    name: str
    email: str = ""
    number: str = ""
    #: The account, where the one who asks knows it for sure; else it is found by key and address.
    account: int | None = None


@dataclass(frozen=True)
class Group:
    """People who belong together: each of its teachers guides each of its students."""

    key: str
    title: str
    #: What is given a cohort once, such as a course in a year: many groups can be of one line.
    line: str
    line_title: str
    #: Keys of people.
    teachers: tuple[str, ...] = ()
    students: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """All that a source says now; a part of it would look as if the rest had left."""

    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    #: What of the source could not be used, in words.
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """An account that can be that of somebody in the source."""

    key: int
    name: str
    number: str = ""
    #: Nobody switched it off.
    is_on: bool = True
    #: It has places in other institutions, and none in this one.
    is_elsewhere: bool = False
    #: It has places in this institution and in no other.
    is_only_here: bool = True
    #: What this source called them last; None where it never did.
    told_name: str | None = None
    told_number: str | None = None


@dataclass(frozen=True)
class Held:
    """That a source wanted one person to guide another, and did not end it."""

    key: int
    cohort: int
    student: int
    teacher: int
    #: Where it made the link; None while it waits for a placement.
    placement: int | None = None
    #: The link that it made lasts.
    is_open: bool = False


#: An account, a programme and what they are in it.
Claim = tuple[int, int, Part]


@dataclass
class There:
    """What there is, as far as a source can touch it."""

    #: Cohorts, with their programme.
    programmes: Mapping[int, int] = field(default_factory=dict)
    by_key: Mapping[str, Account] = field(default_factory=dict)
    by_email: Mapping[str, Account] = field(default_factory=dict)
    by_account: Mapping[int, Account] = field(default_factory=dict)
    #: What is no address.
    unusable: frozenset[str] = frozenset()
    roles: frozenset[Claim] = frozenset()
    #: Which roles the source knows of, and whether it gave them.
    claims: Mapping[Claim, bool] = field(default_factory=dict)
    #: The placement that somebody is on now, by student and cohort.
    placements: Mapping[tuple[int, int], int] = field(default_factory=dict)
    #: Placements with who guides them, whoever linked them.
    guided: frozenset[tuple[int, int]] = frozenset()
    #: Placements with whom somebody took off them by hand.
    ended: frozenset[tuple[int, int]] = frozenset()
    held: tuple[Held, ...] = ()


class Does(StrEnum):
    """What is to be done, in the order in which it is."""

    REFUSE = "refuse"
    INVITE = "invite"
    GIVE = "give"
    MATCH = "match"
    RENAME = "rename"
    NUMBER = "number"
    LINK = "link"
    WAIT = "wait"
    END = "end"
    UNWAIT = "unwait"
    LEAVE = "leave"
    FORGET = "forget"


class Why(StrEnum):
    """Why somebody in a source cannot be used."""

    UNKNOWN = "unknown"
    NO_NAME = "no_name"
    NO_EMAIL = "no_email"
    NOT_AN_EMAIL = "not_an_email"
    TOO_LONG = "too_long"
    TWICE = "twice"
    SWITCHED_OFF = "switched_off"
    ELSEWHERE = "elsewhere"
    #: Of who left: the role stays, since they guide somebody or are on placement.
    STAYS = "stays"


@dataclass(frozen=True)
class Difference:
    """One thing to do; what it does not need is empty."""

    does: Does
    #: Whom it is about; of a link that is the student.
    key: str = ""
    account: int | None = None
    name: str = ""
    email: str = ""
    number: str = ""
    #: What it was before.
    before: str = ""
    part: str = ""
    programme: int | None = None
    cohort: int | None = None
    #: Of a link, who guides.
    teacher_key: str = ""
    teacher: int | None = None
    teacher_name: str = ""
    #: Which `Held` it ends.
    held: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Loss:
    """How much of what a source brought it would take away again."""

    links: int
    of_links: int
    people: int
    of_people: int

    def exceeds(self, percent: int) -> bool:
        """Return whether more than a share of the links or of the people would go."""
        return any(
            lost * 100 > percent * of
            for lost, of in ((self.links, self.of_links), (self.people, self.of_people))
        )


def compare(
    roster: Roster, cohorts: Mapping[str, int], there: There, *, takes_away: bool = True
) -> list[Difference]:
    """Return what has to be done for what there is to be as a source says.

    Arguments: the cohort of each line, lines without one are left out; `takes_away`: what the
    source brought and does not name any more ends. What somebody did by hand stays: a link or role
    that was not brought by this source is not ended, one that somebody ended is not made again,
    and a name that somebody chose is not changed.
    """
    return _Comparison(roster, cohorts, there).differences(takes_away=takes_away)


def loss_of(differences: Iterable[Difference], there: There) -> Loss:
    """Return how much these differences take away of what the source brought."""
    done = list(differences)
    return Loss(
        links=sum(one.does is Does.END for one in done),
        of_links=sum(one.is_open for one in there.held),
        people=len({one.account for one in done if one.does is Does.LEAVE}),
        of_people=len({account for (account, *_rest), gave in there.claims.items() if gave}),
    )


#: Who somebody is: the key of an account, or the address of who has none yet.
_Who = int | str


class _Comparison:
    """Looks everybody up once, then walks over roles, names and links."""

    def __init__(self, roster: Roster, cohorts: Mapping[str, int], there: There) -> None:
        self.there = there
        self.people = {person.key: person for person in roster.people}
        self.groups = [
            (group, cohorts[group.line])
            for group in sorted(roster.groups, key=lambda one: one.key)
            if cohorts.get(group.line) in there.programmes
        ]
        self.accounts: dict[str, Account] = {}
        self.refused: dict[str, Why] = {}
        #: Everybody in a group that counts, in a fixed order.
        self.named = sorted(
            {key for group, _cohort in self.groups for key in (*group.teachers, *group.students)}
        )
        emails: dict[str, str] = {}
        for key in self.named:
            self._look_up(key, emails)
        #: Which roles are there when all is done.
        self.will_have: set[tuple[_Who, int, Part]] = set(there.roles)

    def _look_up(self, key: str, emails: dict[str, str]) -> None:
        person = self.people.get(key)
        account = self._account_of(key, person)
        if account:
            self.accounts[key] = account
        why = _why_not(person, account, self.there.unusable)
        is_new = person is not None and account is None and why is None
        if is_new and person and emails.setdefault(person.email, key) != key:
            why = Why.TWICE
        if why:
            self.refused[key] = why

    def _account_of(self, key: str, person: Person | None) -> Account | None:
        known = self.there.by_key.get(key)
        if person is None:
            return known
        if person.account is not None and person.account in self.there.by_account:
            return self.there.by_account[person.account]
        return known or self.there.by_email.get(person.email)

    def differences(self, *, takes_away: bool) -> list[Difference]:
        found = [*self._refusals(), *self._roles(), *self._names(), *self._links()]
        if takes_away:
            found += [*self._ends(), *self._leaves()]
        order = list(Does)
        return sorted(found, key=lambda one: order.index(one.does))

    def _refusals(self) -> Iterator[Difference]:
        for key, why in self.refused.items():
            person = self.people.get(key) or Person(key, "")
            yield Difference(Does.REFUSE, key=key, name=person.name, email=person.email, why=why)

    def _wanted_roles(self) -> Iterator[tuple[str, int, Part]]:
        seen = set()
        for group, cohort in self.groups:
            programme = self.there.programmes[cohort]
            for part, keys in ((Part.TEACHER, group.teachers), (Part.STUDENT, group.students)):
                for key in keys:
                    role = (self._who(key), programme, part)
                    if role not in seen:
                        seen.add(role)
                        yield key, programme, part

    def _who(self, key: str) -> _Who:
        """Return who has a key; two keys of one account are one person."""
        account = self.accounts.get(key)
        if account:
            return account.key
        person = self.people.get(key)
        return person.email if person and person.email else key

    def _roles(self) -> Iterator[Difference]:
        for key, programme, part in self._wanted_roles():
            if key in self.refused:
                continue
            person, account = self.people[key], self.accounts.get(key)
            does = self._role(account, programme, part)
            if does is None:
                continue
            self.will_have.add((self._who(key), programme, part))
            yield Difference(
                does,
                key=key,
                account=account.key if account else None,
                name=person.name,
                email=person.email,
                number=person.number,
                part=part,
                programme=programme,
            )

    def _role(self, account: Account | None, programme: int, part: Part) -> Does | None:
        if account is None:
            return Does.INVITE
        role = (account.key, programme, part)
        if role in self.there.claims:  # brought before; who took it away since decided that
            return None
        return Does.MATCH if role in self.there.roles else Does.GIVE

    def _names(self) -> Iterator[Difference]:
        """Follow names and numbers, as long as they are what this source said before."""
        for key in self.named:
            person, account = self.people.get(key), self.accounts.get(key)
            if person is None or account is None or key in self.refused or not account.is_only_here:
                continue
            common = {"key": key, "account": account.key}
            if account.name == account.told_name != person.name:
                yield Difference(Does.RENAME, name=person.name, before=account.name, **common)  # type: ignore[arg-type]
            was_told = account.number == (account.told_number or "")
            if person.number and was_told and account.number != person.number:
                yield Difference(Does.NUMBER, number=person.number, before=account.number, **common)  # type: ignore[arg-type]

    def _wanted_links(self) -> dict[tuple[int, _Who, _Who], tuple[str, str]]:
        """Return which cohort, student and teacher are to be linked, each with the two keys."""
        found: dict[tuple[int, _Who, _Who], tuple[str, str]] = {}
        for group, cohort in self.groups:
            for student in group.students:
                for teacher in group.teachers:
                    pair = (cohort, self._who(student), self._who(teacher))
                    if pair[1] != pair[2]:
                        found.setdefault(pair, (student, teacher))
        return found

    def _links(self) -> Iterator[Difference]:
        there = self.there
        waiting = {
            (one.cohort, one.student, one.teacher) for one in there.held if not one.placement
        }
        for (cohort, student, teacher), (student_key, teacher_key) in self._wanted_links().items():
            if student_key in self.refused or teacher_key in self.refused:
                continue
            if (teacher, there.programmes[cohort], Part.TEACHER) not in self.will_have:
                continue  # somebody took the role away
            if (cohort, student, teacher) in waiting:
                continue
            placement = None
            if isinstance(student, int):
                placement = there.placements.get((student, cohort))
            if placement and isinstance(teacher, int):
                pair = (placement, teacher)
                if pair in there.guided or pair in there.ended:
                    continue
            yield Difference(
                Does.LINK if placement else Does.WAIT,
                key=student_key,
                account=student if isinstance(student, int) else None,
                name=self.people[student_key].name,
                teacher_key=teacher_key,
                teacher=teacher if isinstance(teacher, int) else None,
                teacher_name=self.people[teacher_key].name,
                cohort=cohort,
            )

    def _ends(self) -> Iterator[Difference]:
        wanted = self._wanted_links()
        for one in self.there.held:
            if (one.cohort, one.student, one.teacher) in wanted:
                continue
            if one.placement is None or one.is_open:
                yield Difference(
                    Does.END if one.placement else Does.UNWAIT,
                    account=one.student,
                    teacher=one.teacher,
                    cohort=one.cohort,
                    held=one.key,
                )

    def _leaves(self) -> Iterator[Difference]:
        wanted = {(self._who(key), *rest) for key, *rest in self._wanted_roles()}
        for (account, programme, part), gave in self.there.claims.items():
            if (account, programme, part) not in wanted:
                yield Difference(
                    Does.LEAVE if gave else Does.FORGET,
                    account=account,
                    programme=programme,
                    part=part,
                )


def _why_not(
    person: Person | None, account: Account | None, unusable: Collection[str]
) -> Why | None:
    """Return why somebody cannot be used; an account that is known needs no address."""
    if person is None:
        return Why.UNKNOWN
    if account and account.is_elsewhere:
        return Why.ELSEWHERE
    if account and not account.is_on:
        return Why.SWITCHED_OFF
    if not person.name:
        return Why.NO_NAME
    if len(person.name) > MOST_NAME or len(person.number) > MOST_NUMBER:
        return Why.TOO_LONG
    if account:
        return None
    if not person.email:
        return Why.NO_EMAIL
    return Why.NOT_AN_EMAIL if person.email in unusable else None


def tidy(roster: Roster) -> Roster:
    """Return a list as it can be kept: texts on one line, addresses in lower case, short keys.

    Of two people, or groups, with one key the first counts.
    """
    people: dict[str, Person] = {}
    for person in roster.people:
        key = short(person.key)
        people.setdefault(
            key,
            replace(
                person,
                key=key,
                name=one_line(person.name),
                email=one_line(person.email).lower(),
                number=one_line(person.number),
            ),
        )
    groups: dict[str, Group] = {}
    for group in roster.groups:
        key = short(group.key)
        groups.setdefault(
            key,
            Group(
                key,
                one_line(group.title)[:MOST_NAME],
                short(group.line),
                one_line(group.line_title)[:MOST_NAME],
                teachers=tuple(map(short, group.teachers)),
                students=tuple(map(short, group.students)),
            ),
        )
    return Roster(
        tuple(people.values()),
        tuple(groups.values()),
        tuple(one_line(remark)[:MOST_REMARK] for remark in roster.remarks[:MOST_REMARKS]),
    )


def one_line(text: str) -> str:
    """Return a text without line ends and signs that nobody sees, and no database takes."""
    seen = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(seen.split())


def short(key: str) -> str:
    """Return a key as it is kept; a very long one by its hash, so that two stay two."""
    tidied = one_line(key)
    if len(tidied) <= MOST_KEY and tidied == key:
        return key
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

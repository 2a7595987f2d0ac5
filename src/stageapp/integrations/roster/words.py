"""What a difference is in words, for who looks at it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stageapp.integrations.roster.models import Change
from stageapp.integrations.roster.rules import Does, Why
from stageapp.programmes.models import Role

#: What is done, for a heading.
HEADS = {
    Does.REFUSE: gettext_lazy("Cannot be used"),
    Does.INVITE: gettext_lazy("Invited"),
    Does.GIVE: gettext_lazy("Gets a role"),
    Does.MATCH: gettext_lazy("Known here already"),
    Does.RENAME: gettext_lazy("Has another name"),
    Does.NUMBER: gettext_lazy("Has another student number"),
    Does.LINK: gettext_lazy("Linked to a teacher"),
    Does.WAIT: gettext_lazy("Linked as soon as there is a placement"),
    Does.END: gettext_lazy("Link ends"),
    Does.UNWAIT: gettext_lazy("Waits no longer for a link"),
    Does.LEAVE: gettext_lazy("Left: the role ends"),
    Does.FORGET: gettext_lazy("Left: the role stays, it was given by hand"),
}
TEXTS = {
    Does.REFUSE: gettext_lazy("%(name)s"),
    Does.INVITE: gettext_lazy("%(name)s: invited as %(role)s of %(programme)s"),
    Does.GIVE: gettext_lazy("%(name)s becomes %(role)s of %(programme)s"),
    Does.MATCH: gettext_lazy("%(name)s is %(role)s of %(programme)s already"),
    Does.RENAME: gettext_lazy("%(before)s is called %(after)s now"),
    Does.NUMBER: gettext_lazy("%(name)s: student number %(after)s instead of %(before)s"),
    Does.LINK: gettext_lazy("%(teacher)s guides %(name)s, %(cohort)s"),
    Does.WAIT: gettext_lazy(
        "%(teacher)s guides %(name)s as soon as there is a placement, %(cohort)s"
    ),
    Does.END: gettext_lazy("%(teacher)s does not guide %(name)s any more, %(cohort)s"),
    Does.UNWAIT: gettext_lazy("%(teacher)s will not guide %(name)s, %(cohort)s"),
    Does.LEAVE: gettext_lazy("%(name)s is no %(role)s of %(programme)s any more"),
    Does.FORGET: gettext_lazy("%(name)s stays %(role)s of %(programme)s"),
}
#: The icon of what adds nothing.
_SIGNS = {
    Does.REFUSE: "triangle-alert",
    Does.MATCH: "check",
    Does.FORGET: "check",
    Does.END: "x",
    Does.UNWAIT: "x",
    Does.LEAVE: "x",
}
WHY = {
    Why.UNKNOWN: gettext_lazy("is in a group, but not in the list of people"),
    Why.NO_NAME: gettext_lazy("has no name in the source"),
    Why.NO_EMAIL: gettext_lazy("has no e-mail address in the source"),
    Why.NOT_AN_EMAIL: gettext_lazy("has no valid e-mail address"),
    Why.TOO_LONG: gettext_lazy("has a name or number that is too long"),
    Why.TWICE: gettext_lazy("has the e-mail address of somebody else in the source"),
    Why.SWITCHED_OFF: gettext_lazy("has an account here that is switched off"),
    Why.ELSEWHERE: gettext_lazy(
        "has an account that is not of your institution; invite this person by hand"
    ),
    Why.STAYS: gettext_lazy("keeps the role: still guides somebody or is on placement here"),
}


def head(does: Does) -> str:
    """Return what a kind of difference is called."""
    return str(HEADS[does])


def sign(change: Change) -> str:
    """Return which icon stands before a difference: what goes, what comes, what stays."""
    added = "check" if change.outcome == Change.Outcome.DONE else "plus"
    return _SIGNS.get(Does(change.does), added)


def tell(change: Change) -> str:
    """Return a difference in one sentence, in the language of now."""
    person = change.person.name if change.person else change.name or change.key
    role = str(Role(change.part).label) if change.part else ""
    if change.does == Does.INVITE and (email := _email_of(change)):
        person = f"{person}, {email}"
    text = str(TEXTS[Does(change.does)]) % {
        "name": person or _("Somebody"),
        "before": change.before or _("none"),
        "after": change.name if change.does == Does.RENAME else change.number,
        "role": role,
        "programme": change.programme.name if change.programme else "",
        "teacher": (change.teacher.name if change.teacher else change.teacher_name)
        or _("Somebody"),
        "cohort": str(change.cohort) if change.cohort else "",
    }
    return f"{text}: {WHY[Why(change.why)]}" if change.why else text


def _email_of(change: Change) -> str:
    """Return the address of who is invited; it is forgotten after a while, and when undone."""
    return change.email or (change.person.email if change.person else "")

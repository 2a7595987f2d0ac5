"""What can be news, and how soon it comes by mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What can be news."""

    QUESTION_SHARED = "question_shared", _("A student asks me for guidance")
    MESSAGE_RECEIVED = "message_received", _("Somebody writes in a conversation of mine")
    GOAL_AGREED = "goal_agreed", _("A teacher agrees with a learning goal of mine")
    EXPORT_READY = "export_ready", _("A document that I asked for is ready")
    AGREEMENT_PROPOSED = "agreement_proposed", _("Somebody proposes working agreements to me")
    AGREEMENT_CONFIRMED = "agreement_confirmed", _("Somebody agrees with what I proposed")
    POINT_DUE = "point_due", _("An action point of mine is due")
    TEACHER_JOINS = "teacher_joins", _("Somebody guides me too, or replaces my teacher")
    TEACHER_CHANGED = "teacher_changed", _("Who guides me changes")
    STUDENTS_CHANGED = "students_changed", _("Whom I guide changes")
    ASKED_ALONG = "asked_along", _("A colleague asks me to guide along or to stand in")
    TALK_PROPOSED = "talk_proposed", _("Somebody wants to talk and proposes when")
    TALK_DECLINED = "talk_declined", _("None of the moments that I proposed fits")
    TALK_AGREED = "talk_agreed", _("A talk for my calendar: agreed, changed or cancelled")
    TALK_MOVED = "talk_moved", _("A talk of mine is changed")
    TALK_CANCELLED = "talk_cancelled", _("A talk of mine is cancelled")
    REPORT_SHARED = "report_shared", _("A student shares the report of a talk with me")
    REPORT_CONFIRMED = (
        "report_confirmed",
        _("A teacher confirms the report of a talk, or adds to it"),
    )
    POINT_FOR_ME = "point_for_me", _("An action point is added that I would do")
    NOTHING_SHARED = "nothing_shared", _("A student of mine has not shared anything for long")
    PLACEMENT_ENDS = (
        "placement_ends",
        _("A placement of mine is kept long enough and will be made anonymous"),
    )
    ACCOUNT_ENDS = "account_ends", _("I have not signed in for long and my account will go")
    CONNECTION_REPORT = (
        "connection_report",
        _("A connection of my institution changed something by itself, asks me something or fails"),
    )
    WEBHOOK_OFF = "webhook_off", _("A webhook of mine is switched off, since nothing arrived")
    DATA_READY = "data_ready", _("The copy of all that is kept about me is ready")


class Frequency(models.TextChoices):
    """How soon news comes by mail."""

    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day, together")
    WEEKLY = "weekly", _("once a week, together")
    NEVER = "never", _("never")


#: What somebody who never chose gets: at once, except what can wait.
DEFAULTS = {Kind.NOTHING_SHARED: Frequency.WEEKLY}

#: What somebody has to hear in time, by mail and at once, because it cannot be undone.
REQUIRED = (Kind.PLACEMENT_ENDS, Kind.ACCOUNT_ENDS)

#: What goes as a mail of its own, for a calendar: at once or never, chosen for all of it together.
FOR_CALENDAR = (Kind.TALK_AGREED, Kind.TALK_MOVED, Kind.TALK_CANCELLED)

#: What only some people get.
OF_TEACHERS = {
    Kind.QUESTION_SHARED,
    Kind.NOTHING_SHARED,
    Kind.ASKED_ALONG,
    Kind.STUDENTS_CHANGED,
    Kind.REPORT_SHARED,
    Kind.POINT_FOR_ME,
}
OF_STUDENTS = {
    Kind.GOAL_AGREED,
    Kind.EXPORT_READY,
    Kind.TEACHER_JOINS,
    Kind.TEACHER_CHANGED,
    Kind.REPORT_CONFIRMED,
}
OF_EITHER = {Kind.POINT_DUE, Kind.TALK_PROPOSED, Kind.TALK_DECLINED, Kind.TALK_AGREED}

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
    ASKED_ALONG = "asked_along", _("A colleague asks me to guide along or to stand in")
    NOTHING_SHARED = "nothing_shared", _("A student of mine has not shared anything for long")


class Frequency(models.TextChoices):
    """How soon news comes by mail."""

    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day, together")
    WEEKLY = "weekly", _("once a week, together")
    NEVER = "never", _("never")


#: What somebody who never chose gets: at once, except what can wait.
DEFAULTS = {Kind.NOTHING_SHARED: Frequency.WEEKLY}

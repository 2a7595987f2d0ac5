"""How news came to somebody, in words: every mail is accounted for."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stageapp.notifications.kinds import FOR_CALENDAR, Frequency
from stageapp.notifications.models import Digest, Notification
from stageapp.notifications.rules import MOST_ATTEMPTS


def account_of(news: Notification) -> str:
    """Return whether there was a mail of a piece of news, when, and which setting decided it."""
    if news.cancelled_at:
        return _("Taken back before a mail went.")
    if news.kind in FOR_CALENDAR and news.frequency == Frequency.AT_ONCE:
        return _("Comes as a mail for your calendar, because your profile says “%(setting)s”.") % {
            "setting": news.get_frequency_display()
        }
    if news.digest:
        return _of_digest(news, news.digest)
    if news.mailed_at:
        return _("Mailed on %(moment)s, because your profile says “%(setting)s”.") % {
            "moment": _moment(news.mailed_at),
            "setting": news.get_frequency_display(),
        }
    if news.frequency == Frequency.NEVER:
        return _("Not mailed: your profile says “never”.")
    if news.attempts >= MOST_ATTEMPTS:
        return _("The mail could not be delivered.")
    return _("The mail is on its way.") if news.mail_due_at else _("Not mailed.")


def _of_digest(news: Notification, digest: Digest) -> str:
    setting = digest.get_frequency_display()
    if digest.mailed_at and (news.seen_at is None or news.seen_at > digest.mailed_at):
        text = _("Mailed with other news on %(moment)s, because your profile says “%(setting)s”.")
        return text % {"moment": _moment(digest.mailed_at), "setting": setting}
    if news.seen_at:
        return _("Not mailed: you saw it here first.")
    if digest.attempts >= MOST_ATTEMPTS:
        return _("The mail could not be delivered.")
    text = _("Comes with other news on %(moment)s, because your profile says “%(setting)s”.")
    return text % {"moment": _moment(digest.planned_for), "setting": setting}


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y H:i")

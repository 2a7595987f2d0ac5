"""News as a mail: who and the title, never a student's content; as text and as HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from stageapp.core.addresses import whole_address
from stageapp.notifications.kinds import REQUIRED, Kind

if TYPE_CHECKING:
    from stageapp.accounts.models import User
    from stageapp.notifications.models import Digest, Notification

#: What a link that stops mails is signed for, so that it is good for nothing else.
SALT = "stageapp.notifications.unsubscribe"


#: What happened, in one line. Where a title is the student's alone it is empty.
SENTENCES = {
    Kind.QUESTION_SHARED: gettext_lazy("%(actor)s asks for your guidance: %(title)s"),
    Kind.MESSAGE_RECEIVED: gettext_lazy("%(actor)s wrote to you: %(title)s"),
    Kind.GOAL_AGREED: gettext_lazy("%(actor)s agrees with your learning goal: %(title)s"),
    Kind.EXPORT_READY: gettext_lazy("Your document is ready: %(title)s"),
    Kind.AGREEMENT_PROPOSED: gettext_lazy("%(actor)s proposes working agreements: %(title)s"),
    Kind.AGREEMENT_CONFIRMED: gettext_lazy(
        "%(actor)s agrees with your working agreements: %(title)s"
    ),
    Kind.POINT_DUE: gettext_lazy("An action point is due today: %(title)s"),
    Kind.TALK_PROPOSED: gettext_lazy("%(actor)s would like to talk with you: %(title)s"),
    Kind.TALK_DECLINED: gettext_lazy("%(actor)s can make none of the moments: %(title)s"),
    Kind.TALK_AGREED: gettext_lazy("%(actor)s picked a moment for your talk: %(title)s"),
    Kind.TALK_MOVED: gettext_lazy("%(actor)s changed your talk: %(title)s"),
    Kind.TALK_CANCELLED: gettext_lazy("%(actor)s cancelled your talk: %(title)s"),
    Kind.REPORT_SHARED: gettext_lazy("%(actor)s shares the report of your talk: %(title)s"),
    Kind.REPORT_CONFIRMED: gettext_lazy("%(actor)s read and confirmed your report: %(title)s"),
    Kind.POINT_FOR_ME: gettext_lazy("%(actor)s wrote down an action point for you: %(title)s"),
    Kind.TEACHER_JOINS: gettext_lazy("%(actor)s guides you too: %(title)s"),
    Kind.TEACHER_CHANGED: gettext_lazy("Who guides you changes: %(title)s"),
    Kind.STUDENTS_CHANGED: gettext_lazy("Whom you guide changes: %(title)s"),
    Kind.ASKED_ALONG: gettext_lazy("%(actor)s counts on you: %(title)s"),
    Kind.NOTHING_SHARED: gettext_lazy("%(actor)s has not shared anything with you yet"),
    Kind.PLACEMENT_ENDS: gettext_lazy("A placement of yours will be made anonymous: %(title)s"),
    Kind.ACCOUNT_ENDS: gettext_lazy("Your account will be removed on %(title)s"),
    Kind.CONNECTION_REPORT: gettext_lazy("A connection with another system: %(title)s"),
    Kind.WEBHOOK_OFF: gettext_lazy("Your webhook is switched off: %(title)s"),
    Kind.DATA_READY: gettext_lazy("The copy of all that is kept about you is ready"),
}
#: What the link in a mail invites to.
INVITATIONS = {
    Kind.QUESTION_SHARED: gettext_lazy("Read it and answer"),
    Kind.MESSAGE_RECEIVED: gettext_lazy("Read it and reply"),
    Kind.AGREEMENT_PROPOSED: gettext_lazy("Read it, agree or propose something else"),
    Kind.TALK_PROPOSED: gettext_lazy("Pick a moment or propose others"),
    Kind.TALK_DECLINED: gettext_lazy("Pick a moment or propose others"),
    Kind.TALK_AGREED: gettext_lazy("See the talk"),
    Kind.TALK_MOVED: gettext_lazy("See the talk"),
    Kind.TALK_CANCELLED: gettext_lazy("See the talk"),
    Kind.REPORT_SHARED: gettext_lazy("Read it, confirm it or add to it"),
    Kind.REPORT_CONFIRMED: gettext_lazy("See the report"),
    Kind.POINT_FOR_ME: gettext_lazy("See what you would do"),
    Kind.GOAL_AGREED: gettext_lazy("See what was agreed"),
    Kind.AGREEMENT_CONFIRMED: gettext_lazy("See what was agreed"),
    Kind.EXPORT_READY: gettext_lazy("Take it; it is kept for a week"),
    Kind.POINT_DUE: gettext_lazy("See what you planned"),
    Kind.TEACHER_JOINS: gettext_lazy("See who guides you and until when"),
    Kind.TEACHER_CHANGED: gettext_lazy("See who guides you"),
    Kind.STUDENTS_CHANGED: gettext_lazy("See whom you guide"),
    Kind.ASKED_ALONG: gettext_lazy("See for whom and until when"),
    Kind.NOTHING_SHARED: gettext_lazy("See how the placement goes"),
    Kind.PLACEMENT_ENDS: gettext_lazy("Take out what you want to keep"),
    Kind.ACCOUNT_ENDS: gettext_lazy("Sign in to keep it"),
    Kind.CONNECTION_REPORT: gettext_lazy("See what it is about"),
    Kind.WEBHOOK_OFF: gettext_lazy("See what went wrong"),
    Kind.DATA_READY: gettext_lazy("Take it; it is kept for a week"),
}


def message_id(key: object) -> str:
    """Return the Message-ID of the mail of a row."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{key}@{address.partition('@')[2]}>"


def sentence(news: "Notification") -> str:
    """Return what happened, in one line, in the language of now."""
    actor = news.actor.name if news.actor else news.actor_name or _("Somebody")
    # What was taken back is the student's alone again, its title included.
    names = {"actor": actor, "title": "" if news.cancelled_at else news.title}
    text = str(SENTENCES[Kind(news.kind)]) % names
    return " ".join(text.split()).removesuffix(":")


def invitation(kind: str) -> str:
    """Return what the link in a mail invites to."""
    return str(INVITATIONS[Kind(kind)])


def of_notification(news: "Notification") -> EmailMultiAlternatives:
    """Return the mail of one piece of news, in the language of its reader."""
    required = news.kind in REQUIRED
    with override(news.person.language):
        return _mail(
            news,
            subject=sentence(news),
            rows=[news],
            why=_(
                "You get this mail once, whatever your profile says: what it is about cannot be "
                "undone."
            )
            if required
            else _(
                "You get this mail because of what happened on %(day)s and because your profile "
                "says “%(kind)s: %(frequency)s”."
            )
            % {
                "day": date_format(timezone.localtime(news.caused_at), "j F Y"),
                "kind": news.get_kind_display(),
                "frequency": news.get_frequency_display(),
            },
            stop="" if required else unsubscribe_path(news.person, kind=news.kind),
        )


def of_digest(digest: "Digest") -> EmailMultiAlternatives | None:
    """Return the mail of the news of a day or a week, or None where all of it was seen."""
    rows = list(digest.notifications.filter(seen_at=None).select_related("actor"))
    if not rows:
        return None
    with override(digest.person.language):
        count = {"n": len(rows)}
        return _mail(
            digest,
            subject=ngettext(
                "%(n)d piece of news for you", "%(n)d pieces of news for you", len(rows)
            )
            % count,
            rows=rows,
            why=_("You get this mail because your profile says “%(frequency)s” for this news.")
            % {"frequency": digest.get_frequency_display()},
            stop=unsubscribe_path(digest.person, frequency=digest.frequency),
        )


def _mail(
    row: "Notification | Digest",
    *,
    subject: str,
    rows: "Iterable[Notification]",
    why: str,
    stop: str,
) -> EmailMultiAlternatives:
    told = list(rows)
    lines = [
        Line(sentence(news), invitation(news.kind), whole_address(news.path, news.host))
        for news in told
    ]
    return compose(
        row.person,
        row.pk,
        subject=subject,
        lines=lines,
        why=why,
        stop=stop and whole_address(stop, told[0].host),
        host=told[0].host,
    )


@dataclass(frozen=True)
class Line:
    """One thing that a mail tells, and where it leads."""

    text: str
    link: str
    url: str
    details: Sequence[str] = ()


def compose(
    person: "User",
    key: object,
    *,
    subject: str,
    lines: Sequence[Line],
    why: str,
    stop: str,
    host: str = "",
) -> EmailMultiAlternatives:
    """Return a mail to somebody, as text and as HTML, with why it comes and how to stop it.

    Where it cannot be stopped, `stop` is empty.
    """
    context = {
        "language": person.language,
        "subject": subject,
        "lines": lines,
        "why": why,
        "profile": whole_address(reverse("profile"), host),
        "stop": stop,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("notifications/mail.txt", context).strip() + "\n",
        to=[person.email],
        headers={"Message-ID": message_id(key), **_unsubscribing(stop)},
    )
    mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return mail


def _unsubscribing(stop: str) -> dict[str, str]:
    """Return the headers by which one click in the reader's mail program is enough (RFC 8058)."""
    if not stop:
        return {}
    return {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def unsubscribe_path(person: "User", *, kind: str = "", frequency: str = "") -> str:
    """Return the page that stops mails of a kind, or those that come together."""
    token = signing.dumps([person.pk, kind, frequency], salt=SALT, compress=False)
    return reverse("notifications:unsubscribe", args=[token])


def read_token(token: str) -> tuple[int, str, str]:
    """Return whom a link is for, and which kind or which frequency it stops.

    Raises django.core.signing.BadSignature for anything that was not made here.
    """
    person, kind, frequency = signing.loads(token, salt=SALT)
    return person, kind, frequency

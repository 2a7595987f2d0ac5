"""News as a mail: who and the title, never a student's content; as text and as HTML."""

from collections.abc import Iterable
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
from django.utils.translation import ngettext, override

from stageapp.notifications.kinds import Kind

if TYPE_CHECKING:
    from stageapp.accounts.models import User
    from stageapp.notifications.models import Digest, Notification

#: What a link that stops mails is signed for, so that it is good for nothing else.
SALT = "stageapp.notifications.unsubscribe"


def message_id(key: object) -> str:
    """Return the Message-ID of the mail of a row."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{key}@{address.partition('@')[2]}>"


def sentence(news: "Notification") -> str:  # noqa: C901 -- a line for each kind
    """Return what happened, in one line, in the language of now."""
    actor = news.actor.name if news.actor else news.actor_name or _("Somebody")
    names = {"actor": actor, "title": news.title}
    match Kind(news.kind):
        case Kind.QUESTION_SHARED:
            text = _("%(actor)s asks for your guidance: %(title)s") % names
        case Kind.MESSAGE_RECEIVED:
            text = _("%(actor)s wrote to you: %(title)s") % names
        case Kind.GOAL_AGREED:
            text = _("%(actor)s agrees with your learning goal: %(title)s") % names
        case Kind.EXPORT_READY:
            text = _("Your document is ready: %(title)s") % names
        case Kind.AGREEMENT_PROPOSED:
            text = _("%(actor)s proposes working agreements: %(title)s") % names
        case Kind.AGREEMENT_CONFIRMED:
            text = _("%(actor)s agrees with your working agreements: %(title)s") % names
        case Kind.POINT_DUE if news.title:
            text = _("An action point is due today: %(title)s") % names
        case Kind.POINT_DUE:
            text = _("An action point is due today")
        case Kind.TEACHER_JOINS:
            text = _("%(actor)s guides you too: %(title)s") % names
        case Kind.ASKED_ALONG:
            text = _("%(actor)s counts on you: %(title)s") % names
        case Kind.NOTHING_SHARED:
            text = _("%(actor)s has not shared anything with you yet") % names
    return " ".join(text.split())


def invitation(kind: str) -> str:
    """Return what the link in a mail invites to."""
    match Kind(kind):
        case Kind.QUESTION_SHARED:
            return _("Read it and answer")
        case Kind.MESSAGE_RECEIVED:
            return _("Read it and reply")
        case Kind.AGREEMENT_PROPOSED:
            return _("Read it, agree or propose something else")
        case Kind.GOAL_AGREED | Kind.AGREEMENT_CONFIRMED:
            return _("See what was agreed")
        case Kind.EXPORT_READY:
            return _("Take it; it is kept for a week")
        case Kind.POINT_DUE:
            return _("See what you planned")
        case Kind.TEACHER_JOINS:
            return _("See who guides you and until when")
        case Kind.ASKED_ALONG:
            return _("See for whom and until when")
        case Kind.NOTHING_SHARED:
            return _("See how the placement goes")


def of_notification(news: "Notification") -> EmailMultiAlternatives:
    """Return the mail of one piece of news, in the language of its reader."""
    with override(news.person.language):
        return _mail(
            news,
            subject=sentence(news),
            rows=[news],
            why=_(
                "You get this mail because of what happened on %(day)s and because your profile "
                "says “%(kind)s: %(frequency)s”."
            )
            % {
                "day": date_format(timezone.localtime(news.caused_at), "j F Y"),
                "kind": news.get_kind_display(),
                "frequency": news.get_frequency_display(),
            },
            stop=unsubscribe_url(news.person, kind=news.kind),
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
            stop=unsubscribe_url(digest.person, frequency=digest.frequency),
        )


def _mail(
    row: "Notification | Digest",
    *,
    subject: str,
    rows: "Iterable[Notification]",
    why: str,
    stop: str,
) -> EmailMultiAlternatives:
    context = {
        "language": row.person.language,
        "subject": subject,
        "lines": [
            {"text": sentence(news), "link": invitation(news.kind), "url": _url(news.path)}
            for news in rows
        ],
        "why": why,
        "profile": _url(reverse("profile")),
        "stop": stop,
    }
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string("notifications/mail.txt", context).strip() + "\n",
        to=[row.person.email],
        headers={
            "Message-ID": message_id(row.pk),
            # One click in the reader's mail program is enough (RFC 8058).
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(render_to_string("notifications/mail.html", context), "text/html")
    return mail


def _url(path: str) -> str:
    return settings.BASE_URL + path


def unsubscribe_url(person: "User", *, kind: str = "", frequency: str = "") -> str:
    """Return the address that stops mails of a kind, or those that come together."""
    token = signing.dumps([person.pk, kind, frequency], salt=SALT, compress=False)
    return _url(reverse("notifications:unsubscribe", args=[token]))


def read_token(token: str) -> tuple[int, str, str]:
    """Return whom a link is for, and which kind or which frequency it stops.

    Raises django.core.signing.BadSignature for anything that was not made here.
    """
    person, kind, frequency = signing.loads(token, salt=SALT)
    return person, kind, frequency

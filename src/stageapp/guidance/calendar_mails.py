"""A talk as a mail for the calendar: agreed, at another time, or cancelled (RFC 5545, 5546, 6047).

The app is the organiser: it sends each change, so that calendar programs take it from the one who
invited. Both have said yes in the app already, so that no answer is asked for.
"""

from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import vCalAddress, vText

from stageapp.accounts.models import User
from stageapp.core.addresses import whole_address
from stageapp.notifications.kinds import Frequency, Kind
from stageapp.notifications.mails import Line, compose, unsubscribe_path
from stageapp.planning.access import readers_of_talk
from stageapp.planning.feeds import new_calendar, on_one_line, talk_event
from stageapp.planning.models import Appointment
from stageapp.programmes.models import Institution

if TYPE_CHECKING:
    from stageapp.guidance.models import AppointmentMail

FILE_NAME = "invite.ics"


def mail_of(row: "AppointmentMail") -> EmailMultiAlternatives | None:
    """Return the mail in its reader's language, with the calendar file as programs look for it.

    Some take it from beside the text, others only from an attachment. Where the talk changed once
    more, a later row tells it. Who does not guide the student any more learns only that the talk
    does not go on, to take it out of the calendar; not what it would have been about.
    """
    talk = row.appointment
    is_reader = row.person in readers_of_talk(talk)
    if talk.sequence != row.sequence or not (is_reader or talk.cancelled_at):
        return None
    if not is_reader:
        talk.title = talk.location = ""
    institution = _institution_of(talk)
    with override(row.person.language), timezone.override(institution.zone):
        mail = compose(
            row.person,
            row.pk,
            subject=_subject(row),
            lines=[_line(row, is_reader=is_reader)],
            why=_("You get this mail because your profile says “%(kind)s: %(frequency)s”.")
            % {"kind": Kind.TALK_AGREED.label, "frequency": Frequency.AT_ONCE.label},
            stop=whole_address(
                unsubscribe_path(row.person, kind=Kind.TALK_AGREED), institution.host
            ),
            host=institution.host,
        )
        file = calendar_file(talk, method=row.method)
    mail.attach_alternative(file.decode(), f"text/calendar; method={row.method}")
    mail.attach(FILE_NAME, file, "application/ics")
    return mail


def calendar_file(talk: Appointment, *, method: str = "") -> bytes:
    """Return a talk as a calendar file: with a method to mail, without one to take along."""
    calendar, event = new_calendar(), talk_event(talk)
    if method:
        calendar.add("method", method)
        # Of a message: when it was written (RFC 5545 section 3.8.7.2).
        del event["dtstamp"]
        event.add("dtstamp", timezone.now().astimezone(UTC))
        event["organizer"] = _address("Stage-App", parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
        for person in filter(None, (talk.placement.student, talk.teacher)):
            event.add("attendee", _attendee(person), encode=False)
    event.add("status", "CANCELLED" if talk.cancelled_at else "CONFIRMED")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def when(starts_at: datetime, ends_at: datetime) -> str:
    """Return a moment in words, by the clock of now."""
    begin, end = timezone.localtime(starts_at), timezone.localtime(ends_at)
    return _("%(day)s, %(begin)s – %(end)s") % {
        "day": date_format(begin, "l j F Y"),
        "begin": date_format(begin, "H:i"),
        "end": date_format(end, "H:i"),
    }


def _institution_of(talk: Appointment) -> Institution:
    return talk.placement.cohort.programme.institution


def _subject(row: "AppointmentMail") -> str:
    talk = row.appointment
    is_student = row.person == talk.placement.student
    other = talk.teacher if is_student else talk.placement.student
    names = {"name": other.name if other else _("Former account"), "title": talk.title}
    if talk.cancelled_at:
        text = _("Cancelled: your talk with %(name)s: %(title)s") % names
    elif talk.sequence:
        text = _("Changed: your talk with %(name)s: %(title)s") % names
    else:
        text = _("Your talk with %(name)s: %(title)s") % names
    # The title is empty where it is the student's alone.
    return " ".join(text.split()).removesuffix(":")


def _line(row: "AppointmentMail", *, is_reader: bool) -> Line:
    talk = row.appointment
    details = [when(talk.starts_at, talk.ends_at)]
    if talk.location:
        # On one line, or it could write a mail of its own.
        details.append(_("Where: %(place)s") % {"place": " ".join(talk.location.split())})
    path = reverse("guidance:talk", args=[talk.pk]) if is_reader else reverse("planning:talks")
    return Line(
        text=_subject(row),
        link=_("See the talk") if is_reader else _("See your talks"),
        url=whole_address(path, _institution_of(talk).host),
        details=details,
    )


def _attendee(person: User) -> vCalAddress:
    address = _address(person.name, person.email)
    address.params["partstat"] = vText("ACCEPTED")
    address.params["role"] = vText("REQ-PARTICIPANT")
    address.params["rsvp"] = vText("FALSE")
    return address


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A parameter has no escape for this sign.
    address.params["cn"] = vText(on_one_line(name.replace('"', "'")))
    return address

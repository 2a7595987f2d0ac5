"""The mail with what somebody says about the app."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from stageapp.accounts.models import User
from stageapp.logbook.uploads import CheckedFile


def mail_of(
    text: str, *, path: str, picture: CheckedFile | None, by: User, to: list[str]
) -> EmailMessage:
    """Return the mail; answering it goes to who wrote the feedback."""
    with override(settings.LANGUAGE_CODE):
        words = {
            "text": text,
            "name": by.name,
            "email": by.email,
            "page": f"{settings.BASE_URL}{path}" if path else "",
            "has_picture": picture is not None,
        }
        mail = EmailMessage(
            subject=_("Feedback on Stage-App"),
            body=render_to_string("feedback/mail/feedback.txt", words),
            to=to,
            reply_to=[by.email],
        )
    if picture:
        picture.file.seek(0)
        mail.attach(picture.name, picture.file.read(), picture.content_type)
    return mail

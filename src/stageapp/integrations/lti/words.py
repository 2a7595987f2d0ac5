"""What a refused launch is called: for who met it, and for who runs the institution."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from stageapp.integrations.lti.rules import Reason


@dataclass(frozen=True)
class Said:
    """A reason in words: what went wrong, and what an administrator can do about it."""

    what: StrPromise
    cure: StrPromise


_AGAIN = _("Usually opening it from the course once more is enough.")
_FORGED = _(
    "Something changed the launch on its way, or made it up. Where it comes back, compare the "
    "registration with what the environment shows."
)

WORDS: dict[Reason, Said] = {
    Reason.UNKNOWN_PLATFORM: Said(
        _("This learning environment is not registered here."),
        _("Compare the issuer and the client ID with what the environment shows."),
    ),
    Reason.OTHER_INSTITUTION: Said(
        _("This learning environment belongs to another institution."),
        _("Let the environment use the address of its own institution."),
    ),
    Reason.SWITCHED_OFF: Said(
        _("The connection with this learning environment is switched off."),
        _("Switch it on again on its page."),
    ),
    Reason.BAD_REQUEST: Said(
        _("The learning environment did not send what is needed to sign in."),
        _("Compare the address to start signing in (login initiation) with the one above."),
    ),
    Reason.FOREIGN_TARGET: Said(
        _("The link leads to a page that is not one of ours."),
        _("Remove the link from the course and add it again."),
    ),
    Reason.PLATFORM_ERROR: Said(
        _("The learning environment did not let you through."),
        _("Sign in there anew. Otherwise compare the redirect address with the one above."),
    ),
    Reason.UNKNOWN_STATE: Said(
        _("We did not ask for this launch, or it was very long ago."), _AGAIN
    ),
    Reason.USED_BEFORE: Said(_("This launch was used already."), _AGAIN),
    Reason.EXPIRED_STATE: Said(_("Signing in took longer than ten minutes."), _AGAIN),
    Reason.OTHER_BROWSER: Said(
        _("The browser kept nothing of how this launch began."),
        _("The browser refuses cookies in a frame. Opening in a new window works."),
    ),
    Reason.UNREADABLE: Said(_("What the learning environment sent cannot be read."), _FORGED),
    Reason.ALGORITHM: Said(_("The launch is not signed in the way that is agreed."), _FORGED),
    Reason.NO_KEYS: Said(
        _("The keys of the learning environment could not be fetched."),
        _("Use “Test this” on its page: it says what is wrong with the address of the keys."),
    ),
    Reason.UNKNOWN_KEY: Said(
        _("The launch is signed with a key that is not one of the learning environment."),
        _("Use “Test this” on its page: it fetches the keys anew."),
    ),
    Reason.SIGNATURE: Said(_("The signature of the launch is not right."), _FORGED),
    Reason.EXPIRED: Said(
        _("The launch is too old."),
        _("Where it comes back, a clock is wrong: use “Test this” on its page."),
    ),
    Reason.FROM_THE_FUTURE: Said(
        _("The launch was made in the future."),
        _("A clock is wrong: use “Test this” on its page."),
    ),
    Reason.MISSING_CLAIM: Said(_("The launch lacks something that we need."), _FORGED),
    Reason.ISSUER: Said(
        _("The launch comes from another learning environment than it began at."),
        _("Compare the issuer with what the environment shows."),
    ),
    Reason.AUDIENCE: Said(
        _("The launch is meant for another application."),
        _("Compare the client ID with what the environment shows."),
    ),
    Reason.NONCE: Said(_("The launch belongs to another one."), _AGAIN),
    Reason.UNKNOWN_DEPLOYMENT: Said(
        _("This place in the learning environment is not registered here."),
        _("Add this deployment ID on the page of the environment, if you know where it is."),
    ),
    Reason.VERSION: Said(
        _("The launch is of another version of LTI than 1.3."),
        _("Register the application as LTI 1.3."),
    ),
    Reason.MESSAGE_TYPE: Said(
        _("The learning environment asks for something that we do not do."),
        _("Use it as a link in a course, or to choose a link (deep linking)."),
    ),
    Reason.ACCOUNT_OFF: Said(
        _("Your account here is switched off."), _("Switch it on again at People and roles.")
    ),
}

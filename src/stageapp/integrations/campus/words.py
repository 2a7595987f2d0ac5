"""What people and administrators read when something is not as it should be."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from stageapp.integrations.campus.rules import Refusal


@dataclass(frozen=True)
class Told:
    """What happened, and what to do about it."""

    what: StrPromise
    now: StrPromise


_AGAIN = _("Try once more. Does it happen again? Tell your institution, with the word below.")
_TELL = _("There is nothing that you can do about it. Tell your institution, with the word below.")

REFUSALS: dict[Refusal, Told] = {
    Refusal.CANCELLED: Told(
        _("You did not sign in at your institution, or it does not let you go on to Stage-App."),
        _("Try once more, or sign in another way."),
    ),
    Refusal.LOST: Told(
        _(
            "Signing in took too long, was done already, or went on in another window or browser "
            "than it began in."
        ),
        _("Begin again on the page to sign in, and stay in the same window."),
    ),
    Refusal.EXPIRED: Told(
        _("Your institution says that this sign-in is over, or was used already."),
        _("Begin again on the page to sign in."),
    ),
    Refusal.UNREACHABLE: Told(
        _("The sign-in of your institution cannot be reached at the moment."),
        _("Try again in a few minutes, or sign in another way."),
    ),
    Refusal.UNUSABLE: Told(
        _("Your institution answered in a way that Stage-App does not understand."), _AGAIN
    ),
    Refusal.ISSUER: Told(
        _("The answer came from another sign-in than that of your institution."), _TELL
    ),
    Refusal.SIGNATURE: Told(
        _("Stage-App cannot tell whether the answer really comes from your institution."), _AGAIN
    ),
    Refusal.AUDIENCE: Told(
        _("The answer of your institution is meant for another application."), _TELL
    ),
    Refusal.CLOCK: Told(
        _("The answer of your institution is too old, or its clock differs from ours."), _AGAIN
    ),
    Refusal.REPLAYED: Told(
        _("This answer of your institution was used already."),
        _("Begin again on the page to sign in."),
    ),
    Refusal.UNASKED: Told(
        _("Your institution sent you here without Stage-App asking for it."),
        _("Begin on the page to sign in."),
    ),
    Refusal.TRANSIENT: Told(
        _(
            "Your institution gives you another key each time, so Stage-App cannot know you again. "
            "It has to send one that stays (a persistent NameID)."
        ),
        _TELL,
    ),
    Refusal.NO_SUBJECT: Told(
        _(
            "Your institution does not say by what key it knows you, so Stage-App cannot know "
            "you again."
        ),
        _TELL,
    ),
    Refusal.NO_ADDRESS: Told(
        _("Your institution does not tell your e-mail address, and Stage-App needs one."), _TELL
    ),
    Refusal.HOME: Told(
        _("You signed in with an account of another institution."),
        _("Sign out there, and sign in with the account of your own institution."),
    ),
    Refusal.NO_PLACE: Told(
        _("Your institution knows you, but has not said yet that you have a place in Stage-App."),
        _("Ask your programme for an invitation."),
    ),
    Refusal.OFF: Told(
        _("Signing in with this institution is switched off."), _("Sign in another way.")
    ),
    Refusal.TAKEN: Told(
        _("This campus account belongs to somebody else in Stage-App."),
        _("Are both accounts yours? Your school can make one of two."),
    ),
    Refusal.ELSEWHERE: Told(
        _("Your account in Stage-App is of another institution."),
        _(
            "Sign in another way. Do you study or work at both? Then let this one invite you to a "
            "programme first."
        ),
    ),
}

#: What "Test this" finds, by key: in words, with what to do.
FINDINGS: dict[str, StrPromise] = {
    "lacks": _("Not filled in yet, under Change: %(names)s."),
    "unreachable": _(
        "The address did not answer as it should. Open it in a browser: it has to work without "
        "signing in, over https, from the internet."
    ),
    "unreadable": _("What is at the address cannot be read: it is no metadata of SAML."),
    "unsigned": _(
        "The metadata are not signed as a whole. Ask for an address with signed metadata, or "
        "leave out the certificate."
    ),
    "weak_signature": _("The metadata are signed with a method that is too weak (SHA-1)."),
    "wrong_signature": _(
        "The metadata are signed with another key than that of the certificate, or were changed "
        "on the way. Compare the certificate with what the federation publishes."
    ),
    "no_provider": _(
        "There is no identity provider with this entity ID in the metadata. Compare it with what "
        "the institution gave you, letter by letter."
    ),
    "several": _(
        "There are several identity providers in the metadata. Fill in the entity ID of yours."
    ),
    "no_sign_on": _("The identity provider offers no sign-on by redirect, which Stage-App needs."),
    "no_key": _("The metadata hold no key to sign with: nothing could be verified."),
    "bad_key": _("A certificate in the metadata cannot be read."),
    "over": _("The metadata say themselves that they are over. Ask for the present address."),
    "none": _("The metadata were not fetched yet."),
    "metadata_right": _("The metadata are there, and can be read."),
    "metadata_signed": _("The metadata are signed with the key of the certificate."),
    "metadata_not_signed": _(
        "The metadata are not checked for a signature, as there is no certificate: they are "
        "trusted because of the https of their address."
    ),
    "certificate_over": _("A certificate is over since %(day)s. Ask whether there is a newer one."),
    "certificate_soon": _("A certificate ends on %(day)s: the institution will change it soon."),
    "certificate_right": _("There is a certificate that is valid until %(day)s."),
    "no_persistent": _(
        "The metadata do not name a persistent NameID. Let the institution send one, or choose "
        "another attribute by which people are known."
    ),
    "clock_right": _("The clocks are the same."),
    "clock_wrong": _("The clocks differ %(seconds)s seconds: sign-ins will be refused at times."),
    "discovery_right": _("The configuration is there, and can be read."),
    "discovery_unreachable": _(
        "The configuration cannot be reached at %(address)s. Open it in a browser: it has to work "
        "without signing in, over https, from the internet."
    ),
    "discovery_unusable": _("What is at %(address)s is no configuration of OpenID Connect."),
    "discovery_issuer": _(
        "The provider calls itself otherwise than what you filled in as issuer: %(issuer)s. They "
        "have to be the same, letter by letter."
    ),
    "no_endpoint": _("The configuration lacks an address that is needed: %(name)s."),
    "keys_right": _("There are keys to check signatures with."),
    "keys_wrong": _("There are no keys to check signatures with, or they cannot be read."),
    "no_pkce": _("The provider does not say that it knows PKCE (S256). It is sent all the same."),
    "client_right": _("The provider knows the client ID and the secret."),
    "client_wrong": _(
        "The provider does not know this client ID with this secret. Compare both with what you "
        "were given; a secret may be over."
    ),
    "client_unknown": _("Whether client ID and secret are right shows with the first sign-in."),
}

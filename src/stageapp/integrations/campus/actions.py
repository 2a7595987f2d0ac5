"""What comes of a campus sign-in: accounts, links and roles; and how it is set up."""

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stageapp.accounts.actions import account_for, end_session, note, take_ways_in
from stageapp.accounts.models import User
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.core.counting import count
from stageapp.core.limits import HOUR
from stageapp.integrations.campus import metadata, queries
from stageapp.integrations.campus.keys import new_key
from stageapp.integrations.campus.models import (
    CampusAccount,
    CampusDomain,
    CampusProvider,
    CampusRule,
    CampusSession,
    UsedAssertion,
)
from stageapp.integrations.campus.oidc import Ended
from stageapp.integrations.campus.rules import CampusError, Newcomer, Refusal
from stageapp.programmes.models import Institution, ProgrammeMembership

logger = logging.getLogger(__name__)

#: Metadata are fetched once a day, in the night; after a failure sooner.
FETCHED_EVERY = timedelta(days=1)
FETCHED_AGAIN = timedelta(hours=1)
#: Metadata are not fetched more often because of a signature that does not fit.
RARELY = timedelta(minutes=5)
NIGHT = 3
MOST_DOMAINS = 50
MOST_RULES = 100
MOST_PROVIDERS = 10
#: That are recorded of one provider in an hour.
MOST_REFUSALS = 200


# People ------------------------------------------------------------------------------------------


@transaction.atomic
def welcome(provider: CampusProvider, newcomer: Newcomer, *, at: datetime) -> tuple[User, bool]:
    """Return the account of somebody whose address is shown to be theirs, and whether it is new.

    There is none yet, or one that nobody ever showed to be theirs: whoever made that is out.
    Raises CampusError when nothing says that they have a place here.
    """
    rules = _rules(provider, newcomer)
    person = User.objects.filter(email=newcomer.email).first()
    if person is None and not rules:
        raise CampusError(Refusal.NO_PLACE)
    found, is_new = account_for(newcomer.email, newcomer.name, newcomer.language)
    kept = User.objects.select_for_update().get(pk=found.pk)
    if not kept.is_active:
        return kept, False
    account = queries.account_of(provider, newcomer.subject)
    if account and account.person_id == kept.pk:
        return kept, False  # they came in by another window, a moment ago
    if not is_new and queries.is_theirs(kept):
        # Proven by another since it was looked up: then it is theirs, and needs their proof.
        raise CampusError(Refusal.LOST)
    _take_over(kept, newcomer, is_new=is_new)
    _link(provider, kept, newcomer.subject, at=at)
    give_roles(kept, rules, at=at)
    return kept, is_new


def _take_over(person: User, newcomer: Newcomer, *, is_new: bool) -> None:
    if not is_new:
        take_ways_in(person, by=person)
    elif newcomer.student_number:
        person.student_number = newcomer.student_number
        person.save(update_fields=["student_number"])
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def link(provider: CampusProvider, person: User, newcomer: Newcomer, *, at: datetime) -> None:
    """Let a campus account be that of somebody who proved both.

    Raises CampusError when it is somebody else's, or of an institution to which they do not belong.
    """
    kept = User.objects.select_for_update().get(pk=person.pk)
    _link(provider, kept, newcomer.subject, at=at)
    give_roles(kept, _rules(provider, newcomer), at=at)


def _link(provider: CampusProvider, person: User, subject: str, *, at: datetime) -> None:
    if not queries.takes(provider, person):
        raise CampusError(Refusal.ELSEWHERE)
    try:
        with transaction.atomic():
            account, is_new = CampusAccount.objects.get_or_create(
                provider=provider, subject=subject, defaults={"person": person, "linked_at": at}
            )
    except IntegrityError as problem:  # another request was first, and its row is not seen yet
        raise CampusError(Refusal.LOST) from problem
    if account.person_id != person.pk:
        raise CampusError(Refusal.TAKEN)
    if is_new:
        note(Kind.ACCOUNT_CHANGED, person, change="campus_linked", provider=provider.pk)


@transaction.atomic
def unlink(account: CampusAccount) -> None:
    """Let somebody come in by a campus no more. Raises ValidationError for their last way in."""
    person = User.objects.select_for_update().get(pk=account.person_id)
    if not queries.can_come_in_without(account):
        raise ValidationError(
            _("This is your only way in. Set a password or make a passkey first.")
        )
    gone, _each = CampusAccount.objects.filter(pk=account.pk).delete()
    if gone:
        note(Kind.ACCOUNT_CHANGED, person, change="campus_unlinked", provider=account.provider_id)


def give_roles(person: User, rules: Iterable[CampusRule], *, at: datetime) -> None:
    """Give somebody the roles of these rules that they do not have. None is ever taken away."""
    if not person.is_active:
        return
    for rule in rules:
        _give(person, rule, at=at)


@transaction.atomic
def _give(person: User, rule: CampusRule, *, at: datetime) -> None:
    _row, is_new = ProgrammeMembership.objects.get_or_create(
        person=person, programme=rule.programme, role=rule.role
    )
    if is_new:
        record(
            Kind.ROLE_GIVEN,
            at=at,
            institution=rule.programme.institution_id,
            subject=f"person:{person.pk}",
            role=rule.role,
            programme=rule.programme_id,
            how="campus",
        )


def _rules(provider: CampusProvider, newcomer: Newcomer) -> list[CampusRule]:
    """Return the rules that held when somebody came, as far as they are there still."""
    found = CampusRule.objects.filter(provider=provider, pk__in=newcomer.rules)
    return list(found.select_related("programme"))


def use_up(provider: CampusProvider, key: str, *, expires_at: datetime) -> None:
    """Let what has this key be used this once. Raises CampusError when it was used already."""
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(
                provider=provider, digest=digest_of(key), expires_at=expires_at
            )
    except IntegrityError as problem:
        raise CampusError(Refusal.REPLAYED) from problem


def digest_of(key: str) -> str:
    """Return what is kept of something that only has to be known again."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def keep_session(session: UserSession, provider: int, digest: str) -> None:
    """Remember that a session began at a provider, which may end it."""
    CampusSession.objects.update_or_create(
        session=session, defaults={"provider_id": provider, "digest": digest}
    )


@transaction.atomic
def sign_out(provider: CampusProvider, told: Ended) -> None:
    """End what began at a provider and ended there. Raises CampusError when told before."""
    if told.expires_at:
        use_up(provider, told.token_id, expires_at=told.expires_at)
    ended = CampusSession.objects.filter(provider=provider).select_related("session__user")
    if told.session:
        ended = ended.filter(digest=digest_of(told.session))
    if told.subject:
        known = provider.accounts.filter(subject=told.subject)
        ended = ended.filter(session__user__in=known.values("person"))
    for one in ended:
        end_session(one.session)


def forget_used(*, at: datetime) -> None:
    """Remove assertions that are too old to be used again by themselves."""
    UsedAssertion.objects.filter(expires_at__lt=at).delete()


def note_refusal(provider: CampusProvider, problem: CampusError, *, at: datetime) -> None:
    """Record why somebody did not come in, for who runs the institution.

    Anybody can be refused without end, and the record is kept long: no more than some an hour.
    """
    logger.warning("campus sign-in %d refused: %s", provider.pk, problem)
    noted = count("campus refusals", str(provider.pk), times=MOST_REFUSALS, seconds=HOUR)
    if not noted.is_within:
        return
    record(
        Kind.SIGN_IN_FAILED,
        at=at,
        institution=provider.institution_id,
        how=f"campus: {problem.refusal}",
        provider=provider.pk,
    )


# Setting up --------------------------------------------------------------------------------------


@transaction.atomic
def add_provider(provider: CampusProvider, *, by: User, at: datetime) -> CampusProvider:
    """Keep a new provider, switched off. Raises ValidationError when there are many."""
    own = provider.institution
    Institution.objects.select_for_update().get(pk=own.pk)
    if own.campus_providers.count() >= MOST_PROVIDERS:
        raise ValidationError(_("There are many already. Remove one that is not used."))
    if provider.is_saml:
        provider.own_key, provider.own_certificate = new_key(own.host or "stage-app", at)
    provider.save()
    _note_setting(provider, "added", by=by, at=at)
    return provider


@transaction.atomic
def change_provider(provider: CampusProvider, *, by: User, at: datetime) -> None:
    """Keep what was changed.

    Raises ValidationError where that would give the accounts of people to another provider.
    """
    kept = CampusProvider.objects.select_for_update().get(pk=provider.pk)
    is_another = any(getattr(kept, name) != getattr(provider, name) for name in kept.IDENTITY)
    if is_another and kept.accounts.exists():
        raise ValidationError(_("People come in by it: add a new connection instead."))
    provider.save()
    _note_setting(provider, "changed", by=by, at=at)


@transaction.atomic
def switch(provider: CampusProvider, *, is_on: bool, by: User, at: datetime) -> None:
    """Let people come in by a provider, instead of another one; or no more.

    Raises ValidationError for one that is not ready.
    """
    Institution.objects.select_for_update().get(pk=provider.institution_id)
    kept = CampusProvider.objects.select_for_update().get(pk=provider.pk)
    if is_on:
        check_ready(kept)
    if kept.is_on == is_on:
        return
    if is_on:
        CampusProvider.objects.filter(institution=kept.institution_id, is_on=True).update(
            is_on=False
        )
    kept.is_on = is_on
    kept.save(update_fields=["is_on"])
    _note_setting(kept, "on" if is_on else "off", by=by, at=at)


def check_ready(provider: CampusProvider) -> None:
    """Raise ValidationError for a provider that nobody can be sent to yet, with what it lacks."""
    if provider.lacks:
        text = _("Fill in first, under Change: %(names)s.")
        raise ValidationError(text % {"names": provider.lacks_in_words})
    if provider.is_saml and not provider.metadata:
        raise ValidationError(_("Test it first: the metadata were not fetched yet."))


@transaction.atomic
def remove_provider(provider: CampusProvider, *, by: User, at: datetime) -> None:
    """Remove a provider with its rules and links. Who came in by it sets a password by mail."""
    _note_setting(provider, "removed", by=by, at=at)
    provider.delete()


@transaction.atomic
def own_domains(institution: Institution, domains: list[str], *, by: User, at: datetime) -> None:
    """Keep which mail domains an institution owns: these, and no others.

    Raises ValidationError when one belongs to another institution.
    """
    Institution.objects.select_for_update().get(pk=institution.pk)
    if len(domains) > MOST_DOMAINS:
        raise ValidationError(_("At most %(most)d domains.") % {"most": MOST_DOMAINS})
    institution.campus_domains.exclude(domain__in=domains).delete()
    known = set(institution.campus_domains.values_list("domain", flat=True))
    try:
        with transaction.atomic():
            CampusDomain.objects.bulk_create(
                CampusDomain(institution=institution, domain=one)
                for one in domains
                if one not in known
            )
    except IntegrityError as problem:
        raise ValidationError(
            _("One of these domains belongs to another institution in this installation.")
        ) from problem
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        what="campus_domains",
        number=len(domains),
    )


@transaction.atomic
def confirm_domain(institution: Institution, domain: str, *, at: datetime) -> None:
    """Say, as who runs the server, that a domain is of this institution and of no other."""
    CampusDomain.objects.update_or_create(
        domain=domain, defaults={"institution": institution, "is_confirmed": True}
    )
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        institution=institution.pk,
        subject=f"institution:{institution.pk}",
        what="campus_domain_confirmed",
    )


@transaction.atomic
def add_rule(rule: CampusRule, *, by: User, at: datetime) -> None:
    """Keep a rule. Raises ValidationError for one that is there already, or too many."""
    CampusProvider.objects.select_for_update().get(pk=rule.provider_id)
    if rule.provider.rules.count() >= MOST_RULES:
        raise ValidationError(_("At most %(most)d rules.") % {"most": MOST_RULES})
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as problem:
        raise ValidationError(_("This rule is there already.")) from problem
    _note_setting(rule.provider, "rule_added", by=by, at=at)


@transaction.atomic
def remove_rule(rule: CampusRule, *, by: User, at: datetime) -> None:
    """Remove a rule. Roles that it gave stay."""
    gone, _each = CampusRule.objects.filter(pk=rule.pk).delete()
    if gone:
        _note_setting(rule.provider, "rule_removed", by=by, at=at)


def _note_setting(provider: CampusProvider, what: str, *, by: User, at: datetime) -> None:
    record(
        Kind.SETTINGS_CHANGED,
        at=at,
        actor=by.pk,
        institution=provider.institution_id,
        subject=f"institution:{provider.institution_id}",
        what=f"campus_{what}",
        provider=provider.pk,
    )


# Metadata ----------------------------------------------------------------------------------------


def refresh_due(*, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Fetch the metadata whose time has come; return how many were fetched."""
    due = CampusProvider.objects.filter(metadata_due_at__lte=at).order_by("metadata_due_at")
    fetched = 0
    for provider in due.select_related("institution"):
        if is_stopping():
            break
        # Whoever moves the moment on has it; who crashes halfway tries again in an hour.
        if _claim(provider, at):
            fetched += refresh(provider, at=at)
    return fetched


def refresh(provider: CampusProvider, *, at: datetime) -> bool:
    """Fetch metadata now; what was there stays when that fails. Return whether it went well."""
    try:
        text = metadata.fetch(provider, at=at)
        entity_id = metadata.check(provider, text, at=at).entity_id
    except metadata.MetadataError as problem:
        logger.warning("metadata of campus provider %d: %s", provider.pk, problem)
        provider.metadata_problem = problem.finding
        provider.metadata_due_at = at + FETCHED_AGAIN
        provider.save(update_fields=["metadata_problem", "metadata_due_at"])
        return False
    provider.metadata, provider.metadata_problem = text, ""
    # From the first time on it is this one, whatever the address holds later.
    provider.entity_id = provider.entity_id or entity_id
    provider.metadata_fetched_at, provider.metadata_due_at = at, _next_night(provider, at)
    provider.save(
        update_fields=[
            "metadata",
            "metadata_problem",
            "entity_id",
            "metadata_fetched_at",
            "metadata_due_at",
        ]
    )
    return True


def refresh_for_new_key(provider: CampusProvider, *, at: datetime) -> bool:
    """Fetch metadata because a signature does not fit: the key may be new. Return whether so."""
    if not cache.add(f"campus:new-key:{provider.pk}", 1, RARELY.total_seconds()):
        return False
    before = provider.metadata
    return refresh(provider, at=at) and provider.metadata != before


def _claim(provider: CampusProvider, at: datetime) -> bool:
    return bool(
        CampusProvider.objects.filter(
            pk=provider.pk, metadata_due_at=provider.metadata_due_at
        ).update(metadata_due_at=at + FETCHED_AGAIN)
    )


def _next_night(provider: CampusProvider, at: datetime) -> datetime:
    """Return the next moment in the night, another minute for each provider."""
    local = at.astimezone(provider.institution.zone)
    night = local.replace(hour=NIGHT, minute=provider.pk % 60, second=0, microsecond=0)
    return night if night > local else night + FETCHED_EVERY

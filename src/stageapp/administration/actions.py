"""What administrators do with people: inviting, roles, switching accounts off and on."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from stageapp.accounts.actions import account_for, end_sessions, take_ways_in
from stageapp.accounts.models import User
from stageapp.accounts.signals import access_ended
from stageapp.administration import queries
from stageapp.administration.models import AccountMail
from stageapp.administration.queries_convert import has_written, placements_in
from stageapp.audit.actions import record
from stageapp.audit.models import Kind
from stageapp.placements.models import Placement
from stageapp.programmes.models import (
    Institution,
    InstitutionAdministrator,
    Programme,
    ProgrammeMembership,
    Role,
)


@transaction.atomic
def invite(
    email: str, name: str, role: Role, programme: Programme, *, by: User, at: datetime
) -> bool:
    """Give who has this address a role, with an account if there is none, and tell them by mail.

    Returns whether anything changed: somebody who has the role already gets no mail.
    """
    found, is_new = account_for(email, name, by.language)
    person = _locked(found)
    if not _give(person, programme, role, by=by, at=at):
        return False
    if is_new:
        record(
            Kind.INVITED,
            at=at,
            actor=by.pk,
            institution=programme.institution_id,
            subject=f"person:{person.pk}",
        )
    if not queries.is_proven(person):
        # Somebody typed this address and never showed that it is theirs. Nothing can have been
        # done with the account; whoever reads the mail makes it their own.
        take_ways_in(person, by=by)
    _tell(person, programme, role, by=by, at=at)
    return True


@transaction.atomic
def invite_again(person: User, programme: Programme, role: Role, *, by: User, at: datetime) -> None:
    """Mail the link once more. Raises ValidationError when there is a password, or too many."""
    kept = _locked(person)
    if kept.has_usable_password():
        raise ValidationError(
            _("There is a password already; a forgotten one is set anew by mail.")
        )
    if not queries.may_be_invited_again(kept, at):
        raise ValidationError(_("There were several mails today. Wait a day before the next one."))
    record(
        Kind.INVITED,
        at=at,
        actor=by.pk,
        institution=programme.institution_id,
        subject=f"person:{kept.pk}",
        again=True,
    )
    _tell(kept, programme, role, by=by, at=at, again=True)


@transaction.atomic
def give_role(person: User, programme: Programme, role: Role, *, by: User, at: datetime) -> bool:
    """Give somebody a role in a programme, and tell them by mail; once is enough.

    Raises ValidationError for an account that anybody may have made with this address.
    """
    kept = _locked(person)
    _check_proven(kept)
    if not _give(kept, programme, role, by=by, at=at):
        return False
    _tell(kept, programme, role, by=by, at=at)
    return True


@transaction.atomic
def take_role(person: User, programme: Programme, role: Role, *, by: User, at: datetime) -> bool:
    """Take a role away; what somebody recorded or shared in it stays.

    Raises ValidationError where that would leave students with who is no teacher, or somebody
    without their own last way to administer.
    """
    kept = _locked(person)
    if role == Role.TEACHER and queries.links_in(kept, [programme.pk]).exists():
        raise ValidationError(
            _("%(name)s guides students of %(programme)s. Hand them over first.")
            % {"name": kept.name, "programme": programme.name}
        )
    if role == Role.ADMINISTRATOR and kept == by:
        _check_stays_administrator(kept)
    return _take(kept, programme, role, by=by, at=at)


@transaction.atomic
def make_teacher(person: User, programme: Programme, *, by: User, at: datetime) -> None:
    """Let who registered as a student by mistake be a teacher; what they began with goes.

    Raises ValidationError when they wrote anything as a student, or as `give_role`.
    """
    kept = _locked(person)
    _check_proven(kept)
    # Whoever writes in a placement at this moment waits, or is seen here.
    placements = list(placements_in(kept, programme).select_for_update(of=("self",)))
    if has_written(kept, programme):
        raise ValidationError(
            _(
                "%(name)s recorded or chose something as a student of %(programme)s, and that is "
                "theirs alone. Give the role of teacher as well: somebody can be both."
            )
            % {"name": kept.name, "programme": programme.name}
        )
    for placement in placements:
        _remove_empty(placement, programme, by=by, at=at)
    if not _take(kept, programme, Role.STUDENT, by=by, at=at):
        raise ValidationError(_("This person is no student here any more."))
    if _give(kept, programme, Role.TEACHER, by=by, at=at):
        _tell(kept, programme, Role.TEACHER, by=by, at=at)


def _remove_empty(placement: Placement, programme: Programme, *, by: User, at: datetime) -> None:
    workplace, key = placement.workplace, placement.pk
    placement.delete()
    if not workplace.placements.exists():
        workplace.delete()
    record(
        Kind.DELETED,
        at=at,
        actor=by.pk,
        institution=programme.institution_id,
        subject=f"placement:{key}",
        person=placement.student_id,
    )


@transaction.atomic
def give_institution(person: User, institution: Institution, *, by: User, at: datetime) -> None:
    """Let somebody run an institution. Raises ValidationError as `give_role`."""
    kept = _locked(person)
    _check_proven(kept)
    _row, is_new = InstitutionAdministrator.objects.get_or_create(
        institution=institution, person=kept
    )
    if is_new:
        _record_of_institution(Kind.ROLE_GIVEN, kept, institution, by=by, at=at)


@transaction.atomic
def take_institution(person: User, institution: Institution, *, by: User, at: datetime) -> None:
    """Let somebody run an institution no more.

    Raises ValidationError when nobody would be left who can, or when they would take away their
    own last way to administer.
    """
    _check_somebody_runs(person, [institution])
    kept = _locked(person)
    if kept == by:
        _check_stays_administrator(kept)
    gone, _each = InstitutionAdministrator.objects.filter(
        institution=institution, person=kept
    ).delete()
    if gone:
        _record_of_institution(Kind.ROLE_TAKEN, kept, institution, by=by, at=at)


def switch_off(person: User, institution: Institution, *, by: User, at: datetime) -> None:
    """Close an account: nobody is in it or comes in any more. All that is kept stays.

    Raises ValidationError for one's own, and for the last who runs an institution.
    """
    if person == by:
        raise ValidationError(_("You cannot switch off your own account."))
    with transaction.atomic():
        running = Institution.objects.filter(administrators__person=person)
        _check_somebody_runs(person, running)
        _switch(person, institution, is_on=False, by=by, at=at)
    # Whoever is switched off is refused already; this leaves nothing to come back to.
    end_sessions(person)


def switch_on(person: User, institution: Institution, *, by: User, at: datetime) -> None:
    """Open an account again; one signs in anew."""
    end_sessions(person)
    with transaction.atomic():
        _switch(person, institution, is_on=True, by=by, at=at)


def _switch(person: User, institution: Institution, *, is_on: bool, by: User, at: datetime) -> None:
    kept = _locked(person)
    if kept.is_active == is_on:
        return
    kept.is_active = is_on
    kept.save(update_fields=["is_active"])
    record(
        Kind.SWITCHED_ON if is_on else Kind.SWITCHED_OFF,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"person:{kept.pk}",
    )
    if not is_on:
        access_ended.send(User, person=kept, by=by)


def _locked(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)


def _check_proven(person: User) -> None:
    if not queries.is_proven(person):
        raise ValidationError(
            _(
                "%(email)s was never confirmed, so this account may be somebody else's. Invite the "
                "address: then its owner gets a link, and the password of now counts no more."
            )
            % {"email": person.email}
        )


def _check_stays_administrator(person: User) -> None:
    programmes = person.programme_memberships.filter(role=Role.ADMINISTRATOR).count()
    if programmes + person.institutions_administered.count() <= 1:
        raise ValidationError(_("This is your own last role as an administrator."))


def _check_somebody_runs(person: User, institutions: Iterable[Institution]) -> None:
    """Lock these institutions, so that two cannot both take away the last but one."""
    keys = [institution.pk for institution in institutions]
    locked = Institution.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    for institution in locked:
        others = institution.administrators.filter(person__is_active=True).exclude(person=person)
        if not others.exists():
            raise ValidationError(
                _("%(name)s is the last who runs %(institution)s. Let somebody else do so first.")
                % {"name": person.name, "institution": institution}
            )


def _give(person: User, programme: Programme, role: Role, *, by: User, at: datetime) -> bool:
    _row, is_new = ProgrammeMembership.objects.get_or_create(
        person=person, programme=programme, role=role
    )
    if is_new:
        _record(Kind.ROLE_GIVEN, person, programme, role, by=by, at=at)
    return is_new


def _take(person: User, programme: Programme, role: Role, *, by: User, at: datetime) -> bool:
    gone, _each = ProgrammeMembership.objects.filter(
        person=person, programme=programme, role=role
    ).delete()
    if gone:
        _record(Kind.ROLE_TAKEN, person, programme, role, by=by, at=at)
    return bool(gone)


def _record(
    kind: Kind, person: User, programme: Programme, role: Role, *, by: User, at: datetime
) -> None:
    record(
        kind,
        at=at,
        actor=by.pk,
        institution=programme.institution_id,
        subject=f"person:{person.pk}",
        role=role.value,
        programme=programme.pk,
    )


def _record_of_institution(
    kind: Kind, person: User, institution: Institution, *, by: User, at: datetime
) -> None:
    record(
        kind,
        at=at,
        actor=by.pk,
        institution=institution.pk,
        subject=f"person:{person.pk}",
        role=queries.OF_INSTITUTION,
    )


def _tell(
    person: User,
    programme: Programme,
    role: Role,
    *,
    by: User,
    at: datetime,
    again: bool = False,
) -> None:
    """Put a mail in the outbox; one invitation that waits to go is enough."""
    kind = AccountMail.Kind.ROLE if person.has_usable_password() else AccountMail.Kind.INVITED
    waits = AccountMail.objects.filter(
        person=person, kind=kind, mailed_at=None, mail_due_at__isnull=False
    )
    if kind == AccountMail.Kind.INVITED and not again and waits.exists():
        return
    AccountMail.objects.create(
        person=person,
        kind=kind,
        programme=programme,
        role=role,
        sent_by=by,
        asked_at=at,
        mail_due_at=at,
    )

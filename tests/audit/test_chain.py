"""The record is only added to, and shows when somebody changed it."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.test import override_settings

from stageapp.audit import actions
from stageapp.audit.actions import record, seal, shorten
from stageapp.audit.models import AuditChain, AuditEntry, Kind
from stageapp.audit.queries import verify
from stageapp.audit.rules import digest

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def kept(number: int, *, first: datetime = NOW) -> None:
    """Add so many entries, a day after each other, and seal them."""
    for day in range(number):
        record(
            Kind.ROLE_GIVEN,
            at=first + timedelta(days=day),
            actor=day,
            institution=1,
            subject=f"person:{day}",
            role="teacher",
        )
    seal()


def test_digest_is_what_hmac_of_the_facts_is() -> None:
    # By `printf '["",1,"2026-03-29T00:30:00.000000+00:00",{"kind":"signed_in"}]' |
    # openssl dgst -sha256 -hmac key`.
    expected = "725dac34153cae5f5e46eabde27efa9674dc21e11175b4e97b07483f25fab3d7"

    assert digest(b"key", "", 1, NOW, {"kind": "signed_in"}) == expected


@pytest.mark.django_db
def test_record_that_nobody_touched_holds() -> None:
    kept(5)
    record(Kind.SIGNED_IN, at=NOW, actor=9)

    verdict = verify()

    assert (verdict.holds, verdict.verified, verdict.unsealed) == (True, 5, 1)
    assert verdict.last_digest == AuditEntry.objects.get(sequence=5).digest
    assert seal() == 1
    assert verify().verified == 6


@pytest.mark.django_db
def test_empty_record_holds() -> None:
    assert verify().holds
    assert seal() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"kind": Kind.ROLE_TAKEN},
        {"actor_key": 99},
        {"institution_key": None},
        {"subject": "person:99"},
        {"details": {"role": "administrator"}},
        {"happened_at": NOW},
        {"digest": "0" * 64},
    ],
)
def test_changed_entry_is_found(change: dict[str, object]) -> None:
    kept(5)
    AuditEntry.objects.filter(sequence=3).update(**change)

    assert (verify().holds, verify().broken_at, verify().verified) == (False, 3, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(("gone", "found"), [(1, 1), (3, 3), (5, 5)])
def test_entry_that_was_taken_away_is_found(gone: int, found: int) -> None:
    kept(5)
    AuditEntry.objects.filter(sequence=gone).delete()

    assert verify().broken_at == found


@pytest.mark.django_db
def test_exchanged_entries_are_found() -> None:
    kept(3)
    one, other = AuditEntry.objects.get(sequence=1), AuditEntry.objects.get(sequence=2)
    AuditEntry.objects.filter(pk=one.pk).update(sequence=None)
    AuditEntry.objects.filter(pk=other.pk).update(sequence=1)
    AuditEntry.objects.filter(pk=one.pk).update(sequence=2)

    assert verify().broken_at == 1


@pytest.mark.django_db
def test_chain_made_anew_without_the_key_is_found() -> None:
    kept(3)
    with override_settings(SECRET_KEY="somebody else's", SECRET_KEY_FALLBACKS=[]):
        AuditEntry.objects.update(sequence=None, actor_key=1)
        AuditChain.objects.update(last=0, last_digest="")
        seal()
        assert verify().holds

    assert verify().broken_at == 1


@pytest.mark.django_db
def test_record_holds_after_the_key_of_the_application_changed() -> None:
    with override_settings(SECRET_KEY="the old one"):
        kept(2)

    with override_settings(SECRET_KEY="the new one", SECRET_KEY_FALLBACKS=["the old one"]):
        kept(2)
        assert verify().verified == 4


@pytest.mark.django_db
def test_what_was_kept_long_enough_goes_and_the_rest_holds() -> None:
    kept(10)

    removed = shorten(at=NOW + timedelta(days=12), keep=timedelta(days=5))

    assert removed == 7
    seal()
    assert list(AuditEntry.objects.order_by("sequence").values_list("sequence", flat=True)) == [
        8, 9, 10, 11,
    ]  # fmt: skip
    told = AuditEntry.objects.get(sequence=11)
    assert (told.kind, told.details) == (Kind.RECORD_SHORTENED, {"removed": 7, "first": 8})
    assert verify().holds
    AuditEntry.objects.filter(sequence=8).delete()
    assert verify().broken_at == 8


@pytest.mark.django_db
def test_nothing_goes_twice_and_all_may_go() -> None:
    kept(3)
    later = NOW + timedelta(days=400)

    assert shorten(at=later, keep=timedelta(days=30)) == 3
    seal()
    assert verify().verified == 1
    assert shorten(at=later, keep=timedelta(days=30)) == 0


@pytest.mark.django_db
def test_entry_is_added_with_what_it_tells_of_or_not_at_all() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        record(Kind.SIGNED_IN, at=NOW)
        AuditChain.objects.create(pk=2)

    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_entry_cannot_be_saved_again() -> None:
    record(Kind.SIGNED_IN, at=NOW)
    entry = AuditEntry.objects.get()
    entry.actor_key = 3

    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()


@pytest.mark.django_db
def test_sealing_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "BATCH", 2)
    kept(5)

    assert verify().verified == 5


@pytest.mark.django_db
def test_command_says_where_the_record_does_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    kept(3)
    call_command("verify_audit")
    assert "3 entries fit. Last digest: " in capsys.readouterr().out

    AuditEntry.objects.filter(sequence=2).update(actor_key=5)

    with pytest.raises(CommandError, match="does not fit at entry 2"):
        call_command("verify_audit")


@pytest.mark.django_db(transaction=True)
def test_two_workers_seal_one_chain() -> None:
    for number in range(60):
        record(Kind.SIGNED_IN, at=NOW, actor=number)

    def work() -> None:
        try:
            seal()
        finally:
            connections.close_all()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert verify().verified == 60

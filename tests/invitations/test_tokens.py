"""Links and codes: what was not made here is refused, and the database alone makes none."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stageapp.core.tokens import hash_of
from stageapp.invitations import access, tokens
from stageapp.invitations.models import Invitation
from tests.invitations.guest import page_of


def test_link_is_ours_and_a_changed_one_is_not() -> None:
    token = tokens.token_of(tokens.new_number())

    assert tokens.is_ours(token)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert not tokens.is_ours(token[:place] + other + token[place + 1 :])
    for wrong in ("", token[:-1], token + "A", token + "=", token.upper()):
        assert not tokens.is_ours(wrong)


@given(st.text(max_size=60))
def test_no_text_is_a_link(text: str) -> None:
    assert not tokens.is_ours(text)


def test_link_has_128_bits_of_chance_and_is_never_the_same() -> None:
    numbers = {tokens.new_number() for _ in range(100)}

    assert len(numbers) == 100
    assert {len(bytes.fromhex(number)) for number in numbers} == {16}


def test_another_key_of_the_server_makes_other_links_and_codes(settings: Any) -> None:
    number, key = tokens.new_number(), uuid.uuid4()
    token, code = tokens.token_of(number), tokens.code_of(key)
    settings.SECRET_KEY = "another key"

    assert tokens.token_of(number) != token
    assert not tokens.is_ours(token)
    assert tokens.code_of(key) != code or tokens.code_of(uuid.UUID(int=1)) != code


def test_code_has_six_digits() -> None:
    codes = [tokens.code_of(uuid.uuid4()) for _ in range(200)]

    assert {len(code) for code in codes} == {6}
    assert all(code.isdecimal() for code in codes)
    assert len(set(codes)) > 190


@pytest.mark.django_db
def test_made_up_link_costs_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert access.invitation_at("A" * 43, timezone.now()) is None


@pytest.mark.django_db
def test_database_keeps_a_hash_and_neither_link_nor_code(invitation: Invitation) -> None:
    row = Invitation.objects.filter(pk=invitation.pk).values_list()[0]

    assert invitation.token not in [str(value) for value in row]
    assert hash_of(invitation.token) in row


@pytest.mark.django_db
def test_link_never_reaches_the_log(invitation: Invitation, caplog: Any, capsys: Any) -> None:
    Client().get(page_of(invitation, "no/such/page/"))

    assert invitation.token not in capsys.readouterr().err

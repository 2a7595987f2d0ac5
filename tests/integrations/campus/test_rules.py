"""What attributes are called, and what follows from them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.integrations.campus.models import CampusRule
from stageapp.integrations.campus.rules import (
    Arrival,
    domain_of,
    friendly_name,
    holds,
    is_at_home,
    read_domains,
    readable,
)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("urn:mace:dir:attribute-def:eduPersonAffiliation", "eduperson_affiliation"),
        ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "eduperson_affiliation"),
        ("eduPersonAffiliation", "eduperson_affiliation"),
        ("eduperson_affiliation", "eduperson_affiliation"),
        ("urn:oid:0.9.2342.19200300.100.1.3", "email"),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "email"),
        ("urn:oid:1.3.6.1.4.1.25178.1.2.9", "schac_home_organization"),
        ("urn:mace:eduid.nl:1.1", "eduid"),
        ("something_of_their_own", "something_of_their_own"),
    ],
)
def test_attribute_has_one_name_whatever_the_protocol(told: str, name: str) -> None:
    assert friendly_name(told) == name


@pytest.mark.parametrize(
    ("comparison", "value", "is_so"),
    [
        ("equals", "Employee", True),
        ("equals", "employ", False),
        ("contains", "PLOY", True),
        ("contains", "student", False),
    ],
)
def test_rule_compares_each_value(comparison: str, value: str, is_so: bool) -> None:
    rule = CampusRule(attribute="groups", comparison=comparison, value=value)
    assert holds(rule, {"groups": ("staff", "employee")}) is is_so
    assert not holds(rule, {})


def test_home_organisation_is_the_only_one() -> None:
    assert is_at_home("", {})
    assert is_at_home("hu.nl", {"schac_home_organization": ("HU.nl",)})
    assert not is_at_home("hu.nl", {"schac_home_organization": ("hu.nl", "eduid.nl")})
    assert not is_at_home("hu.nl", {"schac_home_organization": ("nothu.nl",)})
    assert not is_at_home("hu.nl", {})


def test_person_is_read_from_what_is_told() -> None:
    arrival = Arrival(
        "x",
        readable(
            {
                "mail": "Sanne@HU.nl",
                "givenName": ["Sanne"],
                "sn": ["Bakker"],
                "preferredLanguage": "en-GB",
                "schacPersonalUniqueCode": [
                    "urn:schac:personalUniqueCode:nl:local:hu.nl:employeeid:7",
                    "urn:schac:personalUniqueCode:nl:local:hu.nl:studentid:1712345",
                ],
                "nonce": "n",
            }
        ),
    )

    assert arrival.email == "sanne@hu.nl"
    assert arrival.name == "Sanne Bakker"
    assert arrival.language == "en"
    assert arrival.student_number == "1712345"
    assert "nonce" not in arrival.attributes


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("a@hu.nl", "hu.nl"),
        ("A@Student.HU.nl ", "student.hu.nl"),
        ("a@b@hu.nl", ""),
        ("@hu.nl", ""),
        ("a@hu", ""),
        ("a b@hu.nl", ""),
        ("a@hu.nl\n", "hu.nl"),
        ("a\n@hu.nl", ""),
        ("a@hu..nl", ""),
        ("a@127.0.0.1", ""),
    ],
)
def test_domain_of_an_address(email: str, domain: str) -> None:
    assert domain_of(email) == domain


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(told=st.dictionaries(st.text() | st.integers(), anything))
def test_anything_that_is_told_can_be_read(told: dict[Any, Any]) -> None:
    arrival = Arrival("x", readable(told))

    for name, values in arrival.attributes.items():
        assert values
        assert all(one and "\0" not in one for one in (name, *values))
    assert len(arrival.name) <= 200
    assert len(arrival.email) <= 254
    assert len(arrival.student_number) <= 20


@given(text=st.text())
def test_any_text_is_domains_or_not(text: str) -> None:
    good, bad = read_domains(text)
    assert all("." in one and one == one.lower() for one in good)
    assert not set(good) & set(bad)


def test_yes_and_no_are_written_as_a_rule_would_write_them() -> None:
    assert readable({"email_verified": True, "is_guest": [False]}) == {
        "email_verified": ("true",),
        "is_guest": ("false",),
    }

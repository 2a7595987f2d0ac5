"""The table of the OWASP ASVS 5.0 in docs/security.md is whole, and names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROW = re.compile(
    r"^\| (?P<number>\d+\.\d+\.\d+) \| (?P<level>[12]) \| (?P<asks>[^|]+) \| (?P<met>[^|]+) \| "
    r"(?P<how>[^|]+) \| (?P<test>[^|]+) \|$",
    re.MULTILINE,
)
ROWS = [match.groupdict() for match in ROW.finditer(PAGE)]
#: Of each section of the standard, the level of each of its requirements in order.
LEVELS = """
    1.1:22 1.2:1111122223 1.3:112222222223 1.4:222 1.5:123 2.1:122 2.2:112 2.3:12223 2.4:23
    3.1:3 3.2:113 3.3:12223 3.4:11222233 3.5:11122333 3.6:3 3.7:22333 4.1:12233 4.2:23333 4.3:22
    4.4:1222 5.1:2 5.2:112333 5.3:113 5.4:222 6.1:122 6.2:111111112222 6.3:11223333 6.4:112233
    6.5:22222333 6.6:2223 6.7:33 6.8:2222 7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:223 7.6:22
    8.1:1233 8.2:1123 8.3:133 8.4:23 9.1:111 9.2:1222 10.1:22 10.2:223 10.3:22223
    10.4:1111122222233333 10.5:22222 10.6:22 10.7:222 11.1:2233 11.2:22233 11.3:11233 11.4:1222
    11.5:23 11.6:23 11.7:33 12.1:12233 12.2:11 12.3:22223 13.1:2333 13.2:222223 13.3:2233
    13.4:1222233 14.1:22 14.2:12223333 14.3:122 15.1:12233 15.2:12233 15.3:1222222 15.4:3333
    16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:2223 17.1:23 17.2:22223333 17.3:22
"""


def required() -> list[tuple[str, str]]:
    """Return number and level of each requirement of level 1 and 2."""
    sections = [part.split(":") for part in LEVELS.split()]
    return [
        (f"{section}.{number}", level)
        for section, levels in sections
        for number, level in enumerate(levels, start=1)
        if level in "12"
    ]


def test_every_requirement_of_level_one_and_two_is_there_once() -> None:
    assert [(row["number"], row["level"]) for row in ROWS] == required()
    assert len(ROWS) == 253


def test_every_row_says_how_it_is_met_and_honestly() -> None:
    assert {row["met"] for row in ROWS} == {"yes", "part", "no", "n.a.", "operator"}
    assert all(len(row["how"]) > 3 for row in ROWS)
    for met in ("yes", "part", "no", "n.a.", "operator"):
        count = sum(row["met"] == met for row in ROWS)
        assert re.search(rf"\b{count} {re.escape(met)}", PAGE), met


def test_whatever_is_not_met_is_explained() -> None:
    explained = PAGE.partition("### What is not met")[2].partition("### V1")[0]

    for row in ROWS:
        if row["met"] in ("part", "no"):
            assert re.search(rf"\b{re.escape(row['number'])}\b", explained), row["number"]


@pytest.mark.parametrize("named", sorted({row["test"] for row in ROWS} - {"–"}))
def test_every_named_test_exists(named: str) -> None:
    path, _, name = named.strip("`").partition("::")

    assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")

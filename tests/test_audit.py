"""What `make check` says about known weaknesses of dependencies."""

import json
import re
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 11, 27)


def load() -> Any:
    spec = spec_from_file_location("audit_of_dependencies", ROOT / "tools/audit.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


audit = load()
KNOWN = {
    "dependencies": [
        {"name": "fine", "version": "1.0", "vulns": []},
        {
            "name": "leaky",
            "version": "2.0",
            "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.1"]}],
        },
        {"name": "unknown", "skip_reason": "not found"},
    ]
}


def test_what_is_known_of_python_is_read() -> None:
    told = audit.python_told(json.dumps(KNOWN), 3)

    assert list(map(str, told.weaknesses)) == ["leaky 2.0: CVE-2026-1, PYSEC-1, mended in 2.1"]
    assert (told.asked, told.unanswered) == (3, 1)


def test_what_is_known_of_the_front_end_is_read_once() -> None:
    via = {"url": "https://advisories.example/GHSA-x", "title": "x"}
    rows = {"leaky": {"range": "<2", "via": [via]}, "uses-it": {"range": "*", "via": ["leaky"]}}

    told = audit.npm_told(json.dumps({"vulnerabilities": rows}), 9)

    assert list(map(str, told.weaknesses)) == ["leaky <2: GHSA-x"]
    assert (told.asked, told.unanswered) == (9, 0)


@pytest.mark.parametrize("output", ["", "not found", "[]", "null", '{"error": {"code": "E405"}}'])
def test_service_that_cannot_be_reached_is_no_weakness_and_no_answer(output: str) -> None:
    for read in (audit.python_told, audit.npm_told):
        assert read(output, 7) == audit.Told([], 7, 7)


@pytest.mark.parametrize(
    ("line", "lets_by"),
    [
        ("CVE-2026-1 leaky until 2026-12-31: only reached from tests, waits for 2.1", True),
        ("PYSEC-1 Leaky until 2026-11-27: only reached from tests, waits for 2.1", True),
        ("CVE-2026-1 other until 2026-12-31: only reached from tests, waits for 2.1", False),
        ("CVE-2026-2 leaky until 2026-12-31: only reached from tests, waits for 2.1", False),
    ],
)
def test_list_lets_by_what_it_names_for_that_package(line: str, lets_by: bool) -> None:
    (weakness,) = audit.python_told(json.dumps(KNOWN), 3).weaknesses

    problems, accepted = audit.read_accepted(f"# comment\n\n{line}\n", TODAY)

    assert problems == []
    assert audit.is_accepted(weakness, accepted) is lets_by


@pytest.mark.parametrize(
    "line",
    [
        "CVE-2026-1 leaky",
        "CVE-2026-1 leaky until 2026-12-31",
        "CVE-2026-1 leaky until 2026-12-31: no",
        "CVE-2026-1 leaky until 2026-13-31: only reached from tests, waits for 2.1",
        "CVE-2026-1 leaky: only reached from tests, waits for 2.1",
        # Over since yesterday.
        "CVE-2026-1 leaky until 2026-11-26: only reached from tests, waits for 2.1",
    ],
)
def test_line_without_reason_or_day_or_that_is_over_fails(line: str) -> None:
    problems, accepted = audit.read_accepted(line, TODAY)

    assert len(problems) == 1
    assert accepted == set()


def run(monkeypatch: pytest.MonkeyPatch, python: str, npm: str) -> int:
    def answer(command: list[str], _folder: Path) -> str:
        return npm if command[0] == "npm" else python

    monkeypatch.setattr(audit, "_output", answer)
    result: int = audit.main()
    return result


def test_known_weakness_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, json.dumps(KNOWN), '{"vulnerabilities": {}}') == 1
    said = capsys.readouterr().out
    assert said.count("leaky 2.0") == 1
    assert "note: Python: 4 of 12 packages could not be looked up" in said


def test_without_a_network_it_says_so_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "", "") == 0
    said = capsys.readouterr().out
    assert re.search(r"note: Python: (\d+) of \1 packages could not be looked up", said)
    assert re.search(r"note: front end: (\d+) of \1 packages could not be looked up", said)

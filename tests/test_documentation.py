"""What the documentation lists is what there is."""

import re
from pathlib import Path

from django.core.management import get_commands
from django.utils.translation import override

from stageapp.facts import Dimension
from stageapp.insights.statistics import LIBRARY, label_of
from stageapp.tips.tipfile import read_tips

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    source = (ROOT / "src/stageapp/config/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"((?:STAGEAPP_|DATABASE_URL)\w*)"', source))
    listed = set(re.findall(r"^\| `((?:STAGEAPP_|DATABASE_URL)\w*)` \|", PAGE, re.MULTILINE))

    assert listed == read


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    own = {name.replace("_", "-") for name, app in get_commands().items() if "stageapp" in str(app)}
    listed = set(re.findall(r"^\| `stageapp ([\w-]+)", PAGE, re.MULTILINE))

    assert listed == own


def test_links_between_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_statistics_that_tips_can_use_are_documented_as_they_are() -> None:
    page = (ROOT / "docs/tips.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| (.+) \|$", page, re.MULTILINE)

    with override("en"):
        known = [
            (key, f"{label_of(row)} ({row.unit.value}). {row.means} Example: {row.example}")
            for key, row in LIBRARY.items()
            if row.of != Dimension.GOAL
        ]

    assert listed == known


def test_file_format_of_tips_is_documented_as_it_is_read() -> None:
    page = (ROOT / "docs/tips.md").read_text(encoding="utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]

    (tip,) = read_tips(example)

    assert tip.rule
    assert tip.rule.conditions[0].statistic in LIBRARY

"""What the documentation lists is what there is."""

import re
from pathlib import Path

from django.core.management import get_commands

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
